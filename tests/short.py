"""The starter case over three years less: all its lines, and half of its cells to calculate anew.

For tests of how a workbook is written, read, typed into and compared, which takes as long as there are months.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from model.inputs import write_starter
from tests.delivered import folder_for

EARLIER = {
    "contracts.yaml": [("2030-12-31", "2027-12-31", 2), ("2031-06-30", "2028-06-30", 2), ("value: 12,", "value: 22.08,", 1),
                       ("value: 7.8,", "value: 14.44,", 1), ("2028-12-31", "2026-12-31", 1)],
    "debt.yaml": [("2030-12-31", "2027-12-31", 1), ("2030-06-15", "2027-06-15", 1)],
    "case.yaml": [("    2026: {value: 58,", "    2026: {value: 130,", 1), ("    2027: {value: 58,", "    2027: {value: 250,", 1),
                  *((f"    {year}: {{value: {amount}, unit: USD m, source: debt.yaml, grade: assumed}}\n", "", 1)
                    for year, amount in ((2028, 48), (2029, 48), (2030, 168)))],
}
"""By file what is replaced, by what, and how often it stands there."""


def write_short(folder: Path) -> Path:
    """Into a new folder."""
    write_starter(folder)
    for name, changes in EARLIER.items():
        text = (folder / name).read_text("utf-8")
        for old, new, times in changes:
            assert text.count(old) == times, (name, old)
            text = text.replace(old, new)
        (folder / name).write_text(text, "utf-8")
    return folder


@cache
def short() -> Path:
    """One folder for all tests, which nobody changes."""
    return write_short(folder_for("short") / "starter")
