"""Dates against QuantLib and published figures: day counts, calendars, schedules, curves."""

from __future__ import annotations

import os
from calendar import isleap
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import QuantLib as ql  # noqa: N813  (the name its own documentation uses)
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pandas.tseries.holiday import USFederalHolidayCalendar

from model.errors import InputError
from model.timeline import (
    DAY_COUNTS,
    FEDERAL_RESERVE,
    GRADES,
    SOFR_FIXING,
    Calendar,
    Coupon,
    Curve,
    Timeline,
    coupons,
    from_serial,
    is_month_end,
    month_end,
    read_curve,
    roll_date,
    to_serial,
    year_fraction,
)

FIRST, LAST = date(2020, 1, 1), date(2040, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
MONTHS = (1, 3, 6, 12)

EXAMPLES = int(os.environ.get("TIMELINE_EXAMPLES", "80"))
drawn = settings(deadline=None, max_examples=EXAMPLES, derandomize=EXAMPLES == 80)

days = st.dates(FIRST, LAST)
# Month ends and their neighbours are where the conventions part: half of all draws go there.
edges = st.builds(
    lambda d, shift: month_end(d.year, d.month) + timedelta(days=shift),
    st.dates(FIRST, date(2040, 11, 30)),
    st.integers(-2, 2),
)
any_day = days | edges
spans = st.tuples(any_day, any_day).map(lambda pair: (min(pair), max(pair)))

QL_FED = ql.UnitedStates(ql.UnitedStates.FederalReserve)
QL_SOFR = ql.UnitedStates(ql.UnitedStates.SOFR)
QL_RULES = {
    "none": ql.Unadjusted,
    "following": ql.Following,
    "modified_following": ql.ModifiedFollowing,
    "preceding": ql.Preceding,
    "modified_preceding": ql.ModifiedPreceding,
}


def to_ql(d: date) -> ql.Date:
    return ql.Date(d.day, d.month, d.year)


def from_ql(d: ql.Date) -> date:
    return date(d.year(), d.month(), d.dayOfMonth())


def d(text: str) -> date:
    return date.fromisoformat(text)


# --- periods and serials ---------------------------------------------------------------------------


def test_periods_follow_the_as_of_date() -> None:
    line = Timeline(d("2023-12-31"), 3)
    assert line.starts == (d("2024-01-01"), d("2024-02-01"), d("2024-03-01"))
    assert line.ends == (d("2024-01-31"), d("2024-02-29"), d("2024-03-31"))
    assert line.days == (31, 29, 31)
    assert line.last == d("2024-03-31")
    assert line.ends is line.ends


def test_period_of_edges() -> None:
    line = Timeline(d("2024-02-29"), 2)
    seen = ["2020-05-05", "2024-02-29", "2024-03-01", "2024-03-31", "2024-04-01", "2024-04-30", "2024-05-01"]
    assert [line.period_of(d(text)) for text in seen] == [0, 0, 1, 1, 2, 2, 3]
    assert line.period_of(d("2039-01-01")) == 3


@drawn
@given(edges.filter(is_month_end), st.integers(1, 240), any_day)
def test_each_day_lies_in_its_period(as_of: date, count: int, day: date) -> None:
    line = Timeline(as_of, count)
    k = line.period_of(day)
    expected = next((n for n, end in enumerate(line.ends, 1) if day <= end), count + 1) if day > as_of else 0
    assert k == expected
    assert sum(line.days) == (line.last - as_of).days


@pytest.mark.parametrize(("as_of", "count"), [("2023-02-27", 1), ("2024-02-28", 1), ("2024-02-29", 0)])
def test_wrong_timeline_is_refused(as_of: str, count: int) -> None:
    with pytest.raises(ValueError, match=r"as_of|count"):
        Timeline(d(as_of), count)


def test_timeline_holds_at_most_240_months() -> None:
    assert Timeline(d("2024-12-31"), 240).last == d("2044-12-31")
    with pytest.raises(ValueError, match="240"):
        Timeline(d("2024-12-31"), 241)


def test_serial_numbers() -> None:
    # Excel: DATE(1900,3,1) = 61, DATE(2000,1,1) = 36526, DATE(2024,2,29) = 45351
    published = {"1900-03-01": 61, "2000-01-01": 36526, "2024-02-29": 45351, "9999-12-31": 2958465}
    assert {text: to_serial(d(text)) for text in published} == published
    assert all(from_serial(n) == d(text) for text, n in published.items())


@drawn
@given(any_day)
def test_serial_is_quantlibs(day: date) -> None:
    assert to_serial(day) == to_ql(day).serialNumber()
    assert from_serial(to_serial(day)) == day


def test_serial_outside_the_1900_system_is_refused() -> None:
    with pytest.raises(ValueError, match="1900-03-01"):
        to_serial(d("1900-02-28"))
    for n in (60, 0, 2958466):
        with pytest.raises(ValueError, match="1900-03-01"):
            from_serial(n)


# --- day counts ------------------------------------------------------------------------------------

# ISDA, "EMU and market conventions: recent developments" (1998), the examples of ACT/ACT, as
# QuantLib's own test suite has them: start, end, coupon, frequency, ISDA, ICMA.
ACT_ACT = [
    ("2003-11-01", "2004-05-01", "2003-11-01", "2004-05-01", 2, 0.497724380567, 0.5),
    ("1999-02-01", "1999-07-01", "1998-07-01", "1999-07-01", 1, 0.410958904110, 0.410958904110),
    ("1999-07-01", "2000-07-01", "1999-07-01", "2000-07-01", 1, 1.001377348600, 1.0),
    ("2002-08-15", "2003-07-15", "2003-01-15", "2003-07-15", 2, 0.915068493151, 0.915760869565),
    ("2003-07-15", "2004-01-15", "2003-07-15", "2004-01-15", 2, 0.504004790778, 0.5),
    ("1999-07-30", "2000-01-30", "1999-07-30", "2000-01-30", 2, 0.503892506924, 0.5),
    ("2000-01-30", "2000-06-30", "2000-01-30", "2000-07-30", 2, 0.415300546448, 0.417582417582),
    ("1999-11-30", "2000-04-30", "1999-11-30", "2000-02-29", 4, 0.415540085336, 0.415760869565),
]


@pytest.mark.parametrize(("start", "end", "ref_start", "ref_end", "frequency", "isda", "icma"), ACT_ACT)
def test_published_actual_actual(
    start: str, end: str, ref_start: str, ref_end: str, frequency: int, isda: float, icma: float
) -> None:
    coupon = (d(ref_start), d(ref_end))
    assert year_fraction(d(start), d(end), "ACT/ACT ISDA") == pytest.approx(isda, abs=1e-10)
    got = year_fraction(d(start), d(end), "ACT/ACT ICMA", coupon, frequency)
    assert got == pytest.approx(icma, abs=1e-10)


# Days on 30/360, 30E/360 and 30/360 US. The date pairs are those of ISDA's "30/360 day count
# conventions" examples (as in QuantLib's test suite); it prints the first two columns, the third
# follows from the end-of-February rule.
THIRTY_360 = [
    ("2007-01-15", "2007-01-30", 15, 15, 15),
    ("2007-01-15", "2007-02-15", 30, 30, 30),
    ("2007-01-15", "2007-07-15", 180, 180, 180),
    ("2007-09-30", "2008-03-31", 180, 180, 180),
    ("2007-09-30", "2007-10-31", 30, 30, 30),
    ("2007-09-30", "2008-09-30", 360, 360, 360),
    ("2007-01-15", "2007-01-31", 16, 15, 16),
    ("2007-01-31", "2007-02-28", 28, 28, 28),
    ("2007-02-28", "2007-03-31", 33, 32, 30),
    ("2006-08-31", "2007-02-28", 178, 178, 178),
    ("2007-02-28", "2007-08-31", 183, 182, 180),
    ("2007-02-14", "2007-02-28", 14, 14, 14),
    ("2007-02-26", "2008-02-29", 363, 363, 363),
    ("2008-02-29", "2009-02-28", 359, 359, 360),
    ("2008-02-29", "2008-03-30", 31, 31, 30),
    ("2008-02-29", "2008-03-31", 32, 31, 30),
    ("2007-02-28", "2007-03-05", 7, 7, 5),
    ("2007-10-31", "2007-11-28", 28, 28, 28),
    ("2007-08-31", "2008-02-29", 179, 179, 179),
    ("2008-08-31", "2009-02-28", 178, 178, 178),
]


@pytest.mark.parametrize(("start", "end", "bond", "euro", "us"), THIRTY_360)
def test_published_thirty_360(start: str, end: str, bond: int, euro: int, us: int) -> None:
    seen = [year_fraction(d(start), d(end), basis) for basis in ("30/360", "30E/360", "30/360 US")]
    assert [round(360 * part, 9) for part in seen] == [bond, euro, us]


def test_actual_days_over_a_fixed_year() -> None:
    # ISDA 4.16(d),(e): 2024-01-31 to 2024-04-30 is 90 days, the leap day counted
    assert year_fraction(d("2024-01-31"), d("2024-04-30"), "ACT/360") == 0.25
    assert year_fraction(d("2024-01-31"), d("2024-04-30"), "ACT/365F") == 90 / 365


QL_DAY_COUNTS = {
    "ACT/360": ql.Actual360(),
    "ACT/365F": ql.Actual365Fixed(),
    "30/360": ql.Thirty360(ql.Thirty360.BondBasis),
    "30E/360": ql.Thirty360(ql.Thirty360.European),
    # The NASD text has no February rule; QuantLib's USA has one, and so have we.
    "30/360 US": ql.Thirty360(ql.Thirty360.USA),
    "ACT/ACT ISDA": ql.ActualActual(ql.ActualActual.ISDA),
}


@pytest.mark.parametrize("basis", QL_DAY_COUNTS)
@drawn
@given(spans)
def test_day_count_is_quantlibs(basis: str, span: tuple[date, date]) -> None:
    expected = QL_DAY_COUNTS[basis].yearFraction(*map(to_ql, span))
    assert year_fraction(*span, basis) == pytest.approx(expected, abs=1e-12)


def test_nasd_text_differs_only_after_an_end_of_february() -> None:
    nasd = ql.Thirty360(ql.Thirty360.NASD)
    for start in EVERY_DAY[:1500]:
        end = start + timedelta(days=92)
        same = year_fraction(start, end, "30/360 US") == nasd.yearFraction(to_ql(start), to_ql(end))
        assert same != (start.month == 2 and is_month_end(start))


def test_day_count_keys() -> None:
    assert list(DAY_COUNTS) == [*list(QL_DAY_COUNTS), "ACT/ACT ICMA"]


@drawn
@given(any_day, any_day, st.sampled_from(MONTHS), st.sampled_from(["short", "long"]))
def test_icma_is_quantlibs_over_a_schedule(start: date, maturity: date, months: int, stub: str) -> None:
    assume((maturity - start).days > 800)
    plan = coupons(start, maturity, months, rule="none", adjust_accrual=False, stub=stub)
    # From a date clipped to a short month QuantLib steps back on that day and loses the roll day
    # (30 May, 29 Feb, then 29 Nov for 30 Nov); and a 30th roll through two 30-day months looks to
    # us like the month's end. Both need a regular period that touches a month end.
    touched = any(map(is_month_end, (plan[0].reference_start, plan[0].reference_end)))
    assume(is_month_end(maturity) or not touched)
    counter = ql.ActualActual(ql.ActualActual.ISMA, unadjusted_schedule(plan, months))
    for coupon in plan[:4]:
        got = icma(coupon, 12 // months)
        expected = counter.yearFraction(to_ql(coupon.start), to_ql(coupon.end))
        assert got == pytest.approx(expected, abs=1e-12), coupon


def icma(coupon: Coupon, frequency: int) -> float:
    regular = (coupon.reference_start, coupon.reference_end)
    return year_fraction(coupon.start, coupon.end, "ACT/ACT ICMA", regular, frequency)


def unadjusted_schedule(plan: tuple[Coupon, ...], months: int) -> ql.Schedule:
    return ql.Schedule(
        to_ql(plan[0].start),
        to_ql(plan[-1].end),
        ql.Period(months, ql.Months),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Backward,
        is_month_end(plan[-1].end),
        to_ql(plan[0].end),
    )


@drawn
@given(any_day, any_day, st.sampled_from(MONTHS), st.integers(1, 31))
def test_icma_pays_the_same_each_regular_period(start: date, end: date, months: int, day: int) -> None:
    assume((end - start).days > 800)
    plan = coupons(start, end, months, day=day, rule="none")
    fractions = [icma(coupon, 12 // months) for coupon in plan]
    assert fractions[1:-1] == pytest.approx([months / 12] * (len(plan) - 2), abs=1e-12)
    assert all(0 < part <= months / 12 + 1e-12 for part in fractions)


def test_icma_quasi_coupons_keep_the_roll_day() -> None:
    # Long first coupon to 30 May 2020, quarterly: quasi-coupons 30 Nov, 29 Feb, 30 May (not 29 Nov)
    long_first = (d("2020-01-01"), d("2020-05-30"))
    got = year_fraction(*long_first, "ACT/ACT ICMA", (d("2020-02-29"), d("2020-05-30")), 4)
    assert got == pytest.approx((59 / 91 + 91 / 91) / 4)


def test_icma_needs_a_regular_coupon() -> None:
    span = (d("2024-01-15"), d("2024-04-15"))
    with pytest.raises(ValueError, match="needs the regular coupon"):
        year_fraction(*span, "ACT/ACT ICMA")
    with pytest.raises(ValueError, match="not a regular period of 12 months"):
        year_fraction(*span, "ACT/ACT ICMA", span)
    with pytest.raises(ValueError, match="divide 12"):
        year_fraction(*span, "ACT/ACT ICMA", span, 5)


@pytest.mark.parametrize("basis", DAY_COUNTS)
def test_spans_of_no_days_and_of_negative_days(basis: str) -> None:
    day, coupon = d("2024-02-29"), (d("2024-02-29"), d("2025-02-28"))
    assert year_fraction(day, day, basis, coupon) == 0
    with pytest.raises(ValueError, match="negative span"):
        year_fraction(day, d("2024-02-28"), basis, coupon)


def test_unknown_basis_is_refused() -> None:
    with pytest.raises(ValueError, match="ACT/360"):
        year_fraction(FIRST, LAST, "ACT/364")


# --- calendars -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ours", "theirs"), [(FEDERAL_RESERVE, QL_FED), (SOFR_FIXING, QL_SOFR)])
def test_every_day_2020_to_2040_is_quantlibs(ours: Calendar, theirs: ql.Calendar) -> None:
    wrong = [day for day in EVERY_DAY if ours.is_business_day(day) != theirs.isBusinessDay(to_ql(day))]
    assert wrong == []


def test_published_holidays() -> None:
    # frbservices.org holiday schedule 2026: 4 July is a Saturday, the Reserve Banks open on Friday 3 July
    published = ["01-01", "01-19", "02-16", "05-25", "06-19", "09-07", "10-12", "11-11", "11-26", "12-25"]
    weekdays = (day for day in EVERY_DAY if day.year == 2026 and day.weekday() < 5)
    assert [f"{day:%m-%d}" for day in weekdays if not FEDERAL_RESERVE.is_business_day(day)] == published
    # New York Fed: no SOFR on any Good Friday, also not in 2021 and 2023, when SIFMA recommended an
    # early close only (QuantLib issues 1635 and 1886, where its calendar was once wrong on this)
    good_fridays = map(d, ["2020-04-10", "2021-04-02", "2022-04-15", "2023-04-07", "2024-03-29"])
    assert not any(map(SOFR_FIXING.is_business_day, good_fridays))
    # Juneteenth became law on 17 June 2021; both stayed open on Friday 18 June 2021
    assert FEDERAL_RESERVE.is_business_day(d("2021-06-18"))
    assert SOFR_FIXING.is_business_day(d("2021-06-18"))


def test_pandas_federal_calendar_is_not_the_federal_reserves() -> None:
    # pandas follows the civil service: a Saturday holiday is taken on Friday
    civil = {day.date() for day in USFederalHolidayCalendar().holidays("2025-01-01", "2034-12-31")}
    weekdays = [day for day in EVERY_DAY if 2025 <= day.year <= 2034 and day.weekday() < 5]
    differ = [f"{day}" for day in weekdays if FEDERAL_RESERVE.is_business_day(day) == (day in civil)]
    assert differ == [
        *("2026-07-03", "2027-06-18", "2027-12-24", "2027-12-31", "2028-11-10"),
        *("2032-06-18", "2032-12-24", "2032-12-31", "2034-11-10"),
    ]


@pytest.mark.parametrize("rule", QL_RULES)
@pytest.mark.parametrize(("ours", "theirs"), [(FEDERAL_RESERVE, QL_FED), (SOFR_FIXING, QL_SOFR)])
def test_adjustment_is_quantlibs(ours: Calendar, theirs: ql.Calendar, rule: str) -> None:
    for day in EVERY_DAY[:: 1 if rule.startswith("modified") else 5]:
        assert ours.adjust(day, rule) == from_ql(theirs.adjust(to_ql(day), QL_RULES[rule])), day


@drawn
@given(any_day, st.integers(-30, 30))
def test_advance_is_quantlibs(day: date, n: int) -> None:
    assert SOFR_FIXING.advance(day, n) == from_ql(QL_SOFR.advance(to_ql(day), n, ql.Days))
    assert FEDERAL_RESERVE.advance(day, n) == from_ql(QL_FED.advance(to_ql(day), n, ql.Days))


def test_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="modified_following"):
        FEDERAL_RESERVE.adjust(FIRST, "nearest")


# --- schedules -------------------------------------------------------------------------------------

terms = st.tuples(spans.filter(lambda span: (span[1] - span[0]).days > 10), st.sampled_from(MONTHS))


def ql_dates(
    start: date,
    maturity: date,
    months: int,
    rule: str = "modified_following",
    end_of_month: bool | None = None,
    first: date | None = None,
    direction: int = ql.DateGeneration.Backward,
    next_to_last: date | None = None,
) -> list[date]:
    """Adjusted accrual dates as QuantLib's Schedule gives them."""
    schedule = ql.Schedule(
        to_ql(start),
        to_ql(maturity),
        ql.Period(months, ql.Months),
        QL_FED,
        QL_RULES[rule],
        QL_RULES[rule],
        direction,
        is_month_end(maturity) if end_of_month is None else end_of_month,
        to_ql(first) if first else ql.Date(),
        to_ql(next_to_last) if next_to_last else ql.Date(),
    )
    return [from_ql(day) for day in schedule]


def accrual_dates(plan: tuple[Coupon, ...]) -> list[date]:
    assert all(before.end == after.start for before, after in pairwise(plan))
    return [plan[0].start, *(coupon.end for coupon in plan)]


@drawn
@given(terms)
def test_schedule_is_quantlibs(case: tuple[tuple[date, date], int]) -> None:
    (start, maturity), months = case
    plan = coupons(start, maturity, months)
    assert accrual_dates(plan) == ql_dates(start, maturity, months)
    assert all(coupon.pay == coupon.end for coupon in plan)


@drawn
@given(terms, st.sampled_from(list(QL_RULES)))
def test_schedule_without_end_of_month_is_quantlibs(case: tuple[tuple[date, date], int], rule: str) -> None:
    (start, maturity), months = case
    assume(maturity.day < 31)
    plan = coupons(start, maturity, months, day=maturity.day, rule=rule)
    assume(FEDERAL_RESERVE.adjust(start, rule) < FEDERAL_RESERVE.adjust(maturity, rule))
    assert accrual_dates(plan) == ql_dates(start, maturity, months, rule, end_of_month=False)


@drawn
@given(terms)
def test_unadjusted_accrual_is_quantlibs(case: tuple[tuple[date, date], int]) -> None:
    (start, maturity), months = case
    plan = coupons(start, maturity, months, adjust_accrual=False)
    assert accrual_dates(plan) == ql_dates(start, maturity, months, "none")
    assert [c.pay for c in plan] == [FEDERAL_RESERVE.adjust(c.end, "modified_following") for c in plan]


@drawn
@given(terms, st.integers(0, 5), st.booleans())
def test_fixings_are_quantlibs(case: tuple[tuple[date, date], int], lag: int, adjusted: bool) -> None:
    (start, maturity), months = case
    for coupon in coupons(start, maturity, months, fixing_lag=lag, adjust_accrual=adjusted)[:12]:
        begins = QL_FED.adjust(to_ql(coupon.start), ql.ModifiedFollowing)
        assert coupon.fixing == from_ql(QL_SOFR.advance(begins, -lag, ql.Days))


@drawn
@given(terms)
def test_long_stub_is_quantlibs(case: tuple[tuple[date, date], int]) -> None:
    (start, maturity), months = case
    short, long = coupons(start, maturity, months), coupons(start, maturity, months, stub="long")
    on_roll = short[0].start == FEDERAL_RESERVE.adjust(short[0].reference_start, "modified_following")
    if on_roll or len(short) == 1:
        assert long == short
    else:
        second = short[1].reference_end
        assert accrual_dates(long) == ql_dates(start, maturity, months, first=second)
        assert (long[0].start, long[1:]) == (short[0].start, short[2:])
        assert long[0].reference_end == second


@drawn
@given(terms, st.integers(1, 400))
def test_first_payment_runs_forward_as_quantlibs(case: tuple[tuple[date, date], int], wait: int) -> None:
    (start, maturity), months = case
    first = start + timedelta(days=wait)
    moved = [FEDERAL_RESERVE.adjust(x, "modified_following") for x in (start, first, maturity)]
    assume(moved[0] < moved[1] < moved[2])
    plan = coupons(start, maturity, months, first_payment=first)
    forward = ql.DateGeneration.Forward
    assert accrual_dates(plan) == ql_dates(
        start, maturity, months, end_of_month=is_month_end(first), first=first, direction=forward
    )


@drawn
@given(terms, st.integers(1, 31))
def test_roll_day_off_maturity_leaves_a_last_stub_as_quantlibs(
    case: tuple[tuple[date, date], int], day: int
) -> None:
    (start, maturity), months = case
    this_month = roll_date(maturity, 0, day)
    last_roll = this_month if this_month < maturity else roll_date(maturity, -months, day)
    # QuantLib rolls back from the date given; a February date would lose the roll day
    assume(last_roll.day == day or day == 31)
    assume(start < last_roll < maturity)
    moved = [FEDERAL_RESERVE.adjust(x, "modified_following") for x in (start, last_roll, maturity)]
    assume(moved[0] < moved[1] < moved[2])
    plan = coupons(start, maturity, months, day=day)
    expected = ql_dates(start, maturity, months, end_of_month=day == 31, next_to_last=last_roll)
    assert accrual_dates(plan) == expected


def test_a_loan_by_hand() -> None:
    # Closed 15 Feb 2024, quarter ends, matures 31 Dec 2024. 31 Mar 2024 is a Sunday, so the first
    # payment is on Good Friday 29 Mar: the Reserve Banks are open that day.
    plan = coupons(d("2024-02-15"), d("2024-12-31"), 3)
    assert [f"{c.pay}" for c in plan] == ["2024-03-29", "2024-06-28", "2024-09-30", "2024-12-31"]
    assert [f"{c.start}" for c in plan] == ["2024-02-15", "2024-03-29", "2024-06-28", "2024-09-30"]
    # Two SOFR days before Good Friday 29 Mar: Wed 27 Mar; before 28 Jun: Wed 26 Jun
    assert [f"{c.fixing}" for c in plan] == ["2024-02-13", "2024-03-27", "2024-06-26", "2024-09-26"]
    assert (plan[0].reference_start, plan[0].reference_end) == (d("2023-12-31"), d("2024-03-31"))


def test_long_stub_by_hand() -> None:
    plan = coupons(d("2024-02-15"), d("2024-12-31"), 3, stub="long")
    assert [f"{c.end}" for c in plan] == ["2024-06-28", "2024-09-30", "2024-12-31"]
    assert (plan[0].reference_start, plan[0].reference_end) == (d("2024-03-31"), d("2024-06-30"))


def test_last_stub_reference_period() -> None:
    plan = coupons(d("2024-01-15"), d("2024-09-01"), 3, first_payment=d("2024-04-15"), adjust_accrual=False)
    assert [f"{c.end}" for c in plan] == ["2024-04-15", "2024-07-15", "2024-09-01"]
    assert (plan[-1].reference_start, plan[-1].reference_end) == (d("2024-07-15"), d("2024-10-15"))
    assert icma(plan[-1], 4) == pytest.approx(48 / 92 / 4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"months": 2}, "months must be"),
        ({"day": 0}, "day must be"),
        ({"day": 32}, "day must be"),
        ({"stub": "full"}, "short or long"),
        ({"maturity": d("2024-01-15")}, "not after first accrual"),
        ({"maturity": d("2024-01-16")}, "no business day"),
        ({"first_payment": d("2024-01-15")}, "first payment"),
        ({"first_payment": d("2025-01-16")}, "first payment"),
        ({"first_payment": d("2024-03-14"), "day": 15}, "not on roll day 15"),
        ({"rule": "nearest"}, "unknown business day rule"),
    ],
)
def test_contradicting_terms_are_refused(change: dict[str, object], words: str) -> None:
    # 2024-01-15 is King's birthday: it moves to the 16th
    case: dict[str, object] = {"first_accrual": d("2024-01-15"), "maturity": d("2025-01-15"), "months": 3}
    with pytest.raises(ValueError, match=words):
        coupons(**(case | change))  # type: ignore[arg-type]


