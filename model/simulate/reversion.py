"""A deviation that comes back to nothing, and the factor of a price that is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import exp, expm1, sqrt

import numpy as np

from model.sheet.formula import Array

MONTHS = 12


@dataclass(frozen=True)
class Reversion:
    """A deviation that comes back to nothing, by month end: exact steps of an Ornstein-Uhlenbeck process."""

    volatility: float
    reversion: float

    def path(self, normals: Array, room: Array | None = None, months: Sequence[int] = ()) -> Array:
        """`(months + 1, 1024)`, nothing at the as-of date; written to `room` where one is given.

        Every month, or the `months` that are named: a step is exact whatever its length."""
        found = np.zeros((len(normals) + 1, normals.shape[1])) if room is None else room
        found[0] = 0.0
        for t, (before, month) in enumerate(pairwise((0, *(months or range(1, len(normals) + 1))))):
            keep, deviation = step(self, month - before)
            np.multiply(normals[t], deviation, out=found[t + 1])
            found[t + 1] += found[t] if keep == 1 else keep * found[t]
        return found

    def variance(self, months: int) -> float:
        """Of the deviation after so many months."""
        years = months / MONTHS
        if self.reversion == 0:
            return self.volatility**2 * years
        return self.volatility**2 * -expm1(-2 * self.reversion * years) / (2 * self.reversion)

    def factor(self, normals: Array, room: Array) -> Array:
        """The same as a factor of a price, `(months + 2, 1024)`, with mean 1 in every month; 1 in the closing pad too."""
        path = self.path(normals, room[:-1])
        path -= half_variances(self, len(normals))
        np.exp(path, out=path)
        room[-1] = 1.0
        return room


@cache
def step(process: Reversion, months: int) -> tuple[float, float]:
    """What is left of a deviation after so many months, and the standard deviation of what has come to it."""
    return exp(-process.reversion * months / MONTHS), sqrt(process.variance(months))


@cache
def half_variances(process: Reversion, months: int) -> Array:
    """Of every month, `(months + 1, 1)`."""
    return np.array([[process.variance(n) / 2] for n in range(months + 1)])
