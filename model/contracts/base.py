"""A customer contract as cash: tranches that are billed, a prepayment that is credited, costs that are paid.

The rows that count in tests are contracted: take-or-pay, signed, inside the firm term. Renewal is not among them.
"""

from __future__ import annotations

from model.sheet import (
    DEAL,
    PERIOD,
    TEXT,
    Block,
    Expr,
    Row,
    figure,
    first_when,
    following,
    given,
    line,
    many,
    maximum,
    minimum,
    prev,
    sum_of,
    total,
)


def days_between(first: Expr, last: Expr, starts: Expr, ends: Expr) -> Expr:
    """Days of a period that lie in the span from `first` to `last`, both included."""
    return maximum(0, minimum(last, ends) - maximum(first, starts) + 1)


class Tranche(Block):
    """One accepted lot of capacity: its own dates, price and cost; billed pro rata by days at the end of the month."""

    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    days = given("days", "Days in period", per=PERIOD, above=0)
    start = given("date", "Service start as signed", kind="date", ask=True)
    end = given("date", "Service end as signed", kind="date", ask=True)
    price = given("USD m a month", "Take-or-pay fee", low=0, ask=True)
    opex = given("USD m a month", "Cash operating cost", default=0, low=0, ask=True)
    rent = given("USD m a month", "Data-centre rent", default=0, low=0, ask=True)
    rent_start = given("date", "Rent starts", kind="date", ask=True)
    rent_end = given("date", "Rent ends", kind="date", ask=True)
    pending = given("flag", "Not yet accepted at the as-of date", default=0, low=0, high=1)
    end_moves = given("flag", "End of service moves with its start", default=0, low=0, high=1, ask=True)
    price_change = given("share", "Change of every contract price")
    cost_change = given("share", "Change of every cash cost")
    delay_days = given("days", "Delay of tranches not yet accepted")

    @figure("date")
    def service_start(self) -> Expr:
        """Service start"""
        return self.start + self.delay_days * self.pending

    @figure("date")
    def service_end(self) -> Expr:
        """Service end"""
        return self.end + self.delay_days * self.pending * self.end_moves

    @line("days", sums=True)
    def active_days(self) -> Expr:
        """Days in service"""
        return days_between(self.service_start, self.service_end, self.starts, self.ends)

    @line("days", sums=True)
    def rent_days(self) -> Expr:
        """Days of rent

        The landlord's clock: it does not wait for service to start."""
        return days_between(self.rent_start, self.rent_end, self.starts, self.ends)

    @line("USD m", sums=True)
    def billed(self) -> Expr:
        """Billed

        Take-or-pay: for every day in service, whatever is used."""
        return self.price * (1 + self.price_change) * self.active_days / self.days

    @line("USD m", sums=True)
    def opex_paid(self) -> Expr:
        """Operating cost paid"""
        return self.opex * (1 + self.cost_change) * self.active_days / self.days

    @line("USD m", sums=True)
    def rent_paid(self) -> Expr:
        """Rent paid"""
        return self.rent * (1 + self.cost_change) * self.rent_days / self.days


class Prepayment(Block):
    """Cash from the customer before service: received once, held as deferred revenue, credited against later bills."""

    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    billable = given("USD m", "Bills it can be credited against", per=PERIOD)
    held_before = given("USD m", "Held at the as-of date", default=0, low=0, ask=True)
    amount = given("USD m", "Still to be received", default=0, low=0, ask=True)
    received_on = given("date", "Received on", default=0, kind="date", ask=True)
    credit_from = given("date", "Credited from", kind="date", ask=True)
    credit_to = given("date", "Credited to", kind="date", ask=True)
    credit_span = given("days", "Days over which it is credited", above=0)

    @line("USD m", sums=True)
    def received(self) -> Expr:
        """Prepayment received

        A source of funds for the GPUs; never part of CFADS. Source: RULES 6."""
        return self.amount * (self.starts <= self.received_on) * (self.received_on <= self.ends)

    @line("USD m")
    def entitled(self) -> Expr:
        """Credit the customer is entitled to so far"""
        return prev(self.entitled) + (self.held_before + self.amount) * self.credit_days / self.credit_span

    @line("days")
    def credit_days(self) -> Expr:
        """Days of crediting"""
        return days_between(self.credit_from, self.credit_to, self.starts, self.ends)

    @line("USD m", sums=True)
    def applied(self) -> Expr:
        """Prepayment credited

        What is due by now and was not yet credited, as far as there is a bill and a balance."""
        return minimum(minimum(self.billable, self.entitled - prev(self.applied_so_far)), prev(self.held) + self.received)

    @line("USD m")
    def applied_so_far(self) -> Expr:
        """Credited so far"""
        return prev(self.applied_so_far) + self.applied

    @line("USD m")
    def still_billable(self) -> Expr:
        """Bills left for cash"""
        return self.billable - self.applied

    @line("USD m", opening="held_before", key=True)
    def held(self) -> Expr:
        """Prepayment held"""
        return prev(self.held) + self.received - self.applied


