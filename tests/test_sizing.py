"""The largest debt: against linear programming, against another model's DSCR sizing, by hand, and in a loss year."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySAM import Singleowner
from scipy.optimize import linprog

from model.debt.sizing import Sized, SizingTerms, size_debt

DATES = [date(2025 + n, 12, 31) for n in range(12)]


def by_date(values: Sequence[float]) -> dict[date, float]:
    return dict(zip(DATES, values, strict=False))


def size(cash: Sequence[float], factors: Sequence[float], **terms: Any) -> Sized:
    return size_debt(by_date(cash), by_date(factors), SizingTerms(**terms))


def owed(sized: Sized) -> np.ndarray[Any, Any]:
    """Balance before each date and after the last one."""
    return sized.amount - np.concatenate([[0.0], np.cumsum(list(sized.instalments.values()))])


def service(sized: Sized, factors: Sequence[float]) -> np.ndarray[Any, Any]:
    return np.array(list(sized.instalments.values())) + owed(sized)[:-1] * np.array(factors)


def value(cash: Sequence[float], factors: Sequence[float]) -> list[float]:
    """Present value of the cash after each date: at close first, 0 last."""
    result = [0.0]
    for earned, factor in zip(reversed(cash), reversed(factors), strict=True):
        result.insert(0, (result[0] + earned) / (1 + factor))
    return result


# ---- linear programming ---------------------------------------------------------------------------------------------


def largest(cash: Sequence[float], factors: Sequence[float], targets: Sequence[float], terms: SizingTerms) -> float:
    """HiGHS: the most that can be lent, with free balances B(0) >= B(1) >= ... and every term a constraint."""
    count = len(cash)
    receipts = max((n for n, c in enumerate(cash, 1) if c > 0), default=0)
    until = receipts if terms.maturity is None else sum(d <= terms.maturity for d in DATES[:receipts])
    last = max(0, min(until, receipts - terms.tail))
    counted = last if terms.maturity is None else until
    worth = value(cash[:counted], factors[:counted]) + [0.0] * (count - counted)
    left, right, bounds = [], [], []
    for t in range(count):
        pays, falls = np.zeros(count + 1), np.zeros(count + 1)
        pays[t], pays[t + 1] = 1 + factors[t], -1
        falls[t], falls[t + 1] = -1, 1
        left += [pays, falls]
        right += [max(0.0, cash[t]) / targets[t], 0.0]
    most = [math.inf if terms.clcr is None else max(0.0, worth[t]) / terms.clcr for t in range(count + 1)]
    most[0] = min(most[0], math.inf if terms.commitment is None else terms.commitment)
    if terms.loan_to_cost is not None and terms.cost is not None:
        most[0] = min(most[0], terms.loan_to_cost * terms.cost)
    bounds = [(0.0, 0.0 if t >= last else (None if math.isinf(most[t]) else most[t])) for t in range(count + 1)]
    solved = linprog([-1.0] + [0.0] * count, A_ub=np.array(left), b_ub=right, bounds=bounds, method="highs")
    assert solved.success, solved.message
    return -float(solved.fun)


@st.composite
def asked(draw: Any) -> tuple[list[float], list[float], list[float], SizingTerms]:
    count = draw(st.integers(1, 12))
    cents = st.integers(-3000, 12000).map(lambda n: n / 100)
    cash = draw(st.lists(st.one_of(cents, st.sampled_from([0.0, 1.0, 3.0, 100.0])), min_size=count, max_size=count))
    factor = st.sampled_from([0.0, 0.01, 0.025, 0.08, 0.1, 0.25])
    factors = draw(st.lists(factor, min_size=count, max_size=count))
    targets = draw(st.lists(st.sampled_from([1.0, 1.2, 1.35, 2.0]), min_size=count, max_size=count))
    cost = draw(st.sampled_from([None, 200.0, 1000.0]))
    return cash, factors, targets, SizingTerms(
        target=by_date(targets),
        clcr=draw(st.sampled_from([None, 1.0, 1.25, 1.4, 2.0])),
        tail=draw(st.integers(0, 3)),
        loan_to_cost=None if cost is None else draw(st.sampled_from([0.1, 0.5, 0.8])),
        cost=cost,
        commitment=draw(st.sampled_from([None, 0.0, 20.0, 150.0, 400.0])),
        maturity=draw(st.sampled_from([None, None, DATES[3], DATES[6]])),
    )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(asked())
def test_no_larger_debt_meets_the_terms_and_this_one_does(
    case: tuple[list[float], list[float], list[float], SizingTerms],
) -> None:
    cash, factors, targets, terms = case
    sized = size_debt(by_date(cash), by_date(factors), terms)
    assert sized.amount == pytest.approx(largest(cash, factors, targets, terms), rel=1e-8, abs=1e-7)
    assert sized.amount == sized.limits[sized.binding] == min(sized.limits.values())

    paid, balance = np.array(list(sized.instalments.values())), owed(sized)
    assert paid.min() >= 0
    assert paid.sum() == pytest.approx(sized.amount, rel=1e-9, abs=1e-9)
    capacity = np.maximum(0.0, cash) / np.array(targets)
    assert np.all(service(sized, factors) <= capacity * sized.used + 1e-6)
    assert 0 <= sized.used <= 1
    receipts = max((n for n, c in enumerate(cash, 1) if c > 0), default=0)
    assert np.all(paid[max(0, receipts - terms.tail) :] == 0)
    if terms.maturity is not None:
        assert all(x == 0 for d, x in sized.instalments.items() if d > terms.maturity)
    if terms.clcr is not None:
        until = receipts - terms.tail if terms.maturity is None else sum(d <= terms.maturity for d in DATES[:receipts])
        for t, worth in enumerate(value(cash[: max(0, until)], factors[: max(0, until)])):
            assert max(0.0, worth) >= terms.clcr * balance[t] - 1e-6, t


@settings(max_examples=100, deadline=None)
@given(asked())
def test_cover_could_not_be_higher_on_all_dates(
    case: tuple[list[float], list[float], list[float], SizingTerms],
) -> None:
    """With a little less capacity used the same amount no longer fits."""
    cash, factors, targets, terms = case
    sized = size_debt(by_date(cash), by_date(factors), terms)
    if sized.amount > 1e-3:
        less = SizingTerms(**(vars(terms) | {"target": by_date([x / (sized.used * 0.999) for x in targets])}))
        assert size_debt(by_date(cash), by_date(factors), less).amount < sized.amount


# ---- another model --------------------------------------------------------------------------------------------------


def of_pysam(cash: Sequence[float], rate: float, tenor: int, dscr: float) -> Any:
    """SAM's single-owner model told to size debt on DSCR: revenue of USD 8760 a year less the cost that leaves `cash`."""
    model = Singleowner.default("CustomGenerationProfileSingleOwner")
    for name, said in {
        "gen": [1.0] * 8760, "system_pre_curtailment_kwac": [1.0] * 8760, "annual_energy_pre_curtailment_ac": 8760.0,
        "system_capacity": 1.0, "analysis_period": len(cash), "debt_option": 1, "dscr": dscr, "term_tenor": tenor,
        "term_int_rate": rate * 100, "dscr_limit_debt_fraction": 0, "ppa_soln_mode": 1,
        "ppa_price_input": [1.0] * len(cash), "ppa_escalation": 0, "ppa_multiplier_model": 1,
        "dispatch_factors_ts": [1.0] * 8760, "om_fixed": [8760.0 - c for c in cash], "om_capacity": [0.0],
        "om_production": [0.0], "om_fuel_cost": [0.0], "insurance_rate": 0, "inflation_rate": 0, "reserves_interest": 0,
        "dscr_reserve_months": 0, "months_working_reserve": 0, "cost_debt_fee": 0, "construction_financing_cost": 0,
        "total_installed_cost": 1e6,
    }.items():  # fmt: skip
        model.value(name, said)
    model.execute(0)
    return SimpleNamespace(**model.Outputs.export())


