"""One accepted lot of capacity of a contract: its own dates, price and cost, billed pro rata by days.

A kind of contract says what a full month of service costs (`fee`). The methods without `@line` are the places where a
clause of `model/contracts/clauses/` adds its words to a row.
"""

from __future__ import annotations

from typing import ClassVar

from model.sheet import PERIOD, Block, Expr, Row, figure, given, line, maximum, minimum

CONTRACTED, MERCHANT, SUPPORT = "contracted", "merchant", "support"


def days_between(first: Expr, last: Expr, starts: Expr, ends: Expr) -> Expr:
    """Days of a period that lie in the span from `first` to `last`, both included."""
    return maximum(0, minimum(last, ends) - maximum(first, starts) + 1)


class Tranche(Block):
    """One accepted lot of capacity: its own dates, price and cost; billed pro rata by days at the end of the month.

    `counts_as` says what its money is: contracted cash, merchant cash or support.
    """

    counts_as: ClassVar[str] = CONTRACTED
    clauses: ClassVar[tuple[type[Tranche], ...]] = ()
    stated: ClassVar[tuple[str, ...]] = ()

    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    days = given("days", "Days in period", per=PERIOD, above=0)
    start = given("date", "Service start as signed", kind="date", ask=True)
    end = given("date", "Service end as signed", kind="date", ask=True)
    opex = given("USD m a month", "Cash operating cost", default=0, low=0, ask=True)
    pending = given("flag", "Not yet accepted at the as-of date", default=0, low=0, high=1)
    end_moves = given("flag", "End of service moves with its start", default=0, low=0, high=1, ask=True)
    lost_on = given("date", "Last day of service if the contract is lost")
    price_change = given("share", "Change of the price")
    renegotiated_on = given("date", "First day of a renegotiated price")
    new_price_change = given("share", "Change of the price by renegotiation")
    extension_days = given("days", "Days by which renegotiation extends service")
    cost_change = given("share", "Change of every cash cost")
    delay_days = given("days", "Delay of tranches not yet accepted")

    # ---- where kinds and clauses speak -------------------------------------------------------------------------------

    def fee(self) -> Expr:
        """What a full month of service is billed at, as signed."""
        raise NotImplementedError

    def fee_now(self) -> Expr:
        """The same at the price level of the period."""
        return self.fee()

    def fee_at_end(self) -> Expr:
        """The same at the price level of the last day of service."""
        return self.fee()

    def late(self) -> Expr:
        """Days by which a tranche that is not yet accepted starts late."""
        return self.delay_days

    def running(self) -> Expr:
        """Cash cost of a full month in operation, rent left out."""
        return self.risen(self.opex)

    def running_after(self) -> Expr:
        """The same in other use: a renewal, the spot market."""
        return self.risen_after(self.opex)

    def risen(self, cost: Expr) -> Expr:
        """A running cost at the level of the period."""
        return cost

    def risen_after(self, cost: Expr) -> Expr:
        """A running cost at the level of the days in other use."""
        return cost

    def taken(self, amount: Expr) -> Expr:
        """What the customer takes of an amount."""
        return amount

    def rents(self) -> list[Row]:
        """Rows of rent."""
        return []

    def sold_days(self) -> Expr:
        """Days of the period on which the capacity is sold."""
        return self.active_days

    def begins_again(self) -> Expr:
        """First day of other use after service."""
        return self.service_end + 1

    def last_day(self) -> Expr:
        """Last day on which the capacity is in use."""
        return self.service_end

    def other_days(self) -> Expr:
        """Days of the period in other use after service."""
        return self.sold_days() - self.active_days

    def other_end(self) -> Expr:
        """Last day on which the capacity may be in other use."""
        return self.last_day()

    def at_price(self, fee: Expr, days: Expr) -> Expr:
        """A fee for so many days of the period."""
        return self.taken(fee * (1 + self.price_change) * days / self.days)

    def at_cost(self, cost: Expr, days: Expr) -> Expr:
        """A cash cost for so many days of the period."""
        return self.taken(self.for_days(cost, days))

    def last_change(self) -> Expr:
        """What a renegotiation has made of the price by the last day of service."""
        return 1 + self.new_price_change * (self.renegotiated_on <= self.service_end)

    def for_days(self, cost: Expr, days: Expr) -> Expr:
        """The same of the whole tranche."""
        return cost * (1 + self.cost_change) * days / self.days

    # ---- service -----------------------------------------------------------------------------------------------------

    @figure("days")
    def shift(self) -> Expr:
        """Late start"""
        return self.pending * self.late()

    @figure("date")
    def service_start(self) -> Expr:
        """Service start"""
        return self.start + self.shift

    @figure("days")
    def end_shift(self) -> Expr:
        """Move of the service end"""
        return self.shift * self.end_moves

    @figure("date")
    def planned_end(self) -> Expr:
        """Service end unless the contract is lost"""
        return self.end + self.end_shift + self.extension

    @figure("days")
    def extension(self) -> Expr:
        """Extension that was got for a lower price"""
        return self.extension_days * (self.renegotiated_on <= self.end + self.end_shift)

    @figure("date")
    def service_end(self) -> Expr:
        """Service end"""
        return minimum(self.planned_end, self.lost_on)

    @line("days", sums=True)
    def active_days(self) -> Expr:
        """Days in service"""
        return days_between(self.service_start, self.service_end, self.starts, self.ends)

    @line("USD m", sums=True)
    def billed(self) -> Expr:
        """Billed

        Take-or-pay: for every day in service, whatever is used."""
        return self.at_price(self.fee_now(), self.priced_days)

    @line("days")
    def priced_days(self) -> Expr:
        """Days in service, those at a renegotiated price by what is left of it"""
        first = maximum(self.service_start, self.renegotiated_on)
        return self.active_days + self.new_price_change * days_between(first, self.service_end, self.starts, self.ends)

    @line("USD m", sums=True)
    def opex_paid(self) -> Expr:
        """Operating cost paid"""
        return self.at_cost(self.running(), self.active_days)

    @line("days", sums=True)
    def undelivered_days(self) -> Expr:
        """Days of service that a loss of the contract takes away"""
        first = maximum(self.service_start, self.service_end + 1)
        return days_between(first, self.planned_end, self.starts, self.ends)

    @line("USD m", sums=True)
    def undelivered(self) -> Expr:
        """Bills that a loss of the contract takes away

        At the price of the last day of service."""
        return self.at_price(self.fee_at_end() * self.last_change(), self.undelivered_days)
