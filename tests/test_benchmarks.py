"""Published arithmetic, reproduced at the frequency it was computed with: annual, 30/360, end of period.

Rows of the project's list of public benchmarks (`cases_published_benchmarks.csv`): id, what, value, tolerance, source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy_financial as npf
import pytest

from model.cases import Run
from tests.strategies import box, contract, deal_of, loan, num, repay, run_deal, tranche

AS_OF = date(2024, 12, 31)


@dataclass(frozen=True)
class Published:
    """One line of the list."""

    what: str
    value: float
    tolerance: float
    source: str


NOTES = "https://wukong123.substack.com/p/coreweave-small-group-meeting-notes"
DAVIDSON = "https://www.webull.com/news/12967629349250048"
DERIVED = "annuity factors at the price of DDTL 5.5"
ROWS = {
    "B03": Published("capex 100, EBITDA 40 a year: payback, years", 2.5, 0.0, NOTES),
    "B04": Published("4-year level debt at 9 %: DSCR 40 / 26.24", 1.525, 0.005, DAVIDSON),
    "B05": Published("3-year level debt at 9 %: DSCR 40 / 33.58", 1.191, 0.005, DAVIDSON),
    "B06": Published("3-year debt at 12.5 %: DSCR 40 / 35.69", 1.121, 0.005, DAVIDSON),
    "B07": Published("65 % margin, 3-year debt at 9 %: DSCR 32.5 / 33.58", 0.968, 0.005, DAVIDSON),
    "B19": Published(
        "balance of a 5-year level debt at 9.4 % after a 3-year contract, of principal", 0.454, 0.005, DERIVED
    ),
    "B20": Published("DSCR needed to repay inside 3 years: a(5) / a(3) at 9.4 %", 1.532, 0.002, DERIVED),
}


def level_debt(
    debt: float, rate: float, years: int, cash: float, contract_years: int, sweep: float | None = None
) -> Run:
    """Equal annual service on a contract that brings `cash` a year, collected monthly."""
    said = loan("l", date(2024 + years, 12, 31), debt, rate, repay("annuity", rate=num(rate, "rate")), months=12)
    customer = contract(
        "c", tranche(date(2025, 1, 1), date(2024 + contract_years, 12, 31), cash * 1.25 / 12, cash * 0.25 / 12)
    )
    return run_deal(deal_of(AS_OF, 84, [customer], [said], [box(sweep=sweep)]))


def figure(ran: Run, name: str) -> Any:
    return ran.read(ran.deal.pairs["c"].row(name))


def test_b03_payback_after_two_and_a_half_years() -> None:
    ran = level_debt(85, 0.09, 4, 40, 6)
    paid_back = ran.read.day(ran.deal.contracts["c"].row("payback"))
    assert paid_back == "2027-06-30"
    assert ROWS["B03"].value == 2 + 6 / 12, "end of June of the third year"


@pytest.mark.parametrize(
    ("row", "rate", "years", "cash"),
    [("B04", 0.09, 4, 40.0), ("B05", 0.09, 3, 40.0), ("B06", 0.125, 3, 40.0), ("B07", 0.09, 3, 32.5)],
)
def test_dscr_of_the_published_contract(row: str, rate: float, years: int, cash: float) -> None:
    ran = level_debt(85, rate, years, cash, 6)
    for ratio in ("min_dscr", "avg_dscr", "llcr"):
        assert figure(ran, ratio) == pytest.approx(ROWS[row].value, abs=ROWS[row].tolerance), ratio
    assert figure(ran, "min_dscr") == pytest.approx(-cash / float(npf.pmt(rate, years, 85)), abs=1e-12)
    assert figure(ran, "t1") == (row != "B07"), "the low end of the margin band fails"


def test_b19_balance_left_when_the_contract_ends_two_years_early() -> None:
    ran = level_debt(100, 0.094, 5, 60, 3)
    assert figure(ran, "uncovered_balance") / 100 == pytest.approx(ROWS["B19"].value, abs=ROWS["B19"].tolerance)
    assert figure(ran, "grade") == "D"
    assert figure(ran, "tail_months") == -24


def test_b20_cover_at_which_a_full_sweep_repays_five_years_in_three() -> None:
    service = -float(npf.pmt(0.094, 5, 100))
    needed = float(npf.pv(0.094, 5, -1) / npf.pv(0.094, 3, -1))
    assert needed == pytest.approx(ROWS["B20"].value, abs=ROWS["B20"].tolerance)

    def left_after_three_years(cover: float) -> float:
        ran = level_debt(100, 0.094, 5, cover * service, 3, sweep=1.0)
        closing = ran.read(ran.deal.instruments["l"].row("closing"))
        assert figure(ran, "t2") == (closing[36] <= 1e-6)
        return float(closing[36])

    assert left_after_three_years(needed) == pytest.approx(0, abs=1e-9)
    assert left_after_three_years(1.532) == pytest.approx(0, abs=1e-9)
    assert left_after_three_years(1.52) > 0.9
    assert 0 < left_after_three_years(1.53) < 0.2, "1.53x is the least when written with two decimals"
    assert np.isclose(left_after_three_years(needed - 1e-4), 1e-4 * service * float(npf.fv(0.094, 3, -1, 0)), atol=1e-9)
