"""A fingerprint of the formulas of each sheet: a workbook that comes back shows by it whether they are those that were written.

Programs spell a formula in their own way when they save it. Spaces, capitals, `$`, quotes around the name of a sheet and the
prefixes of functions say nothing about what it calculates, and are left out; words in quotes are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from openpyxl.utils import get_column_letter

from model.report.page import Page
from model.report.rows import joined
from model.sheet import parts
from model.sheet.excel import OPENING_COLUMN

LENGTH = 16  # hexadecimal digits
LEFT_OUT = (" ", "\t", "\r", "$", "'", "_XLFN.", "_XLWS.")
OPEN_FORMULA = "=OF:="  # how another format of spreadsheets begins a formula


def formulas_of(page: Page) -> str:
    """Every formula of a page, one a line after the name of its cell, in the order of the file."""
    lines: dict[int, list[tuple[int, str]]] = {}
    cells: dict[tuple[int, int], Any] = page.sheet._cells
    for (line, column), cell in cells.items():
        if cell.data_type == "f":
            lines.setdefault(line, []).append((column, f"{get_column_letter(column)}{line}{cell._value}"))
    for stretch in page.stretches:
        if stretch.template:
            count = len(stretch)
            formula = parts(f"{stretch.line}{stretch.template}\n", stretch.first, stretch.first + count - 1)
            said = joined(count, stretch.letters, *formula)[:-1]
            lines.setdefault(stretch.line, []).append((OPENING_COLUMN + stretch.first, said))
    return "\n".join(said for number in sorted(lines) for _, said in sorted(lines[number]))


def fingerprint(formulas: str) -> str:
    """What tells the formulas of a sheet from others, however they are spelt."""
    return sha256(spelt(formulas).encode("utf-8", "surrogatepass")).hexdigest()[:LENGTH]


def spelt(formulas: str) -> str:
    """Formulas without what may be spelt either way."""
    told = formulas.split('"')
    outside = "\0".join(told[::2]).upper().replace(OPEN_FORMULA, "=")
    for mark in LEFT_OUT:
        outside = outside.replace(mark, "")
    told[::2] = outside.split("\0")
    return '"'.join(told)


def in_words(prints: Mapping[str, str]) -> str:
    """Fingerprints by the titles of their sheets, in one cell."""
    return "; ".join(f"{title} {told}" for title, told in prints.items())


def of_words(words: str) -> dict[str, str]:
    """The same read back."""
    parts = (part.rpartition(" ") for part in words.split("; "))
    return {title: told for title, _, told in parts if title}
