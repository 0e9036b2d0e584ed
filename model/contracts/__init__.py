"""Customer contracts: one file a kind, one a clause; `KINDS` lists the kinds."""

from model.contracts.backstop import Backstop, RenewedCapacity, VendorShare
from model.contracts.by_gpu_hour import ByGpuHour
from model.contracts.by_megawatt import ByMegawatt
from model.contracts.contract import Contract, bills_chain
from model.contracts.lease import Lease
from model.contracts.level import Level
from model.contracts.on_demand import OnDemand
from model.contracts.prepayment import Prepayment
from model.contracts.resale import Resale
from model.contracts.reserved import RampStep, Reserved
from model.contracts.site import Landlord, Site
from model.contracts.take_or_pay import TakeOrPay
from model.contracts.terms import CustomerContract
from model.contracts.tranche import CONTRACTED, MERCHANT, SUPPORT, Tranche

KINDS: dict[str, type[Tranche]] = {
    "take_or_pay": TakeOrPay,
    "take_or_pay_mw": ByMegawatt,
    "take_or_pay_gpu": ByGpuHour,
    "reserved": Reserved,
    "on_demand": OnDemand,
    "lease": Lease,
    "backstop": Backstop,
}

__all__ = [
    "CONTRACTED",
    "KINDS",
    "MERCHANT",
    "SUPPORT",
    "Backstop",
    "Contract",
    "CustomerContract",
    "Landlord",
    "Level",
    "Prepayment",
    "RampStep",
    "RenewedCapacity",
    "Resale",
    "Site",
    "Tranche",
    "VendorShare",
    "bills_chain",
]
