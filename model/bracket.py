"""Where something turns, found in whole steps: all brackets are cut at once, again and again, until each is one step wide."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol, TypeVar

COLUMNS = 240
"""Points of one evaluation while brackets are narrowed, about."""

Point = tuple[Any, int]
"""A line on which something moves, and whole steps along it."""


class Bracket(Protocol):
    """Steps along a line between which something turns: as it was at `near`, not at `far`."""

    near: int
    far: int

    @property
    def line(self) -> Hashable:
        """What is the same for all brackets whose points are the same."""


B = TypeVar("B", bound=Bracket)
Turned = Callable[[B, int], bool]
"""Whether a bracket has turned at the point of that number."""


def whole_steps(first: int, last: int, pieces: int) -> list[int]:
    """Whole numbers from `first` to `last`, evenly spread, both included, none twice."""
    return sorted({round(first + (last - first) * k / pieces) for k in range(pieces + 1)})


def narrow(brackets: Sequence[B], look: Callable[[list[Point]], Turned[B]], columns: int = COLUMNS) -> None:
    """One look a round; of each bracket the first piece in which it turns is kept. What several ask for is looked at once."""
    while wide := [bracket for bracket in brackets if bracket.far - bracket.near > 1]:
        pieces = max(4, columns // len({(bracket.line, bracket.near, bracket.far) for bracket in wide}))
        cuts = [whole_steps(bracket.near, bracket.far, pieces)[1:-1] for bracket in wide]
        points = list(dict.fromkeys((b.line, n) for b, steps in zip(wide, cuts, strict=True) for n in steps))
        turned, place = look(points), {point: at for at, point in enumerate(points)}
        for bracket, steps in zip(wide, cuts, strict=True):
            first = next((k for k, n in enumerate(steps) if turned(bracket, place[bracket.line, n])), len(steps))
            ends = [bracket.near, *steps, bracket.far]
            bracket.near, bracket.far = ends[first], ends[first + 1]
