"""Reverse stress against closed forms, against every day of a range run whole, and against planted turns."""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.cases import Run
from model.reverse import COUPLES, GradeA, Line, Look, asked_of, continuous, find, frontiers, reverse
from model.reverse.crossings import GRID, Crossing, Found
from model.reverse.look import TESTS, Asked
from model.sheet import Row, evaluate
from model.stress.drivers import Driver, drivers_of
from tests.delivered import the_run as case
from tests.oracle import Rows
from tests.strategies import contract, deal_of, deals, loan, num, repay, run_deal, tranche
from tests.test_break_even import under

INPUTS = Path(__file__).parents[1] / "inputs"
EXAMPLE = {"four-years": (4, 0.09), "three-years": (3, 0.09), "three-years-at-12-5": (3, 0.125)}
"""Loans of the published example: years and rate of a level annuity of 85, against 50 of revenue and 10 of cost a year."""


def service(loan: str) -> float:
    """Of a year of the example."""
    years, rate = EXAMPLE[loan]
    return float(-npf.pmt(rate, years, 85))


def look_at(ran: Run, *names: str, tests: Mapping[str, tuple[str, float]] = TESTS) -> Look:
    drivers = [driver for driver in continuous(drivers_of(ran.deal)) if not names or driver.name in names]
    return Look(ran, drivers, asked_of(ran, tests))


def found_in(ran: Run, *names: str, tests: Mapping[str, tuple[str, float]] = TESTS) -> dict[tuple[str, str, str], Found]:
    """By pair, test and driver."""
    look = look_at(ran, *names, tests=tests)
    found = find(look, look.asked, [Line(driver) for driver in look.drivers])
    return {(one.asked.pair, one.asked.test, one.line.driver.name): one for one in found}


def whole_run(ran: Run, columns: Sequence[Mapping[str, float]]) -> Callable[[Row], Any]:
    """The plain evaluation of the whole deal, which shares nothing with the search."""
    values = evaluate(ran.deal.book, ran.deal.columns(list(columns)))
    return lambda row: np.broadcast_to(values[row], (len(columns),))


# ---- break-evens -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cover", "published"), [(1.00, 0.635), (1.05, 0.657)])
def test_b11_margin_at_which_the_present_value_just_covers(cover: float, published: float) -> None:
    """Published to 0.2 points; by hand: (cover x 3,650 + PV of the prepayment credited in years 3 to 5) / PV of revenue."""
    record = reverse_of("iren-microsoft-benchmark", tests={"LLCR": ("llcr", cover)})
    (turn,) = entry(record, "LLCR", "cost")["crossings"]
    assert turn["margin"] == pytest.approx(published, abs=0.002)
    by_hand = (cover * 3650 + 1940 / 3 * npf.pv(0.06, 3, -1) / 1.06**2) / (1940 * npf.pv(0.06, 5, -1))
    assert turn["margin"] == pytest.approx(by_hand, abs=2e-5)
    assert turn["fails"] == "above"


@pytest.mark.parametrize("loan", EXAMPLE)
def test_a_level_annuity_breaks_where_cash_is_its_service(loan: str) -> None:
    found = found_in(case("illustrative-contract-benchmark"), "price", "cost", "delivered", "sla", "uncollected")
    falls = 1 - (service(loan) + 10) / 50
    for test in ("T1", "T3", "covered"):
        for driver, edge in {"price": -falls, "delivered": 1 - falls, "sla": falls, "uncollected": falls,
                             "cost": (50 - service(loan)) / 10 - 1}.items():
            (turn,) = found[loan, test, driver].crossings
            worse = found[loan, test, driver].line.driver.worse
            assert turn.above is (worse > 0)
            assert 0 <= worse * (turn.fails_at - edge) <= 2e-5, (test, driver)
            assert abs(turn.fails_at - turn.passes_at) <= 2e-5


