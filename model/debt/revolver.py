"""Revolving credit: a limit, of which letters of credit use a part without being debt; due at maturity.

With a liquidity plan it is drawn to hold the company's minimum cash and repaid first.
"""

from __future__ import annotations

from model.debt.clauses import Commitment, Extendable, HoldsMinimumCash, StepUps
from model.debt.statement import Statement
from model.sheet import Expr, figure, given, line, maximum


class Revolver(Commitment, Statement):
    """Revolving credit: the limit is net of letters of credit, the fee runs on what is unused."""

    floats = True
    clauses = (StepUps, Extendable, HoldsMinimumCash)

    revolver_drawn = given("share", "Share of the undrawn limit that is drawn at once", default=0, low=0, high=1)
    letters = given("USD m", "Letters of credit under the limit", default=0, low=0, ask=True)

    def asked_for(self) -> Expr:
        """With what is drawn at once because no other money is to be had."""
        return super().asked_for() + self.drawn_at_once

    @line("USD m", sums=True)
    def drawn_at_once(self) -> Expr:
        """Asked for at once, because no other money is to be had"""
        return self.undrawn_at_start * self.revolver_drawn * (self.number <= 1)

    @figure("USD m")
    def undrawn_at_start(self) -> Expr:
        """Unused limit at the as-of date, net of letters of credit"""
        return maximum(0, self.undrawn_before - self.letters) * self.size()