# --- curves ----------------------------------------------------------------------------------------


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "sofr.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def findings(folder: Path, text: str | bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(InputError) as caught:
        read_curve(write(folder, text))
    assert {finding.file for finding in caught.value.findings} == {"sofr.csv"}
    return [(finding.line, finding.field, finding.seen) for finding in caught.value.findings]


def test_curve_between_and_outside_its_dates() -> None:
    curve = Curve((d("2024-01-01"), d("2024-01-11"), d("2024-03-01")), (1.0, 2.0, -3.0), "c", "x", "s", "")
    asked = ["2020-01-01", "2024-01-01", "2024-01-04", "2024-01-11", "2024-02-05", "2024-03-01", "2030-01-01"]
    assert curve.on(map(d, asked)) == pytest.approx([1, 1, 1.3, 2, -0.5, -3, -3])


def test_curve_of_one_point_is_flat() -> None:
    curve = Curve((FIRST,), (0.04,), "c", "rate", "s", "filing")
    assert curve.on([date(1999, 1, 1), FIRST, LAST]) == [0.04] * 3


@drawn
@given(st.lists(st.tuples(days, st.floats(-10, 10)), min_size=1, unique_by=lambda point: point[0]), days)
def test_curve_stays_within_its_values(points: list[tuple[date, float]], asked: date) -> None:
    dates, values = zip(*sorted(points), strict=True)
    curve = Curve(dates, values, "c", "x", "s", "")
    assert min(values) - 1e-12 <= curve.at(asked) <= max(values) + 1e-12
    assert curve.on(dates) == list(values)


