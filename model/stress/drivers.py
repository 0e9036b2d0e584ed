"""What a stress may move: real inputs of the model, each with its range, its grid and the words for it.

Nothing here is a multiplier on an answer: a driver is an input of the book, moved from where the case has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from model.deal import Deal


@dataclass(frozen=True)
class Driver:
    """One input that a stress moves: `worse` is the way that harms (1 up, -1 down), `calm` where it does nothing.

    `step` is the grid of a search, in the unit of the input; `deviation` one standard unit of distance, with `source`.
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


_SIZE = "size of the severe row of the catalogue; one standard unit is the moderate row"
WHOLE = (
    Driver("price", "price cut", "drivers.price_change", "share", -1, 0, -0.6, 1, 0.01, 0.10, _SIZE),
    Driver("cost", "higher cash cost", "drivers.cost_change", "share", 1, 0, -0.5, 2, 0.01, 0.20, _SIZE),
    Driver("delay", "delay", "drivers.delay_days", "days", 1, 0, 0, 720, 1, 90, _SIZE),
    Driver("delivered", "capacity not delivered", "drivers.delivered", "share", -1, 1, 0, 1, 0.01, 0.10, _SIZE),
    Driver("sla", "service credits", "drivers.sla_credits", "share", 1, 0, 0, 0.5, 0.01, 0.02, _SIZE),
    Driver("uncollected", "invoices never paid", "drivers.uncollected", "share", 1, 0, 0, 0.6, 0.01, 0.15, _SIZE),
    Driver("power", "higher power price", "drivers.power_change", "share", 1, 0, -0.5, 4, 0.05, 0.50, _SIZE),
    Driver("running", "higher staff and maintenance cost", "drivers.running_change", "share", 1, 0, -0.5, 2, 0.05, 0.20, _SIZE),
    Driver("rent", "faster rise of rent", "drivers.rent_escalation", "rate", 1, 0, -0.02, 0.2, 0.0025, 0.02, _SIZE),
    Driver("rate", "higher base rate", "drivers.rate_shift", "rate", 1, 0, -0.04, 0.15, 0.0025, 0.01, _SIZE),
)


def drivers_of(deal: Deal) -> list[Driver]:
    """The drivers that a deal has: those of the whole deal, and the loss of each contract."""
    lost = [Driver(f"lost-{key}", f"loss of {contract.title}", f"{contract.key}.lost_after", "days", 1, 0, 0, 1,
                   1, 1, _SIZE) for key, contract in deal.contracts.items()]
    return [*WHOLE, *lost]
