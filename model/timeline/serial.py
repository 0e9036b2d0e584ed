"""Dates as spreadsheet serial numbers (the Excel 1900 date system)."""

from __future__ import annotations

from datetime import date

# Excel holds 1900 for a leap year, so its day 0 is 1899-12-30 only from 1900-03-01 on.
_DAY_ZERO = date(1899, 12, 30).toordinal()
_FIRST = 61
_LAST = date.max.toordinal() - _DAY_ZERO


def to_serial(d: date) -> int:
    """Excel 1900 serial number of `d`, in days: 61 is 1900-03-01. ValueError for earlier dates."""
    return _checked(d.toordinal() - _DAY_ZERO)


def from_serial(n: int) -> date:
    """The date of an Excel 1900 serial number. ValueError outside 1900-03-01 .. 9999-12-31."""
    return date.fromordinal(_checked(n) + _DAY_ZERO)


def _checked(n: int) -> int:
    if not _FIRST <= n <= _LAST:
        raise ValueError(f"serial {n} is outside {_FIRST}..{_LAST} (1900-03-01..9999-12-31)")
    return n
