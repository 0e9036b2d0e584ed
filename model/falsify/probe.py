"""Whether a pair is covered under combinations of stresses, and by how much: many in one evaluation, each only once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from model.cases import Run
from model.falsify.space import Combination, Space
from model.sheet.figures import Figures

FIGURES = ("covered", "dscr_floor", "clcr_floor", "uncovered_balance", "highest_exposure")
FAR = 10.0  # a cover beyond it guides no search


@dataclass(frozen=True)
class Look:
    """What a combination does to the pair: T1 to T3 without support, and the least cover of service and of balance.

    A balance that is left uncovered at the end counts as cover that is missing, as a share of the highest balance.
    """

    covered: bool
    cover: float


class Probe:
    """Looks of one pair in one scenario. `watch` is told after each evaluation."""

    def __init__(self, run: Run, pair: str, space: Space, watch: Callable[[Probe], None] | None = None) -> None:
        block = run.deal.pairs[pair]
        self.run, self.pair, self.space, self.watch = run, pair, space, watch
        self.rows = {name: block.row(name) for name in FIGURES}
        self.figures = Figures(run.values, [axis.driver.key for axis in space.axes], self.rows.values(),
                               run.names.index(run.scenario))
        self.required = float(run.read(block.row("required")))
        self.looked: dict[Combination, Look] = {}

    @property
    def tries(self) -> int:
        """Different combinations looked at."""
        return sum(1 for combination in self.looked if combination)

    @property
    def lowest(self) -> float:
        """The least cover seen."""
        return min(look.cover for look in self.looked.values())

    def look(self, combinations: Iterable[Combination]) -> list[Look]:
        """Each combination, in the order asked."""
        asked = list(combinations)
        if fresh := [one for one in dict.fromkeys(asked) if one not in self.looked]:
            self.looked.update(zip(fresh, self._evaluate(fresh), strict=True))
            if self.watch:
                self.watch(self)
        return [self.looked[one] for one in asked]

    def breaking(self, combinations: Iterable[Combination]) -> list[Combination]:
        """Those that leave the pair uncovered."""
        asked = list(combinations)
        return [one for one, look in zip(asked, self.look(asked), strict=True) if not look.covered]

    def _evaluate(self, fresh: list[Combination]) -> list[Look]:
        found = self.figures(self.space.told(fresh))
        told = {name: np.broadcast_to(found[row], (len(fresh),)) for name, row in self.rows.items()}
        left = told["uncovered_balance"] / np.maximum(told["highest_exposure"], 1.0)
        cover = np.minimum(told["dscr_floor"], told["clcr_floor"] / self.required) - left
        cover = np.clip(np.nan_to_num(cover, nan=FAR), -FAR, FAR)
        return [Look(bool(one > 0), float(by)) for one, by in zip(told["covered"], cover, strict=True)]
