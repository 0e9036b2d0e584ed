"""Discount and issue cost spread by the effective-interest method, as one liability (ASU 2020-06), to the first put date."""

from __future__ import annotations

from typing import ClassVar

from model.debt.statement import Statement
from model.sheet import PERIOD, Expr, given, line, prev, where


class AtEffectiveRate(Statement):
    """For a fixed-rate bullet: the rate is solved on the as-of date and kept; the block `Accretion` does the spreading."""

    stated: ClassVar[tuple[str, ...]] = ("effective_interest",)

    accreted = given("USD m", "Accretion by the effective rate", per=PERIOD)

    @line("USD m", sums=True)
    def repaid_in_all(self) -> Expr:
        """Principal repaid, whatever the cause"""
        return self.principal_due + self.from_proceeds + self.taken_off()

    @line("USD m", sums=True)
    def cost_amortised(self) -> Expr:
        """Discount and cost amortised

        Non-cash: part of the effective rate, never of debt service; written off when the last of it is redeemed."""
        return where(self.closing > self.tolerance, self.accreted, prev(self.unamortised))
