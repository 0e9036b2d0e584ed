"""Interest in kind: added to principal on payment dates instead of paid; and a premium on redemption."""

from __future__ import annotations

from model.debt.base import Instrument
from model.sheet import Expr, Row, Term, given, line, prev


class PaidInKind(Instrument):
    """A share of the coupon joins the balance; what is redeemed at maturity costs a premium."""

    in_kind = given("share", "Share of interest paid in kind", default=1, low=0, high=1, ask=True)
    redemption_premium = given("share", "Premium on redemption at maturity", default=0, low=0, high=1, ask=True)

    def interest_settled(self) -> Expr:
        """Cash and kind."""
        return self.interest_due

    def added(self) -> Term:
        """The interest in kind."""
        return self.capitalised

    def fees(self) -> list[Row]:
        """The premium on redemption."""
        return [*super().fees(), self.premium_due]

    @line("USD m", sums=True)
    def interest_due(self) -> Expr:
        """Interest due, in cash and in kind"""
        return self.pays * (prev(self.accrued) + self.accrual_before)

    @line("USD m", sums=True)
    def capitalised(self) -> Expr:
        """Interest paid in kind

        At maturity it is due in cash with the principal."""
        return self.interest_due * self.in_kind * (1 - self.falls_due())

    @line("USD m", sums=True)
    def interest(self) -> Expr:
        """Interest due in cash"""
        return self.interest_due - self.capitalised

    @line("USD m", sums=True)
    def premium_due(self) -> Expr:
        """Premium on redemption"""
        return self.balloon * self.redemption_premium
