"""The Checks sheet: integrity and ties first, then formula counts; alerts stand apart and are not in the total."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum
from typing import TYPE_CHECKING

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from model.report import styles
from model.report.front import link
from model.report.layout import CHECKS, INPUTS, OVER_TIME, SCENARIOS
from model.report.page import Page
from model.report.ties_part import LEFT, over_time, single, ties
from model.sheet import PERIOD, Row
from model.sheet.excel import OPENING_COLUMN, PERIOD_ROW, quoted

if TYPE_CHECKING:
    from model.report.workbook import Issue

_LIGHT = '"FAIL";"FAIL";"OK"'
FIRST = 6
LABEL, PROVES = 62.0, 56.0
HEADS = ("Left", "Right", "Difference", "Allowed", "Result", "What it proves")
APART = 1e-6  # USD m, x, months: what all differences of the live scenario from the engine may add up to
FORMULAS_ON = ": number of formulas"
COUNTED = "Nothing was typed over a formula: their number is the one that was written."
A_YEAR = 12  # months
NO_ERROR = "No cell shows an error."


def checks(issue: Issue) -> None:
    """Every check with both sides, and one total that all sheets show."""
    page = issue.page(CHECKS)
    page.widths(2, LABEL, 15, 15, 15, 11, 9, PROVES)
    page.heading("Checks", 8)
    line = _integrity(page, issue)
    _heads(page, line + 1, "Ties: one figure by two ways", *HEADS)
    line = _ties(page, issue, line + 2)
    line = _counts(page, issue, line + 1)
    lights = (issue.memory.value(CHECKS, f"G{k}") for k in range(FIRST, line))
    failed = fsum(light for light in lights if isinstance(light, int | float))
    page.fill(line, 2, 8, "total")
    page.text(f"B{line}", "Checks that fail", "total")
    page.formula(f"G{line}", f"=SUM(G{FIRST}:G{line - 1})", failed, "total", "0_)")
    issue.book.defined_names["Chk_Total"] = DefinedName("Chk_Total", attr_text=f"{CHECKS}!$G${line}")
    issue.failed = int(failed)
    _paint(page, f"G{FIRST}:G{line - 1}", f"G{FIRST}", (("AND(ISNUMBER({0}),{0}<>0)", "FBDAD7"), ("ISNUMBER({0})", "DDF3E4")))
    first = line + 3
    last = _alerts(page, issue, line + 2)
    _paint(page, f"C{first}:C{last}", f"C{first}", (("AND(ISNUMBER({0}),ROUND({0},1)>0)", "FDECC8"),))
    page.frozen(f"C{FIRST}")
    page.printed(heads="1:2")


def _heads(page: Page, line: int, *labels: str) -> None:
    for column, label in zip("BCDEFGH", labels, strict=False):
        page.text(f"{column}{line}", label, {"B": "header_left", "G": "header_mid", "H": "header_left"}.get(column, "header"))


def _label(page: Page, line: int, words: str, proves: str = "") -> None:
    page.text(f"B{line}", words, "label")
    if proves:
        page.text(f"H{line}", proves, "note")
    page.height(line, (words, LABEL), (proves, PROVES * 9 / 8))


def _integrity(page: Page, issue: Issue) -> int:
    """The checks that are blocks of the model; returns the line below."""
    _heads(page, FIRST - 1, "Integrity: a failure means the model is broken", *HEADS)
    line = FIRST
    for check in issue.run.deal.checks:
        _label(page, line, check.title, check.proves)
        for column, name in zip("CD", check.sides, strict=False):
            area, value = over_time(issue, check.row(name)) if check.row(name).per == PERIOD else single(issue, check.row(name))
            text = f"=SUM({area})" if ":" in area else f"={area}"
            page.formula(f"{column}{line}", text, value, "link", styles.number_format("USD m"))
        if len(check.sides) == 1:
            page.number(f"D{line}", 0.0, "given", styles.number_format("USD m"))
        link(page, issue, f"E{line}", check.row("difference"), "link", styles.DIFFERENCE)
        link(page, issue, f"F{line}", check.row("allowed"), "link", styles.DIFFERENCE)
        _result(page, issue, f"G{line}", check.row("failed"))
        line += 1
    return line


def _ties(page: Page, issue: Issue, line: int) -> int:
    """The checks that are made of cells; returns the line below."""
    if SCENARIOS in issue.contents:
        line = _same_as_engine(page, issue, line)
    for tie in ties(issue):
        fmt = styles.number_format(tie.unit)
        _label(page, line, tie.label, tie.proves)
        page.formula(f"C{line}", f"={tie.left[0]}", tie.left[1], "link", fmt)
        if isinstance(tie.right, float):
            page.number(f"D{line}", tie.right, "given", fmt)
        else:
            page.formula(f"D{line}", f"={tie.right[0]}".replace(LEFT, f"C{line}"), tie.right[1], "link", fmt)
        right = tie.right if isinstance(tie.right, float) else tie.right[1]
        condition, counts = tie.counted or ("", True)
        apart = tie.left[1] - right if counts else 0.0
        page.formula(f"E{line}", f"=IF({condition},C{line}-D{line},0)" if condition else f"=C{line}-D{line}", apart, "calc",
                     styles.DIFFERENCE)
        _allowance(page, line, apart, tie.allowed)
        line += 1
    return line


def _allowance(page: Page, line: int, apart: float, allowed: float) -> None:
    """What a difference may be, and whether it is; an error is a failure."""
    page.number(f"F{line}", allowed, "given", styles.DIFFERENCE)
    page.formula(f"G{line}", f"=IF(ISNUMBER(E{line}),(ABS(E{line})>F{line})*1,1)", float(not abs(apart) <= allowed), "centre",
                 _LIGHT)


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
    _label(page, line, "Live scenario less the engine's figures for it on Scenarios",
           "Live figures = engine for the scenario that is chosen; not counted once inputs have moved.")
    page.formula(f"E{line}", "=Run_Apart", apart, "link", styles.DIFFERENCE)
    _allowance(page, line, float(apart), APART)
    return line + 1


def _counts(page: Page, issue: Issue, line: int) -> int:
    """Formulas and error cells per sheet: an overwritten formula changes the count, whatever the scenario.

    Not every program knows ISFORMULA; one that denies it of a cell that holds a formula is shown the expected number.
    """
    _heads(page, line, "Formulas and errors: a failure means that a cell was overwritten", *HEADS)
    line += 1
    for sheet in (title for title in issue.contents if title != CHECKS and issue.counted(title)):
        area, formulas = _areas(issue, sheet)
        count = issue.counted(sheet)
        counting = f"SUMPRODUCT(_xlfn.ISFORMULA({formulas})*1)"
        for label, text, expected, proves in (
            (f"{sheet}{FORMULAS_ON}", f"=IF(_xlfn.ISFORMULA($C${FIRST}),{counting},$D{line})", count, COUNTED),
            (f"{sheet}: cells in error", f"=SUMPRODUCT(ISERROR({area})*1)", 0, NO_ERROR),
        ):
            _label(page, line, label, proves)
            page.formula(f"C{line}", text, float(expected), "calc", "#,##0_)")
            page.number(f"D{line}", float(expected), "given", "#,##0_)")
            page.formula(f"E{line}", f"=C{line}-D{line}", 0.0, "calc", styles.COUNT)
            _allowance(page, line, 0.0, 0.0)
            line += 1
    return line


def _areas(issue: Issue, title: str) -> tuple[str, str]:
    """The cells of a sheet below its check line, which would be a circle, and of these the ones in which nobody may type."""
    sheet, name = issue.page(title).sheet, quoted(title)
    right = get_column_letter(max(OPENING_COLUMN + issue.run.deal.book.periods + 1, sheet.max_column))
    area = f"{name}!$A$3:${right}${sheet.max_row}"
    locked = {INPUTS: f"{name}!$D$3:$D${sheet.max_row}", OVER_TIME: f"{name}!$A$3:${right}${PERIOD_ROW}"}
    return area, locked.get(title, area)


def _alerts(page: Page, issue: Issue, line: int) -> int:
    """What is true of the deal and worth a look; in no total. Returns the last line."""
    _heads(page, line, "Alerts: true statements about the deal, not faults of the model", "Value", "Unit")
    for label, text, value, unit in _worth_a_look(issue):
        line += 1
        _label(page, line, label)
        page.formula(f"C{line}", f"={text}", value, "link", styles.COUNT if unit == "no." else styles.number_format(unit))
        page.text(f"D{line}", unit, "unit_right")
    return line


def _worth_a_look(issue: Issue) -> Iterator[tuple[str, str, float, str]]:
    """Label, reference, value and unit."""
    deal, periods = issue.run.deal, issue.run.deal.book.periods
    for pair in deal.pairs.values():
        yield f"{pair.title}: payment dates with cash missing", *single(issue, pair.row("missed_so_far"), periods), "no."
        yield f"{pair.title}: debt beyond the end of the contract", *single(issue, pair.row("uncovered_balance")), "USD m"
    for box in deal.boxes.values():
        for covenant in box.covenants.values():
            yield f"{covenant.title}: tests in default", *single(issue, covenant.row("defaults")), "no."
    area, value = over_time(issue, deal.stack.row("principal_due"), 1, min(A_YEAR, periods))
    yield f"Principal due within {A_YEAR} months, from cash or refinancing", f"SUM({area})", value, "USD m"
    if deal.parent is not None:
        liquidity = deal.parent.outlook.liquidity
        yield "Largest liquidity shortfall: new money to hold the minimum", *single(issue, liquidity.row("needed")), "USD m"
