"""What a page reads from the rows of the model: a figure, a flow over all months, or both by the months of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from openpyxl.utils import get_column_letter

from model.report.layout import CLOCK_LINES, TIME
from model.sheet import PERIOD, Block, Row, period_column
from model.sheet.excel import quoted

if TYPE_CHECKING:
    from model.deal import Deal
    from model.report.page import Page
    from model.report.workbook import Issue

Cell = tuple[str, Any]


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


class Months:
    """Cells of a page that read the model; those over time by the months that stand below the heads of their columns."""

    issue: Issue
    page: Page
    deal: Deal
    head: int
    spans: Sequence[Span]

    @property
    def line(self) -> int:
        """The line that is written."""
        raise NotImplementedError

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

    def over(self, row: Row) -> Cell:
        """A flow over all periods."""
        return f"=SUM({self.area(row)})", float(np.nansum(self.issue.value(row)[1:-1]))

    def flows(self, row: Row, sign: int = 1) -> list[Cell]:
        """A flow in the months of each column."""
        first, last, line = period_column(1), period_column(self.deal.timeline.count), CLOCK_LINES["number"]
        clock, minus = f"{TIME}!${first}${line}:${last}${line}", "-" * (sign < 0)
        text = f'={minus}SUMIFS({self.area(row)},{clock},">="&{{0}}${self.head + 1},{clock},"<="&{{0}}${self.head + 2})'
        value = self.issue.value(row)
        return [(text.format(column(n)), sign * float(np.nansum(value[max(1, span.first) : span.last + 1])))
                for n, span in enumerate(self.spans, start=1)]

    def flows_of(self, label: str, rows: Sequence[Row], sign: int = 1) -> list[Cell]:
        """Several flows added up; each stands on a line of its own where they are called up."""
        if len(rows) == 1:
            return self.flows(rows[0], sign)
        title = f"{self.page.title}, line {self.line}: {label}"
        mine = f"{quoted(self.page.title)}!"
        lines = [(f"{row.block.title}: {row.label}",
                  [(text.replace("&", f"&{mine}"), value) for text, value in self.flows(row, sign)]) for row in rows]
        return self.issue.called.columns(title, lines)

    def balances(self, row: Row, *, before: bool = False) -> list[Cell]:
        """A line at the end of each column, or where the column begins."""
        area = self.area(row, 0)
        text = f"=INDEX({area},{{0}}${self.head + 1})" if before else f"=INDEX({area},{{0}}${self.head + 2}+1)"
        value = self.issue.value(row)
        return [(text.format(column(n)), float(value[max(1, span.first) - 1 if before else span.last]))
                for n, span in enumerate(self.spans, start=1)]

    def flow(self, block: Block, name: str) -> Cell | None:
        """A flow over all periods; None where the block has no such row."""
        return self.over(block.row(name)) if hasattr(type(block), name) else None

    def on(self, row: Row, day: date) -> Cell | None:
        """A line at the end of the month of a day; None outside the timeline."""
        period = self.deal.timeline.period_of(day) if day > self.deal.timeline.as_of else 0
        outside = day < self.deal.timeline.as_of or period > self.deal.timeline.count
        return None if outside else self.at(row, period)

    def at_ends(self, block: Block, name: str, *, opening: bool = True) -> list[Cell | None]:
        """A line at the end of each column; the first, of the as-of date, only where the line has an opening."""
        cells: list[Cell | None] = list(self.balances(block.row(name)))
        return cells if opening else [None, *cells[1:]]

    def whole(self, head: str = "Total") -> Span:
        """All months."""
        return Span(head, 1, self.deal.timeline.count)

    def as_of(self, head: str = "as of") -> Span:
        """The as-of date, in a table of balances."""
        return Span(head, 0, 0)
