"""What the company pays whatever its boxes do: corporate cost, leases and power outside boxes, tax, its share of capex."""

from __future__ import annotations

from model.sheet import PERIOD, Block, Expr, given, line, many, maximum, prev, sum_of


class Overhead(Block):
    """Corporate cost: what no contract carries."""

    monthly = given("USD m a month", "Corporate cost at the start", low=0, ask=True)
    rise = given("rate", "Its rise a year", default=0, low=-0.5, high=2, ask=True)
    change = given("share", "Change of corporate cost", default=0, low=-1, high=5)
    years = given("years", "Whole years since the as-of date", per=PERIOD)

    @line("USD m", key=True, sums=True)
    def cost(self) -> Expr:
        """Corporate cost"""
        return self.monthly * (1 + self.rise) ** self.years * (1 + self.change)


class Premises(Block):
    """Space and power outside the boxes."""

    rent_stated = given("USD m", "Leases as stated", per=PERIOD)
    signed_stated = given("USD m", "Leases signed and not commenced, as they would run", per=PERIOD)
    signed_share = given("share", "Share of them that starts", default=0, low=0, high=2, ask=True)
    power_stated = given("USD m", "Power outside contracts as stated", per=PERIOD)
    covers_contracts = given("flag", "The leases stated hold those that contracts carry", default=0, low=0, high=1, ask=True)
    change = given("share", "Change of leases and power outside boxes", default=0, low=-1, high=5)
    carried_in = many("USD m", "Rent carried by")

    @line("USD m", sums=True)
    def carried(self) -> Expr:
        """Rent that contracts carry"""
        return sum_of(self.carried_in)

    @line("USD m", key=True, sums=True)
    def rent(self) -> Expr:
        """Leases outside boxes

        As stated, less what contracts carry where the list holds it: no rent is paid twice."""
        return maximum(0, self.rent_stated * (1 + self.change) - self.covers_contracts * self.carried) + self.starting

    @line("USD m", sums=True)
    def starting(self) -> Expr:
        """Leases signed and not commenced that start"""
        return self.signed_stated * self.signed_share
    @line("USD m", sums=True)
    def power(self) -> Expr:
        """Power outside boxes"""
        return self.power_stated * (1 + self.change)

    @line("USD m", sums=True)
    def cost(self) -> Expr:
        """Leases and power outside boxes"""
        return self.rent + self.power


class Tax(Block):
    """Cash tax of the company: by plan, and at a rate on the positive pre-tax cash of the calendar year, at its end.

    Levered, and at company level only (RULES 7). Pre-tax cash stands for taxable income: losses of other years and
    depreciation are left out."""

    rate = given("rate", "Tax rate on positive pre-tax cash", default=0, low=0, high=1, ask=True)
    planned = given("USD m", "Tax by plan", per=PERIOD)
    year_ends = given("flag", "Calendar year ends with the period", per=PERIOD)
    income_in = many("USD m", "Income")
    cost_in = many("USD m", "Deducted")

    @line("USD m", sums=True)
    def pre_tax(self) -> Expr:
        """Pre-tax cash"""
        return sum_of(self.income_in) - sum_of(self.cost_in)

    @line("USD m")
    def year_to_date(self) -> Expr:
        """Pre-tax cash of the calendar year so far"""
        return prev(self.year_to_date) * (1 - prev(self.year_ends)) + self.pre_tax

    @line("USD m", key=True, sums=True)
    def due(self) -> Expr:
        """Cash tax"""
        return self.planned + self.year_ends * self.rate * maximum(0, self.year_to_date)


class Capex(Block):
    """One plan of purchases: what its loan advances, and the company's share."""

    planned = given("USD m", "Purchases by plan", per=PERIOD)
    advance = given("share", "Share that debt advances", low=0, high=1)
    committed = given("flag", "The purchases are committed", default=1, low=0, high=1, ask=True)
    change = given("share", "Change of the purchases", default=0, low=-1, high=20)

    @line("USD m", sums=True)
    def spending(self) -> Expr:
        """Capital expenditure"""
        return self.planned * (1 + self.change)

    @line("USD m", key=True, sums=True)
    def equity(self) -> Expr:
        """Equity share of capital expenditure

        The rest is drawn in the box that buys, which pays the seller itself."""
        return self.spending * (1 - self.advance)

    @line("USD m", sums=True)
    def committed_spending(self) -> Expr:
        """Committed capital expenditure"""
        return self.spending * self.committed
