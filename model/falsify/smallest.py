"""From a combination that breaks a pair to one that is locally smallest: exact, by wide evaluations."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from model.falsify.probe import Probe
from model.falsify.space import Combination, Space, moved


def smallest(probe: Probe, broken: Combination) -> Combination:
    """A combination that still breaks the pair and is simplest among its neighbours, so that none of its stresses can be
    left out or eased by one grid step."""
    while better := probe.breaking(simpler(probe.space, broken)):
        broken = min(better, key=probe.space.cost)
    return broken


def simpler(space: Space, broken: Combination) -> Iterator[Combination]:
    """What is simpler and near: one stress left out, eased, put in another's place, or eased for more of another."""
    for axis, steps in broken:
        without = moved(broken, axis, 0)
        yield without
        for fewer in range(1, steps):
            eased = moved(broken, axis, fewer)
            yield eased
            yield from _made_up(space, broken, eased, [other for other, _ in broken if other != axis])
        yield from _made_up(space, broken, without, [n for n in range(len(space.axes)) if n not in dict(broken)])


def _made_up(space: Space, broken: Combination, eased: Combination, by: list[int]) -> Iterator[Combination]:
    """The eased combination with more of one other stress: as much as leaves it less severe than what was broken."""
    for axis in by:
        here, at = space.axes[axis], dict(eased).get(axis, 0)
        spare = (space.units(broken) - space.units(eased)) / here.units(1)
        steps = min(here.steps, at + ceil(spare - 1e-6) - 1)
        if steps > at:
            yield moved(eased, axis, steps)
