"""What is asked of the pairs, and whether they pass where drivers stand elsewhere; every look is one wide evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from model.sheet import Figures, Row
from model.sheet.formula import Array
from model.stress.drivers import Driver

if TYPE_CHECKING:
    from model.cases import Run

TESTS = {"T1": ("t1", 1.0), "T2": ("t2", 1.0), "T3": ("t3", 1.0), "covered": ("covered", 1.0)}
"""By name of a test: the row of a pair that it reads, and what this must reach."""

Levels = Mapping[str, float]
"""By key of an input: where it is moved to."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A test of a pair: it fails where the row is below the limit."""

    pair: str
    test: str
    row: Row
    limit: float

    def passes(self, found: Mapping[Row, Array]) -> Array:
        """By column; a ratio that is blank, because nothing is owed, fails nothing."""
        return np.logical_not(found[self.row] < self.limit)


def asked_of(run: Run, tests: Mapping[str, tuple[str, float]] = TESTS) -> list[Asked]:
    """The tests of every pair that can be tested."""
    return [Asked(key, name, pair.row(row), limit) for key, pair in run.deal.pairs.items()
            if run.read(pair.row("testable")) for name, (row, limit) in tests.items()]


class Seer(Protocol):
    """Tells whether tests pass at points, and where the scenario has the drivers."""

    now: Mapping[str, float]

    def __call__(self, points: Sequence[Levels]) -> Mapping[Asked, Array]:
        """For every test whether it passes, by point."""


class Look:
    """Pairs of one scenario as functions of the drivers; a driver that is not told stays where the scenario has it."""

    def __init__(self, run: Run, drivers: Sequence[Driver], asked: Sequence[Asked], more: Sequence[str] = ()) -> None:
        """`more` are other inputs that points may move."""
        self.run, self.asked = run, list(asked)
        self.figures = Figures(run.values, [*(driver.key for driver in drivers), *more], [one.row for one in asked],
                               run.names.index(run.scenario))
        self.now: Mapping[str, float] = {key: float(self.figures.now(key)) for key in self.figures.moved}
        self.drivers = list(map(self._with_now, drivers))
        self.columns = 0
        """Points looked at so far."""

    def _with_now(self, driver: Driver) -> Driver:
        """A driver whose range holds the level that the scenario gives it."""
        now = self.now[driver.key]
        return replace(driver, low=min(driver.low, now), high=max(driver.high, now))

    def __call__(self, points: Sequence[Levels]) -> dict[Asked, Array]:
        """For every test whether it passes, by point."""
        moved = dict.fromkeys(key for point in points for key in point)
        return self.told({key: np.array([point.get(key, self.now[key]) for point in points]) for key in moved})

    def told(self, told: Mapping[str, Array]) -> dict[Asked, Array]:
        """The same where each input that moves has a number a point."""
        width = max(map(len, told.values()), default=0)
        self.columns += width
        found = self.figures(told) if width else {one.row: np.zeros(0) for one in self.asked}
        return {one: one.passes(found) for one in self.asked}

    def passes_now(self) -> dict[Asked, bool]:
        """Whether each test passes in the scenario that is read."""
        rows = {one.row: np.atleast_1d(self.run.read(one.row)) for one in self.asked}
        return {one: bool(one.passes(rows)[0]) for one in self.asked}

    def of(self, name: str) -> Driver:
        """A driver by its name."""
        return next(driver for driver in self.drivers if driver.name == name)


def continuous(drivers: Sequence[Driver]) -> Iterator[Driver]:
    """Drivers that have a size; what only happens or does not, as the loss of a contract, is an event."""
    return (driver for driver in drivers if driver.steps > 1)
