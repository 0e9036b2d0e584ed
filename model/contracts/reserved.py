"""Reserved capacity that ramps up: a rising share of the GPUs is due by the hour from each date on."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.by_gpu_hour import ByGpuHour
from model.contracts.tranche import days_between
from model.sheet import DEAL, Expr, given, line, many, maximum, share, step_lookup


class Reserved(ByGpuHour):
    """Reserved GPU-hours with a ramp; take-or-pay on what is reserved. The ramp's dates are fixed: they do not move."""

    stated: ClassVar[tuple[str, ...]] = ("ramp",)

    no_days = given("days", "Days that count as nothing", default=1e-6, above=0)
    ramp_dates = many("date", "Reserved from", per=DEAL)
    ramp_shares = many("share", "Share of the GPUs reserved from then on", per=DEAL)

    def fee(self) -> Expr:
        """The hours that are reserved."""
        return super().fee() * self.reserved_share

    @line("share")
    def reserved_at_start(self) -> Expr:
        """Share that is reserved at the start of the period"""
        return step_lookup(self.starts, self.ramp_dates, self.ramp_shares)

    @line("share")
    def reserved_at_end(self) -> Expr:
        """Share that is reserved at the end of the period"""
        return step_lookup(self.ends, self.ramp_dates, self.ramp_shares)

    @line("days")
    def days_after_step(self) -> Expr:
        """Days in service from the last step of the ramp on"""
        step = step_lookup(self.ends, self.ramp_dates, self.ramp_dates)
        return days_between(maximum(self.service_start, step), self.service_end, self.starts, self.ends)

    @line("share")
    def reserved_share(self) -> Expr:
        """Share of the GPUs that is reserved, average of the days in service"""
        earlier = (self.active_days - self.days_after_step) * self.reserved_at_start
        later = self.days_after_step * self.reserved_at_end
        return share(earlier + later, self.active_days, self.no_days)
