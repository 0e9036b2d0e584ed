"""What is handed over when a convertible note is settled: cash, shares, and what a capped call gives back.

The issuer settles in cash, in shares or in a mix; two shares of cash say which. Cash settlement is (1, 1): the whole
conversion value in cash. Net share settlement is (1, 0): the principal in cash, the excess in shares. Physical settlement
is (0, 0): shares alone. A note that is not converted is repaid in cash whatever was chosen.
"""

from __future__ import annotations

from model.sheet import Block, Expr, figure, given, maximum, minimum, share, where


def cash_settled(converts: Expr, principal: Expr, excess: Expr, for_principal: Expr, for_excess: Expr) -> Expr:
    """Cash paid: the chosen shares of principal and excess where the note is converted, else the principal. RULES 16."""
    return where(converts, for_principal * principal + for_excess * excess, principal)


def capped_payoff(shares: Expr, price: Expr, strike: Expr, cap: Expr) -> Expr:
    """A call bought at the conversion price less one sold at the cap, on `shares`; nothing where the cap is 0."""
    return shares * maximum(0, minimum(price, cap) - strike)


class SettlementAt(Block):
    """Settlement of a convertible note at maturity at one share price: one block for each price of a table or a graph."""

    share_price = given("USD", "Share price at maturity", low=0)
    principal = given("USD m", "Principal due at maturity", low=0)
    conversion_price = given("USD", "Conversion price", above=0)
    cash_for_principal = given("share", "Share of the principal settled in cash", low=0, high=1)
    cash_for_excess = given("share", "Share of the excess settled in cash", low=0, high=1)
    cap_price = given("USD", "Cap price of the capped call (0: none)", default=0, low=0)
    tolerance = given("USD", "Share price that counts as nothing", default=1e-6, above=0)

    @figure("m shares")
    def shares_underlying(self) -> Expr:
        """Shares underlying"""
        return self.principal / self.conversion_price

    @figure("USD m")
    def conversion_value(self) -> Expr:
        """Conversion value (parity)"""
        return self.shares_underlying * self.share_price

    @figure("flag")
    def converted(self) -> Expr:
        """Holders convert

        At or above the conversion price; below it they are repaid. Source: RULES 16."""
        return self.share_price >= self.conversion_price

    @figure("USD m")
    def excess(self) -> Expr:
        """Conversion value above principal"""
        return maximum(0, self.conversion_value - self.principal)

    @figure("USD m", key=True)
    def cash_due(self) -> Expr:
        """Cash due at maturity

        Source: RULES 16."""
        return cash_settled(self.converted, self.principal, self.excess, self.cash_for_principal, self.cash_for_excess)

    @figure("USD m")
    def value_received(self) -> Expr:
        """Value that holders receive"""
        return maximum(self.principal, self.conversion_value)

    @figure("USD m")
    def value_in_shares(self) -> Expr:
        """Value that holders receive in shares"""
        return self.value_received - self.cash_due

    @figure("m shares", key=True)
    def shares_issued(self) -> Expr:
        """Shares issued at maturity"""
        return share(self.value_in_shares, self.share_price, self.tolerance)

    @figure("USD m", key=True)
    def capped_call_value(self) -> Expr:
        """Capped-call value at maturity

        Source: N x [max(0, S - K) - max(0, S - cap)]."""
        return capped_payoff(self.shares_underlying, self.share_price, self.conversion_price, self.cap_price)

    @figure("USD m")
    def excess_not_capped(self) -> Expr:
        """Excess that the capped call does not make good"""
        return self.excess - self.capped_call_value

    @figure("m shares")
    def net_dilution(self) -> Expr:
        """Net dilution after the capped call

        The excess over principal that the capped call does not make good, in shares: none up to the cap."""
        return share(self.excess_not_capped, self.share_price, self.tolerance)
