"""The delivered workbook: every formula cell against the engine, by programs that share no code with it."""

from __future__ import annotations

import os
import random
import re
import zipfile
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet

from model.cases import Run
from model.report.layout import CHARTS, CHECKS, CUSTOMERS, STACK, WORKINGS, lay_out
from model.report.memory import Memory
from model.report.workbook import write_workbook
from tests.delivered import the_book, the_run
from tests.judges import (
    HAVE_LIBREOFFICE,
    Cells,
    Formualizer,
    content,
    differences,
    libreoffice,
    libreoffice_values,
    named,
    remembered,
    with_cells,
)
from tests.live import LibreOffice, knows_uno

ROOT = Path(__file__).parent.parent
LISTING = "coreweave-ipo"
FOLDERS = {p.parent.name: p.parent for p in sorted([*ROOT.glob("inputs/*/case.yaml"), *ROOT.glob("tests/cases/*/case.yaml")])}
CASES = (LISTING, "every-kind")
"""Cases that hold every kind of contract, clause and waterfall between them; of others base is heard once."""
SMALL = "nebius-microsoft"
EVERYTHING = bool(os.environ.get("EVERY_POSITION"))
"""Whether the judges hear every position of every case: minutes each, so not in every run of the suite."""
OTHERS = [case for case in FOLDERS if case not in CASES] if EVERYTHING else [SMALL]


def made(case: str) -> Run:
    return the_run(FOLDERS[case])


@lru_cache(maxsize=2)
def expected(case: str, scenario: str) -> Memory:
    """What the engine says that every cell shows in a scenario."""
    return remembered(made(case).under(scenario))


def written(case: str) -> Path:
    """The workbook of a case as delivered."""
    return the_book(FOLDERS[case])


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


def heard(case: str) -> list[str]:
    """The positions that one judge hears at least: four of the listing case; of others, which take longer, base and the first
    that move an input that no position before them moves. EVERY_POSITION=1 asks both for all of all cases."""
    scenarios = made(case).deal.scenarios
    if EVERYTHING:
        return list(scenarios)
    if case == LISTING:
        return ["base", "delay-3-months", "greatest-of", "contract-realisation"]
    moved = {key for overrides in made(LISTING).deal.scenarios.values() for key in overrides}
    chosen = ["base"]
    for name, overrides in scenarios.items():
        if not moved >= set(overrides):
            chosen.append(name)
            moved |= set(overrides)
    return chosen if case == "every-kind" else chosen[:2]


def by_libreoffice(case: str) -> list[str]:
    """Of the listing case all; of the other base and a second position."""
    return heard(case) if case == LISTING else heard(case)[:2]


def by_formualizer(case: str) -> list[str]:
    """What LibreOffice does not hear, and base beside it."""
    other = [] if EVERYTHING or not HAVE_LIBREOFFICE else by_libreoffice(case)
    left = [name for name in heard(case) if name not in other]
    return [*(["base"] if other and left else []), *left]


@pytest.mark.parametrize("case", OTHERS)
def test_every_formula_of_a_small_case(case: str) -> None:
    wrong = differences(Formualizer(written(case)).values(), expected(case, "base"))
    assert not wrong, f"{case}: {len(wrong)} cells, such as {wrong[:5]}"


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if by_formualizer(case)])
def test_every_formula_under_positions_of_the_selector(case: str) -> None:
    path = written(case)
    book = Formualizer(path)
    for scenario in by_formualizer(case):
        if scenario != "base":
            book.change({selector(path): scenario})
        wrong = differences(book.values(), expected(case, scenario))
        assert not wrong, f"{case}, {scenario}: {len(wrong)} cells, such as {wrong[:5]}"


@libreoffice
@pytest.mark.parametrize("case", CASES)
def test_every_formula_under_positions_in_libreoffice(case: str, tmp_path: Path) -> None:
    names = by_libreoffice(case)
    for scenario, found in zip(names, found_by_libreoffice(written(case), names, tmp_path), strict=True):
        wrong = differences(found, expected(case, scenario))
        assert not wrong, f"{case}, {scenario}: {len(wrong)} cells, such as {wrong[:5]}"


def found_by_libreoffice(path: Path, names: list[str], folder: Path) -> Iterator[Cells]:
    """In one soffice that stays open; of a file for each position where nothing can talk to it."""
    if not knows_uno():
        yield from libreoffice_values(*(with_cells(path, {selector(path): n}, folder / f"{n}.xlsx") for n in names))
        return
    with LibreOffice(path) as office:
        for name in names:
            if name != "base":
                office.change({selector(path): name})
            yield office.values()


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


def overwritten(path: Path) -> tuple[Path, set[str]]:
    """A copy with one typed number in place of a formula on every sheet on which they are counted, and these sheets."""
    by_sheet: dict[str, list[tuple[str, str]]] = {}
    for at in formula_cells(path):
        if at[0] in (*WORKINGS, "Summary", STACK, CUSTOMERS) and coordinate_to_tuple(at[1])[0] >= 3:
            by_sheet.setdefault(at[0], []).append(at)
    pick = random.Random(7)
    return with_cells(path, {pick.choice(cells): 1.5 for cells in by_sheet.values()}, path.with_name("typed.xlsx")), set(by_sheet)


@cache
def spoilt(path: Path) -> list[Cells]:
    """What LibreOffice finds in both copies, in one call."""
    return libreoffice_values(planted(path), overwritten(path)[0])


