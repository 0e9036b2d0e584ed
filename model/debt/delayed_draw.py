"""Delayed-draw term loan: drawn as GPUs are bought, secured on a ring-fenced borrower.

A floating rate over the curve with a floor, a margin by the customers' rating and a swap; a fee on what is undrawn; any
repayment profile, the greatest-of tests beside it; draws that may mature one by one and may fund their own interest.
"""

from __future__ import annotations

from model.debt.clauses import (
    Callable,
    CollateralTests,
    Commitment,
    Extendable,
    FleetCollateral,
    FundsItsInterest,
    Hedged,
    MarginGrid,
    MovesWithService,
    OwnMaturities,
    StepUps,
)
from model.debt.statement import Statement


class DelayedDrawLoan(Commitment, Statement):
    """Delayed-draw term loan: drawn as GPUs are bought, secured on a ring-fenced borrower."""

    floats = True
    clauses = (Hedged, StepUps, MarginGrid, Extendable, Callable, OwnMaturities, FleetCollateral, CollateralTests,
               FundsItsInterest, MovesWithService)

    on_gpus = True
    ranking = "senior secured"
