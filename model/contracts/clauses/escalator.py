"""Prices and costs that rise by a rate on each anniversary; the levels stand in blocks of `model/contracts/level.py`."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.tranche import Tranche
from model.sheet import PERIOD, Expr, figure, given, line


class Escalates(Tranche):
    """The price rises on each anniversary of its start; anniversaries move with a late start."""

    stated: ClassVar[tuple[str, ...]] = ("escalates_from",)

    escalator = given("rate", "Rise of the price a year", low=-0.5, high=0.5, ask=True)
    price_level = given("factor", "Price level", per=PERIOD)
    last_level = given("factor", "Price level of the last day of service")

    def fee_now(self) -> Expr:
        """At the level of the period."""
        return super().fee_now() * self.price_level

    def fee_at_end(self) -> Expr:
        """At the level of the last day."""
        return super().fee_at_end() * self.last_level


class CostEscalates(Tranche):
    """Operating cost, staff, maintenance and insurance rise on each anniversary of service."""

    opex_escalator = given("rate", "Rise of the operating cost a year", low=-0.5, high=0.5, ask=True)
    opex_level = given("factor", "Level of the operating cost", per=PERIOD)
    later_opex_level = given("factor", "Level of the operating cost in other use", per=PERIOD)

    @figure("date")
    def other_from(self) -> Expr:
        """First day in other use"""
        return self.begins_again()

    @figure("date")
    def other_to(self) -> Expr:
        """Last day in other use"""
        return self.other_end()

    @line("days")
    def days_in_other_use(self) -> Expr:
        """Days in other use"""
        return self.other_days()

    def risen(self, cost: Expr) -> Expr:
        """At the level of the period."""
        return super().risen(cost) * self.opex_level

    def risen_after(self, cost: Expr) -> Expr:
        """At the level of the days in other use."""
        return super().risen_after(cost) * self.later_opex_level
