"""`debtcover diff`: what was planted is found, by name and cell, and nothing else is."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import from_excel

from model.cases import load, run
from model.cli import main
from model.difference import difference
from model.report.layout import WORKINGS
from model.report.workbook import write_workbook
from model.round_trip import read
from model.saved import opened
from model.saved.reference import along, in_column, moved, references
from tests.delivered import the_book
from tests.judges import RECALCULATE_ALWAYS, libreoffice, with_cells
from tests.short import short

Json = Any
LOAN, MARGIN = "Delayed-draw loan", "Margin, or the fixed rate"


@pytest.fixture(scope="module")
def case() -> Path:
    return short()


@pytest.fixture(scope="module")
def path(case: Path) -> Path:
    return the_book(case)


def rewritten(path: Path, target: Path, changes: dict[str, list[tuple[str, str]]]) -> Path:
    """A copy with some pieces of the XML of its sheets replaced, each found once."""
    titles = load_workbook(path, read_only=True).sheetnames
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in source.namelist():
            content = source.read(part).decode("utf-8") if part.endswith(".xml") else source.read(part)
            for title, pieces in changes.items():
                if part == f"xl/worksheets/sheet{titles.index(title) + 1}.xml":
                    assert isinstance(content, str)
                    for before, after in pieces:
                        assert content.count(before) == 1, before
                        content = content.replace(before, after)
            copy.writestr(part, content)
    return target


def line_of(path: Path, sheet: str, block: str, label: str) -> int:
    """The line of a label below the heading of a block, read by openpyxl."""
    inside = False
    cells = load_workbook(path, read_only=True)[sheet].iter_rows(max_col=2, values_only=True)
    for number, (heading, said) in enumerate(cells, start=1):
        inside = heading == block if heading else inside
        if inside and said == label:
            return number
    raise AssertionError(f"{sheet}: {block}: {label}")


def dates_of(path: Path) -> dict[str, str]:
    """The end of the period of each column."""
    ends = next(load_workbook(path, read_only=True)["Time"].iter_rows(min_row=4, max_row=4, min_col=6))
    return {cell.column_letter: from_excel(cell.value).date().isoformat() for cell in ends if cell.value}


def only(told: Json, *, but: tuple[str, ...]) -> None:
    """Nothing differs beside these parts of the record."""
    for name in ("files", "lines", "inputs", "formulas", "results"):
        assert (not told[name]) == (name not in but), (name, told[name][:3])


# ---- planted changes -------------------------------------------------------------------------------------------------


def test_a_workbook_is_the_same_as_itself(path: Path, tmp_path: Path) -> None:
    copy = shutil.copy(path, tmp_path / "copy.xlsx")
    told = difference(path, Path(copy))
    assert told["same"]
    only(told, but=())


def test_typed_inputs_are_found_with_scenario_and_cell(path: Path, tmp_path: Path) -> None:
    """Base, an empty scenario cell, a source, and three months of a curve."""
    line = line_of(path, "Inputs", LOAN, MARGIN)
    curve = line_of(path, "Inputs over time", LOAN, "Base rate in force at period end")
    book = load_workbook(path)
    heads = {cell.value: cell.column_letter for cell in book["Inputs"][6] if cell.value}
    margin = book["Inputs"][f"{heads['base']}{line}"].value
    source = f"{heads['Source']}{line}"
    changed = {("Inputs", f"{heads['base']}{line}"): margin + 1e-12, ("Inputs", f"{heads['rates-plus-100']}{line}"): 0.05,
               ("Inputs", source): "a letter", **{("Inputs over time", f"{column}{curve}"): 0.07 for column in "JKL"}}
    after = tmp_path / "after.xlsx"
    for column in ("rates-plus-100",):  # an empty cell has another shape in the file
        empty = re.search(rf'<c r="{heads[column]}{line}"( s="\d+")? t="n" />', _xml(path, "Inputs"))
        assert empty is not None
        full = rewritten(path, tmp_path / "full.xlsx", {"Inputs": [(empty[0], empty[0].replace(" />", "><v>0</v></c>"))]})
    told = difference(path, with_cells(full, changed, after))
    only(told, but=("inputs",))
    assert [(one["column"], one["before"], one["after"]) for one in told["inputs"][:3]] == [
        ("base", margin, margin + 1e-12), ("rates-plus-100", None, 0.05), ("Source", book["Inputs"][source].value, "a letter")]
    months = told["inputs"][3:]
    assert [one["cell"] for one in months] == [f"{column}{curve}" for column in "JKL"]
    assert [one["column"] for one in months] == [dates_of(path)[column] for column in "JKL"]
    assert {(one["sheet"], one["block"], one["label"]) for one in told["inputs"]} == {
        ("Inputs", LOAN, MARGIN), ("Inputs over time", LOAN, "Base rate in force at period end")}


def _xml(path: Path, sheet: str) -> str:
    titles = load_workbook(path, read_only=True).sheetnames
    with zipfile.ZipFile(path) as parts:
        return parts.read(f"xl/worksheets/sheet{titles.index(sheet) + 1}.xml").decode()


def cell_of(path: Path, sheet: str, cell: str) -> tuple[str, str]:
    """The XML of a formula cell, and its formula."""
    found = re.search(rf'<c r="{cell}"[^>]*><f>([^<]*)</f>.*?</c>', _xml(path, sheet))
    assert found is not None
    return found[0], found[1]


def test_formulas_that_were_changed_or_overwritten_are_found(path: Path, tmp_path: Path) -> None:
    """One period of a line, a single figure, and a number typed over a formula."""
    line = line_of(path, "Debt", LOAN, "Interest due")
    one, text = cell_of(path, "Debt", f"M{line}")
    figure = line_of(path, "Coverage", "The claim", "Pairs that can be tested")
    two, count = cell_of(path, "Coverage", f"D{figure}")
    three, _ = cell_of(path, "Debt", f"P{line}")
    after = rewritten(path, tmp_path / "after.xlsx", {
        "Debt": [(one, one.replace(text, f"{text}*1")), (three, re.sub(r"<f>.*</f>", "", three))],
        "Coverage": [(two, two.replace(count, f"0+{count}"))]})
    told = difference(path, after)
    only(told, but=("formulas",))
    dates = dates_of(path)
    assert [(entry["sheet"], entry["cell"], entry["column"]) for entry in told["formulas"]] == [
        ("Debt", f"M{line}", dates["M"]), ("Debt", f"P{line}", dates["P"]), ("Coverage", f"D{figure}", "D")]
    changed, typed, single = told["formulas"]
    assert changed["after"] == changed["before"] + "*1"
    assert typed["before"] == changed["before"]
    assert typed["after"].startswith("typed ")
    assert single["after"] == "=0+" + single["before"][1:]


def test_a_stored_result_that_differs_is_found_and_noise_is_not(path: Path, tmp_path: Path) -> None:
    line = line_of(path, "Coverage", "The claim", "Pairs that can be tested")
    one, _ = cell_of(path, "Coverage", f"D{line}")
    changed = {why: rewritten(path, tmp_path / f"{why}.xlsx", {"Coverage": [(one, re.sub(r"<v>.*</v>", f"<v>{value}</v>", one))]})
               for why, value in (("noise", 1 + 5e-10), ("more", 2.5))}
    assert difference(path, changed["noise"])["same"]
    told = difference(path, changed["more"])
    only(told, but=("results",))
    assert [(r["cell"], r["cells"], r["before"], r["after"]) for r in told["results"]] == [(f"D{line}", 1, 1.0, 2.5)]


# ---- lines that came in ----------------------------------------------------------------------------------------------

TRANCHE = """
      - start: {value: 2026-08-01, source: invented, grade: assumed}
        end: {value: 2028-06-30, source: invented, grade: assumed}
        price: {value: 0.5, unit: USD m a month, source: invented, grade: assumed}
        opex: {value: 0.1, unit: USD m a month, source: invented, grade: assumed}
        rent: {value: 0.1, unit: USD m a month, source: invented, grade: assumed}
        rent_start: {value: 2026-06-01, source: invented, grade: assumed}
        rent_end: {value: 2028-06-30, source: invented, grade: assumed}

    prepayments:"""


def test_a_block_that_is_put_in_moves_no_other_line(case: Path, path: Path, tmp_path: Path) -> None:
    """Everything below it stands on another line; only sums that now add up one more line have another formula."""
    folder = tmp_path / "case"
    shutil.copytree(case, folder)
    text = (folder / "contracts.yaml").read_text(encoding="utf-8")
    (folder / "contracts.yaml").write_text(text.replace("\n    prepayments:", TRANCHE, 1), encoding="utf-8")
    told = difference(path, write_workbook(run(load(folder)), tmp_path / "after.xlsx"))
    assert told["lines"]
    for one in told["lines"]:
        if one["sheet"] in ("Waterfall log", "Index") or one["block"] == "Sum over all inputs":
            continue
        assert one["change"] == "added", one
        assert "tranche 3" in one["block"] + one["label"], one
    (file,) = told["files"]
    assert (file["file"], file["removed"]) == ("contracts.yaml", [])
    assert [one["text"] for one in file["added"]] == TRANCHE.split("\n")[1:-1]
    assert told["inputs"]
    assert {one["block"].partition(": ")[2] for one in told["inputs"]} == {"tranche 3"}
    working = [one for one in told["formulas"] if one["sheet"] in WORKINGS]
    assert working
    for one in working:
        assert "2 lines" in one["before"], one
        assert one["after"] == one["before"].replace("2 lines", "3 lines").replace("tranche 2", "tranche 3"), one


def test_a_formula_of_the_same_text_that_reads_another_line_is_found(path: Path, tmp_path: Path) -> None:
    """Two lines change places, here their labels: who reads them reads something else, on their sheet and on others."""
    labels = ("Closing balance", "Interest due")
    cells = {label: re.search(rf'<c r="B{line_of(path, "Debt", LOAN, label)}".*?</c>', _xml(path, "Debt")) for label in labels}
    pieces = []
    for label, other in (labels, labels[::-1]):
        found = cells[label]
        assert found is not None
        pieces.append((found[0], found[0].replace(f">{label}<", f">{other}<")))
    told = difference(path, rewritten(path, tmp_path / "after.xlsx", {"Debt": pieces}))
    readers = {one["sheet"] for one in told["formulas"] if one["label"] not in labels}
    assert {"Debt", "Waterfall"} <= readers


def test_scenarios_that_came_and_went_are_told(case: Path, path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    shutil.copytree(case, folder)
    text = (folder / "scenarios.yaml").read_text(encoding="utf-8")
    (folder / "scenarios.yaml").write_text(text.replace("wide-margin:", "wider-margin:"), encoding="utf-8")
    told = difference(path, write_workbook(run(load(folder), "wider-margin"), tmp_path / "after.xlsx"))
    assert told["scenarios"] == {"added": ["wider-margin"], "removed": ["wide-margin"]}
    assert (told["before"]["Live scenario"], told["after"]["Live scenario"]) == ("base", "wider-margin")
    assert {(one["label"], one["column"], one["before"], one["after"]) for one in told["inputs"]} >= {
        (MARGIN, "wide-margin", 0.06, None), (MARGIN, "wider-margin", None, 0.06)}


# ---- files that others have saved ------------------------------------------------------------------------------------


@libreoffice
def test_a_copy_that_libreoffice_saved_is_the_same(path: Path, tmp_path: Path) -> None:
    import subprocess

    (tmp_path / "profile" / "user").mkdir(parents=True)
    (tmp_path / "profile" / "user" / "registrymodifications.xcu").write_text(RECALCULATE_ALWAYS, encoding="utf-8")
    subprocess.run(["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--norestore",
                    "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path), str(path)],
                   check=True, capture_output=True, timeout=180)
    told = difference(path, tmp_path / path.name)
    assert told["same"], {name: told[name][:3] for name in ("lines", "inputs", "formulas", "results")}


def test_shared_formulas_and_shared_texts_read_like_their_own(path: Path, tmp_path: Path) -> None:
    """As Excel saves a formula that was filled to the right: the first cell holds it, the others point to it."""
    line = line_of(path, "Debt", LOAN, "Interest due")
    cells = [cell_of(path, "Debt", f"{column}{line}") for column in "GHIJ"]
    pieces = [(xml, xml.replace(f"<f>{text}</f>", f'<f t="shared" ref="G{line}:J{line}" si="0">{text}</f>' if n == 0
                                else '<f t="shared" si="0"/>')) for n, (xml, text) in enumerate(cells)]
    shared = rewritten(path, tmp_path / "shared.xlsx", {"Debt": pieces})
    assert difference(path, shared)["same"]
    wrong = [(xml, xml.replace(f"<f>{text}</f>", '<f t="shared" si="0"/>')) for xml, text in
             [cell_of(path, "Debt", f"K{line + 1}")]]
    told = difference(path, rewritten(shared, tmp_path / "wrong.xlsx", {"Debt": wrong}))
    assert [one["cell"] for one in told["formulas"]] == [f"K{line + 1}"]


def test_other_shapes_of_the_same_xml_read_the_same(case: Path, path: Path, tmp_path: Path) -> None:
    """Names with a prefix in UTF-16, as some programs write them, and a comment with text set apart inside a sheet."""
    other, noted = tmp_path / "other.xlsx", tmp_path / "noted.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as strange, zipfile.ZipFile(noted, "w") as commented:
        for name in source.namelist():
            part = source.read(name)
            sheet = name.startswith("xl/worksheets/sheet")
            strange.writestr(name, ElementTree.tostring(ElementTree.fromstring(part), encoding="utf-16") if sheet else part)
            part = re.sub(rb"<t>([^<&]+)</t>", rb"<!-- <f>1</f> --><t><![CDATA[\1]]></t>", part) if sheet else part
            commented.writestr(name, part.replace(b"</row>", b"</row>\r\n") if sheet else part)
    for copy in (other, noted):
        assert difference(path, copy)["same"], copy
        assert [opened(copy).formulas(title) for title in ("Debt", "Cover")] == [opened(path).formulas(title)
                                                                              for title in ("Debt", "Cover")]
        assert read(copy).files == read(case).files


@pytest.mark.parametrize(("text", "lines", "columns", "said"), [
    ("=A1+$B2*C$3", 2, 1, "=B3+$B4*D$3"), ("=SUM($G5:H5,'It''s'!H9:I9)", 1, 1, "=SUM($G6:I6,'It''s'!I10:J10)"),
    ('=IF(A1="B1","C1 "" D1",LOG10(A1))', 1, 0, '=IF(A2="B1","C1 "" D1",LOG10(A2))'),
    ("=In_Name+Debt!Z9", 0, 1, "=In_Name+Debt!AA9")])
def test_a_formula_moves_as_a_spreadsheet_moves_it(text: str, lines: int, columns: int, said: str) -> None:
    assert moved(text, lines, columns) == said
    if not lines:
        assert in_column(along(text), columns) == said


def test_references_are_cells_and_areas() -> None:
    found = references("=SUM('Inputs over time'!$G5:H9)+A1*\"Z9\"+LOG10(B2)")
    assert [(at.sheet, at.first.column, at.first.held, at.last and at.last.line) for at in found] == [
        ("Inputs over time", 7, True, 9), ("", 1, False, None), ("", 2, False, None)]


# ---- the command -----------------------------------------------------------------------------------------------------


def ask(*words: object) -> Any:
    return CliRunner().invoke(main, ["diff", *map(str, words)])


def test_the_command_prints_a_page_or_the_record(path: Path, tmp_path: Path) -> None:
    line = line_of(path, "Inputs", LOAN, MARGIN)
    after = with_cells(path, {("Inputs", f"E{line}"): 0.05}, tmp_path / "after.xlsx")
    page = ask(path, after)
    assert page.exit_code == 0
    assert re.search(rf"Inputs!E{line} +{LOAN}: {MARGIN} +base +\S+ +0.05", page.stdout)
    assert "Inputs changed: 1 line" in page.stdout
    told = json.loads(ask(path, after, "--json").stdout)
    assert told == json.loads(json.dumps(difference(path, after)))
    assert "no difference" in ask(path, path).stdout


def test_bad_files_are_refused_together_with_status_2(path: Path, tmp_path: Path) -> None:
    text, other, cut, damaged = (tmp_path / name for name in ("text.xlsx", "other.xlsx", "cut.xlsx", "damaged.xlsx"))
    text.write_text("no workbook")
    Workbook().save(other)
    cut.write_bytes(path.read_bytes()[:-5000])
    content = bytearray(path.read_bytes())
    content[20_000:40_000] = b"\0" * 20_000
    damaged.write_bytes(content)
    for bad, why in ((text, "no workbook"), (other, "not written by this program"), (cut, "no workbook"),
                     (damaged, "no workbook"), (tmp_path / "gone.xlsx", "no such file"), (tmp_path, "no such file")):
        found = ask(path, bad)
        assert found.exit_code == 2, (bad, found.output)
        assert why in found.stderr, found.stderr
        assert "Traceback" not in found.stderr
        assert not found.stdout
    both = ask(text, tmp_path / "gone.xlsx")
    assert all(why in both.stderr for why in ("no workbook", "no such file"))
    assert len(both.stderr.strip().splitlines()) == 1


def test_words_of_a_file_cannot_move_the_cursor(path: Path, tmp_path: Path) -> None:
    line = line_of(path, "Inputs", LOAN, MARGIN)
    book = load_workbook(path, read_only=True)
    source = next(cell.column_letter for cell in book["Inputs"][6] if cell.value == "Source")
    after = with_cells(path, {("Inputs", f"{source}{line}"): "\u202egood\u200b"}, tmp_path / "after.xlsx")
    assert not set("\u202e\u200b") & set(ask(path, after).stdout)
