"""Support by hand: which promises count, what each would bring, and the smallest set with which a pair passes (RULES 6).

Nothing of `model/` is in here. The pair is walked month by month like an account book: what the contract brings, then the
vendor and the renewal, then what a sale has left in the drawer; a new lender takes over the balloon; the guarantor the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np

from tests.oracle_contracts import FOR_SALE, Customer, Lot, Paper, World, age_in_months, bought
from tests.oracle_days import DAY, Grid, Rows

LOW_PRICE = 0.61
GOOD = ("filing", "transcription", "press")


@dataclass
class Book:
    """What a pair is judged on: its parts of loans, the cash kept for it, and the world around."""

    case: Rows
    move: Rows
    grid: Grid
    key: str
    parts: list[tuple[str, Any, float]]
    loans: Rows
    kept: Any
    for_balloon: Any
    contract_end: int
    pays_out: Any  # of each month: the share of a surplus that the box sends up
    shares: dict[str, float] = field(default_factory=dict)


def limit(promise: Rows | None) -> Rows | None:
    """The amount or cap of a promise."""
    return (promise.get("amount") or promise.get("cap")) if promise else None


def counts(promise: Rows | None, most: Rows | None) -> bool:
    """A source of press grade or better, and an amount that nobody has assumed."""
    return bool(promise and most and most["value"] > 0 and promise["grade"] in GOOD and most["grade"] != "assumed")


# ---- what a contract's supports bring ---------------------------------------------------------------------------------


class Promised:
    """The supports of one contract: cash by month, for any set of letters."""

    def __init__(self, book: Book) -> None:
        self.book, self.grid, self.move = book, book.grid, book.move
        said = next((c for c in book.case["contracts"] if c["id"] == book.key), None)
        self.world = World(book.grid, book.case, book.move, signed=False)
        self.customer = Customer(self.world, said) if said else None
        self.none = np.zeros(book.grid.months)
        self.said: Rows = said or {}
        self.backstops = [c for c in book.case["contracts"] if book.key in (c.get("backs") or [])
                          and counts(c.get("support"), c.get("cap"))] if said else []
        self.renewing = [lot for lot in self.customer.lots if self.promise(lot)] if self.customer else []
        sale = self.said.get("residual_support")
        self.sale = sale if counts(sale, limit(sale)) else None

    def promise(self, lot: Lot) -> Rows | None:
        """What a tranche says of its renewal, if it counts."""
        said: Rows | None = lot.term.said.get("renewal_support")
        return said if counts(said, limit(said)) else None

    def letters(self) -> str:
        """Which of V, L and X are documented."""
        return "V" * bool(self.backstops) + "L" * bool(self.renewing) + "X" * bool(self.sale)

    def days(self, lot: Lot) -> Any:
        """1 on each day of the promised renewal."""
        if lot.lost:
            return np.zeros(len(self.grid.days))
        return self.grid.in_span(lot.again(), lot.renewal_end())

    def renewed(self, lot: Lot) -> Any:
        """What the renewal of a tranche brings by month, as far as its limit reaches."""
        promise = self.promise(lot)
        assert promise is not None
        fee = lot.fee * lot.last_level * LOW_PRICE * (1 + self.move["price_change"])
        cash, so_far = self.grid.by_month(self.days(lot) * (fee - lot.running_after)) * lot.stays, 0.0
        for t in range(self.grid.months):
            cash[t] = min(cash[t], max(0.0, limit(promise)["value"] - so_far))  # type: ignore[index]
            so_far += cash[t]
        return cash

    def last_renewed(self) -> int:
        """The last month of any renewal, counted from 1; 0 where none is made."""
        months = [self.grid.by_month(self.days(lot)) > 0 for lot in self.renewing]
        return max((int(np.flatnonzero(m)[-1]) + 1 for m in months if m.any()), default=0)

    def vendor(self, with_renewal: bool) -> Any:
        """The backstops' money, by what stays unsold of this contract among all that they back."""
        assert self.customer is not None
        row = self.none.copy()
        mine = np.maximum(0.0, sum(lot.unsold() for lot in self.customer.lots))
        if with_renewal:
            taken = sum((self.grid.by_month(self.days(lot)) * lot.term("capacity") for lot in self.renewing), self.none)
            mine = np.maximum(0.0, mine - taken / self.world.month_days)
        for said in self.backstops:
            others = [Customer(self.world, c) for c in self.book.case["contracts"] if c["id"] in said["backs"]]
            every = np.maximum(0.0, sum(lot.unsold() for one in others for lot in one.lots))
            part = np.where(every > 1e-9, mine / np.where(every > 1e-9, every, 1.0), 0.0)
            row += bought(Customer(self.world, said), others) * part
        return row

    def sold(self, with_renewal: bool) -> Any:
        """The price that was promised, or the orderly value of each lot of GPUs, up to the limit."""
        assert self.customer is not None
        assert self.sale is not None
        row, most = self.none.copy(), limit(self.sale)["value"]  # type: ignore[index]
        if self.sale.get("amount"):
            over = self.last_renewed() if with_renewal else 0
            ends = self.grid.month(min(self.customer.ends, self.customer.lost_on or self.customer.ends))
            t = over - 1 if over else ends
            if 0 <= t < self.grid.months:
                row[t] = most
            return row
        for lot in self.customer.lots:
            free = lot.last_used()
            if with_renewal and lot in self.renewing and not lot.lost:
                free = max(free, lot.renewal_end())
            for m, said in enumerate(lot.term.said.get("fleet") or [], start=1):
                market = self.world.hardware[said["hardware"]]
                t = self.grid.month(free + DAY * int(market("sale_days", 30)))
                if 0 <= t < self.grid.months:
                    row[t] += self.worth(Paper(f"{lot.term.key}.fleet-{m}", said, self.move), market, self.grid.ends[t])
        for t in range(self.grid.months):
            row[t] = min(row[t], max(0.0, most - row[:t].sum()))
        return row

    def worth(self, term: Paper, market: Paper, day: date) -> float:
        """Orderly value of a lot at a month end."""
        if term.day("delivered") > day:
            return 0.0
        curve = {0: 1.0} | {int(age): share["value"] for age, share in market.said["resale"].items()}
        age = age_in_months(term.day("delivered"), day) / 12
        of_price = float(np.interp(age, sorted(curve), [curve[a] for a in sorted(curve)]))
        change = (1 + self.move["resale_change"]) * market("orderly", FOR_SALE["orderly"])
        return float(term("gpus") * term("unit_price") / 1000 * of_price * change)

    def bring(self, letters: str) -> tuple[Any, Any, Any]:
        """V, L and X by month for a set of letters."""
        vendor = self.vendor("L" in letters) if "V" in letters else self.none.copy()
        renewal = sum((self.renewed(lot) for lot in self.renewing), self.none) if "L" in letters else self.none
        sale = self.sold("L" in letters) if "X" in letters else self.none
        if "X" in letters:  # who has sold the GPUs serves nobody with them
            vendor[max(self.book.contract_end, self.last_renewed() if "L" in letters else 0):] = 0.0
        return vendor, renewal, sale