class Contract(Block):
    """All tranches and prepayments of one customer contract."""

    number = given("no.", "Period", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")
    name = given("text", "Contract", per=TEXT)
    obligor = given("text", "Obligor", per=TEXT)
    capex = given("USD m", "Cost of its GPUs (0: not disclosed)", default=0, low=0, ask=True)
    earned_before = given("USD m", "Contracted CFADS before the as-of date", default=0, low=0, ask=True)
    tranche_bills = many("USD m", "Billed")
    tranche_opex = many("USD m", "Operating cost")
    tranche_rent = many("USD m", "Rent")
    credits = many("USD m", "Prepayment credited")
    prepayments_held = many("USD m", "Prepayment held")
    prepayments_in = many("USD m", "Prepayment received")
    held_at_start = many("USD m", "Prepayment held at the as-of date", per=DEAL)

    @line("USD m", key=True, sums=True)
    def billed(self) -> Expr:
        """Contracted revenue"""
        return sum_of(self.tranche_bills)

    @line("USD m", sums=True)
    def prepayment_received(self) -> Expr:
        """Prepayment received"""
        return sum_of(self.prepayments_in)

    @line("USD m", sums=True)
    def prepayment_applied(self) -> Expr:
        """Prepayment credited"""
        return sum_of(self.credits)

    @line("USD m", sums=True)
    def receipts(self) -> Expr:
        """Cash collected

        Monthly in arrears, at the end of the month of service."""
        return self.billed - self.prepayment_applied

    @line("USD m", sums=True)
    def opex(self) -> Expr:
        """Operating cost"""
        return sum_of(self.tranche_opex)

    @line("USD m", sums=True)
    def rent(self) -> Expr:
        """Rent"""
        return sum_of(self.tranche_rent)

    @line("USD m", sums=True)
    def cost(self) -> Expr:
        """Cash cost, rent and power included"""
        return self.opex + self.rent

    @line("USD m", key=True, sums=True)
    def cfads(self) -> Expr:
        """Contracted CFADS

        Source: RULES 6."""
        return self.receipts - self.cost

    @figure("USD m")
    def backlog_at_start(self) -> Expr:
        """Contracted revenue to come at the as-of date"""
        return total(self.billed)

    @line("USD m")
    def backlog_opening(self) -> Expr:
        """Backlog, opening"""
        return prev(self.backlog)

    @line("USD m", opening="backlog_at_start", key=True)
    def backlog(self) -> Expr:
        """Backlog, closing"""
        return self.backlog_opening - self.billed

    @figure("USD m")
    def cash_at_start(self) -> Expr:
        """Contracted cash to come at the as-of date"""
        return total(self.receipts)

    @line("USD m", opening="cash_at_start")
    def cash_to_come(self) -> Expr:
        """Cash still to be collected, closing"""
        return prev(self.cash_to_come) - self.receipts

    @figure("USD m")
    def deferred_at_start(self) -> Expr:
        """Deferred revenue at the as-of date"""
        return sum_of(self.held_at_start)

    @line("USD m", opening="deferred_at_start")
    def deferred_revenue(self) -> Expr:
        """Deferred revenue (prepayments held)"""
        return sum_of(self.prepayments_held)

    @line("USD m")
    def to_bill(self) -> Expr:
        """Still to be billed, this period included"""
        return following(self.to_bill) + self.billed

    @line("flag")
    def last(self) -> Expr:
        """Last contracted receipt falls due"""
        return (self.to_bill > self.tolerance) * (following(self.to_bill) <= self.tolerance)

    @figure("no.")
    def last_period(self) -> Expr:
        """Period of the last contracted receipt (Tc)

        Source: RULES 9."""
        return total(self.last_number)

    @line("no.")
    def last_number(self) -> Expr:
        """Its number"""
        return self.last * self.number

    @figure("date")
    def last_date(self) -> Expr:
        """Date of the last contracted receipt (Tc)"""
        return first_when(self.last, self.ends)

    @line("USD m", opening="earned_before")
    def earned(self) -> Expr:
        """Contracted CFADS since the start"""
        return prev(self.earned) + self.cfads

    @line("flag")
    def paid_back(self) -> Expr:
        """GPUs paid back"""
        return (self.earned >= self.capex - self.tolerance) * (self.capex > 0)

    @figure("date")
    def payback(self) -> Expr:
        """Payback date

        First period end at which contracted CFADS since the start reaches the cost of the GPUs. Source: RULES 18."""
        return first_when(self.paid_back, self.ends)


def bills_chain(contract: Contract, prepayments: list[Prepayment]) -> None:
    """Credits are taken from the bills one after the other, so that none is credited twice."""
    left: Row = contract.row("billed")
    for prepayment in prepayments:
        prepayment.bind(billable=left)
        left = prepayment.row("still_billable")
