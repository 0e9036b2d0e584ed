"""References in the text of a formula: where they point, seen from the cell that holds it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from openpyxl.utils import column_index_from_string, get_column_letter

_FOUND = re.compile(r"""
    "(?:[^"]|"")*"                                                        # words, in which nothing is a reference
  | (?P<sheet>(?:'(?:[^']|'')+'|[A-Za-z_][\w.]*)!)?
    (?<![\w.$]) (?P<c>\$?[A-Z]{1,3}) (?P<r>\$?[1-9]\d{0,6}) (?![\w.(!])
    (?: : (?P<c2>\$?[A-Z]{1,3}) (?P<r2>\$?[1-9]\d{0,6}) (?![\w.(!]) )?
""", re.VERBOSE)


@dataclass(frozen=True)
class End:
    """A corner of a reference: column and line; a column that is held has a "$"."""

    column: int
    line: int
    held: bool


@dataclass(frozen=True)
class Reference:
    """A cell, or the area between two; `sheet` is empty for the sheet of the formula."""

    sheet: str
    first: End
    last: End | None


def rewritten(text: str, say: Callable[[Reference], str]) -> str:
    """A formula with each of its references told by `say`."""
    return _FOUND.sub(lambda found: say(_reference(found)) if found["c"] else found[0], text)


def references(text: str) -> list[Reference]:
    """The references of a formula."""
    return [_reference(found) for found in _FOUND.finditer(text) if found["c"]]


def _reference(found: re.Match[str]) -> Reference:
    sheet = (found["sheet"] or "")[:-1]
    plain = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
    return Reference(plain, _end(found["c"], found["r"]), _end(found["c2"], found["r2"]) if found["c2"] else None)


@cache
def _end(column: str, line: str) -> End:
    return End(column_index_from_string(column.lstrip("$")), int(line.lstrip("$")), column.startswith("$"))


def moved(text: str, lines: int, columns: int) -> str:
    """A formula as it reads so many lines below and columns to the right of where it was written."""
    def shifted(column: str, line: str) -> str:
        across = column if column[0] == "$" else get_column_letter(column_index_from_string(column) + columns)
        return across + (line if line[0] == "$" else str(int(line) + lines))

    def one(found: re.Match[str]) -> str:
        if not found["c"]:
            return found[0]
        first = (found["sheet"] or "") + shifted(found["c"], found["r"])
        return first + (":" + shifted(found["c2"], found["r2"]) if found["c2"] else "")

    return _FOUND.sub(one, text)


def along(text: str) -> list[str | int]:
    """A formula in parts: what every column of a line shares, and the numbers of the columns that go along with it."""
    parts: list[str | int] = []
    at = 0
    for found in _FOUND.finditer(text):
        for name in ("c", "c2"):
            if found[name] and not found[name].startswith("$"):
                parts += [text[at : found.start(name)], column_index_from_string(found[name])]
                at = found.end(name)
    return [*parts, text[at:]]


def in_column(parts: list[str | int], offset: int) -> str:
    """The same so many columns to the right."""
    return "".join([part if isinstance(part, str) else _letter(part + offset) for part in parts])


@cache
def _letter(column: int) -> str:
    return get_column_letter(column) if column > 0 else "#REF!"
