"""Where items stand while lanes go through the periods: in scratch that passes share, for good, or in columns over time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from model.sheet.kernel.stages import Order, Pass
from model.sheet.kernel.tree import Item, Number


class Place(NamedTuple):
    """`number` counts within the area of a home, `whole` within the workspace (or among the columns)."""

    home: str
    number: int
    whole: int
    scratch: bool


def opens(item: Item) -> bool:
    """Whether something stands in the opening column."""
    return item.at_start is not None and item.at_start != Number(0.0)


def by_home(items: Iterable[Item]) -> dict[str, list[Item]]:
    """In the order in which homes first appear."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.home, []).append(item)
    return found


class Places:
    """The areas of all homes: equal homes have equal areas, so that one piece of program serves them all."""

    def __init__(self, order: Order) -> None:
        self.order = order
        over_time = [*order.kept, *(item for item in order.inputs if item.over_time)]
        self.columns: dict[Item, Place] = {}
        self.column_of: dict[str, int] = {}
        for home, items in by_home(over_time).items():
            self.column_of[home] = len(self.columns)
            self.columns |= {item: Place(home, n, len(self.columns) + n, False) for n, item in enumerate(items)}
        self.count = 0
        self.kept_of: dict[str, int] = {}
        self.at: dict[Item, Place] = {}
        self.openings: dict[Item, Place] = {}
        self._for_good()
        self.scratch_begins = self.count
        self.old: dict[Item, Place] = {}
        self.lagged: set[Item] = set()
        self.written: set[Item] = set()
        self.scratch_of: dict[str, int] = {}

    def _for_good(self) -> None:
        """Single figures, and what stands in opening columns."""
        every = dict.fromkeys([*self.order.inputs, *self.order.needs])
        for home, items in by_home(every).items():
            self.kept_of[home] = self.count
            single = [item for item in items if item.single]
            opening = [item for item in items if not item.single and opens(item) and item not in self.order.inputs]
            found = [Place(home, n, self.count + n, False) for n in range(len(single) + len(opening))]
            self.at |= dict(zip(single, found, strict=False))
            self.openings |= dict(zip(opening, found[len(single):], strict=True))
            self.count += len(found)

    def begin(self, one: Pass) -> None:
        """The scratch of a pass: what it reads a period off, or in another run of the same period."""
        self.written, self.scratch_of, self.old = set(), {}, {}
        run_of = {item: k for k, run in enumerate(one.runs) for item in run}
        reads = [(item, other, kinds) for item in run_of for other, kinds in self.order.needs[item].items() if other in run_of]
        self.lagged = {other for _, other, kinds in reads if kinds & {"earlier", "later"}}
        late = {other for item, other, kinds in reads if kinds & {"earlier", "later"} and run_of[item] > run_of[other]}
        passed = {other for item, other, kinds in reads if "now" in kinds and run_of[item] != run_of[other]}
        begins = self.scratch_begins
        for home, items in by_home(run_of).items():
            self.scratch_of[home] = begins
            needed = [i for i in items if i not in self.columns and not i.single and (i in self.lagged or i in passed)]
            olds = [i for i in items if i in late and i not in self.columns]
            found = [Place(home, n, begins + n, True) for n in range(len(needed) + len(olds))]
            self.at |= dict(zip(needed, found, strict=False))
            self.old |= dict(zip(olds, found[len(needed):], strict=True))
            begins += len(found)
        self.count = max(self.count, begins)
