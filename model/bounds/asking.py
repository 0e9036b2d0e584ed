"""The number to ask for: how much one more disclosure would narrow what is not known.

Three ranges: of the balance left uncovered, of the worst pair's cover, of the average margin between where the claim can be true
and where it must be. What would be answered is not known, so answers are tried from one end to the other: that of the world with
the highest cover, that with the most uncovered, and one halfway. Whatever the answer, ranges can only shrink; a disclosure is
worth asking for by what it narrows whichever of them it is, then on average.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import fsum

import numpy as np

from model.bounds import questions as ask
from model.bounds.certificate import upper
from model.bounds.disclosures import FREE, NONE, Facts
from model.bounds.programme import Line, Programme, Terms, plus
from model.bounds.solving import best, feasible

WITHIN = 1e-4  # USD m by which an answer may be off
CLOSE = 1e-4
HALFWAY = 0.5
FIGURES = ("uncovered", "worst_cover", "margin")
DIRECTIONS = (2, 3, 5, 7)
SHORT = 4  # that are asked again in short windows
Ends = tuple[float, float]


@dataclass(frozen=True)
class Asked:
    """Something that could be disclosed: the sums that it would tell, or the ratio."""

    subject: str
    words: str
    sums: tuple[Terms, ...]
    ratio: tuple[Terms, Terms] | None = None

    def told(self, programme: Programme, at: np.ndarray) -> list[Line]:
        """The rows of the answer that a world gives."""
        lines = [Line(terms, value - WITHIN, value + WITHIN) for terms in self.sums for value in [programme.read(at, terms)]]
        if self.ratio:
            above, below = (programme.read(at, terms) for terms in self.ratio)
            if below > WITHIN:
                lines.append(Line(plus((1.0, self.ratio[0]), (-above / below, self.ratio[1])), -WITHIN, WITHIN))
        return lines


@dataclass(frozen=True)
class Worth:
    """The range of a figure, and what each answer takes off it."""

    subject: str
    words: str
    whole: Ends
    narrows: tuple[float, ...]

    @property
    def most(self) -> float:
        """The most that an answer narrows."""
        return max(self.narrows)

    @property
    def least(self) -> float:
        """What every answer narrows."""
        return min(self.narrows)

    @property
    def mean(self) -> float:
        """On average over the answers that were tried."""
        return fsum(self.narrows) / len(self.narrows)


def candidates(programme: Programme) -> Iterator[Asked]:
    """What could be disclosed of contracts and loans, one thing at a time."""
    p, names = programme, programme.facts.names
    for c in p.contracts:
        yield Asked(c, f"the margin of {names[c]}", (), (p.earned([c], p.span), p.sum("rev", [c], [NONE], p.span)))
        yield Asked(c, f"the revenue of {names[c]} by period", tuple(p.one("rev", c, NONE, w) for w in p.span))
        yield Asked(c, f"the prepayment held from {names[c]}", (p.sum("pre", [c], [NONE], p.span),))
        yield Asked(c, f"how much of {names[c]}'s cash is pledged to lenders", (p.sum("got", [c], p.loans, p.span),))
    for loan in p.loans:
        life, every = range(p.owed[loan].last + 1), (*p.contracts, NONE)
        slices = tuple(p.sum("due", [c], [loan], life) for c in every)
        cash = tuple(p.cash(c, loan, w) for c in p.contracts for w in life)
        yield Asked(loan, f"the instalments of {names[loan]} by period", tuple(p.sum("due", every, [loan], [w]) for w in life))
        yield Asked(loan, f"the collateral of {names[loan]}: its contracts, how much on each, and their cash", (*slices, *cash))
    yield Asked("all", "contracted revenue by period", tuple(p.sum("rev", p.contracts, [NONE], [w]) for w in p.span))
    yield Asked("all", "the average margin of all contracts", (),
                (p.earned(p.contracts, p.span), p.sum("rev", p.contracts, [NONE], p.span)))


Ranked = dict[str, list[Worth]]
"""By figure, the best first."""


class Asking:
    """Every candidate by what it narrows of each figure, the best first."""

    def __init__(self, facts: Facts, tick: Callable[[], None] = lambda: None) -> None:
        self.can, self.tick = Programme(facts), tick
        self.world = self.can.world(ask.least_uncovered(self.can).at)
        self.free = Programme(ask.free_margins(facts))
        self.answers = self._answers()

    def _answers(self) -> list[np.ndarray]:
        """Worlds that give the answers: amid those at either end, and halfway, which all facts allow too."""
        p = self.world
        top, worst = ask.highest_cover(p, p.pairs.values(), [p.no_debt_without_contract()], CLOSE), ask.greatest_uncovered(p)
        good, bad = amid(p, _covered(p, top.value) if top else []), amid(p, [_uncovered(p, worst)])
        return [good, HALFWAY * good + (1.0 - HALFWAY) * bad, bad]

    def found(self, only: Mapping[str, Collection[str]] | None = None) -> Ranked:
        """By figure; of those named by their words only, where any are."""
        told: Ranked = {}
        for figure in FIGURES:
            whole, told[figure] = self.range(figure, [], None), []
            for asked in candidates(self.can):
                if only is None or asked.words in only[figure]:
                    told[figure].append(Worth(asked.subject, asked.words, whole, self._narrows(figure, asked, whole)))
                    self.tick()
        return {figure: sorted(found, key=_rank) for figure, found in told.items()}

    def _narrows(self, figure: str, asked: Asked, whole: Ends) -> tuple[float, ...]:
        """What each answer takes off; one between two that take off nothing is not tried."""
        def off(at: np.ndarray) -> float:
            low, high = self.range(figure, asked.told(self.can, at), whole, at)
            return max(0.0, whole[1] - whole[0] - (high - low))

        good, halfway, bad = self.answers
        ends = off(good), off(bad)
        return ends[0], off(halfway) if max(ends) > CLOSE else 0.0, ends[1]

    def range(self, figure: str, more: list[Line], whole: Ends | None, at: np.ndarray | None = None) -> Ends:
        """The ends of a figure with more told; nothing is left of a cover that cannot be, or of a claim that cannot be true.

        An end of the whole range that the world `at`, which more is told of, reaches itself is not looked for."""
        if figure == "uncovered":
            here = None if at is None else ask.left_uncovered(self.world, at)
            low = whole[0] if whole and here is not None and here <= whole[0] + CLOSE else (
                ask.least_uncovered(self.world, more).value)
            return low, whole[1] if whole and here is not None and here >= whole[1] - CLOSE else (
                ask.greatest_uncovered(self.world, more, whole[1] if whole else FREE).value)
        if figure == "margin":
            lowest = ask.lowest_margin(self.free, more, whole[0] if whole else 0.0)
            return (lowest.value if lowest else 1.0), 1.0
        p, top = self.can, whole[1] if whole else ask.FAR
        found = ask.highest_cover(p, p.pairs.values(), [p.no_debt_without_contract(), *more], CLOSE, top)
        return 0.0, found.value if found else 0.0


def _covered(programme: Programme, cover: float) -> list[Line]:
    return [programme.no_debt_without_contract(), *(Line(programme.headroom(pieces, w, cover), low=0.0)
                                                    for pieces in programme.pairs.values() for w in programme.tested(pieces))]


def _uncovered(programme: Programme, worst: ask.Found) -> Line:
    """As much uncovered: by all pairs where they can be, else by those that fall short."""
    deficits = [plus((-1.0, programme.headroom(pieces, 0, 1.0))) for pieces in programme.pairs.values()]
    short = [terms for terms in deficits if programme.read(worst.at, terms) > 0.0]
    without = programme.no_debt_without_contract().terms
    of_all, of_some = (Line(plus(*((1.0, terms) for terms in (without, *told))), low=worst.value - WITHIN)
                       for told in (deficits, short))
    return of_all if feasible(programme, [of_all]) else of_some


def amid(programme: Programme, rows: list[Line]) -> np.ndarray:
    """A world amid those that keep to rows: the mean of corners that lie farthest in directions that are set once and for all.

    A single corner would be one of many that are as good, by the way of the solver, and its answers by chance."""
    places, bounded = np.arange(1, programme.width + 1), np.isfinite(upper(programme))
    corners: list[np.ndarray] = []
    for root in np.sqrt(DIRECTIONS):
        weights = places * root % 1.0 - np.where(bounded, 0.5, 0.0)
        corners.append(ask.sure(best(programme, dict(enumerate(weights)), rows, most=False)).values)
    return np.asarray(np.mean(corners, axis=0))


def _rank(one: Worth) -> tuple[float, float, int]:
    """By what every answer narrows, then by the average, in hundredths of the range; of two worth the same, the simpler."""
    width = one.whole[1] - one.whole[0] or 1.0
    return -round(one.least / width, 2), -round(one.mean / width, 2), len(one.words)


def to_ask_for(found: Iterable[Worth], number: int = 3) -> list[Worth]:
    """The first of each contract or loan, so many; what narrows nothing is not worth asking for."""
    first: dict[str, Worth] = {}
    for one in found:
        if one.most > CLOSE:
            first.setdefault(one.subject, one)
    return list(first.values())[:number]


def asked_twice(coarse: Facts, fine: Facts, tick: Callable[[], None] = lambda: None) -> tuple[Ranked, Ranked]:
    """All candidates in long windows; and the best of them in those of the answer, as what they narrow hangs on windows."""
    every = Asking(coarse, tick).found()
    if coarse.months == fine.months:
        return every, every
    best_of = {figure: {one.words for one in to_ask_for(found, SHORT)} for figure, found in every.items()}
    return every, Asking(fine, tick).found(best_of)
