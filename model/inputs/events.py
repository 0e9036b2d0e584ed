"""The events of a YAML text, by either of two parsers that say the same.

libyaml, through PyYAML, takes a twentieth of the time of ruamel.yaml, but reads YAML 1.1 and words its faults otherwise. It
has its say where a text holds nothing on which they could differ: printable characters without escapes, directives, tabs,
other line ends or a colon glued to a quoted key, and nothing but filled plain and quoted scalars, sequences and mappings.
What only the slow one can read is shorter, and neither is asked for more than can be nested: both need time that grows
with the square of the depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

MAX_DEPTH = 20
MAX_SLOW = 250_000  # characters: about three seconds
_ABOVE = "\xa1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"  # beyond ASCII, no line ends and no marks
_DOUBTFUL = re.compile(rf"""[^ -\[\]-~\n{_ABOVE}]|^%|["'\]}}]\s*:(?![ \n])""", re.MULTILINE)
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
    text = text.replace("\r\n", "\n")
    found = None if _DOUBTFUL.search(text) else quickly(text)
    if found is None and len(text) > MAX_SLOW:
        raise BrokenError(_broken_at(text), f"{len(text)} characters", f"at most {MAX_SLOW} in a file that is no valid YAML, or "
                          "holds tabs, backslashes, block texts (| >), keys without a value, tags or anchors")
    return slowly(text) if found is None else iter(found)


def quickly(text: str) -> list[Event] | None:
    """What libyaml says; None where it is not there, refuses the text, or finds in it what is not simple."""
    if _LIBYAML is None:
        return None
    try:
        found = list(_by_libyaml(text))
    except yaml.YAMLError:
        return None
    return found if all(map(_is_simple, found)) else None


def _by_libyaml(text: str) -> Iterator[Event]:
    """Its events, no deeper than anyone reads."""
    assert _LIBYAML is not None
    parser, depth = _LIBYAML(text), 0
    while depth <= MAX_DEPTH + 4 and parser.check_event():
        found = _event(parser.get_event())
        depth += found.kind.endswith("Start") - found.kind.endswith("End")
        yield found


def _broken_at(text: str) -> int:
    """The line where libyaml can read no further; the first where it is not there or reads everything."""
    try:
        for _ in _by_libyaml(text) if _LIBYAML else ():
            pass
    except yaml.MarkedYAMLError as error:
        return error.problem_mark.line + 1 if error.problem_mark else 1
    except yaml.YAMLError:
        pass
    return 1


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
    if kind == "DocumentStart" and (told.version or told.tags):
        return Event(kind, line, "a line that starts with %")
    if kind == "Scalar":
        return Event(kind, line, told.value, told.style or None, told.anchor, told.tag)
    return Event(kind, line, anchor=getattr(told, "anchor", None), tag=getattr(told, "tag", None))


def _is_simple(event: Event) -> bool:
    """Not so an empty value, which each of them finds on a line of its own."""
    empty = event.kind == "Scalar" and event.value == "" and event.style is None
    return not empty and event.anchor is None and event.tag is None and event.style not in ("|", ">")
