"""Workbooks that somebody made to break the program, or that another program, a macro or a hurry has broken.

Each takes the parts of a good workbook by name and leaves others. What is said of each stands in golden/bad_inputs.txt.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from model.inputs import input_hash
from model.report.layout import CASE_FILES, INPUTS, OVER_TIME, TIME
from tests.delivered import STARTER, the_book, the_run
from tests.round_trips import cell_of

Parts = dict[str, bytes]
MARGIN, RATES, FLAG, DAY, WORDS = "ddtl.margin", "ddtl.base_rate", "drivers.renewals", "ddtl.maturity", "claim.allocation"
BOOK, CONTENT, TEXTS = "xl/workbook.xml", "[Content_Types].xml", "xl/sharedStrings.xml"
LAUGHS = b"<!DOCTYPE x [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)) + b"]>"
OUTSIDE = b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


@cache
def good() -> Mapping[str, bytes]:
    """The parts of the starter's workbook."""
    with zipfile.ZipFile(the_book(STARTER)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], path: Path) -> Path:
    """Parts as a workbook; what is not changed is not packed, which takes its time."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            bomb = len(content) > 5_000_000 and len(set(content[50:5000])) < 9
            archive.writestr(name, content, zipfile.ZIP_DEFLATED if bomb else zipfile.ZIP_STORED)
    return path


def sheet(parts: Parts, title: str) -> str:
    """The part of a sheet."""
    titles = re.findall(r'<sheet [^>]*name="([^"]+)"', parts[BOOK].decode())
    return f"xl/worksheets/sheet{titles.index(title) + 1}.xml"


def put(parts: Parts, part: str, old: bytes, new: bytes) -> None:
    """One text of a part replaced."""
    assert parts[part].count(old) == 1, (part, old, parts[part].count(old))
    parts[part] = parts[part].replace(old, new)


Spoil = Callable[[Parts], object]


def typed(key: str, xml: str, where: str | int = "base") -> Spoil:
    """Something in the cell of an input: what stands between its name and its end."""
    def spoil(parts: Parts) -> None:
        title, cell = cell_of(STARTER, key, where)
        part = sheet(parts, title)
        pattern = rb'(<c r="%b"(?: s="\d+")?)(?: t="\w+")?(?: ?/>|>.*?</c>)' % cell.encode()
        parts[part], found = re.subn(pattern, lambda m: m[1] + b" " + xml.encode() + b"</c>", parts[part], count=1)
        assert found == 1, cell

    return spoil


def text(words: str) -> str:
    return f't="inlineStr"><is><t>{words}</t></is>'


def cells(part_of: str, xml: bytes) -> Spoil:
    """More lines at the end of a sheet."""
    return lambda parts: put(parts, sheet(parts, part_of), b"</sheetData>", xml + b"</sheetData>")


def document_type(part: str, kind: bytes, entity: bytes = b"") -> Spoil:
    """A document type before the first element of a part, and an entity in it."""
    def spoil(parts: Parts) -> None:
        name = sheet(parts, part) if part in (INPUTS, CASE_FILES) else part
        parts[name] = re.sub(rb"(<\?xml[^>]*>)?\s*<", lambda m: (m[1] or b"") + kind + b"<", parts[name], count=1)
        parts[name] = parts[name].replace(b"</sheetData>", b"<!-- -->" + entity + b"</sheetData>")

    return spoil


def without(title: str) -> Spoil:
    """A sheet that is gone."""
    def spoil(parts: Parts) -> None:
        parts[BOOK] = re.sub(rb'<sheet [^>]*name="%b"[^>]*/>' % title.encode(), b"", parts[BOOK])

    return spoil


def merged(area: str, title: str) -> Spoil:
    """Cells made one; only the first keeps what stood in it."""
    def spoil(parts: Parts) -> None:
        part = sheet(parts, title)
        first, _, last = area.partition(":")
        line = first.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for letter in map(chr, range(ord(first[0]) + 1, ord(last[0]) + 1)):
            parts[part] = re.sub(rb'<c r="%b%b"[^>]*(/>|>.*?</c>)' % (letter.encode(), line.encode()), b"", parts[part])
        put(parts, part, b"</sheetData>", b"</sheetData><mergeCells count=\"1\"><mergeCell ref=\"%b\"/></mergeCells>" % area.encode())

    return spoil


def case_file(name: str, line: str = "x") -> Spoil:
    """One more file of the case, with the hash that fits."""
    def spoil(parts: Parts) -> None:
        part = sheet(parts, CASE_FILES)
        row = 9000
        xml = f'<row r="{row}"><c r="A{row}" {text(name)}</c><c r="B{row}"><v>1</v></c><c r="C{row}" {text(line)}</c></row>'
        put(parts, part, b"</sheetData>", xml.encode() + b"</sheetData>")
        files = the_run(STARTER).deal.case.files
        assert input_hash(dict(files)).encode() in parts[part]
        parts[part] = parts[part].replace(input_hash(dict(files)).encode(), input_hash({**files, name: line.encode()}).encode())

    return spoil


def one_part(name: str, content: bytes) -> Spoil:
    """Another part."""
    return lambda parts: parts.__setitem__(name, content)


def in_book(old: bytes, new: bytes) -> Spoil:
    return lambda parts: put(parts, BOOK, old, new)


def hidden(title: str) -> Spoil:
    def spoil(parts: Parts) -> None:
        parts[BOOK] = re.sub(rb'(<sheet [^>]*name="%b"[^>]*?) state="visible"' % title.encode(), rb'\1 state="veryHidden"', parts[BOOK])
        assert b"veryHidden" in parts[BOOK]

    return spoil


WORKBOOKS: dict[str, Spoil] = {
    # ---- what is typed
    "text in a blue cell": typed(MARGIN, text("six")),
    "a number as text": typed(MARGIN, text("0.06")),
    "a decimal comma in a blue cell": typed(MARGIN, text("0,06")),
    "per cent as text": typed(MARGIN, text("6%")),
    "a blank in a blue cell": typed(MARGIN, text(" ")),
    "nothing in a blue cell": typed(MARGIN, ">"),
    "yes in a blue cell": typed(MARGIN, 't="b"><v>1</v>'),
    "an error in a blue cell": typed(MARGIN, 't="e"><v>#DIV/0!</v>'),
    "a formula in a blue cell": typed(MARGIN, "><f>0.05+0.01</f><v>0.06</v>"),
    "a formula that calls out": typed(MARGIN, "><f>WEBSERVICE(&quot;http://localhost/&quot;)</f><v>0.06</v>"),
    "a formula of another workbook": typed(MARGIN, "><f>[1]Sheet1!$A$1</f><v>0.06</v>"),
    "a command for DDE": typed(MARGIN, "><f>cmd|'/c calc'!A0</f><v>0.06</v>"),
    "an array formula": typed(MARGIN, '><f t="array" ref="E1:E2">1</f><v>0.06</v>'),
    "NaN in a blue cell": typed(MARGIN, "><v>NaN</v>"),
    "INF in a blue cell": typed(MARGIN, "><v>INF</v>"),
    "1e400 in a blue cell": typed(MARGIN, "><v>1e400</v>"),
    "a million digits in a blue cell": typed(MARGIN, f"><v>{'9' * 1_000_000}</v>"),
    "a margin of 6 for 6 %": typed(MARGIN, "><v>6</v>"),
    "a margin of 250 for 250 bp": typed(MARGIN, "><v>250</v>"),
    "half a flag": typed(FLAG, "><v>0.5</v>"),
    "a date that may not be moved": typed(DAY, "><v>46000</v>"),
    "words that may not be changed": typed(WORDS, text("other words")),
    "a scenario that leaves the range": typed(MARGIN, "><v>-1</v>", "wide-margin"),
    "text in a month": typed(RATES, text("high"), 3),
    "a shared text that is not there": typed(MARGIN, 't="s"><v>999999</v>'),
    "a cell of a type that nobody knows": typed(MARGIN, 't="zz"><v>1</v>'),
    "an unknown live scenario": lambda parts: parts.__setitem__(sheet(parts, INPUTS), re.sub(
        rb'(<c r="D8"[^>]*>.*?)base(.*?</c>)', rb"\1=cmd\2", parts[sheet(parts, INPUTS)], count=1)),
    "several at once": lambda parts: [spoil(parts) for spoil in (
        typed(MARGIN, text("six")), typed(FLAG, "><v>2</v>"), typed(RATES, "><v>7</v>", 5), typed(WORDS, text("others")))],
    # ---- sheets
    "no sheet Inputs": without(INPUTS), "no sheet Time": without(TIME), "no sheet of inputs over time": without(OVER_TIME),
    "no sheet of case files": without(CASE_FILES),
    "merged cells over an input": lambda parts: merged("{0}{2}:{1}{2}".format(
        "D", "E", cell_of(STARTER, MARGIN)[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), INPUTS)(parts),
    "merged heads": merged("D6:F6", INPUTS),
    "merged case files": merged("A12:C12", CASE_FILES),
    "a line of a case file changed": lambda parts: put(
        parts, sheet(parts, CASE_FILES), b"case: starter  ", b"case: changed  "),
    "days counted from 1904": in_book(b"<workbookPr ", b'<workbookPr date1904="1" '),
    "a key of an input twice": lambda parts: put(parts, sheet(parts, INPUTS), b">ddtl.floor<", b">ddtl.margin<"),
    "a key that is a formula": lambda parts: put(parts, sheet(parts, INPUTS), b">ddtl.floor<", b">=ddtl.floor<"),
    "a scenario renamed": lambda parts: parts.__setitem__(sheet(parts, INPUTS), re.sub(
        rb'(<c r="F6"[^>]*>.*?<t[^>]*>)[^<]*', rb"\1../../other", parts[sheet(parts, INPUTS)], count=1)),
    "a case file that climbs out": case_file("../../outside.yaml"),
    "a case file by its whole path": case_file("/outside.yaml"),
    "a curve that climbs out": case_file("curves/../../outside.csv"),
    "a curve of another drive": case_file("curves/..\\..\\outside.csv"),
    "a case file of a shell": case_file(".bashrc"),
    "a case file that is not YAML": case_file("company.yaml", "%"),
    # ---- size
    "a bomb in a sheet": lambda parts: parts.__setitem__(sheet(parts, INPUTS), b"<worksheet>" + b" " * 30_000_000 + b"</worksheet>"),
    "a bomb in the styles": one_part("xl/styles.xml", b"<styleSheet>" + b"<xf/>" * 1_200_000 + b"</styleSheet>"),
    "a bomb in a part that nobody reads": one_part("xl/media/picture.png", b"\0" * 20_000_000),
    "a cell beyond all columns": cells(INPUTS, b'<row r="9001"><c r="ZZZZ9001"><v>1</v></c></row>'),
    "XML that ends too soon": lambda parts: parts.__setitem__(sheet(parts, INPUTS), parts[sheet(parts, INPUTS)][:5000]),
    "XML nested 200,000 deep": lambda parts: parts.__setitem__(
        sheet(parts, INPUTS), b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        + b"<c>" * 200_000 + b"</c>" * 200_000 + b"</row></sheetData></worksheet>"),
    # ---- XML
    "a thousand million laughs in the cells": document_type(INPUTS, LAUGHS, b"<row><c><v>&j;</v></c></row>"),
    "a thousand million laughs in the book": document_type(BOOK, LAUGHS),
    "a thousand million laughs in the list of parts": document_type(CONTENT, LAUGHS),
    "an entity that reads a file": document_type(CASE_FILES, OUTSIDE, b"<row><c><v>&a;</v></c></row>"),
    "a document type of another site": document_type(INPUTS, b'<!DOCTYPE x SYSTEM "http://localhost/x.dtd">'),
    "no book": lambda parts: parts.pop(BOOK),
    "a book that is a text": one_part(BOOK, b"hello"),
    "a sheet that leads nowhere": lambda parts: parts.pop(sheet(parts, INPUTS)),
    "an archive of nothing": lambda parts: parts.clear(),
}


def bomb(path: Path, parts: Mapping[str, bytes]) -> None:
    """An archive whose directory tells sizes that are not true."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    told = bytearray(raw.getvalue())
    end = told.rindex(b"PK\x01\x02")
    told[end + 24:end + 28] = (100).to_bytes(4, "little")
    path.write_bytes(told)


