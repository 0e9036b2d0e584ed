"""A workbook in which numbers were typed at random, and what a spreadsheet program makes of it beside the engine."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import formualizer

from model.cases import Run
from model.deal import Deal
from model.edited import why_not
from model.report.layout import INPUTS, OVER_TIME, Layout, lay_out
from model.sheet import PERIOD, TEXT, Row, period_column
from tests.delivered import the_book, the_run
from tests.judges import Formualizer, _plain, content, same

SELECTOR = (INPUTS, "D8")
Cells = dict[tuple[str, str], float]


@cache
def layout(case: Path) -> Layout:
    return lay_out(the_run(case).deal.book.blocks)


def cell_of(case: Path, key: str, where: str | int = "base") -> tuple[str, str]:
    """The cell of an input: its base value, its value in a scenario, or in a period."""
    done = the_run(case)
    line = layout(case).places[done.deal.book.by_key[key]].line
    if isinstance(where, int):
        return OVER_TIME, f"{period_column(where)}{line}"
    return INPUTS, f"{period_column(5 + done.names.index(where) - 6)}{line}"


def at_random(case: Path, seed: int, count: int) -> Cells:
    """Numbers that may be typed, into so many blue cells: base values, scenarios and months."""
    done, rng, found = the_run(case), random.Random(seed), Cells()
    deal = done.deal
    for key in rng.sample(sorted(deal.typed), min(count, len(deal.typed))):
        row = deal.book.by_key[key]
        period, scenario = rng.randint(1, deal.timeline.count), "base"
        if key in deal.in_scenarios and rng.random() < 0.4:
            scenario = rng.choice(done.names)
        value = _another(rng, row, period, deal.timeline.count)
        if not why_not(row, value):
            found[cell_of(case, key, period if row.per == PERIOD else scenario)] = value
    return found


def _another(rng: random.Random, row: Row, period: int, periods: int) -> float:
    told: Any = row.input.value if row.input else 0.0  # over time also with the opening column
    value = float(told[period - periods - 1]) if row.per == PERIOD else float(told)
    if row.unit == "flag":
        return 1 - value
    if row.unit in ("days", "no.", "months"):
        return value + rng.choice([1, 2, 15])
    return value * rng.choice([0.8, 0.95, 1.05, 1.3]) if value else rng.choice([0.01, 0.02])


def apart(case: Path, path: Path, edited: Run) -> list[str]:
    """Rows whose cells, calculated anew in this copy of a case's workbook, do not show what the engine says of the edited case.

    Left out are the words and shares of evidence, which follow the grade of typed numbers, and what rests on T4 and on which
    support counts: the engine finds both again, and the workbook says that they are stale.
    """
    deal, periods, book = the_run(case).deal, the_run(case).deal.timeline.count, Formualizer(path)
    places, areas = layout(case).places, content(the_book(case)).areas
    tables = {sheet: book.book[sheet].get_values(formualizer.RangeAddress(sheet, 1, 1, *areas[sheet]))
              for sheet in {place.sheet for place in places.values()}}
    wrong = []
    for row, place in places.items():
        if row.input is None and row not in resting(deal) and not row.key.startswith("evidence."):
            line, value = tables[place.sheet][place.line - 1], edited.read(edited.deal.book.by_key[row.key])
            pairs = zip(line[6:6 + periods], value[1:-1], strict=True) if row.per == PERIOD else [(line[3], value)]
            wrong += [f"{row.key}: sheet {seen}, engine {value}" for seen, value in pairs if not same(_plain(seen), value)]
    return wrong


@cache
def resting(deal: Deal) -> frozenset[Row]:
    """Rows that rest on what is stamped, or on words typed in."""
    found = {row for row in deal.book.inputs if row.key in deal.stamped or row.per == TEXT}
    for knot in deal.book.order:
        for row in (*knot.rows, *knot.rows):
            if not found.isdisjoint(deal.book.needs[row]):
                found.add(row)
    return frozenset(found)
