"""How quick the lanes can be at all: the operations that the wanted figures take, over the rates this processor issues them at.

Operations are counted in the book: rows that move, as the kernel lowers them, without links and without what stands still.
Rates are measured on lanes that stay in the first cache. Loads and stores cost nothing here, so no program reaches the floor.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numba import njit

from model.sheet import Figures
from model.sheet.kernel.tree import Number, Op, Table, spelling
from tests.bench.lanes import LANES
from tests.bench.measure import seconds

B, ROUNDS = 64, 2000
SIMPLE = {"+", "-", "*", "minimum", "maximum", "lower"}
FLAGS = {">=", "<=", ">", "<", "is one"}
DIVIDES = {"/", "share", "ratio"}


def operations(figures: Figures) -> dict[str, float]:
    """Operations a column by kind: `simple`, `choice` (a comparison and what it selects), `division`; equal ones count once."""
    order, periods = figures.program.order, figures.values.book.periods
    found: Counter[str] = Counter()
    seen: set[str] = set()
    for item in order.needs:
        if item.node is not None:
            for kind in kinds(item.node, seen):
                found[kind] += periods if item.over_time else 1
    return dict(found)


def kinds(node: Any, seen: set[str]) -> list[str]:
    """What the operations of a tree are that were not seen before; one on nothing but still numbers is none."""
    if not isinstance(node, Op) or spelling(node) in seen:
        return []
    seen.add(spelling(node))
    inside = [kind for arg in node.args for kind in kinds(arg, seen)]
    if node.name in SIMPLE:
        return [*inside, "simple"]
    if node.name in DIVIDES and all(isinstance(part, (Number, Table)) for part in node.args[1:]):
        return [*inside, "simple"]  # who gives up the last bit multiplies
    return [*inside, *(["division"] if node.name in DIVIDES else []), *([] if node.name == "/" else ["choice"])]


@njit(**LANES)
def simple(ws, rounds):
    for _ in range(rounds):
        for i in range(B):
            a, b, c, d = ws[i], ws[B + i], ws[2 * B + i], ws[3 * B + i]
            e, f, g, h = d, c, b, a
            for _k in range(4):  # eight that do not wait for one another
                a, b, c, d, e, f, g, h = a + h, b - e, max(c, f), min(d, g), e + d, f - a, max(g, b), min(h, c)
                a, b, c, d, e, f, g, h = min(a, f), max(b, g), c - h, d + e, min(e, b), max(f, c), g - d, h + a
            ws[i], ws[B + i], ws[2 * B + i], ws[3 * B + i] = a + e, b + f, c + g, d + h


@njit(**LANES)
def choice(ws, rounds):
    for _ in range(rounds):
        for i in range(B):
            a, b, c, d = ws[i], ws[B + i], ws[2 * B + i], ws[3 * B + i]
            for _k in range(4):
                e, f, g, h = (a if b > c else d), (b if c > d else a), (c if d > a else b), (d if a > b else c)
                a, b, c, d = (e if f > g else h), (f if g > h else e), (g if h > e else f), (h if e > f else g)
            ws[i], ws[B + i], ws[2 * B + i], ws[3 * B + i] = a, b, c, d


@njit(**LANES)
def division(ws, rounds):
    for _ in range(rounds):
        for i in range(B):
            a, b, c, d = ws[i], ws[B + i], ws[2 * B + i], ws[3 * B + i]
            ws[i], ws[B + i], ws[2 * B + i], ws[3 * B + i] = a / b, b / c, c / d, d / a


EACH = {"simple": (simple, 68), "choice": (choice, 32), "division": (division, 4)}


def rate(kind: str) -> float:
    """Operations a second of one kind, by the best of some short rounds."""
    work, count = EACH[kind]
    ws = np.random.default_rng(0).uniform(0.5, 1.5, 4 * B)
    work(ws, 10)
    return count * B * ROUNDS / min(seconds(lambda: work(ws, ROUNDS)) for _ in range(3))


def seconds_a_column(counted: dict[str, float], rates: dict[str, float]) -> float:
    """The floor."""
    return sum(count / rates[kind] for kind, count in counted.items())


