"""A proof that rows contradict each other, checked in whole fractions.

Farkas: with weights y >= 0 on rows `a x <= b`, any sign on equalities, and 0 <= x <= u,
    sum over unknowns of min(0, y a) u > y b
cannot be met by any x. The weights are the duals of the programme that makes the sum of all violations least; every
coefficient of a row is taken as the number that it is, so nothing is rounded in the check. What no fact bounds has u without
end, and its weight must not be negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import eye_array, hstack

from model.bounds.matrices import nothing, sides, system
from model.bounds.programme import Line, Programme

SMALLEST = 10**9  # denominators of weights


@dataclass(frozen=True)
class Certificate:
    """Weights of rows, by how much they contradict each other, and whether the check in fractions says so."""

    weights: tuple[tuple[int, Fraction], ...]
    gap: Fraction

    @property
    def proves(self) -> bool:
        """The rows cannot all hold."""
        return self.gap > 0


def certificate(programme: Programme, more: Sequence[Line] = ()) -> Certificate:
    """Weights of the rows that prove that they contradict each other; the gap is 0 or less where they do not."""
    lines = [*programme.lines, *more]
    weights = tuple((k, Fraction(float(w)).limit_denominator(SMALLEST)) for k, w in enumerate(_weights(programme, lines))
                    if abs(w) > 1 / SMALLEST)
    return Certificate(weights, gap(programme, lines, weights))


def gap(programme: Programme, lines: Sequence[Line], weights: Sequence[tuple[int, Fraction]]) -> Fraction:
    """What the left side exceeds the right by; below 0 where an unknown without end has a negative weight."""
    told = [*_one_sided(lines)]
    across: dict[int, Fraction] = {}
    right = Fraction(0)
    for k, weight in weights:
        terms, limit, equal = told[k]
        if weight < 0 and not equal:
            return Fraction(-1)
        right += weight * Fraction(limit)
        for column, factor in terms.items():
            across[column] = across.get(column, Fraction(0)) + weight * Fraction(factor)
    most = upper(programme)
    left = Fraction(0)
    for column, weight in across.items():
        if weight < 0:
            if most[column] == float("inf"):
                return Fraction(-1)
            left += weight * Fraction(most[column])
    return left - right


def upper(programme: Programme) -> list[float]:
    """The most that each unknown can be: revenue and cash no more than all revenue, principal no more than the loan's."""
    facts, found = programme.facts, list(programme.high)
    every = set(programme.contracts)
    sums = [d for d in facts.of("revenue") if set(d.contracts) >= every]
    spans: set[int] = set().union(*(set(facts.windows(d)) for d in sums)) if sums else set()
    revenue: float = fsum(d.high for d in sums) if spans >= set(programme.span) else float("inf")
    for (kind, _, loan, _), column in programme.columns():
        lent = [d.high for d in facts.of("principal") if loan in d.loans and set(d.contracts) >= {*every, "none"}
                and set(facts.windows(d)) >= set(range(programme.owed[loan].last + 1))] if kind == "due" else []
        found[column] = min(found[column], min(lent, default=float("inf")) if kind == "due" else
                            float("inf") if kind == "short" else revenue)
    return found


def _one_sided(lines: Sequence[Line]) -> list[tuple[dict[int, float], float, bool]]:
    """Every row as `<=`, or as an equality, in the order of the weights."""
    equal, sided = sides(lines)
    return [*((lines[k].terms, lines[k].low, True) for k in equal),
            *(({c: sign * v for c, v in lines[k].terms.items()}, lines[k].high if sign > 0 else -lines[k].low, False)
              for k, sign in sided)]


def _weights(programme: Programme, lines: Sequence[Line]) -> np.ndarray:
    """Duals of the least sum of violations; rows and columns as in `_one_sided`."""
    told = system(lines, programme.width)
    equal, sided = len(told.level), len(told.limit)
    full = np.concatenate([np.zeros(programme.width), np.ones(2 * equal + sided)])
    wide = told.wider(hstack([eye_array(equal), -eye_array(equal), nothing(equal, sided)], "csr"),
                      hstack([nothing(sided, 2 * equal), -eye_array(sided)], "csr"))
    limits = np.column_stack([np.zeros(len(full)), [*programme.high, *[np.inf] * (2 * equal + sided)]])
    solved = linprog(full, wide.sided, wide.limit, wide.equal, wide.level, limits, method="highs")
    return -np.concatenate([solved.eqlin.marginals, solved.ineqlin.marginals])
