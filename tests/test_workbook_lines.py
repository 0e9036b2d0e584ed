"""What model auditors count in a workbook: lines of more than one formula, formulas too long to read, labels said twice.

Read from the file alone, with no word of how it was written: references become steps from their own cell, the periods of a sheet
are the stretch of columns over which most lines repeat one formula, and inside it every line must do so.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from model.deal import Deal
from model.report.layout import BOXES, CALLED, CHARTS, COMPANY, CUSTOMERS, STACK, WORKINGS, lay_out
from model.sheet.excel import template
from tests.judges import MAIN, content, with_cells
from tests.large import AS_OF
from tests.oracle import months_later
from tests.strategies import box, case_of, contract, deal_of, loan, repay, tranche
from tests.test_workbook import EVERYTHING, FOLDERS, written

HEARD = list(FOLDERS) if EVERYTHING else ["iren-microsoft"]
LONGEST, SHORTEST_STRETCH = 160, 4
PAGES = (STACK, CUSTOMERS, COMPANY, BOXES, CHARTS)
Lines = dict[tuple[str, int], dict[int, str]]


@cache
def number_of(letters: str) -> int:
    """A column by its number."""
    return coordinate_to_tuple(f"{letters}1")[1]


def as_steps(formula: str, line: int, column: int) -> str:
    """A formula with its references as steps from its own cell: copied across, it reads the same."""
    def step(found: re.Match[str]) -> str:
        held, letters, fixed, digits = found.groups()
        across = letters if held else f"[{number_of(letters) - column}]"
        return f"c{across}r{digits if fixed else f'[{int(digits) - line}]'}"

    parts = re.split(r"(\"[^\"]*\"|'[^']*'!)", formula)
    return "".join(part if n % 2 else re.sub(r"(?<![\w.])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\w(])", step, part)
                   for n, part in enumerate(parts))


@cache
def lines_of(path: Path) -> Lines:
    """The formulas of a file as steps, by sheet and line, then by column."""
    found: Lines = defaultdict(dict)
    for (sheet, cell), formula in content(path).formulas.items():
        line, column = coordinate_to_tuple(cell)
        found[sheet, line][column] = as_steps(formula, line, column)
    return found


def longest_stretch(cells: dict[int, str]) -> tuple[int, int]:
    """First and last of the most neighbouring columns with one formula."""
    best = first = last = min(cells)
    end = best
    for column in sorted(cells)[1:]:
        if column != last + 1 or cells[column] != cells[last]:
            first = column
        last = column
        if last - first > end - best:
            best, end = first, last
    return best, end


def stretches(lines: Lines) -> dict[str, tuple[int, int]]:
    """By sheet the columns over which most cells repeat their neighbour."""
    found: dict[str, Counter[tuple[int, int]]] = defaultdict(Counter)
    for (sheet, _), cells in lines.items():
        first, last = longest_stretch(cells)
        if last - first + 1 >= SHORTEST_STRETCH:
            found[sheet][first, last] += last - first + 1
    return {sheet: count.most_common(1)[0][0] for sheet, count in found.items()}


def broken_lines(path: Path) -> list[tuple[str, int]]:
    """Lines with more than one formula inside the stretch of their sheet; on pages of tables, right of the labels."""
    lines = lines_of(path)
    across = stretches(lines) | dict.fromkeys(PAGES, (3, 1000))
    return [at for at, cells in lines.items() if at[0] in across
            and len({text for column, text in cells.items() if across[at[0]][0] <= column <= across[at[0]][1]}) > 1]


def mixed_lines(path: Path) -> list[tuple[str, int]]:
    """Lines with a formula and a typed number inside the stretch of their sheet."""
    lines, across = lines_of(path), stretches(lines_of(path))
    return [(sheet, line) for sheet, line, column in typed_numbers(path)
            if sheet in across and across[sheet][0] <= column <= across[sheet][1]
            and any(across[sheet][0] <= other <= across[sheet][1] for other in lines.get((sheet, line), ()))]


def typed_numbers(path: Path) -> Iterator[tuple[str, int, int]]:
    """Sheet, line and column of every number that is no formula's."""
    titles = load_workbook(path, read_only=True).sheetnames
    with zipfile.ZipFile(path) as parts:
        for number, title in enumerate(titles, start=1):
            for cell in ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{MAIN}c"):
                if cell.find(f"{MAIN}f") is None and cell.find(f"{MAIN}v") is not None and cell.get("t", "n") == "n":
                    yield title, *coordinate_to_tuple(cell.attrib["r"])


