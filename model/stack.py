"""All instruments together: what is owed, at what rate and until when, and the figures quoted with the claim."""

from __future__ import annotations

from model.sheet import DEAL, Block, Expr, figure, given, highest, line, lowest_of, many, maximum, share, sum_of


class Stack(Block):
    """All instruments together, and the bridge from the as-of balance to the pro-forma one."""

    opening_in = many("USD m", "Principal at the as-of date", per=DEAL)
    drawn_in = many("USD m", "Drawn up to the pro-forma date", per=DEAL)
    repaid_in = many("USD m", "Repaid from proceeds up to the pro-forma date", per=DEAL)
    pro_forma_in = many("USD m", "Pro-forma principal", per=DEAL)
    costs_in = many("USD m", "Unamortised cost, pro forma", per=DEAL)
    due_in = many("USD m", "Due in 24 months", per=DEAL)
    closing_in = many("USD m", "Closing balance")
    interest_in = many("USD m", "Interest due")
    principal_in = many("USD m", "Contractual principal")
    draws_in = many("USD m", "Drawn in cash")
    deliveries_in = many("USD m", "Taken over without cash")
    as_of_due_in = many("USD m", "Principal of the as-of balance falling due")
    proceeds_in = many("USD m", "Repaid from proceeds")
    unamortised_in = many("USD m", "Unamortised cost")
    non_current_in = many("USD m", "Due after twelve months")
    current_in = many("USD m", "Due within twelve months")
    floating_in = many("USD m", "Balance at a floating rate")
    hedged_in = many("USD m", "Of it swapped to fixed")
    yearly_in = many("USD m", "A year's interest at the rate in force")
    contractual_in = many("USD m", "Contractual interest")
    amortised_in = many("USD m", "Discount and cost amortised")
    kind_in = many("USD m", "Interest in kind")
    funded_in = many("USD m", "Interest funded by draws")
    months_in = many("USD m x months", "Principal x months", per=DEAL)
    as_of_principal_in = many("USD m", "Principal of the as-of balance", per=DEAL)
    departs_in = many("factor", "Repayment departs from the stated schedule", per=DEAL)
    as_signed = given("flag", "Prices, dates and draws are as signed")
    months_in_year = given("no.", "Months in a year", default=12, above=0)
    tolerance = given("USD m", "Amount that counts as nothing", default=1e-6, above=0)
    backlog_in = many("USD m", "Backlog")
    cash_to_come_in = many("USD m", "Cash to come")
    billed_in = many("USD m", "Contracted revenue")
    receipts_in = many("USD m", "Cash collected")
    gpu_debt_in = many("USD m", "GPU debt")
    contracts_signed = many("flag", "Contract is as signed", per=DEAL)
    deferred_in = many("USD m", "Deferred revenue")

    @figure("USD m")
    def principal_at_start(self) -> Expr:
        """Principal at the as-of date"""
        return sum_of(self.opening_in)

    @figure("USD m")
    def drawn(self) -> Expr:
        """Drawn up to the pro-forma date"""
        return sum_of(self.drawn_in)

    @figure("USD m")
    def repaid(self) -> Expr:
        """Repaid from proceeds up to the pro-forma date"""
        return sum_of(self.repaid_in)

    @figure("USD m", key=True)
    def principal(self) -> Expr:
        """Pro-forma principal"""
        return sum_of(self.pro_forma_in)

    @figure("USD m")
    def cost(self) -> Expr:
        """Unamortised discount and cost"""
        return sum_of(self.costs_in)

    @figure("USD m", key=True)
    def net(self) -> Expr:
        """Pro-forma debt, net of cost"""
        return self.principal - self.cost

    @figure("USD m", key=True)
    def due_24_months(self) -> Expr:
        """Contractual principal due within 24 months"""
        return sum_of(self.due_in)

    @line("USD m", opening=True, key=True)
    def closing(self) -> Expr:
        """Debt outstanding"""
        return sum_of(self.closing_in)

    @figure("USD m")
    def peak(self) -> Expr:
        """Peak debt"""
        return maximum(self.principal_at_start, highest(self.closing))

    @line("USD m", sums=True)
    def interest(self) -> Expr:
        """Interest due"""
        return sum_of(self.interest_in)

    @line("USD m", sums=True)
    def principal_due(self) -> Expr:
        """Contractual principal due"""
        return sum_of(self.principal_in)

    @line("USD m", sums=True)
    def drawn_in_cash(self) -> Expr:
        """Drawn in cash, before fees and discount"""
        return sum_of(self.draws_in)

    @line("USD m", sums=True)
    def delivered(self) -> Expr:
        """Equipment taken over against debt, without cash

        Vendor financing and leases: debt and GPUs grow, cash does not move."""
        return sum_of(self.deliveries_in)

    @line("USD m", sums=True)
    def due_on_as_of_stack(self) -> Expr:
        """Principal of the as-of balance falling due"""
        return sum_of(self.as_of_due_in)

    @line("USD m", sums=True)
    def from_proceeds(self) -> Expr:
        """Repaid from proceeds"""
        return sum_of(self.proceeds_in)

    @line("USD m", opening=True)
    def unamortised(self) -> Expr:
        """Unamortised discount and cost, as it runs off"""
        return sum_of(self.unamortised_in)

    @line("USD m", opening=True, key=True)
    def carrying(self) -> Expr:
        """Carrying amount of all debt"""
        return self.closing - self.unamortised

    @line("USD m", opening=True)
    def non_current(self) -> Expr:
        """Of the as-of stack: due after twelve months"""
        return sum_of(self.non_current_in)

    @line("USD m", opening=True)
    def current(self) -> Expr:
        """Of the as-of stack: due within twelve months"""
        return sum_of(self.current_in)

    @line("USD m", sums=True)
    def contractual_interest(self) -> Expr:
        """Contractual interest, as it accrues"""
        return sum_of(self.contractual_in)

    @line("USD m", sums=True)
    def cost_amortised(self) -> Expr:
        """Discount and cost amortised"""
        return sum_of(self.amortised_in)

    @line("USD m", sums=True)
    def in_kind(self) -> Expr:
        """Interest paid in kind"""
        return sum_of(self.kind_in)

    @line("USD m", sums=True)
    def funded(self) -> Expr:
        """Interest funded by draws"""
        return sum_of(self.funded_in)

    @line("USD m", opening=True)
    def yearly_interest(self) -> Expr:
        """A year's interest at the rates in force"""
        return sum_of(self.yearly_in)

    @line("rate", opening=True)
    def weighted_rate(self) -> Expr:
        """Weighted rate in force"""
        return share(self.yearly_interest, self.closing, self.tolerance)

    @line("USD m", opening=True)
    def floating(self) -> Expr:
        """Balance at a floating rate, swaps left out"""
        return sum_of(self.floating_in)

    @line("USD m", opening=True)
    def hedged(self) -> Expr:
        """Of the floating balance: swapped to fixed"""
        return sum_of(self.hedged_in)

    @line("share", opening=True)
    def floating_share(self) -> Expr:
        """Share at a floating rate after swaps"""
        return share(self.floating - self.hedged, self.closing, self.tolerance)

    @figure("flag")
    def as_contracted(self) -> Expr:
        """Contracts are as signed: prices, dates, delivery, payment"""
        return self.as_signed * lowest_of(self.contracts_signed)

    @figure("flag")
    def as_scheduled(self) -> Expr:
        """Debt is repaid as stated: no test, no extension, draws and contracts as signed"""
        return self.as_contracted * (sum_of(self.departs_in) <= 0)

    @figure("USD m")
    def as_of_principal(self) -> Expr:
        """Principal of the as-of balance that falls due inside the timeline"""
        return sum_of(self.as_of_principal_in)

    @figure("years")
    def average_life(self) -> Expr:
        """Weighted average life of the as-of stack"""
        return share(sum_of(self.months_in), self.as_of_principal, self.tolerance) / self.months_in_year

    @line("USD m", opening=True)
    def gpu_debt(self) -> Expr:
        """Debt in contract-debt pairs"""
        return sum_of(self.gpu_debt_in)

    @line("USD m", opening=True, key=True)
    def backlog(self) -> Expr:
        """Backlog: contracted revenue to come"""
        return sum_of(self.backlog_in)

    @line("USD m", opening=True, key=True)
    def cash_to_come(self) -> Expr:
        """Contracted cash still to be collected"""
        return sum_of(self.cash_to_come_in)

    @line("USD m", sums=True)
    def billed(self) -> Expr:
        """Contracted revenue recognised"""
        return sum_of(self.billed_in)

    @line("USD m", sums=True)
    def receipts(self) -> Expr:
        """Cash collected"""
        return sum_of(self.receipts_in)

    @line("USD m", opening=True)
    def deferred_revenue(self) -> Expr:
        """Deferred revenue (prepayments held)"""
        return sum_of(self.deferred_in)


