"""The parent's cash: what boxes send up, what its own debt takes, and the revolver that holds the minimum."""

from __future__ import annotations

from model.sheet import PERIOD, Block, Expr, given, line, many, prev, sum_of


class Treasury(Block):
    """Cash of the parent by month under the case's own liquidity plan; a shortfall shows as cash below the minimum."""

    opening_cash = given("USD m", "Cash at the as-of date", low=-1e9, ask=True)
    plan_in = given("USD m", "Planned receipts", per=PERIOD)
    plan_out = given("USD m", "Planned payments", per=PERIOD)
    distributions = many("USD m", "Distribution")
    interest_in = many("USD m", "Interest")
    fees_in = many("USD m", "Fee")
    principal_in = many("USD m", "Principal")
    called_in = many("USD m", "Missing in a box")
    refinanced_in = many("USD m", "Balloon that a box does not reach")
    reserves_in = many("USD m", "Reserve funded from outside the box")
    raised_in = many("USD m", "Raised, after fees and discount")
    early_in = many("USD m", "Repaid early, and what it costs")
    revolver_drawn = many("USD m", "Revolver drawn")
    revolver_repaid = many("USD m", "Revolver repaid")

    @line("USD m", sums=True)
    def received(self) -> Expr:
        """Distributions of the boxes"""
        return sum_of(self.distributions)

    @line("USD m", sums=True)
    def unsecured_service(self) -> Expr:
        """Service of debt outside the boxes"""
        return sum_of(self.interest_in) + sum_of(self.fees_in) + sum_of(self.principal_in)

    @line("USD m", sums=True)
    def put_into_boxes(self) -> Expr:
        """Paid for the boxes: what is missing there, and what funds their reserves

        As if every box were guaranteed; where there is no guarantee the box defaults instead."""
        return sum_of(self.called_in) + sum_of(self.refinanced_in) + sum_of(self.reserves_in)

    @line("USD m", sums=True)
    def raised(self) -> Expr:
        """Raised by debt outside the boxes"""
        return sum_of(self.raised_in)

    @line("USD m", sums=True)
    def repaid_early(self) -> Expr:
        """Repaid early outside the boxes, premium included"""
        return sum_of(self.early_in)

    @line("USD m")
    def before_revolver(self) -> Expr:
        """Cash before the revolver"""
        kept = prev(self.cash) + self.received + self.plan_in + self.raised
        return kept - self.plan_out - self.unsecured_service - self.repaid_early - self.put_into_boxes

    @line("USD m", opening="opening_cash", key=True)
    def cash(self) -> Expr:
        """Cash"""
        return self.before_revolver + sum_of(self.revolver_drawn) - sum_of(self.revolver_repaid)
