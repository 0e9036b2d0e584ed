"""Customer contracts, one file per kind; more kinds join here."""

from model.contracts.base import Contract, Prepayment, Tranche, bills_chain

__all__ = ["Contract", "Prepayment", "Tranche", "bills_chain"]
