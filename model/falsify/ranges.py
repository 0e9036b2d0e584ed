"""What a search may move: the drivers of the deal up to the severe sizes of the catalogue, or what the user says."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from model.cases import Run
from model.errors import RequestError
from model.falsify.space import Axis, Space, is_event
from model.inputs.horizon import DELAY, delay_room
from model.stress.drivers import Driver, drivers_of

SEVERE = 2.0
"""Standard units that are severe where the table of drivers does not say."""
MOST_STEPS = 10_000
"""Steps of a grid at most."""


@dataclass(frozen=True)
class Limits:
    """The range of one driver as the user says it: low and high in its own unit, and the grid if it is another."""

    low: float
    high: float
    step: float | None = None


@dataclass(frozen=True)
class Asked:
    """What a search is asked. A driver moves up to its severe size, or `within` so many standard units, or its `whole` range."""

    ranges: Mapping[str, Limits] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    within: float | None = None
    whole: bool = False
    most: int = 4
    events: bool = False
    tries: int = 1000
    seed: int = 1
    pairs: tuple[str, ...] = ()


def asked_for(ranges: Sequence[str], only: Sequence[str], **more: Any) -> Asked:
    """What the command line asks. RequestError where it cannot be read."""
    if more["whole"] and more["within"] is not None:
        raise RequestError("--whole or --within, not both")
    if more["within"] is not None and not 0 < more["within"] < inf:
        raise RequestError(f"--within {more['within']:g}: a number of standard units, more than 0")
    names = tuple(name.strip() for one in only for name in one.split(",") if name.strip())
    return Asked(ranges=ranges_told(ranges), only=names, **more)


def ranges_told(said: Sequence[str]) -> dict[str, Limits]:
    """NAME=LOW:HIGH or NAME=LOW:HIGH:STEP, as the command line has them. RequestError where one is not."""
    found: dict[str, Limits] = {}
    for text in said:
        name, _, rest = text.partition("=")
        try:
            numbers = [float(part) for part in rest.split(":")]
        except ValueError:
            numbers = []
        if len(numbers) not in (2, 3) or not all(abs(n) < 1e12 for n in numbers):
            raise RequestError(f"--range {text}: say NAME=LOW:HIGH or NAME=LOW:HIGH:STEP, as price=-0.3:0")
        if name in found:
            raise RequestError(f"--range {text}: {name} has a range already")
        found[name] = Limits(*numbers)
    return found


def checked(run: Run, asked: Asked) -> dict[str, Driver]:
    """The drivers of a deal by name. RequestError for a driver or a range that is asked for and cannot be."""
    drivers = {driver.name: driver for driver in drivers_of(run.deal)}
    for name in (*asked.ranges, *asked.only):
        if name not in drivers:
            near = difflib.get_close_matches(name, drivers, n=1)
            hint = f"; did you mean {near[0]}?" if near else "."
            raise RequestError(f"no driver called {name!r}{hint} There are: {', '.join(drivers)}")
    for name, limits in asked.ranges.items():
        _check(drivers[name], limits, now(run, drivers[name].key))
    return drivers


def space_of(run: Run, pair: str, asked: Asked) -> Space:
    """The space of a pair; an event is the loss of another contract of its box, as losing its own breaks it at once."""
    drivers = checked(run, asked)
    wanted = [driver for driver in drivers.values() if _wanted(run, pair, asked, driver)]
    axes = [axis for axis in (_axis(run, asked, driver) for driver in wanted) if axis.steps]
    return Space(tuple(axes), min(asked.most, len(axes)))


def _wanted(run: Run, pair: str, asked: Asked, driver: Driver) -> bool:
    named = driver.name in asked.only or driver.name in asked.ranges
    if driver.key in {f"{contract}.lost_after" for contract in run.deal.contracts}:
        return (asked.events or named) and driver.key in {f"{contract}.lost_after" for contract in neighbours(run, pair)}
    if is_event(driver):
        return asked.events or named
    return named or not asked.only


def neighbours(run: Run, pair: str) -> Iterator[str]:
    """The other contracts in the box of a pair."""
    mapped = run.deal.mapped
    own, loans = {m.contract for m in mapped if m.pair == pair}, {m.loan for m in mapped if m.pair == pair}
    for box in run.deal.boxes.values():
        if loans & {m.loan for m in box.mapped}:
            yield from dict.fromkeys(m.contract for m in box.mapped if m.contract in run.deal.contracts and m.contract not in own)


def _axis(run: Run, asked: Asked, driver: Driver) -> Axis:
    """From where the scenario has the driver to the end of its range; a delay no further than the timeline reaches."""
    start, step = now(run, driver.key), driver.step
    ends = [driver.end]
    if limits := asked.ranges.get(driver.name):
        ends, step = [limits.high if driver.worse > 0 else limits.low], limits.step or step
    elif not asked.whole:
        severe = driver.severe or SEVERE * driver.deviation
        far = severe if asked.within is None else asked.within * driver.deviation
        ends.append(round(start + driver.worse * far, 9))
    if driver.key == DELAY:
        ends.append(delay_room(run.deal.case, run.deal.scenarios[run.scenario]))
    return Axis(driver, start, min(ends) if driver.worse > 0 else max(ends), step)


def now(run: Run, key: str) -> float:
    """An input in the scenario that is read."""
    return float(run.values.one(run.deal.book.overridable(key), run.names.index(run.scenario)))


def _check(driver: Driver, limits: Limits, start: float) -> None:
    """A range lies within what the driver may be, and holds where the scenario has it."""
    said = f"--range {driver.name}={limits.low:g}:{limits.high:g}"
    if not driver.low <= limits.low <= limits.high <= driver.high:
        raise RequestError(f"{said}: allowed: {driver.low:g} to {driver.high:g} {driver.unit}, low before high")
    if not limits.low <= start <= limits.high:
        raise RequestError(f"{said}: the scenario has {driver.name} at {start:g}; a range holds it")
    if limits.step is not None and limits.step <= 0:
        raise RequestError(f"{said}:{limits.step:g}: a step is more than 0")
    if driver.unit == "days" and limits.step is not None and limits.step % 1:
        raise RequestError(f"{said}:{limits.step:g}: a whole number of days")
    _check_steps(driver, limits, start, said)


def _check_steps(driver: Driver, limits: Limits, start: float, said: str) -> None:
    """A grid has one step at least and 10,000 at most, from where the scenario has the driver to the end of its range."""
    end, step = limits.high if driver.worse > 0 else limits.low, limits.step or driver.step
    far = abs(end - start)
    if far > 0 and step > far * (1 + 1e-9):
        raise RequestError(f"{said}: a step of {step:g} is wider than the range, which goes from {start:g}, where the scenario "
                           f"has {driver.name}, to {end:g}")
    if far / step > MOST_STEPS * (1 + 1e-9):
        raise RequestError(f"{said}:{step:g}: {far / step:,.0f} steps; allowed: {MOST_STEPS:,} at most, so a step of "
                           f"{far / MOST_STEPS:g} or more")
