"""The bounds of the three CoreWeave cases, worked out a second way, and the worlds that show them, judged by the engine."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from model.bounds import questions as ask
from model.bounds.disclosures import Facts
from model.bounds.floors import covenants
from model.bounds.programme import Programme
from model.bounds.proofs import proofs
from model.bounds.reading import facts_of
from model.bounds.result import Bounds, lowest
from model.bounds.solving import best
from model.cases import Run, load, run
from model.cli import main
from tests.oracle_bounds import Orders

INPUTS = Path(__file__).parent.parent / "inputs"
CASES = ("coreweave-ipo", "coreweave-2025-12", "coreweave-2026-06")
REPAID_AT_ANY_TIME = {"coreweave-ipo": 0.0, "coreweave-2025-12": 273.0, "coreweave-2026-06": 189.0}
"""Magnetar's loan, whose instalments are assumed: due in any of the years up to its maturity in 2029."""


@cache
def ran(case: str) -> Run:
    return run(load(INPUTS / case))


@cache
def facts(case: str, periods: str = "year") -> Facts:
    return facts_of(ran(case), periods)


@pytest.mark.parametrize("case", CASES)
def test_disclosed_totals_are_those_of_the_case(case: str) -> None:
    """Balances of loans in boxes and what the maturities table leaves for them; revenue and prepayments as reported."""
    told, reported = facts(case), ran(case).deal.case.general.reported
    prepaid, = told.of("prepaid")
    assert (prepaid.low + prepaid.high) / 2 == reported.deferred_revenue.value
    windows = [d for d in told.of("revenue") if "contracted revenue to" in d.words]
    for d, flow in zip(windows, reported.rpo_windows, strict=True):
        told_ = round(100 * flow.amount.value / reported.rpo.value)
        assert d.low == pytest.approx((told_ - 0.5) / 100 * (reported.rpo.value - 50)), "a whole per cent of whole hundreds"
        assert d.high == pytest.approx((told_ + 0.5) / 100 * (reported.rpo.value + 50))
    by_year = [d for d in told.of("principal") if d.words.startswith("principal due")]
    owed = sum(d.high for d in told.of("principal") if " owes " in d.words and "drawn after" not in d.words)
    assert sum(d.low for d in by_year) <= owed + 0.01
    assert sum(d.high for d in by_year) == pytest.approx(owed + REPAID_AT_ANY_TIME[case], abs=0.01)
    assert all(d.told.file and d.told.line and d.told.source and d.told.grade for d in told.disclosures)


@pytest.mark.parametrize("case", CASES)
def test_answers_agree_with_another_formulation(case: str) -> None:
    """Orders, balances and recursions instead of pooled cash, instalments and sums."""
    told = facts(case)
    p, other = Programme(told), Orders(told)
    assert (ask.can_hold(told)[0] == "possible") == other.feasible(1.0, True)
    highest = ask.highest_cover(p, p.pairs.values(), [p.no_debt_without_contract()])
    assert highest
    assert other.feasible(highest.value - 1e-5, False)
    assert not other.feasible(highest.value + 1e-5, False)
    least = ask.lowest_margin(Programme(ask.free_margins(told)))
    assert least
    free = Orders(told, margins=False)
    assert free.holds_at(least.value + 1e-6)
    assert not free.holds_at(least.value - 1e-5)


@pytest.mark.parametrize("case", CASES[1:2])
def test_worlds_give_the_claimed_cover(case: str) -> None:
    """Written as cases, run by the engine: the claim holds in one and fails in the other, each at the claimed cover.

    By year here; by quarter in the test of the command."""
    bounds = Bounds(facts(case), case)
    holds, fails = bounds.witnesses
    assert (holds.claim, fails.claim) == ("holds_if_assumed", "fails")
    for one in (holds, fails):
        assert one.engine == pytest.approx(one.claimed, abs=1e-6)
    assert holds.claimed >= 1.0
    shown = bounds.can[1]
    assert shown
    assert lowest(shown) == holds.claimed


def test_windows_of_any_length_are_sound_and_shorter_ones_come_closer() -> None:
    """What a year says cannot be, a quarter says too; a world of either lies within what both allow."""
    lowest_, shown = [], []
    for periods in ("year", "quarter"):
        bounds = Bounds(facts("coreweave-ipo", periods), "ipo")
        assert bounds.lowest_margin
        lowest_.append(bounds.lowest_margin.value)
        shown.append(bounds.shown_margin)
    year, quarter = lowest_
    assert year <= quarter + 1e-9
    assert quarter < shown[1] < shown[0]
    assert shown[1] - quarter < 0.005


