"""Terms that a whole contract may have: payment in days, consideration in shares, cash tax, a fee if it is lost."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.contract import Contract
from model.sheet import DEAL, PERIOD, Expr, at, figure, given, line, many, minimum, prev, share, step_lookup, sum_of, total


class PaidLater(Contract):
    """Bills fall due so many days after they are issued; what was billed before the as-of date falls due as stated."""

    stated: ClassVar[tuple[str, ...]] = ("payment_days", "receivables")

    bills_fallen_due = given("no.", "Number of the last bill that is due by period end", per=PERIOD)
    receivables_due = given("USD m", "Billed before the as-of date, due now", per=PERIOD)

    def bills_due(self) -> Expr:
        """Those whose days are over."""
        return self.fallen_due + self.receivables_due

    def collected(self) -> Expr:
        """Cash from invoices whose days are over."""
        return self.paid_so_far - prev(self.paid_so_far) + self.receivables_due

    @line("USD m")
    def billed_so_far(self) -> Expr:
        """Billed so far"""
        return prev(self.billed_so_far) + self.billed

    @line("USD m")
    def fallen_due(self) -> Expr:
        """Bills that fall due"""
        return self.due_so_far - prev(self.due_so_far)

    @line("USD m")
    def due_so_far(self) -> Expr:
        """Bills fallen due so far"""
        return at(self.billed_so_far, self.bills_fallen_due)

    @line("USD m")
    def collectable_so_far(self) -> Expr:
        """Invoiced so far, less what is never collected"""
        return prev(self.collectable_so_far) + self.invoiced - self.not_collected

    @line("USD m")
    def paid_so_far(self) -> Expr:
        """Of it: fallen due and collected"""
        return at(self.collectable_so_far, self.bills_fallen_due)

    @line("USD m")
    def receivable(self) -> Expr:
        """Invoiced since the as-of date, not yet fallen due"""
        return self.collectable_so_far - self.paid_so_far


class InShares(Contract):
    """Consideration in shares is never cash: the customer's own shares for a bill, or the borrower's for the customer."""

    stated: ClassVar[tuple[str, ...]] = ("paid_in_shares", "shares_given")

    shares_due = given("USD m", "Bills that the customer pays in its own shares", per=PERIOD)
    shares_to_customer = given("USD m", "Shares given to the customer", low=0)

    def not_in_cash(self) -> Expr:
        """With what is paid in shares."""
        return super().not_in_cash() + self.paid_in_shares

    def recognised(self) -> Expr:
        """Less the shares given, spread over what is billed."""
        return super().recognised() - self.contra_revenue

    @line("USD m", sums=True)
    def paid_in_shares(self) -> Expr:
        """Paid by the customer in its own shares: never cash"""
        return minimum(self.shares_due, self.billed - self.sla_credits)

    @figure("USD m")
    def all_billed(self) -> Expr:
        """Contracted bills of all periods"""
        return total(self.billed)

    @line("USD m", sums=True)
    def contra_revenue(self) -> Expr:
        """Shares given to the customer: less revenue, not less cash"""
        return self.shares_to_customer * share(self.billed, self.all_billed, self.tolerance)


class Taxed(Contract):
    """Cash tax of the borrower."""

    stated: ClassVar[tuple[str, ...]] = ("taxes",)

    tax_due = given("USD m", "Cash tax", per=PERIOD)

    def other_cost(self) -> Expr:
        """With cash tax."""
        return super().other_cost() + self.tax_paid

    @line("USD m", sums=True)
    def tax_paid(self) -> Expr:
        """Cash tax paid"""
        return self.tax_due


class FeeAtLoss(Contract):
    """A fee that somebody owes if the contract is lost: support, not contracted cash."""

    stated: ClassVar[tuple[str, ...]] = ("termination_fees",)

    fee_dates = many("date", "Fee from", per=DEAL)
    fees = many("USD m", "Fee if the contract is lost from then on", per=DEAL)

    def backed(self) -> Expr:
        """With the fee."""
        return super().backed() + self.termination_paid

    @figure("USD m")
    def termination_fee(self) -> Expr:
        """Fee on the day of loss"""
        return step_lookup(self.lost_on, self.fee_dates, self.fees)

    @line("USD m", sums=True)
    def termination_paid(self) -> Expr:
        """Fee for the loss of the contract"""
        return self.lost_now * self.termination_fee


class OwnsFleet(Contract):
    """The GPUs bought for the contract: what they cost, their book value, and what they would fetch."""

    stated: ClassVar[tuple[str, ...]] = ("fleet",)

    lot_costs = many("USD m", "Cost", per=DEAL)
    lots_paid = many("USD m", "Paid")
    lot_books = many("USD m", "Book value")
    lots_orderly = many("USD m", "Orderly sale")
    lots_broker = many("USD m", "Sale by a broker")
    lots_auction = many("USD m", "Auction")
    lots_distressed = many("USD m", "Distressed sale")

    @figure("USD m")
    def fleet_cost(self) -> Expr:
        """Cost of the GPUs"""
        return sum_of(self.lot_costs)

    @line("USD m", sums=True)
    def fleet_paid(self) -> Expr:
        """Paid for GPUs"""
        return sum_of(self.lots_paid)

    @line("USD m", opening=True, key=True)
    def fleet_book(self) -> Expr:
        """Book value of the GPUs"""
        return sum_of(self.lot_books)

    @line("USD m", opening=True)
    def fleet_orderly(self) -> Expr:
        """GPUs in an orderly sale"""
        return sum_of(self.lots_orderly)

    @line("USD m", opening=True)
    def fleet_broker(self) -> Expr:
        """GPUs sold by a broker"""
        return sum_of(self.lots_broker)

    @line("USD m", opening=True)
    def fleet_auction(self) -> Expr:
        """GPUs at auction"""
        return sum_of(self.lots_auction)

    @line("USD m", opening=True)
    def fleet_distressed(self) -> Expr:
        """GPUs in a distressed sale"""
        return sum_of(self.lots_distressed)


class CustomerContract(Contract):
    """A customer contract with the terms that its papers state."""

    clauses = (PaidLater, InShares, Taxed, FeeAtLoss, OwnsFleet)
