"""The claim: which pairs stand, and the sentence of the first page."""

from __future__ import annotations

from typing import ClassVar

from model.sheet import (
    DEAL,
    TEXT,
    Block,
    Expr,
    amount,
    choose,
    count,
    figure,
    given,
    lowest_of,
    many,
    pick,
    sentence,
    sum_of,
    which_lowest,
    words,
)

READ = ("holds", "holds if assumed", "not proven", "fails")
"""What a code of 1 to 4 says to readers; files say it with underscores."""


class GradeList(Block):
    """Some pairs and their grades in words, after those before them: few enough for a formula that can be read."""

    MOST: ClassVar[int] = 5

    before = many("text", "Grades before these", per=TEXT)
    names = many("text", "Name", per=TEXT)
    grades = many("text", "Grade", per=TEXT)

    @words()
    def listed(self) -> Expr:
        """Grades"""
        parts: list[Expr | str] = [*self.before.rows]
        for name, grade in zip(self.names.rows, self.grades.rows, strict=True):
            parts += ["; " if parts else "", name, " ", grade]
        return sentence(*parts)


class Claim(Block):
    """H1 and its sentence: does every contract cover the debt used to buy its GPUs?"""

    assumed = given("flag", "A pair rests on an assumed basis", low=0, high=1)
    moved = given("flag", "Inputs have moved since T4 and support were found", default=0, low=0, high=1, source="RULES 7")
    pairs = given("no.", "Contract-debt pairs", above=0)
    allocation = given("text", "What is assumed", per=TEXT)
    grade_list = given("text", "Grades", per=TEXT)
    fails_in_words = given("text", "Words if it fails", per=TEXT)
    stands_in = many("flag", "Testable and covered", per=DEAL)
    testable_in = many("flag", "Testable", per=DEAL)
    debt_in = many("USD m", "Debt", per=DEAL)
    covered_in = many("USD m", "Debt covered", per=DEAL)
    clcr_in = many("x", "Lowest CLCR", per=DEAL)
    names = many("text", "Name", per=TEXT)
    reasons = many("text", "Reason", per=TEXT)
    open_in = many("flag", "Support is to be tried again", per=DEAL)
    surely_in = many("flag", "Fails whatever support is tried", per=DEAL)
    fails_in = many("flag", "Testable and not covered, not even with support", per=DEAL)
    hidden_debt_in = many("USD m", "Debt that cannot be tested", per=DEAL)
    hidden_limit = given("share", "Debt that cannot be tested: H2 is proven below", default=0.05, low=0, high=1,
                         source="RULES 6")
    tolerance = given("USD m", "Amount that counts as nothing")
    pool_covered = given("flag", "Pooled GPU debt is covered")
    without_contract = given("flag", "No contract is mapped to any debt")
    whole_covered = given("flag", "All debt, notes and convertibles included, is covered")

    @figure("no.")
    def standing(self) -> Expr:
        """Pairs covered by their own contract"""
        return sum_of(self.stands_in)

    @figure("no.")
    def tested(self) -> Expr:
        """Pairs that can be tested"""
        return sum_of(self.testable_in)

    @figure("USD m")
    def debt(self) -> Expr:
        """Debt in all pairs"""
        return sum_of(self.debt_in)

    @figure("USD m")
    def covered_debt(self) -> Expr:
        """Debt in pairs that are covered"""
        return sum_of(self.covered_in)

    @figure("no.")
    def weakest(self) -> Expr:
        """Place of the pair with the lowest CLCR"""
        return which_lowest(self.clcr_in)

    @figure("x")
    def lowest_clcr(self) -> Expr:
        """Lowest CLCR of any pair"""
        return lowest_of(self.clcr_in)

    @figure("no.", key=True)
    def h1_code(self) -> Expr:
        """H1: 1 holds, 2 holds if assumed, 3 not proven, 4 fails"""
        all_stand, none_fails = self.standing >= self.pairs, self.standing >= self.tested
        return 1 + (1 - all_stand * (1 - self.assumed)) + (1 - all_stand) + (1 - none_fails)

    @words()
    def h1(self) -> Expr:
        """H1: every contract covers its debt"""
        return choose(self.h1_code, "holds", "holds_if_assumed", "not_proven", "fails")

    @words()
    def h1_in_words(self) -> Expr:
        """The same for readers"""
        return choose(self.h1_code, "The claim holds", "The claim holds if the assumptions do", "The claim is not proven",
                      self.fails_in_words)

    @figure("flag")
    def hidden(self) -> Expr:
        """Some debt cannot be tested"""
        return self.tested < self.pairs

    @figure("USD m")
    def hidden_debt(self) -> Expr:
        """Debt that cannot be tested"""
        return sum_of(self.hidden_debt_in)

    @figure("flag")
    def all_supported(self) -> Expr:
        """No pair is D"""
        return sum_of(self.fails_in) < 1

    @figure("flag")
    def little_hidden(self) -> Expr:
        """Too little debt cannot be tested to matter"""
        return (self.hidden_debt < self.hidden_limit * self.debt) + (self.hidden_debt <= self.tolerance) > 0

    @figure("no.")
    def h2_code(self) -> Expr:
        """H2 code: 1 holds, 2 holds if assumed, 3 not proven, 4 fails

        Every pair is A, B or C, and little of the debt cannot be tested. Source: RULES 6."""
        proven = self.all_supported * self.little_hidden
        return 1 + (1 - proven * (1 - self.assumed)) + (1 - proven) + (1 - self.all_supported)

    @words()
    def h2_found(self) -> Expr:
        """H2 with the support as it was found"""
        return choose(self.h2_code, "holds", "holds_if_assumed", "not_proven", "fails")

    @figure("no.")
    def h2_settled(self) -> Expr:
        """H2: 1 as found, 2 when the engine is run again: support decides it, and inputs have moved"""
        return 1 + (sum_of(self.open_in) > 0) * (sum_of(self.surely_in) < 1)

    @words()
    def h2(self) -> Expr:
        """H2: with documented support"""
        return choose(self.h2_settled, self.h2_found, "rerun")

    @words()
    def h2_in_words(self) -> Expr:
        """H2 for readers"""
        return choose(self.h2_settled, choose(self.h2_code, *READ), "rerun")

    @figure("no.")
    def h3a_code(self) -> Expr:
        """H3a code: 1 holds, 2 holds if assumed, 3 not proven, 4 fails"""
        return (1 + (1 - self.pool_covered * (1 - self.assumed) * (1 - self.hidden))
                + (1 - self.pool_covered * (1 - self.hidden)) + (1 - self.pool_covered))

    @words()
    def h3a(self) -> Expr:
        """H3a: pooled contracts cover the GPU debt"""
        return choose(self.h3a_code, "holds", "holds_if_assumed", "not_proven", "fails")

    @words()
    def h3a_in_words(self) -> Expr:
        """H3a for readers"""
        return choose(self.h3a_code, *READ)

    @figure("no.")
    def h3b_code(self) -> Expr:
        """H3b code, as H3a"""
        return (1 + (1 - self.whole_covered * (1 - self.assumed) * (1 - self.hidden))
                + (1 - self.whole_covered * (1 - self.hidden))
                + (1 - self.whole_covered) * (1 - self.hidden * self.without_contract))

    @words()
    def h3b(self) -> Expr:
        """H3b: pooled contracts cover all debt"""
        return choose(self.h3b_code, "holds", "holds_if_assumed", "not_proven", "fails")

    @words()
    def h3b_in_words(self) -> Expr:
        """H3b for readers"""
        return choose(self.h3b_code, *READ)

    @words()
    def weakest_name(self) -> Expr:
        """Weakest pair"""
        return pick(self.weakest, self.names)

    @words()
    def weakest_reason(self) -> Expr:
        """Why"""
        return pick(self.weakest, self.reasons)

    @words()
    def debt_in_words(self) -> Expr:
        """Debt covered, of all GPU debt"""
        return sentence("USD ", amount(self.covered_debt), "m of USD ", amount(self.debt), "m of GPU debt")

    @words()
    def counted(self) -> Expr:
        """Verdict with pairs and debt"""
        return sentence(self.h1_in_words, ": ", count(self.standing), " of ", count(self.pairs), " contract-debt pairs, ",
                        self.debt_in_words, ", are covered by their own contracted cash")

    @words()
    def in_short(self) -> Expr:
        """Verdict in one sentence, where the grades stand beside it"""
        return sentence(self.counted, ". ", self.allocation)

    @words()
    def sentence(self) -> Expr:
        """Verdict in one sentence"""
        return sentence(self.counted, " (", self.grade_list, "). ", self.allocation)

    @words()
    def weakest_sentence(self) -> Expr:
        """The weakest pair in words"""
        return sentence("Weakest: ", self.weakest_name, ". ", self.weakest_reason)
