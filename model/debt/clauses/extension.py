"""An option to extend: what is left at maturity falls due later, for a fee."""

from __future__ import annotations

from typing import ClassVar

from model.debt.base import Instrument
from model.sheet import PERIOD, Expr, Row, given, line


class Extendable(Instrument):
    """Off unless a scenario sets `extended`; dates after the first maturity are those of the extension."""

    stated: ClassVar[tuple[str, ...]] = ("extension",)

    extended = given("flag", "Maturity is extended", default=0, low=0, high=1, ask=True)
    extension_fee = given("share", "Fee on the balance that is extended", default=0, low=0, high=0.2, ask=True)
    pays_to_maturity = given("flag", "Payment date up to the first maturity", per=PERIOD)
    pays_later = given("flag", "Payment date of the extension", per=PERIOD)
    later_period = given("no.", "Period of the extended maturity")
    matures_later = given("flag", "Extended maturity falls in the period", per=PERIOD)

    def falls_due(self) -> Expr:
        """At the later date, if extended."""
        return self.falls_due_now

    def final_period(self) -> Expr:
        """Of the later date, if extended."""
        return self.maturity_period * (1 - self.extended) + self.later_period * self.extended

    def fees(self) -> list[Row]:
        """The fee of the extension."""
        return [*super().fees(), self.fee_to_extend]

    @line("flag")
    def pays(self) -> Expr:
        """Payment date falls in the period"""
        return self.pays_to_maturity + self.pays_later * self.extended

    @line("flag")
    def falls_due_now(self) -> Expr:
        """Final maturity"""
        return self.matures * (1 - self.extended) + self.matures_later * self.extended

    @line("USD m", sums=True)
    def fee_to_extend(self) -> Expr:
        """Fee of the extension"""
        return self.extended * self.matures * self.after_service * self.extension_fee
