"""Conditions at and beyond their edge, by hand: places that a mutant of the model once passed unseen (`tests/mutants`)."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from model.break_even import Driver
from model.evidence import ALLOCATION, pair_kinds
from model.stack import Headline
from model.verdict import severe_enough
from tests.delivered import INPUTS, the_run


def declared(**changes: float) -> Any:
    """A deal that declares one moderate scenario."""
    told = {"drivers.delay_days": 90, "drivers.price_change": -0.1, "drivers.rate_shift": 0.01}
    scenario = told | {f"drivers.{key}": value for key, value in changes.items()}
    return SimpleNamespace(scenarios={"m": scenario}, case=SimpleNamespace(scenarios=SimpleNamespace(moderate=["m"])))


@pytest.mark.parametrize(("changes", "enough"), [
    ({}, True), ({"rate_shift": 0.02}, True), ({"price_change": -0.2}, True), ({"delay_days": 1}, True),
    ({"rate_shift": 0.0099}, False),
    ({"price_change": -0.0999}, False), ({"price_change": 0.2}, False),
    ({"delay_days": 0}, False),
])
def test_what_t4_asks_for_at_least(changes: dict[str, float], enough: bool) -> None:
    """RULES 6: a delay, price -10 % and +100 bp, or worse."""
    assert severe_enough(declared(**changes)) is enough


@pytest.mark.parametrize(("basis", "grade", "named"), [
    ("disclosed", "filing", False), ("bounded", "filing", True), ("assumed", "filing", True), ("disclosed", "assumed", True),
])
def test_an_allocation_counts_as_assumed_unless_it_is_disclosed(basis: str, grade: str, named: bool) -> None:
    deal = the_run(INPUTS / "illustrative-contract").deal
    allocation = deal.case.debt.allocation.model_copy(update={"basis": basis, "grade": grade})
    case = replace(deal.case, debt=deal.case.debt.model_copy(update={"allocation": allocation}))
    pair = next(iter(deal.pairs))
    assert (ALLOCATION in pair_kinds(case, pair, set())) is named


def test_the_debt_quoted_beside_what_is_owed_less_cost() -> None:
    """Of the listing case: 7,600 of debt and 1,915.426 of revenue as quoted, and the net debt of the bridge."""
    ran = the_run(INPUTS / "coreweave-ipo")
    headline = next(block for block in ran.deal.blocks() if isinstance(block, Headline))
    owed = [loan for loan in ran.deal.instruments.values() if ran.read(loan.row("pro_forma")) > 0]  # cost goes with its loan
    net = sum(ran.read(loan.row("pro_forma")) - ran.read(loan.row("unamortised_at_start")) for loan in owed)
    assert ran.read(headline.row("net_to_revenue")) == pytest.approx(net / 1915.426)
    assert ran.read(headline.row("unexplained")) == pytest.approx(7600 - net)


def test_how_far_a_driver_is_looked_at() -> None:
    """From 100 of 0 to 720 in whole steps: 620 up, 100 down; nothing beyond an end."""
    days = Driver("drivers.delay_days", 1, 0.0, 720.0, 1.0)
    assert (days.reach(100.0, 1), days.reach(100.0, -1), days.reach(720.0, 1), days.reach(0.0, -1)) == (620, 100, 0, 0)
