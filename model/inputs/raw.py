"""The bytes of a file that somebody else wrote: a plain file of bounded size, and inside its folder where it belongs to one."""

from __future__ import annotations

import stat
from pathlib import Path

MAX_BYTES = 2_000_000


class UnfitError(Exception):
    """A file that is not read at all: what is seen, what is allowed."""

    def __init__(self, seen: str, allowed: str) -> None:
        super().__init__(seen, allowed)


def raw_of(path: Path, inside: Path | None = None) -> bytes:
    """The bytes of a file. FileNotFoundError where none is there, UnfitError where it is not read.

    Pipes and devices may never end; a link out of the folder of a case would bring along what its sender cannot read.
    """
    try:
        told = path.stat()
        if inside is not None and not path.resolve().is_relative_to(inside.resolve()):
            raise UnfitError("a link out of the case folder", "a file that lies in the folder itself")
        if not stat.S_ISREG(told.st_mode):
            raise UnfitError("a folder" if path.is_dir() else "a pipe or device", "a plain file")
        fits(told.st_size)
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)  # it may grow
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError from None
    except OSError as error:
        raise UnfitError(error.strerror or "no access", "a readable file") from error
    fits(len(raw))
    return raw


def fits(size: int) -> None:
    """UnfitError where a file has too many bytes."""
    if size > MAX_BYTES:
        raise UnfitError(f"{size} bytes", f"a file of at most {MAX_BYTES} bytes")
