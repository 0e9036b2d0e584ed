"""HiGHS behind two words: `best` of an objective, and whether rows can hold at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import hstack

from model.bounds.disclosures import NONE
from model.bounds.matrices import System, matrix, nothing, rows, system
from model.bounds.programme import Line, Programme, Terms
from model.errors import DebtcoverError

FEASIBLE, LIMIT, INFEASIBLE, OTHER = 0, 1, 2, 4
NODES = 300  # of a choice of zeros and ones; after so many what none exceeds is told
METHODS = ("highs", "highs-ds", "highs-ipm")


@dataclass(frozen=True)
class Answer:
    """The optimum, and the unknowns at it."""

    value: float
    values: np.ndarray


def best(programme: Programme, objective: Terms, more: Sequence[Line] = (), *, most: bool = True) -> Answer | None:
    """The most (or least) of a sum under all rows; nothing where the rows contradict each other."""
    sign = -1.0 if most else 1.0
    cost = np.zeros(programme.width)
    for column, factor in objective.items():
        cost[column] = sign * factor
    told = _solved(cost, rows(programme, more), programme.high)
    return None if told is None else Answer(sign * told.fun, told.x)


def _solved(cost: np.ndarray, told: System, high: Sequence[float]) -> Any:
    """What HiGHS found by the first of its methods that comes to an end; nothing where rows contradict each other."""
    limits = np.column_stack([np.zeros(len(cost)), high])
    for method in METHODS:
        found = linprog(cost, told.sided, told.limit, told.equal, told.level, limits, method)
        if found.status == INFEASIBLE:
            return None
        if found.status == FEASIBLE:
            return found
    raise DebtcoverError(f"the programme could not be solved: {found.message}")


@dataclass(frozen=True)
class Missing:
    """The least that the worst of all tests misses, by how much more it would with each unit of cover, and where."""

    missing: float
    slope: float
    values: np.ndarray


class Tests:
    """One sum after the other that should be so many times a second; written once for every multiple."""

    def __init__(self, programme: Programme, tests: Sequence[tuple[Terms, Terms]], more: Sequence[Line] = ()) -> None:
        """`more` rows hold beside those of the programme."""
        self.high, self.width = [*programme.high, float("inf")], programme.width
        self.above, self.below = (matrix([test[k] for test in tests], self.width) for k in (0, 1))
        told = rows(programme, more)
        self.fixed = told.wider(nothing(len(told.level), 1), nothing(len(told.limit), 1))
        self.missed = -np.ones((len(tests), 1))

    def missing(self, cover: float) -> Missing | None:
        """What the worst of them misses at least; nothing where the rows contradict each other."""
        sided = hstack([cover * self.below - self.above, self.missed], "csr")
        cost = np.zeros(self.width + 1)
        cost[self.width] = 1.0
        asked = System(nothing(0, self.width + 1), np.zeros(0), sided, np.zeros(len(self.missed)))
        told = _solved(cost, self.fixed.with_(asked), self.high)
        if told is None:
            return None
        weights, at = -told.ineqlin.marginals[-len(self.missed):], told.x[:self.width]
        return Missing(float(told.fun), float(weights @ (self.below @ at)), at)


def feasible(programme: Programme, more: Sequence[Line] = ()) -> Answer | None:
    """Unknowns under which all rows hold."""
    return best(programme, {}, more)


def never_one_sided(programme: Programme, more: Sequence[Line] = ()) -> bool:
    """Whether rows surely cannot hold unless a contract has cash for one and lacks it for another in the same window.

    Which windows are negative is a choice of zeros and ones; where the search for one is stopped, nothing is sure."""
    far, width = _far(programme), programme.width
    lines = [*programme.lines, *more]
    places = [(c, w) for c in programme.contracts for w in programme.span]
    for k, (c, w) in enumerate(places):
        got, lost = (programme.sum(kind, [c], [*programme.loans, NONE], [w]) for kind in ("got", "lost"))
        lines.append(Line({**got, width + k: far}, high=far))
        lines.append(Line({**lost, width + k: -far}, high=0.0))
    told = _mixed(lines, np.zeros(width + len(places)), [*programme.high, *[1.0] * len(places)], len(places))
    return bool(told.status == INFEASIBLE)


@dataclass(frozen=True)
class Most:
    """What no choice exceeds, the unknowns that come nearest, and whether they reach it."""

    bound: float
    values: np.ndarray
    reached: bool


def most_uncovered(programme: Programme, deficits: Mapping[str, Terms], balances: Mapping[str, Terms],
                   always: Terms, more: Sequence[Line] = ()) -> Most:
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
    limits = [*programme.high, *[far] * len(names), *[1.0] * len(names)]
    told = _mixed(lines, cost, limits, len(names))
    at = told.x if told.x is not None else sure_values(programme, more)
    return Most(-_least(told, lines, cost, limits), at[:width], told.status == FEASIBLE)


def _least(told: Any, lines: Sequence[Line], cost: np.ndarray, limits: Sequence[float]) -> float:
    """The optimum; where the search was stopped, what it had found none to be below, or what no mixture of choices is."""
    if told.status == FEASIBLE:
        return float(told.fun)
    loose = _solved(cost, system(lines, len(cost)), limits)
    return max(float(loose.fun), -np.inf if told.mip_dual_bound is None else float(told.mip_dual_bound))


def _mixed(lines: Sequence[Line], cost: np.ndarray, most: Sequence[float], chosen: int) -> Any:
    """A programme whose last so many unknowns are 0 or 1; its status is LIMIT where the search was stopped."""
    kinds = np.zeros(len(cost))
    kinds[len(cost) - chosen:] = 1
    held = LinearConstraint(matrix([line.terms for line in lines], len(cost)), [line.low for line in lines],
                            [line.high for line in lines])
    with _quiet():
        told = milp(cost, integrality=kinds, bounds=Bounds(0, np.array(most)), constraints=held,
                    options={"mip_rel_gap": 1e-9, "node_limit": NODES})
    if told.status == OTHER and "limit reached" in told.message:  # as scipy calls a limit of nodes
        told.status = LIMIT
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
