"""Coverage: the cash of contracts against the service and balance of the debt mapped to them.

A `Slice` is one loan seen from one contract. A `Pair` is a contract with all its slices; a `Pool` is every slice together.
"""

from __future__ import annotations

from model.sheet import (
    DEAL,
    PERIOD,
    TEXT,
    Block,
    Expr,
    amount,
    at,
    choose,
    figure,
    first_when,
    following,
    given,
    highest_of,
    line,
    lowest,
    many,
    maximum,
    minimum,
    on_date,
    prev,
    ratio,
    sentence,
    share,
    sum_of,
    times,
    total,
    where,
    words,
)


class Slice(Block):
    """The share of a loan that a contract answers for, and the share of the contract's cash that answers for it."""

    number = given("no.", "Period", per=PERIOD)
    debt_share = given("share", "Share of the loan", low=0, high=1)
    cash_share = given("share", "Share of the contract's cash", low=0, high=1)
    contract_receipts = given("USD m", "Contract: cash collected", per=PERIOD)
    contract_cost = given("USD m", "Contract: cash cost", per=PERIOD)
    contract_end = given("no.", "Period of the last contracted receipt (Tc)")
    maturity = given("no.", "Period of maturity (Td)")
    pays = given("flag", "Payment date", per=PERIOD)
    loan_principal = given("USD m", "Loan: pro-forma principal")
    loan_service = given("USD m", "Loan: debt service", per=PERIOD)
    loan_balloon = given("USD m", "Loan: balloon", per=PERIOD)
    loan_exposure = given("USD m", "Loan: balance and planned draws", per=PERIOD)
    loan_before_balloon = given("USD m", "Loan: balance before the balloon", per=PERIOD)
    loan_swept = given("USD m", "Loan: swept", per=PERIOD)
    growth = given("x", "Loan: growth of a coupon", per=PERIOD, above=0)

    @line("USD m")
    def receipts(self) -> Expr:
        """Receipts of the contract, this slice"""
        return self.contract_receipts * self.cash_share

    @line("USD m")
    def cost(self) -> Expr:
        """Cost of the contract, this slice"""
        return self.contract_cost * self.cash_share

    @line("USD m", key=True)
    def cash(self) -> Expr:
        """Contracted CFADS, this slice"""
        return self.receipts - self.cost

    @figure("USD m")
    def principal(self) -> Expr:
        """Pro-forma principal, this slice"""
        return self.loan_principal * self.debt_share

    @line("USD m")
    def service(self) -> Expr:
        """Debt service, this slice"""
        return self.loan_service * self.debt_share

    @line("USD m")
    def balloon(self) -> Expr:
        """Balloon, this slice"""
        return self.loan_balloon * self.debt_share

    @line("USD m")
    def exposure(self) -> Expr:
        """Balance and planned draws, this slice"""
        return self.loan_exposure * self.debt_share

    @line("USD m")
    def cash_since(self) -> Expr:
        """CFADS since the last payment date"""
        return prev(self.cash_since) * (1 - prev(self.pays)) + self.cash

    @line("USD m")
    def firm_since(self) -> Expr:
        """The same, up to the end of the contract"""
        return prev(self.firm_since) * (1 - prev(self.pays)) + self.cash * (self.number <= self.contract_end)

    @line("flag")
    def in_life(self) -> Expr:
        """Payment date in the loan's life"""
        return self.pays * (self.number <= self.maturity)

    @line("USD m")
    def pv_life(self) -> Expr:
        """Present value of CFADS over the loan's life

        At the loan's own rate, day count and payment dates, at the start of the period. Source: RULES 17."""
        return (self.in_life * self.cash_since + following(self.pv_life)) / self.growth

    @line("USD m")
    def pv_contract(self) -> Expr:
        """Present value of contracted CFADS to the earlier of contract end and maturity"""
        return (self.in_life * self.firm_since + following(self.pv_contract)) / self.growth

    @line("USD m", opening=True)
    def standing(self) -> Expr:
        """Balance before the balloon, this slice"""
        return self.loan_before_balloon * self.debt_share

    @line("USD m")
    def swept(self) -> Expr:
        """Swept, this slice"""
        return self.loan_swept * self.debt_share


