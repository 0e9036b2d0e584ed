"""Distance to failure: the nearest point, all drivers moving together, at which a test that passes fails.

Directions are searched, then the best are bent towards the boundary's normal (the design point of structural reliability).
Every point that is kept was evaluated and fails, so what is found bounds the distance from above; it is no proof of the least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model.reverse.look import Asked, Look
from model.reverse.space import Space, norm
from model.sheet.formula import Array

RAYS, RADII, SEED = 192, 12, 6
"""Directions of the first look, points on each, and the seed of the directions."""
STARTS, ROUNDS = 3, 8
SIMPLER = np.array([1, 1.0005, 1.001, 1.002, 1.004, 1.007, 1.01])
"""How much farther a failure may be that fewer drivers bring about."""
INSIDE = 0.9
"""From where on the way to the boundary its normal is felt out."""
OFFSETS = np.geomspace(0.02, 3, 24)
"""Distances along every driver at which the boundary is felt out, in parts of the way to it."""
INWARD = 1 - np.concatenate([np.geomspace(2e-4, 0.1, 16), np.linspace(0.12, 0.5, 16)])
"""Parts of the way to the boundary at which a direction is tried."""


@dataclass
class Start:
    """A failing point from which a nearer one is looked for."""

    asked: Asked
    point: Array

    @property
    def away(self) -> float:
        """Its distance."""
        return float(norm(self.point))


def nearest(look: Look, space: Space, singles: Mapping[Asked, list[Array]]) -> dict[Asked, Array | None]:
    """The nearest failing point found of each test; None where no point that was looked at fails, or it fails now.

    `singles` are the points at which a test fails as one driver moves alone.
    """
    now = look.passes_now()
    passing = [one for one in singles if now[one]]
    starts = first_starts(look, space, {one: singles[one] for one in passing})
    for _ in range(ROUNDS):
        before = [start.away for start in starts]
        bend(look, space, starts)
        if all(start.away > 0.9995 * away for start, away in zip(starts, before, strict=True)):
            break
    best = [min(some, key=lambda start: start.away) for one in passing if (some := [s for s in starts if s.asked is one])]
    simplify(look, space, best)
    return {one: next((start.point for start in best if start.asked is one), None) for one in singles}


def directions(space: Space) -> Array:
    """Where to look first: the harmful sides of random sets of drivers, and every fourth time any side."""
    draw, count = np.random.default_rng(SEED), len(space.drivers)
    lengths = np.abs(draw.standard_normal((RAYS, count)))
    joining = draw.random((RAYS, count)) < draw.choice([0.25, 0.5, 1.0], (RAYS, 1))
    signs = np.where(np.arange(RAYS)[:, None] % 4 == 3, draw.choice([-1.0, 1.0], (RAYS, count)), space.worse)
    found = lengths * joining * signs
    found[~joining.any(axis=-1)] = space.worse
    return np.asarray(found / norm(found)[:, None])


def first_starts(look: Look, space: Space, singles: Mapping[Asked, list[Array]]) -> list[Start]:
    """Of each test the nearest failing points, of different directions, of single drivers and of rays."""
    reach = max((min(map(norm, points)) for points in singles.values() if points), default=0.0)
    if any(not points for points in singles.values()):
        reach = float(norm(space.worst))
    rays = directions(space)
    radii = reach * np.linspace(1 / RADII, 1, RADII)
    levels = space.levels((rays[:, None, :] * radii[:, None]).reshape(-1, rays.shape[-1]))
    seen, points = look.told(space.told(levels)) if singles else {}, space.points(levels)
    return [Start(one, point) for one, alone in singles.items()
            for point in apart([*alone, *points[~seen[one]]])[:STARTS]]


def apart(points: Iterable[Array]) -> list[Array]:
    """Points by distance, those left out that lie in nearly the direction of a nearer one."""
    kept: list[Array] = []
    for point in sorted(points, key=norm):
        if all(point @ other < 0.9 * norm(point) * norm(other) for other in kept):
            kept.append(point)
    return kept


def tried(look: Look, space: Space, starts: Sequence[Start], tries: Sequence[Array]) -> Iterator[tuple[Array, Array]]:
    """Of each start the points that its tries are on the steps of the drivers, and which of these fail; one look for all."""
    if not starts:
        return
    levels = space.levels(np.concatenate(tries))
    seen, points = look.told(space.told(levels)), space.points(levels)
    ends = np.cumsum([len(own) for own in tries])
    for start, own, end in zip(starts, tries, ends, strict=True):
        yield points[end - len(own) : end], ~seen[start.asked][end - len(own) : end]


def improve(look: Look, space: Space, starts: Sequence[Start], tries: Sequence[Array]) -> None:
    """Each start goes to the nearest of its tries that fails, if that is nearer than where it stands."""
    for start, (points, fails) in zip(starts, tried(look, space, starts, tries), strict=True):
        start.point = min([start.point, *points[fails]], key=norm)


def simplify(look: Look, space: Space, starts: Sequence[Start]) -> None:
    """Leave as many drivers out as can be, smallest first, where the rest fails within one percent of the distance."""
    count = len(space.drivers)
    ranks = [np.argsort(np.argsort(-np.abs(start.point), kind="stable")) for start in starts]
    tries = [np.concatenate([start.point * (rank < some) * SIMPLER[:, None] for some in range(1, count)])
             for start, rank in zip(starts, ranks, strict=True)]
    for start, (points, fails) in zip(starts, tried(look, space, starts, tries), strict=True):
        near = points[fails & (norm(points) <= SIMPLER[-1] * start.away)]
        start.point = min([start.point, *near], key=lambda point: (np.count_nonzero(point), norm(point)))


def bend(look: Look, space: Space, starts: Sequence[Start]) -> None:
    """Look along the normal of the boundary, half-way to it, and straight on."""
    tries = []
    for start, normal in zip(starts, normals(look, space, starts), strict=True):
        ahead = start.point / start.away
        ways = [ahead, *((way / norm(way)) for way in (normal, normal + ahead) if norm(normal) > 0)]
        tries.append(np.concatenate([way * start.away * INWARD[:, None] for way in ways]))
    improve(look, space, starts, tries)


def normals(look: Look, space: Space, starts: Sequence[Start]) -> Iterator[Array]:
    """The boundary's normal near each start, as far as each driver alone is from it, a little inside."""
    count = len(space.drivers)
    signs = [np.where(start.point == 0, space.worse, np.sign(start.point)) for start in starts]
    tries = [INSIDE * start.point + (OFFSETS[:, None, None] * np.diag(sign) * start.away).reshape(-1, count)
             for start, sign in zip(starts, signs, strict=True)]
    for sign, (_, failing) in zip(signs, tried(look, space, starts, tries), strict=True):
        fails = failing.reshape(len(OFFSETS), count)
        yield np.where(fails.any(axis=0), sign / OFFSETS[fails.argmax(axis=0)], 0.0)
