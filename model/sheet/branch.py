"""Some rows of a run again while single inputs move: only what lies between those inputs and those rows is calculated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from model.sheet.block import PERIOD, Row
from model.sheet.book import Knot
from model.sheet.evaluate import Values, calculate, quietly
from model.sheet.formula import Array

Column = tuple[int, Mapping[str, float]]
"""A scenario of the run to start from, and the inputs that are moved there with what they are moved to."""


class Branch:
    """Targets of a run as functions of a few inputs; everything that does not move stays as the run has it.

    A row over time is forgotten once nothing more reads it, so that many columns take little room; figures are kept.
    """

    def __init__(self, values: Values, moved: Iterable[str], targets: Iterable[Row]) -> None:
        self.values, self.book, targets = values, values.book, set(targets)
        self.inputs = [self.book.movable(key) for key in moved]
        self.moved = set(self.inputs)
        self.knots: list[Knot] = []
        needed = ancestors(self.book.needs, targets)
        for knot, touched in zip(self.book.order, self.book.touched, strict=True):
            if not self.moved.isdisjoint(touched):
                self.moved.update(knot.rows)
                if not needed.isdisjoint(knot.rows):
                    self.knots.append(knot)
        self.reads = {row: n for n, knot in enumerate(self.knots) for member in knot.rows
                      for row in (member, *self.book.needs[member])}  # the last knot that reads or writes a row
        self.over: list[list[Row]] = [[] for _ in self.knots]
        for row, n in self.reads.items():
            if row.per == PERIOD and row not in targets:
                self.over[n].append(row)

    def touches(self, row: Row) -> bool:
        """Whether a row rests on any of the inputs."""
        return row in self.moved

    def evaluate(self, columns: Sequence[Column], over: Values | None = None) -> Values:
        """The targets, and the figures they rest on, with one column for each of `columns`.

        `over` stands for the run where something else has moved already: its columns are the scenarios then.
        """
        values = _Moved(self, over or self.values, np.array([scenario for scenario, _ in columns]))
        return self._calculate(values, {row: values.told(row, columns) for row in self.inputs})

    def moved_to(self, told: Mapping[str, Array], width: int, scenario: int = 0) -> Values:
        """The same for `width` columns of one scenario; `told` gives every input that moves a number a column, or
        `(T + 2, width)` of them where the input is a curve."""
        values = _Moved(self, self.values, np.full(width, scenario))
        return self._calculate(values, {row: np.asarray(told[row.key], dtype=float) for row in self.inputs})

    @quietly
    def _calculate(self, values: _Moved, told: Mapping[Row, Array]) -> Values:
        for knot, over_now in zip(self.knots, self.over, strict=True):
            calculate(self.book, values, knot, told)
            values.forget(over_now)
        return values


class _Moved(Values):
    """Values of a branch; a row that does not move is taken from the run when it is asked for."""

    def __init__(self, branch: Branch, still: Values, scenarios: Array) -> None:
        super().__init__(branch.book, len(scenarios))
        self._branch, self._still, self._scenarios = branch, still, scenarios
        self._alike = bool((scenarios == scenarios[0]).all())

    def __getitem__(self, row: Row) -> Array:
        if row not in self._arrays and row not in self._branch.moved:
            self[row] = self._kept(row)
        return super().__getitem__(row)

    def _kept(self, row: Row) -> Array:
        """A row of the run, the scenario of each column in its place."""
        array = self._still[row]
        if array.shape[-1] == 1:
            return array
        return array[..., self._scenarios[:1] if self._alike else self._scenarios]

    def forget(self, rows: Iterable[Row]) -> None:
        """Make room."""
        for row in rows:
            self._arrays.pop(row, None)

    def told(self, row: Row, columns: Sequence[Column]) -> Array:
        """An input by column: where it is moved to, or where its scenario holds it."""
        held = np.broadcast_to(self._kept(row), (len(columns),))
        return np.array([moves.get(row.key, held[n]) for n, (_, moves) in enumerate(columns)], dtype=float)


def ancestors(needs: Mapping[Row, Iterable[Row]], targets: Iterable[Row]) -> set[Row]:
    """The rows that these rest on, themselves included."""
    found: set[Row] = set()
    todo = list(targets)
    while todo:
        row = todo.pop()
        if row not in found:
            found.add(row)
            todo.extend(needs[row])
    return found
