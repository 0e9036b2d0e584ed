"""The levels of a waterfall: a step that pays, a reserve, a sweep. Each hands what is left to the level below."""

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


class Reserve(Block):
    """Cash set aside: pays what the steps above could not, and is filled up again from what they leave."""

    available = given("USD m", "Cash from the level above", per=PERIOD)
    pays = given("flag", "Payment date of the box", per=PERIOD)
    shortfalls = many("USD m", "Missing")
    balances = many("USD m", "Opening balance")
    held_before = given("USD m", "Held at the as-of date", default=0, low=0, ask=True)
    funded = given("USD m", "Funded from outside the box", per=PERIOD)
    fixed_target = given("USD m", "Target, fixed amount", default=0, low=0, ask=True)
    balance_target = given("share", "Target, share of debt", default=0, low=0, high=1, ask=True)
    target_cap = given("USD m", "Target, at most", default=1e9, low=0, ask=True)
    releases = given("flag", "What exceeds the target is released", default=0, low=0, high=1, ask=True)

    @line("USD m")
    def target(self) -> Expr:
        """Reserve target

        On the balance before this period's payments."""
        return minimum(self.target_cap, maximum(self.fixed_target, self.balance_target * sum_of(self.balances)))

    @line("USD m")
    def opening(self) -> Expr:
        """Opening balance"""
        return prev(self.closing) + self.funded

    @line("USD m", sums=True)
    def drawn(self) -> Expr:
        """Drawn for debt service and cost"""
        return minimum(self.opening, sum_of(self.shortfalls))

    @line("USD m", sums=True)
    def filled(self) -> Expr:
        """Filled from cash"""
        return self.pays * minimum(self.available, maximum(0, self.target - self.opening + self.drawn))

    @line("USD m", sums=True)
    def released(self) -> Expr:
        """Released to the parent"""
        return self.pays * self.releases * maximum(0, self.opening - self.drawn - self.target)

    @line("USD m", opening="held_before", key=True)
    def closing(self) -> Expr:
        """Closing balance"""
        return self.opening - self.drawn + self.filled - self.released

    @line("USD m")
    def remaining(self) -> Expr:
        """Cash to the level below"""
        return self.available - self.filled


class Sweep(Block):
    """Repay debt early with a share of the cash that is left; the last instalments fall away first."""

    available = given("USD m", "Cash from the level above", per=PERIOD)
    balances = many("USD m", "Balance after service")
    portion = given("share", "Share of cash swept", low=0, high=1)

    @line("USD m")
    def owed(self) -> Expr:
        """Debt that can be swept"""
        return sum_of(self.balances)

    @line("USD m", key=True, sums=True)
    def swept(self) -> Expr:
        """Swept"""
        return minimum(self.owed, self.portion * self.available)

    @line("USD m")
    def remaining(self) -> Expr:
        """Cash to the level below"""
        return self.available - self.swept


class SweepShare(Block):
    """One loan's part of the sweep, pro rata to its balance."""

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
