"""What every debt instrument shares: a balance, interest by days, instalments by number, a maturity.

A month that holds a payment date is split there (`RULES.md` 1): the interest of the days before it is paid on it, that of
the days after it waits for the next one. Balances follow the contract; what the borrower's cash does not reach is shown
by the waterfall as a call on its guarantor.
"""

from __future__ import annotations

from model.sheet import (
    PERIOD,
    TEXT,
    Block,
    Expr,
    at,
    figure,
    following,
    given,
    line,
    maximum,
    minimum,
    prev,
    total,
)


class Instrument(Block):
    """A loan or a note. Terms that follow from dates come as givens over time; see `model/debt/terms.py`.

    `on_gpus` says whether the debt is secured on or used for GPUs, and so in the perimeter of the claim (RULES 20).
    """

    on_gpus = False

    name = given("text", "Instrument", per=TEXT)
    ends = given("date", "Period end", per=PERIOD)
    rate_shift = given("rate", "Shift of the base-rate curve")
    scale = given("factor", "Scale of all debt")
    draw_factor = given("factor", "Share of the planned draws that is made")
    proceeds_factor = given("factor", "Share of the planned repayment from proceeds")
    bridge_end = given("date", "Pro-forma date")
    near_end = given("date", "24 months after the as-of date")

    balance = given("USD m", "Principal at the as-of date", low=0, ask=True)
    unamortised_cost = given("USD m", "Unamortised discount and cost", default=0, ask=True)
    accrued_before = given("USD m", "Interest accrued at the as-of date", default=0, low=0, ask=True)
    floating = given("flag", "Rate floats", default=1, low=0, high=1)
    margin = given("rate", "Margin, or the fixed rate", low=-0.05, high=0.5, ask=True)
    floor = given("rate", "Floor of the base rate", default=0, low=-0.05, high=0.2, ask=True)
    undrawn_before = given("USD m", "Undrawn commitment at the as-of date", default=0, low=0, ask=True)
    undrawn_fee = given("rate", "Fee on the undrawn commitment", default=0, low=0, high=0.1, ask=True)
    maturity_period = given("no.", "Period of maturity (Td)", low=0)
    maturity = given("date", "Maturity", kind="date", ask=True)

    base_rate = given("rate", "Base rate in force at period end", per=PERIOD)
    pays = given("flag", "Payment date falls in the period", per=PERIOD)
    amortises = given("flag", "An instalment is due on it", per=PERIOD)
    matures = given("flag", "Maturity falls in the period", per=PERIOD)
    available = given("flag", "Commitment can be drawn", per=PERIOD)
    before = given("years", "Year fraction to the payment date", per=PERIOD)
    after = given("years", "Year fraction from the payment date", per=PERIOD)
    coupon_years = given("years", "Year fraction of the coupon paid", per=PERIOD)
    planned_draws = given("USD m", "Planned draws", per=PERIOD)
    late_draws = given("USD m", "Planned draws after the payment date", per=PERIOD)
    draw_before = given("years", "Draws: year fraction to the payment date", per=PERIOD)
    draw_after = given("years", "Draws: year fraction from the payment date", per=PERIOD)
    planned_proceeds = given("USD m", "Planned repayment from proceeds", per=PERIOD)
    instalments = given("USD m", "Instalment no. k on the opening balance, in column k", per=PERIOD)
    draw_instalments = given("USD m", "Instalment no. k on later draws, in column k", per=PERIOD)
    swept = given("USD m", "Swept", per=PERIOD)

    @line("rate", opening=True)
    def rate(self) -> Expr:
        """Interest rate in force at period end"""
        return self.floating * maximum(self.base_rate + self.rate_shift, self.floor) + self.margin

    @figure("USD m")
    def balance_at_start(self) -> Expr:
        """Principal at the as-of date, scaled"""
        return self.balance * self.scale

    @figure("USD m")
    def undrawn_at_start(self) -> Expr:
        """Undrawn commitment at the as-of date, scaled"""
        return self.undrawn_before * self.scale

    @line("USD m")
    def opening(self) -> Expr:
        """Opening balance"""
        return prev(self.closing)

    @line("USD m", sums=True)
    def drawn(self) -> Expr:
        """Drawn"""
        return self.planned_draws * self.draw_factor * self.scale

    @line("no.")
    def instalment_number(self) -> Expr:
        """Instalments so far"""
        return prev(self.instalment_number) + self.pays * self.amortises

    @line("USD m", sums=True)
    def due_on_opening(self) -> Expr:
        """Instalment due on the opening balance

        Frozen at close and kept by number: a stress does not move it. Source: RULES 10."""
        return self.pays * self.amortises * self.scale * at(self.instalments, self.instalment_number)

    @line("USD m", sums=True)
    def due_on_draws(self) -> Expr:
        """Instalment due on later draws"""
        return self.pays * self.amortises * self.scale * self.draw_factor * at(self.draw_instalments, self.instalment_number)

    @line("USD m", sums=True)
    def scheduled(self) -> Expr:
        """Scheduled principal"""
        return minimum(self.repayable, self.due_on_opening + self.due_on_draws)

    @line("USD m")
    def drawn_late(self) -> Expr:
        """Drawn after the payment date

        Owed from its own day on, so nothing of it is repaid on a date that has passed."""
        return self.late_draws * self.draw_factor * self.scale

    @line("USD m")
    def repayable(self) -> Expr:
        """Owed on the payment date"""
        return self.opening + self.drawn - self.drawn_late

    @line("USD m", sums=True)
    def balloon(self) -> Expr:
        """Balloon at maturity

        What is left at maturity above the regular instalment. Source: RULES 12."""
        return self.matures * (self.repayable - self.scheduled)

    @line("USD m", sums=True)
    def from_proceeds(self) -> Expr:
        """Repaid from proceeds at period end"""
        return minimum(self.after_service - self.swept + self.drawn_late,
                       self.planned_proceeds * self.proceeds_factor * self.scale)

    @line("USD m")
    def after_service(self) -> Expr:
        """Balance after scheduled principal and balloon"""
        return self.repayable - self.scheduled - self.balloon

    @line("USD m", opening="balance_at_start", key=True)
    def closing(self) -> Expr:
        """Closing balance"""
        return self.after_service + self.drawn_late - self.swept - self.from_proceeds

    @line("USD m", opening=True)
    def before_balloon(self) -> Expr:
        """Balance before the balloon is paid"""
        return self.closing + self.balloon

    @line("USD m", sums=True)
    def accrual_before(self) -> Expr:
        """Interest accrued to the payment date"""
        return prev(self.rate) * (self.opening * self.before + self.drawn * self.draw_before)

    @line("USD m", sums=True)
    def accrual_after(self) -> Expr:
        """Interest accrued from the payment date"""
        return self.rate * ((self.opening - self.scheduled - self.balloon - self.swept) * self.after
                            + self.drawn * self.draw_after)

    @line("USD m", sums=True)
    def interest(self) -> Expr:
        """Interest due"""
        return self.pays * (prev(self.accrued) + self.accrual_before)

    @line("USD m", opening="accrued_at_start")
    def accrued(self) -> Expr:
        """Interest accrued, not yet due"""
        return prev(self.accrued) + self.accrual_before - self.interest + self.accrual_after

    @figure("USD m")
    def accrued_at_start(self) -> Expr:
        """Interest accrued at the as-of date, scaled"""
        return self.accrued_before * self.scale

    @line("USD m", opening="undrawn_at_start")
    def undrawn(self) -> Expr:
        """Undrawn commitment"""
        return self.available * maximum(0, prev(self.undrawn) - self.drawn)

    @line("USD m", sums=True)
    def fee_before(self) -> Expr:
        """Commitment fee accrued to the payment date"""
        return self.undrawn_fee * self.available * maximum(0, prev(self.undrawn) * self.before
                                                           - self.drawn * self.draw_before)

    @line("USD m", sums=True)
    def fee_after(self) -> Expr:
        """Commitment fee accrued from the payment date"""
        return self.undrawn_fee * self.available * maximum(0, prev(self.undrawn) * self.after
                                                           - self.drawn * self.draw_after)

    @line("USD m", sums=True)
    def fee(self) -> Expr:
        """Commitment fee due"""
        return self.pays * (prev(self.fee_accrued) + self.fee_before)

    @line("USD m")
    def fee_accrued(self) -> Expr:
        """Commitment fee accrued, not yet due"""
        return prev(self.fee_accrued) + self.fee_before - self.fee + self.fee_after

    @line("USD m", key=True, sums=True)
    def service(self) -> Expr:
        """Debt service without balloon"""
        return self.fee + self.interest + self.scheduled

    @line("x", above=0)
    def growth(self) -> Expr:
        """One coupon's growth at the loan's own rate

        1 + rate x year fraction on payment dates, 1 elsewhere. Source: RULES 17."""
        return 1 + prev(self.rate) * self.coupon_years

    @line("USD m")
    def to_draw(self) -> Expr:
        """Draws still planned, this period included"""
        return following(self.to_draw) + self.drawn

    @line("USD m")
    def exposure(self) -> Expr:
        """Balance and planned draws at period start"""
        return self.opening + self.to_draw

    @line("USD m", sums=True)
    def drawn_early(self) -> Expr:
        """Drawn up to the pro-forma date, by period"""
        return self.drawn * (self.ends <= self.bridge_end)

    @line("USD m", sums=True)
    def repaid_early(self) -> Expr:
        """Repaid from proceeds up to the pro-forma date, by period"""
        return self.from_proceeds * (self.ends <= self.bridge_end)

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
        return self.unamortised_cost * self.scale * (self.pro_forma > 0)

    @line("USD m", sums=True)
    def principal_due(self) -> Expr:
        """Contractual principal: instalment and balloon"""
        return self.scheduled + self.balloon

    @line("USD m", sums=True)
    def near_principal(self) -> Expr:
        """Contractual principal within 24 months"""
        return self.principal_due * (self.ends <= self.near_end)

    @figure("USD m")
    def due_24_months(self) -> Expr:
        """Contractual principal due in the 24 months after the as-of date"""
        return total(self.near_principal)

    @line("USD m", sums=True)
    def due_on_as_of_stack(self) -> Expr:
        """Principal of the as-of balance falling due

        What a maturities table at the as-of date shows; a repayment from proceeds brings its maturity forward."""
        return self.principal_due - minimum(self.due_on_draws, self.scheduled) + self.from_proceeds
