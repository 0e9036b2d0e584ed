"""A workbook as it lies in its file: its sheets in order, read when they are asked for, and where its names point to.

openpyxl reads formulas or values, each in a pass of its own, and takes some times as long.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from model.inputs.archive import look_into
from model.inputs.raw import UnfitError
from model.saved.xml import MAIN, Lines, as_typed, cells_in, formulas_in, raw_words

LINKED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
MOST_ELEMENTS = 6_000_000  # of a sheet: some three a cell
UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, RuntimeError, zlib.error,
              zipfile.BadZipFile, ElementTree.ParseError)
"""What a file that is no workbook, or a broken or locked one, may lead to."""


@dataclass
class File:
    """A workbook; reading any part of it may raise one of UNREADABLE."""

    path: Path
    names: dict[str, str] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    styles: bytes = b""
    hidden: frozenset[str] = frozenset()
    _sheets: dict[str, Lines] = field(default_factory=dict)

    def sheet(self, title: str) -> Lines:
        """The filled cells of a sheet; nothing where there is no such sheet. UnfitError where there are too many."""
        if title not in self._sheets:
            part = self.parts.get(title, b"")
            if (count := part.count(b"<") // 2) > MOST_ELEMENTS:
                raise UnfitError(f"{title}: {count} elements", f"at most {MOST_ELEMENTS}")
            self._sheets[title] = cells_in(part, self.texts) if part else {}
        return self._sheets[title]

    def share(self, like: File) -> None:
        """Take over the sheets that are the same in another file, to the byte, so that they are one object."""
        for title in self.parts.keys() & like.parts.keys():
            if self.prints[title] == like.prints[title]:
                self._sheets[title] = like.sheet(title)

    def formulas(self, title: str) -> str:
        """Every formula of a sheet, one a line after the name of its cell."""
        return formulas_in(self.parts[title], self.texts)

    @cached_property
    def prints(self) -> dict[str, str]:
        """A fingerprint of what each sheet is read from."""
        texts = sha256("\0".join(self.texts).encode("utf-8", "surrogatepass")).hexdigest()
        return {title: sha256(part).hexdigest() + texts for title, part in self.parts.items()}

    @cached_property
    def dates(self) -> frozenset[int]:
        """The styles by which a number is shown as a date."""
        if not self.styles:
            return frozenset()
        root = ElementTree.fromstring(self.styles)
        own = {int(one.attrib["numFmtId"]): one.get("formatCode", "") for one in root.iter(f"{MAIN}numFmt")}
        formats = {**BUILTIN_FORMATS, **own}
        cells = root.find(f"{MAIN}cellXfs")
        return frozenset(n for n, one in enumerate(cells if cells is not None else ())
                         if is_date_format(formats.get(int(one.get("numFmtId", "0")))))


def opened(path: Path) -> File:
    """The workbook at a path. UnfitError where it is not to be opened, one of UNREADABLE where it is none."""
    look_into(path)
    with zipfile.ZipFile(path) as parts:
        return _read(path, parts)


def _read(path: Path, parts: zipfile.ZipFile) -> File:
    book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    if any(one.get("date1904") in ("1", "true") for one in book.iter(f"{MAIN}workbookPr")):
        raise UnfitError("days counted from 1904", "the date system of 1900, which debtcover wrote")
    links = {link.attrib["Id"]: link.attrib["Target"]
             for link in ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))}
    names = {name.attrib["name"]: name.text or "" for name in book.iter(f"{MAIN}definedName")
             if "localSheetId" not in name.attrib}
    every = set(parts.namelist())
    found = File(path, names, texts=_texts(parts) if "xl/sharedStrings.xml" in every else [],
                 styles=parts.read("xl/styles.xml") if "xl/styles.xml" in every else b"")
    sheets = list(book.iter(f"{MAIN}sheet"))
    found.hidden = frozenset(sheet.attrib["name"] for sheet in sheets if sheet.get("state", "visible") != "visible")
    for sheet in sheets:
        target = links[sheet.attrib[LINKED]]
        name = str(PurePosixPath(target.lstrip("/")) if target.startswith("/") else PurePosixPath("xl", target))
        if name.startswith("xl/worksheets/"):
            found.parts[sheet.attrib["name"]] = parts.read(name)
    return found


def _texts(parts: zipfile.ZipFile) -> list[str]:
    """Texts that cells refer to by number."""
    return [as_typed(raw_words(one)) for one in ElementTree.fromstring(parts.read("xl/sharedStrings.xml")).iter(f"{MAIN}si")]
