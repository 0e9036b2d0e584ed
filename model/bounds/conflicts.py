"""Disclosures that contradict each other: a smallest set of them, by leaving out one after the other."""

from __future__ import annotations

from collections.abc import Callable

from model.bounds.disclosures import Disclosure, Facts
from model.bounds.programme import Programme
from model.bounds.solving import feasible
from model.errors import Finding, InputError


def consistent(facts: Facts) -> bool:
    """Whether all of it can be true at once."""
    return feasible(Programme(facts)) is not None


def conflict(facts: Facts, holds: Callable[[Facts], bool] = consistent) -> list[Disclosure]:
    """Disclosures that cannot all be true, each needed for the contradiction; empty where there is none."""
    if holds(facts):
        return []
    kept = facts
    for told in facts.disclosures:
        fewer = kept.without([told])
        if not holds(fewer):
            kept = fewer
    return list(kept.disclosures)


def refuse_contradictions(facts: Facts) -> None:
    """InputError that names the smallest conflicting set, each with its place and source."""
    found = conflict(facts)
    if not found:
        return
    others = {id(d): ", ".join(o.told.file + f":{o.told.line}" for o in found if o is not d) or "the rest" for d in found}
    raise InputError([Finding(d.told.file or "bounds", d.told.line, d.what, f"{d.words} ({d.told.source or 'no source'})",
                              f"cannot be true together with {others[id(d)]}: one of these {len(found)} is wrong")
                      for d in found])
