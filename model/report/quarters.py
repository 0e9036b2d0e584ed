"""Lines by calendar quarter: links to rows of the model, from which charts are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter

from model.report import styles
from model.sheet import Row, period_column
from model.sheet.excel import quoted

if TYPE_CHECKING:
    from model.report.page import Page
    from model.report.workbook import Issue

Cell = tuple[str, Any]
Read = Callable[["Quarter"], Cell]
LEGIBLE = 3  # quarters that a year needs to be headed
START = 4  # the column of the as-of date; the first quarter stands next to it


@dataclass(frozen=True)
class Quarter:
    """Its column and its periods; the as-of date is the one that ends with period 0."""

    column: int
    first: int
    last: int
    head: str

    @property
    def letter(self) -> str:
        """Its column."""
        return get_column_letter(self.column)


AS_OF = Quarter(START, 0, 0, "")


def quarters_of(ends: Sequence[date]) -> list[Quarter]:
    """The quarters of a timeline; the first in a year is headed by the year, the others by nothing: programs drop labels.

    A first year of one or two quarters has no head, which would run into the next or turn all of them.
    """
    periods: dict[tuple[int, int], list[int]] = {}
    for number, end in enumerate(ends, start=1):
        periods.setdefault((end.year, (end.month - 1) // 3), []).append(number)
    found: list[Quarter] = []
    first = ends[0].year
    short = sum(year == first for year, _ in periods) < LEGIBLE and ends[-1].year > first
    years = {first} if short else set[int]()
    for column, ((year, _), numbers) in enumerate(periods.items(), start=START + 1):
        found.append(Quarter(column, numbers[0], numbers[-1], "" if year in years else str(year)))
        years.add(year)
    return found


class Quarters:
    """Writes lines from a line of a page down, under one head."""

    def __init__(self, issue: Issue, page: Page, line: int) -> None:
        self.issue, self.page = issue, page
        self.quarters = quarters_of(issue.run.deal.timeline.ends)
        self.head, self.line = line + 1, line + 4
        ends = issue.run.deal.clock.row("ends")
        page.text(f"B{line}", "Quarter end", "axis_left")
        page.text(f"B{self.head}", "On the axis", "header_left")
        page.text(f"C{self.head}", "Constant", "header")
        page.text(f"B{self.head + 1}", "Its first month", "unit")
        page.text(f"B{self.head + 2}", "Its last month, 0 for the as-of date", "unit")
        for quarter in (AS_OF, *self.quarters):
            page.formula(f"{quarter.letter}{line}", *self.end(ends, quarter), "axis", styles.DATE)
            page.fill(self.head, quarter.column, quarter.column, "header")
            if quarter.head:
                page.number(f"{quarter.letter}{self.head}", int(quarter.head), "header", "0")
            page.number(f"{quarter.letter}{self.head + 1}", max(1, quarter.first), "unit_right", "0")
            page.number(f"{quarter.letter}{self.head + 2}", quarter.last, "unit_right", "0")

    @property
    def columns(self) -> tuple[int, int]:
        """First and last quarter."""
        return self.quarters[0].column, self.quarters[-1].column

    @property
    def with_opening(self) -> tuple[int, int]:
        """The as-of date and the last quarter."""
        return START, self.quarters[-1].column

    def band(self, title: str) -> None:
        """The title of a part."""
        self.page.fill(self.line, 1, self.columns[1], "band")
        self.page.text(f"B{self.line}", title, "band")
        self.line += 1

    def put(self, label: str | Cell, read: Read, fmt: str = styles.USD, *, opening: bool = False) -> int:
        """A line with one formula a quarter; its label may be a formula too. Returns where it stands."""
        at = self.line
        if isinstance(label, str):
            self.page.text(f"B{at}", label, "plain")
        else:
            self.page.formula(f"B{at}", *label, "calc")
        for quarter in (AS_OF, *self.quarters) if opening else self.quarters:
            text, value = read(quarter)
            self.page.formula(f"{quarter.letter}{at}", text, value, "link" if "!" in text else "calc", fmt)
        self.line += 1
        return at

    def here(self, line: int, quarter: Quarter) -> Any:
        """What an earlier line shows."""
        return self.page.memory.value(self.page.title, f"{quarter.letter}{line}")

    # ---- cells of the model ------------------------------------------------------------------------------------------

    def end(self, row: Row, quarter: Quarter) -> Cell:
        """A line at the end of a quarter."""
        return f"=INDEX({self._all(row, 0)},{self.number(quarter)}+1)", float(self.issue.value(row)[quarter.last])

    def ends(self, row: Row) -> Read:
        """The same for every quarter."""
        return lambda quarter: self.end(row, quarter)

    def area(self, row: Row, quarter: Quarter) -> str:
        """Where a line stands in the periods of a quarter."""
        months = self._all(row, 1)
        return f"INDEX({months},{quarter.letter}${self.head + 1}):INDEX({months},{self.number(quarter)})"

    def _all(self, row: Row, first: int) -> str:
        """Where a line stands in all periods from the first on."""
        line, last = self.issue.layout.places[row].line, period_column(self.issue.run.deal.timeline.count)
        return f"{quoted(self.issue.layout.places[row].sheet)}!${period_column(first)}${line}:${last}${line}"

    def number(self, quarter: Quarter) -> str:
        """The number of a quarter's last period."""
        return f"{quarter.letter}${self.head + 2}"
