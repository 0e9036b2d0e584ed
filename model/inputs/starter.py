"""The starter case that `debtcover new` writes: small, complete, every number with unit, source and grade."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from model.errors import OutputError

STARTER = ("case.yaml", "contracts.yaml", "debt.yaml", "company.yaml", "scenarios.yaml", "curves/sofr.csv")


def starter_text(file: str) -> str:
    """The text of one file of the starter case."""
    return (files("model.inputs") / "starter_case").joinpath(*file.split("/")).read_text("utf-8")


def write_starter(folder: Path) -> list[Path]:
    """Write the starter case into a new or empty folder; the files written. OutputError where that cannot be done."""
    folder = Path(folder)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise OutputError(f"{folder} is there already and not empty: name a new folder")
        return [_write(folder / file, starter_text(file)) for file in STARTER]
    except OSError as error:
        raise OutputError(f"{folder} could not be written: {error.strerror or error}") from error


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
