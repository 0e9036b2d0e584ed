"""What a case folder may say. The numbers a block asks for come from its `given` declarations: no second list.

pydantic checks types, units and ranges and gives a JSON Schema; `read.py` adds file and line to what it finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from model.covenants import KINDS as COVENANTS
from model.cure import Cure
from model.errors import Finding
from model.inputs.bounds import BoundsFile
from model.inputs.company import Corporate
from model.inputs.contracts import ContractFile, HardwareFile, LandlordFile, SiteFile
from model.inputs.edits import EditsFile
from model.inputs.instruments import InstrumentFile
from model.inputs.parts import Kinds, fields_of
from model.inputs.risk import RiskFile
from model.inputs.values import Day, Flow, Grade, Number, Plain, Slug, Strict, Text, Told, asked
from model.reserve import ReserveAccount
from model.timeline import Curve


class StepFile(Told):
    """A step of a waterfall with a source of its own."""

    step: Text


class WaterfallFile(Told):
    """The steps of a box in their order; `model/waterfall.py` reads them."""

    steps: Annotated[list[Text | StepFile], Field(min_length=1)]

    def told(self) -> list[tuple[str, Told]]:
        """Each step with what gives its source."""
        return [(said, self) if isinstance(said, str) else (said.step, said) for said in self.steps]


class AccountBase(Strict):
    """An account of a box: what it may pay where cash is missing, and what funds it from outside."""

    id: Slug
    serves: Annotated[list[Literal["opex", "fees", "interest", "principal"]], Field(min_length=1)] = [
        "opex", "fees", "interest", "principal"]
    funding: list[Flow] = []


class CovenantBase(Strict):
    """A covenant of a box: what is tested, over which months, from when on."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$")]
    test: Any
    look: Literal["back", "forward"] = "back"
    first_test: Day | None = None


if TYPE_CHECKING:  # made from declarations, so that their fields are known at run time only
    AccountFile = Any
    CuresFile = Any
else:
    AccountFile = create_model("AccountFile", __base__=AccountBase, __doc__=ReserveAccount.__doc__,
                               **fields_of(ReserveAccount, {}))
    CuresFile = create_model("CuresFile", __base__=Told, __doc__=Cure.__doc__, on=(Slug, ...), **asked(Cure))


def _covenant(test: str) -> type[BaseModel]:
    return create_model(f"Covenant_{test}", __base__=CovenantBase, __doc__=COVENANTS[test].__doc__,
                        test=(Literal[test], ...),  # type: ignore[arg-type]  # known at run time only
                        **asked(COVENANTS[test], required=False))


COVENANT_FILES = Kinds("test", COVENANTS, _covenant)
CovenantFile = Annotated[Any, COVENANT_FILES]


class BoxFile(Strict):
    """A borrower with an account, covenants and a waterfall of its own."""

    id: Slug
    name: Text
    ring_fenced: bool
    accounts: list[AccountFile] = []
    covenants: list[CovenantFile] = []
    cures: CuresFile | None = None
    waterfall: WaterfallFile


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


class Range(Strict):
    """Something uncertain that moves one or several inputs together: what they are at its two ends; the base lies between."""

    title: Text
    reason: Text
    source: Text
    grade: Grade
    low: dict[str, Plain] = {}
    high: dict[str, Plain] = {}


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

    hardware: list[HardwareFile] = []
    landlords: list[LandlordFile] = []
    sites: list[SiteFile] = []
    contracts: Annotated[list[ContractFile], Field(min_length=1, max_length=1000)]


class DebtFile(Strict):
    """debt.yaml"""

    boxes: Annotated[list[BoxFile], Field(max_length=200)]
    instruments: Annotated[list[InstrumentFile], Field(min_length=1, max_length=200)]
    allocation: Allocation


class Earnings(Strict):
    """A year's earnings per share before conversion: what the if-converted method starts from."""

    income: Number
    shares: Number
    average_price: Number
    tax_rate: Number | None = None


class Reading(Strict):
    """Capacity as it was reported, or is aimed at."""

    date: date
    active_mw: Number
    contracted_mw: Number | None = None
    gpus: Number | None = None


class CapacityFile(Strict):
    """What was reported of capacity, and the targets for it."""

    readings: list[Reading] = []
    targets: list[Reading] = []


class ShareRead(Strict):
    """The largest customer's share as it was reported."""

    date: date
    share: Number
    of: Text


class ConcentrationFile(Strict):
    """What was reported of the largest customer, and the limit it is held to."""

    limit: Number | None = None
    readings: list[ShareRead] = []


class CompanyFile(Corporate):
    """company.yaml"""

    facts: list[Fact] = []
    capacity: CapacityFile | None = None
    concentration: ConcentrationFile | None = None
    earnings: Earnings | None = None


class ScenariosFile(Strict):
    """scenarios.yaml; `moderate` names the set that T4 runs, `ranges` what is uncertain."""

    moderate: list[Slug] = []
    scenarios: Annotated[dict[Slug, Scenario], Field(max_length=200)] = {}
    ranges: Annotated[dict[Slug, Range], Field(max_length=200)] = {}


class MoreScenarios(Strict):
    """A file of scenarios beside the case, as `debtcover falsify` writes it."""

    scenarios: Annotated[dict[Slug, Scenario], Field(max_length=200)] = {}


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
    more: Mapping[str, str] = field(default_factory=dict)
    """By name: the file of a scenario that is not one of scenarios.yaml."""
    risk: RiskFile = field(default_factory=RiskFile)
    edits: EditsFile = field(default_factory=EditsFile)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The files as they were read, by the names that the hash knows them by."""
    scenario: str = "base"
    """The scenario to read where none is asked for."""
    bounds: BoundsFile = field(default_factory=BoundsFile)
