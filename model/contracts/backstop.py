"""Residual-capacity backstop: somebody buys what other contracts leave unsold, up to a limit. Support, never contracted cash."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.tranche import SUPPORT, Tranche
from model.sheet import PERIOD, Block, Expr, given, line, many, maximum, minimum, prev, share, sum_of


class Backstop(Tranche):
    """Unsold capacity of other contracts, bought at a price for each megawatt a year; the limit is one for all tranches."""

    counts_as: ClassVar[str] = SUPPORT

    price = given("USD m per MW a year", "Price of unsold capacity", low=0, ask=True)
    margin = given("share", "Margin on what is bought", default=1, low=-2, high=1, ask=True)
    honoured = given("share", "Share of what is unsold that is really bought", default=1, low=0, high=1)
    months_in_year = given("months", "Months in a year", default=12, above=0)
    cap = given("USD m", "Most that is paid in all")
    offered_in = many("MW", "Capacity, from its start on")
    sold_in = many("MW", "Capacity that is sold")
    earlier_in = many("USD m", "Bought under an earlier tranche")
    bought_in = many("USD m", "Bought so far")

    @line("MW")
    def unsold(self) -> Expr:
        """Capacity unsold"""
        return maximum(0, sum_of(self.offered_in) - sum_of(self.sold_in))

    def fee(self) -> Expr:
        """All that is unsold, as far as the promise is kept."""
        return self.unsold * self.price * self.honoured / self.months_in_year

    @line("USD m")
    def bought_in_all(self) -> Expr:
        """Bought so far under all tranches"""
        return sum_of(self.bought_in)

    @line("USD m", sums=True)
    def bought(self) -> Expr:
        """Bought, as far as the limit reaches"""
        return maximum(0, minimum(self.billed, self.cap - prev(self.bought_in_all) - sum_of(self.earlier_in)))

    @line("USD m")
    def bought_so_far(self) -> Expr:
        """Bought so far"""
        return prev(self.bought_so_far) + self.bought

    @line("USD m", sums=True)
    def kept(self) -> Expr:
        """Kept of what is bought, after the cost of serving it"""
        return self.bought * self.margin


class VendorShare(Block):
    """What a backstop pays for the capacity of one contract: pro rata to what stays unsold of it."""

    nothing = given("MW", "Capacity that counts as nothing", default=1e-9, above=0)
    kept_in = many("USD m", "Kept of what is bought")
    offered_in = many("MW", "Capacity of the contract")
    sold_in = many("MW", "Capacity of the contract that is sold")
    renewed_in = many("MW", "Capacity of the contract that a promised renewal takes")
    all_offered_in = many("MW", "Capacity of all contracts backed")
    all_sold_in = many("MW", "Capacity of all contracts backed that is sold")

    @line("MW")
    def unsold(self) -> Expr:
        """Unsold of the contract"""
        return maximum(0, sum_of(self.offered_in) - sum_of(self.sold_in))

    @line("MW")
    def unsold_beside_renewal(self) -> Expr:
        """Unsold of the contract, were it renewed as promised"""
        return maximum(0, self.unsold - sum_of(self.renewed_in))

    @line("MW")
    def unsold_in_all(self) -> Expr:
        """Unsold of all contracts backed"""
        return maximum(0, sum_of(self.all_offered_in) - sum_of(self.all_sold_in))

    @line("USD m", sums=True)
    def cash(self) -> Expr:
        """Brought by the backstop for this contract"""
        return sum_of(self.kept_in) * share(self.unsold, self.unsold_in_all, self.nothing)

    @line("USD m", sums=True)
    def cash_beside_renewal(self) -> Expr:
        """The same, were the contract renewed as promised"""
        return sum_of(self.kept_in) * share(self.unsold_beside_renewal, self.unsold_in_all, self.nothing)


class RenewedCapacity(Block):
    """Megawatts that a promised renewal takes."""

    capacity = given("MW", "Capacity, IT load")
    days = given("days", "Days in period", per=PERIOD, above=0)
    promised_days = given("days", "Days of the renewal that is promised", per=PERIOD)

    @line("MW")
    def taken(self) -> Expr:
        """Capacity taken, average of the period"""
        return self.capacity * self.promised_days / self.days
