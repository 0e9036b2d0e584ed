"""Timings as ratios, measured in one run: absolute figures move between machines, ratios less so.

Each pair of figures is taken in turn, A B A B ..., and the median of the ratios is what counts. No test asserts them.
Writes `outputs/bench.json`: {name: {"value", "unit", "baseline", "ratio", "target"}}; target is None where none is set.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from rich.console import Console
from rich.table import Table

from model.cases import load, run
from model.report.workbook import compose, write_workbook
from model.sheet import evaluate

ROOT = Path(__file__).parent.parent.parent
CASE = ROOT / "inputs" / "coreweave-ipo"
Work = Callable[[], Any]


def seconds(work: Work) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(work: Work, baseline: Work, rounds: int = 5) -> dict[str, Any]:
    """Medians of both and of their ratio, after one round that does not count."""
    work(), baseline()
    pairs = [(seconds(work), seconds(baseline)) for _ in range(rounds)]
    return {"value": statistics.median(a for a, _ in pairs), "unit": "s", "baseline": statistics.median(b for _, b in pairs),
            "ratio": statistics.median(a / b for a, b in pairs), "target": None}


def program(*words: str) -> Work:
    """A whole process of this Python."""
    return lambda: subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True)


def plain_values(count: int, path: Path) -> None:
    """The same number of cells, written by openpyxl as plain values."""
    book = Workbook()
    sheet = book.worksheets[0]
    for line in range(1, count // 100 + 1):
        for column in range(1, 101):
            sheet.cell(line, column).value = 1.5
    book.save(path)


def main() -> None:
    """All timings, as a table and as JSON."""
    deal = load(CASE)
    done = run(deal)
    cells = sum(map(len, compose(done).memory.formulas.values()))
    wide = {"drivers.rate_shift": [n * 1e-5 for n in range(1000)]}
    with tempfile.TemporaryDirectory() as folder:
        book, plain = Path(folder, "book.xlsx"), Path(folder, "plain.xlsx")
        out = str(Path(folder, "out"))
        found = {
            "debtcover --help / import pandas": ratio(program("-m", "model", "--help"), program("-c", "import pandas")),
            "debtcover run, workbook included / import pandas, openpyxl": ratio(
                program("-m", "model", "run", str(CASE), "--out", out), program("-c", "import pandas, openpyxl"), 3),
            "1,000 scenarios / 1 scenario, numpy fold": ratio(lambda: evaluate(deal.book, wide), lambda: evaluate(deal.book), 3),
            f"workbook of {cells:,} formulas / as many plain values": ratio(
                lambda: write_workbook(done, book), lambda: plain_values(cells, plain), 3),
        }
    found["debtcover --help / import pandas"]["target"] = 0.25
    found["debtcover run, workbook included / import pandas, openpyxl"]["target"] = 4.0
    (ROOT / "outputs" / "bench.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    table = Table("what", "seconds", "baseline", "ratio", "target")
    for name, told in found.items():
        table.add_row(name, f"{told['value']:.3f}", f"{told['baseline']:.3f}", f"{told['ratio']:.2f}", str(told["target"] or "-"))
    Console().print(table)


if __name__ == "__main__":
    main()
