"""Rules on risk.yaml: units and ranges, groups that the case has, and one way only to say how likely a group fails."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from model.inputs.document import Path
from model.inputs.problem import Problem, Problems, Rule, unit_and_range
from model.inputs.risk import Debtor
from model.inputs.schema import Case

RISK = "risk.yaml"
RANGES: dict[str, tuple[str, float, float]] = {  # by the name of a number: its unit, its lowest and its highest value
    "correlation": ("share", 0, 0.99), "degrees_of_freedom": ("no.", 3, 100), "recovery": ("share", 0, 1),
    "claim_days": ("days", 0, 3000), "cds": ("bp", 0, 50000), "late": ("share", 0, 1), "median": ("days", 1, 1500),
    "one_in_ten": ("days", 1, 1500), "longest": ("days", 0, 1500), "volatility": ("share", 0, 5),
    "reversion": ("per year", 0, 50), "prices_together": ("share", -0.99, 0.99), "share": ("share", 0, 0.999),
    "ratings": ("share", 0, 0.999),
}
WHOLE = ("degrees_of_freedom", "claim_days", "longest")
PARTS = ("delay", "power", "base_rate", "spot_price", "contract_price", "share_price")
RATINGS = ("A", "BBB", "BB", "B", "CCC")  # of model/simulate/defaults.yaml
RATE = ("rate", 0.0, 0.2)


def groups_of(case: Case) -> list[str]:
    """The obligor groups of the case."""
    return list(dict.fromkeys(c.obligor_group or c.obligor for c in case.contracts.contracts))


def _numbers(case: Case) -> Iterator[tuple[Path, Any]]:
    """Every number of the file with its place."""
    said = case.risk
    for name in ("correlation", "degrees_of_freedom", "recovery", "claim_days", "prices_together"):
        yield (name,), getattr(said, name)
    for part in PARTS:
        told = getattr(said, part)
        yield from (((part, name), getattr(told, name)) for name in (type(told).model_fields if told else ()))
    for name, number in said.ratings.items():
        yield ("ratings", name), number
    for group, debtor in said.obligors.items():
        for name in ("cds", "correlation", "recovery", "claim_days"):
            yield ("obligors", group, name), getattr(debtor, name)
        for n, point in enumerate(debtor.fails):
            yield ("obligors", group, "fails", n, "share"), point.share


def numbers_in_range(case: Case) -> Problems:
    """Unit and range of every number; days and degrees of freedom are whole."""
    for path, number in _numbers(case):
        name = "ratings" if path[0] == "ratings" else str(path[-1])
        unit, low, high = RATE if path == ("base_rate", "volatility") else RANGES[name]
        yield from unit_and_range(RISK, path, number, unit, low, high)
        if name in WHOLE and number is not None and number.value % 1:
            yield Problem(RISK, (*path, "value"), number.value, "a whole number")


def groups_are_known(case: Case) -> Problems:
    """An obligor of the file is a group of the case."""
    groups = groups_of(case)
    for name in case.risk.obligors:
        if name not in groups:
            near = difflib.get_close_matches(name, groups, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield Problem(RISK, ("obligors", name), name, f"an obligor group of the case: {', '.join(groups)}{hint}")


def one_way_to_fail(case: Case) -> Problems:
    """Rating, CDS or a table: one of them, and a table that rises."""
    for group, debtor in case.risk.obligors.items():
        path: Path = ("obligors", group)
        stated = [name for name in ("rating", "cds", "fails") if getattr(debtor, name)]
        if len(stated) > 1:
            yield Problem(RISK, (*path, stated[1]), stated[1], f"one of rating, cds, fails; {stated[0]} is given too")
        yield from _rises(path, debtor)


def _rises(path: Path, debtor: Debtor) -> Problems:
    before = (0, 0.0)
    for n, point in enumerate(debtor.fails):
        now = (point.years, point.share.value)
        if now[0] <= before[0] or now[1] < before[1]:
            yield Problem(RISK, (*path, "fails", n), f"{now[1]:g} after {now[0]} years", "later years, and no lower share")
        before = now


def ratings_are_known(case: Case) -> Problems:
    """A rating stands in the table of the file, or in that of the defaults."""
    said = case.risk
    known = list(dict.fromkeys((*said.ratings, *RATINGS)))
    named: list[tuple[Path, str]] = [(("obligors", group, "rating", "value"), debtor.rating.value)
                                     for group, debtor in said.obligors.items() if debtor.rating]
    if said.unrated:
        named += [(("unrated", name), getattr(said.unrated, name)) for name in ("investment_grade", "other")]
    for path, rating in named:
        if rating not in known:
            yield Problem(RISK, path, rating, f"a rating of the table: {', '.join(known)}")


def delay_has_a_tail(case: Case) -> Problems:
    """One in ten of those that are late is later than the median."""
    told = case.risk.delay
    if told is not None and told.one_in_ten.value < told.median.value:
        late = told.one_in_ten.value
        yield Problem(RISK, ("delay", "one_in_ten", "value"), late, f"at least {told.median.value:g}, the median")


RULES: tuple[Rule, ...] = (numbers_in_range, groups_are_known, one_way_to_fail, ratings_are_known, delay_has_a_tail)
