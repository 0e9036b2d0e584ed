"""Checks that can fail: conservation in every period, and ties to what was disclosed."""

from __future__ import annotations

from typing import ClassVar

from model.sheet import (
    DEAL,
    PERIOD,
    Block,
    Expr,
    figure,
    given,
    highest,
    line,
    lowest_of,
    many,
    maximum,
    prev,
    sum_of,
    total,
)


class CheckSum(Block):
    """How exact sums of floating-point numbers can be, and how many checks fail: of the model, and of what was disclosed."""

    tolerance = given("USD m", "Difference that rounding may leave", default=1e-8, above=0, high=1e-6)
    rounding = given("share", "The same, of all amounts of the deal", default=1e-12, above=0, high=1e-9)
    amounts_in = many("USD m", "Amount", per=DEAL)
    cash = given("USD m", "Cash of the company at the as-of date", default=0)
    broken_in = many("flag", "Fails", per=DEAL)
    unmet_in = many("flag", "Disclosed total not met", per=DEAL)

    @figure("USD m")
    def allowed(self) -> Expr:
        """Difference allowed in a check of the model"""
        return self.tolerance + self.rounding * (sum_of(self.amounts_in) + maximum(self.cash, 0 - self.cash))

    @figure("no.", key=True)
    def broken(self) -> Expr:
        """Checks of the model that fail"""
        return sum_of(self.broken_in)

    @figure("no.", key=True)
    def failed(self) -> Expr:
        """Checks that fail"""
        return self.broken + sum_of(self.unmet_in)


class Check(Block):
    """One thing that must be true; `failed` is 1 where it is not, or where it is no number.

    `sides` are the rows that stand beside one another on Checks; a side that is a flow or balance is shown added up. Where
    `of_the_case` is set, the case may be what fails it; else only the model can be.
    """

    sides: ClassVar[tuple[str, ...]] = ("difference",)
    proves: ClassVar[str]
    of_the_case: ClassVar[bool] = False

    allowed = given("USD m", "Difference allowed", low=0)

    @figure("USD m")
    def difference(self) -> Expr:
        """Difference"""
        raise NotImplementedError

    @figure("flag", key=True)
    def failed(self) -> Expr:
        """Fails"""
        return 1 - (maximum(self.difference, 0 - self.difference) <= self.allowed)


class InEveryMonth(Check):
    """A check of every period; the largest `size` counts."""

    @line("USD m")
    def size(self) -> Expr:
        """How far it is off"""
        raise NotImplementedError

    @figure("USD m")
    def difference(self) -> Expr:
        """Furthest off"""
        return highest(self.size)


class Balance(InEveryMonth):
    """In every period the rows of one side add up to those of the other."""

    sides = ("left", "right")
    proves = "Nothing is lost or made in any month; both sides are shown added up over all months."

    left_in = many("USD m", "One side")
    right_in = many("USD m", "Other side")

    @line("USD m", sums=True)
    def left(self) -> Expr:
        """One side"""
        return sum_of(self.left_in)

    @line("USD m", sums=True)
    def right(self) -> Expr:
        """The other side"""
        return sum_of(self.right_in)

    @line("USD m")
    def size(self) -> Expr:
        """One side apart from the other"""
        return maximum(self.left - self.right, self.right - self.left)


class RollForward(Balance):
    """In every period what comes in goes out, or is there in addition to what was there before."""

    proves = "In every month what comes in goes out or is still there; shown added up over all months."

    held_in = many("USD m", "Held")

    @line("USD m", opening=True)
    def held(self) -> Expr:
        """Held"""
        return sum_of(self.held_in)

    @line("USD m", sums=True)
    def left(self) -> Expr:
        """Comes in"""
        return sum_of(self.left_in)

    @line("USD m", sums=True)
    def right(self) -> Expr:
        """Goes out, and the change in what is held"""
        return sum_of(self.right_in) + self.held - prev(self.held)


class NeverNegative(InEveryMonth):
    """Rows that are positive in the direction of their name."""

    proves = "Every row stands in the direction of its name in every month."

    rows_in = many("USD m", "Row")

    @line("USD m")
    def size(self) -> Expr:
        """How far any of them lies below nothing"""
        return maximum(0, 0 - lowest_of(self.rows_in))


class WithinLimit(InEveryMonth):
    """Every draw leaves so much less to be drawn."""

    proves = "No more is drawn than the lenders have committed, in any month."

    undrawn = given("USD m", "Undrawn commitment", per=PERIOD)
    drawn_in = many("USD m", "Drawn")
    returned_in = many("USD m", "Repaid, and open to be drawn again")

    @line("USD m")
    def size(self) -> Expr:
        """Drawn, or said to be open, above what was undrawn before"""
        left = self.undrawn + sum_of(self.drawn_in) - sum_of(self.returned_in)
        return maximum(0, maximum(left - prev(self.undrawn), 0 - self.undrawn))


class Reported(Check):
    """A figure of the model against one that was disclosed; held to it as long as the case is as signed."""

    sides = ("modelled", "reported")
    proves = "The model starts from what was disclosed; counted while prices, dates and draws are as signed."
    of_the_case = True
    reported = given("USD m", "Disclosed")
    scale = given("factor", "Scale of all debt", default=1)
    as_signed = given("flag", "Prices, dates and draws are as signed")

    @figure("USD m")
    def modelled(self) -> Expr:
        """Model"""
        raise NotImplementedError

    @figure("USD m")
    def difference(self) -> Expr:
        """Model less disclosed"""
        return self.as_signed * (self.modelled - self.reported * self.scale)


class Tie(Reported):
    """Figures that add up to a disclosed total."""

    left_in = many("USD m", "Model", per=DEAL)

    @figure("USD m")
    def modelled(self) -> Expr:
        """Model"""
        return sum_of(self.left_in)


class WindowTie(Reported):
    """Flows between two dates, both included, against a disclosed total."""

    flows_in = many("USD m", "Flow")
    ends = given("date", "Period end", per=PERIOD)
    first = given("date", "From", kind="date")
    last = given("date", "To", kind="date")

    @line("USD m", sums=True)
    def in_window(self) -> Expr:
        """Flows in the window"""
        return sum_of(self.flows_in) * (self.ends >= self.first) * (self.ends <= self.last)

    @figure("USD m")
    def modelled(self) -> Expr:
        """Model"""
        return total(self.in_window)
