"""The tornado of each pair: every driver alone, at its moderate and its severe size, and what that does to the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.stress.drivers import Driver, drivers_of
from model.stress.judge import Case, Judged
from model.verdict import number

if TYPE_CHECKING:
    from model.cases import Run
    from model.coverage import Pair

Json = Any
SIZES = ("moderate", "severe")
SWING = ("min_clcr", "min_dscr", "support_needed")


class Tornado:
    """The columns to be judged, and what comes of them; `swing` is the severe size less the scenario as it stands."""

    def __init__(self, run: Run) -> None:
        self.pairs, self.drivers = run.deal.pairs, drivers_of(run.deal)
        now = {driver.key: float(run.read(run.deal.book.overridable(driver.key))) for driver in self.drivers}
        self.cases: list[Case] = [{driver.key: moved(driver, now[driver.key], size)}
                                  for driver in self.drivers for size in SIZES]

    def told(self, judged: Judged, first: int) -> list[Json]:
        """By pair: the drivers, the one that takes most of the lowest CLCR first; their columns begin at `first`."""
        return [{"pair": key, "base": figures(judged, pair, 0), "drivers": bars(judged, pair, self.drivers, first)}
                for key, pair in self.pairs.items() if judged(pair.row("testable"), 0)]


def moved(driver: Driver, now: float, size: str) -> float:
    """The driver at a size, from where it stands, inside its range."""
    away = driver.deviation if size == "moderate" else driver.severe
    wanted = now + driver.worse * away
    return round(max(min(wanted, driver.high), driver.low), 12)


def bars(judged: Judged, pair: Pair, drivers: list[Driver], first: int) -> list[Json]:
    """One bar a driver, the longest first; equal ones in the order of the table."""
    base = figures(judged, pair, 0)
    found = []
    for n, driver in enumerate(drivers):
        at = {size: figures(judged, pair, first + len(SIZES) * n + k) for k, size in enumerate(SIZES)}
        found.append({"driver": driver.name, "title": driver.title, "key": driver.key, "unit": driver.unit,
                      "moderate_size": driver.deviation, "severe_size": driver.severe, "source": driver.source, **at,
                      "swing": {name: change(at["severe"][name], base[name]) for name in SWING}})
    return sorted(found, key=length, reverse=True)


def length(bar: Json) -> tuple[float, float, float]:
    """By the lowest CLCR, then what is missing, then the lowest DSCR."""
    clcr, dscr, missing = (abs(bar["swing"][name] or 0.0) for name in SWING)
    return round(clcr, 9), round(missing, 6), round(dscr, 9)


def change(after: float | None, before: float | None) -> float | None:
    """A difference; None where either is not defined."""
    return None if after is None or before is None else after - before


def figures(judged: Judged, pair: Pair, column: int) -> Json:
    """What the bars show, and the grade code (1 to 5 for A, B, C, D, N)."""
    return {"code": round(judged(pair.row("code"), column)), **{name: number(judged(pair.row(name), column)) for name in SWING}}
