"""Rows that need one another in other periods, written out as one function that goes from period to period.

An array is cut and an operator called where they stand: looking at the trees again in every period would take several times
as long. The operators are those of the table, so that the numbers are those of whole rows. Nothing is shared with the text
that `kernel/` writes, of trees lowered to what moves and for single numbers: this fold is what the kernel is judged by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from types import CodeType
from typing import Any

from model.sheet.block import PERIOD, Row
from model.sheet.formula import Apply, Array, Expr, Group, Literally, postfix

_NEXT_TO = {"prev": "[t - 1]", "following": "[t + 1]"}
_SIGNS = ("+", "-", "*", "/")


class Walk:
    """The formulas of a knot; `step` is 1 (forward) or -1 (backward). The opening column is left to others."""

    def __init__(self, rows: Sequence[Row], step: int) -> None:
        self.rows, self.step = tuple(rows), step
        self.names: dict[Row, str] = {}
        self.held: dict[str, Any] = {}  # operators and words, by name
        self.lines: list[str] = []
        for row in self.rows:
            if row.expr is not None:
                self.lines.append(f"{self._name(row)}[t] = {self._text(row.expr)}")
        head = f"def walk({', '.join(['periods', *self.names.values()])}):\n for t in periods:\n  "
        exec(_compiled(head + "\n  ".join(self.lines)), self.held)
        self.function: Callable[..., None] = self.held["walk"]

    def __call__(self, array: Callable[[Row], Array], periods: int) -> None:
        """Fill the rows in the periods 1 to `periods`."""
        way = range(1, periods + 1)
        self.function(way if self.step > 0 else reversed(way), *map(array, self.names))

    def _text(self, expr: Expr) -> str:
        """What stands for an expression in one period, after lines for what it needs."""
        stack: list[tuple[str, ...]] = []
        for node in postfix(expr):
            if isinstance(node, Row):
                stack.append((self._now(node),))
            elif isinstance(node, Literally):
                stack.append((self._hold(node.value),))
            elif isinstance(node, Group):
                stack.append(tuple(self._now(row) for row in node.rows if isinstance(row, Row)))
            elif isinstance(node, Apply):
                args = [stack.pop() for _ in node.args][::-1]
                stack.append((self._applied(node, args),))
        return stack.pop()[0]

    def _applied(self, node: Apply, args: list[tuple[str, ...]]) -> str:
        operator = node.operator
        if operator.name in _NEXT_TO and isinstance(node.args[0], Row):
            return self._name(node.args[0]) + _NEXT_TO[operator.name]
        if operator.reads != "now":
            whole = 2 if operator.name == "first_when" else 1  # rows that are handed over with all their periods
            args[:whole] = [(self._name(row),) for row in node.args[:whole] if isinstance(row, Row)]
        if operator.reads in ("earlier", "later"):
            args.append(("t", "t + 1"))
        taken = [text for texts in args for text in texts]
        told = (f" {operator.name} ".join(taken) if operator.name in _SIGNS
                else f"{self._hold(operator.numpy)}({', '.join(taken)})")
        self.lines.append(f"v{len(self.lines)} = {told}")
        return f"v{len(self.lines) - 1}"

    def _now(self, row: Row) -> str:
        return self._name(row) + ("[t]" if row.per == PERIOD else "")

    def _name(self, row: Row) -> str:
        return self.names.setdefault(row, f"r{len(self.names)}")

    def _hold(self, thing: Any) -> str:
        name = f"h{len(self.held)}"
        self.held[name] = thing
        return name


@lru_cache(maxsize=1024)
def _compiled(source: str) -> CodeType:
    """Knots of one shape are one text."""
    return compile(source, "<walk>", "exec")
