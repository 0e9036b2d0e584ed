"""Every level of a driver at which a test turns, as far as a grid can see: one look at all grids, then all turns narrowed down.

What turns twice between two neighbouring points of the grid is not seen; the record tells how far apart these are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from model.bracket import Point, Turned, narrow
from model.reverse.line import Line
from model.reverse.look import Asked, Seer

GRID = 200
"""Points of the grid of one driver, about."""
COLUMNS = 1000
"""Points of one look while brackets are narrowed, about."""


@dataclass(frozen=True)
class Crossing:
    """Where a test turns: the last level that fails and its neighbour that passes; `above` where it fails above."""

    fails_at: float
    passes_at: float

    @property
    def above(self) -> bool:
        """Whether it is the higher levels that fail."""
        return self.fails_at > self.passes_at


@dataclass(frozen=True)
class Found:
    """A test along a line: whether it passes at the low end, and every turn on the way to the high one."""

    asked: Asked
    line: Line
    passes_low: bool
    crossings: tuple[Crossing, ...]

    def failing(self) -> list[tuple[float, float]]:
        """Levels that fail, from and to; the ends of the range are the ends of what was looked at."""
        ends = [] if self.passes_low else [self.line.driver.low]
        ends += [crossing.fails_at for crossing in self.crossings]
        ends += [self.line.driver.high] if len(ends) % 2 else []
        return list(zip(ends[::2], ends[1::2], strict=True))

    def passes(self, level: float) -> bool:
        """Whether it passes at a level that was not looked at, as the turns tell."""
        return not any(low <= level <= high for low, high in self.failing())

    def nearest(self, level: float) -> Crossing | None:
        """The turn next to a level."""
        return min(self.crossings, key=lambda crossing: abs(crossing.fails_at - level), default=None)


@dataclass
class Bracket:
    """Steps of a line between which a test turns: as at the low end of the bracket at `near`, not at `far`."""

    asked: Asked
    line: Line
    near: int
    far: int
    passes: bool

    def crossing(self) -> Crossing:
        """The turn, once the bracket is one step wide."""
        ends = self.line.level(self.far), self.line.level(self.near)
        return Crossing(*ends) if self.passes else Crossing(*ends[::-1])


def find(look: Seer, tests: Sequence[Asked], lines: Sequence[Line], points: int = GRID) -> list[Found]:
    """Every test on every line, tests outside and lines inside."""
    grids = {line: line.grid(points, look.now[line.driver.key]) for line in lines}
    seen = look([line.at(n) for line, steps in grids.items() for n in steps])
    found: list[tuple[Asked, Line, bool, list[Bracket]]] = []
    for asked in tests:
        at = 0
        for line, steps in grids.items():
            passes = seen[asked][at : at + len(steps)].tolist()
            at += len(steps)
            found.append((asked, line, passes[0], list(brackets(asked, line, steps, passes))))
    narrow([bracket for *_, some in found for bracket in some], lambda steps: turned(look, steps), COLUMNS)
    return [Found(asked, line, low, tuple(b.crossing() for b in some)) for asked, line, low, some in found]


def brackets(asked: Asked, line: Line, steps: Sequence[int], passes: Sequence[bool]) -> Iterator[Bracket]:
    """Neighbours on the grid of which one passes and the other fails."""
    for (near, before), (far, after) in pairwise(zip(steps, passes, strict=True)):
        if before != after:
            yield Bracket(asked, line, near, far, before)


def turned(look: Seer, points: Sequence[Point]) -> Turned[Bracket]:
    """Whether the test of a bracket is at a point what it is not at its near end."""
    seen = look([line.at(n) for line, n in points])
    return lambda bracket, at: bool(seen[bracket.asked][at] != bracket.passes)
