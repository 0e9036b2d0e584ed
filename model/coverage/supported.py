"""T1, T2 and T3 of one pair with the support that counts: the same tests, and every dollar of support in a row of its own.

Support stands in an account of the pair beside its box: another pair's support never helps it. What a renewal or a vendor
brings above the need of a date is paid out as the box pays out; what a sale brings is held for the debt.
"""

from __future__ import annotations

from model.sheet import (
    PERIOD,
    Block,
    Expr,
    at,
    figure,
    given,
    highest,
    line,
    many,
    maximum,
    minimum,
    prev,
    sum_of,
    total,
)


class SupportedTests(Block):
    """The tests of a pair with the letters of support that count."""

    number = given("no.", "Period", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")
    required = given("x", "Cover that T3 asks for", above=0)
    paid_out = given("share", "Share of a box's surplus that is distributed", per=PERIOD)
    pays = given("flag", "Payment date", per=PERIOD)
    service = given("USD m", "Debt service without balloon", per=PERIOD)
    balloon = given("USD m", "Balloon", per=PERIOD)
    tested_cash = given("USD m", "CFADS of the service periods that end here", per=PERIOD)
    kept = given("USD m", "Cash kept from earlier service periods", per=PERIOD)
    for_balloon = given("USD m", "Cash kept before a balloon is paid", per=PERIOD)
    at_hand = given("USD m", "Cash kept, and cash that waits for the next payment date", per=PERIOD)
    left_after = given("USD m", "Balance after the balloon", per=PERIOD)
    exposure = given("USD m", "Balance and planned draws at period start", per=PERIOD)
    owing = given("flag", "Debt outstanding or planned", per=PERIOD)
    maturity = given("no.", "Period of the last maturity (Td)")
    end = given("no.", "Period of the last contracted receipt, or of the last that support brings")
    counts_vendor = given("flag", "V counts: vendor backstop")
    counts_renewal = given("flag", "L counts: renewal at the low price")
    counts_residual = given("flag", "X counts: residual")
    counts_refinancing = given("flag", "F counts: refinancing")
    counts_guarantee = given("flag", "G counts: guarantee")
    guaranteed = given("USD m", "Most that guarantees pay for the pair", default=0, low=0)
    vendor_in = many("USD m", "V: brought by the vendor")
    renewal_in = many("USD m", "L: brought by the renewal")
    sale_in = many("USD m", "X: brought by the sale")
    refinanced_in = many("USD m", "F: balloon that is refinanced")
    value_in = many("USD m", "Present value of contracted CFADS and support")

    # ---- the account of support --------------------------------------------------------------------------------------

    @line("USD m", sums=True)
    def refinanced(self) -> Expr:
        """F: balloon that is refinanced"""
        return sum_of(self.refinanced_in)

    @line("USD m")
    def gathered(self) -> Expr:
        """V and L since the last payment date, and what stayed before"""
        return prev(self.stays) + sum_of(self.vendor_in) + sum_of(self.renewal_in)

    @line("USD m")
    def usable(self) -> Expr:
        """V and L for this payment date"""
        return self.pays * self.gathered

    @line("USD m")
    def from_contract(self) -> Expr:
        """Cash of the contract for this date, cash kept included"""
        return self.tested_cash + prev(self.kept)

    @line("USD m", sums=True)
    def lacking(self) -> Expr:
        """Service that neither the contract nor V and L meet"""
        return maximum(0, self.service - self.from_contract - self.usable)

    @line("USD m")
    def over(self) -> Expr:
        """V and L above the need of service"""
        return maximum(0, self.usable - maximum(0, self.service - self.from_contract))

    @line("USD m")
    def stays(self) -> Expr:
        """V and L that stay in the account

        All between payment dates; on one, what is not paid out."""
        kept_back = (1 - self.paid_out) * maximum(0, self.over - self.balloon)
        return (1 - self.pays) * self.gathered + self.pays * kept_back

    @line("USD m")
    def held(self) -> Expr:
        """X before it is used: held from the sale on"""
        return prev(self.held_after) + sum_of(self.sale_in)

    @line("USD m", sums=True)
    def wanted(self) -> Expr:
        """Service and balloon that contract, V, L and F do not meet"""
        due = self.service + self.balloon - self.refinanced
        return maximum(0, due - self.from_contract - self.usable)

    @line("USD m", sums=True)
    def used(self) -> Expr:
        """X used"""
        return minimum(self.held, self.wanted)

    @line("USD m")
    def held_after(self) -> Expr:
        """X after it is used"""
        return self.held - self.used

    # ---- T1 ----------------------------------------------------------------------------------------------------------

    @line("USD m", key=True, sums=True)
    def shortfall(self) -> Expr:
        """T1 with support: cash missing on the payment date"""
        return maximum(0, self.lacking - self.held)

    @line("flag")
    def missed(self) -> Expr:
        """T1 with support fails"""
        return self.shortfall > self.tolerance

    @figure("flag")
    def t1(self) -> Expr:
        """T1 with support"""
        return total(self.missed) < 1

    # ---- T2 ----------------------------------------------------------------------------------------------------------

    @line("USD m")
    def met_balloon(self) -> Expr:
        """Cash and support for a balloon, after service"""
        return self.for_balloon + self.over + maximum(0, self.held - self.lacking)

    @line("USD m")
    def unmet_balloon(self) -> Expr:
        """Balloon that neither cash nor support covers

        While cash or support comes in; where a sale is held for the debt, on every maturity."""
        tested = maximum(self.number <= self.end, self.counts_residual)
        return maximum(0, self.balloon - self.refinanced - self.met_balloon) * tested

    @line("USD m")
    def in_hand(self) -> Expr:
        """Cash and support at hand"""
        return self.at_hand + maximum(0, self.stays) + self.held_after

    @figure("USD m", key=True)
    def uncovered_balance(self) -> Expr:
        """T2 with support: balance left that nothing covers

        Each loan where it ends; the contract where it does, with the supports that count."""
        return total(self.unmet_balloon) + maximum(0, at(self.left_after, self.end) - at(self.in_hand, self.end))

    @figure("flag")
    def t2(self) -> Expr:
        """T2 with support"""
        return self.uncovered_balance <= self.tolerance

    # ---- T3 ----------------------------------------------------------------------------------------------------------

    @line("USD m")
    def value(self) -> Expr:
        """Present value of contracted CFADS and support"""
        return sum_of(self.value_in)

    @line("USD m", key=True)
    def deficit(self) -> Expr:
        """T3 with support: present value missing

        What a sale has brought is held for the debt and counts as it stands."""
        return self.owing * maximum(0, self.required * self.exposure - self.value - prev(self.held_after))

    @line("flag")
    def thin(self) -> Expr:
        """T3 with support fails"""
        return self.deficit > self.tolerance

    @figure("flag")
    def t3(self) -> Expr:
        """T3 with support"""
        return total(self.thin) < 1

    # ---- G, and whether the pair passes ------------------------------------------------------------------------------

    @line("USD m", sums=True)
    def missing(self) -> Expr:
        """Service and balloon that support does not reach either"""
        return self.wanted - self.used

    @figure("USD m")
    def called(self) -> Expr:
        """G: what guarantors would have to pay

        Service and balloons that nothing else meets, and no less than the present value missing."""
        return self.counts_guarantee * maximum(total(self.missing), highest(self.deficit))

    @figure("flag")
    def guarantee_reaches(self) -> Expr:
        """G: the guarantees reach as far as they are called"""
        return self.counts_guarantee * (self.called <= self.guaranteed + self.tolerance)

    @figure("flag", key=True)
    def covered(self) -> Expr:
        """T1, T2 and T3 pass with the support that counts"""
        return maximum(self.t1 * self.t2 * self.t3, self.guarantee_reaches)
