"""A driver along its whole range, other inputs held: the steps in which it is looked at and to which a turn is narrowed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil

from model.stress.drivers import Driver

FINE = 1000
"""Steps of a turn in one grid step of a driver, unless it is counted in whole numbers."""
COUNTED = ("days", "months", "flag", "no.")


def resolution(driver: Driver) -> float:
    """To what a turn is narrowed down, in the unit of the input."""
    return 1.0 if driver.unit in COUNTED else driver.step / FINE


@dataclass(frozen=True)
class Line:
    """A driver from the low to the high end of its range, with what else is held away from the scenario."""

    driver: Driver
    held: tuple[tuple[str, float], ...] = ()

    @cached_property
    def step(self) -> float:
        """The resolution."""
        return resolution(self.driver)

    @cached_property
    def reach(self) -> int:
        """Whole steps from the low end to the high one."""
        return ceil((self.driver.high - self.driver.low) / self.step - 1e-9)

    def level(self, steps: int) -> float:
        """The driver after so many steps, without the noise of adding them; the last step ends where the range does."""
        return min(round(self.driver.low + steps * self.step, 9), self.driver.high)

    def steps_to(self, level: float) -> int:
        """The nearest whole number of steps."""
        return round((level - self.driver.low) / self.step)

    def at(self, steps: int) -> dict[str, float]:
        """Inputs that are moved there."""
        return {**dict(self.held), self.driver.key: self.level(steps)}

    def spacing(self, points: int) -> int:
        """Steps between two points of a grid of at most so many: a multiple of the driver's own grid step."""
        apart = max(1, round(self.driver.step / self.step))
        return apart * max(1, ceil(self.reach / (apart * points) - 1e-9))

    def grid(self, points: int, now: float) -> list[int]:
        """Steps to look at: evenly over the range, its end, and where the scenario has the driver."""
        every = range(0, self.reach + 1, self.spacing(points))
        return sorted({*every, self.reach, self.steps_to(now)})