# ---- the tests with a set of letters ------------------------------------------------------------------------------------


def guaranteed(book: Book) -> float | None:
    """The most that guarantors pay; None where a loan of the pair has no guarantee that counts."""
    most = 0.0
    for loan, _, debt in book.parts:
        promise = book.loans[loan].file.get("guarantee")
        if debt > 0 and not counts(promise, limit(promise)):
            return None
        if debt > 0:
            most += limit(promise)["value"] * debt  # type: ignore[index]
    return most


def new_lender(book: Book, loan: str, part: Any, debt: float) -> float:
    """What a loan's balloon can be refinanced with: the contract's cash after maturity, or a lender who has committed."""
    if part.matures <= book.move["market_shut"]:
        return 0.0
    rate = max(0.0, book.loans[loan].rate_before(part.matures - 1) + book.move["spread_reset"])
    worth = 0.0
    for t in range(book.contract_end - 1, part.matures - 1, -1):  # months after maturity, the last first
        worth = (worth + part.cash[t]) / (1 + rate * book.grid.ends[t].day / 365)
    promise = book.loans[loan].file.get("take_out")
    committed = limit(promise)["value"] * debt if counts(promise, limit(promise)) else 0.0  # type: ignore[index]
    return float(max(0.0, worth, committed))


def passes(book: Book, promised: Promised, letters: str) -> bool:
    """T1, T2 and T3 with these letters; the guarantor pays what they leave."""
    months, tolerance, cover = book.grid.months, book.move["tolerance"], book.move["cover"]
    vendor, renewal, sale = promised.bring(letters)
    arrives = np.flatnonzero(vendor + renewal + sale > tolerance)
    end = max(book.contract_end, int(arrives[-1]) + 1 if len(arrives) else 0)
    of_all = sum(book.shares.values())
    taken_over, value = np.zeros(months), np.zeros(months)
    for loan, part, debt in book.parts:
        lends = np.zeros(months)
        if "F" in letters:
            t = part.matures - 1
            lends[t] = min(part.balloon[t], new_lender(book, loan, part, debt))
        taken_over += lends
        share = book.shares.get(loan, 0.0)
        firm = np.where(np.arange(months) < end, part.cash, 0.0)
        value += worth_of(part, firm + (vendor + renewal) * share, lends, sale * share)
    return settle(book, letters, (vendor + renewal) * of_all, sale * of_all, taken_over, value, end, cover, tolerance)


