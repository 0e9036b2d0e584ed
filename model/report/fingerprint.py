"""One number for all inputs as they stand in the workbook: what was stamped is current only while it has not moved.

It adds up what is typed, in every scenario, so that choosing another scenario leaves it alone. Lines and columns further
on count more often: a number moved between two inputs, or between two scenarios, changes the sum.
"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

import numpy as np

from model.report.layout import INPUTS, OVER_TIME
from model.sheet import PERIOD, TEXT, Row, period_column

if TYPE_CHECKING:
    from model.cases import Run
    from model.report.workbook import Issue

ALLOWED, COUNTED = 1e-5, 1e6  # what two sums over all inputs may differ by; inputs from here on mean that there is no limit
SUMS = 50  # parts in which the input sheet is added up
BASE = 5  # its column of base values; one column a further scenario follows


def typed(issue: Issue, run: Run) -> list[tuple[int, int, float]]:
    """Single inputs that are numbers: line, scenario and value; a scenario that leaves one alone has an empty cell."""
    found = []
    for line, row in _single(issue):
        told = run.told.get(row.key)
        assert row.input is not None
        base = float(told[0]) if told else row.input.number
        found.append((line, 0, base))
        found += [(line, n, float(value)) for n, value in enumerate(told or ()) if n and value != base]
    return found


def sum_of_inputs(issue: Issue, run: Run) -> float:
    """All inputs of a run in one number."""
    return fsum(value for _, value in parts_of_inputs(issue, run))


def parts_of_inputs(issue: Issue, run: Run, counted: str = "") -> list[tuple[str, float]]:
    """The same in parts that are to be added up, each from the cells and as the engine has it.

    Words and what stands for no limit at all, from the number in the cell `counted` on, count as nothing."""
    lines = [line for line, _ in _single(issue)]
    first, last, right = min(lines), max(lines), len(issue.run.names) - 1
    held = np.array([one for one in typed(issue, run) if one[2] < COUNTED])
    found = [(f"{INPUTS}!${_scenario(0)}${start}:${_scenario(right)}${last}", held[:, 0] >= start) for start in _starts(issue)]
    found += [(f"{INPUTS}!${_scenario(n)}${first}:${_scenario(right)}${last}", held[:, 1] >= n) for n in range(1, right + 1)]
    parts = [(f'=SUMIF({area},"<"&{counted})', float(held[wanted, 2].sum())) for area, wanted in found]
    if over_time := _over_time(issue):
        at, end = [line for line, _ in over_time], period_column(issue.run.deal.book.periods)
        rows = [run.values.one(row, 0)[:-1] for _, row in over_time]
        area = f"'{OVER_TIME}'!${period_column(0)}${min(at)}:${end}${max(at)}"
        parts.append((f'=SUMIF({area},"<"&{counted})', fsum(float(row[row < COUNTED].sum()) for row in rows)))
    return parts


def _scenario(number: int) -> str:
    """The column of a scenario on the input sheet."""
    return period_column(BASE + number - 6)


def _single(issue: Issue) -> list[tuple[int, Row]]:
    """Single inputs that are numbers, each with its line; that they have moved is no input itself."""
    return [(place.line, row) for row, place in issue.layout.places.items() if place.sheet == INPUTS
            and row.input is not None and row.per not in (PERIOD, TEXT) and row is not issue.claim.row("moved")]


def _over_time(issue: Issue) -> list[tuple[int, Row]]:
    """Inputs over time, each with its line."""
    return [(place.line, row) for row, place in issue.layout.places.items() if place.sheet == OVER_TIME and row.per == PERIOD]


def _starts(issue: Issue) -> list[int]:
    """Lines of the input sheet from which it is added up once more."""
    lines = [line for line, _ in _single(issue)]
    return list(range(min(lines), max(lines) + 1, max(1, -(-(max(lines) - min(lines) + 1) // SUMS))))
