"""The largest loan and the value of a note, asked of a case: the run itself confirms the size."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner

from model.cli import main
from model.debt.sizing import SizingTerms
from model.errors import RequestError
from model.on_request import largest_loan, note_value
from tests.oracle import Rows
from tests.strategies import contract, deal_of, loan, num, repay, run_deal, tranche

CUSTOMER = contract("c", tranche(date(2025, 1, 1), date(2029, 12, 31), 10.0, 3.0))


def deal_with(balance: float, target: float, **terms: object) -> Rows:
    said = loan("l", date(2029, 12, 31), balance, 0.08, repay("sculpted", target=num(target, "x")), **terms)
    return deal_of(date(2024, 12, 31), 72, [CUSTOMER], [said])


@pytest.mark.parametrize("target", [1.15, 1.4])
def test_the_run_of_a_loan_at_its_largest_size_stands_at_its_cover_on_every_date(target: float) -> None:
    sized = largest_loan(run_deal(deal_with(1.0, target)).deal, "l", SizingTerms(target))
    assert sized.binding == "dscr"
    ran = run_deal(deal_with(sized.amount, target))
    cover = ran.read(ran.deal.pairs["c"].row("dscr"))[1:61]
    assert cover[cover == cover] == pytest.approx([target] * 20, rel=1e-9), "quarterly dates, all at the target"
    assert ran.read(ran.deal.instruments["l"].row("closing"))[60] == pytest.approx(0, abs=1e-9)
    more = run_deal(deal_with(sized.amount * 1.001, target))
    assert more.read(more.deal.instruments["l"].row("balloon")).sum() > 0.1, "a larger loan leaves a balloon"


def test_the_limit_that_binds_is_named() -> None:
    deal = run_deal(deal_with(1.0, 1.2)).deal
    assert largest_loan(deal, "l", SizingTerms(1.2, commitment=100.0)).binding == "commitment"
    assert largest_loan(deal, "l", SizingTerms(1.2, loan_to_cost=0.5, cost=150.0)).amount == pytest.approx(75.0)
    assert largest_loan(deal, "l", SizingTerms(1.2, tail=8)).binding == "tail"


def test_what_the_case_does_not_hold_is_refused_in_words() -> None:
    deal = run_deal(deal_with(1.0, 1.2)).deal
    with pytest.raises(RequestError, match="no instrument called x"):
        largest_loan(deal, "x", SizingTerms(1.2))
    with pytest.raises(RequestError, match="no terms of conversion"):
        note_value(deal, "l", 0.5, 0.03, 0.09)


def test_commands_answer_and_refuse() -> None:
    ask = CliRunner().invoke
    sized = ask(main, ["size", "inputs/coreweave-ipo", "ddtl-2", "--dscr", "1.2", "--commitment", "7600"])
    assert sized.exit_code == 0
    assert "binds" in sized.output
    valued = ask(main, ["value", "inputs/coreweave-2025-12", "convertible-2031", "--volatility", "0.7", "--risk-free", "0.037",
                        "--credit-yield", "0.09"])
    assert valued.exit_code == 0
    assert "none of them is the fair value" in valued.output
    assert ask(main, ["size", "inputs/coreweave-ipo", "nobody", "--dscr", "1.2"]).exit_code == 2
    assert ask(main, ["size", "inputs/coreweave-ipo", "ddtl-2", "--dscr", "1.2", "--ltc", "0.8"]).exit_code == 2