PROFITABLE = [30000.0, 35000.0, 20000.0, 40000.0, 25000.0, 10000.0, 10000.0]


@pytest.mark.parametrize(("rate", "tenor", "dscr"), [(0.09, 5, 1.3), (0.0625, 7, 1.2), (0.12, 3, 2.0)])
def test_size_and_principal_equal_pysam_on_its_own_cash(rate: float, tenor: int, dscr: float) -> None:
    theirs = of_pysam(PROFITABLE, rate, tenor, dscr)
    cash = list(theirs.cf_cash_for_ds)[1 : tenor + 1]
    assert cash == pytest.approx(PROFITABLE[:tenor])
    ours = size(cash, [rate] * tenor, target=dscr)
    assert ours.amount == pytest.approx(theirs.size_of_debt, rel=1e-9)
    principal = list(theirs.cf_debt_payment_principal)[1 : tenor + 1]
    assert list(ours.instalments.values()) == pytest.approx(principal, rel=1e-9)
    assert owed(ours)[:-1] == pytest.approx(list(theirs.cf_debt_balance)[:tenor], rel=1e-9)
    assert service(ours, [rate] * tenor) == pytest.approx(list(theirs.cf_debt_payment_total)[1 : tenor + 1], rel=1e-9)


@pytest.mark.parametrize("loss", [-2000.0, 1000.0])
def test_pysam_borrows_again_in_a_year_that_does_not_pay_its_interest_and_this_does_not(loss: float) -> None:
    theirs = of_pysam([30000.0, 35000.0, loss, 40000.0, 25000.0], 0.09, 5, 1.3)
    cash = list(theirs.cf_cash_for_ds)[1:6]
    assert min(theirs.cf_debt_payment_principal) < 0
    ours = size(cash, [0.09] * 5, target=1.3)
    assert ours.amount < theirs.size_of_debt
    assert min(ours.instalments.values()) >= 0
    before = max(0.0, loss) / 1.3 / 0.09
    assert owed(ours)[2] == pytest.approx(before, rel=1e-9, abs=1e-9), "no more than that year pays interest on"
    assert ours.amount == pytest.approx(npf.npv(0.09, [0.0, *np.divide(cash[:2], 1.3)]) + before / 1.09**2, rel=1e-9)


