"""Dated curves: a value at each date, linear in days between, flat outside."""

from __future__ import annotations

import csv
import io
import math
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

from model.errors import Finding, InputError

#: How well a figure is supported, best first.
GRADES = ("filing", "transcription", "press", "third-party", "derived", "assumed")

_REQUIRED = ["date", "value"]
_OPTIONAL = {"unit", "source", "grade"}
_HEADER = "header date,value and then any of unit,source,grade"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
RATE_LOW, RATE_HIGH = -0.05, 0.5
MOST, LONGEST = 200, 400  # findings of a file, characters of a source


@dataclass(frozen=True)
class Curve:
    """Values in `unit` at strictly rising dates.

    `sources` and `grades` stand per point; `source` names them all, `grade` is the weakest.
    ValueError where dates and values do not pair up, do not rise, or are not finite.
    """

    dates: tuple[date, ...]
    values: tuple[float, ...]
    name: str
    unit: str
    source: str
    grade: str
    sources: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse points that make no curve."""
        if not self.dates or len(self.dates) != len(self.values):
            raise ValueError(f"curve {self.name}: {len(self.dates)} dates, {len(self.values)} values")
        if any(later <= earlier for earlier, later in pairwise(self.dates)):
            raise ValueError(f"curve {self.name}: dates do not rise strictly")
        if not all(map(math.isfinite, self.values)):
            raise ValueError(f"curve {self.name}: a value is not a finite number")

    def at(self, d: date) -> float:
        """Value on `d`: linear in calendar days between dates, flat before the first and after the last."""
        k = bisect_right(self.dates, d)
        if k == 0 or k == len(self.dates):
            return self.values[max(k - 1, 0)]
        (start, end), (low, high) = self.dates[k - 1 : k + 1], self.values[k - 1 : k + 1]
        return low + (high - low) * ((d - start).days / (end - start).days)

    def average(self, first: date, last: date) -> float:
        """Average of the daily values from `first` to `last`, both included."""
        days = range(first.toordinal(), last.toordinal() + 1)
        return math.fsum(self.at(date.fromordinal(n)) for n in days) / len(days)

    def on(self, dates: Iterable[date]) -> list[float]:
        """Values on the given dates, in their order."""
        return [self.at(d) for d in dates]


def read_curve(path: Path) -> Curve:
    """Read a curve, named for its file: CSV in UTF-8, header `date,value` and any of unit,source,grade.

    Dates are ISO 8601; a unit `rate` is a fraction (0.12 for 12 %). InputError carries all findings.
    """
    file = _CurveFile(path.name)
    return file.curve(path.stem, file.raw(path))


def curve_of(name: str, raw: bytes) -> Curve:
    """The same from the bytes of a file."""
    return _CurveFile(f"{name}.csv").curve(name, raw)


def _curve(name: str, dates: list[date], values: list[float], cells: list[dict[str, str]]) -> Curve:
    sources = tuple(cell.get("source", "") for cell in cells)
    grades = tuple(cell.get("grade", "") for cell in cells)
    named = "; ".join(dict.fromkeys(filter(None, sources)))
    weakest = max(filter(None, grades), key=GRADES.index, default="")
    unit = cells[0].get("unit", "")
    return Curve(tuple(dates), tuple(values), name, unit, named, weakest, sources, grades)


@dataclass(frozen=True)
class _Row:
    line: int
    cells: dict[str, str]


@dataclass
class _CurveFile:
    """One file under reading; what is wrong with it gathers in `findings`."""

    name: str
    findings: list[Finding] = field(default_factory=list)

    def note(self, line: int, what: str, seen: str, allowed: str) -> None:
        if len(self.findings) == MOST:
            self.findings.append(Finding(self.name, line, "file", f"{MOST} findings", "the rest of the file was not read"))
            raise InputError(self.findings)
        seen = seen if len(seen) <= 60 else seen[:57] + "..."
        self.findings.append(Finding(self.name, line, what, seen or "nothing", allowed))

    def curve(self, name: str, raw: bytes) -> Curve:
        """The curve; InputError with everything that is wrong."""
        rows = self.rows(self.text(raw))
        dates = self.dates(rows)
        values = self.values(rows)
        self.check_words(rows)
        if self.findings:
            raise InputError(self.findings)
        return _curve(name, dates, values, [row.cells for row in rows])

    def raw(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            self.note(0, "file", error.strerror or "no access", "a readable file")
        raise InputError(self.findings)

    def text(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.note(error.object.count(b"\n", 0, error.start) + 1, "file", "other bytes", "UTF-8 text")
        raise InputError(self.findings)

    def rows(self, text: str) -> list[_Row]:
        """Data rows by column name. Under a wrong header nothing can be read: InputError at once."""
        (first, header), *body = self._records(text) or [(1, [])]
        if not _is_header(header):
            hint = "; cells stand between commas" if header and re.search(r"[;\t]", header[0]) else ""
            self.note(first, "header", ",".join(header), _HEADER + hint)
            raise InputError(self.findings)
        if not body:
            self.note(first, "date", "", "at least one line of date and value")
        return [_Row(line, dict(zip(header, cells, strict=True))) for line, cells in self._full(header, body)]

    def _records(self, text: str) -> list[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if cells]
        except csv.Error as error:
            self.note(reader.line_num, "file", str(error), "CSV text")
            raise InputError(self.findings) from error

    def _full(self, header: list[str], body: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
        for line, cells in body:
            if len(cells) != len(header):
                self.note(line, "columns", f"{len(cells)} cells", f"{len(header)} cells as in the header")
        return [(line, cells) for line, cells in body if len(cells) == len(header)]

    def dates(self, rows: list[_Row]) -> list[date]:
        """Dates that can be read and rise strictly."""
        kept: list[date] = []
        for row in rows:
            seen = row.cells["date"]
            found = _iso_date(seen)
            if found is None:
                self.note(row.line, "date", seen, "an ISO date: 2026-03-31")
            elif kept and found <= kept[-1]:
                self.note(row.line, "date", seen, f"a date later than {kept[-1]}")
            else:
                kept.append(found)
        return kept

    def values(self, rows: list[_Row]) -> list[float]:
        """Finite numbers; a rate within bounds that a percentage would break."""
        kept = []
        for row in rows:
            seen = row.cells["value"]
            number = float(seen) if _NUMBER.fullmatch(seen) else math.nan
            if not math.isfinite(number):
                self.note(row.line, "value", seen, "a finite number, with a decimal point")
            elif row.cells.get("unit") == "rate" and not RATE_LOW <= number <= RATE_HIGH:
                self.note(row.line, "value", seen, "a rate as a fraction: 0.12 for 12 %")
            kept.append(number)
        return kept

    def check_words(self, rows: list[_Row]) -> None:
        """One unit throughout, and a known grade wherever the file has grades."""
        for row in rows:
            unit, first = row.cells.get("unit"), rows[0].cells.get("unit")
            if unit != first:
                self.note(row.line, "unit", unit or "", f"{first or 'nothing'}, as on the first line")
            source = row.cells.get("source", "")
            if len(source) > LONGEST or not source.isprintable():
                self.note(row.line, "source", source, f"at most {LONGEST} characters, none of them for control")
            grade = row.cells.get("grade", GRADES[0])
            if grade not in GRADES:
                self.note(row.line, "grade", grade, f"one of {', '.join(GRADES)}")


def _is_header(header: list[str]) -> bool:
    extra = header[2:]
    return header[:2] == _REQUIRED and set(extra) <= _OPTIONAL and len(set(extra)) == len(extra)


def _iso_date(text: str) -> date | None:
    # date.fromisoformat alone would also take 20260331 and 2026-W14-2
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
