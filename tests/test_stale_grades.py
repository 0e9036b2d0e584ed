"""Grades once a user has moved an input: A/B or C/D and rerun, because T4 and support were found for other inputs (RULES 7).

What must be shown is said here by hand, per case; that every other cell follows the engine is asked of both programs.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from model.report.layout import INPUTS, lay_out
from tests.delivered import the_book, the_run
from tests.judges import Formualizer, differences, libreoffice, libreoffice_values, named, remembered, with_cells
from tests.moved import Change, moved

CASES = {  # grades as found, grades once the base curve is shifted, and H2 then
    "unit-100mw": (["B"], ["A/B rerun"], "holds_if_assumed"),
    "flash-compute": (["C-F"], ["C/D rerun"], "rerun"),
    "coreweave-ddtl-5-5-benchmark": (["D"], ["D"], "fails"),  # nobody has promised anything: nothing to be found again
    "nebius-microsoft": (["N"], ["N"], "not_proven"),
    "coreweave-ipo": (["C-G", "C-G", "D"], ["C/D rerun", "C/D rerun", "D"], "fails"),
}
EVERYTHING = bool(os.environ.get("EVERY_POSITION"))
HEARD = list(CASES) if EVERYTHING else ["unit-100mw", "flash-compute", "nebius-microsoft"]
"""What formualizer recalculates in every run of the suite; LibreOffice the first of them."""
WHY = {"A/B rerun": "Rerun: T4 was found for other inputs.",
       "C/D rerun": "Rerun: which support covers it was found for other inputs."}
SHIFT = "drivers.rate_shift"


@pytest.fixture(scope="module", params=HEARD)
def case(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def path(case: str) -> Path:
    return the_book(case)


def shown(case: str, found: Any) -> tuple[list[str], list[str], str, str]:
    """Grades and reasons of the pairs on the Dashboard, H2 there, and the verdict on the Cover."""
    lines = {value: int(cell[1:]) for (sheet, cell), value in found.items() if sheet == "Dashboard" and cell[0] == "B"}
    first = lines["Contract / debt"] + 1
    places = [first + 2 * n for n in range(len(the_run(case).deal.pairs))]
    h2 = found["Dashboard", f"C{lines['With documented support (H2)']}"]
    cover = (str(words) for (sheet, _), words in found.items() if sheet == "Cover")
    sentence = next(words for words in cover if "contract-debt pairs, USD" in words)
    return ([found["Dashboard", f"D{n}"] for n in places], [found["Dashboard", f"B{n + 1}"] for n in places], h2, sentence)


def a_basis_point(case: str) -> Change:
    run = the_run(case)
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


def test_a_moved_input_leaves_open_what_was_stamped(case: str, path: Path) -> None:
    """As it was before and after; the T4 that was found is not shown; another scenario alone leaves nothing open."""
    book, change = Formualizer(path), a_basis_point(case)
    before, stands = book.values(), remembered(the_run(case))
    assert not differences(before, stands)
    book.change(change.cells)
    after = book.values()
    check(case, before, after)
    assert not differences(after, remembered(moved(the_run(case), change)))
    if case != HEARD[0]:
        return
    book.change(dict.fromkeys(change.cells, 0.0) | {named(path, "In_ScenarioName"): the_run(case).names[-1]})
    other = book.values()
    assert not any("erun" in words for words in shown(case, other)[0])
    assert not differences(other, remembered(the_run(case).under(the_run(case).names[-1])))


@libreoffice
@pytest.mark.parametrize("case", HEARD if EVERYTHING else HEARD[:1])
def test_libreoffice_says_so_too(case: str, tmp_path: Path) -> None:
    path = the_book(case)
    change = a_basis_point(case)
    before, after = libreoffice_values(path, with_cells(path, change.cells, tmp_path / "moved.xlsx"))
    check(case, before, after)
    assert not differences(before, remembered(the_run(case)))
    assert not differences(after, remembered(moved(the_run(case), change)))
