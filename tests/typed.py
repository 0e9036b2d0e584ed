"""How a user's program calls the package: checked by mypy as a stranger's, in `make lint` and against the installed wheel."""

from __future__ import annotations

import sys
from pathlib import Path

import model


def lowest_cover(case: str, book: Path) -> float | None:
    """The promises of the package, each with the type that it says."""
    deal = model.load(case)
    run = model.run(deal, scenario="base")
    written: Path = model.write_workbook(run, book)
    months: int = len(run.frame("Atlas agreement").index)
    simulation = model.simulate(deal, paths=64, seed=1)
    chance: object = simulation.record["case"]
    columns: list[str] = [str(name) for name in simulation.frame().columns]
    print(model.__version__, written, months, chance, columns)
    return min((one["min_dscr"] for one in run.verdicts if one["min_dscr"] is not None), default=None)


if __name__ == "__main__":
    print(lowest_cover(sys.argv[1], Path(sys.argv[2])))
