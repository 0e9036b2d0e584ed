"""Terms that follow from dates: when a loan pays, for how long it accrues, at which fixing, and what it draws.

Everything here is Python on dates; the book gets numbers over time (`RULES.md` 1 and 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from model.timeline import Coupon, Curve, Timeline, coupons, year_fraction

ADDS_UP = ("ACT/360", "ACT/365F", "ACT/ACT ISDA")  # these may be split by months; the others count whole coupons


@dataclass(frozen=True)
class DatedTerms:
    """The dates of one instrument, as a term sheet states them."""

    maturity: date
    months: int
    day_count: str = "ACT/360"
    first_accrual: date | None = None
    business_days: str = "modified_following"
    adjust_accrual: bool = True
    stub: str = "short"
    day: int | None = None
    first_instalment: date | None = None
    availability_end: date | None = None
    draws: Sequence[tuple[date, float]] = field(default_factory=tuple)
    proceeds: Sequence[tuple[date, float]] = field(default_factory=tuple)


class Dated:
    """The dated terms of an instrument laid over a timeline, one number a period."""

    def __init__(self, terms: DatedTerms, timeline: Timeline, curve: Curve | None) -> None:
        self.terms, self.timeline, self.curve = terms, timeline, curve
        self.first_accrual = terms.first_accrual or timeline.as_of
        every = coupons(self.first_accrual, terms.maturity, terms.months, day=terms.day, rule=terms.business_days,
                        adjust_accrual=terms.adjust_accrual, stub=terms.stub)
        self.every = every
        self.coupons = [c for c in every if c.pay > timeline.as_of]
        self.by_period: dict[int, Coupon] = {}
        for coupon in self.coupons:
            period = timeline.period_of(coupon.pay)
            if period in self.by_period:
                raise ValueError(f"two payment dates in {coupon.pay:%B %Y}: use modified_following")
            self.by_period[period] = coupon
            if terms.day_count in ADDS_UP and timeline.period_of(coupon.end) != period:
                raise ValueError(f"the coupon to {coupon.end} is paid in another month: adjust_accrual, or modified_following")

    @property
    def maturity_period(self) -> int:
        """The period of the last payment date."""
        return self.timeline.period_of(self.coupons[-1].pay) if self.coupons else 0

    def instalment_dates(self) -> list[date]:
        """Payment dates on which principal may fall due, in order."""
        first = self.terms.first_instalment
        return [c.pay for c in self.coupons if first is None or c.reference_end >= first]

    def flags(self) -> dict[str, list[float]]:
        """Payment, instalment, maturity and availability by period."""
        due = {self.timeline.period_of(d) for d in self.instalment_dates()}
        end = self.terms.availability_end
        periods = range(1, self.timeline.count + 1)
        return {
            "pays": [float(t in self.by_period) for t in periods],
            "amortises": [float(t in due) for t in periods],
            "matures": [float(t == self.maturity_period) for t in periods],
            "available": [float(end is not None and self.timeline.starts[t - 1] <= end) for t in periods],
        }

    def fractions(self) -> dict[str, list[float]]:
        """Year fractions before and after the payment date of each period, and of the coupon that it pays."""
        before, after, coupon_years = [], [], []
        for t in range(1, self.timeline.count + 1):
            left, right = self._month(t)
            paid = self.by_period.get(t)
            before.append(left)
            after.append(right)
            coupon_years.append(self._coupon_fraction(paid) if paid else 0.0)
        return {"before": before, "after": after, "coupon_years": coupon_years}

    def _month(self, t: int) -> tuple[float, float]:
        begin, end, paid = self._start_of(t), self.timeline.ends[t - 1], self.by_period.get(t)
        if self.terms.day_count not in ADDS_UP:
            return (self._coupon_fraction(paid) if paid else 0.0), 0.0
        if paid is None:
            return self._running(begin, end), 0.0
        return self._running(begin, paid.end), self._running(paid.end, end)

    def _start_of(self, t: int) -> date:
        """Interest of period t runs from the end of the day before it."""
        return self.timeline.as_of if t == 1 else self.timeline.ends[t - 2]

    def _running(self, begin: date, end: date) -> float:
        """Year fraction inside the life of the loan."""
        if not self.coupons:
            return 0.0
        begin = max(begin, self.first_accrual)
        end = min(end, self.coupons[-1].end)
        return year_fraction(begin, end, self.terms.day_count) if end > begin else 0.0

    def _coupon_fraction(self, coupon: Coupon) -> float:
        """The coupon's own year fraction, from the as-of date where it began before."""
        start = self.first_accrual if coupon.start <= self.first_accrual or coupon == self.every[0] else coupon.start
        return year_fraction(max(start, self.timeline.as_of), coupon.end, self.terms.day_count,
                             (coupon.reference_start, coupon.reference_end), 12 // self.terms.months)

    def base_rates(self) -> list[float]:
        """The base rate in force at the end of each period, the as-of date first: set in advance, at the fixing date."""
        if self.curve is None:
            return [0.0] * (self.timeline.count + 1)
        return [self._fixing(d) for d in (self.timeline.as_of, *self.timeline.ends)]

    def _fixing(self, on: date) -> float:
        assert self.curve is not None
        running = next((c for c in self.coupons if c.start <= on < c.end), None)
        if running is None and self.coupons and on < self.coupons[0].start:
            running = self.coupons[0]
        return self.curve.at(running.fixing) if running else 0.0

    def draws(self) -> dict[str, list[float]]:
        """Planned draws and the year fractions they accrue in their first month, weighted by amount."""
        count = self.timeline.count
        amounts, late, left, right = [0.0] * count, [0.0] * count, [0.0] * count, [0.0] * count
        for when, size in self.terms.draws:
            t = self.timeline.period_of(when)
            if not 1 <= t <= count:
                continue
            amounts[t - 1] += size
            late[t - 1] += size if t in self.by_period and when > self.by_period[t].pay else 0.0
            first, second = self._draw_fractions(t, when)
            left[t - 1] += size * first
            right[t - 1] += size * second
        return {"planned_draws": amounts, "late_draws": late,
                "draw_before": [w / a if a else 0.0 for w, a in zip(left, amounts, strict=True)],
                "draw_after": [w / a if a else 0.0 for w, a in zip(right, amounts, strict=True)]}

    def _draw_fractions(self, t: int, when: date) -> tuple[float, float]:
        if self.terms.day_count not in ADDS_UP:
            return 0.0, 0.0
        paid, end = self.by_period.get(t), self.timeline.ends[t - 1]
        if paid is None:
            return self._running(when, end), 0.0
        return self._running(when, paid.end), self._running(max(when, paid.end), end)

    def proceeds(self) -> list[float]:
        """Planned repayment from proceeds by period."""
        amounts = [0.0] * self.timeline.count
        for when, size in self.terms.proceeds:
            t = self.timeline.period_of(when)
            if 1 <= t <= self.timeline.count:
                amounts[t - 1] += size
        return amounts
