"""What disclosures can and cannot prove: the programme against every world of small deals, enumerated.

The oracle knows no programme: it walks over slices (or instalments) in quarters, adds up cash and service window by window
and reads covers off. Numbers are chosen so that the best and the worst world lie on the grid.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.bounds import questions as ask
from model.bounds.asking import Asking, to_ask_for
from model.bounds.certificate import certificate, gap
from model.bounds.conflicts import conflict, refuse_contradictions
from model.bounds.disclosures import NONE, Disclosure, Facts, Owed, Sold, Source
from model.bounds.matrices import sides
from model.bounds.programme import Line, Programme
from model.bounds.solving import best
from model.errors import InputError

RATE = 0.1
TWO = (date(2025, 12, 31), date(2026, 12, 31))
C, L = ("c0", "c1", "c2"), ("l0", "l1", "l2")
REVENUE = {"c0": (120.0, 90.0), "c1": (120.0, 120.0), "c2": (120.0, 30.0)}
DUE = {"l0": (0.0, 60.0), "l1": (40.0, 0.0), "l2": (0.0, 20.0)}


def facts(disclosures: list[Disclosure], ends: tuple[date, ...] = TWO, contracts: tuple[str, ...] = C,
          loans: tuple[str, ...] = L) -> Facts:
    """A deal of so many windows of a year, every loan due by the last."""
    return Facts(date(2024, 12, 31), ends, 12, tuple(Sold(c, c) for c in contracts),
                 tuple(Owed(loan, loan, (RATE,) * len(ends), len(ends) - 1) for loan in loans), tuple(disclosures))


def known_but_for_slices(margin: float = 0.5) -> Facts:
    """Revenue, margin and instalments are known, all cash serves debt: only who secures what is not known."""
    return facts([
        *(Disclosure("revenue", f"{c} in {w}", (c,), (), w, w, REVENUE[c][w], REVENUE[c][w]) for c in C for w in (0, 1)),
        *(Disclosure("principal", f"{loan} in {w}", (*C, NONE), (loan,), w, w, DUE[loan][w], DUE[loan][w])
          for loan in L for w in (0, 1)),
        Disclosure("prepaid", "nothing prepaid", C, high=0.0), Disclosure("margin", "margin", C, low=margin, high=margin),
        Disclosure("principal", "all secured", (NONE,), L, high=0.0), Disclosure("cash", "all pledged", C, (NONE,), high=0.0)])


@dataclass(frozen=True)
class World:
    """Cash and principal due by contract and window."""

    cash: tuple[tuple[float, float], ...]
    due: tuple[tuple[float, float], ...]
    distributes: bool = False
    """What is left over is paid out, as a box may."""

    def paying_out(self) -> World:
        return World(self.cash, self.due, True)

    def tests(self) -> Iterator[tuple[float, float, float, float]]:
        """By contract and window: surplus so far, present value, balance, and the window."""
        for cash, due in zip(self.cash, self.due, strict=True):
            balance, kept = sum(due), 0.0
            for w in (0, 1):
                worth = sum(cash[v] / (1 + RATE) ** (v - w + 1) for v in range(w, 2))
                kept = (0.0 if self.distributes else kept) + cash[w] - due[w] - RATE * balance
                yield kept, worth, balance, w
                balance -= due[w]

    def holds(self) -> bool:
        return all(kept >= -1e-9 and worth >= balance - 1e-9 for kept, worth, balance, _ in self.tests())

    def cover(self) -> float:
        return min(worth / balance for _, worth, balance, _ in self.tests() if balance > 1e-9)

    def shortfall(self) -> float:
        return max(max(-kept, balance - worth) for kept, worth, balance, _ in self.tests())

    def uncovered(self) -> float:
        return sum(max(0.0, balance - worth) for _, worth, balance, w in self.tests() if w == 0)


QUARTERS = [(a / 4, b / 4, (4 - a - b) / 4) for a in range(5) for b in range(5 - a)]


def slices(margin: float = 0.5) -> Iterator[World]:
    """Every allocation of three loans to three contracts in quarters."""
    cash = tuple((REVENUE[c][0] * margin, REVENUE[c][1] * margin) for c in C)
    for shares in itertools.product(QUARTERS, repeat=3):
        yield World(cash, tuple((sum(shares[k][c] * DUE[L[k]][0] for k in range(3)),
                                 sum(shares[k][c] * DUE[L[k]][1] for k in range(3))) for c in range(3)))


def test_every_allocation_on_a_grid_agrees() -> None:
    told, worlds = known_but_for_slices(), list(slices())
    wide, strict = Programme(told), Programme(told, "world")
    assert any(w.holds() for w in worlds)
    assert not all(w.holds() for w in worlds)
    assert ask.can_hold(told)[0] == "possible"
    for programme in (wide, strict):
        shown = ask.highest_cover(programme, programme.pairs.values())
        assert shown
        assert shown.value == pytest.approx(max(w.cover() for w in worlds), abs=1e-7)
        assert ask.least_uncovered(programme).value == pytest.approx(min(w.uncovered() for w in worlds), abs=1e-7)
    hard = wide.seen("must")
    failing = ask.must_hold(hard)
    assert failing
    assert failing.value == pytest.approx(max(w.paying_out().shortfall() for w in worlds), abs=1e-7)
    assert ask.greatest_uncovered(hard).value == pytest.approx(max(w.uncovered() for w in worlds), abs=1e-6)
    assert ask.lowest_cover(hard, hard.pairs.values()).value == pytest.approx(min(w.cover() for w in worlds), abs=1e-7)


@pytest.mark.parametrize("margin", [0.2, 0.3, 0.36, 0.37, 0.45, 0.9, 1.0])
def test_what_can_and_must_hold_at_a_margin(margin: float) -> None:
    told, worlds = known_but_for_slices(margin), list(slices(margin))
    can, must = any(w.holds() for w in worlds), all(w.paying_out().holds() for w in worlds)
    assert (ask.can_hold(told)[0] == "possible") == can
    assert (ask.must_hold(Programme(told, "must")) is None) == must


def test_lowest_margin_is_that_of_the_best_world() -> None:
    found = ask.lowest_margin_for_all(known_but_for_slices())
    assert found
    assert any(w.holds() for w in slices(found + 1e-6))
    assert not any(w.holds() for w in slices(found - 1e-4))


def pledged_alone(revenue: float) -> Facts:
    """One contract, one loan of 100 due at the end of a window: covered from a margin of 110 / revenue on."""
    return facts([Disclosure("revenue", "all", ("c",), (), 0, 0, revenue, revenue),
                  Disclosure("prepaid", "nothing", ("c",), high=0.0),
                  Disclosure("principal", "all", ("c", NONE), ("l",), 0, 0, 100.0, 100.0),
                  Disclosure("principal", "secured", (NONE,), ("l",), high=0.0),
                  Disclosure("cash", "pledged", ("c",), (NONE,), high=0.0)], TWO[:1], ("c",), ("l",))


def test_margins_at_which_the_claim_turns() -> None:
    told = pledged_alone(200.0)
    lowest, settled = ask.lowest_margin(Programme(told)), ask.margin_that_settles(told)
    assert lowest
    assert lowest.value == pytest.approx(0.55)
    assert settled
    assert settled.value == pytest.approx(0.55, abs=1e-6)
    assert ask.margin_that_settles(pledged_alone(109.0)) is None
    assert ask.lowest_margin(Programme(pledged_alone(109.0))) is None


def test_the_margin_that_settles_is_that_of_the_pair_that_needs_most() -> None:
    """b fails below 110 / 150 while a earns all of its 200: (110 + 200) / 350. a failing alone needs less on average."""
    told = facts([
        *(Disclosure("revenue", c, (c,), (), 0, 0, r, r) for c, r in (("b", 150.0), ("a", 200.0))),
        *(Disclosure("principal", c, (c,), (c,), low=100.0, high=100.0) for c in "ba"),
        *(Disclosure("principal", c, (other, NONE), (c,), high=0.0) for c, other in ("ba", "ab")),
        *(Disclosure("cash", c, (c,), (other, NONE), high=0.0) for c, other in ("ba", "ab")),
        Disclosure("prepaid", "nothing", ("b", "a"), high=0.0)], TWO[:1], ("b", "a"), ("b", "a"))
    settled = ask.margin_that_settles(told)
    assert settled
    assert settled.value == pytest.approx(310 / 350, abs=1e-6)
    assert settled.what.startswith("b")


def whole_loans() -> tuple[Facts, list[World]]:
    """Instalments are not known but for what falls due in all; each contract's cash serves its debt."""
    due, first = (40.0, 40.0, 20.0), 60.0
    told = facts([
        *(Disclosure("revenue", f"{c} in {w}", (c,), (), w, w, REVENUE[c][w], REVENUE[c][w]) for c in C for w in (0, 1)),
        *(Disclosure("principal", loan, (*C, NONE), (loan,), low=b, high=b) for loan, b in zip(L, due, strict=True)),
        Disclosure("principal", "first year", (*C, NONE), L, 0, 0, first, first),
        Disclosure("prepaid", "nothing prepaid", C, high=0.0), Disclosure("margin", "margin", C, low=0.5, high=0.5),
        Disclosure("principal", "all secured", (NONE,), L, high=0.0), Disclosure("cash", "all pledged", C, (NONE,), high=0.0)])
    cash = tuple((REVENUE[c][0] / 2, REVENUE[c][1] / 2) for c in C)
    worlds = []
    for on in itertools.product(range(3), repeat=3):
        for parts in itertools.product(range(5), repeat=3):
            early = [b * part / 4 for b, part in zip(due, parts, strict=True)]
            if abs(sum(early) - first) < 1e-9:
                worlds.append(World(cash, tuple((sum(e for k, e in enumerate(early) if on[k] == c),
                                                 sum(due[k] - e for k, e in enumerate(early) if on[k] == c)) for c in range(3))))
    return told, worlds


