"""Inputs that edits.yaml holds: what was typed and stands in no other file, and what must not follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from model.deal import Deal
from model.inputs.edits import Edit, Month
from model.inputs.values import GRADES
from model.round_trip.edited import Typed
from model.round_trip.places import flow, number
from model.round_trip.typed import BASE
from model.sheet import PERIOD, TEXT, Sourced

LONGEST = 400  # characters of a source
HEAD = "# Written by debtcover import: inputs that hold other numbers than the files of the case lead to.\ninputs:\n"


def source(book: str, typed: Sequence[Typed], old: str) -> str:
    """Where typed numbers come from; the old source stays readable."""
    cells = ", ".join(f"{one.cell} (was {'nothing' if one.before is None else number(one.before)})" for one in typed[:3])
    more = f" and {len(typed) - 3} more" if len(typed) > 3 else ""
    return cut(f"typed in {book}, {cells}{more}; before: {old}")


def cut(text: str) -> str:
    """A source as long as it may be."""
    return text if len(text) <= LONGEST else text[:LONGEST - 3] + "..."


Edits = dict[str, Edit]


class Pins:
    """What every input of an edited workbook holds."""

    def __init__(self, deal: Deal, typed: Sequence[Typed], book: str) -> None:
        self.deal, self.typed, self.book = deal, typed, book
        self.base = {one.key: one for one in typed if one.scenario == BASE and one.end is None}
        self.months: dict[str, list[Typed]] = {}
        for one in typed:
            if one.end is not None:
                self.months.setdefault(one.key, []).append(one)

    def typed_but(self, stated: Collection[str]) -> Edits:
        """The edits of the case, with those that were typed and are not stated in one of its files."""
        found = dict(self.deal.case.edits.inputs)
        for key, one in self.base.items():
            if key not in stated:
                found[key] = Edit(value=one.after, source=source(self.book, [one], self._told(key).source), grade="assumed")
        for key, ones in self.months.items():
            new = [Month(end=one.end, value=one.after) for one in ones if one.end and one.after is not None]
            found[key] = Edit(months=together(found.get(key), new), grade="assumed",
                              source=source(self.book, ones, self._told(key).source))
        return found

    def moved(self, deal: Deal, edits: Edits) -> Edits:
        """Inputs that hold another number in a deal than in the workbook: edits that hold them there."""
        found: Edits = {}
        for row in self.deal.book.inputs:
            if row.per == TEXT or row.key in self.deal.stamped:
                continue
            told, other = self._told(row.key), deal.book.by_key[row.key].input
            held: dict[str, Any] = {}
            if row.per == PERIOD:
                # over time both values are lists
                if months := self._months(row.key, told.value, other.value):  # type: ignore[union-attr]
                    held["months"] = together(edits.get(row.key), months)
            elif (value := self.base[row.key].after if row.key in self.base else told.value) != other.value:  # type: ignore[union-attr]
                held["value"] = value
            if held:
                words = cut(f"as in {self.book}: does not follow what was typed; before: {told.source}")
                held["grade"] = told.grade if told.grade in GRADES else "derived"
                found[row.key] = Edit(**held, source=words)
        return found

    def _months(self, key: str, told: Any, other: Any) -> list[Month]:
        ends = self.deal.timeline.ends
        wanted = dict(zip(ends, list(told)[-len(ends):], strict=True))
        wanted |= {one.end: one.after for one in self.months.get(key, ()) if one.end}
        return [Month(end=end, value=value) for (end, value), seen in zip(wanted.items(), list(other)[-len(ends):], strict=True)
                if value != seen]

    def _told(self, key: str) -> Sourced:
        told = self.deal.book.by_key[key].input
        assert told is not None
        return told


def together(edit: Edit | None, months: Sequence[Month]) -> list[Month]:
    """The months of an edit with others, in their order; the others win."""
    found = {month.end: month for month in (*(edit.months if edit else ()), *months)}
    return [found[end] for end in sorted(found)]


def text(edits: Mapping[str, Edit]) -> bytes:
    """edits.yaml."""
    lines = [HEAD]
    for key, edit in sorted(edits.items()):
        lines.append(f"  {key}:\n")
        if edit.value is not None:
            lines.append(f"    value: {number(edit.value)}\n")
        else:
            lines.append("    months:\n")
            lines += [f"      - {{end: {month.end}, value: {number(month.value)}}}\n" for month in edit.months]
        lines.append(f"    source: {flow(edit.source)}\n    grade: {edit.grade}\n")
    return "".join(lines).encode()
