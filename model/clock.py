"""The clock of a deal: periods and their dates, as givens that Python computed."""

from __future__ import annotations

from model.sheet import PERIOD, Block, Sourced, given
from model.timeline import Timeline, to_serial

_FROM_DATES = "calendar, computed from the as-of date"


class Clock(Block):
    """Monthly periods; period 1 begins on the day after the as-of date."""

    number = given("no.", "Period", per=PERIOD)
    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    before = given("date", "End of the period before", per=PERIOD)
    days = given("days", "Days in period", per=PERIOD, above=0)
    year = given("year", "Calendar year", per=PERIOD)


def clock(timeline: Timeline) -> Clock:
    """The clock block of a timeline. The opening column shows the as-of date."""
    def row(values: list[float]) -> Sourced:
        return Sourced(values, source=_FROM_DATES, grade="derived")

    return Clock(
        "Time",
        number=row([0, *range(1, timeline.count + 1)]),
        starts=row([to_serial(d) for d in timeline.starts]),
        ends=row([to_serial(timeline.as_of), *(to_serial(d) for d in timeline.ends)]),
        before=row([to_serial(d) for d in (timeline.as_of, *timeline.ends[:-1])]),
        days=row(list(timeline.days)),
        year=row([timeline.as_of.year, *(d.year for d in timeline.ends)]),
    )