class Cover(Block):
    """The tests T1, T2 and T3 on any set of slices; who may count which cash is told by `kept`."""

    title_text = given("text", "Title", per=TEXT)
    ends = given("date", "Period end", per=PERIOD)
    number = given("no.", "Period", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")
    required = given("x", "Cover that T3 asks for", above=0)
    far = given("x", "Ratio that stands for no debt", default=1e6, above=0)
    contract_end = given("no.", "Period of the last contracted receipt (Tc)")
    maturity = given("no.", "Period of the last maturity (Td)")
    tested_from = given("no.", "Period after the last draw")
    cash_in = many("USD m", "Contracted CFADS")
    pay_dates = many("flag", "Payment date")
    service_in = many("USD m", "Debt service")
    balloon_in = many("USD m", "Balloon")
    standing_in = many("USD m", "Balance before the balloon")
    exposure_in = many("USD m", "Balance and planned draws")
    pv_life_in = many("USD m", "Present value over the loan's life")
    pv_contract_in = many("USD m", "Present value of contracted CFADS")

    @line("flag")
    def pays(self) -> Expr:
        """Payment date"""
        return sum_of(self.pay_dates) > 0

    @line("USD m", key=True)
    def cash(self) -> Expr:
        """Contracted CFADS"""
        return sum_of(self.cash_in)

    @line("USD m")
    def cash_since(self) -> Expr:
        """CFADS since the last payment date"""
        return prev(self.cash_since) * (1 - prev(self.pays)) + self.cash

    @line("USD m")
    def tested_cash(self) -> Expr:
        """CFADS of the service period

        Source: RULES 2."""
        return self.pays * self.cash_since

    @line("USD m", key=True)
    def service(self) -> Expr:
        """Debt service without balloon"""
        return sum_of(self.service_in)

    @line("USD m")
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
        """Its lowest"""
        return lowest(self.dscr_ranked)

    @line("flag")
    def dscr_at_floor(self) -> Expr:
        """DSCR is at its lowest

        Within the tolerance, so that equal ratios do not change places by a rounding."""
        return (self.dscr_ranked <= self.dscr_floor + self.tolerance) * (self.service > self.tolerance)

    @figure("date")
    def min_dscr_date(self) -> Expr:
        """Date of the lowest DSCR"""
        return first_when(self.dscr_at_floor, self.ends)

    @line("USD m")
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

    @line("USD m", key=True)
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

    @line("USD m")
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

    @line("USD m")
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
        return total(self.unmet_balloon) + maximum(0, self.left - at(self.kept, self.contract_end))

    @figure("flag")
    def t2(self) -> Expr:
        """T2: nothing is left when the contract or the loan ends"""
        return self.uncovered_balance <= self.tolerance

    @figure("date")
    def t2_date(self) -> Expr:
        """T2: date of the test"""
        return at(self.ends, self.examined)

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
        """Its lowest"""
        return lowest(self.clcr_ranked)

    @line("flag")
    def clcr_at_floor(self) -> Expr:
        """CLCR is at its lowest"""
        return (self.clcr_ranked <= self.clcr_floor + self.tolerance) * self.owing

    @figure("date")
    def min_clcr_date(self) -> Expr:
        """Period end of the lowest CLCR"""
        return first_when(self.clcr_at_floor, self.ends)

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
        return first_when(self.thin, self.ends)

    @line("USD m")
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


class Pair(Cover):
    """One contract with its slices of debt, in a box that may hold other pairs."""

    debt_in = many("USD m", "Pro-forma principal", per=DEAL)

    box_kept = given("USD m", "Box: cash kept", per=PERIOD)
    box_for_balloon = given("USD m", "Box: cash kept before a balloon", per=PERIOD)
    box_claims = given("USD m", "Box: positive surpluses of all pairs", per=PERIOD)
    box_shortfalls = given("USD m", "Box: shortfalls of all pairs", per=PERIOD)
    reserve_drawn = given("USD m", "Box: drawn from the reserve", per=PERIOD)
    testable = given("flag", "T0: every item is disclosed, bounded or assumed", low=0, high=1)
    stressed = given("flag", "T4: covered under the moderate scenarios", default=0, low=0, high=1)
    supported = given("flag", "Covered with documented support", default=0, low=0, high=1)
    support_grade = given("text", "Grade with support", per=TEXT, default="C")

    @figure("USD m", key=True)
    def debt(self) -> Expr:
        """Debt of the pair, pro forma"""
        return sum_of(self.debt_in)

    @line("USD m")
    def earned(self) -> Expr:
        """CFADS less service since the start"""
        return prev(self.earned) + self.cash - self.service

    @line("USD m")
    def surplus(self) -> Expr:
        """Claim on cash kept"""
        return maximum(0, self.earned)

    @line("share")
    def claim(self) -> Expr:
        """Share of cash kept

        Pro rata to the positive surpluses of the pairs in the box. Source: RULES 8."""
        return share(self.surplus, self.box_claims, self.tolerance)

    @line("USD m")
    def kept(self) -> Expr:
        """Cash kept from earlier service periods"""
        return self.box_kept * self.claim

    @line("USD m")
    def for_balloon(self) -> Expr:
        """Cash kept before a balloon is paid"""
        return self.box_for_balloon * self.claim

    @line("share")
    def shortfall_share(self) -> Expr:
        """Share of the box's shortfall"""
        return share(self.shortfall, self.box_shortfalls, self.tolerance)

    @line("USD m")
    def unmet(self) -> Expr:
        """T1: missing after the reserve

        Counts in T4 only. Source: RULES, T4."""
        return maximum(0, self.shortfall - self.reserve_drawn * self.shortfall_share)

    @line("flag")
    def unmet_flag(self) -> Expr:
        """T1 fails with the reserve used"""
        return self.unmet > self.tolerance

    @figure("flag")
    def t1_with_reserve(self) -> Expr:
        """T1 with the reserve used"""
        return total(self.unmet_flag) < 1

    @figure("flag")
    def covered_with_reserve(self) -> Expr:
        """T1 with the reserve used, T2 and T3"""
        return self.t1_with_reserve * self.t2 * self.t3

    @figure("no.", key=True)
    def code(self) -> Expr:
        """Grade code

        1 to 5 for A, B, C, D, N: one more for each promise that is not kept. Source: RULES 7."""
        tested, s = self.testable, self.covered
        return (1 + (1 - tested * s * self.stressed) + (1 - tested * s)
                + (1 - tested * maximum(s, self.supported)) + (1 - tested))

    @words()
    def grade(self) -> Expr:
        """Grade"""
        return choose(self.code, "A", "B", self.support_grade, "D", "N")

    @figure("flag")
    def stands(self) -> Expr:
        """Testable and covered: A or B"""
        return self.testable * self.covered

    @figure("USD m")
    def covered_debt(self) -> Expr:
        """Debt of the pair if it is covered"""
        return self.debt * self.stands

    @figure("no.")
    def cause(self) -> Expr:
        """Which sentence gives the reason

        1 not testable, 2 T1, 3 T3, 4 T2, 5 covered by cash kept, 6 covered."""
        cash = self.testable * self.t1
        return 1 + self.testable + cash + cash * self.t3 + cash * self.t3 * self.t2 * (1 + (self.leaned_count < 1))

    @words()
    def reason(self) -> Expr:
        """Reason"""
        return choose(self.cause, self.not_testable, self.fails_t1, self.fails_t3, self.fails_t2, self.passes_leaning,
                      self.passes)

    @words()
    def not_testable(self) -> Expr:
        """Reason if it cannot be tested"""
        return sentence("Not testable: what this debt is secured on is not disclosed.")

    @words()
    def fails_t1(self) -> Expr:
        """Reason if T1 fails"""
        return sentence("Cash falls short of debt service from ", on_date(self.t1_date), ": USD ",
                        amount(self.first_shortfall), "m is missing on that date, USD ", amount(self.total_shortfall),
                        "m in all; lowest DSCR ", times(self.min_dscr), ".")

    @words()
    def fails_t3(self) -> Expr:
        """Reason if T3 fails"""
        return sentence("Present value of contracted cash is below the balance from ", on_date(self.t3_date), ": USD ",
                        amount(self.first_deficit), "m is missing; lowest CLCR ", times(self.min_clcr), ".")

    @words()
    def fails_t2(self) -> Expr:
        """Reason if T2 fails"""
        return sentence("USD ", amount(self.uncovered_balance), "m of debt is left on ", on_date(self.t2_date),
                        ", when the contract or the loan ends; lowest DSCR until then ", times(self.min_dscr), ".")

    @words()
    def passes_leaning(self) -> Expr:
        """Reason if covered with the help of cash kept"""
        return sentence("Covered by its own contract; on ", on_date(self.leaned_date),
                        " with cash kept from earlier periods. Lowest DSCR ", times(self.min_dscr), ", lowest CLCR ",
                        times(self.min_clcr), ".")

    @words()
    def passes(self) -> Expr:
        """Reason if covered"""
        return sentence("Covered by its own contract: lowest DSCR ", times(self.min_dscr), " on ",
                        on_date(self.min_dscr_date), ", lowest CLCR ", times(self.min_clcr), ".")


class Pool(Cover):
    """Slices judged together, their cash pooled and carried forward (H3)."""

    contract_ends = many("no.", "Period of the last contracted receipt (Tc)", per=DEAL)
    swept_in = many("USD m", "Swept")

    @figure("no.")
    def contract_end(self) -> Expr:
        """Period of the last contracted receipt of all"""
        return highest_of(self.contract_ends)

    @line("USD m")
    def swept(self) -> Expr:
        """Swept"""
        return sum_of(self.swept_in)

    @line("USD m")
    def kept(self) -> Expr:
        """Cash kept from earlier service periods

        After balloons and sweeps, which it paid; nothing is distributed."""
        return self.pays * maximum(0, self.for_balloon - self.balloon - self.swept) + (1 - self.pays) * prev(self.kept)

    @line("USD m")
    def for_balloon(self) -> Expr:
        """Cash kept before a balloon is paid"""
        return (self.pays * maximum(0, prev(self.kept) + self.tested_cash - self.service)
                + (1 - self.pays) * prev(self.kept))
