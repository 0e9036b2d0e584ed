"""Coupon periods of a loan: accrual, payment and fixing dates."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from model.timeline.calendars import FEDERAL_RESERVE, SOFR_FIXING, Calendar
from model.timeline.rolls import is_month_end, roll_date, roll_dates

_MONTHS = (1, 3, 6, 12)
_STUBS = ("short", "long")

Adjustment = Callable[[date], date]


@dataclass(frozen=True)
class Coupon:
    """One interest period: accrues from `start` to `end`, paid on `pay`, rate set on `fixing`.

    `reference_start` and `reference_end` are the unadjusted regular coupon period that ICMA
    rule 251 asks for; a stub lies in it, or runs out of its front where the stub is long.
    """

    start: date
    end: date
    pay: date
    fixing: date
    reference_start: date
    reference_end: date


@dataclass(frozen=True)
class _Terms:
    first_accrual: date
    maturity: date
    months: int
    roll_day: int
    first_payment: date | None
    stub: str


def coupons(
    first_accrual: date,
    maturity: date,
    months: int,
    *,
    day: int | None = None,
    rule: str = "modified_following",
    calendar: Calendar = FEDERAL_RESERVE,
    adjust_accrual: bool = True,
    first_payment: date | None = None,
    stub: str = "short",
    fixing_lag: int = 2,
) -> tuple[Coupon, ...]:
    """Coupon periods from `first_accrual` to `maturity`, every `months` (1, 3, 6, 12) months.

    Roll dates run back from the maturity's month on `day` (31: the month's end), by default the
    maturity's own day, or the month's end where the maturity is one. A maturity off the roll
    leaves a short last period; a first accrual off the roll a first `stub`, "short" or "long".
    With `first_payment` the roll runs forward from there and `stub` has no say. Payment dates
    are moved by `rule` on `calendar`, accrual dates too unless `adjust_accrual` is off.
    The fixing is `fixing_lag` SOFR fixing days before the adjusted start. ValueError where the
    terms contradict each other. Source: ISDA 2006 sections 4.10-4.12, QuantLib Schedule.
    """
    terms = _terms(first_accrual, maturity, months, day, first_payment, stub)

    def moved(d: date) -> date:
        return calendar.adjust(d, rule)

    accrual: Adjustment = moved if adjust_accrual else _unadjusted
    rolls = _rolls(terms)
    ends = list(map(accrual, rolls))
    return tuple(
        Coupon(
            accrual(start),
            accrual(end),
            moved(end),
            SOFR_FIXING.advance(moved(start), -fixing_lag),
            *_reference(rolls, bisect_left(ends, accrual(end))),
        )
        for start, end in pairwise(_bounds(terms, rolls, accrual))
    )


def _terms(
    first_accrual: date, maturity: date, months: int, day: int | None, first_payment: date | None, stub: str
) -> _Terms:
    """The terms, checked; ValueError says which one is wrong."""
    anchor = maturity if first_payment is None else first_payment
    roll_day = day if day is not None else 31 if is_month_end(anchor) else anchor.day
    _require(months in _MONTHS, f"months must be one of {_MONTHS}, not {months}")
    _require(stub in _STUBS, f"stub must be short or long, not {stub!r}")
    _require(1 <= roll_day <= 31, f"day must be 1..31, not {roll_day}")
    _require(first_accrual < maturity, f"maturity {maturity} is not after first accrual {first_accrual}")
    if first_payment is not None:
        inside = first_accrual < first_payment <= maturity
        _require(inside, f"first payment {first_payment} is not after {first_accrual} and by {maturity}")
        on_roll = roll_date(first_payment, 0, roll_day) == first_payment
        _require(on_roll, f"first payment {first_payment} is not on roll day {roll_day}")
    return _Terms(first_accrual, maturity, months, roll_day, first_payment, stub)


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)


def _unadjusted(d: date) -> date:
    return d


def _rolls(terms: _Terms) -> tuple[date, ...]:
    """Every roll date, from before the first accrual to after the maturity."""
    anchor = terms.first_payment or terms.maturity
    return roll_dates(anchor, terms.months, terms.roll_day, terms.first_accrual, terms.maturity)


def _bounds(terms: _Terms, rolls: tuple[date, ...], accrual: Adjustment) -> tuple[date, ...]:
    """Unadjusted accrual dates; dates that fall together once adjusted are one date."""
    first, last = accrual(terms.first_accrual), accrual(terms.maturity)
    _require(first < last, f"no business day between {terms.first_accrual} and {terms.maturity}")
    inner = [d for d in rolls if first < accrual(d) < last]
    if terms.first_payment is not None:
        inner = [d for d in inner if d >= terms.first_payment]
    elif terms.stub == "long" and first not in map(accrual, rolls):
        inner = inner[1:]
    return (terms.first_accrual, *inner, terms.maturity)


def _reference(rolls: tuple[date, ...], k: int) -> tuple[date, date]:
    return rolls[k - 1], rolls[k]
