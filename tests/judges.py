"""Two spreadsheet programs as judges of a workbook: each calculates every formula anew and trusts no stored value.

formualizer reads formulas only, so what is stored beside them cannot reach it. LibreOffice believes stored values
unless it is told to recalculate always, which the private profile below does.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cache
from itertools import repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar
from unittest.mock import patch
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import formualizer
import pytest
from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.utils.datetime import to_excel

from model.cases import Run
from model.report import workbook
from model.report.memory import Memory
from model.report.page import Page

Cells = dict[tuple[str, str], Any]
Test = TypeVar("Test", bound=Callable[..., Any])

HAVE_LIBREOFFICE = shutil.which("soffice") is not None
RECALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
 <item oor:path="/org.openoffice.Office.Calc/Formula/Load">
  <prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
 </item>
</oor:items>
"""
EVERY_SHEET = "44,34,76,1,,0,true,true,false,false,false,-1"  # texts in quotes, numbers as such and with all their digits
FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|([^,\n]*))([,\n])')
ERRORS = {"Div": "#DIV/0!", "Ref": "#REF!", "Name": "#NAME?", "Value": "#VALUE!", "Num": "#NUM!", "Na": "#N/A",
          "Null": "#NULL!"}


def libreoffice(test: Test) -> Test:
    """Marks a test that needs LibreOffice. Where it is missing the test is skipped, but fails in CI."""
    may_skip = not HAVE_LIBREOFFICE and not os.environ.get("CI")
    skip = pytest.mark.skipif(may_skip, reason="soffice is not on PATH, so the second judge cannot be heard")
    return pytest.mark.libreoffice(skip(test))  # type: ignore[no-any-return]


class Formualizer:
    """A workbook in memory, calculated by formualizer; cells may be changed and what rests on them follows."""

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self.book = formualizer.Workbook.from_path(str(path), config=formualizer.WorkbookConfig(eval_config=_one_thread()))
        self.book.evaluate_all()

    def change(self, cells: Mapping[tuple[str, str], Any]) -> None:
        """Write values or formulas ("=...") into cells and calculate again; the file stays as it is."""
        for (sheet, cell), value in cells.items():
            write = self.book.set_formula if str(value).startswith("=") else self.book.set_value
            write(sheet, *coordinate_to_tuple(cell), value)
        self.book.evaluate_all()

    def formula(self, sheet: str, cell: str) -> str:
        return "=" + str(self.book.get_formula(sheet, *coordinate_to_tuple(cell))).removeprefix("=")

    def one(self, sheet: str, cell: str) -> Any:
        return _plain(self.book.get_value(sheet, *coordinate_to_tuple(cell)))

    def values(self) -> Cells:
        """Every filled cell by (sheet, "D7")."""
        return {(sheet, name): _plain(value) for sheet, area in content(self.path).areas.items()
                for name, value in _read(self.book[sheet], area) if value is not None}


def _one_thread() -> formualizer.EvaluationConfig:
    """Whatever runs the tests shares out the processors; more threads take a tenth more of them."""
    config = formualizer.EvaluationConfig()
    config.enable_parallel = False
    return config


def formualizer_values(path: Path | str, changes: Mapping[tuple[str, str], Any] | None = None) -> Cells:
    """Every filled cell of the workbook by (sheet, "D7"), after `changes` to values or formulas in memory."""
    book = Formualizer(path)
    book.change(changes or {})
    return book.values()


@dataclass
class Content:
    """What stands in a file: by (sheet, "D7") every formula, what is stored in its cell, and the size of each sheet."""

    formulas: dict[tuple[str, str], str] = field(default_factory=dict)
    stored: dict[tuple[str, str], str] = field(default_factory=dict)
    areas: dict[str, tuple[int, int]] = field(default_factory=dict)


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULA, STORED = f"{MAIN}f", f"{MAIN}v"


