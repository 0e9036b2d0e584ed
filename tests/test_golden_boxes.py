"""Boxes that a finance person can check with a pocket calculator: `tests/golden/boxes/*.yaml`.

A file says contracts, loans and the terms of one box in the words of a case file with plain numbers. `expected` has a table
for each block: a line of heads, then a line a date; a name without a dot or with the box's own is a block of the box
(`dsra`, `interest.a`), others are loans, contracts and pairs. Null is a blank reading. `under` has the same by scenario;
`figures` are those of a pair, loan or block. The arithmetic stands in the file as a comment.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from model.cases import Run, run
from model.clauses import clauses_of
from model.covenants import KINDS as COVENANTS
from model.cure import Cure
from model.deal import Deal
from model.inputs.check import problems
from model.inputs.schema import COVENANT_FILES, AccountFile, BoxFile, Case, ContractsFile, CuresFile
from model.reserve import ReserveAccount
from model.sheet import givens
from model.timeline import Curve, to_serial
from model.waterfall import GRAMMAR, LEVELS
from model.waterfall import read as read_step
from tests.oracle import Rows
from tests.strategies import case_of, deal_of
from tests.test_golden import EVIDENCE, instrument_in_words, read
from tests.test_golden_contracts import contracts_in_words, terms_in_words, units_of

FOLDER = Path(__file__).parent / "golden" / "boxes"
FILES = sorted(FOLDER.glob("*.yaml"))
ACCOUNT_UNITS = units_of(*clauses_of(ReserveAccount)) | {"amount": "USD m"}
COLUMNS = {"principal": "scheduled"}


# ---- from plain words to a case -------------------------------------------------------------------------------------


def box_in_words(said: Rows) -> Rows:
    """A box of debt.yaml."""
    accounts = [terms_in_words(AccountFile, one, ACCOUNT_UNITS) for one in said.get("accounts", [])]
    covenants = [terms_in_words(COVENANT_FILES[one["test"]], one, units_of(COVENANTS[one["test"]]))
                 for one in said.get("covenants", [])]
    cures = {"cures": terms_in_words(CuresFile, said["cures"], units_of(Cure))} if "cures" in said else {}
    return {"id": "box", "name": "Box", "ring_fenced": True, "accounts": accounts, "covenants": covenants, **cures,
            "waterfall": {"source": "golden", "grade": "assumed", "steps": said["steps"]}}


def case_of_golden(golden: Rows) -> Case:
    """A case of one box with its loans; without shares, the first contract answers for all of them."""
    contracts = contracts_in_words(golden)
    loans = [instrument_in_words(key, one, True) for key, one in golden["loans"].items()]
    deal = deal_of(golden["as_of"], golden["months"], contracts["contracts"], loans, [box_in_words(golden["box"])],
                   debt_share=golden.get("debt_share"), cash_share=golden.get("cash_share"),
                   scenarios=golden.get("scenarios"), moderate=golden.get("moderate", []))
    curves = {name: Curve(tuple(one["points"]), tuple(map(float, one["points"].values())), name, one["unit"], "golden", "assumed")
              for name, one in golden.get("curves", {}).items()}
    return replace(case_of(deal), contracts=ContractsFile.model_validate(contracts), curves=curves)


found_in = cache(lambda path: run(Deal(case_of_golden(read(path)))))


# ---- what the book says ---------------------------------------------------------------------------------------------


def block_of(ran: Run, name: str) -> str:
    """The block that a table of a file is about."""
    keys = {block.key for block in ran.deal.book.blocks}
    return f"box.{name}" if f"box.{name}" in keys else name


def differences(ran: Run, tables: Rows, allowed: float) -> list[str]:
    """Every number of the tables that the book does not have."""
    found = []
    for name, (heads, *lines) in tables.items():
        frame = ran.frame(block_of(ran, name))
        for when, *wanted in lines:
            here = frame.iloc[ran.deal.timeline.period_of(when) - 1]
            for head, number in zip(heads[1:], wanted, strict=True):
                seen = float(here[COLUMNS.get(head, head)])
                same = isnan(seen) if number is None else abs(seen - number) <= allowed
                found += [] if same else [f"{head} of {name} on {when}: {seen:.6f} in the book, {number} by hand"]
    return found


def figure(ran: Run, name: str) -> Any:
    """A figure of a block."""
    block, _, row = name.rpartition(".")
    return ran.read(ran.deal.book.by_key[f"{block_of(ran, block)}.{row}"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_box(path: Path) -> None:
    golden, ran = read(path), found_in(path)
    found = differences(ran, golden["expected"], golden["tolerance"])
    for scenario, tables in golden.get("under", {}).items():
        found += [f"{scenario}: {one}" for one in differences(ran.under(scenario), tables, golden["tolerance"])]
    for name, wanted in golden.get("figures", {}).items():
        seen = figure(ran, name)
        number = to_serial(wanted) if isinstance(wanted, date) else wanted
        if seen != wanted if isinstance(wanted, str) else abs(float(seen) - number) > golden["tolerance"]:
            found.append(f"{name}: {seen} in the book, {wanted} by hand")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_payment_date_has_a_line(path: Path) -> None:
    """The table of the box's account is whole: no date is left out on which the box pays, to the last line of the file."""
    golden, ran = read(path), found_in(path)
    lines = [line[0] for line in golden["expected"]["account"][1:]]
    pays = ran.frame("box.account")["pays"]
    assert lines == [day for day, flag in pays.items() if flag and day <= lines[-1]]
    assert lines[-1] >= max(one["maturity"] for one in golden["loans"].values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_check_of_the_book_fails(path: Path) -> None:
    ran = found_in(path)
    assert not [f"{name}: {check.title}" for name in ran.names for check in ran.deal.checks
                if ran.under(name).read(check.row("failed"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_golden_box_is_one_that_a_case_folder_may_state(path: Path) -> None:
    assert not [p for p in problems(case_of_golden(read(path))) if p.file == "debt.yaml"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_golden_file_says_where_its_numbers_come_from(path: Path) -> None:
    golden = read(path)
    assert golden["title"]
    assert golden["evidence"] in EVIDENCE
    assert "closed form" in golden["source"].lower()
    assert golden["tolerance"] > 0
    assert path.read_text("utf-8").startswith("# "), "the arithmetic comes first"


# ---- all of them ----------------------------------------------------------------------------------------------------


def boxes() -> list[Rows]:
    return [read(path)["box"] for path in FILES]


def test_every_term_of_a_box_is_in_a_golden_file() -> None:
    """Accounts, cures, and every test of a covenant with a lock-up."""
    accounts = {term for box in boxes() for one in box.get("accounts", []) for term in one}
    assert set(AccountFile.model_fields) <= accounts | {"id"}
    assert set(CuresFile.model_fields) <= {term for box in boxes() for term in box.get("cures", {})} | {"source", "grade"}
    covenants = [one for box in boxes() for one in box.get("covenants", [])]
    assert {one["test"] for one in covenants} == set(COVENANTS)
    assert set(COVENANT_FILES["dscr"].model_fields) <= {term for one in covenants for term in one}
    assert {name for name in BoxFile.model_fields if name not in ("id", "name", "ring_fenced", "waterfall")} <= {
        name for box in boxes() for name in box}


def test_every_kind_of_step_is_in_a_golden_file() -> None:
    orders = [read_step(text) for box in boxes() for text in box["steps"]]
    assert {one.verb for one in orders if one} == set(GRAMMAR)
    assert {one.what for one in orders if one and one.verb == "pay"} == set(LEVELS)
    for verb in ("sweep", "distribute"):
        said = [one for one in orders if one and one.verb == verb]
        assert any(one.conditions for one in said)
        assert any(one.share < 1 for one in said)
    conditions = {(c.sign, c.level) for one in orders if one for c in one.conditions}
    assert conditions >= {(">=", "lock_up"), ("<", "lock_up"), ("<=", "lock_up"), (">", "lock_up"), (">=", "default")}
    assert any(len(one.conditions) > 1 for one in orders if one)


def test_every_clause_of_an_account_asks_for_something() -> None:
    assert all({n for n, told in givens(part).items() if told.ask} for part in clauses_of(ReserveAccount))
