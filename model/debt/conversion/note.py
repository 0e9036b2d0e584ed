"""Conversion of a convertible note: what holders may do, what the issuer then owes, and when, as the share price moves.

The block stands beside the note and changes nothing in it: the note's own rows stay the contract without conversion.

On a monthly grid the price test of an indenture (20 of the last 30 trading days above a trigger) is read from month ends,
the price moving in a straight line between them. On a rising line the 20th last day decides, about one month back; on a
falling line the 11th last, about half a month back. Not held: the window after five days on which the note trades below
98 % of parity (it asks for prices of the note), and adjustments of the conversion rate for dividends and splits.
"""

from __future__ import annotations

from model.debt.conversion.settlement import capped_payoff, cash_settled
from model.sheet import PERIOD, Block, Expr, figure, first_when, given, highest, line, maximum, prev, share, total


class Conversion(Block):
    """The conversion right of a note, over time. The share-price path brings its opening column, the price at the start."""

    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    quarter_ends = given("flag", "Calendar quarter ends with the period", per=PERIOD)
    principal = given("USD m", "Principal before what is paid at maturity", per=PERIOD)
    matures = given("flag", "Maturity falls in the period", per=PERIOD)
    price_path = given("USD", "Share price at period end", per=PERIOD)
    share_change = given("share", "Change of the share-price path", default=0, low=-1, high=20)
    tolerance = given("USD m", "Amount that counts as nothing", default=1e-6, above=0)

    conversion_price = given("USD", "Conversion price", above=0, ask=True)
    quoted_on = given("USD", "Principal that a conversion rate is quoted on", default=1000, above=0)
    cash_for_principal = given("share", "Share of the principal settled in cash", default=1, low=0, high=1, ask=True)
    cash_for_excess = given("share", "Share of the excess settled in cash", default=0, low=0, high=1, ask=True)
    convert_trigger = given("x", "Holders may convert above this multiple of the conversion price", default=1.3, low=1, ask=True)
    price_test_from = given("date", "First quarter end at which the price is tested (0: any)", default=0, kind="date", ask=True)
    tested_before = given("flag", "Price test met in the quarter before the start", default=0, low=0, high=1, ask=True)
    freely_from = given("date", "Holders may convert freely from", kind="date", ask=True)
    call_from = given("date", "Issuer may call from (0: never)", default=0, kind="date", ask=True)
    call_trigger = given("x", "Issuer may call above this multiple of the conversion price", default=1.3, low=0, ask=True)
    falling_weight = given("share", "Share of the last month that a falling price test looks back", default=0.5, low=0, high=1,
                           source="11th last of 30 trading days, of about 21 a month")
    cap_price = given("USD", "Cap price of the capped call (0: none)", default=0, low=0, ask=True)
    capped_call_cost = given("USD m", "Cost of the capped call", default=0, low=0, ask=True,
                             source="paid at issue, to additional paid-in capital")
    capped_call_cash = given("share", "Share of the capped call that is settled in cash", default=0, low=0, high=1, ask=True)
    fundamental_change_on = given("date", "Date of a fundamental change (0: never)", default=0, kind="date", ask=True)

    @figure("shares")
    def conversion_rate(self) -> Expr:
        """Conversion rate per 1,000"""
        return self.quoted_on / self.conversion_price

    @figure("USD")
    def convert_above(self) -> Expr:
        """Share price above which holders may convert"""
        return self.convert_trigger * self.conversion_price

    @figure("USD")
    def call_above(self) -> Expr:
        """Share price above which the issuer may call"""
        return self.call_trigger * self.conversion_price

    @line("USD", opening=True)
    def share_price(self) -> Expr:
        """Share price"""
        return self.price_path * (1 + self.share_change)

    @line("USD")
    def sustained_price(self) -> Expr:
        """Share price exceeded on 20 of the last 30 trading days

        Straight line between month ends: a month back where it rises, half a month back where it falls."""
        return prev(self.share_price) - self.falling_weight * maximum(0, prev(self.share_price) - self.share_price)

    @line("flag")
    def outstanding(self) -> Expr:
        """Note is outstanding"""
        return self.principal > self.tolerance

    @line("m shares")
    def shares_underlying(self) -> Expr:
        """Shares underlying"""
        return self.principal / self.conversion_price

    @line("USD m", key=True)
    def conversion_value(self) -> Expr:
        """Conversion value (parity)"""
        return self.shares_underlying * self.share_price

    @line("flag")
    def in_the_money(self) -> Expr:
        """Converting is worth the principal or more

        Source: RULES 16."""
        return self.outstanding * (self.share_price >= self.conversion_price)

    @line("USD m")
    def excess(self) -> Expr:
        """Conversion value above principal"""
        return maximum(0, self.conversion_value - self.principal)

    @line("flag")
    def price_test(self) -> Expr:
        """Price test is met at the quarter end"""
        return (self.ends >= self.price_test_from) * (self.sustained_price > self.convert_above)

    @line("flag", opening="tested_before")
    def price_window(self) -> Expr:
        """Price test was met at the last quarter end

        Opens the note for the quarter that follows."""
        return self.quarter_ends * self.price_test + (1 - self.quarter_ends) * prev(self.price_window)

    @line("flag")
    def free_window(self) -> Expr:
        """Free conversion period has begun by period end"""
        return self.ends >= self.freely_from

    @line("flag")
    def fundamental_change(self) -> Expr:
        """Fundamental change falls in the period"""
        return (self.starts <= self.fundamental_change_on) * (self.ends >= self.fundamental_change_on)

    @line("flag", key=True)
    def may_call(self) -> Expr:
        """Issuer may call

        From the first call date, while the price test of a call is met at period end."""
        return self.outstanding * (self.call_from > 0) * (self.ends >= self.call_from) * (self.sustained_price > self.call_above)

    @line("flag", key=True)
    def may_convert(self) -> Expr:
        """Holders may convert

        In the quarter after a price test that is met, in the free period, and on a fundamental change."""
        open_now = maximum(maximum(prev(self.price_window), self.free_window), self.fundamental_change)
        return self.outstanding * open_now

    @line("USD m", key=True)
    def cash_if_settled(self) -> Expr:
        """Cash due if settled in this period

        Source: RULES 16."""
        return cash_settled(self.in_the_money, self.principal, self.excess, self.cash_for_principal, self.cash_for_excess)

    @line("USD m")
    def value_in_shares(self) -> Expr:
        """Value due in shares if settled in this period"""
        return maximum(self.principal, self.conversion_value) - self.cash_if_settled

    @line("m shares")
    def shares_if_settled(self) -> Expr:
        """Shares deliverable if settled in this period"""
        return share(self.value_in_shares, self.share_price, self.tolerance)

    @line("USD m", key=True)
    def cash_on_demand(self) -> Expr:
        """Cash that holders could ask for by converting

        Where they may convert and it is worth it; liquidity that the maturity table does not show."""
        return self.may_convert * self.in_the_money * self.cash_if_settled

    @line("USD m")
    def cash_if_called(self) -> Expr:
        """Cash due if the issuer calls

        A call is answered by conversion where that is worth more than the principal."""
        return self.may_call * self.cash_if_settled

    @line("USD m")
    def capped_call(self) -> Expr:
        """Capped-call payoff at this share price

        Source: N x [max(0, S - K) - max(0, S - cap)]."""
        return capped_payoff(self.shares_underlying, self.share_price, self.conversion_price, self.cap_price)

    @line("USD m")
    def excess_not_capped(self) -> Expr:
        """Excess that the capped call does not make good"""
        return self.excess - self.capped_call

    @line("m shares")
    def net_dilution(self) -> Expr:
        """Net dilution after the capped call

        The excess over principal that the capped call does not make good, in shares: none up to the cap."""
        return share(self.excess_not_capped, self.share_price, self.tolerance)

    @line("USD m", opening=True)
    def owed(self) -> Expr:
        """Owed before what is paid at maturity, which counts in cash"""
        return self.principal * (1 - self.matures) + self.cash_at_maturity

    @line("USD m", key=True, sums=True, opening=True)
    def cash_at_maturity(self) -> Expr:
        """Cash due at maturity, by month"""
        return self.matures * self.cash_if_settled

    @line("m shares", sums=True)
    def shares_at_maturity(self) -> Expr:
        """Shares issued at maturity, by month"""
        return self.matures * self.shares_if_settled

    @line("USD m", sums=True)
    def capped_call_at_maturity(self) -> Expr:
        """Capped-call value at maturity, by month"""
        return self.matures * self.capped_call

    @line("USD m", sums=True)
    def capped_call_received(self) -> Expr:
        """Cash from the capped call at maturity

        Owed by the banks that sold it; the cash due on the note does not wait for it."""
        return self.capped_call_at_maturity * self.capped_call_cash

    @line("USD m", sums=True)
    def principal_maturing(self) -> Expr:
        """Principal falling due at maturity"""
        return self.matures * self.principal

    @line("USD", sums=True)
    def price_maturing(self) -> Expr:
        """Share price in the period of maturity"""
        return self.matures * self.share_price

    @figure("USD m")
    def principal_due(self) -> Expr:
        """Principal due at maturity"""
        return total(self.principal_maturing)

    @figure("USD")
    def price_at_maturity(self) -> Expr:
        """Share price at maturity

        At the end of the period in which the note matures."""
        return total(self.price_maturing)

    @figure("m shares", key=True)
    def shares_at_most(self) -> Expr:
        """Most shares underlying"""
        return self.principal_due / self.conversion_price

    @figure("USD m", key=True)
    def cash_due(self) -> Expr:
        """Cash due at maturity

        Source: RULES 16."""
        return total(self.cash_at_maturity)

    @figure("m shares", key=True)
    def shares_issued(self) -> Expr:
        """Shares issued at maturity"""
        return total(self.shares_at_maturity)

    @figure("USD m", key=True)
    def capped_call_value(self) -> Expr:
        """Capped-call value at maturity"""
        return total(self.capped_call_at_maturity)

    @figure("USD m")
    def highest_on_demand(self) -> Expr:
        """Highest cash that holders could ask for by converting"""
        return highest(self.cash_on_demand)

    @figure("date")
    def first_convertible(self) -> Expr:
        """Holders may convert first in the period to"""
        return first_when(self.may_convert, self.ends)

    @figure("date")
    def first_callable(self) -> Expr:
        """Issuer may call first in the period to"""
        return first_when(self.may_call, self.ends)
