"""A row of the catalogue in a case: which inputs it moves there, and to what; the case's own scenarios beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from model.errors import BuildError
from model.sheet import given
from model.stress.catalogue import Entry, Move, catalogue
from model.stress.selectors import SELECTORS, Look

if TYPE_CHECKING:
    from model.cases import Run

CATALOGUE, CASE = "catalogue", "case"


@dataclass(frozen=True)
class Scenario:
    """What a scenario sets in a case; `missing` says what it did not find there."""

    entry: Entry
    origin: str
    overrides: dict[str, float]
    missing: tuple[str, ...] = ()
    parts: list[Scenario] = field(default_factory=list)


def scenarios_of(run: Run, only: Collection[str] = ()) -> list[Scenario]:
    """The catalogue in this case, then the scenarios of the case; `only` are ids, rows or names. KeyError for an unknown one."""
    look = Look(run)
    every = [in_case(look, entry) for entry in catalogue().values()]
    every += [Scenario(Entry(name, name, told.title, told.reason, "as the case says", told.source, told.grade, "of the case"),
                       CASE, dict(told.overrides)) for name, told in run.deal.case.scenarios.scenarios.items()]
    known = {name for one in every for name in names_of(one.entry)}
    if unknown := [name for name in only if name not in known]:
        raise KeyError(f"no scenario called {', '.join(unknown)}")
    return [one for one in every if not only or names_of(one.entry) & set(only)]


def names_of(entry: Entry) -> set[str]:
    """What a scenario may be called: S05a, S05, mw-shortfall-a."""
    return {entry.id, entry.row, entry.name}


def in_case(look: Look, entry: Entry) -> Scenario:
    """A catalogue entry with the inputs of a case; its parts joined."""
    parts = [in_case(look, catalogue()[part]) for part in entry.parts]
    overrides = {key: value for part in parts for key, value in part.overrides.items()}
    missing = [words for part in parts for words in part.missing]
    for move in entry.moves:
        found, lacks = resolved(look, move)
        overrides |= found
        missing += lacks
    return Scenario(entry, CATALOGUE, overrides, tuple(dict.fromkeys(missing)), parts)


def resolved(look: Look, move: Move) -> tuple[dict[str, float], list[str]]:
    """The inputs that a move sets, with their values; what was looked for in vain where there are none."""
    selector = SELECTORS[move.what]
    found = dict(valued(look, move, selector.pick(look)))
    if found:
        return found, []
    if move.otherwise is not None:
        return resolved(look, move.otherwise)
    return {}, [selector.lacks(look)]


def valued(look: Look, move: Move, blocks: Iterable[str]) -> Iterable[tuple[str, float]]:
    """Each input that the blocks have, with its new value inside its allowed range."""
    for block in blocks:
        key = f"{block}.{move.field}"
        try:
            row = look.deal.book.overridable(key)
        except BuildError:
            continue
        now = float(look.run.read(row))
        wanted = {"to": move.value, "by": now + move.value, "times": now * move.value}.get(move.operation)
        if wanted is None:
            tranche = next(t for t in look.tranches if t.key == block)
            wanted = now + move.value * look.monthly_bill(tranche)
        told = row.declared
        if isinstance(told, given):
            wanted = max(wanted if told.low is None else told.low, min(wanted if told.high is None else told.high, wanted))
        yield key, wanted
