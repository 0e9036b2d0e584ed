"""Contractual interest of two quarters, from disclosed balances, flows and terms, against what the company reported.

The backtest projects without the flows; here they are known, so that only the engine's interest is under test."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from model.cases import Run
from tests.oracle import Rows
from tests.strategies import contract, day, deal_of, draw, loan, num, repay, run_deal, tranche

TOLD: Any = YAML(typ="safe").load((Path(__file__).parent / "backtest" / "interest-2025.yaml").read_text("utf-8"))

ACTUALS = Path(__file__).parents[1] / "inputs" / "actuals" / "coreweave.csv"


def reported(as_of: date) -> float:
    """Contractual interest of the quarter after a date."""
    with ACTUALS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = [float(r["value"]) for r in rows if (r["item"], r["from"]) == ("contractual_interest", str(as_of))]
    assert len(found) == 1
    return found[0]


def instrument(said: Rows, as_of: date) -> Rows:
    """A loan of the file with its flows of the quarter; its later life does not matter here."""
    draws, repaid = said.get("drawn", []), said.get("repaid", [])
    size = sum(d["amount"] for d in draws)
    floats: Rows = {"curve": "sofr", "rate": "floating"} if said["floating"] else {"rate": "fixed"}
    committed: Rows = {"undrawn_before": num(size), "availability_end": day(said["maturity"])}
    return loan(
        said["id"],
        said["maturity"],
        said["balance"],
        said["margin"],
        repay("fixed", amounts=[{"date": r["date"], "amount": num(r["amount"])} for r in repaid]) if repaid else repay("bullet"),
        kind="term_loan" if not draws else "delayed_draw" if said["floating"] else "vendor",
        months=said.get("months", 3 if said["floating"] else 1),
        day_count=said.get("day_count", "ACT/360" if said["floating"] else "ACT/365F"),
        draws=[draw(d["date"], d["amount"]) for d in draws],
        **floats,
        **(committed if draws and said["floating"] else {}),
    )


def quarter_run(quarter: Rows) -> Run:
    """The stack of a balance sheet with the flows of the quarter after it."""
    as_of = quarter["as_of"]
    customer = contract("c", tranche(date(2025, 1, 1), date(2030, 12, 31), 1.0))
    deal = deal_of(as_of, 72, [customer], [instrument(x, as_of) for x in quarter["loans"]])
    deal["curves"]["sofr"] = [(x["date"], x["rate"]) for x in TOLD["sofr"]]
    return run_deal(deal)


@pytest.mark.parametrize("quarter", TOLD["quarters"], ids=lambda q: str(q["as_of"]))
def test_contractual_interest_of_the_quarter_is_near_what_was_reported(quarter: Rows) -> None:
    ran = quarter_run(quarter)
    found = {key: float(ran.read(i.row("contractual_interest"))[1:4].sum()) for key, i in ran.deal.instruments.items()}
    assert sum(found.values()) == pytest.approx(reported(quarter["as_of"]), rel=TOLD["tolerance"]), found


@pytest.mark.parametrize("quarter", TOLD["quarters"], ids=lambda q: str(q["as_of"]))
def test_the_flows_lead_from_one_balance_sheet_to_the_next(quarter: Rows) -> None:
    """The principal of the stack three months later is what was reported, less what is not in it."""
    ran = quarter_run(quarter)
    found = sum(float(ran.read(i.row("closing"))[3]) for i in ran.deal.instruments.values())
    assert found == pytest.approx(quarter["principal_after"], abs=0.01)
