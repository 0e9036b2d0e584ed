"""The starter case that `debtcover new` writes: small, complete, every number with unit, source and grade."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from model.whole import write_folder

STARTER = ("case.yaml", "contracts.yaml", "debt.yaml", "company.yaml", "scenarios.yaml", "curves/sofr.csv")


def starter_text(file: str) -> str:
    """The text of one file of the starter case."""
    return (files("model.inputs") / "starter_case").joinpath(*file.split("/")).read_text("utf-8")


def write_starter(folder: Path) -> list[Path]:
    """Write the starter case into a new or empty folder; the files written. OutputError where that cannot be done."""
    return write_folder(Path(folder), {file: starter_text(file).encode() for file in STARTER})
