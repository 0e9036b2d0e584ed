"""What was disclosed of a case, as linear facts: every one names a sum of unknowns, its least and its most, and its source.

`low` and `high` bound, by what the fact is of:

- `revenue`: what the contracts are recognised to earn in the windows;
- `prepaid`: what of the prepayments held is credited against it;
- `principal`: what falls due of the loans, laid on the contracts (`none`: on no contract);
- `cash`: what of the contracts' cash answers for the loans (`none`: for no loan);
- `margin`: revenue less cash cost over revenue, in every window of every contract by itself;
- `average`: the same over all of these contracts and windows together;
- `cover`: present value of all cash that answers for the loans over their balance, at the start of every window;
- `dscr`: cash of a window that answers for the loans over their service in it, in every window.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from math import fsum, prod
from typing import Literal

NONE = "none"
What = Literal["revenue", "prepaid", "principal", "cash", "margin", "average", "cover", "dscr"]
FREE = float("inf")


@dataclass(frozen=True)
class Source:
    """Where a fact stands and how good it is."""

    source: str = ""
    grade: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Disclosure:
    """One fact: `contracts`, `loans` and windows that are summed, and between what the sum lies."""

    what: What
    words: str
    contracts: tuple[str, ...] = ()
    loans: tuple[str, ...] = ()
    first: int = 0
    last: int = 10_000
    low: float = -FREE
    high: float = FREE
    told: Source = Source()

    def __str__(self) -> str:
        """In words, with its place."""
        place = f"{self.told.file}:{self.told.line}: " if self.told.file else ""
        return f"{place}{self.words} ({self.told.source or 'no source'})"


@dataclass(frozen=True)
class Sold:
    """A contract, or customers that are disclosed together and count as one."""

    id: str
    name: str


@dataclass(frozen=True)
class Owed:
    """A loan: its interest a window on the balance at the window's start, and the window of its maturity.

    `coupons` tells the same by payment date: what is owed on the first of a window rests on the opening balance whatever was
    repaid in it, what is owed on later ones on the closing balance at least. A window without a payment date has none."""

    id: str
    name: str
    growth: tuple[float, ...]
    last: int
    coupons: tuple[tuple[float, ...], ...] = ()

    def first(self, w: int) -> float:
        """The coupon of the first payment date of a window."""
        return self.growth[w] if not self.coupons else fsum(self.coupons[w][:1])

    def rest(self, w: int) -> float:
        """The coupons of later payment dates of a window."""
        return fsum(self.coupons[w][1:]) if self.coupons else 0.0

    def compound(self, w: int) -> float:
        """1 and all coupons of a window, each on the one before."""
        return prod(1.0 + coupon for coupon in (self.coupons[w] if self.coupons else (self.growth[w],)))


@dataclass(frozen=True)
class Facts:
    """Contracts, loans, windows (by their last day) and everything disclosed of them."""

    start: date
    ends: tuple[date, ...]
    months: int
    contracts: tuple[Sold, ...]
    loans: tuple[Owed, ...]
    disclosures: tuple[Disclosure, ...]

    @property
    def names(self) -> dict[str, str]:
        """What contracts and loans are called, by their ids."""
        return {c.id: c.name for c in self.contracts} | {loan.id: loan.name for loan in self.loans}

    def with_(self, *more: Disclosure) -> Facts:
        """The same with more disclosed."""
        return replace(self, disclosures=(*self.disclosures, *more))

    def without(self, left_out: Iterable[Disclosure]) -> Facts:
        """The same with less disclosed."""
        gone = set(map(id, left_out))
        return replace(self, disclosures=tuple(d for d in self.disclosures if id(d) not in gone))

    def of(self, what: What) -> list[Disclosure]:
        """The facts of one kind."""
        return [d for d in self.disclosures if d.what == what]

    def windows(self, told: Disclosure) -> range:
        """The windows that a fact sums."""
        return range(max(0, told.first), min(told.last, len(self.ends) - 1) + 1)