def test_every_schedule_on_a_grid_agrees() -> None:
    told, worlds = whole_loans()
    wide, hard = Programme(told), Programme(told, "must")
    failing = ask.must_hold(hard)
    assert failing
    assert failing.value == pytest.approx(max(w.paying_out().shortfall() for w in worlds), abs=1e-7)
    assert ask.greatest_uncovered(hard).value == pytest.approx(max(w.uncovered() for w in worlds), abs=1e-6)
    assert ask.lowest_cover(hard, hard.pairs.values()).value <= min(w.cover() for w in worlds) + 1e-9
    shown = ask.highest_cover(wide, wide.pairs.values())
    assert shown
    assert shown.value >= max(w.cover() for w in worlds) - 1e-9
    assert ask.can_hold(told)[0] == "possible"
    assert any(w.holds() for w in worlds)


@pytest.mark.parametrize(("prepaid", "verdict"), [
    (60.0, "impossible"), (50.1, "impossible"), (49.9, "possible"), (0.0, "possible")])
def test_prepayments_count_once(prepaid: float, verdict: str) -> None:
    """200 of revenue at 80 % brings 160 less what came before; service is 110."""
    told = facts([*(d for d in pledged_alone(200.0).disclosures if d.what != "prepaid"),
                  Disclosure("prepaid", "held", ("c",), low=prepaid, high=prepaid),
                  Disclosure("margin", "margin", ("c",), low=0.8, high=0.8)], TWO[:1], ("c",), ("l",))
    assert ask.can_hold(told)[0] == verdict
    strict = Programme(told, "world")
    cash = best(strict, strict.cash("c", "l", 0))
    assert cash
    assert cash.value == pytest.approx(160 - prepaid)


