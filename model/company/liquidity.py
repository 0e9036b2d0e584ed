"""Liquidity of the company, how long it lasts, and the wall of maturities that it meets."""

from __future__ import annotations

from model.sheet import (
    PERIOD,
    Block,
    Expr,
    at,
    figure,
    first_when,
    given,
    line,
    lowest,
    many,
    maximum,
    prev,
    sum_of,
    total,
    where,
)


class Line(Block):
    """One committed revolver, as liquidity: gone at maturity and after a cross-default. Delayed-draw loans are never one."""

    undrawn = given("USD m", "Undrawn commitment", per=PERIOD)
    undrawn_at_start = given("USD m", "Undrawn commitment at the as-of date")
    available = given("flag", "Commitment can be drawn", per=PERIOD)
    number = given("no.", "Period", per=PERIOD)
    last_period = given("no.", "Period of maturity")
    principal_due = given("USD m", "Principal due", per=PERIOD)
    owed_at_start = given("USD m", "Balance at the as-of date")
    defaulted = given("flag", "Cross-default", per=PERIOD)

    @line("flag")
    def open(self) -> Expr:
        """The line can be drawn"""
        return self.available * (self.number < self.last_period) * (1 - self.defaulted)

    @line("USD m")
    def usable(self) -> Expr:
        """Undrawn at period start"""
        return self.open * prev(self.undrawn)

    @line("USD m", opening="undrawn_at_start")
    def counted(self) -> Expr:
        """Undrawn at period end"""
        return self.open * self.undrawn

    @line("USD m")
    def untouched(self) -> Expr:
        """As it would stand undrawn"""
        return self.open * self.undrawn_at_start

    @line("USD m")
    def lent_later(self) -> Expr:
        """Principal due on what is drawn after the as-of date, less what is repaid by then"""
        matures = (self.number >= self.last_period) * (self.number <= self.last_period)
        return (1 - self.defaulted) * matures * (self.principal_due - self.owed_at_start)


