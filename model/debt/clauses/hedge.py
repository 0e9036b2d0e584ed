"""A swap on a share of the loan: pays fixed, receives the base rate as it is set, without its floor."""

from __future__ import annotations

from model.debt.statement import Statement
from model.sheet import Expr, given, line


class Hedged(Statement):
    """The rate of the loan and of its swap together, as lenders size and discount it."""

    hedged = given("share", "Share of the loan that is swapped to fixed", default=0, low=0, high=1, ask=True)
    swap_rate = given("rate", "Fixed rate of the swap", default=0, low=-0.05, high=0.2, ask=True)

    def base_part(self) -> Expr:
        """The base rate, and what the swap settles on top of it."""
        return super().base_part() + self.swap_adds

    @line("rate", opening=True)
    def swap_adds(self) -> Expr:
        """What the swap settles, on all of the loan"""
        return self.floating * self.hedged * (self.swap_rate - self.base_rate - self.rate_shift)

    @line("USD m", opening=True)
    def swapped_to_fixed(self) -> Expr:
        """Of the floating balance: swapped to fixed"""
        return self.at_floating_rate * self.hedged
