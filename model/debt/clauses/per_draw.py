"""Each draw with a maturity of its own: n months from its funding, first in first out (`RULES.md` 12)."""

from __future__ import annotations

from typing import ClassVar

from model.debt.base import Instrument
from model.sheet import PERIOD, Expr, given, line, maximum, prev


class OwnMaturities(Instrument):
    """What was drawn longer ago than its term, and was not repaid by instalments, falls due.

    On the payment date of its month, or on the first one after it; instalments count towards the oldest draw.
    """

    stated: ClassVar[tuple[str, ...]] = ("draw_months", "drawn_before")

    draw_term = given("no.", "Term of each draw", above=0)
    in_term_before = given("USD m", "As-of balance whose draws have not matured", per=PERIOD)

    def at_maturity(self) -> Expr:
        """At the maturity of the facility everything, before it what has matured."""
        return maximum(super().at_maturity(), self.matured)

    @line("USD m")
    def drawn_so_far(self) -> Expr:
        """Drawn so far"""
        return prev(self.drawn_so_far) + self.drawn

    @line("USD m")
    def in_term(self) -> Expr:
        """Draws that have not matured"""
        return self.in_term_before * self.size() + self.drawn_so_far - prev(self.drawn_so_far, self.draw_term)

    @line("USD m", sums=True)
    def matured(self) -> Expr:
        """Draws that have matured"""
        return self.pays * maximum(0, self.repayable - self.scheduled - self.in_term + self.drawn_late)
