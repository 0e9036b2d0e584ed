"""Conversion of notes: RULES 16 by hand, the published terms of three notes, EPS examples, and a daily price test."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from model.debt.conversion import Conversion
from model.debt.conversion.diluted import IfConverted
from model.debt.conversion.fundamental_change import FundamentalChange, MakeWholeTable, make_whole_shares
from model.debt.conversion.offering import Offering
from model.debt.conversion.settlement import SettlementAt
from model.sheet import Block, Book, evaluate
from model.timeline import to_serial
from tests.sheeted import disagreements

CASH, NET_SHARE, PHYSICAL = (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)
SETTLEMENTS = {"cash": CASH, "net share": NET_SHARE, "physical": PHYSICAL, "mix": (0.6, 0.3)}
AS_OF = date(2026, 6, 30)


def owed(n: float, s: float, k: float, settled: tuple[float, float]) -> float:
    """RULES 16 to the letter: cash max(N, N x S / K), net share N, physical N if S < K else 0, mixes by share."""
    cash, net, physical = max(n, n * s / k), n, n if s < k else 0.0
    for_principal, for_excess = settled
    return for_excess * (cash - net) + for_principal * net + (1 - for_principal) * physical


def figures(block: Block, *names: str) -> list[float]:
    values = evaluate(Book([block], 1))
    return [float(values.one(block.row(name))) for name in names]


def settled_at(n: float, s: float, k: float, settled: tuple[float, float], cap: float = 0.0) -> SettlementAt:
    return SettlementAt("at", share_price=s, principal=n, conversion_price=k, cash_for_principal=settled[0],
                        cash_for_excess=settled[1], cap_price=cap)  # fmt: skip


def months(count: int, start: date = AS_OF) -> list[date]:
    """The `count` month ends after `start`."""
    ends = []
    for n in range(1, count + 1):
        year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
        ends.append(date(year, month + 1, monthrange(year, month + 1)[1]))
    return ends


def conversion(
    path: Sequence[float],
    principal: float = 2587.5,
    matures: int | None = None,
    settled: tuple[float, float] = NET_SHARE,
    **terms: Any,
) -> Conversion:
    """A note on a share-price path, the opening price first; it matures in period `matures`."""
    ends = months(len(path) - 1)
    last = matures or len(ends)
    told = {"conversion_price": 107.80, "freely_from": to_serial(date(2031, 9, 1)), "cap_price": 215.60}
    return Conversion(
        "conv",
        starts=[to_serial(d + timedelta(1)) for d in (AS_OF, *ends[:-1])],
        ends=[to_serial(d) for d in (AS_OF, *ends)],
        quarter_ends=[float(d.month % 3 == 0) for d in ends],
        principal=[principal] * last + [0.0] * (len(ends) - last),
        matures=[float(n == last) for n in range(1, len(ends) + 1)],
        price_path=list(path),
        cash_for_principal=settled[0],
        cash_for_excess=settled[1],
        **(told | terms),
    )


def rows(block: Conversion, *names: str, **overrides: Any) -> list[Any]:
    periods = len(np.asarray(block.ends.input.value)) - 1  # type: ignore[union-attr]
    values = evaluate(Book([block], periods), {f"conv.{k}": [v] for k, v in overrides.items()})
    return [values.one(block.row(name)) for name in names]


# ---- the published terms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("price", "principal", "rate", "shares"), [
    (107.80, 2587.5, 9.2764, 24.0), (119.60, 4000.0, 8.3612, 33.4), (97.85, 3700.0, 10.2197, 37.8)])  # fmt: skip
def test_conversion_rate_and_shares_are_as_published(price: float, principal: float, rate: float, shares: float) -> None:
    """B26, and the terms of the notes due 2031, 2032 and 2033."""
    block = conversion([90.0, 90.0], principal, conversion_price=price)
    said_rate, said_shares = rows(block, "conversion_rate", "shares_at_most")
    assert said_rate == pytest.approx(rate, abs=1e-4)
    assert said_shares == pytest.approx(shares, abs=0.05)


def test_shares_of_the_2031_notes() -> None:
    """B27: 2588 / 107.80 = 24.01 m shares."""
    assert figures(settled_at(2588, 50, 107.80, NET_SHARE), "shares_underlying") == pytest.approx([24.01], abs=0.01)


def test_offering_adds_upsize_and_option() -> None:
    """2,000 launched, 2,250 priced, option of 337.5 exercised in full; 25 % over 86.24 is 107.80."""
    said: dict[str, Any] = {"launched": 2000.0, "upsize": 250.0, "option": 337.5}
    said |= {"reference_price": 86.24, "conversion_price": 107.80}
    assert figures(Offering("o", **said), "priced", "issued", "premium") == pytest.approx([2250.0, 2587.5, 0.25])
    some = Offering("o", **said, option_exercised=0.4, issue_cost=0.02)
    assert figures(some, "issued", "cost", "net_proceeds") == pytest.approx([2385.0, 47.7, 2337.3])


def test_conversion_price_of_the_2033_notes_is_their_premium_over_the_reference() -> None:
    said = Offering("o", launched=3000.0, upsize=700.0, option=500.0, option_exercised=0.0,
                    reference_price=79.88, conversion_price=97.85)  # fmt: skip
    assert figures(said, "issued", "premium") == pytest.approx([3700.0, 0.225], abs=1e-4)


# ---- cash due at maturity -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settled", SETTLEMENTS.values(), ids=SETTLEMENTS)
@pytest.mark.parametrize("price", [0.0, 1e-9, 53.9, 107.7999, 107.80, 107.8001, 150.0, 215.60, 400.0])
def test_cash_due_is_that_of_the_rule(price: float, settled: tuple[float, float]) -> None:
    due = owed(2587.5, price, 107.80, settled)
    assert figures(settled_at(2587.5, price, 107.80, settled), "cash_due") == pytest.approx([due], abs=1e-9)
    at_end = rows(conversion([90.0, 90.0, price], settled=settled), "cash_due", "cash_at_maturity")
    assert at_end[0] == pytest.approx(due, abs=1e-9)
    assert at_end[1] == pytest.approx([0, 0, due, 0], abs=1e-9)


def test_cash_due_of_one_note_by_hand() -> None:
    """2,587.5 at 107.80, share at 161.70 (half again): parity 3,881.25, excess 1,293.75 or 8.0009 m shares."""
    said = [figures(settled_at(2587.5, 161.7, 107.8, s), "cash_due", "shares_issued") for s in (CASH, NET_SHARE, PHYSICAL)]
    assert said[0] == pytest.approx([3881.25, 0])
    assert said[1] == pytest.approx([2587.5, 8.000928], abs=1e-6)
    assert said[2] == pytest.approx([0, 24.002783], abs=1e-6)


prices = st.floats(0.01, 2000)
mixes = st.tuples(st.floats(0, 1), st.floats(0, 1))


@settings(max_examples=150, deadline=None)
@for_all(st.floats(1, 10_000), prices, st.floats(1, 500), mixes, st.floats(0, 1000))
def test_settlement_conserves_value(n: float, s: float, k: float, settled: tuple[float, float], cap: float) -> None:
    block = settled_at(n, s, k, settled, cap)
    cash, shares, parity, capped, diluted = figures(
        block, "cash_due", "shares_issued", "conversion_value", "capped_call_value", "net_dilution")  # fmt: skip
    loose = 1e-9 * max(1, n, parity)
    assert cash == pytest.approx(owed(n, s, k, settled), abs=loose, rel=1e-9)
    assert cash >= 0
    assert shares >= -loose / s
    assert cash + shares * s == pytest.approx(max(n, parity), abs=loose), "holders get the higher of principal and parity"
    assert 0 <= capped <= max(0.0, parity - n) + loose
    assert diluted >= -loose / s
    if cap >= s:
        assert diluted == pytest.approx(0, abs=loose / s), "none up to the cap"
    assert shares <= n / k * (1 + 1e-9)


def test_capped_call_covers_the_dilution_up_to_the_cap_and_its_spread_above() -> None:
    n, k, cap = 2587.5, 107.80, 215.60
    for s in (50.0, 107.8, 160.0, 215.6):
        value, diluted = figures(settled_at(n, s, k, NET_SHARE, cap), "capped_call_value", "net_dilution")
        assert value == pytest.approx(n / k * (max(0, s - k) - max(0, s - cap)))
        assert diluted == pytest.approx(0, abs=1e-9)
    value, diluted = figures(settled_at(n, 431.2, k, NET_SHARE, cap), "capped_call_value", "net_dilution")
    assert value == pytest.approx(n / k * (cap - k))
    assert diluted == pytest.approx(n / k * (431.2 - cap) / 431.2)
    assert figures(settled_at(n, 200.0, k, NET_SHARE), "capped_call_value") == [0.0], "no cap price: no capped call"


@pytest.mark.parametrize("settled", SETTLEMENTS.values(), ids=SETTLEMENTS)
def test_rows_over_time_say_at_every_price_what_a_table_by_price_says(settled: tuple[float, float]) -> None:
    path = [90.0, 0.0, 54.0, 107.8, 150.0, 215.6, 300.0, 431.2]
    pairs = {"cash_if_settled": "cash_due", "shares_if_settled": "shares_issued", "capped_call": "capped_call_value"}
    pairs |= {name: name for name in ("net_dilution", "conversion_value", "value_in_shares")}
    over_time = rows(conversion(path, settled=settled), *pairs)
    for period, price in enumerate(path[1:], 1):
        by_price = figures(settled_at(2587.5, price, 107.8, settled, 215.6), *pairs.values())
        assert [row[period] for row in over_time] == pytest.approx(by_price, abs=1e-9)


def test_figures_at_maturity_are_those_of_its_period() -> None:
    block = conversion([90.0, 400.0, 161.7, 50.0], matures=2, settled=NET_SHARE, capped_call_cash=0.25)
    said = rows(block, "price_at_maturity", "principal_due", "cash_due", "shares_issued", "capped_call_value")
    assert [float(x) for x in said] == pytest.approx([161.7, 2587.5, 2587.5, 8.000928, 1293.75], abs=1e-6)
    assert rows(block, "capped_call_received")[0] == pytest.approx([0, 0, 0.25 * 1293.75, 0, 0])


@settings(max_examples=60, deadline=None)
@for_all(st.floats(1, 1000), st.floats(1, 1000), mixes)
def test_more_cash_in_the_mix_is_never_less_cash_due(s: float, k: float, settled: tuple[float, float]) -> None:
    mixed, cash = (figures(settled_at(100, s, k, how), "cash_due")[0] for how in (settled, CASH))
    assert mixed <= cash + 1e-9


# ---- over time: windows, calls, paths -------------------------------------------------------------------------------


def test_share_change_moves_the_whole_path() -> None:
    block = conversion([90.0, 100.0, 120.0])
    moved = rows(block, "share_price", "cash_if_settled", share_change=-0.5)
    assert moved[0] == pytest.approx([45, 50, 60, 0])
    assert moved[1] == pytest.approx([0, 2587.5, 2587.5, 0])


def test_price_test_opens_the_quarter_that_follows() -> None:
    """Above 130 % (140.14) from August to September 2026 only: open from October to December."""
    path = [100.0, 150.0, 150.0, 150.0, 150.0, 90.0, 90.0, 90.0, 90.0, 90.0]
    may, demand = rows(conversion(path, freely_from=to_serial(date(2040, 1, 1))), "may_convert", "cash_on_demand")
    assert may[1:-1].tolist() == [0, 0, 0, 1, 1, 1, 0, 0, 0]
    assert demand[1:-1].tolist() == [0, 0, 0, 2587.5, 0, 0, 0, 0, 0], "nobody converts below the conversion price"


def test_window_open_before_the_start_lasts_to_the_quarter_end() -> None:
    block = conversion([90.0] * 6, tested_before=1.0, freely_from=to_serial(date(2040, 1, 1)))
    assert rows(block, "may_convert")[0][1:-1].tolist() == [1, 1, 1, 0, 0]


def test_first_quarter_end_of_the_price_test() -> None:
    block = conversion([200.0] * 9, price_test_from=to_serial(date(2026, 10, 1)), freely_from=to_serial(date(2040, 1, 1)))
    assert rows(block, "may_convert")[0][1:-1].tolist() == [0, 0, 0, 0, 0, 0, 1, 1]


def test_free_window_and_maturity_close_the_note() -> None:
    block = conversion([50.0] * 7, matures=5, freely_from=to_serial(date(2026, 9, 1)))
    may, first = rows(block, "may_convert", "first_convertible")
    assert may[1:-1].tolist() == [0, 0, 1, 1, 1, 0], "the window opens in September 2026; the note is gone after period 5"
    assert first == to_serial(date(2026, 9, 30))


def test_issuer_may_call_only_from_its_date_and_above_the_trigger() -> None:
    path = [150.0, 150.0, 150.0, 150.0, 120.0, 150.0, 150.0]
    block = conversion(path, call_from=to_serial(date(2026, 8, 31)), settled=CASH)
    called = rows(block, "may_call", "cash_if_called", "first_callable")
    assert called[0][1:-1].tolist() == [0, 1, 1, 0, 0, 1]
    assert called[1][2] == pytest.approx(2587.5 * 150 / 107.8)
    assert called[2] == to_serial(date(2026, 8, 31))
    never = conversion(path, call_from=0.0)
    assert rows(never, "may_call")[0].sum() == 0
    assert np.isnan(rows(never, "first_callable")[0])


@settings(max_examples=200, deadline=None)
@for_all(st.floats(60, 250), st.floats(-60, 60), st.floats(-60, 60))
def test_price_test_agrees_with_daily_prices(first: float, one: float, two: float) -> None:
    """21 trading days a month on straight lines: 20 of the last 30 above 130 %, on paths that keep their direction."""
    assume(one * two > 0 and min(first + one, first + one + two) > 1)
    month_ends = [first, first + one, first + one + two]
    days = np.concatenate([np.linspace(a, b, 22)[1:] for a, b in pairwise(month_ends)])
    trigger = 1.3 * 107.8
    decisive = np.sort(days[-30:])[-20]
    assume(abs(decisive - trigger) > 0.12 * abs(two))
    test = rows(conversion([first, *month_ends]), "price_test")[0][3]
    assert test == float((days[-30:] > trigger).sum() >= 20)


# ---- fundamental change ---------------------------------------------------------------------------------------------

PUBLISHED = MakeWholeTable(
    (10.93, 12.02, 12.25, 12.50, 12.75, 13.00, 13.50, 14.00),
    {
        date(2017, 10, 2): (8.2966, 3.4002, 2.6498, 1.9352, 1.3176, 0.7908, 0.0570, 0.0),
        date(2018, 10, 1): (8.2966, 3.2854, 2.5380, 1.8288, 1.2188, 0.6985, 0.0407, 0.0),
        date(2019, 10, 1): (8.2966, 3.2854, 2.5380, 1.8288, 1.2188, 0.6985, 0.0407, 0.0),
        date(2020, 10, 1): (8.2966, 3.2138, 2.4563, 1.7592, 1.1859, 0.6985, 0.0407, 0.0),
        date(2021, 10, 1): (8.2966, 2.6539, 1.8914, 1.2240, 0.7129, 0.3485, 0.0148, 0.0),
        date(2022, 10, 1): (8.2966, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    },
)
"""Source: lawinsider.com, clause "Adjustment to conversion rate upon conversion upon a make-whole fundamental change":
stock prices 10.93 to 14.00, effective dates 2 October 2017 to 1 October 2022, straight line, 365-day year."""


def test_make_whole_table_on_its_own_dates_and_prices() -> None:
    for day, line in PUBLISHED.rows.items():
        said = [make_whole_shares(PUBLISHED, day, price) for price in PUBLISHED.prices]
        assert said == pytest.approx(list(line), abs=1e-12)


def test_make_whole_shares_between_dates_and_prices() -> None:
    """By hand, half-way between 12.02 and 12.25 and 73 days (a fifth of 365) into the year from 1 October 2020."""
    early, late = (3.2138 + 2.4563) / 2, (2.6539 + 1.8914) / 2
    said = make_whole_shares(PUBLISHED, date(2020, 10, 1) + timedelta(73), 12.135)
    assert said == pytest.approx(early + 0.2 * (late - early), abs=1e-12)


def test_make_whole_shares_half_way_through_a_leap_year() -> None:
    """183 of the 366 days from 1 October 2019 to 1 October 2020."""
    said = make_whole_shares(PUBLISHED, date(2019, 10, 1) + timedelta(183), 12.02)
    assert said == pytest.approx((3.2854 + 3.2138) / 2, abs=1e-12)


@pytest.mark.parametrize(("when", "price"), [(date(2019, 1, 1), 10.92), (date(2019, 1, 1), 14.01),
                                             (date(2017, 10, 1), 12.0), (date(2022, 10, 2), 12.0)])  # fmt: skip
def test_no_make_whole_outside_the_table(when: date, price: float) -> None:
    assert make_whole_shares(PUBLISHED, when, price) == 0


@pytest.mark.parametrize("wrong", [((2.0, 1.0), {date(2020, 1, 1): (1.0, 1.0)}), ((1.0, 2.0), {date(2020, 1, 1): (1.0,)}),
                                   ((1.0,), {}), ((1.0,), {date(2021, 1, 1): (1.0,), date(2020, 1, 1): (1.0,)})])  # fmt: skip
def test_wrong_make_whole_tables_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="make-whole"):
        MakeWholeTable(*wrong)


def changed(price: float, rate: float, settled: tuple[float, float]) -> tuple[Book, FundamentalChange]:
    """A note whose issuer is taken over on 10 August 2026; make-whole shares at `rate` per 1,000."""
    note = conversion([price] * 5, settled=settled, fundamental_change_on=float(to_serial(date(2026, 8, 10))))
    change = FundamentalChange("change", principal=note.principal, share_price=note.share_price, falls=note.fundamental_change,
                               conversion_value=note.conversion_value, cash_for_principal=note.cash_for_principal,
                               cash_for_excess=note.cash_for_excess, make_whole_rate=rate)  # fmt: skip
    return Book([note, change], 4), change


@pytest.mark.parametrize("settled", SETTLEMENTS.values(), ids=SETTLEMENTS)
@pytest.mark.parametrize(("price", "rate"), [(50.0, 0.0), (50.0, 2.0), (100.0, 0.0), (100.0, 0.7236), (100.0, 1.0), (150.0, 0.5)])
def test_fundamental_change_pays_the_put_or_the_made_whole_conversion(
    price: float, rate: float, settled: tuple[float, float]
) -> None:
    book, change = changed(price, rate, settled)
    values = evaluate(book)
    worth = 2587.5 * (1 / 107.8 + rate / 1000) * price
    cash, shares = float(values.one(change.cash_due)), float(values.one(change.shares_issued))
    expected = settled[0] * 2587.5 + settled[1] * (worth - 2587.5) if worth >= 2587.5 else 2587.5
    assert cash == pytest.approx(expected)
    assert cash + shares * price == pytest.approx(max(2587.5, worth))
    assert values.one(change.cash)[1:-1].tolist() == [0, cash, 0, 0], "10 August 2026 is in period 2"
    assert values.one(book.by_key["conv.may_convert"])[2] == 1, "the change opens the note"


def test_no_fundamental_change_without_a_date() -> None:
    note = conversion([90.0] * 4)
    assert rows(note, "fundamental_change")[0].sum() == 0


# ---- diluted earnings per share -------------------------------------------------------------------------------------


def diluted(
    income: float, shares: float, interest: float, tax: float, n: float, k: float, s: float = 0.0, **more: Any
) -> IfConverted:
    return IfConverted("eps", income=income, shares=shares, interest=interest, tax_rate=tax, principal=n, conversion_price=k,
                       average_price=s, **more)  # fmt: skip


def test_if_converted_as_in_ias_33_example_6() -> None:
    """Profit 1,004 on 1,000 shares; bonds convertible into 30 shares, interest 10, tax on it 4: 1,010 / 1,030 = 0.98."""
    block = diluted(1004.0, 1000.0, 10.0, 0.4, 100.0, 100 / 30)
    basic, eps, income, shares = figures(block, "eps_before", "diluted_eps", "diluted_income", "diluted_shares")
    assert basic == pytest.approx(1.00, abs=0.005)
    assert (income, shares) == pytest.approx((1010, 1030))
    assert eps == pytest.approx(0.98, abs=0.005)


def test_if_converted_as_in_a_textbook_example() -> None:
    """Income 10,000 after preferred on 10,000 shares; 50 bonds of 1,000 at 6 %, 100 shares each, tax 40 %: 11,800 / 15,000.

    Source: financetrain.com, Calculation of Diluted EPS (Convertible Debt)."""
    block = diluted(10_000.0, 10_000.0, 3000.0, 0.4, 50_000.0, 10.0)
    assert figures(block, "eps_before", "diluted_eps") == pytest.approx([1.0, 11_800 / 15_000])


def test_principal_in_cash_counts_the_excess_only_and_adds_no_interest_back() -> None:
    """100 m at 20, average price 32: conversion value 160, excess 60 buys 1.875 m shares."""
    block = diluted(50.0, 100.0, 5.0, 0.25, 100.0, 20.0, 32.0, principal_in_cash=1.0)
    said = figures(block, "more_shares", "added_back", "diluted_eps")
    assert said == pytest.approx([1.875, 0.0, 50 / 101.875])
    out = diluted(50.0, 100.0, 5.0, 0.25, 100.0, 20.0, 15.0, principal_in_cash=1.0)
    assert figures(out, "more_shares", "dilutive", "diluted_eps") == pytest.approx([0.0, 0.0, 0.5])


def test_note_outstanding_for_part_of_the_period_is_weighted() -> None:
    assert figures(diluted(50.0, 100.0, 5.0, 0.0, 100.0, 20.0, outstanding=0.25), "more_shares") == pytest.approx([1.25])


def test_dear_interest_makes_a_note_anti_dilutive() -> None:
    """Interest of 10 on 5 m shares is 2.00 a share, above basic earnings of 0.50: left out."""
    assert figures(diluted(50.0, 100.0, 10.0, 0.0, 100.0, 20.0), "dilutive", "diluted_eps", "diluted_shares") == [0, 0.5, 100]


@settings(max_examples=150, deadline=None)
@for_all(st.floats(-1000, 1000), st.floats(1, 1000), st.floats(0, 100), st.floats(0, 1), st.floats(0, 5000), prices,
         st.sampled_from([0.0, 1.0]))  # fmt: skip
def test_dilution_never_raises_earnings_nor_lowers_a_loss(
    income: float, shares: float, interest: float, tax: float, n: float, s: float, in_cash: float
) -> None:
    block = diluted(income, shares, interest, tax, n, 107.8, s, principal_in_cash=in_cash)
    basic, eps, more = figures(block, "eps_before", "diluted_eps", "more_shares")
    assert eps <= basic + 1e-12
    assert more >= 0
    if income < 0:
        assert eps == basic, "in a year with a loss every convertible is left out"


def test_convertibles_stand_in_a_chain() -> None:
    one = diluted(100.0, 100.0, 1.0, 0.0, 100.0, 10.0)
    two = IfConverted("two", income=one.diluted_income, shares=one.diluted_shares, interest=9.2, principal=100.0,
                      conversion_price=10.0, average_price=0.0)  # fmt: skip
    values = evaluate(Book([one, two], 1))
    assert float(values.one(one.diluted_eps)) == pytest.approx(101 / 110)
    assert float(values.one(two.dilutive)) == 0, "0.92 a share would be dilutive against basic 1.00, not against 0.918"
    assert float(values.one(two.diluted_eps)) == pytest.approx(101 / 110)


# ---- the workbook ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settled", [NET_SHARE, (0.6, 0.3)])
def test_spreadsheet_and_numpy_agree(settled: tuple[float, float], tmp_path: Path) -> None:
    path = [100.0, 150.0, 160.0, 150.0, 90.0, 120.0, 230.0, 260.0, 300.0]
    note = conversion(path, settled=settled, matures=7, call_from=to_serial(date(2026, 8, 31)), share_change=0.1,
                      fundamental_change_on=float(to_serial(date(2026, 10, 5))))  # fmt: skip
    change = FundamentalChange("change", principal=note.principal, share_price=note.share_price, falls=note.fundamental_change,
                               conversion_value=note.conversion_value, cash_for_principal=note.cash_for_principal,
                               cash_for_excess=note.cash_for_excess, make_whole_rate=1.7)  # fmt: skip
    grid = [SettlementAt(f"at {s}", share_price=s, principal=note.principal_due, conversion_price=note.conversion_price,
                         cash_for_principal=note.cash_for_principal, cash_for_excess=note.cash_for_excess,
                         cap_price=note.cap_price) for s in (0.0, 60.0, 107.8, 180.0, 400.0)]  # fmt: skip
    eps = diluted(-20.0, 100.0, 5.0, 0.25, 100.0, 20.0, 32.0, principal_in_cash=1.0)
    sold = Offering("sold", launched=2000.0, upsize=250.0, option=337.5, issue_cost=0.015, reference_price=86.24,
                    conversion_price=note.conversion_price)  # fmt: skip
    book = Book([note, change, *grid, eps, sold], 8)
    assert disagreements(book, tmp_path / "notes.xlsx") == []
