"""debtcover: do the contracts of a GPU cloud cover the debt that bought its GPUs?

    deal = model.load("inputs/coreweave-ipo")
    run = model.run(deal, scenario="base")
    run.verdicts                          # one record a contract-debt pair
    run.frame("DDTL 2.0")                 # pandas, one row a month
    model.write_workbook(run, "deal.xlsx")
    model.simulate(deal, paths=10_000, seed=1).record

The names are looked up at first use, so that `import model` and `debtcover --help` load nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.cases import run
    from model.report.workbook import write_workbook
    from model.round_trip import load
    from model.simulate import simulate

__version__ = "0.1.0"
__all__ = ["__version__", "load", "run", "simulate", "write_workbook"]

_HOMES = {"load": "model.round_trip", "run": "model.cases", "write_workbook": "model.report.workbook",
          "simulate": "model.simulate"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'model' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
