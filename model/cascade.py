"""The levels of a waterfall: a step that pays, a sweep, the distribution. Each hands what is left to the level below."""

from __future__ import annotations

from model.sheet import PERIOD, Block, Expr, given, line, many, maximum, minimum, prev, share, sum_of


class Step(Block):
    """Pay what is due as far as the cash lasts."""

    available = given("USD m", "Cash from the level above", per=PERIOD)
    dues = many("USD m", "Due")

    @line("USD m", sums=True)
    def due(self) -> Expr:
        """Amount due"""
        return sum_of(self.dues)

    @line("USD m", key=True, sums=True)
    def paid(self) -> Expr:
        """Amount paid"""
        return maximum(0, minimum(self.available, self.due))

    @line("USD m", sums=True)
    def shortfall(self) -> Expr:
        """Amount missing"""
        return self.due - self.paid

    @line("USD m")
    def remaining(self) -> Expr:
        """Cash to the level below"""
        return self.available - self.paid


class Conditional(Block):
    """A level that acts only where covenants stand on the right side of a level."""

    available = given("USD m", "Cash from the level above", per=PERIOD)
    portion = given("share", "Share of the cash", low=0, high=1)
    met_in = many("flag", "Condition")
    unmet_in = many("flag", "Condition that must not hold")
    conditions = given("no.", "Conditions that must hold", default=0, low=0)

    @line("flag")
    def allowed(self) -> Expr:
        """Conditions are met"""
        return (sum_of(self.met_in) >= self.conditions) * (sum_of(self.unmet_in) <= 0)


class Sweep(Conditional):
    """Repay debt early with a share of the cash that is left; the last instalments fall away first."""

    balances = many("USD m", "Balance after service")

    @line("USD m")
    def owed(self) -> Expr:
        """Debt that can be swept"""
        return sum_of(self.balances)

    @line("USD m", key=True, sums=True)
    def swept(self) -> Expr:
        """Swept"""
        return minimum(self.owed, self.allowed * self.portion * self.available)

    @line("USD m")
    def remaining(self) -> Expr:
        """Cash to the level below"""
        return self.available - self.swept


class SweepShare(Block):
    """One loan's part of a sweep, pro rata to its balance."""

    swept = given("USD m", "Swept in all", per=PERIOD)
    owed = given("USD m", "Debt that can be swept", per=PERIOD)
    balance = given("USD m", "This loan's balance", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")

    @line("share")
    def weight(self) -> Expr:
        """This loan's weight"""
        return share(self.balance, self.owed, self.tolerance)

    @line("USD m", sums=True)
    def part(self) -> Expr:
        """Swept from this loan"""
        return minimum(self.balance, self.swept * self.weight)

    @line("USD m")
    def left(self) -> Expr:
        """Balance that a later sweep can reach"""
        return self.balance - self.part


class Distribution(Conditional):
    """What is left goes up to the parent; where a covenant does not allow it, it is trapped in the box."""

    pays = given("flag", "Payment date of the box", per=PERIOD)
    left_over = given("USD m", "Cash left at the end of the waterfall", per=PERIOD)
    trapped_above = many("USD m", "Trapped by a step above")

    @line("share")
    def paid_share(self) -> Expr:
        """Share of the surplus that goes up"""
        return self.allowed * self.portion

    @line("USD m", sums=True)
    def surplus_out(self) -> Expr:
        """Distributed from the surplus"""
        return self.paid_share * self.available

    @line("USD m")
    def remaining(self) -> Expr:
        """Cash kept in the box"""
        return self.available - self.surplus_out

    @line("USD m", sums=True)
    def withheld(self) -> Expr:
        """Held back by the lock-up on this date"""
        return self.pays * (1 - self.allowed) * self.portion * self.available

    @line("USD m", key=True)
    def trapped(self) -> Expr:
        """Trapped: what would have gone up if the lock-up had not held it

        Part of the cash kept in the box, so less what steps below take; it goes up on the first date that allows it."""
        still_there = maximum(0, self.left_over - sum_of(self.trapped_above))
        return minimum(self.withheld, still_there) + (1 - self.pays) * prev(self.trapped)

    @line("USD m", sums=True)
    def freed(self) -> Expr:
        """Released from the trap"""
        return self.allowed * minimum(prev(self.trapped), self.surplus_out)


class Payout(Block):
    """What the parent gets and what it is called for: distributions, releases, and what no account could pay."""

    surpluses = many("USD m", "Distributed from the surplus")
    releases_in = many("USD m", "Released from an account")
    shortfalls = many("USD m", "Missing")
    relieved_in = many("USD m", "Paid by an account")
    cured_in = many("USD m", "Paid from equity cures")
    balloons_missing = many("USD m", "Balloon that the cash does not reach")

    @line("USD m", key=True, sums=True)
    def distribution(self) -> Expr:
        """Distribution to the parent"""
        return sum_of(self.surpluses) + self.released

    @line("USD m", sums=True)
    def released(self) -> Expr:
        """Of it: released from accounts"""
        return sum_of(self.releases_in)

    @line("USD m", sums=True)
    def relieved(self) -> Expr:
        """Paid by the accounts of the box"""
        return sum_of(self.relieved_in)

    @line("USD m", sums=True)
    def paid_from_cures(self) -> Expr:
        """Paid from equity cures"""
        return sum_of(self.cured_in)

    @line("USD m", key=True, sums=True)
    def called(self) -> Expr:
        """Missing: a call on the guarantor, or default where there is none"""
        return maximum(0, sum_of(self.shortfalls) - self.relieved - self.paid_from_cures)

    @line("USD m", sums=True)
    def to_refinance(self) -> Expr:
        """Balloon that the cash does not reach: to be refinanced, or default"""
        return sum_of(self.balloons_missing)
