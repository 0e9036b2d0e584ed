"""Projected against reported: each reported figure, what a run says of it, the error, and its causes in USD m."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from model.backtest.causes import CAUSES, REST, Causes, Explained
from model.backtest.projected import Projection
from model.errors import RequestError
from model.inputs.actuals import ALL, Actual, Actuals, read_actuals

if TYPE_CHECKING:
    from model.cases import Run

__all__ = ["CAUSES", "REST", "Actuals", "Backtest", "Compared", "backtest", "read_actuals"]

ONLY_EXPLAINS = ("interest_capitalised",)  # the model has no row for it: it explains interest on debt


@dataclass(frozen=True)
class Compared:
    """One reported figure beside the projection `[USD m]`; the causes add up to the error."""

    actual: Actual
    projected: float
    causes: Causes
    in_case: bool

    @property
    def error(self) -> float:
        """Projected less reported."""
        return self.projected - self.actual.value

    @property
    def error_share(self) -> float | None:
        """The error over what was reported; None where nothing was."""
        return self.share(self.error)

    def share(self, amount: float) -> float | None:
        """An amount over what was reported."""
        return amount / abs(self.actual.value) if abs(self.actual.value) > 1e-9 else None


@dataclass(frozen=True)
class Backtest:
    """One start, run under one scenario, against a file of reported figures."""

    case: str
    as_of: date
    scenario: str
    debt_at_start: float
    reported_at_start: float | None
    lines: tuple[Compared, ...]
    left_out: int  # figures of the start or before it, or after the timeline

    def find(self, item: str, instrument: str, until: date, since: date | None = None) -> Compared | None:
        """The comparison of one figure."""
        return next((c for c in self.lines if (c.actual.item, c.actual.instrument, c.actual.until, c.actual.since)
                     == (item, instrument, until, since)), None)


def backtest(run: Run, actuals: Actuals) -> Backtest:
    """Compare a run with what was reported after its as-of date; nothing is fitted.

    RequestError where no figure of the file lies inside the timeline of the case.
    """
    projection = Projection(run)
    explained = Explained(projection, actuals)
    inside = [a for a in actuals.lines if a.item not in ONLY_EXPLAINS and projection.covers(a.since, a.until)]
    if not inside:
        raise RequestError(f"{actuals.name}: no figure lies between {projection.as_of}, the as-of date of the case, and "
                           f"{projection.last}, its end")
    compared = (Compared(a, projection.of(a), explained.causes(a), projection.knows(a.instrument)) for a in inside)
    general, told = run.deal.case.general, sum(a.item not in ONLY_EXPLAINS for a in actuals.lines)
    return Backtest(general.case, general.as_of, run.scenario, projection.balance(ALL, general.as_of),
                    actuals.balance(ALL, general.as_of), tuple(compared), told - len(inside))
