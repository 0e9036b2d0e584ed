"""Schedules that a finance person can read and check: `tests/golden/*.yaml`, each with source and tolerance."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from model.cases import Run
from tests.oracle import Rows
from tests.strategies import contract, deal_of, loan, num, repay, run_deal, tranche

FILES = sorted((Path(__file__).parent / "golden").glob("*.yaml"))
COLUMNS = {
    "interest": ("interest",),
    "principal": ("scheduled", "balloon"),
    "service": ("service",),
    "fee": ("fee",),
    "closing": ("closing",),
}


def terms_of(key: str, said: Rows, box: str | None) -> Rows:
    """A loan of a golden file as a case file says it."""
    plan = {
        "annuity": {"rate": num(said.get("rate", 0), "rate")},
        "sculpted": {"target": num(said.get("target", 1), "x")},
    }
    more: Rows = (
        {"first_accrual": said["accrues_from"], "accrued_before": num(said["accrued"])}
        if "accrues_from" in said
        else {}
    )
    if "sofr" in said:
        more |= {"curve": "sofr", "kind": "delayed_draw", "business_days": "modified_following", "adjust_accrual": True}
    kind = {"kind": "senior_notes"} if box is None else {}
    return loan(
        key,
        said["maturity"],
        said["balance"],
        said.get("margin", said.get("rate")),
        repay(said["profile"], **plan.get(said["profile"], {})),
        box=box,
        months=said["every_months"],
        day_count=said["day_count"],
        **(kind | more),
    )


def run_golden(golden: Rows) -> Run:
    sales = golden["contract"] if isinstance(golden["contract"], list) else [golden["contract"]]
    customer = contract("c", *(tranche(s["start"], s["end"], s["price_a_month"], s["cost_a_month"]) for s in sales))
    loans = (
        [terms_of("loan", golden["loan"], "box")]
        if "loan" in golden
        else [loan("loan", date(2026, 12, 31), 1.0, 0.0, repay("level"))]
    )
    if "notes" in golden:
        loans.append(terms_of("notes", golden["notes"], None))
    deal = deal_of(golden["as_of"], 84, [customer], loans)
    if "sofr" in golden.get("loan", {}):
        deal["curves"]["sofr"] = [(golden["as_of"], golden["loan"]["sofr"])]
    return run_deal(deal)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_schedule(path: Path) -> None:
    golden: Any = YAML(typ="safe").load(path.read_text("utf-8"))
    assert golden["source"]
    assert golden["title"]
    ran, allowed = run_golden(golden), golden["tolerance"]
    table = ran.frame("notes" if "notes" in golden else "loan")
    for line in golden["expected"]:
        for column, names in COLUMNS.items():
            if column in line:
                found = sum(table.loc[line["date"], name] for name in names)
                assert found == pytest.approx(line[column], abs=allowed), f"{column} on {line['date']}"
    if "loan" in golden:
        assert [d for d, pays in zip(table.index, table["pays"], strict=True) if pays] == [
            x["date"] for x in golden["expected"]
        ]
    for name, value in golden.get("figures", {}).items():
        assert ran.read(ran.deal.pairs["c"].row(name)) == pytest.approx(value, abs=allowed), name


def test_there_are_golden_schedules() -> None:
    assert len(FILES) >= 5
