"""Grade A along a driver: covered, and covered under every moderate scenario (T4) with the driver moved as far from where that
scenario holds it. Under moderate scenarios funded reserves may be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from model.certainty.uncertain import admitted
from model.reverse.look import Asked, Levels, Look
from model.sheet.formula import Array
from model.verdict import severe_enough

GRADE = "A"


class GradeA:
    """Whether pairs have grade A at points; where the moderate set is too mild for T4, nothing is asked."""

    def __init__(self, look: Look) -> None:
        self.look, self.now, deal = look, look.now, look.run.deal
        self.covered = {one.pair: one for one in look.asked if one.test == "covered"}
        self.asked = [Asked(key, GRADE, deal.pairs[key].row("covered_with_reserve"), 1.0) for key in self.covered
                      if severe_enough(deal)]
        self.moderate = [deal.scenarios[name] for name in deal.case.scenarios.moderate]
        self.base = Look(look.run.under("base"), look.drivers, self.asked, [key for held in self.moderate for key in held])

    def __call__(self, points: Sequence[Levels]) -> Mapping[Asked, Array]:
        """For every pair whether it has grade A, by point."""
        if not self.asked:
            return {}
        covered = self.look(points)
        stressed = self.base([self._moved(held, point) for held in self.moderate for point in points])
        self.look.columns += len(self.moderate) * len(points)
        return {one: covered[self.covered[one.pair]] & stressed[one].reshape(len(self.moderate), -1).all(axis=0)
                for one in self.asked}

    def _moved(self, held: Levels, point: Levels) -> Levels:
        """A moderate scenario, from base, with drivers as far from it as a point is from the scenario that is read."""
        rows = self.look.run.deal.book.by_key
        return {**held, **{key: admitted(rows[key], level + (held.get(key, self.base.now[key]) - self.now[key]))
                           for key, level in point.items()}}

    def passes_now(self) -> dict[Asked, bool]:
        """Whether each pair has the grade in the scenario that is read."""
        return {one: bool(passes[0]) for one, passes in self([self.now]).items()}
