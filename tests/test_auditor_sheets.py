"""The sheets Formulas and Map against what stands in the file, counted by a reader that knows nothing of the rows."""

from __future__ import annotations

import re
import zipfile
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import unescape

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from model.cases import Run, load, run
from model.report.layout import TIME, WORKINGS
from model.report.workbook import write_workbook
from tests.judges import content

ROOT = Path(__file__).parent.parent
CASES = {"nebius-microsoft": ROOT / "inputs" / "nebius-microsoft", "every-kind": ROOT / "tests" / "cases" / "every-kind"}
FOUND = re.compile(r"""("[^"]*")|(?:('[^']+'|[A-Za-z]\w*)!)?(?<![\w.])(\$?)([A-Z]{1,3})(\$?\d+)"""
                   r"""(?::(\$?)([A-Z]{1,3})\$?(\d+))?(?![\w(])""")
ALONE = re.compile(r"=(?:(?:'[^']+'|[A-Za-z]\w*)!)?(?:\$[A-Z]{1,3}|([A-Z]{1,3}))\$?\d+")
INPUT_SHEETS = ("Inputs", "Inputs over time")


@cache
def made(case: str) -> Run:
    return run(load(CASES[case]))


@pytest.fixture(scope="module", params=CASES)
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_workbook(made(request.param), tmp_path_factory.mktemp("books") / f"{request.param}.xlsx", audit=True)


@cache
def sheets(path: Path) -> dict[str, str]:
    """The XML of each sheet."""
    with zipfile.ZipFile(path) as parts:
        return {title: parts.read(f"xl/worksheets/sheet{number}.xml").decode()
                for number, title in enumerate(load_workbook(path, read_only=True).sheetnames, start=1)}


@cache
def opened(path: Path) -> Workbook:
    """The file without the cells of its working sheets, which would be most of the work."""
    light = path.with_name(f"light-{path.name}")
    empty = {f"xl/worksheets/sheet{n}.xml" for n, title in enumerate(sheets(path), start=1) if title in (*WORKINGS, TIME)}
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(light, "w") as copy:
        for name in source.namelist():
            whole = source.read(name)
            part = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", whole, flags=re.S) if name in empty else whole
            copy.writestr(name, part)
    return load_workbook(light)


@cache
def typed(path: Path, column: str) -> dict[tuple[str, int], str]:
    """Words that are typed in a column, by sheet and line."""
    pattern = re.compile(rf'<c r="{column}(\d+)"[^>]* t="inlineStr"><is><t[^>]*>([^<]*)</t>')
    return {(title, int(line)): unescape(words) for title, xml in sheets(path).items() for line, words in pattern.findall(xml)}


@cache
def lines(path: Path) -> dict[tuple[str, int], dict[int, str]]:
    """Formulas of the working sheets by line and column, heads left out."""
    found: dict[tuple[str, int], dict[int, str]] = defaultdict(dict)
    for (sheet, cell), text in content(path).formulas.items():
        line, column = coordinate_to_tuple(cell)
        if sheet in (*WORKINGS, TIME) and line > 6:
            found[sheet, line][column] = text
    return found


def named(path: Path, sheet: str, column: int, text: str) -> str:
    """A formula with its references told by the labels of their lines, columns counted from its own cell."""
    def say(at: re.Match[str]) -> str:
        if at[1]:
            return at[1]
        other = (at[2] or sheet).strip("'")
        place = at[4] if at[3] else column_index_from_string(at[4]) - column
        if at[5] == "$6" and not at[2]:
            return f"<period {place}>"
        end = f":{at[7]}" if at[8] and at[6] else ""
        first = int(at[5].strip("$"))
        group = ":rows" if at[8] and at[4] == at[7] else ""
        label = "" if group else typed(path, "B").get((other, first), "?")
        return f"[{label}{place}{end}{group}]"

    return FOUND.sub(say, text)


def table(path: Path, title: str) -> list[tuple[Any, ...]]:
    return list(opened(path)[title].iter_rows(min_row=7, values_only=True))


