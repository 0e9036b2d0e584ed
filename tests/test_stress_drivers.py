"""Drivers that the catalogue needed, on cases small enough for a pocket calculator; others have golden files of their own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from model.cases import Run
from model.drivers import Drivers
from model.sheet import ancestors, givens
from tests.oracle import Rows
from tests.strategies import contract, day, deal_of, gb300, gpus_bought, loan, num, repay, run_deal, tranche

AS_OF, END = date(2024, 12, 31), date(2027, 12, 31)
STATED: Rows = {"cost": [{"date": date(2025, 1, 1), "amount": num(60.0)}], "source": "test", "grade": "assumed",
                "residual": {1: num(0.8, "share"), 2: num(0.5, "share")}}
HARDWARE = {"hardware": [{name: said for name, said in gb300().items() if not name.endswith("_prices")}]}


def on_collateral(life: int, **terms: Any) -> Run:
    """A bullet of 50, tested on GPUs of 60 that only the loan tells of."""
    said = {"kind": "delayed_draw", "collateral": STATED | {"life_months": life}, **terms}
    sold = contract("c", tranche(date(2025, 1, 1), END, 10.0))
    return run_deal(deal_of(AS_OF, 48, [sold], [loan("l", END, 50.0, 0.08, repay("bullet"), months=3) | said], scenarios={
        "short": {"drivers.short_life": 1}, "haircut": {"drivers.collateral_change": -0.272}}))


def closing(ran: Run, scenario: str, name: str = "closing", period: int = 12) -> float:
    """A row of the loan at the end of a month."""
    return float(ran.under(scenario).read(ran.deal.instruments["l"].row(name))[period])


def written_down(years: int) -> float:
    """60 on a straight line by days, on the last day of 2025."""
    whole = date(2025 + years, 1, 1) - date(2025, 1, 1)
    return 60 * (date(2025 + years, 1, 1) - date(2025, 12, 31)) / whole


def test_cost_stated_by_a_loan_is_written_down_over_four_years() -> None:
    ran = on_collateral(72, cost_test=num(1, "flag"), cost_limit=num(0.8, "share"))
    assert closing(ran, "base") == pytest.approx(min(50, 0.8 * written_down(6)), abs=1e-9)
    assert closing(ran, "short") == pytest.approx(0.8 * written_down(4), abs=1e-9)
    assert closing(ran, "short") < closing(ran, "base") < 50


def test_a_life_that_is_shorter_still_stays_as_it_is() -> None:
    ran = on_collateral(36, cost_test=num(1, "flag"), cost_limit=num(0.8, "share"))
    assert closing(ran, "short") == closing(ran, "base") == pytest.approx(0.8 * written_down(3), abs=1e-9)


def test_value_stated_by_a_loan_is_appraised_lower() -> None:
    """A buyer pays 1 - 0.2 x days / 365.25 of 60 in the first year; the loan may owe 90 % of it, or of 72.8 % of it."""
    ran = on_collateral(72, value_test=num(1, "flag"), value_limit=num(0.9, "share"))
    value = 60 * (1 - 0.2 * 364 / 365.25)
    assert closing(ran, "base", "appraised") == pytest.approx(value, abs=1e-9)
    assert closing(ran, "haircut") == pytest.approx(0.9 * 0.728 * value, abs=1e-9)
    assert closing(ran, "haircut", "market_value") == closing(ran, "base", "market_value"), "the market itself does not move"


def test_t6_sells_at_the_lower_appraisal() -> None:
    """GPUs of 60 a year old fetch 0.78 x 0.45 x 60 = 21.06 in distress: 50 - 21.06 = 28.94 is lost in the first month; with a
    cut of 27.2 % 50 - 15.33168 = 34.66832."""
    said = tranche(date(2025, 1, 1), END, 10.0) | {"fleet": [gpus_bought(date(2024, 1, 1), 1000, 60.0)]}
    deal = deal_of(AS_OF, 48, [contract("c", said)], [loan("l", END, 50.0, 0.08, repay("bullet"), months=3)], world=HARDWARE,
                   scenarios={"haircut": {"drivers.collateral_change": -0.272}})
    ran = run_deal(deal)
    row = ran.deal.pairs["c"].row("lost_if_failed")
    assert float(ran.read(row)[1]) == pytest.approx(28.94, abs=1e-9)
    assert float(ran.under("haircut").read(row)[1]) == pytest.approx(34.66832, abs=1e-9)


def test_the_revolver_is_drawn_once_and_costs_its_interest() -> None:
    """8 undrawn less letters of 2: 6 drawn in January at 12 % a year, so 0.18 a quarter; half of it is 0.09."""
    line = loan("r", END, 0.0, 0.12, repay("bullet"), kind="revolver", months=3, day_count="30/360", box=None)
    line |= {"undrawn_before": num(8.0), "letters": num(2.0), "availability_end": day(END)}
    sold = contract("c", tranche(date(2025, 1, 1), END, 10.0))
    ran = run_deal(deal_of(AS_OF, 48, [sold], [loan("l", END, 50.0, 0.08, repay("bullet"), months=3), line], scenarios={
        "all": {"drivers.revolver_drawn": 1}, "half": {"drivers.revolver_drawn": 0.5}}))
    row = ran.deal.instruments["r"].row
    for scenario, size in (("base", 0.0), ("half", 3.0), ("all", 6.0)):
        read = ran.under(scenario).read
        assert list(read(row("drawn"))[1:4]) == pytest.approx([size, 0, 0], abs=1e-12)
        assert float(read(row("undrawn"))[1]) == pytest.approx(6 - size, abs=1e-12)
        assert float(read(row("interest"))[6]) == pytest.approx(size * 0.12 / 4, abs=1e-12)


STILL = {"hazard_factor"}  # for simulations only


def test_no_new_driver_touches_a_test_that_it_should_not() -> None:
    """Claims, market prices, resale and refinancing never reach T1-T3 of a pair."""
    said = tranche(date(2025, 1, 1), END, 10.0) | {"fleet": [gpus_bought(date(2024, 1, 1), 1000, 60.0)]}
    deal = run_deal(deal_of(AS_OF, 48, [contract("c", said)], [loan("l", END, 50.0, 0.08, repay("bullet"), months=3)],
                            world=HARDWARE)).deal
    below = ancestors(deal.book.needs, [deal.pairs["c"].row("covered")])
    beside = ("market_decline", "decline_after", "decline_until", "spread_reset", "market_shut", "collateral_change")
    assert not below & {deal.drivers.row(name) for name in beside}
    assert not below & {deal.contracts["c"].row(name) for name in ("claim_recovery", "claim_days", "claim_paid")}
    assert below >= {deal.drivers.row(name) for name in ("summer_power",)}
    assert below >= {deal.contracts["c"].row(name) for name in ("renegotiated_after", "new_price_change", "extension_days")}


def test_every_driver_but_the_hazard_moves_a_row() -> None:
    said = tranche(date(2025, 1, 1), END, 10.0)
    deal = run_deal(deal_of(AS_OF, 48, [contract("c", said)], [loan("l", END, 50.0, 0.08, repay("bullet"), months=3)])).deal
    used = {row for needs in deal.book.needs.values() for row in needs}
    unused = {name for name in givens(Drivers) if deal.drivers.row(name) not in used}
    clauses = {"running_change", "renewals", "spot_change", "contract_price_change", "resale_change", "short_life",
               "revolver_drawn", "rent_escalation", "share_change", "cross_default", "spread_reset", "market_shut"}
    assert STILL <= unused <= STILL | clauses
