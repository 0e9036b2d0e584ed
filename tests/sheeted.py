"""A small book written as a bare workbook and calculated by a spreadsheet program, cell by cell against numpy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from openpyxl import Workbook

from model.sheet import PERIOD, TEXT, Book, Place, Row, evaluate, formula, period_column
from tests.judges import Formualizer, same

PERIOD_ROW, FIRST_LINE = 6, 8


def disagreements(book: Book, path: Path) -> list[str]:
    """Every formula cell on which the spreadsheet program and numpy differ."""
    places = {row: Place(f"Block{number}", line) for number, block in enumerate(book.blocks)
              for line, row in enumerate(block.rows(), FIRST_LINE)}  # fmt: skip
    _write(book, places, path)
    opened, values = Formualizer(path), evaluate(book)
    found = []
    for row in book.rows:
        for cell, period in _cells(book, row, places) if row.expr is not None else ():
            said = values.one(row) if period is None else values.one(row)[period]
            judged = opened.one(places[row].sheet, cell)
            if not same(said, judged, atol=1e-9):
                found.append(f"{row.key} {cell}: {said!r} here, {judged!r} there")
    return found


def _cells(book: Book, row: Row, places: dict[Row, Place]) -> list[tuple[str, int | None]]:
    if row.per != PERIOD:
        return [(f"{places[row].column}{places[row].line}", None)]
    first = 0 if row.declared.opening is True or row.opening_expr is not None else 1
    return [(f"{period_column(period)}{places[row].line}", period) for period in range(first, book.periods + 1)]


def _write(book: Book, places: dict[Row, Place], path: Path) -> None:
    """Formulas without stored values, 0 in every pad, period numbers in their row."""
    workbook = Workbook()
    for number in range(len(book.blocks)):
        page: Any = workbook.create_sheet(f"Block{number}")
        for period in range(book.periods + 1):
            page[f"{period_column(period)}{PERIOD_ROW}"] = period
    for row, place in places.items():
        page = workbook[place.sheet]
        if row.per == PERIOD:
            curve = np.zeros(book.periods + 2)
            if row.input is not None:
                told = np.asarray(row.input.value, dtype=float)
                curve[book.periods + 1 - told.size : book.periods + 1] = told
            for period, value in enumerate(curve):
                page[f"{period_column(period)}{place.line}"] = float(value)
        elif row.input is not None and row.per != TEXT:
            page[f"{place.column}{place.line}"] = row.input.value
        for cell, at in _cells(book, row, places) if row.expr is not None else ():
            page[cell] = formula(row, places, at or 0, book.periods, opening=at == 0)
    workbook.save(path)
