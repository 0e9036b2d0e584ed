"""What every debt instrument shares: a balance, interest by days, instalments by number, a maturity.

A month that holds a payment date is split there (`RULES.md` 1): the interest of the days before it is paid on it, that of
the days after it waits for the next one. Balances follow the contract; what the borrower's cash does not reach is shown
by the waterfall as a call on its guarantor.

The methods without `@line` are the places where a clause of `model/debt/clauses/` adds its words to a row.
"""

from __future__ import annotations

from typing import ClassVar

from model.sheet import (
    PERIOD,
    TEXT,
    Block,
    Expr,
    Row,
    Term,
    at,
    figure,
    following,
    given,
    line,
    maximum,
    minimum,
    prev,
)


class Instrument(Block):
    """A loan or a note. Terms that follow from dates come as givens over time; see `model/debt/terms.py`.

    `on_gpus` says whether the debt is secured on or used for GPUs, and so in the perimeter of the claim (RULES 20);
    `ranking` is its place among creditors; `in_cash` says that a draw brings cash (a vendor's delivery does not), `floats` what
    its rate does unless the file says; `clauses` are those that a term sheet of the kind may have, each known by the
    terms `stated` for it.
    """

    on_gpus = False
    ranking = "senior unsecured"
    in_cash = True
    floats = False
    clauses: ClassVar[tuple[type[Instrument], ...]] = ()
    stated: ClassVar[tuple[str, ...]] = ()

    name = given("text", "Instrument", per=TEXT)
    ends = given("date", "Period end", per=PERIOD)
    days = given("days", "Days in period", per=PERIOD, above=0)
    rate_shift = given("rate", "Shift of the base-rate curve")
    scale = given("factor", "Scale of all debt")
    draw_factor = given("factor", "Share of the planned draws that is made")
    proceeds_factor = given("factor", "Share of the planned repayment from proceeds")
    tolerance = given("USD m", "Amount that counts as nothing")

    balance = given("USD m", "Principal at the as-of date", low=0, ask=True)
    accrued_before = given("USD m", "Interest accrued at the as-of date", default=0, low=0, ask=True)
    floating = given("flag", "Rate floats", low=0, high=1)
    margin = given("rate", "Margin, or the fixed rate", low=-0.05, high=0.5, ask=True)
    floor = given("rate", "Floor of the base rate", default=0, low=-0.05, high=0.2, ask=True)
    maturity_period = given("no.", "Period of maturity (Td)", low=0)
    maturity = given("date", "Maturity", kind="date", ask=True)

    base_rate = given("rate", "Base rate in force at period end", per=PERIOD, low=-0.05, high=0.5)
    pays = given("flag", "Payment date falls in the period", per=PERIOD)
    amortises = given("flag", "An instalment is due on it", per=PERIOD)
    matures = given("flag", "Maturity falls in the period", per=PERIOD)
    before = given("years", "Year fraction to the payment date", per=PERIOD)
    after = given("years", "Year fraction from the payment date", per=PERIOD)
    coupon_years = given("years", "Year fraction of the coupon paid", per=PERIOD)
    planned_draws = given("USD m", "Planned draws", per=PERIOD)
    late_share = given("share", "Share of them after the payment date", per=PERIOD, low=0, high=1)
    draw_before = given("years", "Draws: year fraction to the payment date", per=PERIOD)
    draw_after = given("years", "Draws: year fraction from the payment date", per=PERIOD)
    planned_proceeds = given("USD m", "Planned repayment from proceeds", per=PERIOD)
    instalments = given("USD m", "Instalment no. k on the opening balance, in column k", per=PERIOD)
    draw_instalments = given("USD m", "Instalment no. k on later draws, in column k", per=PERIOD)
    swept = given("USD m", "Swept", per=PERIOD, low=0, high=0)  # by sweeps, if any: nothing that could be typed

    # ---- where clauses speak -----------------------------------------------------------------------------------------

    def size(self) -> Expr:
        """What every amount of the case file is multiplied by."""
        return self.scale

    def base_part(self) -> Expr:
        """The floating part of the rate."""
        return self.floating * maximum(self.base_rate + self.rate_shift, self.floor)

    def margin_part(self) -> Expr:
        """The margin in force."""
        return self.margin

    def rate_before(self) -> Expr:
        """Rate on the days to the payment date."""
        return prev(self.rate)

    def rate_after(self) -> Expr:
        """Rate on the days from the payment date."""
        return self.rate

    def draws(self) -> Expr:
        """Principal drawn in the period."""
        return self.planned_draws * self.draw_factor * self.size()

    def instalment(self) -> Expr:
        """What the contract asks for on a payment date before maturity."""
        return self.due_on_opening + self.due_on_draws

    def amortising(self) -> Expr:
        """Flag of a date that carries an instalment."""
        return self.amortises

    def on_opening(self, instalment: Expr) -> Expr:
        """An instalment on the opening balance."""
        return instalment

    def on_draws(self, instalment: Expr) -> Expr:
        """An instalment on later draws."""
        return instalment

    def falls_due(self) -> Expr:
        """Flag of the final maturity."""
        return self.matures

    def at_maturity(self) -> Expr:
        """What falls due above the regular instalment."""
        return self.falls_due() * (self.repayable - self.scheduled)

    def interest_settled(self) -> Expr:
        """Interest that leaves the accrued balance."""
        return self.interest

    def added(self) -> Term:
        """What joins the balance besides draws."""
        return 0

    def taken_off(self) -> Term:
        """What leaves the balance besides instalments, sweep and proceeds."""
        return 0

    def final_period(self) -> Expr:
        """Period of the final maturity."""
        return self.maturity_period

    def fees(self) -> list[Row]:
        """Rows of fees that are due in cash."""
        return []

    # ---- rate --------------------------------------------------------------------------------------------------------

    @line("rate", opening=True)
    def rate(self) -> Expr:
        """Interest rate in force at period end"""
        return self.base_part() + self.margin_part()

    # ---- principal ---------------------------------------------------------------------------------------------------

    @figure("USD m")
    def balance_at_start(self) -> Expr:
        """Principal at the as-of date, scaled"""
        return self.balance * self.size()

    @line("USD m")
    def opening(self) -> Expr:
        """Opening balance"""
        return prev(self.closing)

    @line("USD m", sums=True)
    def drawn(self) -> Expr:
        """Drawn"""
        return self.draws()

    @line("no.")
    def instalment_number(self) -> Expr:
        """Instalments so far"""
        return prev(self.instalment_number) + self.pays * self.amortising()

    @line("USD m", sums=True)
    def due_on_opening(self) -> Expr:
        """Instalment due on the opening balance

        Frozen at close and kept by number: a stress does not move it. Source: RULES 10."""
        due = self.pays * self.amortising() * self.size() * at(self.instalments, self.instalment_number)
        return self.on_opening(due)

    @line("USD m", sums=True)
    def due_on_draws(self) -> Expr:
        """Instalment due on later draws, as far as they were made"""
        planned = self.pays * self.amortising() * self.size() * at(self.draw_instalments, self.instalment_number)
        return minimum(prev(self.draws_left) + self.drawn - self.drawn_late, self.on_draws(planned) * self.draw_factor)

    @line("USD m")
    def draws_left(self) -> Expr:
        """Later draws, less their instalments"""
        return prev(self.draws_left) + self.drawn - self.due_on_draws

    @line("USD m", sums=True)
    def scheduled(self) -> Expr:
        """Scheduled principal"""
        return minimum(self.repayable, self.instalment())

    @line("USD m")
    def drawn_late(self) -> Expr:
        """Drawn after the payment date

        Owed from its own day on, so nothing of it is repaid on a date that has passed."""
        return self.drawn * self.late_share

    @line("USD m")
    def repayable(self) -> Expr:
        """Owed on the payment date"""
        return self.opening + self.drawn - self.drawn_late

    @line("USD m", sums=True)
    def balloon(self) -> Expr:
        """Balloon at maturity

        What is left at maturity above the regular instalment. Source: RULES 12."""
        return self.at_maturity()

    @line("USD m", sums=True)
    def from_proceeds(self) -> Expr:
        """Repaid from proceeds at period end"""
        return minimum(self.after_service - self.swept + self.drawn_late,
                       self.planned_proceeds * self.proceeds_factor * self.size())

    @line("USD m")
    def after_service(self) -> Expr:
        """Balance after scheduled principal and balloon"""
        return self.repayable - self.scheduled - self.balloon

    @line("USD m", opening="balance_at_start", key=True)
    def closing(self) -> Expr:
        """Closing balance"""
        return self.after_service + self.drawn_late - self.swept - self.from_proceeds + self.added() - self.taken_off()

    @line("USD m", opening=True)
    def before_balloon(self) -> Expr:
        """Balance before the balloon is paid"""
        return self.closing + self.balloon

    # ---- interest ----------------------------------------------------------------------------------------------------

    @line("USD m", sums=True)
    def accrual_before(self) -> Expr:
        """Interest accrued to the payment date"""
        return self.rate_before() * (self.opening * self.before + self.drawn * self.draw_before)

    @line("USD m")
    def owed_after(self) -> Expr:
        """Opening balance as the payment date leaves it"""
        return self.opening - self.scheduled - self.balloon - self.swept + self.added()

    @line("USD m", sums=True)
    def accrual_after(self) -> Expr:
        """Interest accrued from the payment date"""
        return self.rate_after() * (self.owed_after * self.after + self.drawn * self.draw_after)

    @line("USD m", sums=True)
    def interest(self) -> Expr:
        """Interest due"""
        return self.pays * (prev(self.accrued) + self.accrual_before)

    @line("USD m", opening="accrued_at_start")
    def accrued(self) -> Expr:
        """Interest accrued, not yet due"""
        return prev(self.accrued) + self.accrual_before - self.interest_settled() + self.accrual_after

    @figure("USD m")
    def accrued_at_start(self) -> Expr:
        """Interest accrued at the as-of date, scaled"""
        return self.accrued_before * self.size()

    # ---- for the waterfall and the tests -----------------------------------------------------------------------------

    @line("USD m", key=True, sums=True)
    def service(self) -> Expr:
        """Debt service without balloon"""
        due: Expr = self.interest + self.scheduled
        for fee in self.fees():
            due = fee + due
        return due

    @line("x", above=0)
    def growth(self) -> Expr:
        """One coupon's growth at the loan's own rate

        1 + rate x year fraction on payment dates, 1 elsewhere. Source: RULES 17."""
        return 1 + self.pays * prev(self.rate) * self.coupon_years

    @line("USD m")
    def to_draw(self) -> Expr:
        """Draws still planned, this period included"""
        return following(self.to_draw) + self.drawn

    @line("USD m")
    def exposure(self) -> Expr:
        """Balance and planned draws at period start"""
        return self.opening + self.to_draw

    @figure("no.")
    def last_period(self) -> Expr:
        """Period of the final maturity (Td)"""
        return self.final_period()

    @line("USD m", sums=True)
    def principal_due(self) -> Expr:
        """Contractual principal: instalment and balloon"""
        return self.scheduled + self.balloon