@pytest.mark.slow
def test_the_list_holds_every_distinct_formula_once_and_every_cell(path: Path) -> None:
    """Distinct: one label, and one text once references are told by labels."""
    count: Counter[tuple[str, str]] = Counter()
    for (sheet, line), cells in lines(path).items():
        column, text = next((c, t) for c, t in cells.items() if c not in (5, 6) or len(cells) == 1)
        link = ALONE.fullmatch(text)
        if link is None or link[1] not in (None, get_column_letter(column)):
            count[typed(path, "B")[sheet, line], named(path, sheet, column, text)] += 1
    rows = table(path, "Formulas")
    cut = next(n for n, row in enumerate(rows) if row[0] and row[0].startswith("Links"))
    listed = rows[1:cut]
    assert not [row for row in listed if "?" in row[2]]
    by_label, there = Counter(row[1] for row in listed), Counter(label for label, _ in count)
    assert by_label == there
    assert len(listed) == len({(row[1], row[2]) for row in listed}) == len(count)
    assert sum(row[5] for row in listed) == sum(count.values())
    formulas = [sheet for sheet, _ in content(path).formulas if sheet in (*WORKINGS, TIME, *INPUT_SHEETS)]
    assert sum(row[6] for row in rows if row[6]) == len(formulas)
    assert f"{len(formulas):,} formulas" in str(opened(path)["Formulas"]["B4"].value)


def test_each_formula_stands_where_the_list_says(path: Path) -> None:
    """Text for text, typed and never evaluated; and no sheet is left out."""
    sheet, seen = opened(path)["Formulas"], set()
    for line in sheet.iter_rows(min_row=8):
        if not line[1].value:
            continue
        text, (title, _, cell) = line[3], str(line[4].value).partition("!")
        seen.add(title)
        assert content(path).formulas[title, cell] == f"={text.value}"
        assert text.data_type == ("n" if str(text.value).isdigit() else "s")
        assert ("Formulas", text.coordinate) not in content(path).formulas
    assert seen == {title for title, _ in content(path).formulas if title in (*WORKINGS, TIME, "Inputs")}


def test_the_map_counts_what_the_file_s_formulas_read(path: Path) -> None:
    """Rows by the first formula along their line and the opening column, pages for reading by every formula."""
    names = {name: told.attr_text.partition("!")[0].strip("'") for name, told in opened(path).defined_names.items()}
    rows, found = set(), Counter[tuple[str, str]]()
    for (sheet, line), cells in lines(path).items():
        for column, text in cells.items():
            if column != 5 and column <= 7:
                rows |= {(sheet, line, *at) for at in read_lines(sheet, text)}
    found.update((sheet, other) for sheet, _, other, _ in rows)
    for sheet in opened(path).sheetnames:
        if sheet in WORKINGS or sheet == "Inputs over time":
            found[sheet, TIME] += 3
        elif sheet not in (TIME, "Inputs"):
            for (title, cell), text in content(path).formulas.items():
                if title == sheet and coordinate_to_tuple(cell)[0] > 2:
                    plain = re.sub(r'"[^"]*"', "", text)
                    found.update((sheet, other.strip("'")) for other in re.findall(r"('[^']+'|[A-Za-z]\w*)!", plain))
                    found.update((sheet, names[name]) for name in re.findall(r"\b[A-Z][a-z]+_\w+", plain) if name in names)
    shown = Counter({(left, right): count for left, right, count in matrix(path)})
    assert shown == +found


def read_lines(sheet: str, text: str) -> set[tuple[str, int]]:
    """Lines that a formula reads, the number of the period left out."""
    found = set()
    for at in FOUND.finditer(text):
        if not at[1] and (at[2] or at[5] != "$6"):
            first = int(at[5].strip("$"))
            found |= {((at[2] or sheet).strip("'"), line) for line in range(first, int(at[8] or first) + 1)}
    return found


def matrix(path: Path) -> list[tuple[str, str, int]]:
    """The flows of the map: who reads, who is read, how often."""
    sheet = opened(path)["Map"]
    top = next(cell.row for cell in sheet["B"] if cell.value == "Reads")
    titles = opened(path).sheetnames
    assert all(sheet.cell(top + n, 2).value == f"{n}  {title}" for n, title in enumerate(titles, start=1))
    return [(left, right, sheet.cell(top + n, 3 + k).value) for n, left in enumerate(titles, start=1)
            for k, right in enumerate(titles, start=1) if sheet.cell(top + n, 3 + k).value]


def test_the_map_counts_blocks_lines_formulas_and_inputs(path: Path) -> None:
    sheet, count = opened(path)["Map"], Counter(title for title, cell in content(path).formulas if cell != "A2")
    for n, title in enumerate(opened(path).sheetnames, start=7):
        blocks, rows, formulas, inputs = (sheet.cell(n, column).value for column in range(4, 8))
        assert formulas == count[title], title
        if title in (*WORKINGS, *INPUT_SHEETS):
            first = 13 if title == "Inputs" else 7
            for column, said in (("A", blocks), ("B", rows)):
                assert said == sum(sheet == title and line >= first for sheet, line in typed(path, column)), title
            assert inputs == (rows if title in INPUT_SHEETS else 0)
