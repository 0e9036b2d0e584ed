"""What a run holds itself to: its checks in every scenario, and that every figure is a finite number.

A fault of the model stops the run; a total that the case states and does not meet is for its author (`Check.of_the_case`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from typing import Any

import numpy as np

from model.checks import Check, InEveryMonth, NeverNegative
from model.deal import Deal
from model.errors import CheckError
from model.sheet import PERIOD, Row, Values, evaluate, fit, unfit
from model.sheet.formula import Array

FINITE = "every figure is a finite number"
TOLD, BESIDE = 5, 40  # faults that a message tells, and rows that it names beside one


@dataclass(frozen=True)
class Fault:
    """A row that is wrong: what it breaks, in which scenario and month ("" where it stands for the whole deal), by how much.

    `beside` are the rows that the check compares, with their values there.
    """

    breaks: str
    row: Row
    scenario: str
    month: str
    by: float
    beside: tuple[tuple[Row, float], ...] = ()

    def __str__(self) -> str:
        where = ", ".join(filter(None, (f"scenario {self.scenario}", self.month)))
        size = f"off by {self.by:,.9g} {self.row.unit}" if isfinite(self.by) else f"it is {self.by}"
        rows = [f"{row.key} ({row.label}) {value:,.9g}" for row, value in self.beside[:BESIDE]]
        rows += [f"{len(self.beside) - BESIDE} more"] if len(self.beside) > BESIDE else []
        return f"{self.breaks}: {self.row.key} ({self.row.label}), {where}: {size}" + (f" [{'; '.join(rows)}]" if rows else "")


def stop_at_faults(deal: Deal, values: Values, scenarios: Sequence[str]) -> None:
    """Let nothing be read from books that do not balance. CheckError with row, scenario, month and size of what is wrong."""
    if found := list(islice(faults(deal, values, scenarios), TOLD + 1)):
        told = [*map(str, found[:TOLD]), *(["and more"] if len(found) > TOLD else [])]
        raise CheckError("the books do not balance, nothing is printed: " + "\n  ".join(told))


def faults(deal: Deal, values: Values, scenarios: Sequence[str]) -> Iterator[Fault]:
    """Figures that are no numbers in the order of calculation, then checks of the model that fail; each where it does first."""
    look = _Look(deal, values, scenarios)
    for row in unfit(values):
        yield look.at(FINITE, row, fit(values, row))
    for check in deal.checks:
        if not check.of_the_case and not holds(check, values).all():
            yield look.of(check)


def stop_at_columns(deal: Deal, cases: Sequence[Mapping[str, float]], broken: Array, names: Sequence[str]) -> None:
    """The same where many columns were calculated for few figures, `CheckSum.broken` among them: the first is told in full."""
    if (columns := np.flatnonzero(~(broken <= 0))).size:
        first = int(columns[0])
        stop_at_faults(deal, evaluate(deal.book, deal.columns([cases[first]])), [names[first]])
        raise CheckError(f"scenario {names[first]}: its books balance when it is run alone, but not beside others")


def holds(check: Check, values: Values) -> Array:
    """By scenario, whether a check holds; one that is no number does not."""
    return np.asarray(np.abs(values[check.row("difference")]) <= values[check.row("allowed")])


@dataclass(frozen=True)
class _Look:
    """Where in a run something is wrong."""

    deal: Deal
    values: Values
    scenarios: Sequence[str]

    def at(self, breaks: str, row: Row, fits: Array, *, beside: bool = False) -> Fault:
        """The first scenario, and there the first month, in which a row does not fit."""
        column = int(np.argmin(fits.all(axis=0) if row.per == PERIOD else fits))
        period = int(np.argmin(fits[:, column])) if row.per == PERIOD else None
        return Fault(breaks, row, self.scenarios[column], self.month(period), self.value(row, period, column),
                     tuple(self.beside(row, period, column)) if beside else ())

    def of(self, check: Check) -> Fault:
        """The month in which a check fails; of rows that stand below nothing, the lowest."""
        if not isinstance(check, InEveryMonth):
            return self.at(check.title, check.row("difference"), holds(check, self.values))
        size, allowed = self.values[check.row("size")], self.values[check.row("allowed")]
        fault = self.at(check.title, check.row("size"), np.asarray(size <= allowed), beside=True)
        if isinstance(check, NeverNegative):
            row, value = min(fault.beside, key=lambda one: one[1])
            return Fault(check.title, row, fault.scenario, fault.month, value)
        return fault

    def beside(self, row: Row, period: int | None, column: int) -> Iterator[tuple[Row, float]]:
        """What the check of a row looks at."""
        for link in row.block.rows():
            if link.per == PERIOD and isinstance(link.expr, Row):
                yield link.expr, self.value(link, period, column)

    def value(self, row: Row, period: int | None, column: int) -> float:
        """One cell."""
        found: Any = self.values.one(row, column)
        return float(found if period is None else found[period])

    def month(self, period: int | None) -> str:
        """A period in words."""
        if period is None:
            return ""
        ends = self.deal.timeline.ends
        return f"{ends[period - 1]:%B %Y} (month {period})" if 0 < period <= len(ends) else "as-of date"
