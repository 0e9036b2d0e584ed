"""A loan as its papers say, and what lies ahead of it: for targets and tests that look forward (`RULES.md` 14)."""

from __future__ import annotations

from model.sheet import PERIOD, Block, Expr, at, following, given, line, many, minimum, prev, share, sum_of


class Contractual(Block):
    """The loan as if nothing were swept, tested or repaid early. It rests on no cash, so tests may look ahead on it."""

    number = given("no.", "Period", per=PERIOD)
    start = given("USD m", "Principal at the as-of date")
    drawn = given("USD m", "Drawn", per=PERIOD)
    on_opening = given("USD m", "Instalment due on the opening balance", per=PERIOD)
    on_draws = given("USD m", "Instalment due on later draws", per=PERIOD)
    pays = given("flag", "Payment date", per=PERIOD)
    last_period = given("no.", "Period of the final maturity (Td)")
    rate = given("rate", "Interest rate in force at period end", per=PERIOD)
    coupon_years = given("years", "Year fraction of the coupon paid", per=PERIOD)

    @line("USD m")
    def opening(self) -> Expr:
        """Opening balance by the papers"""
        return prev(self.closing)

    @line("USD m", sums=True)
    def instalment(self) -> Expr:
        """Instalment by the papers"""
        return minimum(self.opening + self.drawn, self.on_opening + self.on_draws)

    @line("USD m", opening="start")
    def closing(self) -> Expr:
        """Closing balance by the papers; nothing after maturity"""
        return (self.opening + self.drawn - self.instalment) * (self.number < self.last_period)

    @line("USD m", sums=True)
    def interest(self) -> Expr:
        """Interest by the papers"""
        return self.pays * prev(self.rate) * self.coupon_years * self.opening

    @line("USD m")
    def principal_to_come(self) -> Expr:
        """Instalments from here on"""
        return following(self.principal_to_come) + self.instalment

    @line("USD m")
    def interest_to_come(self) -> Expr:
        """Interest from here on"""
        return following(self.interest_to_come) + self.interest


class ContractualAsPlanned(Contractual):
    """Of a loan whose draws follow what is owed or earned: the draws as planned stand in for them."""

    planned_draws = given("USD m", "Planned draws", per=PERIOD)
    draw_instalments = given("USD m", "Instalment no. k on later draws, in column k", per=PERIOD)
    instalment_number = given("no.", "Instalments so far", per=PERIOD)
    draw_factor = given("factor", "Share of the planned draws that is made")
    scale = given("factor", "Scale of all debt")

    @line("USD m", sums=True)
    def drawn(self) -> Expr:
        """Drawn as planned"""
        return self.planned_draws * self.draw_factor * self.scale

    @line("USD m", sums=True)
    def on_draws(self) -> Expr:
        """Instalment on planned draws"""
        return self.pays * at(self.draw_instalments, self.instalment_number) * self.draw_factor * self.scale


class ToDraw(Block):
    """Draws of one loan that are still planned, whatever its tests will allow."""

    drawn = given("USD m", "Drawn by the papers", per=PERIOD)

    @line("USD m", key=True)
    def to_come(self) -> Expr:
        """Draws still planned, this period included"""
        return following(self.to_come) + self.drawn


class ServiceAhead(Block):
    """Service of one loan in the months after a date, on what is owed then."""

    papers = given("USD m", "Closing balance by the papers", per=PERIOD)
    principal_to_come = given("USD m", "Instalments from here on", per=PERIOD)
    interest_to_come = given("USD m", "Interest from here on", per=PERIOD)
    owed = given("USD m", "Owed after this date's service", per=PERIOD)
    months = given("no.", "Months looked ahead")
    tolerance = given("USD m", "Amount that counts as nothing")

    @line("USD m")
    def principal_within(self) -> Expr:
        """Instalments of so many months, this one the first"""
        return self.principal_to_come - following(self.principal_to_come, self.months)

    @line("USD m")
    def interest_within(self) -> Expr:
        """Interest of so many months, this one the first"""
        return self.interest_to_come - following(self.interest_to_come, self.months)

    @line("share")
    def still_owed(self) -> Expr:
        """Owed, of what the papers say"""
        return share(self.owed, self.papers, self.tolerance)

    @line("USD m", key=True)
    def service(self) -> Expr:
        """Debt service ahead

        Instalments as contracted as far as debt is left for them, interest on what is still owed; balloons left out."""
        return minimum(self.owed, following(self.principal_within)) + following(self.interest_within) * self.still_owed


class Ahead(Block):
    """A flow that rests on contracts alone, in the months after a date."""

    flows_in = many("USD m", "Flow")
    months = given("no.", "Months looked ahead")

    @line("USD m")
    def to_come(self) -> Expr:
        """From here on"""
        return following(self.to_come) + sum_of(self.flows_in)

    @line("USD m")
    def within(self) -> Expr:
        """Of so many months, this one the first"""
        return self.to_come - following(self.to_come, self.months)

    @line("USD m", key=True)
    def ahead(self) -> Expr:
        """Of the months that follow"""
        return following(self.within)


class Gone(Block):
    """Flows of the months up to a date."""

    flows_in = many("USD m", "Flow")
    months = given("no.", "Months looked back")

    @line("USD m")
    def so_far(self) -> Expr:
        """So far"""
        return prev(self.so_far) + sum_of(self.flows_in)

    @line("USD m", key=True)
    def lately(self) -> Expr:
        """Of the months up to this one"""
        return self.so_far - prev(self.so_far, self.months)


class Sum(Block):
    """Rows added up."""

    parts_in = many("USD m", "Part")

    @line("USD m", key=True)
    def sum(self) -> Expr:
        """In all"""
        return sum_of(self.parts_in)


class PledgedFlow(Block):
    """A flow of one contract, as far as it is pledged."""

    cash_share = given("share", "Share of the contract's cash", low=0, high=1)
    flows_in = many("USD m", "Flow")

    @line("USD m", sums=True)
    def pledged(self) -> Expr:
        """Pledged"""
        return sum_of(self.flows_in) * self.cash_share