# ---- by hand --------------------------------------------------------------------------------------------------------

LEVEL, TEN = [120.0] * 6, [0.1] * 6


def test_each_limit_in_turn_and_its_amount() -> None:
    a6, a4 = (-float(npf.pv(0.1, n, 1)) for n in (6, 4))
    for terms, binding, amount in (
        ({}, "dscr", 100 * a6),
        ({"clcr": 1.2}, "dscr", 100 * a6),
        ({"tail": 2}, "tail", 100 * a4),
        ({"tail": 2, "clcr": 1.25}, "clcr", 96 * a4),
        ({"tail": 2, "clcr": 1.25, "maturity": DATES[5]}, "tail", 100 * a4),
        ({"clcr": 1.5}, "clcr", 80 * a6),
        ({"loan_to_cost": 0.6, "cost": 500.0}, "ltc", 300.0),
        ({"loan_to_cost": 0.6, "cost": 500.0, "commitment": 299.0}, "commitment", 299.0),
        ({"maturity": DATES[3]}, "dscr", 100 * a4),
    ):
        sized = size(LEVEL, TEN, target=1.2, **terms)
        assert (sized.binding, sized.amount) == (binding, pytest.approx(amount, rel=1e-12)), terms
    everything = size(LEVEL, TEN, target=1.2, clcr=1.1, tail=2, loan_to_cost=0.6, cost=500.0, commitment=400.0)
    assert everything.limits == pytest.approx(
        {"dscr": 100 * a6, "tail": 100 * a4, "clcr": 120 * a4 / 1.1, "ltc": 300.0, "commitment": 400.0}, rel=1e-12
    )


