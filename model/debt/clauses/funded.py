"""Interest during construction, paid by a draw on the loan itself (`RULES.md` 13)."""

from __future__ import annotations

from typing import ClassVar

from model.debt.clauses.commitment import Commitment
from model.sheet import PERIOD, Expr, following, given, line, maximum, minimum, prev, share


class FundsItsInterest(Commitment):
    """While construction lasts the draw of a payment date brings the interest due on it, its own interest and fee included.

    Such interest is outside T1's service and shown apart. `planned_draws` are then what the borrower needs in cash.
    """

    stated: ClassVar[tuple[str, ...]] = ("interest_funded_to",)

    by_rule = given("flag", "Instalments follow a rule, so that they repay funded interest too", low=0, high=1)
    funds_interest = given("flag", "Interest of this payment date is funded by a draw", per=PERIOD)

    def asked_for(self) -> Expr:
        """D = (need + interest on what was owed) / (1 - fee - rate x own year fraction)."""
        need = self.funds_interest * self.interest_before_draw + super().asked_for()
        return need / self.kept_of_draw

    def instalment(self) -> Expr:
        """Instalments by rule grow with what was drawn for interest; stated amounts stay as they are."""
        return super().instalment() * (1 + self.by_rule * self.funded_weight)

    def interest_settled(self) -> Expr:
        """All of it, whoever pays."""
        return self.interest + self.funded_interest

    @line("USD m", sums=True)
    def interest_before_draw(self) -> Expr:
        """Interest due on what was owed before"""
        return self.pays * (prev(self.accrued) + self.rate_before() * self.opening * self.before)

    @line("share", above=0)
    def kept_of_draw(self) -> Expr:
        """Part of a draw that is left for the need

        Where interest is funded, after its fee and its own interest to the payment date."""
        return 1 - self.funds_interest * (self.upfront_fee + self.issue_discount
                                          + self.pays * self.rate_before() * self.draw_before)

    @line("USD m", sums=True)
    def drawn_for_interest(self) -> Expr:
        """Drawn to pay interest, its own cost included"""
        return self.funds_interest * maximum(0, self.drawn - super().asked_for())

    @line("USD m")
    def drawn_for_interest_so_far(self) -> Expr:
        """Drawn to pay interest, so far"""
        return prev(self.drawn_for_interest_so_far) + self.drawn_for_interest

    @line("USD m", opening="balance_at_start")
    def borrowed_so_far(self) -> Expr:
        """As-of balance and draws for other needs, so far"""
        return prev(self.borrowed_so_far) + self.drawn - self.drawn_for_interest

    @line("share")
    def funded_weight(self) -> Expr:
        """Drawn to pay interest, of all else that was borrowed"""
        return share(self.drawn_for_interest_so_far, self.borrowed_so_far, self.tolerance)

    @line("USD m", sums=True)
    def interest_due(self) -> Expr:
        """Interest due, funded interest included"""
        return self.pays * (prev(self.accrued) + self.accrual_before)

    @line("USD m", sums=True)
    def funded_interest(self) -> Expr:
        """Interest funded by a draw"""
        return self.funds_interest * minimum(self.interest_due, self.funds)

    @line("USD m")
    def to_draw(self) -> Expr:
        """Draws still planned, this period included

        What a draw pays on the loan itself is inside its discount rate already and is left out."""
        return following(self.to_draw) + self.drawn - self.funded_interest

    @line("USD m", sums=True)
    def interest(self) -> Expr:
        """Interest due in cash"""
        return self.interest_due - self.funded_interest
