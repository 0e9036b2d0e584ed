"""A simulation as one function of the number of a block: everything else only hands blocks out and gathers them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from model.cases import Run
from model.record.document import version
from model.sheet import Figures, Row, ancestors
from model.sheet.formula import Array
from model.simulate.failure import Copula
from model.simulate.proof import Proof
from model.simulate.reversion import Reversion
from model.simulate.risk import Risk
from model.simulate.sources import (
    BaseRates,
    Delay,
    Power,
    Prices,
    Shares,
    Source,
    failures,
    floating,
    late_inputs,
    with_inputs,
)
from model.simulate.streams import BLOCK, Method, Rooms, Streams
from model.simulate.wanted import Wanted

FAN_BLOCKS = 2
"""Blocks whose rows over time are kept for the fan charts: 4,096 paths."""


@dataclass(frozen=True)
class Settings:
    """What a user asks of a simulation; which paths there are does not depend on how many."""

    paths: int
    seed: int = 1
    copula: Copula = "gaussian"
    method: Method = "plain"
    scenario: str = "base"
    company: bool = True

    @property
    def blocks(self) -> int:
        """Blocks that hold the paths."""
        return -(-self.paths // BLOCK)


@dataclass(frozen=True)
class Done:
    """A finished block: its figures `(columns, BLOCK)`; of the first ones the rows of the fan charts `(rows, months, BLOCK)`."""

    figures: Array
    fan: Array | None


class Plan:
    """What is drawn, what is asked, and `run_block`."""

    def __init__(self, run: Run, settings: Settings) -> None:
        self.run, self.settings, self.deal = run, settings, run.deal
        self.risk = Risk(self.deal)
        self.scenario = run.names.index(settings.scenario)
        untested = frozenset(key for key, pair in self.deal.pairs.items() if not self.now(pair.row("testable")))
        self.wanted = Wanted(self.deal, settings.company, untested)
        self.columns = self.wanted.columns()
        touched = {row.key for row in ancestors(self.deal.book.needs, {*self.wanted.rows(), *self.wanted.fan_rows()})}
        self.risk.wave(float(self.now(self.deal.drivers.row("hazard_factor"))), settings.scenario)
        self.failures = failures(self.deal, self.risk.groups, self.risk.debtors(settings.copula))
        self.sources = dict(self._sources(touched))
        keys = [key for source in (self.failures, *self.sources.values()) for key in source.keys if key in touched]
        self.figures = Figures(run.values, keys, self.wanted.rows(), self.scenario)
        self.over_time = Figures(run.values, keys, self.wanted.fan_rows(), self.scenario)
        self.proof = Proof(run, self.figures.moved, self.wanted.rows(), self.scenario)
        self._ends = self._contract_ends()
        self._kept: dict[str, Array] = {}
        self._rooms = Rooms()

    def now(self, row: Row) -> Array:
        """A row in the scenario that is read."""
        return np.asarray(self.run.values.one(row, self.scenario), dtype=float)

    def input(self, key: str) -> Array:
        """An input there; looked up once."""
        if key not in self._kept:
            self._kept[key] = self.figures.now(key)
        return self._kept[key]

    def run_block(self, block: int) -> Done:
        """The paths of one block: the same bits whoever works them out, and when."""
        streams = Streams(self.settings.seed, block, self.settings.method, self._rooms)
        days = self.failures.days(streams)
        told = self.failures.told(days, self.input)
        for source in self.sources.values():
            told |= source.told(streams, self.input)
        told = {key: array for key, array in told.items() if key in self.figures.still}  # what moves nothing is not told
        found = self.figures(told)
        self.proof(told, found, block)
        figures = self.wanted.array(found, self._failed(days))
        if block >= FAN_BLOCKS:
            return Done(figures, None)
        over_time = self.over_time(told)
        return Done(figures, np.array([over_time[row][1:-1] for row in self.wanted.fan_rows()]))

    def _failed(self, days: Array) -> Array:
        """Groups that fail while a contract of theirs is to run."""
        return np.asarray(((days > 0) & (days <= self._ends)).sum(axis=0), dtype=float)

    def _contract_ends(self) -> Array:
        """By group, the days to the last end of service as signed."""
        files = {file.id: file for file in self.deal.case.contracts.contracts}
        ends = [max((t.end.value - self.deal.timeline.as_of).days for key in group.contracts for t in files[key].tranches)
                for group in self.risk.groups]
        return np.array(ends)[:, None]

    # ---- what is drawn -----------------------------------------------------------------------------------------------

    def _sources(self, touched: set[str]) -> Iterator[tuple[str, Source]]:
        """Those that move a figure which is asked for."""
        number = self.risk.number
        if late := tuple(key for key in late_inputs(self.deal) if key in touched):
            yield "delay", Delay(late, *(number("delay", name) for name in ("late", "median", "one_in_ten", "longest")))
        if Power.keys[0] in touched:
            yield "power", Power(number("power", "volatility"))
        loans, fixed_in = floating(self.deal, touched)
        if loans:
            yield "base_rate", BaseRates(loans, fixed_in, self._reverting("base_rate"))
        spot, market = with_inputs(touched, "spot_price"), with_inputs(touched, "market_price")
        months = self.deal.timeline.count
        if spot or market:
            yield "gpu_price", Prices(tuple(sorted(spot)), tuple(sorted(market)), self._reverting("spot_price"),
                                      self._reverting("contract_price"), number("prices_together"), months)
        if paths := tuple(sorted(key for key in touched if key.endswith(".price_path"))):
            yield "share_price", Shares(paths, Reversion(number("share_price", "volatility"), 0.0), months)

    def _reverting(self, name: str) -> Reversion:
        return Reversion(self.risk.number(name, "volatility"), self.risk.number(name, "reversion"))

    @property
    def fan_shape(self) -> tuple[int, int, int]:
        """Of the rows over time of a block."""
        return len(self.wanted.fan_rows()), self.deal.timeline.count, BLOCK

    @property
    def fingerprint(self) -> str:
        """Of everything that a block rests on, so not of the number of paths."""
        asked = {key: value for key, value in asdict(self.settings).items() if key != "paths"}
        told = [self.deal.case.input_hash, asked, version(), np.__version__, BLOCK, [column.name for column in self.columns],
                {name: used.value for name, used in self.risk.used.items()}]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def described(plan: Plan) -> dict[str, Any]:
    """What is drawn, by inputs, and what is not because it moves nothing that is asked for."""
    names = ("delay", "power", "base_rate", "gpu_price", "share_price")
    return {"drawn": {"failures": plan.failures.keys} | {name: list(one.keys) for name, one in plan.sources.items()},
            "not_drawn": [name for name in names if name not in plan.sources]}
