"""Fields that a file may state for a kind: its own numbers, those of its clauses, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.clauses import clauses_of, words_of
from model.inputs.values import asked
from model.sheet import Block


def fields_of(kind: type[Block], words: Mapping[str, Any]) -> dict[str, Any]:
    """Every term that a kind may have. What only a clause needs is asked for where the clause is stated, not before."""
    *clauses, own = clauses_of(kind)
    numbers = {name: told for part in clauses for name, told in asked(part, required=False).items()} | asked(own)
    stated = dict.fromkeys(name for part in (*clauses, own) for name in words_of(part) if name in words)
    return {**numbers, **{name: words[name] for name in stated}}


def terms_of(file: Any) -> set[str]:
    """The terms that a case file says of a thing."""
    return {name for name in file.model_fields_set if getattr(file, name) not in (None, [])}
