"""Tables of a page for reading: bands, heads, and lines of live figures, each line one formula.

Over time the first and the last month of every column stand below the heads, and all columns of a line read a row of the model
between them. Where columns are figures of different kinds, the line reads them from the sheet on which they are called up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from model.report import styles
from model.report.called import MARK, Figure, sibling
from model.report.months import Cell, Months, Span, column
from model.sheet.excel import quoted

if TYPE_CHECKING:
    from model.report.workbook import Issue

LABEL, WIDTH, COLUMNS = 44.0, 9.8, 16
LONGEST = 160  # characters of a formula that can be read at once
LAST = 2 + COLUMNS
TIES = '[>=0.0005]0.0000_);[<=-0.0005](0.0000);"ties"_)'
NOTHING: Cell = ("=0", 0.0)


def added(cells: Sequence[Cell], less: Sequence[Cell] = ()) -> Cell:
    """Cells added up, others taken off; each is a reference or a function."""
    if not cells and not less:
        return NOTHING
    text = "+".join(text[1:] for text, _ in cells) + "".join(f"-{text[1:]}" for text, _ in less)
    return f"={text}", fsum([*(value for _, value in cells), *(-value for _, value in less)])


class Tables(Months):
    """Writes a page table by table, from the top down."""

    width, columns = WIDTH, COLUMNS

    def __init__(self, issue: Issue, title: str) -> None:
        self.issue, self.page, self.deal = issue, issue.page(title), issue.run.deal
        self._line, self.wide, self.head = 4, LAST, 4
        self.ends: list[int] = []
        self.spans: Sequence[Span] = ()
        self._names: list[str] = []  # of the columns, in a table that reads figures which are called up
        self._figures: dict[int, Figure] = {}
        self.page.widths(2, LABEL, *[self.width] * self.columns)
        self.page.heading(title, self.last)

    @property
    def last(self) -> int:
        """The number of the last column on paper."""
        return 2 + self.columns

    @property
    def line(self) -> int:
        """The line that is written; what it shows is put down when it is left."""
        return self._line

    @line.setter
    def line(self, line: int) -> None:
        figures, self._figures = self._figures, {}
        if figures:
            self._settle(figures)
        self._line = line

    def _settle(self, figures: dict[int, Figure]) -> None:
        """Figures of one kind stand where they are read; others are called up first."""
        mine = f"{quoted(self.page.title)}!"
        shapes = {re.sub(rf"(?<![A-Z$]){column(number)}(?=\d)", "", one.text) for number, one in figures.items()}
        if len(figures) > 1 and (len(shapes) > 1 or any(MARK in shape for shape in shapes)):
            self.issue.called.read(self.page, self._line, str(self.page.memory.value(self.page.title, f"B{self._line}") or ""),
                                   {2 + number: figure for number, figure in figures.items()})
            return
        for number, one in figures.items():
            cell = f"{column(number)}{self._line}"
            if one.text:
                self.page.formula(cell, one.text.replace(mine, ""), one.value, one.style, one.fmt)
            else:
                self.page.number(cell, one.value, one.style, one.fmt)

    def finish(self) -> None:
        """The set-up for screen and paper; no table is cut."""
        self.page.sheet.print_area = f"A1:{get_column_letter(self.last)}{self.line}"
        self.page.frozen("C4")
        self.page.printed_in_parts(self.ends, "1:3")

    # ---- cells of the page -------------------------------------------------------------------------------------------

    def here(self, number: int, line: int | None = None) -> Cell:
        """A cell of this page, empty ones as nothing."""
        if line in (None, self.line) and self._names:
            found = self._figures.get(number)
            value = found.value if found else 0.0
            return f"={sibling(2 + number)}" if found else NOTHING[0], value if isinstance(value, int | float) else 0.0
        name = f"{column(number)}{line or self.line}"
        value = self.page.memory.value(self.page.title, name)
        return f"={name}", value if isinstance(value, int | float) else 0.0

    def put(self, number: int, cell: Cell | None, style: str = "link", fmt: str = styles.USD) -> None:
        """A formula in the n-th column of the line; nothing where there is none."""
        if cell is None:
            return
        if self._names:
            self._figures[number] = Figure(self._names[number - 1], *cell, style, fmt)
        else:
            self.page.formula(f"{column(number)}{self.line}", *cell, style, fmt)

    def typed(self, number: int, value: float, fmt: str = styles.USD) -> None:
        """A number that is stated, in the n-th column of the line."""
        if self._names:
            self._figures[number] = Figure(self._names[number - 1], "", value, "given", fmt)
        else:
            self.page.number(f"{column(number)}{self.line}", value, "given", fmt)

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
            self.put(number, self.summed(number, first), "total", styles.SHARE if number in shares else styles.USD)

    def summed(self, number: int, first: int) -> Cell:
        """The sum of the lines from `first` on in a column."""
        value, name = fsum(self.here(number, line)[1] for line in range(first, self.line)), column(number)
        mine = f"{quoted(self.page.title)}!" if self._names else ""
        return f"=SUM({mine}{name}{first}:{name}{self.line - 1})", float(value)

    def added_up(self, label: str, cells: Sequence[Cell]) -> Cell:
        """Cells added up; where they are many, each stands on a line of its own."""
        short = added(cells)
        if len(short[0]) <= LONGEST:
            return short
        return self.issue.called.added(f"{self.page.title}, line {self.line}: {label}", cells)

    def less(self, label: str, numbers: Iterable[int], first: int) -> None:
        """The line `first` less the one below it, in some columns."""
        self.label(label, "total")
        names, self._names = self._names, []
        for number in numbers:
            self.put(number, added([self.here(number, first)], [self.here(number, first + 1)]), "total")
        self.line += 1
        self._names = names

    def disclosed(self, amounts: Mapping[int, float]) -> None:
        """What a filing says of some columns, with its total in the first."""
        self.label("As disclosed")
        spans = self.spans
        self._names = [f"Disclosed: {span.head}" for span in spans]
        for number, amount in amounts.items():
            self.typed(number, amount)
        self.put(1, ("=" + "+".join(sibling(2 + number) for number in amounts), fsum(amounts.values())), "calc")
        self.line += 1
        self._names = []

    def words(self, first: int, last: int, said: str, style: str = "label") -> None:
        """Words over some columns."""
        self.page.fill(self.line, 2 + first, 2 + last, style)
        self.page.text(f"{column(first)}{self.line}", said, style)
        if last > first:
            self.page.sheet.merge_cells(f"{column(first)}{self.line}:{column(last)}{self.line}")

    # ---- lines -------------------------------------------------------------------------------------------------------

    def band(self, title: str) -> None:
        """The title of a part."""
        self._names, self.spans = [], ()
        self.page.fill(self.line, 1, self.last, "band")
        self.page.text(f"A{self.line}", title, "band")
        self.line += 1

    def kinds(self, heads: Sequence[str], left: str = "", merged: Sequence[tuple[int, int]] = ()) -> None:
        """Heads of columns with figures of different kinds, which their lines call up."""
        self.heads(heads, left, merged)
        told = list(heads)
        self._names = [f"{told[n - 1]}: {head}" if told.count(head) > 1 and head else head for n, head in enumerate(told)]

    def over_time(self, spans: Sequence[Span], left: str = "") -> None:
        """Heads of columns that are months from one to another, and below them these months."""
        self.heads([span.head for span in spans], left)
        self.spans = spans
        for label, style, numbers in (("Its first month", "unit", [max(1, span.first) for span in spans]),
                                      ("Its last month, 0 for the as-of date", "unit", [span.last for span in spans])):
            self.page.text(f"B{self.line}", label, style)
            for number, month in enumerate(numbers, start=1):
                self.page.number(f"{column(number)}{self.line}", month, "unit_right", "0_)")
            self._line += 1

    def heads(self, heads: Sequence[str | int], left: str = "", merged: Sequence[tuple[int, int]] = ()) -> None:
        """Heads of columns; `merged` ones run over several and stand on the left."""
        self._names, self.spans, self.head = [], (), self.line
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
        self.page.height(self.line, *((str(head), self.width * 0.88) for n, head in enumerate(heads, start=1)
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
        self.page.sheet.merge_cells(f"B{self.line}:{get_column_letter(self.last)}{self.line}")
        self.page.height(self.line, (said, LABEL + self.width * self.columns), size=8)
        self.line += 2

    def end(self) -> None:
        """A page of paper may end here."""
        self.ends.append(self.line - 1)
