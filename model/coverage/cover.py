"""T1, T2 and T3 as rows, on any set of slices; who may count which kept cash is told by the two kinds of cover."""

from __future__ import annotations

from model.coverage.beside import Beside
from model.sheet import (
    DEAL,
    PERIOD,
    TEXT,
    Expr,
    at,
    figure,
    first_when,
    given,
    highest,
    highest_of,
    line,
    lowest,
    many,
    maximum,
    minimum,
    prev,
    ratio,
    share,
    sum_of,
    total,
)


class Cover(Beside):
    """The tests T1, T2 and T3 on any set of slices; who may count which cash is told by `kept`."""

    title_text = given("text", "Title", per=TEXT)
    ends = given("date", "Period end", per=PERIOD)
    before = given("date", "End of the period before", per=PERIOD)
    number = given("no.", "Period", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")
    required = given("x", "Cover that T3 asks for", above=0)
    far = given("x", "Ratio that stands for no debt", default=1e6, above=0)
    equal = given("x", "Ratios that count as equal", default=1e-9, above=0)
    contract_end = given("no.", "Period of the last contracted receipt (Tc)")
    maturities = many("no.", "Period of maturity (Td)", per=DEAL)
    tested_from = given("no.", "Period after the last draw")
    cash_in = many("USD m", "Contracted CFADS")
    tested_in = many("USD m", "CFADS of the service period")
    waiting_in = many("USD m", "CFADS that waits for the next payment date")
    pay_dates = many("flag", "Payment date")
    service_in = many("USD m", "Debt service")
    balloon_in = many("USD m", "Balloon")
    standing_in = many("USD m", "Balance before the balloon")
    exposure_in = many("USD m", "Balance and planned draws")
    pv_life_in = many("USD m", "Present value over the loan's life")
    pv_contract_in = many("USD m", "Present value of contracted CFADS")

    @figure("no.")
    def maturity(self) -> Expr:
        """Period of the last maturity (Td)"""
        return highest_of(self.maturities)

    @line("flag")
    def pays(self) -> Expr:
        """Payment date"""
        return sum_of(self.pay_dates) > 0

    @line("USD m", key=True, sums=True)
    def cash(self) -> Expr:
        """Contracted CFADS"""
        return sum_of(self.cash_in)

    @line("USD m", sums=True)
    def tested_cash(self) -> Expr:
        """CFADS of the service periods that end here

        Source: RULES 2."""
        return sum_of(self.tested_in)

    @line("USD m", key=True, sums=True)
    def service(self) -> Expr:
        """Debt service without balloon"""
        return sum_of(self.service_in)

    @line("USD m", sums=True)
    def balloon(self) -> Expr:
        """Balloon"""
        return sum_of(self.balloon_in)

    @line("x", key=True)
    def dscr(self) -> Expr:
        """DSCR"""
        return ratio(self.tested_cash, self.service, self.tolerance)

    @figure("x")
    def min_dscr(self) -> Expr:
        """Lowest DSCR"""
        return lowest(self.dscr)

    @line("x")
    def dscr_ranked(self) -> Expr:
        """DSCR as a number, far where nothing is due"""
        return share(self.tested_cash, self.service, self.tolerance) + self.far * (self.service <= self.tolerance)

    @figure("x")
    def dscr_floor(self) -> Expr:
        """Lowest DSCR as a number"""
        return lowest(self.dscr_ranked)

    @line("flag")
    def dscr_at_floor(self) -> Expr:
        """DSCR is at its lowest

        Within a hair, so that equal ratios do not change places by a rounding."""
        return (self.dscr_ranked <= self.dscr_floor + self.equal) * (self.service > self.tolerance)

    @figure("date")
    def min_dscr_date(self) -> Expr:
        """Date of the lowest DSCR"""
        return first_when(self.dscr_at_floor, self.ends)

    @line("USD m", sums=True)
    def cash_where_serviced(self) -> Expr:
        """CFADS of service periods with debt service"""
        return self.tested_cash * (self.service > self.tolerance)

    @figure("USD m")
    def all_cash(self) -> Expr:
        """CFADS of all service periods"""
        return total(self.cash_where_serviced)

    @figure("USD m")
    def all_service(self) -> Expr:
        """Debt service of all service periods"""
        return total(self.service)

    @figure("x")
    def avg_dscr(self) -> Expr:
        """Average DSCR

        Sum of CFADS over sum of service. Source: RULES 2."""
        return ratio(self.all_cash, self.all_service, self.tolerance)

    # ---- T1: cash in every service period ---------------------------------------------------------------------------

    @line("USD m")
    def kept(self) -> Expr:
        """Cash kept from earlier service periods"""
        raise NotImplementedError

    @line("USD m")
    def for_balloon(self) -> Expr:
        """Cash kept before a balloon is paid"""
        raise NotImplementedError

    @line("USD m", key=True, sums=True)
    def shortfall(self) -> Expr:
        """T1: cash missing on the payment date"""
        return maximum(0, self.service - self.tested_cash - prev(self.kept))

    @line("flag")
    def missed(self) -> Expr:
        """T1 fails"""
        return self.shortfall > self.tolerance

    @figure("flag")
    def t1(self) -> Expr:
        """T1: cash covers service on every payment date"""
        return total(self.missed) < 1

    @figure("date")
    def t1_date(self) -> Expr:
        """T1: first date on which cash is missing"""
        return first_when(self.missed, self.ends)

    @line("flag")
    def first_missed(self) -> Expr:
        """T1 fails for the first time"""
        return self.missed * (self.missed_so_far <= 1)

    @line("no.")
    def missed_so_far(self) -> Expr:
        """Payment dates missed so far"""
        return prev(self.missed_so_far) + self.missed

    @line("USD m", sums=True)
    def first_shortfall_row(self) -> Expr:
        """Missing on the first such date, by period"""
        return self.shortfall * self.first_missed

    @figure("USD m")
    def first_shortfall(self) -> Expr:
        """T1: missing on the first such date"""
        return total(self.first_shortfall_row)

    @figure("USD m")
    def total_shortfall(self) -> Expr:
        """T1: missing on all dates"""
        return total(self.shortfall)

    @line("flag")
    def leaned(self) -> Expr:
        """DSCR below 1, carried by cash kept"""
        return (self.tested_cash < self.service - self.tolerance) * (1 - self.missed)

    @figure("date")
    def leaned_date(self) -> Expr:
        """First date carried by cash kept"""
        return first_when(self.leaned, self.ends)

    @figure("no.")
    def leaned_count(self) -> Expr:
        """Payment dates carried by cash kept"""
        return total(self.leaned)

    @line("USD m", sums=True)
    def shortfall_with_balloon(self) -> Expr:
        """T1 with balloon: cash missing"""
        return maximum(0, self.service + self.balloon - self.tested_cash - prev(self.kept))

    @figure("USD m")
    def with_balloon(self) -> Expr:
        """T1 with balloon: missing on all dates"""
        return total(self.shortfall_with_balloon)

    # ---- T2: nothing left when the contract or the loan ends --------------------------------------------------------

    @figure("no.")
    def examined(self) -> Expr:
        """Earlier of contract end and maturity"""
        return minimum(self.contract_end, self.maturity)

    @line("USD m", opening=True)
    def standing(self) -> Expr:
        """Balance before the balloon"""
        return sum_of(self.standing_in)

    @line("USD m", opening=True)
    def left_after(self) -> Expr:
        """Balance after the balloon"""
        return self.standing - self.balloon

    @line("USD m")
    def unmet_balloon(self) -> Expr:
        """Balloon that no cash covers

        While the contract runs; on a maturity, before anything is swept or distributed."""
        return maximum(0, self.balloon - self.for_balloon) * (self.number <= self.contract_end)

    @figure("USD m")
    def left(self) -> Expr:
        """Balance left when the contract ends"""
        return at(self.left_after, self.contract_end)

    @figure("USD m", key=True)
    def uncovered_balance(self) -> Expr:
        """T2: balance left that no cash covers

        Each loan where it ends, or the contract does if that is earlier; cash that met one balloon meets no other."""
        return total(self.unmet_balloon) + maximum(0, self.left - at(self.at_hand, self.contract_end))

    @line("USD m")
    def at_hand(self) -> Expr:
        """Cash kept, and cash that waits for the next payment date"""
        return self.kept + maximum(0, sum_of(self.waiting_in))

    @figure("flag")
    def t2(self) -> Expr:
        """T2: nothing is left when the contract or the loan ends"""
        return self.uncovered_balance <= self.tolerance

    @figure("date")
    def t2_date(self) -> Expr:
        """T2: date on which something is left, or would be"""
        return first_when(self.examined_here, self.ends)

    @line("flag")
    def examined_here(self) -> Expr:
        """A balloon is not met, or the contract or the last loan ends"""
        ends = (self.number >= self.examined) * (self.number <= self.examined)
        return maximum(self.unmet_balloon > self.tolerance, ends)

    # ---- T3: present value against balance --------------------------------------------------------------------------

    @line("USD m", key=True)
    def exposure(self) -> Expr:
        """Balance and planned draws at period start"""
        return sum_of(self.exposure_in)

    @line("flag")
    def owing(self) -> Expr:
        """Debt outstanding or planned"""
        return self.exposure > self.tolerance

    @line("USD m")
    def pv_contract(self) -> Expr:
        """Present value of contracted CFADS to the earlier of contract end and maturity"""
        return sum_of(self.pv_contract_in)

    @line("USD m")
    def pv_life(self) -> Expr:
        """Present value of CFADS over the loan's life"""
        return sum_of(self.pv_life_in)

    @line("x", key=True)
    def clcr(self) -> Expr:
        """CLCR"""
        return ratio(self.pv_contract, self.exposure, self.tolerance)

    @line("x")
    def llcr_row(self) -> Expr:
        """LLCR"""
        return ratio(self.pv_life, self.exposure, self.tolerance)

    @figure("x")
    def llcr(self) -> Expr:
        """LLCR after the last draw"""
        return at(self.llcr_row, self.tested_from)

    @figure("x")
    def min_clcr(self) -> Expr:
        """Lowest CLCR"""
        return lowest(self.clcr)

    @line("x")
    def clcr_ranked(self) -> Expr:
        """CLCR as a number, far where nothing is owed"""
        return share(self.pv_contract, self.exposure, self.tolerance) + self.far * (1 - self.owing)

    @figure("x")
    def clcr_floor(self) -> Expr:
        """Lowest CLCR as a number"""
        return lowest(self.clcr_ranked)

    @line("flag")
    def clcr_at_floor(self) -> Expr:
        """CLCR is at its lowest"""
        return (self.clcr_ranked <= self.clcr_floor + self.equal) * self.owing

    @figure("date")
    def min_clcr_date(self) -> Expr:
        """Date of the lowest CLCR

        Present value and balance stand at the start of the period, so the date is the end of the one before."""
        return first_when(self.clcr_at_floor, self.before)

    @line("USD m", key=True)
    def deficit(self) -> Expr:
        """T3: present value missing"""
        return self.owing * maximum(0, self.required * self.exposure - self.pv_contract)

    @line("flag")
    def thin(self) -> Expr:
        """T3 fails"""
        return self.deficit > self.tolerance

    @figure("flag")
    def t3(self) -> Expr:
        """T3: present value covers the balance at every date"""
        return total(self.thin) < 1

    @figure("date")
    def t3_date(self) -> Expr:
        """T3: first date on which it does not"""
        return first_when(self.thin, self.before)

    @figure("USD m")
    def worst_deficit(self) -> Expr:
        """T3: largest present value missing"""
        return highest(self.deficit)

    @figure("USD m")
    def support_needed(self) -> Expr:
        """What support would have to bring

        Service and balloons that cash does not reach, and no less than the present value missing."""
        return maximum(self.with_balloon, self.worst_deficit)

    @figure("flag")
    def has_balloon(self) -> Expr:
        """A balloon is due"""
        return total(self.balloon) > self.tolerance

    @line("USD m", sums=True)
    def first_deficit_row(self) -> Expr:
        """Deficit on the first such date, by period"""
        return self.deficit * self.thin * (self.thin_so_far <= 1)

    @line("no.")
    def thin_so_far(self) -> Expr:
        """Periods below cover so far"""
        return prev(self.thin_so_far) + self.thin

    @figure("USD m")
    def first_deficit(self) -> Expr:
        """T3: present value missing on the first such date"""
        return total(self.first_deficit_row)

    # ---- tail and the verdict that follows from cash alone ----------------------------------------------------------

    @figure("months")
    def tail_months(self) -> Expr:
        """Tail

        Last contracted receipt less the period in which the debt is repaid; negative is renewal risk. Source: RULES 9."""
        return self.contract_end - total(self.owing)

    @figure("flag", key=True)
    def covered(self) -> Expr:
        """T1, T2 and T3 without support"""
        return self.t1 * self.t2 * self.t3
