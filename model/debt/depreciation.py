"""What GPUs are worth to a lender's tests: cost on a straight line, and a resale curve by age."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from model.fleet import resale_share
from model.timeline import roll_date


def book_cost(cost: float, in_service: date, life_months: int, when: date) -> float:
    """Cost less straight-line depreciation by days over its life; nothing before it is bought `[unit of cost]`."""
    if when < in_service:
        return 0.0
    end = roll_date(in_service, life_months, in_service.day)
    left = (end - when).days / (end - in_service).days
    return cost * min(1.0, max(0.0, left))


def market_value(cost: float, in_service: date, shares: Mapping[int, float], when: date) -> float:
    """Cost x the share of it that a buyer pays at that age, linear between whole years, flat after the last.

    `shares` by age in years; at age 0 the share is 1 unless the curve says otherwise. Nothing before it is bought.
    """
    if when < in_service:
        return 0.0
    return cost * resale_share(shares, (when - in_service).days / 365.25)
