"""The price of an issue: what is issued later brings more or less than its face, and the difference is spread over its life."""

from __future__ import annotations

from model.debt.statement import Statement
from model.sheet import Expr, Term, given, line


class IssuePrice(Statement):
    """Notes issued after the as-of date; a discount or premium on earlier ones stands in their unamortised cost."""

    issue_price = given("share", "Issue price, share of face", default=1, above=0, high=1.5, ask=True)

    def cost_added(self) -> Term:
        """Discount of what is issued; a premium is a negative discount."""
        return self.drawn - self.funds

    @line("USD m", sums=True)
    def funds(self) -> Expr:
        """Cash that the issue brings"""
        return self.drawn * self.issue_price
