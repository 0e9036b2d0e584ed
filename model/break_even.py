"""Break-evens: how far one driver can move before a pair is no longer covered by its own contract.

A search in whole steps: a coarse grid finds the first change of `covered` (T1-T3 without support) along each driver,
then every bracket is cut into pieces, all pairs and drivers in one evaluation a round, until it is one step wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from model.bracket import Point, Turned, narrow, whole_steps
from model.sheet import Figures, Row
from model.sheet.formula import Array

if TYPE_CHECKING:
    from model.cases import Run

GRID = 40
"""Grid points of a driver in one direction."""
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Driver:
    """A scalar input that is moved alone: which way is worse, how far it is looked at, in which steps."""

    key: str
    worse: int
    low: float
    high: float
    step: float

    def reach(self, start: float, way: int) -> int:
        """Whole steps from `start` to the end of the range, `way` being 1 (up) or -1 (down)."""
        room = self.high - start if way > 0 else start - self.low
        return max(0, floor(room / self.step + 1e-9))


DRIVERS = {
    "price": Driver("drivers.price_change", -1, -1.0, 2.0, 1e-6),
    "margin": Driver("drivers.cost_change", 1, -1.0, 3.0, 1e-6),
    "delay_months": Driver("drivers.delay_days", 1, 0.0, 720.0, 1.0),
    "rate": Driver("drivers.rate_shift", 1, -0.05, 0.20, 1e-6),
}


@dataclass(frozen=True)
class Edge:
    """Where `covered` changes: the driver's `level` at its far side, in its own unit, and what is shown for it."""

    level: float
    shown: float


Edges = dict[str, dict[str, Edge | None]]


@dataclass(frozen=True)
class Way:
    """A driver on its way from where the scenario has it: up (1) or down (-1)."""

    name: str
    start: float
    way: int

    @property
    def reach(self) -> int:
        """Whole steps to the end of the range."""
        return DRIVERS[self.name].reach(self.start, self.way)

    def level(self, steps: int) -> float:
        """The driver after so many steps, without the noise of adding them."""
        return round(self.start + self.way * steps * DRIVERS[self.name].step, 9)


@dataclass
class Bracket:
    """The steps of a driver between which a pair's `covered` changes: as in the scenario at `near`, not at `far`."""

    pair: str
    line: Way
    near: int
    far: int

    @property
    def level(self) -> float:
        """Where it has changed."""
        return self.line.level(self.far)


class Probe:
    """Rows of one scenario while single drivers move; the others stay where the scenario has them."""

    def __init__(self, run: Run, moved: Sequence[str], targets: Sequence[Row]) -> None:
        self.names = moved
        self.figures = Figures(run.values, [DRIVERS[name].key for name in moved], targets, run.names.index(run.scenario))

    def start(self, name: str) -> float:
        """A driver in the scenario."""
        return float(self.figures.now(DRIVERS[name].key))

    def __call__(self, points: Sequence[Point]) -> dict[Row, Array]:
        """The rows with one column for each point."""
        return self.figures({DRIVERS[name].key: np.array([line.level(n) if line.name == name else self.start(name)
                                                          for line, n in points]) for name in self.names})


def break_evens(run: Run) -> Edges:
    """For each pair and driver the first level at which `covered` changes; None where it does not inside the range.

    A covered pair is looked at in the direction that is worse for it, one that fails in the other.
    """
    search = Search(run)
    brackets = list(search.first_brackets())
    narrow(brackets, search.look)
    edges: Edges = {pair: dict.fromkeys(DRIVERS) for pair in run.deal.pairs}
    for bracket, shown in zip(brackets, shown_values(run, brackets), strict=True):
        edges[bracket.pair][bracket.line.name] = Edge(bracket.level, shown)
    return edges


class Search:
    """Looks at the pairs where they may turn."""

    def __init__(self, run: Run) -> None:
        self.rows = {key: pair.row("covered") for key, pair in run.deal.pairs.items()}
        self.now = {key: bool(run.read(row)) for key, row in self.rows.items()}
        self.probe = Probe(run, list(DRIVERS), list(self.rows.values()))

    def look(self, points: Sequence[Point]) -> Turned[Bracket]:
        """Whether a pair is at a point what it is not in the scenario that is read."""
        found = self.probe(points)
        return lambda bracket, at: self.turned(found, bracket.pair)[at]

    def turned(self, found: dict[Row, Array], pair: str) -> Array:
        """By point: whether a pair is what it is not in the scenario that is read."""
        return np.asarray((found[self.rows[pair]] == 1) != self.now[pair])

    def first_brackets(self) -> Iterator[Bracket]:
        """One evaluation over a grid of every driver, in the directions that any pair needs."""
        grids = {line: whole_steps(0, line.reach, GRID) for pair in self.now for line in self.ways(pair)}
        points = [(line, n) for line, steps in grids.items() for n in steps]
        found, place = self.probe(points), {point: at for at, point in enumerate(points)}
        for pair in self.now:
            turned = self.turned(found, pair)
            for line in self.ways(pair):
                steps = grids[line]
                first = next((k for k in range(1, len(steps)) if turned[place[line, steps[k]]]), None)
                if first is not None:
                    yield Bracket(pair, line, steps[first - 1], steps[first])

    def ways(self, pair: str) -> list[Way]:
        """Every driver in the direction that could turn the pair."""
        return [Way(name, self.probe.start(name), driver.worse if self.now[pair] else -driver.worse)
                for name, driver in DRIVERS.items()]


def shown_values(run: Run, brackets: Sequence[Bracket]) -> Iterator[float]:
    """What is reported: change of price, level of the margin, delay in months, shift of the rate."""
    margins = margins_at(run, [(b.pair, b.level) for b in brackets if b.line.name == "margin"])
    for bracket in brackets:
        name, level = bracket.line.name, bracket.level
        yield next(margins) if name == "margin" else level / DAYS_A_MONTH if name == "delay_months" else level


def margins_at(run: Run, places: Sequence[tuple[str, float]]) -> Iterator[float]:
    """Cash margin of a pair's contract over its life where cash costs change by so much: 1 - cost / billed `[share]`."""
    contracts = [run.deal.contracts[pair] for pair, _ in places]
    if contracts:
        key, flows = DRIVERS["margin"].key, [c.row(name) for c in contracts for name in ("billed", "cost")]
        figures = Figures(run.values, [key], flows, run.names.index(run.scenario))
        found = figures({key: np.array([level for _, level in places])})
        for n, contract in enumerate(contracts):
            billed, cost = (float(found[contract.row(name)][1:-1, n].sum()) for name in ("billed", "cost"))
            yield round(1 - cost / billed, 9)
