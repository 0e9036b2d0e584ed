"""Megawatts and GPUs of all contracts against the target, what they earn, and how much of the programme is late."""

from __future__ import annotations

from model.sheet import DEAL, PERIOD, Block, Expr, figure, given, line, many, maximum, ratio, share, sum_of


class Capacity(Block):
    """All capacity that contracts state."""

    days = given("days", "Days in period", per=PERIOD, above=0)
    year = given("days", "Days in a year", default=365, above=0)
    nothing = given("MW", "Capacity that counts as nothing", default=1e-6, above=0)
    delivered = given("share", "Share of the contracted capacity that is delivered")
    target = given("MW", "Target for capacity in service (0: none)", per=PERIOD)
    active_in = many("MW", "In service")
    contracted_in = many("MW", "Under contract")
    gpus_in = many("no.", "GPUs in service")
    billed_in = many("USD m", "Billed by capacity in service")
    late_in = many("MW-weeks", "Late start", per=DEAL)
    signed_in = many("MW-weeks", "Service as signed", per=DEAL)

    @line("MW", opening=True, key=True)
    def active(self) -> Expr:
        """Capacity in service"""
        return sum_of(self.active_in) * self.delivered

    @line("MW", opening=True)
    def contracted(self) -> Expr:
        """Capacity under contract, in service or to come"""
        return sum_of(self.contracted_in)

    @line("no.", opening=True)
    def gpus(self) -> Expr:
        """GPUs in service"""
        return sum_of(self.gpus_in) * self.delivered

    @line("MW")
    def behind(self) -> Expr:
        """Below the target"""
        return maximum(0, self.target - self.active)

    @line("USD m", sums=True)
    def billed(self) -> Expr:
        """Billed by the capacity in service"""
        return sum_of(self.billed_in) * self.delivered

    @line("USD m per MW a year")
    def earns(self) -> Expr:
        """A year's bills for a megawatt in service

        Bills of the period by the capacity at its end; in a month of starts or ends the two do not match."""
        return ratio(self.billed * self.year / self.days, self.active, self.nothing)

    @figure("MW-weeks")
    def late(self) -> Expr:
        """Late starts, in MW-weeks"""
        return sum_of(self.late_in)

    @figure("MW-weeks")
    def programme(self) -> Expr:
        """The whole programme as signed, in MW-weeks"""
        return sum_of(self.signed_in)

    @figure("share")
    def late_share(self) -> Expr:
        """Late starts against the whole programme"""
        return share(self.late, self.programme, self.nothing)
