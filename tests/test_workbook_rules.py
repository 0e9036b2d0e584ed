"""What modelling standards ask of a workbook and a program can read from the file: formulas, colours, locks, labels, paper."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import Workbook, load_workbook

from model.report.layout import OVER_TIME, TIME, WORKINGS
from tests.judges import MAIN
from tests.test_workbook import EVERYTHING, FOLDERS, made, opened, written

HEARD = list(FOLDERS) if EVERYTHING else ["coreweave-ddtl-5-5"]
FUNCTIONS = {
    "SUM", "MIN", "MAX", "IF", "AND", "OR", "ABS", "ROUND", "INDEX", "MATCH", "CHOOSE", "SUMIF", "SUMIFS", "SUMPRODUCT", "COUNT",
    "COUNTIF", "COUNTIFS", "EOMONTH", "EDATE", "YEAR", "MONTH", "DAY", "COLUMNS", "ISNUMBER", "ISERROR", "RIGHT", "FIXED", "TEXT",
    "_xlfn.ISFORMULA"}
"""Known to Excel since 2007 and to every other program; ISFORMULA, since 2013, only on Checks. TEXT only as a whole percentage,
whose code is the same in every language."""
ALONG_TIME = (*WORKINGS, OVER_TIME, TIME)
FIRST, PERIOD_ROW = 7, 6  # column of period 1, line of their numbers
GREEN, BLUE = "FF00703C", "FF0000FF"


@dataclass
class Cell:
    """What the file says of one cell."""

    sheet: str
    line: int
    column: int
    formula: str
    text: str
    number: bool
    locked: bool
    colour: str


@dataclass
class File:
    """A workbook as it lies on the disk."""

    path: Path
    book: Workbook
    cells: list[Cell] = field(default_factory=list)

    @property
    def formulas(self) -> Iterator[Cell]:
        return (cell for cell in self.cells if cell.formula)


@pytest.fixture(scope="module", params=HEARD)
def file(request: pytest.FixtureRequest) -> File:
    path = written(request.param)
    found = File(path, opened(path))
    with zipfile.ZipFile(path) as parts:
        looks = _looks(ElementTree.fromstring(parts.read("xl/styles.xml")))
        for number, title in enumerate(found.book.sheetnames, start=1):
            for element in ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{MAIN}c"):
                found.cells.append(_cell(title, element, looks))
    return found


def _looks(styles: ElementTree.Element) -> list[tuple[bool, str]]:
    """By style number: whether its cells are locked, and the colour of their font."""
    fonts = [font.find(f"{MAIN}color") for font in styles.find(f"{MAIN}fonts") or ()]
    colours = ["" if colour is None else colour.get("rgb", "")[-6:].rjust(8, "F") for colour in fonts]
    guards = [(style, style.find(f"{MAIN}protection")) for style in styles.find(f"{MAIN}cellXfs") or ()]
    return [(guard is None or guard.get("locked") != "0", colours[int(style.attrib["fontId"])]) for style, guard in guards]


def _cell(sheet: str, element: ElementTree.Element, looks: list[tuple[bool, str]]) -> Cell:
    letters, line = re.fullmatch(r"([A-Z]+)(\d+)", element.attrib["r"]).groups()  # type: ignore[union-attr]
    formula = element.findtext(f"{MAIN}f")
    text = "".join(part.text or "" for part in element.iter(f"{MAIN}t"))
    number = formula is None and element.get("t") == "n" and element.find(f"{MAIN}v") is not None
    return Cell(sheet, int(line), column_of(letters), "" if formula is None else f"={formula}", text, number,
                *looks[int(element.get("s", "0"))])


@cache
def column_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


@cache
def bare(formula: str) -> str:
    """A formula without its words and the names of its sheets."""
    return re.sub(r"'[^']*'!|\"[^\"]*\"", "", formula)


def deepest_if(formula: str) -> int:
    depth, deepest, calls = 0, 0, list[bool]()
    for opened_by, closed in re.findall(r"([A-Za-z_.]*)\(|(\))", bare(formula)):
        if closed:
            depth -= calls.pop()
        else:
            calls.append(opened_by == "IF")
            depth += calls[-1]
            deepest = max(deepest, depth)
    return deepest


def test_only_functions_that_every_program_knows_and_no_nested_if(file: File) -> None:
    for cell in file.formulas:
        used = set(re.findall(r"([A-Za-z_][A-Za-z0-9_.]*)\(", bare(cell.formula)))
        assert used <= FUNCTIONS, (cell.sheet, cell.line, used - FUNCTIONS)
        assert "_xlfn.ISFORMULA" not in used or cell.sheet == "Checks"
        assert set(re.findall(r"TEXT\([^\"]*?,(\"[^\"]*\")\)", cell.formula)) <= {'"0%"'}, cell
        assert deepest_if(cell.formula) <= 1, cell


def test_formulas_are_locked_and_only_blue_cells_are_open(file: File) -> None:
    assert not [cell for cell in file.formulas if not cell.locked]
    assert not [cell for cell in file.cells if not cell.locked and cell.colour != BLUE]


def test_a_link_to_another_sheet_is_green_and_nothing_else_is(file: File) -> None:
    """On the sheets along time; lines that readers look for are bold instead."""
    for cell in file.formulas:
        if cell.sheet in ALONG_TIME and cell.line > PERIOD_ROW and cell.column in (4, FIRST):
            is_link = re.fullmatch(r"=(?:'[^']+'|\w+)!\$?[A-Z]+\$?\d+", cell.formula) is not None
            assert cell.colour != BLUE
            assert is_link or cell.colour != GREEN, cell


def test_a_row_holds_formulas_or_numbers_and_never_both(file: File) -> None:
    kinds: dict[tuple[str, int], set[bool]] = {}
    last = made(file.path.stem).deal.book.periods + FIRST
    for cell in file.cells:
        if cell.sheet in ALONG_TIME and FIRST <= cell.column < last and (cell.formula or cell.number):
            kinds.setdefault((cell.sheet, cell.line), set()).add(bool(cell.formula))
    assert kinds
    assert not [at for at, found in kinds.items() if len(found) > 1]


def test_every_line_has_a_label_and_a_unit(file: File) -> None:
    texts = {(cell.sheet, cell.line, cell.column): cell.text for cell in file.cells if cell.text}
    lines = {(cell.sheet, cell.line) for cell in file.cells
             if cell.sheet in (*ALONG_TIME, "Inputs") and cell.line > PERIOD_ROW and (cell.formula or cell.number)}
    assert not [at for at in lines if (*at, 2) not in texts]
    assert not [at for at in lines if (*at, 3) not in texts and not texts[(*at, 2)].startswith(("Live scenario", "Its number"))]


def test_no_number_is_kept_as_text(file: File) -> None:
    inputs = [cell for cell in file.cells if cell.sheet in (*ALONG_TIME, "Inputs") and cell.column > 3]
    assert not [cell for cell in inputs if re.fullmatch(r"\s*-?\d[\d,]*(\.\d+)?%?\s*", cell.text)]


def test_nothing_is_hidden_and_nothing_reaches_outside(file: File) -> None:
    with zipfile.ZipFile(file.path) as parts:
        names = parts.namelist()
        links = [name for name in names if name.endswith(".rels") and b'TargetMode="External"' in parts.read(name)]
        sheets = [parts.read(name) for name in names if name.startswith("xl/worksheets/sheet")]
        calculation = re.search(rb"<calcPr[^>]*>", parts.read("xl/workbook.xml"))
    assert not links
    assert not [name for name in names if re.search("vbaProject|externalLinks|connections|embeddings|activeX|queryTables", name)]
    assert not [sheet for sheet in sheets if b'hidden="1"' in sheet or b"zeroHeight" in sheet]
    assert calculation is not None
    assert b"iterate" not in calculation[0]
    assert b'fullCalcOnLoad="1"' in calculation[0]


def test_sheets_along_time_stand_and_print_alike(file: File) -> None:
    sheets = [sheet for sheet in file.book if sheet.title in ALONG_TIME]
    assert {sheet.freeze_panes for sheet in sheets} == {"G7"}
    assert {(sheet.print_title_rows, sheet.print_title_cols) for sheet in sheets} == {("$1:$6", "$A:$F")}
    assert not [sheet.title for sheet in sheets if sheet.merged_cells.ranges]
    assert all([b.id for b in sheet.col_breaks.brk][:2] == [18, 30] for sheet in sheets), "a break every twelve periods"
    assert len({tuple(sheet.column_dimensions[letter].width for letter in "ABCDEFGHI") for sheet in sheets}) == 1


def test_every_sheet_is_named_coloured_and_has_a_footer(file: File) -> None:
    for sheet in file.book:
        assert len(sheet.title) <= 31
        assert not re.search(r"[\[\]:*?/\\]", sheet.title)
        assert sheet.sheet_properties.tabColor is not None
        assert sheet.page_setup.paperSize == (8 if sheet.title == "Inputs" else 9), "A4; the wide list of inputs on A3"
        assert (sheet.oddFooter.left.text, sheet.oddFooter.right.text) == ("&F | &A", "Page &P of &N")
        assert not sheet.sheet_view.showGridLines
        for rule in sheet.data_validations.dataValidation:
            assert len(str(rule.formula1)) <= 255
            assert len(rule.error or "") <= 225
            assert len(rule.errorTitle or "") <= 32
    assert len({title.lower() for title in file.book.sheetnames}) == len(file.book.sheetnames)


def test_every_sheet_is_listed_on_the_cover_with_a_link(file: File) -> None:
    links = [cell.hyperlink.location for line in file.book["Cover"].iter_rows() for cell in line if cell.hyperlink]
    assert {f"'{title}'!A1" for title in file.book.sheetnames} - {"'Cover'!A1"} <= set(links)


def test_names_point_somewhere(file: File) -> None:
    for name, defined in load_workbook(file.path, read_only=True).defined_names.items():
        assert re.fullmatch(r"[A-Z][a-z]+_[A-Za-z][A-Za-z0-9_]*", name)
        assert "#REF" not in defined.attr_text
