"""What is drawn, as inputs of the book: failures, delay, power, base rates, GPU prices, the share. Each moves inputs by name.

A deviation is added to, or multiplies, what the scenario holds: without volatility an input keeps its very bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np

from model.deal import Deal
from model.debt.terms import Dated
from model.sheet.formula import Array
from model.simulate.failure import Debtors, days_of_failure
from model.simulate.reversion import Reversion
from model.simulate.risk import Group
from model.simulate.streams import BLOCK, Stream, Streams

Now = Callable[[str], Array]
"""Gives an input as the scenario has it: a number, or `(T + 2,)` where it is a curve."""
Told = dict[str, Array]
ONE_IN_TEN = NormalDist().inv_cdf(0.9)


@dataclass(frozen=True)
class Failures:
    """Obligor groups that fail: all contracts of a group that are still there are lost on the same day, claims are paid later."""

    groups: tuple[Group, ...]
    debtors: Debtors
    thresholds: tuple[Array, ...]
    has_claims: bool

    @property
    def keys(self) -> list[str]:
        """The inputs that move."""
        names = ("lost_after", "claim_recovery", "claim_days") if self.has_claims else ("lost_after",)
        return [f"{contract}.{name}" for group in self.groups for contract in group.contracts for name in names]

    def days(self, streams: Streams) -> Array:
        """The day on which each group fails, 0 where it does not: `(groups, BLOCK)`."""
        return days_of_failure(self.debtors.latent(streams), self.thresholds)

    def told(self, days: Array, now: Now) -> Told:
        """The inputs of one block: of a loss that the scenario declares and a failure the earlier, with its claim."""
        found: Told = {}
        for group, fails in zip(self.groups, days, strict=True):
            claim = {"claim_recovery": group.recovery, "claim_days": group.claim_days} if self.has_claims else {}
            for contract in group.contracts:
                drawn = ((own := now(f"{contract}.lost_after")) == 0) | ((fails > 0) & (fails < own))
                found[f"{contract}.lost_after"] = np.where(drawn, fails, own)
                found |= {f"{contract}.{name}": np.where(drawn, told, now(f"{contract}.{name}")) for name, told in claim.items()}
        return found


def failures(deal: Deal, groups: tuple[Group, ...], debtors: Debtors) -> Failures:
    """The groups of a deal over its whole timeline."""
    days = min((deal.timeline.last - deal.timeline.as_of).days, 8000)  # the range of `lost_after`
    claims = all(f"{contract}.claim_recovery" in deal.book.by_key for group in groups for contract in group.contracts)
    return Failures(groups, debtors, tuple(debtors.thresholds(days)), claims)


@dataclass(frozen=True)
class Delay:
    """Service that has not begun starts late: by site where all of it has one, else for the whole deal at once."""

    inputs: tuple[str, ...]
    late: float
    median: float
    one_in_ten: float
    longest: float

    @property
    def keys(self) -> list[str]:
        """The inputs that move."""
        return list(self.inputs)

    def told(self, streams: Streams, now: Now) -> Told:
        """Whole days, skewed: most are on time or a little late, few are very late."""
        drawn = streams.normals(Stream.DELAY, 2 * len(self.inputs)).reshape(-1, 2, BLOCK)
        limit = NormalDist().inv_cdf(self.late) if 0 < self.late < 1 else (np.inf if self.late else -np.inf)
        width = log(self.one_in_ten / self.median) / ONE_IN_TEN
        days = np.minimum(np.round(self.median * np.exp(width * drawn[:, 1])), self.longest) * (drawn[:, 0] < limit)
        return {key: now(key) + days[n] for n, key in enumerate(self.inputs)}


def late_inputs(deal: Deal) -> tuple[str, ...]:
    """The inputs that make pending service late: of sites, of tranches, or the driver where one has neither."""
    found, known = dict[str, None](), deal.book.by_key
    for file in deal.case.contracts.contracts:
        for n, tranche in enumerate(file.tranches, start=1):
            if tranche.start.value > deal.timeline.as_of:
                site = getattr(tranche, "site", None)
                key = f"{site}.late_days" if site else f"{file.id}.tranche-{n}.late_days"
                found[key if key in known else "drivers.delay_days"] = None
    return ("drivers.delay_days",) if "drivers.delay_days" in found else tuple(found)


@dataclass(frozen=True)
class Power:
    """The price of power where contracts pay it: one level for the whole deal, lognormal, mean as in the case."""

    volatility: float
    keys = ("drivers.power_change",)

    def told(self, streams: Streams, now: Now) -> Told:
        """The change against the case."""
        drawn = streams.normals(Stream.POWER, 1)[0]
        change = now(self.keys[0])
        return {self.keys[0]: change + (1 + change) * np.expm1(self.volatility * drawn - self.volatility**2 / 2)}


# ---- base rates ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fixings:
    """Which month's deviation the coupon in force at each period end has, held from its fixing to its end.

    A coupon in arrears has those of its days, weighted: `blends` by place, `(month, weight)`."""

    months: tuple[int, ...]
    blends: Mapping[int, Sequence[tuple[int, float]]]

    def onto(self, curve: Array, path: Array, found: Array) -> Array:
        """The curve with the deviations, `(T + 2, BLOCK)`: `found` holds it already where there is none, before and after."""
        first, last = self.ends
        part = found[first:last]
        np.take(path, self.months[first:last], axis=0, out=part, mode="clip")  # clipped, or numpy takes a copy first
        for place, parts in self.blends.items():
            found[place] = sum(weight * path[month] for month, weight in parts)
        part += curve[first:last, None]
        return found

    @cached_property
    def ends(self) -> tuple[int, int]:
        """The places between which a deviation stands, the last one apart."""
        there = [place for place, month in enumerate(self.months) if month or place in self.blends]
        return (there[0], there[-1] + 1) if there else (0, 0)

    @property
    def fixed_in(self) -> set[int]:
        """The months that are asked for, that of the as-of date apart."""
        return {*self.months, *(month for parts in self.blends.values() for month, _ in parts)} - {0}

    def among(self, months: Sequence[int]) -> Fixings:
        """The same with places in a list of months instead of the months."""
        place = {0: 0, **{month: n for n, month in enumerate(months, start=1)}}
        return Fixings(tuple(place[month] for month in self.months),
                       {key: [(place[month], weight) for month, weight in parts] for key, parts in self.blends.items()})


def fixings(dated: Dated) -> Fixings:
    """The fixing dates of a loan as months: that of a day is the last month end on or before it."""
    timeline, months, blends = dated.timeline, [], {}
    for place, on in enumerate((timeline.as_of, *timeline.ends)):
        coupon = dated.running(on)
        months.append(_month(dated, coupon.fixing) if coupon else 0)
        if coupon and dated.terms.arrears is not None:
            days = range((coupon.end - coupon.start).days)
            known = [_month(dated, coupon.start.fromordinal(coupon.start.toordinal() + n)) for n in days]
            blends[place] = [(month, known.count(month) / len(known)) for month in dict.fromkeys(known)]
    return Fixings((*months, 0), blends)


def floating(deal: Deal, touched: set[str]) -> tuple[dict[str, Fixings], tuple[int, ...]]:
    """The floating instruments that move what is asked for, and the months in which any of the case is fixed: a path does
    not rest on what is asked."""
    every = {f"{key}.base_rate": fixings(dated) for key, dated in deal.lending.dated.items() if dated.curve is not None}
    months = tuple(sorted(set().union(*(one.fixed_in for one in every.values()))))
    return {key: one.among(months) for key, one in every.items() if key in touched and one.fixed_in}, months


def _month(dated: Dated, day: Any) -> int:
    """Month ends that have passed on a day."""
    period = dated.timeline.period_of(day)
    if period > dated.timeline.count:
        return dated.timeline.count
    return period if period and day >= dated.timeline.ends[period - 1] else max(0, period - 1)


@dataclass(frozen=True)
class BaseRates:
    """A mean-reverting deviation from the curve of the case, on the fixing dates of each floating instrument.

    `months` are those in which any loan of the case is fixed; `fixings` are places among them."""

    fixings: Mapping[str, Fixings]
    months: tuple[int, ...]
    process: Reversion

    @property
    def keys(self) -> list[str]:
        """The inputs that move."""
        return list(self.fixings)

    def told(self, streams: Streams, now: Now) -> Told:
        """The base rate in force at each period end."""
        path = self.process.path(streams.normals(Stream.BASE_RATE, len(self.months), before=1), self.months)
        found: Told = {}
        for key, one in self.fixings.items():
            curve = now(key)
            found[key] = one.onto(curve, path, streams.room(key, (len(one.months), BLOCK), curve[:, None]))
        return found


# ---- prices ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Prices:
    """Spot and renewal prices of GPU-hours: two factors of the curves of the case, which move together in part."""

    spot: tuple[str, ...]
    market: tuple[str, ...]
    spot_process: Reversion
    contract_process: Reversion
    together: float
    months: int

    @property
    def keys(self) -> list[str]:
        """The inputs that move."""
        return [*(f"{one}.spot_price" for one in self.spot),
                *(f"{one}.{name}" for one in self.market for name in ("market_price", "market_drift"))]

    def told(self, streams: Streams, now: Now) -> Told:
        """The curves of each tranche."""
        drawn = streams.normals(Stream.SPOT_PRICE, self.months, before=1, after=1)
        found: Told = {}
        if self.market:
            own = streams.normals(Stream.CONTRACT_PRICE, self.months, before=1, after=1)
            later = self.contract_process.factor(self.together * drawn + sqrt(1 - self.together**2) * own)
            first = np.concatenate([later[:1], later[:-1]])  # the price of the first day: the month end before it
            for one in self.market:
                price, drift = (now(f"{one}.{name}")[:, None] for name in ("market_price", "market_drift"))
                found |= {f"{one}.market_price": price * first, f"{one}.market_drift": drift * later + price * (later - first)}
        if self.spot:
            factor = self.spot_process.factor(drawn)
            found |= {f"{one}.spot_price": now(f"{one}.spot_price")[:, None] * factor for one in self.spot}
        return found


@dataclass(frozen=True)
class Shares:
    """The share price along the curve of the case: lognormal, mean as in the case."""

    keys: tuple[str, ...]
    process: Reversion
    months: int

    def told(self, streams: Streams, now: Now) -> Told:
        """The price paths of notes and puts."""
        factor = self.process.factor(streams.normals(Stream.SHARE_PRICE, self.months, before=1, after=1))
        rooms = (*(streams.room(key, factor.shape) for key in self.keys[:-1]), factor)
        return {key: np.multiply(now(key)[:, None], factor, out=room) for key, room in zip(self.keys, rooms, strict=True)}


Source = Delay | Power | BaseRates | Prices | Shares


def with_inputs(keys: Iterable[str], name: str) -> tuple[str, ...]:
    """Blocks with an input of that name."""
    return tuple(key.rpartition(".")[0] for key in keys if key.endswith("." + name))
