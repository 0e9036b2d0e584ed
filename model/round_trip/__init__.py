"""A workbook as a case: what was typed into it, read back and told in the files of its case."""

from __future__ import annotations

from dataclasses import replace
from os.path import isfile  # also for a name that is longer than names may be
from pathlib import Path
from typing import TYPE_CHECKING

from model import cases
from model.errors import InputError
from model.round_trip.edited import Edited

if TYPE_CHECKING:
    from model.deal import Deal
    from model.round_trip.cells import Saved

UNCHANGED = "as it was written: the lines of this sheet are the case, and the blue cells of the input sheets change it"


def load(path: str | Path, more: str | Path | None = None) -> Deal:
    """Read a case folder, or a workbook that this program wrote, as a deal. InputError with every finding."""
    return read(path, more).deal


def read(path: str | Path, more: str | Path | None = None) -> Edited:
    """A case with everything that was typed into it, which is nothing where it is a folder. InputError with every finding."""
    if not isfile(path):
        deal = cases.load(path, more)
        return Edited(deal, deal.case.files)
    from model.round_trip.cells import opened

    return case_of(opened(Path(path)), Path(path), more)


def case_of(saved: Saved, path: Path, more: str | Path | None = None) -> Edited:
    """The case of a workbook whose cells are read."""
    from model.round_trip.overwritten import overwritten
    from model.round_trip.placing import placed
    from model.round_trip.typed import chosen, typed

    deal = cases.load(path, more, files_in(saved))
    found, scenario = typed(saved, deal), chosen(saved, deal)
    saved.findings += overwritten(saved, deal)
    if not all(finding.warning for finding in saved.findings):
        raise InputError(saved.findings)
    edited = placed(deal, found, path.name) if found else Edited(deal, deal.case.files)
    warnings = (*edited.deal.case.warnings, *saved.findings)
    edited.deal.case = replace(edited.deal.case, scenario=scenario, warnings=warnings)
    return edited


def files_in(saved: Saved) -> dict[str, bytes]:
    """The files of the case, from their sheet."""
    from model.inputs import input_hash
    from model.report.case_files import HASH, read_back, told
    from model.report.layout import CASE_FILES

    try:
        files = read_back(told(saved.sheets[CASE_FILES]))
    except ValueError as error:
        raise saved.refuse(CASE_FILES, str(error), UNCHANGED) from error
    if input_hash(files) != saved.cell(CASE_FILES, HASH, 3).value:
        raise saved.refuse(CASE_FILES, "other lines", UNCHANGED)
    return files
