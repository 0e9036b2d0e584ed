"""What company.yaml plans: business besides the boxes, cost, purchases, deposits and puts; what it does not say has no block."""

from __future__ import annotations

from math import fsum
from typing import Any

from model.company import Capex, Deposit, OtherBusiness, Overhead, Premises, PutRight, Tax, Unpledged
from model.inputs.values import bindings
from model.lending import derived
from model.parent.group import Group, month_flags, row_of, stream, whole_years
from model.sheet import Block, Row, Sourced
from model.sold import rows

SPACE = ("rent", "signed", "power")
NOTHING = 1e-12  # a share that rounding leaves


class Plan:
    """The blocks of what the company earns and pays besides its debt."""

    def __init__(self, group: Group) -> None:
        self.group, self.said, self.timeline = group, group.case.company, group.timeline
        self._earn()
        self._spend()

    def _stream(self, said: Any) -> Sourced:
        return stream(self.timeline, said.flows if said else [], said.by_year if said else {})

    def costs(self) -> dict[str, list[Row]]:
        """The rows of running cost, by the group of the company's cash that takes them."""
        return {"overhead_in": row_of(self.overhead, "cost"), "premises_in": row_of(self.premises, "cost"),
                "tax_in": row_of(self.tax, "due"), "capex_in": rows(self.capex, "equity"),
                "claims_in": [*row_of(self.deposit, "repaid"), *row_of(self.put, "paid")]}

    def blocks(self) -> list[Block]:
        """Income, then cost, then single claims."""
        maybe = (self.overhead, self.premises, self.tax, *self.capex, self.deposit, self.put)
        return [*self.unpledged, self.business, *(block for block in maybe if block is not None)]

    def _earn(self) -> None:
        """Contracts that no loan holds, and what is not contracted."""
        basis, contracts = self.group.case.debt.allocation, self.group.contracts
        free = {key: 1 - fsum(basis.cash_share.get(key, {}).values()) for key in contracts}
        self.unpledged = [
            Unpledged(f"{contracts[key].title}: pledged to no loan", key=f"company.unpledged.{key}",
                      cash_share=Sourced(share, basis.source, basis.grade), contract_cash=contracts[key].row("cfads"))
            for key, share in free.items() if share > NOTHING]
        every, said = list(contracts.values()), self.said.business
        self.business = OtherBusiness(
            "Besides distributions", key="company.business", years=whole_years(self.timeline),
            planned=self._stream(said.plan if said else None), unpledged_in=rows(self.unpledged, "cash"),
            prepayments_in=rows(every, "prepayment_received"), **(bindings(said, OtherBusiness) if said else {}),
            **{f"{name}_in": rows(every, name) for name in ("renewal", "merchant", "residual", "support")})

    def _spend(self) -> None:
        """Each cost that the case states."""
        said = self.said
        self.overhead = Overhead("Corporate cost", key="company.overhead", years=whole_years(self.timeline),
                                 **bindings(said.overhead, Overhead)) if said.overhead else None
        self.premises = Premises("Leases and power outside boxes", key="company.premises",
                                 **{f"{name}_stated": self._stream(getattr(said.premises, name)) for name in SPACE},
                                 carried_in=rows(self.group.contracts.values(), "rent"),
                                 **bindings(said.premises, Premises)) if said.premises else None
        self.tax = Tax("Cash tax", key="company.tax", planned=self._stream(said.tax.plan),
                       year_ends=month_flags(self.timeline, (12,)), **bindings(said.tax, Tax)) if said.tax else None
        self.capex = [self._capex(n, one) for n, one in enumerate(said.capex, start=1)]
        self.deposit = Deposit("Refundable deposit", key="company.deposit", starts=self.group.clock.row("starts"),
                               ends=self.group.clock.row("ends"), **bindings(said.deposit, Deposit)) if said.deposit else None
        self.put = self._put(said.put) if said.put else None

    def _capex(self, number: int, said: Any) -> Capex:
        """A plan of purchases; without an advance of its own that of its loan counts, and none without either."""
        stated = said.advance or (getattr(self.group.file(said.loan), "advance_rate", None) if said.loan else None)
        advance = (Sourced(stated.value, stated.source, stated.grade) if stated
                   else derived(0, "no loan advances anything: all of it is equity"))
        return Capex(f"Purchases: {said.name}", key=f"company.capex-{number}", planned=self._stream(said.plan), advance=advance,
                     **bindings(said, Capex))

    def _put(self, said: Any) -> PutRight:
        timeline, path = self.group.timeline, self.group.case.curves[said.share_prices]
        prices = Sourced(path.on((timeline.as_of, *timeline.ends)), f"curve {said.share_prices}: {path.source}",
                         path.grade or "assumed")
        return PutRight("Put of shareholders", key="company.put", ends=self.group.clock.row("ends"), price_path=prices,
                        share_change=self.group.drivers.row("share_change"), **bindings(said, PutRight))