def twice(path: Path, parts: Mapping[str, bytes]) -> None:
    """A part under the name of another."""
    packed(parts, path)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo(BOOK.replace("xl", "xm"))
        archive.writestr(info, parts[BOOK])
    path.write_bytes(path.read_bytes().replace(info.filename.encode(), BOOK.encode()))


FILES: dict[str, Callable[[Path, Mapping[str, bytes]], object]] = {
    "sizes that are not true": bomb,
    "a part twice": twice,
    "a workbook cut in the middle": lambda path, parts: packed(parts, path).write_bytes(path.read_bytes()[:100_000]),
    "a workbook without its end": lambda path, parts: packed(parts, path).write_bytes(path.read_bytes()[:-30]),
    "bytes of a sheet changed": lambda path, parts: packed(parts, path).write_bytes(
        path.read_bytes().replace(b">ddtl.margin<", b">ddtl.m\xff\xff\xffin<")),
    "a workbook of the years before 2007, or locked": lambda path, parts: path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") * 500),
    "a text called xlsx": lambda path, parts: path.write_text("date,value\n"),
    "a file of nothing": lambda path, parts: path.write_bytes(b""),
}

HIDDEN = {f"a hidden sheet: {title}": hidden(title) for title in (INPUTS, CASE_FILES)}
"""What may be, and is told as a warning."""
