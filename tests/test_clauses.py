"""Worked examples of clauses meeting one another: what a credit officer would work out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from model.cases import Run, run
from model.deal import Deal
from model.inputs.schema import CompanyFile
from tests.oracle import Rows
from tests.strategies import box, case_of, contract, day, deal_of, draw, loan, num, repay, run_deal, tranche

START = date(2024, 12, 31)


def deal_with(said: Rows, price: float, until: date = date(2027, 12, 31), begins: date = date(2025, 1, 1), **more: Any) -> Rows:
    return deal_of(START, 96, [contract("c", tranche(begins, until, price))], [said], **more)


def row(ran: Run, name: str, key: str = "l") -> Any:
    return ran.read(ran.deal.instruments[key].row(name))


def in_month(year: int, month: int) -> int:
    return (year - 2025) * 12 + month


def test_contracts_that_run_on_after_maturity_support_the_balloon() -> None:
    """70 left in December 2027 rests on four years more of 4 a month: the test asks for nothing, the balloon stays."""
    plan = repay("custom", schedule={y: num(10) for y in (2025, 2026, 2027)})
    said = loan("l", date(2027, 12, 31), 100.0, 0.08, plan, kind="delayed_draw", rate="fixed", contract_test=num(1, "flag"))
    ran = run_deal(deal_with(said, 4.0, date(2031, 12, 31)))
    assert row(ran, "asked_by_tests").sum() == 0
    assert row(ran, "balloon")[36] == pytest.approx(70)
    assert ran.read(ran.deal.pairs["c"].row("grade")) == "C-F", "what runs on is worth more than the balloon"
    short = run_deal(deal_with(said, 4.0, date(2027, 12, 31)))
    assert row(short, "asked_by_tests").sum() > 50, "without those years the contracts do not carry it"


def test_a_step_of_the_margin_counts_from_its_day() -> None:
    """100 at 8 % and 20 % from 1 April: 90 days at 8 %, then 91 at 20 %, on 360."""
    steps = [{"date": date(2025, 4, 1), "rate": num(0.12, "rate")}]
    said = loan("l", date(2025, 12, 31), 100.0, 0.08, repay("bullet"), kind="term_loan", rate="fixed", day_count="ACT/360",
                steps=steps)
    interest = row(run_deal(deal_with(said, 10.0)), "interest")
    assert interest[3] == pytest.approx(100 * 0.08 * 90 / 360)
    assert interest[6] == pytest.approx(100 * (0.08 * 1 + 0.20 * 90) / 360), "one night before the step"


def test_interest_that_draws_pay_is_not_owed_twice_in_the_cover() -> None:
    """The exposure of T3 holds what is owed, not the interest that its own discount rate counts."""
    said = loan("l", date(2027, 12, 31), 100.0, 0.12, repay("level", first_instalment=date(2026, 3, 31)), kind="delayed_draw",
                rate="fixed", undrawn_before=num(20), availability_end=day(date(2025, 12, 31)),
                interest_funded_to=day(date(2025, 12, 31)))
    ran = run_deal(deal_with(said, 6.0, begins=date(2026, 1, 1)))
    assert row(ran, "exposure")[1] == pytest.approx(100)
    assert row(ran, "closing")[12] == pytest.approx(100 * 1.03**4)
    assert row(ran, "interest")[:13].sum() == pytest.approx(0)
    assert row(ran, "scheduled")[15] == pytest.approx(100 * 1.03**4 / 8), "what was drawn for interest is repaid with the rest"
    assert row(ran, "balloon").sum() == pytest.approx(0, abs=1e-9)


def test_sculpted_instalments_wait_for_the_draw_and_repay_it_whole() -> None:
    said = loan("l", date(2027, 12, 31), 0.0, 0.08, repay("sculpted", target=num(1.2, "x")), kind="delayed_draw", rate="fixed",
                undrawn_before=num(90), availability_end=day(date(2026, 3, 31)), draws=[draw(date(2025, 12, 31), 90.0)])
    ran = run_deal(deal_with(said, 5.0))
    assert row(ran, "scheduled")[:13].sum() == 0
    assert row(ran, "balloon").sum() == pytest.approx(0, abs=1e-9)
    cover = ran.read(ran.deal.pairs["c"].row("dscr"))
    assert cover[15] == pytest.approx(1.2), "15 of cash in a quarter carry 12.5 of service"


def test_a_promissory_note_bears_simple_interest_to_maturity() -> None:
    said = loan("n", date(2027, 12, 31), 100.0, 0.10, repay("bullet"), kind="promissory", box=None, months=12)
    deal = deal_of(START, 96, [contract("c", tranche(date(2025, 1, 1), date(2027, 12, 31), 10.0))],
                   [loan("l", date(2026, 12, 31), 1.0, 0.0, repay("level")), said])
    interest = row(run_deal(deal), "interest", "n")
    assert interest[36] == pytest.approx(30)
    assert interest.sum() == pytest.approx(30)


def test_equipment_that_is_not_bought_yet_secures_nothing() -> None:
    lots = {"cost": [draw(date(2025, 1, 1), 100.0), draw(date(2026, 12, 1), 100.0)], "source": "test", "grade": "assumed"}
    said = loan("l", date(2027, 12, 31), 130.0, 0.08, repay("bullet"), kind="delayed_draw", rate="fixed",
                cost_test=num(1, "flag"), collateral=lots)
    assert row(run_deal(deal_with(said, 10.0)), "scheduled")[3] == pytest.approx(130 - 100 * (1 - 89 / 2191), rel=1e-3)


# ---- the parent's cash ----------------------------------------------------------------------------------------------


def with_cash(deal: Rows, opening: float, receipts: list[Rows], payments: list[Rows]) -> Run:
    told = {"liquidity": {"opening_cash": num(opening), "receipts": receipts, "payments": payments}}
    return run(Deal(replace(case_of(deal), company=CompanyFile.model_validate(told))))


def revolver(maturity: date, balance: float = 0.0) -> Rows:
    return loan("r", maturity, balance, 0.06, repay("bullet"), kind="revolver", box=None, rate="fixed",
                undrawn_before=num(50), availability_end=day(maturity), minimum_cash=num(10))


def test_a_revolver_is_not_drawn_on_the_day_it_falls_due() -> None:
    box_loan = loan("l", date(2026, 12, 31), 1.0, 0.0, repay("level"))
    deal = deal_of(START, 36, [contract("c", tranche(date(2025, 1, 1), date(2026, 12, 31), 0.1))],
                   [box_loan, revolver(date(2025, 9, 30))])
    ran = with_cash(deal, 10.0, [], [draw(date(2025, 3, 15), 20.0)])
    balance, cash = row(ran, "closing", "r"), ran.read(ran.deal.treasury.row("cash"))
    assert balance[3] == pytest.approx(20, abs=0.5)
    assert balance[9:].max() == 0, "repaid at maturity, and not drawn again"
    assert cash[9] < 0, "what is missing shows in the cash"


def test_the_parent_pays_what_its_own_boxes_lack() -> None:
    """A box that earns nothing and owes 10 a quarter takes 10 a quarter from the parent where no ring fence keeps it out."""
    box_loan = loan("l", date(2025, 12, 31), 40.0, 0.0, repay("level"))
    sold = [contract("c", tranche(date(2025, 1, 1), date(2025, 12, 31), 0.0))]
    mine, fenced = (deal_of(START, 24, sold, [box_loan], [box() | {"ring_fenced": flag}]) for flag in (False, True))
    ran = with_cash(mine, 100.0, [], [])
    assert ran.read(ran.deal.treasury.row("cash"))[[3, 6, 9, 12]] == pytest.approx([90, 80, 70, 60])
    ran = with_cash(fenced, 100.0, [], [])
    assert ran.read(ran.deal.treasury.row("cash"))[[3, 6, 9, 12]] == pytest.approx([100] * 4), "nobody guarantees it"


def test_a_convertible_takes_from_the_parent_what_its_share_price_makes_of_it() -> None:
    from model.timeline import Curve

    terms = {"share_prices": "share", "conversion_price": num(100, "USD"), "freely_from": day(date(2026, 1, 1)),
             "cash_for_excess": num(1, "share")}
    note = loan("n", date(2026, 6, 30), 50.0, 0.0, repay("bullet"), kind="convertible", box=None, months=6, conversion=terms)
    deal = deal_of(START, 36, [contract("c", tranche(date(2025, 1, 1), date(2026, 12, 31), 1.0))],
                   [loan("l", date(2026, 12, 31), 1.0, 0.0, repay("level")), note])
    told = {"liquidity": {"opening_cash": num(500), "receipts": [], "payments": []}}
    case = replace(case_of(deal), company=CompanyFile.model_validate(told))
    case = replace(case, curves={**case.curves, "share": Curve((START,), (200.0,), "share", "USD", "test", "assumed")})
    ran = run(Deal(case))
    service = ran.read(ran.deal.treasury.row("unsecured_service"))
    assert service[18] == pytest.approx(100), "50 at 100 a share are worth 100 at 200, settled in cash"
