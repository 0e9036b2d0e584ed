"""A contract-debt pair: the tests of its cover, its grade and the reason in words."""

from __future__ import annotations

from model.coverage.at_failure import AtFailure
from model.coverage.headroom import Headroom
from model.sheet import (
    DEAL,
    PERIOD,
    TEXT,
    Expr,
    amount,
    choose,
    count,
    figure,
    given,
    line,
    many,
    maximum,
    on_date,
    prev,
    sentence,
    share,
    sum_of,
    times,
    total,
    words,
)


class Pair(Headroom, AtFailure):
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
    support_words = given("text", "Who would have to pay how much", per=TEXT, default=" Covered only with support.")
    moved = given("flag", "Inputs have moved since T4 was found", default=0, low=0, high=1)
    moved_support = given("flag", "Inputs have moved since the documented support was tried", default=0, low=0, high=1)

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

    @line("USD m", sums=True)
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
    def found_grade(self) -> Expr:
        """Grade with T4 and support as they were found"""
        return choose(self.code, "A", "B", self.support_grade, "D", "N")

    @figure("flag")
    def open_support(self) -> Expr:
        """C or D: which support covers it is to be tried again"""
        return self.testable * (1 - self.covered) * self.moved_support

    @figure("no.")
    def settled(self) -> Expr:
        """Grade: 1 as found, 2 A or B, 3 C or D

        Its own cash decides between A/B and C/D; the rest waits for another run once inputs have moved. Source: RULES 7."""
        return 1 + self.testable * self.covered * self.moved + self.open_support + self.open_support

    @words()
    def grade(self) -> Expr:
        """Grade"""
        return choose(self.settled, self.found_grade, "A/B rerun", "C/D rerun")

    @figure("flag")
    def stands(self) -> Expr:
        """Testable and covered: A or B"""
        return self.testable * self.covered

    @figure("flag")
    def fails(self) -> Expr:
        """Testable and not covered, not even with documented support: D"""
        return self.testable * (1 - maximum(self.covered, self.supported))

    @figure("flag")
    def surely_fails(self) -> Expr:
        """The same, and no support is to be tried again"""
        return self.fails * (1 - self.moved_support)

    @figure("USD m")
    def hidden_debt(self) -> Expr:
        """Debt of the pair if it cannot be tested"""
        return self.debt * (1 - self.testable)

    @figure("x")
    def weakness(self) -> Expr:
        """Lowest CLCR for the search of the weakest pair; far where it cannot be tested"""
        return self.clcr_floor + self.far * (1 - self.testable)

    @figure("USD m")
    def covered_debt(self) -> Expr:
        """Debt of the pair if it is covered"""
        return self.debt * self.stands

    @figure("no.")
    def cause(self) -> Expr:
        """Which sentence gives the reason

        1 not testable, 2 T1, 3 T2, 4 T3, 5 covered by cash kept, 6 covered."""
        cash = self.testable * self.t1
        return 1 + self.testable + cash + cash * self.t2 + cash * self.t2 * self.t3 * (1 + (self.leaned_count < 1))

    @figure("no.")
    def leans_on_support(self) -> Expr:
        """2 where only support covers the pair, else 1"""
        return 1 + self.testable * self.supported * (1 - self.covered)

    @words()
    def reason(self) -> Expr:
        """Reason"""
        return sentence(self.own_reason, choose(self.outlives, "", self.outlives_words), self.settled_support)

    @words()
    def settled_support(self) -> Expr:
        """What of it rests on support, or why that is to be found anew"""
        return choose(self.settled, self.found_support, " Rerun: T4 was found for other inputs.",
                      " Rerun: which support covers it was found for other inputs.")

    @words()
    def found_support(self) -> Expr:
        """What of it rests on support, as found"""
        return choose(self.leans_on_support, "", self.support_words)

    @figure("no.")
    def outlives(self) -> Expr:
        """2 where the pair is not covered and its debt runs beyond its contract, else 1"""
        return 1 + self.testable * (1 - self.covered) * (self.contract_end > 0) * (self.tail_months < 0)

    @figure("months")
    def beyond(self) -> Expr:
        """Months of debt beyond the contract"""
        return 0 - self.tail_months

    @words()
    def outlives_words(self) -> Expr:
        """What debt beyond the contract means"""
        return sentence(" The debt outlives its contract by ", count(self.beyond),
                        " month(s) and relies on renewal or refinancing.")

    @words()
    def own_reason(self) -> Expr:
        """Reason from its own cash"""
        return choose(self.cause, self.not_testable, self.fails_t1, self.fails_t2, self.fails_t3, self.passes_leaning,
                      self.passes)

    @words()
    def t1_day(self) -> Expr:
        """First date with cash missing, in words"""
        return on_date(self.t1_date)

    @words()
    def t2_day(self) -> Expr:
        """Date of T2, in words"""
        return on_date(self.t2_date)

    @words()
    def t3_day(self) -> Expr:
        """First date with present value below the balance, in words"""
        return on_date(self.t3_date)

    @words()
    def leaned_day(self) -> Expr:
        """First date that leans on cash kept, in words"""
        return on_date(self.leaned_date)

    @words()
    def lowest_day(self) -> Expr:
        """Date of the lowest DSCR, in words"""
        return on_date(self.min_dscr_date)

    @words()
    def dscr_in_words(self) -> Expr:
        """Lowest DSCR, in words"""
        return times(self.min_dscr)

    @words()
    def clcr_in_words(self) -> Expr:
        """Lowest CLCR, in words"""
        return times(self.min_clcr)

    @words()
    def missing_in_words(self) -> Expr:
        """Cash that is missing, in words"""
        return sentence("USD ", amount(self.first_shortfall), "m is missing on that date, USD ", amount(self.total_shortfall),
                        "m in all")

    @words()
    def not_testable(self) -> Expr:
        """Reason if it cannot be tested"""
        return sentence("Not testable: what this debt is secured on is not disclosed.")

    @words()
    def fails_t1(self) -> Expr:
        """Reason if T1 fails"""
        return sentence("Cash falls short of debt service from ", self.t1_day, ": ", self.missing_in_words, "; lowest DSCR ",
                        self.dscr_in_words, ".")

    @words()
    def fails_t3(self) -> Expr:
        """Reason if T3 fails"""
        return sentence("Present value of contracted cash is below the balance from ", self.t3_day, ": USD ",
                        amount(self.first_deficit), "m is missing; lowest CLCR ", self.clcr_in_words, ".")

    @words()
    def fails_t2(self) -> Expr:
        """Reason if T2 fails"""
        return sentence("USD ", amount(self.uncovered_balance), "m of debt is left on ", self.t2_day,
                        ", when the contract or the loan ends; lowest DSCR until then ", self.dscr_in_words, ".")

    @words()
    def passes_leaning(self) -> Expr:
        """Reason if covered with the help of cash kept"""
        return sentence("Covered by its own contract; on ", self.leaned_day, " with cash kept from earlier periods. Lowest DSCR ",
                        self.dscr_in_words, ", lowest CLCR ", self.clcr_in_words, ".")

    @words()
    def passes(self) -> Expr:
        """Reason if covered"""
        return sentence("Covered by its own contract: lowest DSCR ", self.dscr_in_words, " on ", self.lowest_day,
                        ", lowest CLCR ", self.clcr_in_words, ".")
