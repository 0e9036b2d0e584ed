"""A floating delayed-draw loan of eight draws, coupon by coupon, to the cent: every draw is a QuantLib loan of its own.

Each draw is an amortising floating-rate loan of QuantLib on the schedule of the facility, taken over with the interest
accrued so far: what it pays on a date is the coupon less what had accrued on the day of the draw. The facility pays the sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import QuantLib as ql  # noqa: N813  (the name its own documentation uses)

from model.cases import Run
from model.timeline import Coupon, Curve
from tests.oracle import Rows
from tests.strategies import contract, day, deal_of, draw, loan, num, repay, run_deal, tranche

CENT = 1e-8  # USD 0.01 in USD m
AS_OF = date(2024, 12, 31)
MARGIN, FLOOR = 0.0575, 0.0395
POINTS = [
    (date(2024, 6, 30), 0.053), (date(2024, 12, 31), 0.0437), (date(2025, 5, 14), 0.0429), (date(2025, 9, 17), 0.0413),
    (date(2026, 3, 18), 0.0371), (date(2027, 2, 1), 0.0342), (date(2027, 11, 30), 0.0408), (date(2028, 12, 31), 0.0425)]
SOFR = Curve(tuple(d for d, _ in POINTS), tuple(v for _, v in POINTS), "sofr", "rate", "test", "assumed")

DRAWS = {
    date(2025, 1, 10): 250.0,  # the first day of interest
    date(2025, 2, 21): 118.25,  # inside a coupon
    date(2025, 3, 25): 91.5,  # after the payment date of its month: not owed on it
    date(2025, 6, 2): 77.125,  # in the month of a payment date, before it
    date(2025, 6, 16): 64.0,  # on a payment date, which 15 June, a Sunday, has moved to
    date(2025, 8, 5): 180.75,  # two in one month
    date(2025, 8, 29): 33.3,
    date(2026, 1, 31): 402.0,  # on a Saturday at the end of a month
}

BANKS, PUBLISHED = ql.UnitedStates(ql.UnitedStates.FederalReserve), ql.UnitedStates(ql.UnitedStates.SOFR)


@dataclass(frozen=True)
class Facility:
    """What the term sheet says beside the draws."""

    months: int = 3
    maturity: date = date(2028, 3, 15)
    profile: str = "level"
    own_months: int | None = None
    arrears: Mapping[str, int] | None = None
    floor: float = FLOOR
    draws: Mapping[date, float] = field(default_factory=lambda: DRAWS)


FACILITIES = {
    "quarterly": Facility(),
    "monthly": Facility(months=1, maturity=date(2027, 10, 15)),
    "half-yearly": Facility(months=6),
    "quarterly, on the last day of the month": Facility(maturity=date(2028, 3, 31)),
    "quarterly bullet": Facility(profile="bullet"),
    "quarterly, level, draws mature after 18 months": Facility(own_months=18),
    "monthly, level, draws mature after 13 months": Facility(months=1, own_months=13),
    "half-yearly bullet, draws mature after 24 months": Facility(months=6, profile="bullet", own_months=24),
    "quarterly in arrears, one rate a coupon": Facility(arrears={"lookback": 5}, floor=0.0),
    "monthly in arrears, one rate a coupon": Facility(
        months=1, maturity=date(2027, 10, 15), arrears={"lookback": 5}, floor=0.0),
}


# ---- the model ------------------------------------------------------------------------------------------------------


def ours(facility: Facility) -> Run:
    """The facility as a case file says it."""
    terms: Rows = {}
    if facility.own_months:
        terms |= {"draw_months": num(facility.own_months, "no.")}
    if facility.arrears:
        terms |= {"arrears": dict(facility.arrears)}
    said = loan(
        "ddtl", facility.maturity, 0.0, MARGIN, repay(facility.profile), kind="delayed_draw", months=facility.months,
        day_count="ACT/360", business_days="modified_following", adjust_accrual=True, curve="sofr",
        floor=num(facility.floor, "rate"), first_accrual=min(facility.draws), availability_end=day(max(facility.draws)),
        undrawn_before=num(sum(facility.draws.values())), draws=[draw(d, a) for d, a in facility.draws.items()], **terms)
    customer = contract("c", tranche(date(2025, 1, 1), date(2028, 12, 31), 60.0))
    deal = deal_of(AS_OF, 48, [customer], [said])
    deal["curves"]["sofr"] = POINTS
    return run_deal(deal)


# ---- QuantLib -------------------------------------------------------------------------------------------------------


def to_ql(d: date) -> ql.Date:
    return ql.Date(d.day, d.month, d.year)


@pytest.fixture(autouse=True)
def _quantlib_as_found() -> Iterator[None]:
    before = ql.Settings.instance().evaluationDate
    ql.Settings.instance().evaluationDate = ql.Date(1, 1, 2041)  # every rate has been fixed
    yield
    ql.Settings.instance().evaluationDate = before
    ql.IndexManager.instance().clearHistories()


def schedule_of(facility: Facility) -> ql.Schedule:
    return ql.Schedule(to_ql(min(facility.draws)), to_ql(facility.maturity), ql.Period(facility.months, ql.Months), BANKS,
                       ql.ModifiedFollowing, ql.ModifiedFollowing, ql.DateGeneration.Backward,
                       facility.maturity == date(2028, 3, 31))


def term_sofr(months: int, starts: Sequence[ql.Date]) -> ql.IborIndex:
    """The term rate, published for the day two business days before each coupon."""
    flat = ql.YieldTermStructureHandle(ql.FlatForward(ql.Date(1, 1, 2024), 0.0, ql.Actual360()))
    index = ql.IborIndex(f"TermSOFR{months}M", ql.Period(months, ql.Months), 2, ql.USDCurrency(), PUBLISHED,
                         ql.ModifiedFollowing, False, ql.Actual360(), flat)
    index.clearFixings()
    for start in starts:
        fixed = index.fixingDate(start)
        index.addFixing(fixed, SOFR.at(fixed.to_date()), True)
    return index


def overnight_sofr() -> ql.Sofr:
    index = ql.Sofr()
    index.clearFixings()
    first = ql.Date(1, 11, 2024)
    open_days = [first + n for n in range(1300) if PUBLISHED.isBusinessDay(first + n)]
    index.addFixings(open_days, [SOFR.at(d.to_date()) for d in open_days])
    return index


def loan_of(facility: Facility, notionals: Sequence[float], schedule: ql.Schedule) -> list[Any]:
    """Coupons of a loan that owes `notionals`, one a coupon of the schedule."""
    if facility.arrears:
        index = overnight_sofr()
        spans = list(schedule)
        return [ql.OvernightIndexedCoupon(end, owed, start, end, index, spread=MARGIN, dayCounter=ql.Actual360(),
                                          lookbackDays=facility.arrears["lookback"])
                for owed, (start, end) in zip(notionals, pairwise(spans), strict=True)]
    bond = ql.AmortizingFloatingRateBond(
        0, list(notionals), schedule, term_sofr(facility.months, list(schedule)[:-1]), ql.Actual360(), ql.ModifiedFollowing,
        2, [1.0], [MARGIN], [], [facility.floor + MARGIN], False, schedule[0])
    ql.setCouponPricer(bond.cashflows(), ql.BlackIborCouponPricer())
    coupons = [ql.as_floating_rate_coupon(flow) for flow in bond.cashflows()]
    return [coupon for coupon in coupons if coupon is not None]


def interest_of(facility: Facility, drawn: date, notionals: Sequence[float], schedule: ql.Schedule) -> dict[date, float]:
    """What one draw pays by date. Taken over inside a coupon, it pays from its own day on."""
    paid: dict[date, float] = {}
    for coupon in loan_of(facility, notionals, schedule):
        start, end = coupon.accrualStartDate(), coupon.accrualEndDate()
        if end.to_date() <= drawn:
            continue
        amount = coupon.amount()
        if start.to_date() < drawn:  # the rate of a coupon is one for all its days, in advance or in arrears
            amount -= coupon.nominal() * coupon.rate() * ql.Actual360().yearFraction(start, to_ql(drawn))
            if not facility.arrears:
                assert amount == pytest.approx(coupon.amount() - coupon.accruedAmount(to_ql(drawn)), abs=1e-15)
        paid[coupon.date().to_date()] = amount
    return paid


# ---- who owes what, draw by draw ------------------------------------------------------------------------------------


def instalments(facility: Facility, dates: Sequence[date]) -> dict[date, float]:
    """Every draw level over the payment dates after it, in all."""
    due = dict.fromkeys(dates, 0.0)
    if facility.profile == "level":
        for when, amount in facility.draws.items():
            later = [d for d in dates if d > when]
            for d in later:
                due[d] += amount / len(later)
    return due


def months_apart(early: date, late: date) -> int:
    return (late.year - early.year) * 12 + late.month - early.month


def owed_by_draw(facility: Facility, dates: Sequence[date]) -> dict[date, list[float]]:
    """Balance of each draw after each payment date.

    Without maturities of its own a draw repays itself, level. With them the instalments repay the oldest draw first, and
    a draw of the stated age falls due on the payment date of its month, or on the first one after it.
    """
    left = dict.fromkeys(facility.draws, 0.0)
    after: dict[date, list[float]] = {when: [] for when in facility.draws}
    due = instalments(facility, dates)
    previous = date.min
    for paid in dates:
        for when, amount in facility.draws.items():
            if previous < when <= paid:
                left[when] = amount
        if facility.own_months is None:
            for when, amount in facility.draws.items():
                later = [d for d in dates if d > when]
                if paid in later:
                    left[when] -= amount / len(later) if facility.profile == "level" else 0.0
        else:
            ready = due[paid]
            for when in sorted(left):
                part = min(left[when], ready)
                left[when], ready = left[when] - part, ready - part
            left |= {when: 0.0 for when in left if months_apart(when, paid) >= facility.own_months}
        if paid == dates[-1]:
            left = dict.fromkeys(left, 0.0)
        previous = paid
        for when, balance in left.items():
            after[when].append(balance)
    return after


def notionals_of(drawn: date, size: float, after: Sequence[float], starts: Sequence[date], ends: Sequence[date]) -> list[float]:
    """What the draw owes over each coupon, from the one in which it is made."""
    found = []
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if end <= drawn:
            found.append(0.0)
        else:
            found.append(size if start <= drawn else after[k - 1])
    return found


@pytest.mark.parametrize("name", FACILITIES)
def test_every_coupon_of_eight_draws_equals_quantlib_to_the_cent(name: str) -> None:
    facility = FACILITIES[name]
    assert len(facility.draws) == 8
    ran = ours(facility)
    schedule = schedule_of(facility)
    bounds = [d.to_date() for d in schedule]
    starts, ends = bounds[:-1], bounds[1:]
    coupons: list[Coupon] = ran.deal.lending.dated["ddtl"].coupons
    assert [(c.start, c.end, c.pay) for c in coupons] == [(a, b, b) for a, b in zip(starts, ends, strict=True)]

    after = owed_by_draw(facility, ends)
    expected = dict.fromkeys(ends, 0.0)
    for when, size in facility.draws.items():
        for paid, amount in interest_of(facility, when, notionals_of(when, size, after[when], starts, ends), schedule).items():
            expected[paid] += amount

    table = ran.frame("ddtl")
    assert sum(table["pays"]) == len(ends), "nothing is due on any other date"
    for k, paid in enumerate(ends):
        row = table.iloc[ran.deal.timeline.period_of(paid) - 1]
        assert row["interest"] == pytest.approx(expected[paid], abs=CENT), f"coupon of {paid}"
        late = sum(size for when, size in facility.draws.items() if paid < when <= row.name)
        assert row["closing"] - late == pytest.approx(sum(after[w][k] for w in facility.draws), abs=CENT), f"owed after {paid}"
    assert sum(table["interest"]) == pytest.approx(sum(expected.values()), abs=CENT)
    assert sum(table["scheduled"] + table["balloon"]) == pytest.approx(sum(facility.draws.values()), abs=CENT)
    assert max(expected.values()) > 1, "coupons of millions, not of cents"


def test_the_floor_binds_on_some_coupons_only() -> None:
    coupons = ours(FACILITIES["quarterly"]).deal.lending.dated["ddtl"].coupons
    assert {SOFR.at(c.fixing) < FLOOR for c in coupons} == {True, False}


def test_the_draws_are_where_it_is_hard() -> None:
    coupons = ours(FACILITIES["quarterly"]).deal.lending.dated["ddtl"].coupons
    pays, starts = {c.pay for c in coupons}, {c.start for c in coupons}
    assert sum(d not in starts for d in DRAWS) == 6, "six inside a coupon"
    assert len(pays & set(DRAWS)) == 1, "one on a payment date"
    assert any(p < d and (p.year, p.month) == (d.year, d.month) for d in DRAWS for p in pays), "one after that of its month"


def test_a_draw_at_the_start_of_a_coupon_in_arrears_is_quantlibs_coupon_whole() -> None:
    """Nothing is left to convention where every draw is made on the first day of a coupon."""
    facility = Facility(arrears={"lookback": 5}, floor=0.0)
    starts = [d.to_date() for d in schedule_of(facility)][:8]
    facility = Facility(arrears={"lookback": 5}, floor=0.0, draws=dict(zip(starts, DRAWS.values(), strict=True)),
                        profile="bullet")
    table = ours(facility)
    bounds = list(schedule_of(facility))
    owed = 0.0
    for start, end in pairwise(bounds):
        owed += facility.draws.get(start.to_date(), 0.0)
        (coupon,) = loan_of(facility, [owed], ql.Schedule([start, end]))
        period = table.deal.timeline.period_of(end.to_date())
        assert table.frame("ddtl").iloc[period - 1]["interest"] == pytest.approx(coupon.amount(), abs=CENT), end


def test_a_draw_inside_a_coupon_in_arrears_takes_the_rate_of_the_whole_coupon() -> None:
    """Not what compounds from its own day, as daily rates by non-cumulative compounding would have it.

    On 402 drawn on the 47th of 91 days, while rates fall, that is USD 22,253 less.
    """
    facility = FACILITIES["quarterly in arrears, one rate a coupon"]
    schedule, drawn, size = schedule_of(facility), date(2026, 1, 31), 402.0
    (coupon,) = [c for c in loan_of(facility, [size] * (len(schedule) - 1), schedule)
                 if c.accrualStartDate().to_date() <= drawn < c.accrualEndDate().to_date()]
    missed = ql.Actual360().yearFraction(coupon.accrualStartDate(), to_ql(drawn))
    by_days = coupon.amount() * (1 - missed / coupon.accrualPeriod())
    own_days = coupon.amount() - coupon.accruedAmount(to_ql(drawn))
    assert by_days - own_days == pytest.approx(0.022253, abs=1e-6)
