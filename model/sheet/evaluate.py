"""The numpy fold: all rows of a book for any number of scenarios at once.

Arrays are time first: `(1 + T + 1, S)`, one opening column and one closing pad as in the worksheet; a figure is `(S,)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from model.errors import BuildError, CheckError
from model.sheet.block import DEAL, PERIOD, TEXT, Row
from model.sheet.book import Book, Knot
from model.sheet.formula import Apply, Array, Expr, Group, Literally, postfix

Overrides = Mapping[str, float | Sequence[float] | Array]


class Values:
    """The results of a run: `values[row]` is the row's array, `values.one(row, s)` one scenario of it."""

    def __init__(self, book: Book, width: int) -> None:
        self.book, self.width = book, width
        self._arrays: dict[Row, Array] = {}

    def __getitem__(self, row: Row) -> Array:
        return self._arrays[row]

    def __setitem__(self, row: Row, array: Array) -> None:
        self._arrays[row] = array

    def one(self, row: Row, scenario: int = 0) -> Any:
        """A row in one scenario: an array `(T + 2,)`, or a single number or text."""
        array = self[row]
        at = min(scenario, array.shape[-1] - 1)
        return array[:, at] if row.per == PERIOD else array[at]


# what a formula makes of a division by 0 or of infinity is for the row to say, not a warning
quietly = np.errstate(divide="ignore", invalid="ignore", over="ignore")


@quietly
def evaluate(book: Book, overrides: Overrides | None = None) -> Values:
    """Calculate every row of `book`; `overrides` maps input keys to one number a scenario."""
    told = {book.overridable(key): np.atleast_1d(np.asarray(v, dtype=float)) for key, v in (overrides or {}).items()}
    width = max((len(v) for v in told.values()), default=1)
    if any(len(v) not in (1, width) for v in told.values()):
        raise BuildError("overrides must all have the same number of scenarios")
    values = Values(book, width)
    for knot in book.order:
        calculate(book, values, knot, told)
    return values


@quietly
def refresh(values: Values, overrides: Overrides) -> Values:
    """The same run with some more inputs overridden: only what rests on them is calculated again."""
    book = values.book
    told = {book.overridable(key): np.atleast_1d(np.asarray(v, dtype=float)) for key, v in overrides.items()}
    fresh = Values(book, max([values.width, *(len(v) for v in told.values())]))
    stale: set[Row] = set(told)
    for knot, touched in zip(book.order, book.touched, strict=True):
        if stale.isdisjoint(touched):
            for row in knot.rows:
                fresh[row] = values[row]
            continue
        stale.update(knot.rows)
        calculate(book, fresh, knot, told)
    return fresh


def calculate(book: Book, values: Values, knot: Knot, told: Mapping[Row, Array]) -> None:
    """The rows of one knot; who asks for many does so `quietly`."""
    if knot.step == 0:
        for row in knot.rows:
            values[row] = whole(book, values, row, told)
    else:
        walk(book, values, knot)
    for row in knot.rows:
        keep_promise(values, row)


def keep_promise(values: Values, row: Row) -> None:
    """A row that is divided by must lie above what its declaration says."""
    above = row.declared.above
    if above is None or row.expr is None:
        return
    fits = (values[row][1:-1] if row.per == PERIOD else values[row]) > above
    if not np.all(fits):
        at = np.unravel_index(int(np.argmin(fits)), fits.shape)
        found = values[row][1:-1][at] if row.per == PERIOD else values[row][at]
        when = f" in period {at[0] + 1}" if row.per == PERIOD else ""
        raise CheckError(f"{row.key} ({row.label}) must be above {above:g}; it is {found:g}{when}")


def unfit(values: Values) -> Iterator[Row]:
    """Figures, and lines that readers look for, that are no finite numbers: in the order of calculation.

    What lies between hands on what is no number. An empty cell is fit where a row may hold one.
    """
    for row in (row for knot in values.book.order for row in knot.rows):
        told = row.declared
        if (told.key_line or told.per == DEAL) and row.expr is not None and not row.is_link:
            array = values[row]
            if not isfinite(np.vdot(array, array)) and not fit(values, row).all():  # squares add up: all are numbers
                yield row