def test_nothing_is_credited_before_it_is_earned() -> None:
    """No revenue in the first window, so that the prepayment can be credited in the second only."""
    told = facts([Disclosure("revenue", "none at first", ("c",), (), 0, 0, 0.0, 0.0),
                  Disclosure("revenue", "then", ("c",), (), 1, 1, 200.0, 200.0),
                  Disclosure("prepaid", "held", ("c",), low=60.0, high=60.0)], TWO, ("c",), ("l",))
    for programme in (Programme(told, "can"), Programme(told, "must"), Programme(told, "world", frozenset({("c", 0)}))):
        early = best(programme, programme.one("pre", "c", NONE, 0))
        assert early
        assert early.value == pytest.approx(0.0, abs=1e-9), programme.view


def test_an_average_and_a_cover_that_are_told_bind() -> None:
    """200 at no more than half, or at nine tenths or more, against 110; a DSCR of 1.2 asks for 132."""
    less = Programme(pledged_alone(200.0).with_(Disclosure("average", "average", ("c",), high=0.5)))
    more, dscr, cover = (pledged_alone(200.0).with_(told) for told in (
        Disclosure("average", "average", ("c",), low=0.9), Disclosure("dscr", "dscr", ("c",), ("l",), low=1.2),
        Disclosure("cover", "cover", ("c",), ("l",), 0, 0, high=1.1)))
    found = ask.highest_cover(less, less.pairs.values())
    assert found
    assert found.value == pytest.approx(100 / 110)
    for told, lowest in ((more, 180 / 110), (dscr, 1.2)):
        hard = Programme(told, "must")
        assert ask.lowest_cover(hard, hard.pairs.values()).value == pytest.approx(lowest)
    found = ask.highest_cover(Programme(cover), Programme(cover).pairs.values())
    assert found
    assert found.value == pytest.approx(1.1)


