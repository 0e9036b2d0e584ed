"""The language itself: what it refuses, in which order it calculates, and what its folds say of one row."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from model.errors import BuildError, CheckError
from model.sheet import (
    PERIOD,
    TEXT,
    Block,
    Book,
    Expr,
    Place,
    Sourced,
    Step,
    amount,
    at,
    choose,
    definition,
    evaluate,
    explain,
    figure,
    first_when,
    following,
    formula,
    given,
    givens,
    highest,
    line,
    lowest,
    many,
    minimum,
    on_date,
    pick,
    prev,
    ratio,
    sentence,
    share,
    slug,
    sum_of,
    total,
    where,
    words,
)
from model.sheet.evaluate import refresh

T = 4


class Loan(Block):
    """A balance that is paid down; the subject of most tests."""

    start = given("USD m", "Amount drawn", default=100.0, low=0.0)
    rate = given("", "Rate", default=0.1, source="term sheet")
    divisor = given("", "Parts", default=4.0, above=0.0)
    tolerance = given("USD m", "Tolerance", default=1e-6)
    cash = given("USD m", "Cash", per=PERIOD, default=(10.0, 20.0, 30.0, 0.0))  # type: ignore[arg-type]
    name = given("", "Name", per=TEXT, default="loan")

    @line("USD m", opening="start")
    def closing(self) -> Expr:
        """Closing balance"""
        return prev(self.closing) - self.paid

    @line("USD m", key=True)
    def paid(self) -> Expr:
        """Amount paid

        On the last day of the period,
        as far as cash lasts.
        Source: term sheet, section 2,
        as amended.
        """
        return minimum(self.cash, prev(self.closing))

    @line("")
    def cover(self) -> Expr:
        """Cover"""
        return ratio(self.paid, self.cash, self.tolerance)

    @figure("USD m")
    def all_paid(self) -> Expr:
        """Paid in all"""
        return total(self.paid)


Method = Callable[[Any], Any]


def with_row(method: Method, declare: Callable[[Method], Any] | None = None, name: str = "extra") -> type[Any]:
    """A loan with one more row, a row over time unless told otherwise."""
    method.__doc__ = "One more row"
    return type("LoanWithRow", (Loan,), {name: (declare or line("USD m"))(method)})


def extra(method: Method, declare: Callable[[Method], Any] | None = None, **bindings: Any) -> Any:
    """What the one more row is worth."""
    loan = with_row(method, declare)("loan", **bindings)
    return evaluate(Book([loan], T)).one(loan.extra)


def refused(method: Method, declare: Callable[[Method], Any] | None = None, **bindings: Any) -> str:
    """The message with which a loan with that row is refused."""
    with pytest.raises(BuildError) as caught:
        Book([with_row(method, declare)("loan", **bindings)], T)
    return str(caught.value)


# ---- order of calculation -------------------------------------------------------------------------------------------


def test_order_follows_the_graph_not_the_declaration() -> None:
    class Backwards(Block):
        first = given("", "First", default=1.0)

        @figure("")
        def third(self) -> Expr:
            """Third"""
            return self.second + self.first

        @figure("")
        def second(self) -> Expr:
            """Second"""
            return self.first + 1

    block = Backwards("b")
    order = [row.declared.name for knot in Book([block], T).order for row in knot.rows]
    assert order == ["first", "second", "third"]


def test_rows_that_look_back_are_walked_forward() -> None:
    loan = Loan("loan")
    book = Book([loan], T)
    knot = next(knot for knot in book.order if loan.closing in knot.rows)
    assert (set(knot.rows), knot.step) == ({loan.closing, loan.paid}, 1)
    assert evaluate(book).one(loan.closing).tolist() == [100, 90, 70, 40, 40, 0]


def test_rows_that_look_ahead_are_walked_backward() -> None:
    def value(self: Any) -> Any:
        return (following(self.extra) + following(self.cash)) / self.divisor

    assert extra(value).tolist() == [0, (20 + (30 + 0 / 4) / 4) / 4, (30 + 0 / 4) / 4, 0, 0, 0]


def test_circle_inside_a_period_is_refused_with_its_path() -> None:
    late = with_row(lambda s: s.paid + s.late)
    circle = type("Circle", (late,), {"late": line("")(documented(lambda s: s.extra * s.rate))})
    with pytest.raises(BuildError, match=r"circle inside one period: loan.late -> loan.extra -> loan.late"):
        Book([circle("loan")], T)


def documented(method: Method) -> Method:
    method.__doc__ = "A row"
    return method


def test_circle_of_one_row_is_refused() -> None:
    assert refused(lambda s: s.extra + 1).endswith("circle inside one period: loan.extra -> loan.extra")


def test_circle_through_another_block_is_refused() -> None:
    payer = with_row(lambda s: s.cash * s.rate)("payer")
    loan = Loan("loan", cash=payer.extra)
    payer.bind(cash=loan.paid)
    with pytest.raises(BuildError, match="circle inside one period") as caught:
        Book([loan, payer], T)
    assert "payer.extra" in str(caught.value)
    assert "loan.paid" in str(caught.value)


def test_looking_back_and_ahead_at_once_is_refused() -> None:
    message = refused(lambda s: prev(s.extra) + following(s.extra))
    assert message == "rows look back and ahead at once: loan.extra -> loan.extra"


def test_looking_ahead_at_rows_outside_the_knot_is_allowed() -> None:
    assert extra(lambda s: prev(s.extra) + following(s.cash)).tolist() == [0, 20, 50, 50, 50, 0]


def test_circle_through_a_figure_over_all_periods_is_refused() -> None:
    message = refused(lambda s: s.cash * total(s.extra))
    assert message == "circle through a figure over all periods: loan.extra -> loan.extra"


# ---- what may stand in a formula ------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [
    lambda s: s.cover + 1,
    lambda s: minimum(s.cover, s.cash),
    lambda s: s.cover >= s.rate,
    lambda s: where(s.cash > 0, s.cover, 0),
    lambda s: prev(s.cover),
    lambda s: ratio(s.cash, s.cash, s.tolerance) * s.cash,
    lambda s: s.cash * lowest(s.cover),
    lambda s: s.cash - at(s.cash, first_when(s.cash, s.cash)),
])  # fmt: skip
def test_ratio_in_arithmetic_is_refused(method: Method) -> None:
    assert "may be blank and is for readers only" in refused(method)


def test_blank_period_number_is_refused() -> None:
    message = refused(lambda s: at(s.cover, first_when(s.cash, s.cash)), figure(""))
    assert message == "loan.extra: first_when may be blank and is for readers only; it cannot enter at"


def test_ratio_in_arithmetic_is_refused_through_a_link() -> None:
    lender = Loan("lender")
    loan = with_row(lambda s: s.cash * s.rate)("loan", cash=lender.cover)
    with pytest.raises(BuildError, match=r"loan.paid: loan.cash may be blank"):
        Book([lender, loan], T)


def test_lowest_of_a_ratio_may_be_blank_too() -> None:
    holds_blank = with_row(lambda s: lowest(s.cover), figure(""))
    after = type("After", (holds_blank,), {"after": figure("")(documented(lambda s: s.extra + 1))})
    with pytest.raises(BuildError, match=r"loan.after: loan.extra may be blank"):
        Book([after("loan")], T)


def test_lowest_of_a_plain_row_may_be_used() -> None:
    assert extra(lambda s: lowest(s.cash) + highest(s.cash), figure("")) == 30


def test_ratio_in_a_group_is_refused() -> None:
    class Totals(Block):
        rows_in = many("", "Rows")

        @line("")
        def together(self) -> Expr:
            """Together"""
            return sum_of(self.rows_in)

    loan = Loan("loan")
    with pytest.raises(BuildError, match=r"totals.together: a row of a group may be blank"):
        Book([loan, Totals("totals", rows_in=[loan.paid, loan.cover])], T)


def test_ratio_of_an_earlier_period_inside_a_knot_is_refused() -> None:
    lagged = with_row(lambda s: prev(s.test) * s.cash)
    knot = type("Knot", (lagged,), {"test": line("")(documented(lambda s: ratio(s.extra, s.cash, s.tolerance)))})
    with pytest.raises(BuildError, match=r"loan.extra: loan.test may be blank"):
        Book([knot("loan")], T)


@pytest.mark.parametrize("number", [2, 0.5, -1, 1.0001, float("nan")])
def test_typed_number_is_refused(number: float) -> None:
    assert "is typed into a formula" in refused(lambda s: s.cash * number)


@pytest.mark.parametrize("number", [0, 1, 0.0, 1.0])
def test_nought_and_one_may_be_typed(number: float) -> None:
    assert extra(lambda s: s.cash * 0 + number)[1] == number


def test_unary_minus_is_refused() -> None:
    assert "write 0 - x" in refused(lambda s: -s.cash)


@pytest.mark.parametrize("method", [
    lambda s: s.cash if s.cash else 0,
    lambda s: max(s.cash, s.paid),
    lambda s: s.cash and s.paid,
    lambda s: (s.rate <= s.cash <= s.paid) * 1,
])  # fmt: skip
def test_truth_value_is_refused(method: Method) -> None:
    assert "no truth value" in refused(method)


@pytest.mark.parametrize("method", [lambda s: s.cash * (s.cash == 0), lambda s: s.cash * (s.cash != s.paid)])
def test_equality_is_refused(method: Method) -> None:
    assert "== and != do not make a formula" in refused(method)


def test_choice_inside_a_choice_is_refused() -> None:
    message = refused(lambda s: where(s.cash > s.paid, where(s.cash > 0, 1, 0), 0))
    assert message == "loan.extra: a choice inside where: give the inner one a name"


def test_division_by_a_given_above_nought() -> None:
    assert extra(lambda s: s.cash / s.divisor).tolist() == [0, 2.5, 5, 7.5, 0, 0]


@pytest.mark.parametrize("method", [lambda s: s.cash / s.rate, lambda s: s.cash / s.paid, lambda s: 1 / (s.divisor + 1),
                                    lambda s: s.cash / 1])
def test_other_division_is_refused(method: Method) -> None:
    assert "division by what may be 0" in refused(method)


def test_division_by_a_row_that_promises_to_be_above_nought() -> None:
    factor = with_row(lambda s: s.cash + 1, line("", above=0.0))
    divided = type("Divided", (factor,), {"part": line("")(documented(lambda s: s.rate / s.extra))})
    loan = divided("loan", rate=22.0)
    assert evaluate(Book([loan], T)).one(loan.part)[1] == 2


def test_broken_promise_stops_the_run() -> None:
    loan = with_row(lambda s: s.cash + 0, line("", above=0.0))("loan")
    with pytest.raises(CheckError, match=r"loan.extra .* must be above 0"):
        evaluate(Book([loan], T))


def test_broken_promise_of_a_linked_figure_stops_the_run() -> None:
    source = with_row(lambda s: total(s.cash) * 0, figure(""))("source")
    loan = with_row(lambda s: s.cash / s.divisor)("loan", divisor=source.extra)
    with pytest.raises(CheckError, match=r"loan.divisor .* must be above 0"):
        evaluate(Book([source, loan], T))


def test_figure_that_reads_a_row_over_time_is_refused() -> None:
    assert refused(lambda s: s.rate * s.cash, figure("")) == (
        "loan.extra is one figure but reads loan.cash in each period: total it first")


def test_figure_that_is_linked_to_a_row_over_time_is_refused() -> None:
    lender = Loan("lender")
    with pytest.raises(BuildError, match=r"loan.start is one figure but reads lender.cash"):
        Book([lender, Loan("loan", start=lender.cash)], T)


def test_figure_that_looks_back_is_refused() -> None:
    assert "prev in a single figure" in refused(lambda s: prev(s.cash), figure(""))


@pytest.mark.parametrize("method", [lambda s: total(s.rate), lambda s: prev(s.rate),
                                    lambda s: first_when(s.cash, s.rate)])
def test_time_operators_need_rows_over_time(method: Method) -> None:
    assert "needs a row over time" in refused(method)


@pytest.mark.parametrize("method", [lambda s: prev(s.cash + 1), lambda s: share(s.cash, s.cash + 1, s.tolerance)])
def test_named_arguments_must_be_rows(method: Method) -> None:
    assert "must be a row: give it a name" in refused(method)


def test_words_in_a_row_of_numbers_are_refused() -> None:
    assert "words in a row of numbers" in refused(lambda s: where(s.cash > 0, "yes", "no"))


def test_bare_number_in_a_sentence_is_refused() -> None:
    assert "a bare number in a sentence" in refused(lambda s: sentence("paid ", s.all_paid), words())


# ---- blocks and books -----------------------------------------------------------------------------------------------


def test_unknown_given_is_refused() -> None:
    with pytest.raises(BuildError, match="Loan 'loan' has no given called margin, spread"):
        Loan("loan", spread=1.0, margin=2.0)


def test_missing_given_is_named() -> None:
    class Needy(Block):
        wanted = given("USD m", "Wanted")

    with pytest.raises(BuildError, match=r"needy.wanted is not given and has no default"):
        Book([Needy("Needy")], T)


def test_formula_as_a_binding_is_refused() -> None:
    other = Loan("other")
    with pytest.raises(BuildError, match=r"loan.start is bound to a formula"):
        Book([other, Loan("loan", start=other.start + other.rate)], T)


def test_row_of_a_block_outside_the_book_is_refused() -> None:
    outside = Loan("outside")
    with pytest.raises(BuildError, match=r"loan.cash reads outside.paid, whose block is not in the book"):
        Book([Loan("loan", cash=outside.paid)], T)


def test_two_blocks_of_one_key_are_refused() -> None:
    with pytest.raises(BuildError, match=r"two rows are called loan.start"):
        Book([Loan("Loan"), Loan("loan")], T)


def test_row_without_docstring_is_refused() -> None:
    with pytest.raises(BuildError, match="has no docstring"):
        line("USD m")(lambda s: s.cash)


def test_docstring_gives_label_timing_and_source() -> None:
    told = Loan("loan").paid.declared
    assert (told.label, told.timing, told.source) == (
        "Amount paid", "On the last day of the period, as far as cash lasts.", "term sheet, section 2, as amended.")


def test_label_alone_leaves_timing_and_source_empty() -> None:
    told = Loan("loan").closing.declared
    assert (told.label, told.timing, told.source) == ("Closing balance", "", "")


def test_givens_are_the_input_schema() -> None:
    assert list(givens(Loan)) == ["start", "rate", "divisor", "tolerance", "cash", "name"]
    assert givens(Loan)["start"].allowed() == "USD m, at least 0"
    assert givens(Loan)["divisor"].admits(0.1)
    assert not givens(Loan)["divisor"].admits(0.0)


def test_row_declared_again_keeps_its_place() -> None:
    dearer = with_row(lambda s: s.cash * 0, name="paid")
    assert [row.declared.name for row in dearer("loan").rows()] == [row.declared.name for row in Loan("loan").rows()]
    assert dearer("loan").paid.label == "One more row"


def test_slug() -> None:
    assert slug("DDTL 2.0 (A&B)") == "ddtl-2-0-a-b"


# ---- numbers --------------------------------------------------------------------------------------------------------


def test_opening_column_from_a_given() -> None:
    assert extra(lambda s: prev(s.closing)).tolist() == [0, 100, 90, 70, 40, 0]


def test_opening_column_from_the_formula_itself() -> None:
    assert extra(lambda s: s.closing + s.rate, line("", opening=True))[0] == pytest.approx(100.1)


def test_opening_column_is_nought_unless_told() -> None:
    assert extra(lambda s: s.closing + s.rate)[0] == 0
    assert extra(lambda s: s.closing).tolist() == [0, 90, 70, 40, 40, 0], "a link too"
    assert extra(lambda s: s.closing, line("", opening=True)).tolist() == [100, 90, 70, 40, 40, 0]


def test_opening_column_of_a_link_inside_a_knot() -> None:
    class Payer(Block):
        balance = given("USD m", "Balance", per=PERIOD)
        rate = given("", "Rate", default=0.5)

        @line("USD m")
        def paid(self) -> Expr:
            """Paid"""
            return prev(self.balance) * self.rate

    loan = Loan("loan")
    payer = Payer("payer", balance=loan.closing)
    loan.bind(cash=payer.paid)
    values = evaluate(Book([loan, payer], T))
    assert values.one(payer.balance).tolist() == [100, 50, 25, 12.5, 6.25, 0]
    assert values.one(payer.paid)[1] == 50


def test_looking_back_from_the_opening_column_is_refused() -> None:
    assert "prev in the opening column" in refused(lambda s: prev(s.cash), line("", opening=True))


@pytest.mark.parametrize(("back", "seen"), [(1, [100, 90, 70, 40]), (2, [0, 100, 90, 70]), (4, [0, 0, 0, 100]),
                                            (5, [0] * 4)])
def test_long_look_back_reads_the_opening_column_last(back: float, seen: list[float]) -> None:
    assert extra(lambda s: prev(s.closing, s.divisor), divisor=float(back))[1:-1].tolist() == seen


@pytest.mark.parametrize(("ahead", "seen"), [(1, [20, 30, 5, 0]), (3, [5, 0, 0, 0]), (4, [0] * 4), (9, [0] * 4)])
def test_long_look_ahead_ends_in_noughts(ahead: float, seen: list[float]) -> None:
    found = extra(lambda s: following(s.cash, s.divisor), divisor=float(ahead), cash=[10.0, 20.0, 30.0, 5.0])
    assert found[1:-1].tolist() == seen


@pytest.mark.parametrize("curve", [[1.0, 2.0], [1.0] * 6])
def test_curve_of_the_wrong_length_is_refused(curve: list[float]) -> None:
    with pytest.raises(BuildError, match=f"loan.cash: {len(curve)} values for 4 periods"):
        evaluate(Book([Loan("loan", cash=curve)], T))


def test_curve_may_bring_its_opening_column() -> None:
    assert extra(lambda s: prev(s.cash), cash=[7.0, 1.0, 2.0, 3.0, 4.0]).tolist() == [0, 7, 1, 2, 3, 0]


def test_group_is_summed_row_by_row() -> None:
    class Totals(Block):
        rows_in = many("USD m", "Paid")

        @line("USD m")
        def together(self) -> Expr:
            """Together"""
            return sum_of(self.rows_in)

    loans = [Loan("one"), Loan("two", start=5.0)]
    totals = Totals("totals", rows_in=[loan.paid for loan in loans])
    book = Book([*loans, totals], T)
    assert evaluate(book).one(totals.together)[1:-1].tolist() == [15, 20, 30, 0]
    assert [row.label for row in totals.rows()] == ["Paid: one", "Paid: two", "Together"]


def test_empty_group_is_nought() -> None:
    class Totals(Block):
        rows_in = many("USD m", "Paid")

        @line("USD m")
        def together(self) -> Expr:
            """Together"""
            return sum_of(self.rows_in)

    totals = Totals("totals", rows_in=[])
    assert evaluate(Book([totals], T)).one(totals.together).tolist() == [0] * 6


# ---- scenarios ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["loan.paid", "loan.all_paid", "loan.cash", "loan.name"])
def test_case_overrides_single_inputs_only(key: str) -> None:
    with pytest.raises(BuildError, match=f"{key}: a case may override single inputs only"):
        evaluate(Book([Loan("loan")], T), {key: 1.0})


def test_case_overrides_no_link() -> None:
    lender = Loan("lender")
    book = Book([lender, Loan("loan", start=lender.all_paid)], T)
    with pytest.raises(BuildError, match=r"loan.start: a case may override single inputs only"):
        evaluate(book, {"loan.start": 1.0})


def test_case_that_overrides_an_unknown_row_is_refused() -> None:
    with pytest.raises(BuildError, match=r"loan.wages: no such row"):
        evaluate(Book([Loan("loan")], T), {"loan.wages": 1.0})


def test_overrides_of_different_length_are_refused() -> None:
    with pytest.raises(BuildError, match="same number of scenarios"):
        evaluate(Book([Loan("loan")], T), {"loan.start": [1.0, 2.0], "loan.rate": [1.0, 2.0, 3.0]})


def everything(s: Any) -> Any:
    """A row in which widths, shifts and figures meet."""
    return prev(s.closing) * s.rate + following(s.cash) - s.all_paid * (s.paid >= s.start) + at(s.closing, 1)


Wide = with_row(everything)
NUMBERS = st.floats(0.0, 1e3, allow_nan=False)


@for_all(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_scenarios_side_by_side_equal_one_by_one(scenarios: list[tuple[float, float]]) -> None:
    book = Book([Wide("loan")], T)
    starts, rates = zip(*scenarios, strict=True)
    together = evaluate(book, {"loan.start": starts, "loan.rate": rates})
    for number, (start, rate) in enumerate(scenarios):
        alone = evaluate(book, {"loan.start": start, "loan.rate": rate})
        for row in book.rows:
            np.testing.assert_array_equal(together.one(row, number), alone.one(row))


@for_all(NUMBERS, NUMBERS)
@settings(max_examples=30, deadline=None)
def test_refresh_equals_a_run_from_scratch(start: float, rate: float) -> None:
    book = Book([Wide("loan")], T)
    scratch = evaluate(book, {"loan.start": start, "loan.rate": rate})
    fresh = refresh(evaluate(book, {"loan.start": start}), {"loan.rate": rate})
    for row in book.rows:
        np.testing.assert_array_equal(fresh[row], scratch[row])


def test_values_one_is_a_scenario_of_a_row() -> None:
    loan = Loan("loan")
    values = evaluate(Book([loan], T), {"loan.start": [100.0, 5.0]})
    assert values.one(loan.closing, 1).tolist() == [5, 0, 0, 0, 0, 0]
    assert values.one(loan.all_paid, 1) == 5
    assert values.one(loan.cash, 1).tolist() == [0, 10, 20, 30, 0, 0]  # the same in all scenarios, held once
    assert values.one(loan.name, 1) == "loan"


def test_shapes_are_time_first() -> None:
    loan = Loan("loan")
    values = evaluate(Book([loan], T), {"loan.start": [100.0, 5.0, 6.0]})
    assert values[loan.closing].shape == (T + 2, 3)
    assert values[loan.all_paid].shape == (3,)


# ---- size -----------------------------------------------------------------------------------------------------------


@contextmanager
def shallow_stack() -> Iterator[None]:
    """Little room to call functions in, so that recursion over rows or terms cannot hide."""
    depth, frame = 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 200)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Level(Block):
    """One level of a waterfall."""

    available = given("USD m", "Available", per=PERIOD)
    due = given("USD m", "Due", default=1.0)

    @line("USD m")
    def remaining(self) -> Expr:
        """Remaining"""
        return self.available - minimum(self.available, self.due)


def test_waterfall_of_2000_steps() -> None:
    levels: list[Level] = []
    with shallow_stack():
        for number in range(2000):
            levels.append(Level(f"level {number}", available=levels[-1].remaining if levels else [3000.0] * T))
        values = evaluate(Book(reversed(levels), T))
    assert values.one(levels[-1].remaining).tolist() == [0, 1000, 1000, 1000, 1000, 0]


class Pot(Block):
    """What the last level leaves is what the first has in the next period."""

    refill = given("USD m", "Refill", per=PERIOD)
    start = given("USD m", "Start", default=3000.0)

    @line("USD m", opening="start")
    def pot(self) -> Expr:
        """Pot"""
        return self.refill + 0

    @line("USD m")
    def lent(self) -> Expr:
        """Lent"""
        return prev(self.pot)


def test_knot_of_2000_steps() -> None:
    with shallow_stack():
        pot = Pot("pot")
        levels = [Level("level 0", available=pot.lent)]
        for number in range(1, 2000):
            levels.append(Level(f"level {number}", available=levels[-1].remaining))
        pot.bind(refill=levels[-1].remaining)
        values = evaluate(Book([pot, *levels], T))
    assert values.one(pot.pot).tolist() == [3000, 1000, 0, 0, 0, 0]


def test_circle_of_2000_steps_is_refused() -> None:
    with shallow_stack():
        levels = [Level("level 0")]
        for number in range(1, 2000):
            levels.append(Level(f"level {number}", available=levels[-1].remaining))
        levels[0].bind(available=levels[-1].remaining)
        with pytest.raises(BuildError, match="circle inside one period"):
            Book(levels, T)


def many_terms(s: Any) -> Any:
    result = s.cash
    for _ in range(4999):
        result = result + s.cash
    return result


def test_sum_of_5000_terms() -> None:
    with shallow_stack():
        assert extra(many_terms).tolist() == [0, 50000, 100000, 150000, 0, 0]


def test_formula_too_long_for_a_cell_is_refused() -> None:
    with shallow_stack(), pytest.raises(BuildError, match=r"a formula of \d+ characters; a sheet holds 8000"):
        text(many_terms)


# ---- Excel ----------------------------------------------------------------------------------------------------------


def text(method: Method, declare: Callable[[Method], Any] | None = None, sheet: str = "Loans") -> str:
    """The Excel formula of one more row in period 2; its block stands in lines 8 and below."""
    loan = with_row(method, declare)("loan")
    Book([loan], T)
    places = {row: Place("Loans", number) for number, row in enumerate(loan.rows(), 8)}
    places[loan.extra] = Place(sheet, 99)
    return formula(loan.extra, places, 2, T)


@pytest.mark.parametrize(("method", "shown"), [
    (lambda s: s.cash + s.rate, "=H12+$D$9"),
    (lambda s: s.cash - (s.rate - s.start), "=H12-($D$9-$D$8)"),
    (lambda s: s.cash - s.rate - s.start, "=H12-$D$9-$D$8"),
    (lambda s: s.cash * (s.rate + s.start), "=H12*($D$9+$D$8)"),
    (lambda s: s.rate * (s.cash / s.divisor), "=$D$9*(H12/$D$10)"),
    (lambda s: (s.rate + 1) ** s.start, "=($D$9+1)^$D$8"),
    (lambda s: s.rate ** (s.start ** s.start), "=$D$9^($D$8^$D$8)"),
    (lambda s: s.rate * (s.cash >= s.start + 1), "=$D$9*((H12>=$D$8+1)*1)"),
    (lambda s: prev(s.cash) + following(s.cash), "=G12+I12"),
    (lambda s: prev(s.cash, s.divisor), "=IF(H$6>=$D$10,INDEX($F12:G12,H$6-$D$10+1),0)"),
    (lambda s: following(s.cash, s.divisor), "=IF(COLUMNS(I12:$K12)>=$D$10,INDEX(I12:$K12,$D$10),0)"),
    (lambda s: share(s.cash - s.rate, s.cash, s.tolerance), "=IF(H12>$D$11,(H12-$D$9)/H12,0)"),
    (lambda s: total(s.cash) / s.divisor, "=SUM($G12:$J12)/$D$10"),
    (lambda s: at(s.cash, s.divisor), "=INDEX($F12:$J12,$D$10+1)"),
])  # fmt: skip
def test_excel_formula(method: Method, shown: str) -> None:
    assert text(method) == shown


@pytest.mark.parametrize(("sheet", "shown"), [("Loans", "=H12"), ("Other", "=Loans!H12")])
def test_other_sheets_are_named(sheet: str, shown: str) -> None:
    assert text(lambda s: s.cash, sheet=sheet) == shown


@pytest.mark.parametrize(("sheet", "shown"), [("Debt", "Debt!"), ("Cash flow", "'Cash flow'!"), ("Hut's", "'Hut''s'!"),
                                              ("T4", "'T4'!"), ("2026", "'2026'!"), ("Q1", "'Q1'!"), ("R", "'R'!")])
def test_sheet_names_that_may_be_misread_are_quoted(sheet: str, shown: str) -> None:
    lender = Loan("lender")
    loan = Loan("loan", start=lender.all_paid)
    Book([lender, loan], T)
    assert formula(loan.start, {loan.start: Place("Here", 8), lender.all_paid: Place(sheet, 9)}, 1, T) == f"={shown}$D$9"


def test_opening_formula() -> None:
    loan = Loan("loan")
    Book([loan], T)
    places = {row: Place("Loans", number) for number, row in enumerate(loan.rows(), 8)}
    assert formula(loan.closing, places, 0, T, opening=True) == "=$D$8"


def test_quotes_in_a_text_are_doubled() -> None:
    assert text(lambda s: sentence('he said "no"', amount(s.rate)), words()) == '="he said ""no"""&FIXED($D$9,1)'