def test_debt_held_down_by_cost_keeps_its_life_and_gains_the_same_cover_on_every_date() -> None:
    cash = [120.0, 90.0, 150.0, 60.0]
    full, held = size(cash, TEN[:4], target=1.2), size(cash, TEN[:4], target=1.2, loan_to_cost=0.5, cost=400.0)
    share = held.amount / full.amount
    assert (full.used, held.used) == pytest.approx((1.0, share))
    assert list(held.instalments.values()) == pytest.approx([x * share for x in full.instalments.values()], rel=1e-12)
    assert np.array(cash) / service(held, TEN[:4]) == pytest.approx(1.2 / share, rel=1e-12)


def test_targets_by_date_and_clcr_that_binds_after_close() -> None:
    """A target of 3.00x at first and 1.00x later: CLCR of 1.30 holds at close and would fail after the first dates."""
    cash, targets = [100.0] * 4, [3.0, 3.0, 1.0, 1.0]
    sized = size(cash, TEN[:4], target=by_date(targets), clcr=1.3)
    at_close = value(cash, TEN[:4])[0] / 1.3
    assert sized.binding == "clcr"
    assert sized.amount < sized.limits["tail"]
    assert sized.amount < at_close * 0.99
    assert owed(sized)[2] == pytest.approx(value(cash, TEN[:4])[2] / 1.3), "it binds after the second date"


def test_a_loss_year_wants_the_debt_gone_before_it_and_lends_nothing_on_what_follows() -> None:
    sized = size([60.0, 60.0, -5.0, 600.0, 600.0], TEN[:5], target=1.2)
    assert sized.amount == pytest.approx(-npf.pv(0.1, 2, 50.0), rel=1e-12)
    assert list(sized.instalments.values())[2:] == pytest.approx([0.0] * 3, abs=1e-9)
    assert size([-5.0, 600.0], TEN[:2], target=1.2).amount == 0.0
    lean = size([60.0, 6.0, 600.0], TEN[:3], target=1.2)
    assert owed(lean)[1] == pytest.approx(50.0), "a year of 6 pays the interest of 50"
    assert lean.amount == pytest.approx(100 / 1.1)


def test_no_cash_no_debt_and_the_tail_counts_from_the_last_receipt() -> None:
    for cash in ([], [0.0], [-1.0, 0.0]):
        empty = size(cash, TEN[: len(cash)], target=1.2, commitment=10.0)
        assert (empty.amount, empty.binding, list(empty.instalments.values())) == (0.0, "dscr", [0.0] * len(cash))
    sized = size([120.0, 120.0, 120.0, 0.0, 0.0], TEN[:5], target=1.2, tail=1)
    assert sized.amount == pytest.approx(-npf.pv(0.1, 2, 100.0))
    gone = size([120.0], [0.1], target=1.2, tail=1)
    assert (gone.amount, gone.binding) == (0.0, "tail")


@pytest.mark.parametrize(
    ("factors", "terms"),
    [
        ([0.1], {"target": 1.2}),
        ([0.1, -0.1], {"target": 1.2}),
        ([0.1, 0.1], {"target": 0.0}),
        ([0.1, 0.1], {"target": {DATES[0]: 1.2}}),
        ([0.1, 0.1], {"target": 1.2, "clcr": 0.0}),
        ([0.1, 0.1], {"target": 1.2, "tail": -1}),
        ([0.1, 0.1], {"target": 1.2, "cost": 5.0}),
        ([0.1, 0.1], {"target": 1.2, "loan_to_cost": 0.8}),
        ([0.1, 0.1], {"target": 1.2, "loan_to_cost": -0.8, "cost": 5.0}),
        ([0.1, 0.1], {"target": 1.2, "commitment": -5.0}),
    ],
)
def test_what_does_not_fit_is_refused(factors: list[float], terms: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|needs"):
        size([120.0, 120.0], factors, **terms)
