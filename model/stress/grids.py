"""Two-way grids: grade and lowest CLCR of each pair over two drivers, from where they stand to twice the severe size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.stress.drivers import Driver, drivers_of
from model.stress.judge import Case, Judged
from model.verdict import number

if TYPE_CHECKING:
    from model.cases import Run

Json = Any
GRIDS = (("price", "delay"), ("cost", "rate"))
STEPS = 8  # from the scenario as it stands, so nine values a side
SIDE = STEPS + 1
TO_SEVERE = 4  # steps to the severe size


class Grids:
    """The columns to be judged, and what comes of them: `grade[i][j]` and `min_clcr[i][j]` at value i of the first driver
    and j of the second."""

    def __init__(self, run: Run) -> None:
        self.pairs = run.deal.pairs
        self.drivers = {driver.name: driver for driver in drivers_of(run.deal)}
        self.axes = {name: levels(self.drivers[name], run) for names in GRIDS for name in names}
        self.cases: list[Case] = [{self.drivers[one].key: a, self.drivers[two].key: b}
                                  for one, two in GRIDS for a in self.axes[one] for b in self.axes[two]]

    def told(self, judged: Judged, first: int) -> list[Json]:
        """One grid a pair of drivers; their columns begin at `first`."""
        return [{"first": axis(self.drivers[one], self.axes[one]), "second": axis(self.drivers[two], self.axes[two]),
                 "pairs": [self.pair(judged, key, first + n * SIDE * SIDE) for key in self.pairs]}
                for n, (one, two) in enumerate(GRIDS)]

    def pair(self, judged: Judged, key: str, first: int) -> Json:
        """The two squares of a pair."""
        code, clcr = self.pairs[key].row("code"), self.pairs[key].row("min_clcr")
        columns = [range(first + i * SIDE, first + (i + 1) * SIDE) for i in range(SIDE)]
        return {"pair": key, "grade": [[judged.grade(key, code, n) for n in row] for row in columns],
                "min_clcr": [[number(judged(clcr, n)) for n in row] for row in columns]}


def levels(driver: Driver, run: Run) -> list[float]:
    """Nine values from where the driver stands, in quarters of its severe size; none beyond its range."""
    now = float(run.read(run.deal.book.overridable(driver.key)))
    step = driver.severe / TO_SEVERE
    return [round(max(driver.low, min(driver.high, now + driver.worse * step * n)), 9) for n in range(SIDE)]


def axis(driver: Driver, values: list[float]) -> Json:
    """A driver with its values."""
    return {"driver": driver.name, "title": driver.title, "key": driver.key, "unit": driver.unit, "values": values}
