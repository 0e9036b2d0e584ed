"""The stacks as the company printed them: principal, unamortised cost and maturities, to the last printed digit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from model.cases import Run
from tests.delivered import the_run

ROOT = Path(__file__).parent
PRINTED: dict[str, Any] = YAML(typ="safe").load((ROOT / "backtest" / "stacks.yaml").read_text("utf-8"))


@pytest.fixture(scope="module", params=list(PRINTED))
def stack(request: pytest.FixtureRequest) -> tuple[Run, dict[str, Any]]:
    return the_run(request.param), PRINTED[request.param]


def test_principal_by_instrument_and_in_all(stack: tuple[Run, dict[str, Any]]) -> None:
    ran, printed = stack
    found = {key: round(float(ran.read(i.row("balance_at_start"))), printed["digits"])
             for key, i in ran.deal.instruments.items()}
    assert found == printed["principal"]
    assert round(float(ran.read(ran.deal.stack.row("principal_at_start"))), printed["digits"]) == printed["total"]


def test_unamortised_cost_and_carrying_amount(stack: tuple[Run, dict[str, Any]]) -> None:
    ran, printed = stack
    for key, cost in printed.get("unamortised", {}).items():
        assert round(float(ran.read(ran.deal.instruments[key].row("unamortised"))[0]), printed["digits"]) == cost, key
    assert round(float(ran.read(ran.deal.stack.row("unamortised"))[0]), printed["digits"]) == printed["unamortised_total"]
    assert round(float(ran.read(ran.deal.stack.row("carrying"))[0]), printed["digits"]) == printed["net"]


def test_maturities_by_calendar_year(stack: tuple[Run, dict[str, Any]]) -> None:
    ran, printed = stack
    years = ran.read(ran.deal.clock.row("year"))[1:-1].astype(int)
    due = ran.read(ran.deal.stack.row("due_on_as_of_stack"))[1:-1]
    found = {year: round(float(due[years == year].sum()), printed["digits"]) for year in printed["maturities"]}
    assert found == printed["maturities"]
    later = float(due[years > max(printed["maturities"])].sum())
    assert round(later, printed["digits"]) == printed.get("thereafter", 0)


def test_what_was_not_disclosed_is_marked_as_inferred(stack: tuple[Run, dict[str, Any]]) -> None:
    ran, _ = stack
    inferred = [f for f in ran.deal.lending.files.values() if f.repayment.profile == "inferred"]
    assert inferred
    assert {f.repayment.grade for f in inferred} <= {"derived", "assumed"}
    for file in inferred:
        assert ran.deal.instruments[file.id].row("instalments").input.grade in ("derived", "assumed")


def test_the_disclosed_tests_run_beside_as_a_scenario(stack: tuple[Run, dict[str, Any]]) -> None:
    ran, _ = stack
    if "greatest-of" not in ran.names:
        pytest.skip("a start of the backtest: its loans state no such tests")
    tested = ran.under("greatest-of")
    due = {key: i.row("asked_by_tests") for key, i in ran.deal.instruments.items() if hasattr(type(i), "asked_by_tests")}
    assert due
    for key, row in due.items():
        assert float(ran.read(row).sum()) == 0, f"{key}: off in the base case"
    assert sum(float(tested.read(row).sum()) for row in due.values()) > 0
