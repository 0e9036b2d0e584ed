"""The bounds of a case worked out another way: contracts as orders, balances instead of instalments, recursions.

A contract is a set of orders, one for each loan and one for none; each order has revenue, margin cash and a credit of its own.
Unknown are balances at the start of each window, cash kept and present values, tied by recursion, in one dense matrix. Nothing
of `model.bounds` is used but the facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog

NONE = "none"


@dataclass
class Orders:
    """A linear programme in names; rows are added one by one."""

    facts: Any
    margins: bool = True
    names: dict[tuple[Any, ...], int] = field(default_factory=dict)
    free: set[int] = field(default_factory=set)
    equal: list[tuple[dict[int, float], float]] = field(default_factory=list)
    least: list[tuple[dict[int, float], float]] = field(default_factory=list)

    def at(self, *name: Any) -> int:
        return self.names.setdefault(name, len(self.names))

    def add(self, rows: list[tuple[dict[int, float], float]], limit: float, *parts: tuple[float, int]) -> None:
        found: dict[int, float] = {}
        for factor, column in parts:
            found[column] = found.get(column, 0.0) + factor
        rows.append((found, limit))

    def __post_init__(self) -> None:
        facts = self.facts
        self.c, self.l, self.w = [x.id for x in facts.contracts], {x.id: x for x in facts.loans}, range(len(facts.ends))
        for c in (*self.c, NONE):
            for loan, owed in self.l.items():
                for w in range(owed.last + 1):
                    later = [(-1.0, self.at("b", c, loan, w + 1))] if w < owed.last else []
                    self.add(self.least, 0.0, (1.0, self.at("b", c, loan, w)), *later)
        for c in self.c:
            for loan in (*self.l, NONE):
                for w in self.w:
                    self.order(c, loan, w)
            for loan, owed in self.l.items():
                for w in range(owed.last + 1):
                    self.worth(c, loan, w, owed)
            for w in self.w:
                self.keep(c, w)
        for told in facts.disclosures:
            self.disclosed(told)

    def open(self, loan: str, w: int) -> bool:
        return loan == NONE or w <= self.l[loan].last

    def order(self, c: str, loan: str, w: int) -> None:
        """Credit at most revenue; margin cash between two shares of it."""
        if not self.open(loan, w):
            return
        rev, cash, credit = (self.at(kind, c, loan, w) for kind in ("r", "g", "k"))
        self.add(self.least, 0.0, (1.0, rev), (-1.0, credit))
        low, high = 0.0, 1.0
        for told in self.facts.disclosures if self.margins else ():
            if told.what == "margin" and c in told.contracts and told.first <= w <= told.last:
                low, high = max(low, told.low), min(high, told.high)
        self.add(self.least, 0.0, (1.0, cash), (-low, rev))
        self.add(self.least, 0.0, (-1.0, cash), (high, rev))

    def worth(self, c: str, loan: str, w: int, owed: Any) -> None:
        here = self.at("v", c, loan, w)
        self.free.add(here)
        later = [(-1.0, self.at("v", c, loan, w + 1))] if w < owed.last else []
        whole, first = 1 + owed.growth[w], 1 + sum(owed.coupons[w][:1])
        self.add(self.equal, 0.0, (whole, here), *later, (-whole / first, self.at("g", c, loan, w)),
                 (whole / first, self.at("k", c, loan, w)))

    def keep(self, c: str, w: int) -> None:
        """Cash kept by a contract after service."""
        here = self.at("kept", c, w)
        self.free.add(here)
        parts = [(1.0, here)] + ([(-1.0, self.at("kept", c, w - 1))] if w else [])
        for loan, owed in self.l.items():
            if w <= owed.last:
                parts += [(-1.0, self.at("g", c, loan, w)), (1.0, self.at("k", c, loan, w)),
                          (1.0 + sum(owed.coupons[w][:1]), self.at("b", c, loan, w))]
                parts += [(sum(owed.coupons[w][1:]) - 1.0, self.at("b", c, loan, w + 1))] if w < owed.last else []
        self.add(self.equal, 0.0, *parts)

    def disclosed(self, told: Any) -> None:
        windows = [w for w in self.w if told.first <= w <= told.last]
        if told.what == "principal":
            parts = []
            for c in told.contracts:
                for loan in told.loans:
                    for w in (w for w in windows if w <= self.l[loan].last):
                        parts += [(1.0, self.at("b", c, loan, w))]
                        parts += [(-1.0, self.at("b", c, loan, w + 1))] if w < self.l[loan].last else []
        elif told.what in ("revenue", "prepaid"):
            kind = "r" if told.what == "revenue" else "k"
            parts = [(1.0, self.at(kind, c, loan, w)) for c in told.contracts for loan in (*self.l, NONE) for w in windows
                     if self.open(loan, w)]
        else:
            assert told.what == "margin"
            return
        if told.low > -np.inf:
            self.add(self.least, told.low, *parts)
        if told.high < np.inf:
            self.add(self.least, -told.high, *((-f, column) for f, column in parts))

    def covered(self, cover: float, kept: bool) -> list[tuple[dict[int, float], float]]:
        """Present values at least so many times the balances; cash kept never below nothing; no debt on no contract."""
        rows: list[tuple[dict[int, float], float]] = []
        for c in self.c:
            last = max(owed.last for owed in self.l.values())
            for w in range(last + 1):
                live = [loan for loan, owed in self.l.items() if w <= owed.last]
                self.add(rows, 0.0, *((f, self.at(kind, c, loan, w)) for loan in live for f, kind in ((1.0, "v"), (-cover, "b"))))
                if kept:
                    self.add(rows, 0.0, (1.0, self.at("kept", c, w)))
        self.add(rows, 0.0, *((-1.0, self.at("b", NONE, loan, 0)) for loan in self.l))
        return rows

    def solve(self, cost: dict[int, float], more: list[tuple[dict[int, float], float]]) -> Any:
        width = len(self.names)

        def dense(rows: list[tuple[dict[int, float], float]]) -> np.ndarray:
            found = np.zeros((len(rows), width))
            for n, (terms, _) in enumerate(rows):
                for column, factor in terms.items():
                    found[n, column] = factor
            return found

        aim = np.zeros(width)
        for column, factor in cost.items():
            aim[column] = factor
        least = [*self.least, *more]
        return linprog(aim, A_ub=-dense(least), b_ub=[-limit for _, limit in least], A_eq=dense(self.equal),
                       b_eq=[limit for _, limit in self.equal],
                       bounds=[(None if n in self.free else 0.0, None) for n in range(width)], method="highs-ds")

    def feasible(self, cover: float, kept: bool) -> bool:
        return self.solve({}, self.covered(cover, kept)).status == 0

    def holds_at(self, margin: float) -> bool:
        """The claim can be true where margin cash is at most so much of all revenue."""
        rows = self.covered(1.0, True)
        self.add(rows, 0.0, *((margin if kind == "r" else -1.0, column) for (kind, *_), column in self.names.items()
                              if kind in ("r", "g")))
        return self.solve({}, rows).status == 0
