"""From figures by path to what is reported: means with their standard errors, exact order statistics, counts by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.sheet.formula import Array
from model.simulate.streams import BLOCK, Method

SHARES = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
STEPS = 40  # of a histogram
NO_DEBT = 1e5  # a cover above this stands for nothing due
Json = Any


def number(value: float) -> float | None:
    """For JSON: None where it is not finite."""
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True)
class Sample:
    """One figure over all paths, in their order."""

    values: Array
    method: Method = "plain"

    def error(self) -> float | None:
        """Standard error of the mean: of independent paths, of antithetic pairs, or of whole blocks of Sobol points."""
        values = self.values
        if self.method == "antithetic":
            values = values.reshape(-1, 2, BLOCK // 2).mean(axis=1).ravel()
        elif self.method == "quasi":
            values = values.reshape(-1, BLOCK).mean(axis=1)
        return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else None

    def mean(self) -> Json:
        """With its standard error."""
        return {"mean": number(self.values.mean()), "standard_error": self.error()}

    def probability(self) -> Json:
        """Of a flag, with its standard error."""
        return {"probability": number(self.values.mean()), "standard_error": self.error()}

    def percentiles(self) -> Json:
        """Exact order statistics: the smallest value that so large a share of the paths does not exceed.

        With the ends, and the mean of the highest in a hundred."""
        ordered, size = np.sort(self.values), self.values.size  # in full: what is added up stands in one order everywhere
        tail = max(1, size // 100)
        return {**{label(share): number(ordered[place(share, size)]) for share in SHARES},
                "lowest": number(ordered[0]), "highest": number(ordered[-1]), "worst_1_percent": number(ordered[-tail:].mean())}

    def spread(self) -> Json:
        """Mean and percentiles."""
        return {**self.mean(), **self.percentiles()}

    def cover(self) -> Json:
        """Percentiles of a ratio, over the paths that have debt to cover."""
        known = self.values[self.values < NO_DEBT]
        return Sample(known).percentiles() if known.size else None

    def amount(self, nothing: float) -> Json:
        """An amount that most paths do not have: how often, how much, and how much when it is there."""
        there = self.values > nothing
        some = self.values[there]
        return {"any": Sample(there * 1.0, self.method).probability(), **self.spread(),
                "mean_if_any": number(some.mean()) if some.size else None,
                "histogram": histogram(some)}

    def by_month(self, months: int) -> list[float]:
        """The share of paths on which it has happened by each month, the as-of date first."""
        known = self.values[~np.isnan(self.values)].astype(np.int64)
        counts = np.bincount(np.clip(known, 0, months), minlength=months + 1)
        return [float(share) for share in np.cumsum(counts) / self.values.size]


def place(share: float, size: int) -> int:
    """Where an order statistic stands."""
    return min(size - 1, max(0, int(np.ceil(share * size - 1e-9)) - 1))


def by_period(values: Array, shares: Sequence[float]) -> Json:
    """Exact order statistics of `(periods, paths)`, each over the periods."""
    ordered, paths = np.sort(values, axis=1), values.shape[1]
    return {label(share): ordered[:, place(share, paths)].tolist() for share in shares}


def label(share: float) -> str:
    """p05 for 0.05."""
    return f"p{round(share * 100):02d}"


def histogram(values: Array) -> Json:
    """Counts between equal edges from nothing to the highest."""
    if not values.size:
        return {"edges": [], "counts": []}
    top = float(values.max())
    counts = np.bincount(np.minimum((values * (STEPS / top)).astype(np.int64), STEPS - 1), minlength=STEPS)
    return {"edges": [top * step / STEPS for step in range(STEPS + 1)], "counts": [int(count) for count in counts]}


def doublings(paths: int) -> list[int]:
    """Numbers of paths at which convergence is shown: blocks doubled, then all."""
    found = []
    size = BLOCK
    while size < paths:
        found.append(size)
        size *= 2
    return [*found, paths]


def convergence(values: Array, method: Method, sizes: Sequence[int]) -> list[Json]:
    """The mean over the first paths, with its standard error."""
    return [Sample(values[:size], method).mean() for size in sizes]