def labels_twice(path: Path) -> list[tuple[str, str, str]]:
    """Sheet, block and label of what is said twice in a block of the input and working sheets."""
    found: list[tuple[str, str, str]] = []
    book = load_workbook(path, read_only=True)
    for title in ("Inputs", CALLED, *(title for title in WORKINGS if title in book.sheetnames)):
        block, said = "", Counter[tuple[str, str]]()
        for number, (heading, label, *_) in enumerate(book[title].iter_rows(max_col=3, values_only=True)):
            block = f"{number} {heading}" if heading else block
            said[block, str(label)] += label is not None
        found += [(title, *at) for at, times in said.items() if times > 1]
    return found


@pytest.fixture(scope="module", params=[pytest.param(case, marks=pytest.mark.xdist_group(case)) for case in HEARD])
def book(request: pytest.FixtureRequest) -> Path:
    return written(request.param)


@pytest.mark.slow
def test_every_line_is_one_formula(book: Path) -> None:
    assert {"Capital stack", "Customers", "Charts", "Debt"} <= set(stretches(lines_of(book)))
    assert not broken_lines(book)
    assert not mixed_lines(book)


def test_every_formula_can_be_read_at_once(book: Path) -> None:
    assert not [at for at, text in content(book).formulas.items() if len(text) > LONGEST]


def test_many_pairs_make_no_formula_longer() -> None:
    """What reads all of them, the name of the weakest and the list of their grades, is as short as with few."""
    contracts = [contract(f"contract-{n}", tranche(months_later(AS_OF, 1, 1), months_later(AS_OF, 3, 28), 20)) for n in range(45)]
    loans = [loan(f"loan-{n}", months_later(AS_OF, 3, 28), 40, 0.05, repay("level")) for n in range(45)]
    debt_share = {one["id"]: {sold["id"]: 1.0, "none": 0.0} for one, sold in zip(loans, contracts, strict=True)}
    cash_share = {sold["id"]: {one["id"]: 1.0} for one, sold in zip(loans, contracts, strict=True)}
    deal = Deal(case_of(deal_of(AS_OF, 4, contracts, loans, [box("box")], debt_share, cash_share)))
    places, rows = lay_out(deal.book.blocks).places, [row for row in deal.book.rows if row.expr is not None]
    assert len(deal.pairs) == 45
    assert not [(row.key, text) for row in rows if len(text := template(row, places, deal.book.periods)) > LONGEST]


def test_no_label_is_said_twice_in_a_block(book: Path) -> None:
    assert not labels_twice(book)


def with_formula(path: Path, at: tuple[str, str], formula: str, copy: Path) -> Path:
    """A copy with another formula in a cell."""
    part = f"xl/worksheets/sheet{load_workbook(path, read_only=True).sheetnames.index(at[0]) + 1}.xml"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == part:
                text, done = re.subn(rf'(<c r="{at[1]}"[^>]*><f>)[^<]*'.encode(), rb"\g<1>" + formula.encode(), text)
                assert done == 1
            target.writestr(name, text)
    return copy


@pytest.mark.slow
def test_the_counts_see_what_is_broken(book: Path, tmp_path: Path) -> None:
    """Another formula, a typed number, a long formula: each is found where it was put, and nothing else."""
    lines = lines_of(book)
    first, last = stretches(lines)["Customers"]
    line = next(at[1] for at, cells in lines.items() if at[0] == "Customers" and set(range(first, last + 1)) <= set(cells))
    at = "Customers", f"{get_column_letter(last - 1)}{line}"
    assert broken_lines(with_formula(book, at, "$A$1", tmp_path / "formula.xlsx")) == [("Customers", line)]
    assert mixed_lines(with_cells(book, {at: 1.5}, tmp_path / "typed.xlsx")) == [("Customers", line)]
    same = {("Debt", f"B{line}"): "Rate" for line in (9, 10)}
    twice = labels_twice(with_cells(book, same, tmp_path / "twice.xlsx"))
    assert [(sheet, label) for sheet, _, label in twice] == [("Debt", "Rate")]
