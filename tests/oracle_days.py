"""Days and dates of the deal that is worked out by hand: a night is a night, a month is its days.

Only the business-day calendars are borrowed (QuantLib).
"""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import QuantLib as ql  # noqa: N813  (the name its own documentation uses)

Rows = dict[str, Any]
DAY = timedelta(days=1)


def told(thing: Rows, key: str, default: Any = 0.0) -> Any:
    """What the file says under `key`, or the default."""
    found = thing.get(key)
    return default if found is None else found["value"]


AS_SIGNED = {
    "price_change": 0.0,
    "cost_change": 0.0,
    "delay_days": 0.0,
    "delivered": 1.0,
    "sla_credits": 0.0,
    "uncollected": 0.0,
    "power_change": 0.0,
    "running_change": 0.0,
    "rent_escalation": 0.0,
    "renewals": 0.0,
    "spot_change": 0.0,
    "contract_price_change": 0.0,
    "resale_change": 0.0,
    "summer_power": 1.0,
    "power_months": 240.0,
    "market_decline": 0.0,
    "spread_reset": 0.0,
    "market_shut": 0.0,
    "rate_shift": 0.0,
    "debt_scale": 1.0,
    "draw_factor": 1.0,
    "proceeds_factor": 1.0,
    "tolerance": 1e-6,
    "cover": 1.0,
}


def month_end(d: date) -> date:
    return date(d.year, d.month, monthrange(d.year, d.month)[1])


def months_later(d: date, months: int, day: int) -> date:
    """The given day of the month so many months later, or the last day of a shorter month."""
    year, month = divmod(d.year * 12 + d.month - 1 + months, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


class Grid:
    """All days of the deal. Night k runs from day k to day k + 1; day 0 is the as-of date."""

    def __init__(self, as_of: date, months: int) -> None:
        self.as_of, self.months = as_of, months
        self.ends = [months_later(as_of, n, 31) for n in range(1, months + 1)]
        self.days = [as_of + k * DAY for k in range((self.ends[-1] - as_of).days + 1)]
        self.month_of = np.array([self.month(d) for d in self.days])  # -1 for the as-of date itself
        self.priced: dict[str, Any] = {}

    def month(self, d: date) -> int:
        """Number of the month a day lies in, the first being 0."""
        return (d.year - self.as_of.year) * 12 + d.month - self.as_of.month - 1

    def k(self, d: date) -> int:
        """Number of a day, held to the grid."""
        return min(max((d - self.as_of).days, 0), len(self.days))

    def nights(self, basis: str) -> Any:
        """What each night is of a year; by days over 360 where a basis counts whole coupons."""
        basis = basis if by_nights(basis) else "ACT/360"
        if basis not in self.priced:
            self.priced[basis] = np.array([night(d, basis) for d in [*self.days, self.days[-1]]])
        return self.priced[basis]

    def by_month(self, per_day: Any) -> Any:
        """Sum of a daily amount over each month."""
        return np.bincount(self.month_of[1:], per_day[1:], self.months)

    def in_span(self, first: date, last: date) -> Any:
        """1 on each day from first to last, both included."""
        per_day = np.zeros(len(self.days))
        per_day[self.k(first) : max(self.k(last + DAY), self.k(first))] = 1
        return per_day

    def month_share(self, first: date, last: date) -> Any:
        """Share of each month's days that lie in the span."""
        return self.by_month(self.in_span(first, last)) / np.array([e.day for e in self.ends])


BANKS = ql.UnitedStates(ql.UnitedStates.FederalReserve)
SOFR = ql.UnitedStates(ql.UnitedStates.SOFR)
MOVES = {
    "none": ql.Unadjusted,
    "following": ql.Following,
    "modified_following": ql.ModifiedFollowing,
    "preceding": ql.Preceding,
    "modified_preceding": ql.ModifiedPreceding,
}


def to_ql(d: date) -> ql.Date:
    return ql.Date(d.day, d.month, d.year)


@cache
def business_day(d: date, rule: str) -> date:
    return BANKS.adjust(to_ql(d), MOVES[rule]).to_date()


@cache
def fixing_day(d: date) -> date:
    """Two SOFR publication days earlier."""
    return SOFR.advance(to_ql(d), -2, ql.Days).to_date()


def night(d: date, basis: str) -> float:
    """What one night is of a year."""
    if basis == "ACT/ACT ISDA":
        return 1 / (366 if isleap(d.year) else 365)
    return {"ACT/360": 1 / 360, "ACT/365F": 1 / 365}[basis]


def thirty(first: date, last: date, basis: str) -> float:
    """Years of 360 days, every month counting 30."""
    a = min(first.day, 30)
    b = min(last.day, 30) if basis == "30E/360" or a == 30 else last.day
    return ((last.year - first.year) * 360 + (last.month - first.month) * 30 + b - a) / 360


def by_nights(basis: str) -> bool:
    return basis.startswith("ACT")


def straight_line(points: list[tuple[date, float]], d: date) -> float:
    """A curve between its dates, flat outside."""
    return float(np.interp(d.toordinal(), [p.toordinal() for p, _ in points], [v for _, v in points]))
