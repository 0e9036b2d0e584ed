"""The Evidence sheet: stamped for the inputs as delivered, and says so once they move; judged by other spreadsheet programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from model.cases import Run
from model.certainty import uncertain_inputs
from model.report.workbook import compose
from model.sheet import Place
from tests.delivered import the_book, the_run
from tests.judges import Formualizer, named
from tests.short import short

PAGE = "Evidence"


@pytest.fixture(scope="module")
def done() -> Run:
    return the_run(short())


@pytest.fixture(scope="module")
def path() -> Path:
    return the_book(short())


@pytest.fixture(scope="module")
def places(done: Run) -> dict[str, Place]:
    """Where each input stands, by key."""
    return {row.key: place for row, place in compose(done).layout.places.items()}


@pytest.fixture(scope="module")
def book(path: Path) -> Formualizer:
    """The workbook in another program; who changes it puts it back."""
    return Formualizer(path)


def stale_cell(path: Path) -> tuple[str, str]:
    return named(path, "Run_EvidenceStale")


def selector(path: Path) -> tuple[str, str]:
    return named(path, "In_ScenarioName")


def test_as_delivered_it_is_current_and_any_change_makes_it_stale(done: Run, path: Path, book: Formualizer) -> None:
    """Another scenario, a basis point on one input, or a number moved from one input to another.

    A page that is made under another scenario keeps what was stamped, and knows that it is stale.
    """
    for scenario in (*done.names[:3], "base"):
        if scenario != "base" or book.one(*selector(path)) != "base":
            book.change({selector(path): scenario})
        stale = scenario != "base"
        assert book.one(*stale_cell(path)) == stale
        assert str(book.one(PAGE, "B5")).startswith("STALE" if stale else "Verdict on H1")
        assert str(book.one("Dashboard", "B7")).startswith("STALE") == stale
        expected = compose(done.under(scenario)).memory.values
        for cell in ("B5", "C6", "C7", "C10"):
            assert same(book.one(PAGE, cell), expected[PAGE, cell]), (scenario, cell)


@pytest.mark.parametrize("moved", [{"ddtl.margin": 0.0401}, {"ddtl.balance": 239.0, "vendor.balance": 21.0}])
def test_an_input_that_moves_makes_it_stale(path: Path, book: Formualizer, places: dict[str, Place],
                                            moved: dict[str, float]) -> None:
    cells = {("Inputs", f"E{places[key].line}"): value for key, value in moved.items()}
    before = {at: book.one(*at) for at in cells}
    assert book.one(*stale_cell(path)) == 0
    book.change(cells)
    assert book.one(*stale_cell(path)) == 1
    book.change(before)


def same(one: Any, other: Any) -> bool:
    return one == other if isinstance(one, str) else abs(float(one) - float(other)) < 1e-4


def test_the_page_tells_what_the_record_tells(done: Run, path: Path, places: dict[str, Place]) -> None:
    opened = load_workbook(path)
    sheet: Any = opened[PAGE]
    words = {cell.value for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)}
    told, titles = done.certainty["atlas"], {one.title for one in uncertain_inputs(done.deal)}
    assert len(titles) == 2
    assert {*titles, told.best, told.worst} <= words
    assert len(sheet._charts) == 1
    inputs: Any = opened["Inputs"]
    heads = {cell.value: cell.column for cell in inputs[6]}
    line = places["atlas.tranche-2.opex"].line
    assert [inputs.cell(line, heads[head]).value for head in ("Low end", "High end")] == [0.7, 1.6]
