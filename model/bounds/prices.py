"""What the lowest margin hangs on: how it moves when a disclosed total does, with what must move with it.

Totals lean on each other (balances add up to what falls due by year), so a dual value of one of them alone says nothing: each
move here keeps them in step, and the programme is solved again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from model.bounds import questions as ask
from model.bounds.disclosures import Disclosure, Facts
from model.bounds.programme import Programme

STEP, HUNDRED = 1.0, 100.0  # USD m that are moved, and that are told of
LEAST = 1e-7


@dataclass(frozen=True)
class Price:
    """What if, and by how much the lowest margin moves with each 100 of it (as a fraction)."""

    words: str
    move: float


def prices(free: Programme, lowest: float) -> list[Price]:
    """Of every move, the dearest first; moves that the other disclosures forbid are left out. `free` has nothing of margins."""
    found = []
    for words, moves in _moves(free.facts):
        told = ask.lowest_margin(free.moved({id(free.facts.disclosures[n]): by for n, by in moves.items()}), start=lowest)
        if told and abs(told.value - lowest) > LEAST:
            found.append(Price(words, (told.value - lowest) * HUNDRED / STEP))
    return sorted(found, key=lambda one: (-abs(one.move), one.words))


def _moves(facts: Facts) -> Iterator[tuple[str, dict[int, float]]]:
    """More revenue in a window, more prepaid, principal a line of the maturities table later."""
    told = list(enumerate(facts.disclosures))
    every = [n for n, d in told if d.what == "revenue" and len(facts.windows(d)) == len(facts.ends) and _is_total(facts, d)]
    parts = [(n, d) for n, d in told if d.what == "revenue" and n not in every and _is_total(facts, d)]
    for n, d in parts:
        yield f"100 more of {_before(d)}", {n: STEP, **dict.fromkeys(every, STEP)}
    if not parts:
        yield "100 more contracted revenue, at any time", dict.fromkeys(every, STEP)
    for n, d in told:
        if d.what == "prepaid" and _is_total(facts, d):
            yield "100 more of it prepaid", {n: STEP}
    due = [(n, d) for n, d in told if d.what == "principal" and "principal due" in d.words]
    for (n, d), (m, later) in pairwise(due):
        yield f"100 of {_before(d)} due {_before(later).removeprefix('principal due ')} instead", {n: -STEP, m: STEP}


def _is_total(facts: Facts, told: Disclosure) -> bool:
    return set(told.contracts) == {c.id for c in facts.contracts}


def _before(told: Disclosure) -> str:
    """What is told, without its figure."""
    return told.words.split(":")[0]
