"""The margin: what the customers' ratings add to it, and what time adds."""

from __future__ import annotations

from typing import ClassVar

from model.debt.base import Instrument
from model.sheet import PERIOD, Expr, given, prev


class MarginGrid(Instrument):
    """Two margins, by the rating of the contracts behind the debt: `margin` for investment grade, another for the rest."""

    non_ig_share = given("share", "Share on contracts below investment grade", default=0, low=0, high=1, ask=True)
    non_ig_margin = given("rate", "Margin on contracts below investment grade", default=0, low=0, high=0.5, ask=True)

    def margin_part(self) -> Expr:
        """Weighted by the share of each."""
        return super().margin_part() * (1 - self.non_ig_share) + self.non_ig_margin * self.non_ig_share


class StepUps(Instrument):
    """A margin that changes on stated dates, from that day on; a draw in the same span takes the span's average."""

    stated: ClassVar[tuple[str, ...]] = ("steps",)

    step_up = given("rate", "Step of the margin so far", per=PERIOD)
    step_before = given("rate", "Step of the margin on the days to the payment date", per=PERIOD)
    step_after = given("rate", "Step of the margin on the days from the payment date", per=PERIOD)

    def rate_before(self) -> Expr:
        """With the steps of those days."""
        return super().rate_before() - prev(self.step_up) + self.step_before

    def rate_after(self) -> Expr:
        """With the steps of those days."""
        return super().rate_after() - self.step_up + self.step_after

    def margin_part(self) -> Expr:
        """With the steps so far."""
        return super().margin_part() + self.step_up
