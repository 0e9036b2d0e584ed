"""Diluted earnings per share by the if-converted method, one convertible after the other.

Several convertibles stand in a chain, the most dilutive first: each reads the diluted income and shares of the one before
and counts only if it lowers earnings per share (ASC 260-10-45-17 to 45-20). A capped call is anti-dilutive and left out.
"""

from __future__ import annotations

from model.sheet import Block, Expr, figure, given, maximum, share, where


class IfConverted(Block):
    """One convertible note in diluted earnings per share, for one reporting period.

    A note that may be settled in cash or in shares counts as settled in shares: all shares, interest added back. Only where
    the principal must be paid in cash do the shares of the excess count, at the average price, and no interest is added
    back. Source: ASC 260-10-45-40 and 45-45, as amended by ASU 2020-06. A note that must be settled wholly in cash is
    outside this block.
    """

    income = given("USD m", "Income to common shares, before this note")
    shares = given("m shares", "Weighted shares, before this note", above=0)
    interest = given("USD m", "Interest expense on the note, cost included", low=0)
    tax_rate = given("rate", "Tax rate on interest", default=0, low=0, high=1, ask=True)
    principal = given("USD m", "Principal outstanding in the period", low=0)
    conversion_price = given("USD", "Conversion price", above=0)
    average_price = given("USD", "Average share price of the period", low=0, ask=True)
    outstanding = given("share", "Share of the period in which the note was outstanding", default=1, low=0, high=1)
    principal_in_cash = given("flag", "Principal must be paid in cash", default=0, low=0, high=1, ask=True)
    tolerance = given("USD", "Share price that counts as nothing", default=1e-6, above=0)

    @figure("USD", key=True)
    def eps_before(self) -> Expr:
        """Earnings per share before this note"""
        return self.income / self.shares

    @figure("m shares")
    def all_shares(self) -> Expr:
        """Shares underlying, weighted"""
        return self.outstanding * self.principal / self.conversion_price

    @figure("USD")
    def above_conversion(self) -> Expr:
        """Average share price above the conversion price"""
        return maximum(0, self.average_price - self.conversion_price)

    @figure("m shares")
    def excess_shares(self) -> Expr:
        """Shares that the conversion value above principal buys

        n x max(0, S - K) / S. Source: ASC 260-10-55-84."""
        return self.all_shares * share(self.above_conversion, self.average_price, self.tolerance)

    @figure("m shares", key=True)
    def more_shares(self) -> Expr:
        """If-converted shares"""
        return where(self.principal_in_cash, self.excess_shares, self.all_shares)

    @figure("USD m")
    def added_back(self) -> Expr:
        """Interest added back, after tax"""
        return (1 - self.principal_in_cash) * self.interest * (1 - self.tax_rate)

    @figure("USD m")
    def income_if_converted(self) -> Expr:
        """Income if converted"""
        return self.income + self.added_back

    @figure("m shares")
    def shares_if_converted(self) -> Expr:
        """Shares if converted"""
        return self.shares + self.more_shares

    @figure("USD")
    def eps_if_converted(self) -> Expr:
        """Earnings per share if converted"""
        return share(self.income_if_converted, self.shares_if_converted, self.tolerance)

    @figure("flag", key=True)
    def dilutive(self) -> Expr:
        """Conversion lowers earnings per share

        Otherwise the note is left out: anti-dilutive, as in every year with a loss. Source: ASC 260-10-45-17."""
        return self.eps_if_converted < self.eps_before

    @figure("USD m")
    def diluted_income(self) -> Expr:
        """Income for diluted earnings per share"""
        return self.income + self.dilutive * self.added_back

    @figure("m shares")
    def diluted_shares(self) -> Expr:
        """Diluted shares"""
        return self.shares + self.dilutive * self.more_shares

    @figure("USD", key=True)
    def diluted_eps(self) -> Expr:
        """Diluted earnings per share"""
        return where(self.dilutive, self.eps_if_converted, self.eps_before)
