"""Distance to failure against closed forms and a solver; what is reported fails when the whole deal is run there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from scipy.optimize import minimize

from model.cases import Run
from model.reverse import Line, Look, alone, find, nearest
from model.reverse.look import Asked
from model.reverse.space import Space, norm
from model.sheet import Row
from model.stress.drivers import Driver, drivers_of
from tests.test_break_even import under
from tests.test_reverse import EXAMPLE, case, look_at, record_of, service, whole_run

EXAMPLES = "illustrative-contract-benchmark"
SMOOTH = ("price", "cost", "delivered", "sla", "uncollected")


def distances(ran: Run, *names: str) -> dict[str, float]:
    """Of every pair, the drivers named moving together."""
    look = look_at(ran, *names)
    space, found = Space(look), find(look, look.asked, [Line(driver) for driver in look.drivers])
    joint = nearest(look, space, {one: alone(space, found, one) for one in look.asked if one.test == "covered"})
    return {one.pair: float(norm(point)) for one, point in joint.items() if point is not None}


def test_two_drivers_that_act_in_dollars_fail_at_the_foot_of_the_perpendicular() -> None:
    """50 (1 + price) - 10 (1 + cost) = service is a line; a standard unit is 10 % of price or 20 % of cost: USD 5 and 2."""
    found = distances(case(EXAMPLES), "price", "cost")
    for loan in EXAMPLE:
        least = (40 - service(loan)) / np.hypot(5, 2)
        assert least <= found[loan] <= 1.01 * least


def test_five_drivers_fail_where_a_solver_finds_the_nearest_point() -> None:
    """50 x price x delivered x credits x collected - 10 x cost = service, bent by the products."""
    found = distances(case(EXAMPLES), *SMOOTH)
    unit = [driver.deviation for name in SMOOTH for driver in drivers_of(case(EXAMPLES).deal) if driver.name == name]
    for loan in EXAMPLE:
        def short(z: np.ndarray, loan: str = loan) -> float:
            price, cost, delivered, credits, unpaid = z * unit
            revenue = 50 * (1 - price) * (1 - delivered) * (1 - credits) * (1 - unpaid)
            return float(service(loan) - revenue + 10 * (1 + cost))

        solved = minimize(lambda z: z @ z, np.full(5, 0.5), constraints={"type": "ineq", "fun": short}, tol=1e-10)
        assert solved.success
        least = float(np.sqrt(solved.fun))
        assert least * (1 - 1e-6) <= found[loan] <= 1.02 * least


@pytest.mark.parametrize("folder", [EXAMPLES, "illustrative-contract", "iren-microsoft", "coreweave-ddtl-4"])
def test_the_point_that_is_told_fails_and_is_no_farther_than_any_single_driver(folder: str) -> None:
    ran, seen = case(folder), 0
    for one in record_of(folder)["distances"]:
        if one["joint"]:
            told = one["joint"]
            failing = whole_run(ran, [told["overrides"], {}])(ran.deal.pairs[one["pair"]].row("covered"))
            assert failing.tolist() == [0, 1], "it fails there and not in the scenario"
            units = np.array(list(told["units"].values()))
            assert told["distance"] == pytest.approx(np.sqrt((units**2).sum()), abs=1e-6)
            assert told["distance"] <= one["distance_alone"] * 1.0001
            assert one["distance_alone"] == min(away for away in one["alone"].values() if away is not None)
            price, missing = told["levels"].get("price"), told["levels"].get("delivered")
            assert price is None or f"price cut ({-100 * price:.2f} %)" in told["words"]
            assert missing is None or f"capacity not delivered ({100 - 100 * missing:.2f} %)" in told["words"]
            seen += 1
    assert seen


def test_distances_alone_are_changes_over_deviations() -> None:
    for one in record_of(EXAMPLES)["distances"]:
        falls = 1 - (service(one["pair"]) + 10) / 50
        assert one["alone"]["price"] == pytest.approx(falls / 0.10, abs=2e-4)
        assert one["alone"]["uncollected"] == pytest.approx(falls / 0.15, abs=2e-4)
        assert one["alone"]["rate"] is None, "a fixed rate does not move"
        assert one["to"] == "failure"


def test_a_pair_that_fails_is_told_how_far_it_is_from_passing() -> None:
    """And nothing joint: where it stands is failure already."""
    for one in record_of("coreweave-ipo")["distances"]:
        assert (one["passes_now"], one["to"], one["joint"]) == (False, "passing", None)
        assert one["nearest_alone"] == "price"
        assert one["distance_alone"] == pytest.approx(one["level_alone"] / 0.10, abs=1e-8)
        label = f"change of every contract price at {100 * one['level_alone']:+.2f} %"
        assert one["words"].startswith(f"not covered; {label}, {one['distance_alone']:.2f} standard units away")


def test_nothing_is_told_where_nothing_fails() -> None:
    """A lower cost alone harms nobody: the drivers that are left cannot break the pair."""
    look = look_at(case(EXAMPLES), "power", "rent")
    space = Space(look)
    assert set(nearest(look, space, {one: [] for one in look.asked}).values()) == {None}


def test_points_stand_on_the_steps_of_their_drivers_and_inside_their_ranges() -> None:
    """To the nearest step, days whole; what has not moved stays where the scenario has it, on a step or not."""
    ran = under(case(EXAMPLES).deal, {"drivers.price_change": -0.0123456})
    space = Space(look_at(ran, "price", "delay"))
    points = np.array([[0.0, 0.0], [-1.0, 0.4499], [-1.0, 0.4501], [-99.0, 99.0], [99.0, -99.0]])
    assert space.levels(points).tolist() == [
        [-0.0123456, 0], [-0.11235, 40], [-0.11235, 41], [-0.6, 720], [1.0, 0]]
    assert space.points(space.levels(points))[1] == pytest.approx([-1, 40 / 90], abs=1e-4)
    assert norm(np.array([[3.0, -4.0]])).tolist() == [5]


# ---- planted boundaries ----------------------------------------------------------------------------------------------


def planted(fails: Callable[[np.ndarray], np.ndarray], count: int) -> np.ndarray:
    """The nearest point found at which `fails`, of so many drivers that run from -5 to 5 standard units."""
    drivers = [Driver(f"d{n}", "planted", f"d{n}", "share", 1, 0, -5, 5, 0.01, 1, "a test") for n in range(count)]
    asked = Asked("pair", "covered", cast(Row, None), 1)

    def told(columns: Mapping[str, np.ndarray]) -> dict[Asked, np.ndarray]:
        return {asked: ~fails(np.stack([columns[driver.key] for driver in drivers], axis=-1))}

    look = cast(Look, SimpleNamespace(drivers=drivers, now={driver.key: 0.0 for driver in drivers}, told=told,
                                      passes_now=lambda: {asked: True}))
    (point,) = nearest(look, Space(look), {asked: []}).values()
    assert point is not None
    assert fails(point[None])[0]
    return point


@pytest.mark.parametrize("seed", range(12))
def test_a_plane_in_eight_drivers_is_met_near_its_foot(seed: int) -> None:
    draw = np.random.default_rng(seed)
    weights = draw.exponential(size=8) * (draw.random(8) < 0.7)
    weights[seed % 8] = 1
    foot = 2 / np.sqrt((weights**2).sum())
    assert foot * (1 - 1e-3) <= norm(planted(lambda points: points @ weights >= 2, 8)) <= 1.015 * foot


def test_the_nearer_of_two_boundaries_is_met_also_where_it_lies_on_the_harmless_side() -> None:
    """Three drivers up together fail at 3.46; one of them down together with a fourth fails at 1.41."""
    found = planted(lambda points: (points[:, :3].sum(axis=1) >= 6) | (points[:, 3] - points[:, 0] >= 2), 4)
    assert found == pytest.approx([-1, 0, 0, 1], abs=0.02)


def test_a_bent_boundary_is_met_where_it_comes_nearest() -> None:
    """Outside of a hyperbola x y = 1: the nearest point is (1, 1), far from both axes."""
    assert planted(lambda points: (points[:, 0] > 0) & (points[:, 0] * points[:, 1] >= 1), 2) == pytest.approx([1, 1], abs=0.15)
    assert norm(planted(lambda points: points.prod(axis=1) >= 1, 2)) <= 1.01 * np.sqrt(2)


def test_drivers_that_hardly_matter_are_left_out() -> None:
    """A weight of 5 % shortens the way by 0.06 %: fewer drivers are worth that."""
    weights = np.array([1, 1, 0.05, 0.03, 0, 0.02])
    found = planted(lambda points: points @ weights >= 2, 6)
    assert np.flatnonzero(found).tolist() == [0, 1]
    assert norm(found) <= 1.01 * np.sqrt(2)
