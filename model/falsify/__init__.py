"""Falsification: the smallest combination of stresses under which a pair is no longer covered by its own contract.

    found = falsify(run, Asked(seed=1))
    found["pairs"][0]["sentence"]    # "A 2-month delay (61 days) together with a 10 % price cut breaks it: T1 first fails on ..."

A pair that is not covered even without a stress is skipped. What is found is confirmed by a run of all rows: it breaks the
pair, and none of its stresses can be left out or eased by one grid step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from model.cases import Run
from model.errors import RequestError
from model.falsify.probe import Probe
from model.falsify.progress import Watch, progress
from model.falsify.ranges import Asked, Limits, asked_for, checked, space_of
from model.falsify.record import record, table
from model.falsify.replay import Found, as_yaml, confirmed, scenarios
from model.falsify.search import search
from model.falsify.space import CALM, Combination
from model.falsify.words import lines

__all__ = ["Asked", "Falsified", "Limits", "asked_for", "falsify", "lines", "progress", "table"]


@dataclass(frozen=True)
class Falsified:
    """The record of a search, and the file of scenarios that replays it."""

    record: Any
    yaml: str


def falsify(run: Run, asked: Asked, watch: Watch | None = None) -> Falsified:
    """Search every pair, or those that are named. RequestError for a pair, driver or range that is not there."""
    for name in asked.pairs:
        if name not in run.deal.pairs:
            raise RequestError(f"no pair called {name!r}; there are: {', '.join(run.deal.pairs)}")
    checked(run, asked)
    wanted = [pair for pair in run.deal.pairs if pair in asked.pairs or not asked.pairs]
    skipped = {pair: why for pair in wanted for why in _skipped(run, pair)}
    found = {pair: of_pair(run, pair, asked, watch) for pair in wanted if pair not in skipped}
    told = scenarios(run, found, asked.seed)
    again = confirmed(run, found, told) if told else run
    return Falsified(record(run, again, asked, found, told, skipped), as_yaml(told))


def _skipped(run: Run, pair: str) -> Iterator[tuple[str, str]]:
    """Why there is nothing to falsify."""
    block = run.deal.pairs[pair]
    if not run.read(block.row("testable")):
        yield "not_testable", str(run.read(block.row("not_testable")))
    elif not run.read(block.row("covered")):
        yield "not_covered", f"not covered even in scenario {run.scenario}. {run.read(block.row('own_reason'))}"


def of_pair(run: Run, pair: str, asked: Asked, watch: Watch | None = None) -> Found:
    """Search one pair."""
    space = space_of(run, pair, asked)
    if not space.axes:
        return Found(space, None, 0, 0.0)
    probe = Probe(run, pair, space, watch)
    probe.look([CALM])
    combination = search(probe, asked.tries, asked.seed)
    return Found(space, combination, probe.tries, probe.lowest, tuple(_alone(probe, combination)))


def _alone(probe: Probe, combination: Combination | None) -> Iterator[Combination]:
    """Where one stress breaks the pair: what each other one would have to be to do so."""
    if combination is None or len(combination) > 1:
        return
    broken = [one for one in probe.space.singles() if not probe.looked[one].covered]
    for axis in range(len(probe.space.axes)):
        steps = [n for ((a, n),) in broken if a == axis]
        if steps and axis != combination[0][0]:
            yield ((axis, min(steps)),)
