"""Repayment schedules that no one disclosed, inferred from the maturities that were disclosed for several loans together.

A company says how much of its debt falls due in each year, and how large each loan is, but not which loan repays what in
which year. `infer` gives the schedules nearest to level instalments that agree with both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SLACK = 1e-11  # of the whole balance: disclosed figures that differ by less than this add up
SWEEPS, STEPS = 20, 200


@dataclass(frozen=True)
class Unknown:
    """A loan whose schedule is not disclosed: `amount` [USD m] to repay, and its number of instalment dates by year."""

    key: str
    amount: float
    weights: Mapping[int, float]


@dataclass(frozen=True)
class Inferred:
    """Principal [USD m] by loan and year; what is disclosed less what the schedules give by year [USD m].

    `left` [USD m] by loan: balances of loans that have no instalment date at all, so that nothing could be placed.
    """

    schedules: Mapping[str, Mapping[int, float]]
    residual: Mapping[int, float]
    left: Mapping[str, float]


def infer(loans: Sequence[Unknown], totals: Mapping[int, float]) -> Inferred:
    """Schedules of `loans` [USD m] by year that add up to `totals`, the disclosed maturities [USD m] of each year.

    The rule: start from level instalments, the same amount on every date of a loan. Scale each year to its disclosed
    total, then each loan to its balance, and so on in turn until both hold (biproportional fitting, RAS). Among all
    schedules that hold both, this is the nearest to level instalments: nothing is assumed that was not disclosed.

    Where both cannot hold, each loan still repays exactly its balance, on its own dates and never less than 0, and the
    years miss their totals by as little as possible in sum. Which years miss is again decided by level instalments:
    years that must take more than disclosed are raised to it and no further, years that can only get less are cut to it
    and no further. `residual` shows what is missing (+) or too much (-) by year. A year that `totals` does not have
    counts as 0; a total below 0 is treated as 0 and shows in the residual.

    Raises ValueError on a key said twice, and on an amount or weight below 0 or not finite.
    """
    _check(loans, totals)
    found = {loan.key: {year: 0.0 for year in sorted(loan.weights) if loan.weights[year] > 0} for loan in loans}
    rows = sorted((loan for loan in loans if loan.amount > 0 and found[loan.key]), key=lambda loan: loan.key)
    years = sorted({*totals, *(year for schedule in found.values() for year in schedule)})
    if rows:
        amounts = np.array([loan.amount for loan in rows])
        weights = np.array([[loan.weights.get(year, 0.0) for year in years] for loan in rows])
        disclosed = np.array([max(0.0, totals.get(year, 0.0)) for year in years])
        whole = amounts.sum()  # in shares of it, so that the unit of money does not matter
        placed = amounts[:, None] * _shares(amounts / whole, weights, disclosed / whole)
        for loan, row in zip(rows, placed.tolist(), strict=True):
            found[loan.key] |= {year: x for year, x in zip(years, row, strict=True) if year in found[loan.key]}
    given = {year: fsum(found[key].get(year, 0.0) for key in sorted(found)) for year in years}
    left = {loan.key: loan.amount for loan in loans if loan.amount > 0 and not found[loan.key]}
    return Inferred(found, {year: totals.get(year, 0.0) - given[year] for year in years}, left)


def _check(loans: Sequence[Unknown], totals: Mapping[int, float]) -> None:
    if len({loan.key for loan in loans}) < len(loans):
        raise ValueError("each loan must have its own key")
    given = [x for loan in loans for x in (loan.amount, *loan.weights.values())]
    if not all(0 <= x < inf for x in given) or not np.isfinite(list(totals.values())).all():
        raise ValueError("amounts, weights and totals must be finite, amounts and weights 0 or more")


# ---- what can be met: a flow from loans to years ---------------------------------------------------------------------


def _shares(amounts: Floats, weights: Floats, totals: Floats) -> Floats:
    """The share of each loan that falls due in each year, loans x years."""
    flow = _largest_flow(amounts, weights > 0, totals, np.zeros(weights.shape))
    links = _links(weights > 0, flow)
    short = flow.sum(axis=1) < amounts - SLACK  # loans that do not fit into the disclosed totals
    free = flow.sum(axis=0) < totals - SLACK  # years that the loans do not fill
    rows, columns = len(amounts), len(totals)
    seeds = np.concatenate([short, np.zeros(columns, bool)])
    over = (seeds @ links).astype(bool)
    under = (links @ np.concatenate([np.zeros(rows, bool), free])).astype(bool)
    block = over.astype(int) - under.astype(int)  # 1 too much debt, -1 too little, 0 it fits exactly
    inside = block[:rows, None] == block[None, rows:]
    both_ways = (links[:rows, rows:] & links[rows:, :rows].T) | (flow > SLACK)
    possible = (weights > 0) & inside & ((block[:rows, None] != 0) | both_ways)
    possible |= ~possible.any(axis=1, keepdims=True) & (weights > 0)  # a loan too small to have a flow of its own
    low = np.where(block[rows:] == 1, 0.0, -inf)
    high = np.where(block[rows:] == -1, 0.0, inf)
    nearest = _fit(amounts, np.where(possible, weights, 0.0), totals, low, high)
    gap = amounts @ nearest - totals
    missed = np.where(block[rows:] == 1, -gap, np.where(block[rows:] == -1, gap, np.abs(gap)))
    return _exact(amounts, possible, totals, nearest) if missed.max() > SLACK else nearest


def _exact(amounts: Floats, possible: NDArray[np.bool_], totals: Floats, nearest: Floats) -> Floats:
    """`nearest` where fitting stalled before it was exact: what is too much in a year is moved to years with room.

    It stalls only where a year gets next to nothing from a loan, so that what is moved is small.
    """
    given = amounts @ nearest
    fits = np.minimum(1.0, np.divide(totals, given, out=np.ones(len(given)), where=given > 0))
    flow = _largest_flow(amounts, possible, totals, amounts[:, None] * nearest * fits)
    placed = flow / amounts[:, None]
    return np.asarray(placed + np.maximum(0.0, 1 - placed.sum(axis=1, keepdims=True)) * nearest)


def _links(allowed: NDArray[np.bool_], flow: Floats) -> NDArray[np.bool_]:
    """From which loan or year money can be moved on to which: loans first, then years; everything reaches itself.

    A loan can always move more into its years; a year can give back what it has from a loan.
    """
    rows, columns = allowed.shape
    links = np.eye(rows + columns, dtype=bool)
    links[:rows, rows:], links[rows:, :rows] = allowed, (flow > SLACK).T
    for k in range(rows + columns):  # transitive closure
        links |= links[:, [k]] & links[[k], :]
    return links


def _largest_flow(amounts: Floats, allowed: NDArray[np.bool_], totals: Floats, start: Floats) -> Floats:
    """As much of the loans as fits into the totals of their years, from `start` on, by shortest augmenting paths."""
    flow = start.copy()
    while path := _path(amounts - flow.sum(axis=1), allowed, totals - flow.sum(axis=0), flow):
        ahead, back = list(zip(path[::2], path[1::2], strict=True)), list(zip(path[2::2], path[1::2], strict=False))
        first, last = path[0], path[-1]
        room = [amounts[first] - flow[first].sum(), totals[last] - flow[:, last].sum(), *(flow[i, j] for i, j in back)]
        for i, j in ahead:
            flow[i, j] += min(room)
        for i, j in back:
            flow[i, j] = max(0.0, flow[i, j] - min(room))
    return flow


def _path(spare: Floats, allowed: NDArray[np.bool_], room: Floats, flow: Floats) -> list[int]:
    """Loan, year, loan, year ...: from a loan with money to place to a year with room; empty if there is none."""
    paths = [[int(i)] for i in np.flatnonzero(spare > SLACK)]
    loans, years = {path[0] for path in paths}, set[int]()
    for path in paths:  # grows while it is read: breadth first
        for j in np.flatnonzero(allowed[path[-1]]).tolist():
            if j in years:
                continue
            years.add(j)
            if room[j] > SLACK:
                return [*path, j]
            for i in np.flatnonzero(flow[:, j] > SLACK).tolist():
                if i not in loans:
                    loans.add(i)
                    paths.append([*path, j, i])
    return []


# ---- the nearest to level: biproportional fitting --------------------------------------------------------------------


def _fit(amounts: Floats, weights: Floats, totals: Floats, low: Floats, high: Floats) -> Floats:
    """Shares of each loan by year: weights x a factor for each year, scaled to 1 for each loan.

    The logs of the years' factors are sought within `low` and `high`: scaling in turn, then Newton's steps on the same
    convex problem, since scaling alone hardly moves when a year gets almost nothing.
    """
    used = weights.sum(axis=0) > 0
    kernel, want = weights[:, used], totals[used]
    bounds = low[used], high[used]
    logs = np.zeros(len(want))
    for _ in range(SWEEPS):
        gives = amounts @ _row_shares(kernel, logs)
        with np.errstate(divide="ignore"):
            logs = np.clip(logs + np.log(want / gives), np.maximum(bounds[0], -700), bounds[1])
    for _ in range(STEPS):
        after = _newton(amounts, kernel, want, logs, bounds)
        if after is None:
            break
        logs = after
    result = np.zeros(weights.shape)
    result[:, used] = _row_shares(kernel, logs)
    return result


def _row_shares(kernel: Floats, logs: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        scaled = np.log(kernel) + logs
    scaled = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))


def _newton(
    amounts: Floats, kernel: Floats, want: Floats, logs: Floats, bounds: tuple[Floats, Floats]
) -> Floats | None:
    """A step that brings the years nearer to their totals, or None when rounding leaves nothing to gain."""
    shares = _row_shares(kernel, logs)
    gap, missed = amounts @ shares - want, _missed(amounts, kernel, want, logs, bounds)
    held = ((logs <= bounds[0]) & (gap > 0)) | ((logs >= bounds[1]) & (gap < 0))
    free = np.flatnonzero(~held)
    curve = np.diag(amounts @ shares) - shares.T @ (amounts[:, None] * shares)
    step = np.zeros(len(want))
    step[free] = -np.linalg.lstsq(curve[np.ix_(free, free)], gap[free], rcond=1e-14)[0]
    for size in 0.5 ** np.arange(30):
        trial = np.clip(logs + size * step, *bounds)
        if _missed(amounts, kernel, want, trial, bounds) < missed:
            return np.asarray(trial)
    return None


def _missed(
    amounts: Floats, kernel: Floats, want: Floats, logs: Floats, bounds: tuple[Floats, Floats]
) -> float:
    """By how much the years still miss their totals, in sum; a year held at its bound misses nothing on that side."""
    gap = amounts @ _row_shares(kernel, logs) - want
    held = ((logs <= bounds[0]) & (gap > 0)) | ((logs >= bounds[1]) & (gap < 0))
    return float(np.abs(gap[~held]).sum())
