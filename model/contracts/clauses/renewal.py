"""An option to renew: never contracted, off unless a scenario uses it."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.clauses.gpus import InGpus
from model.contracts.tranche import Tranche, days_between
from model.sheet import PERIOD, Expr, figure, given, highest, line, maximum, minimum, prev, total


class Renewable(Tranche):
    """Service goes on after its end, at a share of the last price."""

    renewal_to = given("date", "Last day if renewed", kind="date", ask=True)
    renewal_price = given("share", "Price if renewed, share of the last", default=1, low=0, high=5, ask=True)
    renewed = given("flag", "Renewed", default=0, low=0, high=1, ask=True)
    renewals = given("flag", "All renewals are made")

    def sold_days(self) -> Expr:
        """With the days of the renewal."""
        return super().sold_days() + self.renewal_days

    def begins_again(self) -> Expr:
        """The first day of the renewal."""
        return self.renewal_from

    def last_day(self) -> Expr:
        """The end of the renewal, if there is one."""
        return maximum(super().last_day(), self.renewal_end * self.renews)

    def renewal_fee(self) -> Expr:
        """A full month at the renewal's price."""
        return self.fee_at_end() * self.renewal_price * (1 + self.price_change) * self.last_change()

    @figure("flag")
    def renews(self) -> Expr:
        """The renewal is made

        Off unless a scenario makes it; a contract that was lost is not renewed."""
        return maximum(self.renewed, self.renewals) * (self.lost_on >= self.planned_end)

    @figure("date")
    def renewal_from(self) -> Expr:
        """First day of the renewal"""
        return maximum(self.service_end + 1, self.service_start)

    @figure("date")
    def renewal_end(self) -> Expr:
        """End of the renewal, unless it is lost before"""
        return minimum(self.renewal_to + self.end_shift, self.lost_on)

    @line("days", sums=True)
    def renewal_days(self) -> Expr:
        """Days of the renewal"""
        return self.renews * days_between(self.renewal_from, self.renewal_end, self.starts, self.ends)

    @line("USD m", sums=True)
    def renewal_billed(self) -> Expr:
        """Billed for the renewal"""
        return self.taken(self.renewal_fee() * self.renewal_days / self.days)

    @line("USD m", sums=True)
    def renewal_cash(self) -> Expr:
        """Renewal: billed less operating cost

        Rent runs on by the landlord's clock and stands with the contracted cost."""
        return self.renewal_billed - self.at_cost(self.running_after(), self.renewal_days)


class RenewableAtMarket(Renewable, InGpus):
    """Renewed at the contract price of the market on the day, by the GPU-hour."""

    stated: ClassVar[tuple[str, ...]] = ("renewal_at_market",)

    market_price = given("USD per GPU-hour", "Contract price of the market, first day of the period", per=PERIOD)
    market_drift = given("USD per GPU-hour", "Its change to the first day of the next", per=PERIOD)
    market_change = given("share", "Change of contract prices of the market")
    market_level = given("factor", "Level of market prices", per=PERIOD)

    def renewal_fee(self) -> Expr:
        """All hours at the market's price when the renewal began."""
        return self.gpu_hours * self.price_at_renewal / self.million

    @line("flag")
    def renewal_begins(self) -> Expr:
        """The renewal begins"""
        return minimum(1, self.renewal_days) * (prev(self.renewal_days) <= 0)

    @line("USD per GPU-hour")
    def price_met(self) -> Expr:
        """Price of the market when the renewal begins

        On the day itself, on a straight line through the month."""
        passed = maximum(0, self.renewal_from - self.starts) / self.days
        price = (self.market_price + self.market_drift * passed) * self.market_level
        return self.renewal_begins * price * (1 + self.market_change)

    @figure("USD per GPU-hour")
    def price_at_renewal(self) -> Expr:
        """Price of the renewal"""
        return total(self.price_met)


class RenewalPromised(Renewable):
    """A documented option to renew, valued at the low renewal price: what a support L would bring.

    Whatever price the file names for a renewal that is made. Source: RULES 6."""

    stated: ClassVar[tuple[str, ...]] = ("renewal_support",)

    number = given("no.", "Period", per=PERIOD)
    low_discount = given("share", "Fall of the price at a renewal that counts as support", default=0.39, low=0, high=1,
                         source="RULES 6; committed against on-demand, CREDIT 5")
    promised_cap = given("USD m", "Most that the renewal brings in all")

    def other_days(self) -> Expr:
        """With the days that are promised."""
        return maximum(super().other_days(), self.promised_days)

    def other_end(self) -> Expr:
        """The end that is promised."""
        return self.promised_to

    @figure("date")
    def promised_to(self) -> Expr:
        """Last day of use, were it renewed as promised

        A contract that was lost is not renewed."""
        return maximum(self.last_day(), self.renewal_end * (self.lost_on >= self.planned_end))

    @line("days", sums=True)
    def promised_days(self) -> Expr:
        """Days of the renewal that is promised

        A contract that was lost is not renewed."""
        open_days = days_between(self.renewal_from, self.renewal_end, self.starts, self.ends)
        return (self.lost_on >= self.planned_end) * open_days

    @line("USD m", sums=True)
    def promised_billed(self) -> Expr:
        """Billed for it at the low price"""
        low_fee = self.fee_at_end() * (1 - self.low_discount) * (1 + self.price_change) * self.last_change()
        return self.taken(low_fee * self.promised_days / self.days)

    @line("USD m", sums=True)
    def promised_cash(self) -> Expr:
        """Brought by it: billed less operating cost, as far as the promise reaches"""
        cash = self.promised_billed - self.at_cost(self.running_after(), self.promised_days)
        return minimum(cash, maximum(0, self.promised_cap - prev(self.promised_so_far)))

    @line("USD m")
    def promised_so_far(self) -> Expr:
        """Brought by it so far"""
        return prev(self.promised_so_far) + self.promised_cash

    @line("no.")
    def promised_number(self) -> Expr:
        """Number of the period, while it runs"""
        return self.number * (self.promised_days > 0)

    @figure("no.")
    def promised_last(self) -> Expr:
        """Its last period"""
        return highest(self.promised_number)
