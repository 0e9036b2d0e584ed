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

    def path(self, normals: Array, months: Sequence[int] = ()) -> Array:
        """The normals `(1 + months, BLOCK)` of every month, or of the `months` that are named, become the deviations, in place.

        Nothing at the as-of date, the first row, whatever stood there. A step is exact whatever its length."""
        keeps, deviations = steps(self, tuple(months) or len(normals) - 1)
        normals[0] = 0.0
        normals[1:] *= deviations
        for keep, before, now in zip(keeps, normals, normals[1:], strict=False):
            now += before if keep == 1 else keep * before
        return normals

    def variance(self, months: int) -> float:
        """Of the deviation after so many months."""
        years = months / MONTHS
        if self.reversion == 0:
            return self.volatility**2 * years
        return self.volatility**2 * -expm1(-2 * self.reversion * years) / (2 * self.reversion)

    def factor(self, normals: Array) -> Array:
        """The same as a factor of a price, `(1 + months + 1, BLOCK)`, with mean 1 in every month; 1 in the closing pad too."""
        path = self.path(normals[:-1])
        path -= half_variances(self, len(path) - 1)
        np.exp(path, out=path)
        normals[-1] = 1.0
        return normals


@cache
def steps(process: Reversion, months: tuple[int, ...] | int) -> tuple[list[float], Array]:
    """Of each step to a month, or of so many single ones: what is left of a deviation after it, and the standard deviation
    of what has come to it, `(steps, 1)`."""
    lengths = [after - before for before, after in pairwise((0, *months))] if isinstance(months, tuple) else [1] * months
    keeps = [exp(-process.reversion * length / MONTHS) for length in lengths]
    return keeps, np.array([[sqrt(process.variance(length))] for length in lengths])


@cache
def half_variances(process: Reversion, months: int) -> Array:
    """Of every month, `(months + 1, 1)`."""
    return np.array([[process.variance(n) / 2] for n in range(months + 1)])
