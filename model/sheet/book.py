"""A book: all blocks together, checked, with the order in which their rows can be calculated.

Rows that wait for nobody but rows already known are calculated whole. Rows that need each other across time form a
knot, which is walked period by period: forward where it looks back, backward where it looks ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from model.errors import BuildError
from model.sheet.block import DEAL, PERIOD, TEXT, Block, Row, rows_of
from model.sheet.formula import Apply, Expr, Group, Literally, postfix
from model.sheet.walk import Walk

Lags = frozenset[str]
Node = TypeVar("Node", bound=Hashable)
_NOW: Lags = frozenset({"now"})


@dataclass(frozen=True)
class Knot:
    """Rows that are calculated together, in order; `step` is 0 (whole rows), 1 (forward) or -1 (backward)."""

    rows: tuple[Row, ...]
    step: int

    @cached_property
    def walk(self) -> Walk:
        """Its formulas from period to period, where `step` is not 0."""
        return Walk(self.rows, self.step)


class Book:
    """All rows of a deal over `periods` periods, in an order in which they can be calculated."""

    def __init__(self, blocks: Iterable[Block], periods: int) -> None:
        self.blocks, self.periods = tuple(blocks), periods
        self.rows = rows_of(self.blocks)
        for row in self.rows:
            row.write()
        self.by_key = self._index()
        self.needs: dict[Row, dict[Row, Lags]] = {row: needs(row) for row in self.rows}
        self._check_members()
        for row in self.rows:
            check_shape(row)
        self.order = tuple(self._knots())
        self.blank = self._blank_rows()

    def _index(self) -> dict[str, Row]:
        index: dict[str, Row] = {}
        for row in self.rows:
            if row.key in index:
                raise BuildError(f"two rows are called {row.key}: give the blocks different keys")
            index[row.key] = row
        return index

    def _check_members(self) -> None:
        known = set(self.rows)
        for row, needed in self.needs.items():
            for other in needed:
                if other not in known:
                    raise BuildError(f"{row.key} reads {other.key}, whose block is not in the book")

    @cached_property
    def inputs(self) -> tuple[Row, ...]:
        """Every row that is a number, a text or a curve from outside."""
        return tuple(row for row in self.rows if row.input is not None)

    @cached_property
    def touched(self) -> tuple[frozenset[Row], ...]:
        """By knot, in order: its rows and those they read."""
        return tuple(frozenset((*knot.rows, *(other for row in knot.rows for other in self.needs[row]))) for knot in self.order)

    @cached_property
    def picked(self) -> frozenset[Row]:
        """Rows of which single periods are picked, the opening column among them."""
        return frozenset(node.args[0] for row in self.rows if row.expr is not None for node in postfix(row.expr)
                         if isinstance(node, Apply) and node.operator.name == "at" and isinstance(node.args[0], Row))

    def overridable(self, key: str) -> Row:
        """The input that a case may override; computed rows and curves are refused."""
        row = self.by_key.get(key)
        if row is None:
            raise BuildError(f"{key}: no such row")
        if row.input is None or row.per != DEAL:
            raise BuildError(f"{key}: a case may override single inputs only")
        return row

    def movable(self, key: str) -> Row:
        """The input that a branch may move: a single one, or a curve; texts and computed rows are refused."""
        row = self.by_key.get(key)
        return row if row is not None and row.input is not None and row.per == PERIOD else self.overridable(key)

    def _knots(self) -> Iterator[Knot]:
        for members in components(self.rows, self.needs.__getitem__):
            if len(members) == 1 and members[0] not in self.needs[members[0]]:
                yield Knot((members[0],), 0)
                continue
            inside = set(members)
            links = [(a, b, lags) for a in members for b, lags in self.needs[a].items() if b in inside]
            yield self._knot(members, links)

    def _knot(self, members: list[Row], links: list[tuple[Row, Row, Lags]]) -> Knot:
        if not links:
            return Knot(tuple(members), 0)
        kinds = {lag for _, _, lags in links for lag in lags}
        if "all" in kinds:
            raise BuildError("circle through a figure over all periods: " + circle(members, self.needs, {"all"}))
        now: dict[Row, list[Row]] = {row: [] for row in members}
        for a, b, lags in links:
            if "now" in lags:
                now[a].append(b)
        ordered = list(components(members, now.__getitem__))
        if any(len(c) > 1 or c[0] in now[c[0]] for c in ordered):
            raise BuildError("circle inside one period: " + circle(members, self.needs, {"now"}))
        if {"earlier", "later"} <= kinds:
            raise BuildError("rows look back and ahead at once: " + circle(members, self.needs, {"earlier", "later"}))
        return Knot(tuple(row for c in ordered for row in c), 1 if "earlier" in kinds else -1)

    def _blank_rows(self) -> frozenset[Row]:
        """Rows that may hold an empty cell; none of them may enter arithmetic."""
        makers = {row for row in self.rows if row.expr is not None
                  and any(isinstance(node, Apply) and node.operator.blank for node in postfix(row.expr))}
        blank: set[Row] = set()
        found = -1
        while found < len(blank):  # again, because a row of a knot may look back on one that stands after it
            found = len(blank)
            for knot in self.order:
                blank.update(row for row in knot.rows if row.expr is not None
                             and (row in makers or not blank.isdisjoint(self.needs[row])) and may_be_blank(row, blank))
        return frozenset(blank)


def needs(row: Row) -> dict[Row, Lags]:
    """The rows a row reads, and when: now, earlier, later, or over all periods."""
    if isinstance(row.expr, Row) and row.opening_expr is None:  # a link, as most rows are
        return {row.expr: _NOW}
    found: dict[Row, set[str]] = {}

    def note(expr: Expr, lag: str) -> None:
        for one in expr.rows if isinstance(expr, Group) else (expr,):
            if isinstance(one, Row):
                found.setdefault(one, set()).add(lag)

    for expr in (row.expr, row.opening_expr):
        for node in postfix(expr) if expr is not None else ():
            if isinstance(node, Apply):
                clocked = node.operator.name == "first_when"
                for position, arg in enumerate(node.args):
                    note(arg, node.operator.reads if position == 0 or clocked else "now")
            elif node is expr:
                note(node, "now")
    return {other: frozenset(lags) for other, lags in found.items()}


def check_shape(row: Row) -> None:
    """Refuse formulas that a sheet cannot hold as one row."""
    if row.expr is None or (isinstance(row.expr, Row) and row.per == PERIOD):
        return
    for node in postfix(row.expr):
        if isinstance(node, Apply):
            _check_operator(row, node)
        elif isinstance(node, Literally) and isinstance(node.value, str) and row.per != TEXT:
            raise BuildError(f"{row.key}: words in a row of numbers")
    over_time = _needs_time(row.expr) if row.per != PERIOD else None
    if over_time is not None:
        raise BuildError(f"{row.key} is one figure but reads {over_time.key} in each period: total it first")


def _check_operator(row: Row, node: Apply) -> None:
    operator = node.operator
    for position in (0, *operator.rows_only) if operator.reads != "now" else operator.rows_only:
        if not isinstance(node.args[position], Row):
            raise BuildError(f"{row.key}: argument {position + 1} of {operator.name} must be a row: give it a name")
    over_time = node.args[: 0 if operator.reads == "now" else 2 if _is_clock(node) else 1]
    if any(getattr(arg, "per", None) != PERIOD for arg in over_time):
        raise BuildError(f"{row.key}: {operator.name} needs a row over time")
    if operator.reads in ("earlier", "later") and row.per != PERIOD:
        raise BuildError(f"{row.key}: {operator.name} in a single figure")
    if operator.reads == "earlier" and row.declared.opening is True:
        raise BuildError(f"{row.key}: {operator.name} in the opening column: name a given as its opening")
    if operator.name == "&" and not all(_is_text(arg) for arg in node.args):
        raise BuildError(f"{row.key}: a bare number in a sentence: say amount, times, count or on_date")
    if operator.name == "/" and not _never_zero(node.args[1]):
        raise BuildError(f"{row.key}: division by what may be 0: use share or ratio, or a given that is above 0")
    if "IF(" in operator.excel and any("IF(" in inner.operator.excel for inner in _inside(node)):
        raise BuildError(f"{row.key}: a choice inside {operator.name}: give the inner one a name")


def _inside(node: Apply) -> Iterator[Apply]:
    return (inner for arg in node.args for inner in postfix(arg) if isinstance(inner, Apply))


def _is_text(expr: Expr) -> bool:
    if isinstance(expr, Apply):
        return expr.operator.text or (expr.operator.name == "where" and all(map(_is_text, expr.args[1:])))
    return isinstance(expr.value, str) if isinstance(expr, Literally) else getattr(expr, "per", None) == TEXT


def _never_zero(expr: Expr) -> bool:
    if not isinstance(expr, Row):
        return False
    told = expr.declared
    return (told.above is not None and told.above >= 0) or (told.low is not None and told.low > 0)


def _needs_time(expr: Expr) -> Row | None:
    """A row over time that is read in the current period, if there is one."""
    for node in postfix(expr):
        args = node.args if isinstance(node, Apply) else (node,) if node is expr else ()
        clocked = isinstance(node, Apply) and node.operator.reads == "all"
        for position, arg in enumerate(args):
            rows = arg.rows if isinstance(arg, Group) else (arg,)
            for one in rows:
                if isinstance(one, Row) and one.per == PERIOD and not (clocked and (position == 0 or _is_clock(node))):
                    return one
    return None


def _is_clock(node: Expr) -> bool:
    return isinstance(node, Apply) and node.operator.name == "first_when"


def may_be_blank(row: Row, blank: set[Row]) -> bool:
    """Whether a row may hold an empty cell; a BuildError where one would enter arithmetic."""
    assert row.expr is not None
    held: list[bool] = []
    for node in postfix(row.expr):
        if not isinstance(node, Apply):
            held.append(any(one in blank for one in (node.rows if isinstance(node, Group) else (node,))))
            continue
        operator = node.operator
        args = [held.pop() for _ in node.args][::-1]
        for position, (arg, empty) in enumerate(zip(node.args, args, strict=True)):
            if empty and not (operator.takes_blank and position == 0):
                name = arg.operator.name if isinstance(arg, Apply) else getattr(arg, "key", "a row of a group")
                raise BuildError(f"{row.key}: {name} may be blank and is for readers only; it cannot enter {operator.name}")
        held.append(operator.blank or (any(args) and operator.reads == "all"))
    return held.pop() or row.opening_expr in blank


def components(rows: Iterable[Node], after: Callable[[Node], Iterable[Node]]) -> Iterator[list[Node]]:
    """What needs one another (strongly connected), those that are needed first (Tarjan 1972, without recursion)."""
    number: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    for root in rows:
        if root in number:
            continue
        work = [(root, iter(after(root)))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            row, others = work[-1]
            for other in others:
                if other not in number:
                    number[other] = low[other] = len(number)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(after(other))))
                    break
                if other in on_stack:
                    low[row] = min(low[row], number[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[row])
                if low[row] == number[row]:
                    found: list[Node] = []
                    while not found or found[-1] is not row:
                        found.append(stack.pop())
                        on_stack.discard(found[-1])
                    yield found


def circle(members: list[Row], links: Mapping[Row, Mapping[Row, Lags]], lags: set[str]) -> str:
    """The shortest way from a row back to itself that uses a link of one of these kinds, as `a -> b -> a`."""
    inside = set(members)
    for start in members:
        came: dict[Row, Row] = {}
        edge = [b for b, kinds in links[start].items() if b in inside and kinds & lags]
        came |= dict.fromkeys(edge, start)
        while edge and start not in came:
            reached = {b: a for a in edge for b, kinds in links[a].items()
                       if b in inside and b not in came and ("now" in kinds or lags != {"now"})}
            came |= reached
            edge = list(reached)
        if start in came:
            path = [start]
            while path[-1] is not start or len(path) == 1:
                path.append(came[path[-1]])
            return " -> ".join(row.key for row in reversed(path))
    return ", ".join(row.key for row in members)
