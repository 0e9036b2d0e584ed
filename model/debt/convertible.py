"""Convertible notes as what a creditor must expect: a coupon, and the principal in cash at maturity.

Conversion depends on the share price and is not modelled here: nothing is taken off the debt for it.
"""

from __future__ import annotations

from model.debt.base import Instrument
from model.sheet import given


class ConvertibleNotes(Instrument):
    """Convertible notes as what a creditor must expect: a coupon, and the principal in cash at maturity."""

    on_gpus = False

    floating = given("flag", "Rate floats", default=0, low=0, high=1)
