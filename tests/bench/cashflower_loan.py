"""Run in a process of its own: the loan of 18 lines in cashflower, for as many model points as are asked for.

Its modules must be called `model` and `input`, so they are written into a folder of their own; prints seconds and sums.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from pathlib import Path

MODEL = '''
from cashflower import variable
from input import point


@variable()
def index(t):
    return 1.0 if t == 0 else index(t - 1) * 1.002


@variable()
def billed(t):
    return 20.0 * (1 + point.get("price_change")) * index(t) if t > 0 else 0.0


@variable()
def credits(t):
    return billed(t) * 0.02


@variable()
def receipts(t):
    return billed(t) - credits(t)


@variable()
def cost(t):
    return 6.0 * index(t) if t > 0 else 0.0


@variable()
def cfads(t):
    return receipts(t) - cost(t)


@variable()
def opening(t):
    return closing(t - 1) if t > 0 else 0.0


@variable()
def interest(t):
    return opening(t) * point.get("rate") / 12


@variable()
def due(t):
    return min(opening(t), 1000 / 144)


@variable()
def service(t):
    return interest(t) + due(t)


@variable()
def interest_paid(t):
    return max(0.0, min(cfads(t), interest(t)))


@variable()
def after_interest(t):
    return cfads(t) - interest_paid(t)


@variable()
def repaid(t):
    return max(0.0, min(after_interest(t), due(t)))


@variable()
def closing(t):
    return 1000.0 if t == 0 else opening(t) - repaid(t)


@variable()
def missed(t):
    return service(t) - interest_paid(t) - repaid(t)


@variable()
def surplus(t):
    return after_interest(t) - repaid(t)


@variable()
def missed_so_far(t):
    return 0.0 if t == 0 else missed_so_far(t - 1) + missed(t)


@variable()
def surplus_so_far(t):
    return 0.0 if t == 0 else surplus_so_far(t - 1) + surplus(t)
'''
INPUT = '''
import json

import pandas as pd
from cashflower import ModelPointSet

point = ModelPointSet(data=pd.DataFrame(json.load(open("points.json"))))
'''


def main() -> None:
    """Written, run, told."""
    sys.path[:] = [path for path in sys.path if path not in ("", str(Path(__file__).parent))]
    sys.path.insert(0, str(Path.cwd()))
    Path("model.py").write_text(MODEL)
    Path("input.py").write_text(INPUT)
    from cashflower import run

    settings = {"SAVE_OUTPUT": False, "T_MAX_CALCULATION": 144, "T_MAX_OUTPUT": 144}
    with contextlib.redirect_stdout(io.StringIO()):
        start = time.process_time()
        output, _, _ = run(settings=settings, path=".")
        taken = time.process_time() - start
    print(json.dumps({"seconds": taken, "sums": {name: list(output[name]) for name in output.columns if name != "t"}}))


if __name__ == "__main__":
    main()
