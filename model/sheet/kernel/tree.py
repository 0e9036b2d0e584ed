"""What moves, as items with trees of basic operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Node = Any
"""One of the tuples below, by their class."""


class Number(NamedTuple):
    """A number that is the same in every period."""

    value: float


class Table(NamedTuple):
    """Numbers over time that do not move: their place among the tables."""

    place: int


class Now(NamedTuple):
    """An item in the same period; a single figure whatever the period."""

    item: Item


class Lag(NamedTuple):
    """An item one period earlier (-1) or later (1)."""

    item: Item
    by: int


class Pick(NamedTuple):
    """A column in the period that `index` says; 0 outside of it. It looks back (-1), ahead (1) or anywhere (0)."""

    column: Item | Table
    index: Node
    way: int


class Op(NamedTuple):
    """A basic operation of the table of operators."""

    name: str
    args: tuple[Node, ...]


@dataclass(eq=False)
class Item:
    """Something that moves: a row, a part of one that is the same in all periods, or what adds up over time.

    `at_start` is its value in the opening column; 0 where there is none.
    """

    key: str
    home: str
    over_time: bool
    node: Node = None
    at_start: Node = None
    lasts: bool = field(default=False)
    """A single figure that adds up over time: it can be read only when all periods are over."""

    @property
    def single(self) -> bool:
        """Whether others read it as one figure."""
        return self.lasts or not self.over_time

    def __repr__(self) -> str:
        return f"<Item {self.key}>"


NOTHING = Number(0.0)


def leaves(node: Node) -> Iterator[Node]:
    """What a tree reads: now, earlier, later, at any time."""
    todo = [node] if node is not None else []
    while todo:
        one = todo.pop()
        if isinstance(one, Op):
            todo.extend(one.args)
        else:
            yield one
            if isinstance(one, Pick):
                todo.append(one.index)


def spelling(node: Node) -> str:
    """A tree as one unmistakable text."""
    if isinstance(node, Op):
        return f"{node.name}({', '.join(map(spelling, node.args))})"
    return node.item.key if isinstance(node, Now) else repr(node)


def replaced(node: Node, same: Mapping[Item, Item]) -> Node:
    """A tree that reads other items in place of some."""
    if isinstance(node, Op):
        return Op(node.name, tuple(replaced(arg, same) for arg in node.args))
    if isinstance(node, Pick):
        column = same.get(node.column, node.column) if isinstance(node.column, Item) else node.column
        return Pick(column, replaced(node.index, same), node.way)
    if isinstance(node, (Now, Lag)) and node.item in same:
        return node._replace(item=same[node.item])
    return node
