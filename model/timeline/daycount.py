"""Day-count fractions in years (2006 ISDA Definitions section 4.16; ICMA rule 251)."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import fsum

from model.timeline.rolls import is_month_end, roll_date, roll_dates


@dataclass(frozen=True)
class Span:
    """What accrues: from `start` (counted) to `end` (not counted).

    `coupon` is the unadjusted regular coupon period the span belongs to and `frequency` the
    coupons per year; only ACT/ACT ICMA looks at them.
    """

    start: date
    end: date
    coupon: tuple[date, date] | None = None
    frequency: int = 1

    @property
    def days(self) -> int:
        """Calendar days."""
        return (self.end - self.start).days


def year_fraction(
    start: date, end: date, basis: str, coupon: tuple[date, date] | None = None, frequency: int = 1
) -> float:
    """Years from `start` to `end` on a basis of `DAY_COUNTS`.

    `coupon` and `frequency` (coupons per year) serve ACT/ACT ICMA. ValueError for an unknown
    basis, an end before the start, or a coupon that is missing or not regular at that frequency.
    """
    if basis not in DAY_COUNTS:
        raise ValueError(f"unknown day count {basis!r}; allowed: {', '.join(DAY_COUNTS)}")
    if end < start:
        raise ValueError(f"negative span: {start} to {end}")
    return DAY_COUNTS[basis](Span(start, end, coupon, frequency))


def actual_360(span: Span) -> float:
    """Actual days over 360: ISDA 2006 section 4.16(e)."""
    return span.days / 360


def actual_365_fixed(span: Span) -> float:
    """Actual days over 365, leap year or not: ISDA 2006 section 4.16(d)."""
    return span.days / 365


def bond_basis(span: Span) -> float:
    """30/360: a 31st end counts as the 30th only after a start on the 30th or 31st: 4.16(f)."""
    first = min(span.start.day, 30)
    return _over_360(span, first, _to_30th(span.end.day, first))


def eurobond_basis(span: Span) -> float:
    """30E/360: a 31st always counts as the 30th: 4.16(g)."""
    return _over_360(span, min(span.start.day, 30), min(span.end.day, 30))


def us_30_360(span: Span) -> float:
    """30/360 US: bond basis, and an end of February counts as the 30th.

    As QuantLib's Thirty360(USA): the end-of-month roll is taken as given for every instrument.
    The NASD text itself has no February rule; else it gives the same days as the bond basis.
    """
    start_ends_february, end_ends_february = _ends_february(span.start), _ends_february(span.end)
    first = 30 if start_ends_february else min(span.start.day, 30)
    both = start_ends_february and end_ends_february
    return _over_360(span, first, 30 if both else _to_30th(span.end.day, first))


def actual_actual_isda(span: Span) -> float:
    """Days in leap years over 366 plus days in other years over 365: 4.16(b)."""
    years = range(span.start.year, span.end.year + 1)
    return fsum(_days_in_year(span, year) / (366 if isleap(year) else 365) for year in years)


def actual_actual_icma(span: Span) -> float:
    """Days over the days of the coupon period times the frequency: 4.16(c), ICMA rule 251.

    A stub outside the regular period is cut at quasi-coupon dates. These run on the month's end
    where both coupon dates are month ends, else on the later of the two days of the month: a
    30th roll seen only through two 30-day months is therefore read as the month's end.
    """
    quasi = pairwise(_quasi_coupons(span))
    return fsum(_overlap(span, a, b) / (b - a).days for a, b in quasi) / span.frequency


DAY_COUNTS: dict[str, Callable[[Span], float]] = {
    "ACT/360": actual_360,
    "ACT/365F": actual_365_fixed,
    "30/360": bond_basis,
    "30E/360": eurobond_basis,
    "30/360 US": us_30_360,
    "ACT/ACT ISDA": actual_actual_isda,
    "ACT/ACT ICMA": actual_actual_icma,
}


def _over_360(span: Span, first_day: int, last_day: int) -> float:
    years, months = span.end.year - span.start.year, span.end.month - span.start.month
    return (360 * years + 30 * months + last_day - first_day) / 360


def _to_30th(last_day: int, first_day: int) -> int:
    return 30 if last_day == 31 and first_day == 30 else last_day


def _ends_february(d: date) -> bool:
    return d.month == 2 and is_month_end(d)


def _overlap(span: Span, start: date, end: date) -> int:
    return max((min(span.end, end) - max(span.start, start)).days, 0)


def _days_in_year(span: Span, year: int) -> int:
    return _overlap(span, date(year, 1, 1), date(year + 1, 1, 1))


def _quasi_coupons(span: Span) -> tuple[date, ...]:
    start, end = _regular_coupon(span)
    months, day = 12 // span.frequency, _roll_day(start, end)
    if roll_date(end, -months, day) != start:
        raise ValueError(f"coupon {start} to {end} is not a regular period of {months} months")
    return roll_dates(end, months, day, span.start, span.end)


def _regular_coupon(span: Span) -> tuple[date, date]:
    if span.coupon is None:
        raise ValueError("ACT/ACT ICMA needs the regular coupon period")
    if span.frequency < 1 or 12 % span.frequency:
        raise ValueError(f"frequency must divide 12 coupons a year, not {span.frequency}")
    return span.coupon


def _roll_day(start: date, end: date) -> int:
    return 31 if is_month_end(start) and is_month_end(end) else max(start.day, end.day)
