"""A branch of a run gives what a whole run gives, and never a number that has moved and was not calculated."""

from __future__ import annotations

import numpy as np
import pytest

from model.sheet import PERIOD, Block, Book, Branch, Expr, evaluate, figure, given, line, maximum, prev, total

PERIODS = 6


class Account(Block):
    """Money in, money out, and what another account sends."""

    start = given("USD m", "Start", default=10)
    rate = given("rate", "Rate", default=0.1)
    fee = given("USD m", "Fee", default=1)
    sent = given("USD m", "Sent by another", per=PERIOD)

    @line("USD m", opening="start")
    def balance(self) -> Expr:
        """Balance"""
        return prev(self.balance) * (1 + self.rate) + self.sent - self.fee

    @line("USD m")
    def above(self) -> Expr:
        """Above the fee"""
        return maximum(0, self.balance - self.fee)

    @figure("USD m")
    def whole(self) -> Expr:
        """Whole"""
        return total(self.above)

    @figure("USD m")
    def double(self) -> Expr:
        """Twice the whole"""
        return self.whole + self.whole


def book() -> Book:
    first = Account("First", sent=[1.0] * PERIODS)
    second = Account("Second", sent=first.row("balance"))
    return Book([first, second, Account("Third", sent=[2.0] * PERIODS)], PERIODS)


CASES = [{}, {"first.rate": 0.2}, {"first.rate": 0.0, "second.fee": 3.0}]


def columns_of(cases: list[dict[str, float]], it: Book) -> dict[str, list[float]]:
    keys = {key: float(evaluate(it).one(it.by_key[key])) for case in cases for key in case}
    return {key: [case.get(key, base) for case in cases] for key, base in keys.items()}


def test_a_branch_gives_what_a_whole_run_gives() -> None:
    """Under each scenario of a run, with other inputs moved on top."""
    it = book()
    values = evaluate(it, columns_of(CASES, it))
    moves = [(0, {}), (1, {"second.start": 4.0}), (2, {"second.start": 7.0, "second.rate": 0.3}), (2, {})]
    target = it.by_key["second.double"]
    found = Branch(values, ["second.start", "second.rate"], [target]).evaluate(moves)
    whole = evaluate(it, columns_of([{**CASES[scenario], **told} for scenario, told in moves], it))
    assert np.array_equal(np.broadcast_to(found[target], (4,)), whole[target])
    over = Branch(values, ["second.fee"], [target]).evaluate([(2, {"second.fee": 0.5}), (0, {})], over=found)
    again = evaluate(it, columns_of([{**CASES[2], **moves[2][1], "second.fee": 0.5}, CASES[0]], it))
    assert np.array_equal(over[target], again[target])


def test_only_what_lies_between_is_calculated_and_lines_are_forgotten() -> None:
    it = book()
    values = evaluate(it)
    branch = Branch(values, ["second.fee"], [it.by_key["second.double"]])
    assert {row.key for knot in branch.knots for row in knot.rows} == {
        "second.fee", "second.balance", "second.above", "second.whole", "second.double"}
    found = branch.evaluate([(0, {"second.fee": 2.0})])
    assert found[it.by_key["second.whole"]] < values[it.by_key["second.whole"]]
    assert found[it.by_key["third.above"]] is values[it.by_key["third.above"]]
    for forgotten in ("second.balance", "second.above"):
        with pytest.raises(KeyError):
            found[it.by_key[forgotten]]


def test_a_row_that_moves_but_was_not_asked_for_is_refused() -> None:
    """Its value in the run would be an old one."""
    it = book()
    found = Branch(evaluate(it), ["first.fee"], [it.by_key["first.whole"]]).evaluate([(0, {"first.fee": 2.0})])
    with pytest.raises(KeyError):
        found[it.by_key["second.whole"]]
