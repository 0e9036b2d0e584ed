"""A workbook as it was saved: the cells of the sheets that make its case, with what was typed and not what was calculated.

Any program may have saved it, so nothing is taken for granted; what cannot be used becomes a finding at its cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.utils import column_index_from_string, get_column_letter

from model.errors import Finding, InputError
from model.inputs import document
from model.inputs.raw import UnfitError
from model.report.layout import CASE_FILES, INPUTS, OVER_TIME, TIME
from model.saved import UNREADABLE, File
from model.saved import Cell as StoredCell
from model.saved import opened as opened_file
from model.sheet.excel import quoted

SHEETS = (INPUTS, OVER_TIME, TIME, CASE_FILES)
KINDS = {"n": "n", "b": "b", "d": "d", "e": "e"}  # as the file calls them; whatever else there is, is text
NO_WORKBOOK = "an Excel workbook that debtcover has written, without a password"
_REFERENCE = re.compile(r"=\+?'?([^'!]+)'?!\$?([A-Z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: `kind` is n (number), s (text), f (formula), b (yes or no), d (date) or e (error)."""

    sheet: str
    line: int
    column: int
    value: Any
    kind: str

    @property
    def name(self) -> str:
        """As it is called in a formula."""
        return f"{quoted(self.sheet)}!{get_column_letter(self.column)}{self.line}"


Line = dict[int, Cell]
"""The filled cells of a line by the number of their column."""


@dataclass
class Saved:
    """The sheets of a workbook that make its case, by title and line, and what is wrong with them."""

    file: str
    sheets: dict[str, dict[int, Line]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    book: File | None = None

    def note(self, cell: Cell, what: str, allowed: str, seen: str | None = None) -> None:
        """Keep a finding at a cell."""
        seen = shown(cell) if seen is None else seen
        self.findings.append(Finding(self.file, cell.line, f"{cell.name} ({what})", seen, allowed))

    def refuse(self, sheet: str, seen: str, allowed: str) -> InputError:
        """The case cannot be read at all: everything found until now, and why."""
        return InputError([*self.findings, Finding(self.file, 0, sheet, seen, allowed)])

    def cell(self, sheet: str, line: int, column: int) -> Cell:
        """A cell, empty where nothing stands in it."""
        empty = Cell(sheet, line, column, None, "n")
        return self.sheets.get(sheet, {}).get(line, {}).get(column, empty)

    def followed(self, cell: Cell) -> Cell:
        """The cell that a link leads to; the cell itself where it is no link."""
        found = _REFERENCE.fullmatch(str(cell.value).replace("$", "")) if cell.kind == "f" else None
        return cell if found is None else self.cell(found[1], int(found[3]), column_index_from_string(found[2]))


def shown(cell: Cell) -> str:
    """A cell as a finding shows it."""
    if cell.value is None or cell.value == "":
        return "nothing"
    value = repr(cell.value).removesuffix(".0") if isinstance(cell.value, float) else str(cell.value)
    words = {"f": "a formula", "b": "a yes or no", "d": "a date", "e": "an error", "s": "text"}.get(cell.kind, "")
    return f"{words} {document.shown(str(bool(cell.value)) if cell.kind == 'b' else value)}".strip()


def opened(path: Path) -> Saved:
    """Read a workbook. InputError where it is none, or none of this program."""
    saved = Saved(path.name)
    try:
        saved.book = opened_file(path)
        for title in SHEETS:
            if title in saved.book.parts:
                saved.sheets[title] = {line: {column: of_file(title, line, column, cell, saved.book.dates)
                                              for column, cell in cells.items()}
                                       for line, cells in saved.book.sheet(title).items()}
                if title in saved.book.hidden:
                    seen, allowed = "a hidden sheet", "a sheet in sight: what is typed into it counts"
                    saved.findings.append(Finding(saved.file, 0, title, seen, allowed, warning=True))
    except UnfitError as error:
        raise saved.refuse("file", *error.args) from error
    except UNREADABLE as error:
        raise saved.refuse("file", f"{type(error).__name__}: {' '.join(str(error).split())[:80]}", NO_WORKBOOK) from error
    saved.names = saved.book.names
    for title in SHEETS:
        if title not in saved.sheets:
            raise saved.refuse(title, "no such sheet", NO_WORKBOOK)
    return saved


def of_file(title: str, line: int, column: int, cell: StoredCell, dates: Collection[int] = ()) -> Cell:
    """A cell with its place; a formula without what is stored beside it."""
    if cell.formula is not None:
        return Cell(title, line, column, cell.formula, "f")
    kind = KINDS.get(cell.kind, "s")
    return Cell(title, line, column, cell.value, "d" if kind == "n" and cell.style in dates else kind)
