"""All questions asked of a case, and the worlds that show the answers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import fsum
from pathlib import Path

import numpy as np

from model.bounds import questions as ask
from model.bounds.asking import Ranked, asked_twice
from model.bounds.conflicts import refuse_contradictions
from model.bounds.disclosures import NONE, Disclosure, Facts
from model.bounds.prices import Price, prices
from model.bounds.programme import Programme
from model.bounds.proofs import Proof, proofs
from model.bounds.questions import Found, Shown, Verdict
from model.bounds.readings import Reading, readings
from model.bounds.witness import DUST, files
from model.cases import load
from model.certainty.result import H_WORDS
from model.faults import stop_at_faults
from model.sheet import evaluate

POINT = 0.01
Slices = tuple[tuple[str, str, float, float], ...]
TOLD = 0.05  # USD m of a slice that is told


@dataclass(frozen=True)
class Range:
    """Between what a figure lies, and the ends that a world was shown for."""

    low: float | None
    high: float | None
    shown_low: float | None = None
    shown_high: float | None = None
    stopped: bool = False
    """The high end is none that is exceeded, but nearer ones were not searched to the end."""


@dataclass(frozen=True)
class Replayed:
    """A world as a case folder, what is claimed of it, and what the engine says."""

    name: str
    title: str
    files: dict[str, str]
    claimed: float
    engine: float
    claim: str
    slices: Slices
    """Contract, loan, principal of the slice, and cash that answers for it."""

    @property
    def confirmed(self) -> bool:
        """Engine and programme agree on the lowest cover."""
        return abs(self.claimed - self.engine) <= 1e-6 * max(1.0, abs(self.claimed))


class Bounds:
    """What the facts of a case can and cannot prove.

    `coarse` are the same facts by year, for what is tried many times over; `floors` are the covers that covenants ask for."""

    def __init__(self, facts: Facts, case: str, tick: Callable[[], None] = lambda: None, *, coarse: Facts | None = None,
                 floors: Iterable[Disclosure] = ()) -> None:
        refuse_contradictions(facts)
        self.facts, self.case, self.tick, self.coarse, self.floors = facts, case, tick, coarse or facts, tuple(floors)
        self.wide = Programme(facts)
        self.hard = self.wide.seen("must")

    # ---- can it, must it ---------------------------------------------------------------------------------------------

    @cached_property
    def can(self) -> tuple[Verdict, Shown | None]:
        """Whether the claim can hold, with a world of the highest cover where it does."""
        verdict, shown = ask.can_hold(self.facts)
        if shown is None:
            return verdict, None
        programme = shown.programme
        found = ask.highest_cover(programme, programme.pairs.values(), programme.covered(spare=ask.SPARE))
        return verdict, Shown(programme, found.at if found else shown.at)

    @cached_property
    def fails(self) -> Found | None:
        """A shortfall that a pair may have."""
        return ask.must_hold(self.hard, largest=False)

    @cached_property
    def without_contract(self) -> Found:
        """The most debt that may have no contract."""
        return ask.without_contract(self.wide)

    @cached_property
    def counter(self) -> Shown | None:
        """A world in which a pair is short, every loan on contracts, as far as one can be shown."""
        found = self.shortfall
        return Shown(self.wide.world(), found.at) if found else None

    @cached_property
    def shortfall(self) -> Found | None:
        """Its shortfall, by the last window of a pair if it can be."""
        world = self.wide.world()
        return ask.must_hold(world, at_the_end=True) or ask.must_hold(world)

    @property
    def verdict(self) -> str:
        """In one word; `unrefuted` where the claim can hold and no world was found in which it does not."""
        if self.fails is None and self.without_contract.value <= ask.TOLERANCE:
            return "certain"
        shown = self.shortfall is not None or self.without_contract.value > ask.TOLERANCE
        return "unrefuted" if self.can[0] == "possible" and not shown else self.can[0]

    # ---- ranges ------------------------------------------------------------------------------------------------------

    @cached_property
    def cover(self) -> Range:
        """Lowest CLCR of the worst pair, every loan on contracts."""
        p = self.wide
        high = ask.highest_cover(p, p.pairs.values(), [p.no_debt_without_contract()])
        if high is None:
            return Range(0.0, None)
        shown = [found.value for world in (p.world(), p.world(high.at))
                 if (found := ask.highest_cover(world, world.pairs.values(), [world.no_debt_without_contract()]))]
        world = p.world()
        return Range(ask.lowest_cover(self.hard, self.hard.pairs.values()).value, high.value,
                     ask.lowest_cover(world, world.pairs.values()).value, max(shown, default=None))

    @cached_property
    def uncovered(self) -> Range:
        """What present values leave of the balances at the start."""
        low, high = ask.least_uncovered(self.wide), ask.greatest_uncovered(self.hard)
        least, most = self.extremes
        return Range(low.value, high.value, least.value, ask.left_uncovered(self.world, most.at), high.what == ask.STOPPED)

    @cached_property
    def world(self) -> Programme:
        """Worlds, cash negative where that of the least uncovered is."""
        return self.wide.world(ask.least_uncovered(self.wide).at)

    @cached_property
    def extremes(self) -> tuple[Found, Found]:
        """The worlds with the least and the most uncovered."""
        return ask.least_uncovered(self.world), ask.greatest_uncovered(self.world)

    @cached_property
    def pooled(self) -> Range:
        """Lowest CLCR of all contracts and loans as one (H3a)."""
        group = [ask.pooled(self.wide)]
        high = ask.highest_cover(self.wide, group)
        return Range(ask.lowest_cover(self.hard, group).value, high.value if high else None)

    # ---- margins -----------------------------------------------------------------------------------------------------

    @cached_property
    def free(self) -> Programme:
        """Nothing said of margins."""
        return Programme(ask.free_margins(self.facts))

    @cached_property
    def lowest_margin(self) -> Found | None:
        """The lowest average margin at which the claim can be true."""
        return ask.lowest_margin(self.free)

    @cached_property
    def shown_margin(self) -> float | None:
        """The lowest that a world was shown for."""
        if self.lowest_margin is None:
            return None
        shown = [found.value for at in (None, self.lowest_margin.at) if (found := ask.lowest_margin(self.free.world(at)))]
        return min(shown, default=None)

    @cached_property
    def same_margin(self) -> float | None:
        """The same where all contracts have one margin in every period."""
        return ask.lowest_margin_for_all(self.facts)

    @cached_property
    def settling_margin(self) -> float | None:
        """The margin above which the claim must be true."""
        if self.without_contract.value > ask.TOLERANCE:
            return None
        found = ask.margin_that_settles(self.facts)
        return found.value if found else None

    @cached_property
    def prices(self) -> list[Price]:
        """What the lowest margin hangs on, the dearest first."""
        return prices(self.free, self.lowest_margin.value) if self.lowest_margin else []

    @cached_property
    def point(self) -> tuple[float, float] | None:
        """What the highest cover of the worst pair loses with a point less margin for every contract, and from where."""
        top = min([1.0, *(d.high for d in self.facts.of("margin") if d.high <= 1.0)])
        capped = Programme(self.facts.with_(Disclosure("margin", "a point less", tuple(self.wide.contracts), high=top - POINT)))
        less = ask.highest_cover(capped, capped.pairs.values(), [capped.no_debt_without_contract()])
        return None if less is None or self.cover.high is None else (self.cover.high - less.value, top)

    # ---- what to ask, and what was shown -----------------------------------------------------------------------------

    @cached_property
    def asked(self) -> tuple[Ranked, Ranked]:
        """Every candidate by what it narrows, by figure, by year; and the best again in windows of the answer."""
        return asked_twice(self.coarse, self.facts, self.tick)

    @cached_property
    def readings(self) -> list[Reading]:
        """What would follow if covenants were met, or all cash pledged."""
        return list(readings(self.facts, self.floors))

    @cached_property
    def proofs(self) -> list[Proof]:
        """What is told as impossible, in whole fractions."""
        return list(proofs(self.free, self.lowest_margin.value if self.lowest_margin else None, self.wide, self.cover.high))

    @cached_property
    def witnesses(self) -> list[Replayed]:
        """Worlds in both directions, judged by the engine."""
        found = []
        for name, title, shown in (("holds", "A world in which every contract covers its debt", self.can[1]),
                                   ("fails", "A world in which a contract does not cover its debt", self.counter)):
            if shown:
                text = files(shown.programme, shown.at, f"{self.case[:28]}-{name}", f"{title}: {self.case}")
                found.append(replay(name, title, text, lowest(shown), slices(shown)))
        return found


def lowest(shown: Shown) -> float:
    """The lowest cover of any slice in a world, of slices and balances that stand for something."""
    p, found = shown.programme, []
    for pieces in p.pairs.values():
        if p.read(shown.at, ask.owed(p, pieces, 0)) > DUST:
            for w in p.tested(pieces):
                balance = p.read(shown.at, ask.owed(p, pieces, w))
                if balance > DUST:
                    found.append(p.read(shown.at, p.headroom(pieces, w, 0.0)) / balance)
    return min(found)


def slices(shown: Shown) -> Slices:
    """What of each loan stands on which contract."""
    p = shown.programme
    name = p.facts.names | {NONE: "no contract"}
    found = []
    for loan in p.loans:
        for c in (*p.contracts, NONE):
            principal = p.read(shown.at, p.balance(c, loan, 0))
            if principal > TOLD:
                cash = fsum(p.read(shown.at, p.cash(c, loan, w)) for w in range(p.owed[loan].last + 1)) if c != NONE else 0.0
                found.append((name[c], name[loan], principal, cash))
    return tuple(found)


def replay(name: str, title: str, text: dict[str, str], claimed: float, held: Slices) -> Replayed:
    """A world as the engine judges it."""
    with tempfile.TemporaryDirectory() as place:
        for file, words in text.items():
            (Path(place) / file).write_text(words, encoding="utf-8", newline="\n")
        deal = load(place)
    done = evaluate(deal.book)
    stop_at_faults(deal, done, [name])
    covers = [float(done.one(pair.row("min_clcr"))) for pair in deal.pairs.values()]
    h1 = H_WORDS[round(float(done.one(deal.claim.row("h1_code")))) - 1]
    return Replayed(name, title, text, claimed, float(np.nanmin(covers)), h1, held)
