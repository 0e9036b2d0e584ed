"""A fundamental change: holders put the note at 100 %, or convert it with the make-whole shares of the indenture."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from model.debt.conversion.settlement import cash_settled
from model.sheet import PERIOD, Block, Expr, figure, given, line, maximum, share, total


@dataclass(frozen=True)
class MakeWholeTable:
    """Additional shares per 1,000 of principal [shares], by effective date (rows) and share price [USD] (columns)."""

    prices: Sequence[float]
    rows: Mapping[date, Sequence[float]]

    def __post_init__(self) -> None:
        if not self.rows or not self.prices:
            raise ValueError("a make-whole table needs dates and prices")
        if any(len(row) != len(self.prices) for row in self.rows.values()):
            raise ValueError(f"every row of a make-whole table needs {len(self.prices)} values, one a price")
        if list(self.prices) != sorted(set(self.prices)) or list(self.rows) != sorted(self.rows):
            raise ValueError("prices and dates of a make-whole table must rise")


def make_whole_shares(table: MakeWholeTable, when: date, price: float) -> float:
    """Additional shares per 1,000 for a change effective on `when` at `price` [USD].

    Straight lines between prices, then between dates by calendar days (the 365-day year of the clause measures both parts
    of the ratio and cancels); none below the lowest price, above the highest, before the first date or after the last.
    Source: the usual indenture clause, "straight-line interpolation ... based on a 365-day year"; the cap on the conversion
    rate, 1,000 / price at pricing, is in the table's first column.
    """
    dates = list(table.rows)
    if not (table.prices[0] <= price <= table.prices[-1] and dates[0] <= when <= dates[-1]):
        return 0.0
    row = min(bisect_right(dates, when), len(dates) - 1) - 1 if len(dates) > 1 else 0
    early, late = dates[row], dates[min(row + 1, len(dates) - 1)]
    weight = (when - early).days / (late - early).days if late > early else 0.0
    before, after = (_along(table.prices, table.rows[day], price) for day in (early, late))
    return before + weight * (after - before)


def _along(prices: Sequence[float], shares: Sequence[float], price: float) -> float:
    """The straight line between the two prices beside `price`."""
    at = min(bisect_right(prices, price), len(prices) - 1) - 1 if len(prices) > 1 else 0
    if prices[at] == price or len(prices) == 1:
        return shares[at]
    return shares[at] + (price - prices[at]) / (prices[at + 1] - prices[at]) * (shares[at + 1] - shares[at])


class FundamentalChange(Block):
    """What a fundamental change asks of the issuer. It stands beside a `Conversion`, whose date and price it reads."""

    principal = given("USD m", "Principal before what is paid at maturity", per=PERIOD)
    share_price = given("USD", "Share price", per=PERIOD)
    conversion_value = given("USD m", "Conversion value (parity)", per=PERIOD)
    falls = given("flag", "Fundamental change falls in the period", per=PERIOD)
    cash_for_principal = given("share", "Share of the principal settled in cash", low=0, high=1)
    cash_for_excess = given("share", "Share of the excess settled in cash", low=0, high=1)
    quoted_on = given("USD", "Principal that a conversion rate is quoted on", default=1000, above=0)
    tolerance = given("USD m", "Amount that counts as nothing", default=1e-6, above=0)
    make_whole_rate = given("shares", "Make-whole: additional shares per 1,000 on that date", default=0, low=0, ask=True)

    @line("m shares")
    def make_whole(self) -> Expr:
        """Make-whole shares"""
        return self.make_whole_rate * self.principal / self.quoted_on

    @line("USD m")
    def value_converted(self) -> Expr:
        """Conversion value with the make-whole shares"""
        return self.conversion_value + self.make_whole * self.share_price

    @line("flag")
    def converts(self) -> Expr:
        """Holders convert rather than put

        Where the shares, with the make-whole, are worth the put price of 100 % or more."""
        return self.value_converted >= self.principal

    @line("USD m")
    def excess(self) -> Expr:
        """Conversion value above principal"""
        return maximum(0, self.value_converted - self.principal)

    @line("USD m", key=True)
    def cash_if_changed(self) -> Expr:
        """Cash due if the change came in this period

        The put at 100 %, or the conversion as the issuer settles it."""
        return cash_settled(self.converts, self.principal, self.excess, self.cash_for_principal, self.cash_for_excess)

    @line("USD m", key=True, sums=True)
    def cash(self) -> Expr:
        """Cash due on the fundamental change"""
        return self.falls * self.cash_if_changed

    @line("USD m", sums=True)
    def value_in_shares(self) -> Expr:
        """Value due in shares on the fundamental change"""
        return self.falls * (maximum(self.principal, self.value_converted) - self.cash_if_changed)

    @line("m shares", sums=True)
    def shares(self) -> Expr:
        """Shares issued on the fundamental change"""
        return share(self.value_in_shares, self.share_price, self.tolerance)

    @figure("USD m", key=True)
    def cash_due(self) -> Expr:
        """Cash due on a fundamental change"""
        return total(self.cash)

    @figure("m shares")
    def shares_issued(self) -> Expr:
        """Shares issued on a fundamental change"""
        return total(self.shares)
