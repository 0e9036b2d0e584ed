"""The Excel fold: one live formula per row, from the same expressions.

This file writes formula texts only. Where a row stands is told by `Place`; what the page looks like is not its business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from openpyxl.utils import get_column_letter, quote_sheetname

from model.errors import BuildError
from model.sheet.block import PERIOD, Row
from model.sheet.formula import ATOM, COMPARE, MULTIPLY, Apply, Expr, Group, Literally, postfix

CONSTANT_COLUMN = "D"
OPENING_COLUMN = 6
PERIOD_ROW = 6
LONGEST = 8000
LONGEST_TEXT = 255
PLAIN_SHEET = re.compile("[A-Za-z]{4,}")  # any other name may read as a cell or a number, and is quoted


@dataclass(frozen=True)
class Place:
    """Where a row stands: sheet and line. A single figure stands in the constant column unless told otherwise."""

    sheet: str
    line: int
    column: str = CONSTANT_COLUMN


Places = Mapping[Row, Place]


@cache
def period_column(period: int) -> str:
    """The letter of a period's column; 0 is the opening column."""
    return get_column_letter(OPENING_COLUMN + period)


def quoted(sheet: str) -> str:
    """A sheet as formulas name it."""
    return sheet if PLAIN_SHEET.fullmatch(sheet) else quote_sheetname(sheet)


@cache
def period_columns(first: int, last: int) -> tuple[str, ...]:
    """The letters of the periods from the first to the last."""
    return tuple(map(period_column, range(first, last + 1)))


HERE, _BEFORE, _AFTER = "\x01", "\x02", "\x03"  # stand for this column, the one before and the one after
CLOCK = f"{HERE}${PERIOD_ROW}"  # the number of the period, in this column
_MARKS = re.compile(f"([{HERE}{_BEFORE}{_AFTER}])")


def formula(row: Row, places: Places, period: int, periods: int, *, opening: bool = False) -> str:
    """The formula of a row in one period's column (a single figure ignores `period`)."""
    return in_columns(template(row, places, periods, opening=opening), period, period)[0]


def template(row: Row, places: Places, periods: int, *, opening: bool = False) -> str:
    """The one formula of a row, with marks where its own column stands."""
    expr = row.opening_expr if opening and row.opening_expr is not None else row.expr
    assert expr is not None, row.key
    text = "=" + _Writer(places[row].sheet, places, periods).write(expr)
    if len(text) > LONGEST:
        raise BuildError(f"{row.key}: a formula of {len(text)} characters; a sheet holds {LONGEST}: use a group")
    return text


def in_columns(text: str, first: int, last: int) -> list[str]:
    """A template as it reads in the columns of the periods `first` to `last`."""
    found = [text] * (last - first + 1)
    for mark, offset in ((HERE, 0), (_BEFORE, -1), (_AFTER, 1)):
        if mark in text:
            letters = period_columns(first + offset, last + offset)
            found = [one.replace(mark, letter) for one, letter in zip(found, letters, strict=True)]
    return found


def parts(text: str, first: int, last: int) -> list[str | tuple[str, ...]]:
    """The same in parts: what all columns share, and between them the letters that differ from column to column."""
    offsets = {HERE: 0, _BEFORE: -1, _AFTER: 1}
    return [period_columns(first + offsets[part], last + offsets[part]) if part in offsets else part
            for part in _MARKS.split(text)]


class _Writer:
    """Turns one expression into text, seen from one sheet."""

    def __init__(self, sheet: str, places: Places, periods: int) -> None:
        self.sheet, self.places, self.periods = sheet, places, periods

    def write(self, expr: Expr) -> str:
        stack: list[tuple[str, int]] = []
        for node in postfix(expr):
            if isinstance(node, Row):
                stack.append((self.cell(node), ATOM))
            elif isinstance(node, Literally):
                stack.append((self.literal(node.value), ATOM))
            elif isinstance(node, Group):
                stack.append((self.group(node), ATOM))
            elif isinstance(node, Apply):
                args = [stack.pop() for _ in node.args][::-1]
                stack.append((self.apply(node, args), node.operator.binds))
        return stack.pop()[0]

    def literal(self, value: float | str) -> str:
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise BuildError(f"a text of {len(value)} characters; a formula holds {LONGEST_TEXT}: {value[:40]}...")
        return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else f"{value:g}"

    def apply(self, node: Apply, args: list[tuple[str, int]]) -> str:
        operator = node.operator
        template = operator.excel
        binds = MULTIPLY if "{0}/{1}" in template else operator.binds  # share and ratio divide inside a function
        if binds != ATOM:
            least = COMPARE + 1 if template.startswith("(") else binds
            args = [(self.enclosed(text, inner, least + (n > 0 and not template.startswith("("))), ATOM)
                    for n, (text, inner) in enumerate(args)]
        shown: list[Any] = [text for text, _ in args]
        if "." in template:  # a row seen from elsewhere
            shown = [_Area(self, arg) if isinstance(arg, Row) and arg.per == PERIOD else text
                     for arg, text in zip(node.args, shown, strict=True)]
        if "{*}" in template:
            template = template.replace("{*}", ",".join(f"{{{n}}}" for n in range(len(shown))))
        return template.format(*shown, period=CLOCK)

    @staticmethod
    def enclosed(text: str, binds: int, least: int) -> str:
        return text if binds >= least else f"({text})"

    def sheet_of(self, row: Row) -> str:
        sheet = self.places[row].sheet
        return "" if sheet == self.sheet else quoted(sheet) + "!"

    def cell(self, row: Row) -> str:
        place = self.places[row]
        if row.per == PERIOD:
            return f"{self.sheet_of(row)}{HERE}{place.line}"
        return f"{self.sheet_of(row)}${place.column}${place.line}"

    def group(self, group: Group) -> str:
        rows = [row for row in group.rows if isinstance(row, Row)]
        lines = [self.places[row].line for row in rows]
        if lines != list(range(lines[0], lines[0] + len(lines))):
            raise BuildError(f"the rows of a group must stand one under the other: {rows[0].key}")
        first, last = self.cell(rows[0]), self.cell(rows[-1]).rpartition("!")[2]
        return f"{first}:{last}"


class _Area:
    """A row seen from a cell: here, beside, or over time."""

    def __init__(self, writer: _Writer, row: Row) -> None:
        self._writer, self._row = writer, row

    def _span(self, first: str, last: str) -> str:
        line = self._writer.places[self._row].line
        return f"{self._writer.sheet_of(self._row)}{first}{line}" + (f":{last}{line}" if last else "")

    def __str__(self) -> str:
        return self._writer.cell(self._row)

    @property
    def prev(self) -> str:
        return self._span(_BEFORE, "")

    @property
    def next(self) -> str:
        return self._span(_AFTER, "")

    @property
    def past(self) -> str:
        return self._span("$" + period_column(0), _BEFORE)

    @property
    def future(self) -> str:
        return self._span(_AFTER, "$" + period_column(self._writer.periods + 1))

    @property
    def range(self) -> str:
        return self._span("$" + period_column(1), "$" + period_column(self._writer.periods))

    @property
    def all(self) -> str:
        return self._span("$" + period_column(0), "$" + period_column(self._writer.periods))
