"""Debt in another currency: translated at the rate of the as-of date, moved by a scenario where it is not swapped."""

from __future__ import annotations

from model.debt.base import Instrument
from model.sheet import Expr, figure, given


class ForeignMoney(Instrument):
    """Amounts of the file are at the spot rate of the as-of date; the swapped part does not move with it."""

    spot_change = given("share", "Change of the currency against the dollar", default=0, low=-0.9, high=5, ask=True)
    swapped = given("share", "Share swapped into dollars", default=1, low=0, high=1, ask=True)

    def size(self) -> Expr:
        """The scale of the debt in dollars."""
        return self.size_in_dollars

    @figure("factor")
    def size_in_dollars(self) -> Expr:
        """Scale of this debt, at the exchange rate of the scenario"""
        return self.scale * (1 + self.spot_change * (1 - self.swapped))