@libreoffice
def test_wrong_stored_values_do_not_reach_the_judges() -> None:
    """Recalculation is forced: values planted beside the formulas are thrown away by both programs."""
    path = written(SMALL)
    stored = content(planted(path)).stored
    assert sum(value == "12345.678" for (sheet, _), value in stored.items() if sheet == "Debt") > 100
    base, (found, _) = expected(SMALL, "base"), spoilt(path)
    assert not differences(found, base)
    assert found[named(path, "Chk_Total")] == 0
    assert not differences(Formualizer(planted(path)).values(), base)


@pytest.mark.parametrize("case", CASES)
def test_the_engine_knows_every_formula_of_the_file(case: str) -> None:
    """What the other tests compare is all there is."""
    known = {(sheet, cell) for sheet, names in expected(case, "base").formulas.items() for cell in names}
    assert known == set(formula_cells(written(case)))


@pytest.mark.parametrize("case", CASES)
def test_every_formula_cell_and_chart_has_a_stored_value(case: str) -> None:
    path = written(case)
    stored = content(path).stored
    assert not [at for at in formula_cells(path) if not stored[at] and expected(case, "base").values[at] != ""]
    with zipfile.ZipFile(path) as parts:
        charts = [parts.read(name) for name in parts.namelist() if re.match(r"xl/charts/chart\d+\.xml", name)]
    done = made(case)
    deal, turns = done.deal, {name for found in done.break_evens.values() for name, edge in found.items() if edge}
    printed = len(turns) + 1 + 5 + (deal.parent is not None)  # a strip of bars for each driver, the bar of evidence, six charts
    on_pages = 1 + 1 + len(deal.conversions) + (deal.customers.capacity is not None)  # of evidence, of obligors
    assert len(charts) == printed + on_pages
    assert all(chart.count(b"Cache>") >= 2 * chart.count(b"<ser>") for chart in charts)


def test_pandas_reads_results_and_not_blanks() -> None:
    frame = pd.read_excel(written(LISTING), sheet_name="Summary", header=None, engine="openpyxl")
    assert frame.iloc[7:40, 6].notna().sum() > 15


@pytest.mark.parametrize("case", CASES)
def test_no_number_but_0_and_1_stands_in_a_formula(case: str) -> None:
    for (sheet, cell), formula in content(written(case)).formulas.items():
        text = re.sub(r'"[^"]*"', "", formula)
        numbers = re.findall(r"(?<![A-Za-z0-9_.$!])\d+\.?\d*(?![A-Za-z0-9_.(!:])", text)
        assert set(numbers) <= {"0", "1"}, f"{sheet}!{cell}: {text}"


@pytest.mark.parametrize("case", CASES)
def test_a_row_has_one_formula(case: str) -> None:
    """In relative notation all periods of a row read the same."""
    patterns: dict[tuple[str, int], set[str]] = {}
    for (sheet, cell), formula in content(written(case)).formulas.items():
        line, column = coordinate_to_tuple(cell)
        if sheet in WORKINGS and line >= 8 and column >= 7:
            patterns.setdefault((sheet, line), set()).add(relative(formula, column))
    assert patterns
    assert not [at for at, found in patterns.items() if len(found) > 1]


def relative(text: str, column: int) -> str:
    """A formula with columns counted from its own cell."""
    return re.sub(r"(?<![$A-Za-z])([A-Z]{1,3})(?=\$?\d)", lambda m: f"[{column_index_from_string(m[1]) - column}]", text)


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    assert write_workbook(made(SMALL), tmp_path / "again.xlsx").read_bytes() == written(SMALL).read_bytes()


@libreoffice
def test_an_overwritten_formula_lights_the_master_check() -> None:
    """One typed number in place of any formula is counted, in LibreOffice; formualizer does not know ISFORMULA."""
    path = written(SMALL)
    (_, sheets), (whole, broken) = overwritten(path), spoilt(path)
    assert len(sheets) > 6
    assert not miscounted(whole)
    assert miscounted(broken) == sheets
    assert broken[named(path, "Chk_Total")] >= len(sheets)


def miscounted(found: Cells) -> set[str]:
    """The sheets on which formulas are missing, as the sheet of checks says."""
    words = ": number of formulas"
    labels = {cell[1:]: text.removesuffix(words) for (sheet, cell), text in found.items()
              if sheet == CHECKS and cell[0] == "B" and str(text).endswith(words)}
    assert len(labels) > 6
    return {sheet for line, sheet in labels.items() if found[CHECKS, f"G{line}"] == 1}


def test_sheets_stand_in_reading_order_and_nothing_is_hidden() -> None:
    book = opened(written(LISTING))
    assert book.sheetnames[:5] == ["Cover", "Dashboard", CHARTS, "Summary", STACK]
    sheets: list[Worksheet] = book.worksheets
    assert all(sheet.sheet_state == "visible" for sheet in sheets)
    assert not [d for sheet in sheets for d in sheet.column_dimensions.values() if d.hidden]
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_every_typed_input_is_unlocked_and_bounded() -> None:
    """What is blue may be typed and is bounded; dates, words and what the engine finds are neither."""
    book, deal = opened(written(LISTING)), made(LISTING).deal
    places = lay_out(deal.book.blocks).places
    for title in ("Inputs", "Inputs over time"):
        sheet = book[title]
        areas = [area for rule in sheet.data_validations.dataValidation for area in rule.sqref.ranges]
        blue = {cell.coordinate for line in sheet.iter_rows() for cell in line if cell.style == "m.input"}
        assert blue == {f"{get_column_letter(column)}{line}" for area in areas for line, column in
                        (at for row in area.rows for at in row)}
        assert not [name for name in blue if sheet[name].protection.locked]
        typed = {place.line for row, place in places.items() if place.sheet == title and row.key in deal.typed}
        assert {coordinate_to_tuple(name)[0] for name in blue - {"D8"}} == typed  # in D8 of Inputs the scenario is chosen