def test_braces_in_a_text_stay() -> None:
    assert text(lambda s: choose(s.rate, "a {b}", "{0}"), words()) == '=CHOOSE($D$9,"a {b}","{0}")'


def test_text_too_long_for_a_formula_is_refused() -> None:
    with pytest.raises(BuildError, match="a text of 256 characters; a formula holds 255"):
        text(lambda s: sentence("x" * 256), words())


class Pair(Block):
    """Two rows that are summed as a group."""

    rows_in = many("USD m", "Paid")

    @line("USD m")
    def together(self) -> Expr:
        """Together"""
        return sum_of(self.rows_in)


def test_one_of_more_texts_than_a_formula_could_list() -> None:
    """Excel's CHOOSE takes 254 and numpy's 64; a group of any size is an area."""
    loans = [Loan(f"loan {n}", name=Sourced(f"the {n}th")) for n in range(300)]
    names = type("Names", (Block,), {"names": many("", "Name", per=TEXT), "number": given("no.", "Number", default=300.0),
                                     "picked": words()(_picked)})("names", names=[loan.name for loan in loans])
    book = Book([*loans, names], T)
    places = {row: Place("Sheet", number) for number, row in enumerate(names.rows(), 8)}
    assert evaluate(book).one(names.picked) == "the 299th"
    assert formula(names.picked, places, 0, T) == "=INDEX($D$8:$D$307,$D$308)"


