"""Accounts of a box: cash set aside against a date that is short, by the targets that the papers state.

Targets look at service as contracted, never as it turns out, so that they rest on nothing that they move (`RULES.md` 14).
"""

from __future__ import annotations

from typing import ClassVar

from model.sheet import PERIOD, Block, Expr, given, line, many, maximum, minimum, prev, sum_of


class Reserve(Block):
    """Cash set aside: pays what the steps it serves could not, and is filled up again from what they leave."""

    clauses: ClassVar[tuple[type[Reserve], ...]] = ()
    stated: ClassVar[tuple[str, ...]] = ()

    available = given("USD m", "Cash from the level above", per=PERIOD)
    pays = given("flag", "Payment date of the box", per=PERIOD)
    shortfalls = many("USD m", "Missing")
    drawn_above = many("USD m", "Paid by an account above")
    balances = many("USD m", "Opening balance")
    held_before = given("USD m", "Held at the as-of date", default=0, low=0, ask=True)
    funded = given("USD m", "Funded from outside the box", per=PERIOD)
    fixed_target = given("USD m", "Target, fixed amount", default=0, low=0, ask=True)
    balance_target = given("share", "Target, share of debt", default=0, low=0, high=1, ask=True)
    target_cap = given("USD m", "Target, at most", default=1e9, low=0, ask=True)
    releases = given("flag", "What exceeds the target is released", default=0, low=0, high=1, ask=True)
    may_go_up = given("flag", "Distributions are allowed", per=PERIOD)

    def wanted(self) -> Expr:
        """What the papers ask for, before the cap."""
        return maximum(self.fixed_target, self.balance_target * sum_of(self.balances))

    def in_cash(self, amount: Expr) -> Expr:
        """What of it is held in cash."""
        return amount

    @line("USD m")
    def target(self) -> Expr:
        """Reserve target

        On the balance before this period's payments."""
        return self.in_cash(minimum(self.target_cap, self.wanted()))

    @line("USD m")
    def opening(self) -> Expr:
        """Opening balance"""
        return prev(self.closing) + self.funded

    @line("USD m", sums=True)
    def filled(self) -> Expr:
        """Filled from cash"""
        return self.pays * minimum(self.available, maximum(0, self.target - self.opening))

    @line("USD m")
    def missing(self) -> Expr:
        """Still missing on the steps it serves"""
        return maximum(0, sum_of(self.shortfalls) - sum_of(self.drawn_above))

    @line("USD m", key=True, sums=True)
    def drawn(self) -> Expr:
        """Drawn for what is missing"""
        return minimum(self.opening + self.filled, self.missing)

    @line("USD m", sums=True)
    def released(self) -> Expr:
        """Released to the parent"""
        return self.pays * self.releases * self.may_go_up * maximum(0, self.opening - self.drawn - self.target)

    @line("USD m", opening="held_before", key=True)
    def closing(self) -> Expr:
        """Closing balance"""
        return self.opening + self.filled - self.drawn - self.released

    @line("USD m")
    def remaining(self) -> Expr:
        """Cash to the level below"""
        return self.available - self.filled


class SavesService(Reserve):
    """A debt-service reserve: so many months of the service ahead."""

    months_of_service = given("no.", "Target, months of debt service ahead", above=0, high=24, ask=True)
    service_ahead = many("USD m", "Service ahead as contracted")

    def wanted(self) -> Expr:
        """With the service ahead."""
        return maximum(super().wanted(), sum_of(self.service_ahead))


class SavesCost(Reserve):
    """A liquidity reserve: so many months of the operating cost ahead."""

    months_of_cost = given("no.", "Target, months of operating cost ahead", above=0, high=24, ask=True)
    cost_ahead = given("USD m", "Operating cost ahead", per=PERIOD)

    def wanted(self) -> Expr:
        """With the cost ahead."""
        return maximum(super().wanted(), self.cost_ahead)


class SavesPower(Reserve):
    """A power reserve: so many months of the power bill ahead."""

    months_of_power = given("no.", "Target, months of power ahead", above=0, high=24, ask=True)
    power_ahead = given("USD m", "Power ahead", per=PERIOD)

    def wanted(self) -> Expr:
        """With the power ahead."""
        return maximum(super().wanted(), self.power_ahead)


class InLetters(Reserve):
    """Letters of credit stand in for cash, as far as the bank does not want cash behind them."""

    letters = given("USD m", "Letters of credit in place of cash", default=0, low=0, ask=True)
    letters_cash = given("share", "Cash that the bank holds behind them", default=0, low=0, high=1, ask=True)

    def in_cash(self, amount: Expr) -> Expr:
        """Less what letters stand for."""
        return maximum(0, super().in_cash(amount) - self.letters * (1 - self.letters_cash))


class ReserveAccount(Reserve):
    """A reserve with the targets that its papers state."""

    clauses = (SavesService, SavesCost, SavesPower, InLetters)
