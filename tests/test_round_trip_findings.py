"""What an edited workbook may not hold: every finding at once, at its cell, and nothing is written."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from model import whole as writing
from model.cli import main
from model.errors import Finding, InputError, OutputError, RequestError
from model.inputs import write_starter
from model.report.case_files import FIRST, PRINTS
from model.report.layout import CASE_FILES, INPUTS, OVER_TIME, first_line
from model.round_trip import case_of, importing, load, read
from model.round_trip.cells import SHEETS, Saved, opened
from tests.delivered import the_book
from tests.judges import content, with_cells
from tests.round_trips import cell_of
from tests.short import short

MARGIN, RATES, FLAG, DAY = "ddtl.margin", "ddtl.base_rate", "drivers.renewals", "ddtl.maturity"
WORDS = "claim.allocation"
FIRST_INPUT = first_line(INPUTS) + 1


@pytest.fixture(scope="module")
def starter() -> Path:
    return short()


@pytest.fixture(scope="module")
def whole(starter: Path) -> Path:
    return the_book(starter)


@pytest.fixture(scope="module")
def path(whole: Path) -> Path:
    """The same with none but the sheets that make the case, which openpyxl saves in a tenth of the time."""
    book = load_workbook(whole)
    for sheet in book.sheetnames:
        if sheet not in SHEETS:
            del book[sheet]
    book.save(whole.with_name("light.xlsx"))
    return whole.with_name("light.xlsx")


def findings(path: Path) -> tuple[Finding, ...]:
    with pytest.raises(InputError) as caught:
        load(path)
    return caught.value.findings


def spoilt(path: Path, copy: Path, *changes: tuple[tuple[str, str], Any]) -> Path:
    """A copy with other things in some cells, as openpyxl saves it."""
    book = load_workbook(path)
    for (sheet, cell), value in changes:
        book[sheet][cell].value = value
    book.save(copy)
    return copy


NO_NUMBERS = [
    ("six", "text six"), ("0.06", "text 0.06"), ("", "nothing"), (None, "nothing"), ("=0.05+0.01", "a formula =0.05+0.01"),
    ("=E20", "a formula =E20"), (True, "a yes or no True"), (date(2026, 1, 31), "a date 46053"), ("#N/A", "an error #N/A")]
NOT_ADMITTED = [("base", 5.0, "5", "allowed: rate"), ("wide-margin", -1.0, "-1", "allowed: rate"),
                ("price-minus-10", 1e300, "1e+300", "a finite number")]


def test_what_is_no_number_that_the_input_admits(starter: Path, path: Path, tmp_path: Path) -> None:
    months = {cell_of(starter, RATES, n): (value, seen, "a number [rate], typed", RATES)
              for n, (value, seen) in enumerate(NO_NUMBERS, start=1)}
    single = {cell_of(starter, MARGIN, name): (value, seen, allowed, MARGIN) for name, value, seen, allowed in NOT_ADMITTED}
    wrong = months | single
    edited = spoilt(path, tmp_path / "edited.xlsx", *((at, value) for at, (value, *_) in wrong.items()))
    found = {finding.field: finding for finding in findings(edited)}
    assert len(found) == len(wrong)
    for (sheet, cell), (_, seen, allowed, key) in wrong.items():
        finding = found[f"{sheet if sheet.isalnum() else repr(sheet)}!{cell} ({key})"]
        assert (finding.file, finding.line) == ("edited.xlsx", int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
        assert seen in finding.seen
        assert allowed in finding.allowed


def test_every_finding_at_once_and_nothing_is_written(starter: Path, path: Path, tmp_path: Path) -> None:
    edited = spoilt(path, tmp_path / "edited.xlsx", (cell_of(starter, MARGIN), "six"), (cell_of(starter, FLAG), 0.5),
                    (cell_of(starter, DAY), date(2030, 1, 31)), (cell_of(starter, RATES, 3), "x"),
                    (cell_of(starter, WORDS), "other words"), (("Inputs", "D8"), "no such scenario"))
    found = {finding.field.partition("(")[2].rstrip(")"): finding for finding in findings(edited)}
    assert set(found) == {MARGIN, FLAG, DAY, RATES, WORDS, "live scenario"}
    assert "no whole number" in found[FLAG].allowed
    assert "case files only" in found[DAY].allowed
    for command in (["run", str(edited)], ["check", str(edited)], ["import", str(edited), str(tmp_path / "new")]):
        told = CliRunner().invoke(main, [*command, *(["--out", str(tmp_path / "out")] if command[0] == "run" else [])])
        assert told.exit_code == 2
        assert told.output.count("edited.xlsx:") == 6
    assert sorted(p.name for p in tmp_path.iterdir()) == ["edited.xlsx"]


@cache
def cells_of(path: Path) -> Saved:
    return opened(path)


def put(saved: Saved, sheet: str, line: int, column: int, value: Any) -> None:
    """Another value in a cell; None empties it."""
    cells = saved.sheets[sheet][line]
    if value is None:
        del cells[column]
    else:
        cells[column] = replace(cells[column], value=value, kind="s" if isinstance(value, str) else "n")


def key_column(saved: Saved, sheet: str) -> tuple[int, int]:
    """The column of keys and the line of its head."""
    cells = (cell for line in saved.sheets[sheet].values() for cell in line.values())
    return next((cell.column, cell.line) for cell in cells if cell.value == "Key")


def no_key(saved: Saved) -> None:
    put(saved, INPUTS, FIRST_INPUT, key_column(saved, INPUTS)[0], None)


def other_key(saved: Saved) -> None:
    put(saved, OVER_TIME, first_line(OVER_TIME) + 1, key_column(saved, OVER_TIME)[0], "ddtl.nothing")


def key_twice(saved: Saved) -> None:
    column = key_column(saved, INPUTS)[0]
    put(saved, INPUTS, FIRST_INPUT, column, saved.cell(INPUTS, FIRST_INPUT + 1, column).value)


def no_keys(saved: Saved) -> None:
    column, line = key_column(saved, INPUTS)
    put(saved, INPUTS, line, column, "Keys")


def no_scenario(saved: Saved) -> None:
    put(saved, INPUTS, 6, 6, "another")


def no_month(saved: Saved) -> None:
    put(saved, OVER_TIME, 6, 8, 700)


def other_line(saved: Saved) -> None:
    put(saved, CASE_FILES, FIRST + 3, 3, "case: other")


def lost_line(saved: Saved) -> None:
    del saved.sheets[CASE_FILES][FIRST + 3]


def other_hash(saved: Saved) -> None:
    put(saved, CASE_FILES, FIRST - 2, 3, "0" * 16)


def fixed_number(saved: Saved) -> None:
    put(saved, INPUTS, layout_line(saved, "claim.pairs"), 5, 7)


def moved_override(saved: Saved) -> None:
    line = layout_line(saved, "claim.pairs")
    saved.sheets[INPUTS][line][6] = replace(saved.cell(INPUTS, line, 5), column=6)


def layout_line(saved: Saved, key: str) -> int:
    column = key_column(saved, INPUTS)[0]
    return next(line for line, cells in saved.sheets[INPUTS].items() if column in cells and cells[column].value == key)


SPOILT: list[tuple[Callable[[Saved], None], str, str]] = [
    (no_key, INPUTS, "a line for each input"), (other_key, OVER_TIME, "the key of an input of this sheet"),
    (key_twice, INPUTS, "once"), (no_keys, INPUTS, "the heads of the sheet"), (no_scenario, INPUTS, "the scenarios of the case"),
    (no_month, OVER_TIME, "the numbers of all months"), (other_line, CASE_FILES, "as it was written"),
    (lost_line, CASE_FILES, "as it was written"), (other_hash, CASE_FILES, "as it was written"),
    (fixed_number, INPUTS, "case files only"), (moved_override, INPUTS, "no scenario moves this input")]


@pytest.mark.parametrize(("spoil", "sheet", "allowed"), SPOILT, ids=[row[0].__name__ for row in SPOILT])
def test_sheets_that_were_changed_where_they_may_not_be(path: Path, spoil: Callable[[Saved], None], sheet: str,
                                                        allowed: str) -> None:
    saved = deepcopy(cells_of(path))
    spoil(saved)
    with pytest.raises(InputError) as caught:
        case_of(saved, path)
    assert any(sheet in found.field and allowed in found.allowed for found in caught.value.findings), caught.value.findings


def test_rows_and_columns_may_be_moved(starter: Path, path: Path, tmp_path: Path) -> None:
    """Inputs are found by their key; openpyxl leaves formulas that read moved cells, so the columns of scenarios stay."""
    book = load_workbook(path)
    sheet, cell = cell_of(starter, MARGIN)
    book[sheet][cell].value = 0.045
    book[sheet].move_range(f"A{cell[1:]}:Z{cell[1:]}", rows=3000, translate=True)
    book[OVER_TIME].move_range(f"A8:{book[OVER_TIME].dimensions.partition(':')[2]}", rows=40)
    book.save(tmp_path / "edited.xlsx")
    assert [(one.key, one.after) for one, _, _ in read(tmp_path / "edited.xlsx").told] == [(MARGIN, 0.045)]


def not_a_zip(path: Path) -> bytes:
    return b"PK no zip"


def empty(path: Path) -> bytes:
    return b""


def cut(path: Path) -> bytes:
    return path.read_bytes()[:20_000]


@pytest.mark.parametrize("content", [not_a_zip, empty, cut])
def test_a_file_that_is_no_workbook(path: Path, tmp_path: Path, content: Callable[[Path], bytes]) -> None:
    (tmp_path / "book.xlsx").write_bytes(content(path))
    (found,) = findings(tmp_path / "book.xlsx")
    assert "an Excel workbook that debtcover has written" in found.allowed


def test_a_workbook_of_somebody_else_and_one_that_unpacks_to_too_much(path: Path, tmp_path: Path,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    Workbook().save(tmp_path / "other.xlsx")
    assert "debtcover has written" in findings(tmp_path / "other.xlsx")[0].allowed
    with zipfile.ZipFile(tmp_path / "other.xlsx", "a") as parts:
        parts.writestr("xl/worksheets/bomb.xml", b"<x>" * 1000)
    monkeypatch.setattr("model.inputs.archive.LARGEST", 5000)
    assert "bytes unpacked" in findings(tmp_path / "other.xlsx")[0].seen


# ---- typed over a formula --------------------------------------------------------------------------------------------


def some_formulas(path: Path, *sheets: str, each: int = 1) -> dict[tuple[str, str], str]:
    """Of each sheet so many formulas, from the last on; the one with the check light is not among them."""
    every = content(path).formulas
    return {at: every[at] for sheet in sheets for at in [at for at in every if at[0] == sheet][-each:]}


def test_each_formula_that_was_typed_over_is_told_and_nothing_is_written(starter: Path, whole: Path, tmp_path: Path) -> None:
    """On any sheet, whatever is typed, beside an input that may be typed; what stood there is said."""
    chosen = some_formulas(whole, "Debt", "Coverage", "Dashboard", "Summary", INPUTS, each=2)
    typed: list[float | str] = [7.5, "words"]
    edited = with_cells(whole, {cell_of(starter, MARGIN): 0.045} | dict(zip(chosen, typed * 5, strict=True)),
                        tmp_path / "edited.xlsx")
    found = {finding.field: finding for finding in findings(edited)}
    assert len(found) == 10
    for ((sheet, cell), formula), value in zip(chosen.items(), typed * 5, strict=True):
        told = found[f"{sheet if sheet.isalnum() else repr(sheet)}!{cell} (formula)"]
        assert (told.file, told.line) == ("edited.xlsx", int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
        assert told.seen == ("7.5 in its place" if value == 7.5 else "text words in its place")
        assert told.allowed.startswith(formula[:50])
        assert "blue cells" in told.allowed
    for command in ("run", "check"):
        ran = CliRunner().invoke(main, [command, str(edited), *(["--out", str(tmp_path / "out")] if command == "run" else [])])
        assert (ran.exit_code, ran.output.count("edited.xlsx:")) == (2, 10)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["edited.xlsx"]


@pytest.mark.slow
def test_many_are_told_in_few_words(whole: Path, tmp_path: Path) -> None:
    many = with_cells(whole, dict.fromkeys(some_formulas(whole, "Debt", each=33), 1.0), tmp_path / "many.xlsx")
    told = findings(many)
    assert len(told) == 20
    assert "and 14 more formulas that are no longer there" in [one.seen for one in told]


def test_what_was_added_or_moved_is_left_alone_and_what_was_overwritten_beside_it_is_not(whole: Path, tmp_path: Path) -> None:
    """What was emptied counts as typed over; a formula that its line has taken along does not."""
    book = load_workbook(whole)
    book["Dashboard"].insert_rows(8)
    last = {title: next(cell for line in reversed(list(book[title].iter_rows())) for cell in line if cell.data_type == "f")
            for title in ("Summary", "Dashboard")}
    last["Summary"].value = None
    book["Debt"]["B1"].value = "=1+1"
    del book["Log"]
    book.create_sheet("Own")["A1"] = "=2+2"
    book.save(tmp_path / "one.xlsx")
    (one,) = findings(tmp_path / "one.xlsx")
    assert (one.field, one.seen) == (f"Summary!{last['Summary'].coordinate} (formula)", "nothing in its place")
    last["Dashboard"].value = 3.0
    book.save(tmp_path / "two.xlsx")
    two = [(finding.field, finding.seen) for finding in findings(tmp_path / "two.xlsx")]
    assert two == [(f"Dashboard!{last['Dashboard'].coordinate} (formula)", "3 in its place"), (one.field, one.seen)]


def test_a_formula_in_the_place_of_another_is_told_with_its_cell(whole: Path, tmp_path: Path) -> None:
    """Their number is as it was, and so does the sheet Checks say; even one sign less, and on Checks itself."""
    right = some_formulas(whole, "Debt", "Dashboard", "Checks", "Inputs")
    changed = {at: text.replace("+", "-", 1) if "+" in text else f"{text}+0" for at, text in right.items()}
    told = {finding.field: finding for finding in findings(with_formulas(whole, changed, tmp_path / "edited.xlsx"))}
    assert len(told) == len(changed) == 4
    for ((sheet, cell), text), was in zip(changed.items(), right.values(), strict=True):
        finding = told[f"{sheet}!{cell} (formula)"]
        assert finding.seen.startswith(f"a formula {text}"[:40])
        assert finding.allowed.startswith(f"{was} as it was"[:40])


RESPELT: tuple[Callable[[str], str], ...] = (
    lambda text: unquoted(partial(re.sub, r"([,*()])", r" \1 "), text), lambda text: unquoted(str.lower, text),
    lambda text: text.replace("$", ""), lambda text: re.sub(r"\$?\b([A-Z]{1,2})\$?(\d+)", r"$\1$\2", text),
    lambda text: re.sub(r"\b(Debt|Inputs|Coverage)!", r"'\1'!", text), lambda text: f"=of:{text}",
    lambda text: text.replace("SUM(", "_xlfn.SUM(").replace("_xlfn.ISFORMULA(", "ISFORMULA("))
"""Spaces, small letters, what is held by `$`, quotes around sheets, another format, prefixes of functions."""


def test_a_formula_that_is_spelt_in_another_way_is_the_same(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is anything composed anew for it."""
    monkeypatch.setattr("model.report.workbook.compose", None)
    texts = some_formulas(whole, "Debt", "Coverage", "Dashboard", "Checks", "Inputs", each=200)
    spelt = {at: RESPELT[n % len(RESPELT)](text) for n, (at, text) in enumerate(texts.items())}
    for kind in range(len(RESPELT)):
        assert sum(spelt[at] != texts[at] for n, at in enumerate(texts) if n % len(RESPELT) == kind) > 5
    assert not read(with_formulas(whole, spelt, tmp_path / "edited.xlsx")).told


