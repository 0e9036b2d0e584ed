"""Overnight rates compounded in arrears over an interest period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import prod

from model.timeline.calendars import SOFR_FIXING, Calendar


@dataclass(frozen=True)
class ArrearsTerms:
    """How the days of an interest period find their overnight rate; counts are in business days.

    ValueError for a negative count.
    """

    #: The rate of a day is that of so many business days earlier.
    lookback: int = 5
    #: The rates keep the calendar days of their own dates, and the rate is that of the shifted period.
    observation_shift: bool = False
    #: The last so many business days of the period repeat the rate of the day before them.
    lockout: int = 0
    #: The margin compounds with the rate; outside, the caller adds it.
    margin_inside: bool = False

    def __post_init__(self) -> None:
        """Refuse negative counts of days."""
        if self.lookback < 0 or self.lockout < 0:
            raise ValueError(f"lookback {self.lookback} and lockout {self.lockout} must not be negative")


def compounded_rate(
    start: date,
    end: date,
    fixing: Callable[[date], float],
    terms: ArrearsTerms,
    margin: float = 0.0,
    days_in_year: int = 360,
    calendar: Calendar = SOFR_FIXING,
) -> float:
    """Yearly rate (fraction) for interest from `start` up to, not including, `end`.

    Interest is balance x rate x calendar days / `days_in_year`. `fixing` gives the rate (fraction)
    published for a business day, and is asked for no locked day; `margin` (fraction) counts only
    where it compounds. A rate holds up to the next business day, so a start on a day off takes the
    business day before it. Under an observation shift the rate is per year of the shifted period,
    which may be a few days longer or shorter than the interest period, as in notes on the SOFR Index.
    ValueError where the end is not after the start or no rate is left to observe. Source: ARRC, "An
    Updated User's Guide to SOFR" (2021); New York Fed, SOFR Averages and Index.
    """
    if end <= start:
        raise ValueError(f"interest period ends on {end}, not after {start}")
    first, last = _weighed_period(start, end, terms, calendar)
    days = _rate_days(first, last, calendar)
    lag = 0 if terms.observation_shift else terms.lookback
    added = margin if terms.margin_inside else 0.0
    rates = [fixing(_observed(d, lag, calendar)) + added for d in _unlocked(days, terms)]
    rates += rates[-1:] * terms.lockout
    weights = [(b - a).days for a, b in pairwise([*days, last])]
    growth = prod(1 + rate * n / days_in_year for rate, n in zip(rates, weights, strict=True))
    return (growth - 1) * days_in_year / (last - first).days


def _weighed_period(start: date, end: date, terms: ArrearsTerms, calendar: Calendar) -> tuple[date, date]:
    """The period whose calendar days weigh the rates: shifted, its two ends move alike.

    Counted back from a day off, the business day before it is the first: ends of one period and
    starts of the next stay together.
    """
    if not terms.observation_shift or terms.lookback == 0:
        return start, end
    return calendar.advance(start, -terms.lookback), calendar.advance(end, -terms.lookback)


def _rate_days(first: date, last: date, calendar: Calendar) -> list[date]:
    """Days on which a rate sets in: the first, business day or not, and the later business days."""
    later = (first + timedelta(days=n) for n in range(1, (last - first).days))
    return [first, *filter(calendar.is_business_day, later)] if first < last else []


def _unlocked(days: list[date], terms: ArrearsTerms) -> list[date]:
    free = days[: max(len(days) - terms.lockout, 0)]
    if not free:
        raise ValueError(f"no rate to observe: {len(days)} rates in the period, lockout {terms.lockout}")
    return free


def _observed(d: date, lag: int, calendar: Calendar) -> date:
    """The day whose rate applies on `d`: its business day, or the one before, less the lag."""
    return calendar.advance(calendar.adjust(d, "preceding"), -lag)
