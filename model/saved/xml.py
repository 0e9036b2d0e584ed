"""The cells of a sheet from its XML: of each the formula, what is stored beside it, and its kind.

Every program writes cells in much the same few shapes, which one expression finds in a third of the time that a parser takes to
build its tree. A part of any other shape is parsed, and written in that one first; nothing is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from openpyxl.utils import column_index_from_string, get_column_letter

from model.saved.reference import moved

Value = float | str | None
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROWS = re.compile(r"<sheetData>(.*)</sheetData>|<sheetData ?/>", re.S)
_CELL = re.compile(r'<c r="([A-Z]{1,3})([0-9]{1,7})"([^>]*?)(?:/>|>\s*(?:<f([^>]*?)(?:/>|>([^<]*)</f>)\s*)?'
                   r'(?:<v[^>]*?(?:/>|>([^<]*)</v>)\s*)?(?:<is>(.*?)</is>\s*)?</c>)', re.S)
_FORMULA = re.compile(r'<c r="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<f(?:>| [^>]*>)([^<]*)</f>')
_SHARED = b"shared"  # what the kind of a formula is called that stands in another cell
_ENCODED = re.compile(rb'(\xef\xbb\xbf)?<(\?xml[^>]*encoding=["\']utf-8["\']|\?xml(?![^>]*encoding)|[A-Za-z])', re.I)
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_ENTITY = re.compile(r"&(#x[0-9A-Fa-f]+|#[0-9]+|lt|gt|amp|quot|apos);")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Cell(NamedTuple):
    """A formula with its "=", or none, and the value; `kind` (n, s, str, inlineStr, b, d, e) and `style` as in the file."""

    formula: str | None
    value: Value
    kind: str = "n"
    style: int = 0


Lines = dict[int, dict[int, Cell]]
"""Filled cells of a sheet by line and column."""
First = dict[str, tuple[str, int, int]]
"""Of formulas that several cells share: text, line and column of the first."""


def cells_in(part: bytes, texts: Sequence[str]) -> Lines:
    """The filled cells of a sheet; `texts` are those that cells refer to by number. ValueError where it is no sheet."""
    lines: Lines = {}
    first: First = {}
    before, line = "", dict[int, Cell]()
    for letters, number, attributes, shared, formula, value, words in _found(_CELL, part, "c"):
        if not (value or formula or words or shared):
            continue
        kind, style = _look(attributes)
        if number != before:
            before, line = number, lines.setdefault(int(number), {})
        column, text = _number(letters), None
        if shared:
            text = _shared(shared, plain(formula), int(number), column, first)
        elif formula:
            text = "=" + (plain(formula) if "&" in formula else formula)
        if value or words or text:
            typed = float(value) if kind == "n" and value else _typed(value, words, kind, texts)
            line[column] = Cell(text, typed, kind, style)
    return {number: lines[number] for number in sorted(lines) if lines[number]}


def formulas_in(part: bytes, texts: Sequence[str]) -> str:
    """Every formula of a sheet, one a line after the name of its cell: much quicker than reading the cells."""
    if _SHARED in part or not _ENCODED.match(part):
        return "\n".join(f"{get_column_letter(column)}{line}{cell.formula}" for line, cells in cells_in(part, texts).items()
                         for column, cell in cells.items() if cell.formula)
    return plain("\n".join(map("=".join, _found(_FORMULA, part, "f"))))


def _found(shape: re.Pattern[str], part: bytes, tag: str) -> list[Any]:
    """All elements of a tag in the rows of a sheet, in the one shape that is looked for."""
    if _ENCODED.match(part):
        rows = _ROWS.search(part.decode("utf-8-sig"))
        if rows and not any(mark in (rows[1] or "") for mark in ("<!", "<?", "\r")):
            found = shape.findall(rows[1] or "")
            if len(found) == sum((rows[1] or "").count(f"<{tag}{end}") for end in (" ", ">", "/>")):
                return found
    return shape.findall(_anew(part))


def _anew(part: bytes) -> str:
    """The rows of a sheet that is written in another way."""
    rows = []
    number = 0
    for line in ElementTree.fromstring(part).iter(f"{MAIN}row"):
        number, column = int(line.get("r", number + 1)), 0
        for cell in line.iterfind(f"{MAIN}c"):
            name = cell.get("r")
            column = column + 1 if name is None else _number(name.rstrip("0123456789"))
            look = "".join(f' {key}="{escape(cell.attrib[key])}"' for key in ("s", "t") if key in cell.attrib)
            rows.append(f'<c r="{get_column_letter(column)}{number}"{look}>{"".join(_parts(cell))}</c>')
    return "".join(rows)


def _parts(cell: ElementTree.Element) -> list[str]:
    found = {part.tag.removeprefix(MAIN): part for part in cell}
    parts = []
    if (formula := found.get("f")) is not None:
        told = "".join(f' {key}="{escape(formula.attrib[key])}"' for key in ("t", "si") if key in formula.attrib)
        parts.append(f"<f{told}>{escape(formula.text or '')}</f>")
    if (value := found.get("v")) is not None:
        parts.append(f"<v>{escape(value.text or '')}</v>")
    if (words := found.get("is")) is not None:
        parts.append(f"<is><t>{escape(raw_words(words))}</t></is>")
    return parts


def raw_words(element: ElementTree.Element) -> str:
    """A text, its differently formatted runs set one after the other; how it is spoken is left out."""
    runs = (part for part in element if not part.tag.endswith("rPh"))
    return "".join(text.text or "" for part in runs for text in part.iter() if text.tag.rpartition("}")[2] == "t")


def as_typed(text: str) -> str:
    """A text without the escapes of OOXML, by which `_x0041_` stands for A and `_x005F_` for an underscore."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def plain(text: str) -> str:
    """A text without the entities of XML."""
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(found: re.Match[str]) -> str:
    name = found[1]
    if name[0] != "#":
        return _NAMED[name]
    return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:]))


@cache
def _look(attributes: str) -> tuple[str, int]:
    """Kind and style of a cell."""
    told = dict(_ATTRIBUTE.findall(attributes))
    return told.get("t", "n"), int(told.get("s", "0"))


def _shared(attributes: str, text: str, line: int, column: int, first: First) -> str | None:
    """A formula with attributes: one that cells share stands in the first of them only."""
    told = dict(_ATTRIBUTE.findall(attributes))
    name = told.get("si") if told.get("t") == "shared" else None
    if text:
        if name is not None:
            first[name] = ("=" + text, line, column)
        return "=" + text
    if name is None:
        return None
    shared, from_line, from_column = first[name]
    return moved(shared, line - from_line, column - from_column)


def _typed(value: str, words: str, kind: str, texts: Sequence[str]) -> Value:
    if not (value or words):
        return None
    if kind == "n":
        return float(value)
    if kind == "inlineStr":
        if words.startswith("<t>") and words.find("<", 3) == len(words) - 4:
            return as_typed(plain(words[3:-4]))
        return as_typed(raw_words(ElementTree.fromstring(f"<is>{words}</is>")) if words else plain(value))
    if kind == "s":
        return texts[int(value)]
    return float(value) if kind == "b" else as_typed(plain(value))


_number = cache(column_index_from_string)
