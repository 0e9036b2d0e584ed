"""Clauses of a term sheet. An instrument is the sum of its clauses: each adds rows, and its words to those of the base."""

from __future__ import annotations

from model.debt.clauses.calls import Callable
from model.debt.clauses.collateral import CollateralTests, FleetCollateral
from model.debt.clauses.commitment import Commitment
from model.debt.clauses.effective import AtEffectiveRate
from model.debt.clauses.extension import Extendable
from model.debt.clauses.funded import FundsItsInterest
from model.debt.clauses.hedge import Hedged
from model.debt.clauses.in_kind import PaidInKind
from model.debt.clauses.issue import IssuePrice
from model.debt.clauses.liquidity import HoldsMinimumCash
from model.debt.clauses.margin import MarginGrid, StepUps
from model.debt.clauses.money import ForeignMoney
from model.debt.clauses.moves import MovesWithService
from model.debt.clauses.per_draw import OwnMaturities

__all__ = [
    "AtEffectiveRate",
    "Callable",
    "CollateralTests",
    "Commitment",
    "Extendable",
    "FleetCollateral",
    "ForeignMoney",
    "FundsItsInterest",
    "Hedged",
    "HoldsMinimumCash",
    "IssuePrice",
    "MarginGrid",
    "MovesWithService",
    "OwnMaturities",
    "PaidInKind",
    "StepUps",
]
