"""The monthly timeline of a case: period 1 starts the day after the as-of date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from model.timeline.rolls import is_month_end, months_between, roll_date

MAX_PERIODS = 240


@dataclass(frozen=True)
class Timeline:
    """Calendar-month periods 1..count after `as_of`.

    ValueError where `as_of` is not a month end or `count` is outside 1..240.
    """

    as_of: date
    count: int

    def __post_init__(self) -> None:
        """Refuse an as-of date inside a month and a count outside 1..240."""
        if not is_month_end(self.as_of):
            raise ValueError(f"as_of must be a month end, not {self.as_of}")
        if not 1 <= self.count <= MAX_PERIODS:
            raise ValueError(f"count must be 1..{MAX_PERIODS} months, not {self.count}")

    @cached_property
    def ends(self) -> tuple[date, ...]:
        """Last calendar day of each period."""
        return tuple(roll_date(self.as_of, k, 31) for k in range(1, self.count + 1))

    @cached_property
    def starts(self) -> tuple[date, ...]:
        """First calendar day of each period."""
        return tuple(end + timedelta(days=1) for end in (self.as_of, *self.ends[:-1]))

    @cached_property
    def days(self) -> tuple[int, ...]:
        """Calendar days in each period, both ends counted."""
        return tuple(end.day for end in self.ends)

    @property
    def last(self) -> date:
        """Last day of the last period."""
        return self.ends[-1]

    def period_of(self, d: date) -> int:
        """The period `d` falls in: 1..count; 0 on or before `as_of`; count + 1 after the last end."""
        return min(max(months_between(self.as_of, d), 0), self.count + 1)
