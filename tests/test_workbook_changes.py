"""A workbook in the hands of its user: other numbers in blue cells, formulas overwritten. Two programs calculate it anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from model.cases import Run
from model.report import workbook
from model.report.layout import CHECKS
from model.report.page import Memory
from model.report.workbook import compose, write_workbook
from tests.judges import Formualizer, content, differences, named
from tests.live import LibreOffice, live_libreoffice
from tests.moved import changes
from tests.test_workbook import EVERYTHING, FOLDERS, Remembered, made, selector

HEARD = list(FOLDERS) if EVERYTHING else ["coreweave-ddtl-5-5"]
CHANGES, HEARD_TWICE, SPOILT = (100, 100, 300) if EVERYTHING else (8, 2, 100)
"""Changes of inputs, those of them that formualizer hears too, and formulas overwritten; in each of the cases heard.
EVERY_POSITION=1 asks for all cases, all positions of their selectors, and as many as the numbers in front."""


@pytest.fixture(scope="module", params=[pytest.param(case, marks=pytest.mark.xdist_group(case)) for case in HEARD])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibreOffice]:
    """A case in LibreOffice, which every test leaves as it was."""
    path = write_workbook(made(request.param), tmp_path_factory.mktemp("live") / f"{request.param}.xlsx")
    with LibreOffice(path) as opened:
        yield opened


def remembered(run: Run) -> Memory:
    """What every cell shows in a run, as the engine has it."""
    with patch.object(workbook, "Page", Remembered):
        return compose(run).memory


def delivered(office: LibreOffice) -> tuple[Run, Path]:
    return made(office.path.stem), office.path


@live_libreoffice
@pytest.mark.skipif(not EVERYTHING, reason="some positions of some cases are heard by other tests; EVERY_POSITION=1 for all")
def test_every_formula_under_every_position(office: LibreOffice) -> None:
    """Both programs find what the engine finds, whichever scenario is chosen."""
    run, path = delivered(office)
    judges: tuple[Any, ...] = (office, Formualizer(path))
    for scenario in (*reversed(run.names), "base"):
        expected = remembered(run.under(scenario))
        for judge in judges:
            judge.change({selector(path): scenario})
            wrong = differences(judge.values(), expected)
            assert not wrong, f"{type(judge).__name__}, {scenario}: {len(wrong)} cells, such as {wrong[:5]}"


@live_libreoffice
def test_every_formula_follows_random_changes_of_inputs(office: LibreOffice) -> None:
    """One blue cell or forty, of base, of scenarios, of months: both programs find what the engine finds."""
    run, path = delivered(office)
    formualizer, before = Formualizer(path), office.values()
    typed: dict[tuple[str, str], Any] = {}
    for number, (change, changed) in enumerate(changes(run, seed=2026, count=CHANGES)):
        expected = remembered(changed)
        back = {at: before.get(at) for at in typed}
        typed = {**change.cells, selector(path): change.scenario}
        for judge in (office, formualizer)[: 1 + (number < HEARD_TWICE)]:
            judge.change({**back, **typed})
            wrong = differences(judge.values(), expected)
            assert not wrong, f"{type(judge).__name__}, {change.words}: {len(wrong)} cells, such as {wrong[:5]}"
    office.change({at: before.get(at) for at in typed})
    assert office.values() == before


@live_libreoffice
def test_no_formula_can_be_overwritten_unseen(office: LibreOffice) -> None:
    """The master check counts it, whatever is typed: the value that stood there, another, words, nothing."""
    _, path = delivered(office)
    total, chance, shown = named(path, "Chk_Total"), random.Random(path.stem), office.values()
    # the light in row 2 shows the master check, which therefore cannot look at it
    cells = chance.sample([at for at in content(path).formulas if at[0] != CHECKS and at[1] != "A2"], SPOILT)
    typed = {at: chance.choice((shown.get(at), shown.get(at), 12345.678, "nothing", None)) for at in cells}
    assert shown[total] == 0
    unseen = [at for at, failed in office.overwritten(typed, total).items() if not isinstance(failed, float) or failed <= 0]
    assert not unseen, f"{len(unseen)} of {SPOILT}, such as {[(at, typed[at]) for at in unseen[:5]]}"
    assert office.values() == shown
