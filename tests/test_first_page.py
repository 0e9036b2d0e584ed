"""The first page of the three CoreWeave cases: every number on it is a row that leads to inputs with a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.cases import Run
from model.certainty.result import rank
from model.report.explanation import find_row
from model.sheet import PERIOD, Row
from tests.delivered import the_record, the_run

ROOT = Path(__file__).parents[1]
CASES = ("coreweave-ipo", "coreweave-2025-12", "coreweave-2026-06")
OF_PAIRS = {"principal": "debt", "min_dscr": "min_dscr", "avg_dscr": "avg_dscr", "min_clcr": "min_clcr", "llcr": "llcr",
            "tail_months": "tail_months", "uncovered_balance": "uncovered_balance", "headroom_usd": "headroom",
            "amount_missing": "amount_missing"}


def ran(case: str) -> tuple[Run, dict[str, Any]]:
    return the_run(case), the_record(case)


def sources(done: Run, row: Row) -> set[str]:
    """The sources of every input that a row rests on."""
    needs, seen, todo = done.deal.book.needs, set[Row](), [row]
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo.extend(needs[one])
    inputs = [one for one in seen if one.input is not None]
    assert inputs, f"{row.key} rests on no input"
    assert all(one.input and one.input.source for one in inputs), row.key
    return {one.input.source for one in inputs if one.input}


def same(told: Any, done: Run, row: Row) -> bool:
    """The number of the page is that of the row; a blank is a blank."""
    value = done.read(row)
    if row.per == PERIOD:
        value = value[0]
    return bool(np.isnan(value)) if told is None else float(value) == pytest.approx(float(told), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_the_sentence_the_pairs_and_their_table_lead_to_sources(case: str) -> None:
    done, told = ran(case)
    for name in ("claim.sentence", "claim.H1", "claim.H2", "claim.H3a", "claim.H3b"):
        assert any("http" in source for source in sources(done, find_row(done.deal, name))), name
        key = name.removeprefix("claim.")
        assert str(done.read(find_row(done.deal, name))) == told["claim"][key]
    for pair in told["pairs"]:
        for name, row in OF_PAIRS.items():
            found = find_row(done.deal, f"pairs.{pair['id']}.{row}")
            if pair["grade"] != "N" or name == "principal":
                assert same(pair[name], done, found), (pair["id"], name)
                sources(done, found)
        assert str(done.read(find_row(done.deal, f"pairs.{pair['id']}.grade"))) == pair["grade"]


@pytest.mark.parametrize("case", CASES)
def test_the_tests_of_the_company_lead_to_sources(case: str) -> None:
    done, told = ran(case)
    company = told["company"]
    for key in ("K1", "K2", "K3", "K4", "K5", "K6", "K7"):
        assert company[key]["reason"], "a test that is not known says why"
        if company[key]["value"] is not None:
            row = find_row(done.deal, f"company.{key}")
            assert same(company[key]["value"], done, row), key
            sources(done, row)
    first = company["required_cover"][0]
    assert same(first["required"], done, find_row(done.deal, "company.DSCR*"))
    assert same(first["actual"], done, find_row(done.deal, "company.cover"))
    assert company["verdict"] in ("boxes covered and company self-funding", "boxes covered, company needs markets",
                                  "boxes not covered", "boxes cannot all be tested")


@pytest.mark.parametrize("case", CASES)
def test_the_bar_of_evidence_adds_up_and_leads_to_sources(case: str) -> None:
    done, told = ran(case)
    shares = told["evidence"]["debt_share_by_grade"]
    assert sum(shares.values()) == pytest.approx(1)
    for grade, share in shares.items():
        row = find_row(done.deal, f"evidence.{grade}.of_all")
        assert same(share, done, row)
        sources(done, row)


@pytest.mark.parametrize("case", CASES)
def test_a_grade_lies_in_its_range(case: str) -> None:
    """What is looked at again gives the same grade where nothing moves."""
    done, told = ran(case)
    for pair in told["pairs"]:
        best, worst = pair["grade_range"]
        assert rank(best) <= rank(pair["grade"]) <= rank(worst), pair["id"]
    assert set(done.certainty) == {*done.deal.pairs, "claim"}


@pytest.mark.parametrize("case", CASES)
def test_every_pair_and_box_of_the_case_is_on_the_page(case: str) -> None:
    done, told = ran(case)
    assert [pair["id"] for pair in told["pairs"]] == list(done.deal.pairs)
    assert [box["id"] for box in told["boxes"]] == [box.id for box in done.deal.case.debt.boxes]
    for box, file in zip(told["boxes"], done.deal.case.debt.boxes, strict=True):
        assert [one["id"] for one in box["covenants"]] == [one.id for one in file.covenants]
    assert told["checks"]["failed"] == 0
