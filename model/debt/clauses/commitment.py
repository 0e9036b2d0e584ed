"""A commitment that is drawn while it is available: what may be drawn, what it costs undrawn, what a draw costs."""

from __future__ import annotations

from typing import ClassVar

from model.debt.statement import Statement
from model.sheet import PERIOD, Expr, Row, Term, figure, given, line, maximum, minimum, prev


class Commitment(Statement):
    """Draws up to the undrawn commitment; a fee on it by days; upfront fee and discount are kept back from each draw."""

    stated: ClassVar[tuple[str, ...]] = ("purchases",)

    undrawn_before = given("USD m", "Undrawn commitment at the as-of date", default=0, low=0, ask=True)
    undrawn_fee = given("rate", "Fee on the undrawn commitment", default=0, low=0, high=0.1, ask=True)
    upfront_fee = given("share", "Upfront fee on each draw", default=0, low=0, high=0.2, ask=True)
    issue_discount = given("share", "Original issue discount on each draw", default=0, low=0, high=0.2, ask=True)
    advance_rate = given("share", "Share of a GPU purchase that is drawn", default=0, low=0, high=1, ask=True)
    planned_purchases = given("USD m", "GPU purchases to be financed", per=PERIOD)
    available = given("flag", "Commitment can be drawn", per=PERIOD)
    open_before = given("years", "Availability: year fraction to the payment date", per=PERIOD)
    open_after = given("years", "Availability: year fraction from the payment date", per=PERIOD)
    draw_open_before = given("years", "Draws: availability left to the payment date", per=PERIOD)
    draw_open_after = given("years", "Draws: availability left from the payment date", per=PERIOD)

    def asked_for(self) -> Expr:
        """What the borrower would draw: by schedule, and the advance on what it buys."""
        return super().draws() + self.planned_purchases * self.advance_rate * self.draw_factor * self.size()

    def draws(self) -> Expr:
        """No more than is left of the commitment, while it is available."""
        return self.available * minimum(prev(self.undrawn), self.asked_for())

    def cost_added(self) -> Term:
        """What a draw costs is spread over its life."""
        return self.withheld

    def fees(self) -> list[Row]:
        """The commitment fee."""
        return [*super().fees(), self.fee]

    @figure("USD m")
    def undrawn_at_start(self) -> Expr:
        """Undrawn commitment at the as-of date, scaled"""
        return self.undrawn_before * self.size()

    @line("USD m", opening="undrawn_at_start")
    def undrawn(self) -> Expr:
        """Undrawn commitment"""
        return self.available * maximum(0, prev(self.undrawn) - self.drawn)

    @line("USD m", sums=True)
    def fee_before(self) -> Expr:
        """Commitment fee accrued to the payment date"""
        return self.undrawn_fee * maximum(0, prev(self.undrawn) * self.open_before - self.drawn * self.draw_open_before)

    @line("USD m", sums=True)
    def fee_after(self) -> Expr:
        """Commitment fee accrued from the payment date"""
        return self.undrawn_fee * maximum(0, prev(self.undrawn) * self.open_after - self.drawn * self.draw_open_after)

    @line("USD m", sums=True)
    def fee(self) -> Expr:
        """Commitment fee due"""
        return self.pays * (prev(self.fee_accrued) + self.fee_before)

    @line("USD m")
    def fee_accrued(self) -> Expr:
        """Commitment fee accrued, not yet due"""
        return prev(self.fee_accrued) + self.fee_before - self.fee + self.fee_after

    @line("USD m", sums=True)
    def withheld(self) -> Expr:
        """Upfront fee and discount kept back from draws"""
        return self.drawn * (self.upfront_fee + self.issue_discount)

    @line("USD m", sums=True)
    def funds(self) -> Expr:
        """Cash that draws bring"""
        return self.drawn - self.withheld
