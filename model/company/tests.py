"""K1, K3, K5 and K6 as figures; K2 stands with the runway, K4 with the guarantees, K7 with all cash (CREDIT 6.5)."""

from __future__ import annotations

from model.sheet import (
    DEAL,
    PERIOD,
    Block,
    Expr,
    figure,
    first_when,
    given,
    line,
    lowest,
    many,
    maximum,
    prev,
    ratio,
    share,
    sum_of,
    total,
)

FAR = 1e9


class FixedCharges(Block):
    """K1: distributions against corporate cost, interest on debt outside the boxes and rent, over twelve months."""

    limit = given("x", "Fixed-charge cover, at least", default=1.2, above=0, source="CREDIT 6.5, K1")
    months = given("no.", "Months of a year", default=12, above=0)
    far = given("x", "Cover where nothing is due", default=FAR, above=0)
    distributions = given("USD m", "Distributions", per=PERIOD)
    overhead = given("USD m", "Corporate cost", per=PERIOD)
    interest = given("USD m", "Interest and fees outside the boxes", per=PERIOD)
    rent = given("USD m", "Leases and power outside boxes", per=PERIOD)
    number = given("no.", "Period", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")
    debt_in = many("USD m", "Balance")

    @line("USD m", sums=True)
    def charges(self) -> Expr:
        """Fixed charges"""
        return self.overhead + self.interest + self.rent

    @line("USD m")
    def distributed_so_far(self) -> Expr:
        """Distributions so far"""
        return prev(self.distributed_so_far) + self.distributions

    @line("USD m")
    def charged_so_far(self) -> Expr:
        """Fixed charges so far"""
        return prev(self.charged_so_far) + self.charges

    @line("USD m")
    def distributed_in_year(self) -> Expr:
        """Distributions of twelve months"""
        return self.distributed_so_far - prev(self.distributed_so_far, self.months)

    @line("USD m")
    def charged_in_year(self) -> Expr:
        """Fixed charges of twelve months"""
        return self.charged_so_far - prev(self.charged_so_far, self.months)

    @line("USD m")
    def debt(self) -> Expr:
        """Debt of the company and its boxes"""
        return sum_of(self.debt_in)

    @line("flag")
    def tested(self) -> Expr:
        """Twelve months have run, and debt was owed at their start or end"""
        owed = maximum(self.debt, prev(self.debt, self.months)) > self.tolerance
        return (self.number >= self.months) * owed * (self.charged_in_year > self.tolerance)

    @line("USD m")
    def charged_tested(self) -> Expr:
        """Fixed charges of twelve months, where tested"""
        return self.charged_in_year * self.tested

    @line("x")
    def cover(self) -> Expr:
        """Fixed-charge cover of twelve months"""
        return ratio(self.distributed_in_year, self.charged_tested, self.tolerance)

    @line("x")
    def ranked(self) -> Expr:
        """The same for the search of its lowest"""
        return share(self.distributed_in_year, self.charged_in_year, self.tolerance) + self.far * (1 - self.tested)

    @figure("x")
    def floor(self) -> Expr:
        """Its lowest, far where none is tested"""
        return lowest(self.ranked)

    @line("flag")
    def at_floor(self) -> Expr:
        """Cover is at its lowest"""
        return (self.ranked <= self.floor + self.tolerance) * self.tested

    @figure("x")
    def lowest_cover(self) -> Expr:
        """Lowest cover of any twelve months"""
        return lowest(self.cover)

    @figure("date")
    def lowest_on(self) -> Expr:
        """Twelve months to"""
        return first_when(self.at_floor, self.ends)

    @line("USD m", sums=True)
    def distributed_first(self) -> Expr:
        """Distributions in the first twelve months"""
        return self.distributions * (self.number <= self.months)

    @line("USD m", sums=True)
    def charged_first(self) -> Expr:
        """Fixed charges in the first twelve months"""
        return self.charges * (self.number <= self.months)

    @figure("USD m")
    def charges_of_first_year(self) -> Expr:
        """Fixed charges of the first twelve months"""
        return total(self.charged_first)

    @figure("USD m")
    def distributions_of_first_year(self) -> Expr:
        """Distributions of the first twelve months"""
        return total(self.distributed_first)

    @figure("x", key=True)
    def first_year(self) -> Expr:
        """K1: fixed-charge cover of the first twelve months"""
        return ratio(self.distributions_of_first_year, self.charges_of_first_year, self.tolerance)

    @figure("USD m")
    def headroom(self) -> Expr:
        """Distributions above what the limit asks for"""
        return self.distributions_of_first_year - self.limit * self.charges_of_first_year

    @figure("flag")
    def passes(self) -> Expr:
        """K1 holds in the first twelve months"""
        return self.headroom >= 0 - self.tolerance


class TwoYears(Block):
    """K3: principal outside the boxes due in 24 months, against liquidity and what boxes send up less fixed cost."""

    months = given("no.", "Months looked ahead", default=24, above=0)
    principal = given("USD m", "Principal outside the boxes", per=PERIOD)
    distributions = given("USD m", "Distributions", per=PERIOD)
    overhead = given("USD m", "Corporate cost", per=PERIOD)
    interest = given("USD m", "Interest and fees outside the boxes", per=PERIOD)
    rent = given("USD m", "Leases and power outside boxes", per=PERIOD)
    tax = given("USD m", "Cash tax", per=PERIOD)
    called = given("USD m", "Called on the company", per=PERIOD)
    at_once = given("USD m", "Falls due at once by a cross-default", per=PERIOD)
    own_in = many("USD m", "Missing in a box without a ring fence")
    number = given("no.", "Period", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")
    liquidity_at_start = given("USD m", "Unrestricted liquidity at the as-of date")

    @line("USD m", sums=True)
    def of_its_own(self) -> Expr:
        """The company's own debt: outside the boxes, what its boxes without a ring fence lack, what falls due at once"""
        return self.principal + sum_of(self.own_in) + self.at_once

    @line("USD m", sums=True)
    def due_in_time(self) -> Expr:
        """The company's own debt due in the 24 months"""
        return self.of_its_own * (self.number <= self.months)

    @line("USD m", sums=True)
    def distributed_in_time(self) -> Expr:
        """Distributions in the 24 months"""
        return self.distributions * (self.number <= self.months)

    @line("USD m", sums=True)
    def cost_in_time(self) -> Expr:
        """Corporate cost, interest, rent and tax in the 24 months"""
        return (self.overhead + self.interest + self.rent + self.tax) * (self.number <= self.months)

    @line("USD m", sums=True)
    def called_in_time(self) -> Expr:
        """Called on the company for ring-fenced boxes in the 24 months: beside the test"""
        return maximum(0, self.called - sum_of(self.own_in) - self.at_once) * (self.number <= self.months)

    @figure("USD m", key=True)
    def due(self) -> Expr:
        """K3: the company's own debt due in 24 months"""
        return total(self.due_in_time)

    @figure("USD m")
    def distributed(self) -> Expr:
        """Distributions of 24 months"""
        return total(self.distributed_in_time)

    @figure("USD m")
    def cost(self) -> Expr:
        """Corporate cost, interest, rent and tax of 24 months"""
        return total(self.cost_in_time)

    @figure("USD m")
    def called_on(self) -> Expr:
        """Called on the company for ring-fenced boxes in 24 months

        Beside the test: a deficit of a box is a call, never a negative distribution."""
        return total(self.called_in_time)

    @figure("USD m", key=True)
    def available(self) -> Expr:
        """Liquidity and distributions, less corporate cost, interest, rent and tax

        Source: RULES, K3."""
        return self.liquidity_at_start + self.distributed - self.cost

    @figure("USD m")
    def headroom(self) -> Expr:
        """Available above what is due"""
        return self.available - self.due

    @figure("flag")
    def passes(self) -> Expr:
        """K3 holds"""
        return self.headroom >= 0 - self.tolerance


class Growth(Block):
    """K6: committed purchases, less committed undrawn lines and cash. Lines of all kinds count: they are for purchases."""

    spending_in = many("USD m", "Committed")
    undrawn_in = many("USD m", "Undrawn at the as-of date", per=DEAL)
    cash = given("USD m", "Cash at the as-of date")
    tolerance = given("USD m", "Amount that counts as nothing")

    @line("USD m", sums=True)
    def spending(self) -> Expr:
        """Committed capital expenditure"""
        return sum_of(self.spending_in)

    @figure("USD m")
    def committed(self) -> Expr:
        """Growth capex committed"""
        return total(self.spending)

    @figure("USD m")
    def undrawn(self) -> Expr:
        """Committed and undrawn"""
        return sum_of(self.undrawn_in)

    @figure("USD m", key=True)
    def unfunded(self) -> Expr:
        """K6: growth capex committed and unfunded"""
        return maximum(0, self.committed - self.undrawn - maximum(0, self.cash))

    @figure("flag")
    def passes(self) -> Expr:
        """K6 holds: all is funded"""
        return self.unfunded <= self.tolerance


class NotesInCash(Block):
    """K5: what the convertible notes take in cash at maturity at the scenario's share price."""

    cash_in = many("USD m", "Cash due at maturity", per=DEAL)
    principal_in = many("USD m", "Principal due at maturity", per=DEAL)
    tolerance = given("USD m", "Amount that counts as nothing")

    @figure("USD m", key=True)
    def cash(self) -> Expr:
        """K5: convertible notes due in cash"""
        return sum_of(self.cash_in)

    @figure("USD m")
    def principal(self) -> Expr:
        """Principal of convertible notes at maturity"""
        return sum_of(self.principal_in)

    @figure("flag")
    def passes(self) -> Expr:
        """K5 holds: no note falls due in cash"""
        return self.cash <= self.tolerance
