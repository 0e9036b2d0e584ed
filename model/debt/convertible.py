"""Convertible notes as what a creditor must expect: a coupon, and the principal in cash at maturity.

What conversion changes depends on the share price and stands beside the note, `model/debt/conversion/`.
"""

from __future__ import annotations

from typing import ClassVar

from model.debt.clauses import AtEffectiveRate, Callable, IssuePrice
from model.debt.statement import Statement


class ConvertibleNotes(Statement):
    """Convertible notes: a coupon, and the principal in cash at maturity unless the share price says otherwise."""

    stated: ClassVar[tuple[str, ...]] = ("conversion",)
    clauses = (IssuePrice, Callable, AtEffectiveRate)