class Liquidity(Block):
    """Unrestricted liquidity: the company's cash and its undrawn revolver. What boxes hold stands apart."""

    minimum = given("USD m", "Liquidity that the company must hold", default=0, low=0, ask=True)
    cash = given("USD m", "Cash", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")
    lines_in = many("USD m", "Undrawn line")
    kept_in = many("USD m", "Kept in a box")
    reserved_in = many("USD m", "Reserve of a box")
    waiting_in = many("USD m", "Waiting for the payment date, cost not yet paid taken off")
    held_back = given("USD m", "Held back since a cross-default", per=PERIOD)

    @line("USD m", opening=True)
    def undrawn(self) -> Expr:
        """Undrawn revolver"""
        return sum_of(self.lines_in)

    @line("USD m", opening=True, key=True)
    def liquidity(self) -> Expr:
        """Unrestricted liquidity

        Cash and undrawn revolver; never undrawn delayed-draw lines, never cash of a box."""
        return self.cash + self.undrawn

    @line("USD m", opening=True)
    def headroom(self) -> Expr:
        """Liquidity above the minimum"""
        return self.liquidity - self.minimum

    @line("flag")
    def short(self) -> Expr:
        """Liquidity below the minimum"""
        return self.headroom < 0 - self.tolerance

    @line("USD m", opening=True)
    def trapped(self) -> Expr:
        """Cash kept and held back in the boxes"""
        return sum_of(self.kept_in) + sum_of(self.waiting_in) + self.held_back

    @line("USD m", opening=True)
    def reserved(self) -> Expr:
        """Reserves of the boxes"""
        return sum_of(self.reserved_in)

    @line("USD m", opening=True)
    def in_boxes(self) -> Expr:
        """Cash in the boxes, in no liquidity figure"""
        return self.trapped + self.reserved

    @figure("USD m")
    def at_start(self) -> Expr:
        """Unrestricted liquidity at the as-of date"""
        return at(self.liquidity, 0)

    @figure("USD m")
    def lowest_liquidity(self) -> Expr:
        """Lowest liquidity"""
        return lowest(self.liquidity)

    @figure("USD m")
    def needed(self) -> Expr:
        """New money needed to hold the minimum"""
        return maximum(0, self.minimum - self.lowest_liquidity)

    @line("flag")
    def at_lowest(self) -> Expr:
        """Liquidity is at its lowest"""
        return self.liquidity <= self.lowest_liquidity + self.tolerance

    @figure("date")
    def lowest_on(self) -> Expr:
        """Date of the lowest liquidity"""
        return first_when(self.at_lowest, self.ends)

    @figure("date")
    def short_from(self) -> Expr:
        """Liquidity below the minimum from"""
        return first_when(self.short, self.ends)


class Runway(Block):
    """How long cash lasts if no more can be borrowed and every call on the company is honoured.

    Interest is that of the base path, so a revolver that is drawn there costs its interest here too."""

    opening_cash = given("USD m", "Cash at the as-of date")
    flow = given("USD m", "Cash flow with draws frozen", per=PERIOD)
    number = given("no.", "Period", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    months_asked = given("months", "Months that cash must last", default=12, low=0, source="CREDIT 6.5, K2")
    tolerance = given("USD m", "Amount that counts as nothing")
    lines_in = many("USD m", "Line as it would stand undrawn")
    lent_in = many("USD m", "Principal of what is drawn later")

    @line("USD m", opening="opening_cash", key=True)
    def cash(self) -> Expr:
        """Cash with draws frozen

        Principal on what would be drawn later is not due, as it is not drawn."""
        return prev(self.cash) + self.flow + sum_of(self.lent_in)

    @line("USD m", key=True)
    def with_lines(self) -> Expr:
        """Cash and undrawn lines"""
        return self.cash + sum_of(self.lines_in)

    @line("flag")
    def out(self) -> Expr:
        """Cash is negative"""
        return self.cash < 0 - self.tolerance

    @line("flag")
    def out_with_lines(self) -> Expr:
        """Cash and undrawn lines are negative"""
        return self.with_lines < 0 - self.tolerance

    @line("months")
    def before(self) -> Expr:
        """Months until the period"""
        return self.number - 1

    @figure("months", key=True)
    def months(self) -> Expr:
        """Runway without undrawn lines; blank if cash lasts to the end"""
        return first_when(self.out, self.before)

    @figure("months", key=True)
    def months_with_lines(self) -> Expr:
        """Runway with undrawn lines; blank if cash lasts to the end"""
        return first_when(self.out_with_lines, self.before)

    @figure("date")
    def out_on(self) -> Expr:
        """Cash negative from"""
        return first_when(self.out, self.ends)

    @figure("date")
    def out_on_with_lines(self) -> Expr:
        """Cash and undrawn lines negative from"""
        return first_when(self.out_with_lines, self.ends)

    @line("flag")
    def out_early(self) -> Expr:
        """Cash is negative within the months asked"""
        return self.out * (self.number <= self.months_asked)

    @figure("flag")
    def passes(self) -> Expr:
        """K2: cash lasts the months asked with draws frozen"""
        return total(self.out_early) < 1

    @figure("USD m")
    def lowest_cash(self) -> Expr:
        """Lowest cash with draws frozen"""
        return lowest(self.cash)


class Wall(Block):
    """Principal by calendar quarter against liquidity and distributions."""

    quarter_ends = given("flag", "Calendar quarter ends with the period", per=PERIOD)
    distributions = given("USD m", "Distributions", per=PERIOD)
    liquidity = given("USD m", "Unrestricted liquidity", per=PERIOD)
    number = given("no.", "Period", per=PERIOD)
    parent_in = many("USD m", "Principal outside the boxes")
    boxes_in = many("USD m", "Principal in a box")

    @line("USD m", sums=True)
    def parent(self) -> Expr:
        """Principal outside the boxes"""
        return sum_of(self.parent_in)

    @line("USD m", sums=True)
    def boxes(self) -> Expr:
        """Principal in the boxes"""
        return sum_of(self.boxes_in)

    @line("flag")
    def begins(self) -> Expr:
        """First month of a quarter, or of the timeline"""
        return maximum(prev(self.quarter_ends), self.number <= 1)

    @line("USD m")
    def parent_so_far(self) -> Expr:
        """Principal outside the boxes, this quarter"""
        return (1 - self.begins) * prev(self.parent_so_far) + self.parent

    @line("USD m")
    def boxes_so_far(self) -> Expr:
        """Principal in the boxes, this quarter"""
        return (1 - self.begins) * prev(self.boxes_so_far) + self.boxes

    @line("USD m")
    def distributed_so_far(self) -> Expr:
        """Distributions, this quarter"""
        return (1 - self.begins) * prev(self.distributed_so_far) + self.distributions

    @line("USD m")
    def liquidity_before(self) -> Expr:
        """Liquidity at the start of the quarter"""
        return where(self.begins, prev(self.liquidity), prev(self.liquidity_before))

    @line("USD m")
    def gap(self) -> Expr:
        """Principal outside the boxes above liquidity and distributions, at the quarter's end"""
        return self.quarter_ends * maximum(0, self.parent_so_far - maximum(0, self.liquidity_before) - self.distributed_so_far)
