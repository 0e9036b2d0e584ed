"""Amortisation that waits for service: the first instalment moves with a late start of the contracts behind the loan."""

from __future__ import annotations

from model.debt.base import Instrument
from model.sheet import DEAL, PERIOD, Expr, at, figure, given, highest_of, line, many, prev, share, total


class MovesWithService(Instrument):
    """Instalments begin later by the days that service does; maturity stays, so the dates that are left carry the whole."""

    amortisation_moves = given("flag", "First instalment moves with a late start of service", default=0, low=0, high=1, ask=True)
    lateness_in = many("days", "Late start of service", per=DEAL)
    payment_day = given("date", "Payment date", per=PERIOD)
    first_due = given("date", "Date of the first instalment")

    def amortising(self) -> Expr:
        """From the moved date on."""
        return super().amortising() * self.has_begun

    def on_opening(self, instalment: Expr) -> Expr:
        """Raised, so that fewer dates carry the whole."""
        return super().on_opening(instalment) * self.stretch

    def on_draws(self, instalment: Expr) -> Expr:
        """Raised, so that fewer dates carry the whole."""
        return super().on_draws(instalment) * self.draw_stretch

    @figure("days")
    def lateness(self) -> Expr:
        """Move of the first instalment: the longest lateness behind the loan"""
        return self.amortisation_moves * highest_of(self.lateness_in)

    @line("flag")
    def has_begun(self) -> Expr:
        """Amortisation has begun"""
        return self.payment_day >= self.first_due + self.lateness

    @line("flag")
    def planned_date(self) -> Expr:
        """Date of an instalment as signed"""
        return self.pays * self.amortises

    @line("flag")
    def left_date(self) -> Expr:
        """Date of an instalment that is left"""
        return self.planned_date * self.has_begun

    @line("USD m")
    def instalments_so_far(self) -> Expr:
        """Instalments to no. k on the opening balance"""
        return prev(self.instalments_so_far) + self.instalments

    @line("USD m")
    def draw_instalments_so_far(self) -> Expr:
        """Instalments to no. k on later draws"""
        return prev(self.draw_instalments_so_far) + self.draw_instalments

    @figure("USD m")
    def carried(self) -> Expr:
        """Of the instalments on the opening balance: what the dates left carry unraised"""
        return at(self.instalments_so_far, total(self.left_date))

    @figure("USD m")
    def draws_carried(self) -> Expr:
        """Of the instalments on later draws: what the dates left carry unraised"""
        return at(self.draw_instalments_so_far, total(self.left_date))

    @figure("factor")
    def stretch(self) -> Expr:
        """Rise of each instalment on the opening balance"""
        return share(at(self.instalments_so_far, total(self.planned_date)), self.carried, self.tolerance)

    @figure("factor")
    def draw_stretch(self) -> Expr:
        """Rise of each instalment on later draws"""
        return share(at(self.draw_instalments_so_far, total(self.planned_date)), self.draws_carried, self.tolerance)
