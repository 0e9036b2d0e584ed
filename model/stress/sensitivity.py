"""The sensitivity log: each single input moved alone, and what reacts; where nothing does, why.

An input moves to the ends of its stated range; without one by a tenth each way, by the moderate size of the catalogue if it
drives stresses, or, where a tenth of it says nothing, by a step of its unit. It stays inside what the model allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np

from model.sheet import DEAL, PERIOD, TEXT, Figures, Row, given
from model.sheet.evaluate import quietly
from model.sheet.formula import Array
from model.stress.drivers import drivers_of
from model.verdict import number

if TYPE_CHECKING:
    from model.cases import Run

Json = Any
STEPS = {"date": 30.0, "days": 30.0, "months": 1.0, "no.": 1.0, "share": 0.1, "rate": 0.01, "x": 0.1, "factor": 0.1,
         "USD m": 10.0, "USD m a month": 1.0}
"""By unit, how far an input moves that is nought or whole; others by 1."""
WHOLE = ("date", "days", "months", "no.")
TENTH, NOISE = 0.1, 1e-10
CHUNK, FEW = 64, 16  # inputs at a time: rows over time of all columns stand in memory
OF_PAIR = ("covered", "min_clcr", "min_dscr", "uncovered_balance", "support_needed")
STAMPED = "stamped by the engine: the search for the smallest support and T4 set it, nobody types it"
UNREAD = "no row reads it in this case: it is only shown, or belongs to what this case does not have"
HELD = "it has no other value that the model allows"
METHOD = ("Ends of the stated range; else a tenth each way, the moderate size of a driver, or a step of the unit for noughts, "
          "flags, dates and whole numbers; inside what the model allows. T4 and the letters of support stay as they are.")


@dataclass(frozen=True)
class Move:
    """An input at another value, and why at that one."""

    row: Row
    value: float
    why: str


class Sensitivity:
    """Every move of a run, calculated by chunks; rows that hang on few inputs cost little."""

    def __init__(self, run: Run) -> None:
        self.run, self.book, self.scenario = run, run.deal.book, run.names.index(run.scenario)
        typed = run.deal.columns(list(run.deal.scenarios.values()))
        self.stamped = set(run.told) - set(typed)
        self.sizes = {driver.key: driver.deviation for driver in drivers_of(run.deal)}
        self.inputs = [row for row in self.book.inputs if row.per == DEAL]
        self.readers: dict[Row, list[Row]] = {}
        for row, needed in self.book.needs.items():
            for other in needed:
                self.readers.setdefault(other, []).append(row)
        self.figures = [row for row in self.book.rows if row.per == DEAL and row.expr is not None]

    def now(self, row: Row) -> float:
        """An input, or a figure, as the scenario has it."""
        return float(self.run.values.one(row, self.scenario))

    # ---- how far each input moves ------------------------------------------------------------------------------------

    def moves(self, row: Row) -> list[Move]:
        """The values that an input takes, the lower first; none where it cannot move."""
        assert row.input is not None
        now, low, high = self.now(row), row.input.low, row.input.high
        if low is not None and high is not None:
            wanted = [(low, "low end"), (high, "high end")]
        elif row.unit == "flag":
            wanted = [(1.0 - now, "other way")]
        else:
            size, why = self.size(row, now)
            wanted = [(now - size, f"-{why}"), (now + size, f"+{why}")]
        told = row.declared
        allowed = [(clipped(told, value) if isinstance(told, given) else value, why) for value, why in wanted]
        return [Move(row, value, why) for value, why in allowed if value != now]

    def size(self, row: Row, now: float) -> tuple[float, str]:
        """How far, and in words."""
        if row.key in self.sizes:
            return self.sizes[row.key], f"{self.sizes[row.key]:g} {row.unit}"
        if now and row.unit not in WHOLE:
            return abs(now) * TENTH, "10 %"
        step = STEPS.get(row.unit, 1.0)
        return step, f"{step:g} {row.unit if row.unit != 'date' else 'days'}"

    # ---- what reacts -------------------------------------------------------------------------------------------------

    def told(self) -> Json:
        """The record."""
        movable = [row for row in self.inputs if self.readers.get(row) and row.key not in self.stamped and self.moves(row)]
        entries = {row: entry for at in range(0, len(movable), CHUNK) for row, entry in self.chunk(movable[at : at + CHUNK])}
        silent = [row for row, entry in entries.items() if entry["reacts"] == "nothing"]
        why = {row: words for at in range(0, len(silent), FEW) for row, words in self.reasons(silent[at : at + FEW])}
        still = {row: self.unmoved(row) for row in self.inputs if row not in entries}
        return {"method": METHOD, "base": self.base(), "texts": sum(row.per == TEXT for row in self.book.inputs),
                "curves": sum(row.per == PERIOD for row in self.book.inputs),
                "inputs": [self.entry(row, entries.get(row, {"moves": [], "reacts": "nothing", "elsewhere": []}),
                                      why.get(row) or still.get(row)) for row in self.inputs]}

    def entry(self, row: Row, found: Json, why: str | None) -> Json:
        """An input: what it is, what it does."""
        assert row.input is not None
        return {"key": row.key, "block": row.block.title, "label": row.label, "unit": row.unit, "grade": row.input.grade,
                "now": self.now(row), **found, "why_nothing": why}

    def unmoved(self, row: Row) -> str:
        """Why an input is not moved at all."""
        return STAMPED if row.key in self.stamped else HELD if self.readers.get(row) else UNREAD

    def base(self) -> Json:
        """Where the scenario stands."""
        return self.verdict(lambda row: self.now(row))

    def verdict(self, of: Any) -> Json:
        """The figures of the log: pairs that are covered, the lowest CLCR of any pair, what all miss, H1."""
        pairs = {key: pair for key, pair in self.run.deal.pairs.items() if self.now(pair.row("testable"))}
        clcr = [value for pair in pairs.values() if (value := number(of(pair.row("min_clcr")))) is not None]
        return {"covered": [key for key, pair in pairs.items() if of(pair.row("covered"))],
                "lowest_clcr": min(clcr, default=None),
                "uncovered_balance": added(number(of(pair.row("uncovered_balance"))) for pair in pairs.values()),
                "support_needed": added(number(of(pair.row("support_needed"))) for pair in pairs.values()),
                "h1_code": round(of(self.run.deal.claim.row("h1_code")))}

    def chunk(self, inputs: Sequence[Row]) -> Iterator[tuple[Row, Json]]:
        """Some inputs together: every single figure of the book in every column."""
        moves = [move for row in inputs for move in self.moves(row)]
        found = self.calculated(moves, self.figures)
        base = np.array([self.now(row) for row in self.figures])
        after = np.array([found[row] for row in self.figures])
        changed = ~np.isclose(after, base[:, None], rtol=NOISE, atol=NOISE, equal_nan=True)
        watched = {row for pair in self.run.deal.pairs.values() for row in map(pair.row, OF_PAIR)}
        verdict = np.array([row in watched for row in self.figures])
        for row in inputs:
            columns = [n for n, move in enumerate(moves) if move.row is row]
            some = changed[:, columns].any(axis=1)
            reacts = "verdict" if (some & verdict).any() else "figures" if some.any() else "nothing"
            yield row, {
                "moves": [{"to": moves[n].value, "why": moves[n].why, **self.verdict(lambda one, n=n: float(found[one][n]))}
                          for n in columns],
                "reacts": reacts, "figures": int(some.sum()),
                "elsewhere": list(dict.fromkeys(self.figures[n].label for n in np.flatnonzero(some & ~verdict).tolist()))[:3]}

    @quietly
    def calculated(self, moves: Sequence[Move], targets: Sequence[Row]) -> dict[Row, Array]:
        """Targets with one column a move; whatever is moved far off reads as blank and not as an error."""
        keys = list(dict.fromkeys(move.row.key for move in moves))
        figures = Figures(self.run.values, keys, targets, self.scenario, engine="numpy")
        told = {key: np.full(len(moves), float(figures.now(key))) for key in keys}
        for n, move in enumerate(moves):
            told[move.row.key][n] = move.value
        return figures(told)

    # ---- why nothing reacts ------------------------------------------------------------------------------------------

    def reasons(self, inputs: Sequence[Row]) -> Iterator[tuple[Row, str]]:
        """How far each of these gets: the last row that it moves, and a row that reads that one and stays."""
        moves = [move for row in inputs for move in self.moves(row)]
        rows = [row for row in self.downstream(inputs) if row.per != TEXT]
        found = self.calculated(moves, rows)
        moved: dict[Row, set[Row]] = {row: set() for row in inputs}
        for row in rows:
            before = np.asarray(self.run.values.one(row, self.scenario), dtype=float)[..., None]
            off = ~np.isclose(found[row], before, rtol=NOISE, atol=NOISE, equal_nan=True)
            for n in np.flatnonzero(off.reshape(-1, len(moves)).any(axis=0)).tolist():
                moved[moves[n].row].add(row)
        for row in inputs:
            yield row, self.stops(row, moved[row])

    def downstream(self, inputs: Sequence[Row]) -> list[Row]:
        """All rows that rest on these inputs, in no order that matters."""
        found: dict[Row, None] = {}
        todo = list(inputs)
        while todo:
            for row in self.readers.get(todo.pop(), ()):
                if row not in found:
                    found[row] = None
                    todo.append(row)
        return list(found)

    def stops(self, row: Row, moved: set[Row]) -> str:
        """Where the way of an input ends."""
        last, left = row, set(moved)
        while further := [reader for reader in self.readers.get(last, ()) if reader in left]:
            last = further[0]
            left.discard(last)
        still = next((reader for reader in self.readers.get(last, ()) if reader.per != TEXT), None)
        if still is None:
            return f"it ends at {name(last)}, which is shown and enters nothing" if last is not row else "only words read it"
        return f"it reaches {name(still)}, which stays as it is: other terms decide it here" if last is row else (
            f"it moves {name(last)}, but {name(still)}, which reads that, stays as it is: other terms decide it here")


def sensitivity(run: Run) -> Json:
    """Each single input moved alone, on top of the scenario that is read."""
    return Sensitivity(run).told()


def clipped(told: given, value: float) -> float:
    """A value inside what an input may be; at a limit that it may not touch it stays halfway."""
    if told.low is not None:
        value = max(value, told.low)
    if told.high is not None:
        value = min(value, told.high)
    if told.above is not None and value <= told.above:
        value = told.above + STEPS["share"]
    return value


def name(row: Row) -> str:
    """A row in words."""
    return f"{row.label} ({row.block.title})"


def added(values: Any) -> float | None:
    """A sum of what is defined; None where nothing is."""
    told = [value for value in values if value is not None]
    return fsum(told) if told else None
