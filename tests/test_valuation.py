"""Valuation of convertibles: closed forms, QuantLib piece by piece, limits without volatility or spread, and order."""

from __future__ import annotations

import importlib
from dataclasses import fields, replace
from datetime import date, timedelta
from math import exp, log1p
from typing import Any

import pytest
import QuantLib as ql  # noqa: N813  (the name its own documentation uses)
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from model.debt.conversion.valuation import (
    ConvertibleTerms,
    Market,
    RequestError,
    Valuation,
    american_call,
    black_scholes_call,
    blended_value,
    conversion_option,
    straight_bond_floor,
    valuation,
)

NOTE = ConvertibleTerms(2587.5, 0.0175, date(2025, 12, 11), date(2031, 12, 1), 107.80)
MARKET = Market(date(2026, 6, 30), 86.24, 0.8, 0.04, 0.10)
ZERO = ConvertibleTerms(100.0, 0.0, date(2025, 12, 1), date(2030, 12, 1), 100.0)
FREE = Market(date(2025, 12, 1), 90.0, 0.4, 0.04, 0.04)
"""No coupon, no spread, no dividend: both models are a riskless bond and a European call."""
YEARS = (ZERO.maturity - FREE.as_of).days / 365


def to_ql(d: date) -> Any:
    return ql.Date(d.day, d.month, d.year)


def quantlib_call(style: str, price: float, strike: float, free: float, held: float, vol: float) -> float:
    """QuantLib's own Black-Scholes or finite-difference call, rates continuous, five years less two days."""
    today = ql.Date(1, 12, 2025)
    ql.Settings.instance().evaluationDate = today
    count, end = ql.Actual365Fixed(), to_ql(ZERO.maturity)
    curves = [ql.YieldTermStructureHandle(ql.FlatForward(today, rate, count)) for rate in (held, free)]
    flat = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), vol, count))
    process = ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(price)), *curves, flat)
    european = style == "european"
    option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Call, strike),
                              ql.EuropeanExercise(end) if european else ql.AmericanExercise(today, end))  # fmt: skip
    option.setPricingEngine(
        ql.AnalyticEuropeanEngine(process) if european else ql.FdBlackScholesVanillaEngine(process, 400, 800)
    )
    return float(option.NPV())


# ---- piece by piece -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("price", [40.0, 100.0, 250.0])
@pytest.mark.parametrize(("free", "held", "vol"), [(0.04, 0.0, 0.8), (0.04, 0.03, 0.3), (0.0, 0.0, 0.1)])
def test_black_scholes_equals_quantlib(price: float, free: float, held: float, vol: float) -> None:
    said = black_scholes_call(price, 107.8, YEARS, free, held, vol)
    assert said == pytest.approx(quantlib_call("european", price, 107.8, free, held, vol), abs=1e-9)


@pytest.mark.parametrize("price", [60.0, 107.8, 200.0])
@pytest.mark.parametrize(("free", "held", "vol"), [(0.04, 0.06, 0.3), (0.05, 0.02, 0.6), (0.02, 0.0, 0.4)])
def test_american_call_equals_quantlib(price: float, free: float, held: float, vol: float) -> None:
    said = american_call(price, 107.8, YEARS, free, held, vol, steps=1000)
    assert said == pytest.approx(quantlib_call("american", price, 107.8, free, held, vol), abs=0.04)


def test_american_call_without_volatility_is_the_best_moment_on_the_forward() -> None:
    grow = [exp(-0.02 * t) * max(0, 120 * exp((0.02 - 0.05) * t) - 100) for t in (n * 5 / 400 for n in range(401))]
    assert american_call(120.0, 100.0, 5.0, 0.02, 0.05, 0.0) == pytest.approx(max(grow), abs=1e-9)
    assert max(grow) == 20, "dividends above interest: exercised at once"


