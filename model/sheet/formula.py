"""Expressions, and the one table in which every operator has all its meanings.

An expression is built by ordinary Python arithmetic on rows. Nothing is computed here: the folds read the same
tree, `evaluate.py` with the column `numpy` of the table, `excel.py` with `excel`, `explain.py` with `words`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from model.errors import BuildError

Array = npt.NDArray[Any]
Reads = Literal["now", "earlier", "later", "all"]

# How tightly the outermost sign of a formula binds in Excel; a function call or a reference is an atom.
COMPARE, ADD, MULTIPLY, POWER, ATOM = 1, 2, 3, 4, 9


class Expr:
    """Anything that has a value in every period, or one value for the whole deal."""

    __slots__ = ()

    def __add__(self, other: Term) -> Expr:
        return apply("+", self, other)

    def __radd__(self, other: Term) -> Expr:
        return apply("+", other, self)

    def __sub__(self, other: Term) -> Expr:
        return apply("-", self, other)

    def __rsub__(self, other: Term) -> Expr:
        return apply("-", other, self)

    def __mul__(self, other: Term) -> Expr:
        return apply("*", self, other)

    def __rmul__(self, other: Term) -> Expr:
        return apply("*", other, self)

    def __truediv__(self, other: Term) -> Expr:
        return apply("/", self, other)

    def __rtruediv__(self, other: Term) -> Expr:
        return apply("/", other, self)

    def __pow__(self, other: Term) -> Expr:
        return apply("^", self, other)

    def __ge__(self, other: Term) -> Expr:
        return apply(">=", self, other)

    def __le__(self, other: Term) -> Expr:
        return apply("<=", self, other)

    def __gt__(self, other: Term) -> Expr:
        return apply(">", self, other)

    def __lt__(self, other: Term) -> Expr:
        return apply("<", self, other)

    def __neg__(self) -> Expr:
        raise BuildError("unary minus binds differently in spreadsheets: write 0 - x")

    def __bool__(self) -> bool:
        raise BuildError("an expression has no truth value: use where(), minimum() or a flag that multiplies")


Term = Expr | int | float | str


class Literally(Expr):
    """A nought, a one, or words. Any other number has a source and is therefore a given."""

    __slots__ = ("value",)

    def __init__(self, value: float | str) -> None:
        if isinstance(value, bool):
            raise BuildError("== and != do not make a formula: compare with >=, <=, > or <")
        if not isinstance(value, str) and value not in (0, 1):
            raise BuildError(f"{value!r} is typed into a formula: declare it as a given, with unit and source")
        self.value = value


class Group(Expr):
    """Several rows that stand one under the other; only `sum_of` and `step_lookup` take one."""

    __slots__ = ("rows",)

    def __init__(self, rows: tuple[Expr, ...]) -> None:
        self.rows = rows


class Apply(Expr):
    """An operator with its arguments."""

    __slots__ = ("args", "nodes", "operator")

    def __init__(self, operator: Operator, args: tuple[Expr, ...]) -> None:
        self.operator, self.args = operator, args
        self.nodes: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Operator:
    """One line of the table.

    `reads` says how the first argument is read along time; an argument named in `rows_only` stands more than once
    in the Excel text, or as a range, and so must be a row and not a longer formula. A `blank` operator may give an
    empty cell; only operators with `takes_blank` accept a row that holds one. `scalar` is the Python text for plain floats;
    operators that read along time or over a group have none: the kernel spells them with the others.
    """

    name: str
    words: str
    excel: str
    numpy: Callable[..., Any]
    reads: Reads = "now"
    binds: int = ATOM
    rows_only: tuple[int, ...] = ()
    blank: bool = False
    takes_blank: bool = False
    text: bool = False
    scalar: str = ""


def term(value: Term) -> Expr:
    """A Python number or text as an expression."""
    return value if isinstance(value, Expr) else Literally(value)


def apply(name: str, *args: Term) -> Expr:
    """The operator called `name` on `args`."""
    return Apply(OPERATORS[name], tuple(term(a) for a in args))


def postfix(expr: Expr) -> tuple[Expr, ...]:
    """The nodes of `expr`, arguments before operators; found once, for an expression does not change."""
    if not isinstance(expr, Apply):
        return (expr,)
    if not expr.nodes:
        expr.nodes = tuple(_nodes(expr))
    return expr.nodes


def _nodes(expr: Expr) -> Iterator[Expr]:
    """No recursion, so depth does not matter."""
    todo: list[tuple[Expr, bool]] = [(expr, False)]
    while todo:
        node, ready = todo.pop()
        if isinstance(node, Apply) and not ready:
            todo.append((node, True))
            todo.extend((arg, False) for arg in reversed(node.args))
        else:
            yield node


# ---- what the less obvious operators do to numpy columns (time first, one pad before and one after) ----------------


def power(base: float, exponent: float) -> float:
    """A power as the C library has it, so that one number and many give the same bits."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.inf if base == 0 else math.nan