def fit(values: Values, row: Row) -> Array:
    """By cell, whether a row holds what it may."""
    array = values[row]
    found: Array = ~np.isinf(array) if row in values.book.blank else np.isfinite(array)
    return found


def whole(book: Book, values: Values, row: Row, told: Mapping[Row, Array]) -> Array:
    """A row that waits for no other period of its own."""
    if row.expr is None:
        return told[row] if row in told else input_array(row, book.periods)
    if isinstance(row.expr, Row) and row.per == row.expr.per == PERIOD and row.declared.opening is True:
        return values[row.expr]  # a link, as most rows are: the same cells, pads included
    if row.per != PERIOD:
        found = cells(values, row.expr, 0, 1)
        return np.atleast_1d(np.asarray(found, dtype=object if row.per == TEXT else float))
    start = 0 if row.declared.opening is True else 1
    body = np.atleast_2d(cells(values, row.expr, start, book.periods + 1))
    first = opening(values, row)
    array = empty(book, max(body.shape[1], first.shape[0]))
    array[0] = first
    array[start : book.periods + 1] = body
    return array


def walk(book: Book, values: Values, knot: Knot) -> None:
    """Rows that need one another in other periods: one period after the other."""
    for row in knot.rows:
        values[row] = empty(book, values.width)
        values[row][0] = opening(values, row)
    if knot.step > 0:
        _open(values, knot.rows)
    knot.walk(values.__getitem__, book.periods)
    if knot.step < 0:
        _open(values, knot.rows)


def _open(values: Values, rows: Sequence[Row]) -> None:
    """Formulas that hold in the opening column too."""
    for row in rows:
        if row.declared.opening is True and row.expr is not None:
            values[row][0] = cells(values, row.expr, 0, 1)


def empty(book: Book, width: int) -> Array:
    """A row of noughts, pads included: an empty cell is not a nought, so the pads hold one."""
    return np.zeros((book.periods + 2, width))


def opening(values: Values, row: Row) -> Array:
    """What stands in the opening column before period 1."""
    if row.opening_expr is None:
        return np.zeros(1)
    return np.atleast_1d(cells(values, row.opening_expr, 0, 1))


def input_array(row: Row, periods: int) -> Array:
    """An input as it was given; a curve may or may not bring its opening column."""
    assert row.input is not None
    value = row.input.value
    if row.per == TEXT:
        return np.array([value], dtype=object)
    if row.per != PERIOD:
        return np.array([value], dtype=float)
    given = np.asarray(value, dtype=float)
    if given.shape not in ((periods,), (periods + 1,)):
        raise BuildError(f"{row.key}: {given.size} values for {periods} periods")
    array = np.zeros((periods + 2, 1))
    array[periods + 1 - given.size : periods + 1, 0] = given
    return array


def cells(values: Values, expr: Expr, lo: int, hi: int) -> Any:
    """An expression in the periods `lo` to `hi - 1`."""
    found: list[Any] = []
    for node in postfix(expr):
        if isinstance(node, Row):
            found.append(values[node][lo:hi] if node.per == PERIOD else values[node])
        elif isinstance(node, Literally):
            found.append(node.value)
        elif isinstance(node, Group):
            found.append([values[row][lo:hi] if row.per == PERIOD else values[row] for row in node.rows if isinstance(row, Row)])
        elif isinstance(node, Apply):
            found[len(found) - len(node.args) :] = [_applied(values, node, found[len(found) - len(node.args) :], lo, hi)]
    return found[0]


def _applied(values: Values, node: Apply, args: list[Any], lo: int, hi: int) -> Any:
    """What an operator makes of its arguments."""
    operator = node.operator
    if operator.reads != "now":
        whole = 2 if operator.name == "first_when" else 1  # rows that are handed over with all their periods
        args[:whole] = [values[row] for row in node.args[:whole] if isinstance(row, Row)]
        if operator.reads != "all":
            args += [lo, hi]
    return operator.numpy(*(one for arg in args for one in (arg if isinstance(arg, list) else (arg,))))
