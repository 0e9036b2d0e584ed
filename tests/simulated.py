"""A small case for simulations, and what follows from it by hand.

Two contracts of one year, `hill` and `lake`, each with its own debtor and its own loan of 120 at 12 %, 30/360, repaid in
12 equal months; 15 a month is billed and 13 comes in after cost, 11.2 falls due in the first month and 10.1 in the last.
Surplus goes up at once. A contract lost in the middle of a month brings the days in service of that month, and nothing later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from test_certainty import TOLD
from test_certainty import write as small_case

AS_OF, BILLED, MONTHLY, LOAN = date(2025, 12, 31), 15.0, 13.0, 120.0
GROWTH = [1 + 0.12 * days / 360 for days in (30, 28, 33, *[30] * 9)]  # 30/360 of the end of February
DUE = [10 + (LOAN - 10 * n) * (growth - 1) for n, growth in enumerate(GROWTH)]  # 11.2 ... 10.1
DISCOUNT = np.cumprod(GROWTH)


def number(value: float, unit: str) -> str:
    """A number as a case file states it."""
    return f"{{value: {value}, unit: {unit}, {TOLD}}}"


def risk(hill: Sequence[tuple[int, float]], lake: Sequence[tuple[int, float]], correlation: float, more: str = "") -> str:
    """risk.yaml: the shares of each debtor that have failed after so many years."""
    def debtor(name: str, points: Sequence[tuple[int, float]]) -> str:
        said = ", ".join(f"{{years: {years}, share: {number(share, 'share')}}}" for years, share in points)
        return f"  {name} AI: {{fails: [{said}]}}\n"

    return f"correlation: {number(correlation, 'share')}\nobligors:\n{debtor('hill', hill)}{debtor('lake', lake)}{more}"


def case_with(folder: Path, text: str) -> Path:
    """The small case with that risk.yaml."""
    small_case(folder)
    (folder / "risk.yaml").write_text(text)
    return folder


def days_of(month: int) -> tuple[date, date]:
    """First and last day of a month after the as-of date."""
    first = date(2025 + (month + 11) // 12, (month - 1) % 12 + 1, 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def served(month: int, day: int) -> float:
    """Share of a month of 2026 in service, of a contract lost on the `day`-th day after the as-of date (0: not lost)."""
    first, last = days_of(month)
    days = (AS_OF + timedelta(days=day) - first).days + 1 if day else 31
    return max(0, min(days, last.day)) / last.day


def cash_of(month: int, day: int) -> float:
    """What it brings in that month."""
    return MONTHLY * served(month, day)


def covered(day: int) -> bool:
    """Whether every month is paid."""
    return all(cash_of(month, day) >= due - 1e-6 for month, due in enumerate(DUE, start=1))


def loss(day: int) -> float:
    """Present value at the loan's rate of what is never paid."""
    return sum(max(0.0, due - cash_of(month, day)) / DISCOUNT[month - 1] for month, due in enumerate(DUE, start=1))


def loss_with_claim(day: int, recovery: float, claim_days: int) -> float:
    """The same where a share of the bills not delivered is paid so many days after the loss; arrears go on at 12 %."""
    claim = recovery * BILLED * sum(1 - served(month, day) for month in range(1, 13))
    paid_on = AS_OF + timedelta(days=day + claim_days)
    arrears, grown, left = 0.0, 1.0, 0.0
    for month in range(1, 25):
        first, last = days_of(month)
        due, cash = (DUE[month - 1], cash_of(month, day)) if month <= 12 else (0.0, 0.0)
        growth = GROWTH[month - 1] if month <= 12 else 1 + 0.12 * last.day / 360
        arrears, grown = arrears * growth + due, grown * growth
        hand = left + cash + (claim if first <= paid_on <= last else 0.0)
        left = max(0.0, hand - min(hand, arrears) - max(0.0, cash - due))
        arrears -= min(hand, arrears)
    return arrears / grown


def failed_by(share: float, days: np.ndarray) -> np.ndarray:
    """Share that has failed by the end of each day where `share` has after a year, at a constant rate."""
    return 1 - (1 - share) ** (days / 365.25)
