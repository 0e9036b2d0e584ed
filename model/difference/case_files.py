"""The files of the case that each workbook carries, line against line."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from model.report.case_files import told
from model.saved import Lines

Json = Any


def texts(lines: Lines) -> dict[str, list[str]]:
    """Each file as its lines."""
    found: dict[str, list[str]] = {}
    for name, _, text in told(lines):
        found.setdefault(name, []).append(text)
    return found


def changed(before: Lines, after: Lines) -> Iterator[Json]:
    """Files in which lines came, went or changed; lines are counted from 1."""
    one, two = texts(before), texts(after)
    for name in dict.fromkeys([*one, *two]):
        left, right = one.get(name, []), two.get(name, [])
        if left != right:
            blocks = [block for block in SequenceMatcher(None, left, right).get_opcodes() if block[0] != "equal"]
            yield {"file": name, "removed": [said(left, n) for _, first, last, _, _ in blocks for n in range(first, last)],
                   "added": [said(right, n) for _, _, _, first, last in blocks for n in range(first, last)]}


def said(lines: list[str], n: int) -> Json:
    """A line with its number."""
    return {"line": n + 1, "text": lines[n]}
