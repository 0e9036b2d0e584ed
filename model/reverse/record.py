"""The record of a reverse stress: break-evens, frontiers and distances as plain data, in the order of the case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from model.break_even import DRIVERS, margins_at
from model.record.document import version
from model.reverse.crossings import GRID, Crossing, Found
from model.reverse.frontier import Frontier
from model.reverse.line import Line
from model.reverse.look import Asked, Look
from model.reverse.said import (
    DISTANCE_METHOD,
    FRONTIER_METHOD,
    METHOD,
    beside,
    break_even_words,
    named,
    point_words,
    shown,
)
from model.reverse.space import Space, norm
from model.sheet.formula import Array
from model.stress.drivers import Driver

if TYPE_CHECKING:
    from model.cases import Run

Json = Any


def record(run: Run, look: Look, found: Sequence[Found], lines: Sequence[Frontier], joint: dict[Asked, Array | None],
           now: Mapping[Asked, bool]) -> Json:
    """Everything that was found `[units of the inputs, standard units]`."""
    pairs = run.deal.pairs
    return {
        "case": run.deal.case.general.case, "input_hash": run.deal.case.input_hash, "version": version(),
        "scenario": run.scenario, "currency": run.deal.case.general.currency,
        "method": {"break_evens": METHOD, "frontiers": FRONTIER_METHOD, "distances": DISTANCE_METHOD},
        "scenarios_looked_at": look.columns,
        "not_testable": [key for key, pair in pairs.items() if not run.read(pair.row("testable"))],
        "drivers": list(drivers(run, look)),
        "break_evens": list(break_evens(run, found, now)),
        "frontiers": list(frontiers(look, lines)),
        "distances": list(distances(run, look, found, joint)),
    }


def drivers(run: Run, look: Look) -> Iterator[Json]:
    """What was moved, from where to where, how finely, and what a standard unit is."""
    for driver in look.drivers:
        line = Line(driver)
        yield {"name": driver.name, "title": driver.title, "label": run.deal.book.movable(driver.key).label, "key": driver.key,
               "unit": driver.unit, "low": driver.low, "high": driver.high, "now": look.now[driver.key],
               "grid": round(line.spacing(GRID) * line.step, 9), "resolution": line.step,
               "deviation": driver.deviation, "source": driver.source}


def break_evens(run: Run, found: Sequence[Found], now: Mapping[Asked, bool]) -> Iterator[Json]:
    """One entry a pair, test and driver."""
    margins = margins_of(run, found)
    for one in found:
        driver = one.line.driver
        label = f"{named(one.asked.test)}, {run.deal.book.movable(driver.key).label.lower()}"
        yield {"pair": one.asked.pair, "test": one.asked.test, "driver": driver.name, "passes_now": now[one.asked],
               "range": [driver.low, driver.high], "failing": [list(ends) for ends in one.failing()],
               "crossings": [{**turn(one, crossing), **margins.get((one.asked.pair, driver.key, crossing.fails_at), {})}
                             for crossing in one.crossings],
               "words": break_even_words(label, one)}


def turn(one: Found, crossing: Crossing) -> Json:
    """One level at which a test turns."""
    driver, level = one.line.driver, crossing.fails_at
    return {"level": level, "passes_at": crossing.passes_at, "fails": "above" if crossing.above else "below",
            "shown": shown(driver, level), **beside(driver, level)}


def margins_of(run: Run, found: Sequence[Found]) -> dict[tuple[str, str, float], Json]:
    """Cash margin of the contract at each turn of its cash cost."""
    key = DRIVERS["margin"].key
    places = [(one.asked.pair, crossing.fails_at) for one in found for crossing in one.crossings
              if one.line.driver.key == key and one.asked.pair in run.deal.contracts]
    places = list(dict.fromkeys(places))
    margins = margins_at(run, places)
    return {(pair, key, level): {"margin": margin} for (pair, level), margin in zip(places, margins, strict=True)}


def frontiers(look: Look, lines: Sequence[Frontier]) -> Iterator[Json]:
    """One entry a pair, test and couple of drivers."""
    for one in lines:
        now, asked = look.now[one.second.key], one.at[0][1].asked
        yield {"pair": asked.pair, "test": asked.test, "first": one.first.name, "second": one.second.name,
               "range": [one.second.low, one.second.high],
               "points": [{"level": level, "passes_now": along.passes(now),
                           "break_even": near.fails_at if (near := along.nearest(now)) else None,
                           "crossings": [crossing.fails_at for crossing in along.crossings],
                           "failing": [list(ends) for ends in along.failing()]} for level, along in one.at]}


def distances(run: Run, look: Look, found: Sequence[Found], joint: dict[Asked, Array | None]) -> Iterator[Json]:
    """One entry a pair: how far each driver alone, and all together, are from the turn of the verdict."""
    now, space = look.passes_now(), Space(look)
    for asked, point in joint.items():
        passes = now[asked]
        turns = {one.line.driver.name: turning(one, look.now[one.line.driver.key], passes) for one in found if one.asked is asked}
        alone = {name: away(look, look.of(name), level) for name, level in turns.items()}
        far = {name: distance for name, distance in alone.items() if distance is not None}
        nearest = min(far, key=far.__getitem__, default=None)
        yield {"pair": asked.pair, "test": asked.test, "passes_now": passes, "to": "failure" if passes else "passing",
               "alone": alone, "nearest_alone": nearest, "level_alone": turns[nearest] if nearest else None,
               "distance_alone": far[nearest] if nearest else None,
               "joint": joint_entry(space, point) if passes else None,
               "words": distance_words(run, look, nearest, turns, alone, passes)}


def turning(one: Found, now: float, passes: bool) -> float | None:
    """The nearest level at which a test is not what it is now; None where there is none."""
    levels = [crossing.fails_at if passes else crossing.passes_at for crossing in one.crossings]
    return min(levels, key=lambda level: abs(level - now), default=None)


def away(look: Look, driver: Driver, level: float | None) -> float | None:
    """Standard units from where the scenario has a driver to a level."""
    return None if level is None else round(abs(level - look.now[driver.key]) / driver.deviation, 9)


def distance_words(run: Run, look: Look, nearest: str | None, turns: Mapping[str, float | None],
                   alone: Mapping[str, float | None], passes: bool) -> str:
    """Which single driver turns the verdict first."""
    level = turns[nearest] if nearest else None
    if nearest is None or level is None:
        return f"{'covered' if passes else 'not covered'}, wherever in its range any single driver stands"
    driver = look.of(nearest)
    label = run.deal.book.movable(driver.key).label.lower()
    said = f"{label} at {shown(driver, level)}, {alone[nearest]:.2f} standard units away, is the first single driver to turn that"
    return f"{'covered' if passes else 'not covered'}; {said}"


def joint_entry(space: Space, point: Array | None) -> Json:
    """The nearest failing point of all drivers together; None where every point that was looked at passes."""
    if point is None:
        return None
    levels = space.levels(point[None])[0]
    order = sorted((n for n in range(len(point)) if point[n] != 0), key=lambda n: -abs(point[n]))
    moved = {space.drivers[n].name: float(levels[n]) for n in order}
    return {"distance": round(float(norm(point)), 9), "levels": moved,
            "units": {space.drivers[n].name: round(float(point[n]), 9) for n in order},
            "overrides": {space.drivers[n].key: float(levels[n]) for n in order},
            "words": point_words(moved, {driver.name: driver for driver in space.drivers})}
