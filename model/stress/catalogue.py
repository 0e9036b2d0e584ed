"""The catalogue as data: what a row moves, by how much, why, and where the size comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

OPERATIONS = ("to", "by", "times", "share_of_price")
SEVERITIES = ("moderate", "severe", "extreme", "strict")
MODERATE, SEVERE = SEVERITIES[:2]


@dataclass(frozen=True)
class Move:
    """One input of every block that `what` picks: set, added to, multiplied, or raised by a share of the monthly bill.

    `otherwise` moves where the case has no such block."""

    what: str
    field: str
    operation: str
    value: float
    otherwise: Move | None = None


@dataclass(frozen=True)
class Entry:
    """One size of a row of the catalogue: a scenario for any case. `parts` are other entries that happen with it."""

    id: str
    name: str
    title: str
    reason: str
    size: str
    source: str
    grade: str
    severity: str
    moves: tuple[Move, ...] = ()
    parts: tuple[str, ...] = ()
    probability: float | None = None

    @property
    def row(self) -> str:
        """The row of the case list that it is a size of."""
        return self.id.rstrip("abc")


@cache
def catalogue() -> dict[str, Entry]:
    """Every entry by its id: S01; S05a and S05b where a row has several sizes."""
    from ruamel.yaml import YAML

    told = YAML(typ="safe").load(files(__package__).joinpath("catalogue.yaml").read_text(encoding="utf-8"))
    return {entry.id: entry for row in told["scenarios"] for entry in entries_of(row)}


def entries_of(row: Mapping[str, Any]) -> list[Entry]:
    """The sizes of a row, lettered where there is more than one."""
    several = len(row["sizes"]) > 1
    shared = {name: row[name] for name in ("title", "reason", "source", "grade")}
    return [Entry(row["id"] + "abc"[n] * several, row["name"] + f"-{'abc'[n]}" * several, size=size["size"],
                  severity=size.get("severity", row["severity"]), moves=tuple(map(move_of, size.get("moves", ()))),
                  parts=tuple(size.get("parts", ())), probability=row.get("probability"), **shared)
            for n, size in enumerate(row["sizes"])]


def move_of(said: Mapping[str, Any]) -> Move:
    """A move as the file says it; exactly one operation."""
    (operation,) = (name for name in OPERATIONS if name in said)
    otherwise = move_of(said["or"]) if "or" in said else None
    return Move(said["what"], said["field"], operation, float(said[operation]), otherwise)
