"""DSCR*: the average cover that boxes must reach for the company to carry itself, and the verdict on both (CREDIT 6.5)."""

from __future__ import annotations

from model.sheet import DEAL, PERIOD, Block, Expr, choose, figure, given, line, lowest, many, minimum, ratio, sum_of, total, words


class RequiredCover(Block):
    """DSCR*: the average cover of the boxes at which distributions just pay the company's fixed cost, over a window.

    DSCR* = 1 + (corporate cost + interest outside the boxes + other fixed cost) / debt service of the boxes. What a box
    without a ring fence owes is the company's own, so it stands with the fixed cost."""

    window = given("no.", "Months of the window", above=0)
    number = given("no.", "Period", per=PERIOD)
    overhead = given("USD m", "Corporate cost", per=PERIOD)
    interest = given("USD m", "Interest and fees outside the boxes", per=PERIOD)
    rent = given("USD m", "Leases and power outside boxes", per=PERIOD)
    tax = given("USD m", "Cash tax", per=PERIOD)
    own_service_in = many("USD m", "Debt service of the company's own boxes")
    own_cash_in = many("USD m", "Contracted CFADS of the company's own boxes")
    service_in = many("USD m", "Debt service of")
    cash_in = many("USD m", "Contracted CFADS")
    path = given("USD m", "Cash with draws frozen", per=PERIOD)
    pairs = given("no.", "Contract-debt pairs")
    standing_in = many("flag", "Testable and covered", per=DEAL)
    testable_in = many("flag", "Testable", per=DEAL)
    tolerance = given("USD m", "Amount that counts as nothing")

    @line("USD m", sums=True)
    def fixed_in_window(self) -> Expr:
        """Fixed cost of the company"""
        own = sum_of(self.own_service_in) - sum_of(self.own_cash_in)
        return (self.overhead + self.interest + self.rent + self.tax + own) * (self.number <= self.window)

    @line("USD m", sums=True)
    def service_in_window(self) -> Expr:
        """Debt service of the boxes, balloons apart"""
        return sum_of(self.service_in) * (self.number <= self.window)

    @line("USD m", sums=True)
    def cash_in_window(self) -> Expr:
        """Contracted CFADS of the boxes"""
        return sum_of(self.cash_in) * (self.number <= self.window)

    @line("USD m")
    def path_in_window(self) -> Expr:
        """Cash with draws frozen, as far as it is negative"""
        return minimum(0, self.path) * (self.number <= self.window)

    @figure("USD m")
    def fixed(self) -> Expr:
        """Fixed cost of the company in the window"""
        return total(self.fixed_in_window)

    @figure("USD m")
    def service(self) -> Expr:
        """Debt service of the boxes in the window"""
        return total(self.service_in_window)

    @figure("USD m")
    def cash(self) -> Expr:
        """Contracted CFADS of the boxes in the window"""
        return total(self.cash_in_window)

    @figure("x", key=True)
    def required(self) -> Expr:
        """DSCR*: average cover that the boxes must reach"""
        return ratio(self.service + self.fixed, self.service, self.tolerance)

    @figure("x", key=True)
    def actual(self) -> Expr:
        """Average cover of the boxes"""
        return ratio(self.cash, self.service, self.tolerance)

    @figure("USD m")
    def surplus(self) -> Expr:
        """CFADS above debt service and fixed cost"""
        return self.cash - self.service - self.fixed

    @figure("USD m")
    def deepest(self) -> Expr:
        """Deepest negative cash with draws frozen"""
        return lowest(self.path_in_window)

    @figure("flag")
    def self_funding(self) -> Expr:
        """Cover reaches DSCR*, and cash is never negative with draws frozen"""
        return (self.surplus >= 0 - self.tolerance) * (self.deepest >= 0 - self.tolerance)

    @figure("flag")
    def fails(self) -> Expr:
        """A pair that can be tested is not covered"""
        return sum_of(self.standing_in) < sum_of(self.testable_in)

    @figure("flag")
    def covered(self) -> Expr:
        """All pairs can be tested and are covered"""
        return (1 - self.fails) * (sum_of(self.testable_in) >= self.pairs)

    @figure("no.")
    def code(self) -> Expr:
        """Which words: 1 self-funding, 2 needs markets, 3 not testable, 4 not covered"""
        return 1 + (1 - self.covered * self.self_funding) + (1 - self.covered) + self.fails

    @words()
    def verdict(self) -> Expr:
        """Verdict"""
        return choose(self.code, "boxes covered and company self-funding", "boxes covered, company needs markets",
                      "boxes cannot all be tested", "boxes not covered")
