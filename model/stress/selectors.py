"""What a row of the catalogue may pick in a case: a closed list of words, each with what is said where nothing is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from model.break_even import DAYS_A_MONTH
from model.contracts import CONTRACTED, KINDS, Tranche
from model.contracts.clauses import (
    AtMargin,
    Powered,
    Redeployed,
    Renewable,
    RenewalPromised,
    Rented,
    RentEscalates,
    Staffed,
)

if TYPE_CHECKING:
    from model.cases import Run

LINKED_TO = "openai"


class Look:
    """A case as the selectors see it, in the scenario that is read."""

    def __init__(self, run: Run) -> None:
        self.run, self.deal = run, run.deal

    @cached_property
    def firm(self) -> dict[str, Any]:
        """The files of contracted contracts, by id."""
        return {key: file for key, file in self.deal.selling.files.items() if KINDS[file.kind].counts_as == CONTRACTED}

    @cached_property
    def tranches(self) -> list[Tranche]:
        """Tranches of contracted contracts."""
        return [tranche for key in self.firm for tranche in self.deal.selling.sold[key].tranches]

    def total(self, row: Any) -> float:
        """A flow over the timeline."""
        return float(self.run.read(row)[1:-1].sum())

    def monthly_bill(self, tranche: Tranche) -> float:
        """What a full month of service is billed at, on average `[USD m]`."""
        days = self.total(tranche.row("active_days"))
        return self.total(tranche.row("billed")) / days * DAYS_A_MONTH if days > 0 else 0.0

    # ---- customers ---------------------------------------------------------------------------------------------------

    def customer(self, key: str) -> str:
        """Who owes: the group where one is told."""
        file = self.firm[key]
        return str(file.obligor_group or file.obligor)

    def rating(self, key: str) -> bool | None:
        """Whether the customer is investment grade; None where the case does not say."""
        said = self.firm[key].investment_grade
        return None if said is None else bool(said.value)

    def weak(self) -> list[str]:
        """Contracts of customers not known to be investment grade."""
        return [key for key in self.firm if not self.rating(key)]

    def largest_weak(self) -> list[str]:
        """Those of the customer that is billed most: of one known to be below, else of one of whom nothing is known."""
        return self.largest([key for key in self.firm if self.rating(key) is False] or self.weak())

    def largest(self, contracts: Sequence[str]) -> list[str]:
        """Those of the customer that is billed most."""
        billed: dict[str, float] = {}
        for key in contracts:
            billed[self.customer(key)] = billed.get(self.customer(key), 0.0) + self.total(self.deal.contracts[key].row("billed"))
        largest = max(billed, key=lambda name: billed[name], default=None)
        return [key for key in contracts if self.customer(key) == largest]

    def linked(self) -> list[str]:
        """Contracts whose customer, group or name is linked to the cluster."""
        return [key for key, file in self.firm.items()
                if any(LINKED_TO in str(text).lower() for text in (file.obligor, file.obligor_group, file.name))]

    # ---- places ------------------------------------------------------------------------------------------------------

    def to_come(self) -> list[tuple[Tranche, Any]]:
        """Tranches not yet accepted, with their files."""
        found = [(tranche, said) for key, file in self.firm.items()
                 for tranche, said in zip(self.deal.selling.sold[key].tranches, file.tranches, strict=True)]
        return [(tranche, said) for tranche, said in found if self.run.read(tranche.row("pending"))]

    def size(self, tranche: Tranche) -> float:
        """Megawatts of a tranche; its bill where the case tells none."""
        named = "capacity" if hasattr(type(tranche), "capacity") else ""
        return float(self.run.read(tranche.row("capacity"))) if named else self.monthly_bill(tranche)

    def largest_place(self, place_of: Callable[[str], str | None]) -> list[str]:
        """The place with most capacity to come, by site."""
        sizes: dict[str, float] = {}
        for tranche, said in self.to_come():
            place = place_of(site) if (site := getattr(said, "site", None)) else None
            if place:
                sizes[place] = sizes.get(place, 0.0) + self.size(tranche)
        return [max(sizes, key=lambda name: sizes[name])] if sizes else []

    def landlord_of(self, site: str) -> str | None:
        """Whose a site is."""
        return next((s.landlord for s in self.deal.case.contracts.sites if s.id == site), None)

    def largest_tranche(self) -> list[str]:
        """The tranche with the largest bill to come."""
        waiting = [tranche for tranche, _ in self.to_come()]
        return [max(waiting, key=self.monthly_bill).key] if waiting else []


@dataclass(frozen=True)
class Selector:
    """Words of the catalogue: the blocks they pick, and what is said where there is none."""

    pick: Callable[[Look], Iterable[str]]
    absent: str | Callable[[Look], str]

    def lacks(self, look: Look) -> str:
        """What a case lacks where nothing is picked."""
        return self.absent if isinstance(self.absent, str) else self.absent(look)


def having(clause: type, absent: str | Callable[[Look], str], *, but_not: type | None = None) -> Selector:
    """Tranches with a clause."""
    return Selector(lambda look: [t.key for t in look.tranches
                                  if isinstance(t, clause) and not (but_not and isinstance(t, but_not))], absent)


def lacking(clause: type, absent: str) -> Selector:
    """Tranches without a clause."""
    return Selector(lambda look: [t.key for t in look.tranches if not isinstance(t, clause)], absent)


def not_split(look: Look) -> str:
    """Why no amount of operating cost is found: stated by its parts, or only as a margin."""
    every = all(isinstance(tranche, Staffed) for tranche in look.tranches)
    return "every tranche of this case states staff cost" if every else "cost is not split in this case: see higher cash cost"


def no_level_rent(look: Look) -> str:
    """Why no level rent is found: it rises by its own terms, it is part of what a margin leaves for cost, or there is none."""
    if any(isinstance(tranche, Rented) for tranche in look.tranches):
        return "every rent of this case rises by terms of its own"
    if any(isinstance(tranche, AtMargin) for tranche in look.tranches):
        return "rent is not split from other cost in this case: see higher cash cost"
    return "no rent in this case"


NO_CONTRACT = "no contracted contract in this case"
NO_WEAK = "every customer of this case is investment grade"
SELECTORS = {
    "the deal": Selector(lambda look: ["drivers"], "nothing in this case rests on what it moves"),
    "each contract": Selector(lambda look: look.firm, NO_CONTRACT),
    "contracts of the largest customer": Selector(lambda look: look.largest(list(look.firm)), NO_CONTRACT),
    "contracts of customers not known to be investment grade": Selector(Look.weak, NO_WEAK),
    "contracts of the largest customer not known to be investment grade": Selector(Look.largest_weak, NO_WEAK),
    "contracts linked to OpenAI": Selector(Look.linked, "no contract of this case is linked to OpenAI"),
    "each backstop": Selector(
        lambda look: [t.key for key, file in look.deal.selling.files.items() if file.kind == "backstop"
                      for t in look.deal.selling.sold[key].tranches], "no backstop in this case"),
    "each class of GPUs": Selector(lambda look: look.deal.selling.hardware, "no GPUs are stated in this case"),
    "tranches without a power price": lacking(Powered, "every tranche of this case has a power price"),
    "tranches with one amount of operating cost": Selector(
        lambda look: [t.key for t in look.tranches if not isinstance(t, Staffed) and look.run.read(t.row("opex"))], not_split),
    "tranches with level rent": having(Rented, no_level_rent, but_not=RentEscalates),
    "tranches with an option to renew": having(Renewable, "no option to renew in this case"),
    "tranches with a promised renewal": having(RenewalPromised, "no renewal is promised in this case"),
    "tranches that can be redeployed": having(Redeployed, "no other use of the GPUs is stated in this case"),
    "the tranche with the largest bill to come": Selector(
        Look.largest_tranche, "no tranche is still to be accepted in this case"),
    "the site with most capacity to come": Selector(
        lambda look: look.largest_place(lambda site: site), "no site with capacity to come in this case"),
    "the landlord with most capacity to come": Selector(
        lambda look: look.largest_place(look.landlord_of), "no landlord with capacity to come in this case"),
}
