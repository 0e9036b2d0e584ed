"""Where every row of a book stands in the workbook: sheet by the kind of block, line by line in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from model.box import Account, BoxClaims, SweptInAll
from model.capacity import Capacity
from model.cascade import Distribution, Payout, Step, Sweep, SweepShare
from model.checks import Check, CheckSum
from model.claim import Claim, GradeList
from model.clock import Clock
from model.company import BLOCKS as COMPANY_BLOCKS
from model.concentration import Concentration, Obligor
from model.contracts import Contract, Landlord, Level, Prepayment, RampStep, Site, Tranche
from model.contracts.backstop import RenewedCapacity, VendorShare
from model.contracts.resale import Resale
from model.contractual import Ahead, Contractual, Gone, PledgedFlow, ServiceAhead, Sum, ToDraw
from model.covenants import Covenant
from model.coverage import Cover, Slice
from model.coverage.loss import AllCash, Loss
from model.coverage.relied import SupportedCover
from model.coverage.support import SupportCash, SupportedSlice
from model.cure import CashForCures, Cure
from model.debt import Instrument
from model.debt.accretion import Accretion
from model.debt.clauses.collateral import PledgedCash, PledgedFleet
from model.debt.conversion import Conversion, FundamentalChange, IfConverted, Offering, SettlementAt
from model.drivers import Drivers, Season
from model.errors import BuildError
from model.fleet import Hardware, Lot
from model.reserve import Reserve
from model.sheet import PERIOD, Block, Place, Row
from model.sheet.excel import PERIOD_ROW
from model.stack import Graded, Headline, Stack

SCENARIOS, STRESS, SENSITIVITY, MONTE_CARLO, BOUNDS = "Scenarios", "Stress", "Sensitivity", "MonteCarlo", "Bounds"
CASE_FILES, CHARTS, CALLED, INDEX, FORMULAS, MAP = "Case files", "Charts", "Called up", "Index", "Formulas", "Map"
STACK, CUSTOMERS, BOXES, COMPANY, EVIDENCE, ACTIONS, INPUTS, OVER_TIME, TIME, CHECKS = (
    "Capital stack", "Customers", "Boxes", "Company", "Evidence", "Waterfall log", "Inputs", "Inputs over time", "Time", "Checks")
WORKINGS: dict[str, tuple[type[Block], ...]] = {
    "Contracts": (Hardware, Landlord, Site, Tranche, Level, RampStep, Lot, Prepayment, Contract,
                  VendorShare, RenewedCapacity, Resale),
    "Debt": (PledgedCash, PledgedFleet, Instrument, Accretion, Stack, Graded, Headline),
    "Customers workings": (Obligor, Concentration, Capacity),
    "Conversion": (Offering, Conversion, FundamentalChange, SettlementAt, IfConverted),
    "Covenants": (Contractual, ServiceAhead, Ahead, Gone, Sum, PledgedFlow, ToDraw, Covenant),
    "Waterfall": (Account, Step, Reserve, Sweep, SweepShare, SweptInAll, Distribution, CashForCures, Cure, Payout, BoxClaims),
    "Company workings": COMPANY_BLOCKS,
    "Coverage": (Slice, SupportedSlice, SupportCash, Cover, SupportedCover, AllCash, Loss, GradeList, Claim),
    "Check workings": (Check, CheckSum),
}
FIRST_LINE = PERIOD_ROW + 2
CLOCK_LINES = {"ends": 4, "year": 5, "number": PERIOD_ROW, "starts": 8, "days": 9, "before": 10}


@dataclass(frozen=True)
class Section:
    """A block on a sheet: its heading, and the lines of those of its rows that stand there."""

    block: Block
    sheet: str
    heading: int
    rows: tuple[tuple[int, Row], ...]


@dataclass(frozen=True)
class Layout:
    """All sections, and the place of every row."""

    sections: tuple[Section, ...]
    places: dict[Row, Place]

    def on(self, sheet: str) -> Iterator[Section]:
        """The sections of one sheet, top to bottom."""
        return (section for section in self.sections if section.sheet == sheet)


def sheet_of(block: Block) -> str:
    """The working sheet of a block."""
    for sheet, kinds in (*WORKINGS.items(), (TIME, (Clock, Drivers, Season))):
        if isinstance(block, kinds):
            return sheet
    raise BuildError(f"{type(block).__name__} {block.title!r} has no sheet")


def lay_out(blocks: Iterable[Block]) -> Layout:
    """Give every row a place: inputs on the input sheets, everything else on the sheet of its block."""
    next_line: dict[str, int] = {}
    sections: list[Section] = []
    places: dict[Row, Place] = {}
    for block in blocks:
        if isinstance(block, Clock):
            places |= {row: Place(TIME, CLOCK_LINES[row.declared.name]) for row in block.rows()}
            continue
        by_sheet: dict[str, list[Row]] = {}
        for row in block.rows():
            by_sheet.setdefault(_sheet_of_row(row, block), []).append(row)
        for sheet, rows in by_sheet.items():
            heading = next_line.get(sheet, first_line(sheet))
            lines = tuple(enumerate(rows, start=heading + 1))
            sections.append(Section(block, sheet, heading, lines))
            places |= {row: Place(sheet, line) for line, row in lines}
            next_line[sheet] = heading + len(rows) + 2
    return Layout(tuple(sections), places)


def first_line(sheet: str) -> int:
    """Where the first block of a sheet begins; the input sheet has the scenario selector above, Time its calendar."""
    return {INPUTS: FIRST_LINE + 5, TIME: FIRST_LINE + 4}.get(sheet, FIRST_LINE)


def _sheet_of_row(row: Row, block: Block) -> str:
    if row.input is None:
        return sheet_of(block)
    return OVER_TIME if row.per == PERIOD else INPUTS
