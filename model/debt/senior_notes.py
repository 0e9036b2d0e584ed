"""Senior notes: a coupon and a bullet, unsecured, served by the company; callable at a price, perhaps in another currency."""

from __future__ import annotations

from model.debt.clauses import AtEffectiveRate, Callable, ForeignMoney, IssuePrice
from model.debt.statement import Statement


class SeniorNotes(Statement):
    """Senior notes: a coupon and a bullet, unsecured, served by the company."""

    clauses = (ForeignMoney, IssuePrice, Callable, AtEffectiveRate)
