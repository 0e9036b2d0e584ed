"""Who stands in front of whom, and what the company's own lenders test: net leverage and contracted revenue."""

from __future__ import annotations

from model.sheet import (
    DEAL,
    PERIOD,
    Block,
    Expr,
    figure,
    first_when,
    given,
    line,
    lowest,
    many,
    maximum,
    prev,
    ratio,
    sum_of,
    total,
)


class Ranks(Block):
    """Structural subordination: creditors of boxes are paid first from the boxes; the company's own share what comes up.

    Cash over the whole timeline, undiscounted. Notes and convertibles rank alike in law; here those that fall due later
    stand behind. What is called on guarantees competes with them."""

    opening_cash = given("USD m", "Cash at the as-of date")
    debt_of_boxes_in = many("USD m", "Debt of boxes", per=DEAL)
    secured_in = many("USD m", "Secured debt of the company", per=DEAL)
    unsecured_in = many("USD m", "Unsecured notes and loans", per=DEAL)
    convertible_in = many("USD m", "Convertible notes", per=DEAL)
    box_cash_in = many("USD m", "Contracted CFADS")
    company_in = many("USD m", "Comes to the company")
    company_out = many("USD m", "Paid before any debt of the company")

    @line("USD m", sums=True)
    def box_cash(self) -> Expr:
        """Contracted CFADS of the boxes"""
        return sum_of(self.box_cash_in)

    @line("USD m", sums=True)
    def company_cash(self) -> Expr:
        """Cash that comes to the company, less what it pays before its debt"""
        return sum_of(self.company_in) - sum_of(self.company_out)

    @figure("USD m")
    def boxes(self) -> Expr:
        """1. Debt of boxes"""
        return sum_of(self.debt_of_boxes_in)

    @figure("USD m")
    def boxes_reached(self) -> Expr:
        """Contracted CFADS of the boxes, all"""
        return total(self.box_cash)

    @figure("USD m")
    def secured(self) -> Expr:
        """2. Secured debt of the company"""
        return sum_of(self.secured_in)

    @figure("USD m", key=True)
    def secured_reached(self) -> Expr:
        """Cash that reaches the company's creditors"""
        return maximum(0, self.opening_cash + total(self.company_cash))

    @figure("USD m")
    def unsecured(self) -> Expr:
        """3. Unsecured notes and loans"""
        return sum_of(self.unsecured_in)

    @figure("USD m")
    def unsecured_reached(self) -> Expr:
        """Cash left for unsecured notes and loans"""
        return maximum(0, self.secured_reached - self.secured)

    @figure("USD m")
    def convertible(self) -> Expr:
        """4. Convertible notes"""
        return sum_of(self.convertible_in)

    @figure("USD m")
    def convertible_reached(self) -> Expr:
        """Cash left for convertible notes"""
        return maximum(0, self.unsecured_reached - self.unsecured)

    @figure("USD m")
    def to_secured(self) -> Expr:
        """Debt that stands before or beside secured debt of the company"""
        return self.boxes + self.secured

    @figure("USD m")
    def to_unsecured(self) -> Expr:
        """... unsecured notes and loans"""
        return self.to_secured + self.unsecured

    @figure("USD m")
    def to_convertible(self) -> Expr:
        """... convertible notes"""
        return self.to_unsecured + self.convertible



class LoanTests(Block):
    """What the company's own loans test: total net debt to EBITDA of twelve months, and contracted revenue to come.

    EBITDA is that of the model: contracted revenue less cash cost, uncontracted business, less corporate cost and leases
    outside boxes; months before the as-of date are an input."""

    leverage_limit = given("x", "Total net debt / EBITDA of 12 months, at most", default=6, above=0, ask=True)
    revenue_floor = given("USD m", "Contracted revenue, at least", default=1000, low=0, ask=True)
    counted = given("share", "Share of contracted revenue that counts", default=1, low=0, high=1, ask=True)
    months = given("no.", "Months looked back", default=12, above=0)
    far = given("USD m", "Headroom where nothing is tested", default=1e9, above=0)
    tested = given("flag", "Test date", per=PERIOD)
    history = given("USD m", "EBITDA before the as-of date that is still looked back on", per=PERIOD)
    cash = given("USD m", "Cash of the company", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")
    debt_in = many("USD m", "Balance")
    revenue_in = many("USD m", "Contracted revenue")
    other_in = many("USD m", "Cash that is not contracted")
    cost_in = many("USD m", "Cash cost")
    backlog_in = many("USD m", "Contracted revenue to come")

    @line("USD m", sums=True)
    def ebitda(self) -> Expr:
        """EBITDA"""
        return sum_of(self.revenue_in) + sum_of(self.other_in) - sum_of(self.cost_in)

    @line("USD m")
    def ebitda_so_far(self) -> Expr:
        """EBITDA since the as-of date"""
        return prev(self.ebitda_so_far) + self.ebitda

    @line("USD m", key=True)
    def ebitda_of_year(self) -> Expr:
        """EBITDA of the last twelve months"""
        return self.ebitda_so_far - prev(self.ebitda_so_far, self.months) + self.history

    @line("USD m")
    def net_debt(self) -> Expr:
        """Total net debt

        Of the company and its boxes, less unrestricted cash; cash below nothing is debt that would have to be raised."""
        return sum_of(self.debt_in) - self.cash

    @line("USD m")
    def ebitda_tested(self) -> Expr:
        """EBITDA of the last twelve months, on test dates"""
        return self.ebitda_of_year * self.tested

    @line("x")
    def leverage(self) -> Expr:
        """Total net debt / EBITDA, on test dates"""
        return ratio(self.net_debt, self.ebitda_tested, self.tolerance)

    @line("USD m")
    def leverage_headroom(self) -> Expr:
        """Net debt that the limit leaves"""
        return self.leverage_limit * maximum(0, self.ebitda_of_year) - self.net_debt

    @line("flag")
    def leverage_breach(self) -> Expr:
        """Net leverage above the limit"""
        return self.tested * (self.leverage_headroom < 0 - self.tolerance)

    @line("USD m")
    def contracted(self) -> Expr:
        """Contracted revenue to come, as far as it counts"""
        return self.counted * sum_of(self.backlog_in)

    @line("USD m")
    def revenue_headroom(self) -> Expr:
        """Contracted revenue above the floor"""
        return self.contracted - self.revenue_floor

    @line("flag")
    def revenue_breach(self) -> Expr:
        """Contracted revenue below the floor"""
        return self.tested * (self.revenue_headroom < 0 - self.tolerance)

    @figure("date")
    def leverage_breach_on(self) -> Expr:
        """Net leverage first above the limit"""
        return first_when(self.leverage_breach, self.ends)

    @figure("date")
    def revenue_breach_on(self) -> Expr:
        """Contracted revenue first below the floor"""
        return first_when(self.revenue_breach, self.ends)

    @line("USD m")
    def headroom_tested(self) -> Expr:
        """Net debt that the limit leaves, on test dates"""
        return self.leverage_headroom + self.far * (1 - self.tested)

    @figure("USD m")
    def lowest_headroom(self) -> Expr:
        """Least net debt that the limit leaves on a test date"""
        return lowest(self.headroom_tested)

    @figure("no.")
    def breaches(self) -> Expr:
        """Test dates on which a limit is broken"""
        return total(self.leverage_breach) + total(self.revenue_breach)
