"""Vendor (OEM) financing: the supplier waits for its money.

A draw is a delivery: it adds debt and equipment without cash, and is repaid in instalments of its own over two or three
years. It is debt on GPUs and so in the perimeter of the claim.
"""

from __future__ import annotations

from model.debt.clauses import MovesWithService
from model.debt.statement import Statement


class VendorFinancing(Statement):
    """Vendor (OEM) financing: the supplier waits for its money."""

    clauses = (MovesWithService,)

    on_gpus = True
    ranking = "senior secured"
    in_cash = False
