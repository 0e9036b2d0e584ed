"""Repayment profiles: how much of a loan falls due at each instalment. Frozen at close; a stress does not re-sculpt.

All functions return the instalments `[USD m]` by number, first to last, never negative. Source: RULES 10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy_financial as npf


def level(amount: float, count: int) -> list[float]:
    """Equal principal: `amount / count` each."""
    return [amount / count] * count


def annuity(amount: float, rate: float, count: int) -> list[float]:
    """Equal service at `rate` a period: the principal parts, as PPMT gives them."""
    if rate == 0:
        return level(amount, count)
    return [-float(npf.ppmt(rate, k, count, amount)) for k in range(1, count + 1)]


def custom(by_year: Mapping[int, float], dates: Sequence[date]) -> list[float]:
    """Totals of calendar years, in equal parts on the instalment dates of each year."""
    in_year = {year: sum(d.year == year for d in dates) for year in by_year}
    return [by_year.get(d.year, 0.0) / in_year[d.year] if d.year in in_year else 0.0 for d in dates]


def sculpted(amount: float, cfads: Sequence[float], interest_factor: Sequence[float], target: float) -> list[float]:
    """Principal that leaves CFADS / service at `target` on every date: CFADS / target - interest.

    `cfads` and `interest_factor` (rate x year fraction) are those of the service periods. A year that does not even earn
    its interest repays nothing and never borrows again; nothing is repaid twice. What is left at the end is the balloon.
    """
    left, instalments = amount, []
    for earned, factor in zip(cfads, interest_factor, strict=True):
        paid = min(left, max(0.0, earned / target - left * factor))
        instalments.append(paid)
        left -= paid
    return instalments


def sculpted_amount(cfads: Sequence[float], interest_factor: Sequence[float], target: float) -> float:
    """The debt that such a profile repays in full: the present value of CFADS / target at the loan's own rate."""
    value = 0.0
    for earned, factor in zip(reversed(cfads), reversed(interest_factor), strict=True):
        value = (value + earned / target) / (1 + factor)
    return value
