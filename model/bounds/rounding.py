"""Between what a figure lies that is told in round numbers."""

from __future__ import annotations

HALF_PERCENT, HUNDREDS = 0.005, 100.0


def of_hundreds(value: float) -> tuple[float, float]:
    """Of a sum told in whole hundreds of millions, USD m: half of one either way."""
    half = HUNDREDS / 2 if value >= HUNDREDS and value % HUNDREDS == 0 else 0.0
    return value - half, value + half


def of_percent(value: float, whole: float) -> tuple[float, float]:
    """Of a part told as a whole per cent: half of one either way."""
    share, (low, high) = value / whole, of_hundreds(whole)
    if abs(share * 100 - round(share * 100)) > 1e-6:
        return value, value
    return max(0.0, share - HALF_PERCENT) * low, (share + HALF_PERCENT) * high


def spread(value: float, low: float, high: float, digits: int = 0) -> str:
    """The figure as told, and how far it may be off."""
    return f"{value:,.{digits}f}" + ("" if low == high else f", as rounded {low:,.0f} to {high:,.0f}")
