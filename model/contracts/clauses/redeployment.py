"""After the contract is lost: idle months, then spot prices until the GPUs' life ends. Merchant cash, never contracted."""

from __future__ import annotations

from model.contracts.clauses.gpus import InGpus
from model.contracts.tranche import days_between
from model.sheet import PERIOD, Expr, figure, given, line, maximum, where


class Redeployed(InGpus):
    """The GPUs of a lost contract earn the spot price after a time."""

    redeployed_to = given("date", "Last day at spot prices", kind="date", ask=True)
    idle_days = given("days", "Days without a customer", low=0, high=3000, ask=True)
    redeployed_use = given("share", "Share of the hours that is sold", default=1, low=0, high=1, ask=True)
    redeployment_cost = given("USD m", "Cost of putting them to other use", default=0, low=0, ask=True)
    spot_price = given("USD per GPU-hour", "Spot price, average of the days", per=PERIOD)
    spot_change = given("share", "Change of market prices")
    market_level = given("factor", "Level of market prices", per=PERIOD)

    def sold_days(self) -> Expr:
        """With the days at spot prices."""
        return super().sold_days() + self.redeployed_days

    def begins_again(self) -> Expr:
        """The first day at spot prices, if the contract is lost."""
        return where(self.lost, self.redeployed_from, super().begins_again())

    def last_day(self) -> Expr:
        """The end at spot prices, if the contract is lost."""
        return maximum(super().last_day(), self.redeployed_to * self.lost)

    @figure("flag")
    def lost(self) -> Expr:
        """The contract is lost before its end"""
        return self.lost_on < self.planned_end

    @figure("date")
    def redeployed_from(self) -> Expr:
        """First day at spot prices"""
        return maximum(self.lost_on + 1, self.service_start) + self.idle_days

    @line("days", sums=True)
    def redeployed_days(self) -> Expr:
        """Days at spot prices"""
        return self.lost * days_between(self.redeployed_from, self.redeployed_to, self.starts, self.ends)

    @line("USD m", sums=True)
    def redeployed_billed(self) -> Expr:
        """Billed at spot prices"""
        price = self.spot_price * (1 + self.spot_change) * self.market_level * self.redeployed_use
        return self.gpus * self.hours_in_day * self.redeployed_days * price / self.million

    @line("USD m", sums=True)
    def put_to_use(self) -> Expr:
        """Cost of putting them to other use"""
        here = (self.redeployed_from >= self.starts) * (self.redeployed_from <= self.ends)
        return self.lost * here * (self.redeployed_from <= self.redeployed_to) * self.redeployment_cost

    @line("USD m", sums=True)
    def redeployed_cash(self) -> Expr:
        """Spot business: billed less operating cost and the cost of other use"""
        return self.redeployed_billed - self.for_days(self.running_after(), self.redeployed_days) - self.put_to_use
