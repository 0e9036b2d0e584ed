"""Coupons of a loan by window: rate x year fraction on each of its payment dates, as the engine has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Dated = Sequence[tuple[int, float]]
"""Period of a payment date, and the coupon on what is owed before it."""


def coupons(pays: Any, growth: Any, last: int) -> Dated:
    """Of all payment dates to the last period."""
    return [(m, float(growth[m]) - 1.0) for m in range(1, last + 1) if pays[m]]


def drawn_later(dated: Dated, drawn: int) -> Dated:
    """Of what was drawn by the end of a period: nothing is owed before it."""
    found, before = [], 0
    for period, coupon in dated:
        found.append((period, coupon * max(0, period - max(before, drawn)) / (period - before)))
        before = period
    return found


def by_window(dated: Dated, months: int, windows: int) -> tuple[tuple[float, ...], ...]:
    """In each window, in the order of dates."""
    return tuple(tuple(coupon for m, coupon in dated if w * months < m <= (w + 1) * months) for w in range(windows))