@pytest.mark.parametrize("loan", EXAMPLE)
def test_a_delay_breaks_when_the_first_year_is_short_by_days(loan: str) -> None:
    """40 a year comes month by month; a month that begins late pays for the days that are left of it."""
    spare, day, lost = 40 - service(loan), 0, 0.0
    while lost <= spare:
        month = next(n for n in range(1, 13) if sum(monthrange(2025, k)[1] for k in range(1, n + 1)) > day)
        lost, day = lost + 40 / 12 / monthrange(2025, month)[1], day + 1
    (turn,) = found_in(case("illustrative-contract-benchmark"), "delay")[loan, "T1", "delay"].crossings
    assert (turn.passes_at, turn.fails_at) == (day - 1, day)


def test_every_turn_is_found_where_a_test_fails_passes_and_fails_again() -> None:
    """Day by day, each of 721 delays run whole: a late start loses a year's cash, later the debt of that year as well."""
    ran = case("iren-microsoft-benchmark")
    days = range(721)
    read = whole_run(ran, [{"drivers.delay_days": float(day)} for day in days])
    found = found_in(ran, "delay")
    for test, (row, _) in TESTS.items():
        one = found["microsoft", test, "delay"]
        assert [one.passes(day) for day in days] == (read(ran.deal.pairs["microsoft"].row(row)) == 1).tolist(), test
    assert len(found["microsoft", "T3", "delay"].crossings) == 3
    assert [turn.above for turn in found["microsoft", "T3", "delay"].crossings] == [True, False, True]


def test_turns_do_not_depend_on_where_the_scenario_stands() -> None:
    """A level is a level, whichever side it is seen from."""
    ran = case("illustrative-contract-benchmark")
    here, there = found_in(ran, "price", "cost"), found_in(under(ran.deal, {"drivers.price_change": -0.5}), "price")
    for key, one in there.items():
        assert one.crossings == here[key].crossings
    moved = found_in(under(ran.deal, {"drivers.price_change": -0.05}), "cost")
    (turn,) = moved["four-years", "covered", "cost"].crossings
    assert turn.fails_at == pytest.approx((47.5 - service("four-years")) / 10 - 1, abs=2e-5)


