"""Colocation rent: the landlord's clock, which does not wait for service to start unless the lease says so."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.clauses.megawatts import InMegawatts
from model.contracts.tranche import Tranche, days_between
from model.sheet import DEAL, Expr, Row, figure, given, line, many, maximum, share, step_lookup


class Rented(Tranche):
    """Rent of the data centre, from its own start to its own end."""

    rent = given("USD m a month", "Data-centre rent", default=0, low=0, ask=True)
    rent_start = given("date", "Rent starts", kind="date", ask=True)
    rent_end = given("date", "Rent ends", kind="date", ask=True)
    rent_moves = given("flag", "Rent moves with a late start of service", default=0, low=0, high=1, ask=True)

    def rents(self) -> list[Row]:
        """The rent."""
        return [*super().rents(), self.rent_paid]

    def rent_a_month(self) -> Expr:
        """Rent of a full month."""
        return self.rent

    @figure("days")
    def rent_shift(self) -> Expr:
        """Late start of rent"""
        return self.shift * self.rent_moves

    @line("days", sums=True)
    def rent_days(self) -> Expr:
        """Days of rent

        The landlord's clock: it does not wait for service to start unless the lease says so."""
        return days_between(self.rent_start + self.rent_shift, self.rent_end + self.rent_shift, self.starts, self.ends)

    @line("USD m", sums=True)
    def rent_paid(self) -> Expr:
        """Rent paid"""
        return self.rent_a_month() * (1 + self.cost_change) * self.rent_days / self.days


class RentByKilowatt(Rented, InMegawatts):
    """Rent for each kilowatt of IT load."""

    rent_per_kw = given("USD per kW-month", "Data-centre rent for each kW", low=0, ask=True)

    def rent_a_month(self) -> Expr:
        """With the rent of all capacity: USD per kW is USD thousand per MW."""
        return super().rent_a_month() + self.capacity * self.rent_per_kw / self.thousand


class RentEscalates(Rented):
    """Rent rises on each anniversary of its start."""

    stated: ClassVar[tuple[str, ...]] = ("rent_escalates_from",)

    rent_escalator = given("rate", "Rise of the rent a year", low=-0.5, high=0.5, ask=True)
    rent_escalation = given("rate", "Added to every rise of rent")
    no_rent_days = given("days", "Days that count as nothing", default=1e-6, above=0)
    rent_anniversaries = many("date", "Anniversary of the rent", per=DEAL)
    rent_rises = many("no.", "Rises by then", per=DEAL)

    def rent_a_month(self) -> Expr:
        """At the level of the period."""
        return super().rent_a_month() * self.rent_level

    @line("no.")
    def rent_rises_at_start(self) -> Expr:
        """Rises of rent by the start of the period"""
        return step_lookup(self.starts - self.rent_shift, self.rent_anniversaries, self.rent_rises)

    @line("no.")
    def rent_rises_at_end(self) -> Expr:
        """Rises of rent by the end of the period"""
        return step_lookup(self.ends - self.rent_shift, self.rent_anniversaries, self.rent_rises)

    @line("date")
    def last_rent_rise(self) -> Expr:
        """Date of the last rise of rent by the end of the period"""
        return (step_lookup(self.ends - self.rent_shift, self.rent_anniversaries, self.rent_anniversaries)
                + self.rent_shift)

    @line("days")
    def rent_days_after_rise(self) -> Expr:
        """Days of rent from the last rise on"""
        return days_between(maximum(self.rent_start + self.rent_shift, self.last_rent_rise), self.rent_end + self.rent_shift,
                            self.starts, self.ends)

    @line("factor")
    def rent_level(self) -> Expr:
        """Level of the rent of the period"""
        rise = 1 + self.rent_escalator + self.rent_escalation
        earlier = (self.rent_days - self.rent_days_after_rise) * rise ** self.rent_rises_at_start
        later = self.rent_days_after_rise * rise ** self.rent_rises_at_end
        return share(earlier + later, self.rent_days, self.no_rent_days)
