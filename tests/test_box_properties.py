"""Boxes of any terms, at random: steps in any order, accounts, covenants, cures. What must hold whatever the terms say."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import numpy as np
from hypothesis import given

from model.box import Box
from model.cascade import Distribution, Step, Sweep
from model.cases import Run
from model.reserve import Reserve
from model.sheet import Block
from model.timeline import from_serial
from tests.oracle import Rows
from tests.strategies import day, deals, run_deal
from tests.test_properties import drawn, engine

TINY = 1e-7


def value(ran: Run, block: Block, name: str) -> Any:
    """A row over time, or a figure."""
    return engine(ran, f"{block.key}.{name}")


def in_all(rows: list[Any], like: Any) -> Any:
    """Rows added up; nothing where there are none."""
    return sum(rows, np.zeros_like(like))


@drawn(8)
@given(deal=deals(any_box=True))
def test_a_box_of_any_terms(deal: Rows) -> None:
    """Cash in is cash out, nobody gets what is locked up, and cures are kept apart: in every scenario."""
    ran = run_deal(deal)
    for name in ran.names:
        here = ran.under(name)
        failed = [check.key for check in here.deal.checks if here.read(check.row("failed"))]
        assert not [key for key in failed if not key.startswith("check.maturities")], failed
        for key, borrower in here.deal.boxes.items():
            file = next(one for one in deal["debt"]["boxes"] if one["id"] == key)
            every_dollar_is_accounted_for(here, borrower)
            accounts_roll(here, borrower)
            nothing_goes_up_in_lock_up(here, borrower)
            covenants_count_their_tests(here, borrower, file)
            cures_keep_their_limits(here, borrower, file)


FOLLOW_PAYOUT = (".payout", ".all-cash", ".loss")
"""A cure ends a lock-up: what goes up then, and what lenders lose of it on all cash, may differ."""


@drawn(6)
@given(deal=deals(any_box=True, most=2))
def test_cures_count_for_nothing(deal: Rows) -> None:
    """Without its cures every reading of a covenant and every test of a pair is the same; only calls are larger."""
    for file in deal["debt"]["boxes"]:
        file["cures"] = {"on": "first", "until": day(date(2035, 12, 31)),
                         "source": "test", "grade": "assumed"}
    bare = copy.deepcopy(deal)
    for file in bare["debt"]["boxes"]:
        del file["cures"]
    cured, plain = run_deal(deal), run_deal(bare)
    assert [p | {"break_even": 0} for p in cured.verdicts] == [p | {"break_even": 0} for p in plain.verdicts]
    for address in plain.deal.book.by_key:
        block = address.rpartition(".")[0]
        if block.endswith(FOLLOW_PAYOUT) or block in ("treasury", "checks") or block.startswith("check."):
            continue
        row, same = engine(plain, address), engine(cured, address)
        if not isinstance(row, str):
            assert np.allclose(row, same, atol=TINY, rtol=0, equal_nan=True), address
    for key in plain.deal.boxes:
        assert np.all(engine(cured, f"{key}.payout.called") <= engine(plain, f"{key}.payout.called") + TINY)


def every_dollar_is_accounted_for(ran: Run, borrower: Box) -> None:
    """Down the steps in their order, each hands on what it leaves; what is left at the end stays in the box."""
    cash = value(ran, borrower.account, "available")
    for _, block in borrower.levels:
        assert np.allclose(value(ran, block, "available"), cash, atol=TINY), block.key
        assert value(ran, block, "available").min() >= -TINY, block.key
        taken = value(ran, block, {Step: "paid", Sweep: "swept", Distribution: "surplus_out"}.get(type(block), "filled"))
        assert taken.min() >= -TINY, block.key
        assert np.all(taken <= cash + TINY), block.key
        if isinstance(block, Step):
            missing = value(ran, block, "shortfall")
            assert np.allclose(taken + missing, value(ran, block, "due"), atol=TINY)
            assert np.all((missing <= TINY) | (taken >= cash - TINY)), "nothing is missing while cash is there"
        cash = cash - taken
    assert np.allclose(value(ran, borrower.account, "left"), cash, atol=TINY)
    pays, kept = value(ran, borrower.account, "pays"), value(ran, borrower.account, "kept")
    assert np.allclose(kept[1:], np.where(pays[1:] == 1, cash[1:], kept[:-1]), atol=TINY)
    assert np.allclose(kept[0], cash[0] if pays[0] else 0, atol=TINY)
    gone_up(ran, borrower, cash)


def gone_up(ran: Run, borrower: Box, like: Any) -> None:
    """What goes up is distributed or released; what is called is what neither an account nor a cure pays."""
    assert borrower.payout is not None
    up, called = value(ran, borrower.payout, "distribution"), value(ran, borrower.payout, "called")
    releases = [value(ran, block, "released") for block in (*borrower.accounts, *([borrower.cure] if borrower.cure else []))]
    surplus = [value(ran, block, "surplus_out") for block in borrower.distributions]
    assert np.allclose(up, in_all([*releases, *surplus], like), atol=TINY)
    dues = [b for o, b in borrower.levels if isinstance(b, Step) and o.what != "balloon"]
    missing = in_all([value(ran, block, "shortfall") for block in dues], like)
    paid = in_all([value(ran, block, "drawn") for block in (*borrower.accounts, *borrower.cures)], like)
    assert np.allclose(called, missing - paid, atol=TINY)
    assert min(up.min(), called.min()) >= -TINY
    swept = in_all([value(ran, block, "swept") for block in borrower.sweeps], like)
    assert np.allclose(swept, in_all([value(ran, loan, "swept") for loan in borrower.loans], like), atol=1e-5)
    assert min(value(ran, loan, "closing").min() for loan in borrower.loans) >= -TINY


def accounts_roll(ran: Run, borrower: Box) -> None:
    """Opening + filled - drawn - released = closing; nothing is negative, filled above its target or drawn for nothing."""
    pays = value(ran, borrower.account, "pays")
    for block in borrower.accounts:
        names = ("opening", "filled", "drawn", "released", "closing", "target", "missing", "funded")
        row = {n: value(ran, block, n) for n in names}
        assert np.allclose(row["closing"], row["opening"] + row["filled"] - row["drawn"] - row["released"], atol=TINY), block.key
        assert np.allclose(row["opening"][1:], row["closing"][:-1] + row["funded"][1:], atol=TINY)
        assert min(line.min() for line in row.values()) >= -TINY, block.key
        assert np.all(row["drawn"] <= row["missing"] + TINY)
        assert np.all((row["drawn"] >= row["missing"] - TINY) | (row["closing"] <= TINY)), "drawn as far as it lasts"
        assert np.all(row["filled"] <= np.maximum(0, row["target"] - row["opening"]) * pays + TINY)
        assert np.all(row["closing"] >= np.minimum(row["target"], row["opening"] - row["drawn"]) - TINY), "kept up to its target"


def nothing_goes_up_in_lock_up(ran: Run, borrower: Box) -> None:
    """A step with conditions acts on the dates on which all hold, and on no other; what it withholds is in the box."""
    for order, block in borrower.levels:
        if not order.conditions:
            continue
        met = np.ones_like(value(ran, borrower.account, "pays"))
        for one in order.conditions:
            clear = value(ran, borrower.covenants[one.covenant], f"above_{one.level}")
            met = met * (clear if "=" in one.sign else 1 - clear)
        taken = value(ran, block, "swept" if isinstance(block, Sweep) else "surplus_out")
        assert not taken[met == 0].any(), block.key
        if isinstance(block, Distribution):
            offered = order.share * value(ran, block, "available")
            assert np.allclose(taken, met * offered, atol=TINY)
            if block is borrower.distributions[0]:
                assert not any(value(ran, held, "released")[met == 0].any() for held in borrower.accounts)
    kept = value(ran, borrower.account, "kept")
    trapped = in_all([value(ran, block, "trapped") for block in borrower.distributions], kept)
    assert np.all(trapped <= kept + TINY)
    assert trapped.min() >= 0


def covenants_count_their_tests(ran: Run, borrower: Box, file: Rows) -> None:
    """A plain walk over the dates: lock-up from a failed test to the last of the clean ones, as long as debt is owed."""
    for said in file["covenants"]:
        covenant = borrower.covenants[said["id"]]
        read = {n: value(ran, covenant, n) for n in ("tested", "measured", "against", "above_lock_up", "breached", "to_cure")}
        owed = in_all([value(ran, loan, "opening") for loan in borrower.loans], read["tested"])
        side = -1 if said["test"] in ("ltc", "ltv") else 1
        needed = said.get("clean_tests", {"value": 1})["value"]
        clean, levels = needed, [said[level]["value"] for level in ("lock_up", "default")]
        for t, tested in enumerate(read["tested"]):
            room = [side * (read["measured"][t] - level * read["against"][t]) for level in levels]
            if min(map(abs, room)) < 1e-5:
                return  # on the edge a rounding decides
            clean = (clean + 1 if room[0] > 0 else 0) if tested else clean
            assert bool(read["above_lock_up"][t]) == (clean >= needed or owed[t] <= 1e-6), (covenant.key, t)
            assert bool(read["breached"][t]) == bool(tested and room[1] < 0), (covenant.key, t)
            assert abs(read["to_cure"][t] - (max(0.0, -room[1]) if tested else 0.0)) < TINY
        first = said.get("first_test", {"value": ran.deal.timeline.as_of})["value"]
        dates = [from_serial(int(n)) for n in value(ran, ran.deal.clock, "ends")]
        assert all(day >= first for day, tested in zip(dates, read["tested"], strict=True) if tested)


def cures_keep_their_limits(ran: Run, borrower: Box, file: Rows) -> None:
    """Not too late, too often or too much, never more than would cure; a cure pays what nothing else could, or goes back."""
    if borrower.cure is None:
        return
    limits = file["cures"]
    row = {n: value(ran, borrower.cure, n) for n in ("cured", "needed", "drawn", "released", "opening", "closing")}
    dates = np.array([from_serial(int(n)) for n in value(ran, ran.deal.clock, "ends")])
    assert row["cured"].sum() <= limits["at_most"]["value"] + TINY
    assert (row["cured"] > 1e-6).sum() <= limits["times"]["value"]
    assert not row["cured"][dates > limits["until"]["value"]].any()
    assert np.all(row["cured"] <= row["needed"] + TINY)
    assert np.allclose(row["closing"], row["opening"] + row["cured"] - row["drawn"] - row["released"], atol=TINY)
    assert np.allclose(row["opening"][1:], row["closing"][:-1], atol=TINY)
    assert min(line.min() for line in row.values()) >= -TINY
    assert all(isinstance(block, Reserve) for block in borrower.accounts)
