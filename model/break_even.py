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

from model.sheet import Row, Values, ancestors
from model.sheet.book import Knot
from model.sheet.evaluate import calculate, quietly
from model.sheet.formula import Array

if TYPE_CHECKING:
    from model.cases import Run

GRID = 40
"""Grid points of a driver in one direction."""
COLUMNS = 240
"""Scenarios of one evaluation while brackets are narrowed, about."""
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


@dataclass
class Bracket:
    """The steps of a driver between which a pair's `covered` changes: as in the scenario at `near`, not at `far`."""

    pair: str
    name: str
    start: float
    way: int
    near: int
    far: int

    @property
    def driver(self) -> Driver:
        """What is moved."""
        return DRIVERS[self.name]

    @property
    def is_open(self) -> bool:
        """Whether steps are left between its ends."""
        return self.far - self.near > 1

    def level(self, steps: int) -> float:
        """The driver after so many steps, without the noise of adding them."""
        return round(self.start + self.way * steps * self.driver.step, 9)

    def inside(self, pieces: int) -> list[int]:
        """Steps that cut it into so many pieces, ends left out."""
        return whole_steps(self.near, self.far, pieces)[1:-1]


def whole_steps(first: int, last: int, pieces: int) -> list[int]:
    """Whole numbers from `first` to `last`, evenly spread, both included, none twice."""
    return sorted({round(first + (last - first) * k / pieces) for k in range(pieces + 1)})


class Probe:
    """Evaluates the pairs of one scenario while single drivers move; what they do not move is kept from the run."""

    def __init__(self, run: Run) -> None:
        self.run, self.book = run, run.deal.book
        self.scenario = run.names.index(run.scenario)
        self.moved_by = [self.book.overridable(driver.key) for driver in DRIVERS.values()]
        contracts = run.deal.contracts.values()
        targets = [pair.row("covered") for pair in run.deal.pairs.values()]
        targets += [contract.row(name) for contract in contracts for name in ("billed", "cost")]
        self.needed = ancestors(self.book.needs, targets)
        self.knots, self.moved = self._moved_knots()

    def start(self, driver: Driver) -> float:
        """The driver in the scenario that is read."""
        return float(self.run.values.one(self.book.overridable(driver.key), self.scenario))

    def _moved_knots(self) -> tuple[list[Knot], set[Row]]:
        knots, moved = [], set(self.moved_by)
        for knot in self.book.order:
            rests = any(row in moved or not moved.isdisjoint(self.book.needs[row]) for row in knot.rows)
            if rests and not self.needed.isdisjoint(knot.rows):
                knots.append(knot)
                moved.update(knot.rows)
        return knots, moved

    @quietly
    def evaluate(self, points: Sequence[tuple[str, float]]) -> Values:
        """One scenario a point, a point being a driver's name and its level; other drivers stay where they are."""
        values = Values(self.book, len(points))
        for row in self.needed - self.moved:
            values[row] = self._kept(row)
        told = {self.book.overridable(driver.key): self._column(name, driver, points)
                for name, driver in DRIVERS.items()}
        for knot in self.knots:
            calculate(self.book, values, knot, told)
        return values

    def _column(self, name: str, driver: Driver, points: Sequence[tuple[str, float]]) -> Array:
        start = self.start(driver)
        return np.array([level if moves == name else start for moves, level in points])

    def _kept(self, row: Row) -> Array:
        array = self.run.values[row]
        at = min(self.scenario, array.shape[-1] - 1)
        return array[..., at : at + 1]


def break_evens(run: Run) -> Edges:
    """For each pair and driver the first level at which `covered` changes; None where it does not inside the range.

    A covered pair is looked at in the direction that is worse for it, one that fails in the other.
    """
    probe = Probe(run)
    brackets = list(first_brackets(probe))
    while open_ones := [b for b in brackets if b.is_open]:
        narrow(probe, open_ones)
    edges: Edges = {pair: dict.fromkeys(DRIVERS) for pair in run.deal.pairs}
    for bracket, shown in zip(brackets, shown_values(probe, brackets), strict=True):
        edges[bracket.pair][bracket.name] = Edge(bracket.level(bracket.far), shown)
    return edges


def covered_now(probe: Probe) -> dict[str, bool]:
    """Which pairs are covered in the scenario that is read."""
    return {key: bool(probe.run.read(pair.row("covered"))) for key, pair in probe.run.deal.pairs.items()}


def first_brackets(probe: Probe) -> Iterator[Bracket]:
    """One evaluation over a grid of every driver, in the directions that any pair needs."""
    covered = covered_now(probe)
    grids: dict[tuple[str, int], tuple[int, list[int]]] = {}
    points: list[tuple[str, float]] = []
    for name, driver in DRIVERS.items():
        start = probe.start(driver)
        for way in sorted({driver.worse if passes else -driver.worse for passes in covered.values()}):
            steps = whole_steps(0, driver.reach(start, way), GRID)
            grids[name, way] = (len(points), steps)
            points += [(name, Bracket("", name, start, way, 0, 0).level(n)) for n in steps]
    values = probe.evaluate(points)
    for pair, passes in covered.items():
        found = changes(probe, values, pair, len(points))
        for name, driver in DRIVERS.items():
            way = driver.worse if passes else -driver.worse
            at, steps = grids[name, way]
            first = next((n for n in range(1, len(steps)) if found[at + n]), None)
            if first is not None:
                yield Bracket(pair, name, probe.start(driver), way, steps[first - 1], steps[first])


def changes(probe: Probe, values: Values, pair: str, width: int) -> Array:
    """Where a pair's `covered` differs from the scenario that is read, by point."""
    row = probe.run.deal.pairs[pair].row("covered")
    return np.broadcast_to(values[row] != probe.run.read(row), (width,))


def narrow(probe: Probe, brackets: Sequence[Bracket]) -> None:
    """One round: cut all brackets at once and keep of each the first piece in which `covered` changes."""
    pieces = max(4, COLUMNS // len(brackets))
    cuts = [bracket.inside(pieces) for bracket in brackets]
    points = [(b.name, b.level(n)) for b, steps in zip(brackets, cuts, strict=True) for n in steps]
    values, at = probe.evaluate(points), 0
    for bracket, steps in zip(brackets, cuts, strict=True):
        found = changes(probe, values, bracket.pair, len(points))[at : at + len(steps)]
        at += len(steps)
        first = int(np.argmax(found)) if found.any() else len(steps)
        ends = [bracket.near, *steps, bracket.far]
        bracket.near, bracket.far = ends[first], ends[first + 1]


def shown_values(probe: Probe, brackets: Sequence[Bracket]) -> Iterator[float]:
    """What is reported: change of price, level of the margin, delay in months, shift of the rate."""
    points = [(b.name, b.level(b.far)) for b in brackets]
    values = probe.evaluate(points) if any(b.name == "margin" for b in brackets) else None
    for n, bracket in enumerate(brackets):
        level = bracket.level(bracket.far)
        if bracket.name == "margin" and values is not None:
            yield margin(probe, values, bracket.pair, n)
        else:
            yield level / DAYS_A_MONTH if bracket.name == "delay_months" else level


def margin(probe: Probe, values: Values, pair: str, point: int) -> float:
    """Cash margin of the pair's contract over its life: 1 - cost / billed `[share]`."""
    contract = probe.run.deal.contracts[pair]
    billed, cost = (float(values.one(contract.row(name), point)[1:-1].sum()) for name in ("billed", "cost"))
    return round(1 - cost / billed, 9)