def _picked(names: Any) -> Expr:
    """The one with that number"""
    return pick(names.number, names.names)


@pytest.mark.parametrize(("lines", "shown"), [((20, 21), "=SUM(G20:G21)"), ((20, 22), None), ((21, 20), None)])
def test_group_must_stand_in_neighbouring_lines(lines: tuple[int, int], shown: str | None) -> None:
    loan = Loan("loan")
    pair = Pair("pair", rows_in=[loan.paid, loan.cash])
    Book([loan, pair], T)
    places = {row: Place("Sheet", number) for row, number in zip(pair.rows(), (*lines, 30), strict=True)}
    if shown is not None:
        assert formula(pair.together, places, 1, T) == shown
        return
    with pytest.raises(BuildError, match="the rows of a group must stand one under the other"):
        formula(pair.together, places, 1, T)


# ---- words ----------------------------------------------------------------------------------------------------------


def test_definition_is_the_formula_in_words() -> None:
    loan = Loan("loan")
    Book([loan], T)
    assert definition(loan.paid) == "the lower of [Cash] and ([Closing balance] one period earlier)"


def test_definition_of_an_input_is_its_source() -> None:
    loan = Loan("loan", rate=Sourced(0.08, "term sheet, page 3", "signed"))
    assert definition(loan.rate) == "input [signed] term sheet, page 3"
    assert definition(loan.start) == "input [assumed] default of the model"


