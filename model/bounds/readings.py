"""Readings beside what is disclosed: if covenants were met, or if all contract cash answered for debt.

Neither is a fact: a covenant is a promise, and nobody says that all cash is pledged. They tell which silence a range is owed to;
the answer itself never rests on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from model.bounds import questions as ask
from model.bounds.conflicts import consistent
from model.bounds.disclosures import NONE, Disclosure, Facts
from model.bounds.programme import Programme
from model.bounds.solving import feasible


@dataclass(frozen=True)
class Reading:
    """What is added, whether it can all be true and the claim with it, the lowest cover and the most left uncovered then."""

    words: str
    agrees: bool
    can: bool = False
    lowest_cover: float | None = None
    most_uncovered: float | None = None


def readings(facts: Facts, floors: Iterable[Disclosure]) -> Iterator[Reading]:
    """Covenants met, where any are told; all contract cash for debt."""
    floors = tuple(floors)
    if floors:
        yield read(facts, "the covenants that are disclosed are met (" + "; ".join(floor.words for floor in floors) + ")", floors)
    every, last = tuple(c.id for c in facts.contracts), max(loan.last for loan in facts.loans)
    yield read(facts, "all contract cash answers for debt until the last maturity", tuple(
        Disclosure("cash", "none for others", every, (NONE,), w, w, 0.0, 0.0) for w in range(last + 1)))


def read(facts: Facts, words: str, added: tuple[Disclosure, ...]) -> Reading:
    """One of them."""
    more = facts.with_(*added)
    if not consistent(more):
        return Reading(words, False)
    can, must = Programme(more), Programme(more, "must")
    return Reading(words, True, feasible(can, can.covered()) is not None,
                   ask.lowest_cover(must, must.pairs.values()).value, ask.greatest_uncovered(must).value)
