"""All drivers at once, in standard units away from the scenario; a point is a row of such units, one for each driver."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.reverse.line import Line
from model.reverse.look import Look
from model.sheet.formula import Array
from model.stress.drivers import Driver


class Space:
    """Points that the model can be put to: each driver on the steps of its line, inside its range."""

    def __init__(self, look: Look) -> None:
        self.drivers: Sequence[Driver] = look.drivers
        self.lines = [Line(driver) for driver in self.drivers]
        self.now = np.array([look.now[driver.key] for driver in self.drivers])
        self.unit = np.array([driver.deviation for driver in self.drivers])
        self.worse = np.array([float(driver.worse) for driver in self.drivers])

    def levels(self, points: Array) -> Array:
        """Inputs at points: on the nearest step of each line; where a driver has not moved, as the scenario has it."""
        wanted = self.now + points * self.unit
        columns = [self._on_line(n, line, wanted[:, n]) for n, line in enumerate(self.lines)]
        return np.stack(columns, axis=-1)

    def _on_line(self, n: int, line: Line, wanted: Array) -> Array:
        driver, step = line.driver, line.step
        steps = np.clip(np.rint((wanted - driver.low) / step), 0, line.reach)
        level = np.minimum(np.round(driver.low + steps * step, 9), driver.high)
        return np.where(np.abs(wanted - self.now[n]) < step / 2, self.now[n], level)

    def points(self, levels: Array) -> Array:
        """Standard units away from the scenario."""
        return np.asarray((levels - self.now) / self.unit)

    def told(self, levels: Array) -> dict[str, Array]:
        """Levels by the key of each input."""
        return {driver.key: levels[:, n] for n, driver in enumerate(self.drivers)}

    def axis(self, driver: Driver, level: float) -> Array:
        """The point at which one driver stands at a level and the others where the scenario has them."""
        levels = self.now.copy()
        levels[[one.key for one in self.drivers].index(driver.key)] = level
        return self.points(levels)

    @property
    def worst(self) -> Array:
        """The point at which every driver stands at its harmful end."""
        return self.points(np.array([driver.end for driver in self.drivers]))


def norm(points: Array) -> Array:
    """Distance from the scenario, in standard units."""
    return np.asarray(np.sqrt((points * points).sum(axis=-1)))
