"""What early repayment of a note costs: the make-whole price to the first call date, then the schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from model.timeline import year_fraction


def make_whole(when: date, first_call: date, price: float, coupon: float, rate: float, dates: Sequence[date],
               minimum: float = 0.01) -> float:
    """Premium over par `[share]` of a repayment before the first call date.

    The call price and the coupons to that date, discounted half-yearly at `rate` (Treasury plus spread), less par and the
    interest accrued since the last of `dates` (coupon dates, those to come included); at least `minimum`. All 30/360, as
    US indentures have it.
    """
    coming = [d for d in dates if when < d <= first_call]
    earlier = [d for d in dates if d <= when]
    last = earlier[-1] if earlier else when
    value, since = 0.0, last
    for paid in coming:
        value += coupon * _years(since, paid) * _discount(rate, _years(when, paid))
        since = paid
    value += coupon * _years(since, first_call) * _discount(rate, _years(when, first_call))
    value += price * _discount(rate, _years(when, first_call))
    return max(minimum, value - coupon * _years(last, when) - 1)


def call_price(when: date, prices: Mapping[date, float]) -> float:
    """The price in force `[share of par]`: par where the schedule says nothing."""
    begun = [d for d in sorted(prices) if d <= when]
    return prices[begun[-1]] if begun else 1.0


def _years(start: date, end: date) -> float:
    return year_fraction(start, end, "30/360") if end > start else 0.0


def _discount(rate: float, years: float) -> float:
    return float((1 + rate / 2) ** (-2 * years))
