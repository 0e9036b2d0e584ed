"""The Checks sheet: integrity and ties first, then formula counts; alerts stand apart and are not in the total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName

from model.report import styles
from model.report.front import link
from model.report.layout import CHECKS, WORKINGS
from model.report.page import Page
from model.sheet import period_column

if TYPE_CHECKING:
    from model.report.workbook import Issue

_LIGHT = '"FAIL";"FAIL";"OK"'
FIRST = 6


def checks(issue: Issue) -> None:
    """Every check with both sides, and one total that all sheets show."""
    page = issue.page(CHECKS)
    page.widths(2, 66, 14, 14, 14, 9)
    page.heading("Checks", 6)
    for column, label in zip("BCDEF", ("Integrity: a failure means the model is broken", "Difference", "Allowed", "", "Result"),
                             strict=True):
        page.text(f"{column}{FIRST - 1}", label, "header_left" if column == "B" else "header")
    line = FIRST
    for check in issue.run.deal.checks:
        page.text(f"B{line}", check.title)
        link(page, issue, f"C{line}", check.row("difference"), "calc", "0.0E+00")
        link(page, issue, f"D{line}", check.row("tolerance"), "calc", "0.0E+00")
        link(page, issue, f"F{line}", check.row("failed"), "centre", _LIGHT)
        line += 1
    line = _counts(page, issue, line)
    failed = float(sum(issue.memory.values[CHECKS, f"F{k}"] for k in range(FIRST, line)))
    page.text(f"B{line}", "Checks that fail", "total")
    page.formula(f"F{line}", f"=SUM(F{FIRST}:F{line - 1})", failed, "total", "0")
    issue.book.defined_names["Chk_Total"] = DefinedName("Chk_Total", attr_text=f"{CHECKS}!$F${line}")
    issue.failed = int(failed)
    _alerts(page, issue, line + 2)
    red, green = PatternFill("solid", bgColor="FBDAD7"), PatternFill("solid", bgColor="DDF3E4")
    area = f"F{FIRST}:F{line - 1}"
    for relation, fill in (("notEqual", red), ("equal", green)):
        rule = CellIsRule(relation, ["0"], fill=fill, font=Font(bold=True), stopIfTrue=True)  # type: ignore[no-untyped-call]
        page.sheet.conditional_formatting.add(area, rule)
    page.printed(fit_height=0)


def _counts(page: Page, issue: Issue, line: int) -> int:
    """Formulas and error cells per sheet: an overwritten formula changes the count, whatever the scenario.

    Not every program knows ISFORMULA; one that denies it of a cell that holds a formula is shown the expected number.
    """
    last = period_column(issue.run.deal.book.periods + 1)
    for sheet in (*WORKINGS, "Time", "Summary"):
        name = sheet if sheet.isalnum() else f"'{sheet}'"
        area = f"{name}!$A$3:${last}${max(issue.page(sheet).sheet.max_row, 3)}"
        count = issue.counted(sheet)
        for label, text, left, expected in (
            (f"{sheet}: number of formulas", f"=IF(_xlfn.ISFORMULA($C${FIRST}),SUMPRODUCT(_xlfn.ISFORMULA({area})*1),$D{line})",
             count, count),
            (f"{sheet}: cells in error", f"=SUMPRODUCT(ISERROR({area})*1)", 0, 0),
        ):
            page.text(f"B{line}", label)
            page.formula(f"C{line}", text, float(left), "calc", "#,##0")
            page.number(f"D{line}", float(expected), "given", "#,##0")
            page.formula(f"F{line}", f"=IF(ISNUMBER(C{line}),(C{line}<>D{line})*1,1)", 0.0, "centre", _LIGHT)
            line += 1
    return line


def _alerts(page: Page, issue: Issue, line: int) -> None:
    page.text(f"B{line}", "Alerts: true statements about the deal, not faults of the model", "header_left")
    for pair in issue.run.deal.pairs.values():
        for label, name, fmt in (("payment dates with cash missing", "missed_so_far", "0"),):
            line += 1
            page.text(f"B{line}", f"{pair.title}: {label}")
            row = pair.row(name)
            place = issue.layout.places[row]
            column = period_column(issue.run.deal.book.periods)
            page.formula(f"C{line}", f"={place.sheet}!${column}${place.line}", issue.value(row)[-2], "calc", fmt)
        line += 1
        page.text(f"B{line}", f"{pair.title}: debt beyond the end of the contract")
        link(page, issue, f"C{line}", pair.row("uncovered_balance"), "calc", styles.USD)