@settings(max_examples=4, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(deals(), st.sampled_from(["base", "late", "stress"]), st.randoms(use_true_random=False))
def test_turns_of_a_random_deal_are_those_of_whole_runs(deal: Rows, scenario: str, random: Random) -> None:
    """On both sides of every turn, and at some points of the grid between them, in whatever scenario."""
    ran = run_deal(deal).under(scenario)
    held, points = ran.deal.scenarios[scenario], list[tuple[Asked, str, float, bool]]()
    for one in found_in(ran, "price", "cost", "delay", "rate", "uncollected").values():
        driver = one.line.driver
        levels = [one.line.level(n) for n in random.sample(one.line.grid(GRID, held.get(driver.key, driver.calm)), 3)]
        levels += [level for turn in one.crossings for level in (turn.fails_at, turn.passes_at)]
        points += [(one.asked, driver.key, level, one.passes(level)) for level in levels]
    read = whole_run(ran, [{**held, key: level} for _, key, level, _ in points])
    for n, (asked, key, level, passes) in enumerate(points):
        assert (read(asked.row)[n] == 1) is np.bool_(passes), (asked.pair, asked.test, key, level)


def test_a_range_holds_the_level_of_the_scenario_wherever_that_is() -> None:
    ran = under(case("illustrative-contract-benchmark").deal, {"drivers.price_change": -0.7, "drivers.sla_credits": 0.6})
    found = found_in(ran, "price", "sla")
    assert found["four-years", "covered", "price"].line.driver.low == -0.7
    assert found["four-years", "covered", "sla"].line.driver.high == 0.6
    assert found["four-years", "covered", "sla"].failing() == [(0, 0.6)]


# ---- grade A ---------------------------------------------------------------------------------------------------------

MODERATE = {"late": {"drivers.delay_days": 30}, "cut": {"drivers.price_change": -0.1, "drivers.cost_change": 0.2},
            "dear": {"drivers.rate_shift": 0.01}}
OTHERS = {"boom": {"drivers.price_change": 0.1, "drivers.debt_scale": 0.9}, "slump": {"drivers.price_change": -0.3}}


@cache
def graded() -> Run:
    """Five a month for three years against one of cost; accepted and at a fixed rate, so only the cut of the three bites."""
    sold = contract("c", tranche(date(2024, 12, 1), date(2027, 12, 31), 5, opex=1))
    owed = loan("l", date(2027, 12, 31), 100, 0.08, repay("annuity", rate=num(0.08, "rate")))
    return run_deal(deal_of(date(2024, 12, 31), 40, [sold], [owed], scenarios=MODERATE | OTHERS,
                            moderate=list(MODERATE)))


def edges_of_grade(ran: Run) -> dict[tuple[str, str], tuple[Crossing, ...]]:
    """Turns by test and driver."""
    entries = found_in(ran, "price", "cost")
    grade = GradeA(look_at(ran, "price", "cost"))
    entries |= {(one.asked.pair, one.asked.test, one.line.driver.name): one
                for one in find(grade, grade.asked, [Line(driver) for driver in grade.look.drivers])}
    return {(test, driver): one.crossings for (_, test, driver), one in entries.items()}


@pytest.mark.parametrize("scenario", ["base", "boom"])
def test_grade_a_is_lost_where_the_moderate_cut_still_leaves_service(scenario: str) -> None:
    """5 (1 + price) - (1 + cost) = service, so -10 % and +20 % together take 0.14 of price and 0.70 of cost away.

    T4 is measured from base: a scenario that is read, with less debt, moves nothing but the place from which a driver sets out.
    """
    edges, base = edges_of_grade(graded().under(scenario)), edges_of_grade(graded())
    start = graded().deal.scenarios[scenario].get("drivers.price_change", 0.0)
    (covered,), (kept,) = base["covered", "price"], edges["A", "price"]
    assert kept.fails_at - start == pytest.approx(covered.fails_at + 0.1 + 0.2 / 5, abs=3e-5)
    (covered,), (kept,) = base["covered", "cost"], edges["A", "cost"]
    assert kept.fails_at == pytest.approx(covered.fails_at - 5 * 0.1 - 0.2, abs=5e-5)
    assert kept.above


def test_the_grade_now_is_that_of_the_run() -> None:
    for ran in (*(graded().under(name) for name in ("base", "cut", "slump")), case("illustrative-contract")):
        grade = GradeA(look_at(ran, "price"))
        assert {one.pair: passes for one, passes in grade.passes_now().items()} == {
            key: ran.read(pair.row("grade")) == "A" for key, pair in ran.deal.pairs.items()}
    assert graded().read(graded().deal.pairs["c"].row("grade")) == "A"


def test_no_grade_a_is_asked_for_where_the_moderate_set_is_too_mild() -> None:
    assert GradeA(look_at(case("iren-microsoft-benchmark"), "price")).asked == []
    assert {one["test"] for one in record_of("iren-microsoft-benchmark")["break_evens"]} == set(TESTS)


# ---- planted turns ---------------------------------------------------------------------------------------------------

PLANTED = Driver("planted", "planted", "planted", "share", 1, 0, -1, 1, 0.01, 0.1, "a test")


def planted(failing: Sequence[tuple[float, float]]) -> Found:
    """What is found of a test that fails in the given stretches."""
    asked = Asked("pair", "test", cast(Row, None), 1)

    def at(points: Sequence[Mapping[str, float]]) -> dict[Asked, Any]:
        levels = np.array([point["planted"] for point in points])
        return {asked: ~np.any([(low <= levels) & (levels <= high) for low, high in failing] or [levels > 9], axis=0)}

    class Stand(SimpleNamespace):
        def __call__(self, points: Sequence[Mapping[str, float]]) -> dict[Asked, Any]:
            return at(points)

    (found,) = find(cast(Look, Stand(now={"planted": 0.0})), [asked], [Line(PLANTED)])
    return found


@given(st.lists(st.integers(1_001, 40_000), max_size=8), st.booleans())
def test_turns_wider_apart_than_the_grid_are_all_found(gaps: list[int], first: bool) -> None:
    """Stretches longer than a grid step are found to one step of the resolution, and nothing else is."""
    turns = [round(-1 + step * 1e-5, 9) for step in np.cumsum(gaps) if step < 198_999]
    ends = [-1.0, *turns] if first else turns
    ends = [*ends, 1.0] if len(ends) % 2 else ends
    stretches = list(zip(ends[::2], ends[1::2], strict=True))
    assert planted(stretches).failing() == stretches


@given(st.lists(st.integers(-100_000, 100_000), max_size=12, unique=True))
def test_a_turn_that_is_told_is_a_turn(steps: list[int]) -> None:
    """However close together: next to the last level that fails stands one that passes, and in between lies nothing."""
    ends = [round(step * 1e-5, 9) for step in sorted(steps)]
    stretches = list(zip(ends[::2], ends[1::2], strict=False))
    for turn in planted(stretches).crossings:
        assert any(low <= turn.fails_at <= high for low, high in stretches)
        assert not any(low <= turn.passes_at <= high for low, high in stretches)
        assert abs(turn.fails_at - turn.passes_at) < 1.1e-5


def test_what_lies_between_two_points_of_the_grid_is_not_seen_and_the_grid_is_said() -> None:
    apart = Line(PLANTED).spacing(GRID) * Line(PLANTED).step
    assert apart == pytest.approx(0.01)
    assert planted([(0.0312, 0.0378)]).failing() == []
    assert planted([(0.0312, 0.0412)]).failing() == [(0.0312, 0.0412)]


def test_a_grid_is_made_of_grid_steps_and_holds_the_ends_and_the_scenario() -> None:
    line = Line(Driver("delay", "delay", "delay", "days", 1, 0, 0, 720, 1, 90, "a test"))
    steps = line.grid(200, 33.0)
    assert {0, 33, 720} <= set(steps)
    assert max(b - a for a, b in pairwise(steps)) == line.spacing(200) == 4


# ---- joint frontiers -------------------------------------------------------------------------------------------------


def test_a_frontier_of_two_drivers_is_the_line_that_algebra_gives() -> None:
    """50 (1 + price) - 10 (1 + cost) = service."""
    look = look_at(case("illustrative-contract-benchmark"), "price", "cost")
    covered = [one for one in look.asked if one.test == "covered"]
    for one in frontiers(look, covered, [(look.of("cost"), look.of("price"))]):
        assert len(one.at) >= 20
        for cost, along in one.at:
            price = (service(along.asked.pair) + 10 * (1 + cost)) / 50 - 1
            (turn,) = along.crossings
            assert -2e-5 <= turn.fails_at - price <= 0


@pytest.mark.parametrize(("first", "second"), [("delay", "price"), ("price", "delay"), ("uncollected", "cost")])
def test_a_frontier_agrees_with_a_full_grid(first: str, second: str) -> None:
    """Every cell of a grid of both drivers run whole; cells between neighbours of the search's own grid among them."""
    ran = case("illustrative-contract")
    look = look_at(ran, first, second)
    covered = [one for one in look.asked if one.test == "covered"]
    found = frontiers(look, covered, [(look.of(first), look.of(second))], across=8)
    one, other = look.of(first), look.of(second)
    levels = [Line(other).level(round(n * Line(other).reach / 36)) for n in range(37)]
    cells = [(level, along) for level, _ in found[0].at for along in levels]
    read = whole_run(ran, [{one.key: a, other.key: b} for a, b in cells])
    for frontier in found:
        told = [line.passes(along) for _, line in frontier.at for along in levels]
        row = ran.deal.pairs[frontier.at[0][1].asked.pair].row("covered")
        assert told == (read(row) == 1).tolist()
        assert 0.01 < np.mean(told) < 0.99, "a frontier that nothing crosses proves nothing"


# ---- the record ------------------------------------------------------------------------------------------------------


@cache
def record_of(folder: str, scenario: str = "base") -> Any:
    ran = case(folder)
    return reverse(ran if scenario == "base" else ran.under(scenario))


def reverse_of(folder: str, tests: Mapping[str, tuple[str, float]]) -> Any:
    """The record of other tests than the usual."""
    return reverse(case(folder), tests=tests, couples=())


def entry(record: Any, test: str, driver: str, pair: str | None = None) -> Any:
    (found,) = [one for one in record["break_evens"]
                if (one["test"], one["driver"]) == (test, driver) and pair in (None, one["pair"])]
    return found


def test_the_record_is_plain_data_and_complete() -> None:
    told: list[str] = []
    ran = case("illustrative-contract")
    record = reverse(ran, told.append)
    assert told == ["break-evens", "frontiers", "distances"]
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert json.dumps(record) == json.dumps(record_of("illustrative-contract")), "the same case gives the same bytes"
    drivers = [driver.name for driver in drivers_of(ran.deal) if not driver.name.startswith(("lost", "cross"))]
    assert [one["name"] for one in record["drivers"]] == drivers
    asked = [*((pair, test) for pair in ran.deal.pairs for test in TESTS), *((pair, "A") for pair in ran.deal.pairs)]
    assert [(one["pair"], one["test"], one["driver"]) for one in record["break_evens"]] == [
        (*one, driver) for one in asked for driver in drivers]
    assert [(one["pair"], one["first"], one["second"]) for one in record["frontiers"]] == [
        (pair, *couple) for pair in ran.deal.pairs for couple in COUPLES]
    assert [one["pair"] for one in record["distances"]] == list(ran.deal.pairs)
    assert record["scenarios_looked_at"] > sum(len(one["crossings"]) for one in record["break_evens"])
    assert (record["scenario"], record["input_hash"]) == ("base", ran.deal.case.input_hash)


def test_a_frontier_of_the_record_holds_the_break_even_of_its_second_driver() -> None:
    """Where the first driver stands in the scenario; and far along a delay the pair fails where the second stands."""
    record = record_of("illustrative-contract")
    for one in record["frontiers"]:
        (here,) = [point for point in one["points"] if point["level"] == 0]
        (turn,) = entry(record, "covered", one["second"], one["pair"])["crossings"]
        assert (here["break_even"], here["crossings"], here["passes_now"]) == (turn["level"], [turn["level"]], True)
        assert one["points"][-1]["passes_now"] is (one["first"] != "delay")


def test_the_words_name_the_stretch_that_fails_and_the_range() -> None:
    record = record_of("iren-microsoft-benchmark")
    assert entry(record, "T3", "delay")["words"] == (
        "T3, delay of tranches not yet accepted: fails from 77 days to 332 days and at 384 days and above "
        "(looked at between 0 days and 720 days)")
    assert entry(record, "T1", "price")["words"].startswith("T1, change of every contract price: fails at -7.00 % and below")
    assert entry(record, "T1", "rate")["words"] == "T1, shift of the base-rate curve: no failure between -4.00 % and +15.00 %"
    assert entry(record_of("coreweave-ipo"), "covered", "rate", "ddtl-1-pool")["words"].endswith(
        "fails everywhere between -4.00 % and +15.00 %")


def test_a_pair_that_cannot_be_tested_is_named_and_left_out() -> None:
    """Half of the debt is secured on what nobody discloses."""
    sold = contract("c", tranche(date(2024, 12, 1), date(2027, 12, 31), 5, opex=1))
    owed = loan("l", date(2027, 12, 31), 100, 0.08, repay("annuity", rate=num(0.08, "rate")), unmapped="undisclosed")
    ran = run_deal(deal_of(date(2024, 12, 31), 40, [sold], [owed], debt_share={"l": {"c": 0.5, "none": 0.5}}))
    (hidden,) = set(ran.deal.pairs) - {"c"}
    record = reverse(ran, couples=())
    assert record["not_testable"] == [hidden]
    assert {one["pair"] for name in ("break_evens", "distances") for one in record[name]} == {"c"}


def test_run_json_and_the_record_name_the_same_break_evens() -> None:
    """The break-even of run.json is the turn that this search finds, on its finer grid."""
    ran = case("illustrative-contract")
    names = {"price": "price", "margin": "cost", "delay_months": "delay"}
    for pair, edges in ran.break_evens.items():
        for name, driver in names.items():
            (turn,) = entry(record_of("illustrative-contract"), "covered", driver, pair)["crossings"]
            edge = edges[name]
            assert edge is not None
            assert turn["level"] == pytest.approx(edge.level, abs=2e-5)
            shown = {"price": "level", "margin": "margin", "delay_months": "months"}[name]
            assert turn[shown] == pytest.approx(edge.shown, abs=2e-5)
