"""Dates of the case: periods, day counts, business days, coupon schedules and dated curves."""

from __future__ import annotations

from model.timeline.arrears import ArrearsTerms, compounded_rate
from model.timeline.calendars import FEDERAL_RESERVE, SOFR_FIXING, Calendar
from model.timeline.curve import GRADES, Curve, curve_of, read_curve
from model.timeline.daycount import DAY_COUNTS, Span, year_fraction
from model.timeline.periods import Timeline
from model.timeline.rolls import is_month_end, month_end, roll_date, roll_dates
from model.timeline.schedule import Coupon, coupons
from model.timeline.serial import from_serial, to_serial

__all__ = [
    "DAY_COUNTS",
    "FEDERAL_RESERVE",
    "GRADES",
    "SOFR_FIXING",
    "ArrearsTerms",
    "Calendar",
    "Coupon",
    "Curve",
    "Span",
    "Timeline",
    "compounded_rate",
    "coupons",
    "curve_of",
    "from_serial",
    "is_month_end",
    "month_end",
    "read_curve",
    "roll_date",
    "roll_dates",
    "to_serial",
    "year_fraction",
]
