"""What differs between two issues of a workbook: inputs, formulas and results, line by line and never by place."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from model.difference.case_files import changed
from model.difference.file import NotOursError, read
from model.difference.lines import LABEL, UNIT, Book, Name, Sheet
from model.errors import RequestError
from model.report.layout import CASE_FILES, FORMULAS, INPUTS, MAP, OVER_TIME
from model.saved import File, Value
from model.saved.reference import along, in_column
from model.sheet.excel import OPENING_COLUMN

Json = Any
TYPED = (INPUTS, OVER_TIME)
FACTS = "Log"
DESCRIBING = (FORMULAS, MAP, CASE_FILES)  # they tell of the other sheets and of the case, and follow them
EVERY_PERIOD = "every period"
EXACT, NEAR, CENT = 1e-13, 1e-9, 1e-6  # typed numbers keep 15 digits; results follow the tolerance of the checks


def difference(first: Path, second: Path) -> dict[str, Json]:
    """Two workbooks compared. RequestError, for both at once, where one is not a workbook of this program."""
    found: list[File] = []
    wrong: list[str] = []
    for path in (first, second):
        try:
            found.append(read(path, found[0] if found else None))
        except NotOursError as error:
            wrong.append(str(error))
    if wrong:
        raise RequestError("; ".join(dict.fromkeys(wrong)))
    return compared(*map(Book, found))


def compared(a: Book, b: Book) -> dict[str, Json]:
    """The record: what each file says of itself, then the differences."""
    both = [(a.sheets[title], b.sheets[title]) for title in b.sheets if title in a.sheets and title not in DESCRIBING]
    moved = [pair for pair in both if pair[0].lines is not pair[1].lines]
    shifted = {one.title for one, two in moved if one.names != two.names or one.columns != two.columns}
    shifted |= a.sheets.keys() ^ b.sheets.keys()
    told: dict[str, Json] = {
        "before": about(a), "after": about(b),
        "sheets": changes(list(a.sheets), list(b.sheets)),
        "scenarios": changes(scenarios(a), scenarios(b)),
        "files": list(changed(*(book.file.sheet(CASE_FILES) for book in (a, b)))),
        "lines": [{"sheet": one.title, "change": change, "block": name.block, "label": name.label}
                  for one, two in both for change, name in apart(one, two)],
        "inputs": [entry for one, two in moved if one.title in TYPED for entry in inputs(one, two)],
        "formulas": [entry for one, two in (both if shifted else moved) for entry in formulas(a, b, one, two, shifted)],
        "results": [entry for one, two in moved for entry in results(one, two)],
    }
    facts = [name for name, said in told["before"].items() if name != "file" and said != told["after"].get(name)]
    parts = (told["inputs"], told["formulas"], told["results"], told["lines"], told["files"], *told["sheets"].values(),
             *told["scenarios"].values(), facts)
    return {"same": not any(parts), **told}


# ---- what a file says of itself --------------------------------------------------------------------------------------


def about(book: Book) -> dict[str, Json]:
    """Where it lies, and the facts of its log."""
    sheet = book.sheets[FACTS]
    said = {name.label: sheet.lines[line][UNIT].value for line, name in sheet.names.items() if UNIT in sheet.lines[line]}
    return {"file": str(book.file.path), **said, "Live scenario": named(book, "In_ScenarioName"),
            "Checks that fail": named(book, "Chk_Total")}


def named(book: Book, name: str) -> Value:
    """What the cell of a name shows."""
    sheet, _, cell = book.file.names[name].replace("$", "").replace("'", "").rpartition("!")
    line, column = coordinate_to_tuple(cell)
    found = book.file.sheet(sheet).get(line, {}).get(column)
    return found.value if found else None


def scenarios(book: Book) -> list[str]:
    """The positions of the selector."""
    return [name for name in str(about(book).get("Scenarios") or "").split(", ") if name]


def changes(before: list[str], after: list[str]) -> dict[str, list[str]]:
    """Names that came and went."""
    return {"added": [name for name in after if name not in before], "removed": [name for name in before if name not in after]}


def apart(one: Sheet, two: Sheet) -> Iterator[tuple[str, Name]]:
    """Lines that only one of the two has."""
    yield from (("removed", name) for name in one.by_name if name not in two.by_name and name.label)
    yield from (("added", name) for name in two.by_name if name not in one.by_name and name.label)


def shared(one: Sheet, two: Sheet) -> Iterator[tuple[Name, int, int]]:
    """Lines that both have, each with its places."""
    return ((name, one.by_name[name], line) for name, line in two.by_name.items() if name in one.by_name)


# ---- inputs ----------------------------------------------------------------------------------------------------------


def inputs(one: Sheet, two: Sheet) -> Iterator[Json]:
    """Typed cells that differ, those of lines that only one of the two has included."""
    for name in dict.fromkeys([*one.by_name, *two.by_name]):
        before, after = (typed(sheet, sheet.by_name.get(name)) for sheet in (one, two))
        for column in dict.fromkeys([*two.columns.values(), *before, *after]):
            was, now = before.get(column), after.get(column)
            if not same(was, now, EXACT, 0.0):
                yield {**place(one, two, name, column), "before": was, "after": now}


def typed(sheet: Sheet, line: int | None) -> dict[str, Value]:
    """What is typed on a line, by the head of its column."""
    cells = sheet.lines.get(line, {}) if line is not None else {}
    named = {sheet.column(n): cell.value for n, cell in cells.items() if n > LABEL and cell.formula is None}
    return {column: value for column, value in named.items() if value is not None}


def place(one: Sheet, two: Sheet, name: Name, column: str) -> Json:
    """Where an entry stands, in words, and its cell in the file that has it, the later one first."""
    sheet = two if name in two.by_name else one
    letters = {EVERY_PERIOD: get_column_letter(OPENING_COLUMN + 1)}
    letters |= {said: get_column_letter(n) for n, said in sheet.columns.items()}
    return {"sheet": sheet.title, "cell": f"{letters.get(column, column)}{sheet.by_name[name]}", "block": name.block,
            "label": str(Name("", name.label, name.number)), "column": column}


# ---- formulas --------------------------------------------------------------------------------------------------------


def formulas(a: Book, b: Book, one: Sheet, two: Sheet, shifted: Collection[str]) -> Iterator[Json]:
    """Lines on which both have a formula, or one a formula and the other a number, and they say something else.

    Formulas of one text that read none of the sheets that are `shifted`, whose lines stand elsewhere, are one formula.
    """
    marks = [f"{title}{quote}!" for title in shifted for quote in ("", "'")]
    for name, left, right in shared(one, two):
        text = texts(one, left)
        if one.title not in shifted and text == texts(two, right) and not any(
                mark in said for _, said in text if said for mark in marks):
            continue
        before, after = patterns(a, one, left), patterns(b, two, right)
        if before == after:
            continue
        for column in dict.fromkeys([*before, *after]):
            was, now = (said.get(column, said.get(EVERY_PERIOD) if column in dates else None)
                        for said, dates in ((before, set(one.columns.values())), (after, set(two.columns.values()))))
            if was != now and (was or "").startswith("=") + (now or "").startswith("="):
                yield {**place(one, two, name, column), "before": was, "after": now}


def texts(sheet: Sheet, line: int) -> list[tuple[int, str | None]]:
    """The formulas of a line as they stand in the file."""
    return [(n, cell.formula) for n, cell in sheet.lines[line].items()]


def patterns(book: Book, sheet: Sheet, line: int) -> dict[str, str]:
    """The formulas of a line by column; all periods that read alike are one, and what is typed among them stands apart."""
    cells = sheet.lines[line]
    found: dict[str, str] = {}
    first = next((n for n in cells if sheet.along_time and n > OPENING_COLUMN and cells[n].formula), None)
    parts = along(cells[first].formula or "") if first is not None else []
    for n, cell in cells.items():
        if first is not None and OPENING_COLUMN < n <= OPENING_COLUMN + sheet.periods:
            if n == first:
                found[EVERY_PERIOD] = book.pattern(sheet, line, n, cell.formula or "")
            elif cell.formula == in_column(parts, n - first):
                continue
        if n != first and cell.formula:
            found[sheet.column(n)] = book.pattern(sheet, line, n, cell.formula)
        elif n != first and n > LABEL and sheet.title not in TYPED and cell.value is not None:
            found[sheet.column(n)] = f"typed {cell.value:g}" if isinstance(cell.value, float) else "typed words"
    return found


# ---- results ---------------------------------------------------------------------------------------------------------


def results(one: Sheet, two: Sheet) -> Iterator[Json]:
    """Lines whose figures differ: how many cells, the first of them, and the one that is furthest off."""
    for name, left, right in shared(one, two):
        before, after = shown(one, left), shown(two, right)
        off = [(column, before.get(column), after.get(column)) for column in dict.fromkeys([*before, *after])
               if not same(before.get(column), after.get(column), NEAR, CENT)]
        if off:
            column, was, now = max(off, key=lambda at: distance(at[1], at[2]))
            yield {**place(one, two, name, column), "cells": len(off), "first": off[0][0], "before": was, "after": now}


def shown(sheet: Sheet, line: int) -> dict[str, Value]:
    """What a line shows beside its label; on the input sheets only what is calculated."""
    cells = sheet.lines[line]
    return {sheet.column(n): cell.value for n, cell in cells.items()
            if cell.formula is not None or (n > LABEL and sheet.title not in (*TYPED, FACTS))}


def distance(was: Value, now: Value) -> float:
    """How far apart two figures are; words are furthest."""
    return abs(was - now) if isinstance(was, float) and isinstance(now, float) else math.inf


def same(was: Value, now: Value, relative: float, absolute: float) -> bool:
    """Whether two cells show the same; what is empty shows nothing, and space around words is not kept by every program."""
    if isinstance(was, float) and isinstance(now, float):
        return math.isclose(was, now, rel_tol=relative, abs_tol=absolute)
    return words(was) == words(now)


def words(value: Value) -> Value:
    """A value without the space around it."""
    return "" if value is None else value.strip() if isinstance(value, str) else value
