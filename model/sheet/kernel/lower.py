"""From rows to what has to be calculated again while some inputs move.

Everything that does not rest on an input that moves is a number, or a table over time, taken from the run. What is left is
a set of `Item`s with trees of basic operations; a sum over time becomes an item that adds up period by period.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from model.sheet.block import PERIOD, Row
from model.sheet.branch import ancestors
from model.sheet.evaluate import Values, cells, quietly
from model.sheet.formula import Apply, Array, Expr, Group, Literally, postfix
from model.sheet.kernel.basic import BASIC, SUMS, simplify
from model.sheet.kernel.tree import NOTHING, Item, Lag, Node, Now, Number, Op, Pick, Table, leaves, replaced, spelling


class Lowered:
    """The items that move with the inputs `moved`, as far as the `targets` need them.

    `tables` are `(T + 2,)` arrays. `found` maps the rows that move to their items; every other row stays as the run has it.
    """

    @quietly
    def __init__(self, values: Values, moved: Iterable[str], targets: Iterable[Row], scenario: int = 0) -> None:
        self.book = values.book
        self.alone = _still(values, scenario)
        self._blocks = {block.key for block in self.book.blocks}
        self.tables: list[Array] = []
        self._places: dict[bytes, int] = {}
        self.inputs = {row: self._item(row) for row in map(self.book.movable, moved)}
        self.found: dict[Row, Item] = dict(self.inputs)
        self.temps: dict[str, Item] = {}
        self.sums: dict[tuple[str, Row, Row | None], Item] = {}
        self.promises: list[tuple[Row, Item]] = []
        self._needed = ancestors(self.book.needs, targets)
        self._spread()
        for row in list(self.found):
            if row not in self.inputs:
                self._write(row)
        self._hold_to_promises()
        self._drop_links()

    # ---- which rows move ---------------------------------------------------------------------------------------------

    def _spread(self) -> None:
        """The fewest rows that can move: a row that only seems to rest on an input (times 0) does not."""
        rows = [row for knot in self.book.order for row in knot.rows if row in self._needed and row.expr is not None]
        before = -1
        while before < len(self.found):
            before = len(self.found)
            for row in rows:
                if row not in self.found and not self.book.needs[row].keys().isdisjoint(self.found) and self._moves(row):
                    self.found[row] = self._item(row)

    def _moves(self, row: Row) -> bool:
        assert row.expr is not None
        if _reads_item(self.lower(row.expr, row.per == PERIOD)):
            return True
        start = self._start(row)
        return _reads_item(start)

    def _item(self, row: Row) -> Item:
        return Item(row.key, self.home_of(row), row.per == PERIOD)

    def home_of(self, row: Row) -> str:
        """The outermost block that a row belongs to by its key: the contract of a tranche."""
        parts = row.block.key.split(".")
        ways = (".".join(parts[:n]) for n in range(1, len(parts)))
        return next((way for way in ways if way in self._blocks), row.block.key)

    def _write(self, row: Row) -> None:
        item = self.found[row]
        assert row.expr is not None
        item.node = self.lower(row.expr, item.over_time)
        item.at_start = self._start(row) if item.over_time else None

    def _start(self, row: Row) -> Node:
        """What stands in the opening column."""
        if row.per != PERIOD:
            return NOTHING
        if row.opening_expr is not None:
            return self.lower(row.opening_expr, True, opening=True)
        if row.declared.opening is True and row.expr is not None:
            return self.lower(row.expr, True, opening=True)
        return NOTHING

    def _hold_to_promises(self) -> None:
        """Rows that are divided by must stay above what they promise, whatever moves."""
        for row, item in list(self.found.items()):
            if row.declared.above is not None and row.expr is not None:
                self.promises.append((row, self._sum("lowest", row, None) if item.over_time else item))

    def _drop_links(self) -> None:
        """A row that only shows another is that other one."""
        items = [*self.found.values(), *self.temps.values(), *self.sums.values()]
        same: dict[Item, Item] = {}
        for item in items:
            if isinstance(item.node, Now) and _alike(item, item.node.item):
                same[item] = item.node.item
        for item in same:
            while same[item] in same:
                same[item] = same[same[item]]
        for item in items:
            item.node, item.at_start = replaced(item.node, same), replaced(item.at_start, same)
        self.found = {row: same.get(item, item) for row, item in self.found.items()}
        self.promises = [(row, same.get(item, item)) for row, item in self.promises]

    # ---- expressions -------------------------------------------------------------------------------------------------

    def lower(self, expr: Expr, over_time: bool, opening: bool = False) -> Node:
        """An expression as a tree; what stays as it is becomes a number or a table."""
        stack: list[Any] = []
        for node in postfix(expr):
            if isinstance(node, Row):
                stack.append(self._now(node, opening))
            elif isinstance(node, Literally):
                stack.append(Number(float(node.value)) if not isinstance(node.value, str) else node)
            elif isinstance(node, Group):
                stack.append(node)
            elif isinstance(node, Apply):
                args = [stack.pop() for _ in node.args][::-1]
                stack.append(self._apply(node, args, over_time, opening))
        return self._settled(stack.pop(), over_time, opening)

    def _now(self, row: Row, opening: bool) -> Node:
        if row not in self.found:
            return row
        item = self.found[row]
        opens = not item.over_time or row in self.inputs or row.opening_expr is not None or row.declared.opening is True
        return Now(item) if opens or not opening else NOTHING

    def _apply(self, node: Apply, args: list[Any], over_time: bool, opening: bool) -> Node:
        operator = node.operator
        read = args if operator.reads == "now" else [*node.args, *args[1:]]  # a row without opening is still read elsewhere
        if not any(map(self._moving, (each for arg in read for each in _members(arg)))):
            return node  # still: worked out when something needs it
        if operator.reads == "all" and operator.name != "at":
            flag, clock = node.args[0], node.args[1] if len(node.args) > 1 else None
            assert isinstance(flag, Row)
            ends = Now(self._sum(operator.name, flag, clock if isinstance(clock, Row) else None))
            return Op("known", (ends,)) if operator.name == "lowest" else ends
        if operator.reads != "now":
            return self._shifted(node, args[1:], over_time, opening)
        members = [self._settled(each, over_time, opening) for arg in args for each in self._spelt(arg, opening)]
        made = simplify(BASIC[operator.name](members) if operator.name in BASIC else Op(operator.name, tuple(members)))
        return self._lifted(made) if over_time and not opening else made

    def _moving(self, one: Any) -> bool:
        return one in self.found if isinstance(one, Row) else isinstance(one, (Now, Lag, Pick, Op))

    def _spelt(self, arg: Any, opening: bool) -> list[Any]:
        return [self._now(row, opening) for row in arg.rows if isinstance(row, Row)] if isinstance(arg, Group) else [arg]

    def _shifted(self, node: Apply, rest: list[Any], over_time: bool, opening: bool) -> Node:
        """A row in another period."""
        row, name = node.args[0], node.operator.name
        assert isinstance(row, Row)
        if name in ("prev", "following"):
            return Lag(self.found[row], -1 if name == "prev" else 1)
        column = self.found.get(row) or self._column(np.asarray(self.alone[row], dtype=float)[:, 0])
        index = self._settled(rest[0], over_time, opening)
        if name != "at":
            number = Number(0.0) if opening else self._column(np.arange(self.book.periods + 2, dtype=float))
            index = self._combined("-" if node.operator.reads == "earlier" else "+", number, index)
        return Pick(column, index, {"earlier": -1, "later": 1}.get(node.operator.reads, 0))

    def _combined(self, sign: str, number: Number | Table, by: Node) -> Node:
        """The number of the period moved by so many, as a table where the way is the same for all."""
        if isinstance(number, Number):
            return simplify(Op(sign, (number, by)))
        if isinstance(by, (Number, Table)):
            steps, periods = by.value if isinstance(by, Number) else self.tables[by.place], self.tables[number.place]
            return self._column(periods - steps if sign == "-" else periods + steps)
        return Op(sign, (number, by))

    def guarded(self, node: Node, own: Collection[Item], opening: bool = False) -> Node:
        """A tree that finds 0 where it picks from its own knot what is not worked out yet."""
        if isinstance(node, Op):
            return Op(node.name, tuple(self.guarded(arg, own, opening) for arg in node.args))
        if not isinstance(node, Pick) or node.column not in own:
            return node
        edge = np.arange(self.book.periods + 2, dtype=float) + (node.way > 0)  # from the next period on, or before this one
        here = Number(float(edge[0])) if opening else self._column(edge)
        known = Op("<" if node.way < 0 else ">=", (node.index, here))
        return Pick(node.column, Op("where", (known, node.index, Number(-1.0))), node.way)

    def _sum(self, name: str, row: Row, clock: Row | None) -> Item:
        """What adds up over the periods; made once."""
        if (name, row, clock) not in self.sums:
            item = Item(f"{row.key} {name}{f' by {clock.key}' if clock is not None else ''}", self.home_of(row), True, lasts=True)
            self.sums[name, row, clock] = item
            read = [self._settled(self._now(each, False), True, False) for each in (row, clock) if each is not None]
            begin, step = SUMS[name]
            item.node, item.at_start = step(Lag(item, -1), *read), Number(begin)
        return self.sums[name, row, clock]

    def _settled(self, one: Any, over_time: bool, opening: bool) -> Node:
        """A part that stays as it is, as a number or a table; anything else as it is."""
        if not isinstance(one, Expr):
            return one
        if opening or not over_time:
            return Number(float(np.ravel(cells(self.alone, one, 0, 1))[0]))
        column = np.zeros(self.book.periods + 2)
        column[1:-1] = np.broadcast_to(np.ravel(cells(self.alone, one, 1, self.book.periods + 1)), self.book.periods)
        return self.table(column)

    def table(self, column: Array) -> Node:
        """A place among the tables; one number where all periods have the same."""
        body = column[1:-1]
        return Number(float(body[0])) if (body == body[0]).all() or np.isnan(body).all() else self._column(column)

    def _column(self, column: Array) -> Table:
        """The same with its opening column."""
        key = column.tobytes()
        if key not in self._places:
            self._places[key] = len(self.tables)
            self.tables.append(column)
        return Table(self._places[key])

    def _lifted(self, made: Node) -> Node:
        """A part that is the same in all periods is worked out once, before them."""
        if not isinstance(made, Op) or not all(isinstance(a, Number) or (isinstance(a, Now) and a.item.single)
                                               for a in made.args):
            return made
        key = spelling(made)
        if key not in self.temps:
            home = next(a.item.home for a in made.args if isinstance(a, Now))
            self.temps[key] = Item(key, home, False, made)
        return Now(self.temps[key])


def _alike(item: Item, other: Item) -> bool:
    """Whether an item shows another in every period, the opening column included."""
    if item.single or other.single:
        return item.single and other.single
    if item.at_start == Now(other):
        return True
    return item.at_start in (None, NOTHING) and other.node is not None and other.at_start in (None, NOTHING)


def _members(arg: Any) -> tuple[Any, ...]:
    return arg.rows if isinstance(arg, Group) else (arg,)


def _reads_item(node: Node) -> bool:
    return any(isinstance(leaf, (Now, Lag)) or (isinstance(leaf, Pick) and isinstance(leaf.column, Item))
               for leaf in leaves(node))


def _still(values: Values, scenario: int) -> Values:
    """One scenario of a run, as a run of its own."""
    alone = _Alone(values.book, 1)
    alone.values, alone.scenario = values, scenario
    return alone


class _Alone(Values):
    """Rows of one scenario, cut out when they are asked for."""

    values: Values
    scenario: int

    def __getitem__(self, row: Row) -> Array:
        if row not in self._arrays:
            array = self.values[row]
            at = min(self.scenario, array.shape[-1] - 1)
            self[row] = array[..., at : at + 1]
        return super().__getitem__(row)
