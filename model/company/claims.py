"""Single claims on the company's cash: a customer deposit that is repaid, shares that holders may sell back."""

from __future__ import annotations

from model.sheet import PERIOD, Block, Expr, given, line, maximum, prev


class Deposit(Block):
    """A refundable customer deposit."""

    amount = given("USD m", "Deposit held", low=0, ask=True)
    fee = given("share", "Fee on repayment", default=0, low=0, high=2, ask=True)
    repaid_on = given("date", "Repaid on", kind="date", ask=True)
    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)

    @line("USD m", key=True, sums=True)
    def repaid(self) -> Expr:
        """Deposit repaid, with its fee"""
        return self.amount * (1 + self.fee) * (self.repaid_on >= self.starts) * (self.repaid_on <= self.ends)


class PutRight(Block):
    """Shares that their holders may sell back to the company at the strike.

    They do so at the first month end from the date on at which the share stands below the strike, unless the right has
    lapsed: it does once the share has stood at the lapse price. The average of 20 trading days is read from month ends."""

    shares = given("m shares", "Shares that may be sold back", low=0, ask=True)
    strike = given("USD", "Strike", above=0, ask=True)
    exercisable_from = given("date", "Exercisable from", kind="date", ask=True)
    lapse_above = given("USD", "Lapses at this share price", default=1e9, above=0, ask=True)
    price_path = given("USD", "Share price at period end", per=PERIOD)
    share_change = given("share", "Change of the share-price path", default=0, low=-1, high=20)
    ends = given("date", "Period end", per=PERIOD)

    @line("USD", opening=True)
    def share_price(self) -> Expr:
        """Share price"""
        return self.price_path * (1 + self.share_change)

    @line("flag")
    def lapsed(self) -> Expr:
        """The right has lapsed"""
        return maximum(prev(self.lapsed), self.share_price >= self.lapse_above)

    @line("flag")
    def exercised(self) -> Expr:
        """Holders sell back in the period"""
        return ((self.ends >= self.exercisable_from) * (1 - self.lapsed) * (1 - prev(self.spent))
                * (self.share_price < self.strike))

    @line("flag")
    def spent(self) -> Expr:
        """The right was used"""
        return maximum(prev(self.spent), self.exercised)

    @line("USD m", key=True, sums=True)
    def paid(self) -> Expr:
        """Paid for shares that holders sell back"""
        return self.exercised * self.shares * self.strike
