"""The figures that are wanted as one program of the items that move, made when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np

from model.errors import CheckError
from model.sheet.block import Row
from model.sheet.evaluate import Values
from model.sheet.formula import Array
from model.sheet.kernel.lanes import Lanes
from model.sheet.kernel.lower import Lowered
from model.sheet.kernel.scalar import Scalar
from model.sheet.kernel.stages import Order
from model.sheet.kernel.tree import Item


class Program:
    """The `targets` that move with the inputs `moved`, in one scenario of a run."""

    def __init__(self, values: Values, moved: Iterable[str], targets: Iterable[Row], scenario: int = 0) -> None:
        rows = list(targets)
        self.lowered = Lowered(values, moved, rows, scenario)
        self.rows = [row for row in rows if row in self.lowered.found]
        self.order = Order(self.lowered, [self.lowered.found[row] for row in self.rows]
                           + [item for _, item in self.lowered.promises])

    @cached_property
    def scalar(self) -> Scalar:
        """For a single column."""
        return Scalar(self.lowered, self.order)

    @cached_property
    def lanes(self) -> Lanes:
        """For many."""
        return Lanes(self.lowered, self.order)

    def by_lanes(self, told: Mapping[str, Array], width: int) -> dict[Row, Array]:
        """The rows that move, all columns at once."""
        inputs = {item: told[row.key] for row, item in self.lowered.inputs.items()}
        return self._held(dict(zip(self.order.targets, self.lanes(inputs, width), strict=True)))

    def by_scalar(self, told: Mapping[str, Array], width: int) -> dict[Row, Array]:
        """The rows that move, one column after the other."""
        inputs = {item: np.broadcast_to(told[row.key], (*told[row.key].shape[:-1], width))
                  for row, item in self.lowered.inputs.items()}
        found = [self.scalar({item: array[..., n] for item, array in inputs.items()}) for n in range(width)]
        return self._held({item: np.array([one[n] for one in found], dtype=float).T
                           for n, item in enumerate(self.order.targets)})

    def _held(self, found: Mapping[Item, Array]) -> dict[Row, Array]:
        """By row, once every row has kept its promise."""
        for row, item in self.lowered.promises:
            if not np.all(found[item] > row.declared.above):
                raise CheckError(f"{row.key} must be above {row.declared.above:g} in every period; it is not")
        return {row: found[self.lowered.found[row]] for row in self.rows}
