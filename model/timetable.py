"""What dates say of a contract: anniversaries, steps from a date on, the windows in which a prepayment is credited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from model.lending import derived
from model.sheet import Sourced
from model.timeline import roll_date, to_serial

YEARS = 40


def anniversaries(start: Any, first: Any, last: date) -> dict[str, list[Sourced]]:
    """The dates of rises up to a day, and how often there was one by then; `first` is the day of the first, if it is stated."""
    begin = first.value if first else roll_date(start.value, 12, start.value.day)
    every = (roll_date(begin, 12 * n, start.value.day if first is None else begin.day) for n in range(YEARS))
    found = [day for day in every if day <= last]
    told = "anniversaries of the start" if first is None else f"every year from the first rise: {first.source}"
    return {"anniversaries": [derived(0.0, "before the first rise"), *(derived(to_serial(d), told) for d in found)],
            "rises": [derived(float(n), "rises by then") for n in range(len(found) + 1)]}


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
