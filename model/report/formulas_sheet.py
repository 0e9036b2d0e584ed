"""Formulas: every distinct formula of the working sheets once, in words, with how many rows and cells hold it.

A formula is what its declaration says, not where it stands: rows of one label whose formulas read the same in words are
one. Links, opening columns and totals are counted apart, so that the cells add up to all formulas of these sheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.report.layout import FIRST_LINE, FORMULAS, INPUTS, OVER_TIME, TIME
from model.report.page import CHECK_LINE, LINE_HEIGHT, TALLEST_ROW, Page
from model.sheet import PERIOD, TEXT, Row, definition, period_column

if TYPE_CHECKING:
    from model.report.workbook import Issue

LABEL, WORDS, TEXT_WIDTH, CELL = 42.0, 74.0, 56.0, 26.0
HEADS = ("Formula", "In words", "As it stands in its first cell, after the =", "First cell", "Rows", "Cells")
LAST = 1 + len(HEADS)
_ROWS = re.compile(r"\b\d+ rows\b")


@dataclass
class Distinct:
    """A formula: what it is, in words, as it stands in its first cell, and how often."""

    label: str
    words: str
    text: str
    sheet: str
    cell: str
    rows: int = 0
    cells: int = 0

    def seen(self, cells: int) -> None:
        """One more row that holds it."""
        self.rows, self.cells = self.rows + 1, self.cells + cells


def formulas_sheet(issue: Issue) -> None:
    """The page."""
    page = issue.page(FORMULAS)
    page.widths(2, LABEL, WORDS, TEXT_WIDTH, CELL, 8, 10)
    page.heading(FORMULAS, LAST)
    calculations, frame = list(calculated(issue)), list(around(issue))
    cells = sum(one.cells for one in (*calculations, *frame))
    page.text("B4", f"{len(calculations):,} distinct calculations and {len(frame):,} kinds of links, totals and heads "
                    f"make up the {cells:,} formulas of the input and working sheets.", "unit")
    for n, head in enumerate(HEADS, start=2):
        page.text(f"{'ABCDEFG'[n - 1]}6", head, "header" if n > 5 else "header_left")
    line = part(page, 7, "Calculations", calculations)
    part(page, line, "Links, opening columns, totals, heads", frame)
    page.frozen("C7")
    page.printed(heads="1:6")


def part(page: Page, line: int, title: str, entries: list[Distinct]) -> int:
    """One line a formula; returns the line below."""
    page.bar(line, 1, LAST, "block")
    page.text(f"A{line}", title, "block")
    for at, one in enumerate(entries, start=line + 1):
        page.listed(at, 2, (one.label, one.words, _bare(one.text), f"{one.sheet}!{one.cell}", one.rows, one.cells), "label")
        lines = max(len(one.label) // LABEL, len(one.words) // WORDS, len(one.text) // TEXT_WIDTH)
        if lines >= 1:
            page.heights[at] = min(LINE_HEIGHT * (lines + 1), TALLEST_ROW)
    return line + len(entries) + 1


def _bare(text: str) -> str | float:
    """A formula without the sign that would begin one; a number alone is a number."""
    bare = text.removeprefix("=")
    return float(bare) if bare.isdigit() else bare


def calculated(issue: Issue) -> Iterator[Distinct]:
    """Rows that calculate something, in the order of their sheets."""
    found: dict[tuple[object, str], Distinct] = {}
    for row in rows(issue):
        if not row.is_link:
            words = definition(row)
            words = f"always {words}" if words in ("0", "1") else words
            key = row.declared.label, _ROWS.sub("rows", words)
            if key not in found:
                found[key] = first_of(issue, row, row.label, f"{words}. {row.declared.timing}" if row.declared.timing else words)
            found[key].seen(width(issue, row))
    yield from found.values()


def around(issue: Issue) -> Iterator[Distinct]:
    """What holds the calculations together: links from sheet to sheet, opening columns, totals, the time axis, inputs."""
    found: dict[tuple[str, ...], Distinct] = {}
    places, periods = issue.layout.places, issue.run.deal.book.periods
    for row in rows(issue):
        place = places[row]
        if isinstance(row.expr, Row):
            source = places[row.expr].sheet
            key = ("link", place.sheet, source)
            words = "shows a row of another block" if source == place.sheet else f"shows a row of {source}"
            if key not in found:
                found[key] = first_of(issue, row, f"Link to {source}", words)
            found[key].seen(width(issue, row))
        if row.opening_expr is not None:
            if ("opening",) not in found:
                text = held(issue, place.sheet, f"{period_column(0)}{place.line}")
                found["opening",] = Distinct("Opening column", "shows the row that is named as the opening of a balance", text,
                                             place.sheet, f"{period_column(0)}{place.line}")
            found["opening",].seen(1)
        if row.declared.sums and row.per == PERIOD:
            if ("total",) not in found:
                first, last = period_column(1), period_column(periods)
                found["total",] = Distinct("Total", "sum over the periods", f"=SUM({first}{place.line}:{last}{place.line})",
                                           place.sheet, f"E{place.line}")
            found["total",].seen(1)
    yield from found.values()
    yield from heads(issue, periods)


def heads(issue: Issue, periods: int) -> Iterator[Distinct]:
    """Inputs as they are read, the calendar of each sheet, and the line under its title."""
    single = [(row, place) for row, place in issue.layout.places.items() if place.sheet == INPUTS]
    for words, texts in (("the base value, or that of the live scenario where it has one", False), ("the text as typed", True)):
        if some := [place for row, place in single if (row.per == TEXT) is texts]:
            cell = f"D{some[0].line}"
            yield Distinct("Live value of an input", words, held(issue, INPUTS, cell), INPUTS, cell, len(some), len(some))
    selector = f"D{FIRST_LINE + 1}"
    yield Distinct("Number of the live scenario", "place of its name in the list", held(issue, INPUTS, selector), INPUTS,
                   selector, 1, 1)
    sheets = [*issue.workings, OVER_TIME]
    first = f"{period_column(0)}4"
    yield Distinct("Calendar", f"period end, year and number of {TIME}", held(issue, sheets[0], first), sheets[0], first,
                   3 * len(sheets), 3 * len(sheets) * (periods + 1))
    count = len(sheets) + 2
    yield Distinct("Line under the title", "live scenario and number of checks that fail", CHECK_LINE, INPUTS, "A2", count, count)


def held(issue: Issue, sheet: str, cell: str) -> str:
    """A formula as it was written."""
    return issue.page(sheet).said(cell)


def rows(issue: Issue) -> Iterator[Row]:
    """Rows with formulas, sheet by sheet."""
    for title in (TIME, *issue.workings):
        for section in issue.layout.on(title):
            yield from (row for _, row in section.rows)


def first_of(issue: Issue, row: Row, label: str, words: str) -> Distinct:
    """A formula as it stands in the first period of its first row."""
    place = issue.layout.places[row]
    cell = f"{period_column(1) if row.per == PERIOD else place.column}{place.line}"
    return Distinct(label, words, held(issue, place.sheet, cell), place.sheet, cell)


def width(issue: Issue, row: Row) -> int:
    """Cells that hold the formula of a row: its periods, and the opening column where that reads alike."""
    return 1 if row.per != PERIOD else issue.run.deal.book.periods + (row.declared.opening is True)