def test_the_kindest_interest_is_that_of_the_loan_s_own_dates() -> None:
    """A loan that repays all of a year on its first date owes three coupons on what is left: the engine says the same.

    DDTL 1.0 pays by quarter, so that a window of a quarter hides nothing; the vendor's loan pays every month."""
    by_year, by_quarter = facts("coreweave-ipo"), facts("coreweave-ipo", "quarter")
    year, quarter = ({loan.id: loan for loan in told.loans} for told in (by_year, by_quarter))
    growth = ran("coreweave-ipo").read(ran("coreweave-ipo").deal.instruments["ddtl-1"].row("growth"))
    coupons = [float(growth[m]) - 1 for m in (3, 6, 9, 12)]
    assert list(year["ddtl-1"].coupons[0]) == pytest.approx(coupons)
    assert year["ddtl-1"].first(0) == pytest.approx(coupons[0])
    assert year["ddtl-1"].rest(0) == pytest.approx(sum(coupons[1:]))
    assert quarter["ddtl-1"].rest(0) == 0.0 == quarter["ddtl-1"].growth[13], "nothing is owed after March 2028"
    assert len(quarter["oem"].coupons[0]) == 3
    assert quarter["ddtl-2-drawn"].coupons[0] == (0.0,), "drawn in February, its first date is in January"
    p = Programme(by_year)
    least, most = (p.service("microsoft", "ddtl-1", 0, least=least) for least in (True, False))
    at = {p.one("due", "microsoft", "ddtl-1", w).popitem()[0]: x for w, x in enumerate((60.0, 30.0, 10.0))}
    assert sum(v * at.get(k, 0.0) for k, v in least.items()) == pytest.approx(60 + 100 * coupons[0] + 40 * sum(coupons[1:]))
    assert sum(v * at.get(k, 0.0) for k, v in most.items()) == pytest.approx(60 + 100 * sum(coupons))


@pytest.mark.parametrize("case", CASES)
def test_impossible_is_proved_in_fractions_on_the_cases(case: str) -> None:
    """By year: a tenth of a point below the lowest margin, a thousandth above the best cover; above the margin nothing is."""
    bounds = Bounds(facts(case), case)
    assert [one.proved for one in bounds.proofs] == [True, True]
    assert bounds.lowest_margin
    assert not next(proofs(bounds.free, bounds.lowest_margin.value + 0.002, bounds.wide, None)).proved


def test_what_the_margin_hangs_on_is_a_slope() -> None:
    """A hundredfold step moves the margin a hundred times as far, near enough; revenue lowers it, later principal raises it."""
    bounds = Bounds(facts("coreweave-ipo"), "ipo")
    assert bounds.lowest_margin
    base = bounds.lowest_margin.value
    for one in bounds.prices:
        assert (one.move < 0) == ("contracted revenue" in one.words), one
    moves = [d for d in bounds.facts.disclosures if "revenue in all" in d.words or "2026-12-31" in d.words]
    assert len(moves) == 2
    farther = bounds.facts.without(moves).with_(*(replace(d, low=d.low + 20.0, high=d.high + 20.0) for d in moves))
    far = ask.lowest_margin(Programme(ask.free_margins(farther)))
    price = next(one.move for one in bounds.prices if "2026-12-31" in one.words)
    assert far
    assert far.value - base == pytest.approx(price * 20 / 100, rel=0.01)


def test_covenants_that_are_told_are_read_beside() -> None:
    """DDTL 2.0 asks for 1.40x from January 2026: from the window that begins in April; it is no fact of the case."""
    run_, told = ran("coreweave-ipo"), facts("coreweave-ipo", "quarter")
    floor, = covenants(run_, told)
    assert (floor.what, floor.low, floor.first, floor.loans) == ("cover", 1.4, 5, ("ddtl-2", "ddtl-2-drawn"))
    assert not told.of("cover")
    p = Programme(told.with_(floor), "world")
    other = best(p, p.headroom([(c, loan) for c in p.contracts for loan in floor.loans], 5, 1.4), most=False)
    assert other
    assert other.value >= -1e-6


