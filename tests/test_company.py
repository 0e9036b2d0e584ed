"""The company against the one worked out by hand (`tests/oracle_company.py`), and what must hold of any company."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from model.cases import Run, run
from model.company import Treasury
from model.deal import Deal
from model.errors import CheckError
from model.inputs.schema import CompanyFile
from model.record.company import company
from model.sheet import Expr
from model.timeline import Curve
from tests.delivered import the_run
from tests.oracle import Rows, month_end, months_later, read_folder, work_out
from tests.oracle_company import company_by_hand
from tests.oracle_days import by_nights
from tests.strategies import _a, _loan, case_of, contract, day, deal_of, deals, draw, loan, num, prepaid, repay, tranche
from tests.test_oracle import differences

ROOT = Path(__file__).parents[1]
LISTING = ROOT / "inputs" / "coreweave-ipo"
TESTS = ("K1", "K2", "K3", "K4", "K5", "K6", "K7")
BESIDE = ("term_loan", "revolver", "senior_notes", "senior_notes", "convertible", "promissory", "in_kind")
Pick = Callable[..., Any]


# ---- against the company worked out by hand ---------------------------------------------------------------------------


def test_the_listing_case_equals_the_company_worked_out_by_hand() -> None:
    """Every scenario, cross-default, put and leases among them."""
    ran, case = the_run(LISTING), read_folder(LISTING)
    case["company"] = YAML(typ="safe").load((LISTING / "company.yaml").read_text("utf-8"))
    for name in ran.names:
        changes = case["scenarios"]["scenarios"][name]["overrides"] if name != "base" else {}
        by_hand = company_by_hand(case, work_out(case, changes), changes)
        assert len(by_hand) > 35
        found = differences(ran.under(name), by_hand)
        assert not found, f"{name}: " + "; ".join(found[:5])


def stream(pick: Pick, as_of: date, months: int, most: float) -> Rows:
    """Amounts on dates, and amounts by year."""
    flows = [draw(months_later(as_of, pick(st.integers(1, months)), 28), _a(pick, 0, most))
             for _ in range(pick(st.integers(0, 2)))]
    years = {as_of.year + n: num(_a(pick, 0, most)) for n in range(1, 3) if pick(st.booleans())}
    return {"flows": flows, "by_year": years}


def maybe(pick: Pick, said: Callable[[], Any]) -> Any:
    """What is said of one thing, or nothing."""
    return said() if pick(st.integers(0, 3)) else None


@st.composite
def companies(pick: Pick, deal: Rows) -> Rows:
    """company.yaml of a random company above a deal; each part may be missing."""
    as_of, months = deal["case"]["as_of"], deal["case"]["months"]
    later = lambda: months_later(as_of, pick(st.integers(1, months)), 31)  # noqa: E731
    every = {
        "business": lambda: {"level": num(_a(pick, -1, 3), "USD m a month"), "growth": num(_a(pick, -0.2, 0.3), "rate"),
                             "plan": stream(pick, as_of, months, 10)},
        "overhead": lambda: {"monthly": num(_a(pick, 0, 2), "USD m a month"), "rise": num(_a(pick, 0, 0.2), "rate")},
        "premises": lambda: {"covers_contracts": num(float(pick(st.booleans())), "flag"), "rent": stream(pick, as_of, months, 20),
                             "signed_share": num(_a(pick, 0, 1), "share"), "signed": stream(pick, as_of, months, 20),
                             "power": stream(pick, as_of, months, 5)},
        "tax": lambda: {"rate": num(_a(pick, 0, 0.4), "rate"), "plan": stream(pick, as_of, months, 5)},
        "capex": lambda: [{"name": f"plan {n}", "advance": num(_a(pick, 0, 1), "share"), "plan": stream(pick, as_of, months, 50),
                           "committed": num(float(pick(st.booleans())), "flag")} for n in range(pick(st.integers(1, 2)))],
        "deposit": lambda: {"amount": num(_a(pick, 0, 20)), "fee": num(_a(pick, 0, 0.5), "share"), "repaid_on": day(later())},
        "put": lambda: {"shares": num(_a(pick, 0, 2), "m shares"), "strike": num(_a(pick, 15, 25), "USD"),
                        "exercisable_from": day(later()), "lapse_above": num(_a(pick, 26, 40), "USD"), "share_prices": "share"},
        "loan_tests": lambda: {"first_test": later(), "counted": num(_a(pick, 0, 1), "share"),
                               "history": [draw(as_of, _a(pick, 0, 30)), draw(months_later(as_of, -9, 31), _a(pick, 0, 30))]},
        "events": lambda: {"cross_default": {"date": later(), "source": "test", "grade": "assumed"}},
    }
    said = {name: found for name, make in every.items() if (found := maybe(pick, make)) is not None}
    if pick(st.integers(0, 2)):
        said.pop("events", None)
    flows = {name: [draw(later(), _a(pick, 0, 30))] for name in ("receipts", "payments") if pick(st.booleans())}
    return {"name": "Parent", "liquidity": {"opening_cash": num(_a(pick, 0, 80)), **flows}, **said}


@st.composite
def deals_with_a_company(pick: Pick) -> Rows:
    """A random deal, some boxes ring-fenced, with more debt beside them and a company above."""
    deal = pick(deals(notes=False))
    as_of, months = deal["case"]["as_of"], deal["case"]["months"]
    for one in deal["debt"]["boxes"]:
        one["ring_fenced"] = pick(st.booleans())
    inferred = any(one["repayment"]["profile"] == "inferred" for one in deal["debt"]["instruments"])
    for n in range(0 if inferred else pick(st.integers(0, 2))):  # more debt would break the disclosed totals
        deal["debt"]["instruments"].append(_loan(pick, f"own{n}", None, as_of, months, BESIDE))
    last = month_end(months_later(as_of, months, 1))
    deal["curves"]["share"] = [(as_of, _a(pick, 10, 30)), (months_later(as_of, 9, 31), _a(pick, 10, 45)), (last, _a(pick, 5, 30))]
    deal["company"] = pick(companies(deal))
    event = float(pick(st.integers(0, months)))
    if not all(by_nights(one["day_count"]) for one in deal["debt"]["instruments"] if one["box"] is None):
        event = 0.0  # interest accrued is known by hand where nights add up
        deal["company"].pop("events", None)
    deal["scenarios"]["scenarios"] = {"worse": {**_words(), "overrides": {
        "drivers.price_change": -0.3, "drivers.share_change": _a(pick, -0.5, 1.0), "drivers.cross_default": event}}}
    deal["scenarios"]["moderate"] = []
    return deal


def _words() -> Rows:
    return {"title": "t", "reason": "test", "source": "test", "grade": "assumed"}


def run_company(deal: Rows) -> Run:
    """The deal with its company, as the loader would hand it over."""
    case = case_of({name: part for name, part in deal.items() if name != "company"})
    curves = dict(case.curves)
    if "share" in deal["curves"]:
        points = deal["curves"]["share"]
        curves["share"] = Curve(tuple(d for d, _ in points), tuple(v for _, v in points), "share", "USD", "test", "assumed")
    return run(Deal(replace(case, company=CompanyFile.model_validate(deal["company"]), curves=curves)))


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(deals_with_a_company())
def test_any_company_equals_the_one_worked_out_by_hand(deal: Rows) -> None:
    """Random deals under two scenarios, and no check fails: cash is counted once whatever happens."""
    # a draw in the month of a step of the margin takes the month's average rate: see model/debt/clauses/margin.py
    assume(not any(one.get("steps") and one.get("draws") for one in deal["debt"]["instruments"]))
    ran = run_company(deal)
    for name, changes in (("base", {}), ("worse", deal["scenarios"]["scenarios"]["worse"]["overrides"])):
        found = differences(ran.under(name), company_by_hand(deal, work_out(deal, changes), changes), 10.0)
        assert not found, f"{name}: " + "; ".join(found[:5])
        failed = [c.title for c in ran.deal.checks if ran.under(name).read(c.row("failed")) and c.key == "check.company.cash"]
        assert not failed
        told = company(ran.under(name))
        assert all(told[key]["pass"] in (True, False, None) and told[key]["reason"] for key in TESTS)


# ---- what must hold ---------------------------------------------------------------------------------------------------

START = date(2025, 12, 31)


def small(company_said: Rows, **more: Any) -> Run:
    """A box that sends 4 a month up, a note of 40, and a company."""
    loans = [loan("l", date(2027, 12, 31), 24.0, 0.0, repay("level"), months=1),
             loan("note", date(2027, 12, 31), 40.0, 0.10, repay("bullet"), kind="senior_notes", box=None, months=6)]
    deal = deal_of(START, 24, [contract("c", tranche(date(2026, 1, 1), date(2027, 12, 31), 5.0))], loans, **more)
    return run_company({**deal, "company": company_said})


def test_without_company_yaml_every_test_is_null_and_says_what_is_missing() -> None:
    """The Applied Digital case states no cash of a company."""
    told = company(the_run("hut8-river-bend"))
    for key in TESTS:
        assert (told[key]["pass"], told[key]["value"]) == (None, None), key
        assert "company.yaml" in told[key]["reason"] or "no convertible note" in told[key]["reason"], key


def test_what_a_part_of_company_yaml_does_not_say_is_named() -> None:
    """Cash alone gives K2, K4 and K7; the others name the part that they miss."""
    told = company(small({"liquidity": {"opening_cash": num(50)}}))
    assert {key for key in TESTS if told[key]["pass"] is None} == {"K1", "K3", "K5", "K6"}
    assert "overhead" in told["K1"]["reason"]
    assert "overhead" in told["K3"]["reason"]
    assert "capex" in told["K6"]["reason"]
    assert "overhead" in told["K2"]["reason"], "a runway without corporate cost says so"
    assert told["required_cover"] == []
    assert told["verdict"] is None


def test_cash_counted_twice_breaks_k7(monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution that arrives twice shows as a gap, and stops the run."""
    def twice(self: Treasury) -> Expr:
        return self.distributed + self.distributed

    monkeypatch.setattr(Treasury.__dict__["received"], "method", twice)
    with pytest.raises(CheckError, match=r"K7.*\(month 1\): off by 4 USD m"):
        small({"liquidity": {"opening_cash": num(50)}})


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.floats(0, 3), st.floats(0, 3))
def test_more_cost_never_helps(low: float, more: float) -> None:
    """A higher corporate cost never raises K1, never lengthens the runway, never turns K3 to hold, and raises DSCR*."""
    assume(more > 1e-3)
    first, second = (company(small({"liquidity": {"opening_cash": num(20)}, "overhead": {"monthly": num(cost, "USD m a month")}}))
                     for cost in (low, low + more))
    far = 999.0
    assert second["K1"]["value"] < first["K1"]["value"]
    assert (second["K2"]["value"] or far) <= (first["K2"]["value"] or far) or second["K2"]["value"] == 0
    assert second["K3"]["pass"] <= first["K3"]["pass"]
    assert all(b["required"] > a["required"] for a, b in zip(first["required_cover"], second["required_cover"], strict=True))


