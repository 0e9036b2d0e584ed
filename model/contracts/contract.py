"""A customer contract: its cash, what of it is still to come, and when it ends.

The rows that count in tests are contracted: take-or-pay, signed, inside the firm term.
"""

from __future__ import annotations

from typing import ClassVar

from model.contracts.cash import ContractCash
from model.contracts.prepayment import Prepayment
from model.sheet import Expr, Row, figure, first_when, following, line, prev, sum_of, total


class Contract(ContractCash):
    """All tranches and prepayments of one customer contract."""

    clauses: ClassVar[tuple[type[Contract], ...]] = ()
    stated: ClassVar[tuple[str, ...]] = ()

    # ---- what is still to come ---------------------------------------------------------------------------------------

    @figure("USD m")
    def backlog_at_start(self) -> Expr:
        """Contracted revenue to come at the as-of date (RPO)"""
        return total(self.revenue)

    @line("USD m")
    def backlog_opening(self) -> Expr:
        """Backlog, opening"""
        return prev(self.backlog)

    @line("USD m", opening="backlog_at_start", key=True)
    def backlog(self) -> Expr:
        """Backlog, closing"""
        return self.backlog_opening - self.revenue

    @figure("USD m")
    def cash_at_start(self) -> Expr:
        """Contracted cash to come at the as-of date"""
        return total(self.receipts)

    @line("USD m", opening="cash_at_start")
    def cash_to_come(self) -> Expr:
        """Cash still to be collected, closing"""
        return prev(self.cash_to_come) - self.receipts

    @figure("USD m")
    def deferred_at_start(self) -> Expr:
        """Deferred revenue at the as-of date"""
        return sum_of(self.held_at_start)

    @line("USD m", opening="deferred_at_start")
    def deferred_revenue(self) -> Expr:
        """Deferred revenue (prepayments held)"""
        return sum_of(self.prepayments_held)

    @line("USD m")
    def to_fall_due(self) -> Expr:
        """Bills still to fall due, this period included"""
        return following(self.to_fall_due) + self.bills_due()

    @line("flag")
    def last(self) -> Expr:
        """Last contracted receipt falls due"""
        return (self.to_fall_due > self.tolerance) * (following(self.to_fall_due) <= self.tolerance)

    @figure("no.")
    def last_period(self) -> Expr:
        """Period of the last contracted receipt (Tc)

        Source: RULES 9."""
        return total(self.last_number)

    @line("no.")
    def last_number(self) -> Expr:
        """Its number"""
        return self.last * self.number

    @figure("date")
    def last_date(self) -> Expr:
        """Date of the last contracted receipt (Tc)"""
        return first_when(self.last, self.ends)

    @line("USD m", opening="earned_before")
    def earned(self) -> Expr:
        """Contracted CFADS since the start"""
        return prev(self.earned) + self.cfads

    @line("flag")
    def paid_back(self) -> Expr:
        """GPUs paid back"""
        return (self.earned >= self.capex - self.tolerance) * (self.capex > 0)

    @figure("date")
    def payback(self) -> Expr:
        """Payback date

        First period end at which contracted CFADS since the start reaches the cost of the GPUs. Source: RULES 18."""
        return first_when(self.paid_back, self.ends)


def bills_chain(contract: Contract, prepayments: list[Prepayment]) -> None:
    """Credits are taken from the bills one after the other, so that none is credited twice."""
    left: Row = contract.row("billable")
    for prepayment in prepayments:
        prepayment.bind(billable=left)
        left = prepayment.row("still_billable")