@cache
def content(path: Path | str) -> Content:
    """A file read once, by a parser of XML: openpyxl takes some times as long and keeps either formulas or values."""
    found = Content()
    titles = load_workbook(path, read_only=True).sheetnames
    with zipfile.ZipFile(path) as parts:
        for number, title in enumerate(titles, start=1):
            _note(found, title, ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml")))
    return found


@cache
def named(path: Path | str, name: str) -> tuple[str, str]:
    """The cell of a defined name."""
    sheet, cell = load_workbook(path, read_only=True).defined_names[name].attr_text.replace("$", "").split("!")
    return sheet, cell


def _note(found: Content, title: str, sheet: ElementTree.Element) -> None:
    last, widest = 1, 1  # what the file says of its own size is a stored value too
    for line in sheet.iterfind(f"{MAIN}sheetData/{MAIN}row"):
        for cell in line:
            if (formula := cell.find(FORMULA)) is not None:
                at = title, cell.attrib["r"]
                found.formulas[at], found.stored[at] = f"={formula.text}", cell.findtext(STORED) or ""
        if len(line):
            last, column = coordinate_to_tuple(line[-1].attrib["r"])
            widest = max(widest, column)
    found.areas[title] = (last, widest)


def _read(sheet: Any, area: tuple[int, int]) -> list[tuple[str, Any]]:
    table = sheet.get_values(formualizer.RangeAddress(sheet.name, 1, 1, *area))
    letters = [get_column_letter(column) for column in range(1, area[1] + 1)]
    return [(f"{letter}{line}", value)
            for line, values in enumerate(table, start=1) for letter, value in zip(letters, values, strict=True)]


def _plain(value: Any) -> Any:
    """An error as a spreadsheet writes it, a date as its serial number; anything else as it is."""
    if isinstance(value, date | time):
        return to_excel(value)  # type: ignore[no-untyped-call]
    if isinstance(value, dict):
        return ERRORS.get(value["kind"], f"#{value['kind']}!")
    return value


def libreoffice_values(*paths: Path | str) -> list[Cells]:
    """The same for any number of files, one answer for each, in a single call of soffice."""
    if not HAVE_LIBREOFFICE:
        raise FileNotFoundError("soffice is not on PATH")
    with tempfile.TemporaryDirectory() as folder:
        profile, before, after = (Path(folder, name) for name in ("profile", "before", "after"))
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE_ALWAYS, encoding="utf-8")
        before.mkdir()
        copies = [Path(shutil.copy(path, before / f"{number}.xlsx")) for number, path in enumerate(paths)]
        command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
                   "--convert-to", f"csv:Text - txt - csv (StarCalc):{EVERY_SHEET}", "--outdir", str(after), *map(str, copies)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=180 * (1 + len(copies)), check=False)
        written = [sorted(after.glob(f"{copy.stem}-*.csv")) for copy in copies]
        if missing := [str(path) for path, pages in zip(paths, written, strict=True) if not pages]:
            raise RuntimeError(f"LibreOffice wrote nothing of {', '.join(missing)}: {run.stdout}{run.stderr}")
        return [_spelt_out(pages) for pages in written]


def _spelt_out(pages: list[Path]) -> Cells:
    """Every filled cell of a workbook that was written sheet by sheet."""
    return {(page.stem.partition("-")[2], f"{get_column_letter(column)}{line}"): value for page in pages
            for line, cells in enumerate(_lines(page.read_text("utf-8")), start=1)
            for column, value in enumerate(cells, start=1) if value != ""}


def _lines(text: str) -> Iterator[list[Any]]:
    """Texts stand in quotes, numbers and errors do not."""
    line: list[Any] = []
    for words, bare, end in FIELD.findall(text):
        line.append(words.replace('""', '"') if words else _number(bare))
        if end == "\n":
            yield line
            line = []


