"""What early repayment costs: make-whole, call price, claw; and the events that force it."""

from __future__ import annotations

from typing import ClassVar

from model.debt.base import Instrument
from model.sheet import PERIOD, Expr, Term, given, line, minimum


class Callable(Instrument):
    """Repaid early on stated dates or events, at a price above par. The premium is paid from the same proceeds.

    The price over time - make-whole to the first call date, then the schedule - comes from dates, `model/debt/call.py`.
    """

    stated: ClassVar[tuple[str, ...]] = ("call", "events")

    call_premium = given("share", "Premium on what proceeds repay in the period", per=PERIOD)
    event_premium = given("share", "Premium on what events repay in the period", per=PERIOD)
    planned_events = given("USD m", "Repaid on an event: sale, termination, change of control, choice", per=PERIOD)
    events_happen = given("factor", "Share of those events that happens", default=1, low=0, high=1, ask=True)

    def taken_off(self) -> Term:
        """What events repay."""
        return super().taken_off() + self.from_events

    @line("USD m", sums=True)
    def from_events(self) -> Expr:
        """Repaid on an event at period end"""
        return minimum(self.after_service - self.swept + self.drawn_late - self.from_proceeds,
                       self.planned_events * self.events_happen * self.size())

    @line("USD m", sums=True)
    def call_cost(self) -> Expr:
        """Premium on early repayment, paid with it"""
        return self.from_proceeds * self.call_premium + self.from_events * self.event_premium
