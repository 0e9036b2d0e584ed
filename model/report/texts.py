"""Texts as the XML of a workbook holds them."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.sax.saxutils import escape

_LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def shielded(text: str) -> str:
    """A text in which nothing reads as an escape: OOXML takes `_x0041_` for A, unless its underscore is written `_x005F_`."""
    return _LIKE_AN_ESCAPE.sub("_x005F_", text) if "_x" in text else text


@lru_cache(maxsize=4096)
def as_xstring(text: str) -> str:
    """A text between tags."""
    return escape(shielded(text))