@pytest.mark.parametrize(
    ("dates", "values"),
    [((), ()), ((FIRST,), (1.0, 2.0)), ((LAST, FIRST), (1.0, 2.0)), ((FIRST, FIRST), (1.0, 2.0))]
    + [((FIRST,), (bad,)) for bad in (float("nan"), float("inf"))],
)
def test_wrong_curve_is_refused(dates: tuple[date, ...], values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="curve c"):
        Curve(dates, values, "c", "x", "s", "")


def test_read_curve_with_every_column(tmp_path: Path) -> None:
    text = (
        "\ufeffdate,value,unit,source,grade\r\n"
        '2024-01-31,0.053,rate,"10-K, p. 4",filing\r\n'
        "\r\n2024-02-29,-.05,rate,Reuters,press\r\n2024-03-31,5e-1,rate,Reuters,derived\r\n"
    )
    curve = read_curve(write(tmp_path, text))
    assert curve.dates == (d("2024-01-31"), d("2024-02-29"), d("2024-03-31"))
    assert curve.values == (0.053, -0.05, 0.5)
    assert (curve.name, curve.unit) == ("sofr", "rate")
    assert (curve.source, curve.grade) == ("10-K, p. 4; Reuters", "derived")
    assert curve.sources == ("10-K, p. 4", "Reuters", "Reuters")
    assert curve.grades == ("filing", "press", "derived")


