"""Promissory convertible notes: issued to a seller or partner; interest accrues to maturity and is paid with principal."""

from __future__ import annotations

from typing import ClassVar

from model.debt.clauses import Callable, PaidInKind
from model.debt.statement import Statement


class PromissoryNotes(PaidInKind, Statement):
    """Promissory convertible notes: interest accrues to maturity, where both fall due in cash or shares."""

    stated: ClassVar[tuple[str, ...]] = ("conversion",)
    clauses = (Callable,)
