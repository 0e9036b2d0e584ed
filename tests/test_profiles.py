"""Repayment profiles: numpy-financial closed forms, what no profile may break, and a loss year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.debt import profile as p

CENT = 1e-9
amounts = st.floats(0, 1e5)
covers = st.floats(1.0, 3.0)
factors = st.lists(st.floats(0, 0.2), min_size=1, max_size=24)


def balances(amount: float, paid: Sequence[float]) -> np.ndarray[Any, Any]:
    """What is owed before each instalment and after the last one."""
    return amount - np.concatenate([[0.0], np.cumsum(paid)])


def service(amount: float, paid: Sequence[float], factor: Sequence[float]) -> np.ndarray[Any, Any]:
    return np.asarray(paid) + balances(amount, paid)[:-1] * np.asarray(factor)


# ---- closed forms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "count"), [(0.0225, 20), (0.1, 4), (0.004, 120)])
def test_level_service_at_a_constant_rate_is_the_annuity_of_numpy_financial(rate: float, count: int) -> None:
    paid = p.level_service(3843.819, [rate] * count)
    assert paid == pytest.approx(p.annuity(3843.819, rate, count), abs=CENT)
    assert paid == pytest.approx(-npf.ppmt(rate, np.arange(1, count + 1), count, 3843.819), abs=CENT)
    assert p.level_service(100.0, [0.0] * count) == pytest.approx(p.level(100.0, count), abs=CENT)


@pytest.mark.parametrize(("rate", "count"), [(1e-4, 240), (0.01, 48), (0.1, 240), (0.9, 60)])
def test_an_annuity_repays_the_amount_with_equal_service(rate: float, count: int) -> None:
    """At rates too where the difference of two balances, as PPMT takes it, has no digit left."""
    paid = p.annuity(1000.0, rate, count)
    service = np.array(paid) + rate * balances(1000.0, paid)[:-1]
    assert sum(paid) == pytest.approx(1000, rel=1e-12)
    assert service == pytest.approx([service[0]] * count, rel=1e-9)


def test_level_service_is_the_amount_over_the_discount_factors_of_the_forward_path() -> None:
    path = [0.0265, 0.0251, 0.024, 0.0233]
    paid = p.level_service(100.0, path)
    level = 100.0 / np.cumprod(1 / (1 + np.array(path))).sum()
    assert service(100.0, paid, path) == pytest.approx(level, abs=CENT)
    assert sum(paid) == pytest.approx(100.0, abs=CENT)


def test_level_service_does_not_borrow_where_interest_alone_is_above_it() -> None:
    """40 of interest, then 1 % for four dates: equal service were 35.8 and the first instalment -4.2."""
    paid = p.level_service(100.0, [0.4, 0.01, 0.01, 0.01, 0.01])
    assert 100 / np.cumprod(1 / (1 + np.array([0.4] + [0.01] * 4))).sum() - 40 < 0
    assert paid[0] == 0
    assert paid[1:] == pytest.approx(p.annuity(100.0, 0.01, 4), abs=CENT), "levelled again on the dates that are left"


def test_one_percent_a_quarter_leaves_a_balloon_and_a_share_of_the_balance_falls_by_a_constant_ratio() -> None:
    assert p.percent_of_initial(750.0, [0.01] * 20) == pytest.approx([7.5] * 20, abs=CENT)
    assert p.percent_of_initial(750.0, [0.4, 0.0, 0.4, 0.4]) == pytest.approx([300.0, 0.0, 300.0, 150.0], abs=CENT)
    paid = p.percent_of_balance(750.0, 0.05, 12)
    assert balances(750.0, paid) == pytest.approx(-npf.fv(-0.05, np.arange(13), 0, 750.0), abs=CENT)
    assert p.percent_of_balance(750.0, 1.0, 3) == [750.0, 0.0, 0.0]


def test_fixed_amounts_are_capped_by_what_is_left() -> None:
    assert p.fixed(100.0, [40.0, 0.0, 50.0, 30.0, 30.0]) == [40.0, 0.0, 50.0, 10.0, 0.0]
    assert p.fixed(100.0, [40.0, 10.0]) == [40.0, 10.0]


@pytest.mark.parametrize(
    "said",
    [
        lambda: p.fixed(100.0, [10.0, -1.0]),
        lambda: p.percent_of_initial(100.0, [0.01, -0.01]),
        lambda: p.percent_of_initial(100.0, [5.0]),
        lambda: p.percent_of_balance(100.0, 5.0, 3),
        lambda: p.percent_of_balance(100.0, -0.1, 3),
        lambda: p.sculpted(100.0, [1.0, 2.0], [0.1, 0.1], [1.2]),
        lambda: p.sculpted_amount([1.0, 2.0], [0.1], 1.2),
        lambda: p.service_capacity([([1.0, 2.0], 1.2), ([1.0], 2.0)]),
    ],
)
def test_what_does_not_fit_is_refused(said: Callable[[], object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (some are zip's own)
        said()


# ---- invariants -----------------------------------------------------------------------------------------------------


@given(
    amounts,
    factors,
    st.data(),
)
def test_no_profile_is_negative_or_repays_more_than_the_amount(amount: float, factor: list[float], data: Any) -> None:
    count = len(factor)
    money = st.lists(st.floats(0, 1e5), min_size=count, max_size=count)
    share = st.floats(0, 1)
    cash = st.lists(st.floats(-1e4, 1e5), min_size=count, max_size=count)
    target = data.draw(st.lists(covers, min_size=count, max_size=count))
    for paid in (
        p.fixed(amount, data.draw(money)),
        p.percent_of_initial(amount, data.draw(st.lists(share, min_size=count, max_size=count))),
        p.percent_of_balance(amount, data.draw(share), count),
        p.level_service(amount, factor),
        p.sculpted(amount, data.draw(cash), factor, target),
    ):
        assert len(paid) == count
        assert min(paid) >= 0
        assert sum(paid) <= amount * (1 + 1e-12)


@given(amounts, st.lists(st.floats(0, 0.02), min_size=1, max_size=24))
def test_level_service_is_level_and_repays_everything(amount: float, factor: list[float]) -> None:
    paid = p.level_service(amount, factor)
    assert sum(paid) == pytest.approx(amount, rel=1e-9)
    if min(paid) > 0:
        assert service(amount, paid, factor) == pytest.approx(paid[-1] * (1 + factor[-1]), rel=1e-9)


@given(st.data(), factors)
def test_sculpted_debt_has_the_target_of_each_date(data: Any, factor: list[float]) -> None:
    count = len(factor)
    cash = data.draw(st.lists(st.floats(-50, 500), min_size=count, max_size=count))
    target = data.draw(st.lists(covers, min_size=count, max_size=count))
    amount = p.sculpted_amount(cash, factor, target)
    paid = p.sculpted(amount, cash, factor, target)
    assert sum(paid) == pytest.approx(amount, rel=1e-9, abs=1e-9), "the amount is what the profile repays"
    owed, due = balances(amount, paid), service(amount, paid, factor)
    assert np.all(np.diff(owed) <= 1e-12)
    for n in range(count):
        if paid[n] > 1e-6:
            assert cash[n] / due[n] == pytest.approx(target[n], rel=1e-6), n
        elif owed[n] > 1e-6:
            assert cash[n] / target[n] <= owed[n] * factor[n] + 1e-6, "repays nothing only where it earns no more"


# ---- vector target --------------------------------------------------------------------------------------------------


def test_contracted_and_uncontracted_cash_carry_service_at_their_own_covers() -> None:
    contracted, open_market = [120.0, 120.0, 60.0, 0.0], [0.0, 20.0, 40.0, 50.0]
    capacity = p.service_capacity([(contracted, 1.2), (open_market, 2.0)])
    assert capacity == pytest.approx([100.0, 110.0, 70.0, 25.0], abs=CENT)
    amount = p.sculpted_amount(capacity, [0.08] * 4, 1.0)
    assert amount == pytest.approx(npf.npv(0.08, [0.0, *capacity]), abs=CENT)
    blend = [(c + o) / due for c, o, due in zip(contracted, open_market, capacity, strict=True)]
    assert amount == pytest.approx(p.sculpted_amount(np.add(contracted, open_market).tolist(), [0.08] * 4, blend), abs=CENT)
    assert service(amount, p.sculpted(amount, capacity, [0.08] * 4, 1.0), [0.08] * 4) == pytest.approx(capacity, abs=CENT)


def test_one_target_for_all_dates_is_the_same_as_that_target_on_each() -> None:
    cash, factor = [30.0, 35.0, 20.0], [0.09, 0.08, 0.07]
    assert p.sculpted(50.0, cash, factor, [1.3] * 3) == p.sculpted(50.0, cash, factor, 1.3)
    assert p.sculpted_amount(cash, factor, (1.3, 1.3, 1.3)) == p.sculpted_amount(cash, factor, 1.3)
    assert p.service_capacity([(cash, 1.3)]) == pytest.approx([c / 1.3 for c in cash], abs=CENT)


# ---- a loss year ----------------------------------------------------------------------------------------------------


def test_a_loss_counts_whole_against_capacity() -> None:
    """12 contracted and a loss of 8 elsewhere leave 4 of cash: dividing the loss by 2.00 would promise service of 6."""
    assert p.service_capacity([([12.0], 1.2), ([-8.0], 2.0)]) == pytest.approx([2.0])


def test_a_loss_year_repays_nothing_and_the_debt_passes_it_unchanged() -> None:
    cash, factor = [30.0, -5.0, 30.0, -5.0], [0.1] * 4
    amount = p.sculpted_amount(cash, factor, 1.25)
    assert amount == pytest.approx((24 / 1.1 + 24) / 1.1, abs=CENT), "two good years, the loss at the end lends nothing"
    paid = p.sculpted(amount, cash, factor, 1.25)
    assert paid == pytest.approx([24 - amount * 0.1, 0.0, 24 / 1.1, 0.0], abs=CENT)