def test_read_curve_of_two_columns(tmp_path: Path) -> None:
    curve = read_curve(write(tmp_path, "date,value\n2024-01-31,12\n"))
    assert (curve.values, curve.unit, curve.source, curve.grade) == ((12.0,), "", "", "")


def test_all_findings_at_once(tmp_path: Path) -> None:
    text = (
        "date,value,unit,grade\n"
        "2024-01-31,12,rate,filing\n"
        "31.01.2024,1_0,rate,hearsay\n"
        "2024-01-31,nan,percent,\n"
        "2024-02-30,1e999,rate,press\n"
        "20240229,,rate,press\n"
        "2024-03-31,0.05\n"
        "2023-12-31,-0.06,rate,assumed\n"
    )
    assert findings(tmp_path, text) == [
        (2, "value", "12"),
        (3, "date", "31.01.2024"),
        (3, "grade", "hearsay"),
        (3, "value", "1_0"),
        (4, "date", "2024-01-31"),
        (4, "grade", "nothing"),
        (4, "unit", "percent"),
        (4, "value", "nan"),
        (5, "date", "2024-02-30"),
        (5, "value", "1e999"),
        (6, "date", "20240229"),
        (6, "value", "nothing"),
        (7, "columns", "2 cells"),
        (8, "date", "2023-12-31"),
        (8, "value", "-0.06"),
    ]


