"""What a stress may move: real inputs of the model, each with its range, its grid and the words for it.

Nothing here is a multiplier on an answer: a driver is an input of the book, moved from where the case has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from model.contracts import CONTRACTED, KINDS
from model.deal import Deal
from model.sheet import Row, ancestors


@dataclass(frozen=True)
class Driver:
    """One input that a stress moves: `worse` is the way that harms (1 up, -1 down), `calm` where it does nothing.

    `step` is the grid of a search, in the unit of the input; `deviation` is one standard unit of distance, the moderate size
    of the catalogue, `severe` the severe one; `source` names the rows.
    """

    name: str
    title: str
    key: str
    unit: str
    worse: int
    calm: float
    low: float
    high: float
    step: float
    deviation: float
    source: str
    severe: float = 0.0

    @property
    def end(self) -> float:
        """The worst value that is looked at."""
        return self.high if self.worse > 0 else self.low

    @property
    def steps(self) -> int:
        """Grid steps from calm to the worst value."""
        return floor(abs(self.end - self.calm) / self.step + 1e-9)

    def level(self, steps: int) -> float:
        """The value so many grid steps from calm, without the noise of adding them."""
        return round(self.calm + self.worse * steps * self.step, 9)


WHOLE = (
    Driver("price", "price cut", "drivers.price_change", "share", -1, 0, -0.6, 1, 0.01, 0.10,
           "moderate: the least of RULES 6, T4; severe: S22, -20 %", 0.20),
    Driver("cost", "higher cash cost", "drivers.cost_change", "share", 1, 0, -0.5, 2, 0.01, 0.20,
           "S12, +20 %; severe: CREDIT 5, opex +40 %", 0.40),
    Driver("delay", "delay", "drivers.delay_days", "days", 1, 0, 0, 720, 1, 90, "S02, 3 months; severe: S03, 6 months", 180),
    Driver("delivered", "capacity not delivered", "drivers.delivered", "share", -1, 1, 0, 1, 0.01, 0.10,
           "S05, 90 %; severe: 75 %", 0.25),
    Driver("sla", "service credits", "drivers.sla_credits", "share", 1, 0, 0, 0.5, 0.01, 0.05, "S07, 5 %; severe: 8 %", 0.08),
    Driver("uncollected", "invoices never paid", "drivers.uncollected", "share", 1, 0, 0, 0.6, 0.01, 0.15,
           "S06, 0.85; severe: 0.75", 0.25),
    Driver("power", "higher power price", "drivers.power_change", "share", 1, 0, -0.5, 4, 0.05, 0.50,
           "S08, +50 %; severe: S09, +100 %", 1.0),
    Driver("running", "higher staff and maintenance cost", "drivers.running_change", "share", 1, 0, -0.5, 2, 0.05, 0.20,
           "S12, +20 %; severe: CREDIT 5, +40 %", 0.40),
    Driver("rent", "faster rise of rent", "drivers.rent_escalation", "rate", 1, 0, -0.02, 0.2, 0.0025, 0.02,
           "S13, 3 % to 5 %; severe: twice that, assumed", 0.04),
    Driver("rate", "higher base rate", "drivers.rate_shift", "rate", 1, 0, -0.04, 0.15, 0.0025, 0.01,
           "S14, +100 bp; severe: S15, +200 bp", 0.02),
    Driver("summer", "power short in summer", "drivers.summer_power", "share", -1, 1, 0, 1, 0.01, 0.05,
           "S10, 95 % of hours; severe: 85 %", 0.15),
)
SHARE = Driver("share", "fall of the share price", "drivers.share_change", "share", -1, 0, -0.95, 1, 0.01, 0.25,
               "sizes assumed; no row of the catalogue", 0.50)
CROSS_DEFAULT = Driver("cross-default", "cross-default of the company", "drivers.cross_default", "no.", 1, 0, 0, 1, 1, 1,
                       "in the first month; no row of the catalogue", 1)
OF_COMPANY = (SHARE, CROSS_DEFAULT)


def drivers_of(deal: Deal) -> list[Driver]:
    """The drivers that a deal has: those of the whole deal, the loss of each contract, and of the company those that any
    pair's cover rests on."""
    covered = ancestors(deal.book.needs, [pair.row("covered") for pair in deal.pairs.values()])
    return [*WHOLE, *losses(deal), *(driver for driver in OF_COMPANY if rests_on(deal, covered, driver))]


def losses(deal: Deal) -> list[Driver]:
    """The loss of each contract that is contracted cash, on the first day; S24 to S26 lose it after one or two years."""
    return [Driver(f"lost-{key}", f"loss of {deal.contracts[key].title}", f"{key}.lost_after", "days", 1, 0, 0, 1, 1, 1,
                   "S23 to S26, on the first day", 1)
            for key, file in deal.selling.files.items() if KINDS[file.kind].counts_as == CONTRACTED]


def rests_on(deal: Deal, rows: set[Row], driver: Driver) -> bool:
    """Whether any of these rows rests on a driver."""
    return deal.book.overridable(driver.key) in rows
