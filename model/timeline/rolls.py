"""Roll dates: the same day of the month, so many months apart, held to the month's end."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def month_end(year: int, month: int) -> date:
    """Last calendar day of the month."""
    return date(year, month, monthrange(year, month)[1])


def is_month_end(d: date) -> bool:
    """Whether `d` is the last calendar day of its month."""
    return d == month_end(d.year, d.month)


def months_between(earlier: date, later: date) -> int:
    """Calendar months from one date's month to the other's; the days do not matter."""
    return 12 * (later.year - earlier.year) + later.month - earlier.month


def roll_date(anchor: date, months: int, day: int) -> date:
    """The roll date `months` after the anchor's month: `day` (1..31), or the last day of a shorter month."""
    year, month = divmod(12 * anchor.year + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


def roll_dates(anchor: date, months: int, day: int, low: date, high: date) -> tuple[date, ...]:
    """Roll dates every `months` months through the anchor's month, from before `low` to after `high`."""
    first = months_between(anchor, low) // months - 1
    last = months_between(anchor, high) // months + 1
    return tuple(roll_date(anchor, k * months, day) for k in range(first, last + 1))
