"""A structured fuzzer: real case files and a real workbook, changed at random where they have structure.

A case is taken apart, its nodes are dropped, doubled, renamed, scaled, moved in time, wrapped and swapped for others; what is left
is loaded, and run where it loads. A workbook is changed in its cells, its XML and its bytes. Whatever comes: a result whose checks
hold, or a report of findings, within `SECONDS` of the processor and `MEMORY` of the process.
"""

from __future__ import annotations

import io
import re
import resource
import signal
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from bad_inputs import RICH
from hypothesis import strategies as st

from model import cases
from model.cases import run
from model.errors import InputError
from model.inputs.document import read_document
from model.record import record
from model.report.files import as_json
from model.report.layout import CASE_FILES, INPUTS, OVER_TIME, TIME
from model.round_trip import load
from tests.delivered import EVERY_KIND, STARTER
from tests.delivered import INPUTS as DELIVERED
from tests.hostile_workbooks import BOOK, CONTENT, good, sheet

SECONDS, MEMORY = 5.0, 2**30
Texts = dict[str, bytes]
Path_ = tuple[str | int, ...]
SMALL = ("flash-compute", "applied-digital", "hut8-river-bend", "coreweave-ddtl-4")
WEIRD: tuple[Any, ...] = (
    None, True, False, "", "x", "none", "base", "NO", "12:30", "=1+1", "../x", "\u202e", 0, 1, -1, 2, 12, 46022, 10**12, 10**30, 0.5, -0.5,
    1e-9, 1e-300, 1e12, 1e13, 1e308, -1e12, float("inf"), float("nan"), date(2000, 1, 1), date(2026, 2, 28), date(2028, 2, 29), date(1, 1, 1),
    date(9999, 12, 31), [], {}, [1], {"value": 1}, {"value": 1, "unit": "rate", "source": "x", "grade": "assumed"})
FACTORS = (-1, 0, 0.01, 0.1, 0.5, 0.9, 1.1, 2, 10, 100, 1000, 1e6, 1e-6)
DAYS = (-36500, -3653, -365, -31, -1, 1, 15, 31, 365, 3653, 36500)


@cache
def bases() -> tuple[Mapping[str, bytes], ...]:
    """Case files to start from: small ones with few terms, and one with every term."""
    folders = [STARTER, EVERY_KIND, *(DELIVERED / name for name in SMALL)]
    rich = {file: text.encode() for file, text in RICH.items()}
    return (rich, *({path.relative_to(folder).as_posix(): path.read_bytes() for pattern in ("*.yaml", "curves/*.csv")
                     for path in sorted(folder.glob(pattern))} for folder in folders))


@cache
def parsed(base: int) -> Mapping[str, Any]:
    return {file: read_document(file, raw).data for file, raw in bases()[base].items() if file.endswith("yaml")}


