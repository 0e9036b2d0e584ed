"""Values of a case file: numbers and dates with source and grade, amounts on dates; and what a block asks for of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from model.sheet import Block, Sourced, given, givens
from model.timeline import to_serial

Grade = Literal["filing", "transcription", "press", "third-party", "derived", "assumed"]
GRADES: tuple[str, ...] = ("filing", "transcription", "press", "third-party", "derived", "assumed")
WHOLE = ("flag", "days")  # units of inputs that move in whole numbers only
SLUG = r"^[a-z0-9][a-z0-9.-]{0,39}$"
Slug = Annotated[str, Field(pattern=SLUG, description="lower-case letters, digits, . and -")]
_UNSEEN = r"\x{200b}\x{2060}-\x{2064}\x{206a}-\x{206f}\x{feff}"  # marks of direction stay: names are written both ways
SHOWN = rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_UNSEEN}\x{{fffe}}\x{{ffff}}]*$"  # what a page and a cell can hold
Text = Annotated[str, Field(min_length=1, max_length=400, pattern=SHOWN)]


class Strict(BaseModel):
    """Unknown keys are refused, nothing is converted behind the user's back.

    Validators are built when a file is read (`defer_build`): once for the whole file and not for each of its parts.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


def _number(value: Any) -> Any:
    """An integer is a number; a boolean is not; nothing infinite."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a plain number, such as 1234.5")
    if not abs(value) <= 1e12:
        raise ValueError("must be a finite number, at most 1e12")
    return float(value)


Plain = Annotated[float, BeforeValidator(_number)]


class Number(Strict):
    """A number with its unit, its source and the word that grades the evidence."""

    value: Plain
    unit: str
    source: Text
    grade: Grade


class Ranged(Number):
    """A number that may be uncertain: `range` holds the ends between which it lies, `value` the central case."""

    range: Annotated[list[Plain], Field(min_length=2, max_length=2)] | None = None

    @model_validator(mode="after")
    def _inside(self) -> Ranged:
        if self.range is not None and not (self.range[0] <= self.value <= self.range[1] and self.range[0] < self.range[1]):
            raise ValueError(f"range: two different ends, low before high, with the value {self.value:g} between them")
        return self


class Day(Strict):
    """A date with its source and grade."""

    value: date
    source: Text
    grade: Grade


def number_of(told: given) -> Any:
    """The type of one asked number: its unit and its range."""

    def check(number: Ranged) -> Ranged:
        if number.unit != told.unit:
            raise ValueError(f"unit must be {told.unit!r}, not {number.unit!r}")
        if not told.admits(number.value):
            raise ValueError(f"allowed: {told.allowed()}{as_fraction(told.unit, number.value, told.admits)}")
        if wrong := [reason for end in number.range or () if (reason := refused(told, end))]:
            raise ValueError(f"range: {'; '.join(wrong)}")
        return number

    return Annotated[Ranged, AfterValidator(check)]


def as_fraction(unit: str, value: float, admits: Callable[[float], bool]) -> str:
    """How per cent or basis points are written, where the number seen may be meant so."""
    if unit in ("rate", "share") and admits(value / 100):
        return f"; for {value:g} % write {value / 100:g}"
    return f"; for {value:g} bp write {value / 1e4:g}" if unit == "rate" and admits(value / 1e4) else ""


def refused(told: given, value: float) -> str:
    """Why an input may not be moved to a value; nothing where it may."""
    if told.kind == "date":
        return "no date: what follows from it would stay; move it by days"
    if told.unit in WHOLE and value % 1:
        return f"{value:g} is no whole number"
    return "" if told.admits(value) else f"{value:g}: allowed: {told.allowed()}"


def asked(cls: type[Block], *, required: bool = True) -> dict[str, Any]:
    """The fields that a block asks of a case file, as pydantic wants them; all optional unless `required`."""
    return dict(_asked(cls, required))  # type: ignore[arg-type]  # mypy takes a class for one of its objects


@cache
def _asked(cls: type[Block], required: bool) -> dict[str, Any]:
    """Kinds share most of their clauses, so each is asked many times."""
    fields: dict[str, Any] = {}
    for name, told in givens(cls).items():
        if not told.ask:
            continue
        kind: Any = Day if told.kind == "date" else number_of(told)
        note = Field(description=f"{told.label} [{told.unit}]")
        needed = required and told.default is None
        fields[name] = (Annotated[kind, note], ...) if needed else (Annotated[kind | None, note], None)
    return fields


def sourced(value: Number | Day) -> Sourced:
    """A number or date of a case file as the language takes it."""
    number = float(to_serial(value.value)) if isinstance(value, Day) else value.value
    low, high = getattr(value, "range", None) or (None, None)
    return Sourced(number, value.source, value.grade, low=low, high=high, origin=value)


def bindings(file: Any, cls: type[Block]) -> dict[str, Sourced]:
    """What a case file says of the givens that a block asks for."""
    found = {name: getattr(file, name) for name in asked(cls)}
    return {name: sourced(value) for name, value in found.items() if value is not None}


class Flow(Strict):
    """An amount on a date."""

    date: date
    amount: Number


class Told(Strict):
    """Terms that share one source."""

    source: Text
    grade: Grade


COUNTS = ("filing", "transcription", "press")
"""Evidence on which support may stand."""


class Promise(Told):
    """A documented promise of somebody else: who, when, and how much at most. Support, never coverage."""

    provider: Text
    trigger: Text
    amount: Number | None = None
    cap: Number | None = None

    @property
    def limit(self) -> Number | None:
        """The most that it brings."""
        return self.amount or self.cap


def may_count(promise: Promise | None, limit: Number | None) -> bool:
    """Whether a support counts: with amount or cap, and a source of press grade or better (RULES 6)."""
    return bool(promise and limit and limit.value > 0 and promise.grade in COUNTS and limit.grade != "assumed")
