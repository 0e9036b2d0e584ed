"""On demand: the customer pays for the hours it uses and may stop. Never contracted cash."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.by_gpu_hour import ByGpuHour
from model.contracts.tranche import MERCHANT
from model.sheet import PERIOD, Expr, given, line


class OnDemand(ByGpuHour):
    """GPU-hours as they are used."""

    counts_as: ClassVar[str] = MERCHANT

    market_level = given("factor", "Level of market prices", per=PERIOD)
    utilisation = given("share", "Share of the hours that is used", low=0, high=1, ask=True)

    def fee(self) -> Expr:
        """The hours that are used, at the market's level."""
        return super().fee() * self.utilisation * self.market_level

    @line("USD m", sums=True)
    def operating_cash(self) -> Expr:
        """Billed less operating cost and rent"""
        cash: Expr = self.billed - self.opex_paid
        for rent in self.rents():
            cash = cash - rent
        return cash
