"""The file: what openpyxl writes, with our rows of cells in its sheets and the engine's values in its charts.

openpyxl stores formulas without values, so previews, Protected View and pandas would show blanks. Spreadsheet programs
may trust what they find, therefore a formula without a value is an error here, and the tests recalculate by force.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from model.report.memory import Memory
from model.report.page import Page
from model.report.rows import Rows
from model.report.texts import as_xstring

_AREA = re.compile(rb'<dimension ref="[^"]*" ?/>')
_ROWS = re.compile(rb"<sheetData ?/>|<sheetData>.*</sheetData>", re.S)
_REFERENCE = re.compile(rb"<(numRef|strRef)><f>([^<]*)</f></\1>")
_FIXED_DATE = (2026, 1, 1, 0, 0, 0)
MANY = 4_000_000  # cells of a sheet that could be more than 2 GiB of text
PACKED = 1  # of 9: a file 10 % larger than at 4, 19 % larger than at 6, in 60 % and 40 % of the time


def save(book: Workbook, pages: Sequence[Page], path: Path) -> None:
    """Write the workbook whose sheets are `pages`, in this order; the same content gives the same bytes."""
    # before openpyxl saves: the styles that its file lists are those that cells have asked for
    sheets = {f"xl/worksheets/sheet{number}.xml": Rows(page) for number, page in enumerate(pages, start=1)}
    for page in pages:
        _empty(page.sheet)
    saved = BytesIO()
    ExcelWriter(book, zipfile.ZipFile(saved, "w", zipfile.ZIP_STORED)).save()  # it is packed below
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name in sheets:
                _write_sheet(target, name, content, sheets.pop(name))
                continue
            if re.fullmatch(r"xl/charts/chart\d+\.xml", name):
                content = _REFERENCE.sub(_chart_writer(pages[0].memory), content)
            elif name == "docProps/core.xml":
                content = _as_created(content)
            target.writestr(_entry(name), content)


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _FIXED_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = PACKED  # type: ignore[attr-defined]  # as writestr sets it
    return info


def _write_sheet(target: zipfile.ZipFile, name: str, sheet: bytes, rows: Rows) -> None:
    """One sheet, its rows as they are made: all of them at once take several times the room of the file."""
    top, found = _AREA.subn(lambda _: b'<dimension ref="%b" />' % rows.area().encode(), sheet, count=1)
    before, *between, after = _ROWS.split(top, maxsplit=1)
    assert found == 1
    assert not between
    info = _entry(name)
    if rows.size > MANY:  # how the archive marks what may pass 2 GiB is for the true length to say
        info.file_size = sum(len(text.encode()) for text in rows.xml()) + len(before) + len(after)
    with target.open(info, "w") as stream:
        stream.write(before)
        for text in _gathered(rows.xml()):
            stream.write(text.encode())
        stream.write(after)


def _gathered(texts: Iterator[str]) -> Iterator[str]:
    """Lines by the hundred: single ones would be packed call by call."""
    while some := "".join(islice(texts, 100)):
        yield some


def _empty(sheet: Worksheet) -> None:
    """Leave openpyxl no cells to write but those with links, which it lists elsewhere in the sheet."""
    sheet._cells = {at: cell for at, cell in sheet._cells.items() if cell.hyperlink}


def _as_created(properties: bytes) -> bytes:
    """openpyxl stamps the moment of saving; the moment of creation takes its place."""
    created = re.search(rb"<dcterms:created[^>]*>([^<]*)<", properties)
    assert created is not None
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + created.group(1), properties)


def _chart_writer(memory: Memory) -> Callable[[re.Match[bytes]], bytes]:
    def write(found: re.Match[bytes]) -> bytes:
        kind, reference = found.group(1).decode(), found.group(2).decode()
        values = ["" if (shown := memory.value(*place)) is None else shown for place in cells_of(reference)]
        tag = "numCache" if kind == "numRef" else "strCache"
        head = "<formatCode>General</formatCode>" if kind == "numRef" else ""
        points = "".join(f'<pt idx="{n}"><v>{_shown(v) if kind == "numRef" else _said(v)}</v></pt>' for n, v in enumerate(values)
                         if v != "" and not (kind == "numRef" and isinstance(v, str)))  # a word among numbers is no number
        return (f"<{kind}><f>{reference}</f><{tag}>{head}<ptCount val=\"{len(values)}\"/>{points}</{tag}></{kind}>").encode()

    return write


def _said(value: Any) -> str:
    """A label of an axis: a year without a decimal point."""
    return as_xstring(value) if isinstance(value, str) else f"{value:.15g}"


def _shown(value: Any) -> str:
    return as_xstring(value) if isinstance(value, str) else repr(float(value))


def cells_of(reference: str) -> Iterator[tuple[str, str]]:
    """The cells of a reference such as `'Debt'!$G$8:$K$8`, as (sheet, cell)."""
    sheet, _, area = reference.replace("&apos;", "'").rpartition("!")
    first, _, last = area.replace("$", "").partition(":")
    (c1, r1), (c2, r2) = _split(first), _split(last or first)
    for row in range(r1, r2 + 1):
        for column in range(c1, c2 + 1):
            yield sheet.strip("'").replace("''", "'"), f"{get_column_letter(column)}{row}"


def _split(cell: str) -> tuple[int, int]:
    found = re.fullmatch(r"([A-Z]+)(\d+)", cell)
    assert found is not None, cell
    return column_index_from_string(found.group(1)), int(found.group(2))
