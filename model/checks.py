"""Checks that can fail: conservation in every period, and ties to what was disclosed."""

from __future__ import annotations

from typing import ClassVar

from model.sheet import DEAL, PERIOD, Block, Expr, figure, given, highest, line, lowest_of, many, maximum, sum_of, total


class Check(Block):
    """One thing that must be true; `failed` is 1 where it is not.

    `sides` are the rows that stand beside one another on Checks; a side that is a flow or balance is shown added up.
    """

    sides: ClassVar[tuple[str, ...]] = ("difference",)
    proves: ClassVar[str]

    tolerance = given("USD m", "Difference allowed", above=0)

    @figure("USD m")
    def difference(self) -> Expr:
        """Difference"""
        raise NotImplementedError

    @figure("flag", key=True)
    def failed(self) -> Expr:
        """Fails"""
        return maximum(self.difference, 0 - self.difference) > self.tolerance


class Balance(Check):
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
    def gap(self) -> Expr:
        """One side less the other"""
        return self.left - self.right

    @line("USD m")
    def size(self) -> Expr:
        """Size of the gap"""
        return maximum(self.gap, 0 - self.gap)

    @figure("USD m")
    def difference(self) -> Expr:
        """Largest gap"""
        return highest(self.size)


class NeverNegative(Check):
    """Rows that are positive in the direction of their name."""

    proves = "Every row stands in the direction of its name in every month."

    rows_in = many("USD m", "Row")

    @line("USD m")
    def below(self) -> Expr:
        """How far any of them lies below nothing"""
        return maximum(0, 0 - lowest_of(self.rows_in))

    @figure("USD m")
    def difference(self) -> Expr:
        """Deepest"""
        return highest(self.below)


class Reported(Check):
    """A figure of the model against one that was disclosed; held to it as long as the case is as signed."""

    sides = ("modelled", "reported")
    proves = "The model starts from what was disclosed; counted while prices, dates and draws are as signed."

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


class CheckSum(Block):
    """How many checks fail."""

    failed_in = many("flag", "Fails", per=DEAL)

    @figure("no.", key=True)
    def failed(self) -> Expr:
        """Checks that fail"""
        return sum_of(self.failed_in)
