"""Cached values: after saving, the engine's value is put beside each formula and into each chart.

openpyxl stores formulas without values, so previews, Protected View and pandas would show blanks. Spreadsheet programs
may trust what they find, therefore a formula without a value is an error here, and the tests recalculate by force.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.utils import column_index_from_string, get_column_letter

from model.errors import BuildError
from model.report.page import Memory

_CELL = re.compile(rb'<c r="([A-Z]+\d+)"((?: s="\d+")?)(?: t="\w+")?>(<f[^>]*>.*?</f>|<f[^>]*/>)(?:<v\s*/>|<v></v>)?</c>', re.S)
_REFERENCE = re.compile(rb"<(numRef|strRef)><f>([^<]*)</f></\1>")
_FIXED_DATE = (2026, 1, 1, 0, 0, 0)


def add_cached_values(path: Path, sheets: list[str], memory: Memory) -> None:
    """Rewrite the saved file with a value in every formula cell and chart; the same content gives the same bytes."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    for number, sheet in enumerate(sheets, start=1):
        name = f"xl/worksheets/sheet{number}.xml"
        parts[name] = _CELL.sub(_cell_writer(sheet, memory), parts[name])
    for name in parts:
        if re.fullmatch(r"xl/charts/chart\d+\.xml", name):
            parts[name] = _REFERENCE.sub(_chart_writer(memory), parts[name])
    parts["docProps/core.xml"] = _as_created(parts["docProps/core.xml"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)


def _as_created(properties: bytes) -> bytes:
    """openpyxl stamps the moment of saving; the moment of creation takes its place."""
    created = re.search(rb"<dcterms:created[^>]*>([^<]*)<", properties)
    assert created is not None
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + created.group(1), properties)


def _cell_writer(sheet: str, memory: Memory) -> Callable[[re.Match[bytes]], bytes]:
    def write(found: re.Match[bytes]) -> bytes:
        cell, style, text = found.group(1), found.group(2), found.group(3)
        try:
            value = memory.values[sheet, cell.decode()]
        except KeyError:
            raise BuildError(f"{sheet}!{cell.decode()} has a formula and no value") from None
        if isinstance(value, str):
            return b'<c r="%b"%b t="str">%b<v>%b</v></c>' % (cell, style, text, escape(value).encode())
        return b'<c r="%b"%b>%b<v>%b</v></c>' % (cell, style, text, repr(float(value)).encode())

    return write


def _chart_writer(memory: Memory) -> Callable[[re.Match[bytes]], bytes]:
    def write(found: re.Match[bytes]) -> bytes:
        kind, reference = found.group(1).decode(), found.group(2).decode()
        values = [memory.values.get(place, "") for place in cells_of(reference)]
        tag = "numCache" if kind == "numRef" else "strCache"
        head = "<formatCode>General</formatCode>" if kind == "numRef" else ""
        points = "".join(f'<pt idx="{n}"><v>{_shown(v)}</v></pt>' for n, v in enumerate(values) if v != "")
        return (f"<{kind}><f>{reference}</f><{tag}>{head}<ptCount val=\"{len(values)}\"/>{points}</{tag}></{kind}>").encode()

    return write


def _shown(value: Any) -> str:
    return escape(value) if isinstance(value, str) else repr(float(value))


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
