"""Promissory convertible notes: issued to a seller or partner; simple interest accrues to maturity and is paid with principal."""

from __future__ import annotations

from typing import ClassVar

from model.debt.clauses import Callable
from model.debt.statement import Statement
from model.sheet import Expr, line, prev


class PromissoryNotes(Statement):
    """Promissory convertible notes: simple interest to maturity, where it falls due with the principal in cash or shares."""

    stated: ClassVar[tuple[str, ...]] = ("conversion",)
    clauses = (Callable,)

    @line("USD m", sums=True)
    def interest(self) -> Expr:
        """Interest due, at maturity"""
        return self.falls_due() * (prev(self.accrued) + self.accrual_before)