def test_contradictions_are_named_with_their_places(tmp_path: Path) -> None:
    shutil.copytree(INPUTS / "coreweave-ipo", tmp_path / "case")
    path = tmp_path / "case" / "bounds.yaml"
    path.write_text(path.read_text() + '''  - what: principal
    words: "DDTL 2.0 repays 2,000 in 2025"
    loans: [ddtl-2]
    first: 2025-01-01
    last: 2025-12-31
    low: 2000
    unit: "USD m"
    source: "Invented"
    grade: press
''')
    done = CliRunner().invoke(main, ["bounds", str(tmp_path / "case"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "bounds.yaml:" in done.stderr
    assert "DDTL 2.0 repays 2,000 in 2025" in done.stderr
    assert "case.yaml:46" in done.stderr
    assert "2,483.2" in done.stderr
    assert "Microsoft" not in done.stderr
    assert not (tmp_path / "out").exists()


def keeps_to_what_was_disclosed(folder: Path) -> None:
    """Read back from its files: principal by year as the listing printed it, balances, cash no more than what is to come."""
    debt, contracts = (yaml.safe_load((folder / name).read_text()) for name in ("debt.yaml", "contracts.yaml"))
    due: dict[int, float] = defaultdict(float)
    owed: dict[str, float] = defaultdict(float)
    for one in debt["instruments"]:
        name, balance = one["name"].split(" (")[0], one["balance"]["value"]
        amounts = [(flow["date"].year, flow["amount"]["value"]) for flow in one["repayment"].get("amounts", [])]
        owed[name] += balance
        for year, amount in [*amounts, (one["maturity"]["value"].year, balance - sum(amount for _, amount in amounts))]:
            due[year] += 0.0 if "drawn after" in name else amount
    assert due == pytest.approx({2025: 1483.202, 2026: 3102.384, 2027: 1771.071, 2028: 548.093, 2029: 128.727} | {
        year: 0.0 for year in due if year > 2029}, abs=1e-3)
    assert owed == pytest.approx({"DDTL 1.0": 2012.5, "DDTL 2.0": 3843.819, "DDTL 2.0, drawn after 2024-12-31": 473.0,
                                  "OEM financing": 1177.158, "OEM financing, drawn after 2024-12-31": 201.0}, abs=1e-3)
    billed: dict[int, float] = defaultdict(float)
    for sold in contracts["contracts"]:
        assert sold["obligor"] in ("Microsoft", "Other customers, together")
        for part in sold["tranches"]:
            billed[part["end"]["value"].year] += 3 * part["price"]["value"]
    assert 15_050 - 4063.904 - 1e-3 <= sum(billed.values()) <= 15_150 - 4063.904 + 1e-3
    assert sum(amount for year, amount in billed.items() if year <= 2026) <= 0.545 * 15_150


@pytest.mark.slow
def test_the_command_writes_what_it_says(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["bounds", str(INPUTS / "coreweave-ipo"), "--out", str(tmp_path)])
    assert done.exit_code == 0, done.stderr
    told = json.loads((tmp_path / "bounds.json").read_text())
    assert told["verdict"] == "possible"
    assert [len(told[key]) for key in ("ask", "ask_cover", "ask_margin")] == [3, 3, 3]
    assert told["periods"]["months"] == 3
    assert "stays 0.00x even if" in done.stdout
    assert told["margins"]["must_above"] is None
    assert told["margins"]["lowest_average"] <= told["margins"]["lowest_shown"] <= 1.0
    for name, one in told["ranges"].items():
        assert one["low"] <= one["high"], name
    for one in told["witnesses"]:
        assert one["confirmed"]
        assert (tmp_path / one["folder"] / "case.yaml").is_file()
        keeps_to_what_was_disclosed(tmp_path / one["folder"])
    holds = told["witnesses"][0]
    again = CliRunner().invoke(main, ["run", str(tmp_path / holds["folder"]), "--json", "--out", str(tmp_path / "again")])
    told_again = json.loads(again.stdout)
    assert told_again["claim"]["H1"] == holds["H1"] == "holds_if_assumed"
    assert min(p["min_clcr"] for p in told_again["pairs"]) == pytest.approx(holds["claimed_cover"], abs=1e-6)
    assert told["sentence"] in done.stdout
