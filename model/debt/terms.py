"""Terms that follow from dates: when a loan pays, for how long it accrues, at which fixing, and what it draws.

Everything here is Python on dates; the book gets numbers over time (`RULES.md` 1 and 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import fsum

from model.timeline import ArrearsTerms, Coupon, Curve, Timeline, compounded_rate, coupons, year_fraction

ADDS_UP = ("ACT/360", "ACT/365F", "ACT/ACT ISDA")  # these add up over months; the others are spread from the coupon's first day
DRAW_WEIGHTS = ("late_share", "draw_before", "draw_after", "draw_open_before", "draw_open_after")


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
    extended_to: date | None = None
    arrears: ArrearsTerms | None = None
    margin: float = 0.0
    draws: Sequence[tuple[date, float]] = field(default_factory=tuple)


class Dated:
    """The dated terms of an instrument laid over a timeline, one number a period."""

    def __init__(self, terms: DatedTerms, timeline: Timeline, curve: Curve | None) -> None:
        self.terms, self.timeline, self.curve = terms, timeline, curve
        self.first_accrual = terms.first_accrual or timeline.as_of
        every = self._coupons(self.first_accrual, terms.maturity)
        self.last = every[-1]
        if terms.extended_to:
            every = (*every, *self._coupons(self.last.end, terms.extended_to))
        self.every = every
        self.coupons = [c for c in every if c.pay > timeline.as_of]
        self.by_period: dict[int, Coupon] = {}
        for coupon in self.coupons:
            period = timeline.period_of(coupon.pay)
            if period > timeline.count:
                raise ValueError(f"a payment on {coupon.pay} lies after the timeline, which ends on {timeline.last}")
            if period in self.by_period:
                raise ValueError(f"two payment dates in {coupon.pay:%B %Y}: use modified_following")
            self.by_period[period] = coupon
            if terms.day_count in ADDS_UP and timeline.period_of(coupon.end) != period:
                raise ValueError(f"the coupon to {coupon.end} is paid in another month: adjust_accrual, or modified_following")

    def _coupons(self, start: date, maturity: date) -> tuple[Coupon, ...]:
        terms = self.terms
        return coupons(start, maturity, terms.months, day=terms.day, rule=terms.business_days,
                       adjust_accrual=terms.adjust_accrual, stub=terms.stub)

    @property
    def maturity_period(self) -> int:
        """The period of the last payment date, before any extension."""
        return self.timeline.period_of(self.last.pay) if self.coupons else 0

    @property
    def extended_period(self) -> int:
        """The period of the last payment date, extension included."""
        return self.timeline.period_of(self.coupons[-1].pay) if self.coupons else 0

    def instalment_dates(self) -> list[date]:
        """Payment dates on which principal may fall due, in order."""
        first = self.terms.first_instalment
        return [c.pay for c in self.coupons if c.pay <= self.last.pay and (first is None or c.reference_end >= first)]

    def flags(self) -> dict[str, list[float]]:
        """Payment, instalment, maturity and availability by period."""
        due = {self.timeline.period_of(d) for d in self.instalment_dates()}
        end = self.terms.availability_end
        periods = range(1, self.timeline.count + 1)
        return {
            "pays": [float(t in self.by_period) for t in periods],
            "pays_to_maturity": [float(t in self.by_period and t <= self.maturity_period) for t in periods],
            "pays_later": [float(t in self.by_period and t > self.maturity_period) for t in periods],
            "amortises": [float(t in due) for t in periods],
            "matures": [float(t == self.maturity_period) for t in periods],
            "matures_later": [float(t == self.extended_period) for t in periods],
            "available": [float(end is not None and self.timeline.starts[t - 1] <= end) for t in periods],
        }

    def fractions(self) -> dict[str, list[float]]:
        """Year fractions of each period before and after its payment date, and of the coupon that it pays.

        A coupon that is counted whole is spread by its day count from its first day, so that its months add up to it.
        """
        pairs = [self._month(t) for t in range(1, self.timeline.count + 1)]
        paid = [self.by_period.get(t) for t in range(1, self.timeline.count + 1)]
        return {"before": [first for first, _ in pairs], "after": [second for _, second in pairs],
                "coupon_years": [self._coupon_fraction(c) if c else 0.0 for c in paid]}

    def _month(self, t: int) -> tuple[float, float]:
        begin, end, paid = self._start_of(t), self.timeline.ends[t - 1], self.by_period.get(t)
        if paid is None:
            return self._accrued(begin, end), 0.0
        return self._accrued(begin, paid.end), self._accrued(paid.end, end)

    def _accrued(self, begin: date, end: date) -> float:
        if self.terms.day_count in ADDS_UP:
            return self._running(begin, end)
        whole = 0.0
        for coupon in self.coupons:
            first, last = max(begin, coupon.start, self.first_accrual), min(end, coupon.end)
            if last > first:
                whole += self._since_start(coupon, last) - self._since_start(coupon, first)
        return whole

    def _since_start(self, coupon: Coupon, to: date) -> float:
        start = max(coupon.start, self.first_accrual, self.timeline.as_of)  # as the coupon itself is counted
        return year_fraction(start, to, self.terms.day_count, (coupon.reference_start, coupon.reference_end),
                             12 // self.terms.months) if to > start else 0.0

    def stepped(self, steps: Sequence[tuple[date, float]]) -> tuple[list[float], list[float]]:
        """Steps of the margin, weighted by the days on which they apply, before and after each payment date."""
        before, after = [], []
        for t in range(1, self.timeline.count + 1):
            begin, end, paid = self._start_of(t), self.timeline.ends[t - 1], self.by_period.get(t)
            middle = paid.end if paid else end
            before.append(fsum(size * self._part(day, begin, middle) for day, size in steps))
            after.append(fsum(size * self._part(day, middle, end) for day, size in steps))
        return before, after

    def _part(self, day: date, begin: date, end: date) -> float:
        """The share of a span that lies on and after a day."""
        whole = self._accrued(begin, end)
        if whole == 0:
            return float(day <= end)
        return self._accrued(max(day, begin), end) / whole if day < end else 0.0

    def availability(self) -> dict[str, list[float]]:
        """Year fractions of each period in which the commitment is open, before and after the payment date."""
        pairs = [self._open(t) for t in range(1, self.timeline.count + 1)]
        return {"open_before": [first for first, _ in pairs], "open_after": [second for _, second in pairs]}

    def _open(self, t: int) -> tuple[float, float]:
        end, paid = self.terms.availability_end, self.by_period.get(t)
        begin, last = self._start_of(t), self.timeline.ends[t - 1]
        if end is None:
            return 0.0, 0.0
        if paid is None:
            return self._fee_years(begin, min(last, end)), 0.0
        return self._fee_years(begin, min(paid.end, end)), self._fee_years(max(begin, paid.end), min(last, end))

    def _fee_years(self, begin: date, end: date) -> float:
        """Fees run by days whatever the coupon does: ACT/360 where the loan's own count does not add up over months."""
        basis = self.terms.day_count if self.terms.day_count in ADDS_UP else "ACT/360"
        begin = max(begin, self.first_accrual)
        end = min(end, self.coupons[-1].end) if self.coupons else begin
        return year_fraction(begin, end, basis) if end > begin else 0.0
    def _start_of(self, t: int) -> date:
        """Interest of period t runs from the end of the day before it."""
        return self.timeline.as_of if t == 1 else self.timeline.ends[t - 2]

    def span(self, begin: date, end: date) -> float:
        """Year fraction between two days of the loan's life."""
        return self._accrued(begin, end)

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
        running = self.running(on)
        return self._set(running) if running else 0.0

    def running(self, on: date) -> Coupon | None:
        """The coupon whose rate is in force on a day, or will be: the first one before it begins."""
        running = next((c for c in self.coupons if c.start <= on < c.end), None)
        if running is None and self.coupons and on < self.coupons[0].start:
            running = self.coupons[0]
        return running

    def _set(self, coupon: Coupon) -> float:
        """The rate of a coupon: fixed before it begins, or compounded from the fixings of its days."""
        assert self.curve is not None
        if self.terms.arrears is None:
            return self.curve.at(coupon.fixing)
        start = max(coupon.start, self.first_accrual)
        rate = compounded_rate(start, coupon.end, self.curve.at, self.terms.arrears, self.terms.margin)
        return rate - self.terms.margin if self.terms.arrears.margin_inside else rate

    def draws(self) -> dict[str, list[float]]:
        """Year fractions of each period's draws, weighted by amount, and the share drawn after the payment date."""
        count = self.timeline.count
        amounts, sums = [0.0] * count, {name: [0.0] * count for name in DRAW_WEIGHTS}
        for when, size in self.terms.draws:
            t = self.timeline.period_of(when)
            if not 1 <= t <= count:
                continue
            amounts[t - 1] += size
            for name, weight in self._draw_weights(t, when).items():
                sums[name][t - 1] += size * weight
        for t, paid in self.by_period.items():
            if amounts[t - 1] == 0:  # whatever else is drawn then, is drawn on the payment date
                amounts[t - 1] = 1.0
                for name, weight in self._draw_weights(t, paid.end).items():
                    sums[name][t - 1] = weight
        return {name: [w / a if a else 0.0 for w, a in zip(row, amounts, strict=True)] for name, row in sums.items()}

    def _draw_weights(self, t: int, when: date) -> dict[str, float]:
        paid, end, stop = self.by_period.get(t), self.timeline.ends[t - 1], self.terms.availability_end or when
        late = float(paid is not None and when > paid.pay)
        middle = end if paid is None else paid.end
        weights = (late, self._accrued(when, middle), 0.0 if paid is None else self._accrued(max(when, middle), end),
                   self._fee_years(when, min(middle, stop)),
                   0.0 if paid is None else self._fee_years(max(when, middle), min(end, stop)))
        return dict(zip(DRAW_WEIGHTS, weights, strict=True))

    def due_days(self) -> list[date]:
        """The payment date of each period, its end where there is none."""
        return [self.by_period[t].pay if t in self.by_period else end
                for t, end in enumerate(self.timeline.ends, start=1)]
