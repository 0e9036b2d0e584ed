"""What comes of reading a case: light, because every command reads one and few of them are workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from model.deal import Deal


@dataclass(frozen=True)
class Typed:
    """One number that was typed: for the base, a scenario or the month that ends on a date. `after` None: cleared."""

    key: str
    label: str
    scenario: str
    end: date | None
    before: float | None
    after: float | None
    cell: str

    @property
    def where(self) -> str:
        """The scenario or the month."""
        return self.scenario if self.end is None else f"{self.end:%Y-%m}"


@dataclass(frozen=True)
class Edited:
    """A case as it was read: its deal, its files, and where each number that was typed in a workbook stands in them."""

    deal: Deal
    files: Mapping[str, bytes]
    told: Sequence[tuple[Typed, str, int]] = ()
    held: int = 0
    """Inputs in edits.yaml that nobody typed."""
