"""Formulas of a workbook that something was typed over: such a number would count nowhere, so its user is told.

The sheet Checks says how many formulas each sheet was written with; only where some are missing is the workbook composed anew,
to name them. Not seen: a formula in the place of another, one typed over while another was added on the same sheet, what
happens on Checks itself, and sheets that were taken out as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from openpyxl.utils.cell import coordinate_to_tuple

from model import cases
from model.deal import Deal
from model.errors import Finding
from model.report.checks_page import FORMULAS_ON
from model.report.layout import CHECKS, FORMULAS
from model.round_trip.cells import Saved, of_file, shown

if TYPE_CHECKING:
    from model.report.workbook import Issue

MOST = 20  # findings; how many more there are is said in one
LABEL, EXPECTED = 2, 4  # columns of Checks
LIGHT = 1  # formula above those that Checks counts
SHOWN = 60  # characters of a formula
BLUE = "numbers are typed into the blue cells of Inputs and Inputs over time"


def overwritten(saved: Saved, deal: Deal) -> list[Finding]:
    """What is wrong with the formulas of a workbook whose case is `deal`, as it was before anything was typed."""
    missing = {title: number for title, expected in _written(saved) if (number := expected - saved.formulas(title, expected)) > 0}
    if not missing:
        return []
    from model.report.workbook import compose

    assert saved.book is not None
    issue = compose(cases.run(deal), audit=FORMULAS in saved.book.parts)
    found = [finding for title, number in missing.items() for finding in _on(saved, issue, title, number)]
    if len(found) > MOST:
        more = f"and {len(found) - MOST + 1} more formulas that are no longer there"
        return [*found[:MOST - 1], Finding(saved.file, 0, "formulas", more, BLUE)]
    return found


def _written(saved: Saved) -> Iterator[tuple[str, int]]:
    """How many formulas each sheet was written with."""
    assert saved.book is not None
    for line in saved.book.sheet(CHECKS).values():
        label, expected = (line[column].value if column in line else None for column in (LABEL, EXPECTED))
        title = str(label).removesuffix(FORMULAS_ON)
        if title != label and title in saved.book.parts and isinstance(expected, float):
            yield title, int(expected) + LIGHT


def _on(saved: Saved, issue: Issue, title: str, number: int) -> Iterator[Finding]:
    """Each formula that is missing from a sheet; only their number where lines stand elsewhere than this case would have them."""
    assert saved.book is not None
    left = saved.book.formulas(title)
    gone = [cell for cell in issue.memory.formulas.get(title, ()) if cell not in left]
    if len(gone) != number:
        yield Finding(saved.file, 0, f"{title} (formulas)", f"{number} fewer than were written",
                      f"every formula as it was written: `debtcover diff` with the workbook as delivered names them; {BLUE}")
        return
    sheet = saved.book.sheet(title)
    for cell in gone:
        line, column = coordinate_to_tuple(cell)
        stored = sheet.get(line, {}).get(column)
        seen = "nothing" if stored is None else shown(of_file(title, line, column, stored))
        said = issue.pages[title].said(cell)
        yield Finding(saved.file, line, f"{saved.cell(title, line, column).name} (formula)", f"{seen} in its place",
                      f"{said if len(said) <= SHOWN else said[:SHOWN - 3] + '...'} as it was written; {BLUE}")
