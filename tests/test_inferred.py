"""Inferred schedules: margins met, the least that can be missed where they cannot be, nearest to level."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from model.debt.inferred import Inferred, Unknown, infer

YEARS = range(2025, 2031)
TIGHT = 1e-10


def table(found: Inferred, loans: Sequence[Unknown], years: Sequence[int]) -> np.ndarray[Any, Any]:
    return np.array([[found.schedules[loan.key].get(year, 0.0) for year in years] for loan in loans])


def least_missed(loans: Sequence[Unknown], totals: Mapping[int, float]) -> float:
    """HiGHS: the least sum of what the years miss, each loan repaid exactly on its own dates."""
    cells = [(n, year) for n, loan in enumerate(loans) for year, w in loan.weights.items() if w > 0]
    years = sorted({*totals, *(year for _, year in cells)})
    count = len(cells) + 2 * len(years)
    left, right = np.zeros((len(loans) + len(years), count)), np.zeros(len(loans) + len(years))
    for k, (n, year) in enumerate(cells):
        left[n, k] = left[len(loans) + years.index(year), k] = 1
    for m, year in enumerate(years):
        row = len(loans) + m
        left[row, len(cells) + 2 * m], left[row, len(cells) + 2 * m + 1] = 1, -1
        right[row] = totals.get(year, 0.0)
    right[: len(loans)] = [loan.amount for loan in loans]
    cost = [0.0] * len(cells) + [1.0] * (2 * len(years))
    solved = linprog(cost, A_eq=left, b_eq=right, method="highs")
    assert solved.success, solved.message
    return float(solved.fun)


@st.composite
def any_loans(draw: Any, most: float = 5000.0) -> list[Unknown]:
    """Loans on 1 to 6 years, of any size, with gaps."""
    weight = st.sampled_from([0.0, 0.0, 1.0, 2.0, 4.0, 12.0])
    count = draw(st.integers(1, 6))
    loans = []
    for n in range(count):
        weights = {year: draw(weight) for year in YEARS}
        weights[draw(st.sampled_from(list(YEARS)))] = 4.0
        loans.append(Unknown(f"l{n}", draw(st.integers(1, int(most * 1000))) / 1000, weights))
    return loans


@st.composite
def feasible(draw: Any) -> tuple[list[Unknown], dict[int, float]]:
    """Totals of some schedule that the loans could have, level or not, with years of nothing among them."""
    loans, totals = draw(any_loans()), dict.fromkeys(YEARS, 0.0)
    for loan in loans:
        parts = {year: draw(st.integers(0, 9)) for year, w in loan.weights.items() if w > 0}
        parts[next(iter(parts))] += 1
        for year, part in parts.items():
            totals[year] += loan.amount * part / sum(parts.values())
    return loans, totals


def check_nearest_to_level(found: Inferred, loans: Sequence[Unknown], totals: Mapping[int, float]) -> None:
    """x / weight = loan factor x year factor wherever x > 0; years that miss could not move back towards level."""
    years = sorted(found.residual)
    x, w = table(found, loans, years), np.array([[loan.weights.get(y, 0.0) for y in years] for loan in loans])
    cells = [(i, j) for i, j in zip(*np.nonzero(x > 1e-6 * max(1.0, x.sum())), strict=True)]
    design = np.zeros((len(cells), len(loans) + len(years)))
    for row, (i, j) in enumerate(cells):
        design[row, i] = design[row, len(loans) + j] = 1
    logs = np.array([np.log(x[i, j] / w[i, j]) for i, j in cells])
    solution = np.linalg.lstsq(design, logs, rcond=None)[0]
    assert np.abs(design @ solution - logs).max() < 1e-4
    seen = 1e-6 * max(1.0, x.sum())
    miss = np.array([found.residual[year] - min(0.0, totals.get(year, 0.0)) for year in years])
    for i, j in cells:
        for k in np.flatnonzero(w[i]):
            ratio = (x[i, k] / w[i, k]) / (x[i, j] / w[i, j])
            if miss[j] < -seen:  # j has too much: no other date of this loan may have less
                assert ratio > 1 - 1e-4, (i, years[j], years[k])
            if miss[j] > seen:  # j lacks money: no other date of this loan may have more
                assert ratio < 1 + 1e-4, (i, years[j], years[k])


# ---- both margins hold ----------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(feasible())
def test_every_loan_and_every_year_is_met_where_that_is_possible(case: tuple[list[Unknown], dict[int, float]]) -> None:
    loans, totals = case
    found, whole = infer(loans, totals), sum(loan.amount for loan in loans)
    assert max(abs(x) for x in found.residual.values()) <= TIGHT * whole
    for loan in loans:
        assert sum(found.schedules[loan.key].values()) == pytest.approx(loan.amount, rel=1e-12)
        assert min(found.schedules[loan.key].values()) >= 0
        assert set(found.schedules[loan.key]) == {year for year, w in loan.weights.items() if w > 0}
    check_nearest_to_level(found, loans, totals)
    assert found.left == {}


def test_level_instalments_stand_when_they_already_agree() -> None:
    loans = [Unknown("q", 80.0, {2025: 4, 2026: 4}), Unknown("m", 36.0, {2025: 12, 2026: 12, 2027: 12})]
    found = infer(loans, {2025: 52.0, 2026: 52.0, 2027: 12.0})
    assert found.schedules == {"q": pytest.approx({2025: 40, 2026: 40}), "m": pytest.approx({2025: 12, 2026: 12, 2027: 12})}


def test_two_by_two_by_hand() -> None:
    """Equal odds: x11 x22 / (x12 x21) = 1 from level 30/30 and 20/20; margins 60, 40 and 70, 30 give 42/18, 28/12."""
    loans = [Unknown("a", 60.0, {2025: 4, 2026: 4}), Unknown("b", 40.0, {2025: 12, 2026: 12})]
    assert infer(loans, {2025: 70.0, 2026: 30.0}).schedules == {
        "a": pytest.approx({2025: 42.0, 2026: 18.0}), "b": pytest.approx({2025: 28.0, 2026: 12.0})}  # fmt: skip


def test_one_loan_repays_what_is_disclosed() -> None:
    totals = {2025: 100.25, 2026: 0.0, 2027: 7.5, 2028: 0.001}
    found = infer([Unknown("l", 107.751, dict.fromkeys(totals, 4.0))], totals)
    assert found.schedules["l"] == pytest.approx(totals, abs=1e-11)
    assert found.schedules["l"][2026] == 0
    assert max(map(abs, found.residual.values())) < 1e-11


def test_a_year_that_gets_almost_nothing_and_a_schedule_with_one_answer_are_exact() -> None:
    """Scaling in turn alone would need thousands of sweeps: 1e-6 of the whole can move, or nothing at all."""
    for spare in (1e-3, 1e-6, 0.0):
        loans = [Unknown("a", 100.0, {2025: 4, 2026: 4}), Unknown("b", 100.0, {2026: 4, 2027: 4})]
        totals = {2025: 100.0 - spare, 2026: 100.0, 2027: spare}
        found = infer(loans, totals)
        assert max(map(abs, found.residual.values())) < 1e-9, spare
        assert found.schedules["b"] == pytest.approx({2026: 100.0 - spare, 2027: spare}, abs=1e-9)


def test_margins_hold_on_random_tables_near_the_edge_of_what_is_possible() -> None:
    """Shares drawn so unevenly that some years get 1e-9 of a loan: fitting alone stalls on some of these."""
    rng = np.random.default_rng(1)
    for _ in range(400):
        loans, totals = [], dict.fromkeys(range(8), 0.0)
        for n in range(rng.integers(2, 11)):
            weights = {y: float(rng.choice([1, 4, 12])) for y in range(8) if rng.random() < 0.5} or {0: 4.0}
            loans.append(Unknown(str(n), float(10 ** rng.uniform(-3, 4)), weights))
            for year, part in zip(weights, rng.dirichlet(np.full(len(weights), 10 ** rng.uniform(-2.5, 0))), strict=True):
                totals[year] += loans[-1].amount * part
        found, whole = infer(loans, totals), sum(loan.amount for loan in loans)
        assert max(map(abs, found.residual.values())) <= TIGHT * whole
        for loan in loans:
            assert min(found.schedules[loan.key].values()) >= 0
            assert sum(found.schedules[loan.key].values()) == pytest.approx(loan.amount, rel=1e-12)


STACK = [
    Unknown("ddtl-1.0", 2012.5, {2025: 4, 2026: 4, 2027: 4, 2028: 1}),
    Unknown("ddtl-2.0", 3843.819, {2025: 1, 2026: 4, 2027: 4, 2028: 4, 2029: 3}),
    Unknown("oem", 1177.158, {2025: 12, 2026: 12, 2027: 12}),
]
DISCLOSED = {2025: 1483.202, 2026: 3102.384, 2027: 1771.071, 2028: 548.093, 2029: 128.727}


def test_stack_of_december_2024_meets_the_disclosed_maturities() -> None:
    found = infer(STACK, DISCLOSED)
    assert max(map(abs, found.residual.values())) < 1e-9
    assert {key: sum(by_year.values()) for key, by_year in found.schedules.items()} == pytest.approx(
        {loan.key: loan.amount for loan in STACK}, abs=1e-9
    )
    assert found.schedules["ddtl-2.0"][2029] == pytest.approx(128.727, abs=1e-9), "no other loan has a date in 2029"
    check_nearest_to_level(found, STACK, DISCLOSED)
    odds = {key: found.schedules[key][2025] / found.schedules[key][2026] for key in found.schedules}
    assert odds["ddtl-1.0"] == pytest.approx(odds["oem"], rel=1e-9), "both have the same dates in these years"
    assert odds["ddtl-2.0"] == pytest.approx(odds["oem"] / 4, rel=1e-9), "one date in 2025 against four"


# ---- they cannot both hold ------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(any_loans(), st.lists(st.sampled_from([0.0, 0.0, 1.0, 10.0, 500.0, 2500.0, -3.0]), min_size=6, max_size=6))
def test_loans_hold_and_the_years_miss_as_little_as_can_be(loans: list[Unknown], numbers: list[float]) -> None:
    totals = dict(zip(YEARS, numbers, strict=True))
    found, whole = infer(loans, totals), sum(loan.amount for loan in loans)
    for loan in loans:
        assert sum(found.schedules[loan.key].values()) == pytest.approx(loan.amount, rel=1e-12)
        assert min(found.schedules[loan.key].values()) >= 0
    assert sum(map(abs, found.residual.values())) == pytest.approx(least_missed(loans, totals), rel=1e-8, abs=1e-9 * whole)
    check_nearest_to_level(found, loans, totals)


def test_too_much_debt_raises_years_to_their_totals_and_too_little_cuts_them() -> None:
    loan = Unknown("l", 100.0, {2025: 1, 2026: 3})
    assert infer([loan], {2025: 60.0, 2026: 60.0}).schedules["l"] == pytest.approx({2025: 40, 2026: 60}), "level is 25 / 75"
    assert infer([loan], {2025: 40.0, 2026: 50.0}).schedules["l"] == pytest.approx({2025: 40, 2026: 60})
    assert infer([loan], {2025: 10.0, 2026: 50.0}).schedules["l"] == pytest.approx({2025: 25, 2026: 75}), "level stands"
    assert infer([loan], {}).residual == pytest.approx({2025: -25, 2026: -75})
    assert infer([loan], {2025: 25.0, 2026: 75.0, 2027: 8.0}).residual == pytest.approx({2025: 0, 2026: 0, 2027: 8}, abs=1e-12)


def test_a_loan_without_dates_in_the_years_that_need_it_leaves_a_residual() -> None:
    loans = [Unknown("early", 100.0, {2025: 4}), Unknown("late", 50.0, {2026: 4, 2027: 4})]
    found = infer(loans, {2025: 60.0, 2026: 60.0, 2027: 30.0})
    assert found.schedules["early"] == {2025: 100.0}
    assert found.schedules["late"] == pytest.approx({2026: 25.0, 2027: 25.0}), "nearest to level under 60 and 30"
    assert found.residual == pytest.approx({2025: -40.0, 2026: 35.0, 2027: 5.0})


def test_a_loan_without_any_date_and_a_repaid_one() -> None:
    found = infer([Unknown("none", 9.0, {2025: 0}), Unknown("paid", 0.0, {2025: 4}), Unknown("l", 5.0, {2025: 1})], {2025: 7.0})
    assert found.schedules == {"none": {}, "paid": {2025: 0.0}, "l": {2025: 5.0}}
    assert (found.left, found.residual) == ({"none": 9.0}, {2025: 2.0})
    assert infer([], {2025: 3.0}) == Inferred({}, {2025: 3.0}, {})
    tiny = infer([Unknown("l", 5.0, {2025: 1}), Unknown("t", 1e-13, {2025: 1, 2026: 1})], {2025: 5.0})
    assert sum(tiny.schedules["t"].values()) == pytest.approx(1e-13, rel=1e-12)


@pytest.mark.parametrize(
    "loans",
    [
        [Unknown("a", 1.0, {2025: 1}), Unknown("a", 1.0, {2025: 1})],
        [Unknown("a", -1.0, {2025: 1})],
        [Unknown("a", float("nan"), {2025: 1})],
        [Unknown("a", 1.0, {2025: -1})],
    ],
)
def test_what_does_not_fit_is_refused(loans: list[Unknown]) -> None:
    with pytest.raises(ValueError, match=r"own key|0 or more"):
        infer(loans, {2025: 1.0})


# ---- order, scale, speed --------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(any_loans(), st.lists(st.integers(0, 3000), min_size=6, max_size=6), st.randoms(use_true_random=False))
def test_order_of_loans_and_years_does_not_matter(loans: list[Unknown], numbers: list[int], rng: random.Random) -> None:
    totals = dict(zip(YEARS, map(float, numbers), strict=True))
    other, turned = list(loans), list(totals.items())
    rng.shuffle(other)
    rng.shuffle(turned)
    first, second = infer(loans, totals), infer(other, dict(turned))
    assert first.schedules == second.schedules
    assert first.residual == second.residual


@settings(deadline=None)
@given(feasible(), st.sampled_from([1e-6, 0.001, 3.7, 1e6]))
def test_unit_of_money_and_of_weights_does_not_matter(case: tuple[list[Unknown], dict[int, float]], scale: float) -> None:
    loans, totals = case
    bigger = [Unknown(u.key, u.amount * scale, {y: 0.25 * w for y, w in u.weights.items()}) for u in loans]
    first = infer(loans, totals)
    second = infer(bigger, {year: x * scale for year, x in totals.items()})
    whole = sum(loan.amount for loan in loans)
    assert table(second, loans, list(YEARS)) / scale == pytest.approx(table(first, loans, list(YEARS)), abs=1e-8 * whole)


def test_thirty_loans_on_fifteen_years_take_less_than_a_second() -> None:
    rng = np.random.default_rng(7)
    loans, totals = [], dict.fromkeys(range(2025, 2040), 0.0)
    for n in range(30):
        dates = {2025 + int(y): 4.0 for y in rng.choice(15, 6, replace=False)}
        loans.append(Unknown(str(n), float(rng.uniform(1, 5000)), dates))
        for year, part in zip(dates, rng.dirichlet(np.ones(6)), strict=True):
            totals[year] += loans[-1].amount * part
    began = perf_counter()
    found = infer(loans, totals)
    assert perf_counter() - began < 1.0
    assert max(map(abs, found.residual.values())) < TIGHT * sum(loan.amount for loan in loans)
