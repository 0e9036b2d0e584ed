"""Take-or-pay by the GPU-hour: every hour of every GPU is due, whether it runs or not."""

from __future__ import annotations

from model.contracts.clauses import USUAL
from model.contracts.clauses.gpus import InGpus
from model.sheet import Expr, given


class ByGpuHour(InGpus):
    """Take-or-pay at a price for each GPU-hour."""

    clauses = tuple(clause for clause in USUAL if clause is not InGpus)

    price = given("USD per GPU-hour", "Take-or-pay price", low=0, ask=True)

    def fee(self) -> Expr:
        """All hours of a full month."""
        return self.gpu_hours * self.price / self.million