def test_a_box_without_recourse_takes_nothing_from_the_company() -> None:
    """The same shortfall: paid where there is no ring fence or a guarantee, a default of the box otherwise."""
    said = {"name": "Parent", "liquidity": {"opening_cash": num(100)}}
    promise = {"provider": "Parent", "trigger": "x", "source": "test", "grade": "assumed"}
    for fenced, guarantee, who in ((True, None, "box"), (True, promise, "company"), (False, None, "company"),
                                   (True, promise | {"provider": "Other"}, "box")):
        owed = loan("l", date(2026, 12, 31), 40.0, 0.0, repay("level")) | ({"guarantee": guarantee} if guarantee else {})
        deal = deal_of(START, 24, [contract("c", tranche(date(2026, 1, 1), date(2026, 12, 31), 0.0))], [owed])
        deal["debt"]["boxes"][0]["ring_fenced"] = fenced
        (told,) = company(run_company({**deal, "company": said}))["recourse"]
        paid, left = (0.0, 40.0) if who == "box" else (40.0, 0.0)
        assert (told["paid"], told["without_recourse"]) == pytest.approx((paid, left)), (fenced, guarantee)


def test_a_revolver_in_cross_default_is_neither_drawn_nor_repaid() -> None:
    """It holds minimum cash up to the month before; then the balance is called and the line is gone."""
    line = loan("r", date(2027, 12, 31), 0.0, 0.0, repay("bullet"), kind="revolver", box=None, rate="fixed",
                undrawn_before=num(50), availability_end=day(date(2027, 12, 31)), minimum_cash=num(10))
    box_loan = loan("l", date(2027, 12, 31), 1.0, 0.0, repay("level"))
    deal = deal_of(START, 24, [contract("c", tranche(date(2026, 1, 1), date(2027, 12, 31), 0.05))], [box_loan, line],
                   scenarios={"default": {"drivers.cross_default": 6}})
    said = {"liquidity": {"opening_cash": num(10)}, "overhead": {"monthly": num(2, "USD m a month")}}
    ran = run_company({**deal, "company": said})
    drawn = ran.read(ran.deal.instruments["r"].row("closing"))
    assert drawn[5] == pytest.approx(10, abs=0.3)
    seen = ran.under("default").read
    assert np.ptp(seen(ran.deal.instruments["r"].row("closing"))[5:20]) == 0
    assert seen(ran.deal.parent.event.row("called"))[6] == pytest.approx(drawn[5])  # type: ignore[union-attr]
    assert seen(ran.deal.parent.outlook.liquidity.row("undrawn"))[6] == 0  # type: ignore[union-attr]
    assert not any(seen(c.row("failed")) for c in ran.deal.checks)


