"""What documented support brings to a pair: V vendor, L renewal, X residual, F refinancing, G guarantee (RULES 6).

Flags say which letters count. In the base of a run none does; the engine stamps the smallest set under which a pair passes.
"""

from __future__ import annotations

from model.sheet import (
    DEAL,
    PERIOD,
    Block,
    Expr,
    at,
    figure,
    following,
    given,
    highest,
    highest_of,
    line,
    many,
    maximum,
    minimum,
    prev,
    sum_of,
    where,
)


class SupportCash(Block):
    """Cash of a contract's supports, each kind apart, as far as its flag counts it."""

    number = given("no.", "Period", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")
    contract_end = given("no.", "Period of the last contracted receipt (Tc)")
    ended_now = given("flag", "Service ends for good", per=PERIOD)
    counts_vendor = given("flag", "V counts: vendor backstop", default=0, low=0, high=1)
    counts_renewal = given("flag", "L counts: renewal at the low price", default=0, low=0, high=1)
    counts_residual = given("flag", "X counts: residual", default=0, low=0, high=1)
    counts_refinancing = given("flag", "F counts: refinancing", default=0, low=0, high=1)
    counts_guarantee = given("flag", "G counts: guarantee", default=0, low=0, high=1)
    vendor_in = many("USD m", "Brought by a backstop")
    vendor_beside_in = many("USD m", "Brought by a backstop, were the contract renewed")
    renewal_in = many("USD m", "Brought by a renewal")
    renewal_ends = many("no.", "Last period of a renewal", per=DEAL)
    sold_in = many("USD m", "GPUs sold")
    sold_later_in = many("USD m", "GPUs sold after a renewal")
    fixed_price = given("USD m", "Price promised for the GPUs, paid when service ends", default=0, low=0)
    residual_cap = given("USD m", "Most that the sale brings", default=0, low=0)

    @figure("no.")
    def renewal_end(self) -> Expr:
        """Last period of the renewal, if it counts"""
        return highest_of(self.renewal_ends) * self.counts_renewal

    @figure("no.")
    def service_end(self) -> Expr:
        """Period in which the GPUs are free: contract and renewal are over"""
        return maximum(self.contract_end, self.renewal_end)

    @line("USD m", sums=True)
    def vendor(self) -> Expr:
        """V: brought by the vendor

        For what neither the customer nor a renewal takes; nothing for GPUs that are sold."""
        beside = sum_of(self.vendor_beside_in) * self.counts_renewal + sum_of(self.vendor_in) * (1 - self.counts_renewal)
        return self.counts_vendor * beside * (1 - self.counts_residual * (self.number > self.service_end))

    @line("USD m", sums=True)
    def renewal(self) -> Expr:
        """L: brought by the renewal"""
        return self.counts_renewal * sum_of(self.renewal_in)

    @line("flag")
    def paid_now(self) -> Expr:
        """A promised price falls due"""
        renewed = (self.number >= self.renewal_end) * (self.number <= self.renewal_end)
        return where(self.renewal_end, renewed, self.ended_now)

    @line("USD m", sums=True)
    def sale(self) -> Expr:
        """GPUs sold: orderly value, or the price that is promised"""
        sold = sum_of(self.sold_later_in) * self.counts_renewal + sum_of(self.sold_in) * (1 - self.counts_renewal)
        return sold + self.fixed_price * self.paid_now

    @line("USD m", sums=True)
    def residual(self) -> Expr:
        """X: brought by the sale, as far as the promise reaches"""
        return self.counts_residual * minimum(self.sale, maximum(0, self.residual_cap - prev(self.sold_so_far)))

    @line("USD m")
    def sold_so_far(self) -> Expr:
        """Brought by the sale so far"""
        return prev(self.sold_so_far) + self.residual

    @line("no.")
    def brought_number(self) -> Expr:
        """Number of the period, where support brings something"""
        return self.number * (self.vendor + self.renewal + self.residual > self.tolerance)

    @figure("no.")
    def end(self) -> Expr:
        """Period of the last contracted receipt, or of the last that support brings"""
        return maximum(self.contract_end, highest(self.brought_number))


class SupportedSlice(Block):
    """One loan of the pair with what support adds: present values at the loan's own rate, and what can be refinanced."""

    number = given("no.", "Period", per=PERIOD)
    days = given("days", "Days in period", per=PERIOD, above=0)
    days_in_year = given("days", "Days in a year", default=365, above=0)
    contract_end = given("no.", "Period of the last contracted receipt (Tc)")
    end = given("no.", "Period of the last contracted receipt, or of the last that support brings")
    maturity = given("no.", "Period of maturity (Td)")
    cash_share = given("share", "Share of the contract's cash", low=0, high=1)
    debt_share = given("share", "Share of the loan", low=0, high=1)
    cash = given("USD m", "Contracted CFADS, this slice", per=PERIOD)
    in_life = given("flag", "Payment date in the loan's life", per=PERIOD)
    releases = given("flag", "Cash gathered is paid out", per=PERIOD)
    growth = given("x", "Loan: growth of a coupon", per=PERIOD, above=0)
    rate = given("rate", "Loan: interest rate", per=PERIOD)
    loan_balloon = given("USD m", "Balloon, this slice", per=PERIOD)
    take_out = given("USD m", "Committed take-out of the loan", default=0, low=0)
    counts_refinancing = given("flag", "F counts: refinancing")
    spread_reset = given("rate", "Added to the rate at which a loan is refinanced", default=0, low=-0.1, high=0.5)
    market_shut = given("no.", "Months in which nothing can be refinanced", default=0, low=0, high=240)
    vendor = given("USD m", "V: brought by the vendor", per=PERIOD)
    renewal = given("USD m", "L: brought by the renewal", per=PERIOD)
    residual = given("USD m", "X: brought by the sale", per=PERIOD)

    @line("USD m", sums=True)
    def from_vendor(self) -> Expr:
        """V: brought by the vendor, this slice"""
        return self.vendor * self.cash_share

    @line("USD m", sums=True)
    def from_renewal(self) -> Expr:
        """L: brought by the renewal, this slice"""
        return self.renewal * self.cash_share

    @line("USD m", sums=True)
    def from_sale(self) -> Expr:
        """X: brought by the sale, this slice"""
        return self.residual * self.cash_share

    @line("USD m")
    def counted_since(self) -> Expr:
        """Contracted CFADS, V and L of the service period so far"""
        counted = self.cash * (self.number <= self.end) + self.from_vendor + self.from_renewal
        return prev(self.counted_since) * (1 - prev(self.releases)) + counted

    # ---- F: the balloon is refinanced on what the contract still brings, or by a lender who has committed --------------

    @line("flag")
    def past_maturity(self) -> Expr:
        """The contract runs on after maturity"""
        return (self.number > self.maturity) * (self.number <= self.contract_end)

    @line("x", above=0)
    def tail_growth(self) -> Expr:
        """Growth of a month after maturity, at the loan's last rate or what a new lender asks more"""
        rate = at(self.rate, self.maturity - 1) + self.spread_reset
        return 1 + self.past_maturity * maximum(0, rate) * self.days / self.days_in_year

    @line("USD m")
    def tail_value(self) -> Expr:
        """Present value at maturity of contracted CFADS after it

        At the start of the period from there on. Source: RULES 6, F."""
        return (self.past_maturity * self.cash + following(self.tail_value)) / self.tail_growth

    @figure("USD m")
    def refinanceable(self) -> Expr:
        """What a refinancing would bring at maturity"""
        return maximum(0, maximum(at(self.tail_value, self.maturity), self.take_out * self.debt_share))

    @line("USD m", sums=True)
    def refinanced(self) -> Expr:
        """F: balloon that is refinanced"""
        here = (self.number >= self.maturity) * (self.number <= self.maturity) * (self.maturity > self.market_shut)
        return self.counts_refinancing * here * minimum(self.loan_balloon, self.refinanceable)

    @line("USD m")
    def value(self) -> Expr:
        """Present value of contracted CFADS and support over the loan's life

        At the loan's own rate, day count and payment dates, at the start of the period; a sale in its month, as its cash is
        held for the debt from then on. Source: RULES 17."""
        sold = self.from_sale * (self.number <= self.maturity)
        return (self.in_life * (self.counted_since + self.refinanced) + sold + following(self.value)) / self.growth
