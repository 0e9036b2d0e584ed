"""A price level that rises by a rate on each anniversary, in the middle of a month where that is its day.

Anniversaries are those of the day that counts, late or not: so many months later, on the same day of the month or on its
last. A month with a rise in it is weighted by its days on either side.
"""

from __future__ import annotations

from model.contracts.tranche import days_between
from model.sheet import (
    DEAL,
    PERIOD,
    Block,
    Expr,
    at,
    figure,
    given,
    line,
    many,
    maximum,
    minimum,
    share,
    step_lookup,
    total,
    where,
)


class Level(Block):
    """The level of a fee, a rent or a cost."""

    number = given("no.", "Period", per=PERIOD)
    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    days = given("days", "Days in period", per=PERIOD, above=0)
    first = given("date", "First day")
    last = given("date", "Last day")
    counted = given("days", "Days that count", per=PERIOD)
    shift = given("days", "Late start")
    base = given("date", "Day whose anniversaries count, as signed")
    base_period = given("no.", "Its period; 0 or less before the as-of date")
    base_offset = given("days", "Days before it in its month")
    rate = given("rate", "Rise a year")
    more = given("rate", "Added to every rise", default=0, low=-1, high=1)
    nothing = given("days", "Days that count as nothing", default=1e-6, above=0)
    months = many("months", "Months after it", per=DEAL)
    rises = many("no.", "Rises by then", per=DEAL)

    @line("flag")
    def before_base(self) -> Expr:
        """Period ends before the day as signed"""
        return self.ends < self.base

    @line("flag")
    def before_moved(self) -> Expr:
        """Period ends before the day as moved"""
        return self.ends < self.base + self.shift

    @figure("no.")
    def moved_period(self) -> Expr:
        """Period of the day as moved"""
        return self.base_period + total(self.before_moved) - total(self.before_base)

    @figure("days")
    def offset(self) -> Expr:
        """Days before it in its month"""
        return where(self.shift, self.base + self.shift - at(self.starts, maximum(0, self.moved_period)), self.base_offset)

    @line("date")
    def rise(self) -> Expr:
        """The same day of this month, or its last"""
        return self.starts + minimum(self.offset, self.days - 1)

    @line("no.")
    def rises_at_start(self) -> Expr:
        """Rises by the start of the period"""
        return step_lookup(self.number - self.moved_period - (self.offset > 0), self.months, self.rises)

    @line("no.")
    def rises_at_end(self) -> Expr:
        """Rises by the end of the period"""
        return step_lookup(self.number - self.moved_period, self.months, self.rises)

    @line("days")
    def days_after(self) -> Expr:
        """Days that count from that day on"""
        return days_between(maximum(self.first, self.rise), self.last, self.starts, self.ends)

    @line("factor")
    def earlier(self) -> Expr:
        """Level before a rise in the period"""
        return (1 + self.rate + self.more) ** self.rises_at_start

    @line("factor")
    def later(self) -> Expr:
        """Level after it"""
        return (1 + self.rate + self.more) ** self.rises_at_end

    @line("factor")
    def average(self) -> Expr:
        """Level of the days that count"""
        return share((self.counted - self.days_after) * self.earlier + self.days_after * self.later, self.counted, self.nothing)

    @line("factor")
    def level(self) -> Expr:
        """Level of the period

        Of its days that count; of its end where there is none."""
        return where(self.counted, self.average, self.later)

    @line("flag")
    def before_last(self) -> Expr:
        """Period ends before the last day"""
        return self.ends < self.last

    @figure("no.")
    def last_period(self) -> Expr:
        """Period of the last day"""
        return total(self.before_last) + 1

    @figure("flag")
    def risen_at_end(self) -> Expr:
        """The last day stands after the rise of its month"""
        return at(self.rise, self.last_period) <= self.last

    @figure("factor")
    def at_end(self) -> Expr:
        """Level of the last day"""
        return (at(self.earlier, self.last_period) * (1 - self.risen_at_end)
                + at(self.later, self.last_period) * self.risen_at_end)
