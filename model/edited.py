"""What edits.yaml says, put into the inputs of a book.

The book is made first: an edit moves an input and what its rows make of it, and nothing else, as a number typed in the
workbook does. Instalments frozen at close stay (RULES 10).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from model.errors import BuildError
from model.inputs.document import Path
from model.inputs.edits import EDITS, Edit, EditsFile
from model.inputs.problem import Problem, Problems
from model.inputs.values import refused
from model.sheet import DEAL, PERIOD, Book, Row, Sourced, given
from model.timeline import Timeline

INPUTS, DRIVERS = "inputs", "drivers"


def put(book: Book, timeline: Timeline, edits: EditsFile, stamped: Collection[str]) -> list[Problem]:
    """Put every edit into the input that it names; what is wrong with those that cannot be."""
    wrong: list[Problem] = []
    for key, edit in edits.inputs.items():
        found = list(_problems(book, timeline, key, edit, stamped))
        if not found:
            row = book.by_key[key]
            assert row.input is not None
            row.input = with_edit(row.input, edit, timeline)
        wrong += found
    return wrong


def with_edit(told: Sourced, edit: Edit, timeline: Timeline) -> Sourced:
    """An input as edited; a range that it had is stretched to hold the number."""
    if edit.value is not None:
        low, high = (None if end is None else reach(end, edit.value)
                     for reach, end in ((min, told.low), (max, told.high)))
        return replace(told, value=edit.value, source=edit.source, grade=edit.grade, low=low, high=high)
    assert not isinstance(told.value, str | float | int)
    values = list(told.value)
    before = len(values) - timeline.count  # 1 where the opening column stands in front
    for month in edit.months:
        values[timeline.ends.index(month.end) + before] = month.value
    return replace(told, value=values, source=edit.source, grade=edit.grade)


def why_not(row: Row, value: float) -> str:
    """Why an input may not hold a number; nothing where it may."""
    return refused(row.declared, value) if isinstance(row.declared, given) else ""


def may_be_typed(row: Row) -> bool:
    """Whether a number of an input may be replaced by another alone.

    From a date others are worked out, a number that was worked out is replaced where it comes from, and a constant such
    as the months of a year is nobody's to choose.
    """
    told = row.input
    assert told is not None
    if row.per != DEAL or row.unit == "date" or not isinstance(row.declared, given) or row.declared.kind == "date":
        return row.per == PERIOD
    if told.origin is not None or row.declared.ask or row.block.key == DRIVERS:
        return True
    return told.grade != "derived" and (row.declared.default is None or row.unit in ("share", "rate"))


def _problems(book: Book, timeline: Timeline, key: str, edit: Edit, stamped: Collection[str]) -> Problems:
    place: Path = (INPUTS, key)
    try:
        row = book.movable(key)
    except BuildError as error:
        yield Problem(EDITS, place, key, str(error).replace("override", "edit"))
        return
    if key in stamped:
        yield Problem(EDITS, place, key, "another input: this one the engine finds itself")
    elif (row.per == PERIOD) != bool(edit.months) or (row.per == PERIOD) != (edit.value is None):
        yield Problem(EDITS, place, key, "months, each with end and value" if row.per == PERIOD else "value, a single number")
    else:
        yield from _months(row, place, edit, timeline)
        if edit.value is not None and (reason := why_not(row, edit.value)):
            yield Problem(EDITS, (*place, "value"), edit.value, reason)


def _months(row: Row, place: Path, edit: Edit, timeline: Timeline) -> Iterator[Problem]:
    seen: set[date] = set()
    for number, month in enumerate(edit.months):
        if month.end not in timeline.ends:
            yield Problem(EDITS, (*place, "months", number, "end"), month.end,
                          f"the end of a month from {timeline.ends[0]} to {timeline.ends[-1]}")
        elif month.end in seen:
            yield Problem(EDITS, (*place, "months", number, "end"), month.end, "each month once")
        elif reason := why_not(row, month.value):
            yield Problem(EDITS, (*place, "months", number, "value"), month.value, reason)
        seen.add(month.end)