def test_floor_equals_quantlib_bond() -> None:
    schedule = ql.Schedule(to_ql(NOTE.issue), to_ql(NOTE.maturity), ql.Period(6, ql.Months), ql.NullCalendar(), ql.Unadjusted,
                           ql.Unadjusted, ql.DateGeneration.Backward, False)  # fmt: skip
    ql.Settings.instance().evaluationDate = to_ql(MARKET.as_of)
    bond = ql.FixedRateBond(0, 100.0, schedule, [NOTE.coupon], ql.Thirty360(ql.Thirty360.BondBasis))
    curve = ql.FlatForward(to_ql(MARKET.as_of), 0.10, ql.Actual365Fixed(), ql.Compounded, ql.Annual)
    bond.setPricingEngine(ql.DiscountingBondEngine(ql.YieldTermStructureHandle(curve)))
    assert straight_bond_floor(NOTE, MARKET) == pytest.approx(bond.NPV() * NOTE.face / 100, abs=1e-9)


def test_floor_on_a_curve() -> None:
    """Nought coupons: only the yield to maturity counts; with coupons, a rising curve lies between its ends."""
    curve = replace(FREE, credit_yield=lambda t: 0.04 + 0.01 * t)
    assert straight_bond_floor(ZERO, curve) == pytest.approx(100 / (1.04 + 0.01 * YEARS) ** YEARS)
    said = [straight_bond_floor(NOTE, replace(MARKET, credit_yield=y)) for y in (0.06, lambda t: 0.06 + 0.01 * t, 0.12)]
    assert said[0] > said[1] > said[2]


# ---- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("price", [20.0, 90.0, 140.0])
@pytest.mark.parametrize("vol", [0.2, 0.4, 0.9])
def test_without_spread_and_coupon_both_models_are_one_closed_form(price: float, vol: float) -> None:
    market = replace(FREE, share_price=price, volatility=vol)
    free = log1p(0.04)
    exact = 100 * exp(-free * YEARS) + black_scholes_call(price, 100.0, YEARS, free, 0.0, vol)
    said = valuation(ZERO, market)
    assert said.component == pytest.approx(exact, abs=1e-9)
    assert said.blended == pytest.approx(exact, rel=1e-4)


@pytest.mark.parametrize("price", [60.0, 81.0, 90.0, 130.0])
def test_without_volatility_and_spread_the_note_is_the_better_of_bond_and_shares(price: float) -> None:
    said = valuation(ZERO, replace(FREE, share_price=price, volatility=0.0))
    better = max(100 * 1.04**-YEARS, price)
    assert said.component == pytest.approx(better, abs=1e-9)
    assert said.blended == pytest.approx(better, rel=1e-3)


def test_worthless_shares_leave_the_floor() -> None:
    said = valuation(NOTE, replace(MARKET, share_price=1e-6))
    assert said.component == pytest.approx(said.floor, abs=1e-6)
    assert said.blended == pytest.approx(said.floor, rel=1e-3)


def test_deep_in_the_money_the_blended_model_is_parity_with_its_coupons() -> None:
    said = valuation(ZERO, replace(FREE, share_price=5000.0, credit_yield=0.12))
    assert said.blended == pytest.approx(said.parity, rel=1e-3)
    assert said.component < said.parity, "the split discounts the strike without credit risk: a known weakness"


# ---- order ----------------------------------------------------------------------------------------------------------

