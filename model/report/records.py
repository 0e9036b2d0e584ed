"""Records of `stress` and `simulate` beside the workbook: each command writes it with the stamped sheets of all of them.

A record belongs to a workbook where case, inputs, scenario and version are those of its run; any other is left out and said so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.record import version
from model.report.files import Writer

if TYPE_CHECKING:
    from model.cases import Run

Json = Any
FILES = {"stress": "stress.json", "simulation": "simulation.json", "bounds": "bounds.json"}
DAMAGED = (KeyError, TypeError, ValueError, IndexError, AttributeError)  # what a record of another build may lead to
PARTS = {"stress": ("pairs", "base", "scenarios", "as_of"),
         "bounds": ("ranges", "margins", "ask", "ask_cover", "ask_margin", "readings", "proofs", "witnesses", "prices"),
         "simulation": ("joint", "pairs", "facilities", "convergence", "numbers")}


def book(done: Run, folder: Path, say: Callable[[str], None], *, audit: bool = False, **own: Json) -> dict[str, Writer]:
    """<case>.xlsx of a run, with the sheets of its `own` record and of those that lie in the folder and belong to it."""
    from model.report.screen import working
    from model.report.workbook import write_workbook

    found = beside(done, folder, say, [kind for kind in FILES if kind not in own])

    def write(path: Path) -> None:
        with working("workbook") as tell:
            try:
                write_workbook(done, path, {**found, **own}, tell, audit=audit)
            except DAMAGED as error:
                if not found:
                    raise
                names = ", ".join(FILES[kind] for kind in found)
                say(f"{names} in {folder} is not in the workbook: it cannot be read ({type(error).__name__}: {error})")
                write_workbook(done, path, own, tell, audit=audit)

    name, case = f"{done.deal.case.general.case}.xlsx", done.deal.case.folder
    if case.is_file() and (folder / name).exists() and case.samefile(folder / name):  # the workbook that was read
        raw = case.read_bytes()
        return {f"{case.stem}-as-read.xlsx": lambda path: path.write_bytes(raw), name: write}
    return {name: write}


def beside(done: Run, folder: Path, say: Callable[[str], None], kinds: list[str]) -> dict[str, Json]:
    """The records of these kinds in a folder that belong to the run."""
    found = {}
    for kind in kinds:
        if not (path := folder / FILES[kind]).is_file():
            continue
        told = read(path)
        if why := stranger(done, kind, told):
            say(f"{path} is not in the workbook: {why}")
        else:
            found[kind] = told
    return found


def read(path: Path) -> Json:
    """A record; None where the file is none."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def stranger(done: Run, kind: str, told: Json) -> str:
    """Why a record does not belong to a run; nothing where it does."""
    if not isinstance(told, dict) or any(name not in told for name in PARTS[kind]):
        return "it is not a record of this program"
    general = done.deal.case.general
    ours = {"case": general.case, "input_hash": done.deal.case.input_hash, "scenario": done.scenario, "version": version()}
    words = {"case": "case", "input_hash": "inputs", "scenario": "scenario", "version": "version of the program"}
    other = [words[name] for name, value in ours.items() if told.get(name) != value]
    return f"it is of another {' and another '.join(other)}".replace("another inputs", "other inputs") if other else ""
