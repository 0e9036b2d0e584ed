"""A workbook as an archive that somebody else packed: what it holds is looked at before any of it is parsed.

Limits stand on what is unpacked, because a small file may hold any amount; expat, which all readers of XML here rest on, bounds
what entities grow to, and no workbook needs them: a document type is refused before the first element.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path
from xml.parsers import expat

from model.inputs.raw import UnfitError

LARGEST = 500_000_000  # bytes unpacked
LARGEST_PART = 5_000_000  # of what is neither cells nor their texts
LARGEST_TEXTS = 100_000_000
MOST_PARTS = 10_000
TIGHTEST = 250  # bytes for one packed byte: sheets come to 5 to 30, nothing but a bomb to 1000
TEXTS, SHEETS = "xl/sharedStrings.xml", "xl/worksheets/"


def look_into(path: Path) -> None:
    """UnfitError where a workbook is not to be opened; zipfile.BadZipFile, OSError and the like where it cannot be."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        _sizes(parts)
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                _no_document_type(archive, part)


def _sizes(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise UnfitError(f"{len(parts)} parts", f"at most {MOST_PARTS}")
    name, times = Counter(part.filename for part in parts).most_common(1)[0] if parts else ("", 0)
    if times > 1:
        raise UnfitError(f"{name}: {times} parts of one name", "each part once")
    for part in parts:
        sheet = part.filename.startswith(SHEETS)
        most = LARGEST if sheet else LARGEST_TEXTS if part.filename == TEXTS else LARGEST_PART
        if part.file_size > most:
            raise UnfitError(f"{part.filename}: {part.file_size} bytes unpacked", f"at most {most}")
        if part.file_size > LARGEST_PART and part.file_size > TIGHTEST * part.compress_size:
            raise UnfitError(f"{part.filename}: {part.file_size} bytes packed into {part.compress_size}", f"at most 1:{TIGHTEST}")
    if (size := sum(part.file_size for part in parts)) > LARGEST:
        raise UnfitError(f"{size} bytes unpacked", f"at most {LARGEST}")


class _ElementError(Exception):
    """The first element: what stands before it is over."""


def _no_document_type(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    def element(*_: object) -> None:
        raise _ElementError

    def document_type(*_: object) -> None:
        raise UnfitError(f"{part.filename}: a document type, which may declare entities", "XML without one")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = element, document_type
    with archive.open(part) as file:
        try:
            while piece := file.read(4096):
                parser.Parse(piece)
        except _ElementError:
            return
        except expat.ExpatError:
            return  # broken: whoever needs it will say so