def test_words_in_a_formula_are_not_spelt_in_another_way(whole: Path, tmp_path: Path) -> None:
    at, text = next((at, text) for at, text in content(whole).formulas.items() if '"The claim holds"' in text)
    (found,) = findings(with_formulas(whole, {at: text.replace("claim holds", "Claim holds")}, tmp_path / "edited.xlsx"))
    assert found.field == f"{at[0]}!{at[1]} (formula)"


def test_a_workbook_without_what_its_formulas_are_known_by_is_refused(whole: Path, tmp_path: Path) -> None:
    (found,) = findings(with_cells(whole, {(CASE_FILES, f"C{PRINTS}"): ""}, tmp_path / "edited.xlsx"))
    assert (found.field, found.line, found.seen) == (f"{CASE_FILES} (formulas as written)", PRINTS, "nothing")


def unquoted(change: Callable[[str], str], text: str) -> str:
    """A formula changed outside its words."""
    return '"'.join(change(part) if n % 2 == 0 else part for n, part in enumerate(text.split('"')))


def with_formulas(path: Path, texts: dict[tuple[str, str], str], target: Path) -> Path:
    """A copy with other formulas in some cells; everything else stays to the byte."""
    titles = load_workbook(path, read_only=True).sheetnames
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            part = source.read(name).decode() if name.startswith("xl/worksheets/sheet") else source.read(name)
            for (sheet, cell), text in texts.items():
                if name == f"xl/worksheets/sheet{titles.index(sheet) + 1}.xml":
                    assert isinstance(part, str)
                    said = escape(text.removeprefix("="))
                    part, count = re.subn(rf'(<c r="{cell}"[^>]*><f>)[^<]*', lambda found, said=said: found[1] + said, part)
                    assert count == 1
            copy.writestr(name, part)
    return target


