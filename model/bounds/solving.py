"""HiGHS behind two words: `best` of an objective, and whether rows can hold at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from math import fsum
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from model.bounds.disclosures import NONE
from model.bounds.programme import Line, Programme, Terms, plus
from model.errors import DebtcoverError

FEASIBLE, LIMIT, INFEASIBLE = 0, 1, 2
NODES = 300  # of a choice of zeros and ones; after so many what none exceeds is told
METHODS = ("highs", "highs-ds", "highs-ipm")


@dataclass(frozen=True)
class Answer:
    """The optimum, and the unknowns at it."""

    value: float
    values: np.ndarray


def best(programme: Programme, objective: Terms, more: Sequence[Line] = (), *, most: bool = True) -> Answer | None:
    """The most (or least) of a sum under all rows; nothing where the rows contradict each other."""
    lines = [*programme.lines, *more]
    sign = -1.0 if most else 1.0
    cost = np.zeros(programme.width)
    for column, factor in objective.items():
        cost[column] = sign * factor
    told = _solved(cost, lines, programme.high)
    return None if told is None else Answer(sign * told.fun, told.x)


def _solved(cost: np.ndarray, lines: Sequence[Line], high: Sequence[float]) -> Any:
    """What HiGHS found by the first of its methods that comes to an end; nothing where rows contradict each other."""
    asked = system(lines, len(cost)) | {"bounds": np.column_stack([np.zeros(len(cost)), high])}
    for method in METHODS:
        told = linprog(cost, **asked, method=method)
        if told.status == INFEASIBLE:
            return None
        if told.status == FEASIBLE:
            return told
    raise DebtcoverError(f"the programme could not be solved: {told.message}")


@dataclass(frozen=True)
class Missing:
    """The least that the worst of all tests misses, by how much more it would with each unit of cover, and where."""

    missing: float
    slope: float
    values: np.ndarray


def least_missing(programme: Programme, tests: Sequence[tuple[Terms, Terms]], cover: float,
                  more: Sequence[Line] = ()) -> Missing | None:
    """What one sum misses of so many times another; nothing where the rows contradict each other."""
    extra = programme.width
    lines = [*programme.lines, *more, *(Line({**plus((1.0, above), (-cover, below)), extra: 1.0}, low=0.0)
                                        for above, below in tests)]
    cost = np.zeros(extra + 1)
    cost[extra] = 1.0
    told = _solved(cost, lines, [*programme.high, float("inf")])
    if told is None:
        return None
    weights = -told.ineqlin.marginals[len(told.ineqlin.marginals) - len(tests):]
    slope = sum(weight * programme.read(told.x, below) for weight, (_, below) in zip(weights, tests, strict=True) if weight)
    return Missing(float(told.fun), slope, told.x[:extra])


def feasible(programme: Programme, more: Sequence[Line] = ()) -> Answer | None:
    """Unknowns under which all rows hold."""
    return best(programme, {}, more)


def sides(lines: Sequence[Line]) -> tuple[list[int], list[tuple[int, float]]]:
    """Rows that are equalities, and one-sided rows with the sign that makes them `<=`."""
    equal = [k for k, line in enumerate(lines) if line.low == line.high]
    known = set(equal)
    sided = [(k, sign) for k, line in enumerate(lines) if k not in known
             for sign, limit in ((1.0, line.high), (-1.0, line.low)) if abs(limit) < float("inf")]
    return equal, sided


def _matrix(lines: Sequence[Line], picked: Sequence[tuple[int, float]], width: int) -> csr_array:
    terms = [lines[k].terms for k, _ in picked]
    sizes = np.array([len(one) for one in terms], dtype=np.int32)
    columns = np.fromiter(chain.from_iterable(terms), np.int32, sizes.sum())
    values = np.fromiter(chain.from_iterable(one.values() for one in terms), float, sizes.sum())
    starts = np.concatenate([np.zeros(1, np.int32), np.cumsum(sizes, dtype=np.int32)])
    return csr_array((values * np.repeat([sign for _, sign in picked], sizes), columns, starts), shape=(len(picked), width))


def system(lines: Sequence[Line], width: int) -> dict[str, Any]:
    """The rows as HiGHS takes them."""
    equal, sided = sides(lines)
    limits = [lines[k].high if sign > 0 else -lines[k].low for k, sign in sided]
    found: dict[str, Any] = {}
    if equal:
        found |= {"A_eq": _matrix(lines, [(k, 1.0) for k in equal], width), "b_eq": [lines[k].low for k in equal]}
    if sided:
        found |= {"A_ub": _matrix(lines, sided, width), "b_ub": limits}
    return found


def one_sided(programme: Programme, more: Sequence[Line] = ()) -> np.ndarray | None:
    """Unknowns under which no contract has cash for one and lacks it for another in the same window; nothing where none are.

    Which windows are negative is a choice of zeros and ones."""
    far, width = _far(programme), programme.width
    lines = [*programme.lines, *more]
    places = [(c, w) for c in programme.contracts for w in programme.span]
    for k, (c, w) in enumerate(places):
        got, lost = (programme.sum(kind, [c], [*programme.loans, NONE], [w]) for kind in ("got", "lost"))
        lines.append(Line({**got, width + k: far}, high=far))
        lines.append(Line({**lost, width + k: -far}, high=0.0))
    told = _mixed(lines, np.zeros(width + len(places)), [*programme.high, *[1.0] * len(places)], len(places))
    return None if told.status == INFEASIBLE else told.x[:width]


def most_uncovered(programme: Programme, deficits: Mapping[str, Terms], balances: Mapping[str, Terms],
                   always: Terms, more: Sequence[Line] = ()) -> tuple[float, np.ndarray]:
    """The most of a sum and of the positive parts of `deficits`, each at most its balance.

    Which of them count is a choice of zeros and ones."""
    names, width = list(deficits), programme.width
    far = _far(programme)
    lines = [*programme.lines, *more]
    for k, name in enumerate(names):
        counted, chosen = width + k, width + len(names) + k
        lines.append(Line({counted: 1.0, chosen: far, **{c: -v for c, v in deficits[name].items()}}, high=far))
        lines.append(Line({counted: 1.0, chosen: -far}, high=0.0))
        lines.append(Line({counted: 1.0, **{c: -v for c, v in balances[name].items()}}, high=0.0))
    cost = np.zeros(width + 2 * len(names))
    for column, factor in always.items():
        cost[column] -= factor
    cost[width:width + len(names)] -= 1.0
    told = _mixed(lines, cost, [*programme.high, *[far] * len(names), *[1.0] * len(names)], len(names))
    at = told.x if told.x is not None else sure_values(programme, more)
    return -float(told.fun if told.status == FEASIBLE else told.mip_dual_bound), at[:width]


def _mixed(lines: Sequence[Line], cost: np.ndarray, most: Sequence[float], chosen: int) -> Any:
    """A programme whose last so many unknowns are 0 or 1."""
    kinds = np.zeros(len(cost))
    kinds[len(cost) - chosen:] = 1
    rows = LinearConstraint(_matrix(lines, [(k, 1.0) for k in range(len(lines))], len(cost)),
                            [line.low for line in lines], [line.high for line in lines])
    with _quiet():
        told = milp(cost, integrality=kinds, bounds=Bounds(0, np.array(most)), constraints=rows,
                    options={"mip_rel_gap": 1e-9, "node_limit": NODES})
    if told.status not in (FEASIBLE, LIMIT, INFEASIBLE):
        raise DebtcoverError(f"the programme could not be solved: {told.message}")
    return told


def sure_values(programme: Programme, more: Sequence[Line]) -> np.ndarray:
    """Unknowns of facts that were found not to contradict each other."""
    told = feasible(programme, more)
    if told is None:
        raise AssertionError("the disclosures contradict each other")
    return told.values


@contextmanager
def _quiet() -> Iterator[None]:
    """HiGHS prints here and there what nobody asked for, on standard output, where a record may be going."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _far(programme: Programme) -> float:
    """A sum that no balance and no present value reaches."""
    return 1.0 + fsum(max(abs(line.high), 0.0) for line in programme.lines
                     if line.told and line.told.what in ("revenue", "principal") and line.high < float("inf"))