_POWERS = np.frompyfunc(power, 2, 1)


def _powers(base: Array, exponent: Array) -> Array:
    return np.asarray(_POWERS(base, exponent), dtype=float)


def _share(a: Array, b: Array, tol: Array) -> Array:
    return np.where(b > tol, a / np.where(b > tol, b, 1.0), 0.0)


def _ratio(a: Array, b: Array, tol: Array) -> Array:
    return np.where(b > tol, a / np.where(b > tol, b, 1.0), np.nan)


def _back(column: Array, n: Array, lo: int, hi: int) -> Array:
    """`n` periods earlier, the opening column included; 0 before it."""
    at = np.floor(np.arange(lo, hi)[:, None] - np.atleast_1d(n)).astype(int)
    found = np.take_along_axis(_wide(column, at.shape[1]), np.clip(at, 0, None), axis=0)
    return np.where(at >= 0, found, 0.0)


def _ahead(column: Array, n: Array, lo: int, hi: int) -> Array:
    """`n` periods later, the closing pad included; 0 after it."""
    at = np.floor(np.arange(lo, hi)[:, None] + np.atleast_1d(n)).astype(int)
    end = column.shape[0] - 1
    found = np.take_along_axis(_wide(column, at.shape[1]), np.clip(at, None, end), axis=0)
    return np.where(at <= end, found, 0.0)


def _wide(column: Array, width: int) -> Array:
    return column if column.shape[1] >= width else np.repeat(column, width, axis=1)


def _lowest(column: Array) -> Array:
    body = np.where(np.isnan(column[1:-1]), np.inf, column[1:-1]).min(axis=0)
    return np.where(np.isinf(body), np.nan, body)


def _first_when(flag: Array, clock: Array) -> Array:
    body = flag[1:-1] == 1
    when = np.take_along_axis(_wide(clock[1:-1], body.shape[1]), body.argmax(axis=0)[None], axis=0)[0]
    return np.where(body.any(axis=0), when, np.nan)


def _at(column: Array, period: Array) -> Array:
    """The period may be one for the deal or differ from period to period."""
    where = np.atleast_2d(period).astype(int)
    found = np.take_along_axis(_wide(column, where.shape[1]), where, axis=0)
    return found if np.ndim(period) > 1 else found[0]


def _total(column: Array) -> Array:
    """Added period by period, so that the bits do not depend on how numpy groups a sum."""
    result: Array = np.add.accumulate(column[1:-1], axis=0)[-1]
    return result


def _sum(*rows: Array) -> Array:
    result: Array = np.asarray(0.0)
    for row in rows:
        result = result + row
    return result


def _which_lowest(*rows: Array) -> Array:
    """1 for the first row, 2 for the second, ...; blanks are never lowest."""
    stacked = np.array(np.broadcast_arrays(*rows), dtype=float)
    place: Array = np.where(np.isnan(stacked), np.inf, stacked).argmin(axis=0) + 1.0
    return place


def _step_lookup(x: Array, *table: Array) -> Array:
    """The value beside the last key that is not above x; keys rise and the first is a floor for x."""
    half = len(table) // 2
    result = np.asarray(table[half])
    for key, value in zip(table[1:half], table[half + 1 :], strict=True):
        result = np.where(x >= key, value, result)
    return result


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def fixed(value: float, decimals: int) -> str:
    """Digits as FIXED() prints them: grouped, halves away from zero."""
    step = Decimal(1).scaleb(-decimals)
    shown = Decimal(f"{value:.15g}").quantize(step, ROUND_HALF_UP)  # 15 digits are all that spreadsheets see
    return f"{shown if shown else abs(shown):,}"


def date_words(serial: float) -> str:
    """An Excel serial number as "31 Mar 2028"; "never" where there is none."""
    if np.isnan(serial):
        return "never"
    day = np.datetime64("1899-12-30") + np.timedelta64(int(serial), "D")
    year, month, number = str(day).split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"


def _texts(function: Callable[..., str]) -> Callable[..., Array]:
    return np.vectorize(function, otypes=[object])


def _choose(code: Array, *options: Array) -> Array:
    texts = (np.asarray(o, dtype=object) for o in options)
    place, *every = np.broadcast_arrays(np.atleast_1d(code).astype(int), *texts)  # any of them may be one for all cases
    found: Array = np.take_along_axis(np.array(every), place[None] - 1, axis=0)[0]
    return found


_DATE = 'IF({0}="","never",DAY({0})&" "&CHOOSE(MONTH({0}),' + ",".join(f'"{m}"' for m in _MONTHS) + ')&" "&YEAR({0}))'