def nodes(data: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Every place of a document."""
    yield path
    for key, inside in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from nodes(inside, (*path, key))


def at(data: Any, path: Path_) -> Any:
    for part in path:
        data = data[part]
    return data


@st.composite
def cases_(draw: st.DrawFn) -> Texts:
    """The files of a case with one to four changes."""
    base = draw(st.integers(0, len(bases()) - 1))
    files, texts = deepcopy(dict(parsed(base))), dict(bases()[base])
    for _ in range(draw(st.integers(1, 4))):
        file = draw(st.sampled_from(sorted(texts)))
        if file in files and isinstance(files[file], dict | list) and draw(st.integers(0, 9)):
            files[file] = changed(draw, files[file], files)
            texts[file] = yaml.safe_dump(files[file], sort_keys=False, allow_unicode=True).encode("utf-8", "surrogatepass")
        else:
            texts[file] = flipped(draw, texts[file])
            files.pop(file, None)
    return texts


def changed(draw: st.DrawFn, data: Any, others: Mapping[str, Any]) -> Any:
    """A document with one node changed."""
    places = list(nodes(data))
    if len(places) < 2:
        return draw(st.sampled_from(WEIRD))
    path = draw(st.sampled_from(places[1:]))
    parent, key, node = at(data, path[:-1]), path[-1], at(data, path)
    how = draw(st.sampled_from(("move", "move", "move", "drop", "double", "retype", "rename", "nest", "swap", "copy")))
    if how == "move" and (isinstance(node, date) or (isinstance(node, int | float) and not isinstance(node, bool))):
        parent[key] = moved(draw, node)
    elif how == "drop":
        del parent[key]
    elif how == "double" and isinstance(parent, list):
        parent.insert(draw(st.integers(0, len(parent))), deepcopy(node))
    elif how == "rename" and isinstance(parent, dict):
        name = draw(st.sampled_from([str(key) + "s", str(key)[:-1], str(key).upper(), "2027", 2027, *map(str, parent)]))
        parent[name] = parent.pop(key)
    elif how == "nest":
        parent[key] = draw(st.sampled_from(([node], {"value": node}, {str(key): node}, [[node]])))
    elif how in ("swap", "copy"):
        other = others[draw(st.sampled_from(sorted(name for name in others)))] if how == "copy" else data
        found = list(nodes(other))
        parent[key] = deepcopy(at(other, draw(st.sampled_from(found))))
    else:
        parent[key] = draw(st.sampled_from(WEIRD))
    return data


def moved(draw: st.DrawFn, node: date | float) -> Any:
    """Another date or number, most of the time one that may be."""
    if not isinstance(node, date):
        return node * draw(st.sampled_from(FACTORS)) if draw(st.booleans()) else node + draw(st.sampled_from((-1, -0.1, 0.1, 1, 12)))
    try:
        return node + timedelta(days=draw(st.sampled_from(DAYS)))
    except OverflowError:
        return node


def flipped(draw: st.DrawFn, raw: bytes) -> bytes:
    """Bytes changed, doubled, cut."""
    start = draw(st.integers(0, max(0, len(raw) - 1)))
    size = draw(st.integers(0, 30))
    how = draw(st.sampled_from(("put", "double", "cut", "end")))
    piece = {"put": draw(st.binary(max_size=8)), "double": raw[start:start + size] * 2, "cut": b"", "end": b""}[how]
    return raw[:start] + piece + (b"" if how == "end" else raw[start + size:])


# ---- workbooks -------------------------------------------------------------------------------------------------------

VALUES = (b"", b"0", b"1", b"-1", b"0.5", b"1e400", b"NaN", b"true", b"x", b"=1", b"99999999", b"46022", b"&amp;", b"&#0;", b"\xff")
ATTRIBUTES = (b' t="s"', b' t="b"', b' t="e"', b' t="d"', b' t="str"', b' t="n"', b' t="zz"', b' r="A1"', b' r="XFD1048576"', b' s="9999"', b"")
PIECES = re.compile(rb"<(v|t|f)[ >][^<]*</\1>|<c [^>]*>|<row .*?</row>|<sheet [^>]*>|<definedName.*?</definedName>", re.DOTALL)


class Book(bytes):
    """The bytes of a workbook, which nobody wants to see when a test fails."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


@lru_cache(maxsize=12)  # those of the good workbook, and not of every other
def pieces(part: str, content: bytes) -> tuple[tuple[int, int], ...]:
    return tuple(found.span() for found in PIECES.finditer(content))


@st.composite
def workbooks(draw: st.DrawFn) -> Book:
    """The starter's workbook with one to three changes of its cells and its XML, or of its bytes."""
    parts = dict(good())
    names = [sheet(parts, title) for title in (INPUTS, INPUTS, OVER_TIME, TIME, CASE_FILES)] + [
        BOOK, CONTENT, "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(names))
        parts[name] = _with_another_piece(draw, name, parts[name])
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return Book(raw.getvalue() if draw(st.integers(0, 9)) else flipped(draw, raw.getvalue()))


def _with_another_piece(draw: st.DrawFn, name: str, content: bytes) -> bytes:
    found = pieces(name, content)
    if not found or not draw(st.integers(0, 5)):
        return flipped(draw, content)
    start, end = draw(st.sampled_from(found))
    piece = content[start:end]
    how = draw(st.sampled_from(("value", "value", "value", "attribute", "drop", "double", "swap")))
    if how == "value":
        new = re.sub(rb">[^<]*<", lambda _: b">" + draw(st.sampled_from(VALUES)) + b"<", piece, count=1)
    elif how == "attribute":
        new = re.sub(rb' \w+="[^"]*"', lambda _: draw(st.sampled_from(ATTRIBUTES)), piece, count=1)
    elif how == "swap":
        other = draw(st.sampled_from(found))
        new = content[slice(*other)]
    else:
        new = b"" if how == "drop" else piece * 2
    return content[:start] + new + content[end:]


@cache
def _place() -> Path:
    _KEPT.append(tempfile.TemporaryDirectory())
    return Path(_KEPT[-1].name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


# ---- what must hold --------------------------------------------------------------------------------------------------


class TooLongError(BaseException):
    """More than `SECONDS` of the processor."""


@contextmanager
def bounded() -> Iterator[None]:
    """So much time of the processor and no more, so much memory."""
    def over(*_: object) -> None:
        raise TooLongError

    held, before = highest(), signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    assert highest() - held < MEMORY, "beside what this process has had before"


def highest() -> int:
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def case_stands(texts: Texts) -> bool:
    """A case is refused with findings, or gives a record of books that balance; whether it ran."""
    with bounded():
        try:
            deal = cases.load("fuzzed", files=texts)
        except InputError as error:
            assert error.findings
            assert all(one.allowed and one.seen and one.field and 0 <= one.line <= texts.get(one.file, b"").count(b"\n") + 10**6 * (
                one.file not in texts) + 2 for one in error.findings), error
            return False
        done = run(deal)
        as_json(record(done))
    return True


def workbook_stands(raw: bytes) -> bool:
    """A workbook is refused with findings, or read; which of them."""
    path = _place() / "fuzzed.xlsx"
    path.write_bytes(raw)
    with bounded():
        try:
            load(path)
        except InputError as error:
            assert error.findings
            return False
    return True
