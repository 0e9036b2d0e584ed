"""T1, T2, T3 and the grade of a thousand random deals, equal to those of the deal worked out by hand (`tests/oracle.py`).

A deal is contracts, loans, their allocation and a set of moderate scenarios. Those of one structure differ in prices, costs,
balances, rates and the size of the debt, and are worked out by the engine in one go; by hand each is worked out alone.
"""

from __future__ import annotations

import copy
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from model.cases import Run, moderate_passed, run
from model.deal import Deal
from model.inputs.check import problems
from model.sheet import refresh
from tests.oracle import Rows, cause, claims, grade, work_out
from tests.strategies import case_of
from tests.test_oracle import near
from tests.thousand_deals import Structure, structures, together

SEED = int(os.environ.get("DEALS_SEED", "5"))  # set it to look at other deals, DEALS_STRUCTURES to look at more of them
COUNT = int(os.environ.get("DEALS_STRUCTURES", "144"))
FLAGS = ("t1", "t2", "t3")
AMOUNTS = ("uncovered_balance", "total_shortfall", "with_balloon", "min_dscr", "avg_dscr", "min_clcr", "llcr", "tail_months")
DATES = {"t1_month": 1, "leaned_month": 1, "t2_month": 1, "t3_month": 0, "min_clcr_month": 0}  # 0: seen from the month's start
REASONS = {1: "not testable", 2: "T1", 3: "T2", 4: "T3", 5: "covered with cash kept", 6: "covered"}


# ---- by the engine --------------------------------------------------------------------------------------------------


def names_of(structure: Structure, n: int) -> list[str]:
    """The scenarios of one variant, its own base first."""
    return [str(n), *(f"{n}.{name}" for name in structure.deal["scenarios"]["scenarios"])]


def overrides_of(structure: Structure, n: int) -> list[dict[str, float]]:
    """What they change."""
    scenarios = structure.deal["scenarios"]["scenarios"].values()
    return [together(structure.variants[n], changes) for changes in ({}, *(s["overrides"] for s in scenarios))]


class OneOf:
    """The columns of one variant among those of all."""

    def __init__(self, ran: Run, names: list[str]) -> None:
        self.values, self.columns = ran.values, [ran.names.index(name) for name in names]

    def one(self, row: Any, scenario: int) -> Any:
        return self.values.one(row, self.columns[scenario])


def run_all(structure: Structure) -> Run:
    """Every variant and its scenarios at once; T4 of a variant is told by its own scenarios."""
    said = copy.deepcopy(structure.deal)
    words = {"title": "t", "reason": "t", "source": "t", "grade": "assumed"}
    many = range(len(structure.variants))
    changes = {name: told for n in many for name, told in
               zip(names_of(structure, n), overrides_of(structure, n), strict=True)}
    said["scenarios"] = {"moderate": [], "scenarios": {name: words | {"overrides": told} for name, told in changes.items()}}
    ran = run(Deal(case_of(said)))
    own = Deal.__new__(Deal)  # only what T4 asks for: the scenarios by name, and which of them are moderate
    own.case = case_of(structure.deal)
    stamped: dict[str, list[float]] = {}
    for pair in ran.deal.pairs.values():
        row = stamped[pair.row("stressed").key] = [0.0] * len(ran.names)
        for n in many:
            names = names_of(structure, n)
            row[ran.names.index(names[0])] = float(moderate_passed(own, OneOf(ran, names), pair))  # type: ignore[arg-type]
    return Run(ran.deal, refresh(ran.values, stamped), "base", {})


# ---- both -----------------------------------------------------------------------------------------------------------


class ByHand(dict[str, Rows]):
    """The scenarios of one variant, each worked out when it is asked for."""

    def __init__(self, structure: Structure, n: int) -> None:
        super().__init__()
        names = ["base", *structure.deal["scenarios"]["scenarios"]]
        self.deal, self.changes = structure.deal, dict(zip(names, overrides_of(structure, n), strict=True))

    def __missing__(self, name: str) -> Rows:
        self[name] = work_out(self.deal, self.changes[name])
        return self[name]


