"""How far a case is from failing: the levels of single drivers at which tests turn, joint frontiers, the nearest failure.

Read `look.py` (what is asked), `crossings.py` (where it turns), `frontier.py` (two drivers), `distance.py` (all of them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from model.reverse.crossings import Found, find
from model.reverse.distance import nearest
from model.reverse.frontier import frontiers
from model.reverse.grade import GradeA
from model.reverse.line import Line
from model.reverse.look import TESTS, Asked, Look, asked_of, continuous
from model.reverse.record import record
from model.reverse.space import Space
from model.sheet.formula import Array
from model.stress.drivers import drivers_of

if TYPE_CHECKING:
    from model.cases import Run

__all__ = ["COUPLES", "TESTS", "GradeA", "Line", "Look", "alone", "asked_of", "continuous", "find", "frontiers", "nearest",
           "reverse"]

COUPLES = (("delay", "price"), ("rate", "price"), ("rate", "cost"), ("delay", "cost"))
"""Drivers whose joint frontiers are drawn: the first by levels, the second by its break-even."""


def reverse(run: Run, progress: Callable[[str], None] | None = None, couples: Sequence[tuple[str, str]] = COUPLES,
            tests: Mapping[str, tuple[str, float]] = TESTS) -> Any:
    """Everything that turns the verdicts on the pairs of a run, in the scenario that is read, as plain data.

    `progress` is told each of the three stages as it begins.
    """
    told = progress or (lambda stage: None)
    told("break-evens")
    look = Look(run, list(continuous(drivers_of(run.deal))), asked_of(run, tests))
    found = find(look, look.asked, [Line(driver) for driver in look.drivers])
    grade = GradeA(look)
    graded = find(grade, grade.asked, [Line(driver) for driver in look.drivers])
    now = {**look.passes_now(), **grade.passes_now()}
    told("frontiers")
    covered = [one for one in look.asked if one.test == "covered"]
    lines = frontiers(look, covered, [(look.of(first), look.of(second)) for first, second in couples])
    told("distances")
    space = Space(look)
    joint = nearest(look, space, {one: alone(space, found, one) for one in covered})
    return record(run, look, [*found, *graded], lines, joint, now)


def alone(space: Space, found: Sequence[Found], asked: Asked) -> list[Array]:
    """Points at which a test fails as one driver moves alone."""
    return [space.axis(one.line.driver, crossing.fails_at) for one in found if one.asked is asked for crossing in one.crossings]
