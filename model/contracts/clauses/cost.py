"""What it costs to run the capacity: people, upkeep, insurance, the building; or a margin as the coarse alternative."""

from __future__ import annotations

from model.contracts.clauses.megawatts import InMegawatts
from model.contracts.tranche import Tranche
from model.sheet import Expr, given, line


class Staffed(Tranche):
    """Staff, maintenance and insurance."""

    staff = given("USD m a month", "Staff", default=0, low=0, ask=True)
    maintenance = given("USD m a month", "Maintenance", default=0, low=0, ask=True)
    insurance = given("USD m a month", "Insurance", default=0, low=0, ask=True)
    running_change = given("share", "Change of staff, maintenance and insurance")

    def running(self) -> Expr:
        """With staff, maintenance and insurance."""
        return super().running() + self.risen(self.upkeep())

    def running_after(self) -> Expr:
        """With staff, maintenance and insurance."""
        return super().running_after() + self.risen_after(self.upkeep())

    def upkeep(self) -> Expr:
        """Staff, maintenance and insurance of a full month, as signed."""
        return (self.staff + self.maintenance + self.insurance) * (1 + self.running_change)

    @line("USD m", sums=True)
    def staff_paid(self) -> Expr:
        """Of it: staff, maintenance and insurance"""
        return self.at_cost(self.risen(self.upkeep()), self.active_days)


class OwnsBuilding(InMegawatts):
    """An arm's-length charge for the building where the operator owns it."""

    facility_charge = given("USD per kW-month", "Arm's-length charge for the building", low=0, ask=True)

    def running(self) -> Expr:
        """With the charge for the building."""
        return super().running() + self.capacity * self.facility_charge / self.thousand

    def running_after(self) -> Expr:
        """With the charge for the building."""
        return super().running_after() + self.capacity * self.facility_charge / self.thousand

    @line("USD m", sums=True)
    def facility_paid(self) -> Expr:
        """Of it: charge for the building"""
        return self.at_cost(self.capacity * self.facility_charge / self.thousand, self.active_days)


class AtMargin(Tranche):
    """A margin instead of costs: what is left of the price as signed, so that a price cut leaves the cost."""

    margin = given("share", "Margin on the price as signed", low=-2, high=1, ask=True)

    def running(self) -> Expr:
        """With the part of the price that is cost."""
        return super().running() + (1 - self.margin) * self.fee_now()

    def running_after(self) -> Expr:
        """With the part of the last price that was cost."""
        return super().running_after() + (1 - self.margin) * self.fee_at_end()
