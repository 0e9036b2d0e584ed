"""Colocation rent: the landlord's clock, which does not wait for service to start unless the lease says so."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.clauses.megawatts import InMegawatts
from model.contracts.tranche import Tranche, days_between
from model.sheet import PERIOD, Expr, Row, at, figure, given, line


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
        """Late start of rent; rent that has begun stands still"""
        return self.shift * self.rent_moves * (self.rent_start > at(self.ends, 0))

    @figure("date")
    def rent_begins(self) -> Expr:
        """First day of rent"""
        return self.rent_start + self.rent_shift

    @figure("date")
    def rent_ends(self) -> Expr:
        """Last day of rent"""
        return self.rent_end + self.rent_shift

    @line("days", sums=True)
    def rent_days(self) -> Expr:
        """Days of rent

        The landlord's clock: it does not wait for service to start unless the lease says so."""
        return days_between(self.rent_begins, self.rent_ends, self.starts, self.ends)

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
    rent_level = given("factor", "Level of the rent", per=PERIOD)

    def rent_a_month(self) -> Expr:
        """At the level of the period."""
        return super().rent_a_month() * self.rent_level
