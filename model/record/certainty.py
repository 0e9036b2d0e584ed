"""How sure each verdict is, as plain data and in a sentence: what it rests on, what turns it, between which grades it lies."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any

from model.certainty import CLAIM, CORNERS, Flip, Sureness, Uncertain, uncertain_inputs
from model.evidence import pair_kinds, weakest_grade
from model.inputs.values import GRADES

if TYPE_CHECKING:
    from model.cases import Run

Json = Any
PERCENT = ("rate", "share")


def sureness_of_all(run: Run) -> Json:
    """Every pair, then the claim: `evidence` of run.json beside the shares by grade."""
    claim, by_pair = run.certainty[CLAIM], {key: pair_evidence(run, key) for key in run.deal.pairs}
    return {
        "ranges": [ranged(one) for one in uncertain_inputs(run.deal)], "by_pair": by_pair,
        "robust": claim.robust, "fragile_to": [flip(one) for one in claim.flips], "h1_range": [claim.best, claim.worst],
        "h1_range_method": claim.method, "sentence": claim_sentence(run),
    }


def pair_evidence(run: Run, key: str) -> Json:
    """One pair: what it rests on and what turns it."""
    case, told, pieces = run.deal.case, run.certainty[key], [m for m in run.deal.mapped if m.pair == key]
    sizes: dict[str, float] = {}
    for piece in pieces:
        grade = weakest_grade(case, piece.contract, piece.loan, GRADES)
        size = run.read.number(run.deal.instruments[piece.loan].row("pro_forma")) or 0.0
        sizes[grade] = sizes.get(grade, 0.0) + size * piece.debt
    whole = fsum(sizes.values())
    return {
        "assumed_kinds": pair_kinds(case, pieces[0].contract, {piece.loan for piece in pieces}),
        "grade_share": {grade: sizes[grade] / whole for grade in GRADES if grade in sizes} if whole > 0 else {},
        "ranged_inputs": [one.name for one in told.inputs], "robust": told.robust,
        "fragile_to": [flip(one) for one in told.flips], "sentence": pair_sentence(run, key),
    }


def ranged(one: Uncertain) -> Json:
    """Something uncertain: the inputs that move with it, each as [low, central, high]."""
    return {"input": one.name, "title": one.title, "unit": one.unit or None, "source": one.source, "grade": one.grade,
            "levels": {key: [one.low[key], base, one.high[key]] for key, base in one.base.items()}}


def flip(one: Flip) -> Json:
    """Where one input turns a verdict: its level there (of several inputs, see `levels`), and how far on the way that is."""
    return {"input": one.input.name, "title": one.input.title, "end": one.end, "at": one.at, "of_range": one.way,
            "from": one.before, "to": one.after, "levels": dict(one.levels)}


# ---- in words --------------------------------------------------------------------------------------------------------


def pair_sentence(run: Run, key: str) -> str:
    """What a reader needs to know of one pair."""
    told, pair = run.certainty[key], run.deal.pairs[key]
    if not run.read(pair.row("testable")):
        return "Not testable, whatever the ranges say."
    if not told.inputs:
        return "Not tested: nothing that this verdict rests on has a range."
    return f"Verdict {turned(told)}; {together(told)}."


def claim_sentence(run: Run) -> str:
    """The claim, and the pairs that a single input turns."""
    told = run.certainty[CLAIM]
    if not uncertain_inputs(run.deal):
        return "How sure the verdict is was not tested: no input of the case has a range."
    fragile = [f"{run.deal.pairs[key].title} (to {', '.join(dict.fromkeys(one.input.title for one in run.certainty[key].flips))})"
               for key in run.deal.pairs if run.certainty[key].flips]
    alone = f"Verdict on H1 {turned(told)}; {together(told)}." if told.inputs else "No range touches H1."
    return alone + (f" Fragile pairs: {'; '.join(fragile)}." if fragile else " No pair is fragile to a single input.")


def turned(told: Sureness) -> str:
    """Which single inputs turn a verdict, the nearest first."""
    if not told.flips:
        return f"robust to each of its {len(told.inputs)} uncertain inputs" if len(told.inputs) > 1 else (
            "robust to its one uncertain input")
    return "fragile to " + ", ".join(
        f"{one.input.title} ({plain(one.before)} turns {plain(one.after)} {one.way:.0%} of the way to its {one.end} end"
        f"{'' if one.at is None else f', at {level(one.at, one.input.unit)}'})" for one in told.flips)


def together(told: Sureness) -> str:
    """What all of them together make of it."""
    where = "in every combination of their ends" if told.method == CORNERS else "with all harmful or all helpful ends together"
    if told.best == told.worst:
        return f"{plain(told.best)} {where}"
    return f"together they span {plain(told.best)} to {plain(told.worst)}" + (
        "" if told.method == CORNERS else f", {where}")


def plain(label: str) -> str:
    """A grade, or a value of H1 as readers write it."""
    return label.replace("_", " ")


def level(value: float, unit: str) -> str:
    """A level in its unit."""
    return f"{100 * value:.2f} %" if unit in PERCENT else f"{value:,.6g} {unit}"
