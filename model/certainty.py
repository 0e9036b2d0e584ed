"""How sure a verdict is: does it turn while what is uncertain stays within its range, where, and between which grades it lies.

Each uncertain input is walked alone from the central case to its ends, in quarters; where the verdict turns, the place is
narrowed down. Then all of them are put to their ends together. A verdict turns when a pair that is covered by its own
contract (A, B) no longer is (C, D), or the other way; the claim turns with the value of H1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from model.break_even import whole_steps
from model.deal import Deal
from model.sheet import Branch, Column, Row, Values
from model.sheet.formula import Array
from model.uncertain import ENDS, End, Point, Uncertain, overrides, uncertain_inputs
from model.verdict import severe_enough

if TYPE_CHECKING:
    from model.cases import Run

GRID = (0.25, 0.5, 0.75, 1.0)
STEPS = 10**7
"""Steps from the central case to an end; a place where a verdict turns is found to one of them."""
COLUMNS = 360
"""Points of one evaluation, about."""
ALL_CORNERS = 6
"""Uncertain inputs up to which every corner of their ranges is looked at."""
CLAIM = "claim"
GRADES, SUFFIXES = "ABCDN", "VLXFG"
WORDS = ("holds", "holds_if_assumed", "not_proven", "fails")
NOTHING, CORNERS, SINGLES = "no ranges", "all corners", "single moves and the joint ends"

Stamps = Callable[[Deal, Values], Mapping[str, Array]]
"""What the engine stamps on the pairs besides T4, by input and column."""


def rank(label: str) -> tuple[int, ...]:
    """Grades and values of H1 from best to worst; of grades with support, fewer and earlier kinds are better."""
    if label in WORDS:
        return (WORDS.index(label),)
    suffixes = label.partition("-")[2]
    return GRADES.index(label[0]), len(suffixes), *(SUFFIXES.index(s) for s in suffixes)


@dataclass(frozen=True, eq=False)
class Subject:
    """A verdict that may turn: the row of its words, the row that turns with it, and rows that tell how bad it is."""

    key: str
    label: Row
    side: Row
    missing: tuple[Row, ...]
    cover: Row
    inputs: tuple[Uncertain, ...]


@dataclass(frozen=True)
class Seen:
    """A verdict at a point: its words, its side, and how bad it is (the higher the worse)."""

    label: str
    side: float
    harm: tuple[Any, ...]


@dataclass(frozen=True)
class Flip:
    """Where a verdict first turns as one input moves: how far on the way to that end, and the inputs there."""

    input: Uncertain
    end: End
    way: float
    levels: Mapping[str, float]
    before: str
    after: str


@dataclass(frozen=True)
class Sureness:
    """How sure one verdict is."""

    inputs: tuple[Uncertain, ...]
    flips: tuple[Flip, ...]
    best: str
    worst: str
    method: str

    @property
    def robust(self) -> bool | None:
        """Whether no uncertain input alone turns the verdict; None where nothing that it rests on has a range."""
        return not self.flips if self.inputs else None


@dataclass
class Bracket:
    """Steps of an input on its way to an end between which a verdict turns: as in the central case at `near`, not at `far`."""

    subject: Subject
    input: Uncertain
    end: End
    near: int
    far: int
    now: float
    after: str

    def point(self, step: int) -> Point:
        """The input alone, so many steps on its way."""
        return ((self.input, self.end, step / STEPS),)


def certainty(run: Run, stamps: Stamps) -> dict[str, Sureness]:
    """How sure the verdict on each pair is, and on the claim (last, under `claim`), in the scenario that is read."""
    search = Search(run, stamps)
    if not search.inputs:
        return {one.key: Sureness((), (), label, label, NOTHING)
                for one in search.subjects for label in [str(run.read(one.label))]}
    search.look([(), *single_moves(search.inputs), *search.corners()])
    search.look(search.joint_ends())
    search.narrow()
    return {one.key: search.sureness(one) for one in search.subjects}


def single_moves(inputs: Iterable[Uncertain]) -> Iterator[Point]:
    """Each input alone, in quarters towards each end."""
    return (((one, end, way),) for one in inputs for end in ENDS if one.moves_to(end) for way in GRID)


class Search:
    """Evaluates the verdicts of one scenario at points, and remembers what it saw."""

    def __init__(self, run: Run, stamps: Stamps) -> None:
        self.run, self.deal, self.stamps = run, run.deal, stamps
        decided = self.deal.scenarios[run.scenario]
        self.inputs = [one for one in uncertain_inputs(self.deal) if one.base.keys().isdisjoint(decided)]
        self.subjects = list(self._subjects())
        self.seen: dict[Point, dict[str, Seen]] = {}
        self.brackets: list[Bracket] = []

    def _subjects(self) -> Iterator[Subject]:
        pairs, claim = self.deal.pairs, self.deal.claim
        touching = {one: Branch(self.run.values, one.base, ()) for one in self.inputs}
        missing = {key: pair.row("support_needed") for key, pair in pairs.items()}

        def inputs(*rows: Row) -> tuple[Uncertain, ...]:
            return tuple(one for one, branch in touching.items() if any(map(branch.touches, rows)))

        for key, pair in pairs.items():
            tested = (pair.row("stands"), pair.row("covered_with_reserve"), missing[key])
            moved = inputs(*tested) if self.run.read(pair.row("testable")) else ()
            yield Subject(key, pair.row("grade"), pair.row("stands"), (missing[key],), pair.row("clcr_floor"), moved)
        yield Subject(CLAIM, claim.row("h1"), claim.row("h1_code"), tuple(missing.values()), claim.row("lowest_clcr"),
                      inputs(claim.row("h1_code")))

    # ---- points ------------------------------------------------------------------------------------------------------

    def corners(self) -> Iterator[Point]:
        """Every combination of ends of what touches a verdict, where that is little."""
        for inputs in dict.fromkeys(one.inputs for one in self.subjects):
            for ends in product(ENDS, repeat=len(inputs)) if len(inputs) <= ALL_CORNERS else ():
                yield corner(zip(inputs, ends, strict=True))

    def joint_ends(self) -> Iterator[Point]:
        """All harmful and all helpful ends together, as single moves show them, where there are too many corners."""
        for subject in self.subjects:
            if len(subject.inputs) > ALL_CORNERS:
                for pick in (max, min):
                    yield corner((one, end) for one in subject.inputs if (end := self._end(subject, one, pick)))

    def _end(self, subject: Subject, one: Uncertain, pick: Any) -> End | None:
        """The end of an input that is worst (max) or best (min) for a verdict; None where that is the central case."""
        ends: list[End | None] = [None, *(end for end in ENDS if one.moves_to(end))]
        found: End | None = pick(ends, key=lambda end: self.seen[corner([(one, end)] if end else [])][subject.key].harm)
        return found

    # ---- looking -----------------------------------------------------------------------------------------------------

    @cached_property
    def _keys(self) -> list[str]:
        return list(dict.fromkeys(key for one in self.inputs for key in one.base))

    @cached_property
    def _rows(self) -> list[Row]:
        return [row for one in self.subjects for row in (one.label, one.side, one.cover, *one.missing)]

    @cached_property
    def _grades(self) -> Branch:
        """From what is stamped to the verdicts."""
        stressed = [pair.row("stressed").key for pair in self.deal.pairs.values()]
        return Branch(self.run.values, [*stressed, *self.stamps(self.deal, self.run.values)], self._rows)

    @cached_property
    def _all(self) -> Branch:
        """Everything that a verdict needs, up to what is stamped."""
        stamped = [row.key for row in self._grades.inputs]
        return Branch(self.run.values, [*self._keys, *stamped], [*self._rows, *self._grades.reads])

    def look(self, points: Iterable[Point]) -> None:
        """See every verdict at these points."""
        new = [point for point in dict.fromkeys(points) if point not in self.seen]
        for some in chunks(new, COLUMNS):
            values = self._all.evaluate([self._column(point) for point in some])
            graded = self._graded(some, values)
            for n, point in enumerate(some):
                self.seen[point] = {one.key: see(one, graded, n) for one in self.subjects}

    def _column(self, point: Point) -> Column:
        """A point in the scenario that is read."""
        return self.run.names.index(self.run.scenario), overrides(self.deal, self.run.scenario, point)

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
        stress = Branch(self.run.values, self._keys, tested)
        for some in chunks(asked, COLUMNS // len(moderate or [0])):
            columns = [(self.run.names.index(name), overrides(self.deal, name, points[n])) for n in some for name in moderate]
            passed = stress.evaluate(columns)
            for row in tested:
                passes = np.broadcast_to(passed[row] == 1, (len(columns),)).reshape(len(some), len(moderate))
                for n, under in zip(some, passes.tolist(), strict=True):
                    found[row.block.row("stressed").key][n] = float(all(under))
        return found

    # ---- where a verdict turns ---------------------------------------------------------------------------------------

    def narrow(self) -> None:
        """Cut every bracket again and again, all of them in one evaluation a round, until it is one step wide."""
        self.brackets = [found for one in self.subjects for found in self._turns(one)]
        keys = dict.fromkeys(key for b in self.brackets for key in b.input.base)
        sides = Branch(self.run.values, keys, [b.subject.side for b in self.brackets])
        while wide := [b for b in self.brackets if b.far - b.near > 1]:
            pieces = max(4, COLUMNS // len({(b.input, b.end, b.near, b.far) for b in wide}))
            cuts = [whole_steps(b.near, b.far, pieces)[1:-1] for b in wide]
            points = list(dict.fromkeys(b.point(n) for b, steps in zip(wide, cuts, strict=True) for n in steps))
            values, place = sides.evaluate([self._column(point) for point in points]), {p: n for n, p in enumerate(points)}
            for bracket, steps in zip(wide, cuts, strict=True):
                turned = [values.one(bracket.subject.side, place[bracket.point(n)]) != bracket.now for n in steps]
                first = turned.index(True) if any(turned) else len(steps)
                ends = [bracket.near, *steps, bracket.far]
                bracket.near, bracket.far = ends[first], ends[first + 1]

    def _turns(self, subject: Subject) -> Iterator[Bracket]:
        """The first quarter of the way of each input in which a verdict turns."""
        now = self.seen[()][subject.key].side
        for one in subject.inputs:
            for end in (end for end in ENDS if one.moves_to(end)):
                way = [self.seen[((one, end, part),)][subject.key] for part in GRID]
                first = next((n for n, seen in enumerate(way) if seen.side != now), None)
                if first is not None:
                    steps = [0, *(round(part * STEPS) for part in GRID)]
                    yield Bracket(subject, one, end, steps[first], steps[first + 1], now, way[first].label)

    # ---- what was seen -----------------------------------------------------------------------------------------------

    def sureness(self, subject: Subject) -> Sureness:
        """What is said of one verdict."""
        labels = sorted((seen[subject.key].label for seen in self.seen.values()), key=rank)
        flips = sorted((self._flip(b) for b in self.brackets if b.subject is subject),
                       key=lambda flip: (flip.way, flip.input.name, flip.end))
        method = NOTHING if not subject.inputs else CORNERS if len(subject.inputs) <= ALL_CORNERS else SINGLES
        return Sureness(subject.inputs, tuple(flips), labels[0], labels[-1], method)

    def _flip(self, found: Bracket) -> Flip:
        levels = overrides(self.deal, self.run.scenario, found.point(found.far))
        return Flip(found.input, found.end, found.far / STEPS, levels, self.seen[()][found.subject.key].label, found.after)


def corner(ends: Iterable[tuple[Uncertain, End]]) -> Point:
    """Inputs at their ends; an end that is the central case itself moves nothing."""
    return tuple((one, end, 1.0) for one, end in ends if one.moves_to(end))


def see(subject: Subject, values: Values, column: int) -> Seen:
    """A verdict in one column: worse is a worse word, then more that is missing, then less cover."""
    label, missing = str(values.one(subject.label, column)), sum(float(values.one(row, column)) for row in subject.missing)
    return Seen(label, float(values.one(subject.side, column)),
                (rank(label), missing, -float(values.one(subject.cover, column))))


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Lists of at most that many."""
    return (items[n : n + size] for n in range(0, len(items), size))
