"""Loan with interest in kind: the coupon joins the balance, and redemption costs a premium (Magnetar)."""

from __future__ import annotations

from model.debt.clauses import Callable, PaidInKind
from model.debt.statement import Statement


class InKindLoan(PaidInKind, Statement):
    """Loan with interest in kind: the coupon joins the balance, and redemption costs a premium."""

    clauses = (Callable,)
