"""Finance lease of equipment: level payments at the rate implicit in the lease, and an option to buy at the end.

The liability is the present value of the payments to come, so each payment is interest first and principal for the rest;
what is left at the end is the purchase option. A lease is debt on GPUs and so in the perimeter of the claim.
"""

from __future__ import annotations

from model.debt.statement import Statement
from model.sheet import Expr, given, line, maximum


class FinanceLease(Statement):
    """Finance lease: fixed payments, of which the interest on the liability comes first. Source: ASC 842-20-35-1."""

    on_gpus = True
    in_cash = False
    ranking = "lessor's title"

    payment = given("USD m", "Lease payment", default=0, low=0, ask=True)
    payment_growth = given("share", "Growth from one payment to the next", default=0, low=-0.5, high=1, ask=True)

    def instalment(self) -> Expr:
        """What the payment leaves after interest, or what a profile says."""
        return maximum(super().instalment(), self.payment_due - self.interest)

    @line("USD m", sums=True)
    def payment_due(self) -> Expr:
        """Lease payment due"""
        grown = (1 + self.payment_growth) ** (self.instalment_number - 1)
        return self.pays * self.amortises * self.payment * grown * self.size()
