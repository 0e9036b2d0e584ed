"""Books that do not balance stop every run: rows are broken on purpose, and the row, the month and the size must be told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from model.box import Account
from model.cascade import Distribution, Payout, Step, Sweep, SweepShare
from model.cases import Run, run
from model.cli import main
from model.company import Treasury
from model.company.cash import AllCash
from model.contracts import Contract
from model.contracts.cash import ContractCash
from model.coverage import Slice
from model.cure import Cure
from model.deal import Deal
from model.debt import Statement
from model.debt.base import Instrument
from model.debt.clauses.commitment import Commitment
from model.debt.clauses.in_kind import PaidInKind
from model.debt.clauses.liquidity import HoldsMinimumCash
from model.errors import CheckError
from model.faults import FINITE, stop_at_columns
from model.inputs.schema import CompanyFile
from model.reserve import Reserve
from model.sheet import Block, Expr, prev, sum_of
from model.simulate.proof import Proof
from model.stack import Stack
from model.stress.record import record
from tests.oracle import Rows
from tests.strategies import box, case_of, contract, day, deal_of, draw, loan, num, prepaid, repay, tranche

START, END = date(2025, 12, 31), date(2027, 12, 31)
NOTHING = {"source": "test", "grade": "assumed"}


def told() -> Rows:
    """Two loans in a box that sweeps, saves and may be cured; notes in kind and a revolver above; cash runs short at the end."""
    loans = [loan("l", END, 48.0, 0.08, repay("level")),
             loan("ddtl", END, 20.0, 0.09, repay("bullet"), kind="delayed_draw", undrawn_before=num(30.0),
                  undrawn_fee=num(0.01, "rate"), availability_end=day(date(2026, 9, 30)), draws=[draw(date(2026, 4, 15), 10.0)]),
             loan("pik", date(2028, 12, 31), 10.0, 0.12, repay("bullet"), kind="in_kind", box=None),
             loan("rcf", date(2028, 12, 31), 5.0, 0.07, repay("bullet"), kind="revolver", box=None, undrawn_before=num(20.0),
                  minimum_cash=num(12.0), availability_end=day(date(2028, 11, 30)))]
    sold = contract("c", tranche(date(2026, 1, 1), date(2027, 6, 30), 9.0, 2.0), payment_days=num(30, "days"),
                    prepayments=[prepaid(date(2026, 1, 1), date(2026, 12, 31), held=12.0)])
    covenants = [{"id": "dscr", "test": "dscr", "lock_up": num(1.1, "x"), "default": num(1.0, "x"), "months": num(3, "no.")}]
    cures = {"on": "dscr", "until": day(END), "at_most": num(4.0), "times": num(2, "no."), **NOTHING}
    held = box(sweep=0.2, payout=0.8, reserve={"held_before": num(5.0), "months_of_service": num(3, "no."),
               "serves": ["interest", "principal"]}, covenants=covenants, cures=cures)
    return deal_of(START, 36, [sold], loans, [held], scenarios={"cheap": {"drivers.price_change": -0.3}}, moderate=["cheap"])


def made(said: Rows | None = None) -> Run:
    """The deal run, with a company above it."""
    above = {"liquidity": {"opening_cash": num(14)}, "overhead": {"monthly": num(1, "USD m a month")}}
    return run(Deal(replace(case_of(said or told()), company=CompanyFile.model_validate(above))))


@pytest.fixture(scope="module")
def good() -> Run:
    """The deal as it should be."""
    return made()


def break_row(monkeypatch: pytest.MonkeyPatch, kind: type[Block], name: str, wrong: Callable[[Any], Expr]) -> None:
    """Let a row of a kind of block be written otherwise."""
    declared = next(vars(one)[name] for one in kind.__mro__ if name in vars(one))
    monkeypatch.setattr(declared, "method", wrong)


Size = Callable[[Run, int], float]


def of(*keys: str) -> Size:
    """What rows of the good run add up to in a month."""
    return lambda good, month: float(sum(good.read(good.deal.book.by_key[key])[month] for key in keys))


Broken = tuple[type[Block], str, Callable[[Any], Expr], str, int, Size | None]
BROKEN: dict[str, Broken] = {  # block, row, what it becomes; check that fails, first month, size where that is easily told
    "a step hands on what it paid": (
        Step, "remaining", lambda s: s.available, "check.box.cash.size", 3, None),
    "a step pays what it does not have": (
        Step, "paid", lambda s: s.due, "box.reserve.filled", 24, None),
    "a sweep is not taken from the cash": (
        Sweep, "remaining", lambda s: s.available, "check.box.cash.size", 3, of("box.sweep.swept")),
    "a loan gets less than was swept": (
        SweepShare, "part", lambda s: s.swept * s.weight * s.weight, "check.box.cash.size", 3, None),
    "what is distributed stays as well": (
        Distribution, "remaining", lambda s: s.available, "check.box.cash.size", 3, of("box.distribution.surplus_out")),
    "the parent gets it twice": (
        Payout, "distribution", lambda s: sum_of(s.surpluses) + sum_of(s.surpluses) + s.released, "check.box.cash.size", 3,
        of("box.payout.distribution")),
    "cash kept is forgotten": (
        Account, "available", lambda s: sum_of(s.released_receipts_in), "check.box.cash.size", 6, of("box.account.kept_before")),
    "cash kept does not wait": (
        Account, "kept", lambda s: s.pays * s.left_over, "check.box.cash.size", 4, None),
    "a reserve forgets what fills it": (
        Reserve, "closing", lambda s: s.opening - s.drawn - s.released, "check.box.cash.size", 3, of("box.reserve.filled")),
    "a reserve pays more than it has, with nothing missing": (
        Reserve, "drawn", lambda s: s.missing + s.opening + s.filled, "box.reserve.closing", 24, None),
    "cures do not end up anywhere": (
        Cure, "closing", lambda s: s.opening - s.drawn - s.released, "check.box.cash.size", 24, of("box.cures.cured")),
    "a slice has cash that its contract has not": (
        Slice, "receipts", lambda s: s.contract_receipts, "check.takers.size", 3, None),
    "cash does not wait for the payment date": (
        Slice, "waiting", lambda s: s.releases * s.cash_since, "check.box.cash.size", 1, None),
    "an instalment does not repay": (
        Instrument, "after_service", lambda s: s.repayable - s.balloon, "check.l.debt.size", 3, of("l.scheduled")),
    "a draw is not owed": (
        Instrument, "repayable", lambda s: s.opening, "check.ddtl.debt.size", 4, of("ddtl.drawn")),
    "interest that was paid is owed again": (
        Instrument, "accrued", lambda s: prev(s.accrued) + s.accrual_before, "check.l.accrued.size", 3, of("l.interest")),
    "interest in kind is paid too": (
        PaidInKind, "interest", lambda s: s.interest_due, "check.pik.accrued.size", 3, of("pik.capitalised")),
    "a draw leaves the commitment as it was": (
        Commitment, "undrawn", lambda s: prev(s.undrawn), "check.ddtl.limit.size", 4, of("ddtl.drawn")),
    "a revolver is drawn beyond its limit": (
        HoldsMinimumCash, "topped_up", lambda s: s.needed + s.needed + s.needed + s.needed, "check.rcf.limit.size", 36, None),
    "the company receives twice": (
        Treasury, "received", lambda s: s.distributed + s.distributed, "check.company.flows.size", 3,
        of("box.payout.distribution")),
    "corporate cost is not paid": (
        Treasury, "before_financing", lambda s: s.received + s.business + s.plan_in - s.unsecured_service - s.repaid_early,
        "check.company.flows.size", 1, of("treasury.overhead")),
    "the revolver brings no cash": (
        Treasury, "cash", lambda s: s.before_revolver - sum_of(s.revolver_repaid), "check.company.flows.size", 2,
        of("rcf.topped_up")),
    "all cash forgets what boxes are helped with": (
        AllCash, "cash", lambda s: prev(s.cash) + sum_of(s.earned_in), "check.company.cash.size", 1, None),
    "bills are not collected": (
        ContractCash, "receipts", lambda s: s.collected() - s.prepayment_applied, "check.c.bills.size", 1,
        of("c.prepayment_applied")),
    "a prepayment is held for good": (
        Contract, "deferred_revenue", lambda s: sum_of(s.prepayments_held) + s.prepayment_applied, "check.c.prepaid.size", 1,
        None),
    "the stack forgets a loan": (
        Stack, "closing", lambda s: sum_of(s.closing_in) - sum_of(s.funded_in) - s.principal_due, "check.stack.size", 3, None),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_row_stops_the_run_and_is_told(name: str, good: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, row, wrong, failed, month, size = BROKEN[name]
    break_row(monkeypatch, kind, row, wrong)
    with pytest.raises(CheckError) as stopped:
        made()
    lines = [line for line in str(stopped.value).splitlines() if f": {failed} (" in line]
    assert lines, stopped.value
    assert "scenario base" in lines[0]
    assert f"(month {month})" in lines[0], lines[0]
    found = re.search(r"off by (-?[\d,.e+-]+) USD m", lines[0])
    assert found, lines[0]
    if size is not None:
        assert float(found[1].replace(",", "")) == pytest.approx(size(good, month), rel=1e-6), lines[0]


def test_a_figure_that_is_no_number_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first row in the order of calculation is told, not what rests on it."""
    break_row(monkeypatch, Statement, "closing", lambda s: (0 - s.opening) ** s.rate)
    with pytest.raises(CheckError) as stopped:
        made()
    first = str(stopped.value).splitlines()[0]
    assert re.search(rf"{FINITE}: \S+\.closing \(Closing balance\), scenario base, \w+ 2026 \(month \d+\): it is", first), first


