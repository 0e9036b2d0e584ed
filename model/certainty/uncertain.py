"""What is uncertain in a case: numbers with a range, and the ranges of scenarios.yaml; how far the inputs move with each.

A range is walked on the straight line from the central case (0) to one of its ends (1). Instalments that were frozen at
close stay as they are (RULES 10), and what a scenario sets itself is not uncertain under that scenario.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from model.deal import Deal
from model.errors import Finding
from model.inputs.check_ranges import located, ranged_numbers
from model.inputs.problem import SCENARIOS, Problem
from model.inputs.values import WHOLE
from model.sheet import DEAL, Row, given

End = Literal["low", "high"]
ENDS: tuple[End, End] = ("low", "high")


@dataclass(frozen=True, eq=False)
class Uncertain:
    """One uncertain thing: the inputs that move with it, each from its base value to what it is at either end."""

    name: str
    title: str
    unit: str
    source: str
    grade: str
    base: Mapping[str, float]
    low: Mapping[str, float]
    high: Mapping[str, float]

    def end(self, end: End) -> Mapping[str, float]:
        """The inputs at one end."""
        return self.low if end == "low" else self.high

    def moves_to(self, end: End) -> bool:
        """Whether that end lies anywhere but at the base."""
        return any(self.end(end)[key] != base for key, base in self.base.items())

    def level(self, key: str, end: End, way: float) -> float:
        """An input so far on the way from the base to an end."""
        return self.end(end)[key] * way + self.base[key] * (1 - way)


def uncertain_inputs(deal: Deal) -> list[Uncertain]:
    """Everything uncertain in a case, by name: so the order of the files changes nothing."""
    return sorted((*_ranged_numbers(deal), *_declared(deal)), key=lambda one: one.name)


def _ranged_numbers(deal: Deal) -> Iterator[Uncertain]:
    """A number of the case moves every row that is bound to it: a contract, its copy as signed, parts of a prepayment."""
    bound: dict[int, list[Row]] = {}
    for row in ranged_rows(deal):
        bound.setdefault(_origin(row), []).append(row)
    for rows in bound.values():
        told = rows[0].input
        assert told is not None
        assert told.low is not None
        assert told.high is not None
        yield Uncertain(rows[0].key, f"{rows[0].block.title}: {rows[0].label}", rows[0].unit, told.source, told.grade,
                        *({row.key: x for row in rows} for x in (told.number, told.low, told.high)))


def ranged_rows(deal: Deal) -> list[Row]:
    """Single inputs of the book whose number has a range."""
    return [row for row in deal.book.inputs if row.per == DEAL and row.input is not None and row.input.low is not None]


def unmoved_ranges(deal: Deal) -> Iterator[Finding]:
    """Numbers whose range would move nothing: they enter no single input of the book."""
    bound = {id(row.input.origin) for row in ranged_rows(deal) if row.input is not None}
    for file, path, number in ranged_numbers(deal.case):
        if id(number) not in bound:
            yield located(deal.case, Problem(file, (*path, "range"), number.range, "no range here: it enters no single input "
                                             "of the model; say it in scenarios.yaml, under ranges"))


def ranges_around_base(deal: Deal) -> Iterator[Finding]:
    """Ranges of scenarios.yaml that leave the base case out, or move an input that has a range of its own."""
    alone = {row.key for row in ranged_rows(deal)}
    for one in _declared(deal):
        for key, base in one.base.items():
            if key not in (said := deal.case.scenarios.ranges[one.name]).low and key not in said.high:
                continue  # it moves with one that is named
            end: End = "low" if key in said.low else "high"
            place = ("ranges", one.name, end, key)
            if not min(one.low[key], one.high[key]) <= base <= max(one.low[key], one.high[key]):
                yield located(deal.case, Problem(SCENARIOS, place, one.end(end)[key], f"ends around the base case, {base:g}"))
            if key in alone:
                yield located(deal.case, Problem(SCENARIOS, place, key, "an input without a range of its own: one is enough"))


def _declared(deal: Deal) -> Iterator[Uncertain]:
    """The ranges of scenarios.yaml; an input that only one end names stays at its base at the other.

    What is bound to the same number of the case as an input that moves, moves with it.
    """
    bound: dict[int, list[Row]] = {}
    for row in deal.book.inputs if deal.case.scenarios.ranges else ():
        bound.setdefault(_origin(row), []).append(row)
    for name, told in deal.case.scenarios.ranges.items():
        named = list(dict.fromkeys((*told.low, *told.high)))
        unit = deal.book.by_key[named[0]].unit if len(named) == 1 else ""
        twins = {key: [row.key for row in bound[_origin(deal.book.overridable(key))]] for key in named}
        ends = [{twin: end.get(key, deal.base(key)) for key in named for twin in twins[key]}
                for end in ({}, told.low, told.high)]
        yield Uncertain(name, told.title, unit, told.source, told.grade, *ends)


def _origin(row: Row) -> int:
    """Rows with the same are bound to one number of the case."""
    assert row.input is not None
    return id(row if row.input.origin is None else row.input.origin)


# ---- moving them -----------------------------------------------------------------------------------------------------

Point = tuple[tuple[Uncertain, End, float], ...]
"""Uncertain inputs with the end that each is moved towards, and how far on the way; none: the central case."""


def overrides(deal: Deal, scenario: str, point: Point) -> dict[str, float]:
    """The inputs at a point, moved from where a scenario holds them; kept within what each admits."""
    held, found = deal.scenarios[scenario], dict[str, float]()
    for one, end, way in point:
        for key, base in one.base.items():
            level = one.level(key, end, way) + (held.get(key, base) - base)
            found[key] = admitted(deal.book.by_key[key], level)
    return found


def admitted(row: Row, level: float) -> float:
    """A level as the input takes it: whole where it counts days, never beyond its limits."""
    told = row.declared
    level = float(round(level)) if told.unit in WHOLE else level
    if not isinstance(told, given):
        return level
    level = level if told.low is None else max(told.low, level)
    return level if told.high is None else min(told.high, level)
