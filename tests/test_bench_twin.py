"""The hand-written lanes of `tests/bench` against the engine: a rival counts only if it gives the same figures.

Here they run as the Python that they are written in: numba takes longer to compile them than any other test takes. What it
makes of them is held to the engine by `make bench`, which refuses to time a twin that differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from model.deal import Deal
from model.sheet import Values, evaluate
from model.sheet.figures import Figures
from tests.delivered import the_deal

numba.config.DISABLE_JIT = True  # told before they are imported
from tests.bench import twin_general, twin_lanes  # noqa: E402
from tests.bench.lanes import FIGURES, PAIRS, ByHand  # noqa: E402

pytestmark = pytest.mark.slow

LISTING = Path(__file__).parents[1] / "inputs" / "coreweave-ipo"
COLUMNS, ALONE = 240, 12
RANGES = {"price_change": (-0.3, 2), "cost_change": (-0.7, 0.5), "delay_days": (0, 400), "delivered": (0.8, 1),
          "sla_credits": (0, 0.1), "uncollected": (0, 0.1), "rate_shift": (-0.06, 0.05)}


def others(deal: Deal) -> Iterator[tuple[str, dict[str, float]]]:
    """The case as it is, and with terms in which the columns move what they leave alone there."""
    keys = deal.book.by_key
    late = {key: 1.0 for key in keys if ".tranche-" in key and key.endswith((".pending", ".end_moves", ".rent_moves"))}
    tests = {f"{loan}.{name}": float(on) for loan in ("ddtl-1", "ddtl-2") for name, on in
             (("contract_test", 1), ("cost_test", 1), ("value_test", 1), ("instalments_apply", 0), ("draw_cover", 1.2))}
    refunds = {key: 1.0 for key in keys if key.endswith(".refundable")}
    yield "as it is", {}
    yield "every tranche late", late
    yield "by the tests", {**tests, **late, **refunds}


@pytest.fixture(scope="module")
def deal() -> Deal:
    return the_deal(LISTING)


def told(seed: int) -> dict[str, Any]:
    draws = np.random.default_rng(seed)
    columns = {f"drivers.{name}": draws.uniform(*ends, COLUMNS) for name, ends in RANGES.items()}
    for n in range(len(columns)):  # of each input some columns move no other
        for m, (key, array) in enumerate(columns.items()):
            if m != n:
                array[n * ALONE : (n + 1) * ALONE] = 1 if key == "drivers.delivered" else 0
    return columns


def same(deal: Deal, values: Values, twin: ByHand, seed: int) -> set[str]:
    """Every column of every figure is equal; the figures that differ from column to column."""
    columns = told(seed)
    rows = {(pair, name): deal.pairs[pair].row(name) for pair, _, _ in PAIRS for name in FIGURES}
    engine, by_hand = Figures(values, columns, rows.values())(columns), twin(columns)
    differing = set()
    for place, row in rows.items():
        ours, theirs = engine[row], by_hand[place]
        size = np.maximum(1.0, np.abs(ours))
        assert np.all((np.abs(ours - theirs) <= 1e-9 * size) | (np.isnan(ours) & np.isnan(theirs))), place
        if len(set(ours)) > 1:
            differing.add(place[1])
    return differing


def test_general_twin_gives_the_figures_of_the_engine_in_every_column(deal: Deal) -> None:
    """Where most moves: every tranche late, loans repaid by their tests, refunds."""
    values = evaluate(deal.book, dict(others(deal))["by the tests"])
    found = same(deal, values, twin_general.Twin(values), 3)
    assert found >= set(FIGURES) - {"t2", "uncovered_balance"}  # or nothing has been compared; the tests leave no balance


def test_twin_of_the_case_gives_the_figures_of_the_engine_in_every_column(deal: Deal) -> None:
    values = evaluate(deal.book)
    assert same(deal, values, twin_lanes.Twin(values), 1) == set(FIGURES)


def test_twin_of_the_case_refuses_a_case_in_which_other_rows_move(deal: Deal) -> None:
    with pytest.raises(ValueError, match="pending"):
        twin_lanes.Twin(evaluate(deal.book, dict(others(deal))["every tranche late"]))
