"""The fourth fold: a number with its formula in words and its precedents, down to sourced inputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from model.sheet.block import PERIOD, Row
from model.sheet.book import Book
from model.sheet.evaluate import Values
from model.sheet.formula import ATOM, Apply, Expr, Group, Literally, postfix


@dataclass(frozen=True)
class Step:
    """One line of an explanation, `depth` levels below the row that was asked for."""

    depth: int
    row: Row
    period: int | None
    value: Any
    definition: str
    seen: bool = False


def definition(row: Row) -> str:
    """The formula of a row in words, with labels; an input tells its source."""
    if row.expr is None:
        assert row.input is not None
        told = row.input
        between = f"range {told.low:g} to {told.high:g}; " if told.low is not None and told.high is not None else ""
        return f"input [{told.grade or 'ungraded'}] {between}{told.source}".rstrip()
    stack: list[str] = []
    for node in postfix(row.expr):
        if isinstance(node, Apply):
            args = [stack.pop() for _ in node.args][::-1]
            stack.append(_words(node, args))
        else:
            stack.append(_name(node))
    return stack.pop()


def _words(node: Apply, args: list[str]) -> str:
    inner = [f"({text})" if _needs_brackets(node, arg, position) else text
             for position, (arg, text) in enumerate(zip(node.args, args, strict=True))]
    return node.operator.words.format(*inner)


def _needs_brackets(outer: Apply, arg: Expr, position: int) -> bool:
    """Where words would be read in another order than they are calculated."""
    if not isinstance(arg, Apply) or arg.operator.text:
        return False
    if arg.operator.reads != "now" or arg.operator.words.startswith("1 if"):  # reads on as far as the sentence goes
        return True
    if outer.operator.binds == ATOM:
        return arg.operator.binds != ATOM
    return arg.operator.binds < outer.operator.binds + (position > 0)


def _name(node: Expr) -> str:
    if isinstance(node, Row):
        return f"[{node.label}]"
    if isinstance(node, Group):
        return f"{len(node.rows)} rows"
    return str(node.value) if isinstance(node, Literally) else "?"


def explain(book: Book, values: Values, row: Row, period: int | None, scenario: int = 0) -> Iterator[Step]:
    """The row, then everything it rests on, depth first; what was told before is named and not told again.

    Each precedent is shown in the period in which it is read. A figure over all periods names its row as a whole.
    """
    todo: list[tuple[int, Row, int | None]] = [(0, row, period if row.per == PERIOD else None)]
    told: set[tuple[Row, int | None]] = set()
    while todo:
        depth, this, when = todo.pop()
        seen = (this, when) in told
        yield Step(depth, this, when, value_of(values, this, when, scenario), definition(this), seen)
        if seen:
            continue
        told.add((this, when))
        todo.extend((depth + 1, other, at) for other, at in reversed(list(precedents(book, this, when))))


def value_of(values: Values, row: Row, period: int | None, scenario: int) -> Any:
    """A single value, or the whole row where no period is meant."""
    found = values.one(row, scenario)
    return found[period] if row.per == PERIOD and period is not None else found


def precedents(book: Book, row: Row, period: int | None) -> Iterator[tuple[Row, int | None]]:
    """The rows a row reads, each with the period it is read in (None: a figure, or all periods)."""
    shift = {"now": 0, "earlier": -1, "later": 1}
    opening = period == 0 and row.opening_expr is not None
    nodes = postfix(row.expr) if row.expr is not None else ()
    far = {node.args[0] for node in nodes if isinstance(node, Apply) and node.operator.name.endswith(" n")}
    for other, lags in book.needs[row].items():
        for lag in sorted(lags):
            if other.per != PERIOD or period is None or lag == "all" or other in far:
                yield other, None
            elif not opening and 0 <= period + shift[lag] <= book.periods:
                yield other, period + shift[lag]
