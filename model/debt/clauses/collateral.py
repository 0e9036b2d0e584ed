"""The greater-of and greatest-of tests: what contracts and equipment no longer support falls due (`RULES.md` 11)."""

from __future__ import annotations

from typing import ClassVar

from model.debt.clauses.commitment import Commitment
from model.sheet import PERIOD, Block, Expr, at, figure, following, given, line, many, maximum, minimum, prev, share, sum_of


class PledgedCash(Block):
    """One contract as the loan's tests see it: as signed, and as it really comes in."""

    cash_share = given("share", "Share of the contract's cash", low=0, high=1)
    signed_cfads = given("USD m", "Contract as signed: CFADS", per=PERIOD)
    signed_receipts = given("USD m", "Contract as signed: cash collected", per=PERIOD)
    receipts = given("USD m", "Contract: cash collected", per=PERIOD)

    @line("USD m", sums=True)
    def cash(self) -> Expr:
        """Contracted CFADS as signed, pledged to the loan"""
        return self.signed_cfads * self.cash_share

    @line("USD m", sums=True)
    def expected(self) -> Expr:
        """Receipts as signed, pledged to the loan"""
        return self.signed_receipts * self.cash_share

    @line("USD m", sums=True)
    def received(self) -> Expr:
        """Receipts, pledged to the loan"""
        return self.receipts * self.cash_share


class PledgedFleet(Block):
    """The GPUs of one contract as collateral of a loan."""

    cash_share = given("share", "Share of the contract that is pledged", low=0, high=1)
    fleet_book = given("USD m", "Contract: book value of the GPUs", per=PERIOD)
    fleet_value = given("USD m", "Contract: GPUs in an orderly sale", per=PERIOD)

    @line("USD m")
    def book(self) -> Expr:
        """Book value, pledged to the loan"""
        return self.fleet_book * self.cash_share

    @line("USD m")
    def value(self) -> Expr:
        """Value in an orderly sale, pledged to the loan"""
        return self.fleet_value * self.cash_share