def test_percentage_gets_told_so(tmp_path: Path) -> None:
    words = r"^sofr.csv:2: error: value: saw 12; a rate as a fraction: 0.12 for 12 %$"
    with pytest.raises(InputError, match=words):
        read_curve(write(tmp_path, "date,value,unit\n2024-01-31,12,rate\n"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", (1, "header", "nothing")),
        ("\ufeff\n", (1, "header", "nothing")),
        ("date,value\n", (1, "date", "nothing")),
        ("date;value\n2024-01-31;1\n", (1, "header", "date;value")),
        ("value,date\n1,2024-01-31\n", (1, "header", "value,date")),
        ("date,value,unit,unit\n2024-01-31,1,x,x\n", (1, "header", "date,value,unit,unit")),
        ("date,value,note\n2024-01-31,1,x\n", (1, "header", "date,value,note")),
        ("2024-01-31,1\n", (1, "header", "2024-01-31,1")),
        (b"date,value\n2024-01-31,1\n\xff\n", (3, "file", "other bytes")),
        ('date,value\n2024-01-31,"1\n', (2, "file", "unexpected end of data")),
    ],
)
def test_file_that_is_no_curve(tmp_path: Path, text: str | bytes, found: tuple[int, str, str]) -> None:
    assert findings(tmp_path, text) == [found]


def test_missing_file_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.csv:0: error: file: saw No such file"):
        read_curve(tmp_path / "none.csv")


def test_grade_words() -> None:
    assert GRADES == ("filing", "transcription", "press", "third-party", "derived", "assumed")


def test_leap_years_are_as_the_calendar_has_them() -> None:
    ends = Timeline(d("2019-12-31"), 240).ends
    assert [end.day for end in ends if end.month == 2] == [29 if isleap(y) else 28 for y in range(2020, 2040)]
