"""The linear programme of everything that was not disclosed, under everything that was.

Unknown for contract c, loan l, window w, in USD m:

- `rev[c, w]` revenue recognised, `pre[c, w]` prepayment credited against it (at most the revenue, so it counts once);
- `due[c, l, w]` principal of l laid on c that falls due at the end of w; the contract `none` carries debt without one;
- `short[pair]` what the present value of a pair's cash leaves of its balance, where a question asks for it;
- `got[c, l, w]` cash of c that answers for l (loan `none`: for no debt), and `lost[c, l, w]` where it is negative.

The margin is on revenue recognised: cash of c in w is margin x rev - pre. So with low <= margin <= high
    low x rev - pre <= sum(got) - sum(lost) <= high x rev - pre,
without a product of unknowns; one margin over several windows is relaxed to one for each.

What a window hides is read in three ways, so that no answer rests on the length of windows:

- `can`, the kindest: what it cannot do is impossible. Only the first coupon of a window runs on the opening balance, later ones
  on the closing balance; cash is there on the first payment date; what is left over is kept for later windows.
- `must`, the harshest: what cannot fail in it is certain. All coupons run on the opening balance, compounded; cash comes on the
  last payment date; nothing is kept, as nobody said that it is not paid out.
- `world`: one world, which a witness is written from. One coupon a window on the opening balance, cash and instalment on the end
  of the window, what is left over is kept.

Who bears negative cash is not known. In `can` and `must` anybody may: sum(got) <= high x (rev - pre) and sum(lost) <= (1 - low)
x pre, the tightest linear bounds of what is true whatever the credit. In `world` it is no loan's, no contract earns for a loan
while its cash is negative (`negative` names where it may be), and each slice of a loan must be covered by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from model.bounds.disclosures import FREE, NONE, Disclosure, Facts

View = Literal["can", "must", "world"]
Terms = dict[int, float]
SMALL = 1e-7


@dataclass(frozen=True)
class Line:
    """One row: low <= sum of terms <= high, and the disclosure that it states."""

    terms: Terms
    low: float = -FREE
    high: float = FREE
    told: Disclosure | None = None


def plus(*parts: tuple[float, Terms]) -> Terms:
    """A sum of terms, each so many times."""
    found: Terms = {}
    for factor, terms in parts:
        for column, value in terms.items():
            found[column] = found.get(column, 0.0) + factor * value
    return found


@dataclass
class Programme:
    """Columns and rows of the facts; questions add rows and an objective."""

    facts: Facts
    view: View = "can"
    negative: frozenset[tuple[str, int]] = frozenset()
    lines: list[Line] = field(default_factory=list)
    written: Any = None  # the lines as a solver takes them, once they are

    def __post_init__(self) -> None:
        """Columns in blocks of contracts x loans x windows."""
        facts = self.facts
        self.contracts, self.loans = [c.id for c in facts.contracts], [loan.id for loan in facts.loans]
        self.owed = {loan.id: loan for loan in facts.loans}
        self.span = range(len(facts.ends))
        self._columns: dict[tuple[str, ...], int] = {}
        self._sums: dict[tuple[str, str, str, int], Terms] = {}
        self._covered: dict[tuple[float, float], list[Line]] = {}
        self.high: list[float] = []
        for c in self.contracts:
            for w in self.span:
                self._add("rev", c, NONE, w)
                self._add("pre", c, NONE, w)
        for loan in self.loans:
            for c in (*self.contracts, NONE):
                for w in range(self.owed[loan].last + 1):
                    self._add("due", c, loan, w)
        for c in self.contracts:
            for loan in (*self.loans, NONE):
                for w in self.span if loan == NONE else range(self.owed[loan].last + 1):
                    self._add("got", c, loan, w, 0.0 if (c, w) in self.negative else FREE)
                    borne = self.wide or (loan == NONE and (c, w) in self.negative)
                    self._add("lost", c, loan, w, FREE if borne else 0.0)
        for name in self.pairs:
            self._add("short", name, NONE, 0)
        self.lines = [*self._accounting(), *(line for told in facts.disclosures for line in self.stated(told))]

    def _add(self, kind: str, c: str, loan: str, w: int, high: float = FREE) -> None:
        self._columns[kind, c, loan, str(w)] = len(self.high)
        self.high.append(high)

    @property
    def wide(self) -> bool:
        """It holds every world, and more."""
        return self.view != "world"

    def seen(self, view: View) -> Programme:
        """The same facts in another view."""
        return self if view == self.view else Programme(self.facts, view)

    def world(self, values: np.ndarray | None = None) -> Programme:
        """Worlds only, cash negative where that of a solution is."""
        places = [] if values is None else [
            (c, w) for c in self.contracts for w in self.span
            if self.read(values, self.sum("lost", [c], [*self.loans, NONE], [w])) > SMALL]
        return Programme(self.facts, "world", frozenset(places))

    def moved(self, moves: Mapping[int, float]) -> Programme:
        """The same with both ends of rows moved, by the identity of what they state; of totals, which the ends stand alone in."""
        found = copy(self)
        found.lines = [replace(line, low=line.low + by, high=line.high + by) if (by := moves.get(id(line.told))) else line
                       for line in self.lines]
        found.written = None
        return found

    @property
    def width(self) -> int:
        """Number of unknowns."""
        return len(self.high)

    def columns(self) -> Iterator[tuple[tuple[str, ...], int]]:
        """Every unknown: its kind, contract, loan and window, and its column."""
        yield from self._columns.items()

    # ---- sums of unknowns --------------------------------------------------------------------------------------------

    def one(self, kind: str, c: str, loan: str, w: int) -> Terms:
        """An unknown; nothing where there is none, as after a maturity."""
        column = self._columns.get((kind, c, loan, str(w)))
        return {} if column is None else {column: 1.0}

    def sum(self, kind: str, contracts: Iterable[str], loans: Iterable[str], windows: Iterable[int]) -> Terms:
        """Unknowns of a kind, summed."""
        loans, names = list(loans), [str(w) for w in windows]
        places = (self._columns.get((kind, c, loan, w)) for c in contracts for loan in loans for w in names)
        return {column: 1.0 for column in places if column is not None}

    def cash(self, c: str, loan: str, w: int) -> Terms:
        """Cash of a contract that answers for a loan."""
        return plus((1.0, self.one("got", c, loan, w)), (-1.0, self.one("lost", c, loan, w)))

    def balance(self, c: str, loan: str, w: int) -> Terms:
        """What is owed at the start of a window: all that falls due from there on."""
        return self.sum("due", [c], [loan], range(w, self.owed[loan].last + 1))

    def service(self, c: str, loan: str, w: int, *, least: bool = False) -> Terms:
        """Principal and interest of a window, the least that it can be or all of it on the opening balance."""
        owed, opening, due = self.owed[loan], self.balance(c, loan, w), self.one("due", c, loan, w)
        if least:
            return plus((1.0 - owed.rest(w), due), (owed.first(w) + owed.rest(w), opening))
        return plus((1.0, due), (owed.growth[w], opening))

    def worth(self, c: str, loan: str, w: int, view: View) -> Terms:
        """Present value, at the start of a window, of the cash to the loan's maturity, at the loan's own rate."""
        key = (c, loan, view, w)
        if key not in self._sums:
            owed, cash, later = self.owed[loan], self.cash(c, loan, w), {}
            if w < owed.last:
                later = self.worth(c, loan, w + 1, view)
            whole = owed.compound(w) if view == "must" else 1.0 + owed.growth[w]
            here = 1.0 + owed.first(w) if view == "can" else whole
            self._sums[key] = plus((1.0 / here, cash), (1.0 / whole, later))
        return self._sums[key]

    # ---- rows --------------------------------------------------------------------------------------------------------

    def _accounting(self) -> Iterator[Line]:
        told = {(c, w) for d in self.facts.of("margin") for c in d.contracts for w in self.facts.windows(d)}
        for c in self.contracts:
            for w in self.span:
                yield Line(plus((1.0, self.one("pre", c, NONE, w)), (-1.0, self.one("rev", c, NONE, w))), high=0.0)
                if (c, w) not in told:
                    yield from self.margin(c, w, 0.0, 1.0)

    def margin(self, c: str, w: int, low: float, high: float, told: Disclosure | None = None) -> Iterator[Line]:
        """Cash of a contract in a window at margins between two."""
        rev, pre = self.one("rev", c, NONE, w), self.one("pre", c, NONE, w)
        got, lost = (self.sum(kind, [c], [*self.loans, NONE], [w]) for kind in ("got", "lost"))
        net = plus((1.0, got), (-1.0, lost), (1.0, pre))
        yield Line(plus((1.0, net), (-low, rev)), low=0.0, told=told)
        yield Line(plus((1.0, net), (-high, rev)), high=0.0, told=told)
        if self.wide:
            yield Line(plus((1.0, got), (-high, rev), (high, pre)), high=0.0, told=told)
            yield Line(plus((1.0, lost), (low - 1.0, pre)), high=0.0, told=told)

    def stated(self, told: Disclosure) -> Iterator[Line]:
        """The rows of a disclosure."""
        windows = self.facts.windows(told)
        if told.what == "margin":
            for c in told.contracts:
                for w in windows:
                    yield from self.margin(c, w, max(0.0, told.low), min(1.0, told.high), told)
        elif told.what == "average":
            earned, sold = self.earned(told.contracts, windows), self.sum("rev", told.contracts, [NONE], windows)
            for limit, sign in ((told.low, 1.0), (told.high, -1.0)):
                if abs(limit) < FREE:
                    yield Line(plus((sign, earned), (-sign * limit, sold)), low=0.0, told=told)
        elif told.what in ("cover", "dscr"):
            for w in windows:
                yield from self._covenant(told, w)
        else:
            yield Line(self._summed(told, windows), told.low, told.high, told)

    def _summed(self, told: Disclosure, windows: range) -> Terms:
        if told.what == "cash":
            return plus(*((1.0, self.cash(c, loan, w)) for c in told.contracts for loan in told.loans for w in windows))
        if told.what == "principal":
            return self.sum("due", told.contracts, told.loans, windows)
        return self.sum("rev" if told.what == "revenue" else "pre", told.contracts, [NONE], windows)

    def earned(self, contracts: Iterable[str], windows: Iterable[int]) -> Terms:
        """Revenue less cash cost: cash, and what was prepaid."""
        windows = list(windows)
        return plus(*((1.0, terms) for c in contracts for w in windows for terms in (
            self.one("pre", c, NONE, w), *(self.cash(c, loan, w) for loan in (*self.loans, NONE)))))

    def _covenant(self, told: Disclosure, w: int) -> Iterator[Line]:
        """A ratio of all that answers for loans, in wide programmes read so that no world is lost."""
        every, live = (*self.contracts, NONE), [loan for loan in told.loans if w <= self.owed[loan].last]
        for limit, sign in ((told.low, 1.0), (told.high, -1.0)):
            if abs(limit) == FREE:
                continue
            view: View = "world" if not self.wide else "can" if sign > 0 else "must"
            if told.what == "cover":
                above = [(1.0, self.worth(c, loan, w, view)) for loan in live for c in self.contracts]
                below = [(1.0, self.balance(c, loan, w)) for loan in live for c in every]
            else:
                above = [(1.0, self.cash(c, loan, w)) for loan in live for c in self.contracts]
                below = [(1.0, self.service(c, loan, w, least=view == "can")) for loan in live for c in every]
            yield Line(plus(*((sign, terms) for _, terms in above), *((-sign * limit, terms) for _, terms in below)), low=0.0,
                       told=told)

    # ---- cover -------------------------------------------------------------------------------------------------------

    @cached_property
    def pairs(self) -> Mapping[str, list[tuple[str, str]]]:
        """What is tested by itself: a contract with its slices; in a world each slice."""
        if self.wide:
            return {c: [(c, loan) for loan in self.loans] for c in self.contracts}
        return {f"{c} - {loan}": [(c, loan)] for c in self.contracts for loan in self.loans}

    def surplus(self, pieces: Iterable[tuple[str, str]], w: int) -> Terms:
        """T1 and T2: cash less service, balloons included, from the start to the end of a window; of it alone if none is kept."""
        return plus(*((sign, terms) for c, loan in pieces
                      for v in range(w if self.view == "must" else 0, min(w, self.owed[loan].last) + 1)
                      for sign, terms in ((1.0, self.cash(c, loan, v)),
                                          (-1.0, self.service(c, loan, v, least=self.view == "can")))))

    def headroom(self, pieces: Iterable[tuple[str, str]], w: int, cover: float) -> Terms:
        """T3: present value less so many times the balance, at the start of a window."""
        return plus(*((sign, terms) for c, loan in pieces for sign, terms in (
            (1.0, self._worth(c, loan, w)), (-cover, self.balance(c, loan, w)))))

    def _worth(self, c: str, loan: str, w: int) -> Terms:
        return self.worth(c, loan, w, self.view) if w <= self.owed[loan].last else {}

    def covered(self, cover: float = 1.0, spare: float = 0.0) -> list[Line]:
        """H1: no debt without a contract; every pair passes T1, T2 and T3 at a cover of at least `cover`."""
        if (cover, spare) not in self._covered:
            self._covered[cover, spare] = [self.no_debt_without_contract(), *(
                line for pieces in self.pairs.values() for w in self.tested(pieces) for line in (
                    Line(self.surplus(pieces, w), low=spare), Line(self.headroom(pieces, w, cover), low=0.0)))]
        return self._covered[cover, spare]

    def no_debt_without_contract(self) -> Line:
        """Every loan stands on contracts."""
        return Line(self.sum("due", [NONE], self.loans, self.span), high=0.0)

    def tested(self, pieces: Iterable[tuple[str, str]]) -> range:
        """Windows up to the last maturity of a pair."""
        return range(max(self.owed[loan].last for _, loan in pieces) + 1)

    def whole(self) -> list[tuple[str, str]]:
        """The pool of H3a: all contracts and all loans."""
        return [(c, loan) for c in self.contracts for loan in self.loans]

    def read(self, values: np.ndarray, terms: Terms) -> float:
        """The value of a sum in a solution."""
        return float(sum(factor * values[column] for column, factor in terms.items()))
