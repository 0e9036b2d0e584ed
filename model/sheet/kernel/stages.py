"""In which order items are worked out: passes through the periods, forward and backward in turn, as few as can be.

A pass begins with the single figures it needs; in each period the items of one block stand together as far as the order
allows, so that equal blocks have equal pieces of program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from model.errors import BuildError
from model.sheet.book import components
from model.sheet.kernel.lower import Lowered
from model.sheet.kernel.tree import Item, Lag, Now, Pick, leaves

Needs = dict[Item, set[str]]
PICKS = {"behind", "anywhere", "ahead"}
"""Ways in which a column is read in a period that a number says."""


@dataclass
class Pass:
    """One way through the periods: figures before it, then in each period its runs of items of one block."""

    forward: bool
    before: list[list[Item]] = field(default_factory=list)
    runs: list[list[Item]] = field(default_factory=list)

    @property
    def items(self) -> list[Item]:
        """Those that are worked out in every period, in order."""
        return [item for run in self.runs for item in run]


def needs_of(item: Item) -> Needs:
    """What an item reads, and when."""
    found: Needs = {}
    for node in (item.node, item.at_start):
        for leaf in leaves(node):
            if isinstance(leaf, Now):
                found.setdefault(leaf.item, set()).add("ends" if leaf.item.lasts else "now")
            elif isinstance(leaf, Lag):
                found.setdefault(leaf.item, set()).add("earlier" if leaf.by < 0 else "later")
            elif isinstance(leaf, Pick) and isinstance(leaf.column, Item):
                found.setdefault(leaf.column, set()).add({-1: "behind", 0: "anywhere", 1: "ahead"}[leaf.way])
    return found


class Order:
    """The passes of what was lowered, and what must be kept of every item."""

    def __init__(self, lowered: Lowered, targets: Iterable[Item]) -> None:
        self.lowered, self.inputs = lowered, set(lowered.inputs.values())
        self.targets = list(dict.fromkeys(targets))
        self.needs: dict[Item, Needs] = {}
        self._collect()
        self.alike: dict[Item, Item] = {}
        self.at: dict[Item, int] = {}
        for members in components(self.needs, lambda item: list(self.needs[item])):
            if members[0] not in self.inputs:
                self._place(members)
        self.passes = self._passes()
        self.kept = self._kept()

    def _collect(self) -> None:
        todo = list(self.targets)
        while todo:
            item = todo.pop()
            if item not in self.needs:
                self.needs[item] = {} if item in self.inputs else needs_of(item)
                todo.extend(self.needs[item])

    def _place(self, members: list[Item]) -> None:
        """The first pass that may hold these: even ones go forward, odd ones backward."""
        inside = set(members)
        kinds = {kind for a in members for b, ks in self.needs[a].items() if b in inside for kind in ks}
        back, ahead = bool(kinds & {"earlier", "behind"}), bool(kinds & {"later", "ahead"})
        if (back and ahead) or "anywhere" in kinds:
            raise BuildError(f"items look back and ahead at once: {members}")
        steps = {0} if back else {1} if ahead else {0, 1}
        if kinds & PICKS:
            for item in members:
                item.node = self.lowered.guarded(item.node, inside)
                item.at_start = self.lowered.guarded(item.at_start, inside, opening=True)
        outside = [(b, kind) for a in members for b, ks in self.needs[a].items() if b not in inside for kind in ks]
        if not members[0].over_time:
            ready = [self.at[b] + (kind == "ends" or kind in PICKS) for b, kind in outside if b not in self.inputs]
            self.at[members[0]] = max(ready, default=0)
            return
        here = 0
        while here % 2 not in steps or not all(self._may_read(here, b, kind) for b, kind in outside):
            here += 1
        self.at.update(dict.fromkeys(members, here))

    def _may_read(self, here: int, other: Item, kind: str) -> bool:
        """Whether an item of pass `here` finds what it reads."""
        there = -1 if other in self.inputs else self.at[other]
        if kind == "ends" or kind in PICKS:
            return here > there
        if not other.over_time or kind == "now":
            return here >= there
        return here > there or (here == there and here % 2 == (0 if kind == "earlier" else 1))

    def _kept(self) -> list[Item]:
        """Items of which all periods are kept, because another pass, or a pick, reads them."""
        found = dict.fromkeys(item for item in self.targets if not item.single and item not in self.inputs)
        for item, needs in self.needs.items():
            for other, kinds in needs.items():
                apart = "ends" not in kinds and self.at.get(other) != self.at[item]
                if other not in self.inputs and other.over_time and (kinds & PICKS or apart):
                    found[other] = None
        return list(found)

    def _passes(self) -> list[Pass]:
        found = [Pass(n % 2 == 0) for n in range(max(self.at.values(), default=0) + 1)]
        for n, one in enumerate(found):
            here = [item for item in self.needs if self.at.get(item) == n]
            one.before = list(self._runs([item for item in here if not item.over_time]))
            one.runs = list(self._runs([item for item in here if item.over_time]))
        return found

    def _runs(self, items: list[Item]) -> Iterator[list[Item]]:
        """Items in an order in which each finds what it reads now, those of one home together as far as may be."""
        inside = set(items)
        waits = {item: {b for b, kinds in self.needs[item].items() if b in inside and "now" in kinds} for item in items}
        left: dict[str, list[Item]] = {}
        for item in items:
            left.setdefault(item.home, []).append(item)
        done: set[Item] = set()
        while left:
            runs = {home: _runnable(rest, waits, done) for home, rest in left.items()}
            home = max(runs, key=lambda home: (len(runs[home]) == len(left[home]), len(runs[home])))
            done.update(runs[home])
            left[home] = [item for item in left[home] if item not in done]
            if not left[home]:
                del left[home]
            yield runs[home]


def _runnable(items: list[Item], waits: dict[Item, set[Item]], done: set[Item]) -> list[Item]:
    """Those that can follow one another when these are done."""
    run: dict[Item, None] = {}
    found = -1
    while found < len(run):
        found = len(run)
        run |= {item: None for item in items if item not in run and all(b in done or b in run for b in waits[item])}
    return list(run)
