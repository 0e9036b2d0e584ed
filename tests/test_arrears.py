"""Rates compounded in arrears against published New York Fed figures, QuantLib and closed forms."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
import QuantLib as ql  # noqa: N813  (the name its own documentation uses)
from hypothesis import given, settings
from hypothesis import strategies as st

from model.timeline import FEDERAL_RESERVE, SOFR_FIXING, ArrearsTerms, compounded_rate

EXAMPLES = int(os.environ.get("TIMELINE_EXAMPLES", "80"))
drawn = settings(deadline=None, max_examples=EXAMPLES, derandomize=EXAMPLES == 80)

PLAIN = ArrearsTerms(lookback=0)
QL_SOFR = ql.UnitedStates(ql.UnitedStates.SOFR)

Fixing = Callable[[date], float]


def d(text: str) -> date:
    return date.fromisoformat(text)


def to_ql(day: date) -> ql.Date:
    return ql.Date(day.day, day.month, day.year)


def from_ql(day: ql.Date) -> date:
    return date(day.year(), day.month(), day.dayOfMonth())


def table(year: int, text: str) -> dict[date, float]:
    """Figures by date from lines of "month/day figure"."""
    cells = text.split()
    days = (d(f"{year}-{cell.replace('/', '-')}") for cell in cells[::2])
    return dict(zip(days, map(float, cells[1::2]), strict=True))


def looked_up(percent: dict[date, float]) -> Fixing:
    """The published rate of a business day as a fraction; any other day is a KeyError."""
    return lambda day: percent[day] / 100


# --- published figures -----------------------------------------------------------------------------

# New York Fed, SOFR in percent: https://apps.newyorkfed.org/markets/autorates/sofr?sc_device=print&vMode=1
# in stored copies whose last rows are 8 April (2020) and 21 January (2021); the page shows month and day
# only. 25 December, 1 and 18 January are marked as holidays.
SPRING_2020 = table(
    2020,
    "03/05 1.12 03/06 1.10 03/09 1.09 03/10 1.11 03/11 1.15 03/12 1.20 03/13 1.10 03/16 0.26 03/17 0.54 "
    "03/18 0.10 03/19 0.06 03/20 0.04 03/23 0.02 03/24 0.01 03/25 0.01 03/26 0.01 03/27 0.01 03/30 0.01 "
    "03/31 0.01 04/01 0.01 04/02 0.01 04/03 0.01 04/06 0.01 04/07 0.01 04/08 0.01",
)
WINTER_2021 = table(
    2020,
    "12/15 0.09 12/16 0.09 12/17 0.09 12/18 0.09 12/21 0.09 12/22 0.07 12/23 0.06 12/24 0.08 12/28 0.09 "
    "12/29 0.10 12/30 0.09 12/31 0.07",
) | table(
    2021,
    "01/04 0.10 01/05 0.11 01/06 0.10 01/07 0.10 01/08 0.09 01/11 0.09 01/12 0.08 01/13 0.08 01/14 0.08 "
    "01/15 0.08 01/19 0.07 01/20 0.06 01/21 0.04",
)
# New York Fed, SOFR Index: https://apps.newyorkfed.org/markets/autorates/sofr-avg-ind?sc_device=print&vMode=1
# in a stored copy whose last row is 9 April (2020).
INDEX = table(
    2020,
    "03/06 1.04101160 03/09 1.04110703 03/10 1.04113855 03/11 1.04117065 03/12 1.04120391 03/13 1.04123862 "
    "03/16 1.04133407 03/17 1.04134159 03/18 1.04135721 03/19 1.04136010 03/20 1.04136184 03/23 1.04136531 "
    "03/24 1.04136588 03/25 1.04136617 03/26 1.04136646 03/27 1.04136675 03/30 1.04136762 03/31 1.04136791 "
    "04/01 1.04136820 04/02 1.04136849 04/03 1.04136878 04/06 1.04136965 04/07 1.04136993 04/08 1.04137022 "
    "04/09 1.04137051",
)
# Each value of the index is rounded to 8 decimals, the product of the daily rates is not.
INDEX_STEP = 1e-8


def growth(start: date, end: date, fixing: Fixing, terms: ArrearsTerms) -> float:
    """Growth over the period, so that rates over periods of any length bear one tolerance."""
    return 1 + compounded_rate(start, end, fixing, terms) * (end - start).days / 360


def test_rates_between_any_two_days_are_the_published_index() -> None:
    for start, end in combinations(INDEX, 2):
        got = growth(start, end, looked_up(SPRING_2020), PLAIN)
        assert got == pytest.approx(INDEX[end] / INDEX[start], abs=INDEX_STEP), (start, end)


@pytest.mark.parametrize(
    ("end", "average"),
    # The first two begin on Saturday 7 and Sunday 8 March; the last spans three holidays.
    [
        ("2020-04-06", 0.37605),
        ("2020-04-07", 0.33971),
        ("2020-04-08", 0.30336),
        ("2020-04-09", 0.26736),
        ("2021-01-22", 0.08134),
    ],
)
def test_published_30_day_average(end: str, average: float) -> None:
    """Daily rates and averages are both the New York Fed's, from two of its pages.

    The averages, in percent: the page of the index (2020) and, for 22 January 2021,
    https://apps.newyorkfed.org/rss/feeds/sofr-avg-ind.
    """
    fixing = looked_up(SPRING_2020 | WINTER_2021)
    got = compounded_rate(d(end) - timedelta(days=30), d(end), fixing, PLAIN)
    assert round(100 * got, 5) == average


@pytest.mark.parametrize("lookback", [1, 2, 3, 5])
def test_observation_shift_is_the_published_index_of_the_shifted_days(lookback: int) -> None:
    """Notes on the SOFR Index pay its growth over the observation period, per day of that period.

    The formula with d_c, the calendar days of the observation period, in such a note:
    https://capedge.com/filing/1341439/0001193125-26-037840/ORCL-8K/file/3.
    """
    days = list(INDEX)
    for k, m in combinations(range(lookback, len(days)), 2):
        got = compounded_rate(days[k], days[m], looked_up(SPRING_2020), ArrearsTerms(lookback, True))
        first, last = days[k - lookback], days[m - lookback]
        grown = 1 + got * (last - first).days / 360
        assert grown == pytest.approx(INDEX[last] / INDEX[first], abs=INDEX_STEP), (days[k], days[m])


# SOFR in percent, 21 June to 5 August 2019, and the three results below: QuantLib's test suite,
# https://github.com/lballabio/QuantLib/blob/master/test-suite/overnightindexedcoupon.cpp. Its authors
# replicate the ARRC's spreadsheet of lookback options with them:
# https://www.newyorkfed.org/medialibrary/Microsites/arrc/files/2020/ARRC-BWLG-Examples-Other-Lookback-Options.xlsx
# The spreadsheet itself was not at hand: rates and results are those of that file.
SUMMER_2019 = table(
    2019,
    "06/21 2.37 06/24 2.39 06/25 2.41 06/26 2.43 06/27 2.42 06/28 2.50 07/01 2.42 07/02 2.51 07/03 2.56 "
    "07/05 2.59 07/08 2.48 07/09 2.45 07/10 2.46 07/11 2.41 07/12 2.36 07/15 2.46 07/16 2.47 07/17 2.47 "
    "07/18 2.46 07/19 2.41 07/22 2.40 07/23 2.40 07/24 2.41 07/25 2.42 07/26 2.41 07/29 2.40 07/30 2.39 "
    "07/31 2.55 08/01 2.19 08/02 2.19 08/05 2.13",
)


@pytest.mark.parametrize(
    ("end", "terms", "rate"),
    [
        ("2019-07-15", ArrearsTerms(5), 0.024781644454),
        ("2019-07-31", ArrearsTerms(5, observation_shift=True), 0.024603611707),
        ("2019-07-31", ArrearsTerms(5, observation_shift=True, lockout=3), 0.024693783702),
    ],
)
def test_arrc_lookback_options(end: str, terms: ArrearsTerms, rate: float) -> None:
    got = compounded_rate(d("2019-07-01"), d(end), looked_up(SUMMER_2019), terms)
    assert got == pytest.approx(rate, abs=1e-12)


def test_compounded_margin_as_in_quantlibs_test_suite() -> None:
    # Same file: SOFR of 18 October to 17 November 2021, Veterans Day between; a margin of 1 bp compounded
    autumn = table(
        2021,
        "10/18 0.08 10/19 0.09 10/20 0.08 10/21 0.10 10/22 0.12 10/25 0.11 10/26 0.13 10/27 0.12 10/28 0.12 "
        "10/29 0.08 11/01 0.09 11/02 0.10 11/03 0.11 11/04 0.14 11/05 0.13 11/08 0.11 11/09 0.09 11/10 0.08 "
        "11/12 0.07 11/15 0.08 11/16 0.08 11/17 0.07",
    )
    period = (d("2021-10-18"), d("2021-11-18"), looked_up(autumn))
    inside = ArrearsTerms(lookback=0, margin_inside=True)
    assert compounded_rate(*period, PLAIN, margin=0.0001) == pytest.approx(0.000987136104, abs=1e-12)
    assert compounded_rate(*period, inside, margin=0.0001) == pytest.approx(0.0010871445057780704, abs=1e-12)


# --- QuantLib --------------------------------------------------------------------------------------

days = st.dates(date(2020, 3, 1), date(2040, 3, 1))
business_days = days.map(lambda day: SOFR_FIXING.adjust(day, "following"))
days_off = days.map(lambda day: day - timedelta(days=day.weekday() - 5)) | st.sampled_from(
    [day for year in range(2020, 2040) for day in SOFR_FIXING.holidays(year) if day > date(2020, 2, 1)]
)
lengths = st.integers(1, 20) | st.integers(1, 200)
margins = st.floats(-0.01, 0.1)
# A rate for every day out of a short list: neighbours differ, and a wrong day is a wrong rate.
fixings = st.lists(st.floats(-0.02, 0.25), min_size=11, max_size=11, unique=True).map(
    lambda rates: lambda day: rates[day.toordinal() % len(rates)]
)
some_terms = st.builds(ArrearsTerms, st.integers(0, 12), st.booleans(), st.integers(0, 6), st.booleans())


@pytest.fixture(scope="module", autouse=True)
def _quantlib_as_found() -> Iterator[None]:
    before = ql.Settings.instance().evaluationDate
    ql.Settings.instance().evaluationDate = ql.Date(1, 1, 2041)
    yield
    ql.Settings.instance().evaluationDate = before
    ql.IndexManager.instance().clearHistories()


def ql_coupon(start: date, end: date, fixing: Fixing, terms: ArrearsTerms, margin: float) -> ql.OvernightIndexedCoupon:
    index = ql.Sofr()
    index.clearFixings()
    reach = [start + timedelta(days=n) for n in range(-40, (end - start).days)]
    open_days = [day for day in reach if QL_SOFR.isBusinessDay(to_ql(day))]
    index.addFixings(list(map(to_ql, open_days)), list(map(fixing, open_days)))
    return ql.OvernightIndexedCoupon(
        QL_SOFR.adjust(to_ql(end)),
        1.0,
        to_ql(start),
        to_ql(end),
        index,
        spread=margin,
        lookbackDays=terms.lookback,
        lockoutDays=terms.lockout,
        applyObservationShift=terms.observation_shift,
        compoundSpread=terms.margin_inside,
    )


def agrees(start: date, end: date, fixing: Fixing, terms: ArrearsTerms, margin: float) -> None:
    try:
        got = compounded_rate(start, end, fixing, terms, margin)
    except ValueError:
        # QuantLib refuses the same lockouts
        with pytest.raises(RuntimeError, match="Lockout period"):
            ql_coupon(start, end, fixing, terms, margin)
        return
    outside = 0.0 if terms.margin_inside else margin
    expected = ql_coupon(start, end, fixing, terms, margin).rate()
    assert got + outside == pytest.approx(expected, rel=0, abs=1e-12)


@drawn
@given(business_days, lengths, fixings, some_terms, margins)
def test_rate_is_quantlibs(start: date, length: int, fixing: Fixing, terms: ArrearsTerms, margin: float) -> None:
    agrees(start, start + timedelta(days=length), fixing, terms, margin)


@drawn
@given(days_off, lengths, fixings, some_terms, margins)
def test_rate_from_a_day_off_is_quantlibs(start: date, length: int, fixing: Fixing, terms: ArrearsTerms, margin: float) -> None:
    # Without a shift. Under one QuantLib moves the start to a business day before it counts back, so
    # the shifted period would begin before the one of the period before it ends.
    terms = replace(terms, observation_shift=False)
    agrees(start, start + timedelta(days=length), fixing, terms, margin)


@drawn
@given(business_days, lengths, fixings, st.integers(1, 12))
def test_shift_is_quantlibs_plain_rate_of_the_shifted_period(start: date, length: int, fixing: Fixing, lookback: int) -> None:
    end = start + timedelta(days=length)
    first, last = (from_ql(QL_SOFR.advance(to_ql(day), -lookback, ql.Days)) for day in (start, end))
    got = compounded_rate(start, end, fixing, ArrearsTerms(lookback, observation_shift=True))
    assert got == pytest.approx(ql_coupon(first, last, fixing, PLAIN, 0.0).rate(), rel=0, abs=1e-12)


# --- closed forms and hand counts ------------------------------------------------------------------


@drawn
@given(st.integers(0, 12), st.floats(-0.02, 0.25), st.integers(1, 2))
def test_constant_rate_over_full_weeks(lookback: int, rate: float, weeks: int) -> None:
    # Monday 3 June 2024: no holiday before Juneteenth, so a week is four days of one and one of three
    start, end = d("2024-06-03"), d("2024-06-03") + timedelta(weeks=weeks)
    week = (1 + rate / 360) ** 4 * (1 + 3 * rate / 360)
    got = compounded_rate(start, end, lambda _: rate, ArrearsTerms(lookback))
    assert got == pytest.approx((week**weeks - 1) * 360 / (7 * weeks), abs=1e-12)


@drawn
@given(days, fixings, some_terms)
def test_single_rate_does_not_compound(start: date, fixing: Fixing, terms: ArrearsTerms) -> None:
    start = SOFR_FIXING.adjust(start, "following")
    end = SOFR_FIXING.advance(start, 1)
    one = replace(terms, lockout=0, margin_inside=False)
    observed = SOFR_FIXING.advance(start, -terms.lookback)
    assert compounded_rate(start, end, fixing, one) == pytest.approx(fixing(observed), abs=1e-12)


@drawn
@given(days, st.integers(1, 200), fixings, some_terms, margins)
def test_margin_inside_is_a_higher_rate_each_day(
    start: date, length: int, fixing: Fixing, terms: ArrearsTerms, margin: float
) -> None:
    terms = replace(terms, lockout=0, observation_shift=False)
    period = (start, start + timedelta(days=length))
    inside = compounded_rate(*period, fixing, replace(terms, margin_inside=True), margin)
    raised = compounded_rate(*period, lambda day: fixing(day) + margin, replace(terms, margin_inside=False))
    assert inside == pytest.approx(raised, abs=1e-12)


@drawn
@given(days, st.integers(1, 200), fixings, some_terms, margins)
def test_margin_outside_is_left_to_the_caller(
    start: date, length: int, fixing: Fixing, terms: ArrearsTerms, margin: float
) -> None:
    terms = replace(terms, lockout=0, observation_shift=False, margin_inside=False)
    period = (start, start + timedelta(days=length))
    assert compounded_rate(*period, fixing, terms, margin) == compounded_rate(*period, fixing, terms)


def test_margin_inside_earns_interest_on_interest() -> None:
    # Thursday for one day and Friday for three at 4 %: the rates' product is all that compounding adds
    period = (d("2024-06-06"), d("2024-06-10"), lambda _: 0.04)
    outside = compounded_rate(*period, ArrearsTerms(), margin=0.02) + 0.02
    inside = compounded_rate(*period, ArrearsTerms(margin_inside=True), margin=0.02)
    assert outside == pytest.approx(0.06 + 0.04**2 * 3 / 360 / 4, abs=1e-13)
    assert inside == pytest.approx(0.06 + 0.06**2 * 3 / 360 / 4, abs=1e-13)


@drawn
@given(days, st.integers(20, 90), st.integers(20, 90), fixings, st.integers(1, 12))
def test_shifted_periods_join_without_gap_or_overlap(start: date, before: int, after: int, fixing: Fixing, lookback: int) -> None:
    middle = start + timedelta(days=before)
    bounds = [start, middle, middle + timedelta(days=after)]
    terms = ArrearsTerms(lookback, observation_shift=True)

    def grown(a: date, b: date) -> float:
        seen = (SOFR_FIXING.advance(b, -lookback) - SOFR_FIXING.advance(a, -lookback)).days
        return 1 + compounded_rate(a, b, fixing, terms) * seen / 360

    whole = grown(bounds[0], bounds[2])
    assert grown(*bounds[:2]) * grown(*bounds[1:]) == pytest.approx(whole, abs=1e-12)


def noting(seen: list[date]) -> Fixing:
    """A flat rate that notes the days it is asked for."""

    def fixing(day: date) -> float:
        seen.append(day)
        return 0.05

    return fixing


@pytest.mark.parametrize(
    ("terms", "asked"),
    # Easter 2024: from Thursday 28 March to Wednesday 3 April; no rate on Good Friday 29 March
    [
        (ArrearsTerms(0), ["03-28", "04-01", "04-02"]),
        (ArrearsTerms(2), ["03-26", "03-27", "03-28"]),
        (ArrearsTerms(2, observation_shift=True), ["03-26", "03-27", "03-28"]),
        (ArrearsTerms(0, lockout=1), ["03-28", "04-01"]),
        (ArrearsTerms(2, lockout=2), ["03-26"]),
    ],
)
def test_days_whose_rate_is_asked_for(terms: ArrearsTerms, asked: list[str]) -> None:
    seen: list[date] = []
    compounded_rate(d("2024-03-28"), d("2024-04-03"), noting(seen), terms)
    assert seen == [d(f"2024-{day}") for day in asked]


@pytest.mark.parametrize(
    ("terms", "weights", "total"),
    # The same days; where the shift applies, 26 March to Monday 1 April, the 28th holds four days
    [
        (ArrearsTerms(0), [4, 1, 1], 6),
        (ArrearsTerms(2), [4, 1, 1], 6),
        (ArrearsTerms(2, observation_shift=True), [1, 1, 4], 6),
        (ArrearsTerms(3, observation_shift=True), [1, 1, 1], 3),
    ],
)
def test_weights_by_hand(terms: ArrearsTerms, weights: list[int], total: int) -> None:
    rates = iter([0.01, 0.05, 0.03])
    got = compounded_rate(d("2024-03-28"), d("2024-04-03"), lambda _: next(rates), terms)
    a, b, c = (1 + rate * n / 360 for rate, n in zip([0.01, 0.05, 0.03], weights, strict=True))
    assert got == pytest.approx((a * b * c - 1) * 360 / total, abs=1e-13)


def test_shift_counts_back_from_a_day_off() -> None:
    # From Saturday 8 June 2024 the first business day back is Friday 7 June, not Thursday
    seen: list[date] = []
    shifted = ArrearsTerms(1, observation_shift=True)
    compounded_rate(d("2024-06-08"), d("2024-06-12"), noting(seen), shifted)
    assert seen == [d("2024-06-07"), d("2024-06-10")]


def test_other_calendar_and_year() -> None:
    # The Reserve Banks are open on Good Friday 29 March 2024; its rate would hold up to Monday
    rates = {d("2024-03-28"): 0.05, d("2024-03-29"): 0.06}
    period = (d("2024-03-28"), d("2024-04-01"))
    got = compounded_rate(*period, rates.__getitem__, PLAIN, days_in_year=365, calendar=FEDERAL_RESERVE)
    assert got == pytest.approx(((1 + 0.05 / 365) * (1 + 0.06 * 3 / 365) - 1) * 365 / 4, abs=1e-13)


@pytest.mark.parametrize(
    ("start", "end", "terms", "words"),
    [
        ("2024-06-10", "2024-06-10", ArrearsTerms(), "ends on 2024-06-10, not after 2024-06-10"),
        ("2024-06-10", "2024-06-07", ArrearsTerms(), "not after"),
        ("2024-06-10", "2024-06-12", ArrearsTerms(lockout=2), "2 rates in the period, lockout 2"),
        ("2024-06-10", "2024-06-12", ArrearsTerms(lockout=3), "2 rates in the period, lockout 3"),
        # Saturday to Monday: both are one business day after Friday
        ("2024-06-08", "2024-06-10", ArrearsTerms(1, observation_shift=True), "0 rates in the period"),
    ],
)
def test_period_without_a_rate_is_refused(start: str, end: str, terms: ArrearsTerms, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        compounded_rate(d(start), d(end), lambda _: 0.05, terms)


@pytest.mark.parametrize("counts", [(-1, 0), (0, -1)])
def test_negative_counts_are_refused(counts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        ArrearsTerms(lookback=counts[0], lockout=counts[1])


def test_terms_by_default() -> None:
    assert ArrearsTerms() == ArrearsTerms(lookback=5, observation_shift=False, lockout=0, margin_inside=False)
