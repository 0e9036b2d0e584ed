"""Reserved capacity that ramps up: a rising share of the GPUs is due by the hour from each date on."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.by_gpu_hour import ByGpuHour
from model.sheet import PERIOD, Expr, given


class Reserved(ByGpuHour):
    """Reserved GPU-hours with a ramp; take-or-pay on what is reserved."""

    stated: ClassVar[tuple[str, ...]] = ("ramp",)

    reserved_share = given("share", "Share of the GPUs that is reserved, average of the days in service", per=PERIOD)

    def fee(self) -> Expr:
        """The hours that are reserved."""
        return super().fee() * self.reserved_share
