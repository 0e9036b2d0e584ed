"""What can be asked of a programme: whether the claim can and must hold, how far covers reach, at which margin it turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from model.bounds.disclosures import FREE, NONE, Facts
from model.bounds.programme import Line, Programme, Terms, plus
from model.bounds.solving import Answer, Missing, Tests, best, feasible, most_uncovered, never_one_sided

TOLERANCE = 1e-6
NOTHING = 1e-6  # USD m that are not missed
SPARE = 1e-5  # USD m by which a witness passes, so that rounding does not fail it
FAR = 64.0  # a cover beyond which nobody asks
CLOSE = 1e-8
NEARLY = 1e-2  # USD m between what a world shows and what none exceeds, where answers are tried
STOPPED = "no world exceeds it; the search for one that reaches it was stopped"
Verdict = Literal["impossible", "possible", "certain", "open"]
Group = list[tuple[str, str]]


@dataclass(frozen=True)
class Found:
    """A figure and the unknowns that reach it."""

    value: float
    at: np.ndarray
    what: str = ""


@dataclass(frozen=True)
class Shown:
    """Unknowns of a world, which a witness can be written from."""

    programme: Programme
    at: np.ndarray


def can_hold(facts: Facts) -> tuple[Verdict, Shown | None]:
    """Whether every pair can be covered, with a world that shows it."""
    wide = Programme(facts)
    told = feasible(wide, wide.covered())
    if told is None:
        return "impossible", None
    for world in (wide.world(), wide.world(told.values)):
        shown = feasible(world, world.covered(spare=SPARE))
        if shown:
            return "possible", Shown(world, shown.values)
    return ("impossible" if never_one_sided(wide, wide.covered()) else "open"), None


def must_hold(programme: Programme, *, at_the_end: bool = False, largest: bool = True) -> Found | None:
    """The largest shortfall of any pair in any window: nothing where every pair is covered whatever is not disclosed.

    Looked at in every window, or in the last of each pair only; until the first where the largest is not asked for."""
    worst: Found | None = None
    for name, pieces in programme.pairs.items():
        for w in programme.tested(pieces)[-1 if at_the_end else 0:]:
            for words, terms in (("cash less service", programme.surplus(pieces, w)),
                                 ("present value less balance in the window", programme.headroom(pieces, w, 1.0))):
                found = best(programme, terms, most=False)
                if found and -found.value > max(TOLERANCE, worst.value if worst else 0.0):
                    where = " - ".join(programme.facts.names[part] for part in name.split(" - "))
                    worst = Found(-found.value, found.values, f"{where}, {words} by {programme.facts.ends[w]}")
                    if not largest:
                        return worst
    return worst


def without_contract(programme: Programme) -> Found:
    """The most debt that may stand on no contract."""
    found = sure(best(programme, programme.no_debt_without_contract().terms))
    return Found(found.value, found.values)


# ---- how far covers reach --------------------------------------------------------------------------------------------


def highest_cover(programme: Programme, groups: Iterable[Group], more: Sequence[Line] = (), close: float = CLOSE,
                  top: float = FAR) -> Found | None:
    """The highest lowest CLCR that all groups can have together; nothing where no cover of 0 or more can be had."""
    tests = [(programme.headroom(g, w, 0.0), owed(programme, g, w)) for g in groups for w in programme.tested(g)]
    return highest(programme, tests, more, high=top, close=close)


def highest(programme: Programme, tests: Sequence[tuple[Terms, Terms]], more: Sequence[Line] = (), *, low: float = 0.0,
            high: float = FAR, close: float = CLOSE) -> Found | None:
    """The highest multiple of second sums that first sums can reach together; nothing where they cannot reach the lowest.

    Newton's steps on the least that is missing at a multiple, from one that cannot be had down to one that can, and then just
    above it; each is held between the two, and every eighth halves what is between."""
    asked = Tests(programme, tests, more)
    told = asked.missing(high)
    if told is None:
        return None
    if told.missing <= NOTHING:
        return Found(high, told.values)
    at, step, steps = None, _newton(high, told), 0
    while high - low > (least := close * max(1.0, low)):
        steps += 1
        cover = (low + high) / 2 if steps % 8 == 0 else min(max(step, low + least / 2), high - least / 2)
        told = asked.missing(cover)
        assert told
        if told.missing > NOTHING:
            high, step = cover, _newton(cover, told)
        else:
            near, low, at = cover < low + least, cover, told.values
            step = (cover + high) / 2 if near else max(step, cover + least / 2)
    if at is None and (told := asked.missing(low)) and told.missing <= NOTHING:
        at = told.values
    return None if at is None else Found(low, at)


def _newton(cover: float, told: Missing) -> float:
    """Where nothing would be missing if it went on falling as it does here."""
    return cover - told.missing / told.slope if told.slope > 0 else -FREE


def lowest_cover(programme: Programme, groups: Iterable[Group], more: Sequence[Line] = ()) -> Found:
    """The lowest CLCR that any group may have in any window; never below 0."""
    worst = Found(FAR, np.zeros(programme.width))
    for pieces in groups:
        for w in programme.tested(pieces):
            found = lowest_ratio(programme, programme.headroom(pieces, w, 0.0), owed(programme, pieces, w), more,
                                 start=worst.value)
            worst = found if found else worst
            if worst.value <= 0.0:
                return Found(0.0, worst.at)
    return worst


def owed(programme: Programme, pieces: Group, w: int) -> Terms:
    """What a group owes at the start of a window."""
    return plus(*((1.0, programme.balance(c, loan, w)) for c, loan in pieces))


def lowest_ratio(programme: Programme, above: Terms, below: Terms, more: Sequence[Line] = (), *,
                 start: float) -> Found | None:
    """The least of one sum over another that is not negative (Dinkelbach); nothing where none is under `start`."""
    found, ratio = None, start
    for _ in range(50):
        told = best(programme, plus((1.0, above), (-ratio, below)), more, most=False)
        if told is None or told.value > -TOLERANCE:
            break
        under = programme.read(told.values, below)
        if under <= TOLERANCE:
            break
        ratio = programme.read(told.values, above) / under
        found = Found(ratio, told.values)
    return found


def least_uncovered(programme: Programme, more: Sequence[Line] = ()) -> Found:
    """The least that present values can leave of the balances at the start, debt without a contract included."""
    rows = [Line(plus((1.0, programme.one("short", name, NONE, 0)), (1.0, programme.headroom(pieces, 0, 1.0))), low=0.0)
            for name, pieces in programme.pairs.items()]
    found = sure(best(programme, uncovered(programme), [*rows, *more], most=False))
    return Found(found.value, found.values)


def uncovered(programme: Programme) -> Terms:
    """What present values leave of the balances, and debt without a contract."""
    return plus((1.0, programme.no_debt_without_contract().terms),
                *((1.0, programme.one("short", name, NONE, 0)) for name in programme.pairs))


def greatest_uncovered(programme: Programme, more: Sequence[Line] = (), top: float = FREE) -> Found:
    """The most that they may leave: a choice of the pairs that fall short, so a mixed-integer programme.

    In a world the choice is often plain, and made without one. Nothing above `top` is looked for."""
    without = programme.no_debt_without_contract().terms
    plain = None if programme.wide else _plainly_uncovered(programme, without, more, top)
    if plain:
        return plain
    deficits = {name: plus((-1.0, programme.headroom(pieces, 0, 1.0))) for name, pieces in programme.pairs.items()}
    balances = {name: owed(programme, pieces, 0) for name, pieces in programme.pairs.items()}
    most = most_uncovered(programme, deficits, balances, without, more)
    return Found(most.bound, most.values, "" if most.reached else STOPPED)


def left_uncovered(programme: Programme, at: np.ndarray) -> float:
    """What present values leave of the balances in a world."""
    deficits = (-programme.read(at, programme.headroom(pieces, 0, 1.0)) for pieces in programme.pairs.values())
    return programme.read(at, programme.no_debt_without_contract().terms) + sum(max(0.0, deficit) for deficit in deficits)


def _plainly_uncovered(programme: Programme, without: Terms, more: Sequence[Line], top: float) -> Found | None:
    """The most that worlds leave uncovered where pairs with too much cash have it in every world, and others may lack all."""
    deficit = {name: plus((-1.0, programme.headroom(pieces, 0, 1.0))) for name, pieces in programme.pairs.items()}
    told = best(programme, plus((1.0, without), *((1.0, terms) for terms in deficit.values())), more)
    if told is None:
        return None
    over = [name for name, terms in deficit.items() if programme.read(told.values, terms) < -CLOSE]
    if over:
        told = sure(best(programme, plus((1.0, without), *((1.0, v) for k, v in deficit.items() if k not in over)), more))
    if told.value >= top - CLOSE:
        return Found(told.value, told.values)
    if any(sure(best(programme, deficit[name], more)).value > CLOSE for name in over):
        return None
    owing = [piece for name, pieces in programme.pairs.items() if name not in over for piece in pieces]
    most = sure(best(programme, plus((1.0, without), (1.0, owed(programme, owing, 0))), more)).value
    return Found(told.value, told.values) if told.value >= most - NEARLY else None


def pooled(programme: Programme) -> Group:
    """All contracts and loans as one (H3a), debt without a contract included."""
    return [(c, loan) for c in (*programme.contracts, NONE) for loan in programme.loans]


# ---- at which margin it turns ----------------------------------------------------------------------------------------


def free_margins(facts: Facts) -> Facts:
    """The same with nothing said of margins."""
    return facts.without([*facts.of("margin"), *facts.of("average")])


def margin(programme: Programme) -> tuple[Terms, Terms]:
    """What all contracts earn, and their revenue."""
    return (programme.earned(programme.contracts, programme.span),
            programme.sum("rev", programme.contracts, [NONE], programme.span))


def lowest_margin(programme: Programme, more: Sequence[Line] = (), start: float = 0.0) -> Found | None:
    """The lowest average margin at which the claim can be true; nothing where it cannot at any.

    Of facts without margins. It is searched from `start`: the nearer to the answer, the sooner found."""
    covered = [*programme.covered(spare=0.0 if programme.wide else SPARE), *more]
    earned, sold = margin(programme)
    told = best(programme, plus((1.0, earned), (-start, sold)), covered, most=False)
    if told is None:
        return None
    reached = Found(programme.read(told.values, earned) / max(programme.read(told.values, sold), TOLERANCE), told.values)
    if abs(told.value) <= TOLERANCE:
        return reached
    return lowest_ratio(programme, earned, sold, covered, start=reached.value) or reached


def lowest_margin_for_all(facts: Facts) -> float | None:
    """The lowest margin at which the claim can be true where every contract has the same in every window.

    Cash that is more than the margin gives is never needed, so its upper side alone is asked, as a multiple of less revenue."""
    p = Programme(free_margins(facts))
    tests: list[tuple[Terms, Terms]] = []
    for c in p.contracts:
        for w in p.span:
            rev, pre = p.one("rev", c, NONE, w), p.one("pre", c, NONE, w)
            got, lost = (p.sum(kind, [c], [*p.loans, NONE], [w]) for kind in ("got", "lost"))
            tests += [(plus((-1.0, got), (1.0, lost), (-1.0, pre)), rev), (plus((-1.0, got)), plus((1.0, rev), (-1.0, pre))),
                      (plus((1.0, pre), (-1.0, lost)), plus((-1.0, pre)))]
    found = highest(p, tests, p.covered(), low=-1.0, high=0.0, close=1e-7)
    return -found.value if found else None


def margin_that_settles(facts: Facts) -> Found | None:
    """The average margin above which the claim must be true; nothing where it can fail at every margin.

    The highest at which some pair can still fall short in some window."""
    programme = Programme(free_margins(facts), "must")
    earned, sold = margin(programme)
    worst = Found(0.0, np.zeros(programme.width))
    for name, pieces in programme.pairs.items():
        for w in programme.tested(pieces):
            for terms in (programme.surplus(pieces, w), programme.headroom(pieces, w, 1.0)):
                short = [Line(terms, high=-SPARE)]
                less = lowest_ratio(programme, plus((-1.0, earned)), sold, short, start=-worst.value)
                if less:
                    worst = Found(-less.value, less.at, f"{name} by {programme.facts.ends[w]}")
                if worst.value >= 1.0 - TOLERANCE:
                    return None
    return worst


def sure(answer: Answer | None) -> Answer:
    """An answer of facts that were found not to contradict each other."""
    if answer is None:
        raise AssertionError("the disclosures contradict each other")
    return answer


