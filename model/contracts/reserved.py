"""Reserved capacity that ramps up: a rising share of the GPUs is due by the hour from each date on."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.by_gpu_hour import ByGpuHour
from model.contracts.tranche import days_between
from model.sheet import DEAL, PERIOD, Block, Expr, figure, given, line, many, maximum, minimum, share, sum_of


class RampStep(Block):
    """One step of a ramp, from its date to the next."""

    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    first = given("date", "Reserved from")
    last = given("date", "Reserved to")
    reserved = given("share", "Share of the GPUs that is reserved", low=0, high=1)
    service_start = given("date", "Service start")
    service_end = given("date", "Service end")

    @figure("share")
    def at_end(self) -> Expr:
        """Share that is reserved on the last day of service, if this step is in force"""
        return self.reserved * (self.first <= self.service_end) * (self.last >= self.service_end)

    @line("days")
    def days(self) -> Expr:
        """Days in service, each by the share that is reserved"""
        first, last = maximum(self.first, self.service_start), minimum(self.last, self.service_end)
        return self.reserved * days_between(first, last, self.starts, self.ends)


class Reserved(ByGpuHour):
    """Reserved GPU-hours with a ramp; take-or-pay on what is reserved. The ramp's dates are fixed: they do not move."""

    stated: ClassVar[tuple[str, ...]] = ("ramp",)

    no_days = given("days", "Days that count as nothing", default=1e-6, above=0)
    steps_in = many("days", "Days by the share reserved")
    last_in = many("share", "Share reserved on the last day", per=DEAL)

    def fee(self) -> Expr:
        """The hours that are reserved."""
        return super().fee() * self.reserved_share

    def fee_at_end(self) -> Expr:
        """The hours that are reserved on the last day."""
        return super().fee() * self.last_share

    @figure("share")
    def last_share(self) -> Expr:
        """Share of the GPUs that is reserved on the last day"""
        return sum_of(self.last_in)

    @line("share")
    def reserved_share(self) -> Expr:
        """Share of the GPUs that is reserved, average of the days in service"""
        return share(sum_of(self.steps_in), self.active_days, self.no_days)
