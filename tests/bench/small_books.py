"""Small deals in the language of the model, to stand beside what other programs do: one contract, one loan, one waterfall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from model.cascade import Step
from model.sheet import (
    PERIOD,
    Block,
    Book,
    Expr,
    Figures,
    Row,
    evaluate,
    figure,
    following,
    given,
    line,
    lowest,
    maximum,
    minimum,
    prev,
    ratio,
    total,
)


class Contract(Block):
    """What a customer pays, and what it costs to serve."""

    price = given("USD m", "Price of a period", default=100)
    price_change = given("share", "Change of the price", default=0)
    cost_change = given("share", "Change of cost", default=0)
    uncollected = given("share", "Share never paid", default=0)
    index = given("x", "Price index", per=PERIOD)
    opex = given("USD m", "Operating cost", per=PERIOD)

    @line("USD m")
    def revenue(self) -> Expr:
        """Revenue"""
        return self.price * (1 + self.price_change) * self.index

    @line("USD m")
    def receipts(self) -> Expr:
        """Receipts"""
        return self.revenue - self.revenue * minimum(1, self.uncollected)

    @line("USD m")
    def cost(self) -> Expr:
        """Cash cost"""
        return self.opex * (1 + self.cost_change)

    @line("USD m")
    def cfads(self) -> Expr:
        """Cash available for debt service"""
        return self.receipts - self.cost


class Loan(Block):
    """Level instalments fixed at close, interest on the opening balance."""

    amount = given("USD m", "Amount", default=1000)
    base_rate = given("rate", "Base rate", default=0.04)
    rate_shift = given("rate", "Shift of the base rate", default=0)
    margin = given("rate", "Margin", default=0.05)
    year = given("years", "Part of a year", default=1)
    instalments = given("USD m", "Principal due", per=PERIOD)

    @figure("rate")
    def rate(self) -> Expr:
        """Rate of a period"""
        return (maximum(0, self.base_rate + self.rate_shift) + self.margin) * self.year

    @line("x", above=0)
    def growth(self) -> Expr:
        """One and the rate of a period"""
        return 1 + self.rate

    @line("USD m")
    def opening(self) -> Expr:
        """Opening balance"""
        return prev(self.closing)

    @line("USD m")
    def interest(self) -> Expr:
        """Interest"""
        return self.opening * self.rate

    @line("USD m")
    def principal(self) -> Expr:
        """Principal due"""
        return minimum(self.opening, self.instalments)

    @line("USD m")
    def service(self) -> Expr:
        """Debt service"""
        return self.interest + self.principal

    @line("USD m", opening="amount")
    def closing(self) -> Expr:
        """Closing balance"""
        return self.opening - self.principal


class Cover(Block):
    """DSCR, CLCR and whether every date is paid."""

    cfads = given("USD m", "Cash available for debt service", per=PERIOD)
    service = given("USD m", "Debt service", per=PERIOD)
    balance = given("USD m", "Opening balance", per=PERIOD)
    growth = given("x", "One and the rate", per=PERIOD, above=0)
    missing_in = given("USD m", "Interest not paid", per=PERIOD)
    short_in = given("USD m", "Principal not paid", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing", default=1e-6)

    @line("x")
    def dscr(self) -> Expr:
        """DSCR"""
        return ratio(self.cfads, self.service, self.tolerance)

    @line("USD m")
    def worth(self) -> Expr:
        """Present value of contracted cash"""
        return (self.cfads + following(self.worth)) / self.growth

    @line("x")
    def clcr(self) -> Expr:
        """CLCR"""
        return ratio(self.worth, self.balance, self.tolerance)

    @line("USD m")
    def missed(self) -> Expr:
        """Not paid"""
        return self.missing_in + self.short_in

    @figure("x")
    def min_dscr(self) -> Expr:
        """Lowest DSCR"""
        return lowest(self.dscr)

    @figure("x")
    def min_clcr(self) -> Expr:
        """Lowest CLCR"""
        return lowest(self.clcr)

    @figure("USD m")
    def total_missed(self) -> Expr:
        """Not paid in all"""
        return total(self.missed)

    @figure("flag")
    def covered(self) -> Expr:
        """Every date is paid"""
        return self.total_missed <= self.tolerance


MOVED = ("contract.price_change", "contract.cost_change", "contract.uncollected", "loan.rate_shift")
WANTED = ("cover.min_dscr", "cover.min_clcr", "cover.total_missed", "cover.covered")


def level(periods: int, rate: float, amount: float) -> list[float]:
    """Principal parts of equal payments."""
    payment, parts = amount * rate / (1 - (1 + rate) ** -periods), []
    for _ in range(periods):
        parts.append(payment - amount * rate)
        amount -= parts[-1]
    return parts


def one_contract(periods: int, a_year: int) -> Book:
    """A deal of one contract and one loan; amounts are those of a year, cut into `a_year` parts."""
    index = [1.02 ** (n // a_year) / a_year for n in range(periods)]
    contract = Contract("Contract", price=260.0, index=index, opex=[80.0 / a_year] * periods)
    loan = Loan("Loan", year=1 / a_year, instalments=level(periods, 0.09 / a_year, 1000.0))
    cost = Step("Cost", available=contract.row("receipts"), dues=[contract.row("cost")])
    interest = Step("Interest", available=cost.row("remaining"), dues=[loan.row("interest")])
    principal = Step("Principal", available=interest.row("remaining"), dues=[loan.row("principal")])
    cover = Cover("Cover", cfads=contract.row("cfads"), service=loan.row("service"), balance=loan.row("opening"),
                  growth=loan.row("growth"), missing_in=interest.row("shortfall"), short_in=principal.row("shortfall"))
    return Book([contract, loan, cost, interest, principal, cover], periods)


def drawn(width: int, seed: int = 1) -> dict[str, Any]:
    """What moves, by column."""
    draws = np.random.default_rng(seed)
    ends = ((-0.2, 0.1), (-0.1, 0.3), (0, 0.1), (-0.02, 0.03))
    return {key: draws.uniform(*end, width) for key, end in zip(MOVED, ends, strict=True)}


def figures(book: Book, moved: tuple[str, ...] = MOVED, wanted: tuple[str, ...] = WANTED, **how: Any) -> Figures:
    """The wanted figures of a small book as a function of what moves."""
    return Figures(evaluate(book), moved, [book.by_key[key] for key in wanted], **how)


# ---- the loan of 18 lines -------------------------------------------------------------------------------------------


class Line18(Block):
    """A loan of 18 lines, the same as in `cashflower_model.py`."""

    price_change = given("share", "Change of the price", default=0)
    rate = given("rate", "Rate", default=0.09)
    year = given("years", "Part of a year", default=1 / 12)
    price = given("USD m", "Price of a month", default=20)
    step = given("share", "Rise of the price a month", default=0.002)
    lost = given("share", "Share never paid", default=0.02)
    unit_cost = given("USD m", "Cost of a month", default=6)
    amount = given("USD m", "Amount", default=1000)
    part = given("USD m", "Principal of a month", default=1000 / 144)

    @line("x", opening="start")
    def index(self) -> Expr:
        """Price index"""
        return prev(self.index) * (1 + self.step)

    start = given("x", "Index at the start", default=1)

    @line("USD m")
    def billed(self) -> Expr:
        """Billed"""
        return self.price * (1 + self.price_change) * self.index

    @line("USD m")
    def credits(self) -> Expr:
        """Not collected"""
        return self.billed * self.lost

    @line("USD m")
    def receipts(self) -> Expr:
        """Receipts"""
        return self.billed - self.credits

    @line("USD m")
    def cost(self) -> Expr:
        """Cash cost"""
        return self.unit_cost * self.index

    @line("USD m")
    def cfads(self) -> Expr:
        """Cash available for debt service"""
        return self.receipts - self.cost

    @line("USD m")
    def opening(self) -> Expr:
        """Opening balance"""
        return prev(self.closing)

    @line("USD m")
    def interest(self) -> Expr:
        """Interest"""
        return self.opening * self.rate * self.year

    @line("USD m")
    def due(self) -> Expr:
        """Principal due"""
        return minimum(self.opening, self.part)

    @line("USD m")
    def service(self) -> Expr:
        """Debt service"""
        return self.interest + self.due

    @line("USD m")
    def interest_paid(self) -> Expr:
        """Interest paid"""
        return maximum(0, minimum(self.cfads, self.interest))

    @line("USD m")
    def after_interest(self) -> Expr:
        """Cash after interest"""
        return self.cfads - self.interest_paid

    @line("USD m")
    def repaid(self) -> Expr:
        """Principal paid"""
        return maximum(0, minimum(self.after_interest, self.due))

    @line("USD m", opening="amount")
    def closing(self) -> Expr:
        """Closing balance"""
        return self.opening - self.repaid

    @line("USD m")
    def missed(self) -> Expr:
        """Not paid"""
        return self.service - self.interest_paid - self.repaid

    @line("USD m")
    def surplus(self) -> Expr:
        """Surplus"""
        return self.after_interest - self.repaid

    @line("USD m")
    def missed_so_far(self) -> Expr:
        """Not paid so far"""
        return prev(self.missed_so_far) + self.missed

    @line("USD m")
    def surplus_so_far(self) -> Expr:
        """Surplus so far"""
        return prev(self.surplus_so_far) + self.surplus


LINES = ("index", "billed", "credits", "receipts", "cost", "cfads", "opening", "interest", "due", "service", "interest_paid",
         "after_interest", "repaid", "closing", "missed", "surplus", "missed_so_far", "surplus_so_far")


def loan_of_18_lines(periods: int = 144) -> Book:
    """The book of that loan."""
    return Book([Line18("Loan")], periods)


def rows(book: Book, names: tuple[str, ...]) -> list[Row]:
    """Rows of the loan by name."""
    return [book.by_key[f"loan.{name}"] for name in names]


def sums(book: Book, told: Mapping[str, Any]) -> dict[str, Any]:
    """Every line, added over the columns: what cashflower gives for all its model points."""
    found = Figures(evaluate(book), tuple(told), rows(book, LINES))(told)
    return {name: found[row].sum(axis=1) for name, row in zip(LINES, rows(book, LINES), strict=True)}
