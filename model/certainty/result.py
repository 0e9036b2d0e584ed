"""What is said of how sure a verdict is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from model.certainty.uncertain import End, Uncertain

CLAIM = "claim"
GRADES, SUFFIXES = "ABCDN", "VLXFG"
H_WORDS = ("holds", "holds_if_assumed", "not_proven", "fails")
NOTHING, CORNERS, SINGLES = "no ranges", "all corners", "single moves and the joint ends"


def rank(label: str) -> tuple[int, ...]:
    """Grades and values of H1 from best to worst; of grades with support, fewer and earlier kinds are better."""
    if label in H_WORDS:
        return (H_WORDS.index(label),)
    suffixes = label.partition("-")[2]
    return GRADES.index(label[0]), len(suffixes), *(SUFFIXES.index(one) for one in suffixes)


@dataclass(frozen=True)
class Flip:
    """Where a verdict first turns as one input moves: how far on the way to that end, and the inputs there."""

    input: Uncertain
    end: End
    way: float
    levels: Mapping[str, float]
    before: str
    after: str

    @property
    def at(self) -> float | None:
        """The level, where one number moves."""
        found = set(self.levels.values())
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True)
class Sureness:
    """How sure one verdict is: the uncertain inputs that move it at all, those that turn it, and the range of its words."""

    inputs: tuple[Uncertain, ...]
    flips: tuple[Flip, ...]
    best: str
    worst: str
    method: str

    @property
    def robust(self) -> bool | None:
        """Whether no uncertain input alone turns the verdict; None where nothing that it rests on has a range."""
        return not self.flips if self.inputs else None
