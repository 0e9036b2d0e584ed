"""How much rests on one customer: shares of backlog, cash to come and debt by obligor group, and the test of a limit.

Where the obligor of a contract is not disclosed, the largest share is known between two bounds only.
"""

from __future__ import annotations

from model.sheet import (
    PERIOD,
    TEXT,
    Block,
    Expr,
    at,
    choose,
    figure,
    first_when,
    given,
    highest_of,
    line,
    many,
    maximum,
    share,
    sum_of,
    words,
)


class Obligor(Block):
    """One obligor group with all its contracts."""

    tolerance = given("USD m", "Amount that counts as nothing")
    backlog_in = many("USD m", "Backlog")
    cash_in = many("USD m", "Cash to come")
    debt_in = many("USD m", "Debt on its contracts")
    hidden_backlog_in = many("USD m", "Backlog, obligor not disclosed")
    hidden_cash_in = many("USD m", "Cash to come, obligor not disclosed")
    hidden_debt_in = many("USD m", "Debt, obligor not disclosed")
    all_backlog = given("USD m", "Backlog of all", per=PERIOD)
    all_cash = given("USD m", "Cash to come of all", per=PERIOD)
    all_debt = given("USD m", "GPU debt of all", per=PERIOD)

    @line("USD m", opening=True, key=True)
    def backlog(self) -> Expr:
        """Backlog"""
        return sum_of(self.backlog_in)

    @line("USD m", opening=True)
    def cash(self) -> Expr:
        """Cash to come"""
        return sum_of(self.cash_in)

    @line("USD m", opening=True)
    def debt(self) -> Expr:
        """Debt on its contracts"""
        return sum_of(self.debt_in)

    @line("share", opening=True)
    def backlog_share(self) -> Expr:
        """Share of the backlog"""
        return share(self.backlog, self.all_backlog, self.tolerance)

    @line("share", opening=True)
    def cash_share(self) -> Expr:
        """Share of the cash to come"""
        return share(self.cash, self.all_cash, self.tolerance)

    @line("share", opening=True)
    def debt_share(self) -> Expr:
        """Share of the GPU debt"""
        return share(self.debt, self.all_debt, self.tolerance)

    @line("share", opening=True)
    def hidden(self) -> Expr:
        """Share of the backlog of which it is not disclosed who owes"""
        return share(sum_of(self.hidden_backlog_in), self.all_backlog, self.tolerance)

    @figure("flag")
    def disclosed(self) -> Expr:
        """Who owes is disclosed"""
        return at(self.hidden, 0) <= 0

    @line("share", opening=True)
    def known(self) -> Expr:
        """Share of the backlog of which it is"""
        return self.backlog_share - self.hidden

    @line("share", opening=True)
    def known_cash(self) -> Expr:
        """Share of the cash to come of which it is"""
        return self.cash_share - share(sum_of(self.hidden_cash_in), self.all_cash, self.tolerance)

    @line("share", opening=True)
    def known_debt(self) -> Expr:
        """Share of the GPU debt of which it is"""
        return self.debt_share - share(sum_of(self.hidden_debt_in), self.all_debt, self.tolerance)

    @line("factor", opening=True)
    def backlog_square(self) -> Expr:
        """Its square"""
        return self.known * self.known

    @line("factor", opening=True)
    def cash_square(self) -> Expr:
        """Square of the share of cash"""
        return self.known_cash * self.known_cash

    @line("factor", opening=True)
    def debt_square(self) -> Expr:
        """Square of the share of debt"""
        return self.known_debt * self.known_debt


class Concentration(Block):
    """All obligor groups side by side, against the limit for one of them."""

    ends = given("date", "Period end", per=PERIOD)
    limit = given("share", "Limit for one customer's share of the backlog", default=0.3, low=0, high=1)
    equal = given("share", "Shares that count as equal", default=1e-9, above=0)
    names = many("text", "Obligor", per=TEXT)
    known_in = many("share", "Share of the backlog, disclosed")
    hidden_in = many("share", "Share of the backlog, obligor not disclosed")
    cash_in = many("share", "Share of the cash to come")
    debt_in = many("share", "Share of the GPU debt")
    backlog_squares = many("factor", "Square of the share of backlog")
    cash_squares = many("factor", "Square of the share of cash")
    debt_squares = many("factor", "Square of the share of debt")

    @line("share", opening=True, key=True)
    def largest(self) -> Expr:
        """Largest customer's share of the backlog, at least"""
        return highest_of(self.known_in)

    @line("share", opening=True)
    def undisclosed(self) -> Expr:
        """Share of the backlog whose obligor is not disclosed"""
        return sum_of(self.hidden_in)

    @line("share", opening=True)
    def at_most(self) -> Expr:
        """Largest customer's share of the backlog, at most

        As if everything undisclosed were owed by one and the same."""
        return self.largest + self.undisclosed

    @line("share", opening=True)
    def largest_of_cash(self) -> Expr:
        """Largest customer's share of the cash to come, at least"""
        return highest_of(self.cash_in)

    @line("share", opening=True)
    def largest_of_debt(self) -> Expr:
        """Largest customer's share of the GPU debt, at least"""
        return highest_of(self.debt_in)

    @line("factor", opening=True)
    def hhi(self) -> Expr:
        """HHI of the backlog, at least

        Sum of squared shares of disclosed obligors; a single one gives 1."""
        return sum_of(self.backlog_squares)

    @line("factor", opening=True)
    def hhi_at_most(self) -> Expr:
        """HHI of the backlog, at most

        Everything undisclosed owed by the largest."""
        return self.hhi - self.largest * self.largest + self.at_most * self.at_most

    @line("factor", opening=True)
    def hhi_cash(self) -> Expr:
        """HHI of the cash to come, disclosed obligors"""
        return sum_of(self.cash_squares)

    @line("factor", opening=True)
    def hhi_debt(self) -> Expr:
        """HHI of the GPU debt, disclosed obligors"""
        return sum_of(self.debt_squares)

    @line("flag", opening=True)
    def above(self) -> Expr:
        """A customer is above the limit"""
        return self.largest > self.limit + self.equal

    @figure("date")
    def above_from(self) -> Expr:
        """First period end with a customer above the limit"""
        return first_when(self.above, self.ends)

    @figure("no.")
    def code(self) -> Expr:
        """At the as-of date: 1 nobody above the limit, 2 not known, 3 somebody above"""
        surely = at(self.above, 0)
        maybe = at(self.at_most, 0) > self.limit + self.equal
        return 1 + maximum(maybe, surely) + surely

    @words()
    def verdict(self) -> Expr:
        """Nobody above the limit"""
        return choose(self.code, "passes", "not known: obligors are not disclosed", "fails")
