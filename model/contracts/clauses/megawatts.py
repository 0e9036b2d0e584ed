"""Capacity in megawatts of IT load: what is in service, what was offered and sold, how late it is."""

from __future__ import annotations

from model.contracts.tranche import Tranche
from model.sheet import Expr, figure, given, line, maximum


class InMegawatts(Tranche):
    """Capacity of the tranche in megawatts of IT load."""

    capacity = given("MW", "Capacity, IT load", low=0, ask=True)
    thousand = given("factor", "Thousand", default=1000, above=0)
    days_in_week = given("days", "Days in a week", default=7, above=0)

    @line("MW", opening=True)
    def active_mw(self) -> Expr:
        """Capacity in service at period end"""
        return self.taken(self.capacity * (self.service_start <= self.ends) * (self.service_end >= self.ends))

    @line("MW", opening=True)
    def contracted_mw(self) -> Expr:
        """Capacity under contract at period end, in service or to come"""
        return self.taken(self.capacity * (self.service_end >= self.ends))

    @line("MW")
    def offered_mw(self) -> Expr:
        """Capacity there to be sold, average of the period"""
        return self.capacity * maximum(0, self.ends - maximum(self.service_start, self.starts) + 1) / self.days

    @line("MW")
    def sold_mw(self) -> Expr:
        """Capacity sold, average of the period"""
        return self.taken(self.capacity * self.sold_days() / self.days)

    @figure("MW-weeks")
    def weeks_late(self) -> Expr:
        """Late start in MW-weeks"""
        return self.capacity * self.shift / self.days_in_week

    @figure("MW-weeks")
    def weeks_signed(self) -> Expr:
        """Service as signed in MW-weeks"""
        return self.capacity * (self.end - self.start + 1) / self.days_in_week
