"""Prices that rise by a rate on each anniversary, in the middle of a month where that is its day."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.tranche import Tranche, days_between
from model.sheet import DEAL, Expr, figure, given, line, many, maximum, share, step_lookup, where


class Escalates(Tranche):
    """The price rises on each anniversary of its start; anniversaries move with a late start."""

    stated: ClassVar[tuple[str, ...]] = ("escalates_from",)

    escalator = given("rate", "Rise of the price a year", low=-0.5, high=0.5, ask=True)
    no_days = given("days", "Days that count as nothing", default=1e-6, above=0)
    anniversaries = many("date", "Anniversary", per=DEAL)
    rises = many("no.", "Rises by then", per=DEAL)

    def fee_now(self) -> Expr:
        """At the level of the period's days in service."""
        return super().fee_now() * self.price_level

    def fee_at_end(self) -> Expr:
        """At the level of the last day."""
        return super().fee_at_end() * self.last_level

    @line("no.")
    def rises_at_start(self) -> Expr:
        """Rises by the start of the period"""
        return step_lookup(self.starts - self.shift, self.anniversaries, self.rises)

    @line("no.")
    def rises_at_end(self) -> Expr:
        """Rises by the end of the period"""
        return step_lookup(self.ends - self.shift, self.anniversaries, self.rises)

    @line("date")
    def last_rise(self) -> Expr:
        """Date of the last rise by the end of the period"""
        return step_lookup(self.ends - self.shift, self.anniversaries, self.anniversaries) + self.shift

    @line("days")
    def days_after_rise(self) -> Expr:
        """Days in service from the last rise on"""
        return days_between(maximum(self.service_start, self.last_rise), self.service_end, self.starts, self.ends)

    @line("factor")
    def level_in_service(self) -> Expr:
        """Price level of the period's days in service"""
        earlier = (self.active_days - self.days_after_rise) * (1 + self.escalator) ** self.rises_at_start
        later = self.days_after_rise * (1 + self.escalator) ** self.rises_at_end
        return share(earlier + later, self.active_days, self.no_days)

    @line("factor")
    def price_level(self) -> Expr:
        """Price level of the period

        Of its days in service; of its end where there is none."""
        return where(self.active_days, self.level_in_service, (1 + self.escalator) ** self.rises_at_end)

    @figure("factor")
    def last_level(self) -> Expr:
        """Price level of the last day of service"""
        return (1 + self.escalator) ** step_lookup(self.service_end - self.shift, self.anniversaries, self.rises)
