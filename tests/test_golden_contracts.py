"""Customer contracts that a finance person can check with a pocket calculator: `tests/golden/contracts/*.yaml`.

A file says contracts, and where needed hardware, sites, curves and loans, in the words of a case file with plain numbers.
`expected` has lines: `of` names a contract, tranche, prepayment, loan, slice or pair (the contract `c` where it is left out),
`under` a scenario of the file; with `since` flows are those of the months after that date. `figures` are lines without a
date; `total_x` is the sum of a column over all months. The arithmetic stands in the file as a comment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

import model.contracts
from model.cases import Run, run
from model.clauses import clauses_of, words_of
from model.contracts import KINDS, CustomerContract, Landlord, Prepayment, Site
from model.deal import Deal
from model.drivers import Drivers
from model.fleet import WAYS, Hardware, Lot
from model.inputs.check import problems
from model.inputs.contracts import CONTRACTS, Credit
from model.inputs.schema import Case, ContractsFile
from model.inputs.values import Day, Number
from model.selling import DRIVEN
from model.sheet import Block, givens
from model.timeline import Curve, to_serial
from tests.oracle import Rows
from tests.strategies import case_of, day, deal_of, loan, num, repay
from tests.test_golden import EVIDENCE, instrument_in_words, read

FOLDER = Path(__file__).parent / "golden" / "contracts"
FILES = sorted(FOLDER.glob("*.yaml"))
COLUMNS = {  # what the lines of a file call the rows of the book
    "principal": ("scheduled", "balloon"),
    "uncollected": ("not_collected",),
    "book": ("fleet_book",),
    "gpus_paid": ("fleet_paid",),
}
STATES = ("closing", "deferred_revenue", "backlog", "cash_to_come", "book", "active_mw", "held", "dscr", "kept")
ABOUT = {"of", "under", "date", "since"}
PARTS = {"hardware": Hardware, "landlords": Landlord, "sites": Site, "fleet": Lot, "prepayments": Prepayment}


# ---- from plain words to a case -------------------------------------------------------------------------------------


def units_of(*parts: type[Block]) -> dict[str, str]:
    return {name: told.unit for part in parts for name, told in givens(part).items() if told.ask}


SHARED_UNITS = units_of(*PARTS.values(), CustomerContract, *CustomerContract.clauses) | {
    "payment_days": "days", "cap": "USD m", "share": "share", "resale": "share", "amount": "USD m"}
UNITS = {kind: SHARED_UNITS | units_of(*clauses_of(cls)) for kind, cls in KINDS.items()}


def in_words(told: Any, said: Any, units: dict[str, str], name: str) -> Any:
    """A plain value as a case file has it: a number with its unit, a date, or a set of terms."""
    origin, parts = get_origin(told), get_args(told)
    if origin is Annotated:
        return in_words(parts[0], said, units, name)
    if origin in (Union, UnionType):
        return in_words(next(p for p in parts if p is not NoneType), said, units, name)
    if origin is list:
        return [in_words(parts[0], one, units, name) for one in said]
    if origin is dict:
        return {key: in_words(parts[1], one, units, name) for key, one in said.items()}
    if isinstance(told, type) and issubclass(told, Number):
        return num(said, units[name])
    if told is Day:
        return day(said)
    if isinstance(told, type) and issubclass(told, BaseModel):
        return terms_in_words(told, said, units)
    return said


def terms_in_words(told: type[BaseModel], said: Rows, units: dict[str, str] = SHARED_UNITS) -> Rows:
    """The terms of a file, each as its field wants it."""
    fields = told.model_fields
    unknown = set(said) - set(fields)
    assert not unknown, f"{told.__name__} has no term {', '.join(sorted(unknown))}"
    shared = {name: word for name, word in (("source", "golden"), ("grade", "assumed")) if name in fields}
    return shared | {key: in_words(fields[key].annotation, one, units, key) for key, one in said.items()}


def contracts_in_words(golden: Rows) -> Rows:
    """contracts.yaml of a golden file."""
    told = ContractsFile.model_fields
    found = {part: in_words(told[part].annotation, golden[part], SHARED_UNITS, part)
             for part in ("hardware", "landlords", "sites") if part in golden}
    return found | {"contracts": [
        terms_in_words(CONTRACTS[said["kind"]], {"id": key, "name": key, "obligor": "Obligor"} | said, UNITS[said["kind"]])
        for key, said in golden["contracts"].items()]}


def case_of_golden(golden: Rows) -> Case:
    """A case around the contracts; without loans, a loan of nothing rests on the first of them."""
    said = contracts_in_words(golden)
    loans = [instrument_in_words(key, one, True) for key, one in golden.get("loans", {}).items()]
    last = date(golden["as_of"].year + 1, 12, 31)
    loans = loans or [loan("other", last, 0.0, 0.0, repay("bullet"))]
    deal = deal_of(golden["as_of"], golden["months"], said["contracts"], loans, debt_share=golden.get("debt_share"),
                   cash_share=golden.get("cash_share"), scenarios=golden.get("scenarios"))
    curves = {name: Curve(tuple(one["points"]), tuple(map(float, one["points"].values())), name, one["unit"], "golden", "assumed")
              for name, one in golden.get("curves", {}).items()}
    return replace(case_of(deal), contracts=ContractsFile.model_validate(said), curves=curves)


# ---- what the book says ---------------------------------------------------------------------------------------------


class Found:
    """A golden file as the model works it out."""

    def __init__(self, golden: Rows) -> None:
        self.base: Run = run(Deal(case_of_golden(golden)))
        self.table = cache(self._table)

    def _table(self, scenario: str, key: str) -> Any:
        return self.base.under(scenario).frame(key)

    def _rows(self, line: Rows, column: str) -> Any:
        table = self.table(line.get("under", "base"), line.get("of", "c"))
        return sum(table[name] for name in COLUMNS.get(column, (column,)) if name in table or column not in COLUMNS)

    def of(self, line: Rows, column: str) -> float:
        """A column of a line: what is at its date, or what has flowed since an earlier one."""
        timeline = self.base.deal.timeline
        last = timeline.period_of(line["date"])
        first = timeline.period_of(line["since"]) if "since" in line and column not in STATES else last - 1
        return float(self._rows(line, column).iloc[first:last].sum())

    def figure(self, line: Rows, name: str) -> float:
        """A figure of a block, or the total of a column."""
        if name.startswith("total_"):
            return float(self._rows(line, name.removeprefix("total_")).sum())
        rows = self.base.deal.book.by_key
        return float(self.base.under(line.get("under", "base")).read(rows[f"{line.get('of', 'c')}.{name}"]))


found_in = cache(lambda path: Found(read(path)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_contract(path: Path) -> None:
    golden, found = read(path), found_in(path)
    for line in golden["expected"]:
        for column in line.keys() - ABOUT:
            told = f"{column} of {line.get('of', 'c')} on {line['date']}, {line.get('under', 'base')}"
            assert found.of(line, column) == pytest.approx(line[column], abs=golden["tolerance"], rel=0), told
    for line in golden.get("figures", []):
        for name in line.keys() - ABOUT:
            wanted = to_serial(line[name]) if isinstance(line[name], date) else line[name]
            told = f"{name} of {line.get('of', 'c')}, {line.get('under', 'base')}"
            assert found.figure(line, name) == pytest.approx(wanted, abs=golden["tolerance"], rel=0), told


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_not_contracted_stands_in_no_test(path: Path) -> None:
    """CFADS is cash collected less cash cost: no renewal, merchant cash, sale of GPUs or support is among it."""
    found, golden = found_in(path), read(path)
    for scenario in ("base", *golden.get("scenarios", {})):
        for key, said in golden["contracts"].items():
            table = found.table(scenario, key)
            assert (table["cfads"] - (table["receipts"] - table["cost"])).abs().max() < 1e-9
            if KINDS[said["kind"]].counts_as != "contracted":
                assert not table["cfads"].any()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_check_of_the_book_fails(path: Path) -> None:
    base = found_in(path).base
    assert not any(base.under(scenario).read(base.deal.check_sum.row("failed")) for scenario in base.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_golden_contract_is_one_that_a_case_folder_may_state(path: Path) -> None:
    assert not [p for p in problems(case_of_golden(read(path))) if not p.warning and p.file != "debt.yaml"]


# ---- all of them ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_golden_file_says_where_its_numbers_come_from(path: Path) -> None:
    golden = read(path)
    assert golden["title"]
    assert golden["evidence"] in EVIDENCE
    assert golden["evidence"] == "closed form" or "https://" in golden["source"]
    assert golden["evidence"] != "closed form" or "closed form" in golden["source"].lower()
    assert golden["tolerance"] > 0
    assert path.read_text("utf-8").startswith("# "), "the arithmetic comes first"


def said_in(part: str) -> Iterator[Rows]:
    """What the files say of one part of a case: tranches, prepayments, sites."""
    for golden in map(read, FILES):
        yield from golden.get(part, [])
        for contract in golden["contracts"].values():
            yield from contract.get(part, [])
            for tranche in contract["tranches"]:
                yield from tranche.get(part, []) if part == "fleet" else []


def terms(cls: type[Block]) -> set[str]:
    """The numbers that a class asks for and the words stated for it."""
    return {name for name, told in givens(cls).items() if told.ask} | set(words_of(cls))


def contracts() -> list[Rows]:
    return [one for golden in map(read, FILES) for one in golden["contracts"].values()]


def test_every_class_of_contracts_has_its_terms_in_a_golden_file() -> None:
    said: set[str] = {term for one in contracts() for term in one}
    said |= {term for part in ("tranches", *PARTS) for one in said_in(part) for term in one}
    modules = [import_module(found.name) for found in walk_packages(model.contracts.__path__, "model.contracts.")]
    classes = {cls for one in modules for cls in vars(one).values() if isinstance(cls, type) and issubclass(cls, Block)}
    missing = {cls.__name__: left for cls in (*classes, Hardware, Lot) if (left := terms(cls) - said)}
    assert not missing


def test_every_kind_of_contract_has_a_golden_file() -> None:
    assert {one["kind"] for one in contracts()} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_its_own_terms(kind: str) -> None:
    said = {term for one in contracts() if one["kind"] == kind for tranche in one["tranches"] for term in (*one, *tranche)}
    shared = {term for clause in KINDS["take_or_pay"].clauses for term in terms(clause)} | {"opex", "end_moves"}
    assert terms(KINDS[kind]) - shared <= said
    assert set(CONTRACTS[kind].model_fields) - set(CONTRACTS["take_or_pay"].model_fields) <= said


def test_every_clause_of_a_tranche_is_in_a_golden_file() -> None:
    said = {term for one in said_in("tranches") for term in one}
    assert {term for kind in KINDS.values() for part in clauses_of(kind) for term in terms(part)} <= said


def test_every_term_of_a_whole_contract_is_in_a_golden_file() -> None:
    own = set(CONTRACTS["backstop"].model_fields) - {"id", "name", "investment_grade"}  # the rating: see golden/boxes
    assert own <= {term for one in contracts() for term in one}


@pytest.mark.parametrize("part", PARTS)
def test_every_term_of_the_parts_of_a_contract_is_in_a_golden_file(part: str) -> None:
    assert terms(PARTS[part]) <= {term for one in said_in(part) for term in one}


def test_every_rule_of_crediting_and_way_of_sale_is_in_a_golden_file() -> None:
    rules = {one["credit"]["rule"] for one in said_in("prepayments") if "credit" in one}
    assert rules == set(get_args(Credit.model_fields["rule"].annotation))
    assert {one.get("sold_as", "auction") for one in said_in("hardware")} == set(WAYS)


def test_every_driver_of_contracts_moves_a_golden_file() -> None:
    moved = {key for golden in map(read, FILES) for told in golden.get("scenarios", {}).values() for key in told}
    assert {f"drivers.{name}" for name in DRIVEN.values() if name in givens(Drivers)} - {"drivers.tolerance"} <= moved
