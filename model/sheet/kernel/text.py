"""The text of a tree in a small part of Python, which runs as it is and from which the lanes are compiled as well.

Only names, numbers, `+ - * /`, one comparison as the condition of a choice, and calls of `power` and `pick`.
"""

from __future__ import annotations

from collections.abc import Callable

from model.sheet.formula import OPERATORS
from model.sheet.kernel.tree import Lag, Node, Now, Number, Op, Pick, Table

SCALAR = {name: operator.scalar for name, operator in OPERATORS.items() if operator.scalar} | {
    "lower": "{0} if {0} < {1} else {1}",
    "known": "nan if {0} == inf else {0}",
    "unless known": "{0} if {0} == {0} else {1}",
    "is one": "1.0 if {0} == 1.0 else 0.0",
}
"""Basic operations; the last four make up what adds up over time."""

Leaf = Now | Lag | Table | Pick | Number


class Writer:
    """Writes trees as statements, one line an intermediate result; `name_of` says what a leaf is called."""

    def __init__(self, name_of: Callable[[Leaf, Writer], str]) -> None:
        self.name_of = name_of
        self.lines: list[str] = []
        self._made = 0

    def assign(self, name: str, node: Node) -> None:
        """`name = tree`."""
        self.lines.append(f"{name} = {self.text(node)}")

    def text(self, node: Node) -> str:
        """The tree as an expression; what an operation names twice gets a line of its own first."""
        if not isinstance(node, Op):
            return self.name_of(node, self)
        form = SCALAR[node.name]
        args = [self._argument(arg, form.count(f"{{{n}}}") > 1) for n, arg in enumerate(node.args)]
        return form.format(*args)

    def _argument(self, node: Node, twice: bool) -> str:
        text = self.text(node)
        if not isinstance(node, Op):
            return text
        if not twice:
            return f"({text})"
        self._made += 1
        self.lines.append(f"t{self._made} = {text}")
        return f"t{self._made}"


def number(value: float) -> str:
    """A number as Python text."""
    return repr(float(value))
