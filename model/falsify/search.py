"""The search for a counter-example to "this pair is covered": the fewest stresses first.

Each stress alone is looked at on every grid step, and every set of drivers at its worst corner, in a few wide evaluations.
Two and more together are searched by Hypothesis, told where the corners fail and guided by the cover; what it finds and
shrinks goes to the exact minimisation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from model.falsify.probe import Probe
from model.falsify.smallest import smallest
from model.falsify.space import Combination, Subset, combinations

STARTS = 16
"""Sets of drivers from whose worst corner the exact minimisation starts as well; each may end at a smallest of its own."""


class _BrokenError(Exception):
    """The pair is not covered; raised for Hypothesis, which shrinks what raises it."""


def search(probe: Probe, tries: int, seed: int) -> Combination | None:
    """The simplest combination found under which the pair is not covered; None where none was."""
    space = probe.space
    if alone := probe.breaking(space.singles()):
        return min(alone, key=space.cost)
    share = max(1, tries // max(1, space.most - 1))
    for size in range(2, space.most + 1):
        subsets = hopeful(probe, size)
        broken = probe.breaking([space.corner(subset) for subset in subsets])
        found = attack(probe, [s for s in subsets if space.corner(s) in broken] or subsets, share, seed)
        starts = ([found] if found else []) + broken[:STARTS]
        if starts:
            return min((smallest(probe, one) for one in starts), key=space.cost)
    return None


def hopeful(probe: Probe, size: int) -> list[Subset]:
    """The sets of so many drivers; those that leave the least cover at their worst come first."""
    subsets = probe.space.subsets(size)
    looks = probe.look([probe.space.corner(subset) for subset in subsets])
    cover = {subset: look.cover for subset, look in zip(subsets, looks, strict=True)}
    return sorted(subsets, key=lambda subset: (cover[subset], subset))


def attack(probe: Probe, subsets: Sequence[Subset], tries: int, seed: int) -> Combination | None:
    """Let Hypothesis look for a combination of these drivers that breaks the pair: as it shrinks it, or None."""
    from hypothesis import HealthCheck, Phase, Verbosity, given, settings, target
    from hypothesis import seed as seeded

    broken: list[Combination] = []

    @seeded(seed)
    @settings(max_examples=tries, database=None, deadline=None, verbosity=Verbosity.quiet, report_multiple_bugs=False,
              suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.target, Phase.shrink])
    @given(combinations(probe.space, subsets))
    def covered(combination: Combination) -> None:
        look = probe.look([combination])[0]
        target(-look.cover)
        if not look.covered:
            broken.append(combination)
            raise _BrokenError

    with alone(), _ignored():
        covered()
    return broken[-1] if broken else None


@contextmanager
def _ignored() -> Iterator[None]:
    """A counter-example is what was looked for."""
    try:
        yield
    except _BrokenError:
        return


@contextmanager
def alone() -> Iterator[None]:
    """Hypothesis without memory: nothing read from the source of other modules, nothing left in the working folder.

    It would draw constants that it finds in the program, so that the answer would depend on what else was loaded.
    """
    from hypothesis import configuration
    from hypothesis.internal.conjecture import providers

    nothing: Any = getattr(providers, "Constants", dict)()
    with (TemporaryDirectory() as folder, patch.object(configuration, "__hypothesis_home_directory", Path(folder), create=True),
          patch.object(providers, "_get_local_constants", lambda: nothing, create=True)):
        yield
