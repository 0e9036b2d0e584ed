"""Grades once a user has moved an input: A/B or C/D and rerun, because T4 and support were found for other inputs (RULES 7).

What must be shown is said here by hand, per case; that every other cell follows the engine is asked of both programs.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from model.cases import Run
from model.report.layout import INPUTS, lay_out
from model.report.workbook import write_workbook
from tests.delivered import the_book, the_run
from tests.judges import Formualizer, differences, libreoffice, libreoffice_values, named, remembered, with_cells
from tests.moved import Change, moved
from tests.test_golden_verdicts import worked_out

SHORT = "balloon-refinanced-on-the-tail"  # of two years, worked out by hand; the others are delivered
CASES = {  # grades as found, grades once the base curve is shifted, and H2 then
    "unit-100mw": (["B"], ["A/B rerun"], "holds if assumed"),
    "flash-compute": (["C-F"], ["C/D rerun"], "rerun"),
    SHORT: (["C-F"], ["C/D rerun"], "rerun"),
    "coreweave-ddtl-5-5-benchmark": (["D"], ["D"], "fails"),  # nobody has promised anything: nothing to be found again
    "nebius-microsoft": (["N"], ["N"], "not proven"),
    "coreweave-ipo": (["C-G", "C-G", "D"], ["C/D rerun", "C/D rerun", "D"], "fails"),
}
EVERYTHING = bool(os.environ.get("EVERY_POSITION"))
HEARD = list(CASES) if EVERYTHING else ["unit-100mw", SHORT, "nebius-microsoft"]
"""What formualizer recalculates in every run of the suite; LibreOffice the short one, and A/B on the sheets of the commands."""
WHY = {"A/B rerun": "Rerun: T4 was found for other inputs.",
       "C/D rerun": "Rerun: which support covers it was found for other inputs."}
SHIFT = "drivers.rate_shift"


def ran(case: str) -> Run:
    return worked_out(case)[2] if case == SHORT else the_run(case)


def written(case: str, folder: Path) -> Path:
    return write_workbook(ran(case), folder / "short.xlsx") if case == SHORT else the_book(case)


def shown(case: str, found: Any) -> tuple[list[str], list[str], str, str]:
    """Grades and reasons of the pairs on the Dashboard, H2 there, and the verdict on the Cover."""
    lines = {value: int(cell[1:]) for (sheet, cell), value in found.items() if sheet == "Dashboard" and cell[0] == "B"}
    first = lines["Contract / debt"] + 1
    places = [first + 2 * n for n in range(len(ran(case).deal.pairs))]
    h2 = found["Dashboard", f"C{lines['With documented support (H2)']}"]
    cover = (str(words) for (sheet, _), words in found.items() if sheet == "Cover")
    sentence = next(words for words in cover if "contract-debt pairs, USD" in words)
    return ([found["Dashboard", f"D{n}"] for n in places], [found["Dashboard", f"B{n + 1}"] for n in places], h2, sentence)


def a_basis_point(case: str) -> Change:
    run = ran(case)
    row = run.deal.book.by_key[SHIFT]
    line, values = lay_out(run.deal.book.blocks).places[row].line, list(run.told.get(SHIFT, [0.0] * len(run.names)))
    follows = [0.0001 if n == 0 or value == values[0] else value for n, value in enumerate(values)]
    return Change("base", {(INPUTS, f"E{line}"): 0.0001}, {row: follows})


def check(case: str, before: Any, after: Any) -> None:
    grades, then, h2 = CASES[case]
    now, reasons, _, sentence = shown(case, before)
    assert now == grades
    assert not any("erun" in words for words in (*reasons, sentence))
    now, reasons, said, sentence = shown(case, after)
    assert (now, said) == (then, h2)
    for grade, reason in zip(now, reasons, strict=True):
        assert grade in sentence
        assert reason.endswith(WHY.get(grade, "")), reason
        assert "Covered only if" not in reason
        assert ("erun" in reason) == (grade in WHY)


@pytest.mark.parametrize("case", HEARD)
def test_a_moved_input_leaves_open_what_was_stamped(case: str, tmp_path: Path) -> None:
    """As it was before and after; the T4 that was found is not shown; another scenario alone leaves nothing open."""
    path = written(case, tmp_path)
    book, change = Formualizer(path), a_basis_point(case)
    before, stands = book.values(), remembered(ran(case))
    assert not differences(before, stands)
    book.change(change.cells)
    after = book.values()
    check(case, before, after)
    assert not differences(after, remembered(moved(ran(case), change)))
    if case != HEARD[0]:
        return
    book.change(dict.fromkeys(change.cells, 0.0) | {named(path, "In_ScenarioName"): ran(case).names[-1]})
    other = book.values()
    assert not any("erun" in words for words in shown(case, other)[0])
    assert not differences(other, remembered(ran(case).under(ran(case).names[-1])))


@libreoffice
@pytest.mark.parametrize("case", HEARD if EVERYTHING else [SHORT])
def test_libreoffice_says_so_too(case: str, tmp_path: Path) -> None:
    path = written(case, tmp_path)
    change = a_basis_point(case)
    before, after = libreoffice_values(path, with_cells(path, change.cells, tmp_path / "moved.xlsx"))
    check(case, before, after)
    assert not differences(before, remembered(ran(case)))
    assert not differences(after, remembered(moved(ran(case), change)))