def test_a_prepayment_is_cash_of_the_company_once() -> None:
    """12 received in March are the company's; credited by days from June they lower what the box collects and sends up."""
    ahead = prepaid(date(2026, 6, 1), date(2026, 11, 30), amount=12.0, received=date(2026, 3, 10))
    sold = contract("c", tranche(date(2026, 1, 1), date(2027, 12, 31), 5.0), prepayments=[ahead])
    deal = deal_of(START, 24, [sold], [loan("l", date(2027, 12, 31), 24.0, 0.0, repay("level"), months=1)])
    cash = run_company({**deal, "company": {"liquidity": {"opening_cash": num(0)}}}).frame("treasury")
    assert cash["business"].iloc[:4].tolist() == pytest.approx([0, 0, 12, 0])
    assert cash["received"].iloc[[4, 6, 11]].tolist() == pytest.approx([4, 4 - 12 * 31 / 183, 4])
    assert cash["cash"].iloc[11] == pytest.approx(12 * 4), "the customer has paid for the year, no more"


def test_with_draws_frozen_only_what_is_owed_today_falls_due() -> None:
    """A revolver of 10 grows to 32 by its maturity in month 12; without draws 10 are due and the cost of 24 is missing."""
    line = loan("r", date(2026, 12, 31), 10.0, 0.0, repay("bullet"), kind="revolver", box=None, rate="fixed",
                undrawn_before=num(50), availability_end=day(date(2026, 12, 31)), minimum_cash=num(10))
    deal = deal_of(START, 24, [contract("c", tranche(date(2026, 1, 1), date(2027, 12, 31), 0.0))],
                   [loan("l", date(2027, 12, 31), 0.0, 0.0, repay("level")), line])
    said = {"liquidity": {"opening_cash": num(10)}, "overhead": {"monthly": num(2, "USD m a month")}}
    ran = run_company({**deal, "company": said})
    assert ran.frame("r")["principal_due"].iloc[11] == pytest.approx(32)
    assert ran.frame("treasury")["cash"].iloc[[10, 11]].tolist() == pytest.approx([10, -24])
    assert ran.frame("company.runway")["cash"].iloc[11] == pytest.approx(10 - 24 - 10)