def differences(ran: Run, hand: ByHand) -> Iterator[str]:
    """What the engine says of a deal and the hand does not."""
    rows, read, grades = hand["base"], ran.read, {}
    for key, pair in ran.deal.pairs.items():
        own = {name.removeprefix(f"pair.{key}."): value for name, value in rows.items() if name.startswith(f"pair.{key}.")}
        grades[key] = grade(hand.deal, hand, key, "base")
        wanted = {name: own[name] for name in (*FLAGS, *AMOUNTS)}
        wanted["first_shortfall"] = own["shortfall"][own["t1_month"] - 1] if own["t1_month"] else 0.0
        wanted["first_deficit"] = own["deficit"][own["t3_month"] - 1] if own["t3_month"] else 0.0
        wanted["worst_deficit"] = own["deficit"].max()
        for name, value in wanted.items():
            if not near(found := read(pair.row(name)), value):
                yield f"{key}.{name}: {found} in the model, {value} by hand"
        for name, later in DATES.items():
            when = on(ran, int(own[name]), later)
            if (found := read.day(pair.row(name.replace("_month", "_date")))) != when:
                yield f"{key}.{name}: {found} in the model, {when} by hand"
        if (found := read(pair.row("grade"))) != grades[key]:
            yield f"{key}: {found} in the model, {grades[key]} by hand"
        if (found := read(pair.row("cause"))) != (why := cause(rows, key, grades[key])):
            yield f"{key}: because of {REASONS[int(found)]} in the model, {REASONS[why]} by hand"
    for name, word in claims(hand.deal, rows, grades).items():
        if (found := read(ran.deal.claim.row(name))) != word:
            yield f"{name}: {found} in the model, {word} by hand"


def on(ran: Run, month: int, later: int) -> str | None:
    """The day of a month; a present value is dated by the end of the month before."""
    timeline = ran.deal.timeline
    return ([timeline.as_of, *timeline.ends][month - 1 + later]).isoformat() if month else None


def seen(ran: Run, structure: Structure, n: int) -> Iterator[str]:
    """What kind of deal it is: the edges that it sits on."""
    yield from structure.marks
    if 0.0 in {value for key, value in structure.variants[n].items() if key.endswith(".balance")}:
        yield "zero balance"
    for pair in ran.deal.pairs.values():
        tail = ran.read(pair.row("tail_months"))
        if ran.read(pair.row("contract_end")) and ran.read(pair.row("debt")) > 1e-6:
            yield from {0: ["Tc = Td"], -1: ["Td one month later"]}.get(int(tail), [])
        if ran.read(pair.row("covered")) and ran.read(pair.row("leaned_count")):
            yield "covered with cash kept"


EDGES = ("to the cent", "ends together", "one month longer", "far longer", "bullet with kept cash", "pays early", "Tc = Td",
         "Td one month later", "zero balance", "covered with cash kept", "two loans in a box", "pairs in a box",
         "uncontracted", "undisclosed")


@pytest.mark.slow
def test_a_thousand_random_deals_are_judged_as_by_hand() -> None:
    grades, reasons, edges, deals, found = Counter[str](), Counter[str](), Counter[str](), 0, []
    for s, structure in enumerate(structures(SEED, COUNT)):
        every = run_all(structure)
        for n in range(len(structure.variants)):
            ran, deals = every.under(str(n)), deals + 1
            found += [f"structure {s}, variant {n}: {what}" for what in differences(ran, ByHand(structure, n))]
            edges.update(set(seen(ran, structure, n)))
            for pair in ran.deal.pairs.values():
                grades[str(ran.read(pair.row("grade")))] += 1
                reasons[REASONS[int(ran.read(pair.row("cause")))]] += 1
        assert len(found) < 20, found
    assert not found, found
    assert deals >= 7 * COUNT
    reached(grades, ("A", "B", "C-G", "D", "N"), 0.05)
    reached(reasons, ("T1", "T2", "T3"), 0.05)
    assert all(edges[edge] >= deals * 0.01 for edge in EDGES), edges


def reached(counted: Counter[str], wanted: Iterable[str], least: float) -> None:
    """Each has its share; there is no other grade."""
    shares = {name: count / counted.total() for name, count in counted.items()}
    assert all(shares.get(name, 0.0) >= least for name in wanted), shares


# ---- the deals themselves -------------------------------------------------------------------------------------------


def told_without_money(thing: Any) -> Any:
    """Dates, shares, profiles and kinds: what is left of a deal when its amounts and rates are taken out."""
    if isinstance(thing, dict):
        unit = str(thing.get("unit", "share"))
        amount = "value" in thing and unit not in ("share", "no.", "flag", "days")
        return None if amount else {key: told_without_money(value) for key, value in thing.items()}
    return [told_without_money(one) for one in thing] if isinstance(thing, list) else thing


def test_no_two_structures_differ_in_amounts_only() -> None:
    every = [json.dumps(told_without_money(s.deal), default=str) for s in structures(SEED, COUNT)]
    assert len(set(every)) == COUNT


def test_they_are_deals_that_a_user_could_write() -> None:
    for n, structure in enumerate(structures(SEED, 40)):
        refused = [p for p in problems(case_of(structure.deal)) if not p.warning and p.path != ("months",)]
        assert not refused, (n, refused[:3])
