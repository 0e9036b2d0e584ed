"""K1 to K7 under many scenarios, as figures: whether each holds, what it measures, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.sheet import Row
from model.stress.judge import Judged
from model.verdict import number

if TYPE_CHECKING:
    from model.cases import Run

Json = Any


class Company:
    """The rows of the company's tests; a test that the case does not feed is left out."""

    def __init__(self, run: Run) -> None:
        outlook = run.deal.parent.outlook if run.deal.parent else None
        told = [] if outlook is None else [
            ("K1", outlook.fixed_charges, "first_year", "headroom"), ("K2", outlook.runway, "months", "lowest_cash"),
            ("K3", outlook.two_years, "due", "headroom"), ("K4", outlook.guarantees, "to_liquidity", "headroom"),
            ("K5", outlook.notes, "cash", ""), ("K6", outlook.growth, "unfunded", "")]
        self.tests = {name: (block.row("passes"), block.row(value), block.row(room) if room else None)
                      for name, block, value, room in told if block is not None}
        self.gap = next((c.row("failed") for c in run.deal.checks if c.key == "check.company.cash"), None) if outlook else None

    def rows(self) -> list[Row]:
        """What has to be calculated."""
        found = [row for rows in self.tests.values() for row in rows if row is not None]
        return [*found, self.gap] if self.gap is not None else found

    def told(self, judged: Judged, column: int) -> Json:
        """The tests in one scenario; None where the case says nothing of the company."""
        if self.gap is None:
            return None
        found: dict[str, Json] = {
            name: {"pass": bool(judged(passes, column)), "value": number(judged(value, column)),
                   "headroom": number(judged(room, column)) if room is not None else None}
            for name, (passes, value, room) in self.tests.items()}
        return {**found, "K7": {"pass": not judged(self.gap, column), "value": None, "headroom": None}}
