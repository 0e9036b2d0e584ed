"""The delivered workbook: every formula cell against the engine, by programs that share no code with it."""

from __future__ import annotations

import random
import re
import zipfile
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from model.cases import Run, load, run
from model.report.workbook import Issue, compose, write_workbook
from tests.judges import Cells, Formualizer, libreoffice, libreoffice_values, same

ROOT = Path(__file__).parent.parent
CASES = sorted(p.name for p in (ROOT / "inputs").iterdir() if (p / "case.yaml").exists())


@cache
def made(case: str) -> Run:
    return run(load(ROOT / "inputs" / case))


@cache
def issue(case: str, scenario: str) -> Issue:
    return compose(made(case).under(scenario))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("books")


def written(folder: Path, case: str, scenario: str = "base") -> Path:
    """The workbook of a case as delivered with the selector at `scenario`."""
    path = folder / f"{case}-{scenario}.xlsx"
    return path if path.exists() else write_workbook(made(case).under(scenario), path)


@cache
def formula_cells(path: Path) -> tuple[tuple[str, str], ...]:
    """Every formula cell of a file, as (sheet, cell)."""
    return tuple((sheet.title, cell.coordinate) for sheet in load_workbook(path).worksheets
                 for line in sheet.iter_rows() for cell in line if cell.data_type == "f")


def differences(found: Cells, expected: Issue) -> list[str]:
    """Formula cells that do not show what the engine found, within 1e-6 USD m."""
    cells = [(sheet, cell) for sheet, names in expected.memory.formulas.items() for cell in names]
    return [f"{sheet}!{cell}: {found.get((sheet, cell))!r}, engine {expected.memory.values[sheet, cell]!r}"
            for sheet, cell in cells if not same(found.get((sheet, cell)), expected.memory.values[sheet, cell])]


SCENARIOS = [(case, name) for case in CASES for name in made(case).names]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_every_formula_under_every_position_of_the_selector(folder: Path, case: str) -> None:
    path = written(folder, case)
    book = Formualizer(path)
    selector = re.fullmatch(r"Inputs!\$([A-Z]+)\$(\d+)", load_workbook(path).defined_names["In_ScenarioName"].attr_text)
    assert selector is not None
    for scenario in made(case).names:
        book.change({("Inputs", "".join(selector.groups())): scenario})
        wrong = differences(book.values(), issue(case, scenario))
        assert not wrong, f"{case}, {scenario}: {len(wrong)} cells, such as {wrong[:5]}"


@libreoffice
def test_every_formula_in_libreoffice(folder: Path) -> None:
    files = {(case, name): written(folder, case, name) for case, name in SCENARIOS}
    for (case, scenario), found in zip(files, libreoffice_values(*files.values()), strict=True):
        wrong = differences(found, issue(case, scenario))
        assert not wrong, f"{case}, {scenario}: {len(wrong)} cells, such as {wrong[:5]}"


@libreoffice
def test_wrong_stored_values_do_not_reach_the_judges(folder: Path, tmp_path: Path) -> None:
    """Recalculation is forced: values planted beside the formulas are thrown away by both programs."""
    path, planted = written(folder, CASES[0]), tmp_path / "planted.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(planted, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"</f><v>-?[0-9.e+-]+</v>", b"</f><v>12345.678</v>", content)
            target.writestr(name, content)
    stored = load_workbook(planted, data_only=True)["Debt"]
    assert any(cell.value == 12345.678 for line in stored.iter_rows() for cell in line)
    expected = issue(CASES[0], "base")
    assert not differences(libreoffice_values(planted)[0], expected)
    assert not differences(Formualizer(planted).values(), expected)


@pytest.mark.parametrize("case", CASES)
def test_the_engine_knows_every_formula_of_the_file(folder: Path, case: str) -> None:
    """What the other tests compare is all there is."""
    known = {(sheet, cell) for sheet, names in issue(case, "base").memory.formulas.items() for cell in names}
    assert known == set(formula_cells(written(folder, case)))


@pytest.mark.parametrize("case", CASES)
def test_every_formula_cell_and_chart_has_a_stored_value(folder: Path, case: str) -> None:
    path = written(folder, case)
    stored = load_workbook(path, data_only=True)
    assert not [at for at in formula_cells(path) if stored[at[0]][at[1]].value is None
                and issue(case, "base").memory.values[at] != ""]
    with zipfile.ZipFile(path) as parts:
        charts = [parts.read(name) for name in parts.namelist() if re.match(r"xl/charts/chart\d+\.xml", name)]
    assert len(charts) == 2
    assert all(chart.count(b"Cache>") >= 2 * chart.count(b"<ser>") for chart in charts)


