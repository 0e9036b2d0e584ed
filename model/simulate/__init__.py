"""Correlated Monte Carlo: obligors that fail together, delay, power, rates and prices, through the rows of the book.

    simulation = model.simulate(deal, paths=10_000, seed=1)
    simulation.record                     # what simulation.json holds
    simulation.frame()                    # pandas, one line a path

Read `streams.py` (random numbers by block), `failure.py` and `sources.py` (what is drawn), `plan.py` (one block), then
`workers.py`, `store.py`, `summary.py` and `record.py`. The module may be called: it is the function of the same name.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from model.cases import Run, run
from model.deal import Deal
from model.errors import RequestError
from model.simulate.plan import Plan, Settings
from model.simulate.record import record
from model.simulate.store import Store
from model.simulate.streams import BLOCK, check_method
from model.simulate.workers import run_all

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BLOCK", "Settings", "Simulation", "blocks_folder", "remove_blocks", "simulate", "simulate_run", "whole_blocks"]

BLOCKS = ".blocks-"
Progress = Callable[[int, int], object]
"""Told the blocks that are done and those there are."""


@dataclass
class Simulation:
    """What a simulation has found; its blocks stay on disk as long as it is kept."""

    plan: Plan
    store: Store
    workers: int = 1
    _record: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def record(self) -> dict[str, Any]:
        """Everything it has to say, as plain data."""
        if self._record is None:
            self._record = record(self.plan, self.store, self.workers)
        return self._record

    def frame(self) -> pd.DataFrame:
        """The figures of every path."""
        import pandas as pd

        paths = self.plan.settings.paths
        found = self.store.figures(0, self.plan.settings.blocks)[:, :paths]
        names = [column.name for column in self.plan.columns]
        return pd.DataFrame(found.T, columns=names, index=pd.RangeIndex(paths, name="path"))


def simulate(deal: Deal, paths: int = 10_000, seed: int = 1, *, workers: int = 1, cluster: str | None = None,
             **settings: Any) -> Simulation:
    """Simulate a deal. Path i depends on the case, the seed and the `settings` only: see `Settings`."""
    folder = Path(tempfile.mkdtemp(prefix="debtcover-"))
    try:
        asked = Settings(paths, seed, **settings)
        found = simulate_run(run(deal, asked.scenario), asked, folder, workers=workers, cluster=cluster)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
    return found


def simulate_run(done: Run, settings: Settings, out: Path, *, workers: int = 1, cluster: str | None = None, resume: bool = False,
                 progress: Progress = lambda done, of: None) -> Simulation:
    """The same for a run, with blocks kept under `out`: a run that was interrupted goes on from them with `resume`."""
    settings = whole_blocks(settings)
    plan = Plan(done, settings)
    store = Store(blocks_folder(out, plan), len(plan.columns), plan.fan_shape)
    store.open(resume)
    blocks = range(settings.blocks)
    todo = [block for block in blocks if not (resume and store.whole(block))]
    progress(len(blocks) - len(todo), len(blocks))
    for n, _ in enumerate(run_all(plan, store, todo, workers, cluster), start=1):
        progress(len(blocks) - len(todo) + n, len(blocks))
    return Simulation(plan, store, workers)


def whole_blocks(settings: Settings) -> Settings:
    """Antithetic and quasi-random paths come in whole blocks only. RequestError for what cannot be run."""
    check_method(settings.method)
    if settings.paths < 1:
        raise RequestError(f"{settings.paths} paths: at least 1")
    return settings if settings.method == "plain" else replace(settings, paths=settings.blocks * BLOCK)


def blocks_folder(out: Path, plan: Plan) -> Path:
    """Where the finished blocks of a simulation stand."""
    return out / f"{BLOCKS}{plan.fingerprint}"


def remove_blocks(out: Path) -> None:
    """Throw away the blocks of every simulation under `out`: of one that has ended well, and of older settings."""
    for folder in out.glob(f"{BLOCKS}*"):
        shutil.rmtree(folder, ignore_errors=True)


class _Callable(ModuleType):
    """`model.simulate` names this package and the function that users call; it is both."""

    def __call__(self, deal: Deal, *args: Any, **kwargs: Any) -> Simulation:
        """As `simulate`."""
        return simulate(deal, *args, **kwargs)

    def __dir__(self) -> Iterable[str]:
        return __all__


sys.modules[__name__].__class__ = _Callable
