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
from model.debt import KINDS
from model.errors import Finding
from model.sheet import Block, given, givens
from model.timeline import DAY_COUNTS, Curve

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


class Flow(Strict):
    """An amount on a date; a draw may bring its own instalments by calendar year."""

    date: date
    amount: Number
    schedule: dict[int, Number] | None = None


class Repayment(Strict):
    """How principal falls due."""

    profile: Literal["level", "annuity", "custom", "sculpted", "bullet"]
    first_instalment: date | None = None
    rate: Number | None = None
    target: Number | None = None
    schedule: dict[int, Number] | None = None
    source: Text
    grade: Grade


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
    curve: Slug | None = None
    repayment: Repayment
    draws: list[Flow] = []
    proceeds: list[Flow] = []
    guarantee: Guarantee | None = None


INSTRUMENTS = {kind: create_model(cls.__name__, __base__=InstrumentBase, __doc__=cls.__doc__,
                                  kind=(Literal[kind], ...),  # type: ignore[arg-type]
                                  **asked(cls)) for kind, cls in KINDS.items()}
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


class CompanyFile(Strict):
    """company.yaml"""

    facts: list[Fact] = []


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
