"""Support on random deals: with no letter the tests are the pair's own; the smallest set is that of the deal by hand."""

from __future__ import annotations

import copy
import os
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.backing import KINDS
from model.cases import Run
from model.minimal import SETS
from model.record.support import ledger
from model.sheet import refresh
from tests.oracle import Rows, grade, months_later, work_out
from tests.strategies import day, deals, num, run_deal

pytestmark = pytest.mark.slow

SAME = ("t1", "t2", "t3", "uncovered_balance", "shortfall", "deficit")
EVIDENCE = ("filing", "transcription", "press", "third-party", "assumed")


def drawn(examples: int) -> Any:
    """As many as PROPERTY_EXAMPLES says, if it says; then other ones in each run."""
    many = int(os.environ.get("PROPERTY_EXAMPLES", "0"))
    return settings(max_examples=many or examples, deadline=None, derandomize=not many, suppress_health_check=list(HealthCheck))


@st.composite
def supported_deals(pick: Any) -> Rows:
    """A random deal in which somebody has promised this and that."""
    deal = pick(deals())

    def promise(low: float, high: float, name: str = "cap") -> Rows:
        return {"provider": "Somebody", "trigger": "need", "source": "test",
                "grade": pick(st.sampled_from(EVIDENCE[:3] * 2 + EVIDENCE)),
                name: num(pick(st.floats(low, high)),
                                grade=pick(st.sampled_from(("filing", "filing", "derived", "assumed"))))}

    last = months_later(deal["case"]["as_of"], deal["case"]["months"], 31)
    for contract in deal["contracts"]:
        if contract["kind"] == "backstop":
            contract["support"] = {k: v for k, v in promise(1, 2).items() if k != "cap"}
            contract["cap"]["grade"] = "filing"
        elif contract["kind"] != "on_demand":
            for tranche in contract["tranches"]:
                if pick(st.booleans()):
                    later = min(tranche["end"]["value"] + timedelta(days=pick(st.integers(1, 500))), last)
                    tranche |= {"renewal_to": day(later)} | tranche | {"renewal_support": promise(1, 300)}
            owned = any(t.get("fleet") for t in contract["tranches"])
            if pick(st.booleans()):
                contract["residual_support"] = promise(1, 150, "cap" if owned and pick(st.booleans()) else "amount")
    for loan in deal["debt"]["instruments"]:
        for name in ("take_out", "guarantee"):
            if loan["box"] is not None and pick(st.integers(0, 2)) == 0:
                loan[name] = promise(1, 120, pick(st.sampled_from(("cap", "amount"))))
    return deal  # type: ignore[no-any-return]


@drawn(20)
@given(supported_deals())
def test_the_smallest_set_is_that_of_the_deal_worked_out_by_hand(deal: Rows) -> None:
    ran = run_deal(deal)
    said = deal["scenarios"]["scenarios"]
    hand = {name: work_out(deal, {} if name == "base" else said[name]["overrides"]) for name in ran.names}
    for name in ran.names:
        seen = ran.under(name)
        for key, pair in ran.deal.pairs.items():
            assert str(seen.read(pair.row("grade"))) == grade(deal, hand, key, name), (key, name)


@drawn(8)
@given(supported_deals())
def test_without_a_letter_the_tests_are_the_pairs_own(deal: Rows) -> None:
    ran = run_deal(deal)
    none = {row.key: 0.0 for backing in ran.deal.backings.values() for row in backing.flags().values()}
    bare = refresh(ran.values, none)
    for key, backing in ran.deal.backings.items():
        for name in SAME if backing.cover else ():
            assert backing.cover is not None
            ours, own = bare[backing.cover.row(name)], bare[ran.deal.pairs[key].row(name)]
            assert np.allclose(ours, own, rtol=0, atol=1e-6), (key, name)


def called(ran: Run, key: str) -> float:
    cover = ran.deal.backings[key].cover
    assert cover is not None
    return float(ran.read(cover.row("called")))


@drawn(8)
@given(supported_deals())
def test_the_ledger_adds_up_and_only_pairs_of_grade_c_rely(deal: Rows) -> None:
    ran = run_deal(deal)
    entries = ledger(ran)
    for key, pair in ran.deal.pairs.items():
        letters = str(ran.read(pair.row("grade"))).removeprefix("C-") if str(ran.read(pair.row("grade")))[0] == "C" else ""
        mine = [e for e in entries if e["pair"] == key]
        assert {e["letter"] for e in mine if e["relied_on"]} <= set(letters)
        assert letters == "" or letters in SETS
        for letter in KINDS:
            relied = sum(e["relied"] for e in mine if e["letter"] == letter)
            if letter not in letters:
                assert relied == 0
            elif letter == "G":
                assert relied == pytest.approx(called(ran, key))
                assert relied <= sum(e["cap"] for e in mine if e["letter"] == "G" and e["counts"]) + 1e-6


def without_promises(deal: Rows) -> Rows:
    """The same deal, of which nobody has promised anything."""
    bare = copy.deepcopy(deal)
    for contract in bare["contracts"]:
        for said in (contract, *contract["tranches"]):
            for name in ("support", "renewal_support", "residual_support"):
                said.pop(name, None)
    for loan in bare["debt"]["instruments"]:
        for name in ("guarantee", "take_out"):
            loan.pop(name, None)
    return bare


@drawn(8)
@given(supported_deals())
def test_support_that_nobody_promised_never_improves_a_grade(deal: Rows) -> None:
    order = "ABCDN"
    ran, bare = run_deal(deal), run_deal(without_promises(deal))
    for key in ran.deal.pairs:
        for name in ran.names:
            before, after = (str(r.under(name).read(r.deal.pairs[key].row("grade"))) for r in (ran, bare))
            assert order.index(after[0]) >= order.index(before[0]), (key, name)
            if before[0] in "ABN":
                assert after == before
            for h in ("h1", "h3a", "h3b"):
                assert ran.under(name).read(ran.deal.claim.row(h)) == bare.under(name).read(bare.deal.claim.row(h))