def _number(bare: str) -> Any:
    """Nothing, a flag, an error, a share in per cent, or a number."""
    if not bare or bare.startswith("#"):
        return bare
    return bare == "TRUE" if bare in ("TRUE", "FALSE") else float(bare[:-1]) / 100 if bare.endswith("%") else float(bare)


class Remembered(Page):
    """A page that is not drawn: what it would show is remembered, which is all that a judge is asked about."""

    def formula(self, cell: str, text: str, value: Any, style: str = "", fmt: str = "") -> Any:
        value = value.item() if hasattr(value, "item") else value
        self.memory.remember(self.title, cell, value, is_formula=True)
        return SimpleNamespace(coordinate=cell)

    def number(self, cell: str, value: Any, style: str = "", fmt: str = "") -> Any:
        self.memory.remember(self.title, cell, value, is_formula=False)
        return SimpleNamespace(coordinate=cell)

    def text(self, cell: str, value: str, style: str = "") -> Any:
        return SimpleNamespace(coordinate=cell)

    def fill(self, line: int, first: int, last: int, style: str) -> None:
        pass

    def listed(self, line: int, first: int, values: Any, style: str = "") -> None:
        pass

    def said(self, cell: str) -> str:
        return ""

    def height(self, line: int, *texts: Any, **more: Any) -> None:
        pass


def remembered(run: Run, records: Mapping[str, Any] | None = None) -> Memory:
    """What the engine says that every cell of its workbook shows."""
    with patch.object(workbook, "Page", Remembered):
        return workbook.compose(run, records).memory


def differences(found: Cells, expected: Memory) -> list[str]:
    """Formula cells that do not show what the engine found, within 1e-6 USD m."""
    cells = (at for sheet, names in expected.formulas.items() for at in zip(repeat(sheet), names))
    pairs = ((at, found.get(at), expected.values[at]) for at in cells)
    return [f"{'!'.join(at)}: {here!r}, engine {there!r}" for at, here, there in pairs if here != there and not same(here, there)]


def stale(path: Path, found: Cells) -> list[tuple[str, str]]:
    """Formula cells beside which the file stores another value than a program finds."""
    return [at for at, stored in content(path).stored.items() if not same(_read_back(stored), found.get(at))]


def _read_back(stored: str) -> Any:
    try:
        return float(stored)
    except ValueError:
        return stored


def with_cells(path: Path, changes: Mapping[tuple[str, str], float | str], target: Path) -> Path:
    """A copy of a workbook in which some cells hold typed values; everything else stays to the byte."""
    titles = load_workbook(path, read_only=True).sheetnames
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in source.namelist():
            content = source.read(part)
            for (sheet, cell), value in changes.items():
                if part == f"xl/worksheets/sheet{titles.index(sheet) + 1}.xml":
                    content = _typed(content, cell, value)
            copy.writestr(part, content)
    return target


def _typed(content: bytes, cell: str, value: float | str) -> bytes:
    typed = (f't="inlineStr"><is><t>{escape(value)}</t></is></c>' if isinstance(value, str) else f"><v>{value!r}</v></c>")
    pattern = rb'(<c r="%b"(?: s="\d+")?)(?: t="\w+")?(?: ?/>|>.*?</c>)' % cell.encode()
    content, found = re.subn(pattern, lambda m: m[1] + b" " + typed.encode(), content, count=1)
    assert found == 1, cell
    return content


def same(a: Any, b: Any, atol: float = 1e-6, rtol: float = 1e-9) -> bool:
    """Whether two cells say the same; blank is None, "" or NaN; an error is a text, so no number equals it."""
    if type(a) is type(b) is float and abs(a - b) <= atol:  # most cells by far
        return True
    if is_blank(a) or is_blank(b):
        return is_blank(a) and is_blank(b)
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str) and a == b
    return math.isclose(float(a), float(b), rel_tol=rtol, abs_tol=atol)


def is_blank(value: Any) -> bool:
    """Whether a cell shows nothing."""
    return value in (None, "") or (isinstance(value, float) and math.isnan(value))