def test_a_command_ends_with_3_and_an_earlier_output_survives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call = lambda *words: CliRunner().invoke(main, [str(word) for word in words])  # noqa: E731
    assert call("new", tmp_path / "case").exit_code == 0
    out = tmp_path / "out"
    out.mkdir()
    for name in ("run.json", "stress.json", "simulation.json", "falsify.json"):
        (out / name).write_text("an earlier good run")
    break_row(monkeypatch, Distribution, "remaining", lambda s: s.available)
    for command in ("run", "stress", "simulate", "falsify"):
        result = call(command, tmp_path / "case", "--out", out)
        assert result.exit_code == 3, command
        assert result.stdout == ""
        assert re.search(r"the books do not balance, nothing is printed: .*\.cash\.size .*\(month \d+\): off by", result.stderr)
    assert {path.read_text() for path in out.iterdir()} == {"an earlier good run"}


def broken_where_less_is_delivered(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that balances as signed."""
    break_row(monkeypatch, ContractCash, "receipts", lambda s: s.collected() * s.delivered)
    return made()


def test_stresses_and_paths_are_held_to_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What balances as signed and not under stress: in the catalogue, in columns of a search, in paths of a simulation."""
    ran = broken_where_less_is_delivered(monkeypatch)
    with pytest.raises(CheckError, match=r"check\.c\.bills\.size .*, scenario S\w+, .*off by"):
        record(ran)
    with pytest.raises(CheckError, match=r"scenario two, .*off by"):
        stop_at_columns(ran.deal, [{}, {"drivers.delivered": 0.5}], np.array([0.0, 1.0]), ["one", "two"])
    with pytest.raises(CheckError, match=r"check\.c\.bills\.size .*, scenario base, path 6 of block 1, .*off by"):
        Proof(ran, ["drivers.delivered"], [], 0)({"drivers.delivered": np.array([1.0] * 5 + [0.5] * 20)}, {}, 0)


def test_a_path_with_a_figure_that_is_no_number_stops_the_simulation(good: Run) -> None:
    debt = next(iter(good.deal.pairs.values())).row("debt")
    proof = Proof(good, ["drivers.delivered"], [debt], 0)
    delivered = {"drivers.delivered": np.ones(20)}
    proof(delivered, {debt: np.ones(20)}, 0)
    with pytest.raises(CheckError, match=r"path 3 of block 8: .*\.debt .*is no finite number"):
        proof(delivered, {debt: np.where(np.arange(20) == 2, np.inf, 1.0)}, 7)


def test_a_disclosed_total_that_is_not_met_is_told_and_stops_nothing() -> None:
    """It is for the author of the case: the run goes on, and Checks counts it."""
    said = told()
    said["case"]["reported"] = {"principal": num(99)}
    ran = made(said)
    failed = [check for check in ran.deal.checks if ran.read(check.row("failed"))]
    assert [(check.key, check.of_the_case) for check in failed] == [("check.principal", True)]
    assert ran.read(ran.deal.check_sum.row("failed")) == 1
    assert ran.read(ran.deal.check_sum.row("broken")) == 0


def test_a_row_that_is_divided_by_is_told_with_its_period(monkeypatch: pytest.MonkeyPatch) -> None:
    break_row(monkeypatch, Instrument, "growth", lambda s: 1 - s.pays)
    with pytest.raises(CheckError, match=r"\.growth \(One coupon's growth at .*\) must be above 0; it is 0 in period 3"):
        made()


def test_large_amounts_are_held_to_what_rounding_leaves() -> None:
    """Books of a thousand trillions balance to what fifteen digits can say, not to the cent."""
    said = told()
    for one in said["debt"]["instruments"]:
        one["balance"]["value"] *= 1e7
    for one in said["contracts"][0]["tranches"]:
        one["price"]["value"] *= 1e7
    ran = made(said)
    assert ran.read(ran.deal.check_sum.row("allowed")) > 1e-4
