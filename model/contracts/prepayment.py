"""Cash from the customer before service: received once, held as deferred revenue, credited against later bills."""

from __future__ import annotations

from model.contracts.tranche import days_between
from model.sheet import PERIOD, Block, Expr, figure, given, line, minimum, prev, share


class Prepayment(Block):
    """Cash from the customer before service: received once, held as deferred revenue, credited against later bills."""

    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    billable = given("USD m", "Bills it can be credited against", per=PERIOD)
    ended_now = given("flag", "Service ends for good", per=PERIOD)
    lost_on = given("date", "Last day of service if the contract is lost")
    first_shift = given("days", "Move of the window's first day", default=0)
    last_shift = given("days", "Move of its last day", default=0)
    part = given("share", "Part of the prepayment with this window", default=1, above=0, high=1)
    held_before = given("USD m", "Held at the as-of date", default=0, low=0, ask=True)
    amount = given("USD m", "Still to be received", default=0, low=0, ask=True)
    received_on = given("date", "Received on", default=0, kind="date", ask=True)
    credit_from = given("date", "Credited from, as signed", kind="date")
    credit_to = given("date", "Credited to, as signed", kind="date")
    credit_limit = given("date", "Not credited after")
    refundable = given("flag", "What is not credited by the end, or by a loss, goes back", default=0, low=0, high=1, ask=True)

    @figure("date")
    def credit_starts(self) -> Expr:
        """Credited from"""
        return minimum(self.credit_from + self.first_shift, self.credit_limit)

    @figure("date")
    def credit_ends(self) -> Expr:
        """Credited to

        By rule no later than the last day of service, so that all is credited by the last bill."""
        return minimum(self.credit_to + self.last_shift, self.credit_limit)

    @figure("days")
    def credit_span(self) -> Expr:
        """Days over which it is credited"""
        return self.credit_ends - self.credit_starts + 1

    @line("USD m", sums=True)
    def received(self) -> Expr:
        """Prepayment received

        A source of funds for the GPUs; never part of CFADS; nothing once the contract is lost. Source: RULES 6."""
        here = (self.starts <= self.received_on) * (self.received_on <= self.ends) * (self.received_on <= self.lost_on)
        return self.amount * self.part * here

    @line("USD m")
    def entitled(self) -> Expr:
        """Credit the customer is entitled to so far"""
        return prev(self.entitled) + share((self.held_before + self.amount) * self.part * self.credit_days, self.credit_span, 0)

    @line("days")
    def credit_days(self) -> Expr:
        """Days of crediting"""
        return days_between(self.credit_starts, self.credit_ends, self.starts, self.ends)

    @line("USD m", sums=True)
    def applied(self) -> Expr:
        """Prepayment credited

        What is due by now and was not yet credited, as far as there is a bill and a balance."""
        return minimum(minimum(self.billable, self.entitled - prev(self.applied_so_far)), prev(self.held) + self.received)

    @line("USD m")
    def applied_so_far(self) -> Expr:
        """Credited so far"""
        return prev(self.applied_so_far) + self.applied

    @line("USD m")
    def still_billable(self) -> Expr:
        """Bills left for cash"""
        return self.billable - self.applied

    @line("USD m")
    def left_at_end(self) -> Expr:
        """Held when service ends or the contract is lost, after the last credit"""
        return self.ended_now * (prev(self.held) + self.received - self.applied)

    @line("USD m", sums=True)
    def refunded(self) -> Expr:
        """Paid back to the customer"""
        return self.left_at_end * self.refundable

    @line("USD m", sums=True)
    def forfeited(self) -> Expr:
        """Kept for good: revenue without cash"""
        return self.left_at_end - self.refunded

    @figure("USD m")
    def held_at_start(self) -> Expr:
        """Held at the as-of date, this part"""
        return self.held_before * self.part

    @line("USD m", opening="held_at_start", key=True)
    def held(self) -> Expr:
        """Prepayment held"""
        return prev(self.held) + self.received - self.applied - self.refunded - self.forfeited
