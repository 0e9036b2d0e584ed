"""A file as an issue of a workbook: refused where this program has not written it, or it cannot be read."""

from __future__ import annotations

from pathlib import Path

from model.inputs.raw import UnfitError
from model.saved import UNREADABLE, File, opened

OURS = ("In_ScenarioName", "Chk_Total")  # names that every workbook of this program has
SHEETS = ("Inputs", "Log")


class NotOursError(ValueError):
    """A file that is no workbook of this program; the message says why."""


def read(path: Path, like: File | None = None) -> File:
    """Read a workbook of this program; NotOursError where it is none, or cannot be read.

    Sheets that are the same as in the file `like`, to the byte, are that file's own.
    """
    if not path.is_file():
        raise NotOursError(f"{path}: there is no such file")
    try:
        found = opened(path)
        if like is not None:
            found.share(like)
        for title in found.parts:
            found.sheet(title)
    except UnfitError as error:
        raise NotOursError(f"{path} is not read: {error.args[0]}; {error.args[1]}") from error
    except OSError as error:
        raise NotOursError(f"{path} cannot be read: {error.strerror or error}") from error
    except UNREADABLE as error:
        raise NotOursError(f"{path} is no workbook that can be read ({type(error).__name__})") from error
    if missing := [name for name in (*OURS, *SHEETS) if name not in found.names and name not in found.parts]:
        raise NotOursError(f"{path} was not written by this program: it has no {', '.join(missing)}")
    return found
