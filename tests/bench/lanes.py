"""What hand-written lanes have in common: how numba compiles them, what moves, which figures they give, how they are called.

Exact arithmetic, no lock of the interpreter, vectors as wide as they come: left alone, LLVM halves vectors on many processors
that have wide ones; the kernel writes them out, so its rivals may have them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import llvmlite.binding as llvm
import numba
import numpy as np

LANES = {"error_model": "numpy", "nogil": True, "cache": True}

_features = llvm.get_host_cpu_features()
if _features.get("avx512f"):
    numba.config.CPU_FEATURES = _features.flatten() + ",-prefer-256-bit"

B = 48
"""Scenarios that advance together. The twins keep what was compiled: remove `__pycache__` after a change."""
MOVED = ("price_change", "cost_change", "delay_days", "delivered", "sla_credits", "uncollected", "rate_shift")
FIGURES = ("covered", "t1", "t2", "t3", "min_dscr", "min_clcr", "total_shortfall", "uncovered_balance")
PAIRS = (("ddtl-1-pool", "ddtl-1", "ccac-ii"), ("ddtl-2-pool", "ddtl-2", "ccac-iv"),
         ("equipment-pool", "oem", "parent-equipment"))
"""Contract, loan and box of each pair."""


class ByHand:
    """`Twin(values)(told)` gives `{(pair, figure): (S,)}`; `told` names inputs of `MOVED`, the rest stays as in the case."""

    def __init__(self, values: Any) -> None:
        self.values, self.book = values, values.book
        self.months = self.book.periods
        self.now = np.array([self.one(f"drivers.{name}") for name in MOVED])
        filled = [self.tables(*names) for names in PAIRS]
        self.tabs = np.array([tab for tab, _ in filled]).reshape(len(PAIRS), -1)
        self.terms = np.array([terms for _, terms in filled])

    def one(self, key: str, default: float = 0.0) -> float:
        """An input or a figure of the run."""
        row = self.book.by_key.get(key)
        return default if row is None else float(self.values.one(row))

    def over(self, key: str) -> Any:
        """The same over time; 0 where the case has no such row."""
        row = self.book.by_key.get(key)
        found = 0.0 if row is None else np.asarray(self.values.one(row), dtype=float)
        return np.broadcast_to(found, (self.months + 2,))

    def tables(self, pool: str, loan: str, box: str) -> tuple[Any, Any]:
        """The numbers of a pair that no scenario moves: by month, and one for all."""
        raise NotImplementedError

    def lanes(self, moved: Any) -> Any:
        """The kernel itself: what `columns` gives to `(pair, figure, column)`."""
        raise NotImplementedError

    def __call__(self, told: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
        width = max((len(v) for v in told.values()), default=1)
        out = self.lanes(self.columns(told, width))
        return {(pair, figure): out[p, f, :width] for p, (pair, _, _) in enumerate(PAIRS) for f, figure in enumerate(FIGURES)}

    def columns(self, told: Mapping[str, Any], width: int) -> Any:
        """Inputs by row, as many columns as whole blocks hold."""
        moved = np.repeat(self.now[:, None], -(-width // B) * B, axis=1)
        for n, name in enumerate(MOVED):
            if f"drivers.{name}" in told:
                moved[n, :width] = told[f"drivers.{name}"]
        return moved
