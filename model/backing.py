"""Documented support of a pair, from what a case says of it: who has promised what, and the blocks that count it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Any

from model.clock import Clock
from model.contracts import RenewedCapacity, Resale, Tranche, VendorShare
from model.coverage import Pair, Slice, SupportCash, SupportedCover, SupportedSlice
from model.debt import Statement
from model.drivers import Drivers
from model.inputs.schema import Case
from model.inputs.values import Promise, may_count
from model.lending import derived
from model.selling import Selling
from model.sheet import Block, Row, Sourced
from model.sold import Sold, rows, text
from model.timeline import Timeline

LETTERS = "VLXFG"
KINDS = {"V": "vendor", "L": "renewal", "X": "residual", "F": "refinancing", "G": "guarantee"}
"""The letters in the order in which they are tried, and what their support is called."""
TAIL = "contracted cash after maturity, at the loan's own rate"


@dataclass(frozen=True)
class Disclosed:
    """One support that a case discloses; `counts` tells whether it may (RULES 6), `limit` is the most it brings."""

    letter: str
    provider: str
    trigger: str
    limit: float | None
    source: str
    grade: str
    counts: bool
    loan: str = ""


def told(letter: str, promise: Promise, limit: Any, part: float = 1.0, loan: str = "") -> Disclosed:
    """A promise as it is disclosed; of a loan's promise the part that is mapped to the pair."""
    return Disclosed(letter, promise.provider, promise.trigger, limit.value * part if limit else None, promise.source,
                     promise.grade, may_count(promise, limit), loan)


@dataclass
class Backing:
    """The supports of one pair, with their blocks where any of them counts."""

    disclosed: list[Disclosed]
    letters: str = ""
    cash: SupportCash | None = None
    cover: SupportedCover | None = None
    slices: dict[str, SupportedSlice] = field(default_factory=dict)
    parts: list[Block] = field(default_factory=list)

    def blocks(self) -> list[Block]:
        """In the order a reader meets them."""
        return [*self.parts, *self.slices.values(), *(block for block in (self.cash, self.cover) if block is not None)]

    def flags(self) -> dict[str, Row]:
        """By letter: the flag that counts it."""
        return {letter: self.cash.row(f"counts_{KINDS[letter]}") for letter in self.letters} if self.cash else {}


@dataclass(frozen=True)
class Backed:
    """A pair as its supports see it: its contract, its loans with their shares, and what its box pays out."""

    key: str
    pair: Pair
    pieces: Sequence[tuple[str, float, Slice]]
    paid_out: Row | Sourced


