"""Timings as ratios, measured in one run: `make bench` prints the table. No test asserts them.

Writes `outputs/bench.json`: {name: {"value", "unit", "baseline", "ratio", "target"}}; a name says whether the ratio is to be at
least or at most the target; target is None where none is set. `make bench ONLY=lanes` runs one part: lanes, simulation, peers,
programs, workbook, load.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from model.cases import load, run
from model.deal import Deal
from model.report.workbook import compose, write_workbook
from model.sheet import Figures, Values, evaluate
from tests.bench.measure import CASE, ROOT, Clock, Found, at_least, at_most, memory, pairs, programs, seconds
from tests.bench.plain import plain_values

WIDE = 48 * 192
LARGEST = ROOT / "inputs" / "coreweave-2026-06"
RANGES = {"price_change": (-0.2, 0.2), "cost_change": (-0.2, 0.2), "delay_days": (0, 120), "delivered": (0.8, 1),
          "sla_credits": (0, 0.1), "uncollected": (0, 0.1), "rate_shift": (-0.02, 0.05)}


def drawn(width: int) -> dict[str, Any]:
    """What moves, by column."""
    draws = np.random.default_rng(7)
    return {f"drivers.{name}": draws.uniform(*ends, width) for name, ends in RANGES.items()}


def in_motion(deal: Deal) -> Values:
    """The case with every tranche late and the tests of the loans on, so that dates and balances move too."""
    keys = [key for key in deal.book.by_key if ".tranche-" in key and key.endswith((".pending", ".end_moves", ".rent_moves"))]
    tests = [f"{loan}.{name}" for loan in ("ddtl-1", "ddtl-2") for name in ("contract_test", "cost_test", "value_test")]
    return evaluate(deal.book, dict.fromkeys([*keys, *tests], 1.0))


# ---- lanes ----------------------------------------------------------------------------------------------------------


def lanes() -> Found:
    """The kernel against the numpy fold, the hand-written twins, the floor, and itself on one column."""
    from tests.bench import floor, twin_general, twin_lanes
    from tests.bench.lanes import FIGURES, PAIRS

    deal = load(CASE)
    values, told, few = evaluate(deal.book), drawn(WIDE), drawn(1024)
    rows = [deal.pairs[pair].row(name) for pair, _, _ in PAIRS for name in FIGURES]
    of = {engine: Figures(values, told, rows, engine=engine) for engine in ("numpy", "scalar", "lanes")}
    kernel = partial(of["lanes"], told)
    each, found = 1e6 / WIDE, Found()
    slow = [(seconds(kernel) / WIDE, seconds(partial(of["numpy"], few)) / 1024) for _ in range(6)][1:]
    found["lanes, pairs' figures, times the numpy fold (at least)"] = at_least(slow, 7.0, "us a scenario", 1e6)
    for name, at, twin in (("lanes, share of the rate of the hand-written twin (at least)", values, twin_lanes.Twin),
                           ("the same with dates and tests in motion (at least)", in_motion(deal), twin_general.Twin)):
        rival, figures = twin(at), Figures(at, told, rows, engine="lanes")
        same(figures, rival, rows, told)
        columns = rival.columns(told, WIDE)
        found[name] = at_least(pairs(partial(figures, told), partial(rival.lanes, columns), 15), 0.8, "us a scenario", each)
    counted = floor.operations(of["lanes"])
    rounds = [(seconds(kernel), {kind: floor.rate(kind) for kind in counted}) for _ in range(15)]
    fastest = {kind: max(rates[kind] for _, rates in rounds) for kind in counted}
    # the best round on both sides: what the processor can do when nobody else is there
    least = [(min(taken for taken, _ in rounds), floor.seconds_a_column(counted, fastest) * WIDE)]
    found["lanes, share of the issue floor (at least)"] = at_least(least, 0.55, "us a scenario", each)
    one = drawn(1)
    found["generated plain function, one scenario, times the numpy fold (at least)"] = at_least(
        pairs(partial(of["scalar"], one), partial(of["numpy"], one), 9), 5.0)
    found["lanes, two threads, times one"] = two_threads(of["lanes"], told)
    return found


def same(figures: Figures, twin: Any, rows: Iterable[Any], told: dict[str, Any]) -> None:
    """Rivals give the same figures, or nothing here means anything."""
    ours, theirs = figures(told), twin(told)
    for row, array in zip(rows, theirs.values(), strict=True):
        if not np.allclose(ours[row], array, rtol=1e-9, atol=1e-9, equal_nan=True):
            raise RuntimeError(f"{row.key} differs between the kernel and its twin")


def two_threads(figures: Figures, told: dict[str, Any]) -> dict[str, Any]:
    """The same columns, halved."""
    halves = [{key: array[half::2].copy() for key, array in told.items()} for half in (0, 1)]
    with ThreadPoolExecutor(2) as pool:
        taken = pairs(lambda: list(pool.map(figures, halves * 4)), lambda: list(map(figures, halves * 4)), 11, time.perf_counter)
    return at_least(taken, None)


# ---- the whole simulation -------------------------------------------------------------------------------------------


def simulation(few: int = 20_480, many: int = 409_600) -> Found:
    """Draws, kernel, files and summaries, path after path (the set-up stands apart); what a million paths need of memory."""
    from model.simulate import simulate
    from model.simulate.plan import Plan, Settings

    deal, found = load(CASE), Found()
    of_kernel = kernel_alone(Plan(run(deal), Settings(many)))

    def whole(paths: int, workers: int, clock: Clock) -> float:
        return seconds(lambda: simulate(deal, paths=paths, seed=1, workers=workers).record, clock)

    def each(workers: int, clock: Clock) -> float:
        return (whole(many, workers, clock) - whole(few, workers, clock)) / (many - few)

    whole(1024, 1, time.process_time)
    alone = [(each(1, time.process_time), of_kernel()) for _ in range(5)]
    found["whole simulation, share of its kernel's rate (at least)"] = at_least(alone, 0.5, "us a path", 1e6)
    shared = [(each(2, time.perf_counter), each(1, time.perf_counter)) for _ in range(5)]
    found["whole simulation, two threads, times one (at least)"] = at_least(shared, 1.8, "us a path", 1e6)
    set_up = [(whole(1024, 1, time.process_time), seconds(partial(run, deal), time.process_time)) for _ in range(3)]
    found["set-up of a simulation and one block / a run of the deal"] = at_most(set_up, None)
    with tempfile.TemporaryDirectory() as out:
        highest = memory("-m", "model", "simulate", str(CASE), "--paths", "1000000", "--seed", "1", "--out", out)
    found["1,000,000 paths, highest memory, share of 600 MB (at most)"] = {
        "value": highest, "unit": "MB", "baseline": 600.0, "ratio": highest / 600, "target": 1.0}
    return found


class Heard:
    """Figures that remember what they were told last."""

    def __init__(self, kernel: Figures) -> None:
        self.kernel = kernel

    def __call__(self, told: Any) -> Any:
        self.told = told
        return self.kernel(told)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.kernel, name)


def kernel_alone(plan: Any) -> Callable[[], float]:
    """Seconds a path in the kernel alone, on what a block of the simulation tells it."""
    kernel = plan.figures
    plan.figures = heard = Heard(kernel)
    plan.run_block(100)
    width = max(np.shape(array)[-1] for array in heard.told.values())
    return lambda: float(np.median([seconds(partial(kernel, heard.told)) for _ in range(9)])) / width


# ---- other programs, and this one as a whole ------------------------------------------------------------------------


def peers() -> Found:
    """See `peers.py`."""
    from tests.bench import peers

    return peers.table()


def whole_programs() -> Found:
    """Start-up, the main job, scenarios in a batch."""
    deal = load(CASE)
    wide = {"drivers.rate_shift": [n * 1e-5 for n in range(1000)]}
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder, "out"))
        return {
            "debtcover --help / import pandas (at most)": at_most(
                programs(("-m", "model", "--help"), ("-c", "import pandas"), 9), 0.25),
            "debtcover run, workbook included / import pandas, openpyxl (at most)": at_most(
                programs(("-m", "model", "run", str(CASE), "--out", out), ("-c", "import pandas, openpyxl"), 5), 4.0),
            "1,000 scenarios / 1 scenario, numpy fold": at_most(
                pairs(lambda: evaluate(deal.book, wide), lambda: evaluate(deal.book), 3), None),
        }


def workbook() -> Found:
    """The workbook of the largest case: time against as many plain values in this process, memory in processes of their own."""
    done = run(load(LARGEST))
    cells = sum(map(len, compose(done).memory.formulas.values()))
    with tempfile.TemporaryDirectory() as folder:
        book, plain = Path(folder, "book.xlsx"), Path(folder, "plain.xlsx")
        ours = memory("-c", f"import model; model.write_workbook(model.run(model.load({str(LARGEST)!r})), {str(book)!r})")
        theirs = memory("-m", "tests.bench.plain", str(cells), str(plain))
        return {
            f"workbook of {LARGEST.name}, {cells:,} formulas / as many plain values": at_most(
                pairs(lambda: write_workbook(done, book), lambda: plain_values(cells, plain), 3), None),
            "the same, highest memory of a process, case read and run too": at_most([(ours, theirs)], None, "MB"),
            "the same, size of the file": at_most([(book.stat().st_size / 1e6, plain.stat().st_size / 1e6)], None, "MB"),
        }


def load_table() -> Found:
    """See `load.py`."""
    from tests.bench.load import load as table

    return table()


PARTS: dict[str, Callable[[], Found]] = {"lanes": lanes, "simulation": simulation, "peers": peers, "programs": whole_programs,
                                      "workbook": workbook, "load": load_table}


def main(asked: list[str]) -> int:
    """The parts asked for, or all: the file holds what this run measured, nothing of earlier ones. 1 where a target is missed."""
    found: Found = {}
    for name in asked or PARTS:
        try:
            found |= PARTS[name]()
        except ImportError as error:
            print(f"left out: {name} ({error})", file=sys.stderr)
    (ROOT / "outputs" / "bench.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    table = Table("what", "value", "unit", "baseline", "ratio", "target", "")
    for name, told in found.items():
        table.add_row(name, f"{told['value']:,.4g}", told["unit"], f"{told['baseline']:,.4g}", f"{told['ratio']:,.3g}",
                      f"{told['target']:,g}" if told["target"] else "-", met(name, told))
    Console(width=max(150, Console().width)).print(table)
    return int("MISSED" in (met(name, told) for name, told in found.items()))


def met(name: str, told: dict[str, Any]) -> str:
    """Whether a target is met."""
    if told["target"] is None:
        return ""
    return "met" if (told["ratio"] <= told["target"]) == name.endswith("(at most)") else "MISSED"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
