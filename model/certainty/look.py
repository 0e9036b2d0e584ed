"""The verdicts of one scenario at points of what is uncertain, T4 and support included; what was seen is remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np

from model.certainty.result import CLAIM, rank
from model.certainty.uncertain import Point, Uncertain, overrides
from model.deal import Deal
from model.sheet import Branch, Column, Row, Values
from model.sheet.formula import Array
from model.verdict import severe_enough

if TYPE_CHECKING:
    from model.cases import Run

COLUMNS = 360
"""Points of one evaluation, about."""

Stamps = Callable[[Deal, Values], Mapping[str, Array]]
"""What the engine stamps on the pairs besides T4, by input and column."""


@dataclass(frozen=True, eq=False)
class Subject:
    """A verdict that may turn: the row of its words, the row that turns with it, and rows that tell how bad it is."""

    key: str
    label: Row
    side: Row
    missing: tuple[Row, ...]
    cover: Row
    inputs: tuple[Uncertain, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All of them."""
        return (self.label, self.side, self.cover, *self.missing)


@dataclass(frozen=True)
class Seen:
    """A verdict at a point: its words, its side, and how bad it is (the higher the worse)."""

    label: str
    side: float
    harm: tuple[Any, ...]


def see(subject: Subject, values: Values, column: int) -> Seen:
    """A verdict in one column: worse is a worse word, then more that is missing, then less cover."""
    label, missing = str(values.one(subject.label, column)), fsum(float(values.one(row, column)) for row in subject.missing)
    return Seen(label, float(values.one(subject.side, column)),
                (rank(label), missing, -float(values.one(subject.cover, column))))


class Look:
    """Evaluates the verdicts of a run, in the scenario that is read, at points."""

    def __init__(self, run: Run, stamps: Stamps, inputs: Sequence[Uncertain]) -> None:
        self.run, self.deal, self.stamps = run, run.deal, stamps
        self.keys = list(dict.fromkeys(key for one in inputs for key in one.base))
        self.subjects = list(self._subjects(inputs))
        self.rows = [row for one in self.subjects for row in one.rows]
        self.seen: dict[Point, dict[str, Seen]] = {}

    def _subjects(self, inputs: Sequence[Uncertain]) -> Iterator[Subject]:
        """The pairs and the claim, each with the inputs from which a way leads to its tests."""
        pairs, claim = self.deal.pairs, self.deal.claim
        ways = {one: Branch(self.run.values, one.base, ()) for one in inputs}

        def touching(*rows: Row) -> tuple[Uncertain, ...]:
            return tuple(one for one, way in ways.items() if any(map(way.touches, rows)))

        missing = {key: pair.row("support_needed") for key, pair in pairs.items()}
        for key, pair in pairs.items():
            tested = (pair.row("stands"), pair.row("covered_with_reserve"), missing[key])
            moved = touching(*tested) if self.run.read(pair.row("testable")) else ()
            yield Subject(key, pair.row("grade"), pair.row("stands"), (missing[key],), pair.row("clcr_floor"), moved)
        yield Subject(CLAIM, claim.row("h1"), claim.row("h1_code"), tuple(missing.values()), claim.row("lowest_clcr"),
                      touching(claim.row("h1_code")))

    def look(self, points: Iterable[Point]) -> None:
        """See every verdict at these points."""
        new = [point for point in dict.fromkeys(points) if point not in self.seen]
        for some in chunks(new, COLUMNS):
            graded = self._graded(some, self._all.evaluate([self.column(point) for point in some]))
            for n, point in enumerate(some):
                self.seen[point] = {one.key: see(one, graded, n) for one in self.subjects}

    def column(self, point: Point) -> Column:
        """A point in the scenario that is read."""
        return self.run.names.index(self.run.scenario), overrides(self.deal, self.run.scenario, point)

    @cached_property
    def _grades(self) -> Branch:
        """From what is stamped to the verdicts."""
        stressed = [pair.row("stressed").key for pair in self.deal.pairs.values()]
        return Branch(self.run.values, [*stressed, *self.stamps(self.deal, self.run.values)], self.rows)

    @cached_property
    def _all(self) -> Branch:
        """Everything that a verdict needs, up to what is stamped."""
        stamped = [row.key for row in self._grades.inputs]
        return Branch(self.run.values, [*self.keys, *stamped], [*self.rows, *self._grades.reads])

    def _graded(self, points: Sequence[Point], values: Values) -> Values:
        """The values with T4 and support as they are at each point."""
        told: dict[str, Any] = {**self._stressed(points, values), **self.stamps(self.deal, values)}
        columns = [(n, {key: float(flags[min(n, len(flags) - 1)]) for key, flags in told.items()}) for n in range(len(points))]
        return self._grades.evaluate(columns, over=values)

    def _stressed(self, points: Sequence[Point], values: Values) -> dict[str, list[float]]:
        """T4 at each point: the moderate scenarios, from base, on top of it; only where a pair is covered at all."""
        moderate, pairs = self.deal.case.scenarios.moderate, self.deal.pairs.values()
        stands = {pair: [n for n in range(len(points)) if values.one(pair.row("stands"), n)] for pair in pairs}
        found = {pair.row("stressed").key: [0.0] * len(points) for pair in pairs}
        asked = sorted({n for some in stands.values() for n in some}) if severe_enough(self.deal) else []
        tested = [pair.row("covered_with_reserve") for pair, some in stands.items() if some]
        stress = Branch(self.run.values, self.keys, tested)
        for some in chunks(asked, max(1, COLUMNS // len(moderate or [0]))):
            columns = [(self.run.names.index(name), overrides(self.deal, name, points[n])) for n in some for name in moderate]
            passed = stress.evaluate(columns)
            for row in tested:
                passes = np.broadcast_to(passed[row] == 1, (len(columns),)).reshape(len(some), len(moderate))
                for n, under in zip(some, passes.tolist(), strict=True):
                    found[row.block.row("stressed").key][n] = float(all(under))
        return found


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Lists of at most that many."""
    return (items[n : n + size] for n in range(0, len(items), size))
