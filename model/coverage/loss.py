"""What a lender loses in the end: debt that all cash of the box leaves unpaid, that of other customers and sales included.

The tests T1 to T3 count contracted cash only. Here everything that comes in pays: contracted cash, renewals, GPUs at spot
prices or sold, claims, reserves; support of others and equity stay out. What has gone up to the parent, or was swept, is gone.
"""

from __future__ import annotations

from model.sheet import DEAL, PERIOD, Block, Expr, at, figure, given, highest, line, many, maximum, minimum, prev, share, sum_of


class AllCash(Block):
    """All cash of one box, and what it pays of the debt: every loan alike, whatever its rank."""

    tolerance = given("USD m", "Amount that counts as nothing")
    contracted = given("USD m", "Contracted CFADS of the box", per=PERIOD)
    other_in = many("USD m", "Not contracted")
    reserves_in = many("USD m", "Reserve at the as-of date", per=DEAL)
    funded_in = many("USD m", "Reserve funded from outside")
    gone_in = many("USD m", "Gone")
    owed_in = many("USD m", "Owed")

    @figure("USD m")
    def reserves(self) -> Expr:
        """Reserves at the as-of date"""
        return sum_of(self.reserves_in)

    @line("USD m", sums=True)
    def comes_in(self) -> Expr:
        """Cash of every kind"""
        return self.contracted + sum_of(self.other_in) + sum_of(self.funded_in)

    @line("USD m")
    def at_hand(self) -> Expr:
        """Cash at hand, what was left before included"""
        return maximum(0, prev(self.left) + self.comes_in)

    @line("USD m")
    def owed(self) -> Expr:
        """Due on all loans, arrears included"""
        return sum_of(self.owed_in)

    @line("USD m", sums=True)
    def paid(self) -> Expr:
        """Paid"""
        return minimum(self.at_hand, self.owed)

    @line("share")
    def paid_share(self) -> Expr:
        """Share of what is owed that is paid"""
        return share(self.paid, self.owed, self.tolerance)

    @line("USD m", opening="reserves")
    def left(self) -> Expr:
        """Left in the box

        What the waterfall has sent up or swept is gone; operating cost that no cash meets is not carried on."""
        return maximum(0, self.at_hand - self.paid - sum_of(self.gone_in))


class Loss(Block):
    """One loan: what is due and not paid grows at the loan's own rate; what never is paid is lost."""

    number = given("no.", "Period", per=PERIOD)
    days = given("days", "Days in period", per=PERIOD, above=0)
    year = given("days", "Days in a year of arrears", default=360, above=0)
    one = given("x", "Growth at the as-of date", default=1, above=0)
    service = given("USD m", "Debt service", per=PERIOD)
    balloon = given("USD m", "Balloon", per=PERIOD)
    growth = given("x", "Growth of a coupon", per=PERIOD, above=0)
    rate = given("rate", "Interest rate", per=PERIOD)
    last_period = given("no.", "Period of maturity (Td)")
    principal = given("USD m", "Pro-forma principal")
    paid_share = given("share", "Share of what is owed that is paid", per=PERIOD)

    @line("x", above=0)
    def carry(self) -> Expr:
        """Growth of arrears in the period

        By coupons up to maturity, by days at the last rate after it."""
        return self.growth + (self.number > self.last_period) * prev(self.rate) * self.days / self.year

    @line("USD m")
    def owed(self) -> Expr:
        """Due, arrears included"""
        return prev(self.arrears) * self.carry + self.service + self.balloon

    @line("USD m", key=True)
    def arrears(self) -> Expr:
        """Due and not paid"""
        return self.owed * (1 - self.paid_share)

    @line("x", opening="one", above=0)
    def grown(self) -> Expr:
        """Growth since the as-of date"""
        return prev(self.grown) * self.carry

    @line("USD m")
    def unpaid_now(self) -> Expr:
        """Due and not paid, in money of the as-of date"""
        return self.arrears / self.grown

    @figure("no.")
    def last(self) -> Expr:
        """Last period"""
        return highest(self.number)

    @figure("USD m", key=True)
    def lost(self) -> Expr:
        """Lost on the box's own cash: present value of what is never paid"""
        return at(self.unpaid_now, self.last)
