"""What the company is wired to, and amounts of company.yaml as rows over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum
from typing import Any

from model.box import Box
from model.clock import Clock
from model.company import NO_LIMIT
from model.contracts import Contract
from model.coverage import Pair
from model.debt import Instrument, Statement
from model.drivers import Drivers
from model.inputs.schema import Case
from model.inputs.values import GRADES
from model.lending import by_month, derived, joined
from model.sheet import Block, Row, Sourced
from model.timeline import Timeline


@dataclass(frozen=True)
class Group:
    """What the company is wired to: the blocks that the deal has made before it."""

    case: Case
    timeline: Timeline
    clock: Clock
    drivers: Drivers
    contracts: Mapping[str, Contract]
    boxes: Mapping[str, Box]
    loans: Mapping[str, Statement]
    maturing: Mapping[str, Row] = field(default_factory=dict)  # cash at maturity, by instrument
    notes: Mapping[str, Any] = field(default_factory=dict)  # conversion of each convertible note
    pairs: Sequence[Pair] = ()

    def file(self, key: str) -> Any:
        """The terms of an instrument in the case."""
        return next(one for one in self.case.debt.instruments if one.id == key)

    @cached_property
    def own(self) -> list[Statement]:
        """Debt outside the boxes."""
        inside = {loan.key for box in self.boxes.values() for loan in box.loans}
        return [loan for key, loan in self.loans.items() if key not in inside]

    @cached_property
    def ring_fenced(self) -> dict[str, bool]:
        """Whether a box is kept apart from the company."""
        return {box.id: box.ring_fenced for box in self.case.debt.boxes}

    def promised(self, loan: str) -> Any:
        """The company's own guarantee of a loan; None where somebody else gives it, or nobody."""
        promise = self.file(loan).guarantee
        return promise if promise and promise.provider == self.case.company.name else None

    def limit(self, loans: Sequence[str]) -> Sourced:
        """What the company guarantees of these loans at most."""
        promises = [said for key in loans if (said := self.promised(key))]
        amounts = [said.amount for said in promises if said.amount]
        if len(amounts) < len(promises):
            return derived(NO_LIMIT, "a guarantee without a limit")
        return Sourced(fsum(one.value for one in amounts), joined(one.source for one in amounts) or "no guarantee",
                       weakest(amounts))

    def own_limit(self, box: Box, loans: Sequence[str]) -> Sourced:
        """The limit of the guarantees; none where the box is not kept apart from the company."""
        return self.limit(loans) if self.ring_fenced[box.key] else derived(NO_LIMIT, "debt of the company itself")


def of_own(loans: Iterable[Instrument], *names: str) -> list[Row]:
    """The rows of those names that the instruments have."""
    return [loan.row(name) for loan in loans for name in names if hasattr(type(loan), name)]


def row_of(block: Block | None, name: str) -> list[Row]:
    """A row of a block that may not be there."""
    return [block.row(name)] if block is not None else []


def weakest(numbers: Iterable[Any]) -> str:
    """The weakest grade of several numbers."""
    return max((number.grade for number in numbers), key=GRADES.index, default="derived")


def stream(timeline: Timeline, flows: Sequence[Any], by_year: Mapping[int, Any]) -> Sourced:
    """Amounts on dates and by calendar year as one row over time, with the weakest of their grades.

    A year is spread evenly over its months after the as-of date."""
    row = by_month(timeline, flows)
    for year, number in by_year.items():
        left = 12 - timeline.as_of.month if year == timeline.as_of.year else 12
        for t in (t for t, end in enumerate(timeline.ends) if end.year == year):
            row[t] += number.value / left
    told = [*(flow.amount for flow in flows), *by_year.values()]
    return Sourced(row, joined(number.source for number in told) or "none", weakest(told))


def whole_years(timeline: Timeline) -> Sourced:
    """Whole years since the as-of date, by month."""
    return derived([float(t // 12) for t in range(timeline.count)], "calendar")


def month_flags(timeline: Timeline, months: Iterable[int]) -> Sourced:
    """Months of the year that end something."""
    return derived([float(end.month in set(months)) for end in timeline.ends], "calendar")
