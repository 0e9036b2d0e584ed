"""Dates of contracts and GPUs against plain counts of days: age, resale by age, windows of crediting, anniversaries, bills."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bad_inputs import CONTRACTS, RICH, d, n

from model.clock import clock
from model.drivers import Drivers
from model.fleet import months_since, resale_share
from model.inputs import load_case
from model.selling import Selling
from model.sheet import Book, evaluate
from model.timeline import Timeline, from_serial
from model.timetable import days_of, steps, windows

ONE = timedelta(days=1)


def is_mark(day: date, anchor: int) -> bool:
    """A monthly roll date of a day of the month, on the last day of a month that is too short for it."""
    return day.day == min(anchor, monthrange(day.year, day.month)[1])


def months_by_days(first: date, last: date) -> float:
    """Months from one day to another, both included, by walking every day."""
    if last < first:
        return 0.0
    whole, mark, day = 0, first, first
    while day < last + ONE:
        day += ONE
        if is_mark(day, first.day):
            whole, mark = whole + 1, day
    following = mark + ONE
    while not is_mark(following, first.day):
        following += ONE
    return whole + (last + ONE - mark).days / (following - mark).days


# ---- age and resale of GPUs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delivered", [
    date(2024, 2, 29), date(2023, 2, 28), date(2024, 1, 31), date(2025, 1, 30), date(2024, 11, 30), date(2025, 1, 1),
    date(2024, 12, 31), date(2026, 2, 15), date(2027, 7, 31), date(2040, 1, 1),
])
def test_age_is_counted_in_months_and_days(delivered: date) -> None:
    """Whole months to the roll date, then days by the length of the month that runs; leap days and month ends included."""
    timeline = Timeline(date(2025, 12, 31), 60)
    ends = [timeline.as_of, *timeline.ends]
    assert months_since(timeline, delivered) == pytest.approx([months_by_days(delivered, end) for end in ends], abs=1e-12)


@pytest.mark.parametrize(("delivered", "end", "months"), [
    (date(2025, 1, 1), date(2025, 1, 31), 1.0), (date(2025, 1, 1), date(2025, 12, 31), 12.0),
    (date(2024, 1, 31), date(2024, 2, 29), 1 + 1 / 31), (date(2024, 2, 29), date(2025, 2, 28), 12 + 1 / 29),
    (date(2024, 2, 29), date(2024, 2, 29), 1 / 29), (date(2025, 6, 16), date(2025, 6, 30), 0.5), (date(2025, 7, 1),
     date(2025, 6, 30), 0),
])
def test_ages_worked_by_hand(delivered: date, end: date, months: float) -> None:
    """The last day counts; what comes later is not there yet."""
    assert months_since(Timeline(end, 1), delivered)[0] == pytest.approx(months, abs=1e-12)


def test_resale_follows_the_points() -> None:
    """1 when new, straight between the ages that are given, flat after the last."""
    shares = {1: 0.7, 2: 0.5, 4: 0.2}
    ages = [0, 3, 12, 18, 24, 30, 36, 48, 90]
    assert [resale_share(shares, age / 12) for age in ages] == pytest.approx([1, 0.925, 0.7, 0.6, 0.5, 0.425, 0.35, 0.2, 0.2])
    from_new = [resale_share({0: 0.9, 1: 0.7}, age) for age in (0, 0.5)]
    assert from_new == pytest.approx([0.9, 0.8]), "a point at age 0 takes the place of 1"
    assert [resale_share({1: 0}, age) for age in (0, 0.5, 2)] == pytest.approx([1, 0.5, 0])


# ---- windows of crediting --------------------------------------------------------------------------------------------


def day_of(day: date) -> Any:
    """A date of a case file."""
    return SimpleNamespace(value=day, source="x", grade="filing")


def contract(*spans: tuple[date, date]) -> Any:
    """A contract with tranches of these dates."""
    return SimpleNamespace(tranches=[SimpleNamespace(start=day_of(first), end=day_of(last)) for first, last in spans])


def credited(rule: str, **terms: int) -> Any:
    """A prepayment with a rule."""
    return SimpleNamespace(credit=SimpleNamespace(rule=rule, **terms))


STAGED = contract((date(2026, 3, 16), date(2029, 3, 15)), (date(2026, 6, 1), date(2030, 8, 31)))


@pytest.mark.parametrize(("file", "said", "expected"), [
    (STAGED, credited("pro_rata"), [(date(2026, 3, 16), date(2030, 8, 31))]),
    (STAGED, credited("last_months", months=6), [(date(2030, 3, 1), date(2030, 8, 31))]),
    (STAGED, credited("years", first=2, last=3), [(date(2027, 3, 16), date(2028, 3, 15)), (date(2028, 3, 16), date(2029, 3,
     15))]),
    (contract((date(2024, 2, 29), date(2027, 2, 27))), credited("years", first=1, last=2),
     [(date(2024, 2, 29), date(2025, 2, 27)), (date(2025, 2, 28), date(2026, 2, 27))]),
    (contract((date(2026, 1, 1), date(2028, 2, 28))), credited("last_months", months=12), [(date(2027, 2, 28), date(2028, 2,
     28))]),
    (contract((date(2026, 1, 1), date(2028, 3, 30))), credited("last_months", months=1), [(date(2028, 2, 29), date(2028, 3,
     30))]),
    (STAGED, SimpleNamespace(credit=None, credit_from=day_of(date(2026, 7, 1)), credit_to=day_of(date(2027, 1, 1))),
     [(date(2026, 7, 1), date(2027, 1, 1))]),
])
def test_windows_of_every_rule(file: Any, said: Any, expected: list[tuple[date, date]]) -> None:
    """The last months end with the last day of all tranches, years begin with the first day of any, and leave no gap."""
    found = list(windows(file, said))
    assert found == expected
    assert [days_of(window) for window in found] == [(last - first).days + 1 for first, last in expected]
    assert all(later[0] - earlier[1] == ONE for earlier, later in pairwise(found))


# ---- dates on which something changes --------------------------------------------------------------------------------


def dates_of(found: Mapping[str, Any], name: str) -> list[date]:
    """Dates but for the 0 that stands before the first."""
    assert found[name][0].value == 0.0
    return [from_serial(int(told.value)) for told in found[name][1:]]


def test_steps_hold_from_their_dates() -> None:
    """Nothing before the first date, then the values in their order."""
    said = [(date(2026, 3, 18), SimpleNamespace(value=0.5, source="x", grade="filing"))]
    found = steps("dates", "values", said)
    assert dates_of(found, "dates") == [date(2026, 3, 18)]
    assert [(told.value, told.grade) for told in found["values"]] == [(0.0, "derived"), (0.5, "filing")]


# ---- what a case says of bills, payments and prepayments --------------------------------------------------------------


def selling(folder: Path, *changes: tuple[str, str]) -> Selling:
    """The contracts of the case with every term, after some changes of its contracts.yaml."""
    texts = dict(RICH)
    for old, new in changes:
        assert texts[CONTRACTS].count(old) == 1, old
        texts[CONTRACTS] = texts[CONTRACTS].replace(old, new)
    for file, text in texts.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    case, timeline = load_case(folder), Timeline(date(2025, 12, 31), 78)
    return Selling(case, timeline, clock(timeline), Drivers("Drivers", key="drivers"))


def told(block: Any, name: str) -> Any:
    """What a block is told."""
    return block.row(name).input.value


@pytest.mark.parametrize("days", [0, 1, 28, 30, 31, 45, 59, 60, 90, 400])
def test_bills_fall_due_so_many_days_after_the_month_end(days: int, tmp_path: Path) -> None:
    """The number of the last bill that is due by each period end, counted bill by bill."""
    sold = selling(tmp_path, (n(45, "days"), n(days, "days")))
    ends = sold.timeline.ends
    expected, bill = [], 0
    for end in ends:
        while bill < len(ends) and (end - ends[bill]).days >= days:
            bill += 1
        expected.append(bill)
    assert told(sold.contracts["mw"], "bills_fallen_due") == expected
    assert expected[0] == (1 if days == 0 else 0)


def test_gpus_are_paid_in_the_months_of_their_payments(tmp_path: Path) -> None:
    """By the parts that are stated; else all on delivery, and nothing where that was before the as-of date."""
    parts = "payments: [{date: 2026-02-02"
    (lot,) = selling(tmp_path).sold["mw"].lots
    assert {month: share for month, share in enumerate(told(lot, "paid_share"), start=1) if share} == {2: 0.3, 5: 0.7}
    (lot,) = selling(tmp_path, (parts, f"# {parts}")).sold["mw"].lots
    assert {month: share for month, share in enumerate(told(lot, "paid_share"), start=1) if share} == {2: 1.0}
    (lot,) = selling(tmp_path, (parts, f"# {parts}"), (d("2026-02-01"), d("2025-12-31"))).sold["mw"].lots
    assert set(told(lot, "paid_share")) == {0.0}


def test_years_that_are_over_take_no_credit(tmp_path: Path) -> None:
    """Three equal years of which one is nearly over: what is held is spread over the days that are left of each."""
    rule = "{rule: years, first: 1, last: 3, source: test, grade: assumed}"
    held = f"prepayments:\n      - held_before: {n(8, 'USD m')}\n        credit: {rule}"
    price = f"renewal_price: {n(0.63, 'share')}"
    parts = selling(tmp_path, (price, f"{price}\n    {held}")).sold["hours"].prepayments
    spans = [(from_serial(int(told(part, "credit_from"))), from_serial(int(told(part, "credit_to")))) for part in parts]
    assert spans == [(date(2026, 1, 1), date(2026, 3, 19)), (date(2026, 3, 20), date(2027, 3, 19)),
                     (date(2027, 3, 20), date(2028, 3, 19))]
    left = (31 + 28 + 19) / 365
    assert [told(part, "part") for part in parts] == pytest.approx([left / (left + 2), 1 / (left + 2), 1 / (left + 2)])


@pytest.mark.parametrize(("start", "first"), [
    (date(2024, 2, 29), None), (date(2025, 8, 31), None), (date(2025, 1, 1), date(2026, 4, 15)),
    (date(2025, 1, 31), date(2026, 4, 30)), (date(2024, 12, 31), date(2026, 2, 28)),
])
def test_prices_rise_on_anniversaries(start: date, first: date | None, tmp_path: Path) -> None:
    """Each day of a month at its level: from 29 February on the 28th, in a leap year on the 29th again; the average is billed."""
    terms = f"\n        escalator: {n(0.04, 'rate')}" + (f"\n        escalates_from: {d(str(first))}" if first else "")
    price, old = n(150, "USD per kW-month"), "2026-03-19"
    sold = selling(tmp_path, (price, price + terms), (old, str(start)))
    day, anchor = date(2026, 1, 1), first or start
    risen = sum(is_anniversary(start + k * ONE, anchor, start, first) for k in range(1, (day - start).days))
    level, expected = 1.04**risen, []
    for end in sold.timeline.ends[:36]:
        days = []
        while day <= end:
            level *= 1.04 if is_anniversary(day, anchor, start, first) else 1
            days.append(level)
            day += ONE
        expected.append(sum(days) / len(days))
    values = evaluate(Book([sold.clock, sold.drivers, *sold.blocks()], sold.timeline.count))
    found = values.one(sold.sold["lse"].tranches[0].row("price_level"))
    assert list(found[1:37]) == pytest.approx(expected, abs=1e-12)


def is_anniversary(day: date, anchor: date, start: date, first: date | None) -> bool:
    """A day on which the price rises: not before the first rise that is stated, else not before a year is over."""
    return day.month == anchor.month and is_mark(day, anchor.day) and day >= (first or start + 360 * ONE)
