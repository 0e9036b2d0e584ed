"""The sheet Case files: the files of the case as they were read, line by line, so that a workbook brings its case along.

A cell cannot hold every character: what spreadsheet programs change on saving is written as \\u and four digits, and a
backslash as two. A line longer than a cell goes on in the next row, under the same number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from model.inputs.raw import MAX_BYTES
from model.report.as_written import fingerprint, formulas_of, in_words
from model.report.layout import CASE_FILES

if TYPE_CHECKING:
    from model.report.page import Page
    from model.report.workbook import Issue

FILE, NUMBER, TEXT = "A", "B", "C"
HASH, PRINTS, FIRST = 5, 6, 8
WIDTH = 160.0  # of the text, in characters
LONGEST = 30_000  # of the 32,767 characters of a cell
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]|(?<=_)x(?=[0-9A-Fa-f]{4}_)|^ (?= *$)")
_ESCAPE = re.compile(r"\\(?:\\|u([0-9a-f]{4}))")


def case_files(issue: Issue) -> None:
    """Every file under its name; above stand the hash of all, and what the formulas of the whole workbook are known by."""
    case, page = issue.run.deal.case, issue.page(CASE_FILES)
    page.widths(24, 7, WIDTH)
    page.heading(CASE_FILES, 3)
    page.text("A4", "The case as it was read; a workbook with changed inputs is read back as this case with those changes. "
                    "Not to be edited here: change the blue cells of the input sheets, or the files themselves.", "unit")
    prints = {title: fingerprint(formulas_of(one)) for title, one in issue.pages.items()}
    for line, words, told in ((HASH, "Input fingerprint", case.input_hash), (PRINTS, "Formulas as written", in_words(prints))):
        page.text(f"{FILE}{line}", words, "plain")
        _words(page, line, told)
    for column, words in ((FILE, "File"), (NUMBER, "Line"), (TEXT, "Text")):
        page.text(f"{column}{FIRST - 1}", words, "header_left")
    line = FIRST
    for name, raw in sorted(case.files.items()):
        page.text(f"{FILE}{line}", _safe(name), "plain")
        for number, text in written(raw):
            page.number(f"{NUMBER}{line}", float(number), "unit")
            if text:
                _words(page, line, text)
            line += 1
    page.sheet.print_area = f"{FILE}1:{TEXT}{line}"
    page.frozen(f"{TEXT}{FIRST}")
    page.printed(heads=f"1:{FIRST - 1}")


def _words(page: Page, line: int, text: str) -> None:
    page.text(f"{TEXT}{line}", text, "wrap")
    if len(text) > WIDTH:
        page.height(line, (text, WIDTH))


def written(raw: bytes) -> Iterator[tuple[int, str]]:
    """A file as numbered lines; bytes that are no UTF-8 come back as they were."""
    for number, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), start=1):
        for start in range(0, max(len(line), 1), LONGEST // 6):
            yield number, _safe(line[start:start + LONGEST // 6])


def read_back(lines: Iterable[tuple[str, int, str]]) -> dict[str, bytes]:
    """The files of (name, number, text) lines. ValueError where the lines are not what was written."""
    found: dict[str, list[str]] = {}
    for name, number, text in lines:
        file = found.setdefault(_plain(name), [])
        if number == len(file) + 1:
            file.append(_plain(text))
        elif file and number == len(file) and len(file[-1]) <= MAX_BYTES:
            file[-1] += _plain(text)
        else:
            raise ValueError(f"{name}: line {number:g} after line {len(file)}")
    return {name: "\n".join(file).encode("utf-8", "surrogateescape") for name, file in found.items()}


def told(lines: Mapping[int, Mapping[int, Any]]) -> Iterator[tuple[str, Any, str]]:
    """File, number and text of each line of the sheet as it was saved, from its cells by line and column."""
    name = ""
    for line, cells in sorted(lines.items()):
        if line >= FIRST:
            file, number, text = (cells[column].value if column in cells else "" for column in (1, 2, 3))
            name = str(file) or name
            yield name, number, str(text)


def _safe(text: str) -> str:
    if text.isascii() and text.isprintable() and "\\" not in text and "_x" not in text and not text.isspace():
        return text
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\\", "\\\\"))


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\\" if found[1] is None else chr(int(found[1], 16)), text)

