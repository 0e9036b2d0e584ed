"""What is drawn for a case: its risk.yaml over the packaged defaults, and the list of all numbers with their sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from model.customers import group_of
from model.deal import Deal
from model.inputs.document import read_document
from model.inputs.risk import Debtor, RiskFile
from model.inputs.values import Number
from model.simulate.failure import Debtors, Hazard, from_cds, from_shares

BASIS_POINT = 1e-4
FIVE = 5.0  # years to which the ratings' shares refer
WAVE = "drivers.hazard_factor"
SAFE = ("AAA", "AA", "A", "BBB")


@cache
def defaults() -> RiskFile:
    """The packaged file, read once."""
    raw = (files("model.simulate") / "defaults.yaml").read_bytes()
    return RiskFile.model_validate(read_document("defaults.yaml", raw).data)


@dataclass(frozen=True)
class Used:
    """One number that the draws rest on; `own` where the case states it."""

    name: str
    value: float | str
    unit: str
    source: str
    grade: str
    own: bool


@dataclass(frozen=True)
class Group:
    """An obligor group: its contracts, its hazard, and what its creditors get back."""

    name: str
    contracts: tuple[str, ...]
    rating: str
    hazard: Hazard
    correlation: float
    recovery: float
    claim_days: float
    safe: bool = False
    """Told to be investment grade: a wave of defaults passes it by (S29)."""


class Risk:
    """The numbers of a case, each from its own file or from the defaults."""

    def __init__(self, deal: Deal) -> None:
        self.own, self.default, self.used = deal.case.risk, defaults(), dict[str, Used]()
        self.deal = deal
        self.groups = tuple(self._groups())

    def wave(self, factor: float, scenario: str) -> None:
        """Hazards times the `factor` of a scenario, of groups that are not told to be investment grade."""
        if factor != 1:
            said = self.deal.case.scenarios.scenarios[scenario]
            source = f"scenario {scenario}: {said.source}"
            self.used[WAVE] = Used(WAVE, factor, "factor", source, said.grade, True)
            self.groups = tuple(g if g.safe else replace(g, hazard=g.hazard.times(factor)) for g in self.groups)

    def debtors(self, copula: str) -> Debtors:
        """The groups, joined by a copula."""
        freedom = int(self.number("degrees_of_freedom")) if copula == "t" else None
        return Debtors(tuple(g.hazard for g in self.groups), tuple(g.correlation for g in self.groups), freedom)

    def number(self, *path: str) -> float:
        """A number of the file, by its path."""
        own = at(self.own, path)
        found = own if own is not None else at(self.default, path)
        assert found is not None  # the defaults state every number
        self._note(".".join(path), found, own is not None)
        return found.value

    def _note(self, name: str, number: Number, own: bool) -> None:
        self.used[name] = Used(name, number.value, number.unit, number.source, number.grade, own)

    # ---- obligor groups ----------------------------------------------------------------------------------------------

    def _groups(self) -> Iterator[Group]:
        contracts: dict[str, list[Any]] = {}
        for file in self.deal.case.contracts.contracts:
            contracts.setdefault(group_of(file), []).append(file)
        for name, members in contracts.items():
            said = self.own.obligors.get(name, Debtor())
            recovery = self._of_group(name, said, "recovery")
            rating, hazard = self._hazard(name, said, members, recovery)
            yield Group(name, tuple(file.id for file in members), rating, hazard, self._of_group(name, said, "correlation"),
                        recovery, self._of_group(name, said, "claim_days"), told_safe(members) or rating in SAFE)

    def _of_group(self, group: str, said: Debtor, name: str) -> float:
        number: Number | None = getattr(said, name)
        if number is None:
            return self.number(name)
        self._note(f"obligors.{group}.{name}", number, True)
        return number.value

    def _hazard(self, group: str, said: Debtor, members: list[Any], recovery: float) -> tuple[str, Hazard]:
        place = f"obligors.{group}"
        if said.cds:
            self._note(f"{place}.cds", said.cds, True)
            return f"CDS {said.cds.value:g} bp", from_cds(said.cds.value * BASIS_POINT, min(recovery, 0.99))
        if said.fails:
            for point in said.fails:
                self._note(f"{place}.fails.{point.years}", point.share, True)
            return "table", from_shares([(point.years, point.share.value) for point in said.fails])
        if said.rating:
            told = said.rating
            self.used[f"{place}.rating"] = Used(f"{place}.rating", told.value, "text", told.source, told.grade, True)
            return told.value, self._rated(told.value)
        return self._unrated(place, members)

    def _unrated(self, place: str, members: list[Any]) -> tuple[str, Hazard]:
        """By whether its contracts are told to be investment grade, all of them."""
        unrated, own = self.own.unrated or self.default.unrated, self.own.unrated is not None
        assert unrated is not None
        rating = unrated.investment_grade if told_safe(members) else unrated.other
        self.used[f"{place}.rating"] = Used(f"{place}.rating", rating, "text", unrated.source, unrated.grade, own)
        return rating, self._rated(rating)

    def _rated(self, rating: str) -> Hazard:
        own = self.own.ratings.get(rating)
        number = own if own is not None else self.default.ratings[rating]
        self._note(f"ratings.{rating}", number, own is not None)
        return from_shares([(FIVE, number.value)])


def told_safe(members: list[Any]) -> bool:
    """Whether all contracts of a group are told to be investment grade."""
    return all(file.investment_grade is not None and file.investment_grade.value for file in members)


def at(file: RiskFile, path: tuple[str, ...]) -> Number | None:
    """The number at a path; None where a part of it is not there."""
    found: Any = file
    for part in path:
        found = getattr(found, part, None)
    return found if isinstance(found, Number) else None

