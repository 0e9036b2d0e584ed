"""Medians of interleaved repetitions, and what one line of the table holds.

Each pair is taken in turn, A B A B ..., and the median of the ratios is what counts: absolute figures move between machines
and from minute to minute, ratios less so. Processor time is read where one thread works, so that other programs on the
machine count less; wall time where threads are compared.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
CASE = ROOT / "inputs" / "coreweave-ipo"
Work = Callable[[], Any]
Clock = Callable[[], float]
Found = dict[str, dict[str, Any]]
_COMPILED = tempfile.TemporaryDirectory(prefix="bench-")  # goes when this process ends


def seconds(work: Work, clock: Clock = time.thread_time) -> float:
    """What one call takes."""
    start = clock()
    work()
    return clock() - start


def pairs(work: Work, baseline: Work, rounds: int, clock: Clock = time.thread_time) -> list[tuple[float, float]]:
    """Both in turn, after one round that does not count."""
    work(), baseline()
    return [(seconds(work, clock), seconds(baseline, clock)) for _ in range(rounds)]


def at_most(taken: list[tuple[float, float]], target: float | None, unit: str = "s", each: float = 1.0) -> dict[str, Any]:
    """A time against another: the ratio is how many times the other's it is."""
    return {"value": statistics.median(a for a, _ in taken) * each, "unit": unit,
            "baseline": statistics.median(b for _, b in taken) * each,
            "ratio": statistics.median(a / b for a, b in taken), "target": target}


def at_least(taken: list[tuple[float, float]], target: float | None, unit: str = "s", each: float = 1.0) -> dict[str, Any]:
    """A time against another: the ratio is how many times quicker it is."""
    return at_most(taken, target, unit, each) | {"ratio": statistics.median(b / a for a, b in taken)}


def rates(runs: float, theirs: float, target: float | None) -> dict[str, Any]:
    """Runs a second against another program's."""
    return {"value": runs, "unit": "runs/s", "baseline": theirs, "ratio": runs / theirs, "target": target}


def a_second(work: Work, runs: int, rounds: int = 5) -> float:
    """Runs a second of one call that makes so many, by the median call."""
    work()
    return runs / statistics.median(seconds(work) for _ in range(rounds))


def program(*words: str) -> Callable[[], float]:
    """A whole process of this Python: its processor seconds.

    Compiled modules are kept, as for a user who starts it a second time.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    kept["PYTHONPYCACHEPREFIX"] = _COMPILED.name

    def work() -> float:
        with subprocess.Popen([sys.executable, *words], cwd=ROOT, env=kept, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as child:
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise RuntimeError(f"{' '.join(words)} ended with {child.returncode}")
        return used.ru_utime + used.ru_stime
    return work


def programs(one: tuple[str, ...], baseline: tuple[str, ...], rounds: int) -> list[tuple[float, float]]:
    """Two processes in turn, in processor seconds."""
    first, second = program(*one), program(*baseline)
    first(), second()
    return [(first(), second()) for _ in range(rounds)]


LAUNCHER = """
import resource, subprocess, sys
subprocess.run([sys.executable, *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def memory(*words: str) -> float:
    """The highest memory of a whole process of this Python in MB.

    A small one starts it: Linux counts what the process that starts another held then as memory of the other.
    """
    told = subprocess.run([sys.executable, "-c", LAUNCHER, *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return int(told.stdout) / (2**20 if sys.platform == "darwin" else 2**10)
