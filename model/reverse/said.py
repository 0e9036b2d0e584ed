"""Levels, turns and distances in words."""

from __future__ import annotations

from collections.abc import Mapping

from model.break_even import DAYS_A_MONTH
from model.reverse.crossings import Found
from model.stress.drivers import Driver

SHARES = ("share", "rate")
METHOD = (
    "Each driver is moved alone over its range, other inputs staying where the scenario has them, on a grid whose points are "
    "grid apart; a turn between two neighbours is narrowed down to the resolution of the driver. What turns twice between two "
    "neighbours of the grid is not seen, and of three turns there only one. A pair that can be tested has grade A or B exactly "
    "where it is covered. Grade A: covered as well under every moderate scenario, the driver as far from where that holds it.")
FRONTIER_METHOD = (
    "At each level of the first driver the second is moved over its range in the same way, on a wider grid. break_even is the "
    "turn nearest to where the scenario has the second driver; crossings are all turns.")
DISTANCE_METHOD = (
    "Standard units: the change of a driver over its deviation. alone is true to the resolution of the driver, as far as the "
    "grid sees. joint is the nearest point found, all drivers moving together, at which the test was evaluated and fails: "
    "random rays, then steps along the normal of the boundary; drivers are left out where that costs no more than 1 % of it. It "
    "is an upper bound found by search, not proven to be the least.")


def named(test: str) -> str:
    """A test or grade, as the beginning of a sentence."""
    return "Grade A" if test == "A" else test[0].upper() + test[1:]


def shown(driver: Driver, level: float) -> str:
    """A level as a reader writes it."""
    if driver.unit in SHARES:
        return f"{100 * level:{'+' if driver.calm == 0 and level else ''}.2f} %"
    return f"{level:.0f} days" if driver.unit == "days" else f"{level:g} {driver.unit}"


def range_words(driver: Driver) -> str:
    """From where to where it was looked."""
    return f"between {shown(driver, driver.low)} and {shown(driver, driver.high)}"


def break_even_words(label: str, found: Found) -> str:
    """Where a test fails along a driver."""
    driver, failing = found.line.driver, found.failing()
    if not failing:
        return f"{label}: no failure {range_words(driver)}"
    if failing == [(driver.low, driver.high)]:
        return f"{label}: fails everywhere {range_words(driver)}"
    return f"{label}: fails {' and '.join(piece(driver, *ends) for ends in failing)} (looked at {range_words(driver)})"


def piece(driver: Driver, low: float, high: float) -> str:
    """One stretch of levels that fail."""
    if low == high:
        return f"at {shown(driver, low)}"
    if low == driver.low:
        return f"at {shown(driver, high)} and below"
    return f"at {shown(driver, low)} and above" if high == driver.high else f"from {shown(driver, low)} to {shown(driver, high)}"


def beside(driver: Driver, level: float) -> dict[str, float]:
    """The level in other units of the field."""
    return {"months": level / DAYS_A_MONTH} if driver.unit == "days" else {}


def change(driver: Driver, level: float) -> str:
    """A driver's harmful change by its title; negative where it moves the other way."""
    size = driver.worse * (level - driver.calm)
    return f"{driver.title} ({100 * size:.2f} %)" if driver.unit in SHARES else f"{driver.title} ({size:g} {driver.unit})"


def point_words(levels: Mapping[str, float], drivers: Mapping[str, Driver]) -> str:
    """Drivers that move together, those that move farthest first."""
    return " together with ".join(change(drivers[name], level) for name, level in levels.items())
