"""Equity cures: cash of the parent that ends a default, within limits. Support, so in no test and no cover (`RULES.md` 15)."""

from __future__ import annotations

from model.sheet import PERIOD, Block, Expr, given, line, many, maximum, minimum, prev, sum_of


class Cure(Block):
    """What the parent pays in on a test that fails, into an account of its own that pays what nothing else could."""

    until = given("date", "Last day of cures", kind="date", ask=True)
    at_most = given("USD m", "Cures in all, at most", default=1e6, low=0, ask=True)
    times = given("no.", "Cures, at most", default=1000, low=0, ask=True)
    ends = given("date", "Period end", per=PERIOD)
    needed = given("USD m", "What would cure the test", per=PERIOD)
    at_hand = given("USD m", "Cash that the parent has for cures", per=PERIOD)
    shortfalls = many("USD m", "Missing")
    relieved_in = many("USD m", "Paid by an account")
    owed_in = many("USD m", "Opening balance")
    tolerance = given("USD m", "Amount that counts as nothing")

    @line("USD m")
    def left(self) -> Expr:
        """Limit left"""
        open_now = (self.ends <= self.until) * (prev(self.used) < self.times)
        return open_now * (self.at_most - prev(self.cured_so_far))

    @line("USD m", key=True, sums=True)
    def cured(self) -> Expr:
        """Cured by the parent"""
        return minimum(self.needed, minimum(self.left, self.at_hand))

    @line("USD m")
    def cured_so_far(self) -> Expr:
        """Cured so far"""
        return prev(self.cured_so_far) + self.cured

    @line("no.")
    def used(self) -> Expr:
        """Cures so far"""
        return prev(self.used) + (self.cured > self.tolerance)

    @line("flag")
    def uncured(self) -> Expr:
        """A default that was not cured in full"""
        return self.needed - self.cured > self.tolerance

    @line("USD m")
    def opening(self) -> Expr:
        """Cash of cures, opening"""
        return prev(self.closing)

    @line("USD m", sums=True)
    def drawn(self) -> Expr:
        """Paid from cures for what is missing"""
        return minimum(self.opening + self.cured, maximum(0, sum_of(self.shortfalls) - sum_of(self.relieved_in)))

    @line("USD m", sums=True)
    def released(self) -> Expr:
        """Back to the parent once nothing is owed"""
        return (self.opening + self.cured - self.drawn) * (sum_of(self.owed_in) <= self.tolerance)

    @line("USD m", key=True)
    def closing(self) -> Expr:
        """Cash of cures, closing"""
        return self.opening + self.cured - self.drawn - self.released


class CashForCures(Block):
    """What the parent has at hand: its cash and undrawn lines at the end of the month before, boxes in their order."""

    cash = given("USD m", "Company cash and undrawn lines at period start, after the boxes above", per=PERIOD)
    stopped = given("flag", "Cross-default: nothing is paid in any more", per=PERIOD)
    cured = given("USD m", "Cured in this box", per=PERIOD)

    @line("USD m", key=True)
    def at_hand(self) -> Expr:
        """Cash for cures"""
        return self.cash * (1 - self.stopped)

    @line("USD m")
    def left(self) -> Expr:
        """Left for the boxes below, and for guarantees"""
        return self.cash - self.cured