# In an Excel text, {0} is the formula of the first argument; for a row that is read along time {0.prev}, {0.next},
# {0.past}, {0.future}, {0.range} (periods 1 to T) and {0.all} (with the opening column) are its cells there; {period}
# is the number of the column's own period.
TABLE = (
    Operator("+", "{0} + {1}", "{0}+{1}", lambda a, b: a + b, binds=ADD, scalar="{0} + {1}"),
    Operator("-", "{0} - {1}", "{0}-{1}", lambda a, b: a - b, binds=ADD, scalar="{0} - {1}"),
    Operator("*", "{0} x {1}", "{0}*{1}", lambda a, b: a * b, binds=MULTIPLY, scalar="{0} * {1}"),
    Operator("/", "{0} / {1}", "{0}/{1}", lambda a, b: a / b, binds=MULTIPLY, scalar="{0} / {1}"),
    Operator("^", "{0} ^ {1}", "{0}^{1}", _powers, binds=POWER, scalar="power({0}, {1})"),
    Operator(">=", "1 if {0} >= {1}", "({0}>={1})*1", lambda a, b: (a >= b) * 1.0, binds=MULTIPLY,
             scalar="1.0 if {0} >= {1} else 0.0"),
    Operator("<=", "1 if {0} <= {1}", "({0}<={1})*1", lambda a, b: (a <= b) * 1.0, binds=MULTIPLY,
             scalar="1.0 if {0} <= {1} else 0.0"),
    Operator(">", "1 if {0} > {1}", "({0}>{1})*1", lambda a, b: (a > b) * 1.0, binds=MULTIPLY,
             scalar="1.0 if {0} > {1} else 0.0"),
    Operator("<", "1 if {0} < {1}", "({0}<{1})*1", lambda a, b: (a < b) * 1.0, binds=MULTIPLY,
             scalar="1.0 if {0} < {1} else 0.0"),
    Operator("minimum", "the lower of {0} and {1}", "MIN({0},{1})", np.minimum, scalar="{0} if {0} < {1} else {1}"),
    Operator("maximum", "the higher of {0} and {1}", "MAX({0},{1})", np.maximum, scalar="{0} if {0} > {1} else {1}"),
    Operator("where", "{1} if {0}, else {2}", "IF({0},{1},{2})", lambda c, a, b: np.where(c != 0, a, b),
             scalar="{1} if {0} != 0.0 else {2}"),
    Operator("share", "{0} / {1} (0 if none)", "IF({1}>{2},{0}/{1},0)", _share, rows_only=(1,),
             scalar="{0} / {1} if {1} > {2} else 0.0"),
    Operator("ratio", "{0} / {1} (blank if none)", 'IF({1}>{2},{0}/{1},"")', _ratio, rows_only=(1,), blank=True,
             scalar="{0} / {1} if {1} > {2} else nan"),
    Operator("prev", "{0} one period earlier", "{0.prev}", lambda c, lo, hi: c[lo - 1 : hi - 1], "earlier"),
    Operator("prev n", "{0}, {1} periods earlier", "IF({period}>={1},INDEX({0.past},{period}-{1}+1),0)", _back,
             "earlier", rows_only=(1,)),
    Operator("following", "{0} one period later", "{0.next}", lambda c, lo, hi: c[lo + 1 : hi + 1], "later"),
    Operator("following n", "{0}, {1} periods later", "IF(COLUMNS({0.future})>={1},INDEX({0.future},{1}),0)", _ahead,
             "later", rows_only=(1,)),
    Operator("total", "sum over time of {0}", "SUM({0.range})", _total, "all"),
    Operator("lowest", "lowest over time of {0}", 'IF(COUNT({0.range})=0,"",MIN({0.range}))', _lowest, "all",
             takes_blank=True),
    Operator("highest", "highest over time of {0}", "MAX({0.range})", lambda c: c[1:-1].max(axis=0), "all"),
    Operator("first_when", "{1} when {0} first holds",
             'IF(COUNTIF({0.range},1)=0,"",INDEX({1.range},MATCH(1,{0.range},0)))', _first_when, "all",
             rows_only=(1,), blank=True),
    Operator("at", "{0} in period {1}", "INDEX({0.all},{1}+1)", _at, "all", takes_blank=True),
    Operator("sum_of", "sum of {0}", "SUM({0})", _sum),
    Operator("highest_of", "highest of {0}", "MAX({0})", lambda *rows: np.maximum.reduce(np.broadcast_arrays(*rows))),
    Operator("lowest_of", "lowest of {0}", "MIN({0})", lambda *rows: np.minimum.reduce(np.broadcast_arrays(*rows))),
    Operator("which_lowest", "place of the lowest of {0}", "IF(COUNT({0})=0,1,MATCH(MIN({0}),{0},0))", _which_lowest,
             takes_blank=True),
    Operator("step_lookup", "{0} looked up in a table", "INDEX({2},MATCH({0},{1},1))", _step_lookup),
    Operator("&", "{0}{1}", "{0}&{1}", _texts(lambda a, b: f"{a}{b}"), binds=COMPARE, text=True),
    Operator("amount", "{0}", "FIXED({0},1)", _texts(lambda x: fixed(x, 1)), text=True),
    Operator("times", "{0}", 'IF({0}="","n.a.",FIXED({0})&"x")',
             _texts(lambda x: "n.a." if np.isnan(x) else fixed(x, 2) + "x"), rows_only=(0,), takes_blank=True, text=True),
    Operator("count", "{0}", "FIXED({0},0)", _texts(lambda x: fixed(x, 0)), text=True),
    Operator("on_date", "{0}", _DATE, _texts(date_words), rows_only=(0,), takes_blank=True, text=True),
    Operator("choose", "one of several, by {0}", "CHOOSE({*})", _choose, text=True),
    Operator("pick", "one of {1}, by {0}", "INDEX({1},{0})", _choose, text=True),
)
OPERATORS = {operator.name: operator for operator in TABLE}


