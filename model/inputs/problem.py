"""One rule broken by a case: in which file, at which path, what was seen, what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from model.errors import Finding
from model.inputs.document import Path, shown
from model.inputs.schema import Case
from model.inputs.values import as_fraction

CASE, CONTRACTS, DEBT, SCENARIOS = "case.yaml", "contracts.yaml", "debt.yaml", "scenarios.yaml"
USD_M = "USD m"


@dataclass(frozen=True)
class Problem:
    """A rule that does not hold, at a place of the case."""

    file: str
    path: Path
    seen: object
    allowed: str
    warning: bool = False

    def finding(self, line: int, name: str) -> Finding:
        """The finding, once the line and the name of its place are known."""
        return Finding(self.file, line, name, shown(self.seen), self.allowed, self.warning)


Problems = Iterator[Problem]
Rule = Callable[[Case], Problems]


def amount(number: Any) -> float:
    """The value of a number, 0 where the case does not give it."""
    return 0.0 if number is None else float(number.value)


def unit_and_range(file: str, path: Path, number: Any, unit: str, low: float = 0.0, high: float = 1e12) -> Problems:
    """A number whose unit and range follow from where it stands."""
    if number is None:
        return
    if number.unit != unit:
        yield Problem(file, (*path, "unit"), number.unit, f"unit must be {unit!r}, not {number.unit!r}")
    elif not low <= number.value <= high:
        top = f" and at most {high:g}" if high < 1e12 else ""
        hint = as_fraction(unit, number.value, lambda value: low <= value <= high)
        yield Problem(file, (*path, "value"), number.value, f"allowed: {unit}, at least {low:g}{top}{hint}")


def in_order(file: str, path: Path, item: Any, first: str, last: str) -> Problems:
    """Two dates of an element, the first not after the last."""
    begin: date = getattr(item, first).value
    end: date = getattr(item, last).value
    if begin > end:
        yield Problem(file, (*path, last), end, f"a date on or after {first}, {begin}")
