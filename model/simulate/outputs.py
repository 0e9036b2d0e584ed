"""simulation.csv and paths.parquet (paths.csv without pyarrow)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from model.sheet.formula import Array
from model.simulate.plan import Plan
from model.simulate.store import Store
from model.simulate.streams import BLOCK

Json = Any
GROUP = 32  # blocks of a row group


def table(record: Json) -> list[dict[str, Json]]:
    """One line a figure: of what, which one, its value and standard error."""
    head = {"case": record["case"], "as_of": record["as_of"], "scenario": record["scenario"]}
    lines: list[tuple[str, str, str, Json, Json]] = []
    lines += _flat("joint", "all pairs", record["joint"])
    lines += [("joint", "all pairs", "pairs_not_testable", len(record["joint"]["not_testable"]), None)]
    for kind in ("pairs", "facilities"):
        for one in record[kind]:
            lines += _flat(kind, one["id"], {key: value for key, value in one.items() if key not in ("id", "title")})
    lines += _flat("company", "company", record["company"] or {})
    lines += [("convergence", f"{one['paths']} paths", name, one[name]["mean"], one[name]["standard_error"])
              for one in record["convergence"] for name in ("covered", "loss")]
    names = ("of", "id", "figure", "value", "standard_error")
    return [{**head, **dict(zip(names, line, strict=True))} for line in lines]


def _flat(kind: str, name: str, told: Json, path: str = "") -> Iterator[tuple[str, str, str, Json, Json]]:
    """The single numbers of a record; lists and histograms are for simulation.json."""
    for key, value in told.items():
        place = f"{path}.{key}" if path else key
        if key == "not_testable" and not value:
            continue
        if isinstance(value, dict):
            yield from _flat(kind, name, value, place)
        elif not isinstance(value, list) and key != "standard_error":
            error = told.get("standard_error") if key in ("mean", "probability", "expected_loss") else None
            yield kind, name, place, float(value) if isinstance(value, bool) else value, error


# ---- figures by path -------------------------------------------------------------------------------------------------


def paths_file() -> str:
    """Parquet where pyarrow is installed."""
    return "paths.parquet" if find_spec("pyarrow") else "paths.csv"


def groups(store: Store, paths: int) -> Iterator[tuple[int, Array]]:
    """The first path of each group of blocks, and its figures `(columns, paths)`."""
    blocks = -(-paths // BLOCK)
    for first in range(0, blocks, GROUP):
        yield first * BLOCK, store.figures(first, min(first + GROUP, blocks))[:, :paths - first * BLOCK]


def write_paths(plan: Plan, store: Store, path: Path) -> None:
    """One line a path, numbered from 0."""
    write = _parquet if "parquet" in path.name else _csv
    write(plan, store, path)


def _parquet(plan: Plan, store: Store, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"flag": pa.bool_(), "month": pa.int16(), "count": pa.int16(), "number": pa.float64()}
    schema = pa.schema([("path", pa.int64()), *((column.name, types[column.kind]) for column in plan.columns)])
    with pq.ParquetWriter(path, schema) as file:
        for first, found in groups(store, plan.settings.paths):
            arrays = [pa.array(np.arange(first, first + found.shape[1]))]
            for column, values in zip(plan.columns, found, strict=True):
                empty = np.isnan(values)
                kind = types[column.kind]
                whole = values if column.kind == "number" else np.where(empty, 0, values).astype(kind.to_pandas_dtype())
                arrays.append(pa.array(whole, type=kind, mask=empty if column.kind == "month" else None))
            file.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _csv(plan: Plan, store: Store, path: Path) -> None:
    kinds = [column.kind for column in plan.columns]
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["path", *(column.name for column in plan.columns)])
        for first, found in groups(store, plan.settings.paths):
            lines.writerows([first + n, *map(_cell, line, kinds)] for n, line in enumerate(found.T.tolist()))


def _cell(value: float, kind: str) -> float | int | str:
    if value != value:
        return ""
    return value if kind == "number" else int(value)


def writers(simulation: Any) -> dict[str, Any]:
    """The file of figures by path; it is written from the blocks."""
    return {paths_file(): lambda path: write_paths(simulation.plan, simulation.store, path)}
