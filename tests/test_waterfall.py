"""The order of payment in the words of a case file, and the log of what was done with its cause."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from model.cases import Run
from model.inputs.check import problems
from model.record import actions
from model.sheet import Block
from model.waterfall import Condition, orders, read
from tests.strategies import box, case_of, contract, day, deal_of, loan, num, repay, run_deal, tranche

AS_OF = date(2024, 12, 31)
STEPS = ["pay opex", "fill power", "pay fees", "pay interest", "pay principal", "fill dsra",
         "sweep 50 % if dscr >= lock_up and ahead >= default", "sweep 40 % if dscr < lock_up",
         "distribute if dscr >= lock_up and cash >= default"]


@pytest.mark.parametrize("text", [
    "", "pay", "pay tax", "pay interest of", "pay interest of A", "pay interest, principal", "fill", "refund 5 %", "sweep",
    "sweep 50", "sweep half %", "sweep 50 % if dscr >= lock_up or ltv <= default", "distribute 50", "distribute if",
    "distribute if dscr > 1.2", "distribute if dscr = lock_up"])
def test_what_is_no_step_is_not_read(text: str) -> None:
    assert read(text) is None


def test_a_step_says_what_for_whom_how_much_and_when() -> None:
    paid = read("pay  interest of ddtl-1, ddtl.2")
    assert paid is not None
    assert (paid.verb, paid.what, paid.loans, paid.share) == ("pay", "interest", ("ddtl-1", "ddtl.2"), 1.0)
    swept = read("sweep 33.5 % if dscr >= lock_up and ltv <= default")
    assert swept is not None
    assert swept.share == pytest.approx(0.335)
    assert swept.conditions == (Condition("dscr", ">=", "lock_up"), Condition("ltv", "<=", "default"))
    up = read("distribute")
    assert up is not None
    assert (up.share, up.conditions) == (1.0, ())


def test_the_balloon_goes_with_the_principal_unless_it_has_a_step() -> None:
    assert [o.what for o in orders(["pay principal of a", "pay principal of b"])] == ["principal", "balloon"] * 2
    assert [o.what for o in orders(["pay principal", "sweep 10 %", "pay balloon"])] == ["principal", "sweep", "balloon"]


@pytest.fixture(scope="module")
def full() -> Run:
    """A box with every part, in good times, in bad ones, and in bad ones that end."""
    customer = contract("c", tranche(date(2025, 1, 1), date(2029, 12, 31), 10.0, opex=3.0))
    borrowed = loan("l", date(2028, 12, 31), 200.0, 0.08, repay("level"))
    borrower = box(steps=STEPS, accounts=[
        {"id": "power", "serves": ["opex"], "months_of_cost": num(1, "no.")},
        {"id": "dsra", "months_of_service": num(3, "no."), "releases": num(1, "flag"), "held_before": num(15.5)}], covenants=[
        {"id": "dscr", "test": "dscr", "months": num(12, "no."), "lock_up": num(1.3, "x"), "default": num(1.1, "x"),
         "clean_tests": num(2, "no.")},
        {"id": "ahead", "test": "dscr", "look": "forward", "months": num(12, "no."), "default": num(1.1, "x")},
        {"id": "cash", "test": "liquidity", "default": num(1)}],
        cures={"on": "dscr", "until": day(date(2027, 12, 31)), "at_most": num(30), "source": "test", "grade": "assumed"})
    deal = deal_of(AS_OF, 72, [customer], [borrowed], [borrower],
                   scenarios={"low": {"drivers.price_change": -0.25}, "high": {"drivers.price_change": 0.2},
                              "tight": {"drivers.price_change": -0.08}})
    assert not list(problems(case_of(deal)))
    return run_deal(deal)


DONE = {"paid", "filled", "swept", "surplus_out", "withheld", "shortfall", "drawn", "released", "funded", "cured", "called"}


@pytest.mark.parametrize("scenario", ["base", "low", "high", "tight"])
def test_every_action_is_in_the_log_with_its_amount(full: Run, scenario: str) -> None:
    """Amounts of the log add up to the rows, row by row and date by date: none is left out, none is there twice."""
    ran = full.under(scenario)
    logged: dict[str, Any] = {}
    for one in actions(ran):
        rows = logged.setdefault(one["row"], np.zeros(ran.deal.timeline.count))
        rows[one["period"] - 1] += one["amount"]
        assert one["date"] == ran.deal.timeline.ends[one["period"] - 1].isoformat()
    borrower = ran.deal.boxes["box"]
    blocks: list[Block] = [*(block for _, block in borrower.levels), *borrower.accounts, *borrower.cures]
    blocks += [borrower.payout] if borrower.payout else []
    seen = 0
    for block in dict.fromkeys(blocks):
        for row in block.rows():
            if row.declared.name in DONE and (row.declared.name == "called" or block is not borrower.payout):
                values = ran.read(row)[1:-1]
                assert logged.get(row.key, np.zeros(len(values))) == pytest.approx(values, abs=2e-6), row.key
                seen += 1
    assert seen > 15
    assert len(actions(ran)) == len({(o["period"], o["row"], o["action"]) for o in actions(ran)})


def said(ran: Run, action: str) -> list[tuple[str, str, float, str]]:
    return [(o["date"], o["step"], round(o["amount"], 6), o["cause"]) for o in actions(ran) if o["action"] == action]


def test_causes_are_told(full: Run) -> None:
    """By hand: 10 a month less 3 cost; at -25 % 13.5 a quarter against 16.5 of service that falls by 0.25 a quarter."""
    low = full.under("low")
    # the first test looks back on four quarters: 54 of cash against 16.5 + 16.25 + 16 + 15.75 = 64.5 of service
    of_dscr = [x for x in said(low, "default") if x[1] == "test dscr"]
    assert of_dscr[0] == ("2025-12-31", "test dscr", 16.95, "dscr 0.84x, at least 1.30x, default at 1.10x")
    first = said(low, "paid in by the parent")[0]
    assert first[:2] == ("2025-12-31", "equity cure")
    assert first[3].endswith("needed to end the default, limit left 30.0")
    cured = [x[2] for x in said(low, "paid in by the parent")]
    assert cured == pytest.approx([16.95, 13.05]), "the second cure is cut by the limit of 30"
    begun = [x for x in said(low, "lock-up begins") if x[1] == "test dscr"]
    assert begun[0][:3] == ("2025-12-31", "test dscr", pytest.approx(29.85))
    high = full.under("high")
    assert not [x for x in said(high, "default") if x[1] == "test dscr"]
    assert {x[3].split(";")[0].split(" of ")[0] for x in said(high, "distributed")} == {"100%"}
    # at -8 %: 74.4 of cash against 64.5 is 1.15x: 18.6 - 15.75 of service on the date, 40 % of it swept, the rest held back
    held = said(full.under("tight"), "trapped")
    assert held[0][0] == "2025-12-31"
    assert held[0][2] == pytest.approx(0.6 * (18.6 - 15.75), abs=0.05), "the reserve takes what little it lacks"
    assert held[0][3].startswith("100% of 1.7; dscr 1.15x, at least 1.30x, default at 1.10x: locked up")
