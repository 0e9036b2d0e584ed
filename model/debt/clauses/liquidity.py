"""A revolver that holds the company's minimum cash: drawn when cash is short, repaid first, empty at the clean-down."""

from __future__ import annotations

from typing import ClassVar

from model.debt.clauses.commitment import Commitment
from model.sheet import PERIOD, Expr, Term, given, line, maximum, minimum, prev


class HoldsMinimumCash(Commitment):
    """Draws and repayments follow the company's cash at period end; what the limit does not reach is missing there."""

    stated: ClassVar[tuple[str, ...]] = ("clean_down",)

    minimum_cash = given("USD m", "Cash that the company wants to hold", default=0, low=0, ask=True)
    cash_before = given("USD m", "Company cash before the revolver", per=PERIOD)
    frozen = given("flag", "The company is in cross-default: nothing is drawn or repaid", per=PERIOD)
    cleans_down = given("flag", "Must be empty at period end", per=PERIOD)

    def taken_off(self) -> Term:
        """What is repaid from spare cash."""
        return super().taken_off() + self.repaid - self.topped_up

    @line("USD m")
    def needed(self) -> Expr:
        """Cash missing to the minimum"""
        return (1 - self.cleans_down) * maximum(0, self.minimum_cash - self.cash_before)

    @line("USD m", sums=True)
    def topped_up(self) -> Expr:
        """Drawn at period end to hold the minimum"""
        room = self.available * maximum(0, prev(self.undrawn) - self.drawn)
        return minimum(room, self.needed) * (self.number < self.last_period) * (1 - self.frozen)

    @line("USD m", sums=True)
    def repaid(self) -> Expr:
        """Repaid from spare cash, or for the clean-down"""
        spare = maximum(0, self.cash_before - self.minimum_cash) + self.cleans_down * self.opening
        left = maximum(0, self.opening - self.principal_due - self.from_proceeds)
        return minimum(left, spare) * (1 - self.frozen)

    @line("USD m", opening="undrawn_at_start")
    def undrawn(self) -> Expr:
        """Undrawn commitment"""
        return self.available * maximum(0, prev(self.undrawn) - self.drawn - self.topped_up + self.repaid)
