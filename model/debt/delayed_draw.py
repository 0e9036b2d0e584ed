"""Delayed-draw term loan: drawn as GPUs are bought, secured on a ring-fenced borrower.

A floating rate over the curve with a floor, a fee on what is undrawn while it can be drawn, and any repayment
profile.
"""

from __future__ import annotations

from model.debt.base import Instrument


class DelayedDrawLoan(Instrument):
    """Delayed-draw term loan: drawn as GPUs are bought, secured on a ring-fenced borrower."""

    on_gpus = True
