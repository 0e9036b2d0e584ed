"""The effective interest rate of a series of flows, and the schedule by which a discount and cost become interest.

The present value of n flows is a sum of n exponentials in x = log(1 + rate). Between two neighbouring roots of its
derivative such a sum is monotone, and the derivative has one term less: all roots are found this way, none by a guess.
Source for the bound on their number: Descartes' rule of signs for sums of exponentials (Laguerre 1883).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise

import numpy as np

from model.sheet.formula import Array

LOWEST, HIGHEST = -14.0, 14.0  # log(1 + rate): from -99.9999 % to some 120,000,000 %
YEAR = 365.0
TOUCHES = 1e-13  # a present value this small against its parts is a root that the curve touches without crossing

Flows = Sequence[tuple[date, float]] | Sequence[tuple[float, float]]


@dataclass(frozen=True)
class EffectiveRate:
    """The rate [a year, compounded once a year], and every other rate that fits the same flows."""

    rate: float
    others: tuple[float, ...] = ()


def effective_rate(flows: Flows) -> EffectiveRate:
    """The rate at which `flows` [any currency, signed] are worth nothing; times in years, or dates on ACT/365.

    Of several rates the lowest that is not negative is taken, else the highest; the rest are `others`.
    ValueError where no rate fits: flows of one sign, or none within -99.9999 % and 120,000,000 %.
    """
    times, amounts = _merged(flows)
    found = [float(np.expm1(x)) for x in _roots(times, amounts)]
    if not found:
        raise ValueError("no rate makes these flows worth nothing")
    gains = [rate for rate in found if rate >= -1e-15]
    best = min(gains) if gains else max(found)
    return EffectiveRate(best, tuple(rate for rate in found if rate != best))


def _merged(flows: Flows) -> tuple[Array, Array]:
    """Times in years from the first flow and amounts of at most 1, one a time, noughts left out."""
    days = {isinstance(when, date) for when, _ in flows}
    if len(days) > 1:
        raise ValueError("flows carry dates or years, not both")
    together: dict[float, float] = {}
    for when, amount in flows:
        place = float(when.toordinal()) if isinstance(when, date) else float(when)
        together[place] = together.get(place, 0.0) + float(amount)
    kept = sorted((place, amount) for place, amount in together.items() if amount != 0)
    if not kept or not np.all(np.isfinite(kept)):
        raise ValueError("flows need finite amounts, not all nought")
    told = np.array(kept)
    return (told[:, 0] - told[0, 0]) / (YEAR if True in days else 1.0), told[:, 1] / np.abs(told[:, 1]).max()


def _worth(times: Array, amounts: Array, x: float) -> float:
    """Present value against the sum of its parts, in -1 to 1, so that neither end of the range overflows."""
    powers = -x * times
    parts = amounts * np.exp(powers - powers.max())
    return float(parts.sum() / np.abs(parts).sum())


def _roots(times: Array, amounts: Array) -> list[float]:
    """Every x in the range at which the sum of `amounts` x exp(-x `times`) is nought, rising."""
    changes = int((np.sign(amounts[1:]) != np.sign(amounts[:-1])).sum())
    if changes == 0:
        return []
    turning = _roots(times[1:], _slopes(times, amounts)) if changes > 1 else []
    edges = [LOWEST, *turning, HIGHEST]
    worth = [_worth(times, amounts, x) for x in edges]
    touched = [x for x, y in zip(edges[1:-1], worth[1:-1], strict=True) if abs(y) <= TOUCHES]
    crossed = [_bisected(times, amounts, a, b) for (a, ya), (b, yb) in pairwise(zip(edges, worth, strict=True))
               if ya * yb < 0 and not {a, b} & set(touched)]
    return sorted(touched + crossed)


def _slopes(times: Array, amounts: Array) -> Array:
    """Amounts of the derivative after the first flow's discount is divided out; the sign is of no matter."""
    slopes: Array = amounts[1:] * (times[1:] - times[0])
    slopes /= np.abs(slopes).max()
    return slopes


def _bisected(times: Array, amounts: Array, low: float, high: float) -> float:
    rising = _worth(times, amounts, low) < 0
    while low < (middle := (low + high) / 2) < high:
        if (_worth(times, amounts, middle) < 0) == rising:
            low = middle
        else:
            high = middle
    return middle


@dataclass(frozen=True)
class Schedule:
    """A note by the effective-interest method, one number a period [USD m]; `carrying` is at period end."""

    rate: float
    interest: Array
    coupon: Array
    accretion: Array
    carrying: Array


def accretion_schedule(face: float, proceeds: float, coupon: float, years: Sequence[float],
                       until_put: int | None = None) -> Schedule:
    """A bullet note of `face` [USD m] sold for `proceeds` net of cost; `coupon` a year, paid after each of `years`.

    The note is one liability: interest = carrying amount x effective rate, and what exceeds the coupon is added to the
    carrying amount (ASC 835-30-35-2; ASU 2020-06). A discount is spread to the first date, the end of period `until_put`,
    on which holders may put the note at par without any condition; a premium is spread over the whole life whatever they
    may do. Source: Deloitte, Roadmap Convertible Debt, 4.4. ValueError for a put outside the life.
    """
    if until_put is not None and not 1 <= until_put <= len(years):
        raise ValueError(f"the first put falls at the end of a period from 1 to {len(years)}, not {until_put}")
    spread = until_put if until_put is not None and proceeds < face else len(years)
    coupons = face * coupon * np.asarray(years, dtype=float)
    ends = list(accumulate(years))
    due = [(when, -paid) for when, paid in zip(ends[:spread], coupons[:spread], strict=True)]
    rate = effective_rate([(0.0, proceeds), *due, (ends[spread - 1], -face)]).rate
    interest, carrying = coupons.copy(), np.full(len(years), float(face))
    before = float(proceeds)
    for k in range(spread):
        interest[k] = before * np.expm1(np.log1p(rate) * years[k])
        before = carrying[k] = before + interest[k] - coupons[k]
    residue = face - carrying[spread - 1]
    interest[spread - 1] += residue
    carrying[spread - 1] = face
    return Schedule(rate, interest, coupons, interest - coupons, carrying)