def steps(method: Method, period: int | None) -> list[Step]:
    loan = with_row(method)("loan")
    book = Book([loan], T)
    return list(explain(book, evaluate(book), loan.extra, period))


def test_explain_goes_down_to_inputs() -> None:
    found = steps(lambda s: s.closing * s.rate, 2)
    told = [(step.depth, step.row.declared.name, step.period) for step in found]
    assert told[:6] == [(0, "extra", 2), (1, "closing", 2), (2, "closing", 1), (3, "closing", 0), (4, "start", None),
                        (3, "paid", 1)]
    leaves = {step.row.declared.name for step in found if step.row.input is not None}
    assert leaves == {"start", "cash", "rate"}
    assert [step.value for step in found][:4] == [7.0, 70.0, 90.0, 100.0]


def test_explain_tells_nothing_twice() -> None:
    found = steps(lambda s: s.cash * s.cash + s.cash * s.rate + prev(s.closing) + prev(s.paid), 3)
    told = [(step.row, step.period) for step in found if not step.seen]
    assert len(told) == len(set(told))
    assert any(step.seen for step in found)
    assert all(after.depth <= step.depth for step, after in pairwise(found) if step.seen)


def test_explain_shows_a_long_look_back_as_the_whole_row() -> None:
    found = steps(lambda s: prev(s.cash, s.divisor), 3)
    cash = next(step for step in found if step.row.declared.name == "cash")
    assert (cash.period, list(cash.value)) == (None, [0, 10, 20, 30, 0, 0])


def test_sentences() -> None:
    def told(s: Any) -> Expr:
        return sentence("Paid ", amount(s.all_paid), " by ", on_date(s.start), "; ", s.name)

    assert extra(told, words(), start=46112.0) == "Paid 60.0 by 31 Mar 2026; loan"
