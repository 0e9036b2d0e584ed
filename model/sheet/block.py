"""Blocks: a class declares the rows of a thing once; an object of it stands in the book with its own inputs.

    class Step(Block):
        available = given("USD m", "Cash from the level above", per=PERIOD)
        due = given("USD m", "Amount due", per=PERIOD)

        @line("USD m")
        def paid(self) -> Expr:
            '''Amount paid'''
            return minimum(self.available, self.due)

A `given` bound to a number is an input, bound to a row it is a link. A row's method is called once, when the book is
built, with rows instead of numbers: it may name rows that are declared further down, itself one period earlier included.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, SupportsFloat, overload

from model.errors import BuildError
from model.sheet.formula import Expr, Group, Term, term

Per = Literal["period", "deal", "text"]
PERIOD: Per = "period"
DEAL: Per = "deal"
TEXT: Per = "text"


@dataclass(frozen=True)
class Sourced:
    """A value with the place it comes from and the word that grades the evidence.

    `value` is a number, a text, or one number a period (optionally with the opening column in front).
    `low` and `high` are the ends of the range that the case states; rows bound to one `origin` move together.
    """

    value: float | str | Sequence[float]
    source: str = ""
    grade: str = ""
    cases: Mapping[str, float] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    origin: object = field(default=None, compare=False, repr=False)

    @property
    def number(self) -> float:
        """The value, where it is a single number."""
        assert isinstance(self.value, SupportsFloat)
        return float(self.value)


Binding = "Row | Sourced | float | str | Sequence[float]"


class Row(Expr):
    """One line item: its cell or cells, what it means, and either an input value or a formula."""

    __slots__ = ("_opening", "_write", "block", "declared", "expr", "input", "opening_expr")

    def __init__(self, block: Block, declared: Declared, write: Callable[[], Expr] | None, source: Sourced | None):
        self.block, self.declared = block, declared
        self._write, self.input = write, source
        self.expr: Expr | None = None
        self.opening_expr: Expr | None = None

    @property
    def key(self) -> str:
        """The address used by scenarios and by `explain`, as `ddtl-2-0.interest`."""
        return f"{self.block.key}.{self.declared.name}"

    @property
    def label(self) -> str:
        return self.declared.label

    @property
    def unit(self) -> str:
        return self.declared.unit

    @property
    def per(self) -> Per:
        return self.declared.per

    @property
    def is_link(self) -> bool:
        return isinstance(self.expr, Row)

    def write(self) -> None:
        """Call the declaring method, once."""
        if self._write is not None and self.expr is None:
            self.expr = term(self._write())
            opening = getattr(self.declared, "opening", None)
            if isinstance(opening, str):
                self.opening_expr = getattr(self.block, opening)

    def __repr__(self) -> str:
        return f"<Row {self.key}>"


class Declared:
    """What a class says of one of its rows: name, unit, label, timing, source."""

    name: str
    unit: str
    label: str
    timing: str = ""
    source: str = ""
    per: Per = PERIOD
    opening: str | bool | None = None
    above: float | None = None
    low: float | None = None
    key_line: bool = False
    sums: bool = False

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def row_of(self, block: Block) -> Row:
        raise NotImplementedError

    @overload
    def __get__(self, block: None, owner: type) -> Declared: ...
    @overload
    def __get__(self, block: Block, owner: type) -> Row: ...
    def __get__(self, block: Block | None, owner: type) -> Declared | Row:
        if block is None:
            return self
        if self.name not in block.own_rows:
            block.own_rows[self.name] = self.row_of(block)
        return block.own_rows[self.name]


class given(Declared):  # noqa: N801 - reads as a word of the language
    """What a block is told: a number with its source, or a row of another block.

    `ask` marks what a case file states; the rest is wired. `kind` tells a date (held as a serial number) from a number.
    """

    def __init__(self, unit: str, label: str, *, per: Per = DEAL, default: float | str | None = None,
                 low: float | None = None, high: float | None = None, above: float | None = None,
                 timing: str = "", source: str = "", kind: str = "", ask: bool = False) -> None:
        self.unit, self.label, self.per, self.default = unit, label, per, default
        self.low, self.high, self.above, self.kind, self.ask = low, high, above, kind, ask
        self.timing, self.source = timing, source
        self.opening = True

    def allowed(self) -> str:
        """The allowed range in words."""
        parts = [f"above {self.above:g}"] if self.above is not None else []
        parts += [f"at least {self.low:g}"] if self.low is not None else []
        parts += [f"at most {self.high:g}"] if self.high is not None else []
        return f"{self.unit}, " + (" and ".join(parts) or "any number")

    def admits(self, value: float) -> bool:
        """Whether a number lies in the allowed range."""
        return not ((self.low is not None and value < self.low) or (self.high is not None and value > self.high)
                    or (self.above is not None and value <= self.above))

    def row_of(self, block: Block) -> Row:
        bound = block.bound(self)
        if isinstance(bound, Row):
            return Row(block, self, lambda: bound, None)
        if isinstance(bound, Expr):
            raise BuildError(f"{block.key}.{self.name} is bound to a formula: give that a name as a row")
        return Row(block, self, None, bound if isinstance(bound, Sourced) else Sourced(bound))


class many(Declared):  # noqa: N801 - reads as a word of the language
    """Any number of rows of other blocks, which stand one under the other as links."""

    def __init__(self, unit: str, label: str, *, per: Per = PERIOD) -> None:
        self.unit, self.label, self.per, self.opening = unit, label, per, True

    # on a block a group stands for many rows, where other declarations stand for one
    @overload  # type: ignore[override]
    def __get__(self, block: None, owner: type) -> Declared: ...
    @overload
    def __get__(self, block: Block, owner: type) -> Group: ...
    def __get__(self, block: Block | None, owner: type) -> Declared | Group:
        if block is None:
            return self
        return Group(tuple(self.rows_of(block)))

    def rows_of(self, block: Block) -> Iterator[Row]:
        """The link rows, made at first use."""
        targets = block.bound(self)
        labels: list[str] = []
        for number, target in enumerate(targets, start=1):
            name = f"{self.name}_{number}"
            if name not in block.own_rows:
                labels = labels or self._labels(targets)
                block.own_rows[name] = _Member(self, name, target, labels[number - 1]).row_of(block)
            yield block.own_rows[name]

    def _labels(self, targets: Sequence[Row | Sourced]) -> list[str]:
        """What each link shows: the title of the block it comes from; where that is not enough its own label, or a number."""
        shown = [f"{self.label}: {target.block.title}" if isinstance(target, Row) else self.label for target in targets]
        once = Counter(shown)
        shown = [f"{label}: {target.label}" if once[label] > 1 and isinstance(target, Row) else label
                 for label, target in zip(shown, targets, strict=True)]
        once = Counter(shown)
        return [f"{label}, {number}" if once[label] > 1 else label for number, label in enumerate(shown, start=1)]


class _Member(Declared):
    """One link row of a `many`."""

    def __init__(self, group: many, name: str, target: Row | Sourced, label: str) -> None:
        self.name, self.unit, self.per, self.opening = name, group.unit, group.per, True
        self.target, self.label = target, label

    def row_of(self, block: Block) -> Row:
        target = self.target
        if isinstance(target, Row):
            return Row(block, self, lambda: target, None)
        return Row(block, self, None, target)


class _Line(Declared):
    """A row with a formula."""

    def __init__(self, method: Callable[[Any], Term], unit: str, per: Per, opening: str | bool | None = None,
                 key: bool = False, above: float | None = None, sums: bool = False) -> None:
        self.method, self.unit, self.per, self.opening, self.key_line = method, unit, per, opening, key
        self.above, self.sums = above, sums
        self.label, self.timing, self.source = _read_docstring(method)

    def row_of(self, block: Block) -> Row:
        return Row(block, self, lambda: term(self.method(block)), None)


def _read_docstring(method: Callable[..., Any]) -> tuple[str, str, str]:
    """Label from the first line, timing from what follows, source from the line that begins so."""
    text = inspect.getdoc(method)
    if not text:
        raise BuildError(f"row {method.__qualname__} has no docstring: its first line is the label")
    label, _, rest = text.partition("\n")
    found = re.search(r"^Source:\s*(.*)", rest, re.M | re.S)
    timing = re.sub(r"\s+", " ", rest[: found.start()] if found else rest).strip()
    return label.strip(), timing, re.sub(r"\s+", " ", found.group(1)).strip() if found else ""


Method = Callable[[Any], Term]


def line(unit: str, *, opening: str | bool | None = None, key: bool = False, sums: bool = False,
         above: float | None = None) -> Callable[[Method], _Line]:
    """A row over time. `opening` names the row of the opening column; True repeats the formula there.

    `key` marks a line that readers look for, `sums` a flow whose total over time means something. `above` promises that
    every value is higher, so that the row may be divided by; the run holds it to that.
    """
    return lambda method: _Line(method, unit, PERIOD, opening, key, above, sums)


def figure(unit: str, *, key: bool = False) -> Callable[[Method], _Line]:
    """One value for the whole deal."""
    return lambda method: _Line(method, unit, DEAL, key=key)


def words() -> Callable[[Method], _Line]:
    """One text for the whole deal."""
    return lambda method: _Line(method, "text", TEXT)


class Block:
    """A thing with rows: a contract, a loan, a level of the waterfall.

    `title` is shown to readers and may come from an input file; `key` is plain and safe.
    """

    def __init__(self, title: str, *, key: str | None = None, **bindings: Any) -> None:
        self.title = title
        self.key = key or slug(title)
        self.own_rows: dict[str, Row] = {}
        if unknown := set(bindings) - bindable(type(self)):
            raise BuildError(f"{type(self).__name__} {title!r} has no given called {', '.join(sorted(unknown))}")
        self._bindings = bindings

    def bind(self, **bindings: Any) -> None:
        """Wire givens after the object was made, for blocks that look at one another."""
        self._bindings |= bindings

    def bound(self, declared: Declared) -> Any:
        """What a given was bound to, or its default."""
        if declared.name in self._bindings:
            return self._bindings[declared.name]
        default = getattr(declared, "default", None)
        if default is None:
            raise BuildError(f"{self.key}.{declared.name} is not given and has no default")
        return Sourced(default, source="default of the model", grade="assumed")

    def rows(self) -> Iterator[Row]:
        """Every row in the order of its declaration."""
        for declared in declarations(type(self)):
            if isinstance(declared, many):
                yield from declared.rows_of(self)
            else:
                yield declared.__get__(self, type(self))

    def row(self, name: str) -> Row:
        """The row with that name."""
        found = getattr(self, name)
        assert isinstance(found, Row)
        return found


_DECLARATIONS: dict[type[Block], tuple[Declared, ...]] = {}
_BINDABLE: dict[type[Block], frozenset[str]] = {}


def declarations(cls: type[Block]) -> tuple[Declared, ...]:
    """Givens, groups and lines of a class: its parents' first; one that is declared again keeps its place."""
    if cls not in _DECLARATIONS:
        found: dict[str, Declared] = {}
        for parent in reversed(cls.__mro__):
            found |= {name: value for name, value in vars(parent).items() if isinstance(value, Declared)}
        _DECLARATIONS[cls] = tuple(found.values())
    return _DECLARATIONS[cls]


def bindable(cls: type[Block]) -> frozenset[str]:
    """What a block may be told: its givens and its groups."""
    if cls not in _BINDABLE:
        _BINDABLE[cls] = frozenset(told.name for told in declarations(cls) if isinstance(told, given | many))
    return _BINDABLE[cls]


def givens(cls: type[Block]) -> dict[str, given]:
    """The input schema of a block: what may be bound, by name."""
    return {d.name: d for d in declarations(cls) if isinstance(d, given)}


def slug(title: str) -> str:
    """A plain key: lower-case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def rows_of(blocks: Iterable[Block]) -> list[Row]:
    """All rows of several blocks."""
    return [row for block in blocks for row in block.rows()]
