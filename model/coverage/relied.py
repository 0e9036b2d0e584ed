"""What a pair relies on where only support covers it: dollars by letter, its grade, and who would have to pay how much."""

from __future__ import annotations

from model.coverage.supported import SupportedTests
from model.sheet import TEXT, Expr, amount, choose, figure, given, line, maximum, sentence, sum_of, total, words


class SupportedCover(SupportedTests):
    """The tests of a pair with support, and what they rely on in dollars and words."""

    vendor = given("text", "Who buys what stays unsold", per=TEXT)
    renewer = given("text", "Who renews", per=TEXT)
    buyer = given("text", "Who buys the GPUs", per=TEXT)
    refinancer = given("text", "Who refinances", per=TEXT)
    guarantor = given("text", "Who guarantees", per=TEXT)

    @line("flag")
    def in_life(self) -> Expr:
        """Until the last maturity"""
        return self.number <= self.maturity

    @line("USD m", sums=True)
    def vendor_row(self) -> Expr:
        """V: relied on, by period"""
        return self.in_life * sum_of(self.vendor_in)

    @line("USD m", sums=True)
    def renewal_row(self) -> Expr:
        """L: relied on, by period"""
        return self.in_life * sum_of(self.renewal_in)

    @line("USD m", sums=True)
    def sale_row(self) -> Expr:
        """X: relied on, by period"""
        return self.in_life * sum_of(self.sale_in)

    @figure("USD m")
    def vendor_relied(self) -> Expr:
        """V: brought by the vendor until maturity"""
        return total(self.vendor_row)

    @figure("USD m")
    def renewal_relied(self) -> Expr:
        """L: brought by the renewal until maturity"""
        return total(self.renewal_row)

    @figure("USD m")
    def residual_relied(self) -> Expr:
        """X: brought by the sale until maturity"""
        return total(self.sale_row)

    @figure("USD m")
    def refinancing_relied(self) -> Expr:
        """F: balloons that are refinanced"""
        return total(self.refinanced)

    @words()
    def grade(self) -> Expr:
        """Grade with the support that counts"""
        return sentence(
            "C-", choose(1 + self.counts_vendor, "", "V"), choose(1 + self.counts_renewal, "", "L"),
            choose(1 + self.counts_residual, "", "X"), choose(1 + self.counts_refinancing, "", "F"),
            choose(1 + self.counts_guarantee, "", "G"))

    @figure("no.")
    def renewal_joins(self) -> Expr:
        """2 where V stands before L, else 1"""
        return 1 + self.counts_vendor

    @figure("no.")
    def residual_joins(self) -> Expr:
        """2 where a letter stands before X, else 1"""
        return 1 + maximum(self.counts_vendor, self.counts_renewal)

    @figure("no.")
    def refinancing_joins(self) -> Expr:
        """2 where a letter stands before F, else 1"""
        return maximum(self.residual_joins, 1 + self.counts_residual)

    @figure("no.")
    def guarantee_joins(self) -> Expr:
        """2 where a letter stands before G, else 1"""
        return maximum(self.refinancing_joins, 1 + self.counts_refinancing)

    @words()
    def vendor_words(self) -> Expr:
        """V in words"""
        return sentence(" ", self.vendor, " buys unsold capacity for USD ", amount(self.vendor_relied), "m")

    @words()
    def renewal_words(self) -> Expr:
        """L in words"""
        return sentence(choose(self.renewal_joins, " ", " and "), self.renewer, " renews at the low price for USD ",
                        amount(self.renewal_relied), "m after cost")

    @words()
    def residual_words(self) -> Expr:
        """X in words"""
        return sentence(choose(self.residual_joins, " ", " and "), self.buyer, " buys the GPUs for USD ",
                        amount(self.residual_relied), "m")

    @words()
    def refinancing_words(self) -> Expr:
        """F in words"""
        return sentence(choose(self.refinancing_joins, " ", " and "), self.refinancer, " refinances USD ",
                        amount(self.refinancing_relied), "m at maturity")

    @words()
    def guarantee_words(self) -> Expr:
        """G in words"""
        return sentence(choose(self.guarantee_joins, " ", " and "), self.guarantor, " pays USD ", amount(self.called),
                        "m on its guarantee")

    @words()
    def sales_in_words(self) -> Expr:
        """V, L and X that count, in words"""
        return sentence(choose(1 + self.counts_vendor, "", self.vendor_words),
                        choose(1 + self.counts_renewal, "", self.renewal_words),
                        choose(1 + self.counts_residual, "", self.residual_words))

    @words()
    def money_in_words(self) -> Expr:
        """F and G that count, in words"""
        return sentence(choose(1 + self.counts_refinancing, "", self.refinancing_words),
                        choose(1 + self.counts_guarantee, "", self.guarantee_words))

    @words()
    def support_words(self) -> Expr:
        """Who would have to pay how much"""
        return sentence(" Covered only if", self.sales_in_words, self.money_in_words, ".")
