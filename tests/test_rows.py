"""The rows of cells that the program writes itself, against those that openpyxl writes for the same cells."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.hyperlink import Hyperlink

from model.errors import BuildError
from model.report import styles
from model.report.cache import save
from model.report.memory import Memory
from model.report.page import Page
from model.report.rows import Rows
from model.sheet import period_column
from model.sheet.excel import OPENING_COLUMN

WORDS = st.text(st.sampled_from("ab <>&\"'=+-@\n\té€中–😀"), max_size=12)
NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)
NAN = st.just(float("nan"))
STYLES = st.sampled_from([("calc", "General"), ("plain", "General"), ("key", styles.USD), ("input", "0.00"), ("total", "@")])
HERE, BEFORE, AFTER = "\x01", "\x02", "\x03"


def page(title: str = "Debt") -> Page:
    book = Workbook()
    book.remove(book.worksheets[0])
    styles.add_styles(book)
    return Page(book, title, Memory())


@st.composite
def things(draw: Any) -> list[tuple[Any, ...]]:
    """What may be put on a page: bars first, then on separate lines or columns what stands on them."""
    found: list[tuple[Any, ...]] = []
    for line in draw(st.lists(st.integers(2, 30), max_size=12, unique=True)):
        if draw(st.booleans()):
            found.append(("bar", line, draw(st.integers(1, 4)), draw(st.integers(5, 14)), draw(STYLES)[0]))
        for column in draw(st.lists(st.sampled_from("ABCDE"), max_size=4, unique=True)):
            cell, look = f"{column}{line}", draw(STYLES)
            found.append(draw(st.one_of(
                st.tuples(st.just("text"), st.just(cell), WORDS, st.just(look)),
                st.tuples(st.just("number"), st.just(cell), NUMBERS, st.just(look)),
                st.tuples(st.just("formula"), st.just(cell), WORDS, st.one_of(NUMBERS, WORDS, NAN), st.just(look)),
            )))
        shown = draw(st.lists(st.one_of(NUMBERS, NAN), max_size=6))
        template = draw(st.sampled_from([f"={HERE}8*{BEFORE}9", f'=IF({AFTER}$6<0,"a&b",0)', "=1+0"]))
        if shown and draw(st.booleans()):
            found.append(("formulas", line, draw(st.integers(1, 3)), template, shown, draw(STYLES)))
        elif shown:
            found.append(("numbers", line, draw(st.integers(1, 3)), [n for n in shown if n == n] or [0.0], draw(STYLES)))
        if draw(st.booleans()):
            found.append(("height", line, draw(st.floats(5, 90))))
    return found


def put(on: Page, things: list[tuple[Any, ...]], *, one_by_one: bool) -> None:
    """The same things as bars and stretches, or as nothing but single cells."""
    for what, *told in things:
        if what == "height":
            if one_by_one:
                on.sheet.row_dimensions[told[0]].height = told[1]
            else:
                on.heights[told[0]] = told[1]
        elif what == "bar":
            (on.fill if one_by_one else on.bar)(*told)
        elif what == "text":
            on.text(told[0], told[1], told[2][0])
        elif what in ("number", "formula"):
            text = [f"={told[1]}0", told[2]] if what == "formula" else [told[1]]
            getattr(on, what)(told[0], *text, *told[-1])
        elif one_by_one:
            line, first, *template, values, look = told
            for period, value in zip(count(first), values, strict=False):
                name = f"{period_column(period)}{line}"
                if template:
                    on.formula(name, in_place(template[0], period), value, *look)
                else:
                    on.number(name, value, *look)
        else:
            line, first, *template, values, look = told
            getattr(on, what)(line, first, *template, np.array(values), *look)


def in_place(template: str, period: int) -> str:
    """What a template says in a column, letter by letter."""
    for mark, offset in ((HERE, 0), (BEFORE, -1), (AFTER, 1)):
        template = template.replace(mark, chr(ord("A") + OPENING_COLUMN - 1 + period + offset))
    return template


def by_openpyxl(on: Page) -> tuple[str, str]:
    """Area and rows as openpyxl writes them, with the remembered value put behind each formula."""
    out = BytesIO()
    writer = WorksheetWriter(on.sheet, out)
    writer.write()
    text = out.getvalue().decode()

    def with_value(found: re.Match[str]) -> str:
        value = on.memory.values[on.title, found[1]]
        kind = ' t="str"' if isinstance(value, str) else ""
        shown = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") if kind else repr(float(value))
        return f'<c r="{found[1]}"{found[2]}{kind}>{found[3]}<v>{shown}</v></c>'

    rows = re.search(r"<sheetData>.*</sheetData>", text, re.S)
    area = re.search(r'<dimension ref="([^"]*)"', text)
    assert area is not None
    told = rows[0] if rows else "<sheetData></sheetData>"
    return area[1], re.sub(r'<c r="([A-Z]+\d+)"((?: s="\d+")?)>(<f>[^<]*</f>)<v ?/?>(?:</v>)?</c>', with_value, told)


@settings(max_examples=50, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(things())
def test_rows_are_those_of_openpyxl(put_down: list[tuple[Any, ...]]) -> None:
    ours, theirs = page(), page()
    for on, one_by_one in ((ours, False), (theirs, True)):
        on.text("A1", "a first cell", "title")
        put(on, put_down, one_by_one=one_by_one)
    rows = Rows(ours)
    assert (rows.area(), "".join(rows.xml())) == by_openpyxl(theirs)
    assert ours.sheet.parent._cell_styles == theirs.sheet.parent._cell_styles
    told = theirs.memory.values
    assert {place: ours.memory.value(*place) for place in told} == told  # asked one by one, before all are spelled out
    assert ours.memory.value("Debt", "A99") is None
    assert ours.memory.counted("Debt") == sum(map(len, theirs.memory.formulas.values()))
    assert ours.memory.values == told
    assert {k: set(v) for k, v in ours.memory.formulas.items()} == {k: set(v) for k, v in theirs.memory.formulas.items()}


def test_links_merged_cells_and_heights_are_kept_in_the_file(tmp_path: Path) -> None:
    on = page()
    on.bar(4, 1, 12, "block")
    on.text("A4", "Heading", "block")
    on.text("B6", "=not a formula", "link_page").hyperlink = Hyperlink(ref="B6", location="'Debt'!A1")
    on.formula("C6", "=1+1", 2.0)
    on.formulas(6, 1, f"={BEFORE}6+1", np.array([3.0, np.nan]))
    on.sheet.merge_cells("B8:D8")
    on.heights[8] = 33.0
    save(on.sheet.parent, [on], tmp_path / "book.xlsx")
    found, stored = (load_workbook(tmp_path / "book.xlsx", data_only=only)["Debt"] for only in (False, True))
    assert found.dimensions == "A4:L8"
    assert found["B6"].hyperlink.location == "'Debt'!A1"
    assert (found["B6"].value, found["B6"].data_type, found["B6"].quotePrefix) == ("=not a formula", "s", True)
    assert [str(area) for area in found.merged_cells.ranges] == ["B8:D8"]
    assert found.row_dimensions[8].height == 33.0
    assert [found.cell(6, column).value for column in (3, 7, 8)] == ["=1+1", "=F6+1", "=G6+1"]
    assert [stored.cell(6, column).value for column in (3, 7, 8)] == [2, 3, None]
    assert {found.cell(4, column).style for column in range(1, 13)} == {"m.block"}


def test_a_stretch_over_a_filled_cell_is_refused() -> None:
    on = page()
    on.number("G7", 1.0)
    on.numbers(7, 1, np.array([2.0, 3.0]))
    with pytest.raises(BuildError, match="Debt!G7 is written twice"):
        Rows(on)


def test_a_formula_without_a_value_and_an_infinite_one_are_refused() -> None:
    on = page()
    on.formula("B2", "=1", 1.0)
    on.memory.values.clear()
    with pytest.raises(BuildError, match="Debt!B2 has a formula and no value"):
        list(Rows(on).xml())
    with pytest.raises(BuildError, match="Debt!H7 is infinite"):
        on.formulas(7, 1, "=1", np.array([1.0, np.inf]))


def test_of_two_bars_the_later_is_seen() -> None:
    on = page()
    on.bar(3, 1, 6, "block")
    on.bar(3, 2, 4, "total")
    on.text("C3", "words", "plain")
    styled = re.findall(r'<c r="(\w+)" s="(\d+)"', "".join(Rows(on).xml()))
    assert [name for name, _ in styled] == ["A3", "B3", "C3", "D3", "E3", "F3"]
    assert [number for _, number in styled] == ["1", "2", "3", "2", "1", "1"]
