"""Other programs beside this one, in runs a second. They do not do the same work: each says what one run of it is.

waterfall-py    a monthly deal of ten years: senior loan, sweep-free waterfall, DSCR and LLCR, its own checks of every ledger
QuantLib        120 monthly coupons of a floating, amortising loan read again after the rate has moved; no cash, no tests
PySAM           the single-owner model of 20 years sized on DSCR; most of its time goes into 8,760 hours of a year
cashflower      the same 18 lines over 144 months, model point after model point
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from model.sheet import Figures, evaluate
from tests.bench import small_books
from tests.bench.measure import Found, a_second, rates

WIDE = 60_000


def ours(periods: int, a_year: int) -> float:
    """Deals of one contract a second, in one batch."""
    figures, told = small_books.figures(small_books.one_contract(periods, a_year)), small_books.drawn(WIDE)
    return a_second(lambda: figures(told), WIDE)


def waterfall_py(runs: int = 20) -> float:
    """Deals a second in waterfall-py: the same months, loan and cash, a new stream of cash each time."""
    from waterfall import CovenantConfig, Deal, Tranche, run

    def deal(cash: float) -> Deal:
        senior = Tranche(name="Loan", tranche_type="senior", principal=1000.0, coupon=0.09, day_count="30/360",
                         amort_type="fully_amortizing", term_periods=120)
        return Deal(deal_close_date=date(2025, 1, 1), operations_start_date=date(2025, 1, 1), period_frequency="M",
                    deal_type="PF", tranches=[senior, Tranche(name="Equity", tranche_type="equity", principal=200.0)],
                    cfads_stream=[cash] * 120, data_currency="USD", reporting_basis="calendar",
                    covenants=[CovenantConfig(metric=m, trap=1.1, default=1.0) for m in ("DSCR", "LLCR")])

    levels = np.linspace(14.0, 20.0, runs)
    return a_second(lambda: [run(deal(float(cash))) for cash in levels], runs, 3)


def quantlib(runs: int = 200) -> float:
    """Reads of all cash flows a second in QuantLib, the rate moved before each."""
    import QuantLib as ql  # noqa: N813  (the name its own documentation uses)

    ql.Settings.instance().evaluationDate = ql.Date(1, 1, 2025)
    quote = ql.SimpleQuote(0.04)
    curve = ql.YieldTermStructureHandle(ql.FlatForward(0, ql.NullCalendar(), ql.QuoteHandle(quote), ql.Actual360()))
    index = ql.IborIndex("one month", ql.Period(1, ql.Months), 0, ql.USDCurrency(), ql.NullCalendar(), ql.Unadjusted, False,
                         ql.Actual360(), curve)
    dates = ql.Schedule(ql.Date(1, 1, 2025), ql.Date(1, 1, 2035), ql.Period(1, ql.Months), ql.NullCalendar(), ql.Unadjusted,
                        ql.Unadjusted, ql.DateGeneration.Forward, False)
    owed = [1000.0]
    for part in small_books.level(120, 0.09 / 12, 1000.0)[:-1]:
        owed.append(owed[-1] - part)
    loan = ql.AmortizingFloatingRateBond(0, owed, dates, index, ql.Actual360(), ql.Unadjusted, 0, [1.0], [0.05])
    flows = loan.cashflows()

    def read(rate: float) -> list[float]:
        quote.setValue(rate)
        return [flow.amount() for flow in flows]

    if read(0.03) == read(0.05):
        raise RuntimeError("the cash flows do not move with the rate")
    levels = np.linspace(0.03, 0.06, runs)
    return a_second(lambda: [read(float(rate)) for rate in levels], runs)


def pysam(runs: int = 20) -> float:
    """Runs a second of the single-owner model, its price moved before each."""
    from PySAM import Singleowner

    model = Singleowner.default("CustomGenerationProfileSingleOwner")
    for name, said in {
        "gen": [1.0] * 8760, "system_pre_curtailment_kwac": [1.0] * 8760, "annual_energy_pre_curtailment_ac": 8760.0,
        "system_capacity": 1.0, "analysis_period": 20, "debt_option": 1, "dscr": 1.3, "term_tenor": 15, "term_int_rate": 9.0,
        "ppa_soln_mode": 1, "ppa_escalation": 0, "ppa_multiplier_model": 1, "dispatch_factors_ts": [1.0] * 8760,
    }.items():  # fmt: skip
        model.value(name, said)

    def once(price: float) -> float:
        model.value("ppa_price_input", [price] * 20)
        model.execute(0)
        return float(model.Outputs.size_of_debt)

    if once(1.0) == once(1.2):
        raise RuntimeError("debt does not move with the price")
    levels = np.linspace(0.9, 1.3, runs)
    return a_second(lambda: [once(float(price)) for price in levels], runs, 3)


def cashflower(points: int = 400) -> float:
    """Loans a second in cashflower; every line must add up to what ours gives."""
    draws = np.random.default_rng(3)
    told = {"price_change": draws.uniform(-0.5, 0.1, points), "rate": draws.uniform(0.05, 0.12, points)}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "points.json").write_text(json.dumps({key: list(array) for key, array in told.items()}))
        done = subprocess.run([sys.executable, str(Path(__file__).parent / "cashflower_loan.py")], cwd=folder, check=True,
                              capture_output=True, text=True)
    theirs = json.loads(done.stdout.splitlines()[-1])
    mine = small_books.sums(small_books.loan_of_18_lines(), {f"loan.{key}": array for key, array in told.items()})
    for name, line in mine.items():
        if not np.allclose(line[1:-1], theirs["sums"][name][1:], rtol=1e-9, atol=1e-7):
            raise RuntimeError(f"cashflower and the book differ in {name}")
    return points / float(theirs["seconds"])


def ours_of_18_lines() -> float:
    """Loans a second, the last lines of them asked for at maturity."""
    book, draws = small_books.loan_of_18_lines(), np.random.default_rng(3)
    told = {"loan.price_change": draws.uniform(-0.5, 0.1, WIDE), "loan.rate": draws.uniform(0.05, 0.12, WIDE)}
    figures = Figures(evaluate(book), tuple(told), small_books.rows(book, ("closing", "missed_so_far", "surplus_so_far")))
    return a_second(lambda: figures(told), WIDE, 3)


def table() -> Found:
    """All of them; a peer that is not installed is left out, and said so."""
    found: Found = {}
    monthly, annual = ours(120, 12), ours(20, 1)

    def beside(name: str, runs: Any, theirs: Any, target: float) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found[name] = rates(runs, theirs(), target)
        except ImportError as error:
            print(f"left out: {name} ({error})", file=sys.stderr)

    beside("monthly deals of one contract, times waterfall-py's deals (at least)", monthly, waterfall_py, 2000)
    beside("monthly deals of one contract, times QuantLib's re-read cash flows (at least)", monthly, quantlib, 40)
    beside("annual deals of one contract, times PySAM's single owner (at least)", annual, pysam, 8000)
    beside("the same 18-line loan, times cashflower (at least)", ours_of_18_lines(), cashflower, 500)
    return found
