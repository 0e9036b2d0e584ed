"""What pydantic finds, in plain words at the place in the file where it stands."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from model.inputs.contracts import CONTRACTS
from model.inputs.document import MOST, Document, Path, shown
from model.inputs.instruments import INSTRUMENTS
from model.inputs.parts import Kinds
from model.inputs.schema import COVENANT_FILES, StepFile
from model.inputs.values import SHOWN, Day, Number, Ranged
from model.timeline import from_serial

ISO_DATE = "an ISO date: 2028-03-31"
KEY = "[key]"
AGES = ("resale", "residual")  # tables by age; all others are by calendar year
BY_KIND: dict[str | int, Kinds] = {"instruments": INSTRUMENTS, "contracts": CONTRACTS, "covenants": COVENANT_FILES}
TEXT_OR_KEYS, AS_TEXT = "steps", "constrained-str"  # a list of plain texts, or of texts with a source
WITH = {Number: "a number with ", Ranged: "a number with ", Day: "a date with "}
RANGE_ELSEWHERE = "; what enters no single input of the model has its range in scenarios.yaml, under ranges"

PRINTED = "text without control characters"
AS_SLUG = "lower-case letters, digits, . and -, at most 40, a letter or digit first"
_TYPES = {
    "string_type": "text; put quotes around it if it looks like a number or a date",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "list_type": "a list: one element a line, each after a hyphen",
    "dict_type": "keys with values below it",
    "date_type": ISO_DATE,
    "invalid_key": "a key that is text",
    "string_too_short": "text that is not empty",
    "string_unicode": PRINTED,
}


def note_errors(document: Document, model: type[BaseModel], error: ValidationError) -> None:
    """Turn every error of a validation into a finding of the document."""
    errors = error.errors(include_url=False)
    if len(errors) > MOST:
        document.note((), f"{len(errors)} findings", f"the first {MOST} are told", line=1)
    for found in errors[:MOST]:
        if _other_form(document, found["loc"]):
            continue
        path = _in_file(document, found["loc"])
        place, seen, allowed = _told(document, model, path, dict(found))
        document.note(place, seen, allowed)


def _in_file(document: Document, loc: tuple[str | int, ...]) -> Path:
    """A pydantic location as a path of the file: without the form of a step, with keys as they were read."""
    path: Path = ()
    for n, part in enumerate(loc):
        if n > 1 and loc[n - 2] == TEXT_OR_KEYS and part in (AS_TEXT, "StepFile"):
            continue
        here = document.at(path)
        asked_as_text = isinstance(here, dict) and part not in here and isinstance(part, str)
        number = int(part) if asked_as_text and re.fullmatch(r"-?[0-9]{1,31}", str(part)) else part
        path = (*path, number if isinstance(here, dict) and number in here else part)
    return path


def _kinds(path: Path) -> Kinds | None:
    """The types of an element, where its list has several, by its path."""
    return BY_KIND.get(path[-2]) if len(path) > 1 else None


def _other_form(document: Document, loc: tuple[str | int, ...]) -> bool:
    """What is wrong with a step read as text, where it was written with keys, or the other way round."""
    n = loc.index(TEXT_OR_KEYS) + 2 if TEXT_OR_KEYS in loc else len(loc)
    return n < len(loc) and loc[n] == (AS_TEXT if isinstance(document.at(loc[:n]), dict) else "StepFile")


def _told(document: Document, model: type[BaseModel], path: Path, found: Mapping[str, Any]) -> tuple[Path, object, str]:
    """Place, value seen, what is allowed."""
    kind, seen = str(found["type"]), found["input"]
    if kind == "missing":
        central = ", the central case of the range" if path[-1] == "value" and document.at((*path[:-1], "range")) else ""
        return path, None, f"required: {_meaning(model, document, path)}{central}"
    if kind in ("extra_forbidden", "invalid_key"):
        return path, path[-1], _unknown_key(model, document, path)
    if kind.startswith("union_tag") and (kinds := _kinds(path)) is not None:
        word = seen.get(kinds.key)
        return (*path, kinds.key), word, f"one of {', '.join(kinds)}{_close(word, kinds)}"
    if kind == "value_error":
        return _refused(path, seen, str(found["ctx"]["error"]))
    if kind.startswith("model_"):
        return path, seen, _meaning(model, document, path)
    allowed = _type_words(kind, found.get("ctx") or {}, seen) or str(found["msg"])
    if path and path[-1] == KEY:
        return path[:-1], path[-2], f"a key that is {allowed}" if kind != "int_type" else _key_of(path)
    return path, seen, allowed


def _key_of(path: Path) -> str:
    """What a key that is a whole number stands for."""
    return "an age in whole years as key: 3" if path[-3] in AGES else "a year as key: 2028"


def _refused(path: Path, seen: object, said: str) -> tuple[Path, object, str]:
    """A number that `schema.py` refuses: its unit, its range, or not a number at all."""
    if not isinstance(seen, Number | dict) or path[-1:] == ("value",):
        return path, seen, said
    number = seen.model_dump() if isinstance(seen, Number) else seen
    if said.startswith("unit"):
        return (*path, "unit"), number.get("unit"), said
    if said.startswith("range"):
        return (*path, "range"), number.get("range"), said.removeprefix("range: ")
    return (*path, "value"), number, said


def _type_words(kind: str, ctx: Mapping[str, Any], seen: object) -> str:
    if kind == "literal_error":
        if str(ctx["expected"]) == "True":
            return "true, or no key at all"
        options = str(ctx["expected"]).replace(" or ", ", ").replace("'", "")
        return f"one of {options}{_close(seen, options.split(', '))}"
    if kind == "string_pattern_mismatch":
        return PRINTED if ctx["pattern"] == SHOWN else AS_SLUG
    if kind == "string_too_long":
        return f"text of at most {ctx['max_length']} characters"
    if kind == "too_short":
        return f"at least {ctx['min_length']} key with values below it" if isinstance(seen, dict) else (
            f"a list of at least {ctx['min_length']} element" + "s" * (ctx["min_length"] > 1))
    if kind == "too_long":
        most = ctx["max_length"]
        return f"at most {most} of them" if isinstance(seen, dict) else f"a list of at most {most} elements"
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"at least {ctx['ge']}" if "ge" in ctx else f"at most {ctx['le']}"
    if kind.startswith("date"):
        if isinstance(seen, int) and 20_000 < seen < 80_000:
            return f"{ISO_DATE}; {seen} may be {from_serial(seen)} as spreadsheets count days"
        return ISO_DATE
    return _TYPES.get(kind, "")


def _close(seen: object, options: Mapping[str, Any] | list[str]) -> str:
    near = difflib.get_close_matches(shown(seen), list(options), n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else ""


def _unknown_key(model: type[BaseModel], document: Document, path: Path) -> str:
    parent = _type_at(model, document, path[:-1])
    keys = list(parent.model_fields) if _is_model(parent) else []
    hint = RANGE_ELSEWHERE if path[-1] == "range" else _close(path[-1], keys)
    return f"not a key here; allowed: {', '.join(keys)}{hint}"


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _meaning(model: type[BaseModel], document: Document, path: Path) -> str:
    """What a place should hold: its description with the unit, or its type in words."""
    parent = _type_at(model, document, path[:-1]) if path else None
    fields: dict[str, FieldInfo] = getattr(parent, "model_fields", {})
    told = fields.get(str(path[-1])) if path else None
    words = _words(_type_at(model, document, path))
    return f"{told.description}: {words}" if told is not None and told.description else words


def _words(kind: Any) -> str:
    """A type in words."""
    if get_origin(kind) is Literal:
        return f"one of {', '.join(map(str, get_args(kind)))}"
    if _is_model(kind):
        keys = ", ".join(kind.model_fields)
        return WITH.get(kind, "keys with values below it: ") + keys
    plain = {date: ISO_DATE, str: "text", bool: "true or false", int: "a whole number", float: "a plain number"}
    return plain.get(get_origin(kind) or kind, "a list" if get_origin(kind) is list else "keys with values below it")


def _type_at(model: type[BaseModel], document: Document, path: Path) -> Any:
    """The type that the schema has at a path of the file; None where it has none."""
    kind: Any = model
    for depth, part in enumerate(path):
        kind = _step(kind, part)
        here = path[: depth + 1]
        if (kinds := _kinds(here)) is not None:
            kind = kinds.get(document.at((*here, kinds.key)), kind)
        elif get_origin(kind) in (Union, UnionType) and TEXT_OR_KEYS in here:
            kind = StepFile
    return kind


def _step(kind: Any, part: str | int) -> Any:
    if _is_model(kind):
        told = kind.model_fields.get(str(part))
        return _bare(told.annotation) if told is not None else None
    if get_origin(kind) in (list, dict):
        return _bare(get_args(kind)[-1])
    return None


def _bare(kind: Any) -> Any:
    """A type without its annotations and without the None of an optional."""
    while hasattr(kind, "__metadata__"):
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, UnionType):
        left = [k for k in get_args(kind) if k is not type(None)]
        return _bare(left[0]) if len(left) == 1 else kind
    return kind


def empty_values(document: Document) -> Iterator[Path]:
    """Keys that stand without a value, and so say nothing."""
    noted = {path for _, path, *_ in document.notes}
    yield from (path for path in document.lines if path and document.at(path) is None and "?" not in path
                and path not in noted)
