"""A convertible note valued on request, several ways side by side; no one of them is its value.

* floor: the note's own coupons and principal at the credit yield, as if it could never be converted;
* parity: the shares it converts into at today's price;
* component: floor plus an American call on those shares, struck at the conversion price. It discounts the option without
  credit risk and strikes it at the principal rather than at the floor; deep in the money it may fall below parity;
* blended: the Tsiveriotis-Fernandes tree of QuantLib, which discounts the cash part with credit spread and the share part
  without, and knows the issuer's call. Deep in the money, or where the spread is very wide, more volatility may lower it:
  it moves weight to the cash part, which is discounted harder. QuantLib is an optional extra.

All rates are a year, compounded once a year; times are ACT/365 from the valuation date. Source: K. Tsiveriotis and
C. Fernandes, Valuing Convertible Bonds with Credit Risk, Journal of Fixed Income 8 (1998); F. Black and M. Scholes (1973).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import erf, exp, fsum, log, log1p, sqrt
from typing import Any

import numpy as np

from model.errors import RequestError
from model.timeline import coupons, year_fraction

Yield = float | Callable[[float], float]


@dataclass(frozen=True)
class ConvertibleTerms:
    """What the note promises: `face` [USD m], `coupon` [a year] every `months`, `conversion_price` [USD a share].

    From `call_from` on the issuer may redeem at par while the share stands above `call_trigger` x conversion price.
    """

    face: float
    coupon: float
    issue: date
    maturity: date
    conversion_price: float
    months: int = 6
    call_from: date | None = None
    call_trigger: float = 1.3

    @property
    def shares(self) -> float:
        """Shares underlying [m]."""
        return self.face / self.conversion_price

    def flows(self, as_of: date) -> list[tuple[date, float]]:
        """Coupons (30/360) and principal due after `as_of` [USD m]."""
        every = coupons(self.issue, self.maturity, self.months, rule="none", adjust_accrual=False)
        due = [(c.pay, self.face * self.coupon * year_fraction(c.start, c.end, "30/360")) for c in every]
        return [(when, paid) for when, paid in due if when > as_of] + [(self.maturity, self.face)]


@dataclass(frozen=True)
class Market:
    """What the market says on a date; `credit_yield` is one rate or a curve: years -> rate of a zero-coupon note."""

    as_of: date
    share_price: float
    volatility: float
    risk_free: float
    credit_yield: Yield
    dividend_yield: float = 0.0

    def credit_at(self, years: float) -> float:
        """The issuer's yield for a payment in so many years."""
        return float(self.credit_yield(years) if callable(self.credit_yield) else self.credit_yield)


@dataclass(frozen=True)
class Valuation:
    """The figures side by side [USD m, accrued interest included]; `blended` is None where it was not asked for."""

    floor: float
    parity: float
    option: float
    component: float
    blended: float | None

    def lines(self) -> list[tuple[str, float | None]]:
        """Label and figure, for a table."""
        return [("Straight-bond floor", self.floor), ("Parity", self.parity),
                ("Conversion option", self.option), ("Component model: floor + option", self.component),
                ("Blended model: Tsiveriotis-Fernandes (QuantLib)", self.blended)]


def valuation(terms: ConvertibleTerms, market: Market, *, blended: bool = True, steps: int = 400) -> Valuation:
    """Floor, parity and the models side by side. RequestError where `blended` is wanted without QuantLib."""
    _check(terms, market)
    floor, option = straight_bond_floor(terms, market), conversion_option(terms, market, steps)
    return Valuation(floor, terms.shares * market.share_price, option, floor + option,
                     blended_value(terms, market, steps) if blended else None)


def _check(terms: ConvertibleTerms, market: Market) -> None:
    if not terms.issue <= market.as_of < terms.maturity:
        raise ValueError(f"the note runs from {terms.issue} to {terms.maturity}; it cannot be valued on {market.as_of}")
    if min(terms.face, terms.conversion_price, market.share_price) <= 0 or market.volatility < 0:
        raise ValueError("face, conversion price and share price must be above 0, volatility at least 0")


def _years(as_of: date, when: date) -> float:
    return year_fraction(as_of, when, "ACT/365F")


def straight_bond_floor(terms: ConvertibleTerms, market: Market) -> float:
    """Coupons and principal at the credit yield [USD m]."""
    times = [(_years(market.as_of, when), paid) for when, paid in terms.flows(market.as_of)]
    return fsum(paid / (1 + market.credit_at(t)) ** t for t, paid in times)


def conversion_option(terms: ConvertibleTerms, market: Market, steps: int = 400) -> float:
    """An American call on the shares underlying, struck at the conversion price [USD m]."""
    years, free = _years(market.as_of, terms.maturity), log1p(market.risk_free)
    held = log1p(market.dividend_yield)
    told = market.share_price, terms.conversion_price, years, free, held, market.volatility
    never_early = held <= 0 <= free
    return terms.shares * (black_scholes_call(*told) if never_early else american_call(*told, steps=steps))


