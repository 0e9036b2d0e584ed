"""Numbers and texts as readers see them; what is not defined is a dash, what could move a cursor is dropped."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from model.timeline import from_serial

NOTHING = "-"


def clean(text: Any) -> str:
    """Text of a case without control characters or direction overrides, which could rewrite a terminal."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf") else " " for c in str(text))


def missing(value: Any) -> bool:
    """Whether there is no number to show."""
    return value is None or not math.isfinite(value)


def money(value: float | None, signed: bool = False) -> str:
    """USD m, one decimal, no minus in front of nothing."""
    if value is None or missing(value):
        return NOTHING
    shown = round(value, 1) + 0.0
    return f"{shown:+,.1f}" if signed else f"{shown:,.1f}"


def times(value: float | None) -> str:
    """A ratio, as 1.23x."""
    return NOTHING if value is None or missing(value) else f"{round(value, 2) + 0.0:,.2f}x"


def percent(value: float | None, signed: bool = False) -> str:
    """A share or rate, as 12.3%."""
    if value is None or missing(value):
        return NOTHING
    return f"{value * 100:+.2f}%" if signed else f"{value * 100:.1f}%"


def months(value: float | None) -> str:
    """Months, as 4.5."""
    return NOTHING if value is None or missing(value) else f"{value:,.1f}"


def iso(serial: float) -> str:
    """A serial date as ISO text; never where there is none."""
    return "never" if missing(serial) else from_serial(int(serial)).isoformat()


def in_unit(value: Any, unit: str) -> str:
    """One value of a row in the unit that the row declares."""
    if isinstance(value, str):
        return clean(value)
    number = float(value)
    if unit == "date":
        return iso(number) if missing(number) or number >= 61 else "none"
    if missing(number):
        return "n.a."
    if unit == "flag":
        return "yes" if number else "no"
    if unit in ("rate", "share"):
        return f"{number * 100:.4g}%"
    digits = {"x": 4, "years": 6, "no.": 0, "days": 1, "months": 1, "factor": 6}.get(unit, 3)
    shown = f"{round(number, digits) + 0.0:,.{digits}f}"
    return shown.rstrip("0").rstrip(".") if unit in ("days", "months", "factor") and "." in shown else shown
