"""A workbook as it was saved: the cells of the sheets that make its case, with what was typed and not what was calculated.

Any program may have saved it, so nothing is taken for granted; what cannot be used becomes a finding at its cell.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.utils.exceptions import InvalidFileException

from model.errors import Finding, InputError
from model.inputs.archive import look_into
from model.inputs.raw import UnfitError
from model.report.layout import CASE_FILES, INPUTS, OVER_TIME, TIME
from model.sheet.excel import quoted
from model.timeline import to_serial

SHEETS = (INPUTS, OVER_TIME, TIME, CASE_FILES)
MOST_CELLS = 2_000_000
MOST_COLUMNS = 2_000  # of a line: openpyxl fills it up from the left
BROKEN = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RuntimeError, EOFError, zlib.error,
          zipfile.BadZipFile, InvalidFileException, ParseError, NotImplementedError)
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
    words = {"f": "a formula", "b": "a yes or no", "d": "a date", "e": "an error", "s": "text"}.get(cell.kind, "")
    if cell.value is None or cell.value == "":
        return "nothing"
    text = " ".join(str(getattr(cell.value, "text", cell.value)).split())  # of an array formula what stands in it
    return f"{words} {text if len(text) <= 60 else text[:57] + '...'}".strip()


def opened(path: Path) -> Saved:
    """Read a workbook. InputError where it is none, or none of this program."""
    saved = Saved(path.name)
    try:
        _read(saved, path)
    except UnfitError as error:
        raise saved.refuse("file", *error.args) from error
    except BROKEN as error:
        raise saved.refuse("file", f"{type(error).__name__}: {' '.join(str(error).split())[:80]}", NO_WORKBOOK) from error
    for title in SHEETS:
        if title not in saved.sheets:
            raise saved.refuse(title, "no such sheet", NO_WORKBOOK)
    return saved


def _read(saved: Saved, path: Path) -> None:
    look_into(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is in the way it says so below, of the rest nobody wants to hear
        book = load_workbook(path, read_only=True, keep_links=False)
    try:
        if book.epoch != WINDOWS_EPOCH:
            raise UnfitError("days counted from 1904", "the date system of 1900, which debtcover wrote")
        for title in SHEETS:
            if title in book.sheetnames:
                sheet: Any = book[title]
                sheet.reset_dimensions()  # what the file says of its own size may be wrong
                lines = (line for line in _lines(title, sheet) if line)
                saved.sheets[title] = {line[0].line: {cell.column: cell for cell in line} for line in lines}
                if sheet.sheet_state != "visible":
                    seen, allowed = "a hidden sheet", "a sheet in sight: what is typed into it counts"
                    saved.findings.append(Finding(saved.file, 0, title, seen, allowed, warning=True))
        saved.names = {name: str(told.attr_text) for name, told in book.defined_names.items()}
    finally:
        book.close()


def _lines(title: str, sheet: Any) -> Iterator[list[Cell]]:
    count = 0
    for row in sheet.iter_rows():
        line = [_cell(title, cell) for cell in row if cell.value is not None]
        count += 1 + len(line)
        if len(row) > MOST_COLUMNS or count > MOST_CELLS:
            raise UnfitError(f"{title}: {count} lines and cells, {len(row)} columns",
                             f"at most {MOST_CELLS} lines and cells, {MOST_COLUMNS} columns")
        yield line


def _cell(title: str, cell: Any) -> Cell:
    value, kind = cell.value, str(cell.data_type)
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return Cell(title, cell.row, cell.column, to_serial(day), "d")
    if kind not in ("f", "b", "e", "n"):
        return Cell(title, cell.row, cell.column, str(value), "s")
    # times and array formulas are objects: neither is a number that was typed
    return Cell(title, cell.row, cell.column, value, "f" if kind == "n" and not isinstance(value, int | float) else kind)
