"""What is written: records, tables and texts, each as a writer that `write_all` calls."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from model.whole import Writer as Writer
from model.whole import write_all as write_all

Json = Any
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet program read a cell as a formula, full-width forms included (OWASP, CWE-1236)."""


def as_json(record: Json) -> str:
    """A record as text: ASCII, so that it reads the same on every machine; refuses what is not a finite number."""
    return json.dumps(record, indent=2, allow_nan=False) + "\n"


def write_json(record: Json) -> Writer:
    """run.json."""
    return lambda path: path.write_bytes(as_json(record).encode("ascii"))


def write_text(text: str) -> Writer:
    """A file of plain text: the same bytes on every machine."""
    return lambda path: path.write_text(text, encoding="utf-8", newline="\n")


def write_verdicts(record: Json) -> Writer:
    """verdicts.csv: one line a pair."""
    return write_table([verdict_row(record, pair) for pair in record["pairs"]])


def write_actions(record: Json, actions: Sequence[Json]) -> Writer:
    """waterfall.csv: every action of every box, with its cause and the row that holds its amount."""
    return write_table([{"case": record["case"], "scenario": record["scenario"], **one} for one in actions])


def write_table(rows: Sequence[Mapping[str, Json]]) -> Writer:
    """Numbers are bare, words are quoted and can never be read as a formula."""

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
            table.writerow(list(rows[0]) if rows else [])
            table.writerows([[safe(cell) for cell in row.values()] for row in rows])

    return write


def verdict_row(record: Json, pair: Json) -> dict[str, Json]:
    """A pair as one flat line `[USD m, x, months, ISO dates]`."""
    flat = ("principal", "grade", "min_dscr", "min_dscr_date", "avg_dscr", "llcr", "min_clcr", "min_clcr_date",
            "tail_months", "uncovered_balance", "payback_date")
    return {
        "case": record["case"], "as_of": record["as_of"], "scenario": record["scenario"], "pair": pair["id"],
        "contracts": joined(pair["contracts"]), "debt": joined(pair["debt"]), **{name: pair[name] for name in flat},
        **{f"break_even_{name}": value for name, value in pair["break_even"].items()},
        **{name: passed(told["pass"]) for name, told in pair["tests"].items()}, "reason": pair["reason"],
    }


def joined(names: Sequence[str]) -> str:
    """Several names in one cell."""
    return "; ".join(names)


def passed(value: bool | None) -> str:
    """A test in a word."""
    return "not run" if value is None else "pass" if value else "fail"


def safe(cell: Any) -> Any:
    """A cell for a spreadsheet: text that would start a formula gets an apostrophe; None is an empty cell."""
    if cell is None:
        return ""
    if isinstance(cell, str) and (cell.startswith(TRIGGERS) or cell.lstrip().startswith(TRIGGERS)):
        return "'" + cell
    return cell
