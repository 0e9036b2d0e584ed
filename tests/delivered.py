"""The delivered cases, each read and run once however many tests look at it; nobody changes what is found here."""

from __future__ import annotations

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import model
from model.cases import Run, load, run
from model.deal import Deal
from model.record import record
from model.report.workbook import write_workbook

ROOT = Path(__file__).parents[1]
PACKAGE = Path(model.__file__).parent  # of the checkout, or where a wheel was installed
INPUTS = ROOT / "inputs"
STARTER, EVERY_KIND = PACKAGE / "inputs" / "starter_case", ROOT / "tests" / "cases" / "every-kind"


def folder_of(case: str | Path) -> Path:
    """A case by the name of its folder among the inputs, or by its path."""
    return (INPUTS / case).resolve()


def the_deal(case: str | Path) -> Deal:
    """Read and wired."""
    return the_run(case).deal


def the_run(case: str | Path) -> Run:
    """Under all its scenarios; base is read."""
    return _run_of(folder_of(case))


def the_record(case: str | Path) -> Any:
    """What run.json says of it."""
    return _record_of(folder_of(case))


def the_book(case: str | Path) -> Path:
    """Its workbook as a run writes it, in a folder of its own."""
    return _book_of(folder_of(case))


@cache
def _run_of(folder: Path) -> Run:
    return run(load(folder))


@cache
def _record_of(folder: Path) -> Any:
    return record(_run_of(folder))


@cache
def _book_of(folder: Path) -> Path:
    return write_workbook(_run_of(folder), folder_for(folder.name) / f"{folder.name}.xlsx")


def folder_for(name: str) -> Path:
    """A new folder that is there until the tests end."""
    return Path(mkdtemp(prefix=f"{name}-", dir=_books()))


@cache
def _books() -> Path:
    books = Path(mkdtemp(prefix="debtcover-books-"))
    atexit.register(shutil.rmtree, books, ignore_errors=True)
    return books
