"""T7 under many scenarios: the days of delay that each pair tolerates, as one search over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.bracket import whole_steps
from model.break_even import DRIVERS, GRID
from model.sheet import Figures
from model.sheet.formula import Array
from model.stress.judge import Case

if TYPE_CHECKING:
    from model.cases import Run

DELAY = DRIVERS["delay_months"]
PIECES = 6


@dataclass
class Open:
    """The days between which a pair's cover is lost: still covered at `near`, not at `far`."""

    case: int
    pair: str
    start: int
    near: int
    far: int


class Delays:
    """Looks for the first delay that a pair does not stand, in whole days, as the break-even of a run does."""

    def __init__(self, run: Run, cases: Sequence[Case]) -> None:
        keys = dict.fromkeys([DELAY.key, *(key for case in cases for key in case)])
        self.cases, self.rows = cases, {key: pair.row("covered") for key, pair in run.deal.pairs.items()}
        self.figures = Figures(run.values, keys, self.rows.values(), run.names.index(run.scenario))
        self.now = {key: float(self.figures.now(key)) for key in keys}

    def covered(self, points: Sequence[tuple[int, int]]) -> dict[str, Array]:
        """Whether each pair is covered, by point: a case and a delay."""
        told = {key: np.array([self.cases[case].get(key, now) for case, _ in points]) for key, now in self.now.items()}
        told[DELAY.key] = np.array([float(days) for _, days in points])
        found = self.figures(told)
        return {key: found[row] > 0 for key, row in self.rows.items()}

    def __call__(self) -> dict[str, list[float | None]]:
        """By pair and case: days tolerated on top of the case's own delay; None where it is not covered, or stands all that
        is looked at."""
        tolerated: dict[str, list[float | None]] = {key: [None] * len(self.cases) for key in self.rows}
        brackets = self._first()
        while narrowing := [one for one in brackets if one.far - one.near > 1]:
            self._narrow(narrowing)
        for one in brackets:
            tolerated[one.pair][one.case] = float(one.near - one.start)
        return tolerated

    def _first(self) -> list[Open]:
        """One evaluation over a grid of days for every case."""
        grids = [whole_steps(start := round(case.get(DELAY.key, self.now[DELAY.key])), max(start, int(DELAY.high)), GRID)
                 for case in self.cases]
        points = [(n, days) for n, grid in enumerate(grids) for days in grid]
        covered, found, at = self.covered(points), list[Open](), 0
        for n, grid in enumerate(grids):
            for pair, passes in covered.items():
                here = passes[at : at + len(grid)]
                if here[0] and not here.all():
                    lost = int(np.argmin(here))
                    found.append(Open(n, pair, grid[0], grid[lost - 1], grid[lost]))
            at += len(grid)
        return found

    def _narrow(self, brackets: Sequence[Open]) -> None:
        """Cut every bracket and keep the first piece in which cover is lost."""
        cuts = [whole_steps(one.near, one.far, PIECES) for one in brackets]
        points = [(one.case, days) for one, days_of in zip(brackets, cuts, strict=True) for days in days_of[1:-1]]
        covered, at = self.covered(points), 0
        for one, days_of in zip(brackets, cuts, strict=True):
            inside = [*covered[one.pair][at : at + len(days_of) - 2], False]
            at += len(days_of) - 2
            lost = inside.index(False)
            one.near, one.far = days_of[lost], days_of[lost + 1]
