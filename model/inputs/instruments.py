"""What a case file may say of an instrument: the terms of its kind and of the clauses that the kind may have."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from model.debt import KINDS
from model.debt.conversion import Conversion, FundamentalChange, IfConverted, Offering
from model.inputs.parts import Kinds, fields_of
from model.inputs.values import Day, Flow, Number, Promise, Slug, Strict, Text, Told, asked
from model.timeline import DAY_COUNTS


class Draw(Flow):
    """A draw, which may bring its own instalments: by calendar year, or level over so many months."""

    schedule: dict[int, Number] | None = None
    over_months: Annotated[int, Field(ge=1, le=240)] | None = None


class Event(Flow):
    """A repayment that an event brings, at its own premium where it names one."""

    cause: Literal["asset_sale", "termination", "change_of_control", "equity_claw", "voluntary"]
    premium: Number | None = None


class Repayment(Told):
    """How principal falls due."""

    profile: Literal["level", "annuity", "level_service", "fixed", "percent_of_initial", "percent_of_balance", "custom",
                     "sculpted", "inferred", "bullet"]
    first_instalment: date | None = None
    rate: Number | None = None
    target: Number | None = None
    targets: dict[date, Number] = {}
    uncontracted_target: Number | None = None
    uncontracted: list[Flow] = []
    percent: Number | None = None
    original: Number | None = None
    amounts: list[Flow] = []
    schedule: dict[int, Number] | None = None


class Step(Strict):
    """A change of the margin from a date on, up or down."""

    date: date
    rate: Number


class Extension(Told):
    """An option of the borrower to repay later."""

    to: date


class Call(Told):
    """The price of early repayment: make-whole to a date at a discount rate, then a schedule of prices by date."""

    make_whole_to: date | None = None
    make_whole_rate: Number | None = None
    prices: dict[date, Number] = {}


class CleanDown(Told):
    """Calendar months at whose end the revolver is empty."""

    months: Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(min_length=1)]


class Arrears(Strict):
    """Daily rates compounded in arrears; days are business days of the rate."""

    lookback: Annotated[int, Field(ge=0, le=10)] = 5
    observation_shift: bool = False
    lockout: Annotated[int, Field(ge=0, le=10)] = 0
    margin_inside: bool = False


class Collateral(Told):
    """GPUs that secure a loan: cost by day of service, life on a straight line, what a buyer pays by age in years.

    With `fleet` they are those bought for the contracts whose cash is pledged to the loan."""

    fleet: bool = False
    cost: list[Flow] = []
    life_months: Annotated[int, Field(ge=12, le=240)] = 72
    residual: dict[int, Number] = {}


class Guarantee(Promise):
    """A guarantee of the loan; counted only as support, never as coverage."""


class TakeOut(Promise):
    """A lender who has committed to refinance the loan at maturity."""


class InstrumentBase(Strict):
    """The terms of an instrument that are words or dates."""

    id: Slug
    name: Text
    kind: Any
    box: Slug | None = None
    unmapped: Literal["uncontracted", "undisclosed"] | None = None
    # the allowed words are the keys of a table, known at run time only
    day_count: Literal[tuple(DAY_COUNTS)]  # type: ignore[valid-type]
    months: Literal[1, 3, 6, 12]
    first_accrual: date | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    business_days: Literal["none", "following", "modified_following", "preceding", "modified_preceding"] = (
        "modified_following")
    adjust_accrual: bool = True
    stub: Literal["short", "long"] = "short"
    availability_end: Day | None = None
    rate: Literal["fixed", "floating"] | None = None
    curve: Slug | None = None
    arrears: Arrears | None = None
    repayment: Repayment
    draws: list[Draw] = []
    proceeds: list[Flow] = []
    guarantee: Guarantee | None = None
    take_out: TakeOut | None = None


if TYPE_CHECKING:
    ConversionFile = Any
else:
    OfferingFile = create_model("OfferingFile", __base__=Strict, __doc__=Offering.__doc__, **asked(Offering))
    ConversionFile = create_model("ConversionFile", __base__=Strict, __doc__=Conversion.__doc__,
                                  share_prices=(Slug, ...), offering=(OfferingFile | None, None),
                                  principal_in_cash=asked(IfConverted)["principal_in_cash"],
                                  **{**asked(Conversion), **asked(FundamentalChange)})

class EffectiveInterest(Told):
    """Discount and cost are spread by the effective rate, to maturity or to the first date on which holders may put."""

    first_put: date | None = None


TERMS: dict[str, Any] = {  # what a clause states in words or dates, by the names of `Instrument.stated`
    "steps": (list[Step], []),
    "purchases": (list[Flow], []),
    "draw_months": (Number | None, None),
    "drawn_before": (list[Flow], []),
    "interest_funded_to": (Day | None, None),
    "extension": (Extension | None, None),
    "call": (Call | None, None),
    "events": (list[Event], []),
    "collateral": (Collateral | None, None),
    "tests_from": (Day | None, None),
    "signed_on": (Day | None, None),
    "clean_down": (CleanDown | None, None),
    "effective_interest": (EffectiveInterest | None, None),
    "conversion": (ConversionFile | None, None),
}


def _instrument(kind: str) -> type[BaseModel]:
    # create_model is typed for fields written out; these come from declarations
    return create_model(KINDS[kind].__name__, __base__=InstrumentBase, __doc__=KINDS[kind].__doc__,
                        kind=(Literal[kind], ...), **fields_of(KINDS[kind], TERMS))  # type: ignore[arg-type]


INSTRUMENTS = Kinds("kind", KINDS, _instrument)
InstrumentFile = Annotated[Any, INSTRUMENTS]
