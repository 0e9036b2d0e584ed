"""What was lowered as one plain Python function of floats: for a single column, where arrays cost more than they save."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from model.errors import CheckError
from model.sheet.formula import Array, power
from model.sheet.kernel.lower import Lowered
from model.sheet.kernel.stages import Order, Pass
from model.sheet.kernel.text import Leaf, Writer, number
from model.sheet.kernel.tree import NOTHING, Item, Lag, Now, Number, Pick, Table, leaves


def pick(column: Sequence[float], period: float) -> float:
    """A column in a period; 0 outside of it."""
    return column[math.floor(period)] if 0 <= period < len(column) else 0.0


class Scalar:
    """A function of one number (or column) an input, which gives one figure (or column) a target."""

    def __init__(self, lowered: Lowered, order: Order) -> None:
        self.lowered, self.order = lowered, order
        self.periods = lowered.book.periods
        items = [*order.inputs, *order.needs]
        self.names = {item: str(n) for n, item in enumerate(dict.fromkeys(items))}
        self.columns = order.kept
        self.source = "\n".join(self._source())
        space: dict[str, Any] = {"power": power, "pick": pick, "nan": math.nan, "inf": math.inf}
        for n, column in enumerate(lowered.tables):
            body = column[1:-1].tolist()
            space |= {f"S{n}": body, f"R{n}": body[::-1], f"C{n}": column.tolist()}
        exec(compile(self.source, "<figures>", "exec"), space)
        self.function = space["figures"]

    def __call__(self, told: Mapping[Item, Array]) -> list[Any]:
        """The targets of the order, for one column of inputs."""
        inputs = [told[item].tolist() if item.over_time else float(told[item]) for item in self.lowered.inputs.values()]
        try:
            found: list[Any] = self.function(*inputs)
        except ZeroDivisionError as error:
            raise CheckError("a row that is divided by must be above 0; it is 0") from error
        return found

    # ---- text --------------------------------------------------------------------------------------------------------

    def _source(self) -> Iterator[str]:
        inputs = ", ".join(f"x{self.names[item]}" for item in self.lowered.inputs.values())
        yield f"def figures({inputs}):"
        for item in self.columns:
            yield f" m{self.names[item]} = [0.0] * {self.periods + 2}"
        for n, one in enumerate(self.order.passes):
            yield from self._pass(one, n)
        yield f" return [{', '.join(map(self._result, self.order.targets))}]"

    def _pass(self, one: Pass, n: int) -> Iterator[str]:
        for run in one.before:
            for item in run:
                yield from self._lines(f"d{self.names[item]}", item, n, " ")
        lagged = self._lagged(n)
        if one.forward:
            yield from self._starts(one, n, lagged)
        else:
            yield from (f" p{self.names[item]} = 0.0" for item in one.items if item in lagged)
        if one.items:
            yield from self._loop(one, n, lagged)
        if not one.forward:
            yield from self._starts(one, n, set())

    def _lagged(self, n: int) -> set[Item]:
        """Items of a pass that it reads one period off; what adds up reads itself so."""
        found: set[Item] = set()
        for item, needs in self.order.needs.items():
            if self.order.at.get(item) == n:
                found |= {o for o, kinds in needs.items() if kinds & {"earlier", "later"} and self.order.at.get(o) == n}
        return found

    def _starts(self, one: Pass, n: int, lagged: set[Item]) -> Iterator[str]:
        """The opening column."""
        for item in one.items:
            name = self.names[item]
            if item.at_start is not NOTHING and item.at_start is not None:
                writer = Writer(self._at_start)
                writer.assign(f"q{name}", item.at_start)
                yield from (f" {line}" for line in writer.lines)
                if item in self.columns:
                    yield f" m{name}[0] = q{name}"
            if item in lagged:
                yield f" p{name} = {self._start_of(item)}"

    def _start_of(self, item: Item) -> str:
        if item in self.order.inputs:
            return f"x{self.names[item]}[0]"
        return "0.0" if item.at_start is NOTHING or item.at_start is None else f"q{self.names[item]}"

    def _at_start(self, leaf: Leaf, writer: Writer) -> str:
        if isinstance(leaf, Number):
            return number(leaf.value)
        if isinstance(leaf, Pick):
            return self._pick(leaf, writer)
        assert isinstance(leaf, (Now, Lag))
        if isinstance(leaf, Lag):
            whole = leaf.item in self.columns or leaf.item in self.order.inputs
            return f"{self._list(leaf.item)}[1]" if whole else f"p{self.names[leaf.item]}"
        return self._single(leaf.item) if leaf.item.single else self._start_of(leaf.item)

    def _single(self, item: Item) -> str:
        kind = "x" if item in self.order.inputs else "p" if item.lasts else "d"
        return kind + self.names[item]

    def _lines(self, name: str, item: Item, n: int, indent: str) -> Iterator[str]:
        writer = Writer(lambda leaf, writer: self._name(leaf, n, writer))
        writer.assign(name, item.node)
        yield from (indent + line for line in writer.lines)

    def _loop(self, one: Pass, n: int, lagged: set[Item]) -> Iterator[str]:
        read = [leaf for item in one.items for leaf in leaves(item.node)]
        tables = sorted({leaf.place for leaf in read if isinstance(leaf, Table)})
        way = f"range(1, {self.periods + 1})" if one.forward else f"range({self.periods}, 0, -1)"
        names = ", ".join(["t", *(f"s{place}" for place in tables)])
        given = ", ".join([way, *(f"{'S' if one.forward else 'R'}{place}" for place in tables)])
        yield f" for {names} in zip({given}):" if tables else f" for t in {way}:"
        for item in one.items:
            name = self.names[item]
            yield from self._lines(f"v{name}", item, n, "  ")
            if item in self.columns:
                yield f"  m{name}[t] = v{name}"
        yield from (f"  p{self.names[item]} = v{self.names[item]}" for item in one.items if item in lagged)

    def _name(self, leaf: Leaf, n: int, writer: Writer) -> str:
        if isinstance(leaf, Number):
            return number(leaf.value)
        if isinstance(leaf, Table):
            return f"s{leaf.place}"
        if isinstance(leaf, Pick):
            return self._pick(leaf, writer)
        item = leaf.item
        if isinstance(leaf, Now) and item.single:
            return self._single(item)
        by = "" if isinstance(leaf, Now) else f" - {-leaf.by}" if leaf.by < 0 else f" + {leaf.by}"
        if self.order.at.get(item) == n:
            return f"{'p' if by else 'v'}{self.names[item]}"
        return f"{self._list(item)}[t{by}]"

    def _pick(self, leaf: Pick, writer: Writer) -> str:
        column = f"C{leaf.column.place}" if isinstance(leaf.column, Table) else self._list(leaf.column)
        return f"pick({column}, {writer.text(leaf.index)})"

    def _list(self, item: Item) -> str:
        return f"{'x' if item in self.order.inputs else 'm'}{self.names[item]}"

    def _result(self, item: Item) -> str:
        return self._single(item) if item.single else self._list(item)
