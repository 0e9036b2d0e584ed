"""Where verdicts turn, and the best and the worst that they can be.

Each uncertain input is walked alone from the central case to its ends, in quarters; where a verdict turns, the place is
narrowed down. Then the inputs are put to their ends together. A verdict turns when a pair that is covered by its own
contract (A, B) no longer is (C, D), or the other way; the claim turns with the value of H1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from model.bracket import Point as Step
from model.bracket import Turned, narrow
from model.certainty.look import COLUMNS, Look, Seen, Stamps, Subject
from model.certainty.result import CORNERS, NOTHING, SINGLES, Flip, Sureness, rank
from model.certainty.uncertain import ENDS, End, Point, Uncertain, overrides, uncertain_inputs
from model.sheet import Branch

if TYPE_CHECKING:
    from model.cases import Run

GRID = (0.25, 0.5, 0.75, 1.0)
STEPS = 10**7
"""Steps from the central case to an end; a place where a verdict turns is found to one of them."""
ALL_CORNERS = 6
"""Uncertain inputs up to which every corner of their ranges is looked at."""
BASE: Point = ()


def certainty(run: Run, stamps: Stamps) -> dict[str, Sureness]:
    """How sure the verdict on each pair is, and on the claim (last, under `claim`), in the scenario that is read.

    What that scenario sets itself is decided there, not uncertain.
    """
    decided = run.deal.scenarios[run.scenario]
    inputs = [one for one in uncertain_inputs(run.deal) if one.base.keys().isdisjoint(decided)]
    look = Look(run, stamps, inputs)
    if not inputs:
        labels = {one.key: str(run.read(one.label)) for one in look.subjects}
        return {key: Sureness((), (), label, label, NOTHING) for key, label in labels.items()}
    return Search(look, inputs).found()


class Search:
    """Looks at the verdicts where they may turn."""

    def __init__(self, look: Look, inputs: list[Uncertain]) -> None:
        self.look, self.inputs, self.subjects = look, inputs, look.subjects
        self.together = {one: one.inputs for one in self.subjects}

    def found(self) -> dict[str, Sureness]:
        """What is said of every verdict."""
        singles = [BASE, *single_moves(self.inputs)]
        if any(len(one.inputs) > ALL_CORNERS for one in self.subjects):
            self.look.look(singles)
            self._leave_out()
        self.look.look([*singles, *self._corners(), *self._joint_ends()])
        brackets = [bracket for one in self.subjects for bracket in self._turns(one)]
        refine(self.look, brackets)
        return {one.key: self._sureness(one, [b for b in brackets if b.subject is one]) for one in self.subjects}

    # ---- points ------------------------------------------------------------------------------------------------------

    def _leave_out(self) -> None:
        """Where there are too many corners, only inputs that alone change something are moved together."""
        for one in self.subjects:
            if len(one.inputs) > ALL_CORNERS:
                self.together[one] = tuple(each for each in one.inputs if self._moves(one, each))

    def _corners(self) -> Iterator[Point]:
        """Every combination of ends of what moves a verdict, where that is little."""
        for inputs in dict.fromkeys(self.together.values()):
            for ends in product(ENDS, repeat=len(inputs)) if len(inputs) <= ALL_CORNERS else ():
                yield corner(zip(inputs, ends, strict=True))

    def _joint_ends(self) -> Iterator[Point]:
        """All harmful and all helpful ends together, as single moves show them, where there are too many corners."""
        for subject, inputs in self.together.items():
            if len(inputs) > ALL_CORNERS:
                for pick in (max, min):
                    yield corner((one, end) for one in inputs if (end := self._end(subject, one, pick)))

    def _end(self, subject: Subject, one: Uncertain, pick: Callable[..., End | None]) -> End | None:
        """The end of an input that is worst (max) or best (min) for a verdict; None where that is the central case."""
        ends: list[End | None] = [None, *(end for end in ENDS if one.moves_to(end))]
        return pick(ends, key=lambda end: self._seen(corner([(one, end)] if end else []), subject).harm)

    # ---- what was seen -----------------------------------------------------------------------------------------------

    def _seen(self, point: Point, subject: Subject) -> Seen:
        return self.look.seen[point][subject.key]

    def _moves(self, subject: Subject, one: Uncertain) -> bool:
        """Whether an input changes anything of a verdict, at any of the points that were looked at."""
        beside: dict[Point, set[Seen]] = {}
        for point in self.look.seen:
            rest = tuple(part for part in point if part[0] is not one)
            beside.setdefault(rest, set()).add(self._seen(point, subject))
        return any(len(seen) > 1 for seen in beside.values())

    def _turns(self, subject: Subject) -> Iterator[Bracket]:
        """The first quarter of the way of each input in which a verdict turns."""
        now, steps = self._seen(BASE, subject).side, [0, *(round(part * STEPS) for part in GRID)]
        for one, end in ((one, end) for one in subject.inputs for end in ENDS if one.moves_to(end)):
            way = [self._seen(((one, end, part),), subject) for part in GRID]
            first = next((n for n, seen in enumerate(way) if seen.side != now), None)
            if first is not None:
                yield Bracket(subject, one, end, steps[first], steps[first + 1], now, way[first].label)

    def _sureness(self, subject: Subject, brackets: Iterable[Bracket]) -> Sureness:
        """What is said of one verdict."""
        labels = sorted((seen[subject.key].label for seen in self.look.seen.values()), key=rank)
        flips = sorted((self._flip(bracket) for bracket in brackets), key=lambda flip: (flip.way, flip.input.name, flip.end))
        moved = tuple(one for one in subject.inputs if self._moves(subject, one))
        method = NOTHING if not moved else CORNERS if len(self.together[subject]) <= ALL_CORNERS else SINGLES
        return Sureness(moved, tuple(flips), labels[0], labels[-1], method)

    def _flip(self, found: Bracket) -> Flip:
        levels = overrides(self.look.deal, self.look.run.scenario, found.point(found.far))
        return Flip(found.input, found.end, found.far / STEPS, levels, self._seen(BASE, found.subject).label, found.after)


def single_moves(inputs: Iterable[Uncertain]) -> Iterator[Point]:
    """Each input alone, in quarters towards each end."""
    return (((one, end, way),) for one in inputs for end in ENDS if one.moves_to(end) for way in GRID)


def corner(ends: Iterable[tuple[Uncertain, End]]) -> Point:
    """Inputs at their ends; an end that is the central case itself moves nothing."""
    return tuple((one, end, 1.0) for one, end in ends if one.moves_to(end))


# ---- the place where a verdict turns ---------------------------------------------------------------------------------


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

    @property
    def line(self) -> tuple[Uncertain, End]:
        """What moves, and which way."""
        return self.input, self.end

    def point(self, step: int) -> Point:
        """The input alone, so many steps on its way."""
        return ((self.input, self.end, step / STEPS),)


def refine(look: Look, brackets: list[Bracket]) -> None:
    """Every place where a verdict turns, to one step."""
    keys = dict.fromkeys(key for bracket in brackets for key in bracket.input.base)
    sides = Branch(look.run.values, keys, [bracket.subject.side for bracket in brackets])

    def turned(steps: list[Step]) -> Turned[Bracket]:
        values = sides.evaluate([look.column(((*line, n / STEPS),)) for line, n in steps])
        return lambda bracket, at: bool(values.one(bracket.subject.side, at) != bracket.now)

    narrow(brackets, turned, COLUMNS)
