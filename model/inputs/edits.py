"""edits.yaml: inputs that hold other numbers than the files of the case lead to, as they were typed in a workbook.

What a case file states itself is changed there. Here stands what no file states one to one: a month of a curve, a number
that follows from dates, or one that stays as it was although another has moved, as an instalment that was frozen at close.
"""

from __future__ import annotations

from datetime import date

from model.inputs.values import Plain, Strict, Told

EDITS = "edits.yaml"


class Month(Strict):
    """What an input over time is in the month that ends on a date."""

    end: date
    value: Plain


class Edit(Told):
    """One input: a single number, or numbers by month."""

    value: Plain | None = None
    months: list[Month] = []


class EditsFile(Strict):
    """edits.yaml; the inputs by the key that `explain` and scenarios.yaml use."""

    inputs: dict[str, Edit] = {}
