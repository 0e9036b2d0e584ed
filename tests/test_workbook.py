"""The delivered workbook: every formula cell against the engine, by programs that share no code with it."""

from __future__ import annotations

import os
import random
import re
import zipfile
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet

from model.cases import Run, load, run
from model.report import workbook
from model.report.layout import CUSTOMERS, STACK, WORKINGS
from model.report.page import Memory, Page
from model.report.workbook import compose, write_workbook
from tests.judges import Cells, Formualizer, content, differences, libreoffice, libreoffice_values, named, with_cells

ROOT = Path(__file__).parent.parent
LISTING = "coreweave-ipo"
FOLDERS = {p.parent.name: p.parent for p in sorted([*ROOT.glob("inputs/*/case.yaml"), *ROOT.glob("tests/cases/*/case.yaml")])}
CASES = (LISTING, "every-kind")
"""Cases that hold every kind of contract, clause and waterfall between them; of others base is heard once."""
SMALL = "nebius-microsoft"
EVERYTHING = bool(os.environ.get("EVERY_POSITION"))
"""Whether the judges hear every position of every case: minutes each, so not in every run of the suite."""
OTHERS = [case for case in FOLDERS if case not in CASES] if EVERYTHING else ["coreweave-2025-12", SMALL]


@cache
def made(case: str) -> Run:
    return run(load(FOLDERS[case]))


class Remembered(Page):
    """A page that is not drawn: what it would show is remembered, which is all that a judge is asked about."""

    def formula(self, cell: str, text: str, value: Any, style: str = "", fmt: str = "") -> Any:
        value = value.item() if hasattr(value, "item") else value
        self.memory.remember(self.title, cell, value, is_formula=True)
        return SimpleNamespace(coordinate=cell)

    def number(self, cell: str, value: Any, style: str = "", fmt: str = "") -> Any:
        self.memory.remember(self.title, cell, value, is_formula=False)
        return SimpleNamespace(coordinate=cell)

    def text(self, cell: str, value: str, style: str = "") -> Any:
        return SimpleNamespace(coordinate=cell)

    def fill(self, line: int, first: int, last: int, style: str) -> None:
        pass

    def listed(self, line: int, first: int, values: Any, style: str = "") -> None:
        pass

    def said(self, cell: str) -> str:
        return ""

    def height(self, line: int, *texts: Any, **more: Any) -> None:
        pass


@lru_cache(maxsize=2)
def expected(case: str, scenario: str) -> Memory:
    """What the engine says that every cell shows in a scenario."""
    with patch.object(workbook, "Page", Remembered):
        return compose(made(case).under(scenario)).memory


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("books")


def written(folder: Path, case: str) -> Path:
    """The workbook of a case as delivered."""
    path = folder / f"{case}.xlsx"
    return path if path.exists() else write_workbook(made(case), path)


