"""Clauses of a tranche: each adds rows, and its words to those of the base."""

from __future__ import annotations

from model.contracts.clauses.cost import AtMargin, OwnsBuilding, Staffed
from model.contracts.clauses.escalator import CostEscalates, Escalates
from model.contracts.clauses.gpus import InGpus, OwnsGpus
from model.contracts.clauses.lateness import Located, LongStop
from model.contracts.clauses.megawatts import InMegawatts
from model.contracts.clauses.power import Powered
from model.contracts.clauses.redeployment import Redeployed
from model.contracts.clauses.renewal import Renewable, RenewableAtMarket, RenewalPromised
from model.contracts.clauses.rent import RentByKilowatt, Rented, RentEscalates

USUAL = (
    LongStop, RenewalPromised, RenewableAtMarket, Renewable, Redeployed, RentEscalates, RentByKilowatt, Rented, AtMargin, Powered,
    OwnsBuilding, CostEscalates, Staffed, Located, Escalates, OwnsGpus, InGpus, InMegawatts,
)
"""Clauses that a tranche of any contracted kind may have; where two have words for one row, the first has the last."""

__all__ = [
    "USUAL",
    "AtMargin",
    "CostEscalates",
    "Escalates",
    "InGpus",
    "InMegawatts",
    "Located",
    "LongStop",
    "OwnsBuilding",
    "OwnsGpus",
    "Powered",
    "Redeployed",
    "Renewable",
    "RenewableAtMarket",
    "RenewalPromised",
    "RentByKilowatt",
    "RentEscalates",
    "Rented",
    "Staffed",
]