markets = st.builds(
    Market, st.just(MARKET.as_of), st.floats(5, 400), st.floats(0.05, 1.2), st.floats(0.0, 0.08), st.floats(0.08, 0.25),
    st.sampled_from([0.0, 0.02])
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@for_all(markets)
def test_order_of_the_figures(market: Market) -> None:
    said = valuation(NOTE, market, steps=150)
    assert said.blended is not None
    loose = 2e-3 * max(said.floor, said.parity)
    assert 0 < said.floor <= said.component
    assert said.component == said.floor + said.option
    assert said.parity <= said.blended + loose
    assert said.floor <= said.blended + loose
    assert said.option <= said.parity


@settings(max_examples=25, deadline=None)
@for_all(markets, st.floats(1.02, 2.0))
def test_dearer_shares_never_lower_a_value(market: Market, factor: float) -> None:
    base = valuation(NOTE, market, steps=150)
    dear = valuation(NOTE, replace(market, share_price=market.share_price * factor), steps=150)
    assert base.blended is not None
    assert dear.blended is not None
    assert base.component <= dear.component + 1e-9
    assert base.blended <= dear.blended + 3e-3 * base.blended
    assert base.floor == dear.floor


near = st.builds(
    Market, st.just(MARKET.as_of), st.floats(5, 100), st.floats(0.05, 1.2), st.floats(0.03, 0.06), st.floats(0.06, 0.12)
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@for_all(near, st.floats(1.02, 2.0))
def test_livelier_shares_never_lower_a_value_below_the_conversion_price(market: Market, factor: float) -> None:
    base = valuation(NOTE, market, steps=150)
    lively = valuation(NOTE, replace(market, volatility=market.volatility * factor), steps=150)
    assert base.blended is not None
    assert lively.blended is not None
    assert base.component <= lively.component + 1e-9
    assert base.blended <= lively.blended + 3e-3 * base.blended
    assert base.floor == lively.floor


def test_under_a_very_wide_spread_volatility_may_lower_the_blended_model() -> None:
    """A known weakness: holders convert at once rather than hold cash flows discounted at 25 %."""
    still, lively = (blended_value(NOTE, Market(MARKET.as_of, 72.0, vol, 0.0, 0.25)) for vol in (0.1, 0.4))
    assert lively < still
    assert lively == pytest.approx(NOTE.shares * 72.0)


@pytest.mark.parametrize("spread", [0.02, 0.05, 0.10])
def test_wider_spread_lowers_floor_and_both_models(spread: float) -> None:
    tight, wide = (valuation(NOTE, replace(MARKET, credit_yield=y)) for y in (0.08, 0.08 + spread))
    assert tight.floor > wide.floor
    assert tight.component > wide.component
    assert (tight.blended or 0) > (wide.blended or 0)
    assert tight.parity == wide.parity


def test_issuers_call_lowers_the_blended_model_alone() -> None:
    called = valuation(replace(NOTE, call_from=date(2028, 12, 5)), MARKET)
    free = valuation(NOTE, MARKET)
    assert (called.blended or 0) < (free.blended or 0) - 1
    assert called.component == free.component
    assert (called.blended or 0) > called.parity
    triggers = [blended_value(replace(NOTE, call_from=date(2028, 12, 5), call_trigger=x), MARKET) for x in (1.0, 1.3, 2.0, 1e6)]
    assert triggers == sorted(triggers)
    assert triggers[1] == called.blended
    assert triggers[3] == pytest.approx(free.blended, rel=1e-9), "never reached: no call"
    late = valuation(replace(NOTE, call_from=NOTE.maturity - timedelta(1)), MARKET)
    assert late.blended == pytest.approx(free.blended, rel=2e-3)


# ---- what is said, and what is refused ------------------------------------------------------------------------------


def test_figures_stand_side_by_side_and_none_is_the_value() -> None:
    names = [f.name for f in fields(Valuation)]
    assert names == ["floor", "parity", "option", "component", "blended"]
    said = valuation(NOTE, MARKET)
    assert [figure for _, figure in said.lines()] == [said.floor, said.parity, said.option, said.component, said.blended]
    assert not [label for label, _ in said.lines() if "fair" in label.lower()]


def test_quantlib_date_is_put_back() -> None:
    ql.Settings.instance().evaluationDate = ql.Date(3, 2, 2024)
    blended_value(NOTE, MARKET, steps=50)
    assert ql.Settings.instance().evaluationDate == ql.Date(3, 2, 2024)


def test_without_quantlib_the_rest_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(importlib, "import_module", gone)
    with pytest.raises(RequestError, match=r"pip install 'debtcover\[valuation\]'"):
        valuation(NOTE, MARKET)
    assert valuation(NOTE, MARKET, blended=False).blended is None


@pytest.mark.parametrize("wrong", [{"as_of": date(2031, 12, 1)}, {"as_of": date(2025, 12, 10)}, {"share_price": 0.0},
                                   {"volatility": -0.1}])  # fmt: skip
def test_impossible_requests_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"valued on|must be above"):
        valuation(NOTE, replace(MARKET, **wrong))


def test_dividends_call_for_the_tree_and_none_for_the_formula() -> None:
    paying = conversion_option(NOTE, replace(MARKET, dividend_yield=0.03))
    assert paying < conversion_option(NOTE, MARKET)
    rich = replace(MARKET, share_price=300.0, dividend_yield=0.15)
    assert conversion_option(NOTE, rich) == pytest.approx(NOTE.shares * (300 - 107.8), rel=0.02), "worth its exercise at least"
    assert conversion_option(NOTE, rich) >= NOTE.shares * (300 - 107.8)