def black_scholes_call(price: float, strike: float, years: float, free: float, held: float, volatility: float) -> float:
    """A European call [USD a share]; `free` and `held` (dividends) are continuous rates."""
    share, owed = price * exp(-held * years), strike * exp(-free * years)
    spread = volatility * sqrt(years)
    if spread == 0:
        return max(0.0, share - owed)
    d = log(share / owed) / spread + spread / 2
    return share * _normal(d) - owed * _normal(d - spread)


def _normal(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2


def american_call(price: float, strike: float, years: float, free: float, held: float, volatility: float,
                  *, steps: int = 400) -> float:
    """An American call on a binomial tree around the forward [USD a share]; it holds at no volatility too.

    Source: R. McDonald, Derivatives Markets, chapter 10 (forward tree), where the odds of a rise are 1 / (1 + e^(v h)).
    """
    h = years / steps
    spread, drift = volatility * sqrt(h), (free - held) * h
    rise, keep = 1 / (1 + exp(spread)), exp(-free * h)
    value = np.zeros(steps + 2)
    for step in range(steps, -1, -1):
        ups = np.arange(step + 1)
        shares = price * np.exp(drift * step + spread * (2 * ups - step))
        value = np.maximum(shares - strike, keep * (rise * value[1 : step + 2] + (1 - rise) * value[: step + 1]))
        if step == steps:
            value = np.maximum(shares - strike, 0.0)
    return float(value[0])


def blended_value(terms: ConvertibleTerms, market: Market, steps: int = 400) -> float:
    """The Tsiveriotis-Fernandes tree of QuantLib [USD m, accrued interest included].

    A credit curve enters as its yield to maturity. QuantLib's date of valuation is put back afterwards.
    """
    ql = _quantlib()
    settings = ql.Settings.instance()
    before = settings.evaluationDate
    settings.evaluationDate = _ql_date(ql, market.as_of)
    try:
        return _ql_worth(ql, terms, market, steps) * terms.face / 100
    finally:
        settings.evaluationDate = before


def _ql_worth(ql: Any, terms: ConvertibleTerms, market: Market, steps: int) -> float:
    """Per 100 on a Leisen-Reimer tree, the closest to closed forms; Jarrow-Rudd where its odds leave 0 to 1.

    They do where there is next to no volatility, and QuantLib says so with a RuntimeError.
    """
    bond = _ql_bond(ql, terms, market)
    try:
        bond.setPricingEngine(_ql_engine(ql.BinomialLRConvertibleEngine, ql, terms, market, steps))
        return float(bond.NPV())
    except RuntimeError:
        bond.setPricingEngine(_ql_engine(ql.BinomialJRConvertibleEngine, ql, terms, market, steps))
        return float(bond.NPV())


def _quantlib() -> Any:
    try:
        return importlib.import_module("QuantLib")
    except ImportError as missing:
        raise RequestError("the blended model needs QuantLib: pip install 'debtcover[valuation]'; "
                                  "floor, parity and the component model work without it") from missing


def _ql_date(ql: Any, d: date) -> Any:
    return ql.Date(d.day, d.month, d.year)


def _ql_bond(ql: Any, terms: ConvertibleTerms, market: Market) -> Any:
    every = coupons(terms.issue, terms.maturity, terms.months, rule="none", adjust_accrual=False)
    ends = [_ql_date(ql, d) for d in (every[0].start, *(c.end for c in every))]
    calls = ql.CallabilitySchedule()
    for day in _call_days(terms, market.as_of):
        par = ql.BondPrice(100.0, ql.BondPrice.Clean)
        calls.append(ql.SoftCallability(par, _ql_date(ql, day), terms.call_trigger))
    exercise = ql.AmericanExercise(_ql_date(ql, market.as_of), _ql_date(ql, terms.maturity))
    return ql.ConvertibleFixedCouponBond(exercise, 100 / terms.conversion_price, calls, _ql_date(ql, terms.issue), 0,
                                         [terms.coupon], ql.Thirty360(ql.Thirty360.BondBasis), ql.Schedule(ends), 100.0)


def _call_days(terms: ConvertibleTerms, as_of: date) -> list[date]:
    """Once a month from the first call date to maturity: the tree knows single call dates only."""
    if terms.call_from is None:
        return []
    every = coupons(max(terms.call_from, terms.issue), terms.maturity, 1, rule="none", adjust_accrual=False)
    return [c.start for c in every if c.start > as_of]


def _ql_engine(tree: Any, ql: Any, terms: ConvertibleTerms, market: Market, steps: int) -> Any:
    today, count = _ql_date(ql, market.as_of), ql.Actual365Fixed()

    def flat(rate: float) -> Any:
        return ql.YieldTermStructureHandle(ql.FlatForward(today, log1p(rate), count))

    vol = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), market.volatility, count))
    price = ql.QuoteHandle(ql.SimpleQuote(market.share_price))
    process = ql.BlackScholesMertonProcess(price, flat(market.dividend_yield), flat(market.risk_free), vol)
    spread = log1p(market.credit_at(_years(market.as_of, terms.maturity))) - log1p(market.risk_free)
    return tree(process, steps + 1 - steps % 2, ql.QuoteHandle(ql.SimpleQuote(spread)))
