"""The number to ask for: how much one more disclosure would narrow what present values may leave uncovered.

The answer is not known, so two are tried: that of the world with the least uncovered and that of the world with the most.
Whatever the answer, ranges can only shrink; a disclosure is worth asking for by what it narrows whichever of the two it is,
then by what it narrows at most. Asked of the strict programme, where cash answers for one slice of one loan only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from model.bounds.disclosures import NONE
from model.bounds.programme import Line, Programme, Terms, plus
from model.bounds.questions import Found, greatest_uncovered, least_uncovered

WITHIN = 1e-4  # USD m by which an answer may be off


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
    """What a disclosure leaves of the range where the answer is good news, and where it is bad."""

    subject: str
    words: str
    good: tuple[float, float]
    bad: tuple[float, float]
    whole: float

    @property
    def most(self) -> float:
        """The more of what it narrows."""
        return self.whole - min(self.good[1] - self.good[0], self.bad[1] - self.bad[0])

    @property
    def least(self) -> float:
        """The less."""
        return self.whole - max(self.good[1] - self.good[0], self.bad[1] - self.bad[0])


def candidates(programme: Programme) -> Iterator[Asked]:
    """What could be disclosed of contracts and loans, one thing at a time."""
    p, names = programme, programme.facts.names
    several = len(p.contracts) > 1
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
        yield Asked(loan, f"the contract cash pledged to {names[loan]}", cash)
        if several:
            yield Asked(loan, f"which contracts secure how much of {names[loan]}", slices)
            yield Asked(loan, f"the collateral of {names[loan]}: its contracts, how much on each, and their cash",
                        (*slices, *cash))
    yield Asked("all", "contracted revenue by period", tuple(p.sum("rev", p.contracts, [NONE], [w]) for w in p.span))
    yield Asked("all", "the average margin of all contracts", (),
                (p.earned(p.contracts, p.span), p.sum("rev", p.contracts, [NONE], p.span)))


def worth_asking(programme: Programme, least: Found, most: Found, tick: Callable[[], None] = lambda: None) -> list[Worth]:
    """Every candidate by what it narrows, the best first."""
    found = []
    for asked in candidates(programme):
        ends = []
        for world in (least, most):
            more = asked.told(programme, world.at)
            ends.append((least_uncovered(programme, more).value, greatest_uncovered(programme, more).value))
        found.append(Worth(asked.subject, asked.words, ends[0], ends[1], most.value - least.value))
        tick()
    return sorted(found, key=lambda w: (-round(w.least, 2), -round(w.most, 2), len(w.words)))


def to_ask_for(found: Iterable[Worth], number: int = 3) -> list[Worth]:
    """The first of each contract or loan, so many."""
    first: dict[str, Worth] = {}
    for one in found:
        first.setdefault(one.subject, one)
    return list(first.values())[:number]
