"""Support as plain data: what is relied on by letter, and a ledger of everything that is disclosed `[USD m]`."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any

from model.backing import KINDS, Backing, Disclosed
from model.record.customers import beside_the_tests

if TYPE_CHECKING:
    from model.cases import Run

Json = Any
RELIED = {"V": "vendor_relied", "L": "renewal_relied", "X": "residual_relied", "F": "refinancing_relied", "G": "called"}


def relied(run: Run, key: str) -> dict[str, float]:
    """By letter: the dollars on which a pair graded C rests; none for any other pair."""
    backing = run.deal.backings[key]
    if backing.cover is None or not str(run.read(run.deal.pairs[key].row("grade"))).startswith("C-"):
        return {}
    return {letter: float(run.read(backing.cover.row(RELIED[letter]))) for letter, flag in backing.flags().items()
            if run.read(flag)}


def support(run: Run) -> Json:
    """By letter what the pairs graded C rely on; the ledger; and the cash that stands beside the tests of every pair."""
    every = [relied(run, key) for key in run.deal.backings]
    sums = {kind: fsum(found.get(letter, 0.0) for found in every) for letter, kind in KINDS.items()}
    beside = beside_the_tests(run)
    return {**sums, "ledger": ledger(run), "beside": beside, **{name: beside[name] for name in ("merchant", "termination")}}


def ledger(run: Run) -> list[Json]:
    """Every support that a case discloses, pair by pair; `relied_on` is the letter's, `needed` what the pair lacks in all."""
    return [entry(run, key, backing, told) for key, backing in run.deal.backings.items() for told in backing.disclosed
            if told.letter != "F" or told.limit is not None or balloon(run, backing, told) > 0]


def entry(run: Run, key: str, backing: Backing, told: Disclosed) -> Json:
    """One support of one pair."""
    pair, dollars = run.deal.pairs[key], relied(run, key).get(told.letter, 0.0) if told.counts else 0.0
    return {
        "letter": told.letter, "kind": KINDS[told.letter], "pair": key, "provider": told.provider, "trigger": told.trigger,
        "cap": most(run, backing, told), "counts": told.counts, "needed": needed(run, key), "relied_on": dollars > 0,
        "relied": shared(run, key, backing, told, dollars), "grade_of_pair": str(run.read(pair.row("grade"))),
        "source": told.source, "grade": told.grade,
    }


def balloon(run: Run, backing: Backing, told: Disclosed) -> float:
    """What falls due of a loan at its maturity, for the part that is mapped."""
    return float(run.read(backing.slices[told.loan].row("loan_balloon"))[1:-1].sum()) if told.loan in backing.slices else 0.0


def most(run: Run, backing: Backing, told: Disclosed) -> float | None:
    """The most that a support brings; a new lender brings what the contract's cash after maturity is worth."""
    if told.letter != "F" or told.limit is not None or told.loan not in backing.slices:
        return told.limit
    return run.read.number(backing.slices[told.loan].row("refinanceable"))


def needed(run: Run, key: str) -> float:
    """What the pair's own cash lacks: the least that support would have to bring."""
    pair = run.deal.pairs[key]
    return 0.0 if run.read(pair.row("covered")) else float(run.read(pair.row("support_needed")))


def shared(run: Run, key: str, backing: Backing, told: Disclosed, dollars: float) -> float:
    """Of what a letter is relied on for, one promise's part: by its limit where several stand behind the letter."""
    same = [d for d in backing.disclosed if d.letter == told.letter and d.counts]
    whole = fsum(d.limit or 0.0 for d in same)
    if not dollars or len(same) == 1:
        return dollars
    return dollars * (told.limit or 0.0) / whole if whole > 0 else dollars / len(same)
