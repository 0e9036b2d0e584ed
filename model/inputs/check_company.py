"""Rules on what the company reported: capacity and its targets, the largest customer's share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from model.inputs.check_contracts import said_of, tranches_of
from model.inputs.document import Path
from model.inputs.problem import Problem, Problems, Rule, unit_and_range
from model.inputs.schema import Case

COMPANY = "company.yaml"
UNITS = {"active_mw": "MW", "contracted_mw": "MW", "gpus": "no."}


def _capacity(case: Case) -> Iterator[tuple[str, Path, Any]]:
    """Readings and targets, which is which, and their places."""
    told = case.company.capacity
    for name in ("readings", "targets"):
        for n, reading in enumerate(getattr(told, name, ())):
            yield name, ("capacity", name, n), reading


def capacity_has_units(case: Case) -> Problems:
    """Megawatts and numbers of GPUs; what is under contract is no less than what is in service."""
    for _, path, reading in _capacity(case):
        for name, unit in UNITS.items():
            yield from unit_and_range(COMPANY, (*path, name), getattr(reading, name), unit)
        signed = reading.contracted_mw
        if signed is not None and signed.value < reading.active_mw.value:
            yield Problem(COMPANY, (*path, "contracted_mw"), signed.value,
                          f"capacity in service is under contract too: at least active_mw, {reading.active_mw.value:.12g}?", True)


def capacity_is_dated(case: Case) -> Problems:
    """Readings are of the past, targets of the future, one for a date."""
    as_of, seen = case.general.as_of, set[tuple[str, date]]()
    for name, path, reading in _capacity(case):
        if name == "readings" and reading.date > as_of:
            yield Problem(COMPANY, (*path, "date"), reading.date, f"a date by as_of, {as_of}")
        if name == "targets" and reading.date <= as_of:
            yield Problem(COMPANY, (*path, "date"), reading.date, f"a date after as_of, {as_of}")
        if (name, reading.date) in seen:
            yield Problem(COMPANY, (*path, "date"), reading.date, f"a date given once in {name}")
        seen.add((name, reading.date))


def targets_have_capacity(case: Case) -> Problems:
    """A target is held against the capacity that contracts state."""
    if not any(said_of(said, "capacity") for _, _, said in tranches_of(case)):
        for name, path, reading in _capacity(case):
            if name == "targets":
                allowed = "a target for capacity that contracts state: none of them does, so nothing is held against it"
                yield Problem(COMPANY, path, reading.date, allowed, True)


def concentration_fits(case: Case) -> Problems:
    """Shares are shares, and reported by the as-of date."""
    told = case.company.concentration
    if told is None:
        return
    yield from unit_and_range(COMPANY, ("concentration", "limit"), told.limit, "share", high=1)
    for n, reading in enumerate(told.readings):
        path: Path = ("concentration", "readings", n)
        yield from unit_and_range(COMPANY, (*path, "share"), reading.share, "share", high=1)
        if reading.date > case.general.as_of:
            yield Problem(COMPANY, (*path, "date"), reading.date, f"a date by as_of, {case.general.as_of}")


RULES: tuple[Rule, ...] = (capacity_has_units, capacity_is_dated, targets_have_capacity, concentration_fits)