# ---- the words in which rows are written ----------------------------------------------------------------------------


def minimum(a: Term, b: Term) -> Expr:
    """The lower of the two."""
    return apply("minimum", a, b)


def maximum(a: Term, b: Term) -> Expr:
    """The higher of the two."""
    return apply("maximum", a, b)


def where(condition: Expr, then: Term, otherwise: Term) -> Expr:
    """`then` where the flag is not 0. Both branches are always computed."""
    return apply("where", condition, then, otherwise)


def share(part: Term, whole: Term, tol: Term) -> Expr:
    """part / whole, 0 where the whole is not above `tol`. May be used in arithmetic."""
    return apply("share", part, whole, tol)


def ratio(above: Term, below: Term, tol: Term) -> Expr:
    """above / below, blank where below is not above `tol`. For readers only."""
    return apply("ratio", above, below, tol)


def prev(row: Expr, n: Expr | None = None) -> Expr:
    """The row one period (or `n` periods) earlier; the opening column stands before period 1."""
    return apply("prev", row) if n is None else apply("prev n", row, n)


def following(row: Expr, n: Expr | None = None) -> Expr:
    """The row one period (or `n` periods) later; 0 stands after the last."""
    return apply("following", row) if n is None else apply("following n", row, n)


def total(row: Expr) -> Expr:
    """Sum over periods 1 to T."""
    return apply("total", row)


def lowest(row: Expr) -> Expr:
    """Lowest over periods 1 to T, blanks left out; blank when all are."""
    return apply("lowest", row)


def highest(row: Expr) -> Expr:
    """Highest over periods 1 to T."""
    return apply("highest", row)


def first_when(flag: Expr, clock: Expr) -> Expr:
    """What `clock` shows in the first period in which the flag is 1; blank when never."""
    return apply("first_when", flag, clock)


def at(row: Expr, period: Term) -> Expr:
    """The row in the period with that number, 0 being the opening column."""
    return apply("at", row, period)


def sum_of(group: Expr) -> Expr:
    """Sum of a group of rows, in the order they stand."""
    assert isinstance(group, Group)
    return apply("sum_of", group) if group.rows else term(0)


def highest_of(group: Expr) -> Expr:
    """Highest of a group of rows."""
    return apply("highest_of", group)


def lowest_of(group: Expr) -> Expr:
    """Lowest of a group of rows."""
    return apply("lowest_of", group)


def which_lowest(group: Expr) -> Expr:
    """The place of the lowest of a group of rows, counted from 1; the first of equals."""
    return apply("which_lowest", group)


def step_lookup(x: Term, keys: Expr, values: Expr) -> Expr:
    """The value beside the last key that is not above x."""
    return apply("step_lookup", x, keys, values)


def choose(code: Expr, *options: Term) -> Expr:
    """The first, second, ... text as the code is 1, 2, ..."""
    return apply("choose", code, *options)


def pick(code: Expr, group: Expr) -> Expr:
    """The first, second, ... text of a group as the code is 1, 2, ...; however many there are, the formula stays short."""
    return apply("pick", code, group)


def sentence(*parts: Term) -> Expr:
    """Parts set one after the other as text."""
    first, *rest = parts
    result = term(first)
    for part in rest:
        result = apply("&", result, part)
    return result


def amount(x: Term) -> Expr:
    """A number in words, one decimal."""
    return apply("amount", x)


def times(x: Term) -> Expr:
    """A ratio in words, as 1.23x; n.a. where it is blank."""
    return apply("times", x)


def count(x: Term) -> Expr:
    """A whole number in words."""
    return apply("count", x)


def on_date(x: Term) -> Expr:
    """A serial date in words, as 31 Mar 2028; never where it is blank."""
    return apply("on_date", x)
