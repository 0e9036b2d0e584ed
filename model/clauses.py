"""A kind is the sum of the clauses that its papers state: each adds rows, and its words to the rows of the base.

A kind and its clauses are classes of blocks. `clauses` of a kind are those it may have; a clause is known by the numbers
that only it asks for, and by the words `stated` for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from model.sheet import Block, given, givens, many
from model.sheet.block import declarations

Kind = TypeVar("Kind", bound=Block)
_ASKED: dict[type[Block], frozenset[str]] = {}
_JOINED: dict[tuple[type[Any], ...], type[Any]] = {}


def clauses_of(kind: type[Block]) -> tuple[type[Block], ...]:
    """The clauses that a kind may have, and the kind itself at the end."""
    return (*getattr(kind, "clauses", ()), kind)


def words_of(part: type[Block]) -> list[str]:
    """Terms stated for a kind or clause and for what it is built on."""
    return [name for cls in part.__mro__ for name in vars(cls).get("stated", ())]


def asked_terms(clause: type[Block]) -> frozenset[str]:
    """Terms of a case file that bring a clause in: the numbers that only it asks for, and the words stated for it."""
    if clause in _ASKED:
        return _ASKED[clause]
    inherited = {name for parent in clause.__bases__ if issubclass(parent, Block) for name in givens(parent)}
    numbers = {name for name, told in givens(clause).items() if told.ask and name not in inherited}
    _ASKED[clause] = frozenset(numbers | set(vars(clause).get("stated", ())))
    return _ASKED[clause]


def known(kind: type[Block], wired: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is wired for every kind: what this one is told."""
    names = {declared.name for declared in declarations(kind) if isinstance(declared, given | many)}
    return {name: value for name, value in wired.items() if name in names}


def with_clauses(kind: type[Kind], terms: Iterable[str]) -> type[Kind]:
    """The kind with the clauses that its papers have: what they do not say has no rows."""
    said = set(terms)
    used = tuple(clause for clause in clauses_of(kind)[:-1] if asked_terms(clause) & said)
    parts = (*used, kind)
    if parts not in _JOINED:  # one class for the same clauses, whatever the deal
        _JOINED[parts] = type(kind.__name__, parts, {"__doc__": kind.__doc__}) if used else kind
    joined: type[Kind] = _JOINED[parts]
    return joined
