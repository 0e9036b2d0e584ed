"""The Checks sheet: integrity and ties first, then formula counts; alerts stand apart and are not in the total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from model.report import styles
from model.report.front import link
from model.report.layout import CHECKS, INPUTS, OVER_TIME, SCENARIOS
from model.report.page import Page
from model.sheet import Row, period_column
from model.sheet.excel import OPENING_COLUMN, PERIOD_ROW

if TYPE_CHECKING:
    from model.report.workbook import Issue

_LIGHT = '"FAIL";"FAIL";"OK"'
FIRST = 6
LABEL = 88.0
APART = 1e-6  # USD m, x, months: what all differences of the live scenario from the engine may add up to


def checks(issue: Issue) -> None:
    """Every check with both sides, and one total that all sheets show."""
    page = issue.page(CHECKS)
    page.widths(2, LABEL, 15, 15, 10)
    page.heading("Checks", 5)
    _heads(page, FIRST - 1, "Integrity: a failure means the model is broken", "Difference", "Allowed", "Result")
    line = FIRST
    for check in issue.run.deal.checks:
        _label(page, line, check.title)
        link(page, issue, f"C{line}", check.row("difference"), "link", styles.DIFFERENCE)
        link(page, issue, f"D{line}", check.row("tolerance"), "link", styles.DIFFERENCE)
        _result(page, issue, f"E{line}", check.row("failed"))
        line += 1
    if SCENARIOS in issue.contents:
        line = _same_as_engine(page, issue, line)
    line = _counts(page, issue, line + 1)
    lights = (issue.memory.value(CHECKS, f"E{k}") for k in range(FIRST, line))
    failed = float(sum(light for light in lights if isinstance(light, int | float)))
    page.fill(line, 2, 5, "total")
    page.text(f"B{line}", "Checks that fail", "total")
    page.formula(f"E{line}", f"=SUM(E{FIRST}:E{line - 1})", failed, "total", "0_)")
    issue.book.defined_names["Chk_Total"] = DefinedName("Chk_Total", attr_text=f"{CHECKS}!$E${line}")
    issue.failed = int(failed)
    _paint(page, f"E{FIRST}:E{line - 1}", f"E{FIRST}", (("AND(ISNUMBER({0}),{0}<>0)", "FBDAD7"), ("ISNUMBER({0})", "DDF3E4")))
    first = line + 3
    last = _alerts(page, issue, line + 2)
    _paint(page, f"C{first}:C{last}", f"C{first}", (("AND(ISNUMBER({0}),ROUND({0},1)>0)", "FDECC8"),))
    page.frozen(f"C{FIRST}")
    page.printed(heads="1:2")


def _heads(page: Page, line: int, *labels: str) -> None:
    for column, label in zip("BCDE", labels, strict=True):
        page.text(f"{column}{line}", label, {"B": "header_left", "E": "header_mid"}.get(column, "header"))


def _label(page: Page, line: int, words: str) -> None:
    page.text(f"B{line}", words, "label")
    page.height(line, (words, LABEL))


def _result(page: Page, issue: Issue, cell: str, failed: Row) -> None:
    """A check that is in error has failed."""
    place = issue.layout.places[failed]
    at = f"'{place.sheet}'!${place.column}${place.line}"
    page.formula(cell, f"=IF(ISNUMBER({at}),{at},1)", issue.value(failed), "centre", _LIGHT)


def _paint(page: Page, area: str, top: str, rules: tuple[tuple[str, str], ...]) -> None:
    for rule, colour in rules:
        fill = PatternFill("solid", bgColor=colour)
        # openpyxl's stubs leave the rules of conditional formats untyped
        shown = FormulaRule([rule.format(top)], fill=fill, stopIfTrue=True)  # type: ignore[no-untyped-call]
        page.sheet.conditional_formatting.add(area, shown)


def _same_as_engine(page: Page, issue: Issue, line: int) -> int:
    """The live scenario against the engine's figures on Scenarios; counts only while the inputs are those of the run."""
    place = issue.book.defined_names["Run_Apart"].attr_text.partition("!")[2].replace("$", "")
    apart = issue.memory.value(SCENARIOS, place)
    _label(page, line, "Live scenario less the engine's figures for it on Scenarios (not counted once inputs have moved)")
    page.formula(f"C{line}", "=Run_Apart", apart, "link", styles.DIFFERENCE)
    page.number(f"D{line}", APART, "given", styles.DIFFERENCE)
    page.formula(f"E{line}", f"=IF(ISNUMBER(C{line}),(ABS(C{line})>D{line})*1,1)", float(apart > APART), "centre", _LIGHT)
    return line + 1


def _counts(page: Page, issue: Issue, line: int) -> int:
    """Formulas and error cells per sheet: an overwritten formula changes the count, whatever the scenario.

    Not every program knows ISFORMULA; one that denies it of a cell that holds a formula is shown the expected number.
    """
    _heads(page, line, "Formulas and errors: a failure means that a cell was overwritten", "Found", "Expected", "Result")
    line += 1
    for sheet in (title for title in issue.contents if title != CHECKS and issue.counted(title)):
        area, formulas = _areas(issue, sheet)
        count = issue.counted(sheet)
        counting = f"SUMPRODUCT(_xlfn.ISFORMULA({formulas})*1)"
        for label, text, left, expected in (
            (f"{sheet}: number of formulas", f"=IF(_xlfn.ISFORMULA($C${FIRST}),{counting},$D{line})", count, count),
            (f"{sheet}: cells in error", f"=SUMPRODUCT(ISERROR({area})*1)", 0, 0),
        ):
            _label(page, line, label)
            page.formula(f"C{line}", text, float(left), "calc", "#,##0_)")
            page.number(f"D{line}", float(expected), "given", "#,##0_)")
            page.formula(f"E{line}", f"=IF(ISNUMBER(C{line}),(C{line}<>D{line})*1,1)", 0.0, "centre", _LIGHT)
            line += 1
    return line


def _areas(issue: Issue, title: str) -> tuple[str, str]:
    """The cells of a sheet below its check line, which would be a circle, and of these the ones in which nobody may type."""
    sheet, name = issue.page(title).sheet, title if title.isalnum() else f"'{title}'"
    right = get_column_letter(max(OPENING_COLUMN + issue.run.deal.book.periods + 1, sheet.max_column))
    area = f"{name}!$A$3:${right}${sheet.max_row}"
    locked = {INPUTS: f"{name}!$D$3:$D${sheet.max_row}", OVER_TIME: f"{name}!$A$3:${right}${PERIOD_ROW}"}
    return area, locked.get(title, area)


def _alerts(page: Page, issue: Issue, line: int) -> int:
    """What is true of the deal and worth a look; returns the last line."""
    _heads(page, line, "Alerts: true statements about the deal, not faults of the model", "Value", "Unit", "")
    end = period_column(issue.run.deal.book.periods)
    for pair in issue.run.deal.pairs.values():
        missed, left = pair.row("missed_so_far"), pair.row("uncovered_balance")
        _label(page, line + 1, f"{pair.title}: payment dates with cash missing")
        place = issue.layout.places[missed]
        page.formula(f"C{line + 1}", f"={place.sheet}!${end}${place.line}", issue.value(missed)[-2], "link", styles.COUNT)
        _label(page, line + 2, f"{pair.title}: debt beyond the end of the contract")
        link(page, issue, f"C{line + 2}", left, "link", styles.USD)
        for offset, unit in ((1, "no."), (2, left.unit)):
            page.text(f"D{line + offset}", unit, "unit_right")
        line += 2
    return line
