"""Repayment profiles: how much of a loan falls due at each instalment. Frozen at close; a stress does not re-sculpt.

All functions that build a profile return the instalments `[USD m]` by number, first to last: never negative, in sum
never more than the amount. What they leave is the balloon. Shares are written as 0.01 for 1 %. Source: RULES 10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import fsum

import numpy_financial as npf


def level(amount: float, count: int) -> list[float]:
    """Equal principal: `amount / count` each."""
    return [amount / count] * count


def annuity(amount: float, rate: float, count: int) -> list[float]:
    """Equal service at `rate` a period: the principal parts, PPMT in Excel.

    Each is the service discounted by the periods that are left, so that at high rates the first ones keep their digits.
    """
    if rate == 0:
        return level(amount, count)
    service = -float(npf.pmt(rate, count, amount))
    return [service * (1 + rate) ** -left for left in range(count, 0, -1)]


def custom(by_year: Mapping[int, float], dates: Sequence[date]) -> list[float]:
    """Totals of calendar years, in equal parts on the instalment dates of each year."""
    in_year = {year: sum(d.year == year for d in dates) for year in by_year}
    return [by_year.get(d.year, 0.0) / in_year[d.year] if d.year in in_year else 0.0 for d in dates]


def fixed(amount: float, instalments: Sequence[float]) -> list[float]:
    """Stated amounts `[USD m]`, each capped by what is left of `amount`.

    Raises ValueError if a stated amount is negative: money that is lent again is a draw, not an instalment.
    """
    left, due = amount, []
    for said in instalments:
        if said < 0:
            raise ValueError(f"instalment of {said}: must be 0 or more")
        paid = min(left, said)
        due.append(paid)
        left -= paid
    return due


def percent_of_initial(amount: float, percents: Sequence[float]) -> list[float]:
    """A share of the first balance at each instalment, one share for each (0.01 = 1 %), capped by what is left.

    Raises ValueError if a share is not from 0 to 1.
    """
    return fixed(amount, [amount * _share(percent) for percent in percents])


def percent_of_balance(amount: float, percent: float, count: int) -> list[float]:
    """The same share of the balance before each instalment (0.05 = 5 %): the balance falls by a constant ratio.

    Raises ValueError if the share is not from 0 to 1.
    """
    keeps = 1 - _share(percent)
    return [amount * percent * keeps**k for k in range(count)]


def level_service(amount: float, interest_factors: Sequence[float]) -> list[float]:
    """Equal interest plus principal at a floating rate whose forward path is known, `annuity` for a rate that moves.

    The service is `amount / sum of discount factors`; `interest_factors` are rate x year fraction, one an instalment.
    A date whose interest alone is above that service repays nothing and the rest is levelled again: the path would have
    to fall so steeply that equal service meant borrowing more.
    """
    worth, value = [], 0.0  # of one dollar of service on each date from here to the end
    for factor in reversed(interest_factors):
        value = (1 + value) / (1 + factor)
        worth.append(value)
    left, instalments = amount, []
    for factor, value in zip(interest_factors, reversed(worth), strict=True):
        paid = min(left, max(0.0, left / value - left * factor))
        instalments.append(paid)
        left -= paid
    return instalments


def service_capacity(streams: Sequence[tuple[Sequence[float], float]]) -> list[float]:
    """The service `[USD m]` that each date can carry when every stream of cash has its own cover.

    `streams` are pairs of CFADS by date and target DSCR: contracted cash at 1.20x and uncontracted at 2.00x gives
    `contracted / 1.20 + uncontracted / 2.00`. A loss is taken whole: divided by its cover it would take away less than
    it costs. Use it as CFADS with a target of 1. Raises ValueError if the streams differ in length.
    """
    parts = ([earned / target if earned > 0 else earned for earned in cfads] for cfads, target in streams)
    return [fsum(by_stream) for by_stream in zip(*parts, strict=True)]


def sculpted(
    amount: float, cfads: Sequence[float], interest_factor: Sequence[float], target: float | Sequence[float],
    drawn: Sequence[tuple[float, float]] | None = None,
) -> list[float]:
    """Principal that leaves CFADS / service at `target` on every date: CFADS / target - interest.

    `cfads` and `interest_factor` (rate x year fraction) are those of the service periods, `target` is one figure or one
    for each of them. A year that does not even earn its interest repays nothing and never borrows again; nothing is
    repaid twice. What is left at the end is the balloon. `drawn` holds for each period what is drawn in it, and the part
    of that which bears a whole period's interest. Raises ValueError if the lengths differ.
    """
    left, instalments = amount, []
    draws = drawn if drawn is not None else [(0.0, 0.0)] * len(cfads)
    for earned, factor, cover, (new, bearing) in zip(
            cfads, interest_factor, _by_date(target, len(cfads)), draws, strict=True):
        interest, left = (left + bearing) * factor, left + new
        paid = min(left, max(0.0, earned / cover - interest))
        instalments.append(paid)
        left -= paid
    return instalments


def sculpted_amount(
    cfads: Sequence[float], interest_factor: Sequence[float], target: float | Sequence[float]
) -> float:
    """The debt `[USD m]` that `sculpted` repays in full on the last date that can repay: PV of CFADS / target.

    Discounted at the loan's own rate. A year that does not earn its interest neither repays nor borrows, so the balance
    passes it unchanged: its interest is then paid from elsewhere. `sizing.size_debt` gives the debt that every date can
    pay from its own cash. Raises ValueError if the lengths differ.
    """
    value = 0.0
    dates = list(zip(cfads, interest_factor, _by_date(target, len(cfads)), strict=True))
    for earned, factor, cover in reversed(dates):
        value = max(value, (value + earned / cover) / (1 + factor))
    return value


def _by_date(target: float | Sequence[float], count: int) -> Sequence[float]:
    return target if isinstance(target, Sequence) else [target] * count


def _share(percent: float) -> float:
    if not 0 <= percent <= 1:
        raise ValueError(f"share of {percent}: must be from 0 to 1, 1 % is 0.01")
    return percent