def test_debt_without_a_contract_is_uncovered_and_denies_the_claim() -> None:
    """Ample cash, but a tenth of the loan is told to stand on no contract."""
    told = facts([*(d for d in pledged_alone(1000.0).disclosures if d.words != "secured"),
                  Disclosure("principal", "a tenth on none", (NONE,), ("l",), low=10.0, high=10.0)], TWO[:1], ("c",), ("l",))
    assert ask.can_hold(told)[0] == "impossible"
    assert ask.least_uncovered(Programme(told)).value == pytest.approx(10.0)
    assert ask.lowest_margin(Programme(told)) is None


def test_the_number_to_ask_for_is_what_the_range_hangs_on() -> None:
    """A margin of 40 to 90 % on 200, against 100 at 10 %: PV 72.7 to 163.6. Asked for it, nothing is left open."""
    told = pledged_alone(200.0).with_(Disclosure("margin", "margin", ("c",), low=0.4, high=0.9))
    found = Asking(told).found()
    by_words = {figure: {one.words: one for one in worth} for figure, worth in found.items()}
    short, top = 100 - 80 / 1.1, 180 / 110
    margin = by_words["uncovered"]["the margin of c"]
    assert margin.whole == pytest.approx((0.0, short), abs=1e-5)
    assert margin.narrows == pytest.approx((short,) * 3, abs=1e-2)
    assert by_words["uncovered"]["the revenue of c by period"].most == pytest.approx(0.0, abs=1e-3)
    assert by_words["worst_cover"]["the margin of c"].narrows == pytest.approx((0.0, top - 130 / 110, top - 80 / 110), abs=1e-3)
    assert by_words["margin"]["the margin of c"].narrows[0] == pytest.approx(0.9 - 0.55, abs=1e-3)
    for worth in found.values():
        widths = [one.whole[1] - one.whole[0] for one in worth]
        ranks = [(round(one.least / width, 2), round(one.mean / width, 2)) for one, width in zip(worth, widths, strict=True)]
        assert ranks == sorted(ranks, reverse=True)
        assert all(0.0 <= one.least <= one.mean <= one.most for one in worth)
    named = [one.subject for one in to_ask_for(found["uncovered"])]
    assert named[0] == "c"
    assert sorted(named) == ["all", "c", "l"]


# ---- proofs ----------------------------------------------------------------------------------------------------------


def by_hand(programme: Programme, lines: list[Line], weights: tuple[tuple[int, Fraction], ...]) -> Fraction:
    """The same sum with rows written out: equalities first, then each side of the others; no unknown is above 10,000."""
    rows = [(line.terms, Fraction(line.low)) for line in lines if line.low == line.high]
    for line in lines:
        if line.low != line.high:
            rows += [(line.terms, Fraction(line.high))] if line.high < np.inf else []
            rows += [({c: -v for c, v in line.terms.items()}, -Fraction(line.low))] if line.low > -np.inf else []
    total: dict[int, Fraction] = {}
    for k, weight in weights:
        for column, factor in rows[k][0].items():
            total[column] = total.get(column, Fraction(0)) + weight * Fraction(factor)
    assert min(total.values()) > Fraction(-1, 10**6)
    return sum((10_000 * v for v in total.values() if v < 0), Fraction(0)) - sum(w * rows[k][1] for k, w in weights)


def test_impossible_is_proved_in_fractions() -> None:
    told = known_but_for_slices(0.3)
    wide = Programme(told)
    assert ask.can_hold(told)[0] == "impossible"
    proof = certificate(wide, wide.covered())
    assert proof.proves
    assert isinstance(proof.gap, Fraction)
    lines = [*wide.lines, *wide.covered()]
    assert gap(wide, lines, proof.weights) == proof.gap == by_hand(wide, lines, proof.weights)
    k, weight = next((k, v) for k, v in proof.weights if v > 0 and k >= sum(line.low == line.high for line in lines))
    turned = [(k, -weight) if j == k else (j, v) for j, v in proof.weights]
    assert gap(wide, lines, turned) < 0  # a weight of the wrong sign proves nothing
    loose = Disclosure("prepaid", "no more than a million", ("c",), high=1e6)
    sound = Programme(pledged_alone(200.0).with_(loose))
    equal, sided = sides(sound.lines)
    k = len(equal) + next(n for n, (row, _) in enumerate(sided) if sound.lines[row].told is loose)
    assert gap(sound, sound.lines, [(k, Fraction(-1))]) < 0, "a negative weight turns a limit round"
    assert not certificate(Programme(known_but_for_slices()), Programme(known_but_for_slices()).covered()).proves


