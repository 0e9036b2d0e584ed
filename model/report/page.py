"""A worksheet with a memory: every formula is put down together with the value the engine found for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from math import fsum
from typing import Any

import numpy as np
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from model.errors import BuildError
from model.report.files import TRIGGERS
from model.report.heights import lines_of
from model.report.memory import DIGITS, Entries, Memory, Stretch
from model.report.merging import Sheet
from model.report.texts import shielded
from model.sheet.excel import OPENING_COLUMN, in_columns
from model.sheet.formula import Array
from model.timeline import to_serial

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LONGEST_TEXT = 32767
LINE_HEIGHT, TALLEST_ROW, LONGEST_FOOTER = 12.75, 409.0, 120
PAPER_WIDTH, PAPER_HEIGHT, SMALLEST_SCALE, LEGIBLE = 780.0, 515.0, 50, 64  # points of A4 landscape inside the margins
CHECK_LINE = ('="USD millions unless stated | Live case: "&In_ScenarioName&" | Model checks: "'
              '&IF(Chk_Total=0,"all OK",Chk_Total&" FAILED")')
COLUMN_POINTS = 5.6  # one digit of Arial 10, the unit of column widths


@dataclass(frozen=True)
class Bar:
    """Empty cells of one style on one line, by the numbers of their columns; what stands on it hides it."""

    line: int
    first: int
    last: int
    style: StyleArray


class Page:
    """One worksheet while it is written."""

    def __init__(self, book: Workbook, title: str, memory: Memory, case: str = "") -> None:
        self.sheet: Worksheet = Sheet(book, title)
        book._add_sheet(self.sheet)  # type: ignore[attr-defined]  # the stubs of openpyxl leave private names out
        self.title, self.memory, self.case = title, memory, case
        self.stretches: list[Stretch] = []
        self.bars: list[Bar] = []
        self.grouped: set[int] = set()  # lines that can be closed below the heading above them
        self.entries: list[Entries] = []
        self.heights: dict[int, float | None] = {}  # of lines, in points; None where a line only has the usual height
        self._styles: dict[tuple[str, str], StyleArray] = {}
        self.sheet.sheet_view.showGridLines = False
        self.sheet.sheet_view.zoomScale = 85
        self.sheet.sheet_format.defaultRowHeight, self.sheet.sheet_format.customHeight = LINE_HEIGHT, True

    def formula(self, cell: str, text: str, value: Any, style: str = "calc", fmt: str = "General") -> Any:
        """A live formula with the engine's value beside it."""
        target: Any = self._cell(cell, style, fmt)
        if text.isprintable() and len(text) <= LONGEST_TEXT:
            target._value, target.data_type = text, "f"
        else:
            target.value = text  # refused or cut by openpyxl
        self.memory.remember(self.title, cell, _plain(value), is_formula=True)
        return target

    def number(self, cell: str, value: float | date, style: str = "given", fmt: str = "General") -> Any:
        """A typed number or date."""
        target: Any = self._cell(cell, style, fmt)
        plain = _plain(value)
        target._value, target.data_type = plain, "n"
        self.memory.remember(self.title, cell, plain, is_formula=False)
        return target

    def formulas(self, line: int, first: int, template: str, values: Array, style: str = "calc", fmt: str = "General") -> None:
        """One formula in every period from `first` on, as many as there are values, with the engine's value beside each."""
        self._stretch(line, first, template, values, style, fmt)

    def numbers(self, line: int, first: int, values: Array, style: str = "given", fmt: str = "General") -> None:
        """Typed numbers in every period from `first` on."""
        self._stretch(line, first, "", values, style, fmt)

    def _stretch(self, line: int, first: int, template: str, values: Array, style: str, fmt: str) -> None:
        stretch = Stretch(line, first, template, values, self._array(style, fmt))
        if np.isinf(values).any():
            raise BuildError(f"{self.title}!{stretch.cells[int(np.isinf(values).argmax())]} is infinite")
        self.stretches.append(stretch)
        self.memory.remember_all(self.title, stretch)

    def said(self, cell: str) -> str:
        """The formula of a cell, as it was written."""
        letters = cell.rstrip(DIGITS)
        line = int(cell[len(letters):])
        if stretch := next((one for one in self.memory.stretches(self.title, line) if letters in one.letters), None):
            return in_columns(stretch.template, *[stretch.first + stretch.letters.index(letters)] * 2)[0]
        held: Any = self.sheet._cells[line, _column(letters)]
        return str(held._value)

    def text(self, cell: str, value: str, style: str = "plain") -> Any:
        """Words, never a formula: what begins like one gets Excel's own leading apostrophe."""
        target: Any = self._cell(cell, style)
        clean = as_text(value)
        target._value, target.data_type = clean, "s"
        if clean.startswith(TRIGGERS):
            target._style = self._quoted(style)
        self.memory.remember(self.title, cell, clean, is_formula=False)
        return target

    def listed(self, line: int, first: int, values: Sequence[str | float], style: str = "plain") -> None:
        """Words and numbers from a column on: for long lists that no formula reads, quicker than cell by cell."""
        clean = [as_text(value) if isinstance(value, str) else value for value in values]
        self.entries.append(Entries(line, first, clean, self._array(style, "General"), self._quoted(style)))

    def fill(self, line: int, first: int, last: int, style: str) -> None:
        """Style a stretch of empty cells."""
        for column in range(first, last + 1):
            self._at(line, column, style)

    def bar(self, line: int, first: int, last: int, style: str) -> None:
        """The same for long stretches on which no cells are merged: quicker, and what stands on it keeps its own style."""
        self.bars.append(Bar(line, first, last, self._array(style, "General")))

    def heading(self, title: str, width: int) -> None:
        """Rows 1 and 2: the title, and the line with live case and check light."""
        self.heights[1] = 26.0
        for line, style in ((1, "title"), (2, "subtitle")):
            self.bar(line, 1, width, style)
        self.text("A1", title, "title")

    def check_line(self, scenario: str, failed: int) -> None:
        """The line under the title; written when the number of failed checks is known."""
        light = "all OK" if failed == 0 else f"{failed} FAILED"
        self.formula("A2", CHECK_LINE, f"USD millions unless stated | Live case: {scenario} | Model checks: {light}", "subtitle")

    def widths(self, *widths: float) -> None:
        """Widths of columns A, B, C, ..."""
        for number, width in enumerate(widths, start=1):
            self.sheet.column_dimensions[get_column_letter(number)].width = width

    def height(self, line: int, *texts: tuple[str, float], least: float = LINE_HEIGHT, size: float = 9) -> None:
        """Make a row as high as the longest of its wrapped texts needs, each given with the width it may fill."""
        lines = max((lines_of(text, width, size) for text, width in texts), default=1)
        self.heights[line] = min(max(lines * size * 1.3 + 1, least), TALLEST_ROW)

    def frozen(self, cell: str) -> None:
        """Freeze the panes above and left of a cell, with the cursor in it."""
        self.sheet.freeze_panes = cell
        for selection in self.sheet.sheet_view.selection:
            selection.activeCell = selection.sqref = cell

    def printed(self, *, landscape: bool = True, fit_height: int = 0, heads: str = "") -> None:
        """Print set-up of a page for reading: one page wide, in the middle; `heads` are the rows that each page repeats."""
        self.sheet.print_options.horizontalCentered = True
        setup = self.sheet.page_setup
        setup.orientation = "landscape" if landscape else "portrait"
        setup.fitToWidth, setup.fitToHeight = 1, fit_height
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        if heads:
            self.sheet.print_title_rows = heads
        self.paper()

    def printed_in_parts(self, ends: Sequence[int], heads: str) -> None:
        """Print set-up of parts that each end on a line of `ends`: as many on a page of A4 landscape as stay legible, none cut.

        Fitting to a number of pages would ignore the breaks.
        """
        sheet, top = self.sheet, self.tall(1, int(heads.partition(":")[2]))
        width = fsum(dimension.width for dimension in sheet.column_dimensions.values()) * COLUMN_POINTS
        pages = self.pages(ends, top)
        tallest = max(self.tall(1, pages[0]), *(top + self.tall(before + 1, end) for before, end in pairwise(pages)), 1.0)
        share = min(PAPER_WIDTH / width, PAPER_HEIGHT / tallest, 1.0)
        sheet.page_setup.orientation, sheet.page_setup.scale = "landscape", max(int(share * 100), SMALLEST_SCALE)
        sheet.print_title_rows = heads
        for end in pages[:-1]:
            sheet.row_breaks.append(Break(id=end))
        self.paper()

    def pages(self, ends: Sequence[int], top: float) -> list[int]:
        """The last line of each page: the next part begins a new one where it would make print too small."""
        found: list[int] = []
        start = 1
        for end, following in pairwise(ends):
            if self.tall(start, following) + (top if found else 0) > PAPER_HEIGHT / LEGIBLE * 100:
                found.append(end)
                start = end + 1
        return [*found, ends[-1]]

    def tall(self, first: int, last: int) -> float:
        """Height of a stretch of rows in points."""
        return fsum(self.heights.setdefault(line, None) or LINE_HEIGHT for line in range(first, last + 1))

    def printed_along_time(self, last: int, per_page: int = 12) -> None:
        """Print set-up of a timeline: labels and heading on each page, a break every twelve periods."""
        sheet = self.sheet
        sheet.page_setup.orientation, sheet.page_setup.scale = "landscape", 64
        sheet.print_title_rows, sheet.print_title_cols = "1:6", "A:F"
        first = OPENING_COLUMN + 1
        for column in (*range(first + per_page, last, per_page), last + 1):
            sheet.col_breaks.append(Break(id=column - 1))
        self.paper()

    def paper(self) -> None:
        """A4, narrow margins, a footer with file, sheet, case and page."""
        sheet = self.sheet
        sheet.page_setup.paperSize = 9
        margins = sheet.page_margins
        margins.left = margins.right = 0.4
        margins.top, margins.bottom, margins.header, margins.footer = 0.4, 0.6, 0.2, 0.3
        footer = sheet.oddFooter
        assert footer is not None
        for part, words in ((footer.left, "&F | &A"), (footer.center, in_footer(self.case)), (footer.right, "Page &P of &N")):
            part.text, part.font, part.size = words, "Arial,Regular", 8

    def _cell(self, name: str, style: str, fmt: str = "General") -> Any:
        """The cell by its name; openpyxl's own look-up allows for ranges and takes several times as long."""
        return self._at(*_place(name), style, fmt)

    def _at(self, line: int, column: int, style: str, fmt: str = "General") -> Any:
        """A cell in a style; cells of one style share its array, so who changes one takes a copy first."""
        sheet: Any = self.sheet
        cells: dict[tuple[int, int], Any] = sheet._cells
        array = self._styles.get((style, fmt)) or self._array(style, fmt)
        cell: Any = cells.get((line, column))
        if cell is None:
            cell = cells[line, column] = Cell(sheet, line, column)
            sheet._current_row = line  # at 0, openpyxl takes the sheet for empty
        cell._style = array
        return cell

    def _quoted(self, style: str) -> StyleArray:
        """A named style with Excel's leading apostrophe."""
        if (style, "'") not in self._styles:
            array = self._styles[style, "'"] = self._array(style, "General").__copy__()
            array.quotePrefix = 1
        return self._styles[style, "'"]

    def _array(self, style: str, fmt: str) -> StyleArray:
        """A named style with a number format as openpyxl keeps it in a cell; looked up once."""
        key = (style, fmt)
        if key not in self._styles:
            cell: Any = Cell(self.sheet, 1, 1)
            cell.style = f"m.{style}"
            if fmt != "General":
                cell.number_format = fmt
            self._styles[key] = cell._style
        return self._styles[key]


_column = cache(column_index_from_string)


@cache
def _place(name: str) -> tuple[int, int]:
    """Line and column of a cell."""
    letters = name.rstrip(DIGITS)
    return int(name[len(letters):]), _column(letters)


def as_text(value: str) -> str:
    """Words as a cell can hold them."""
    return (value if value.isprintable() else _CONTROL.sub("", value))[:LONGEST_TEXT]


def in_footer(words: str) -> str:
    """Words for a footer, in which a single ampersand would begin a code."""
    return shielded(" ".join(_CONTROL.sub("", words).split())[:LONGEST_FOOTER].replace("&", "&&"))


def _plain(value: Any) -> Any:
    if type(value) in (float, int, str):
        return value
    if isinstance(value, date):
        return to_serial(value)
    if hasattr(value, "item"):
        return value.item()
    return value