class Backers:
    """Makes the backing of each pair."""

    def __init__(self, case: Case, timeline: Timeline, clock: Clock, drivers: Drivers, selling: Selling,
                 loans: Mapping[str, Statement]) -> None:
        self.case, self.timeline, self.clock, self.drivers = case, timeline, clock, drivers
        self.selling, self.loans = selling, loans
        self.files = {loan.id: loan for loan in case.debt.instruments}

    def of(self, backed: Backed) -> Backing:
        """The supports of a pair; blocks only where one of them counts."""
        disclosed = list(self._disclosed(backed))
        found = Backing(disclosed, "".join(k for k in LETTERS if any(d.letter == k and d.counts for d in disclosed)))
        if self._every_loan_is_guaranteed(backed) is None:
            found.letters = found.letters.replace("G", "")
        if found.letters:
            self._wire(backed, found)
        return found

    # ---- what is disclosed -------------------------------------------------------------------------------------------

    def _disclosed(self, backed: Backed) -> Iterator[Disclosed]:
        file = self.selling.files.get(backed.key)
        if file is not None:
            for other in self._backstops(backed.key):
                if other.support:
                    yield told("V", other.support, other.cap)
            for said in file.tranches:
                if promise := getattr(said, "renewal_support", None):
                    yield told("L", promise, promise.limit)
            if promise := file.residual_support:
                yield told("X", promise, promise.limit)
        for loan, part, _ in backed.pieces:
            yield from self._of_loan(backed, self.files[loan], part)

    def _of_loan(self, backed: Backed, loan: Any, part: float) -> Iterator[Disclosed]:
        """Refinancing and guarantee of a loan of the pair."""
        if part <= 0:
            return
        contract = self.selling.files.get(backed.key)
        if contract is not None and _may_outlive(contract, loan):
            yield Disclosed("F", "a new lender", f"maturity of {loan.name}", None, f"RULES 6: {TAIL}", "derived", True, loan.id)
        if loan.take_out:
            yield told("F", loan.take_out, loan.take_out.limit, part, loan.id)
        if loan.guarantee:
            yield told("G", loan.guarantee, loan.guarantee.limit, part, loan.id)

    def _backstops(self, contract: str) -> list[Any]:
        return [other for other in self.case.contracts.contracts if contract in (getattr(other, "backs", None) or ())]

    def _every_loan_is_guaranteed(self, backed: Backed) -> float | None:
        """The most that guarantees pay for the pair; None where a loan of it has none that counts."""
        promises = [(self.files[loan].guarantee, part) for loan, part, _ in backed.pieces if part > 0]
        if not all(promise and may_count(promise, promise.limit) for promise, _ in promises):
            return None
        return fsum(promise.limit.value * part for promise, part in promises)

    def _promising(self, key: str) -> list[Tranche]:
        """Tranches whose promise to renew counts."""
        if key not in self.selling.files:
            return []
        both = zip(self.selling.sold[key].tranches, self.selling.files[key].tranches, strict=True)
        promises = ((tranche, getattr(said, "renewal_support", None)) for tranche, said in both)
        return [tranche for tranche, promise in promises if promise and may_count(promise, promise.limit)]

    # ---- blocks ------------------------------------------------------------------------------------------------------

    def _wire(self, backed: Backed, found: Backing) -> None:
        sold = self.selling.sold.get(backed.key)
        found.cash = SupportCash(f"Support of {backed.pair.title}", key=f"support.{backed.key}",
                                 number=self.clock.row("number"), tolerance=self.drivers.row("tolerance"),
                                 **self._ends(backed, sold), **self._renewal(backed), **self._vendor(backed, found, sold),
                                 **self._residual(backed, found, sold))
        found.slices = {key: self._slice(backed, found.cash, key, piece) for key, _, piece in backed.pieces}
        found.cover = self._cover(backed, found, list(found.slices.values()))
        backed.pair.bind(supported=found.cover.row("covered"), support_grade=found.cover.row("grade"),
                         support_words=found.cover.row("support_words"))

    def _ends(self, backed: Backed, sold: Sold | None) -> dict[str, Any]:
        nothing = derived([0.0] * self.timeline.count, "no contract")
        return {"contract_end": backed.pair.row("contract_end"), "ended_now": sold.contract.row("ended_now") if sold else nothing}

    def _renewal(self, backed: Backed) -> dict[str, Any]:
        """Renewals whose promise counts; the others bring nothing."""
        promising = self._promising(backed.key)
        ends: list[Any] = rows(promising, "promised_last")
        return {"renewal_in": rows(promising, "promised_cash"), "renewal_ends": ends or [derived(0, "no renewal is promised")]}

    def _vendor(self, backed: Backed, found: Backing, sold: Sold | None) -> dict[str, Any]:
        """A share of each backstop that counts, by what stays unsold of this contract."""
        counting = [o for o in self._backstops(backed.key) if may_count(o.support, o.cap)] if "V" in found.letters else []
        renewed = [RenewedCapacity(f"{t.title}: renewed", key=f"{t.key}.renewed", capacity=t.row("capacity"),
                                   days=self.clock.row("days"), promised_days=t.row("promised_days"))
                   for t in self._promising(backed.key) if counting]
        shares = [self._share(backed, other, sold, renewed) for other in counting if sold]
        found.parts += [*renewed, *shares]
        return {"vendor_in": rows(shares, "cash"), "vendor_beside_in": rows(shares, "cash_beside_renewal")}

    def _share(self, backed: Backed, other: Any, sold: Sold, renewed: Sequence[RenewedCapacity]) -> VendorShare:
        every = [t for key in other.backs for t in self.selling.sold[key].tranches]
        return VendorShare(
            f"{other.name}: for {sold.contract.title}", key=f"backed-by.{other.id}.{backed.key}",
            kept_in=rows(self.selling.sold[other.id].tranches, "kept"), offered_in=rows(sold.tranches, "offered_mw"),
            sold_in=rows(sold.tranches, "sold_mw"), renewed_in=rows(renewed, "taken"),
            all_offered_in=rows(every, "offered_mw"), all_sold_in=rows(every, "sold_mw"))

    def _residual(self, backed: Backed, found: Backing, sold: Sold | None) -> dict[str, Any]:
        """GPUs at their orderly value up to a cap, or at the price that is promised."""
        if "X" not in found.letters or sold is None:
            return {"sold_in": [], "sold_later_in": []}
        promise = self.selling.files[backed.key].residual_support
        limit = Sourced(promise.limit.value, promise.limit.source, promise.limit.grade)
        fixed = {"fixed_price": limit} if promise.amount else {}
        lots = [] if promise.amount else [self._resale(backed.key, sold, lot) for lot in sold.lots]
        found.parts += lots
        return {"sold_in": rows(lots, "sold"), "sold_later_in": rows(lots, "sold_later"), "residual_cap": limit, **fixed}

    def _resale(self, key: str, sold: Sold, lot: Any) -> Resale:
        tranche = next(t for t in sold.tranches if lot.key.startswith(f"{t.key}."))
        renewed = tranche.row("promised_to") if tranche in self._promising(key) else lot.row("last_used")
        return Resale(f"{lot.title}: promised sale", key=f"{lot.key}.resale", value=lot.row("in_orderly"),
                      starts=self.clock.row("starts"), ends=self.clock.row("ends"), sale_days=lot.row("sale_days"),
                      last_used=lot.row("last_used"), last_renewed=renewed)

    def _slice(self, backed: Backed, cash: SupportCash, key: str, piece: Slice) -> SupportedSlice:
        loan, promise = self.loans[key], self.files[key].take_out
        committed = {"take_out": Sourced(promise.limit.value, promise.limit.source, promise.limit.grade)} if (
            promise and may_count(promise, promise.limit)) else {}
        return SupportedSlice(
            f"{piece.title}: with support", key=f"backed.{piece.key}", number=self.clock.row("number"),
            days=self.clock.row("days"), **{name: self.drivers.row(name) for name in ("spread_reset", "market_shut")},
            loan_balloon=piece.row("balloon"), rate=loan.row("rate"), contract_end=backed.pair.row("contract_end"),
            **{name: piece.row(name)
               for name in ("maturity", "cash_share", "debt_share", "cash", "in_life", "releases", "growth")},
            **{name: cash.row(name) for name in ("end", "counts_refinancing", "vendor", "renewal", "residual")}, **committed)

    def _cover(self, backed: Backed, found: Backing, slices: Sequence[SupportedSlice]) -> SupportedCover:
        assert found.cash is not None
        cap = self._every_loan_is_guaranteed(backed)
        guaranteed = {} if cap is None else {"guaranteed": derived(cap, "guarantees of the loans, for the share that is mapped")}
        who = {name: text(self._who(found, letter)) for name, letter in (
            ("vendor", "V"), ("renewer", "L"), ("buyer", "X"), ("refinancer", "F"), ("guarantor", "G"))}
        of_pair = ("number", "tolerance", "required", "pays", "service", "balloon", "tested_cash", "kept", "for_balloon",
                   "at_hand", "left_after", "exposure", "owing", "maturity")
        return SupportedCover(
            f"{backed.pair.title}: tests with support", key=f"supported.{backed.key}", paid_out=backed.paid_out, **who,
            **guaranteed, **{name: backed.pair.row(name) for name in of_pair}, end=found.cash.row("end"),
            **{f"counts_{kind}": found.cash.row(f"counts_{kind}") for kind in KINDS.values()},
            vendor_in=rows(slices, "from_vendor"), renewal_in=rows(slices, "from_renewal"), sale_in=rows(slices, "from_sale"),
            refinanced_in=rows(slices, "refinanced"), value_in=rows(slices, "value"))

    def _who(self, found: Backing, letter: str) -> str:
        """Everybody who stands behind a letter."""
        names = (d.provider for d in found.disclosed if d.letter == letter and d.counts)
        return ", ".join(dict.fromkeys(names)) or "nobody"


def _may_outlive(contract: Any, loan: Any) -> bool:
    """Whether a contract may bring cash after a loan has matured."""
    late = contract.payment_days or any(getattr(t, "end_moves", None) and t.end_moves.value for t in contract.tranches)
    return bool(late) or max(t.end.value for t in contract.tranches) > loan.maturity.value


def blocks_of(backings: Iterable[Backing]) -> list[Block]:
    """All their blocks."""
    return [block for backing in backings for block in backing.blocks()]
