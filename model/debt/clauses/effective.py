"""Discount and issue cost spread by the effective-interest method, as one liability (ASU 2020-06), to the first put date."""

from __future__ import annotations

from typing import ClassVar

from model.debt.statement import Statement
from model.sheet import PERIOD, Expr, given, line, prev


class AtEffectiveRate(Statement):
    """For a fixed-rate bullet: the rate is solved on the as-of date and kept; the block `Accretion` does the spreading."""

    stated: ClassVar[tuple[str, ...]] = ("effective_interest",)

    accreted = given("USD m", "Accretion by the effective rate", per=PERIOD)

    @line("USD m", opening="accrued_at_start")
    def accrued_in_accounts(self) -> Expr:
        """Interest accrued in the accounts, not yet due"""
        return prev(self.accrued_in_accounts) + self.contractual_interest - self.interest_settled()

    @line("USD m", sums=True)
    def cost_amortised(self) -> Expr:
        """Discount and cost amortised

        Non-cash: part of the effective rate, never of debt service."""
        return self.accreted
