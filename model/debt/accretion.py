"""Effective interest as rows: the carrying amount of a note beside the cash that is owed on it.

The principal is what must be paid; the carrying amount is principal less unamortised discount and cost, and meets it at
maturity, or at the first date on which holders may put the note without any condition.
"""

from __future__ import annotations

from model.sheet import PERIOD, Block, Expr, figure, given, line, maximum, prev, total, where


class Accretion(Block):
    """A fixed-rate note as one liability by the effective-interest method. Source: ASC 835-30-35-2; ASU 2020-06.

    Interest runs on the carrying amount with the accrued coupon, from day to day: year fractions on the day count that the
    effective rate was solved on, a payment inside the period with its own. `principal`, `accrued`, `interest` and
    `principal_paid` are the note's own rows and stay as they are.
    """

    principal = given("USD m", "Principal at period end", per=PERIOD)
    principal_paid = given("USD m", "Principal paid", per=PERIOD)
    drawn = given("USD m", "Issued in the period", per=PERIOD)
    interest_paid = given("USD m", "Interest due", per=PERIOD)
    accrued = given("USD m", "Interest accrued, not yet due", per=PERIOD)
    years = given("years", "Year fraction of the period", per=PERIOD)
    years_after = given("years", "Year fraction from the payment date to period end", per=PERIOD)
    years_drawn = given("years", "Year fraction from the issue date to period end", per=PERIOD)
    last = given("flag", "Maturity, or the first put, falls in the period", per=PERIOD)
    effective_rate = given("rate", "Effective rate, solved at issue and kept", above=-1, high=10)
    unamortised_at_start = given("USD m", "Unamortised discount and cost at the start", default=0)
    issue_cost = given("share", "Discount and cost of what is issued later", default=0, low=-0.5, high=0.5)

    @line("USD m")
    def accrual(self) -> Expr:
        """Contractual interest of the period"""
        return self.accrued - prev(self.accrued) + self.interest_paid

    @line("USD m", sums=True)
    def cost_added(self) -> Expr:
        """Discount and cost of what is issued"""
        return self.drawn * self.issue_cost

    @line("flag")
    def over(self) -> Expr:
        """Discount has been spread by period end"""
        return maximum(prev(self.over), self.last)

    @line("USD m")
    def carrying_opening(self) -> Expr:
        """Carrying amount at period start"""
        return prev(self.carrying)

    @line("USD m")
    def on_opening(self) -> Expr:
        """Effective interest on the opening amount, accrued coupon included"""
        return (self.carrying_opening + prev(self.accrued)) * ((1 + self.effective_rate) ** self.years - 1)

    @line("USD m")
    def on_issued(self) -> Expr:
        """Effective interest on what is issued in the period"""
        return (self.drawn - self.cost_added) * ((1 + self.effective_rate) ** self.years_drawn - 1)

    @line("USD m")
    def on_paid(self) -> Expr:
        """Effective interest saved on what is paid in the period"""
        return (self.interest_paid + self.principal_paid) * ((1 + self.effective_rate) ** self.years_after - 1)

    @line("USD m")
    def computed(self) -> Expr:
        """Accretion by the effective rate"""
        return (1 - prev(self.over)) * (self.on_opening + self.on_issued - self.on_paid - self.accrual)

    @line("USD m", key=True, sums=True)
    def accretion(self) -> Expr:
        """Accretion of discount and cost

        By the effective rate; the last period takes what is left."""
        return where(self.last, prev(self.unamortised) + self.cost_added, self.computed)

    @line("USD m", sums=True)
    def residue(self) -> Expr:
        """What the last period takes beyond the effective rate

        Small where rate, dates and cost belong together."""
        return self.accretion - self.computed

    @line("USD m", opening="unamortised_at_start")
    def unamortised(self) -> Expr:
        """Unamortised discount and cost"""
        return prev(self.unamortised) + self.cost_added - self.accretion

    @line("USD m", key=True, sums=True)
    def expense(self) -> Expr:
        """Interest expense"""
        return self.accrual + self.accretion

    @line("USD m", opening=True, key=True)
    def carrying(self) -> Expr:
        """Carrying amount

        Principal less unamortised discount and cost. Source: ASC 835-30-45-1A."""
        return self.principal - self.unamortised

    @figure("USD m")
    def accretion_total(self) -> Expr:
        """Accretion over the horizon"""
        return total(self.accretion)

    @figure("USD m", key=True)
    def residue_total(self) -> Expr:
        """What the last period takes beyond the effective rate"""
        return total(self.residue)