def test_pandas_reads_results_and_not_blanks(folder: Path) -> None:
    frame = pd.read_excel(written(folder, CASES[0]), sheet_name="Summary", header=None)
    assert frame.iloc[7:40, 6].notna().sum() > 15


def test_only_text_numbers_0_and_1_stand_in_formulas(folder: Path) -> None:
    for case in CASES:
        path = written(folder, case)
        book = load_workbook(path)
        for sheet, cell in formula_cells(path):
            text = re.sub(r'"[^"]*"', "", str(book[sheet][cell].value))
            numbers = re.findall(r"(?<![A-Za-z0-9_.$!])\d+\.?\d*(?![A-Za-z0-9_.(!:])", text)
            assert set(numbers) <= {"0", "1"}, f"{sheet}!{cell}: {text}"


@pytest.mark.parametrize("case", CASES)
def test_a_row_has_one_formula(folder: Path, case: str) -> None:
    """In relative notation all periods of a row read the same."""
    book = load_workbook(written(folder, case))
    for title in ("Contracts", "Debt", "Waterfall", "Coverage", "Check workings"):
        for line in book[title].iter_rows(min_row=8, min_col=7):
            patterns = {relative(str(cell.value), cell.column) for cell in line if cell.data_type == "f"}
            assert len(patterns) <= 1, f"{title}!{line[0].row}"


def relative(text: str, column: int) -> str:
    """A formula with columns counted from its own cell."""
    from openpyxl.utils import column_index_from_string

    return re.sub(r"(?<![$A-Za-z])([A-Z]{1,3})(?=\$?\d)", lambda m: f"[{column_index_from_string(m[1]) - column}]", text)


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write_workbook(made(CASES[0]), tmp_path / name).read_bytes() for name in ("one.xlsx", "two.xlsx"))
    assert one == two


@libreoffice
def test_an_overwritten_formula_lights_the_master_check(folder: Path, tmp_path: Path) -> None:
    """One typed number in place of any formula is counted, in LibreOffice; formualizer does not know ISFORMULA."""
    path = written(folder, CASES[-1])
    targets = [at for at in formula_cells(path) if at[0] in ("Contracts", "Debt", "Waterfall", "Coverage", "Summary")]
    chosen = random.Random(7).sample(targets, 5)
    files = [overwritten(path, at, tmp_path / f"{n}.xlsx") for n, at in enumerate(chosen)]
    sheet, cell = load_workbook(path).defined_names["Chk_Total"].attr_text.replace("$", "").split("!")
    whole, *broken = libreoffice_values(path, *files)
    assert whole[sheet, cell] == 0
    for at, found in zip(chosen, broken, strict=True):
        assert found[sheet, cell] > 0, f"{at} was overwritten and no check noticed"


def overwritten(path: Path, at: tuple[str, str], target: Path) -> Path:
    """A copy of a workbook in which one formula has become a number."""
    book = load_workbook(path)
    book[at[0]][at[1]].value = 1.5
    book.save(target)
    return target


def test_sheets_stand_in_reading_order_and_nothing_is_hidden(folder: Path) -> None:
    book = load_workbook(written(folder, CASES[0]))
    assert book.sheetnames[:4] == ["Cover", "Dashboard", "Summary", "Inputs"]
    sheets: list[Worksheet] = book.worksheets
    assert all(sheet.sheet_state == "visible" for sheet in sheets)
    assert not [d for sheet in sheets for d in sheet.column_dimensions.values() if d.hidden]
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_every_typed_input_is_unlocked_and_bounded(folder: Path) -> None:
    book = load_workbook(written(folder, CASES[0]))
    sheet = book["Inputs"]
    ranges = [area for rule in sheet.data_validations.dataValidation for area in rule.sqref.ranges]
    for line in sheet.iter_rows(min_row=13, min_col=5, max_col=5):
        for cell in line:
            if isinstance(cell.value, int | float):
                assert not cell.protection.locked
                assert any(cell.coordinate in area for area in ranges), cell.coordinate
