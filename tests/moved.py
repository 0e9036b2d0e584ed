"""Random changes of inputs as a user of the workbook makes them: other numbers typed into blue cells.

The engine hears the same numbers, and says what every formula cell must show then.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from openpyxl.utils import get_column_letter

from model.cases import Run
from model.errors import CheckError
from model.report.fingerprint import ALLOWED, sum_of_inputs
from model.report.layout import INPUTS, OVER_TIME, Layout, lay_out
from model.sheet import DEAL, PERIOD, Row, evaluate, given, period_column, refresh

Cells = dict[tuple[str, str], float]
BASE = 5  # column E: base; each further scenario has the next
MOST = 40  # inputs that move at once


@dataclass(frozen=True)
class Change:
    """What is typed, and the same for the engine: by row the numbers of all scenarios, and by row and period."""

    scenario: str
    cells: Cells = field(default_factory=dict)
    single: dict[Row, list[float]] = field(default_factory=dict)
    over_time: dict[Row, dict[int, float]] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return f"{self.scenario}: " + ", ".join(f"{sheet}!{cell} = {value!r}" for (sheet, cell), value in self.cells.items())


def changes(run: Run, seed: int, count: int) -> Iterator[tuple[Change, Run]]:
    """So many changes that the engine can calculate, each with the run that it makes of it."""
    chance, layout, made = random.Random(seed), lay_out(run.deal.book.blocks), 0
    rows = [row for row in run.deal.book.inputs if layout.places[row].sheet in (INPUTS, OVER_TIME) and row.per in (DEAL, PERIOD)
            and row is not run.deal.claim.row("moved")]  # which is a formula
    while made < count:
        change = Change(chance.choice(run.names))
        for row in chance.sample(rows, min(len(rows), chance.choice((1, 1, 2, 5, 15, MOST)))):
            _move(run, layout, change, row, chance)
        try:
            yield change, moved(run, change)
        except CheckError:  # a row that is divided by would be 0: refused by the engine, an error in the workbook
            continue
        made += 1


def _move(run: Run, layout: Layout, change: Change, row: Row, chance: random.Random) -> None:
    line = layout.places[row].line
    if row.per == PERIOD:
        first = chance.randint(1, run.deal.book.periods)
        now = run.values.one(row)
        for period in range(first, min(first + chance.choice((1, 3)), run.deal.book.periods + 1)):
            value = other(row, float(now[period]), chance)
            change.over_time.setdefault(row, {})[period] = value
            change.cells[OVER_TIME, f"{period_column(period)}{line}"] = value
        return
    told = [float(run.values.one(row, number)) for number in range(len(run.names))]
    typed = run.told.get(row.key, told)
    number = chance.choice((0, 0, run.names.index(change.scenario)))
    value = other(row, told[number], chance)
    if value in typed:  # what a scenario shares with base is left empty by the writer
        return
    # an empty cell takes the base value, so a new base moves all scenarios that leave the input alone
    follows = [n == number or (number == 0 and typed[n] == typed[0]) for n in range(len(told))]
    change.single[row] = [value if follows[n] else old for n, old in enumerate(told)]
    change.cells[INPUTS, f"{get_column_letter(BASE + number)}{line}"] = value


def other(row: Row, now: float, chance: random.Random) -> float:
    """Another number within the allowed range of an input."""
    told = row.declared
    low, high = (told.low, told.high) if isinstance(told, given) else (None, None)
    above = told.above if isinstance(told, given) else None
    if row.unit == "flag":
        return 1.0 - now
    if row.unit in ("no.", "date", "days", "months"):
        value = now + chance.choice((-2, -1, 1, 2, 7))
    elif now == 0:
        value = chance.uniform(low or 0.0, min(high or 1.0, 1.0))
    else:
        value = now * chance.uniform(0.7, 1.4)
    value = value if low is None else max(value, low)
    value = value if high is None else min(value, high)
    return value if above is None or value > above else now


def moved(run: Run, change: Change) -> Run:
    """The run that the engine makes of a change; what it stamped stays that of the first, and is known to be of other inputs."""
    told = {**run.told, **{row.key: numbers for row, numbers in change.single.items()}}
    with retold(run, change.over_time):
        values = evaluate(run.deal.book, told)
    now = Run(run.deal, values, change.scenario, told, run)
    if not has_moved(run, now):
        return now
    stale = {run.deal.claim.row("moved").key: [1.0] * len(run.names)}
    return replace(now, values=refresh(values, stale), told={**told, **stale})


def has_moved(run: Run, now: Run) -> bool:
    """Whether the sum over all inputs tells the inputs of two runs apart."""
    cells: Any = SimpleNamespace(run=run, layout=lay_out(run.deal.book.blocks), claim=run.deal.claim)
    return abs(sum_of_inputs(cells, run) - sum_of_inputs(cells, now)) > ALLOWED


@contextmanager
def retold(run: Run, over_time: Mapping[Row, Mapping[int, float]]) -> Iterator[None]:
    """The book with other numbers in its curves for a while."""
    before = {row: row.input for row in over_time}
    for row, numbers in over_time.items():
        assert row.input is not None
        curve = run.values.one(row)[:-1].copy()
        for period, value in numbers.items():
            curve[period] = value
        row.input = replace(row.input, value=curve)
    try:
        yield
    finally:
        for row, told in before.items():
            row.input = told
