"""Convertible notes as what a creditor must expect: a coupon, and the principal in cash at maturity.

What conversion changes depends on the share price and stands beside the note, `model/debt/conversion.py`.
"""

from __future__ import annotations

from model.debt.clauses import Callable
from model.debt.statement import Statement


class ConvertibleNotes(Statement):
    """Convertible notes: a coupon, and the principal in cash at maturity unless the share price says otherwise."""

    clauses = (Callable,)
