"""Companies that a treasurer can check with a pocket calculator: `tests/golden/company/*.yaml`.

A file says contracts (price, cost and rent a month), boxes, loans and company in the words of a case file with plain numbers.
`expected` has lines of a block on a date, with `since` the flows of the months after it; `figures` are lines without a date;
`tests` are K1 to K7 as run.json tells them. `under` names a scenario of the file.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from model.cases import Run, run
from model.company import BLOCKS
from model.deal import Deal
from model.inputs.check import problems
from model.inputs.instruments import Guarantee
from model.inputs.schema import Case, CompanyFile
from model.record.company import company
from model.report.layout import COMPANY, FIRST_LINE
from model.report.workbook import write_workbook
from model.sheet import givens
from model.timeline import Curve
from tests.judges import Formualizer, remembered, same
from tests.oracle import Rows
from tests.sheeted import disagreements
from tests.strategies import box, case_of, contract, deal_of, tranche
from tests.test_golden import has, instrument_in_words, read
from tests.test_golden_contracts import terms_in_words

FOLDER = Path(__file__).parent / "golden" / "company"
FILES = sorted(FOLDER.glob("*.yaml"))
UNITS = {name: told.unit for block in BLOCKS for name, told in givens(block).items() if told.ask} | {
    "by_year": "USD m", "amount": "USD m", "advance": "share"}
ABOUT = {"of", "under", "date", "since"}
STATES = ("cash",)


def case_of_golden(golden: Rows) -> Case:
    """A case around the company: contract c is pledged to the first loan of the box, others to none."""
    loans = [_loan(key, said) for key, said in golden["loans"].items()]
    boxes = [box(key) | said for key, said in golden.get("boxes", {"box": {}}).items()]
    sold = [contract(key, tranche(said["start"], said["end"], said["price"], said.get("cost", 0), said.get("rent", 0)))
            for key, said in golden["contracts"].items()]
    mine = [one["id"] for one in loans if one["box"]]
    shares = {"c": {key: golden.get("pledged", 1.0) / len(mine) for key in mine}}
    deal = deal_of(golden["as_of"], golden["months"], sold, loans, boxes, cash_share=shares, scenarios=golden.get("scenarios"))
    case = case_of(deal)
    prices = golden.get("share_prices", {})
    share = Curve(tuple(prices), tuple(map(float, prices.values())), "share", "USD", "golden", "assumed") if prices else None
    said = terms_in_words(CompanyFile, golden["company"], UNITS)
    return replace(case, company=CompanyFile.model_validate(said), curves=case.curves | ({"share": share} if share else {}))


def _loan(key: str, said: Rows) -> Rows:
    """An instrument on unadjusted dates, 30/360 unless told otherwise."""
    plain = {name: value for name, value in said.items() if name != "guarantee"} | {"box": said.get("box")}
    found = instrument_in_words(key, {"day_count": "30/360"} | plain, bool(said.get("box")))
    if "guarantee" in said:
        found["guarantee"] = terms_in_words(Guarantee, said["guarantee"], UNITS)
    return found


class Found:
    """A golden file as the model works it out."""

    def __init__(self, golden: Rows) -> None:
        self.case = case_of_golden(golden)
        self.base: Run = run(Deal(self.case))
        self.told = cache(lambda scenario: company(self.base.under(scenario)))

    def of(self, line: Rows, column: str) -> float:
        """A column of a block on a date, or its flow since an earlier one."""
        deal, read_in = self.base.deal, self.base.under(line.get("under", "base")).read
        values = read_in(deal.book.by_key[f"{line['of']}.{column}"])
        last = deal.timeline.period_of(line["date"])
        first = deal.timeline.period_of(line["since"]) if "since" in line and column not in STATES else last - 1
        return float(values[first + 1 : last + 1].sum())

    def figure(self, line: Rows, name: str) -> Any:
        """A figure or the words of a block."""
        return self.base.under(line.get("under", "base")).read(self.base.deal.book.by_key[f"{line['of']}.{name}"])


found_in = cache(lambda path: Found(read(path)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_company(path: Path) -> None:
    """Lines, figures and tests; in every scenario cash is counted once and no check fails."""
    golden, found = read(path), found_in(path)
    for line in golden.get("expected", []):
        for column in line.keys() - ABOUT:
            told = f"{column} of {line['of']} on {line['date']}, {line.get('under', 'base')}"
            assert found.of(line, column) == pytest.approx(line[column], abs=golden["tolerance"], rel=0), told
    for line in golden.get("figures", []):
        for name in line.keys() - ABOUT:
            seen, wanted = found.figure(line, name), line[name]
            told = f"{name} of {line['of']}, {line.get('under', 'base')}"
            assert seen == (wanted if isinstance(wanted, str) else pytest.approx(wanted, abs=golden["tolerance"], rel=0)), told
    for name in found.base.names:
        read_in = found.base.under(name).read
        assert [c.title for c in found.base.deal.checks if read_in(c.row("failed"))] == [], name


@pytest.mark.parametrize("path", [path for path in FILES if has(path, "tests")], ids=lambda path: path.stem)
def test_golden_tests_of_the_company(path: Path) -> None:
    """K1 to K7 as run.json tells them."""
    golden, found = read(path), found_in(path)
    for line in golden["tests"]:
        told = found.told(line.get("under", "base"))
        for key in line.keys() - ABOUT:
            for name, wanted in line[key].items():
                seen = told[key][name]
                about = f"{key} {name}, {line.get('under', 'base')}: {told[key]['reason']}"
                assert seen == (pytest.approx(wanted, abs=golden["tolerance"]) if isinstance(wanted, float) else wanted), about
            assert (told[key]["pass"] is None) == (told[key]["value"] is None and told[key]["limit"] is None), key


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_golden_company_could_be_a_case(path: Path) -> None:
    """The rules on input find nothing to refuse in it."""
    golden = read(path)
    assert golden["source"]
    assert [p for p in problems(found_in(path).case) if p.file == "company.yaml" and not p.warning] == []


@pytest.mark.parametrize("name", ["company-at-the-edge", "all-falls-due-at-once", "put-and-deposit", "net-leverage-of-six",
                                  "half-of-a-box-is-guaranteed"])
def test_a_spreadsheet_program_finds_the_same(name: str, tmp_path: Path) -> None:
    """Every formula cell of the company's blocks, recalculated without stored values."""
    book = found_in(FOLDER / f"{name}.yaml").base.deal.book
    ours = ("company.", "treasury.")
    found = [said for said in disagreements(book, tmp_path / "book.xlsx") if said.startswith(ours)]
    assert found == []


@pytest.mark.parametrize("name", ["company-at-the-edge", "guarantees-called-together"])
def test_the_page_is_live_under_every_scenario(name: str, tmp_path: Path) -> None:
    """Every formula cell of the sheet Company, recalculated under each position of the scenario selector."""
    ran, path = found_in(FOLDER / f"{name}.yaml").base, tmp_path / "company.xlsx"
    opened = Formualizer(write_workbook(ran, path))
    for scenario in ran.names:
        told = remembered(ran.under(scenario))
        opened.change({("Inputs", f"D{FIRST_LINE}"): scenario})
        cells = told.formulas[COMPANY]
        assert len(cells) > 150
        found = {cell: opened.one(COMPANY, cell) for cell in cells}
        assert {cell: seen for cell, seen in found.items() if not same(told.values[COMPANY, cell], seen)} == {}, scenario
