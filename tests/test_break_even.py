"""Break-evens: at the reported level the verdict has turned, one step before it has not."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.bracket import whole_steps
from model.break_even import DAYS_A_MONTH, DRIVERS, Way
from model.cases import Run, load, run
from model.deal import Deal
from model.inputs import write_starter
from model.sheet import evaluate
from tests.delivered import the_deal

IPO = Path(__file__).parents[1] / "inputs" / "coreweave-ipo"


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Deal:
    folder = tmp_path_factory.mktemp("starter") / "case"
    write_starter(folder)
    return load(folder)


def ipo() -> Deal:
    return the_deal(IPO)


def under(deal: Deal, overrides: Mapping[str, float]) -> Run:
    """The deal run under one made-up scenario."""
    other = copy(deal)
    vars(other)["scenarios"] = {"here": overrides}
    told = other.columns([overrides])
    return Run(other, evaluate(deal.book, told), "here", told)


def assert_turns(done: Run) -> int:
    """Every edge found is an edge, by an evaluation that shares nothing with the search; how many there were."""
    deal, base = done.deal, dict(done.deal.scenarios[done.scenario])
    points: list[tuple[str, dict[str, float], bool]] = []
    for pair, edges in done.break_evens.items():
        now = bool(done.read(deal.pairs[pair].row("covered")))
        for name, edge in edges.items():
            if edge is not None:
                driver = DRIVERS[name]
                way = driver.worse if now else -driver.worse
                before, after = (1.0, 0.0) if name == "delay_months" else (1e-4, 1e-4)
                points += [(pair, {**base, driver.key: edge.level - way * before}, now),
                           (pair, {**base, driver.key: edge.level + way * after}, not now)]
    values = evaluate(deal.book, deal.columns([overrides for _, overrides, _ in points]))
    for n, (pair, overrides, expected) in enumerate(points):
        assert bool(values.one(deal.pairs[pair].row("covered"), n)) is expected, (pair, overrides)
    return len(points) // 2


@pytest.mark.parametrize("scenario", ["base", "press-margin-80"])
def test_the_verdict_turns_at_each_edge_of_the_ipo_case(scenario: str) -> None:
    assert assert_turns(run(ipo(), scenario)) >= 1


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(price=st.floats(0.9, 1.6), cost=st.floats(0.6, 1.3))
def test_the_verdict_turns_at_each_edge_whatever_the_start(starter: Deal, price: float, cost: float) -> None:
    moved = {"drivers.price_change": round(price - 1, 4), "drivers.cost_change": round(cost - 1, 4)}
    assert assert_turns(under(starter, moved)) >= 1


def test_a_covered_pair_breaks_in_the_bad_direction_and_a_failing_one_mends_in_the_good_one(starter: Deal) -> None:
    strong = under(starter, {"drivers.price_change": 0.5}).break_evens
    weak = under(starter, {"drivers.price_change": -0.3}).break_evens
    (key,) = starter.pairs
    strong_price, weak_price = strong[key]["price"], weak[key]["price"]
    assert strong_price is not None
    assert weak_price is not None
    assert strong_price.level < 0.5
    assert weak_price.level > -0.3
    assert abs(strong_price.level - weak_price.level) < 3e-6  # the same edge, seen from both sides


def test_what_is_shown(starter: Deal) -> None:
    moved = {"drivers.price_change": 0.5}
    (key,) = starter.pairs
    edges = under(starter, moved).break_evens[key]
    cost_edge, price_edge = edges["margin"], edges["price"]
    assert cost_edge is not None
    assert price_edge is not None
    assert price_edge.shown == price_edge.level
    overrides = {**moved, "drivers.cost_change": cost_edge.level}
    values = evaluate(starter.book, starter.columns([overrides]))
    contract = starter.contracts[key]
    billed, cost = (values.one(contract.row(name))[1:-1].sum() for name in ("billed", "cost"))
    assert cost_edge.shown == pytest.approx(1 - cost / billed, abs=1e-8)
    delay = edges["delay_months"]
    assert delay is None or delay.shown == pytest.approx(delay.level / DAYS_A_MONTH)


def test_nothing_is_reported_outside_the_range(starter: Deal) -> None:
    for edges in run(starter).break_evens.values():
        for name, edge in edges.items():
            assert edge is None or DRIVERS[name].low <= edge.level <= DRIVERS[name].high


@given(first=st.integers(0, 1000), wide=st.integers(1, 10**6), pieces=st.integers(2, 300))
def test_cuts_lie_inside_and_rise(first: int, wide: int, pieces: int) -> None:
    steps = whole_steps(first, first + wide, pieces)
    assert steps[0] == first
    assert steps[-1] == first + wide
    assert all(a < b for a, b in pairwise(steps))
    assert wide < 2 or pieces < 2 or len(steps) > 2  # a bracket that is open can be cut


def test_levels_carry_no_noise() -> None:
    assert Way("price", 0.0, -1).level(100_003) == -0.100003
