"""Paths held to the checks of the model: every figure of every path is a number, and the first paths are checked in full.

All checks of all paths would cost several times what the paths do; a fault of the model shows in the first ones as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import isfinite

import numpy as np

from model.cases import Run
from model.errors import CheckError
from model.faults import stop_at_faults
from model.sheet import Branch, Row
from model.sheet.formula import Array

PROVED = 16
"""Paths of the first block that are checked in full."""


class Proof:
    """What is told and found of a block, held to the checks; `moved` are the inputs that are told."""

    def __init__(self, run: Run, moved: Sequence[str], wanted: Sequence[Row], scenario: int) -> None:
        self.run, self.moved, self.scenario = run, moved, scenario
        self.broken = run.deal.check_sum.row("broken")
        self.numbers = [row for row in wanted if row not in run.deal.book.blank]

    @cached_property
    def checks(self) -> Branch:
        """The number of checks that fail, of few paths."""
        return Branch(self.run.values, self.moved, [self.broken])

    def __call__(self, told: Mapping[str, Array], found: Mapping[Row, Array], block: int) -> None:
        """CheckError where a path breaks what must hold."""
        for row in self.numbers:
            if not isfinite(np.vdot(found[row], found[row])) and not (fits := np.isfinite(found[row])).all():
                self._stop(told, int(np.argmin(fits)), block, f"{row.key} ({row.label}) is no finite number")
        if block == 0:
            broken = self.checks.moved_to(self._at(told, slice(PROVED)), PROVED, self.scenario)[self.broken]
            if not (holds := broken <= 0).all():
                self._stop(told, int(np.argmin(holds)), block, "its books do not balance")

    def _at(self, told: Mapping[str, Array], paths: slice) -> dict[str, Array]:
        """What is told of some paths; of an input that is told nothing, what the scenario has."""
        still = {key: np.asarray(self.run.values.one(self.run.deal.book.movable(key), self.scenario), dtype=float)[..., None]
                 for key in self.moved if key not in told}
        return still | {key: array[..., paths] if array.shape[-1] > 1 else array for key, array in told.items()}

    def _stop(self, told: Mapping[str, Array], path: int, block: int, words: str) -> None:
        """One path again, with all its rows."""
        deal, name = self.run.deal, f"{self.run.names[self.scenario]}, path {path + 1} of block {block + 1}"
        every = Branch(self.run.values, self.moved, deal.book.rows)
        stop_at_faults(deal, every.moved_to(self._at(told, slice(path, path + 1)), 1, self.scenario), [name])
        raise CheckError(f"scenario {name}: {words}")