# ---- edits.yaml ------------------------------------------------------------------------------------------------------

SOURCED = "source: x, grade: assumed"
EDITS = [
    (f"nobody.margin: {{value: 1, {SOURCED}}}", "inputs.nobody.margin", "no such row"),
    (f"ddtl.interest: {{value: 1, {SOURCED}}}", "inputs.ddtl.interest", "a case may edit single inputs only"),
    (f"ddtl.margin: {{value: 7, {SOURCED}}}", "inputs.ddtl.margin.value", "allowed: rate"),
    (f"ddtl.maturity: {{value: 46000, {SOURCED}}}", "inputs.ddtl.maturity.value", "no date"),
    (f"ddtl.margin: {{{SOURCED}}}", "inputs.ddtl.margin", "value, a single number"),
    (f"ddtl.margin: {{months: [{{end: 2026-01-31, value: 1}}], {SOURCED}}}", "inputs.ddtl.margin", "value, a single number"),
    (f"ddtl.base_rate: {{value: 0.04, {SOURCED}}}", "inputs.ddtl.base_rate", "months, each with end and value"),
    (f"ddtl.base_rate: {{months: [{{end: 2026-01-30, value: 0.04}}], {SOURCED}}}", "inputs.ddtl.base_rate.months[0].end",
     "the end of a month from 2026-01-31"),
    (f"ddtl.base_rate: {{months: [{{end: 2026-01-31, value: 0.04}}, {{end: 2026-01-31, value: 0.05}}], {SOURCED}}}",
     "inputs.ddtl.base_rate.months[1].end", "each month once"),
    (f"claim.assumed: {{value: 0, {SOURCED}}}", "inputs.claim.assumed", "the engine finds itself"),
    ("ddtl.margin: {value: 0.04, grade: assumed}", "inputs.ddtl.margin.source", "required"),
    (f"ddtl.margin: {{value: .nan, {SOURCED}}}", "inputs.ddtl.margin.value", "finite"),
    (f"ddtl.margin: {{values: 1, value: 0.04, {SOURCED}}}", "inputs.ddtl.margin.values", "not a key here"),
]


