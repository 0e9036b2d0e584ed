"""The events of a YAML text, by either of two parsers that say the same.

libyaml, through PyYAML, takes a twentieth of the time of ruamel.yaml, but reads YAML 1.1 and words its faults otherwise. It
has its say where a text holds nothing on which they could differ: printable ASCII without escapes, directives, tabs,
carriage returns or a colon glued to a quoted key, and nothing but filled plain and quoted scalars, sequences and mappings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

_DOUBTFUL = re.compile(r"""[^ -\[\]-~\n]|^%|["'\]}]\s*:(?![ \n])""", re.MULTILINE)
_LIBYAML = getattr(yaml, "CBaseLoader", None)  # PyYAML may be built without


class Event(NamedTuple):
    """What the parser found: the name of its class; where it begins, its line; of nodes what a reader must know."""

    kind: str
    line: int
    value: str = ""
    style: str | None = None  # of a scalar: None where it is plain
    anchor: str | None = None
    tag: Any = None


class BrokenError(Exception):
    """A fault of syntax: its line, what is seen there, what is allowed."""

    def __init__(self, line: int, seen: str, allowed: str) -> None:
        super().__init__(line, seen, allowed)


def events(text: str) -> Iterator[Event]:
    """The events of a text; BrokenError where it can be read no further."""
    found = None if _DOUBTFUL.search(text) else quickly(text)
    return slowly(text) if found is None else iter(found)


def quickly(text: str) -> list[Event] | None:
    """What libyaml says; None where it is not there, refuses the text, or finds in it what is not simple."""
    if _LIBYAML is None:
        return None
    parser, found = _LIBYAML(text), []
    try:
        while parser.check_event():
            found.append(_event(parser.get_event()))
    except yaml.YAMLError:
        return None
    return found if all(map(_is_simple, found)) else None


def slowly(text: str) -> Iterator[Event]:
    """What ruamel.yaml says."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        yield from map(_event, YAML(typ="safe", pure=True).parse(text))
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise BrokenError(line, f"character {error.character!r}", "printable text") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = f"valid YAML: {error.problem or error.context}"
        raise BrokenError(mark.line + 1 if mark else 1, "broken YAML", said) from error
    except (YAMLError, ValueError, LookupError, AttributeError, AssertionError, TypeError) as error:
        raise BrokenError(1, "broken YAML", f"valid YAML: {error or type(error).__name__}") from error


def _event(told: Any) -> Event:
    """Both parsers name events and what they hold alike."""
    kind = type(told).__name__.removesuffix("Event")
    line = 0 if kind.endswith("End") else told.start_mark.line + 1
    if kind == "Scalar":
        return Event(kind, line, told.value, told.style or None, told.anchor, told.tag)
    return Event(kind, line, anchor=getattr(told, "anchor", None), tag=getattr(told, "tag", None))


def _is_simple(event: Event) -> bool:
    """Not so an empty value, which each of them finds on a line of its own."""
    empty = event.kind == "Scalar" and event.value == "" and event.style is None
    return not empty and event.anchor is None and event.tag is None and event.style not in ("|", ">")
