"""A contract that was sold: its block with the tranches, levels, lots and prepayments that it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from model.contracts import Contract, Level, Prepayment, RampStep, Tranche
from model.fleet import Lot
from model.sheet import Block, Row, Sourced


def text(value: str) -> Sourced:
    """Words of a case file."""
    return Sourced(value, "case file")


def rows(blocks: Iterable[Block], name: str) -> list[Row]:
    """The row of that name of each block that has it."""
    return [block.row(name) for block in blocks if hasattr(type(block), name)]


@dataclass
class Sold:
    """One customer contract with the blocks that it stands on."""

    contract: Contract
    tranches: list[Tranche] = field(default_factory=list)
    levels: list[Level | RampStep] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    prepayments: list[Prepayment] = field(default_factory=list)

    def blocks(self) -> list[Block]:
        """In the order a reader meets them."""
        return [*self.tranches, *self.levels, *self.lots, self.contract, *self.prepayments]
