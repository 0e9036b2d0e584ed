"""Tie-outs on Checks: the same figure reached by two ways, and the engine's own figures beside the live ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from model.report.layout import INPUTS
from model.sheet import PERIOD, Row, period_column
from model.sheet.excel import quoted

if TYPE_CHECKING:
    from model.report.workbook import Issue

Cell = tuple[str, float]
LEFT = "{left}"  # the cell of the left side, in the formula of the right one
NEAR, BAND = 1e-6, 0.01  # USD m, x; and how far the average rate may lie from the rates in force


@dataclass(frozen=True)
class Tie:
    """Two sides of a check that is made of cells; `counted` is a condition under which a difference counts."""

    label: str
    left: Cell
    right: Cell | float
    proves: str
    unit: str = "USD m"
    allowed: float = NEAR
    counted: tuple[str, bool] | None = None


def ties(issue: Issue) -> Iterator[Tie]:
    """All of them, those on inputs first."""
    yield _allowed(issue)
    yield _rate(issue)
    yield from _summary(issue)
    yield from _engine(issue)


def over_time(issue: Issue, row: Row, first: int = 1, last: int | None = None) -> Cell:
    """Periods of a row, as a range and added up."""
    place, last = issue.layout.places[row], last or issue.run.deal.book.periods
    sheet = quoted(place.sheet)
    area = f"{sheet}!${period_column(first)}${place.line}:${period_column(last)}${place.line}"
    return area, float(np.nansum(issue.value(row)[first : last + 1]))


def single(issue: Issue, row: Row, period: int = 0) -> Cell:
    """A figure, or one period of a row over time."""
    place, value = issue.layout.places[row], issue.value(row)
    sheet = quoted(place.sheet)
    column = period_column(period) if row.per == PERIOD else place.column
    return f"{sheet}!${column}${place.line}", float(value[period] if row.per == PERIOD else value)


def _allowed(issue: Issue) -> Tie:
    """Inputs as they are live, against the limits beside them."""
    last = issue.page(INPUTS).sheet.max_row
    live, *ends = (f"{INPUTS}!${column}$7:${column}${last}" for column in ("D", *issue.writer.allowed(len(issue.run.names))))
    outside = "+".join(f'SUMPRODUCT(({end}<>"")*({live}{sign}{end}))' for sign, end in zip("<>", ends, strict=True))
    return Tie("Live inputs outside what is allowed", (outside, 0.0), 0.0,
               "No input of the live scenario is below At least or above At most on Inputs.", "no.", 0.0)


def _rate(issue: Issue) -> Tie:
    """Interest of all months over average debt, against the rates in force."""
    stack, end = issue.run.deal.stack, issue.run.deal.book.periods
    interest, rates = over_time(issue, stack.row("contractual_interest")), over_time(issue, stack.row("weighted_rate"), 0)
    months = single(issue, stack.row("months_in_year"))
    before, after = (over_time(issue, stack.row("closing"), first, end + first - 1) for first in (0, 1))
    owed, in_force = before[1] + after[1], issue.value(stack.row("weighted_rate"))[: end + 1]
    rate = interest[1] * months[1] * 2 / owed if owed > NEAR else 0.0
    text = f"IF(SUM({before[0]},{after[0]})>0,SUM({interest[0]})*{months[0]}*(1+1)/SUM({before[0]},{after[0]}),0)"
    nearest = min(max(rate, float(in_force.min())), float(in_force.max()))
    return Tie("Interest / average debt", (text, rate), (f"MIN(MAX({LEFT},MIN({rates[0]})),MAX({rates[0]}))", nearest),
               "The average rate lies within the lowest and the highest weighted rate in force, one point aside.", "rate", BAND)


def _summary(issue: Issue) -> Iterator[Tie]:
    """Years against months."""
    for label, cell, row, total in issue.tied:
        left = float(issue.memory.value("Summary", cell.replace("$", "")))
        right = over_time(issue, row) if total else single(issue, row, issue.run.deal.book.periods)
        yield Tie(f"Summary: {label}", (f"Summary!{cell}", left), (f"SUM({right[0]})" if total else right[0], right[1]),
                  "Years add up to the months." if total else "The last year ends where the last month does.")


def _engine(issue: Issue) -> Iterator[Tie]:
    """Live figures against those of the run, while inputs and scenario are the ones of the run."""
    deal, first = issue.run.deal, issue.run.first or issue.run
    figures = [deal.stack.row(name) for name in ("net", "peak", "due_24_months")]
    figures += [deal.claim.row(name) for name in ("covered_debt", "lowest_clcr")]
    figures += [pair.row(name) for pair in deal.pairs.values() for name in ("min_dscr", "min_clcr", "uncovered_balance")]
    for row in figures:
        found: Any = first.values.one(row, first.names.index(first.scenario))
        if np.isfinite(found):
            block = next(section.block for section in issue.layout.on(issue.layout.places[row].sheet)
                         if any(one is row for _, one in section.rows))
            yield Tie(f"{block.title}: {row.label}", single(issue, row), float(found),
                      "Live figure = engine, while inputs and scenario are those of the run.", row.unit,
                      counted=("Run_EvidenceStale=0", not issue.stale))
