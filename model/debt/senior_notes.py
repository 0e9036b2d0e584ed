"""Senior notes: a fixed coupon and a bullet, unsecured, served by the company."""

from __future__ import annotations

from model.debt.base import Instrument
from model.sheet import given


class SeniorNotes(Instrument):
    """Senior notes: a fixed coupon and a bullet, unsecured, served by the company."""

    on_gpus = False

    floating = given("flag", "Rate floats", default=0, low=0, high=1)
