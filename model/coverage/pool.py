"""All slices judged together, for H3."""

from __future__ import annotations

from model.coverage.cover import Cover
from model.sheet import DEAL, Expr, figure, highest_of, line, many, maximum, prev, sum_of


class Pool(Cover):
    """Slices judged together, their cash pooled and carried forward (H3)."""

    contract_ends = many("no.", "Period of the last contracted receipt (Tc)", per=DEAL)
    swept_in = many("USD m", "Swept")

    @figure("no.")
    def contract_end(self) -> Expr:
        """Period of the last contracted receipt of all"""
        return highest_of(self.contract_ends)

    @line("USD m")
    def swept(self) -> Expr:
        """Swept"""
        return sum_of(self.swept_in)

    @line("USD m")
    def kept(self) -> Expr:
        """Cash kept from earlier service periods

        After balloons and sweeps, which it paid; nothing is distributed."""
        return maximum(0, self.for_balloon - self.balloon - self.swept)

    @line("USD m")
    def for_balloon(self) -> Expr:
        """Cash kept before a balloon is paid"""
        return maximum(0, prev(self.kept) + self.tested_cash - self.service)
