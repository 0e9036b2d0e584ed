"""The pages that a committee reads: what they show is what run.json and the rows say, and each prints on one page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import get_column_letter

from model.cases import Run
from model.report import workbook
from model.report.layout import CHARTS, STACK
from model.report.quarters import quarters_of
from model.report.workbook import Issue
from model.timeline import from_serial
from tests.delivered import the_record as told
from tests.delivered import the_run as made
from tests.judges import libreoffice

CASES = ("coreweave-ipo", "coreweave-2026-06", "iren-microsoft")
FRONT = ("Cover", "Dashboard", CHARTS)
LETTERS = {"vendor": "F", "renewal": "H", "residual": "J", "refinancing": "L", "guarantee": "N"}  # columns of the ledger


@cache
def issue(case: str) -> Issue:
    return workbook.compose(made(case))


@cache
def page(case: str, title: str) -> dict[str, Any]:
    """What every cell of a page shows."""
    return {cell: value for (sheet, cell), value in issue(case).memory.values.items() if sheet == title}


def line_of(cells: dict[str, Any], column: str, words: str, *, after: int = 0) -> int:
    """The first line in whose column these words stand."""
    found = [int(cell[len(column):]) for cell, value in cells.items()
             if re.fullmatch(rf"{column}\d+", cell) and str(value).startswith(words) and int(cell[len(column):]) > after]
    return min(found)


def day(value: Any) -> str | None:
    return None if value == "" else from_serial(int(value)).isoformat()


# ---- Dashboard -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
def test_each_pair_has_its_grade_its_tests_and_the_dates_that_bind(case: str) -> None:
    cells, done = page(case, "Dashboard"), made(case)
    line = line_of(cells, "B", "Contract / debt") + 1
    for number, pair in enumerate(told(case)["pairs"], start=1):
        assert cells[f"A{line}"] == number
        assert cells[f"D{line}"] == pair["grade"]
        assert cells[f"B{line + 1}"] == pair["reason"]
        if pair["grade"] != "N":
            tests = pair["tests"]
            for column, name in (("E", "T0"), ("F", "T1"), ("H", "T2"), ("J", "T3"), ("L", "T4"), ("M", "T5")):
                assert cells[f"{column}{line}"] == bool(tests[name]["pass"]), (pair["id"], name)
            assert day(cells[f"G{line}"]) == (pair["min_dscr_date"] if tests["T1"]["pass"] else tests["T1"]["date"])
            assert day(cells[f"I{line}"]) == tests["T2"]["date"]
            assert day(cells[f"K{line}"]) == (pair["min_clcr_date"] if tests["T3"]["pass"] else first_thin(done, pair["id"]))
        line += 2
    assert cells[f"C{line}"] == pytest.approx(told(case)["claim"]["debt"])


def first_thin(done: Run, key: str) -> str:
    """The day before the first month in which present value is below the balance, by the months themselves."""
    frame = done.frame(f"pair.{key}")
    first = next(n for n, (value, owed) in enumerate(zip(frame["pv_contract"], frame["exposure"], strict=True))
                 if owed > 1e-6 and value < owed * done.read(done.deal.drivers.row("cover")) - 1e-6)
    return str(frame.index[first - 1] if first else done.deal.timeline.as_of)


@pytest.mark.parametrize("case", CASES)
def test_the_ledger_of_support_is_that_of_the_record(case: str) -> None:
    cells = page(case, "Dashboard")
    last = line_of(cells, "E", "All", after=line_of(cells, "E", "Support relied on"))
    support, pairs = told(case)["support"], told(case)["pairs"]
    for kind, column in LETTERS.items():
        assert cells[f"{column}{last}"] == pytest.approx(support[kind]), kind
    unpaid = sum(pair["tests"]["T5"]["value"] for pair in pairs if pair["grade"] == "D")
    assert cells[f"P{last}"] == pytest.approx(unpaid)
    lacking = sum(pair["tests"]["T5"]["value"] for pair in pairs if pair["grade"][0] in "CD")
    assert cells[f"J{line_of(cells, 'J', 'others would') - 1}"] == pytest.approx(lacking)


@pytest.mark.parametrize("case", CASES)
def test_break_evens_are_those_of_the_record(case: str) -> None:
    cells = page(case, "Dashboard")
    line = line_of(cells, "F", "Price, change") + 1
    for pair in told(case)["pairs"]:
        for column, name in (("F", "price"), ("I", "margin"), ("L", "delay_months"), ("O", "rate")):
            found = pair["break_even"][name]
            assert cells[f"{column}{line}"] == ("none" if found is None else pytest.approx(found)), (pair["id"], name)
        line += 1


@pytest.mark.parametrize("case", CASES)
def test_the_bridge_leads_from_the_figure_quoted_to_the_debt_in_the_pairs(case: str) -> None:
    cells = page(case, "Dashboard")
    top = line_of(cells, "B", "From the figure quoted")
    quoted, gap, net, cost, principal, as_of, drawn, repaid, outside, inside = (
        cells[f"C{top + n}"] for n in range(1, 11))
    debt = told(case)["debt"]
    assert (quoted, inside) == pytest.approx((told(case)["headline"]["debt"], told(case)["claim"]["debt"]))
    assert quoted + gap == pytest.approx(net) == pytest.approx(debt["net"])
    assert net + cost == pytest.approx(principal) == pytest.approx(debt["principal"]) == pytest.approx(as_of + drawn - repaid)
    assert principal + outside == pytest.approx(inside)


@pytest.mark.parametrize("case", CASES)
def test_the_bar_of_evidence_is_that_of_the_record(case: str) -> None:
    cells = page(case, "Dashboard")
    line = line_of(cells, "E", "Debt by its weakest grade") + 1
    found = {cells[f"{column}{line}"]: cells[f"{column}{line + 1}"] for column in "EHJLNP" if f"{column}{line}" in cells}
    assert found == pytest.approx(told(case)["evidence"]["debt_share_by_grade"])


# ---- Charts ----------------------------------------------------------------------------------------------------------


def by_quarter(case: str, label: str) -> dict[tuple[int, int], float]:
    """A line behind the charts, by year and quarter; the as-of date left out."""
    cells = page(case, CHARTS)
    head, line = line_of(cells, "B", "Quarter end"), line_of(cells, "B", label)
    found, column = {}, 5
    while f"{get_column_letter(column)}{head}" in cells:
        end = from_serial(int(cells[f"{get_column_letter(column)}{head}"]))
        found[end.year, (end.month - 1) // 3] = float(cells[f"{get_column_letter(column)}{line}"])
        column += 1
    return found


def lowest_by_quarter(done: Run, title: str) -> dict[tuple[int, int], float]:
    """Of a block the lowest DSCR of each quarter, between -3 and 3; 0 where nothing is due."""
    found: dict[tuple[int, int], float] = {}
    frame = done.frame(title)
    for end, dscr in zip(frame.index, frame["dscr"], strict=True):
        at = (end.year, (end.month - 1) // 3)
        found[at] = min(found.get(at, float("inf")), float("inf") if dscr != dscr else max(-3.0, min(3.0, dscr)))
    return {at: 0.0 if value == float("inf") else value for at, value in found.items()}


@pytest.mark.parametrize("case", CASES)
def test_dscr_by_quarter_is_the_lowest_of_its_payment_dates(case: str) -> None:
    done, weakest = made(case), told(case)["claim"]["weakest"]
    expected = lowest_by_quarter(done, f"pair.{weakest}")
    assert by_quarter(case, "Weakest: pair") == pytest.approx(expected)
    assert by_quarter(case, "Pooled GPU debt") == pytest.approx(lowest_by_quarter(done, "pool.gpu"))
    assert any(expected.values())


def test_a_year_of_one_or_two_quarters_in_front_has_no_head() -> None:
    """On paper it would run into the next year's, or turn all of them."""
    ends = [date(2026 + month // 12, month % 12 + 1, 28) for month in range(30)]
    heads = {first: [quarter.head for quarter in quarters_of(ends[first:])][:5] for first in (0, 3, 6, 9)}
    assert heads == {0: ["2026", "", "", "", "2027"], 3: ["2026", "", "", "2027", ""], 6: ["", "", "2027", "", ""],
                     9: ["", "2027", "", "", ""]}
    assert [quarter.head for quarter in quarters_of(ends[6:12])] == ["2026", ""]


@pytest.mark.parametrize("case", CASES)
def test_the_run_off_adds_up_to_the_loans_and_is_red_only_after_the_contract(case: str) -> None:
    done, debt = made(case), told(case)["debt"]["by_instrument"]
    shares = {loan: sum(parts.values()) for loan, parts in done.deal.case.debt.allocation.debt_share.items()}
    owed = {year: sum(shares.get(one["id"], 0.0) * one["closing"].get(year, 0.0) for one in debt.values())
            for year in told(case)["by_year"]}
    running = [by_quarter(case, f"Pair {n},") for n in range(1, len(done.deal.pairs) + 1)]
    after = by_quarter(case, "Left after the contract")
    for year, expected in owed.items():
        at = (int(year), 3)
        if at in after:
            assert sum(line[at] for line in running) + after[at] == pytest.approx(expected, abs=1e-6), year
    ends = {(day.year, (day.month - 1) // 3): number for number, day in enumerate(done.deal.timeline.ends, start=1)}
    for line, pair in zip(running, done.deal.pairs.values(), strict=True):
        end = int(done.read(pair.row("contract_end")))
        left = done.read(pair.row("left_after"))
        assert line == pytest.approx({at: float(left[last]) if last < end else 0.0 for at, last in ends.items()})


@pytest.mark.parametrize("case", CASES)
def test_liquidity_is_that_of_the_company_or_the_page_says_why_not(case: str) -> None:
    done = made(case)
    if done.deal.parent is None:
        assert any(str(value).startswith("Liquidity: the case says nothing") for value in page(case, CHARTS).values())
        return
    frame = done.frame("company.liquidity")
    expected = {(end.year, (end.month - 1) // 3): value for end, value in zip(frame.index, frame["liquidity"], strict=True)}
    cash, lines = by_quarter(case, "Company cash"), by_quarter(case, "Undrawn revolver")
    assert {at: cash[at] + lines[at] for at in cash} == pytest.approx(expected)


def test_dilution_is_a_share_of_market_value_over_price() -> None:
    case, cells = "coreweave-2026-06", page("coreweave-2026-06", STACK)
    file, note = made(case).deal.case, next(one for one in made(case).deal.case.debt.instruments if one.id in
                                            made(case).deal.conversions)
    outstanding = file.general.headline.market_value.value / file.curves[note.conversion.share_prices].at(file.general.as_of)
    top = line_of(cells, "K", "Net dilution, share")
    found = [(cells[f"J{line}"], cells[f"K{line}"]) for line in range(top + 1, top + 9)]
    assert [share for _, share in found] == pytest.approx([shares / outstanding for shares, _ in found])
    assert found[-1][1] > 0.01


# ---- on paper --------------------------------------------------------------------------------------------------------


def light(case: str, folder: Path) -> Path:
    """The workbook without the cells of other sheets, which would take minutes to print."""
    path = workbook._save(issue(case), folder / f"whole-{case}.xlsx")
    copy = folder / f"{case}.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            number = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            bare = number is not None and list(issue(case).pages)[int(number[1]) - 1] not in (*FRONT, "Summary")
            part = source.read(name)
            target.writestr(name, re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", part, flags=re.S) if bare else part)
    return copy


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """By case the text of the first four pages of paper, as LibreOffice prints them."""
    folder = tmp_path_factory.mktemp("paper")
    pages = 'pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1-4"}}'
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", pages, "--outdir",
                    str(folder), *(str(light(case, folder)) for case in CASES)], check=True, capture_output=True, timeout=300)
    texts = {case: subprocess.run(["pdftotext", "-layout", str(folder / f"{case}.pdf"), "-"], check=True, capture_output=True,
                                  text=True).stdout for case in CASES}
    return {case: text.split("\f")[:-1] for case, text in texts.items()}


@libreoffice
@pytest.mark.skipif(shutil.which("pdftotext") is None and not os.environ.get("CI"), reason="pdftotext is not on PATH")
@pytest.mark.parametrize("case", CASES)
def test_each_front_page_prints_on_one_page_with_the_verdict(case: str, printed: dict[str, list[str]]) -> None:
    pages = printed[case]
    assert [re.findall(rf"{case}\.xlsx \| (.+?)\s{{2,}}", text)[-1] for text in pages] == [*FRONT, "Summary"]
    words = [" ".join(text.split()) for text in pages]
    for text in words[:3]:
        assert told(case)["claim"]["sentence"][:60] in text
        assert not re.findall(r"###|#REF|#NAME|#VALUE|#N/A|#DIV|Err:\d", text)
    for pair in told(case)["pairs"]:
        assert pair["reason"][:60] in words[1]
    assert made(case).deal.case.general.title in words[0]
    assert "inputs as delivered" in words[1]
    assert made(case).deal.case.input_hash in words[1]
