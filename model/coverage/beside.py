"""What readers see beside the tests: cover on recognised revenue, and cash that is not contracted. None of it enters a test."""

from __future__ import annotations

from model.sheet import Block, Expr, Row, figure, given, line, lowest, many, ratio, sum_of, total


class Beside(Block):
    """Rows beside the tests of a set of slices."""

    tolerance = given("USD m", "Amount that counts as nothing")
    earned_tested_in = many("USD m", "Revenue less cost of the service period")
    renewal_in = many("USD m", "Renewal cash")
    merchant_in = many("USD m", "On-demand and spot cash")
    residual_in = many("USD m", "GPUs sold")
    support_in = many("USD m", "Support")

    @property
    def serviced(self) -> Row:
        """The row of debt service."""
        return self.row("service")

    @line("x")
    def dscr_on_revenue(self) -> Expr:
        """DSCR on recognised revenue, for readers

        A prepayment that is credited counts as revenue, though it was paid long before. Source: RULES 6."""
        return ratio(self.tested_revenue, self.serviced, self.tolerance)

    @line("USD m", sums=True)
    def tested_revenue(self) -> Expr:
        """Revenue less cost of the service periods that end here"""
        return sum_of(self.earned_tested_in)

    @line("USD m", sums=True)
    def revenue_where_serviced(self) -> Expr:
        """Revenue less cost of service periods with debt service"""
        return self.tested_revenue * (self.serviced > self.tolerance)

    @figure("USD m")
    def all_revenue(self) -> Expr:
        """Revenue less cost of all service periods"""
        return total(self.revenue_where_serviced)

    @figure("USD m")
    def all_serviced(self) -> Expr:
        """Debt service of all service periods, beside revenue"""
        return total(self.serviced)

    @figure("x")
    def avg_dscr_on_revenue(self) -> Expr:
        """Average DSCR on recognised revenue"""
        return ratio(self.all_revenue, self.all_serviced, self.tolerance)

    @figure("x")
    def min_dscr_on_revenue(self) -> Expr:
        """Lowest DSCR on recognised revenue"""
        return lowest(self.dscr_on_revenue)

    @line("USD m", sums=True)
    def renewal(self) -> Expr:
        """Renewal cash, in no test"""
        return sum_of(self.renewal_in)

    @line("USD m", sums=True)
    def merchant(self) -> Expr:
        """On-demand and spot cash, in no test"""
        return sum_of(self.merchant_in)

    @line("USD m", sums=True)
    def residual(self) -> Expr:
        """GPUs sold, in no test"""
        return sum_of(self.residual_in)

    @line("USD m", sums=True)
    def support(self) -> Expr:
        """Support, in no test"""
        return sum_of(self.support_in)
