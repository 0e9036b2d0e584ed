"""Capacity in GPUs, and what an hour of one brings."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.tranche import Tranche
from model.sheet import Expr, figure, given, line, ratio


class OwnsGpus(Tranche):
    """GPUs were bought for the tranche."""

    stated: ClassVar[tuple[str, ...]] = ("fleet",)

    @figure("date")
    def last_used(self) -> Expr:
        """Last day of use"""
        return self.last_day()


class InGpus(Tranche):
    """Capacity of the tranche in GPUs."""

    gpus = given("no.", "GPUs", low=0, ask=True)
    hours_in_day = given("hours", "Hours in a day", default=24, above=0)
    million = given("factor", "Million", default=1000000, above=0)
    nothing = given("hours", "GPU-hours that count as nothing", default=1e-6, above=0)

    @line("hours")
    def gpu_hours(self) -> Expr:
        """GPU-hours of a full period"""
        return self.gpus * self.hours_in_day * self.days

    @line("no.", opening=True)
    def active_gpus(self) -> Expr:
        """GPUs in service at period end"""
        return self.taken(self.gpus * (self.service_start <= self.ends) * (self.service_end >= self.ends))

    @line("hours", sums=True)
    def hours_due(self) -> Expr:
        """GPU-hours in service"""
        return self.taken(self.gpus * self.hours_in_day * self.active_days)

    @line("USD per GPU-hour")
    def hour_price(self) -> Expr:
        """Billed for a GPU-hour"""
        return ratio(self.billed * self.million, self.hours_due, self.nothing)
