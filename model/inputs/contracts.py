"""What a case file may say of customer contracts, the GPUs bought for them and the sites where they stand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from model.contracts import KINDS, CustomerContract, Landlord, Prepayment, Site
from model.fleet import WAYS, Hardware, Lot
from model.inputs.parts import Kinds, fields_of
from model.inputs.values import Day, Flow, Number, Promise, Slug, Strict, Text, Told, asked


class ShareFrom(Strict):
    """A share, on or from a date."""

    date: date
    share: Number


class Credit(Told):
    """How a prepayment is credited: over the last months, over contract years in equal parts, or over the whole service."""

    rule: Literal["last_months", "years", "pro_rata"]
    months: Annotated[int, Field(ge=1, le=240)] | None = None
    first: Annotated[int, Field(ge=1, le=20)] | None = None
    last: Annotated[int, Field(ge=1, le=20)] | None = None


class HardwareBase(Told):
    """A class of GPUs: what a buyer pays by age, how they are sold, and two curves of prices for an hour of one."""

    id: Slug
    name: Text
    resale: Annotated[dict[int, Number], Field(min_length=1)]
    # the allowed words are a table, known at run time only
    sold_as: Literal[WAYS] = "auction"  # type: ignore[valid-type]
    spot_prices: Slug | None = None
    contract_prices: Slug | None = None


class Place(Strict):
    """A landlord or a site."""

    id: Slug
    name: Text


class SiteBase(Place):
    """A data centre, and whose it is."""

    landlord: Slug | None = None


class LotBase(Strict):
    """GPUs of one delivery; paid for on delivery unless the payments say otherwise."""

    hardware: Slug
    payments: list[ShareFrom] = Field(default_factory=list)


class PrepaymentBase(Strict):
    """Cash from the customer before service: credited in a window of dates or by a rule."""

    credit_from: Day | None = None
    credit_to: Day | None = None
    credit: Credit | None = None


class Rated(Told):
    """Whether who owes has an investment-grade rating."""

    value: bool


class ContractBase(Strict):
    """A customer contract: who owes, its tranches of capacity and what was prepaid."""

    id: Slug
    name: Text
    obligor: Text
    obligor_group: Text | None = None
    obligor_disclosed: bool = True
    investment_grade: Rated | None = None
    kind: Any
    tranches: Any
    prepayments: Any = None
    residual_support: Promise | None = None


if TYPE_CHECKING:  # these models are made from declarations, so their fields are known at run time only
    HardwareFile = Any
    LandlordFile = Any
    SiteFile = Any
    ContractFile = Any
    TRANCHES: Kinds
    CONTRACTS: Kinds
else:
    LotFile = create_model("LotFile", __base__=LotBase, __doc__=LotBase.__doc__, **asked(Lot))
    PrepaymentFile = create_model("PrepaymentFile", __base__=PrepaymentBase, __doc__=Prepayment.__doc__, **asked(Prepayment))
    HardwareFile = create_model("HardwareFile", __base__=HardwareBase, __doc__=HardwareBase.__doc__, **asked(Hardware))
    LandlordFile = create_model("LandlordFile", __base__=Place, __doc__=Landlord.__doc__, **asked(Landlord))
    SiteFile = create_model("SiteFile", __base__=SiteBase, __doc__=SiteBase.__doc__, **asked(Site))

    TRANCHE_WORDS: dict[str, Any] = {  # what a clause of a tranche states in words or dates
        "site": (Slug | None, None),
        "escalates_from": (Day | None, None),
        "rent_escalates_from": (Day | None, None),
        "power_prices": (Slug | None, None),
        "renewal_at_market": (Literal[True] | None, None),
        "renewal_support": (Promise | None, None),
        "ramp": (Annotated[list[ShareFrom], Field(min_length=1)], ...),
        "fleet": (list[LotFile], []),
    }
    CONTRACT_WORDS: dict[str, Any] = {  # and of a contract
        "payment_days": (Number | None, None),
        "receivables": (list[Flow], []),
        "paid_in_shares": (list[Flow], []),
        "shares_given": (list[Flow], []),
        "taxes": (list[Flow], []),
        "termination_fees": (list[Flow], []),
    }
    BACKSTOP: dict[str, Any] = {"backs": (Annotated[list[Slug], Field(min_length=1)], ...), "cap": (Number, ...),
                                "support": (Promise | None, None)}

    def _tranche(kind: str) -> type[BaseModel]:
        return create_model(f"{KINDS[kind].__name__}Tranche", __base__=Strict, __doc__=KINDS[kind].__doc__,
                            **fields_of(KINDS[kind], TRANCHE_WORDS))

    def _contract(kind: str) -> type[BaseModel]:
        return create_model(KINDS[kind].__name__, __base__=ContractBase, __doc__=ContractBase.__doc__, kind=(Literal[kind], ...),
                            tranches=(Annotated[list[TRANCHES[kind]], Field(min_length=1)], ...),
                            prepayments=(list[PrepaymentFile], []), **fields_of(CustomerContract, CONTRACT_WORDS),
                            **(BACKSTOP if kind == "backstop" else {}))

    TRANCHES, CONTRACTS = Kinds("kind", KINDS, _tranche), Kinds("kind", KINDS, _contract)
    ContractFile = Annotated[Any, CONTRACTS]
