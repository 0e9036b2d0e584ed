"""The listing case, and small ones, against `tests/oracle.py`: every main row, in every scenario."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.cases import Run
from tests.delivered import the_run
from tests.oracle import Rows, cause, claims, grade, read_folder, work_out

ROOT = Path(__file__).parents[1]
LISTING = ROOT / "inputs" / "coreweave-ipo"
DATES = ("t1_month", "leaned_month", "t2_month", "t3_month", "min_clcr_month")
SEEN_FROM_THE_START = ("t3_month", "min_clcr_month")


def near(ours: Any, theirs: Any, size: float = 1.0) -> bool:
    """Equal to 1e-9 of the larger of `size` and the number; blanks are equal to blanks."""
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    return bool(np.all((np.abs(a - b) <= 1e-9 * np.maximum(size, np.abs(b))) | (np.isnan(a) & np.isnan(b))))


def engine(ran: Run, address: str) -> Any:
    """A row of the model by its address; periods 1 to T, or the one number."""
    row = ran.deal.book.by_key[address]
    found = ran.read(row)
    return found[1:-1] if row.per == "period" else found


def differences(ran: Run, hand: Rows, size: float = 1.0) -> list[str]:
    """Addresses whose values differ, with both values where they first do."""
    return [
        said(name, engine(ran, name), value)
        for name, value in hand.items()
        if name.rpartition(".")[2] not in DATES and not near(engine(ran, name), value, size)
    ]


def said(name: str, ours: Any, theirs: Any) -> str:
    a, b = np.atleast_1d(np.asarray(ours, dtype=float)), np.atleast_1d(np.asarray(theirs, dtype=float))
    t = int(np.nanargmax(np.abs(a - b))) if not np.all(np.isnan(a - b)) else 0
    return f"{name}: {a[t]!r} in the model, {b[t]!r} by hand (month {t + 1})"


def dates_differ(ran: Run, hand: Rows) -> list[str]:
    """Dates of tests that are not those of the oracle; a present value is dated by the end of the period before."""
    ends, as_of, found = ran.deal.timeline.ends, ran.deal.timeline.as_of, []
    for cover in (*ran.deal.pairs.values(), ran.deal.pool, ran.deal.whole):
        for name in DATES:
            month, figure = int(hand[f"{cover.key}.{name}"]), name.replace("_month", "_date")
            n = month - 1 if name in SEEN_FROM_THE_START else month
            expected = None if not month else (as_of if n == 0 else ends[n - 1]).isoformat()
            if (ours := ran.read.day(cover.row(figure))) != expected:
                found.append(f"{cover.key}.{figure}: {ours} in the model, {expected} by hand")
    return found


def compared(hand: Rows) -> Iterable[str]:
    return {name.rpartition(".")[2] for name in hand}


@pytest.fixture(scope="module")
def listing() -> tuple[Run, Rows]:
    """The model's run of all scenarios, and the case as it stands in the files."""
    if not (LISTING / "case.yaml").exists():
        pytest.skip("inputs/coreweave-ipo is not there yet")
    return the_run(LISTING), read_folder(LISTING)


@pytest.fixture(scope="module")
def by_hand(listing: tuple[Run, Rows]) -> dict[str, Rows]:
    """The listing case worked out by hand in every scenario."""
    said = listing[1]["scenarios"]["scenarios"]
    return {name: work_out(listing[1], changes) for name, changes in
            {"base": {}, **{name: scenario["overrides"] for name, scenario in said.items()}}.items()}


def test_listing_case_in_every_scenario_equals_the_deal_worked_out_by_hand(
    listing: tuple[Run, Rows], by_hand: dict[str, Rows]
) -> None:
    ran, _ = listing
    assert list(by_hand) == ran.names
    for name, hand in by_hand.items():
        assert len(hand) > 250
        found = differences(ran.under(name), hand)
        assert not found, f"{name}: " + "; ".join(found[:5])


BEFORE = {"coreweave-ipo", "coreweave-2025-12", "coreweave-2026-06"}  # the listing case above; later ones are of its kind
FOLDERS = sorted(path.parent for path in (ROOT / "inputs").glob("*/case.yaml") if path.parent.name not in BEFORE)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_other_cases_equal_the_deal_worked_out_by_hand(folder: Path) -> None:
    """In the base case, in the first scenario and in the last two, which are of the case's own."""
    ran, case = the_run(folder), read_folder(folder)
    for name in dict.fromkeys((*ran.names[:2], *ran.names[-2:])):
        changes = case["scenarios"]["scenarios"][name]["overrides"] if name != "base" else {}
        found = differences(ran.under(name), work_out(case, changes))
        assert not found, f"{name}: " + "; ".join(found[:5])


def test_every_contract_loan_box_and_pair_is_in_the_comparison(
    listing: tuple[Run, Rows], by_hand: dict[str, Rows]
) -> None:
    ran, hand = listing[0], by_hand["base"]
    blocks = {name.rpartition(".")[0] for name in hand}
    deal = ran.deal
    assert set(deal.contracts) | set(deal.instruments) <= blocks
    assert {f"pair.{key}" for key in deal.pairs} | {"pool.gpu", "pool.all", "stack"} <= blocks
    assert {
        f"{box}.{part}" for box in deal.boxes for part in ("account", "interest", "distribution", "payout")
    } | {held.key for box in deal.boxes.values() for held in box.accounts} <= blocks
    assert {
        "dscr",
        "clcr",
        "pv_contract",
        "shortfall",
        "uncovered_balance",
        "t1",
        "t2",
        "t3",
        "avg_dscr",
        "llcr",
    } <= set(compared(hand))


def test_tests_carry_the_dates_of_the_oracle(listing: tuple[Run, Rows], by_hand: dict[str, Rows]) -> None:
    """First failures of T1 and T3, the date of T2, the lowest CLCR, and a DSCR that leans on cash kept."""
    assert not dates_differ(listing[0], by_hand["base"])


def test_grades_reasons_and_claims_are_those_of_the_oracle(
    listing: tuple[Run, Rows], by_hand: dict[str, Rows]
) -> None:
    (ran, case), hand = listing, by_hand
    for name in ran.names:
        seen, grades = ran.under(name), {key: grade(case, hand, key, name) for key in ran.deal.pairs}
        for key, pair in ran.deal.pairs.items():
            assert seen.read(pair.row("grade")) == grades[key], (key, name)
            assert seen.read(pair.row("cause")) == cause(hand[name], key, grades[key]), (key, name)
        found = {h: seen.read(seen.deal.claim.row(h)) for h in ("h1", "h3a", "h3b")}
        assert found == claims(case, hand[name], grades), name
