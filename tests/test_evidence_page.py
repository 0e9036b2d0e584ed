"""The Evidence sheet: stamped for the inputs as delivered, and says so once they move; judged by other spreadsheet programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from model.cases import Run, load, run
from model.certainty import uncertain_inputs
from model.inputs import write_starter
from model.report.workbook import compose, write_workbook
from tests.judges import Formualizer, libreoffice, libreoffice_values, with_cells

PAGE = "Evidence"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("starter") / "case"
    write_starter(folder)
    return run(load(folder))


@pytest.fixture(scope="module")
def path(done: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_workbook(done, tmp_path_factory.mktemp("book") / "starter.xlsx")


def named(path: Path, name: str) -> tuple[str, str]:
    """The cell of a defined name."""
    sheet, cell = load_workbook(path).defined_names[name].attr_text.replace("$", "").split("!")
    return sheet, cell


def stale_cell(path: Path) -> tuple[str, str]:
    return named(path, "Evi_Stale")


def selector(path: Path) -> tuple[str, str]:
    return named(path, "In_ScenarioName")


def cell_of(path: Path, key: str, done: Run) -> tuple[str, str]:
    """The base cell of an input."""
    return "Inputs", f"E{compose(done).layout.places[done.deal.book.by_key[key]].line}"


def test_as_delivered_it_is_current_and_any_change_makes_it_stale(done: Run, path: Path) -> None:
    """Another scenario, a basis point on one input, or a number moved from one input to another."""
    book, light = Formualizer(path), stale_cell(path)
    assert book.one(*light) == 0
    assert str(book.one(PAGE, "B5")).startswith("Verdict on H1")
    book.change({selector(path): "rates-plus-100"})
    assert book.one(*light) == 1
    assert str(book.one(PAGE, "B5")).startswith("STALE")
    assert str(book.one("Dashboard", "B7")).startswith("STALE")
    book.change({selector(path): "base"})
    assert book.one(*light) == 0
    margin = cell_of(path, "ddtl.margin", done)
    book.change({margin: 0.0401})
    assert book.one(*light) == 1
    book.change({margin: 0.04, cell_of(path, "ddtl.balance", done): 239.0, cell_of(path, "vendor.balance", done): 21.0})
    assert book.one(*light) == 1


def test_the_engine_expects_what_the_file_shows_in_any_position(done: Run, path: Path) -> None:
    """A page that is made under another scenario keeps what was stamped, and knows that it is stale."""
    book = Formualizer(path)
    for scenario in done.names[:3]:
        book.change({selector(path): scenario})
        expected = compose(done.under(scenario)).memory.values
        for cell in ("B5", "C6", "C7", "C10"):
            assert same(book.one(PAGE, cell), expected[PAGE, cell]), (scenario, cell)


def same(one: Any, other: Any) -> bool:
    return one == other if isinstance(one, str) else abs(float(one) - float(other)) < 1e-4


@libreoffice
def test_words_among_the_inputs_count_as_nothing_in_libreoffice_too(path: Path, tmp_path: Path) -> None:
    moved = with_cells(path, {selector(path): "rates-plus-100"}, tmp_path / "moved.xlsx")
    for found, stale in zip(libreoffice_values(path, moved), (0, 1), strict=True):
        assert found[stale_cell(path)] == stale


def test_the_page_tells_what_the_record_tells(done: Run, path: Path) -> None:
    sheet: Any = load_workbook(path)[PAGE]
    words = {cell.value for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)}
    told, titles = done.certainty["atlas"], {one.title for one in uncertain_inputs(done.deal)}
    assert len(titles) == 2
    assert {*titles, told.best, told.worst} <= words
    assert len(sheet._charts) == 1
    inputs: Any = load_workbook(path)["Inputs"]
    heads = {cell.value: cell.column for cell in inputs[6]}
    line = compose(done).layout.places[done.deal.book.by_key["atlas.tranche-2.opex"]].line
    assert [inputs.cell(line, heads[head]).value for head in ("Low end", "High end")] == [0.7, 1.6]
