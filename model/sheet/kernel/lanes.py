"""What was lowered for many columns: blocks of lanes that go through the periods together, piece after piece.

Every item has a place in the workspace, which holds one period, or in the columns, which hold all of them: the latter only
where another pass reads it. Pieces know their places from a list, so that equal blocks share one compiled function.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from model.sheet.formula import Array
from model.sheet.kernel.emit import Piece
from model.sheet.kernel.lower import Lowered
from model.sheet.kernel.places import Place, Places, opens
from model.sheet.kernel.plan import Plan
from model.sheet.kernel.stages import Order, Pass
from model.sheet.kernel.text import Leaf, Writer
from model.sheet.kernel.tree import Item, Node, Now, Number, Pick, Table

LANES = (32, 16)
"""Columns that go through the periods together: the first number whose columns over time stay in the second cache."""
CACHE = 2**20
"""Bytes of it."""

MANY = 8
"""Homes of one shape from which on they share a piece."""
LONG = 400
"""Items of a piece after which a new one begins."""


@dataclass
class Segment:
    """One piece with what it is given here: places in bytes, tables by number, constants.

    Names: `h` scratch of the home, `p` what it keeps for good, `k` its columns (`l` a period earlier, `f` later); of others `a`
    in the workspace and `b` in columns, by list; `s` a number of the period, `c` a constant, `r` a result. A piece that has no
    home serves one deal and knows its places itself: `w` in the workspace, `x` in columns (`y` a period earlier, `z` later).
    """

    home: str
    scratch: int = 0
    lines: list[str] = field(default_factory=list)
    stores: list[tuple[str, str]] = field(default_factory=list)
    names: dict[object, str] = field(default_factory=dict)
    workspace: list[Place] = field(default_factory=list)
    columns: list[tuple[Place, int]] = field(default_factory=list)
    picked: list[Place | int] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    constants: list[float] = field(default_factory=list)

    def piece(self, lanes: int) -> Piece:
        """Its text, for so many lanes."""
        return Piece(self.lines, self.stores, lanes)

    def listed(self, kind: str, held: list[Any], what: object) -> str:
        """The name of something outside; the same thing has one name."""
        if (kind, what) not in self.names:
            self.names[kind, what] = f"{kind}{len(held)}"
            held.append(what)
        return self.names[kind, what]


@dataclass(frozen=True)
class Part:
    """Segments that are called one after the other in each of some periods."""

    segments: Sequence[Segment]
    first: int
    last: int
    step: int


class Lanes:
    """The program of a deal for lanes."""

    def __init__(self, lowered: Lowered, order: Order) -> None:
        self.lowered, self.order, self.periods = lowered, order, lowered.book.periods
        self.places = Places(order)
        self.columns = self.places.columns
        self.parts = [part for one in order.passes for part in self._parts(one) if part.segments]
        over_time = 8 * (self.periods + 2) * len(self.columns)
        self.lanes = next((n for n in LANES if n * over_time <= CACHE), LANES[-1])
        self.plan = Plan(self, self.lanes)
        self.held = threading.local()

    # ---- from passes to segments -------------------------------------------------------------------------------------

    def _parts(self, one: Pass) -> Iterator[Part]:
        one = Pass(one.forward, fused(one.before), fused(one.runs))
        self.places.begin(one)
        yield Part([self._segment(run) for run in one.before], 0, 0, 1)
        starts = [self._start(run, one.forward) for run in one.runs]
        starts = [s for s in starts if s.stores]
        if one.forward:
            yield Part(starts, 0, 0, 1)
        else:
            yield Part([s for s in map(self._zero, one.runs) if s.stores], 0, 0, 1)
        body = [self._segment(run) for run in one.runs]
        yield Part(body, 1, self.periods, 1) if one.forward else Part(body, self.periods, 1, -1)
        if not one.forward:
            yield Part(starts, 0, 0, 1)

    def _segment(self, run: Sequence[Item]) -> Segment:
        """The items of a run, each to where others read it."""
        segment, places = self._begin(run), self.places
        self._write(segment, [(item, item.node) for item in run], False)
        for item in run:
            if item in places.old:
                self._store(segment, places.old[item], self._at(segment, places.at[item]))
            if item in self.columns:
                segment.stores.append((self._column(segment, item, 0), segment.names["r", item]))
            elif item in places.at:
                self._store(segment, places.at[item], segment.names["r", item])
            places.written.add(item)
        return segment

    def _start(self, run: Sequence[Item], forward: bool) -> Segment:
        """The opening column."""
        segment, places = self._begin(run), self.places
        wanted = [item for item in run if opens(item) or (forward and item in places.lagged and item not in self.columns)]
        self._write(segment, [(item, item.at_start if opens(item) else Number(0.0)) for item in wanted], True)
        for item in wanted:
            name = segment.names["r", item]
            if item in self.columns:
                segment.stores.append((self._column(segment, item, 0), name))
            elif forward and item in places.lagged:
                self._store(segment, places.at[item], name)
            if item in places.openings:
                self._store(segment, places.openings[item], name)
        return segment

    def _zero(self, run: Sequence[Item]) -> Segment:
        """What stands after the last period."""
        segment = self._begin(run)
        self._write(segment, [(run[0], Number(0.0))], True)
        for item in run:
            if item in self.places.lagged and item not in self.columns:
                self._store(segment, self.places.at[item], "r0")
        return segment

    def _begin(self, run: Sequence[Item]) -> Segment:
        homes = {item.home for item in run}
        home = run[0].home if len(homes) == 1 else ""
        return Segment(home, self.places.scratch_of.get(home, 0))

    def _store(self, segment: Segment, where: Place, value: str) -> None:
        segment.stores.append((self._at(segment, where), value))

    def _write(self, segment: Segment, trees: Iterable[tuple[Item, Node]], opening: bool) -> None:
        """One result a tree."""
        done: set[Item] = set()
        writer = Writer(lambda leaf, writer: self._name(leaf, segment, writer, opening, done))
        for n, (item, tree) in enumerate(trees):
            writer.assign(f"r{n}", tree)
            segment.names["r", item] = f"r{n}"
            done.add(item)
        segment.lines = writer.lines

    # ---- names -------------------------------------------------------------------------------------------------------

    def _at(self, segment: Segment, where: Place) -> str:
        """A place of the workspace."""
        if not segment.home:
            return f"w{where.whole}"
        if where.home == segment.home:
            return f"{'h' if where.scratch else 'p'}{where.number}"
        return segment.listed("a", segment.workspace, where)

    def _column(self, segment: Segment, item: Item, by: int) -> str:
        where = self.columns[item]
        if not segment.home:
            return f"{'yxz'[by + 1]}{where.whole}"
        if where.home == segment.home:
            return f"{'lkf'[by + 1]}{where.number}"
        return segment.listed("b", segment.columns, (where, by))

    def _name(self, leaf: Leaf, segment: Segment, writer: Writer, opening: bool, done: set[Item]) -> str:
        """What a leaf is called inside a segment."""
        if isinstance(leaf, Number):
            return str(leaf.value) if leaf.value in (0.0, 1.0) else segment.listed("c", segment.constants, leaf.value)
        if isinstance(leaf, Table):
            return segment.listed("s", segment.tables, leaf.place)
        if isinstance(leaf, Pick):
            return self._picked(leaf, segment, writer)
        item, places = leaf.item, self.places
        by = 0 if isinstance(leaf, Now) else leaf.by
        if by == 0 and item in done:
            return segment.names["r", item]
        if opening and by == 0 and not item.single and item not in self.order.inputs:
            return self._at(segment, places.openings[item]) if item in places.openings else "0.0"
        if item in self.columns:
            return self._column(segment, item, by)
        late = by != 0 and item in places.written and item in places.old
        return self._at(segment, places.old[item] if late else places.at[item])

    def _picked(self, leaf: Pick, segment: Segment, writer: Writer) -> str:
        moves = isinstance(leaf.column, Item)
        key = self.columns[leaf.column] if isinstance(leaf.column, Item) else leaf.column.place
        name = segment.listed("m" if moves else "g", segment.picked, key)
        return f"pick({name}, {writer.text(leaf.index)})"

    # ---- running -----------------------------------------------------------------------------------------------------

    def __call__(self, told: Mapping[Item, Array], width: int) -> list[Array]:
        """The targets of the order, each `(S,)` or `(T + 2, S)`; inputs have one number a column or one for all."""
        padded = -(-width // self.lanes) * self.lanes
        ins = {item: _wide(array, padded) for item, array in told.items()}
        outs = [np.empty((self.periods + 2, padded) if item.over_time and not item.lasts else padded)
                for item in self.order.targets]
        self.plan.run(*self._room(), ins, outs, padded // self.lanes)
        return [array[..., :width] for array in outs]

    def _room(self) -> tuple[Array, Array]:
        """The workspace and the columns of a thread; the opening column and the last keep their noughts."""
        held: dict[str, tuple[Array, Array]] = self.held.__dict__
        if "rooms" not in held:
            held["rooms"] = (aligned(max(1, self.places.count) * self.lanes),
                             aligned((self.periods + 2) * max(1, len(self.columns)) * self.lanes))
        return held["rooms"]


def fused(runs: Sequence[Sequence[Item]]) -> list[list[Item]]:
    """Runs that stand alone joined to long ones; what many homes have in common stays apart, to be compiled once."""
    def shape(run: Sequence[Item]) -> tuple[str, ...]:
        return tuple(item.key.replace(item.home, "") for item in run)

    count = Counter(map(shape, runs))
    found: list[list[Item]] = []
    joins = False
    for run in runs:
        alone = count[shape(run)] < MANY
        if alone and joins and len(found[-1]) < LONG:
            found[-1].extend(run)
        else:
            found.append(list(run))
        joins = alone
    return found


def aligned(count: int) -> Array:
    """Noughts that begin where a line of the cache does."""
    room = np.zeros(count + 8)
    first = -(room.ctypes.data // 8) % 8
    return room[first : first + count]


def _wide(array: Array, width: int) -> Array:
    """As many columns as there are lanes; those beyond the last are like it."""
    have = array.shape[-1]
    if have == 1:
        array = np.broadcast_to(array, (*array.shape[:-1], width))
    elif have < width:
        array = np.concatenate([array, np.repeat(array[..., -1:], width - have, axis=-1)], axis=-1)
    return np.ascontiguousarray(array, dtype=float)
