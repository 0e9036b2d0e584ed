"""The listing case, and small ones, against `tests/oracle.py`: every main row, in every scenario."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.cases import Run, load, run
from tests.oracle import Rows, read_folder, work_out

ROOT = Path(__file__).parents[1]
LISTING = ROOT / "inputs" / "coreweave-ipo"
NOT_ROWS = ("t1_month", "leaned_month", "examined")


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
        if name.rpartition(".")[2] not in NOT_ROWS and not near(engine(ran, name), value, size)
    ]


def said(name: str, ours: Any, theirs: Any) -> str:
    a, b = np.atleast_1d(np.asarray(ours, dtype=float)), np.atleast_1d(np.asarray(theirs, dtype=float))
    t = int(np.nanargmax(np.abs(a - b))) if not np.all(np.isnan(a - b)) else 0
    return f"{name}: {a[t]!r} in the model, {b[t]!r} by hand (month {t + 1})"


def compared(hand: Rows) -> Iterable[str]:
    return {name.rpartition(".")[2] for name in hand}


@pytest.fixture(scope="module")
def listing() -> tuple[Run, Rows]:
    """The model's run of all scenarios, and the case as it stands in the files."""
    if not (LISTING / "case.yaml").exists():
        pytest.skip("inputs/coreweave-ipo is not there yet")
    return run(load(LISTING)), read_folder(LISTING)


def test_listing_case_in_every_scenario_equals_the_deal_worked_out_by_hand(listing: tuple[Run, Rows]) -> None:
    ran, case = listing
    scenarios = {"base": {}, **{name: s["overrides"] for name, s in case["scenarios"]["scenarios"].items()}}
    assert list(scenarios) == ran.names
    for name, changes in scenarios.items():
        hand = work_out(case, changes)
        assert len(hand) > 250
        found = differences(ran.under(name), hand)
        assert not found, f"{name}: " + "; ".join(found[:5])


def test_every_contract_loan_box_and_pair_is_in_the_comparison(listing: tuple[Run, Rows]) -> None:
    ran, case = listing
    hand = work_out(case)
    blocks = {name.rpartition(".")[0] for name in hand}
    deal = ran.deal
    assert set(deal.contracts) | set(deal.instruments) <= blocks
    assert {f"pair.{key}" for key in deal.pairs} | {"pool.gpu", "pool.all", "stack"} <= blocks
    assert {
        f"{box}.{part}" for box in deal.boxes for part in ("account", "interest", "reserve", "distribution")
    } <= blocks
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


def test_payments_that_carry_dates_fall_on_the_dates_of_the_oracle(listing: tuple[Run, Rows]) -> None:
    """First month of a failed T1 and of a DSCR that leans on cash kept."""
    ran, case = listing
    hand, deal = work_out(case), ran.deal
    for key, pair in deal.pairs.items():
        for figure, month in (
            ("t1_date", hand[f"pair.{key}.t1_month"]),
            ("leaned_date", hand[f"pair.{key}.leaned_month"]),
        ):
            found = ran.read.day(pair.row(figure))
            assert found == (deal.timeline.ends[month - 1].isoformat() if month else None), (key, figure)
        examined = deal.timeline.ends[int(hand[f"pair.{key}.examined"]) - 1]
        assert ran.read.day(pair.row("t2_date")) == examined.isoformat()
