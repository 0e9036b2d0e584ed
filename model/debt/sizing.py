"""The largest debt that contracted cash carries: DSCR, CLCR, tail, loan to cost, commitment, and which of them binds.

No principal is ever negative. Sculpting by present value alone would borrow again in a year whose cash does not pay its
interest and so lend against the years behind it. Here the balance before a date is never more than that date's cash can
pay interest on, so a loss year wants the debt gone before it and no later cash counts. Source: RULES 9, 10 and 17.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import inf
from typing import Literal

from model.debt.profile import sculpted

Limit = Literal["dscr", "tail", "clcr", "ltc", "commitment"]


@dataclass(frozen=True)
class SizingTerms:
    """What a lender asks for. A limit that is None is not asked for.

    `target`: DSCR wanted, one figure or one for each payment date (x). `clcr`: least PV of contracted cash to the
    earlier of contract end and maturity / balance, at close and after every date (x). `tail`: the debt is repaid this
    many service periods before the last contracted receipt. `loan_to_cost`: most debt as a share of `cost` [USD m].
    `commitment`: most debt [USD m]. `maturity`: last date of the loan; if None, the last date that the tail leaves.
    """

    target: float | Mapping[date, float]
    clcr: float | None = None
    tail: int = 0
    loan_to_cost: float | None = None
    cost: float | None = None
    commitment: float | None = None
    maturity: date | None = None


@dataclass(frozen=True)
class Sized:
    """The answer. `amount` [USD m] is the least of `limits` [USD m]; `binding` names it, the first one if they are equal.

    `instalments` [USD m] by payment date add up to `amount`. `used`: the share of its capacity that service takes while
    there is debt, 1 when cover stands at the target, 0.8 when it stands at 1.25 times the target on every date.
    """

    amount: float
    instalments: Mapping[date, float]
    binding: Limit
    limits: Mapping[Limit, float]
    used: float


@dataclass(frozen=True)
class _Period:
    """A service period: the service it can carry, the interest of one dollar, the most CLCR lets be owed before it."""

    capacity: float
    factor: float
    ceiling: float = inf


def size_debt(cfads: Mapping[date, float], interest_factors: Mapping[date, float], terms: SizingTerms) -> Sized:
    """The largest debt, drawn one service period before the first date, that meets all terms on every date.

    `cfads` [USD m]: contracted cash of the service period that ends on each payment date. `interest_factors`: rate x
    year fraction of the same periods. With M(t) the most that may be owed after date t and c = CFADS / target, not below 0,

        M(last) = 0,  M(t-1) = min((M(t) + c) / (1 + factor), c / factor, PV(t-1) / CLCR):

    principal and interest fit the capacity, interest alone fits it, and contracted cash covers what is owed. A debt held
    below that by another limit is repaid over the same life, with cover above its target by the same factor on all dates.

    Limits: `dscr` to the last contracted receipt or maturity; `tail` the same, repaid so much earlier; `clcr` PV at
    close / CLCR, or less where CLCR binds on a later date. Raises ValueError on dates or terms that do not fit.
    """
    _check(cfads, interest_factors, terms)
    dates = sorted(cfads)
    receipts = max((n for n, d in enumerate(dates, 1) if cfads[d] > 0), default=0)
    life = [d for d in dates[:receipts] if terms.maturity is None or d <= terms.maturity]
    allowed = life[: max(0, receipts - terms.tail)]
    value = _value(cfads, interest_factors, allowed if terms.maturity is None else life)
    whole = [_period(d, cfads, interest_factors, terms, inf) for d in life]
    under = [_period(d, cfads, interest_factors, terms, value[d]) for d in allowed]
    limits = _limits(whole, under, value[allowed[0]] if allowed else 0.0, terms)
    binding = min(limits, key=lambda name: limits[name])
    used = _used(under, limits[binding])
    paid = sculpted(limits[binding], [p.capacity * used for p in under], [p.factor for p in under], 1.0)
    by_date = dict.fromkeys(dates, 0.0) | dict(zip(allowed, paid, strict=True))
    return Sized(limits[binding], by_date, binding, limits, used)


def _check(cfads: Mapping[date, float], factors: Mapping[date, float], terms: SizingTerms) -> None:
    targets = terms.target if isinstance(terms.target, Mapping) else dict.fromkeys(cfads, terms.target)
    if set(cfads) != set(factors) or not set(cfads) <= set(targets):
        raise ValueError("cash, interest factors and targets must have the same payment dates")
    if min([*targets.values(), inf if terms.clcr is None else terms.clcr], default=inf) <= 0:
        raise ValueError("target and CLCR must be above 0")
    if (terms.loan_to_cost is None) != (terms.cost is None):
        raise ValueError("loan to cost needs a share and a cost")
    if min(terms.tail, terms.loan_to_cost or 0, terms.cost or 0, terms.commitment or 0, *factors.values(), 0) < 0:
        raise ValueError("tail, loan to cost, cost, commitment and interest factors must be 0 or more")


def _value(
    cfads: Mapping[date, float], factors: Mapping[date, float], counted: Sequence[date]
) -> Mapping[date, float]:
    """Present value of the contracted cash on and after each date, one period before it, losses included."""
    value, result = 0.0, {}
    for d in reversed(counted):
        value = (value + cfads[d]) / (1 + factors[d])
        result[d] = value
    return result


def _period(
    d: date, cfads: Mapping[date, float], factors: Mapping[date, float], terms: SizingTerms, value: float
) -> _Period:
    target = terms.target[d] if isinstance(terms.target, Mapping) else terms.target
    ceiling = inf if terms.clcr is None else max(0.0, value) / terms.clcr
    return _Period(max(0.0, cfads[d]) / target, factors[d], ceiling)


def _limits(
    whole: Sequence[_Period], under: Sequence[_Period], value: float, terms: SizingTerms
) -> Mapping[Limit, float]:
    """What each limit asked for allows by itself, in the order in which equal ones are named."""
    limits: dict[Limit, float] = {"dscr": _most(whole, 1.0)[0]}
    limits["tail"] = _most([replace(p, ceiling=inf) for p in under], 1.0)[0]
    if terms.clcr is not None:
        at_close, together = max(0.0, value) / terms.clcr, _most(under, 1.0)[0]
        later = together < min(limits["tail"], at_close) * (1 - 1e-12)  # binds after close, or not at all
        limits["clcr"] = together if later else at_close
    if terms.loan_to_cost is not None and terms.cost is not None:
        limits["ltc"] = terms.loan_to_cost * terms.cost
    if terms.commitment is not None:
        limits["commitment"] = terms.commitment
    return limits


def _most(periods: Sequence[_Period], used: float) -> tuple[float, float]:
    """M at close if dates give only the share `used` of their capacity, and how fast it grows with that share."""
    most, slope = 0.0, 0.0
    for p in reversed(periods):
        choices = [((most + used * p.capacity) / (1 + p.factor), (slope + p.capacity) / (1 + p.factor)), (p.ceiling, 0.0)]
        if p.factor > 0:
            choices.append((used * p.capacity / p.factor, p.capacity / p.factor))
        most, slope = min(choices)  # of equal ones the flattest: the slope to the right, where the search goes
    return most, slope


def _used(periods: Sequence[_Period], amount: float) -> float:
    """The least share of capacity that carries `amount`.

    M grows with the share along straight pieces that get flatter, so Newton's steps from 0 never pass the answer and end
    on its piece.
    """
    used = 0.0
    while True:
        most, slope = _most(periods, used)
        step = (amount - most) / slope if slope > 0 else 0.0
        if used + step <= used or used == 1.0:
            return used
        used = min(1.0, used + step)
