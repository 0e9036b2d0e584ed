"""Rules on bounds.yaml: names that exist, units that fit, ends in order, and nothing that is assumed."""

from __future__ import annotations

from model.inputs.problem import USD_M, Problem, Problems, Rule, unit_and_range
from model.inputs.schema import Case

BOUNDS, NONE = "bounds.yaml", "none"
UNITS = {"margin": "share", "average": "share", "cover": "x", "dscr": "x"}


def contracts_of(case: Case) -> list[str]:
    """Contracts as bounds.yaml tells them, or else those of the case; a backstop is support and none of them."""
    return [c.id for c in case.bounds.contracts] or [c.id for c in case.contracts.contracts if c.kind != "backstop"]


def secured(case: Case) -> list[str]:
    """Loans in a box: those that contracts are to cover."""
    return [i.id for i in case.debt.instruments if i.box is not None]


def customers_are_in_order(case: Case) -> Problems:
    """Amounts in USD m, the least not above the most, service that runs forward."""
    ids = [c.id for c in case.bounds.contracts]
    for n, told in enumerate(case.bounds.contracts):
        path = ("contracts", n)
        if told.id == NONE or told.id in ids[:n]:
            yield Problem(BOUNDS, (*path, "id"), told.id, "an id that no other contract has; `none` means no contract")
        for name in ("at_least", "at_most"):
            yield from unit_and_range(BOUNDS, (*path, name), getattr(told, name), USD_M)
        if told.at_least and told.at_most and told.at_least.value > told.at_most.value:
            yield Problem(BOUNDS, (*path, "at_most"), told.at_most.value, f"not below at_least, {told.at_least.value:g}")
        if told.start and told.end and told.start.value > told.end.value:
            yield Problem(BOUNDS, (*path, "end"), told.end.value, f"a date on or after start, {told.start.value}")
        for name in ("at_least", "at_most", "start", "end"):
            if (said := getattr(told, name)) and said.grade == "assumed":
                yield Problem(BOUNDS, (*path, name, "grade"), "assumed", "what is assumed was not disclosed: leave it out")


def facts_name_what_there_is(case: Case) -> Problems:
    """Contracts and loans of the case."""
    known = {"contracts": [*contracts_of(case), NONE], "loans": [*secured(case), NONE]}
    for n, told in enumerate(case.bounds.disclosures):
        for field, names in known.items():
            for k, name in enumerate(getattr(told, field)):
                if name not in names:
                    yield Problem(BOUNDS, ("disclosures", n, field, k), name, f"one of {', '.join(names)}")


def facts_are_in_order(case: Case) -> Problems:
    """A low or a high end in the unit of the fact, low before high, dates forward, and disclosed."""
    for n, told in enumerate(case.bounds.disclosures):
        path, unit = ("disclosures", n), UNITS.get(told.what, USD_M)
        if told.unit != unit:
            yield Problem(BOUNDS, (*path, "unit"), told.unit, f"unit must be {unit!r}")
        if told.low is None and told.high is None:
            yield Problem(BOUNDS, path, None, "low, high or both")
        elif told.low is not None and told.high is not None and told.low > told.high:
            yield Problem(BOUNDS, (*path, "high"), told.high, f"not below low, {told.low:g}")
        if unit == "share":
            for name in ("low", "high"):
                if (said := getattr(told, name)) is not None and not 0 <= said <= 1:
                    yield Problem(BOUNDS, (*path, name), said, "a share, 0 to 1; for 80 % write 0.8")
        if told.first and told.last and told.first > told.last:
            yield Problem(BOUNDS, (*path, "last"), told.last, f"a date on or after first, {told.first}")
        if told.grade == "assumed":
            yield Problem(BOUNDS, (*path, "grade"), "assumed", "what is assumed was not disclosed: leave it out")


RULES: tuple[Rule, ...] = (customers_are_in_order, facts_name_what_there_is, facts_are_in_order)
