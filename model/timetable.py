"""What dates and curves say of a contract: averages, anniversaries, steps, the windows in which a prepayment is credited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from model.lending import derived
from model.sheet import Sourced
from model.timeline import Curve, Timeline, roll_date, to_serial
from model.timeline.rolls import months_between

LONG = 12000.0
"""Months that lie before every case."""


@cache
def averages(curve: Curve, timeline: Timeline) -> tuple[float, ...]:
    """The average of a curve over the days of each month."""
    return tuple(curve.average(first, last) for first, last in zip(timeline.starts, timeline.ends, strict=True))


def anniversaries(start: Any, first: Any, timeline: Timeline) -> dict[str, Any]:
    """The day whose anniversaries count, and how often there was a rise so many months after it.

    Without `first` it is the start, and the first rise comes a year later; `first` is itself the day of the first rise."""
    day, told = (first or start).value, "anniversaries of the start" if first is None else f"every year from: {first.source}"
    years = range(0 if first else 1, (timeline.count - months_between(timeline.as_of, day)) // 12 + 1)
    return {"base": derived(to_serial(day), told), "base_period": derived(months_between(timeline.as_of, day), told),
            "base_offset": derived(day.day - 1, told),
            "months": [derived(-LONG, "before the first rise"), *(derived(12.0 * n, told) for n in years)],
            "rises": [derived(0.0, "rises by then"), *(derived(float(k), "rises by then") for k, _ in enumerate(years, start=1))]}


def steps(dates: str, values: str, said: Sequence[tuple[date, Any]]) -> dict[str, list[Sourced]]:
    """A value from each date on; nothing before the first."""
    return {dates: [derived(0.0, "before the first date"), *(derived(to_serial(day), number.source) for day, number in said)],
            values: [derived(0.0, "before the first date"), *(Sourced(n.value, n.source, n.grade) for _, n in said)]}


def windows(file: Any, said: Any) -> Iterator[tuple[date, date]]:
    """First and last day of each window of crediting, as signed."""
    if said.credit is None:
        yield said.credit_from.value, said.credit_to.value
        return
    start, end = min(t.start.value for t in file.tranches), max(t.end.value for t in file.tranches)
    rule, after = said.credit, end + timedelta(days=1)
    if rule.rule == "years":
        marks = [roll_date(start, 12 * n, start.day) for n in range(rule.first - 1, rule.last + 1)]
    else:
        marks = [start if rule.rule == "pro_rata" else roll_date(after, -rule.months, after.day), after]
    yield from ((first, last - timedelta(days=1)) for first, last in pairwise(marks))


def days_of(window: tuple[date, date]) -> int:
    """Days of a window, both ends counted."""
    return max(1, (window[1] - window[0]).days + 1)
