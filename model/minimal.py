"""The smallest set of documented supports under which a pair passes: tried in order, stamped as flags (RULES 6).

Smaller sets come first, and among sets of one size V before L before X before F before G. Each pair is judged alone: its
support stands in an account of its own, so that what helps one pair never helps another.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from model.backing import LETTERS, Backing
from model.deal import Deal
from model.sheet import Branch, Values
from model.sheet.formula import Array

SETS = tuple("".join(letters) for size in range(1, len(LETTERS) + 1) for letters in combinations(LETTERS, size))


def smallest_sets(deal: Deal, values: Values) -> dict[str, Array]:
    """By flag of support: whether it counts, one number a scenario; nothing counts where a pair needs none or none helps."""
    open_in = {key: failing(deal, values, key) for key, backing in deal.backings.items() if backing.letters}
    stamped = {row.key: np.zeros(values.width) for key in open_in for row in deal.backings[key].flags().values()}
    for letters in SETS:
        tried = {key: deal.backings[key] for key, flags in open_in.items()
                 if flags.any() and set(letters) <= set(deal.backings[key].letters)}
        for key, passes in passing(values, tried, letters):
            found = open_in[key] & passes
            open_in[key] &= ~passes
            for letter in letters:
                stamped[tried[key].flags()[letter].key][found] = 1.0
    return stamped


def failing(deal: Deal, values: Values, key: str) -> Array:
    """Where a pair can be tested and is not covered by its own cash, by scenario."""
    pair = deal.pairs[key]
    told = values[pair.row("testable")] * (1 - values[pair.row("covered")])
    return np.array(np.broadcast_to(told, (values.width,)) > 0)


def passing(values: Values, tried: dict[str, Backing], letters: str) -> Iterator[tuple[str, Array]]:
    """Where each pair passes when these letters count, by scenario; only rows that rest on its flags are calculated."""
    flags = [row.key for backing in tried.values() for letter, row in backing.flags().items() if letter in letters]
    goals = {key: backing.cover.row("covered") for key, backing in tried.items() if backing.cover}
    if not goals:
        return
    fresh = Branch(values, flags, goals.values()).evaluate([(n, dict.fromkeys(flags, 1.0)) for n in range(values.width)])
    for key, goal in goals.items():
        yield key, np.broadcast_to(fresh[goal] > 0, (values.width,))
