"""A workbook as it lies in its file: of every cell the formula and what is stored beside it.

openpyxl reads formulas or values, each in a pass of its own, and takes some times as long; the files that Excel and
LibreOffice save are told apart from ours by no more than shared texts and shared formulas, which are read here as well.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from xml.etree import ElementTree

from openpyxl.utils import column_index_from_string

from model.difference.reference import moved
from model.inputs.archive import look_into
from model.inputs.raw import UnfitError

Value = float | str | None
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINKED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
CELL, FORMULA, VALUE, WORDS, LINE = (MAIN + tag for tag in ("c", "f", "v", "is", "row"))
OURS = ("In_ScenarioName", "Chk_Total")  # names that every workbook of this program has
SHEETS = ("Inputs", "Log")
DAMAGED = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, LookupError, ValueError, EOFError, NotImplementedError,
           RuntimeError)  # what a file that is no workbook, or a broken or locked one, may lead to


class Cell(NamedTuple):
    """A formula with its "=", or none, and the value."""

    formula: str | None
    value: Value


Lines = dict[int, dict[int, Cell]]
"""Filled cells of a sheet by line and column."""


class NotOursError(ValueError):
    """A file that is no workbook of this program; the message says why."""


@dataclass
class File:
    """A workbook of this program: its sheets in order, and where its names point to."""

    path: Path
    sheets: dict[str, Lines] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)  # a fingerprint of what each sheet was read from


def read(path: Path, like: File | None = None) -> File:
    """Read a workbook of this program; NotOursError where it is none, or cannot be read.

    Sheets that are the same as in the file `like`, to the byte, are that file's own.
    """
    if not path.is_file():
        raise NotOursError(f"{path}: there is no such file")
    try:
        look_into(path)
        with zipfile.ZipFile(path) as parts:
            found = _read(path, parts, like)
    except UnfitError as error:
        raise NotOursError(f"{path} is not read: {error.args[0]}; {error.args[1]}") from error
    except DAMAGED as error:
        raise NotOursError(f"{path} is no workbook that can be read ({type(error).__name__})") from error
    except OSError as error:
        raise NotOursError(f"{path} cannot be read: {error.strerror or error}") from error
    if missing := [name for name in (*OURS, *SHEETS) if name not in found.names and name not in found.sheets]:
        raise NotOursError(f"{path} was not written by this program: it has no {', '.join(missing)}")
    return found


def _read(path: Path, parts: zipfile.ZipFile, like: File | None) -> File:
    book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    links = {link.attrib["Id"]: link.attrib["Target"]
             for link in ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))}
    names = {name.attrib["name"]: name.text or "" for name in book.iter(f"{MAIN}definedName")
             if "localSheetId" not in name.attrib}
    found, shared = File(path, names=names), _shared(parts)
    texts = sha256("\0".join(shared).encode()).hexdigest()
    for sheet in book.iter(f"{MAIN}sheet"):
        target = links[sheet.attrib[LINKED]]
        name = str(PurePosixPath(target.lstrip("/")) if target.startswith("/") else PurePosixPath("xl", target))
        if name.startswith("xl/worksheets/"):
            title, part = sheet.attrib["name"], parts.read(name)
            found.parts[title] = sha256(part).hexdigest() + texts
            alike = like is not None and like.parts.get(title) == found.parts[title]
            found.sheets[title] = like.sheets[title] if like is not None and alike else dict(_lines(part, shared))
    return found


def _shared(parts: zipfile.ZipFile) -> list[str]:
    """Texts that cells refer to by number."""
    if "xl/sharedStrings.xml" not in parts.namelist():
        return []
    return [_words(one) for one in ElementTree.fromstring(parts.read("xl/sharedStrings.xml")).iter(f"{MAIN}si")]


def _words(element: ElementTree.Element) -> str:
    """A text, its differently formatted runs set one after the other; how it is spoken is left out."""
    return "".join(text.text or "" for part in element if part.tag != f"{MAIN}rPh"
                   for text in ([part] if part.tag == f"{MAIN}t" else part.iter(f"{MAIN}t")))


def _lines(part: bytes, shared: list[str]) -> Iterator[tuple[int, dict[int, Cell]]]:
    first: dict[str, tuple[str, int, int]] = {}  # of formulas that several cells share: text, line and column of the first
    number = 0
    for element in ElementTree.fromstring(part).iter(LINE):
        number = int(element.get("r", number + 1))
        if cells := _cells(element, number, shared, first):
            yield number, cells
        element.clear()


def _cells(line: ElementTree.Element, number: int, shared: list[str], first: dict[str, tuple[str, int, int]]) -> dict[int, Cell]:
    found: dict[int, Cell] = {}
    column = 0
    for cell in line:
        name = cell.get("r")
        column = column + 1 if name is None else _number(name.rstrip("0123456789"))
        value = formula = None
        for part in cell:
            if part.tag == FORMULA:
                formula = _formula(part, number, column, first)
            elif part.tag == VALUE:
                value = part.text
            elif part.tag == WORDS:
                value = _words(part)
        if value is not None or formula is not None:
            found[column] = Cell(formula, _typed(value, cell.get("t", "n"), shared))
    return found


def _formula(part: ElementTree.Element, line: int, column: int, first: dict[str, tuple[str, int, int]]) -> str | None:
    shared = part.get("si") if part.get("t") == "shared" else None
    if shared is None:
        return f"={part.text}" if part.text else None
    if part.text:
        first[shared] = (f"={part.text}", line, column)
        return f"={part.text}"
    text, from_line, from_column = first[shared]
    return moved(text, line - from_line, column - from_column)


def _typed(value: str | None, kind: str, shared: list[str]) -> Value:
    if value is None or kind in ("str", "inlineStr", "e", "d"):
        return value
    return shared[int(value)] if kind == "s" else float(value)


_number = cache(column_index_from_string)
