"""Random numbers by stream and block: scenario i is the same whatever the number of paths, workers or other streams.

Philox under `SeedSequence(seed, spawn_key=(stream, block))`, one generator for each stream of each block of 2,048. Rows
are drawn one after the other, so that a longer path begins as a shorter one does.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, get_args

import numpy as np

from model.errors import RequestError
from model.sheet.formula import Array

BLOCK = 2048
Method = Literal["plain", "antithetic", "quasi"]
METHODS: tuple[str, ...] = get_args(Method)


class Stream(IntEnum):
    """What a stream is for. A number is never given to another use: results would change."""

    COMMON = 0
    OWN = 1
    MIXING = 2
    DELAY = 3
    POWER = 4
    BASE_RATE = 5
    SPOT_PRICE = 6
    CONTRACT_PRICE = 7
    SHARE_PRICE = 8


class Rooms(threading.local):
    """Arrays that a thread fills again for each block: new memory costs more than the numbers that go into it."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, tuple[int, ...]], Array] = {}

    def array(self, name: str, shape: tuple[int, ...], start: Array | float) -> Array:
        """As it was left, at first as `start`; a name and shape has one array."""
        if (name, shape) not in self.held:
            self.held[name, shape] = np.full(shape, start)
        return self.held[name, shape]


@dataclass(frozen=True)
class Streams:
    """The random numbers of one block. With `rooms` they stand until the next block is drawn."""

    seed: int
    block: int
    method: Method = "plain"
    rooms: Rooms | None = None

    def room(self, name: str, shape: tuple[int, ...], start: Array | float = 0.0) -> Array:
        """An array to fill: what is not written to stands as at the `start`."""
        return self.rooms.array(name, shape, start) if self.rooms is not None else np.full(shape, start)

    def normals(self, stream: Stream, rows: int, before: int = 0, after: int = 0) -> Array:
        """Standard normals `(rows, BLOCK)`, with rows `before` and `after` them for what is made of them in place.

        Antithetic: the second half is the first with the sign turned."""
        found = self.room(f"normals {stream:d}", (before + rows + after, BLOCK))
        drawn = found[before:before + rows]
        if self.method == "quasi":
            from scipy.special import ndtri

            drawn[:] = ndtri(self._sobol(stream, rows))
        elif self.method == "antithetic":
            drawn[:, :BLOCK // 2] = self._generator(stream).standard_normal((rows, BLOCK // 2))
            np.negative(drawn[:, :BLOCK // 2], out=drawn[:, BLOCK // 2:])
        else:
            self._generator(stream).standard_normal(out=drawn)
        return found

    def chi_squared(self, stream: Stream, freedom: int) -> Array:
        """Chi-squared numbers `(BLOCK,)`; the two of an antithetic pair have the same."""
        if self.method == "quasi":
            from scipy.special import gammaincinv

            return np.asarray(2 * gammaincinv(freedom / 2, self._sobol(stream, 1)[0]), dtype=float)
        if self.method == "antithetic":
            return np.tile(self._generator(stream).chisquare(freedom, BLOCK // 2), 2)
        return self._generator(stream).chisquare(freedom, BLOCK)

    def _generator(self, stream: Stream) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(np.random.SeedSequence(self.seed, spawn_key=(int(stream), self.block))))

    def _sobol(self, stream: Stream, rows: int) -> Array:
        """Scrambled Sobol points, their order shuffled so that streams do not run in step."""
        from scipy.stats import qmc

        generator = self._generator(stream)
        points = qmc.Sobol(rows, scramble=True, rng=generator).random(BLOCK)
        return np.clip(generator.permutation(points).T, 1e-16, 1 - 1e-16)


def check_method(method: str) -> None:
    """RequestError where a method needs a library that is not installed."""
    if method != "quasi":
        return
    try:
        import scipy.stats  # noqa: F401 - only to see whether it is there
    except ImportError:
        raise RequestError("quasi-random numbers need scipy: pip install 'debtcover[quasi]'") from None
