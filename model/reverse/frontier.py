"""Joint frontiers: for every level of one driver, the levels of another at which a pair turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from model.reverse.crossings import Found, find
from model.reverse.line import Line
from model.reverse.look import Asked, Look
from model.stress.drivers import Driver

ACROSS = 20
"""Levels of the first driver, about."""
ALONG = 40
"""Points of the grid of the second driver, about."""


@dataclass(frozen=True)
class Frontier:
    """A test of a pair over two drivers: what was found along the second at every level of the first."""

    first: Driver
    second: Driver
    at: tuple[tuple[float, Found], ...]


def levels(look: Look, driver: Driver, points: int = ACROSS) -> list[float]:
    """Levels of the first driver: evenly over its range, and where the scenario has it."""
    line = Line(driver)
    return [line.level(n) for n in line.grid(points, look.now[driver.key])]


def frontiers(look: Look, tests: Sequence[Asked], couples: Sequence[tuple[Driver, Driver]],
              across: int = ACROSS, along: int = ALONG) -> list[Frontier]:
    """One for every test and couple of drivers, all in one search."""
    held = [(first, second, level) for first, second in couples for level in levels(look, first, across)]
    lines = {(first, second, level): Line(second, ((first.key, level),)) for first, second, level in held}
    found = {(one.asked, one.line): one for one in find(look, tests, list(lines.values()), along)}

    def of_couple(first: Driver, second: Driver) -> Iterator[tuple[float, Line]]:
        return ((level, line) for (one, other, level), line in lines.items() if (one, other) == (first, second))

    return [Frontier(first, second, tuple((level, found[asked, line]) for level, line in of_couple(first, second)))
            for asked in tests for first, second in couples]
