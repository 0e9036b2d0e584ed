"""Two-way grids: grade and lowest CLCR of each pair over two drivers, from where they stand to twice the severe size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.stress.drivers import Driver, drivers_of
from model.stress.judge import Judge
from model.verdict import number

if TYPE_CHECKING:
    from model.cases import Run

Json = Any
GRIDS = (("price", "delay"), ("cost", "rate"))
STEPS = 8  # from the scenario as it stands, so nine values a side
TO_SEVERE = 4  # steps to the severe size


def grids(run: Run) -> list[Json]:
    """One grid a pair of drivers; `grade[i][j]` and `min_clcr[i][j]` at value i of the first and j of the second."""
    by_name = {driver.name: driver for driver in drivers_of(run.deal)}
    axes = {name: levels(by_name[name], run) for names in GRIDS for name in names}
    cells = [{by_name[one].key: a, by_name[two].key: b} for one, two in GRIDS for a in axes[one] for b in axes[two]]
    judged, side = Judge(run, cells, brief=True)(), STEPS + 1

    def square(pick: Any, grid: int) -> list[list[Any]]:
        return [[pick((grid * side + i) * side + j) for j in range(side)] for i in range(side)]

    return [{"first": axis(by_name[one], axes[one]), "second": axis(by_name[two], axes[two]),
             "pairs": [{"pair": key, "grade": square(lambda n, k=key, p=pair: judged.grade(k, p.row("code"), n), grid),
                        "min_clcr": square(lambda n, p=pair: number(judged(p.row("min_clcr"), n)), grid)}
                       for key, pair in run.deal.pairs.items()]}
            for grid, (one, two) in enumerate(GRIDS)]


def levels(driver: Driver, run: Run) -> list[float]:
    """Nine values from where the driver stands, in quarters of its severe size; none beyond its range."""
    now = float(run.read(run.deal.book.overridable(driver.key)))
    step = driver.severe / TO_SEVERE
    return [round(max(driver.low, min(driver.high, now + driver.worse * step * n)), 9) for n in range(STEPS + 1)]


def axis(driver: Driver, values: list[float]) -> Json:
    """A driver with its values."""
    return {"driver": driver.name, "title": driver.title, "key": driver.key, "unit": driver.unit, "values": values}
