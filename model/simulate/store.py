"""Finished blocks on disk: each a file of its own with a checksum, written whole or not at all, read column by column.

So memory is bounded by the block, and an interrupted simulation goes on from what it has.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path

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

    def open(self, resume: bool) -> None:
        """Make the folder; without `resume` what an earlier run left there is thrown away."""
        if not resume:
            self.remove()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"could not write {self.folder}: {error.strerror or error}") from error

    def remove(self) -> None:
        """Throw the blocks away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, block: int) -> Path:
        """The file of a block."""
        return self.folder / f"{block:07d}.block"

    def write(self, block: int, done: Done) -> None:
        """Keep a block; a file is seen under its name only once it is whole."""
        parts = [np.ascontiguousarray(array, dtype="<f8").data for array in (done.figures, done.fan) if array is not None]
        temporary = self.path(block).with_suffix(f".writing-{os.getpid()}")
        try:
            with temporary.open("wb") as file:
                file.writelines([digest(*parts), *parts])
            os.replace(temporary, self.path(block))
        except OSError as error:
            raise OutputError(f"could not write {self.path(block)}: {error.strerror or error}") from error

    def whole(self, block: int) -> bool:
        """Whether a block is there and is what was written."""
        try:
            raw = self.path(block).read_bytes()
        except OSError:
            return False
        return len(raw) == self._size(block) and digest(raw[DIGEST:]) == raw[:DIGEST]

    def _size(self, block: int) -> int:
        return DIGEST + 8 * self.columns * BLOCK + (8 * prod(self.fan_shape) if block < FAN_BLOCKS else 0)

    def checksum(self, block: int) -> str:
        """SHA-256 of the figures of a block."""
        return hashlib.sha256(self.figures(block).tobytes()).hexdigest()

    def figures(self, block: int, first: int = 0, last: int | None = None) -> Array:
        """Columns of a block, `(last - first, 1024)`."""
        last = self.columns if last is None else last
        with self.path(block).open("rb") as file:
            file.seek(DIGEST + 8 * first * BLOCK)
            return np.frombuffer(file.read(8 * (last - first) * BLOCK), dtype="<f8").reshape(last - first, BLOCK)

    def fan(self, row: int, paths: int) -> Array:
        """A row over time on the first `paths` of those blocks, `(months, paths)`."""
        months, parts = self.fan_shape[1], []
        for block in range(-(-paths // BLOCK)):
            with self.path(block).open("rb") as file:
                file.seek(DIGEST + 8 * BLOCK * (self.columns + row * months))
                parts.append(np.frombuffer(file.read(8 * BLOCK * months), dtype="<f8").reshape(months, BLOCK))
        return np.concatenate(parts, axis=1)[:, :paths]


TOGETHER = 2**23  # numbers that are read at once, but whole columns


def columns(store: Store, paths: int) -> Iterator[Array]:
    """Each column over all paths, in order; a few at a time are in memory."""
    blocks = -(-paths // BLOCK)
    together = max(1, TOGETHER // (blocks * BLOCK))
    for first in range(0, store.columns, together):
        last = min(first + together, store.columns)
        parts = np.empty((last - first, blocks * BLOCK))
        for block in range(blocks):
            parts[:, block * BLOCK:(block + 1) * BLOCK] = store.figures(block, first, last)
        yield from parts[:, :paths]
