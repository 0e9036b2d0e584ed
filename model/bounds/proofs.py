"""What is told as impossible, proved in whole fractions: a little less than the lowest margin, a little more than the best cover.

A solver rounds; weights that are checked in fractions do not. Where they prove nothing it is said so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from model.bounds import questions as ask
from model.bounds.certificate import certificate
from model.bounds.programme import Line, Programme, plus

LITTLE = 1e-3  # of the margin, and of the cover


@dataclass(frozen=True)
class Proof:
    """What cannot be, by how many rows, how far they miss each other (USD m, for weights of 1 at most), whether it is proved."""

    words: str
    rows: int
    gap: float
    proved: bool


def proofs(free: Programme, lowest_margin: float | None, can: Programme, highest_cover: float | None) -> Iterator[Proof]:
    """Of the claim as it stands, if it cannot be true; else of the margin and the cover."""
    if lowest_margin is None:
        yield _proof("the claim at any margin", free, free.covered())
    else:
        earned, sold = ask.margin(free)
        less = Line(plus((1.0, earned), (LITTLE - lowest_margin, sold)), high=0.0)
        yield _proof(f"the claim at an average margin of {lowest_margin - LITTLE:.2%}", free, [*free.covered(), less])
    if highest_cover is not None and highest_cover < ask.FAR:
        more = highest_cover * (1 + LITTLE)
        rows = [Line(can.headroom(pieces, w, more), low=0.0) for pieces in can.pairs.values() for w in can.tested(pieces)]
        yield _proof(f"a cover of {more:.4f}x for every pair", can, [can.no_debt_without_contract(), *rows])


def _proof(words: str, programme: Programme, more: list[Line]) -> Proof:
    found = certificate(programme, more)
    return Proof(words, len(found.weights), float(found.gap), found.proves)
