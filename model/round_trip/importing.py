"""An edited workbook back as a case folder, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from model.inputs.read import BESIDE
from model.report.screen import Screen
from model.round_trip.edited import Edited
from model.round_trip.places import number
from model.whole import write_folder

MORE_SCENARIOS = "beside/more-scenarios.yaml"
"""Where scenarios of a file beside the case go: a case folder does not read them by itself."""


def write_case(folder: Path, files: Mapping[str, bytes]) -> None:
    """A new case folder, whole or not at all. RequestError where something stands there, OutputError where it cannot be."""
    write_folder(folder, {MORE_SCENARIOS if name == BESIDE else name: raw for name, raw in files.items()})


def show(edited: Edited, screen: Screen) -> None:
    """Every typed number: what it was, what it is, and the line that holds it now."""
    if not edited.told:
        screen.say("No input was changed.")
        return
    screen.table(("input", "what it is", "scenario or month", "before", "after", "now in"), [
        (one.key, one.label, one.where, told(one.before), told(one.after),
         f"{MORE_SCENARIOS if file == BESIDE else file}:{line}") for one, file, line in edited.told], left=3)
    if edited.held:
        screen.say(f"{edited.held} more in edits.yaml stay as they were in the workbook: instalments frozen at close, contracts "
                   "as signed, and whatever else would follow a changed file.")


def told(value: float | None) -> str:
    """A number as it was typed; nothing where a scenario takes the base value."""
    return "base value" if value is None else number(value)
