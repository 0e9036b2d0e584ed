"""When obligors fail: hazards from ratings, CDS or tables, and one common factor that makes them fail together.

A group fails on the first day on which its latent number lies below the quantile of its chance to have failed by then.
Thresholds by day are worked out once, so that a path costs one look-up a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist
from typing import Literal, get_args

import numpy as np

from model.sheet.formula import Array
from model.simulate.streams import Stream, Streams

Copula = Literal["gaussian", "t"]
COPULAS: tuple[str, ...] = get_args(Copula)
YEAR = 365.25  # days


@dataclass(frozen=True)
class Hazard:
    """Rates of failure a year, each up to so many years; the last one goes on."""

    steps: tuple[tuple[float, float], ...]

    def times(self, factor: float) -> Hazard:
        """The same in a wave of failures."""
        return Hazard(tuple((until, rate * factor) for until, rate in self.steps))

    def failed_by(self, years: Array) -> Array:
        """The share that has failed after so many years."""
        gone, before = np.zeros_like(years), 0.0
        for n, (until, rate) in enumerate(self.steps):
            last = n == len(self.steps) - 1
            gone += rate * np.maximum(0, (years if last else np.minimum(years, until)) - before)
            before = until
        return -np.expm1(-gone)


def from_shares(points: Sequence[tuple[float, float]]) -> Hazard:
    """Piecewise constant, through the shares that have failed after so many years."""
    steps, before, survived = [], 0.0, 1.0
    for years, share in points:
        steps.append((years, log(survived / (1 - share)) / (years - before)))
        before, survived = years, 1 - share
    return Hazard(tuple(steps))


def from_cds(spread: float, recovery: float) -> Hazard:
    """Constant, spread [a year] / (1 - recovery). Source: CREDIT.md 3, expected loss."""
    return Hazard(((1.0, spread / (1 - recovery)),))


@dataclass(frozen=True)
class Debtors:
    """The obligor groups: hazard and correlation of each; `freedom` of the t copula, None for the Gaussian one."""

    hazards: tuple[Hazard, ...]
    correlations: tuple[float, ...]
    freedom: int | None = None

    def thresholds(self, days: int) -> list[Array]:
        """By group, the number below which it has failed by the end of each day."""
        years = np.arange(1, days + 1) / YEAR
        known: dict[Hazard, Array] = {}
        for hazard in self.hazards:
            if hazard not in known:
                known[hazard] = quantiles(hazard.failed_by(years), self.freedom)
        return [known[hazard] for hazard in self.hazards]

    def latent(self, streams: Streams) -> Array:
        """The numbers that decide, `(groups, BLOCK)`: one part common to all, one part the group's own."""
        common = streams.normals(Stream.COMMON, 1)
        own = streams.normals(Stream.OWN, len(self.hazards))
        weight = np.array(self.correlations)[:, None]
        latent: Array = np.sqrt(weight) * common + np.sqrt(1 - weight) * own
        if self.freedom is not None:
            latent = latent * np.sqrt(self.freedom / streams.chi_squared(Stream.MIXING, self.freedom))
        return latent


def days_of_failure(latent: Array, thresholds: Sequence[Array]) -> Array:
    """The day on which each group fails, `(groups, BLOCK)`; 0 where it does not."""
    found = np.empty(latent.shape)
    for n, limits in enumerate(thresholds):
        day = np.searchsorted(limits, latent[n]) + 1
        found[n] = np.where(day > len(limits), 0, day)
    return found


# ---- quantiles -------------------------------------------------------------------------------------------------------


def quantiles(shares: Array, freedom: int | None) -> Array:
    """Of the normal distribution, or of Student's t with so many degrees of freedom."""
    if freedom is None:
        normal = NormalDist()
        return np.array([normal.inv_cdf(p) if 0 < p < 1 else (np.inf if p >= 1 else -np.inf) for p in shares.tolist()])
    low, high = np.full(shares.shape, -1e6), np.full(shares.shape, 1e6)
    for _ in range(120):
        middle = (low + high) / 2
        below = student(middle, freedom) < shares
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(shares <= 0, -np.inf, (low + high) / 2)


def student(t: Array, freedom: int) -> Array:
    """Distribution function of Student's t for two or more whole degrees of freedom. Source: Abramowitz and Stegun 26.7.3-4."""
    angle = np.arctan(t / sqrt(freedom))
    cosine, odd = np.cos(angle), freedom % 2
    term = cosine if odd else np.ones_like(angle)
    terms = term
    for k in range(2 + odd, freedom - 1, 2):  # 1 + 1/2 cos2 + 1x3/(2x4) cos4 ..., or cos + 2/3 cos3 + ...
        term = term * cosine**2 * (k - 1) / k
        terms = terms + term
    inside = 2 / np.pi * (angle + np.sin(angle) * terms) if odd else np.sin(angle) * terms
    return (1 + inside) / 2
