"""What was reported later, as a CSV: one line a figure, by date and instrument, with its source and grade.

A line without `from` is a figure on its date; a line with it is what happened after `from`, up to and on `date`.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from model.errors import Finding, InputError
from model.inputs.document import MOST, shown
from model.inputs.raw import UnfitError, raw_of
from model.inputs.values import GRADES
from model.timeline import is_month_end

HEADER = ("from", "date", "instrument", "item", "value", "unit", "source", "grade", "note")
ALL = "all"
USD_M = "USD m"
LONGEST = 400
ROUNDING = 1.0  # balances are printed in millions: one instrument may round up more than the total

POINTS = ("balance", "deferred_revenue")
FLOWS = ("repaid", "cash_drawn", "added_without_cash", "added", "paid_in_kind", "net_drawn", "interest_on_debt",
         "contractual_interest", "interest_capitalised", "revenue")
DUE = re.compile(r"due_(in|after)_([0-9]{4})")
OF_ALL = ("cash_drawn", "added_without_cash", "interest_on_debt", "contractual_interest", "interest_capitalised", "revenue",
          "deferred_revenue")
OF_ONE = ("added", "paid_in_kind", "net_drawn")

_SLUG = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")


@dataclass(frozen=True)
class Actual:
    """One reported figure `[USD m]`; `since` is None for a figure on a date."""

    since: date | None
    until: date
    instrument: str
    item: str
    value: float
    source: str
    grade: str
    note: str = ""

    @property
    def due_year(self) -> int | None:
        """The year of a line of a maturities table."""
        found = DUE.fullmatch(self.item)
        return int(found.group(2)) if found else None


@dataclass(frozen=True)
class Actuals:
    """All lines of a file, and what they say of a span of time."""

    name: str
    lines: tuple[Actual, ...]

    def balance(self, instrument: str, day: date) -> float | None:
        """A balance on a day; None where it was not reported."""
        return next((a.value for a in self.lines if (a.item, a.instrument, a.until) == ("balance", instrument, day)), None)

    def dates(self, since: date, until: date) -> list[date]:
        """Days in a span, both ends counted, on which the whole debt was reported."""
        return sorted(a.until for a in self.lines if a.item == "balance" and a.instrument == ALL and since <= a.until <= until)

    def over(self, item: str, instrument: str, since: date, until: date) -> float | None:
        """What was reported for a span: one line, or lines that follow one another without a gap. None where they do not."""
        if since == until:
            return 0.0
        steps = [a for a in self.lines if a.since == since and a.until <= until and (a.item, a.instrument) == (item, instrument)]
        for step in sorted(steps, key=lambda a: a.until, reverse=True):
            rest = self.over(item, instrument, step.until, until)
            if rest is not None:
                return step.value + rest
        return None

    def inside(self, item: str, since: date, until: date) -> list[Actual]:
        """Lines of single instruments that lie in a span, the longest first and none counted twice."""
        found: list[Actual] = []
        for line in sorted((a for a in self.lines if a.item == item and a.instrument != ALL), key=_longest_first):
            if line.since is not None and since <= line.since and line.until <= until and not any(
                    _overlap(line, other) for other in found):
                found.append(line)
        return found

    def on(self, item: str, day: date) -> list[Actual]:
        """Lines of single instruments for an item of a date."""
        return [a for a in self.lines if a.item == item and a.until == day and a.instrument != ALL]


def _longest_first(line: Actual) -> int:
    return -(line.until - line.since).days if line.since else 0


def _overlap(one: Actual, other: Actual) -> bool:
    if one.since is None or other.since is None:
        return False
    return one.instrument == other.instrument and one.since < other.until and other.since < one.until


def read_actuals(path: Path) -> Actuals:
    """Read a file of reported figures. InputError carries every finding, with line and column."""
    file = _File(path.name)
    lines = [line for line in map(file.actual, file.rows(file.text(path))) if line is not None]
    file.check(lines)
    if file.findings:
        raise InputError(file.findings)
    return Actuals(path.name, tuple(line for _, line in lines))


Cells = tuple[int, dict[str, str]]
Line = tuple[int, Actual]


@dataclass
class _File:
    """A file under reading; what is wrong with it gathers in `findings`."""

    name: str
    findings: list[Finding] = field(default_factory=list)

    def note(self, line: int, column: str, seen: object, allowed: str) -> None:
        if len(self.findings) == MOST:
            self.findings.append(Finding(self.name, line, "file", f"{MOST} findings", "the rest of the file was not read"))
            raise InputError(self.findings)
        self.findings.append(Finding(self.name, line, column, shown(seen), allowed))

    def refuse(self, line: int, column: str, seen: object, allowed: str) -> InputError:
        self.note(line, column, seen, allowed)
        return InputError(self.findings)

    def text(self, path: Path) -> str:
        """The text of the file; where it cannot be read nothing else can be said."""
        try:
            raw = raw_of(path)
        except FileNotFoundError as error:
            raise self.refuse(0, "file", "no such file", "a file of reported figures") from error
        except UnfitError as error:
            raise self.refuse(0, "file", *error.args) from error
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.refuse(raw.count(b"\n", 0, error.start) + 1, "file", "other bytes", "UTF-8 text") from error

    def rows(self, text: str) -> Iterator[Cells]:
        """Cells by column; under a wrong header nothing can be read."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            records = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if cells]
        except csv.Error as error:
            raise self.refuse(reader.line_num, "file", error, "CSV text") from error
        if not records or tuple(records[0][1]) != HEADER:
            raise self.refuse(1, "header", ",".join(records[0][1]) if records else None, f"the header {','.join(HEADER)}")
        if len(records) == 1:
            self.note(1, "file", "a header alone", "at least one line below the header")
        for line, cells in records[1:]:
            if len(cells) == len(HEADER):
                yield line, dict(zip(HEADER, cells, strict=True))
            else:
                self.note(line, "columns", f"{len(cells)} cells", f"{len(HEADER)} cells as in the header")

    def actual(self, row: Cells) -> Line | None:
        """A line whose cells all say something; findings, and None, where one does not."""
        line, cells = row
        before = len(self.findings)
        since, until = self._span(line, cells)
        self._what(line, cells, since, until)
        value = self._value(line, cells)
        for column, allowed in (("source", f"where it was reported, at most {LONGEST} characters"),
                                ("note", f"at most {LONGEST} characters")):
            if len(cells[column]) > LONGEST or (column == "source" and not cells[column]):
                self.note(line, column, cells[column], allowed)
        if cells["grade"] not in GRADES:
            self.note(line, "grade", cells["grade"], f"one of {', '.join(GRADES)}")
        if len(self.findings) > before or until is None:
            return None
        return line, Actual(since, until, cells["instrument"], cells["item"], value,
                            cells["source"], cells["grade"], cells["note"])

    def _day(self, line: int, column: str, text: str) -> date | None:
        """A month end; the model has no other dates."""
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or not is_month_end(day):
            self.note(line, column, text, "a month end as ISO date: 2025-06-30")
            return None
        return day

    def _span(self, line: int, cells: dict[str, str]) -> tuple[date | None, date | None]:
        flow, said = cells["item"] in FLOWS, cells["from"]
        until = self._day(line, "date", cells["date"])
        if not said or not flow:
            if flow:
                self.note(line, "from", said, "the month end before the first day that counts")
            elif said:
                self.note(line, "from", said, f"nothing: {cells['item']} stands on a date")
            return None, until
        since = self._day(line, "from", said)
        if since and until and since >= until:
            self.note(line, "from", said, f"a date before {until}")
        return since, until

    def _what(self, line: int, cells: dict[str, str], since: date | None, until: date | None) -> None:
        item, instrument = cells["item"], cells["instrument"]
        due = DUE.fullmatch(item)
        if not due and item not in (*POINTS, *FLOWS):
            self.note(line, "item", item, f"one of {', '.join((*POINTS, *FLOWS))}, due_in_YYYY, due_after_YYYY")
        if due and until and int(due.group(2)) < until.year:
            self.note(line, "item", item, f"a year from {until.year} on")
        if not _SLUG.fullmatch(instrument):
            self.note(line, "instrument", instrument, "the id of an instrument as in debt.yaml, or all")
        elif (item in OF_ALL and instrument != ALL) or (item in OF_ONE and instrument == ALL):
            self.note(line, "instrument", instrument, f"all, for {item}" if item in OF_ALL else f"one instrument, for {item}")

    def _value(self, line: int, cells: dict[str, str]) -> float:
        value = float(cells["value"]) if _AMOUNT.fullmatch(cells["value"]) else math.nan
        low = -1e12 if cells["item"] == "net_drawn" else 0.0
        if not low <= value <= 1e12:
            self.note(line, "value", cells["value"], "a plain number with a decimal point" + ", at least 0" * (low == 0))
        if cells["unit"] != USD_M:
            self.note(line, "unit", cells["unit"], f"unit must be {USD_M!r}")
        return value

    # ---- across lines ------------------------------------------------------------------------------------------------

    def check(self, lines: list[Line]) -> None:
        """A figure once, and no more in single instruments than in all of them."""
        for rule in (self._once, self._parts):
            rule(lines)

    def _once(self, lines: list[Line]) -> None:
        seen: dict[tuple[object, ...], int] = {}
        for line, a in lines:
            first = seen.setdefault((a.since, a.until, a.instrument, a.item), line)
            if first != line:
                self.note(line, "item", a.item, f"a figure once; it stands on line {first} already")

    def _parts(self, lines: list[Line]) -> None:
        parts: dict[tuple[object, ...], float] = {}
        for _, a in lines:
            if a.instrument != ALL:
                parts[a.item, a.since, a.until] = parts.get((a.item, a.since, a.until), 0.0) + a.value
        for line, whole in lines:
            added = parts.get((whole.item, whole.since, whole.until), 0.0)
            if whole.instrument == ALL and added > whole.value + ROUNDING:
                self.note(line, "value", whole.value, f"at least what single instruments add up to, {added:,.3f}")
