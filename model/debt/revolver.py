"""Revolving credit: the balance drawn at the as-of date, due at maturity."""

from __future__ import annotations

from model.debt.base import Instrument


class Revolver(Instrument):
    """Revolving credit: the balance drawn at the as-of date, due at maturity."""

    on_gpus = False
