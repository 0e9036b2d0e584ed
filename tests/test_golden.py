"""Schedules that a finance person can read and check: `tests/golden/*.yaml`, each with its source and tolerance.

A file says an instrument in the words of a case file, with plain numbers: kind, terms, clauses, repayment. Amounts are in
the unit of the source. Unless the file says otherwise dates are not adjusted to business days, so that the periods of a
published table are exact. `expected` has a line for each payment date, unless `rows: some`; beside it `figures` of the
instrument or its cover, and `falls_due` by year. A file with `calculation` checks a formula on `given` numbers instead.
`evidence` says where the expected numbers come from: published, third-party (a public reference case) or closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from model.cases import Run, run
from model.clauses import asked_terms
from model.deal import Deal
from model.debt import KINDS
from model.debt.call import make_whole
from model.debt.clauses import FleetCollateral, MovesWithService
from model.debt.conversion import (
    Conversion,
    IfConverted,
    MakeWholeTable,
    Offering,
    SettlementAt,
    make_whole_shares,
)
from model.debt.effective import accretion_schedule
from model.debt.profile import sculpted, sculpted_amount
from model.inputs.check import problems
from model.inputs.company import LiquidityFile
from model.inputs.instruments import INSTRUMENTS, Repayment
from model.inputs.schema import Case, CompanyFile, Reported
from model.inputs.values import Day, Number
from model.sheet import Block, Book, evaluate, givens
from tests.oracle import Rows, month_end
from tests.strategies import box, case_of, contract, day, deal_of, loan, num, repay, tranche

FOLDER = Path(__file__).parent / "golden"
FILES = sorted(FOLDER.glob("*.yaml"))
EVIDENCE = ("published", "third-party", "closed form")
COLUMNS = {  # what the lines of a file call the rows of the book
    "principal": ("scheduled", "balloon"),
    "service": ("service", "balloon"),
    "cash": ("service", "balloon", "from_events", "from_proceeds", "call_cost"),
    "premium": ("premium_due",),
    "call_premium": ("call_cost",),
    "repaid_early": ("from_events", "from_proceeds"),
}
STATES = ("opening", "closing", "undrawn", "unamortised", "carrying", "current", "non_current", "realisation")
PAID_ON_DATES = {"interest", "principal", "service", "fee"}
UNITS = {name: told.unit for part in (*(c for kind in KINDS.values() for c in (*kind.clauses, kind)), Conversion, Offering)
         for name, told in givens(part).items() if told.ask} | {
    "rate": "rate", "target": "x", "uncontracted_target": "x", "percent": "share", "prices": "share", "make_whole_rate": "rate",
    "premium": "share", "residual": "share", "draw_months": "no."}


def has(path: Path, key: str) -> bool:
    """Whether a file has a key, without the time that it takes to read it: every worker asks, and one of them reads."""
    return f"\n{key}:" in f"\n{path.read_text('utf-8')}"


@cache
def read(path: Path) -> Rows:
    found: Rows = YAML(typ="safe").load(path.read_text("utf-8"))
    return found


# ---- from plain words to a case -------------------------------------------------------------------------------------


def in_words(told: Any, said: Any, unit: str = "USD m") -> Any:
    """A plain value as a case file has it: a number with its unit, a date or a set of terms with their source."""
    origin, parts = get_origin(told), get_args(told)
    if origin is Annotated:
        return in_words(parts[0], said, unit)
    if origin in (Union, UnionType):
        return in_words(next(p for p in parts if p is not NoneType), said, unit)
    if origin is list:
        return [in_words(parts[0], one, unit) for one in said]
    if origin is dict:
        return {key: in_words(parts[1], one, unit) for key, one in said.items()}
    if isinstance(told, type) and issubclass(told, Number):
        return num(said, unit)
    if told is Day:
        return day(said)
    if isinstance(told, type) and issubclass(told, BaseModel):
        return terms_in_words(told, said)
    return said


def terms_in_words(model: type[BaseModel], said: Rows) -> Rows:
    """The terms of a file, each as its field wants it."""
    unknown = set(said) - set(model.model_fields)
    assert not unknown, f"{model.__name__} has no term {', '.join(sorted(unknown))}"
    told = {key: in_words(model.model_fields[key].annotation, one, UNITS.get(key, "USD m")) for key, one in said.items()}
    shared = {"source": "golden", "grade": "assumed"}
    return {key: one for key, one in shared.items() if key in model.model_fields} | told


def instruments_of(golden: Rows) -> dict[str, Rows]:
    return golden.get("instruments") or {"loan": golden["instrument"]}


def instrument_in_words(key: str, said: Rows, in_box: bool) -> Rows:
    plain: Rows = {"id": key, "name": key, "box": "box" if in_box else None, "business_days": "none", "adjust_accrual": False}
    if "business_days" in said:
        plain["adjust_accrual"] = True
    return terms_in_words(INSTRUMENTS[said["kind"]], plain | said)


def sales_of(golden: Rows) -> list[Rows]:
    """Capacity that the customer buys: given by the month, or as cash by calendar year."""
    said = golden.get("contract")
    if said is None:
        return [tranche(date(golden["as_of"].year + 1, 1, 1), date(golden["as_of"].year + 2, 12, 31), 0.0)]
    if "cash_a_year" in said:
        return [tranche(date(y, 1, 1), date(y, 12, 31), cash / 12) for y, cash in said["cash_a_year"].items()]
    return [tranche(s["start"], s["end"], s["price_a_month"], s["cost_a_month"])
            for s in (said if isinstance(said, list) else [said])]


def months_of(golden: Rows) -> int:
    """The timeline reaches past the last maturity and the last contract."""
    last, as_of = _dates_in(golden), golden["as_of"]
    return min(240, max([36, *((d.year - as_of.year) * 12 + d.month - as_of.month + 2 for d in last)]))


def _dates_in(said: Any) -> list[date]:
    if isinstance(said, Mapping):
        years = [date(key, 12, 31) for key in said if isinstance(key, int) and 1990 < key < 2100]
        return [*years, *(d for one in said.values() for d in _dates_in(one)), *(k for k in said if isinstance(k, date))]
    if isinstance(said, list):
        return [d for one in said for d in _dates_in(one)]
    return [said] if isinstance(said, date) else []


def case_of_golden(golden: Rows) -> Case:
    """A case around the instruments: debt on GPUs in a box with the contract, a loan of nothing where there is none."""
    as_of = golden["as_of"]
    loans = [instrument_in_words(key, said, "contract" in golden or KINDS[said["kind"]].on_gpus)
             for key, said in instruments_of(golden).items()]
    if all(said["box"] is None for said in loans):
        loans.append(loan("other", month_end(date(as_of.year + 1, 12, 1)), 0.0, 0.0, repay("bullet")))
    scenarios = {"told": {f"loan.{k}": v for k, v in golden["scenario"].items()}} if "scenario" in golden else None
    deal = deal_of(as_of, months_of(golden), [contract("c", *sales_of(golden))], loans, [box(sweep=golden.get("sweep"))],
                   scenarios=scenarios)
    rates = golden.get("base_rates", 0.0)
    deal["curves"] = {"base": sorted(rates.items()) if isinstance(rates, Mapping) else [(as_of, rates)],
                      "share": [(as_of, golden.get("share_prices", 0.0))]}
    if "reported" in golden:
        deal["case"]["reported"] = in_words(Reported, golden["reported"])
    company = {"liquidity": in_words(LiquidityFile, golden["company"])} if "company" in golden else {}
    return replace(case_of(deal), company=CompanyFile.model_validate(company))


def run_golden(golden: Rows) -> Run:
    ran = run(Deal(case_of_golden(golden)))
    return ran.under("told") if "scenario" in golden else ran


# ---- what the book says ---------------------------------------------------------------------------------------------


class Found:
    """A golden file as the model works it out."""

    def __init__(self, golden: Rows) -> None:
        self.ran = run_golden(golden)
        self.tables = {key: self.ran.frame(key) for key in instruments_of(golden)}

    def of(self, line: Rows, column: str) -> float:
        """A column of a line: what is at its date, or what has flowed since an earlier one."""
        key, last = line.get("of", "loan"), self.ran.deal.timeline.period_of(line["date"])
        if column == "dscr":
            return float(self.ran.frame("pair.c")["dscr"].iloc[last - 1])
        if column == "company_cash":
            return float(self.ran.frame("treasury")["cash"].iloc[last - 1])
        table, names = self.tables[key], COLUMNS.get(column, (column,))
        if column in COLUMNS:
            names = tuple(name for name in names if name in table)
            assert names, f"the instrument has no {column}"
        first = self.ran.deal.timeline.period_of(line["since"]) if "since" in line and column not in STATES else last - 1
        return float(sum(table[name].iloc[first:last].sum() for name in names))

    def figure(self, name: str) -> float:
        """A figure of the instrument or of its cover, or the total of a column."""
        if name.startswith("total_"):
            table, column = self.tables["loan"], name.removeprefix("total_")
            return float(sum(table[row].sum() for row in COLUMNS.get(column, (column,)) if row in table))
        rows = self.ran.deal.book.by_key
        return float(self.ran.read(rows[f"loan.{name}"] if f"loan.{name}" in rows else rows[f"pair.c.{name}"]))

    def falls_due(self) -> dict[int, float]:
        """Principal of the as-of balances by calendar year."""
        due: dict[int, float] = {}
        for table in self.tables.values():
            for end, amount in table["due_on_as_of_stack"].items():
                due[end.year] = due.get(end.year, 0.0) + float(amount)
        return due

    def paid_on(self, key: str) -> list[date]:
        """Payment dates of an instrument, to the last that repays."""
        return [c.pay for c in self.ran.deal.lending.dated[key].coupons]


CALCULATION_FILES = [path for path in FILES if has(path, "calculation")]
INSTRUMENT_FILES = [path for path in FILES if path not in CALCULATION_FILES]


@pytest.mark.parametrize("path", INSTRUMENT_FILES, ids=lambda path: path.stem)
def test_golden_schedule(path: Path) -> None:
    golden = read(path)
    found, allowed = Found(golden), golden["tolerance"]
    for line in golden.get("expected", []):
        for column in line.keys() - {"date", "since", "of"}:
            assert found.of(line, column) == pytest.approx(line[column], abs=allowed), f"{column} on {line['date']}"
    for key in instruments_of(golden):
        lines = [line for line in golden.get("expected", []) if line.get("of", "loan") == key]
        due = [line["date"] for line in lines if "since" not in line and line.keys() & PAID_ON_DATES]
        paid = found.paid_on(key)
        assert set(due) <= set(paid), "money is due on payment dates"
        if "expected" in golden and golden.get("rows") != "some":
            assert [line["date"] for line in lines] == paid, "every payment date has a line"
    for name, value in golden.get("figures", {}).items():
        assert found.figure(name) == pytest.approx(value, abs=allowed), name
    by_year = found.falls_due()
    for year, value in golden.get("falls_due", {}).items():
        assert by_year.get(year, 0.0) == pytest.approx(value, abs=allowed), f"due in {year}"


@pytest.mark.parametrize("path", INSTRUMENT_FILES, ids=lambda path: path.stem)
def test_every_golden_instrument_is_one_that_a_case_folder_may_state(path: Path) -> None:
    """Some published notes are older than the dates of a case folder; their terms are not."""
    found = [problem for problem in problems(case_of_golden(read(path))) if not problem.warning]
    assert not [p for p in found if p.file == "debt.yaml" and not isinstance(p.seen, date)]


# ---- formulas -------------------------------------------------------------------------------------------------------


def block_of(block: Callable[..., Block]) -> Callable[[Rows], Rows]:
    """Every figure of a block."""

    def worked_out(given: Rows) -> Rows:
        made = block("golden", **{k: float(v) for k, v in given.items()})
        values = evaluate(Book([made], 1))
        return {row.declared.name: float(values.one(row)) for row in made.rows() if row.declared.name not in given}

    return worked_out


def effective_interest(given: Rows) -> Rows:
    done = accretion_schedule(**given)
    return {"rate": done.rate, "interest": done.interest, "coupon": done.coupon, "accretion": done.accretion,
            "carrying": done.carrying, "total_interest": done.interest.sum(), "total_accretion": done.accretion.sum()}


def shares_added(given: Rows) -> Rows:
    table = MakeWholeTable(given["stock_prices"], given["additional_shares"])
    return {"shares": make_whole_shares(table, given["date"], given["price"])}


def make_whole_price(given: Rows) -> Rows:
    return {"price": 1 + make_whole(**given)}


def sculpted_debt(given: Rows) -> Rows:
    cfads, factors = given["cfads"], [given["rate"]] * len(given["cfads"])
    debt = sculpted_amount(cfads, factors, given["dscr"])
    principal = sculpted(debt, cfads, factors, given["dscr"])
    closing = [debt - sum(principal[:k]) for k in range(1, len(cfads) + 1)]
    interest = [given["rate"] * owed for owed in (debt, *closing[:-1])]
    return {"debt": debt, "principal": principal, "interest": interest, "closing": closing}


CALCULATIONS: dict[str, Callable[[Rows], Rows]] = {
    "if-converted earnings per share": block_of(IfConverted),
    "settlement of a convertible note": block_of(SettlementAt),
    "make-whole shares": shares_added,
    "make-whole price": make_whole_price,
    "effective interest": effective_interest,
    "sculpted debt": sculpted_debt,
}


@pytest.mark.parametrize("path", CALCULATION_FILES, ids=lambda path: path.stem)
def test_golden_calculation(path: Path) -> None:
    golden = read(path)
    work_out, shared = CALCULATIONS[golden["calculation"]], golden.get("terms", {})
    for case in golden["cases"]:
        found = work_out(shared | case.get("given", {}))
        allowed = case.get("tolerance", golden["tolerance"])
        for name, value in case["expected"].items():
            numbers, wanted = (list(found[name]), list(value)) if isinstance(value, list) else ([found[name]], [value])
            assert numbers[: len(wanted)] == pytest.approx(wanted, abs=allowed), f"{name} of {case.get('given', '')}"


# ---- all of them ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_golden_file_says_where_its_numbers_come_from(path: Path) -> None:
    golden = read(path)
    assert golden["title"]
    assert golden["evidence"] in EVIDENCE
    assert golden["evidence"] != "published" or "https://" in golden["source"] or "http://" in golden["source"]
    assert golden["evidence"] != "closed form" or "closed form" in golden["source"].lower()
    assert golden["tolerance"] > 0
    assert golden.get("expected") or golden.get("figures") or golden.get("falls_due") or golden.get("cases")


def test_every_kind_of_instrument_has_a_golden_file() -> None:
    assert {said["kind"] for path in INSTRUMENT_FILES for said in instruments_of(read(path)).values()} == set(KINDS)


def test_every_repayment_rule_has_a_golden_file() -> None:
    rules = set(get_args(Repayment.model_fields["profile"].annotation))
    assert {s["repayment"]["profile"] for p in INSTRUMENT_FILES for s in instruments_of(read(p)).values()} == rules


@pytest.mark.parametrize("kind", KINDS)
def test_every_clause_of_a_kind_has_a_golden_file(kind: str) -> None:
    said = [set(one) for path in INSTRUMENT_FILES for one in instruments_of(read(path)).values()]
    for clause in KINDS[kind].clauses:
        if clause not in (MovesWithService, FleetCollateral):  # they look at contracts, and stand in golden/contracts
            assert any(asked_terms(clause) & terms for terms in said), clause.__name__


def test_every_calculation_has_a_golden_file() -> None:
    assert {read(path)["calculation"] for path in CALCULATION_FILES} == set(CALCULATIONS)
