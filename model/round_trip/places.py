"""Where numbers stand in the files of a case, and other text put in their place, so that all else stays to the byte."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from model.inputs.document import Path
from model.inputs.schema import Case
from model.inputs.values import GRADES

Span = tuple[int, int]
BOM = "\ufeff"


def places_of(case: Case) -> dict[int, tuple[str, Path]]:
    """File and path of everything that a case file says, by the identity of what it was read as."""
    models = {"case.yaml": case.general, "contracts.yaml": case.contracts, "debt.yaml": case.debt, "company.yaml": case.company}
    return {id(said): (file, path) for file, model in models.items() for path, said in _parts(model, ())}


def _parts(said: object, path: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(said, BaseModel):
        yield path, said
        for name in said.model_fields_set:
            yield from _parts(getattr(said, name), (*path, name))
    elif isinstance(said, list | dict):
        for key, part in said.items() if isinstance(said, dict) else enumerate(said):
            yield from _parts(part, (*path, key))


@dataclass
class Text:
    """A file of YAML with the place of every value, and what is to be put there instead."""

    raw: bytes
    spans: dict[Path, Span] = field(default_factory=dict)
    changes: dict[Span, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find every value."""
        self.marked = self.raw.decode("utf-8-sig")
        self.events = iter(YAML(typ="safe", pure=True).parse(self.marked))
        for event in self.events:
            if isinstance(event, NodeEvent):
                self._value(event, ())

    def put(self, path: Path, value: Any) -> None:
        """Another value at a path that is there; a mapping of numbers is written as one."""
        self.changes[self.spans[path]] = flow(value)

    def written(self) -> bytes:
        """The file with all changes."""
        text = self.marked
        for (start, end), new in sorted(self.changes.items(), reverse=True):
            text = text[:start] + new + text[end:]
        return ((BOM if self.raw.startswith(BOM.encode()) else "") + text).encode()

    def _value(self, event: Any, path: Path) -> int:
        """Note a value; where it ends, without the blank lines and comments behind it."""
        start, end = int(event.start_mark.index), int(event.end_mark.index)
        if isinstance(event, MappingStartEvent):
            end = self._mapping(event, path)
        elif isinstance(event, SequenceStartEvent):
            end = self._sequence(event, path)
        else:
            end = start + len(self.marked[start:end].rstrip())
        self.spans[path] = (start, end)
        return end

    def _mapping(self, begin: Any, path: Path) -> int:
        last = int(begin.end_mark.index)
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                return int(event.end_mark.index) if begin.flow_style else last
            last = self._value(next(self.events), (*path, _key(event)))
        return last

    def _sequence(self, begin: Any, path: Path) -> int:
        last = int(begin.end_mark.index)
        for number, event in enumerate(self.events):
            if isinstance(event, SequenceEndEvent):
                return int(event.end_mark.index) if begin.flow_style else last
            last = self._value(event, (*path, number))
        return last


def _key(event: Any) -> str | int:
    text = str(event.value)
    return int(text) if event.style is None and text.isdecimal() else text


def flow(value: Any) -> str:
    """A value as YAML in one line: JSON is YAML, and text between quotes stays text."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, float):
        return number(value)
    return value if value in GRADES else json.dumps(value, ensure_ascii=False)


def number(value: float) -> str:
    """A number as short as it can be said without losing a bit."""
    return repr(value).removesuffix(".0")
