"""Figures of one scenario as functions of a few inputs, for many columns at once: what every search and simulation asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from model.sheet.block import Row
from model.sheet.branch import Branch
from model.sheet.evaluate import Values
from model.sheet.formula import Array

Told = Mapping[str, Array]
"""By key of an input: one number a column, or `(T + 2, columns)` where the input is a curve."""

CHUNK = 1024
"""Columns of the numpy fold at a time; more would leave the cache, fewer pay for calls."""


class Figures:
    """`figures(told)` gives each target for every column: `(S,)`, or `(T + 2, S)` for a row over time.

    What does not rest on the inputs that move is taken from the scenario of the run, whatever the columns say.
    """

    def __init__(self, values: Values, moved: Iterable[str], targets: Iterable[Row], scenario: int = 0) -> None:
        self.values, self.scenario = values, scenario
        self.moved, self.targets = tuple(dict.fromkeys(moved)), tuple(dict.fromkeys(targets))
        self.branch = Branch(values, self.moved, self.targets)

    def now(self, key: str) -> Array:
        """An input as the scenario has it."""
        return np.asarray(self.values.one(self.values.book.movable(key), self.scenario), dtype=float)

    def __call__(self, told: Told) -> dict[Row, Array]:
        """The targets. An input of `moved` that is not told stays where the scenario has it."""
        width = max((np.shape(array)[-1] for array in told.values()), default=1)
        parts = [self._part(told, slice(at, min(at + CHUNK, width))) for at in range(0, width, CHUNK)]
        return {row: np.concatenate([part[row] for part in parts], axis=-1) for row in self.targets}

    def _part(self, told: Told, columns: slice) -> dict[Row, Array]:
        width = columns.stop - columns.start
        given = {key: np.asarray(told[key])[..., columns] if key in told else self._still(key) for key in self.moved}
        values = self.branch.moved_to(given, width, self.scenario)
        return {row: np.broadcast_to(values[row], (*values[row].shape[:-1], width)) for row in self.targets}

    def _still(self, key: str) -> Array:
        return self.now(key)[..., None]
