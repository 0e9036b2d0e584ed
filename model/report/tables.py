"""Tables of a page for reading: bands, heads, and lines of live figures that are linked, added up or read by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from openpyxl.utils import get_column_letter

from model.report import styles
from model.sheet import PERIOD, Block, Row, period_column
from model.sheet.excel import quoted

if TYPE_CHECKING:
    from model.deal import Deal
    from model.report.workbook import Issue

LABEL, WIDTH, COLUMNS = 44.0, 9.8, 16
LAST = 2 + COLUMNS
TIES = '[>=0.0005]0.0000_);[<=-0.0005](0.0000);"ties"_)'
Cell = tuple[str, Any]
NOTHING: Cell = ("=0", 0.0)


@dataclass(frozen=True)
class Span:
    """Periods under one head, the first and the last included."""

    head: str | int
    first: int
    last: int


def years(deal: Deal, most: int, *, balances: bool = False) -> list[Span]:
    """The calendar years of the timeline; those that find no column stand together in the last one, balances with its end."""
    periods: dict[int, list[int]] = {}
    for number, end in enumerate(deal.timeline.ends, start=1):
        periods.setdefault(end.year, []).append(number)
    found = [Span(year, numbers[0], numbers[-1]) for year, numbers in periods.items()]
    if len(found) <= most:
        return found
    named = found[: most - 1]
    head = f"end {found[-1].head}" if balances else f"after {named[-1].head}"
    return [*named, Span(head, named[-1].last + 1, found[-1].last)]


def column(number: int) -> str:
    """The letter of the n-th column of figures."""
    return get_column_letter(2 + number)


def added(cells: Sequence[Cell], less: Sequence[Cell] = ()) -> Cell:
    """Cells added up, others taken off; each is a reference or a function."""
    if not cells and not less:
        return NOTHING
    text = "+".join(text[1:] for text, _ in cells) + "".join(f"-{text[1:]}" for text, _ in less)
    return f"={text}", float(sum(value for _, value in cells) - sum(value for _, value in less))


class Tables:
    """Writes a page table by table, from the top down."""

    def __init__(self, issue: Issue, title: str) -> None:
        self.issue, self.page, self.deal = issue, issue.page(title), issue.run.deal
        self.line, self.wide = 4, LAST
        self.ends: list[int] = []
        self.page.widths(2, LABEL, *[WIDTH] * COLUMNS)
        self.page.heading(title, LAST)

    def finish(self) -> None:
        """The set-up for screen and paper; no table is cut."""
        self.page.sheet.print_area = f"A1:{get_column_letter(LAST)}{self.line}"
        self.page.frozen("C4")
        self.page.printed_in_parts(self.ends, "1:3")

    # ---- cells of the model ------------------------------------------------------------------------------------------

    def _sheet(self, row: Row) -> str:
        return quoted(self.issue.layout.places[row].sheet)

    def at(self, row: Row, period: int = 0) -> Cell:
        """A figure, or a line in a period; 0 is the as-of date."""
        place, value = self.issue.layout.places[row], self.issue.value(row)
        letter = period_column(period) if row.per == PERIOD else place.column
        shown = value[period] if row.per == PERIOD else value
        return f"={self._sheet(row)}!${letter}${place.line}", shown if isinstance(shown, str) else float(shown)

    def area(self, row: Row, first: int = 1, last: int | None = None) -> str:
        """Where a line stands over some periods."""
        end = self.deal.timeline.count if last is None else last
        line = self.issue.layout.places[row].line
        return f"{self._sheet(row)}!${period_column(first)}${line}:${period_column(end)}${line}"

    def over(self, row: Row, first: int = 1, last: int | None = None) -> Cell:
        """A flow over some periods, or over all."""
        end = self.deal.timeline.count if last is None else last
        return f"=SUM({self.area(row, first, last)})", float(np.nansum(self.issue.value(row)[first : end + 1]))

    def flow(self, block: Block, name: str) -> Cell | None:
        """A flow over all periods; None where the block has no such row."""
        return self.over(block.row(name)) if hasattr(type(block), name) else None

    def on(self, row: Row, day: date) -> Cell | None:
        """A line at the end of the month of a day; None outside the timeline."""
        period = self.deal.timeline.period_of(day) if day > self.deal.timeline.as_of else 0
        outside = day < self.deal.timeline.as_of or period > self.deal.timeline.count
        return None if outside else self.at(row, period)

    def at_ends(self, block: Block, name: str, spans: Sequence[Span], *, opening: bool = True) -> list[Cell | None]:
        """A line at the as-of date, where it has an opening, and at the end of each span."""
        row = block.row(name)
        return [self.at(row) if opening else None, *(self.at(row, span.last) for span in spans)]

    # ---- cells of the page -------------------------------------------------------------------------------------------

    def here(self, number: int, line: int | None = None) -> Cell:
        """A cell of this page, empty ones as nothing."""
        name = f"{column(number)}{line or self.line}"
        value = self.page.memory.value(self.page.title, name)
        return f"={name}", value if isinstance(value, int | float) else 0.0

    def put(self, number: int, cell: Cell | None, style: str = "link", fmt: str = styles.USD) -> None:
        """A formula in the n-th column of the line; nothing where there is none."""
        if cell is not None:
            self.page.formula(f"{column(number)}{self.line}", *cell, style, fmt)

    def row(self, label: str, cells: Sequence[Cell | None], style: str = "link", fmt: str = styles.USD, start: int = 1) -> None:
        """A line: its label and its cells from a column on."""
        self.label(label, "total" if style == "total" else "label")
        for number, cell in enumerate(cells, start=start):
            self.put(number, cell, style, fmt)
        self.line += 1

    def total(self, first: int, numbers: Sequence[int], label: str = "Total", shares: Sequence[int] = ()) -> None:
        """Sums of the lines from `first` on in some columns; the line stays open."""
        self.label(label, "total")
        for number in numbers:
            value = sum(self.here(number, line)[1] for line in range(first, self.line))
            name = column(number)
            fmt = styles.SHARE if number in shares else styles.USD
            self.put(number, (f"=SUM({name}{first}:{name}{self.line - 1})", float(value)), "total", fmt)

    def words(self, first: int, last: int, said: str, style: str = "label") -> None:
        """Words over some columns."""
        self.page.fill(self.line, 2 + first, 2 + last, style)
        self.page.text(f"{column(first)}{self.line}", said, style)
        if last > first:
            self.page.sheet.merge_cells(f"{column(first)}{self.line}:{column(last)}{self.line}")

    # ---- lines -------------------------------------------------------------------------------------------------------

    def band(self, title: str) -> None:
        """The title of a part."""
        self.page.fill(self.line, 1, LAST, "band")
        self.page.text(f"A{self.line}", title, "band")
        self.line += 1

    def heads(self, heads: Sequence[str | int], left: str = "", merged: Sequence[tuple[int, int]] = ()) -> None:
        """Heads of columns; `merged` ones run over several and stand on the left."""
        self.wide = 2 + len(heads)
        self.page.fill(self.line, 2, self.wide, "header")
        self.page.text(f"B{self.line}", left, "header_left")
        for number, head in enumerate(heads, start=1):
            if isinstance(head, int):
                self.page.number(f"{column(number)}{self.line}", head, "header", "0_)")
            elif head:
                self.page.text(f"{column(number)}{self.line}", head, "header")
        for first, last in merged:
            self.words(first, last, "  " * (first > 1) + str(heads[first - 1]), "header_left")
        self.page.height(self.line, *((str(head), WIDTH * 0.88) for n, head in enumerate(heads, start=1)
                                      if not any(first <= n <= last for first, last in merged)))
        self.line += 1

    def label(self, said: str, style: str = "label") -> None:
        """What a line is."""
        if style == "total":
            self.page.fill(self.line, 2, self.wide, "total")
        self.page.text(f"B{self.line}", said, style)
        self.page.height(self.line, (said, LABEL * 0.9 if style == "total" else LABEL))

    def note(self, said: str) -> None:
        """A sentence below a table, and an empty line."""
        self.page.text(f"B{self.line}", said, "note")
        self.page.sheet.merge_cells(f"B{self.line}:{get_column_letter(LAST)}{self.line}")
        self.page.height(self.line, (said, LABEL + WIDTH * COLUMNS), size=8)
        self.line += 2

    def end(self) -> None:
        """A page of paper may end here."""
        self.ends.append(self.line - 1)
