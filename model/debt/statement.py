"""What a filing prints of an instrument: carrying amount, cost of the period, current part, maturities, average life."""

from __future__ import annotations

from model.debt.base import Instrument
from model.sheet import PERIOD, Expr, Term, figure, following, given, line, minimum, prev, share, total


class Statement(Instrument):
    """An instrument as it stands in the accounts: principal less unamortised cost, and when it falls due.

    Issue cost and discount are spread over the balance outstanding, day by day (the interest method's shape for debt that
    is repaid in parts; ASC 835-30). Every kind takes this last, in front of its clauses.
    """

    unamortised_cost = given("USD m", "Unamortised discount and cost", default=0, ask=True)
    number = given("no.", "Period", per=PERIOD)
    months_in_year = given("no.", "Months in a year", default=12, above=0)
    bridge_end = given("date", "Pro-forma date")
    near_end = given("date", "24 months after the as-of date")

    def cost_added(self) -> Term:
        """Cost and discount that new draws bring."""
        return 0

    # ---- interest cost -----------------------------------------------------------------------------------------------

    @line("USD m", sums=True)
    def contractual_interest(self) -> Expr:
        """Contractual interest of the period, as it accrues"""
        return self.accrual_before + self.accrual_after

    @line("USD m")
    def owed_days(self) -> Expr:
        """Balance x days"""
        return self.opening * self.days

    @line("USD m")
    def owed_ahead(self) -> Expr:
        """Balance x days, from here to the end"""
        return following(self.owed_ahead) + self.owed_days

    @line("USD m", sums=True)
    def cost_amortised(self) -> Expr:
        """Discount and cost amortised

        Non-cash: part of the effective rate, never of debt service."""
        return share(prev(self.unamortised) * self.owed_days, self.owed_ahead, self.tolerance)

    @figure("USD m")
    def unamortised_at_start(self) -> Expr:
        """Unamortised discount and cost at the as-of date"""
        return self.unamortised_cost * self.size()

    @line("USD m", opening="unamortised_at_start")
    def unamortised(self) -> Expr:
        """Unamortised discount and cost"""
        return prev(self.unamortised) + self.cost_added() - self.cost_amortised

    @line("USD m", opening=True)
    def carrying(self) -> Expr:
        """Carrying amount: principal less unamortised discount and cost"""
        return self.closing - self.unamortised

    @line("USD m", opening=True)
    def yearly_interest(self) -> Expr:
        """A year's interest at the rate in force"""
        return self.closing * self.rate

    @line("USD m", opening=True)
    def at_floating_rate(self) -> Expr:
        """Balance at a floating rate"""
        return self.closing * self.floating

    # ---- when it falls due -------------------------------------------------------------------------------------------

    @line("USD m", opening="balance_at_start")
    def as_of_left(self) -> Expr:
        """What is left of the as-of balance"""
        return minimum(self.closing, prev(self.as_of_left) - self.due_on_as_of_stack)

    @line("USD m", sums=True)
    def due_on_as_of_stack(self) -> Expr:
        """Principal of the as-of balance falling due

        What a maturities table at the as-of date shows, oldest debt first; a repayment from proceeds brings its maturity
        forward."""
        return minimum(prev(self.as_of_left),
                       self.principal_due - minimum(self.due_on_draws, self.scheduled) + self.from_proceeds)

    @line("USD m")
    def left_to_pay(self) -> Expr:
        """As-of balance still to fall due, this period included"""
        return following(self.left_to_pay) + self.due_on_as_of_stack

    @line("USD m", opening=True)
    def due_later(self) -> Expr:
        """As-of balance that falls due after this period"""
        return following(self.left_to_pay)

    @line("USD m", opening=True)
    def non_current(self) -> Expr:
        """Of the as-of balance: due after twelve months"""
        return following(self.due_later, self.months_in_year)

    @line("USD m", opening=True)
    def current(self) -> Expr:
        """Of the as-of balance: due within twelve months"""
        return self.as_of_left - self.non_current

    @line("USD m")
    def due_by_months(self) -> Expr:
        """Principal of the as-of balance x months to its date"""
        return self.due_on_as_of_stack * self.number

    @figure("USD m x months")
    def months_of_principal(self) -> Expr:
        """Principal of the as-of balance x months, in all"""
        return total(self.due_by_months)

    @figure("USD m")
    def due_in_all(self) -> Expr:
        """Principal of the as-of balance that falls due inside the timeline"""
        return total(self.due_on_as_of_stack)

    @figure("years")
    def average_life(self) -> Expr:
        """Weighted average life of the as-of balance"""
        return share(self.months_of_principal, self.due_in_all, self.tolerance) / self.months_in_year

    # ---- pro forma ---------------------------------------------------------------------------------------------------

    @line("USD m", sums=True)
    def drawn_early(self) -> Expr:
        """Drawn up to the pro-forma date, by period"""
        return self.drawn * (self.ends <= self.bridge_end)

    @line("USD m", sums=True)
    def repaid_early(self) -> Expr:
        """Repaid early up to the pro-forma date, by period"""
        return (self.from_proceeds + self.taken_off()) * (self.ends <= self.bridge_end)

    @figure("USD m")
    def drawn_pro_forma(self) -> Expr:
        """Drawn up to the pro-forma date"""
        return total(self.drawn_early)

    @figure("USD m")
    def repaid_pro_forma(self) -> Expr:
        """Repaid from proceeds up to the pro-forma date"""
        return total(self.repaid_early)

    @figure("USD m", key=True)
    def pro_forma(self) -> Expr:
        """Pro-forma principal"""
        return self.balance_at_start + self.drawn_pro_forma - self.repaid_pro_forma

    @figure("USD m")
    def pro_forma_cost(self) -> Expr:
        """Unamortised cost of what is still owed then"""
        return self.unamortised_at_start * (self.pro_forma > 0)

    @line("USD m", sums=True)
    def near_principal(self) -> Expr:
        """Contractual principal within 24 months"""
        return self.principal_due * (self.ends <= self.near_end)

    @figure("USD m")
    def due_24_months(self) -> Expr:
        """Contractual principal due in the 24 months after the as-of date"""
        return total(self.near_principal)