def worth_of(part: Any, cash: Any, lends: Any, sale: Any) -> Any:
    """Value at the start of each month, on the loan's dates and at its rate; a sale counts in its month."""
    since, value, later = part.since(cash), np.zeros(len(cash)), 0.0
    for t in range(len(cash) - 1, -1, -1):
        alive = t < part.matures
        comes = (since[t] + lends[t] if part.pays[t] and alive else 0.0) + (sale[t] if alive else 0.0)
        later = value[t] = (comes + later) / part.growth[t]
    return value


def settle(book: Book, letters: str, earned: Any, sale: Any, taken_over: Any, value: Any, end: int, cover: float,
           tolerance: float) -> bool:
    """Month by month: who pays what, and what is left."""
    parts = [part for _, part, _ in book.parts]
    gathered = [part.since(part.cash) for part in parts]
    purse = drawer = short = missing = uncovered = 0.0
    thin = 0.0
    in_hand = {0: 0.0}
    exposure = sum(p.opening + p.drawn[::-1].cumsum()[::-1] for p in parts)
    for t in range(book.grid.months):
        if exposure[t] > tolerance:
            thin = max(thin, cover * exposure[t] - value[t] - drawer)
        on_date = any(p.pays[t] for p in parts)
        service, balloon = sum(p.service[t] for p in parts), sum(p.balloon[t] for p in parts)
        tested = sum(so_far[t] for so_far, p in zip(gathered, parts, strict=True) if p.releases[t])
        own = tested + (book.kept[t - 1] if t else 0.0)
        purse += earned[t]
        drawer += sale[t]
        usable = purse if on_date else 0.0
        lacks = max(0.0, service - own - usable)
        over = max(0.0, usable - max(0.0, service - own))
        wants = max(0.0, service + balloon - taken_over[t] - own - usable)
        short = max(short, lacks - drawer)
        unmet = max(0.0, balloon - taken_over[t] - book.for_balloon[t] - over - max(0.0, drawer - lacks))
        if t < end or "X" in letters:
            uncovered += unmet
        from_drawer = min(drawer, wants)
        missing += wants - from_drawer
        drawer -= from_drawer
        if on_date:
            purse = (1 - book.pays_out[t]) * max(0.0, over - balloon)
        waits = sum(so_far[t] for so_far, p in zip(gathered, parts, strict=True) if not p.releases[t])
        in_hand[t + 1] = book.kept[t] + max(0.0, waits) + max(0.0, purse) + drawer
    owed = sum(p.closing[end - 1] for p in parts) if end else sum(p.opening[0] for p in parts)
    uncovered += max(0.0, owed - in_hand[end])
    if short <= tolerance and uncovered <= tolerance and thin <= tolerance:
        return True
    most = guaranteed(book)
    return "G" in letters and most is not None and max(missing, thin) <= most + tolerance


def smallest(book: Book) -> str | None:
    """The letters of the smallest set that passes, in the order V, L, X, F, G; None where none does."""
    promised = Promised(book)
    letters = promised.letters() + "F" + "G" * (guaranteed(book) is not None)
    for size in range(1, len(letters) + 1):
        for tried in combinations(letters, size):
            if passes(book, promised, "".join(tried)):
                return "".join(tried)
    return None
