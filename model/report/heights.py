"""How many lines a text takes in a column, so that its row is made high enough."""

from __future__ import annotations

from functools import cache
from unicodedata import east_asian_width


@cache
def lines_of(text: str, width: float, size: float = 9) -> int:
    """Lines that a wrapped text takes in a column of that width; East Asian characters count double."""
    room = max(int(width * 10.4 / size), 1)
    if len(text) <= room and text.isascii() and text.isprintable():
        return 1
    doubled = text if text.isascii() else "".join(c + c if east_asian_width(c) in "WF" else c for c in text)
    return sum(_wrapped(part, room) for part in doubled.split("\n"))


def _wrapped(text: str, room: int) -> int:
    """Lines that words fill in so many characters; `textwrap` makes the lines themselves, in ten times the time."""
    lines, used = 1, 0
    for size in map(len, text.split()):
        end = min(used + (used > 0), room) + size
        if end > room:  # on the next line; what is longer than a line is cut, and begins on this one
            lines, end = (lines + 1, size) if size <= room else (lines + (end - 1) // room, (end - 1) % room + 1)
        used = end
    return lines
