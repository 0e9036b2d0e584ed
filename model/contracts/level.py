"""A price level that rises by a rate on each anniversary, in the middle of a month where that is its day.

Anniversaries move by the days that their start does; a month with a rise in it is weighted by its days on either side.
"""

from __future__ import annotations

from model.contracts.tranche import days_between
from model.sheet import DEAL, PERIOD, Block, Expr, figure, given, line, many, maximum, share, step_lookup, where


class Level(Block):
    """The level of a fee, a rent or a cost."""

    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    first = given("date", "First day")
    last = given("date", "Last day")
    days = given("days", "Days that count", per=PERIOD)
    shift = given("days", "Late start")
    rate = given("rate", "Rise a year")
    more = given("rate", "Added to every rise", default=0)
    nothing = given("days", "Days that count as nothing", default=1e-6, above=0)
    anniversaries = many("date", "Anniversary", per=DEAL)
    rises = many("no.", "Rises by then", per=DEAL)

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
    def days_after(self) -> Expr:
        """Days that count from the last rise on"""
        return days_between(maximum(self.first, self.last_rise), self.last, self.starts, self.ends)

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
        return share((self.days - self.days_after) * self.earlier + self.days_after * self.later, self.days, self.nothing)

    @line("factor")
    def level(self) -> Expr:
        """Level of the period

        Of its days that count; of its end where there is none."""
        return where(self.days, self.average, self.later)

    @figure("factor")
    def at_end(self) -> Expr:
        """Level of the last day"""
        return (1 + self.rate + self.more) ** step_lookup(self.last - self.shift, self.anniversaries, self.rises)
