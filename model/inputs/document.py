"""One YAML file as plain Python, with the line of every key and element.

YAML 1.2 core and ISO dates only: `NO` and `12:30` stay text. What reads differently from how it looks (anchors,
aliases, merge keys, tags, a key given twice, a second document) is refused. Lines are kept by path, as
("contracts", 0, "id").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from model.errors import Finding
from model.inputs.events import MAX_DEPTH, BrokenError, Event, events

Path = tuple[str | int, ...]
MOST = 200
"""Findings after which a file is not read on."""

_NODES = ("Alias", "Scalar", "SequenceStart", "MappingStart")
_WORDS: dict[str, Any] = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_EMPTY = ("", "~", "null", "Null", "NULL")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,30})", re.ASCII)
_DECIMAL = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class _UnreadableError(Exception):
    """The rest of the file cannot be read."""


def shown(value: object) -> str:
    """A value as a finding shows it: 60 characters at most."""
    if isinstance(value, dict) and "value" in value:
        value = f"{shown(value['value'])} {shown(value.get('unit', 'without unit'))}"
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        value = str(value).lower()
    text = f"{value:.12g}" if isinstance(value, float) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


@dataclass
class Document:
    """One file: its data, the line of each path, and what is wrong with its text."""

    file: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    notes: list[tuple[int, Path, str, str, bool]] = field(default_factory=list)
    readable: bool = True

    def line(self, path: Path) -> int:
        """The line of a path, or of its nearest parent that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def name(self, path: Path) -> str:
        """The path as readers write it: elements of lists by their id where they have one."""
        data, words = self.data, ""
        for part in path:
            inside = _inside(data, part)
            if isinstance(part, int) and not isinstance(data, dict):
                words += f"[{_id_of(inside, part)}]"
            else:
                words += f".{shown(part)}" if words else shown(part)
            data = inside
        return words or "file"

    def at(self, path: Path) -> Any:
        """What stands at a path; None where nothing does."""
        data = self.data
        for part in path:
            data = _inside(data, part)
        return data

    def note(self, path: Path, seen: object, allowed: str, *, line: int = 0, warning: bool = False) -> None:
        """Keep a finding; it stands at the line of its path where no other is named."""
        self.notes.append((line or self.line(path), path, shown(seen), allowed, warning))

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with the file. Paths are named last, when every id is known."""
        return [Finding(self.file, line, self.name(path), seen, allowed, warning)
                for line, path, seen, allowed, warning in self.notes]


def _inside(data: Any, part: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data):
        return data[part]
    return None


def _id_of(element: Any, index: int) -> str:
    name = element.get("id") if isinstance(element, dict) else None
    return shown(name) if isinstance(name, str) and name else str(index)


def read_document(file: str, raw: bytes) -> Document:
    """Read a file of YAML. Findings stand in the document; `readable` is False where its data cannot be used."""
    document = Document(file)
    try:
        _Builder(document, events(_text(document, raw))).build()
    except BrokenError as fault:
        line, seen, allowed = fault.args
        document.note((), seen, allowed, line=line)
        document.readable = False
    except _UnreadableError:
        document.readable = False
    return document


def _text(document: Document, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        document.note((), "other bytes", "UTF-8 text", line=raw.count(b"\n", 0, error.start) + 1)
        raise _UnreadableError from error


class _Builder:
    """Events to data, in one pass, with every finding on the way."""

    def __init__(self, document: Document, events: Iterator[Event]) -> None:
        self.document, self.events = document, events

    def build(self) -> None:
        """Read the one document of the file."""
        for event in self.events:
            if event.kind == "DocumentStart":
                self._document(event)
            elif event.kind in _NODES:
                self.document.lines[()] = event.line
                self.document.data = self._value(event, ())

    def _document(self, event: Event) -> None:
        if () in self.document.lines:
            self.document.note((), "---", "one document a file", line=event.line)
            raise _UnreadableError
        if event.value:
            self.document.note((), event.value, "no directives here: a file is read as YAML 1.2", line=1)

    def _value(self, event: Event, path: Path) -> Any:
        self._refuse_tricks(event, path)
        if len(path) > MAX_DEPTH:
            self.document.note(path[:3], "deep nesting", f"at most {MAX_DEPTH} levels", line=event.line)
            raise _UnreadableError
        if len(self.document.notes) >= MOST:
            self.document.note((), f"{MOST} findings", "the rest of the file was not read", line=event.line)
            raise _UnreadableError
        if event.kind == "MappingStart":
            return self._mapping(path)
        if event.kind == "SequenceStart":
            return self._sequence(path)
        return _plain(event) if event.kind == "Scalar" else None

    def _refuse_tricks(self, event: Event, path: Path) -> None:
        if event.kind == "Alias":
            self.document.note(path, f"*{event.anchor}", "no aliases here: write the value out", line=event.line)
            return
        if event.anchor:
            self.document.note(path, f"&{event.anchor}", "no anchors here: write the value out", line=event.line)
        if event.tag:
            self.document.note(path, event.tag, "no tags here: the type follows from the value", line=event.line)

    def _sequence(self, path: Path) -> list[Any]:
        result: list[Any] = []
        for event in self.events:
            if event.kind in ("SequenceEnd", "DocumentEnd"):
                break
            here = (*path, len(result))
            self.document.lines[here] = event.line
            result.append(self._value(event, here))
        return result

    def _mapping(self, path: Path) -> dict[str | int, Any]:
        result: dict[str | int, Any] = {}
        for event in self.events:
            if event.kind in ("MappingEnd", "DocumentEnd"):
                break
            key = self._key(event, path)
            here = path if key is None else (*path, key)
            twice = key is not None and key in result
            if key is None or twice:
                self._value(next(self.events), (*path, "?"))
            if twice:
                self.document.note(here, key, f"a key once; it stands on line {self.document.line(here)} already",
                                   line=event.line)
            elif key is not None:
                self.document.lines[here] = event.line
                result[key] = self._value(next(self.events), here)
        return result

    def _key(self, event: Event, path: Path) -> str | int | None:
        """A key that is text or a year; None where it is not, with a finding."""
        value = self._value(event, path if event.kind in ("Scalar", "Alias") else (*path, "?"))
        if event.kind == "Scalar" and value == "<<":
            self.document.note(path, "<<", "no merge keys here: write the keys out", line=event.line)
            return None
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if event.kind != "Alias":
            self.document.note(path, value, "a key that is plain text or a year", line=event.line)
        return None


def _plain(event: Event) -> Any:
    """A scalar as YAML 1.2 core reads it; a plain ISO date is a date."""
    text = event.value
    if event.style is not None:
        return text
    if text in _EMPTY:
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and not re.fullmatch(r"[-+]?0[0-9]+", text) and len(text) < 400:
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return _date(text) if _DATE.fullmatch(text) else _WORDS.get(text, text)


def _date(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
