"""A workbook in the hands of its user: other numbers in blue cells, formulas overwritten. Two programs calculate it anew."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from model.cases import Run
from model.report.layout import CHECKS
from tests.judges import Formualizer, content, differences, named, remembered, stale
from tests.live import LibreOffice, live_libreoffice
from tests.moved import changes
from tests.test_workbook import EVERYTHING, FOLDERS, made, selector, written

FIRST = "coreweave-ddtl-5-5"
HEARD = list(FOLDERS) if EVERYTHING else [FIRST]
CHANGES, MORE, SPOILT = (10, 90, 300) if EVERYTHING else (2, 4, 60)
"""Changes of inputs in both programs, further ones of the first case, formulas overwritten. EVERY_POSITION=1 asks for all
cases, all positions of their selectors, and as many as the numbers in front; without, the further ones are LibreOffice's."""


@pytest.fixture(scope="module", params=HEARD)
def office(request: pytest.FixtureRequest) -> Iterator[LibreOffice]:
    """A case in LibreOffice, which every test leaves as it was."""
    with LibreOffice(written(request.param)) as opened:
        yield opened


def delivered(office: LibreOffice) -> tuple[Run, Path]:
    return made(office.path.stem), office.path


@live_libreoffice
def test_wrong_stored_values_are_told_from_those_found(office: LibreOffice, tmp_path: Path) -> None:
    """What previewers show is what programs find; each value planted beside a formula, number or words, stands out."""
    _, path = delivered(office)
    found, chance = office.values(), random.Random(path.stem)
    assert not stale(path, found)
    wrong = dict.fromkeys(chance.sample([at for at, value in content(path).stored.items() if value], 20), "9.75")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / "planted.xlsx", "w") as target:
        titles = load_workbook(path, read_only=True).sheetnames
        for name in source.namelist():
            part = source.read(name)
            for (sheet, cell), value in wrong.items():
                if name == f"xl/worksheets/sheet{titles.index(sheet) + 1}.xml":
                    pattern = rb'(<c r="%b"[^>]*>(?:(?!</c>).)*</f><v>)[^<]*' % cell.encode()
                    part, changed = re.subn(pattern, lambda old, value=value: old[1] + value.encode(), part, flags=re.S)
                    assert changed == 1
            target.writestr(name, part)
    assert set(stale(tmp_path / "planted.xlsx", found)) == set(wrong)


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
    count = CHANGES + MORE * (path.stem == FIRST)
    for number, (change, changed) in enumerate(changes(run, seed=2026, count=count)):
        expected = remembered(changed)
        back = {at: before.get(at) for at in typed}
        typed = {**change.cells, selector(path): change.scenario}
        for judge in (office, formualizer)[: 2 if EVERYTHING or number < CHANGES else 1]:
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
