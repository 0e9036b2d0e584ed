"""The space of combined stresses: which drivers may move, how far and on which grid; a point of it is a combination.

A combination is a tuple of (axis, steps), one for each driver that moves, in the order of the axes. Nothing moved is ().
The strategy draws the simplest first, and Hypothesis shrinks towards them: fewer drivers, then fewer steps of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations as subsets_of
from math import floor, fsum
from typing import TYPE_CHECKING

import numpy as np

from model.stress.drivers import Driver

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from model.sheet.formula import Array

Part = tuple[int, int]
Combination = tuple[Part, ...]
Subset = tuple[int, ...]
Cost = tuple[int, float, Combination]
CALM: Combination = ()


def is_event(driver: Driver) -> bool:
    """A loss or a default: one step to its end."""
    return driver.steps == 1


@dataclass(frozen=True)
class Axis:
    """A driver on its grid: from where the scenario holds it (0 steps) towards what harms, up to `end`."""

    driver: Driver
    start: float
    end: float
    step: float

    @property
    def steps(self) -> int:
        """Grid steps from the start to the end; none where the scenario is at the end already."""
        return max(0, floor(self.driver.worse * (self.end - self.start) / self.step + 1e-9))

    @property
    def is_event(self) -> bool:
        """It happens or it does not; it has no size."""
        return is_event(self.driver)

    @property
    def last(self) -> float:
        """The worst value that is looked at."""
        return self.level(self.steps)

    def level(self, steps: int) -> float:
        """The value so many grid steps from the start, without the noise of adding them."""
        return round(self.start + self.driver.worse * steps * self.step, 9) if steps else self.start

    def units(self, steps: int) -> float:
        """The same distance in standard units."""
        return steps * self.step / self.driver.deviation


@dataclass(frozen=True)
class Space:
    """The axes of a search, and how many of them may move together."""

    axes: tuple[Axis, ...]
    most: int

    def units(self, combination: Combination) -> float:
        """Severity: the sum of standard units."""
        return round(fsum(self.axes[axis].units(steps) for axis, steps in combination), 9)

    def cost(self, combination: Combination) -> Cost:
        """What makes one simpler than another: fewer drivers, then less severe, then the order of the table."""
        return len(combination), self.units(combination), combination

    def subsets(self, size: int) -> list[Subset]:
        """The drivers that may move together, so many at a time."""
        return list(subsets_of(range(len(self.axes)), size))

    def singles(self) -> Iterator[Combination]:
        """Every grid step of every driver alone."""
        return (((axis, steps),) for axis, one in enumerate(self.axes) for steps in range(1, one.steps + 1))

    def corner(self, subset: Subset) -> Combination:
        """These drivers, each at its worst."""
        return tuple((axis, self.axes[axis].steps) for axis in subset)

    def told(self, combinations: Sequence[Combination]) -> dict[str, Array]:
        """The inputs, one column a combination."""
        told = {one.driver.key: np.full(len(combinations), one.start) for one in self.axes}
        for column, combination in enumerate(combinations):
            for key, level in self.overrides(combination).items():
                told[key][column] = level
        return told

    def overrides(self, combination: Combination) -> Mapping[str, float]:
        """The inputs that a combination moves, as a scenario says them."""
        return {self.axes[axis].driver.key: self.axes[axis].level(steps) for axis, steps in combination}


def moved(combination: Combination, axis: int, steps: int) -> Combination:
    """The combination with one driver at so many steps; 0 leaves it out."""
    others = {a: s for a, s in combination if a != axis}
    return tuple(sorted({**others, axis: steps}.items())) if steps else tuple(sorted(others.items()))


def combinations(space: Space, subsets: Sequence[Subset] | None = None) -> SearchStrategy[Combination]:
    """Combinations for Hypothesis, of these drivers; else of any, the fewest first.

    A shorter draw is a simpler one and a smaller number comes before a larger, so that shrinking drops drivers, then eases
    them. The order of `subsets` is the order of preference among those of one size.
    """
    from hypothesis import strategies as st

    every = [s for size in range(1, space.most + 1) for s in space.subsets(size)] if subsets is None else list(subsets)

    def of(subset: Subset) -> SearchStrategy[Combination]:
        steps = st.tuples(*(st.integers(1, space.axes[axis].steps) for axis in subset))
        return steps.map(lambda drawn: tuple(zip(subset, drawn, strict=True)))

    return st.sampled_from(every).flatmap(of)
