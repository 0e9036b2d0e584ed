"""IREN, Hut 8 River Bend and Applied Digital: the published arithmetic, and what the term-sheet cases say.

Rows B08 to B13 and B16 of the project's list of public benchmarks (`cases_published_benchmarks.csv`): id, what, value,
tolerance, source. Expected figures of the term-sheet cases are worked out beside the tests by plain arithmetic.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy_financial as npf
import pytest
from ruamel.yaml import YAML

from model.cases import Run, load, run
from model.deal import Deal
from model.inputs import load_case
from model.record import pair_records
from model.sheet import evaluate
from tests.delivered import the_run as case

INPUTS = Path(__file__).parents[1] / "inputs"
FOLDERS = ("iren-microsoft", "iren-microsoft-benchmark", "hut8-river-bend", "hut8-river-bend-benchmark",
           "applied-digital", "applied-digital-benchmark-5y", "applied-digital-benchmark-15y")


@dataclass(frozen=True)
class Published:
    """One line of the list."""

    what: str
    value: float
    tolerance: float
    source: str


RELEASE = "https://www.panewslab.com/en/articles/019e8303-90ad-7608-a554-72a3372237a3"
ROWS = {
    "B08": Published("IREN: (3,650 + 1,940) / 5,810, funding share", 0.962, 0.002, RELEASE),
    "B09 early": Published("IREN: level annuity 5y 6.00 %, margin 85 %, DSCR of years 1-2", 1.90, 0.01, "derived"),
    "B09 late": Published("IREN: the same, prepayment credited evenly, DSCR of years 3-5", 1.16, 0.01, "derived"),
    "B10": Published("IREN: LLCR at 6.00 %, margin 85 %, sculpted", 1.482, 0.005, "derived, annual end of period"),
    "B11 1.00": Published("IREN: project margin at which LLCR is 1.00", 0.635, 0.002, "derived"),
    "B11 1.05": Published("IREN: project margin at which LLCR is 1.05", 0.657, 0.002, "derived"),
    "B12": Published("IREN: 9,700 / 5 / 76,000 / 8,760, USD per GPU-hour", 2.91, 0.01, "derived, GPU count third-party"),
    "B13": Published("River Bend: average DSCR, 454 / annuity(3,250, 6.192 %, 15y)", 1.340, 0.005, "derived"),
    "B16 5y": Published("Polaris Forge 1: 250 MW, 85 % of rent, 9.25 %, PV cover of 5 years", 0.641, 0.005, "derived"),
    "B16 15y": Published("Polaris Forge 1: the same over 15 years", 1.317, 0.005, "derived"),
}


def meets(row: str, found: float) -> bool:
    return bool(found == pytest.approx(ROWS[row].value, abs=ROWS[row].tolerance))


def only(deal: Deal) -> Any:
    """The one pair of the case."""
    (pair,) = deal.pairs.values()
    return pair


def figure(ran: Run, name: str) -> Any:
    return ran.read(only(ran.deal).row(name))


def by_month(ran: Run, block: str, name: str) -> dict[str, float]:
    """A row of a block by period end."""
    return {str(day): float(value) for day, value in ran.frame(block)[name].items()}


def on_dates(ran: Run, name: str) -> dict[str, float]:
    """A row of the pair on the dates with debt service."""
    pair = only(ran.deal).key
    due = by_month(ran, pair, "service")
    return {day: value for day, value in by_month(ran, pair, name).items() if due[day] > 1e-6}


@cache
def told(folder: str) -> Mapping[str, Any]:
    """What run.json says of the one pair."""
    (found,) = pair_records(case(folder))
    return dict(found)


def changed(folder: str, target: Path, terms: Mapping[str, Any]) -> Run:
    """The case with other terms of repayment of all its loans."""
    copy = target / folder
    shutil.copytree(INPUTS / folder, copy)
    yaml = YAML()
    debt = yaml.load((copy / "debt.yaml").read_text("utf-8"))
    for loan in debt["instruments"]:
        loan["repayment"] = deepcopy({"source": "variant of a test", "grade": "assumed", **terms})
    with (copy / "debt.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(debt, file)
    return run(load(copy))


def number(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "source": "variant of a test", "grade": "assumed"}


# ---- all folders -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_is_read_without_a_finding_and_every_check_holds_in_every_scenario(folder: str) -> None:
    assert load_case(INPUTS / folder).warnings == ()
    ran = case(folder)
    for name in ran.names:
        assert [c.title for c in ran.deal.checks if ran.under(name).read(c.row("failed"))] == [], name


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_assumed_is_said(folder: str) -> None:
    deal = case(folder).deal
    assert deal.case.general.assumptions
    assert (INPUTS / folder / "SOURCES.md").is_file()
    assert case(folder).read(deal.claim.row("assumed")) == 1, "dates and instalments are assumed in all of them"


# ---- IREN and Microsoft ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["iren-microsoft", "iren-microsoft-benchmark"])
def test_b08_prepayment_and_debt_pay_for_96_percent_of_the_gpus(folder: str) -> None:
    ran = case(folder)
    contract = ran.deal.contracts["microsoft"]
    prepaid = ran.read(contract.row("deferred_at_start")) + ran.read(contract.row("prepayment_received")).sum()
    assert prepaid == pytest.approx(1940)
    assert ran.read(contract.row("capex")) == pytest.approx(5810)
    assert meets("B08", (figure(ran, "debt") + prepaid) / ran.read(contract.row("capex")))


def test_b09_cover_in_cash_falls_when_the_prepayment_is_credited() -> None:
    cover = list(on_dates(case("iren-microsoft-benchmark"), "dscr").values())
    assert len(cover) == 5
    assert all(meets("B09 early", c) for c in cover[:2])
    assert all(meets("B09 late", c) for c in cover[2:])
    service = -float(npf.pmt(0.06, 5, 3650))
    assert cover == pytest.approx([1649 / service] * 2 + [(1649 - 1940 / 3) / service] * 3, abs=1e-9)


def test_b09_cover_on_revenue_does_not_and_both_are_told() -> None:
    ran = case("iren-microsoft-benchmark")
    on_revenue = list(on_dates(ran, "dscr_on_revenue").values())
    assert on_revenue == pytest.approx([1649 / -float(npf.pmt(0.06, 5, 3650))] * 5, abs=1e-9)
    assert meets("B09 late", told("iren-microsoft-benchmark")["min_dscr"])
    assert meets("B09 early", told("iren-microsoft-benchmark")["min_dscr_on_revenue"])


def test_b10_present_value_of_the_contract_level_or_sculpted(tmp_path: Path) -> None:
    level = case("iren-microsoft-benchmark")
    exact = (1649 * npf.pv(0.06, 5, -1) - 1940 / 3 * npf.pv(0.06, 3, -1) / 1.06**2) / 3650
    assert meets("B10", figure(level, "llcr"))
    assert figure(level, "llcr") == pytest.approx(exact, abs=1e-9)
    sculpted = changed("iren-microsoft-benchmark", tmp_path, {"profile": "sculpted", "target": number(float(exact), "x")})
    assert meets("B10", figure(sculpted, "llcr"))
    assert list(on_dates(sculpted, "dscr").values()) == pytest.approx([exact] * 5, abs=1e-9), "the same cover in every year"
    assert figure(sculpted, "uncovered_balance") == pytest.approx(0, abs=1e-6), "and nothing is left"


@pytest.mark.parametrize(("row", "cover"), [("B11 1.00", 1.00), ("B11 1.05", 1.05)])
def test_b11_margin_at_which_the_present_value_just_covers(row: str, cover: float) -> None:
    deal = case("iren-microsoft-benchmark").deal
    low, high = 0.0, 1.0
    for _ in range(4):  # each round looks at 50 margins between the last two
        margins = np.linspace(low, high, 50)
        told = deal.columns([{"microsoft.tranche-1.margin": float(margin)} for margin in margins])
        above = int(np.argmax(evaluate(deal.book, told)[only(deal).row("llcr")] >= cover))
        low, high = float(margins[above - 1]), float(margins[above])
    assert high - low < 1e-6
    assert meets(row, high)
    by_hand = (cover * 3650 + 1940 / 3 * npf.pv(0.06, 3, -1) / 1.06**2) / (1940 * npf.pv(0.06, 5, -1))
    assert high == pytest.approx(by_hand, abs=1e-6)


@pytest.mark.parametrize(("scenario", "cover"), [("margin-at-1.00", 1.0), ("margin-at-1.05", 1.05)])
def test_b11_scenarios_of_the_folder_stand_at_the_edge(scenario: str, cover: float) -> None:
    assert figure(case("iren-microsoft-benchmark").under(scenario), "llcr") == pytest.approx(cover, abs=1e-4)


def test_b12_price_of_a_gpu_hour_bills_the_contract_value() -> None:
    ran = case("iren-microsoft")
    prices = [tranche.price.value for tranche in ran.deal.case.contracts.contracts[0].tranches]
    assert all(meets("B12", price) for price in prices)
    assert prices == pytest.approx([9700e6 / (76_000 * 24 * 1826)] * 4, abs=1e-8)
    contract = ran.deal.contracts["microsoft"]
    assert ran.read(contract.row("billed")).sum() == pytest.approx(9700, abs=1e-4)
    assert ran.read(contract.row("prepayment_applied")).sum() == pytest.approx(1940)
    assert ran.read(contract.row("cfads")).sum() == pytest.approx(9700 * 0.85 - 1940, abs=1e-4)


def test_iren_is_covered_but_not_under_stress() -> None:
    ran = case("iren-microsoft")
    assert figure(ran, "grade") == "B"
    assert figure(ran, "debt") == pytest.approx(3650)
    said = told("iren-microsoft")
    assert "Covered by its own contract: lowest DSCR 1.32x on 30 Jun 2027" in said["reason"]
    assert said["tests"]["T4"]["reason"].startswith("fails under delay-3-months; covered under price-down-10, rates-up-100")
    assert said["tests"]["T7"]["value"] == 53, "93 - 53 = 40 days of lot 1 bring 45.2 against 44.2 due; 39 would bring 44.0"
    late = ran.under("delay-3-months")
    assert f"{late.read.day(only(ran.deal).row('t1_date'))}" == "2026-09-30"
    assert figure(ran.under("delay-45-days"), "covered") == 1


def test_iren_quarters_follow_from_lots_and_credits() -> None:
    """A lot brings 19,000 x price x 24 a day, of which 85 % stays; from its 25th month on 485 / 1,095 a day is credited."""
    ran = case("iren-microsoft")
    cash, a_day = on_dates(ran, "tested_cash"), 19_000 * 9700e6 / (76_000 * 24 * 1826) * 24 / 1e6
    stays = a_day * 0.85
    assert cash["2026-09-30"] == pytest.approx((93 + 31) * stays, abs=1e-6), "lot 1 from 30 June, lot 2 from 31 August"
    assert cash["2027-06-30"] == pytest.approx(4 * 91 * stays, abs=1e-6), "all four, nothing credited yet"
    assert cash["2029-06-30"] == pytest.approx(4 * 91 * (stays - 485 / 1095), abs=1e-6), "all four, all credited"
    assert cash["2031-12-31"] == pytest.approx((30 + 91) * (stays - 485 / 1095), abs=1e-6), "what is left of lots 3 and 4"
    interest = (2100 * 0.0596 * 121 + 1550 * 0.004 * 122) / 360
    assert on_dates(ran, "service")["2026-09-30"] == pytest.approx(interest, abs=1e-3), "coupon and fee of four months"


def test_iren_both_covers_are_told() -> None:
    said = told("iren-microsoft")
    assert said["min_dscr"] == pytest.approx(1.32, abs=0.005)
    assert said["min_dscr_on_revenue"] == pytest.approx(1.32, abs=0.005), "no credit falls on the weakest date"
    by_date = on_dates(case("iren-microsoft"), "dscr_on_revenue")
    assert by_date["2029-06-30"] > 2.1, "in the years of the credit revenue looks much better than cash"


def test_iren_turns_on_the_shape_of_the_instalments(tmp_path: Path) -> None:
    annuity = changed("iren-microsoft", tmp_path, {"profile": "annuity", "rate": number(0.06, "rate"),
                                                   "first_instalment": date(2027, 6, 30)})
    assert figure(annuity, "grade") == "D"
    missed = [day for day, flag in on_dates(annuity, "missed").items() if flag]
    assert missed == ["2031-09-30", "2031-12-31"], "when the first lots have ended"
    assert figure(annuity, "t2") == 1, "nothing would be left"
    assert figure(annuity, "avg_dscr") > 1.4, "and in all there is cash enough"


def test_iren_does_not_carry_a_charge_for_the_building() -> None:
    charged = case("iren-microsoft").under("facility-charge")
    assert figure(charged, "grade") == "D"
    assert "Cash falls short of debt service from 31 Dec 2028" in figure(charged, "reason")


# ---- Hut 8 River Bend ------------------------------------------------------------------------------------------------


def test_b13_average_cover_of_river_bend() -> None:
    ran = case("hut8-river-bend-benchmark")
    assert meets("B13", figure(ran, "avg_dscr"))
    assert figure(ran, "avg_dscr") == pytest.approx(454 / -float(npf.pmt(0.06192, 15, 3250)), abs=1e-9)
    assert figure(ran, "min_dscr") == pytest.approx(figure(ran, "avg_dscr"), abs=1e-9)
    assert figure(ran, "grade") == "B"


def test_river_bend_rent_of_fifteen_years() -> None:
    ran = case("hut8-river-bend")
    lease = ran.deal.contracts["river-bend-lease"]
    assert ran.read(lease.row("billed")).sum() == pytest.approx(7000, abs=1e-4)
    assert ran.read(lease.row("cfads")).sum() == pytest.approx(454 * 15, abs=1e-4)
    billed, first = by_month(ran, "river-bend-lease", "billed"), 7000 * 0.03 / (1.03**15 - 1) / 12
    assert billed["2027-07-31"] == pytest.approx(first / 3), "one hall"
    assert billed["2028-03-31"] == pytest.approx(first), "three halls"
    assert billed["2030-03-31"] == pytest.approx(first * 1.03**2), "two steps of 3 % later"


def test_river_bend_before_the_rent_rests_on_its_reserve() -> None:
    ran = case("hut8-river-bend")
    assert figure(ran, "grade") == "D"
    assert "Cash falls short of debt service from 30 Nov 2026: USD 109.0m is missing on that date, USD 238.4m in all" in (
        figure(ran, "reason"))
    missed = [day for day, flag in on_dates(ran, "missed").items() if flag]
    assert missed == ["2026-11-30", "2027-05-31", "2027-11-30"]
    assert on_dates(ran, "service")["2026-11-30"] == pytest.approx(3250 * 0.06192 * 195 / 360)
    assert figure(ran, "t1_with_reserve") == figure(ran, "t2") == figure(ran, "t3") == 1
    assert figure(ran, "stressed") == 1, "T4: under stress too the reserve carries the first dates"


def test_river_bend_from_the_first_instalment_on_is_covered_alike() -> None:
    cover = {day: c for day, c in on_dates(case("hut8-river-bend"), "dscr").items() if day >= "2028"}
    assert len(cover) == 30
    assert all(c == pytest.approx(1.2976, abs=1e-6) for day, c in cover.items() if day < "2042-11")
    assert cover["2042-11-30"] >= 1.2976
    assert figure(case("hut8-river-bend"), "uncovered_balance") == 0


def test_river_bend_with_construction_interest_set_aside_is_covered_under_stress() -> None:
    ran = case("hut8-river-bend").under("interest-set-aside")
    notes = ran.deal.instruments["notes"]
    assert ran.read(notes.row("drawn")).sum() == pytest.approx(291.494, abs=0.001)
    assert ran.read(notes.row("closing")).max() == pytest.approx(3250, abs=1e-5)
    assert figure(ran, "grade") == "A"
    assert figure(ran, "min_dscr") == pytest.approx(1.2976, abs=1e-6)


def test_river_bend_renewal_adds_nothing_to_notes_that_end_before() -> None:
    ran = case("hut8-river-bend")
    lease = ran.deal.contracts["river-bend-lease"]
    assert ran.read(lease.row("renewal")).sum() == 0
    used = ran.under("renewal-used")
    assert used.read(lease.row("renewal")).sum() > 1000
    assert figure(used, "min_clcr") == pytest.approx(figure(ran, "min_clcr"))


# ---- Applied Digital -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "row", "years", "grade"), [
    ("applied-digital-benchmark-5y", "B16 5y", 5, "C-F"), ("applied-digital-benchmark-15y", "B16 15y", 15, "B")])
def test_b16_present_value_of_five_and_of_fifteen_years(folder: str, row: str, years: int, grade: str) -> None:
    ran = case(folder)
    assert meets(row, figure(ran, "llcr"))
    income = 11_000 / 15 / 400 * 250 * 0.85
    assert figure(ran, "llcr") == pytest.approx(income * float(npf.pv(0.0925, years, -1)) / 2350, abs=1e-9)
    assert figure(ran, "grade") == grade


def test_b16_dates_alone_would_pass_the_bullet() -> None:
    ran = case("applied-digital-benchmark-5y")
    assert figure(ran, "t1") == 1
    assert figure(ran, "t2") == figure(ran, "t3") == 0
    assert figure(ran, "min_dscr") == pytest.approx(11_000 / 15 / 400 * 250 * 0.85 / (2350 * 0.0925))


def test_applied_digital_pays_on_every_date_and_cannot_pay_at_the_end() -> None:
    ran = case("applied-digital")
    assert figure(ran, "grade") == "C-F", "ten more years of contract would carry a new loan"
    assert "USD 1,965.3m of debt is left on 31 Dec 2030" in figure(ran, "reason")
    assert figure(ran, "t1") == 1
    half_year = 7000 / 15 * 0.85 / 2
    first = half_year * (100 + 75 + 37.5) / 250 / (2350 * 0.0925 / 2)
    cover = on_dates(ran, "dscr")
    assert cover["2026-12-31"] == pytest.approx(first, abs=1e-6)
    assert cover["2027-12-31"] == pytest.approx(half_year / (2350 * 0.0925 / 2 + 47), abs=1e-6)
    assert figure(ran, "min_dscr") == pytest.approx(cover["2027-12-31"])
    left = 2350 - 7 * 47
    assert figure(ran, "uncovered_balance") == pytest.approx(
        left - (half_year - 47 - (2350 - 6 * 47) * 0.0925 / 2), abs=1e-4)


@pytest.mark.parametrize(("terms", "left"), [
    ({"profile": "bullet"}, 2260.4), ({"profile": "sculpted", "target": number(1.0, "x"), "first_instalment": date(2027, 12, 15)},
                                      1628.4)])
def test_applied_digital_is_left_with_a_balloon_whatever_the_instalments(
        tmp_path: Path, terms: Mapping[str, Any], left: float) -> None:
    """From none at all to every dollar after interest: the end is not reached."""
    ran = changed("applied-digital", tmp_path, terms)
    assert figure(ran, "grade") == "C-F"
    assert figure(ran, "t1") == 1
    assert figure(ran, "uncovered_balance") == pytest.approx(left, abs=0.1)


@pytest.mark.parametrize("scenario", ["rent-grows-3", "margin-95", "cash-kept"])
def test_applied_digital_needs_new_lenders_in_every_reading(scenario: str) -> None:
    ran = case("applied-digital").under(scenario)
    assert figure(ran, "t2") == 0
    assert figure(ran, "uncovered_balance") > 1500
