"""What a case folder may say. The numbers a block asks for come from its `given` declarations: no second list.

pydantic checks types, units and ranges and gives a JSON Schema; `read.py` adds file and line to what it finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model

from model.cascade import Reserve
from model.contracts import Contract, Prepayment, Tranche
from model.debt import KINDS, Instrument
from model.debt.base import words_of
from model.debt.conversion import Conversion, FundamentalChange, Offering
from model.errors import Finding
from model.sheet import Block, Sourced, given, givens
from model.timeline import DAY_COUNTS, Curve, to_serial

Grade = Literal["filing", "transcription", "press", "third-party", "derived", "assumed"]
GRADES: tuple[str, ...] = ("filing", "transcription", "press", "third-party", "derived", "assumed")
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$", description="lower-case letters, digits, . and -")]
Text = Annotated[str, Field(min_length=1, max_length=400)]


class Strict(BaseModel):
    """Unknown keys are refused, nothing is converted behind the user's back."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _number(value: Any) -> Any:
    """An integer is a number; a boolean is not; nothing infinite."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a plain number")
    if not abs(value) <= 1e12:
        raise ValueError("must be a finite number")
    return float(value)


Plain = Annotated[float, BeforeValidator(_number)]


class Number(Strict):
    """A number with its unit, its source and the word that grades the evidence."""

    value: Plain
    unit: str
    source: Text
    grade: Grade


class Day(Strict):
    """A date with its source and grade."""

    value: date
    source: Text
    grade: Grade


def number_of(told: given) -> Any:
    """The type of one asked number: its unit and its range."""

    def check(number: Number) -> Number:
        if number.unit != told.unit:
            raise ValueError(f"unit must be {told.unit!r}, not {number.unit!r}")
        if not told.admits(number.value):
            hint = f"; for {number.value:g} % write {number.value / 100:g}" if told.unit in ("rate", "share") else ""
            raise ValueError(f"allowed: {told.allowed()}{hint}")
        return number

    return Annotated[Number, AfterValidator(check)]


def asked(cls: type[Block]) -> dict[str, Any]:
    """The fields that a block asks of a case file, as pydantic wants them."""
    fields: dict[str, Any] = {}
    for name, told in givens(cls).items():
        if not told.ask:
            continue
        kind: Any = Day if told.kind == "date" else number_of(told)
        note = Field(description=f"{told.label} [{told.unit}]")
        required = told.default is None
        fields[name] = (Annotated[kind, note], ...) if required else (Annotated[kind | None, note], None)
    return fields


def sourced(value: Number | Day) -> Sourced:
    """A number or date of a case file as the language takes it."""
    number = float(to_serial(value.value)) if isinstance(value, Day) else value.value
    return Sourced(number, value.source, value.grade)


def bindings(file: Any, cls: type[Block]) -> dict[str, Sourced]:
    """What a case file says of the givens that a block asks for."""
    found = {name: getattr(file, name) for name in asked(cls)}
    return {name: sourced(value) for name, value in found.items() if value is not None}


class Flow(Strict):
    """An amount on a date."""

    date: date
    amount: Number


class Draw(Flow):
    """A draw, which may bring its own instalments: by calendar year, or level over so many months."""

    schedule: dict[int, Number] | None = None
    over_months: Annotated[int, Field(ge=1, le=240)] | None = None


class Event(Flow):
    """A repayment that an event brings, at its own premium where it names one."""

    cause: Literal["asset_sale", "termination", "change_of_control", "equity_claw", "voluntary"]
    premium: Number | None = None


class Told(Strict):
    """Terms that share one source."""

    source: Text
    grade: Grade


class Repayment(Told):
    """How principal falls due."""

    profile: Literal["level", "annuity", "level_service", "fixed", "percent_of_initial", "percent_of_balance", "custom",
                     "sculpted", "inferred", "bullet"]
    first_instalment: date | None = None
    rate: Number | None = None
    target: Number | None = None
    uncontracted_target: Number | None = None
    uncontracted: list[Flow] = []
    percent: Number | None = None
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
    """GPUs that secure a loan: cost by day of service, life on a straight line, what a buyer pays by age in years."""

    cost: Annotated[list[Flow], Field(min_length=1)]
    life_months: Annotated[int, Field(ge=12, le=240)] = 72
    residual: dict[int, Number] = {}


class Guarantee(Strict):
    """A documented promise of somebody else; counted only as support, never as coverage."""

    provider: Text
    trigger: Text
    amount: Number | None = None
    source: Text
    grade: Grade


class InstrumentBase(Strict):
    """The terms of an instrument that are words or dates."""

    id: Slug
    name: Text
    kind: Any
    box: Slug | None = None
    unmapped: Literal["uncontracted", "undisclosed"] | None = None
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


if TYPE_CHECKING:
    ConversionFile = Any
else:
    OfferingFile = create_model("OfferingFile", __base__=Strict, __doc__=Offering.__doc__, **asked(Offering))
    ConversionFile = create_model("ConversionFile", __base__=Strict, __doc__=Conversion.__doc__,
                                  share_prices=(Slug, ...), offering=(OfferingFile | None, None),
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


def fields_of(kind: type[Instrument]) -> dict[str, Any]:
    """Every term that a kind may have: its own and those of its clauses."""
    parts = (*kind.clauses, kind)
    stated = dict.fromkeys(name for part in parts for name in words_of(part))
    numbers = {name: told for part in parts for name, told in asked(part).items()}
    return {**numbers, **{name: TERMS[name] for name in stated}}


def terms_of(file: Any) -> set[str]:
    """The terms that a case file says of an instrument."""
    return {name for name in file.model_fields_set if getattr(file, name) not in (None, [])}


INSTRUMENTS = {kind: create_model(cls.__name__, __base__=InstrumentBase, __doc__=cls.__doc__,
                                  kind=(Literal[kind], ...),  # type: ignore[arg-type]
                                  **fields_of(cls)) for kind, cls in KINDS.items()}
if TYPE_CHECKING:  # these models are made from declarations, so their fields are known at run time only
    InstrumentFile = Any
    TrancheFile = Any
    PrepaymentFile = Any
    ReserveFile = Any
else:
    InstrumentFile = Annotated[Union[tuple(INSTRUMENTS.values())], Field(discriminator="kind")]  # noqa: UP007
    TrancheFile = create_model("TrancheFile", __base__=Strict, __doc__=Tranche.__doc__, **asked(Tranche))
    PrepaymentFile = create_model("PrepaymentFile", __base__=Strict, __doc__=Prepayment.__doc__, **asked(Prepayment))
    ReserveFile = create_model("ReserveFile", __base__=Strict, __doc__=Reserve.__doc__,
                               funding=(list[Flow], []), **asked(Reserve))


class ContractBase(Strict):
    """A customer contract: who owes, its tranches of capacity and what was prepaid."""

    id: Slug
    name: Text
    obligor: Text
    kind: Literal["take_or_pay"]
    tranches: Annotated[list[TrancheFile], Field(min_length=1)]
    prepayments: list[PrepaymentFile] = []


if TYPE_CHECKING:
    ContractFile = Any
else:
    ContractFile = create_model("ContractFile", __base__=ContractBase, __doc__=ContractBase.__doc__, **asked(Contract))


class BoxFile(Strict):
    """A borrower with an account and a waterfall of its own."""

    id: Slug
    name: Text
    ring_fenced: bool
    reserve: ReserveFile | None = None
    sweep: Number | None = None
    payout: Number


class Allocation(Strict):
    """Which debt rests on which contract. `debt_share` adds to 1 with an explicit `none`; `cash_share` to 1 at most."""

    basis: Literal["disclosed", "bounded", "assumed"]
    source: Text
    grade: Grade
    debt_share: dict[Slug, dict[Slug, Plain]]
    cash_share: dict[Slug, dict[Slug, Plain]]


class Scenario(Strict):
    """Named overrides of single inputs, with the reason and the source of their size."""

    title: Text
    reason: Text
    source: Text
    grade: Grade
    overrides: dict[str, Plain]


class Headline(Strict):
    """The claim and the figures that are quoted with it."""

    claim: Text
    debt: Number
    revenue: Number
    contracted: Number
    market_value: Number


class Reported(Strict):
    """Disclosed totals that the model must tie to."""

    principal: Number | None = None
    unamortised_cost: Number | None = None
    maturities: dict[int, Number] = {}
    thereafter: Number | None = None
    rpo: Number | None = None
    rpo_windows: list[Flow] = []
    deferred_revenue: Number | None = None
    cash_to_come: Number | None = None


class Fact(Strict):
    """Something the first page or the company section quotes but nothing computes from."""

    label: Text
    number: Number


class CaseFile(Strict):
    """case.yaml"""

    case: Slug
    title: Text
    as_of: date
    pro_forma_date: date | None = None
    months: Annotated[int, Field(ge=1, le=240)] | None = None
    currency: Literal["USD"] = "USD"
    headline: Headline
    reported: Reported = Reported()
    assumptions: list[Text] = []


class ContractsFile(Strict):
    """contracts.yaml"""

    contracts: Annotated[list[ContractFile], Field(min_length=1)]


class DebtFile(Strict):
    """debt.yaml"""

    boxes: list[BoxFile]
    instruments: Annotated[list[InstrumentFile], Field(min_length=1)]
    allocation: Allocation


class Liquidity(Strict):
    """The parent's cash and what its own plan brings in and pays out; boxes and debt come from the model."""

    opening_cash: Number
    receipts: list[Flow] = []
    payments: list[Flow] = []


class Earnings(Strict):
    """A year's earnings per share before conversion: what the if-converted method starts from."""

    income: Number
    shares: Number
    average_price: Number
    tax_rate: Number | None = None


class CompanyFile(Strict):
    """company.yaml"""

    facts: list[Fact] = []
    earnings: Earnings | None = None
    liquidity: Liquidity | None = None


class ScenariosFile(Strict):
    """scenarios.yaml; `moderate` names the set that T4 runs."""

    moderate: list[Slug] = []
    scenarios: dict[Slug, Scenario] = {}


@dataclass(frozen=True)
class Case:
    """A case folder that was read and found good."""

    folder: Path
    general: CaseFile
    contracts: ContractsFile
    debt: DebtFile
    company: CompanyFile
    scenarios: ScenariosFile
    curves: Mapping[str, Curve]
    input_hash: str
    warnings: tuple[Finding, ...] = ()