@cache
def opened(path: Path) -> Workbook:
    """A file with its formulas; of the sheets with periods no more than their heads, which is a tenth of the work."""
    light = path.with_name("light.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(light, "w") as copy:
        titles = load_workbook(path, read_only=True).sheetnames
        for name in source.namelist():
            number = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            periods = number is not None and titles[int(number[1]) - 1] in WORKINGS
            part = source.read(name)
            copy.writestr(name, re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", part, flags=re.S) if periods else part)
    return load_workbook(light)


@cache
def formula_cells(path: Path) -> tuple[tuple[str, str], ...]:
    """Every formula cell of a file, as (sheet, cell)."""
    return tuple(content(path).formulas)


def selector(path: Path) -> tuple[str, str]:
    """The cell in which the scenario is chosen."""
    return named(path, "In_ScenarioName")


EACH_CASE = [pytest.param(case, marks=pytest.mark.xdist_group(case)) for case in CASES]


@pytest.mark.parametrize("case", OTHERS)
def test_every_formula_of_a_small_case(tmp_path: Path, case: str) -> None:
    path = write_workbook(made(case), tmp_path / f"{case}.xlsx")
    wrong = differences(Formualizer(path).values(), expected(case, "base"))
    assert not wrong, f"{case}: {len(wrong)} cells, such as {wrong[:5]}"


@pytest.mark.slow
@pytest.mark.parametrize("case", EACH_CASE)
def test_every_formula_under_positions_of_the_selector(folder: Path, case: str) -> None:
    path = written(folder, case)
    book = Formualizer(path)
    for scenario in heard(case):
        book.change({selector(path): scenario})
        wrong = differences(book.values(), expected(case, scenario))
        assert not wrong, f"{case}, {scenario}: {len(wrong)} cells, such as {wrong[:5]}"


def heard(case: str) -> list[str]:
    """The positions that formualizer hears: five of the listing case; of others, which take it longer, base and the first
    that move an input that no position before them moves. EVERY_POSITION=1 asks for all of all cases."""
    scenarios = made(case).deal.scenarios
    if EVERYTHING:
        return list(scenarios)
    if case == LISTING:
        return ["base", "delay-3-months", "year-end-stack", "greatest-of", "contract-realisation"]
    moved = {key for overrides in made(LISTING).deal.scenarios.values() for key in overrides}
    chosen = ["base"]
    for name, overrides in scenarios.items():
        if not moved >= set(overrides):
            chosen.append(name)
            moved |= set(overrides)
    return chosen if case == "every-kind" else chosen[:2]


def heard_twice(case: str) -> list[str]:
    """Those that LibreOffice hears as well: base everywhere, a second position of the first two cases."""
    return heard(case) if EVERYTHING else heard(case)[: {LISTING: 2, "every-kind": 2}.get(case, 1)]


@libreoffice
@pytest.mark.parametrize("case", EACH_CASE)
def test_every_formula_under_positions_in_libreoffice(folder: Path, case: str, tmp_path: Path) -> None:
    path = written(folder, case)
    names = heard_twice(case)
    files = [with_cells(path, {selector(path): name}, tmp_path / f"{name}.xlsx") for name in names]
    for scenario, found in zip(names, libreoffice_values(*files), strict=True):
        wrong = differences(found, expected(case, scenario))
        assert not wrong, f"{case}, {scenario}: {len(wrong)} cells, such as {wrong[:5]}"


def planted(path: Path) -> Path:
    """A copy with wrong values beside the formulas."""
    copy = path.with_name("planted.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(rb"</f><v>-?[0-9.e+-]+</v>", b"</f><v>12345.678</v>", part)
            target.writestr(name, part)
    return copy


def overwritten(path: Path) -> dict[tuple[str, str], Path]:
    """Copies with one typed number in place of a formula, by the cell."""
    targets = [at for at in formula_cells(path) if at[0] in (*WORKINGS, "Summary", STACK, CUSTOMERS)]
    chosen = random.Random(7).sample(targets, 3)
    return {at: with_cells(path, {at: 1.5}, path.with_name(f"overwritten-{n}.xlsx")) for n, at in enumerate(chosen)}


@cache
def spoilt(path: Path) -> tuple[Cells, dict[tuple[str, str], Cells]]:
    """What LibreOffice finds in both kinds of copy, in one call."""
    copies = overwritten(path)
    first, *others = libreoffice_values(planted(path), *copies.values())
    return first, dict(zip(copies, others, strict=True))


@libreoffice
@pytest.mark.xdist_group(SMALL)
def test_wrong_stored_values_do_not_reach_the_judges(folder: Path) -> None:
    """Recalculation is forced: values planted beside the formulas are thrown away by both programs."""
    path = written(folder, SMALL)
    stored = content(planted(path)).stored
    assert sum(value == "12345.678" for (sheet, _), value in stored.items() if sheet == "Debt") > 100
    base, found = expected(SMALL, "base"), spoilt(path)[0]
    assert not differences(found, base)
    assert found[named(path, "Chk_Total")] == 0
    assert not differences(Formualizer(planted(path)).values(), base)


@pytest.mark.parametrize("case", EACH_CASE)
def test_the_engine_knows_every_formula_of_the_file(folder: Path, case: str) -> None:
    """What the other tests compare is all there is."""
    known = {(sheet, cell) for sheet, names in expected(case, "base").formulas.items() for cell in names}
    assert known == set(formula_cells(written(folder, case)))


@pytest.mark.parametrize("case", EACH_CASE)
def test_every_formula_cell_and_chart_has_a_stored_value(folder: Path, case: str) -> None:
    path = written(folder, case)
    stored = content(path).stored
    assert not [at for at in formula_cells(path) if not stored[at] and expected(case, "base").values[at] != ""]
    with zipfile.ZipFile(path) as parts:
        charts = [parts.read(name) for name in parts.namelist() if re.match(r"xl/charts/chart\d+\.xml", name)]
    deal = made(case).deal
    assert len(charts) == 4 + len(deal.conversions) + (deal.customers.capacity is not None), "the bar of evidence is the fourth"
    assert all(chart.count(b"Cache>") >= 2 * chart.count(b"<ser>") for chart in charts)


@pytest.mark.xdist_group(LISTING)
def test_pandas_reads_results_and_not_blanks(folder: Path) -> None:
    frame = pd.read_excel(written(folder, LISTING), sheet_name="Summary", header=None, engine="openpyxl")
    assert frame.iloc[7:40, 6].notna().sum() > 15


@pytest.mark.parametrize("case", EACH_CASE)
def test_no_number_but_0_and_1_stands_in_a_formula(folder: Path, case: str) -> None:
    for (sheet, cell), formula in content(written(folder, case)).formulas.items():
        text = re.sub(r'"[^"]*"', "", formula)
        numbers = re.findall(r"(?<![A-Za-z0-9_.$!])\d+\.?\d*(?![A-Za-z0-9_.(!:])", text)
        assert set(numbers) <= {"0", "1"}, f"{sheet}!{cell}: {text}"


@pytest.mark.parametrize("case", EACH_CASE)
def test_a_row_has_one_formula(folder: Path, case: str) -> None:
    """In relative notation all periods of a row read the same."""
    patterns: dict[tuple[str, int], set[str]] = {}
    for (sheet, cell), formula in content(written(folder, case)).formulas.items():
        line, column = coordinate_to_tuple(cell)
        if sheet in WORKINGS and line >= 8 and column >= 7:
            patterns.setdefault((sheet, line), set()).add(relative(formula, column))
    assert patterns
    assert not [at for at, found in patterns.items() if len(found) > 1]


def relative(text: str, column: int) -> str:
    """A formula with columns counted from its own cell."""
    return re.sub(r"(?<![$A-Za-z])([A-Z]{1,3})(?=\$?\d)", lambda m: f"[{column_index_from_string(m[1]) - column}]", text)


@pytest.mark.xdist_group(SMALL)
def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write_workbook(made(SMALL), tmp_path / name).read_bytes() for name in ("one.xlsx", "two.xlsx"))
    assert one == two


@libreoffice
@pytest.mark.xdist_group(SMALL)
def test_an_overwritten_formula_lights_the_master_check(folder: Path) -> None:
    """One typed number in place of any formula is counted, in LibreOffice; formualizer does not know ISFORMULA."""
    path = written(folder, SMALL)
    whole, broken = spoilt(path)
    assert whole[named(path, "Chk_Total")] == 0
    assert len(broken) == 3
    for at, found in broken.items():
        assert found[named(path, "Chk_Total")] > 0, f"{at} was overwritten and no check noticed"


@pytest.mark.xdist_group(LISTING)
def test_sheets_stand_in_reading_order_and_nothing_is_hidden(folder: Path) -> None:
    book = opened(written(folder, LISTING))
    assert book.sheetnames[:5] == ["Cover", "Dashboard", "Summary", STACK, CUSTOMERS]
    sheets: list[Worksheet] = book.worksheets
    assert all(sheet.sheet_state == "visible" for sheet in sheets)
    assert not [d for sheet in sheets for d in sheet.column_dimensions.values() if d.hidden]
    assert all(len(name) <= 31 for name in book.sheetnames)


@pytest.mark.xdist_group(LISTING)
def test_every_typed_input_is_unlocked_and_bounded(folder: Path) -> None:
    book = opened(written(folder, LISTING))
    sheet = book["Inputs"]
    ranges = [area for rule in sheet.data_validations.dataValidation for area in rule.sqref.ranges]
    for line in sheet.iter_rows(min_row=13, min_col=5, max_col=5):
        for cell in line:
            if isinstance(cell.value, int | float):
                assert not cell.protection.locked
                assert any(cell.coordinate in area for area in ranges), cell.coordinate
