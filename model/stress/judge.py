"""Many scenarios judged at once: the tests of every pair, the smallest support of each, the claim and the company."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from model.minimal import SETS
from model.sheet import Figures, Row
from model.sheet.formula import Array

if TYPE_CHECKING:
    from model.cases import Run

OF_PAIR = ("testable", "code", "t1", "t1_date", "first_shortfall", "t2", "t2_date", "uncovered_balance", "t3", "t3_date",
           "first_deficit", "min_dscr", "min_dscr_date", "min_clcr", "min_clcr_date", "covered", "support_needed",
           "worst_loss", "worst_date", "t6", "tail_months", "required")
OF_CLAIM = ("h1_code", "h2_code", "h3a_code", "h3b_code")
Case = Mapping[str, float]


@dataclass(frozen=True)
class Judged:
    """Figures by row and column, and by pair and column the letters of the smallest support (none where it needs none)."""

    values: Mapping[Row, Array]
    letters: Mapping[str, Sequence[str]]

    def __call__(self, row: Row, column: int) -> float:
        """One figure."""
        return float(self.values[row][column])

    def grade(self, key: str, code: Row, column: int) -> str:
        """Grade of a pair."""
        return ("A", "B", "C-" + self.letters[key][column], "D", "N")[round(self(code, column)) - 1]


class Judge:
    """Judges columns of overrides on top of the scenario that is read; T4 stays what it is from base (RULES 6)."""

    def __init__(self, run: Run, cases: Sequence[Case], more: Sequence[Row] = ()) -> None:
        self.run, self.cases, deal = run, cases, run.deal
        self.keys = list(dict.fromkeys(key for case in cases for key in case))
        self.flags = {key: backing.flags() for key, backing in deal.backings.items() if backing.letters}
        moved = [*self.keys, *(row.key for flags in self.flags.values() for row in flags.values())]
        scenario = run.names.index(run.scenario)
        pairs = [pair.row(name) for pair in deal.pairs.values() for name in OF_PAIR]
        claim = [deal.claim.row(name) for name in OF_CLAIM]
        self.goals = {key: (deal.pairs[key], deal.backings[key]) for key in self.flags}
        searched = [row for pair, backing in self.goals.values() for row in (
            pair.row("testable"), pair.row("covered"), *([backing.cover.row("covered")] if backing.cover else []))]
        self.search = Figures(run.values, moved, searched, scenario)
        self.figures = Figures(run.values, moved, [*pairs, *claim, *more], scenario)

    def __call__(self) -> Judged:
        """Every column with the smallest documented support that lets each pair pass."""
        told, width = self._told(), len(self.cases)
        letters = {key: np.full(width, "", dtype=object) for key in self.run.deal.pairs}
        for key, found in self._smallest(told):
            letters[key][:] = found
        stamped = {row.key: np.array([float(letter in one) for one in letters[key]])
                   for key, flags in self.flags.items() for letter, row in flags.items()}
        return Judged(self.figures({**told, **stamped}), {key: list(found) for key, found in letters.items()})

    def _told(self) -> dict[str, Array]:
        """One column a case; what a case leaves alone stays where the scenario has it."""
        now = {key: float(self.figures.now(key)) for key in self.keys}
        return {key: np.array([case.get(key, now[key]) for case in self.cases]) for key in self.keys}

    def _smallest(self, told: Mapping[str, Array]) -> Iterator[tuple[str, Any]]:
        """By pair: the letters of its smallest set in each column; sets in the order of RULES 6, each on open columns only."""
        width = len(self.cases)
        found = {key: np.full(width, "", dtype=object) for key in self.flags}
        first = self._tried(told, np.arange(width), "") if self.flags else {}
        open_in = {key: (first[pair.row("testable")] > 0) & (first[pair.row("covered")] <= 0)
                   for key, (pair, _) in self.goals.items()}
        for letters in SETS:
            keys = [key for key in self.flags if set(letters) <= set(self.flags[key]) and open_in[key].any()]
            if not keys:
                continue
            at = np.flatnonzero(np.any([open_in[key] for key in keys], axis=0))
            tried = self._tried(told, at, letters)
            for key in keys:
                cover = self.goals[key][1].cover
                passes = np.zeros(width, dtype=bool)
                passes[at] = tried[cover.row("covered")] > 0 if cover else False
                found[key][open_in[key] & passes] = letters
                open_in[key] &= ~passes
        yield from found.items()

    def _tried(self, told: Mapping[str, Array], at: Array, letters: str) -> dict[Row, Array]:
        """The columns with these letters and no others counting."""
        flags = {row.key: np.full(len(at), float(letter in letters))
                 for one in self.flags.values() for letter, row in one.items()}
        return self.search({**{key: array[at] for key, array in told.items()}, **flags})