def test_contradictions_are_named_and_nothing_else() -> None:
    one = Disclosure("principal", "due in 2025: 70", (*C, NONE), L, 0, 0, 70.0, 70.0, Source("table", "filing", "case.yaml", 7))
    told = known_but_for_slices().with_(one, Disclosure("prepaid", "beside the point", C, high=3.0))
    found = conflict(told)
    assert one in found
    assert {d.what for d in found} == {"principal"}
    for left_out in found:
        assert not conflict(facts([d for d in found if d is not left_out]))
    with pytest.raises(InputError) as error:
        refuse_contradictions(told)
    assert "case.yaml" in str(error.value.findings[0]) or any("case.yaml" in str(f) for f in error.value.findings)
    assert conflict(known_but_for_slices()) == []


# ---- more disclosed, never a wider range -----------------------------------------------------------------------------

HELD = ("c0", "c1")


@st.composite
def loosely_known(draw: st.DrawFn) -> Facts:
    """Two contracts, two loans, totals only."""
    amount = st.integers(10, 100).map(float)
    revenue, prepaid = [draw(amount) * 3 for _ in TWO], draw(st.integers(0, 20)) * 1.0
    low = draw(st.integers(2, 7)) / 10
    owed = [draw(amount), draw(amount)]
    return facts([
        *(Disclosure("revenue", f"in {w}", HELD, (), w, w, r, r) for w, r in enumerate(revenue)),
        Disclosure("prepaid", "held", HELD, low=prepaid, high=prepaid),
        Disclosure("margin", "margin", HELD, low=low, high=low + 0.2),
        *(Disclosure("principal", loan, (*HELD, NONE), (loan,), low=b, high=b) for loan, b in zip(L[:2], owed, strict=True))],
        contracts=HELD, loans=L[:2])


def ranges(told: Facts) -> list[float]:
    """The ends that only may move inwards: highest and lowest cover, least and greatest uncovered, pooled."""
    programme, hard = Programme(told), Programme(told, "must")
    pool, secured = [ask.pooled(programme)], [programme.no_debt_without_contract()]
    top, pooled = ask.highest_cover(programme, programme.pairs.values(), secured), ask.highest_cover(programme, pool)
    margin = ask.lowest_margin(Programme(ask.free_margins(told)))
    return [-(top.value if top else -1.0), ask.lowest_cover(hard, hard.pairs.values()).value,
            ask.least_uncovered(programme).value, -ask.greatest_uncovered(hard).value,
            -(pooled.value if pooled else -1.0), ask.lowest_cover(hard, pool).value, margin.value if margin else 2.0]


@settings(max_examples=16, deadline=None)
@given(loosely_known(), st.sampled_from(["revenue", "prepaid", "principal", "cash", "average"]), st.integers(0, 2**32 - 1))
def test_one_more_disclosure_never_widens_a_range(told: Facts, what: str, seed: int) -> None:
    programme = Programme(told)
    rng = np.random.default_rng(seed)
    at = best(programme, dict(enumerate(rng.uniform(-1, 0, programme.width))))
    assert at is not None
    last = int(rng.integers(2))
    asked = Disclosure(what, "one more", ("c0",), ("l0",), 0, last)  # type: ignore[arg-type]
    if what == "average":
        sold = programme.read(at.values, programme.sum("rev", ["c0"], [NONE], range(last + 1)))
        value = programme.read(at.values, programme.earned(["c0"], range(last + 1))) / sold if sold > 1e-6 else 0.5
    else:
        value = programme.read(at.values, next(iter(programme.stated(asked))).terms)
    slack = 1e-6
    more = told.with_(Disclosure(asked.what, "one more", ("c0",), ("l0",), 0, last, value - slack, value + slack))
    for before, after in zip(ranges(told), ranges(more), strict=True):
        assert after >= before - 1e-4 * max(1.0, abs(before))
