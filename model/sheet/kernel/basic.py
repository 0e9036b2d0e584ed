"""Basic operations: what base numbers make of them, and how groups and sums over time are spelt with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.sheet.formula import OPERATORS
from model.sheet.kernel.tree import NOTHING, Node, Number, Op


def simplify(node: Node) -> Node:
    """Times 0, times 1, plus 0: what base numbers make of a formula; bits stay."""
    if not isinstance(node, Op):
        return node
    name, args = node.name, node.args
    numbers = [a.value if isinstance(a, Number) else None for a in args]
    if all(n is not None for n in numbers):
        return Number(float(OPERATORS[name].numpy(*map(np.float64, numbers))))
    if name == "*" and 0.0 in numbers:
        return NOTHING
    if (name == "*" and 1.0 in numbers) or (name == "+" and 0.0 in numbers):
        return args[1 - numbers.index(1.0 if name == "*" else 0.0)]
    if (name == "-" and numbers[1] == 0.0) or (name == "/" and numbers[1] == 1.0):
        return args[0]
    if name in ("/", "share") and numbers[0] == 0.0:
        return NOTHING
    if name == "where" and numbers[0] is not None:
        return args[1] if numbers[0] != 0 else args[2]
    return node


def chain(name: str, first: Node | None = None) -> Callable[[list[Node]], Node]:
    """A group operator as the basic one, member after member in their order."""
    def spread(members: list[Node]) -> Node:
        found, rest = (members[0], members[1:]) if first is None else (first, members)
        for member in rest:
            found = simplify(Op(name, (found, member)))
        return found
    return spread


def _which_lowest(members: list[Node]) -> Node:
    best, place = Number(float("inf")), Number(1.0)
    for number, member in enumerate(members, start=1):
        lower = simplify(Op("<", (member, best)))
        place = simplify(Op("where", (lower, Number(float(number)), place)))
        best = simplify(Op("where", (lower, member, best)))
    return place


def _step_lookup(members: list[Node]) -> Node:
    x, table = members[0], members[1:]
    keys, values = table[: len(table) // 2], table[len(table) // 2 :]
    found = values[0]
    for key, value in zip(keys[1:], values[1:], strict=True):
        found = simplify(Op("where", (Op(">=", (x, key)), value, found)))
    return found


BASIC = {"sum_of": chain("+", NOTHING), "highest_of": chain("maximum"), "lowest_of": chain("minimum"),
         "which_lowest": _which_lowest, "step_lookup": _step_lookup}
"""Group operators in terms of basic ones."""


def _first_when(found: Node, flag: Node, clock: Node) -> Node:
    return Op("unless known", (found, Op("where", (Op("is one", (flag,)), clock, found))))


SUMS: dict[str, tuple[float, Callable[..., Node]]] = {
    "total": (0.0, lambda found, x: Op("+", (found, x))),
    "lowest": (float("inf"), lambda found, x: Op("lower", (x, found))),
    "highest": (float("-inf"), lambda found, x: Op("maximum", (found, x))),
    "first_when": (float("nan"), _first_when),
}
"""What adds up over time: where it begins, and what a period makes of it."""
