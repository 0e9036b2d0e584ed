"""The company's cash: what boxes send up and other business brings, less what the company pays, and the revolver."""

from __future__ import annotations

from model.sheet import DEAL, PERIOD, Block, Expr, figure, given, line, many, maximum, prev, sum_of


class Treasury(Block):
    """Cash of the company by month; a shortfall shows as cash below the minimum. No cash of a box is in it.

    A revolver that holds minimum cash is drawn and repaid with it; where none does, negative cash is what lines, or new
    money, would have to bring."""

    opening_cash = given("USD m", "Cash at the as-of date", low=-1e9, ask=True)
    plan_in = given("USD m", "Other receipts by plan", per=PERIOD)
    plan_out = given("USD m", "Other payments by plan", per=PERIOD)
    defaulted = given("flag", "Cross-default", per=PERIOD)
    distributions = many("USD m", "Distribution")
    business_in = many("USD m", "Besides distributions")
    overhead_in = many("USD m", "Corporate cost")
    premises_in = many("USD m", "Leases and power")
    tax_in = many("USD m", "Tax")
    capex_in = many("USD m", "Equity share of capex")
    claims_in = many("USD m", "Deposit or put")
    interest_in = many("USD m", "Interest")
    fees_in = many("USD m", "Fee")
    principal_in = many("USD m", "Principal")
    called_in = many("USD m", "Called on the company")
    paid_in = many("USD m", "Paid into a box")
    cures_in = many("USD m", "Cure")
    reserves_in = many("USD m", "Reserve funded from outside the box")
    accelerated_in = many("USD m", "Falls due at once")
    accelerated_paid_in = many("USD m", "Paid of it")
    raised_in = many("USD m", "Raised, after fees and discount")
    early_in = many("USD m", "Repaid early, and what it costs")
    usable_in = many("USD m", "Undrawn line at period start")
    revolver_drawn = many("USD m", "Revolver drawn")
    revolver_repaid = many("USD m", "Revolver repaid")

    # ---- what comes in -----------------------------------------------------------------------------------------------

    @line("USD m", sums=True)
    def distributed(self) -> Expr:
        """Distributions that boxes make"""
        return sum_of(self.distributions)

    @line("USD m", key=True, sums=True)
    def received(self) -> Expr:
        """Distributions of the boxes

        None after a cross-default: the cash stays in the boxes."""
        return self.distributed * (1 - self.defaulted)

    @line("USD m")
    def held_back(self) -> Expr:
        """Distributions held in the boxes since the cross-default"""
        return prev(self.held_back) + self.distributed * self.defaulted

    @line("USD m", sums=True)
    def business(self) -> Expr:
        """Cash besides distributions"""
        return sum_of(self.business_in)

    # ---- what is paid ------------------------------------------------------------------------------------------------

    @line("USD m", sums=True)
    def overhead(self) -> Expr:
        """Corporate cost"""
        return sum_of(self.overhead_in)

    @line("USD m", sums=True)
    def premises(self) -> Expr:
        """Leases and power outside boxes"""
        return sum_of(self.premises_in)

    @line("USD m", sums=True)
    def tax(self) -> Expr:
        """Cash tax"""
        return sum_of(self.tax_in)

    @line("USD m", sums=True)
    def capex(self) -> Expr:
        """Equity share of capital expenditure"""
        return sum_of(self.capex_in)

    @line("USD m", sums=True)
    def claims(self) -> Expr:
        """Deposits repaid and shares bought back"""
        return sum_of(self.claims_in)

    @line("USD m", sums=True)
    def unsecured_interest(self) -> Expr:
        """Interest and fees on debt outside the boxes"""
        return (sum_of(self.interest_in) + sum_of(self.fees_in)) * (1 - self.defaulted)

    @line("USD m", key=True, sums=True)
    def unsecured_principal(self) -> Expr:
        """Principal of debt outside the boxes, convertibles as they settle"""
        return sum_of(self.principal_in) * (1 - self.defaulted)

    @line("USD m", sums=True)
    def unsecured_service(self) -> Expr:
        """Service of debt outside the boxes

        After a cross-default the balances have been called at once."""
        return self.unsecured_interest + self.unsecured_principal

    @line("USD m", sums=True)
    def cures(self) -> Expr:
        """Cures of boxes"""
        return sum_of(self.cures_in)

    @line("USD m", sums=True)
    def reserves(self) -> Expr:
        """Reserves of boxes that the company funds

        By plan, whatever happens: the box counts on it."""
        return sum_of(self.reserves_in)

    @line("USD m", sums=True)
    def put_into_boxes(self) -> Expr:
        """Paid for the boxes: guarantees, cures, reserves"""
        return sum_of(self.paid_in) + self.cures + self.reserves

    @line("USD m", sums=True)
    def accelerated(self) -> Expr:
        """Paid of what a cross-default makes due at once"""
        return sum_of(self.accelerated_paid_in)

    @line("USD m", sums=True)
    def raised(self) -> Expr:
        """Raised by debt outside the boxes"""
        return sum_of(self.raised_in) * (1 - self.defaulted)

    @line("USD m", sums=True)
    def repaid_early(self) -> Expr:
        """Repaid early outside the boxes, premium included"""
        return sum_of(self.early_in) * (1 - self.defaulted)

    # ---- what is left ------------------------------------------------------------------------------------------------

    @line("USD m", sums=True)
    def before_financing(self) -> Expr:
        """Cash flow before boxes are helped and debt is raised"""
        earned = self.received + self.business + self.plan_in
        return (earned - self.plan_out - self.overhead - self.premises - self.tax - self.capex - self.claims
                - self.unsecured_service - self.repaid_early)

    @line("USD m")
    def cash_at_hand(self) -> Expr:
        """Cash of the month before"""
        return maximum(0, prev(self.cash))

    @line("USD m")
    def at_hand(self) -> Expr:
        """Cash and undrawn lines at period start

        What guarantees are paid from. Negative cash is drawn on a line that the plan itself leaves undrawn.
        Source: RULES 15."""
        return maximum(0, prev(self.cash) + sum_of(self.usable_in))

    @line("USD m")
    def before_revolver(self) -> Expr:
        """Cash before the revolver"""
        return prev(self.cash) + self.before_financing + self.raised - self.put_into_boxes - self.accelerated

    @line("USD m", opening="opening_cash", key=True)
    def cash(self) -> Expr:
        """Cash"""
        return self.before_revolver + sum_of(self.revolver_drawn) - sum_of(self.revolver_repaid)

    # ---- as if nothing more could be borrowed ------------------------------------------------------------------------

    @line("USD m", sums=True)
    def called(self) -> Expr:
        """Called on the company: guarantees, and what falls due at once"""
        return sum_of(self.called_in) + sum_of(self.accelerated_in)

    @line("USD m", sums=True)
    def without_borrowing(self) -> Expr:
        """Cash flow with draws frozen and every call honoured"""
        return self.before_financing - self.cures - self.reserves - self.called


class AllCash(Block):
    """K7: cash of the company and its boxes together, from what comes in from outside and what leaves.

    Distributions, funded reserves and trapped cash only change hands inside, so they are not in it. The cash of the
    company and that of the boxes must add up to it: cash counted twice, or lost, shows as a gap."""

    held_in = many("USD m", "Cash at the as-of date", per=DEAL)
    earned_in = many("USD m", "Contracted CFADS of a box")
    inflow_in = many("USD m", "Comes to the company")
    due_in = many("USD m", "Due in a box")
    outflow_in = many("USD m", "Paid by the company")
    missing_in = many("USD m", "Missing in the box")
    paid_in = many("USD m", "Paid by the company for a box")

    @figure("USD m")
    def held(self) -> Expr:
        """Cash at the as-of date, reserves included"""
        return sum_of(self.held_in)

    @line("USD m", opening="held", key=True)
    def cash(self) -> Expr:
        """All cash of the company and its boxes"""
        came = sum_of(self.earned_in) + sum_of(self.inflow_in)
        paid_in_boxes = sum_of(self.due_in) - sum_of(self.missing_in) + sum_of(self.paid_in)
        return prev(self.cash) + came - paid_in_boxes - sum_of(self.outflow_in)
