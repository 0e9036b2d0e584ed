"""Rows as HiGHS takes them: equalities, and one-sided rows as `<=`; those of a programme are written once, whatever is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from model.bounds.programme import Line, Programme, Terms


@dataclass(frozen=True)
class System:
    """`equal` x = `level`, `sided` x <= `limit`."""

    equal: csr_array
    level: np.ndarray
    sided: csr_array
    limit: np.ndarray

    def with_(self, other: System) -> System:
        """The rows of both."""
        return System(vstack([self.equal, other.equal], "csr"), np.concatenate([self.level, other.level]),
                      vstack([self.sided, other.sided], "csr"), np.concatenate([self.limit, other.limit]))

    def wider(self, equal: csr_array, sided: csr_array) -> System:
        """With more unknowns, by what rows have of them."""
        return System(hstack([self.equal, equal], "csr"), self.level, hstack([self.sided, sided], "csr"), self.limit)


def sides(lines: Sequence[Line]) -> tuple[list[int], list[tuple[int, float]]]:
    """Rows that are equalities, and one-sided rows with the sign that makes them `<=`."""
    equal = [k for k, line in enumerate(lines) if line.low == line.high]
    known = set(equal)
    sided = [(k, sign) for k, line in enumerate(lines) if k not in known
             for sign, limit in ((1.0, line.high), (-1.0, line.low)) if abs(limit) < float("inf")]
    return equal, sided


def system(lines: Sequence[Line], width: int) -> System:
    """Of any rows."""
    equal, sided = sides(lines)
    return System(matrix([lines[k].terms for k in equal], width), np.array([lines[k].low for k in equal]),
                  matrix([lines[k].terms for k, _ in sided], width, [sign for _, sign in sided]),
                  np.array([lines[k].high if sign > 0 else -lines[k].low for k, sign in sided]))


def rows(programme: Programme, more: Sequence[Line] = ()) -> System:
    """Of a programme and what is asked of it."""
    known: System = programme.written or system(programme.lines, programme.width)
    programme.written = known
    return known.with_(system(more, programme.width)) if more else known


def matrix(terms: Sequence[Terms], width: int, signs: Sequence[float] | None = None) -> csr_array:
    """Sums of unknowns, one a row, each with its sign."""
    sizes = np.array([len(one) for one in terms], dtype=np.int32)
    columns = np.fromiter(chain.from_iterable(terms), np.int32, sizes.sum())
    values = np.fromiter(chain.from_iterable(one.values() for one in terms), float, sizes.sum())
    starts = np.concatenate([np.zeros(1, np.int32), np.cumsum(sizes, dtype=np.int32)])
    by_row = values if signs is None else values * np.repeat(signs, sizes)
    return csr_array((by_row, columns, starts), shape=(len(terms), width))


def nothing(height: int, width: int) -> csr_array:
    """No unknowns in so many rows."""
    return csr_array((height, width))
