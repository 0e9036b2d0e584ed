"""Runs: a deal under all its scenarios at once, read in one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.break_even import Edges, break_evens
from model.certainty import Sureness, certainty, ranges_around_base, unmoved_ranges
from model.coverage import Pair
from model.deal import Deal
from model.errors import BuildError, Finding, InputError
from model.faults import stop_at_faults
from model.inputs import load_case
from model.inputs.check_ranges import located, moves
from model.inputs.values import refused
from model.minimal import smallest_sets
from model.record import actions, pair_records
from model.sheet import PERIOD, Block, Values, evaluate, given, refresh
from model.timeline import from_serial
from model.verdict import Reading, severe_enough

if TYPE_CHECKING:
    import pandas as pd

def load(path: str | Path, more: str | Path | None = None, files: Mapping[str, bytes] | None = None) -> Deal:
    """Read a case folder, or `files` in its place, and wire it, with a file of `more` scenarios.

    InputError with every finding where it is refused.
    """
    case = load_case(Path(path), None if more is None else Path(more), files)
    deal = Deal(case)
    findings = [Finding(case.more.get(str(place[1]), "scenarios.yaml"), 1, ".".join(map(str, place)), key, reason)
                for place, overrides in moves(case) for key, value in overrides.items()
                if (reason := _refused(deal, key, value))]
    findings += [located(case, problem) for problem in deal.edit_problems]
    if findings := findings or [*unmoved_ranges(deal), *ranges_around_base(deal)]:
        raise InputError(findings)
    return deal


def _refused(deal: Deal, key: str, value: float) -> str:
    """Why a scenario may not set an input to a value; nothing where it may."""
    try:
        told = deal.book.overridable(key).declared
    except BuildError as error:
        return str(error)
    return refused(told, value) if isinstance(told, given) else ""


@dataclass(frozen=True)
class Run:
    """A deal calculated under every scenario; `scenario` is the one that is read.

    `told` holds the overrides, one number a scenario: those of the case, and what the engine stamps (T4, support).
    """

    deal: Deal
    values: Values
    scenario: str
    told: Mapping[str, Sequence[float]]
    first: Run | None = field(default=None, compare=False, repr=False)

    @property
    def names(self) -> list[str]:
        """All scenarios, base first."""
        return list(self.deal.scenarios)

    @property
    def read(self) -> Reading:
        """The figures of the scenario that is read."""
        return Reading(self.values, self.names.index(self.scenario))

    def under(self, scenario: str) -> Run:
        """The same run read in another scenario; what was stamped stays that of the `first`."""
        return Run(self.deal, self.values, scenario, self.told, self.first or self)

    @cached_property
    def break_evens(self) -> Edges:
        """How far each driver can move before a pair is no longer covered; searched once."""
        return break_evens(self)

    @cached_property
    def certainty(self) -> dict[str, Sureness]:
        """How sure the verdict on each pair and on the claim is; searched once."""
        return certainty(self, smallest_sets)

    @cached_property
    def actions(self) -> list[dict[str, Any]]:
        """Every action of every waterfall with its cause; read once, for the file and for the workbook."""
        return actions(self)

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        """One record a pair."""
        return pair_records(self)

    def frame(self, title: str) -> pd.DataFrame:
        """The rows over time of the block with that title or key, one line a period."""
        import pandas as pd

        block = self._block(title)
        dates = [from_serial(int(n)) for n in self.read(self.deal.clock.row("ends"))[1:-1]]
        rows = {row.declared.name: self.read(row)[1:-1] for row in block.rows() if row.per == PERIOD}
        return pd.DataFrame(rows, index=pd.Index(dates, name="period_end"))

    def _block(self, title: str) -> Block:
        for block in self.deal.book.blocks:
            if title in (block.title, block.key):
                return block
        raise KeyError(f"no contract, loan or pair called {title!r}")


def run(deal: Deal, scenario: str | None = None) -> Run:
    """Calculate every scenario of the deal, to be read in one. KeyError for an unknown one, CheckError for a fault in any."""
    scenario = deal.case.scenario if scenario is None else scenario
    if scenario not in deal.scenarios:
        raise KeyError(f"no scenario called {scenario!r}; there are {', '.join(deal.scenarios)}")
    told = deal.columns(list(deal.scenarios.values()))
    values = evaluate(deal.book, told)
    stamped: dict[str, list[float]] = {}
    for pair in deal.pairs.values():
        stamped[pair.row("stressed").key] = [float(moderate_passed(deal, values, pair))]
    stamped |= {key: flags.tolist() for key, flags in smallest_sets(deal, values).items()}
    stamped[deal.claim.row("moved").key] = [0.0]  # found for these inputs
    width = len(deal.scenarios)
    stamped = {key: v * (width // len(v)) for key, v in stamped.items()}
    values = refresh(values, stamped)
    stop_at_faults(deal, values, list(deal.scenarios))
    return Run(deal, values, scenario, {**told, **stamped})


def moderate_passed(deal: Deal, values: Values, pair: Pair) -> bool:
    """T4: T1 (reserves may be used), T2 and T3 under every scenario of the declared moderate set."""
    names, moderate = list(deal.scenarios), deal.case.scenarios.moderate
    return severe_enough(deal) and all(values.one(pair.row("covered_with_reserve"), names.index(m)) == 1 for m in moderate)
