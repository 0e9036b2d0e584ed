"""Formulas of a workbook that something else stands in place of: what is typed there would count nowhere, and another formula
would show what this program never found. So its user is told, cell by cell.

The workbook brings along what the formulas of each sheet are known by; only where that is no longer so is the workbook composed
anew, to name the cells. Lines may have been moved, as long as their formulas follow. What was added beside the formulas is left
alone, and so are sheets that were taken out or put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from model import cases
from model.deal import Deal
from model.difference.lines import Book
from model.errors import Finding
from model.report.as_written import fingerprint, formulas_of, of_words, spelt
from model.report.case_files import PRINTS
from model.report.layout import CASE_FILES, FORMULAS
from model.report.rows import Rows
from model.round_trip.cells import Saved, of_file, shown
from model.saved import File

if TYPE_CHECKING:
    from model.report.workbook import Issue

MOST = 20  # findings; how many more there are is said in one
SHOWN = 60  # characters of a formula
BLUE = "numbers are typed into the blue cells of Inputs and Inputs over time"
AS_WRITTEN = f"every formula as it was written: `debtcover diff` with the workbook as delivered names them; {BLUE}"
_NAMED = re.compile("([A-Z]{1,3}[0-9]{1,7})(=.*)", re.S)


def overwritten(saved: Saved, deal: Deal) -> list[Finding]:
    """What is wrong with the formulas of a workbook whose case is `deal`, as it was before anything was typed."""
    assert saved.book is not None
    written = of_words(str(saved.cell(CASE_FILES, PRINTS, 3).value or ""))
    if not written:
        return [Finding(saved.file, PRINTS, f"{CASE_FILES} (formulas as written)", "nothing", AS_WRITTEN)]
    touched = {title: told for title, told in written.items()
               if title in saved.book.parts and fingerprint(saved.book.formulas(title)) != told}
    found = list(_told(saved, saved.book, deal, touched)) if touched else []
    if len(found) > MOST:
        more = f"and {len(found) - MOST + 1} more formulas that are no longer there"
        return [*found[:MOST - 1], Finding(saved.file, 0, "formulas", more, BLUE)]
    return found


def _told(saved: Saved, book: File, deal: Deal, touched: dict[str, str]) -> Iterator[Finding]:
    """Each formula that is no longer there; of a sheet that cannot be composed anew, only that some are not.

    Such are pages that show what another command has stamped, and those of another version of this program.
    """
    from model.report.workbook import compose

    both = Beside(compose(cases.run(deal), audit=FORMULAS in book.parts), book)
    for title, told in touched.items():
        page = both.issue.pages.get(title)
        if page is None or fingerprint(formulas_of(page)) != told:
            yield Finding(saved.file, 0, f"{title} (formulas)", "others than were written", AS_WRITTEN)
            continue
        for line, column, said in both.gone(title, formulas_of(page)):
            stored = book.sheet(title).get(line, {}).get(column)
            seen = "nothing" if stored is None else shown(of_file(title, line, column, stored))
            yield Finding(saved.file, line, f"{saved.cell(title, line, column).name} (formula)", f"{seen} in its place",
                          f"{said if len(said) <= SHOWN else said[:SHOWN - 3] + '...'} as it was written; {BLUE}")


@dataclass
class Beside:
    """A workbook as this program composes it, and as it was saved."""

    issue: Issue
    file: File

    @cached_property
    def composed(self) -> Book:
        """The lines of the one."""
        parts = {title: "".join(Rows(page).xml()).encode() for title, page in self.issue.pages.items()}
        return Book(File(self.file.path, parts=parts))

    @cached_property
    def saved(self) -> Book:
        """The lines of the other."""
        return Book(self.file)

    def gone(self, title: str, written: str) -> Iterator[tuple[int, int, str]]:
        """Formulas of a sheet that stand neither in their cell nor where their line is now: its place there, and the formula."""
        left = _by_cell(self.file.formulas(title))
        for cell, said in _by_cell(written).items():
            if spelt(left.get(cell, "")) != spelt(said):
                line, column = coordinate_to_tuple(cell)
                now = self._line_now(title, line)
                other = left.get(f"{get_column_letter(column)}{now}", "")
                if not other or not self._same(title, said, (line, column), other, now):
                    yield now, column, said

    def _line_now(self, title: str, line: int) -> int:
        """Where a line stands in the saved workbook: by its name, maybe in another block, or below the line above it."""
        before, now = self.composed.sheets[title], self.saved.sheets[title]
        if (name := before.names.get(line)) is None:
            return line
        new = (number for number, other in now.names.items() if other.label == name.label and other not in before.by_name)
        if (found := now.by_name.get(name) or next(new, None)) is not None:
            return found
        above = next((number for number in range(line, 0, -1) if before.names.get(number) in now.by_name), None)
        return line if above is None else now.by_name[before.names[above]] + line - above

    def _same(self, title: str, said: str, at: tuple[int, int], other: str, now: int) -> bool:
        """Whether two formulas read the same, in their letters or in the names of the lines to which they point."""
        if spelt(said) == spelt(other):
            return True
        line, column = at
        names = (book.pattern(book.sheets[title], number, column, text)
                 for book, number, text in ((self.composed, line, said), (self.saved, now, other)))
        return len({spelt(name) for name in names}) == 1


def _by_cell(formulas: str) -> dict[str, str]:
    """Formulas by the name of their cell."""
    return {found[1]: found[2] for found in map(_NAMED.fullmatch, formulas.split("\n")) if found}
