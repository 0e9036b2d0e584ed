"""Boxes with accounts, covenants and cures in any order of payment, against the boxes by hand (`tests/oracle_boxes.py`)."""

from __future__ import annotations

import copy
import os
from collections import Counter
from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from model.debt import KINDS
from model.inputs.check import problems
from tests.oracle import Rows, work_out
from tests.random_boxes import EVERY_TEST, full_box
from tests.strategies import PRICES, WORLD, case_of, day, deals, draw, num, run_deal
from tests.test_oracle import differences
from tests.thousand_deals import Sketch

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("BOXES_SEED", "1"))
COUNT = int(os.environ.get("BOXES", "24"))


def deal_with_full_boxes(seed: int) -> Rows:
    """A random deal whose boxes have a few of all parts."""
    pick = Random(seed)
    deal = copy.deepcopy(Sketch(pick).structure().deal)
    deal |= {name: list(WORLD[name]) for name in ("hardware", "landlords", "sites")}
    deal["curves"] |= PRICES
    for customer in deal["contracts"]:
        customer["investment_grade"] = {"value": pick.random() < 0.5, "source": "test", "grade": "assumed"}
        if pick.random() < 0.5:
            for lot in customer["tranches"]:
                lot |= {"capacity": num(8, "MW"), "power_prices": "power", "pue": num(1.3, "factor")}
    loans = deal["debt"]["instruments"]
    for said in loans:  # of a kind that may have collateral
        if said["kind"] != "delayed_draw":
            said |= {"kind": "delayed_draw", "undrawn_before": num(0), "availability_end": day(deal["case"]["as_of"])}
        bought = draw(date(2024, 3, 1), round(1.6 * said["balance"]["value"], 3))
        life, left = pick.choice([(48, 0.2), (14, 0.0)])  # or worth nothing before long
        said["collateral"] = {"cost": [bought], "life_months": life, "residual": {1: num(0.6, "share"), 2: num(left, "share")},
                              "source": "test", "grade": "assumed"}
    for n, borrower in enumerate(deal["debt"]["boxes"]):
        inside = [said for said in loans if said["box"] == borrower["id"]]
        size = sum(said["balance"]["value"] for said in inside)
        deal["debt"]["boxes"][n] = full_box(pick, borrower["id"], [said["id"] for said in inside], deal["case"]["as_of"], size)
    return deal


SCENES: dict[str, dict[str, float]] = {
    "low": {"drivers.price_change": -0.3}, "high": {"drivers.price_change": 0.6}, "late": {"drivers.delay_days": 40},
}


def in_scenes(deal: Rows) -> Rows:
    said = copy.deepcopy(deal)
    words = {"title": "t", "reason": "t", "source": "t", "grade": "assumed"}
    said["scenarios"] = {"moderate": [], "scenarios": {name: words | {"overrides": told} for name, told in SCENES.items()}}
    return said


def test_boxes_in_full_equal_the_boxes_worked_out_by_hand() -> None:
    seen: Counter[str] = Counter()
    for seed in range(SEED * 1000, SEED * 1000 + COUNT):
        deal = in_scenes(deal_with_full_boxes(seed))
        ran = run_deal(deal)
        for name in ran.names:
            hand = work_out(deal, SCENES.get(name, {}))
            found = differences(ran.under(name), hand)
            assert not found, (seed, name, found[:6], deal["debt"]["boxes"])
            seen.update({key.rpartition(".")[2] for key, row in hand.items() if happens(key, row)})
    for what in ("locked", "breached", "cured", "withheld", "swept", "filled", "drawn", "released", "called", "relieved"):
        assert seen[what] >= COUNT / 8, seen


ANY_LOAN = tuple(kind for kind in (*KINDS, "delayed_draw", "delayed_draw") if kind not in ("in_kind", "promissory"))


@settings(max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "6")), derandomize=True, phases=[Phase.generate], deadline=None,
          database=None, suppress_health_check=list(HealthCheck))
@given(deals(kinds=ANY_LOAN), st.integers(0, 10**6))
def test_so_do_boxes_of_loans_with_any_terms(deal: Rows, seed: int) -> None:
    """But for loans whose interest is added to the balance: their service ahead is told with simple interest.

    Draws beside steps of the margin are left to `test_clauses.py`."""
    pick, said = Random(seed), in_scenes(deal)
    loans = said["debt"]["instruments"]
    assume(not any(one.get("interest_funded_to") for one in loans))
    # a draw in the month of a step of the margin takes the month's average rate: see model/debt/clauses/margin.py
    assume(not any(one.get("steps") and one.get("draws") for one in loans))
    for customer in said["contracts"]:
        customer["investment_grade"] = {"value": pick.random() < 0.5, "source": "test", "grade": "assumed"}
    for n, borrower in enumerate(said["debt"]["boxes"]):
        inside = [one for one in loans if one["box"] == borrower["id"]]
        tests = EVERY_TEST if all(one.get("collateral") for one in inside) else EVERY_TEST[:6]
        size = sum(one["balance"]["value"] for one in inside)
        keys, as_of = [one["id"] for one in inside], said["case"]["as_of"]
        said["debt"]["boxes"][n] = full_box(pick, borrower["id"], keys, as_of, size, tests)
    ran = run_deal(said)
    for name in ran.names:
        assert not (found := differences(ran.under(name), work_out(said, SCENES.get(name, {})))), (seed, name, found[:4])


def happens(key: str, row: Any) -> bool:
    return bool(np.any(np.asarray(row, dtype=float) > 1e-6))


def test_they_are_boxes_that_a_user_could_write() -> None:
    for seed in range(SEED * 1000, SEED * 1000 + COUNT):
        refused = [p for p in problems(case_of(deal_with_full_boxes(seed))) if not p.warning and p.path != ("months",)]
        assert not refused, (seed, refused[:3])
