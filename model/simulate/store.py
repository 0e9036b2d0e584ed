"""Finished blocks in one file on disk: each in a place of its own with a checksum, read column by column.

So memory is bounded by the block, and an interrupted simulation goes on from what it has: a place that is empty or was left
half written is not what its checksum says.
"""

from __future__ import annotations

import hashlib
import shutil
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from math import prod
from pathlib import Path
from typing import TypeVar

import numpy as np

from model.errors import OutputError
from model.sheet.formula import Array
from model.simulate.plan import FAN_BLOCKS, Done
from model.simulate.streams import BLOCK

DIGEST = 4  # bytes of a checksum


def digest(*parts: bytes | memoryview) -> bytes:
    """CRC-32 of one part after the other: what is torn or rots on disk shows, and it costs next to nothing."""
    found = 0
    for part in parts:
        found = zlib.crc32(part, found)
    return found.to_bytes(DIGEST, "big")


@dataclass(frozen=True)
class Store:
    """A folder of blocks of one simulation; `fan_shape` is that of the rows over time of the first blocks."""

    folder: Path
    columns: int
    fan_shape: tuple[int, ...]

    @property
    def path(self) -> Path:
        """The file of all blocks."""
        return self.folder / "figures"

    def open(self, resume: bool) -> None:
        """Make the file; without `resume` what an earlier run left there is thrown away."""
        if not resume:
            self.remove()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.path.touch()
        except OSError as error:
            raise OutputError(f"could not write {self.folder}: {error.strerror or error}") from error

    def remove(self) -> None:
        """Throw the blocks away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, block: int, done: Done) -> None:
        """Keep a block."""
        told = [np.ascontiguousarray(array, dtype="<f8").data for array in (done.figures, done.fan) if array is not None]
        parts: list[bytes | memoryview] = [digest(*told), *told]
        try:
            with self.path.open("r+b", buffering=0) as file:
                file.seek(self.begins(block))
                written = sum(file.write(part) or 0 for part in parts)
        except OSError as error:
            raise OutputError(f"could not write {self.path}: {error.strerror or error}") from error
        if written < self._size(block):
            raise OutputError(f"could not write {self.path}: the disk is full")

    def whole(self, block: int) -> bool:
        """Whether a block is there and is what was written."""
        raw = self._read(self.begins(block), self._size(block))
        return len(raw) == self._size(block) and digest(raw[DIGEST:]) == raw[:DIGEST]

    def _size(self, block: int) -> int:
        """Bytes of a block."""
        return DIGEST + 8 * self.columns * BLOCK + (8 * prod(self.fan_shape) if block < FAN_BLOCKS else 0)

    def begins(self, block: int) -> int:
        """Where it stands: the first ones are larger."""
        first = min(block, FAN_BLOCKS)
        return first * self._size(0) + (block - first) * self._size(FAN_BLOCKS)

    def _read(self, begins: int, size: int) -> bytes:
        with self.path.open("rb", buffering=0) as file:
            file.seek(begins)
            return file.read(size)

    def checksum(self, block: int) -> str:
        """SHA-256 of the figures of a block."""
        return hashlib.sha256(self.figures(block, block + 1).tobytes()).hexdigest()

    def figures(self, first: int, last: int, columns: slice = slice(None)) -> Array:
        """Columns of some blocks, `(columns, paths)`: from the first block to the one before the last."""
        places = range(*columns.indices(self.columns))
        found = np.empty((len(places), (last - first) * BLOCK))
        with self.path.open("rb", buffering=0) as file:
            for n, block in enumerate(range(first, last)):
                file.seek(self.begins(block) + DIGEST + 8 * BLOCK * places.start)
                read = np.frombuffer(file.read(8 * BLOCK * len(places)), dtype="<f8")
                found[:, n * BLOCK:(n + 1) * BLOCK] = read.reshape(-1, BLOCK)
        return found

    def fan(self, row: int, paths: int) -> Array:
        """A row over time on the first `paths` of those blocks, `(months, paths)`."""
        months = self.fan_shape[1]
        parts = [np.frombuffer(self._read(self.begins(block) + DIGEST + 8 * BLOCK * (self.columns + row * months),
                                          8 * BLOCK * months), dtype="<f8").reshape(months, BLOCK)
                 for block in range(-(-paths // BLOCK))]
        return np.concatenate(parts, axis=1)[:, :paths]


TOGETHER = 2**23  # numbers that are in memory at once, but whole columns
T = TypeVar("T")


def each_column(store: Store, paths: int, work: Callable[[int, Array], T], workers: int = 1) -> list[T]:
    """What comes of each column over all paths, in order: a few are read at a time, each few by one of the workers."""
    blocks = -(-paths // BLOCK)
    together = max(1, TOGETHER // (blocks * BLOCK) // workers)

    def some(first: int) -> list[T]:
        read = store.figures(0, blocks, slice(first, first + together))[:, :paths]
        return [work(first + n, column) for n, column in enumerate(read)]

    with ThreadPoolExecutor(workers) as pool:
        return list(chain.from_iterable(pool.map(some, range(0, store.columns, together))))
