"""Vendor (OEM) financing: the supplier waits for its money.

It adds debt and equipment without cash; instalments and rate are fixed. It is debt on GPUs and so in the perimeter
of the claim.
"""

from __future__ import annotations

from model.debt.base import Instrument
from model.sheet import given


class VendorFinancing(Instrument):
    """Vendor (OEM) financing: the supplier waits for its money."""

    on_gpus = True

    floating = given("flag", "Rate floats", default=0, low=0, high=1)