@pytest.mark.parametrize(("text", "field", "allowed"), EDITS, ids=[row[0][:40] for row in EDITS])
def test_edits_are_checked_as_every_other_file(tmp_path: Path, text: str, field: str, allowed: str) -> None:
    write_starter(tmp_path / "case")
    (tmp_path / "case" / "edits.yaml").write_text(f"inputs:\n  {text}\n")
    (found,) = findings(tmp_path / "case")
    assert (found.file, found.line, found.field) == ("edits.yaml", 2, field)
    assert allowed in found.allowed


def test_typed_numbers_make_a_claim_that_rests_on_assumptions(tmp_path: Path) -> None:
    write_starter(tmp_path / "case")
    (tmp_path / "case" / "edits.yaml").write_text(f"inputs:\n  drivers.tolerance: {{value: 0.00001, {SOURCED}}}\n")
    deal = load(tmp_path / "case")
    assert "numbers typed in a workbook" in str(deal.claim.row("allocation").input)
    assert deal.book.by_key["drivers.tolerance"].input.value == 0.00001  # type: ignore[union-attr]


# ---- the commands ----------------------------------------------------------------------------------------------------


def test_import_writes_a_new_folder_whole_and_says_what_changed(starter: Path, path: Path, tmp_path: Path,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    edited = with_cells(path, {cell_of(starter, MARGIN): 0.045, cell_of(starter, "drivers.price_change", "wide-margin"): -0.2},
                        tmp_path / "edited.xlsx")
    told = CliRunner().invoke(main, ["import", str(edited), str(tmp_path / "case")])
    assert told.exit_code == 0
    rows = [" ".join(line.split()) for line in told.output.splitlines()]
    assert any(row.startswith(f"{MARGIN} ") and "base 0.04 0.045 debt.yaml:32" in row for row in rows)
    assert any("wide-margin base value -0.2 scenarios.yaml:" in row for row in rows)
    again = CliRunner().invoke(main, ["import", str(edited), str(tmp_path / "case")])
    assert again.exit_code == 2
    monkeypatch.setattr(writing.os, "replace", refuse)
    with pytest.raises(OutputError):
        importing.write_case(tmp_path / "other", {"case.yaml": b"x"})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case", "edited.xlsx"]


def refuse(*_: Any) -> None:
    raise PermissionError(13, "no access")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RequestError):
        importing.write_case(tmp_path, {"case.yaml": b"x"})
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_the_workbook_that_is_read_is_kept_where_it_would_be_written_over(path: Path, tmp_path: Path) -> None:
    book = tmp_path / "starter.xlsx"
    book.write_bytes(path.read_bytes())
    assert CliRunner().invoke(main, ["run", str(book), "--out", str(tmp_path)]).exit_code == 0
    assert (tmp_path / "starter-as-read.xlsx").read_bytes() == path.read_bytes()
