"""One customer contract as cash: what is billed, credited, collected and paid; what is not contracted stands apart."""

from __future__ import annotations

from model.sheet import (
    DEAL,
    PERIOD,
    TEXT,
    Block,
    Expr,
    at,
    figure,
    given,
    highest,
    highest_of,
    line,
    lowest,
    lowest_of,
    many,
    maximum,
    minimum,
    sum_of,
    total,
    where,
)


class ContractCash(Block):
    """What the tranches and prepayments of one contract bring and cost."""

    number = given("no.", "Period", per=PERIOD)
    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")
    name = given("text", "Contract", per=TEXT)
    obligor = given("text", "Obligor", per=TEXT)
    capex = given("USD m", "Cost of its GPUs (0: not disclosed)", default=0, low=0, ask=True)
    earned_before = given("USD m", "Contracted CFADS before the as-of date", default=0, low=0, ask=True)
    sla = given("share", "Service credits, share of what is billed", default=0, low=0, high=1, ask=True)
    uncollected = given("share", "Share of invoices that is never paid", default=0, low=0, high=1, ask=True)
    lost_after = given("days", "Days from the as-of date to loss or notice (0: not lost)", default=0, low=0, high=8000, ask=True)
    notice_days = given("days", "Days of service after notice", default=0, low=0, high=3000, ask=True)
    claim_recovery = given("share", "Recovered of the bills that a loss takes away", default=0, low=0, high=1, ask=True)
    claim_days = given("days", "Days from the loss to the money recovered", default=0, low=0, high=3000, ask=True)
    renegotiated_after = given("days", "Days from the as-of date to a renegotiated price (0: none)", default=0, low=0, high=8000)
    new_price_change = given("share", "Change of the price by renegotiation", default=0, low=-1, high=2)
    extension_days = given("days", "Days by which renegotiation extends service", default=0, low=0, high=3000)
    default_wave = given("share", "Share of invoices that a wave of defaults leaves unpaid", default=0, low=0, high=1)
    power_there = given("share", "Share of the hours with power", per=PERIOD, low=0, high=1)
    delivered = given("share", "Share of the contracted capacity that is delivered")
    more_credits = given("share", "Service credits of all contracts")
    more_uncollected = given("share", "Share of all invoices that is never paid")
    shifts = many("days", "Late start", per=DEAL)
    starts_in = many("date", "Service start", per=DEAL)
    signed_start = given("date", "First day of service as signed")
    signed_end = given("date", "Last day of service as signed")
    ends_in = many("date", "Service end unless the contract is lost", per=DEAL)
    left_in = many("share", "Share that the customer leaves", per=DEAL)
    tranche_bills = many("USD m", "Billed")
    undelivered_in = many("USD m", "Bills that a loss takes away")
    tranche_opex = many("USD m", "Operating cost")
    tranche_rent = many("USD m", "Rent")
    credits = many("USD m", "Prepayment credited")
    prepayments_held = many("USD m", "Prepayment held")
    prepayments_in = many("USD m", "Prepayment received")
    refunds = many("USD m", "Prepayment paid back")
    forfeits = many("USD m", "Prepayment kept for good")
    held_at_start = many("USD m", "Prepayment held at the as-of date", per=DEAL)
    renewal_in = many("USD m", "Renewal")
    merchant_in = many("USD m", "Merchant business")
    residual_in = many("USD m", "GPUs sold")
    support_in = many("USD m", "Bought by a backstop")

    # ---- where clauses speak -----------------------------------------------------------------------------------------

    def not_in_cash(self) -> Expr:
        """What of the bills is never paid in cash."""
        return self.sla_credits

    def collected(self) -> Expr:
        """Cash from invoices of the period."""
        return self.invoiced - self.not_collected

    def bills_due(self) -> Expr:
        """Bills that fall due in the period."""
        return self.billed

    def recognised(self) -> Expr:
        """Revenue of the period."""
        return self.billed - self.sla_credits + sum_of(self.forfeits)

    def other_cost(self) -> Expr:
        """Cash cost beside operations and rent."""
        return self.prepayment_refunded

    def backed(self) -> Expr:
        """Cash of others who stand behind the contract."""
        return sum_of(self.support_in)

    # ---- loss of the contract ----------------------------------------------------------------------------------------

    @figure("date")
    def lost_on(self) -> Expr:
        """Last day of service if the contract is lost"""
        return where(self.lost_after, at(self.ends, 0) + self.lost_after + self.notice_days,
                     highest(self.ends) + 1)

    @figure("date")
    def renegotiated_on(self) -> Expr:
        """First day of a renegotiated price"""
        return where(self.renegotiated_after, at(self.ends, 0) + self.renegotiated_after, highest(self.ends) + 1)

    @figure("date")
    def planned_end(self) -> Expr:
        """Last day of service unless the contract is lost"""
        return highest_of(self.ends_in)

    @figure("days")
    def start_move(self) -> Expr:
        """Move of the first day of service"""
        return lowest_of(self.starts_in) - self.signed_start

    @figure("days")
    def end_move(self) -> Expr:
        """Move of the last day of service"""
        return self.planned_end - self.signed_end

    @line("flag")
    def lost_now(self) -> Expr:
        """The contract is lost before its end"""
        return (self.lost_on >= self.starts) * (self.lost_on <= self.ends) * (self.lost_on < self.planned_end)

    @line("flag")
    def ended_now(self) -> Expr:
        """Service ends for good: by its term, or by a loss"""
        last = minimum(self.lost_on, self.planned_end)
        return (last >= self.starts) * (last <= self.ends)

    @figure("flag")
    def as_signed(self) -> Expr:
        """Dates and amounts of service are as signed"""
        departs = sum_of(self.shifts) + sum_of(self.left_in) + self.lost_after + self.renegotiated_after
        return (departs + self.dark + self.default_wave + (1 - self.delivered) + self.more_credits + self.more_uncollected) <= 0

    @line("USD m", sums=True)
    def undelivered(self) -> Expr:
        """Bills that a loss of the contract takes away"""
        return sum_of(self.undelivered_in) * self.delivered

    @line("USD m", sums=True)
    def prepayment_kept(self) -> Expr:
        """Prepayment kept for good"""
        return sum_of(self.forfeits)

    @figure("USD m")
    def claim(self) -> Expr:
        """Claim against a customer that failed

        The bills of service not yet delivered, as far as no prepayment was kept for them."""
        return maximum(0, total(self.undelivered) - total(self.prepayment_kept))

    @figure("date")
    def claim_on(self) -> Expr:
        """Day on which the claim is paid"""
        return self.lost_on + self.claim_days

    @line("USD m", sums=True)
    def claim_paid(self) -> Expr:
        """Recovered from a customer that failed, not contracted"""
        return self.claim * self.claim_recovery * (self.claim_on >= self.starts) * (self.claim_on <= self.ends)

    @figure("share")
    def dark(self) -> Expr:
        """Largest share of the hours of a month without power"""
        return 1 - minimum(1, lowest(self.power_there))

    # ---- contracted cash ---------------------------------------------------------------------------------------------

    @line("USD m", key=True, sums=True)
    def billed(self) -> Expr:
        """Contracted bills"""
        return sum_of(self.tranche_bills) * self.delivered * self.power_there

    @line("USD m", sums=True)
    def sla_credits(self) -> Expr:
        """Service credits"""
        return self.billed * minimum(1, self.sla + self.more_credits)

    @line("USD m", sums=True)
    def revenue(self) -> Expr:
        """Contracted revenue

        Bills less service credits; a prepayment is revenue when it is credited, or kept for good."""
        return self.recognised()

    @line("USD m", sums=True)
    def billable(self) -> Expr:
        """Bills that may be paid in cash or by credit"""
        return maximum(0, self.billed - self.not_in_cash())

    @line("USD m", sums=True)
    def prepayment_received(self) -> Expr:
        """Prepayment received"""
        return sum_of(self.prepayments_in)

    @line("USD m", sums=True)
    def prepayment_applied(self) -> Expr:
        """Prepayment credited"""
        return sum_of(self.credits)

    @line("USD m", sums=True)
    def invoiced(self) -> Expr:
        """Invoiced for cash"""
        return self.billable - self.prepayment_applied

    @line("USD m", sums=True)
    def not_collected(self) -> Expr:
        """Never collected"""
        return self.invoiced * minimum(1, self.uncollected + self.more_uncollected + self.default_wave)

    @line("USD m", sums=True)
    def receipts(self) -> Expr:
        """Cash collected

        Monthly in arrears: at the end of the month of service, or so many days later as the contract says."""
        return self.collected()

    @line("USD m", sums=True)
    def prepayment_refunded(self) -> Expr:
        """Prepayment paid back"""
        return sum_of(self.refunds)

    @line("USD m", sums=True)
    def opex(self) -> Expr:
        """Operating cost, power included"""
        return sum_of(self.tranche_opex)

    @line("USD m", sums=True)
    def rent(self) -> Expr:
        """Rent"""
        return sum_of(self.tranche_rent)

    @line("USD m", sums=True)
    def cost(self) -> Expr:
        """Cash cost, rent and power included"""
        return self.opex + self.rent + self.other_cost()

    @line("USD m", key=True, sums=True)
    def cfads(self) -> Expr:
        """Contracted CFADS

        Source: RULES 6."""
        return self.receipts - self.cost

    # ---- cash that is not contracted ---------------------------------------------------------------------------------

    @line("USD m", sums=True)
    def renewal(self) -> Expr:
        """Renewal cash, not contracted"""
        return sum_of(self.renewal_in)

    @line("USD m", sums=True)
    def merchant(self) -> Expr:
        """On-demand and spot cash, and claims recovered: not contracted"""
        return sum_of(self.merchant_in) + self.claim_paid

    @line("USD m", sums=True)
    def residual(self) -> Expr:
        """GPUs sold, not contracted"""
        return sum_of(self.residual_in)

    @line("USD m", sums=True)
    def support(self) -> Expr:
        """Support of others, not contracted"""
        return self.backed()
