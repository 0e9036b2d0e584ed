"""An edited workbook as a case: what a spreadsheet program shows of it is what the engine runs, and what import writes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from model.cases import run
from model.inputs import load_case
from model.record import record
from model.report.case_files import read_back
from model.report.case_files import written as lines_of
from model.report.layout import INPUTS
from model.round_trip import load, read
from model.round_trip.importing import write_case
from tests.delivered import the_book, the_run
from tests.judges import with_cells
from tests.round_trips import apart, at_random, cell_of
from tests.short import short

ROOT = Path(__file__).parent.parent
EVERYTHING = bool(os.environ.get("EVERY_POSITION"))
SMALL = ROOT / "inputs" / "nebius-microsoft"
CASES = [ROOT / "inputs" / "unit-100mw", SMALL]
MORE = [ROOT / "inputs" / "coreweave-ddtl-4", ROOT / "inputs" / "coreweave-ipo",
        ROOT / "inputs" / "hut8-river-bend", ROOT / "tests" / "cases" / "every-kind"]
EACH = [pytest.param(case, id=case.name) for case in (*CASES, *(MORE if EVERYTHING else ()))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round-trips")


@pytest.fixture(scope="module")
def starter() -> Path:
    return short()


def files_of(case: Path) -> dict[str, bytes]:
    return {path.relative_to(case).as_posix(): path.read_bytes() for path in (*case.glob("*.yaml"), *case.glob("curves/*.csv"))}


@pytest.mark.parametrize("case", EACH)
def test_an_unchanged_workbook_is_its_case_folder(folder: Path, case: Path) -> None:
    found = read(the_book(case))
    assert not found.told
    assert found.files == files_of(case)
    assert record(run(found.deal)) == record(the_run(case))


@pytest.mark.parametrize("case", EACH)
def test_what_is_typed_gives_what_the_workbook_shows_and_what_import_writes(folder: Path, tmp_path: Path, case: Path) -> None:
    """The sheet is calculated anew by a program that shares no code with the engine."""
    path = the_book(case)
    for seed in range(4 if EVERYTHING else 1):
        changes = at_random(case, seed, 60)
        scenario = the_run(case).names[seed % len(the_run(case).names)]
        copy = with_cells(path, {**changes, cell_of_selector(): scenario}, tmp_path / f"edited-{seed}.xlsx")
        edited = read(copy)
        assert len(edited.told) == len(changes)
        done = run(edited.deal)
        assert done.scenario == scenario
        wrong = apart(case, copy, done)
        assert not wrong, f"{case.name}, seed {seed}: {len(wrong)} cells, such as {wrong[:5]}"
        write_case(tmp_path / f"imported-{seed}", edited.files)
        assert record(run(load(tmp_path / f"imported-{seed}"), scenario)) == record(done)


def cell_of_selector() -> tuple[str, str]:
    return INPUTS, "D8"


def test_a_number_is_changed_in_its_place_and_the_rest_of_the_file_stays_to_the_byte(starter: Path, folder: Path) -> None:
    path = the_book(starter)
    edited = read(with_cells(path, {cell_of(starter, "ddtl.margin"): 0.07}, folder / "margin.xlsx"))
    sheet, cell = cell_of(starter, "ddtl.margin")
    before, after = files_of(starter), edited.files
    assert [name for name in after if before.get(name) != after[name]] == ["debt.yaml"]
    old, new = (text["debt.yaml"].decode().split("\n") for text in (before, after))
    assert len(old) == len(new)
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1
    line = next(b for a, b in zip(old, new, strict=True) if a != b)
    was = next(a for a, b in zip(old, new, strict=True) if a != b)
    source = re.search(r"source: ([^,}]*)", was)
    assert source is not None
    assert "value: 0.07" in line
    assert f"typed in margin.xlsx, {sheet}!{cell} (was 0.04); before: {source[1].strip()}" in line
    assert "grade: assumed" in line
    told = edited.deal.book.by_key["ddtl.margin"].input
    assert told is not None
    assert (told.value, told.grade) == (0.07, "assumed")


def test_a_scenario_is_changed_added_to_and_cleared(starter: Path, folder: Path) -> None:
    path, keys = the_book(starter), ("drivers.price_change", "drivers.cost_change")
    name = next(n for n, moved in the_run(starter).deal.scenarios.items() if keys[0] in moved)
    cells = {cell_of(starter, keys[1], name): 0.03, cell_of(starter, "ddtl.margin", name): 0.08}
    found = read(with_cells(path, cells, folder / "more.xlsx")).deal.scenarios[name]
    assert found == {**the_run(starter).deal.scenarios[name], keys[1]: 0.03, "ddtl.margin": 0.08}
    cleared = emptied(path, cell_of(starter, keys[0], name), folder / "cleared.xlsx")
    assert keys[0] not in read(cleared).deal.scenarios[name]
    assert set(read(cleared).deal.scenarios[name]) == set(the_run(starter).deal.scenarios[name]) - {keys[0]}


def emptied(path: Path, at: tuple[str, str], copy: Path) -> Path:
    """A copy with an empty cell, as openpyxl saves it."""
    book = load_workbook(path)
    book[at[0]][at[1]].value = None
    book.save(copy)
    return copy


def test_a_range_is_stretched_to_hold_what_is_typed(starter: Path, tmp_path: Path) -> None:
    """A number beyond its own range, and one beyond a range of scenarios.yaml."""
    case = shutil.copytree(starter, tmp_path / "ranged")
    debt = (case / "debt.yaml").read_text()
    (case / "debt.yaml").write_text(debt.replace("{value: 0.04,", "{value: 0.04, range: [0.03, 0.05],", 1))
    typed = {cell_of(case, "ddtl.margin"): 0.06, cell_of(case, "drivers.cost_change"): -0.2}
    found = read(with_cells(the_book(case), typed, tmp_path / "edited.xlsx"))
    told = found.deal.book.by_key["ddtl.margin"].input
    assert told is not None
    assert (told.low, told.value, told.high) == (0.03, 0.06, 0.06)
    cost = found.deal.case.scenarios.ranges["cost"]
    assert (cost.low, cost.high) == ({"drivers.cost_change": -0.2}, {"drivers.cost_change": 0.05})
    assert "drivers.cost_change" in found.deal.case.edits.inputs
    inside = {cell_of(case, "ddtl.margin"): 0.045, cell_of(case, "drivers.cost_change"): 0.02}
    calm = read(with_cells(the_book(case), inside, tmp_path / "inside.xlsx")).deal
    assert calm.case.scenarios.ranges == the_run(case).deal.case.scenarios.ranges
    told = calm.book.by_key["ddtl.margin"].input
    assert told is not None
    assert (told.low, told.value, told.high) == (0.03, 0.045, 0.05)


@pytest.mark.parametrize("raw", [
    b"", b"\n", b"a\r\nb \t\n   \n", b"\\ \\\\ \\u0041 \\n", b"_x0041_ =1", b"\xff\xfe\x00", "\u2028\ufeff\U0001f4a5".encode(),
    b"x" * 70_000 + b"\\" * 20_000])
def test_the_lines_of_any_file_come_back_to_the_byte(raw: bytes) -> None:
    lines = list(lines_of(raw))
    assert all(len(text) <= 32_767 and not set(text) & {"\r", "\t", "\0"} for _, text in lines)
    assert read_back(("a file", number, text) for number, text in lines) == {"a file": raw}


def test_what_a_sheet_says_of_its_size_is_not_believed(starter: Path, tmp_path: Path) -> None:
    path = with_cells(the_book(starter), {cell_of(starter, "ddtl.margin"): 0.045}, tmp_path / "edited.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / "lies.xlsx", "w") as copy:
        for name in source.namelist():
            copy.writestr(name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:C9"', source.read(name)))
    assert [one.key for one, _, _ in read(tmp_path / "lies.xlsx").told] == ["ddtl.margin"]


# ---- other programs --------------------------------------------------------------------------------------------------

HOSTILE = ("=cmd|' /C calc'!A0", "@SUM(1+1)", "\uff1dHYPERLINK(1)", "\u202egnp.exe", "_x0041_ \\u0041 \\\\", "-1+1",
           "tab\there", "  spaces  ", "emoji \U0001f4a5", "q" * 39)


def hostile(starter: Path, folder: Path) -> Path:
    """The starter case with names that look like formulas, control codes of spreadsheets, long lines, and other line ends."""
    folder.mkdir()
    for name, raw in files_of(starter).items():
        text = raw.decode()
        if name == "case.yaml":
            lines = "".join(f"  - {quoted(words)}\n" for words in HOSTILE)
            text = text.replace("assumptions:\n", f"assumptions:\n{lines}") + "#" + " x" * 20_000 + "\n"
            text = text.replace("\n", "\r\n")
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return folder


def quoted(words: str) -> str:
    """Words as a scalar of YAML."""
    escaped = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in words)
    return f'"{escaped}"'


def saved_by_openpyxl(path: Path, folder: Path) -> Path:
    copy = folder / "openpyxl.xlsx"
    load_workbook(path).save(copy)
    return copy


def saved_by_libreoffice(path: Path, folder: Path) -> Path:
    out = folder / "libreoffice"
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--convert-to",
               "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(path)]
    subprocess.run(command, capture_output=True, timeout=180, check=True)
    return out / path.name


SAVERS = [pytest.param(saved_by_openpyxl, id="openpyxl"), pytest.param(saved_by_libreoffice, id="LibreOffice", marks=[
    pytest.mark.libreoffice, pytest.mark.skipif(not shutil.which("soffice") and not os.environ.get("CI"), reason="no soffice")])]


@pytest.mark.parametrize("save", SAVERS)
def test_a_copy_that_another_program_saved_reads_the_same(starter: Path, tmp_path: Path, save: Callable[..., Path]) -> None:
    case = hostile(starter, tmp_path / "hostile")
    changes = {**at_random(case, 3, 40), cell_of_selector(): "wide-margin"}
    copy = save(with_cells(the_book(case), changes, tmp_path / "edited.xlsx"), tmp_path)
    own, other = read(tmp_path / "edited.xlsx"), read(copy)
    assert {(one.key, one.where) for one, _, _ in own.told} == {(one.key, one.where) for one, _, _ in other.told}
    assert [one.after for one, _, _ in own.told] == pytest.approx([one.after for one, _, _ in other.told], rel=1e-14)
    assert other.deal.case.scenario == "wide-margin"
    if save is saved_by_openpyxl:
        assert load_case(case).files["case.yaml"] == read(save(the_book(case), tmp_path)).files["case.yaml"]
