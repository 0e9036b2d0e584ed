"""The capital stack in run.json, on its sheet and on the screen, against sums made here from the case file alone."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from model.cases import Run, run
from model.deal import Deal
from model.inputs.schema import CompanyFile
from model.record import record
from model.report.layout import STACK
from model.report.screen import Screen
from model.report.terminal import show_stack
from model.report.workbook import compose, write_workbook
from tests.delivered import the_run as done
from tests.judges import Formualizer, differences, remembered
from tests.strategies import case_of, contract, day, deal_of, loan, num, repay, tranche

ROOT = Path(__file__).parents[1] / "inputs"
LISTING, YEAR_END = "coreweave-ipo", "coreweave-2025-12"
Json = Any


@cache
def told(case: str, scenario: str = "base") -> Json:
    return record(done(case).under(scenario))


@cache
def said(case: str, file: str) -> Json:
    """A file of the case as it is written, read by nothing of the model."""
    return YAML(typ="safe").load((ROOT / case / f"{file}.yaml").read_text("utf-8"))


def instruments(case: str) -> list[Json]:
    return list(said(case, "debt")["instruments"])


def value(file: Json, name: str) -> float:
    return float(file[name]["value"]) if name in file else 0.0


def curve_at_start(case: str, name: str) -> float:
    """The reading in force at the as-of date."""
    as_of = said(case, "case")["as_of"]
    with (ROOT / case / "curves" / f"{name}.csv").open(encoding="utf-8") as lines:
        readings = {date.fromisoformat(line["date"]): float(line["value"]) for line in csv.DictReader(lines)}
    return readings[max(when for when in readings if when <= as_of)]


# ---- the stack, by hand ----------------------------------------------------------------------------------------------


def test_weighted_rate_by_hand() -> None:
    """Each balance times the reading at the as-of date plus its margin, two margins by rating where the file has them."""
    paid = owed = 0.0
    for file in instruments(LISTING):
        base = max(curve_at_start(LISTING, file["curve"]), value(file, "floor")) if "curve" in file else 0.0
        rated = value(file, "non_ig_share")
        rate = base + value(file, "margin") * (1 - rated) + value(file, "non_ig_margin") * rated
        assert told(LISTING)["debt"]["by_instrument"][file["name"]]["rate"] == pytest.approx(rate)
        paid, owed = paid + value(file, "balance") * rate, owed + value(file, "balance")
    assert told(LISTING)["debt"]["totals"]["weighted_rate"] == pytest.approx(paid / owed)


@pytest.mark.parametrize("case", [LISTING, YEAR_END])
def test_floating_share_by_hand(case: str) -> None:
    floats = sum(value(f, "balance") * (1 - value(f, "hedged")) for f in instruments(case) if "curve" in f)
    whole = sum(value(f, "balance") for f in instruments(case))
    assert told(case)["debt"]["totals"]["floating_share"] == pytest.approx(floats / whole)
    for file in instruments(case):
        loan = told(case)["debt"]["by_instrument"][file["name"]]
        assert loan["floating"] is ("curve" in file)
        assert loan["hedged_share"] == value(file, "hedged")
        assert loan["principal_as_of"] == pytest.approx(value(file, "balance"))


def test_listing_case_as_the_filing_prints_it() -> None:
    """S-1 Note 10: carrying amount p.F-34, maturities p.F-35; the as-of date is a year end, so 2025 is what is current."""
    debt = told(LISTING)["debt"]
    assert debt["totals"]["principal_as_of"] == pytest.approx(8033.477, abs=1e-3)
    assert debt["totals"]["carrying"] == pytest.approx(7926.340, abs=1e-3)
    assert debt["totals"]["current"] == pytest.approx(2483.202, abs=1e-3)
    assert debt["totals"]["non_current"] == pytest.approx(8033.477 - 2483.202, abs=1e-3)
    disclosed = {"2025": 2483.202, "2026": 3102.384, "2027": 1771.071, "2028": 548.093, "2029": 128.727}
    assert debt["maturities"]["disclosed"] == pytest.approx(disclosed)
    assert debt["maturities"]["residual"] == pytest.approx(dict.fromkeys(disclosed, 0.0), abs=1e-3)


@pytest.mark.parametrize("case", [LISTING, YEAR_END])
def test_totals_are_sums_of_instruments(case: str) -> None:
    debt = told(case)["debt"]
    loans, totals = debt["by_instrument"].values(), debt["totals"]
    for key in ("principal_as_of", "carrying", "unamortised", "current", "non_current"):
        assert sum(loan[key] for loan in loans) == pytest.approx(totals[key])
    for key in ("contractual_interest", "cost_amortised"):
        for year, amount in totals[key].items():
            assert sum(loan[key].get(year, 0.0) for loan in loans) == pytest.approx(amount)
    assert totals["current"] + totals["non_current"] == pytest.approx(totals["principal_as_of"])
    assert totals["principal_as_of"] - totals["unamortised"] == pytest.approx(totals["carrying"])
    assert sum(totals["cost_amortised"].values()) >= totals["unamortised"] - 1e-6
    maturities = debt["maturities"]
    assert sum(maturities["modelled"].values()) == pytest.approx(totals["principal_as_of"])
    assert sum(sum(loan["maturities"].values()) for loan in loans) == pytest.approx(totals["principal_as_of"])
    for year, left in maturities["residual"].items():
        assert left == pytest.approx(maturities["modelled"][year] - maturities["disclosed"][year])


@pytest.mark.parametrize("case", [LISTING, YEAR_END])
def test_average_life_from_the_months(case: str) -> None:
    ran = done(case)
    months = owed = 0.0
    for name, one in told(case)["debt"]["by_instrument"].items():
        due = ran.frame(name)["due_on_as_of_stack"].to_numpy()
        mine = sum(amount * number for number, amount in enumerate(due, start=1))
        months, owed = months + mine, owed + due.sum()
        if due.sum() > 0:
            assert one["average_life"] == pytest.approx(mine / due.sum() / 12)
    assert told(case)["debt"]["totals"]["average_life"] == pytest.approx(months / owed / 12)


@pytest.mark.parametrize("case", [LISTING, YEAR_END])
def test_ranking_guarantor_and_evidence_are_those_of_the_case_file(case: str) -> None:
    for file in instruments(case):
        loan = told(case)["debt"]["by_instrument"][file["name"]]
        assert loan["ranking"] == ("senior secured" if file["kind"] in ("delayed_draw", "vendor") else "senior unsecured")
        assert loan["box"] == file.get("box")
        assert loan["guarantor"] == file.get("guarantee", {}).get("provider")
        assert (loan["profile"], loan["schedule_grade"]) == (file["repayment"]["profile"], file["repayment"]["grade"])


@pytest.mark.parametrize("case", [LISTING, YEAR_END])
def test_debt_of_every_year_rolls_forward(case: str) -> None:
    """Interest in kind and what events repay included."""
    for year, line in told(case)["by_year"].items():
        more = line["drawn"] + line["capitalised"]
        less = line["principal_total"] + line["from_proceeds"] + line["swept"] + line["repaid_early"]
        assert line["debt_opening"] + more - less == pytest.approx(line["closing_total"], abs=1e-6), year


# ---- conversion ------------------------------------------------------------------------------------------------------


def settled(terms: Json, principal: float, price: float) -> tuple[float, float, float, float]:
    """Cash, shares, capped call and net dilution, from the words of RULES 16."""
    strike, cap = value(terms, "conversion_price"), value(terms, "cap_price")
    parity = principal * price / strike
    cash = principal
    if price >= strike:
        cash = value(terms, "cash_for_principal") * principal + value(terms, "cash_for_excess") * (parity - principal)
    capped = principal / strike * max(0.0, min(price, cap) - strike)
    return (cash, (max(principal, parity) - cash) / price, capped, (max(0.0, parity - principal) - capped) / price)


@pytest.mark.parametrize("case", [YEAR_END])
def test_cash_due_as_a_function_of_the_share_price(case: str) -> None:
    files = {f["name"]: f for f in instruments(case) if "conversion" in f}
    notes = {n["name"]: n for n in told(case)["convertibles"] if n["name"] in files}
    assert notes.keys() == files.keys()
    for name, file in files.items():
        terms, note = file["conversion"], notes[name]
        strike, owed = value(terms, "conversion_price"), value(file, "balance")
        assert note["conversion_price"] == strike
        assert note["shares_underlying"] == pytest.approx(owed / strike)
        assert [line["share_price"] / strike for line in note["table"]] == pytest.approx([0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3])
        for line in (*note["table"], {**note, "capped_call_value": note["capped_call"]["value"], "net_dilution": None}):
            cash, shares, capped, dilution = settled(terms, owed, line["share_price"])
            assert line["cash_due"] == pytest.approx(cash)
            assert line["shares_issued"] == pytest.approx(shares)
            assert line["capped_call_value"] == pytest.approx(capped)
            assert line["net_dilution"] is None or line["net_dilution"] == pytest.approx(dilution, abs=1e-9)
        offered = terms["offering"]
        issued = value(offered, "launched") + value(offered, "upsize") + value(offered, "option")
        assert note["offering"]["issued"] == pytest.approx(issued)
        assert note["offering"]["premium"] == pytest.approx(strike / value(offered, "reference_price") - 1)
        assert note["first_convertible"] <= note["maturity"]


def test_the_share_price_of_the_scenario_decides() -> None:
    """Doubled, the note is converted; in cash the whole parity is due, in shares nothing."""
    by = {name: told(YEAR_END, name)["convertibles"][-1] for name in (
        "base", "share-price-double", "convertible-in-cash", "convertible-in-shares")}
    base, double = by["base"], by["share-price-double"]
    assert double["share_price"] == pytest.approx(2 * base["share_price"])
    assert base["cash_due"] == pytest.approx(base["principal"])
    assert "below the conversion price" in base["reason"]
    assert "converted" in double["reason"]
    parity = double["principal"] * double["share_price"] / double["conversion_price"]
    assert by["convertible-in-cash"]["cash_due"] == pytest.approx(parity)
    assert by["convertible-in-shares"]["cash_due"] == pytest.approx(0, abs=1e-9)
    assert by["convertible-in-shares"]["shares_issued"] == pytest.approx(double["principal"] / double["conversion_price"])


# ---- a small case ----------------------------------------------------------------------------------------------------


@cache
def small() -> Run:
    """One secured loan with a swap, a note with conversion and one without, a liquidity plan."""
    as_of = date(2025, 12, 31)
    terms = {"share_prices": "share", "conversion_price": num(50, "USD"), "cash_for_principal": num(1, "share"),
             "cash_for_excess": num(0, "share"), "convert_trigger": num(1.3, "x"), "freely_from": day(date(2027, 9, 1))}
    loans = [
        loan("ddtl", date(2027, 12, 31), 80, 0.06, repay("level"), kind="delayed_draw", curve="sofr",
             hedged=num(0.25, "share"), swap_rate=num(0.03, "rate"), unamortised_cost=num(4)),
        loan("notes", date(2027, 12, 31), 20, 0.02, repay("bullet"), kind="convertible", box=None, months=6, conversion=terms),
        loan("plain", date(2027, 6, 30), 10, 0.05, repay("bullet"), kind="convertible", box=None, months=6)]
    deal = deal_of(as_of, 24, [contract("c", tranche(date(2025, 1, 1), date(2027, 12, 31), 8, 1))], loans)
    deal["curves"] |= {"share": [(as_of, 40.0), (date(2027, 12, 31), 60.0)], "sofr": [(as_of, 0.04)]}
    plan = {"opening_cash": num(7), "payments": [{"date": date(2026, 7, 15), "amount": num(5)}]}
    earned = {"income": num(12), "shares": num(10, "m shares"), "average_price": num(40, "USD")}
    company = CompanyFile.model_validate({"liquidity": plan, "earnings": earned})
    return run(Deal(replace(case_of(deal), company=company)))


def test_treasury_by_year_end_and_its_lowest_month() -> None:
    cash = small().frame("treasury")["cash"]
    found = record(small())["company"]["treasury"]
    assert found["opening_cash"] == 7
    assert found["cash"] == pytest.approx({"2026": cash.iloc[11], "2027": cash.iloc[23]})
    assert found["lowest"] == pytest.approx(cash.min())
    assert found["lowest_date"] == str(cash.idxmin())
    assert "treasury" not in told("hut8-river-bend")["company"]


def test_a_note_without_terms_is_principal_in_cash() -> None:
    with_terms, without = record(small())["convertibles"]
    assert without["cash_due"] == without["principal"] == 10
    assert "no terms of conversion" in without["reason"]
    assert "table" not in without
    assert with_terms["share_price"] == pytest.approx(60)
    assert with_terms["shares_issued"] == pytest.approx((20 * 60 / 50 - 20) / 60)
    assert with_terms["offering"] is None
    assert with_terms["first_callable"] is None
    assert with_terms["diluted"]["diluted_eps"] == pytest.approx((12 + 20 * 0.02) / (10 + 20 / 50))


def test_the_sheet_shows_the_record(tmp_path: Path) -> None:
    """Totals of the sheet as a spreadsheet program works them out; a swap is part of neither fixed nor floating."""
    book = Formualizer(write_workbook(small(), tmp_path / "small.xlsx")).values()
    assert not differences(book, remembered(small()))
    cells = {cell: shown for (sheet, cell), shown in book.items() if sheet == STACK}
    line = next(cell[1:] for cell, shown in cells.items() if cell[0] == "B" and shown == "Total")
    totals = record(small())["debt"]["totals"]
    shown = [cells[f"{column}{line}"] for column in "CDEFG"]
    assert shown == pytest.approx([totals[k] for k in ("principal_as_of", "unamortised", "carrying", "current", "non_current")])
    assert shown == pytest.approx([110, 4, 106, 40, 70])
    fixed, swapped, floating = (cells[f"{column}{line}"] for column in "JKL")
    assert (fixed, swapped, floating) == pytest.approx((30 / 110, 20 / 110, 60 / 110))
    assert cells[f"I{line}"] == pytest.approx((80 * (0.06 + 0.75 * 0.04 + 0.25 * 0.03) + 20 * 0.02 + 10 * 0.05) / 110)
    assert "never" in cells.values()


def test_sheets_stand_only_where_they_have_rows() -> None:
    assert "Conversion" in compose(small()).book.sheetnames
    assert "Conversion" not in compose(done(LISTING)).book.sheetnames


def test_the_table_fits_a_screen_of_100_columns() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    screen = Screen(stream, 100)
    screen.console.no_color = True
    show_stack(told(YEAR_END), screen)
    text = stream.getvalue()
    assert "Capital stack on 2025-12-31" in text
    assert all(f"{file['name'].split()[0]}" in text for file in instruments(YEAR_END))
    assert "…" not in text
