"""An offering of notes: what was launched, upsized and optioned, and what it brought after cost."""

from __future__ import annotations

from model.sheet import Block, Expr, figure, given


class Offering(Block):
    """An offering of notes: launched, upsized, and an option of the initial purchasers."""

    launched = given("USD m", "Principal launched", low=0, ask=True)
    upsize = given("USD m", "Upsize at pricing", default=0, ask=True)
    option = given("USD m", "Option of the initial purchasers", default=0, low=0, ask=True)
    option_exercised = given("share", "Share of the option that is exercised", default=1, low=0, high=1, ask=True)
    issue_cost = given("share", "Discount and issuance cost, of principal", default=0, low=0, high=0.2, ask=True)
    reference_price = given("USD", "Share price at pricing", above=0, ask=True)
    conversion_price = given("USD", "Conversion price", above=0)

    @figure("USD m")
    def priced(self) -> Expr:
        """Principal priced, before the option"""
        return self.launched + self.upsize

    @figure("USD m", key=True)
    def issued(self) -> Expr:
        """Principal issued"""
        return self.priced + self.option * self.option_exercised

    @figure("USD m")
    def cost(self) -> Expr:
        """Discount and issuance cost

        Deducted from the note and spread over its life; no part goes to equity. Source: ASC 835-30-45-1A; ASU 2020-06."""
        return self.issued * self.issue_cost

    @figure("USD m", key=True)
    def net_proceeds(self) -> Expr:
        """Net proceeds"""
        return self.issued - self.cost

    @figure("share")
    def premium(self) -> Expr:
        """Conversion premium"""
        return self.conversion_price / self.reference_price - 1
