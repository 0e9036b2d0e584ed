"""What a scenario moves for the whole deal at once."""

from __future__ import annotations

from model.sheet import PERIOD, Block, Expr, figure, given, line, maximum, minimum


class Drivers(Block):
    """Changes against the case as signed; all are 0 (or 1 for factors) in the base case."""

    price_change = given("share", "Change of every contract price", default=0, low=-1, high=2)
    cost_change = given("share", "Change of every cash cost (rent and power included)", default=0, low=-1, high=5)
    delay_days = given("days", "Delay of tranches not yet accepted", default=0, low=0, high=1500)
    delivered = given("share", "Share of the contracted capacity that is delivered", default=1, low=0, high=1)
    sla_credits = given("share", "Service credits of every contract", default=0, low=0, high=1)
    uncollected = given("share", "Share of every invoice that is never paid", default=0, low=0, high=1)
    power_change = given("share", "Change of every power price", default=0, low=-1, high=20)
    power_months = given("no.", "Months for which power prices are changed", default=240, low=0, high=240)
    summer_power = given("share", "Share of the hours with power in the summer quarter", default=1, low=0, high=1)
    running_change = given("share", "Change of staff, maintenance and insurance", default=0, low=-1, high=5)
    rent_escalation = given("rate", "Added to every yearly rise of rent", default=0, low=-0.2, high=0.5)
    renewals = given("flag", "Renewal options are used", default=0, low=0, high=1)
    contract_price_change = given("share", "Change of contract prices of the market", default=0, low=-1, high=20)
    market_decline = given("rate", "Rise of market prices of GPU-hours a year", default=0, low=-0.9, high=1)
    decline_after = given("no.", "Months before it begins", default=0, low=0, high=240)
    decline_until = given("no.", "Months after which it ends", default=240, low=0, high=240)
    spot_change = given("share", "Change of spot prices of GPU-hours", default=0, low=-1, high=20)
    resale_change = given("share", "Change of resale values of GPUs", default=0, low=-1, high=5)
    collateral_change = given("share", "Change of appraised values of GPUs", default=0, low=-1, high=5)
    short_life = given("flag", "GPUs are written down over four years at most", default=0, low=0, high=1)
    rate_shift = given("rate", "Shift of the base-rate curve", default=0, low=-0.1, high=0.2)
    spread_reset = given("rate", "Added to the rate at which a loan is refinanced", default=0, low=-0.1, high=0.5)
    market_shut = given("no.", "Months in which nothing can be refinanced", default=0, low=0, high=240)
    revolver_drawn = given("share", "Share of undrawn revolvers that is drawn at once", default=0, low=0, high=1)
    debt_scale = given("factor", "Scale of all debt", default=1, low=0, high=10)
    draw_factor = given("factor", "Share of the planned draws that is made", default=1, low=0, high=2)
    proceeds_factor = given("factor", "Share of the planned repayment from proceeds that is made", default=1, low=0, high=1)
    share_change = given("share", "Change of the share-price path", default=0, low=-1, high=20)
    hazard_factor = given("factor", "Factor on the hazard of default in a simulation", default=1, low=0,
                          high=20)
    cross_default = given("no.", "Month of a cross-default of the company (0: as the case says)", default=0, low=0, high=240)
    tolerance = given("USD m", "Amount that counts as nothing", default=1e-6, above=0)
    cover = given("x", "Cover that T3 asks for", default=1, low=1, high=5)

    @figure("flag")
    def as_signed(self) -> Expr:
        """Prices, dates and draws are as signed"""
        moved = maximum(self.price_change, 0 - self.price_change) + self.delay_days
        undrawn = maximum(self.draw_factor - 1, 1 - self.draw_factor)
        return (moved + undrawn) <= 0


class Season(Block):
    """What the drivers make of single months: power in summer, power prices for a time, a slide of market prices."""

    number = given("no.", "Period", per=PERIOD)
    summer = given("flag", "Month of the summer quarter", per=PERIOD)
    months_in_year = given("months", "Months in a year", default=12, above=0)
    power_change = given("share", "Change of every power price")
    power_months = given("no.", "Months for which it holds")
    summer_power = given("share", "Share of the hours with power in the summer quarter")
    market_decline = given("rate", "Rise of market prices a year")
    decline_after = given("no.", "Months before it begins")
    decline_until = given("no.", "Months after which it ends")

    @line("factor")
    def power_level(self) -> Expr:
        """Level of power prices"""
        return 1 + self.power_change * (self.number <= self.power_months)

    @line("share")
    def power_there(self) -> Expr:
        """Share of the hours with power"""
        return 1 - self.summer * (1 - self.summer_power)

    @line("factor")
    def market_level(self) -> Expr:
        """Level of market prices of GPU-hours"""
        months = maximum(0, minimum(self.number, self.decline_until) - self.decline_after)
        return (1 + self.market_decline) ** (months / self.months_in_year)
