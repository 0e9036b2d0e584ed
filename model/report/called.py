"""Called up: what tables read across stands here first, one figure a line, each beside its name.

A table of contracts or loans has a different figure in every column. Written straight into the table each of its cells would be a
formula of its own; here each is a link that names what it is, and the lines of the table read them by one formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter

from model.report import styles
from model.report.layout import CALLED
from model.sheet.excel import quoted

if TYPE_CHECKING:
    from model.report.page import Page
    from model.report.workbook import Issue

Cell = tuple[str, Any]
FIGURE, ACROSS = "D", 5  # the column of figures; the first of lines that are added up below one another
LABEL = 62.0
NOT_PRINTED = "Not printed beyond this line: each figure stands in the table that reads it. To print it, clear the print area."
MARK = "\x04"  # encloses the number of a figure of the same block, until the block has lines
UNITS = {styles.USD: "USD m", styles.SHARE: "share", styles.RATE: "rate", styles.TIMES: "x", styles.DATE: "date",
         styles.COUNT: "no.", styles.DIFFERENCE: "USD m", styles.FLAG: "flag", styles.SHARES: "m shares", styles.PRICE: "USD"}


@dataclass(frozen=True)
class Figure:
    """What one column of a line shows: a formula, or a typed number where there is none."""

    name: str
    text: str
    value: Any
    style: str = "link"
    fmt: str = styles.USD


def sibling(number: int) -> str:
    """Another figure of the same line, as a formula of the line names it."""
    return f"{MARK}{number}{MARK}"


class Called:
    """Writes the sheet block by block, as the tables that read it are written."""

    def __init__(self, issue: Issue) -> None:
        self.page, self.line = issue.page(CALLED), 4
        self.page.widths(2, LABEL, 11, 15, *[11] * 16)
        self.page.heading(CALLED, ACROSS)
        self.page.text("A3", NOT_PRINTED, "unit")
        self.page.frozen("A4")

    def read(self, page: Page, line: int, title: str, figures: Mapping[int, Figure]) -> None:
        """Call up the figures of a line of a page, by the numbers of their columns, and let the line read them."""
        first, last = min(figures), max(figures)
        self._heading(f"{page.title}, line {line}: {title}")
        top = self.line
        lines = {number: top + number - first for number in figures}
        for number, figure in figures.items():
            self._figure(lines[number], figure, lines)
        self.line = top + last - first + 2
        area = f"{quoted(CALLED)}!${FIGURE}${top}:${FIGURE}${top + last - first}"
        left = get_column_letter(first)
        for number, figure in figures.items():
            letter = get_column_letter(number)
            text = f"=INDEX({area},COLUMNS(${left}$1:{letter}$1))"  # its place in the line; of the title, to be no circle
            page.formula(f"{letter}{line}", text, figure.value, figure.style, figure.fmt)

    def part(self, name: str, said: str, text: str = "") -> str:
        """Words that a sentence joins, typed or as a formula; returns where they stand."""
        self.page.text(f"B{self.line}", name, "label")
        self.page.text(f"C{self.line}", "text", "unit")
        cell = f"{FIGURE}{self.line}"
        if text:
            self.page.formula(cell, text.replace(f"{quoted(CALLED)}!", ""), said, "calc")
        else:
            self.page.text(cell, said, "plain")
        self.line += 2
        return f"{quoted(CALLED)}!${FIGURE}${self.line - 2}"

    def one(self, name: str, cell: Cell, fmt: str) -> Cell:
        """A figure that several others read."""
        self._figure(self.line, Figure(name, *cell, fmt=fmt), {})
        self.line += 2
        return f"={quoted(CALLED)}!${FIGURE}${self.line - 2}", cell[1]

    def added(self, title: str, cells: Sequence[Cell], fmt: str = styles.USD) -> Cell:
        """The sum of several cells, each on a line of its own."""
        self._heading(title)
        first = self.line
        for number, (text, value) in enumerate(cells, start=1):
            self._figure(self.line, Figure(f"Part {number}", text, value, fmt=fmt), {})
            self.line += 1
        self.line += 1
        area = f"{quoted(CALLED)}!${FIGURE}${first}:${FIGURE}${self.line - 2}"
        return f"=SUM({area})", fsum(value for _, value in cells)

    def columns(self, title: str, lines: Sequence[tuple[str, Sequence[Cell]]]) -> list[Cell]:
        """Lines over the same columns, one below the other, and their sums."""
        self._heading(title)
        first = self.line
        for name, cells in lines:
            self.page.text(f"B{self.line}", name, "label")
            self.page.text(f"C{self.line}", "USD m", "unit")
            for column, (text, value) in enumerate(cells, start=ACROSS):
                self.page.formula(f"{get_column_letter(column)}{self.line}", text, value, "link", styles.USD)
            self.line += 1
        self.line += 1
        sums = [fsum(column) for column in zip(*([value for _, value in cells] for _, cells in lines), strict=True)]
        letters = [get_column_letter(column) for column in range(ACROSS, ACROSS + len(sums))]
        return [(f"=SUM({quoted(CALLED)}!{letter}{first}:{letter}{self.line - 2})", value)
                for letter, value in zip(letters, sums, strict=True)]

    def finish(self) -> None:
        """The set-up for paper: the tables that read these lines are printed, and these would be many pages of the same."""
        self.page.sheet.print_area = f"A1:{FIGURE}3"
        self.page.printed()

    def _heading(self, title: str) -> None:
        self.page.fill(self.line, 1, ACROSS - 1, "band")
        self.page.text(f"A{self.line}", title, "band")
        self.line += 1

    def _figure(self, line: int, figure: Figure, lines: Mapping[int, int]) -> None:
        self.page.text(f"B{line}", figure.name, "label")
        self.page.text(f"C{line}", UNITS.get(figure.fmt, ""), "unit")
        cell = f"{FIGURE}{line}"
        if not figure.text:
            self.page.number(cell, figure.value, "given", figure.fmt)
            return
        text = figure.text.replace(f"{quoted(CALLED)}!", "")
        for number, at in lines.items():
            text = text.replace(sibling(number), f"${FIGURE}${at}")
        self.page.formula(cell, text, figure.value, "link" if "!" in text else "calc", figure.fmt)
