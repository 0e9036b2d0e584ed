"""Business days: the Federal Reserve Banks (payments) and the SOFR fixing days.

Standing rules only: an unscheduled close (a storm, a day of mourning) is not known here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

HolidayRule = Callable[[int], frozenset[date]]

_ONE_DAY = timedelta(days=1)
_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_JUNETEENTH_FROM = 2022  # law of 17 June 2021; markets and Reserve Banks stayed open on 18 June 2021
_RULES = ("none", "following", "modified_following", "preceding", "modified_preceding")


@dataclass(frozen=True)
class Calendar:
    """Weekdays less the holidays that `holidays` gives for each calendar year."""

    name: str
    holidays: HolidayRule

    def is_business_day(self, d: date) -> bool:
        """Whether `d` is neither a weekend day nor a holiday."""
        return d.weekday() < _SATURDAY and d not in self.holidays(d.year)

    def adjust(self, d: date, rule: str) -> date:
        """Move `d` to a business day (ISDA 2006 section 4.12); "none" leaves it.

        The modified rules turn round rather than leave the calendar month.
        ValueError for an unknown rule.
        """
        if rule not in _RULES:
            raise ValueError(f"unknown business day rule {rule!r}; allowed: {', '.join(_RULES)}")
        if rule == "none" or self.is_business_day(d):
            return d
        step = _ONE_DAY if rule.endswith("following") else -_ONE_DAY
        moved = self._roll(d, step)
        return self._roll(d, -step) if rule.startswith("modified") and moved.month != d.month else moved

    def advance(self, d: date, n: int) -> date:
        """The date `n` business days after `d`, or before it where `n` is negative.

        `d` itself is not counted; with `n` = 0 it moves to the following business day.
        """
        if n == 0:
            return self.adjust(d, "following")
        step = _ONE_DAY if n > 0 else -_ONE_DAY
        for _ in range(abs(n)):
            d = self._roll(d + step, step)
        return d

    def _roll(self, d: date, step: timedelta) -> date:
        while not self.is_business_day(d):
            d += step
        return d


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def _last_monday_of_may(year: int) -> date:
    end = date(year, 5, 31)
    return end - timedelta(days=end.weekday())


def _sunday_to_monday(d: date) -> date:
    return d + _ONE_DAY if d.weekday() == _SUNDAY else d


def _nearest_weekday(d: date) -> date:
    return d - _ONE_DAY if d.weekday() == _SATURDAY else _sunday_to_monday(d)


def _easter_sunday(year: int) -> date:
    """Western Easter (the anonymous Gregorian reckoning, Nature, 20 April 1876)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - moon_shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _monday_holidays(year: int) -> set[date]:
    """King, Washington, Memorial, Labor and Columbus days, and Thanksgiving (5 U.S.C. 6103)."""
    return {
        _nth(year, 1, _MONDAY, 3),
        _nth(year, 2, _MONDAY, 3),
        _last_monday_of_may(year),
        _nth(year, 9, _MONDAY, 1),
        _nth(year, 10, _MONDAY, 2),
        _nth(year, 11, _THURSDAY, 4),
    }


def _summer_and_christmas(year: int) -> list[date]:
    juneteenth = [date(year, 6, 19)] if year >= _JUNETEENTH_FROM else []
    return [*juneteenth, date(year, 7, 4), date(year, 12, 25)]


@cache
def _federal_reserve(year: int) -> frozenset[date]:
    fixed = [date(year, 1, 1), *_summer_and_christmas(year), date(year, 11, 11)]
    return frozenset(_monday_holidays(year) | set(map(_sunday_to_monday, fixed)))


@cache
def _sofr_fixing(year: int) -> frozenset[date]:
    good_friday = _easter_sunday(year) - timedelta(days=2)
    kept = {_sunday_to_monday(date(year, 1, 1)), _sunday_to_monday(date(year, 11, 11)), good_friday}
    return frozenset(_monday_holidays(year) | kept | set(map(_nearest_weekday, _summer_and_christmas(year))))


#: Federal Reserve Banks (frbservices.org): a Sunday holiday moves to Monday, a Saturday one is not moved.
FEDERAL_RESERVE = Calendar("Federal Reserve", _federal_reserve)

#: Days for which the New York Fed publishes SOFR. Every Good Friday is out, also those on which
#: SIFMA recommends an early close only (2021, 2023, 2026): on these the term "U.S. Government
#: Securities Business Day" of a credit agreement says open, yet no rate is published.
SOFR_FIXING = Calendar("SOFR fixing", _sofr_fixing)
