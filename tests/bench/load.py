"""How cost grows with contracts, months and paths: processor seconds and highest memory, each size in a process of its own.

    python -m tests.bench.load 500 60 180     one size: contracts, facilities, months

The ratio of a line is the growth per doubling of what grows, against the size before it; 2 is linear.
"""

from __future__ import annotations

import gc
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.measure import CASE, ROOT, Found, at_most, pairs

LARGEST = (500, 60, 180)  # contracts, facilities, months
CONTRACTS = [(125, 60, 180), (250, 60, 180), LARGEST]
MONTHS = [(60, 15, 60), (60, 15, 120), (60, 15, 180)]
PATHS = (102_400, 204_800, 409_600)
LINEAR = 2.5  # growth per doubling at most: what is kept of a deal leaves the caches of a processor
SECONDS, MEGABYTES = 180.0, 2000.0  # limits for the largest: everything, workbook included
CHECKED = 1.05  # cost of a run with its checks, times one without any


def load() -> Found:
    """The table."""
    found: Found = {}
    sizes = {size: one_process(size) for size in dict.fromkeys((*CONTRACTS, *MONTHS))}
    for grown, axis in ((CONTRACTS, 0), (MONTHS, 2)):
        found |= dict(_growth([(size[axis], _words(size), sizes[size]) for size in grown]))
    found |= dict(_growth([(paths, f"{paths:,} paths", {"simulated": spent}) for paths, spent in _simulated()]))
    whole = sizes[LARGEST]
    for what, value, unit, limit in (("run and workbook", whole["run"] + whole["workbook"], "s", SECONDS),
                                     ("highest memory", whole["memory"], "MB", MEGABYTES)):
        found[f"load, {_words(LARGEST)}: {what}, share of {limit:,.0f} {unit} (at most)"] = {
            "value": value, "unit": unit, "baseline": limit, "ratio": value / limit, "target": 1.0}
    found["case wired and run, with every check / without any (at most)"] = checked()
    return found


def _words(size: Sequence[int]) -> str:
    return "{} contracts x {} facilities x {} months".format(*size)


def _growth(grown: Sequence[tuple[int, str, Mapping[str, float]]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A line for each size and measure; the first has nothing to be held against."""
    for n, (size, words, spent) in enumerate(grown):
        before, _, less = grown[max(n - 1, 0)]
        for what, value in spent.items():
            factor = (value / less[what]) ** (1 / math.log2(size / before)) if n else 1.0
            yield f"load, {words}: {what}, growth per doubling (at most)", {
                "value": value, "unit": "MB" if what == "memory" else "s", "baseline": less[what], "ratio": factor,
                "target": LINEAR if n else None}


# ---- one size --------------------------------------------------------------------------------------------------------


def one_process(size: Sequence[int]) -> dict[str, float]:
    """What one size takes."""
    command = [sys.executable, "-m", "tests.bench.load", *map(str, size)]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return {name: float(value) for name, value in json.loads(told.stdout).items()}


def spent(contracts: int, facilities: int, months: int) -> dict[str, float]:
    """Processor seconds of wiring and running, and of the workbook; highest memory of the process in MB."""
    from model.cases import run
    from model.deal import Deal
    from model.report.workbook import write_workbook
    from tests.large import large
    from tests.strategies import case_of

    gc.set_threshold(500_000)  # as the commands do
    case = case_of(large(contracts, facilities, months))
    start = time.process_time()
    done = run(Deal(case))
    ran = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        write_workbook(done, Path(folder, "book.xlsx"))
    return {"run": ran - start, "workbook": time.process_time() - ran, "memory": peak()}


def peak() -> float:
    """The highest memory of this process in MB; what the process that started it held then is not in it."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return float(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
    except (OSError, StopIteration):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


# ---- paths, and checks -----------------------------------------------------------------------------------------------


def _simulated() -> Iterator[tuple[int, float]]:
    """Processor seconds of paths, those of the set-up and the first block taken off."""
    from model.cases import load as read
    from model.simulate import simulate

    deal = read(CASE)
    simulate(deal, paths=1024, seed=1)
    least = _seconds(lambda: simulate(deal, paths=1024, seed=1).record)
    for paths in PATHS:
        yield paths, _seconds(lambda paths=paths: simulate(deal, paths=paths, seed=1).record) - least  # type: ignore[misc]


def _seconds(work: Any) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def checked() -> dict[str, Any]:
    """A case wired and run as it is, against one whose deal has no checks and whose run looks at nothing."""
    from unittest import mock

    import model.cases
    import model.deal
    from model.checks import CheckSum

    def bare() -> None:
        nothing = CheckSum("Checks that fail", key="checks", amounts_in=[], broken_in=[], unmet_in=[])
        with mock.patch.object(model.deal, "checked", return_value=([], nothing)), \
                mock.patch.object(model.cases, "stop_at_faults", return_value=None):
            model.cases.run(model.cases.load(CASE))

    gc.set_threshold(500_000)  # as the commands do
    return at_most(pairs(lambda: model.cases.run(model.cases.load(CASE)), bare, 11), CHECKED)


if __name__ == "__main__":
    print(json.dumps(spent(*map(int, sys.argv[1:4]))))
