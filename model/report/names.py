"""Names of interface cells: what an auditor, another workbook or a macro asks for. Never made of words of a case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from openpyxl.workbook.defined_name import DefinedName

from model.sheet import PERIOD, Row, period_column
from model.sheet.excel import quoted

if TYPE_CHECKING:
    from model.report.workbook import Issue

COMPANY_TESTS = {"K1": "fixed_charges", "K2": "runway", "K3": "two_years", "K4": "guarantees", "K5": "notes", "K6": "growth"}


def names(issue: Issue) -> None:
    """Give its name to each interface cell of the model; a row over time by its opening column, the as-of date."""
    for name, row in _interface(issue):
        place = issue.layout.places[row]
        sheet = quoted(place.sheet)
        column = period_column(0) if row.per == PERIOD else place.column
        issue.book.defined_names[name] = DefinedName(name, attr_text=f"{sheet}!${column}${place.line}")


def _interface(issue: Issue) -> Iterator[tuple[str, Row]]:
    deal = issue.run.deal
    yield "In_Start", deal.clock.row("ends")
    yield from _covenant(issue)
    yield "Out_MinDSCR_Portfolio", deal.pool.row("min_dscr")
    yield "Out_PeakDebt", deal.stack.row("peak")
    yield "Out_NetDebt", deal.stack.row("net")
    yield "Out_Backlog", deal.stack.row("backlog")
    yield "Out_CoveredDebt", deal.claim.row("covered_debt")
    yield "Out_LowestCLCR", deal.claim.row("lowest_clcr")
    yield "Out_Verdict", deal.claim.row("sentence")
    for test in ("H1", "H2", "H3a", "H3b"):
        yield f"Out_{test}", deal.claim.row(test.lower())
    if deal.parent is not None:
        for test, name in COMPANY_TESTS.items():
            if block := getattr(deal.parent.outlook, name):
                yield f"Out_{test}_Holds", block.row("passes")


def _covenant(issue: Issue) -> Iterator[tuple[str, Row]]:
    """The first DSCR covenant of a box: its level of default or, where it has none, of lock-up."""
    deal = issue.run.deal
    said = [(file.id, one.id) for file in deal.case.debt.boxes for one in file.covenants if one.test == "dscr"]
    for box, key in said[:1]:
        covenant = deal.boxes[box].covenants[key]
        yield "In_DSCR_Covenant", covenant.row("default" if issue.value(covenant.row("default")) > 0 else "lock_up")