class CollateralTests(Commitment):
    """Balance that is above what the contracts support, the depreciated cost or the market value of the GPUs is due.

    Contracts are taken as signed, so that a projection never follows its own answer; what was really collected of late
    scales it down. Each test is off unless its flag is set, by the case or by a scenario.
    """

    stated: ClassVar[tuple[str, ...]] = ("collateral", "tests_from", "signed_on")

    contract_test = given("flag", "Test of contracted cash applies", default=0, low=0, high=1, ask=True)
    cost_test = given("flag", "Test of depreciated cost applies", default=0, low=0, high=1, ask=True)
    value_test = given("flag", "Test of market value applies", default=0, low=0, high=1, ask=True)
    instalments_apply = given("factor", "Share of the fixed instalments that applies", default=1, low=0, high=1, ask=True)
    test_cover = given("x", "Cover that the contracts must give", default=1, above=0, high=10, ask=True)
    cost_limit = given("share", "Loan to depreciated cost, at most", default=1, low=0, high=2, ask=True)
    value_limit = given("share", "Loan to market value, at most", default=1, low=0, high=2, ask=True)
    draw_cover = given("x", "Cover by contracted cash that a draw needs", default=0, low=0, high=10, ask=True)
    days_in_year = given("days", "Days in a year", default=365, above=0)
    look_back = given("no.", "Months over which realisation is measured", default=3, above=0, high=24, ask=True)
    realised_before = given("share", "Contract realisation at the as-of date", default=1, low=0, high=2, ask=True)
    book_cost = given("USD m", "Depreciated cost of the GPUs", per=PERIOD)
    cost_in_four_years = given("USD m", "Cost of the GPUs, depreciated over four years at most", per=PERIOD)
    market_value = given("USD m", "Market value of the GPUs", per=PERIOD)
    short_life = given("flag", "GPUs are written down over four years at most", default=0, low=0, high=1)
    collateral_change = given("share", "Change of appraised values of GPUs", default=0, low=-1, high=5)
    tested = given("flag", "Tests apply on this date", per=PERIOD)
    conditions_met = given("flag", "Conditions of a draw are met: contract signed", per=PERIOD)
    signed_cash_in = many("USD m", "CFADS as signed")
    expected_in = many("USD m", "Receipts as signed")
    received_in = many("USD m", "Receipts")

    def asked_for(self) -> Expr:
        """Nothing before the conditions are met."""
        return super().asked_for() * self.may_draw

    def instalment(self) -> Expr:
        """The greatest of the fixed instalment and the tests."""
        return maximum(super().instalment() * self.instalments_apply, self.asked_by_tests)

    @figure("factor")
    def by_tests(self) -> Expr:
        """Repayment follows the tests and not the stated instalments"""
        tests = maximum(self.contract_test, maximum(self.cost_test, self.value_test))
        return maximum(tests, 1 - self.instalments_apply)

    @line("flag")
    def past_maturity(self) -> Expr:
        """Contracts run on after maturity"""
        return self.number > self.last_period

    @line("x", above=0)
    def test_growth(self) -> Expr:
        """Growth of a coupon, and of a month after maturity at the loan's last rate"""
        last = at(self.rate, self.last_period - 1)
        return self.growth + self.past_maturity * last * self.days / self.days_in_year

    @line("USD m")
    def signed_since(self) -> Expr:
        """CFADS as signed, not yet counted"""
        waits = (1 - prev(self.pays)) * (1 - prev(self.past_maturity))
        return prev(self.signed_since) * waits + sum_of(self.signed_cash_in)

    @line("USD m")
    def signed_value(self) -> Expr:
        """Present value of CFADS as signed, to the end of the contracts

        At the loan's own rate, at the start of the period. Source: RULES 11."""
        counted = (self.pays + self.past_maturity) * self.signed_since
        return (counted + following(self.signed_value)) / self.test_growth

    @line("USD m")
    def expected_so_far(self) -> Expr:
        """Receipts as signed, so far"""
        return prev(self.expected_so_far) + sum_of(self.expected_in)

    @line("USD m")
    def received_so_far(self) -> Expr:
        """Receipts so far"""
        return prev(self.received_so_far) + sum_of(self.received_in)

    @line("USD m")
    def expected_lately(self) -> Expr:
        """Receipts as signed over the look-back"""
        return self.expected_so_far - prev(self.expected_so_far, self.look_back)

    @line("USD m")
    def received_lately(self) -> Expr:
        """Receipts over the look-back"""
        return self.received_so_far - prev(self.received_so_far, self.look_back)

    @line("share", opening="realised_before")
    def realisation(self) -> Expr:
        """Contract realisation: received of what was expected

        That of the as-of date until the look-back is full. Source: RULES section 7."""
        measured = share(self.received_lately, self.expected_lately, self.tolerance) + (self.expected_lately <= self.tolerance)
        whole = self.number >= self.look_back
        return measured * whole + self.realised_before * (1 - whole)

    @line("USD m")
    def supported(self) -> Expr:
        """Balance that contracted cash supports"""
        value = maximum(0, following(self.signed_value))
        return value * minimum(1, prev(self.realisation)) / self.test_cover

    @line("USD m")
    def cost_for_test(self) -> Expr:
        """Depreciated cost that the test looks at"""
        return self.book_cost - self.short_life * (self.book_cost - self.cost_in_four_years)

    @line("USD m")
    def appraised(self) -> Expr:
        """Value of the GPUs as appraised"""
        return self.market_value * (1 + self.collateral_change)

    @line("USD m")
    def above_contracts(self) -> Expr:
        """Balance above what contracted cash supports"""
        return self.contract_test * maximum(0, self.repayable - self.supported)

    @line("USD m")
    def above_cost(self) -> Expr:
        """Balance above the depreciated cost"""
        return self.cost_test * maximum(0, self.repayable - self.cost_for_test * self.cost_limit)

    @line("USD m")
    def above_value(self) -> Expr:
        """Balance above the market value"""
        return self.value_test * maximum(0, self.repayable - self.appraised * self.value_limit)

    @line("USD m", sums=True)
    def asked_by_tests(self) -> Expr:
        """Due by the tests"""
        return self.pays * self.tested * maximum(self.above_contracts, maximum(self.above_cost, self.above_value))

    @line("flag")
    def may_draw(self) -> Expr:
        """Conditions of a draw are met"""
        wanted = self.opening + super().asked_for()
        return self.conditions_met * (self.signed_value >= wanted * self.draw_cover)


class FleetCollateral(CollateralTests):
    """The tests look at the GPUs bought for the contracts: their book value and what they fetch, at the end of the month."""

    stated: ClassVar[tuple[str, ...]] = ("fleet",)

    books_in = many("USD m", "Book value, pledged")
    values_in = many("USD m", "Value in an orderly sale, pledged")

    @line("USD m")
    def book_cost(self) -> Expr:
        """Depreciated cost of the GPUs"""
        return sum_of(self.books_in)

    @line("USD m")
    def cost_in_four_years(self) -> Expr:
        """The same: the book of each lot follows the shorter life by itself"""
        return self.book_cost

    @line("USD m")
    def market_value(self) -> Expr:
        """Market value of the GPUs"""
        return sum_of(self.values_in)
