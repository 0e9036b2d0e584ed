"""Power: capacity x load x PUE x hours x price, as far as the customer does not bear it."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.clauses.megawatts import InMegawatts
from model.sheet import PERIOD, Expr, figure, given, line


class Powered(InMegawatts):
    """Power bought at the prices of a curve."""

    stated: ClassVar[tuple[str, ...]] = ("power_prices",)

    pue = given("factor", "Power usage effectiveness (PUE)", low=1, high=3, ask=True)
    load = given("share", "Average draw of the IT load", default=1, low=0, high=1, ask=True)
    passed_through = given("share", "Share of the power that the customer pays", default=0, low=0, high=1, ask=True)
    power_price = given("USD per MWh", "Power price, average of the days", per=PERIOD)
    power_level = given("factor", "Level of power prices", per=PERIOD)
    power_there = given("share", "Share of the hours with power", per=PERIOD, low=0, high=1)
    hours_a_day = given("hours", "Hours of power in a day", default=24, above=0)
    usd_in_million = given("USD", "USD in USD m", default=1000000, above=0)

    def running(self) -> Expr:
        """With power."""
        return self.monthly_cost

    def running_after(self) -> Expr:
        """With power."""
        return self.monthly_cost_after

    @line("USD m")
    def monthly_cost(self) -> Expr:
        """Operating cost of a full period, power included"""
        return super().running() + self.power_cost

    @line("USD m")
    def monthly_cost_after(self) -> Expr:
        """The same in other use"""
        return super().running_after() + self.power_cost

    @figure("MWh")
    def daily_power(self) -> Expr:
        """Energy of a day at full supply"""
        return self.capacity * self.load * self.pue * self.hours_a_day

    @line("USD m")
    def power_cost(self) -> Expr:
        """Power of a full period

        IT load x average draw x PUE x hours with power x price, less what the customer pays."""
        energy = self.daily_power * self.days * self.power_there
        price = self.power_price * self.power_level
        return energy * price * (1 - self.passed_through) / self.usd_in_million

    @line("USD m", sums=True)
    def power_paid(self) -> Expr:
        """Of it: power"""
        return self.at_cost(self.power_cost, self.active_days)