class Graded(Block):
    """The debt whose verdicts rest on evidence of one grade at the weakest, and its share of all."""

    graded_in = many("USD m", "Pro-forma principal, this grade", per=DEAL)
    every_in = many("USD m", "Pro-forma principal", per=DEAL)
    tolerance = given("USD m", "Amount that counts as nothing")

    @figure("USD m")
    def debt(self) -> Expr:
        """Debt of this grade"""
        return sum_of(self.graded_in)

    @figure("USD m")
    def every(self) -> Expr:
        """All debt whose verdict is graded"""
        return sum_of(self.every_in)

    @figure("share", key=True)
    def of_all(self) -> Expr:
        """Share of all debt"""
        return share(self.debt, self.every, self.tolerance)


class Headline(Block):
    """The figures quoted with the claim, beside those of the model."""

    debt = given("USD m", "Debt as quoted", above=0)
    revenue = given("USD m", "Annual revenue as quoted", above=0)
    contracted = given("USD m", "Contracted revenue as quoted", above=0)
    market_value = given("USD m", "Market value as quoted", above=0)
    net = given("USD m", "Pro-forma debt, net of cost")

    @figure("x")
    def debt_to_revenue(self) -> Expr:
        """Debt / revenue, as quoted"""
        return self.debt / self.revenue

    @figure("x")
    def net_to_revenue(self) -> Expr:
        """Pro-forma net debt / revenue"""
        return self.net / self.revenue

    @figure("share")
    def debt_to_market_value(self) -> Expr:
        """Debt / market value, as quoted"""
        return self.debt / self.market_value

    @figure("USD m")
    def unexplained(self) -> Expr:
        """Debt as quoted less the bridge"""
        return self.debt - self.net
