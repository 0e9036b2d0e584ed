"""Figures of one scenario as functions of a few inputs, for many columns at once: what every search and simulation asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal

import numpy as np

from model.errors import BuildError
from model.sheet.block import TEXT, Row
from model.sheet.branch import Branch
from model.sheet.evaluate import Values
from model.sheet.formula import Array
from model.sheet.kernel import Program, is_there

Told = Mapping[str, Array]
"""By key of an input: one number a column, or `(T + 2, columns)` where the input is a curve."""
Engine = Literal["numpy", "scalar", "lanes"]

CHUNK = 1024
"""Columns of the numpy fold at a time; more would leave the cache, fewer pay for calls."""
FEW = 48
"""Columns up to which the plain function is quicker than arrays."""


class Figures:
    """`figures(told)` gives each target for every column: `(S,)`, or `(T + 2, S)` for a row over time.

    What does not rest on the inputs that move is taken from the scenario of the run, whatever the columns say. The `engine`
    is chosen by the number of columns, and by what is compiled already, unless it is named; all give the same numbers.
    """

    def __init__(self, values: Values, moved: Iterable[str], targets: Iterable[Row], scenario: int = 0,
                 engine: Engine | None = None) -> None:
        self.values, self.scenario, self.engine = values, scenario, engine
        self.moved, self.targets = tuple(dict.fromkeys(moved)), tuple(dict.fromkeys(targets))
        self.still = {key: self.now(key)[..., None] for key in self.moved}

    @cached_property
    def branch(self) -> Branch:
        """The numpy fold."""
        return Branch(self.values, self.moved, self.targets)

    @cached_property
    def program(self) -> Program:
        """The generated program; words are for the numpy fold."""
        return Program(self.values, self.moved, [row for row in self.targets if row.per != TEXT], self.scenario)

    def now(self, key: str) -> Array:
        """An input as the scenario has it."""
        return np.asarray(self.values.one(self.values.book.movable(key), self.scenario), dtype=float)

    def __call__(self, told: Told) -> dict[Row, Array]:
        """The targets. An input of `moved` that is not told stays where the scenario has it."""
        width = max((np.shape(array)[-1] for array in told.values()), default=1)
        given = self.still | {key: self._checked(key, np.asarray(array, dtype=float), width) for key, array in told.items()}
        engine = self._engine(width)
        if engine != "numpy":
            found = self.program.by_scalar(given, width) if engine == "scalar" else self.program.by_lanes(given, width)
            return {row: found[row] if row in found else self._kept(row, width) for row in self.targets}
        parts = [self._part(given, slice(at, min(at + CHUNK, width))) for at in range(0, width, CHUNK)]
        return {row: np.concatenate([part[row] for part in parts], axis=-1) for row in self.targets}

    def _checked(self, key: str, array: Array, width: int) -> Array:
        """What an input is told, if it has the shape that every engine counts on."""
        if key not in self.still:
            raise BuildError(f"{key} is not among the inputs that move")
        over_time = self.still[key].shape[:-1]
        if array.ndim != len(over_time) + 1 or array.shape[:-1] != over_time or array.shape[-1] not in (1, width) or not width:
            raise BuildError(f"{key} is told {array.shape}: {(*over_time, width)} or one column are asked for")
        if over_time and array[-1].any():
            raise BuildError(f"{key}: 0 stands after the last period of a curve")
        return array

    def _engine(self, width: int) -> Engine:
        if any(row.per == TEXT for row in self.targets):
            return "numpy"
        made = "program" in vars(self) and "lanes" in vars(self.program)  # for many columns before: they serve few as well
        return self.engine or ("scalar" if width <= FEW and not made else "lanes" if is_there() else "numpy")

    def _part(self, given: Told, columns: slice) -> dict[Row, Array]:
        width = columns.stop - columns.start
        told = {key: array[..., columns] if array.shape[-1] > 1 else array for key, array in given.items()}
        values = self.branch.moved_to(told, width, self.scenario)
        return {row: np.broadcast_to(values[row], (*values[row].shape[:-1], width)) for row in self.targets}

    def _kept(self, row: Row, width: int) -> Array:
        """A row that does not move."""
        array = np.asarray(self.values.one(row, self.scenario))[..., None]
        return np.broadcast_to(array, (*array.shape[:-1], width))
