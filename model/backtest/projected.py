"""What a run says of the items of a file of reported figures: rows read, summed over a span, nothing else."""

from __future__ import annotations

from datetime import date
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np

from model.inputs.actuals import ALL, Actual

if TYPE_CHECKING:
    from model.cases import Run
    from model.debt import Statement

DRAWN, IN_KIND = ("drawn", "topped_up"), ("capitalised",)  # what can join a balance
RUNS_OFF = ("scheduled", "balloon", "from_proceeds", "swept", "from_events", "repaid")  # what can leave it


class Projection:
    """One run read at month ends and over the spans between them `[USD m]`."""

    def __init__(self, run: Run) -> None:
        self.run, self.timeline = run, run.deal.timeline
        self.as_of, self.last = self.timeline.as_of, self.timeline.last
        self.loans = run.deal.instruments
        self.items = {"balance": lambda a: self.balance(a.instrument, a.until),
                      "repaid": self._flow(self.repaid), "added": self._flow(self.added),
                      "paid_in_kind": self._flow(self.in_kind), "net_drawn": self._flow(self.net_drawn),
                      "cash_drawn": lambda a: self.cash_drawn(a.since, a.until),
                      "added_without_cash": lambda a: self.without_cash(a.since, a.until),
                      "interest_on_debt": lambda a: self.interest(a.since, a.until),
                      "contractual_interest": lambda a: self.contractual_interest(a.since, a.until),
                      "revenue": lambda a: self._stack("billed", a.since, a.until),
                      "deferred_revenue": lambda a: float(run.read(run.deal.stack.row("deferred_revenue"))[self._n(a.until)])}

    def covers(self, since: date | None, until: date) -> bool:
        """Whether a span, or a day after the start, lies inside the timeline."""
        return self.as_of < until <= self.last and (since is None or since >= self.as_of)

    def knows(self, instrument: str) -> bool:
        """Whether the case has the instrument; what it does not have is projected as nothing."""
        return instrument == ALL or instrument in self.loans

    def of(self, actual: Actual) -> float:
        """The projection of a reported figure."""
        if actual.due_year is not None:
            return self.due(actual.instrument, actual.until, actual.due_year, after=actual.item.startswith("due_after"))
        return float(self.items[actual.item](actual))

    # ---- balances ----------------------------------------------------------------------------------------------------

    def balance(self, instrument: str, day: date) -> float:
        """Principal owed on a day."""
        return fsum(float(self.run.read(loan.row("closing"))[self._n(day)]) for loan in self._loans(instrument))

    def due(self, instrument: str, day: date, year: int, *, after: bool) -> float:
        """Of the debt of a day: what falls due in a year, or after it, oldest debt first."""
        n, found = self._n(day), 0.0
        years = np.array([end.year for end in self.timeline.ends[n:]])
        wanted = years > year if after else years == year
        for loan in self._loans(instrument):
            left = float(self.run.read(loan.row("closing"))[n])
            gone = np.minimum(np.cumsum(self._over_time(loan, RUNS_OFF)[n + 1 : -1]), left)
            found += float(np.diff(gone, prepend=0.0)[wanted].sum())
        return found

    # ---- flows -------------------------------------------------------------------------------------------------------

    def added(self, instrument: str, since: date, until: date) -> float:
        """What was drawn, issued or delivered."""
        return fsum(self._sum(loan, DRAWN, since, until) for loan in self._loans(instrument))

    def in_kind(self, instrument: str, since: date, until: date) -> float:
        """Interest that was added to balances."""
        return fsum(self._sum(loan, IN_KIND, since, until) for loan in self._loans(instrument))

    def repaid(self, instrument: str, since: date, until: date) -> float:
        """What left balances, on schedule or before it."""
        joined = self.added(instrument, since, until) + self.in_kind(instrument, since, until)
        return joined - self.net_drawn(instrument, since, until)

    def net_drawn(self, instrument: str, since: date, until: date) -> float:
        """Change of a balance."""
        return self.balance(instrument, until) - self.balance(instrument, since)

    def cash_drawn(self, since: date, until: date) -> float:
        """What all debt brought in cash."""
        return self._stack("drawn_in_cash", since, until)

    def without_cash(self, since: date, until: date) -> float:
        """What joined all debt without cash: deliveries of vendors and interest in kind."""
        return self.added(ALL, since, until) + self.in_kind(ALL, since, until) - self.cash_drawn(since, until)

    def contractual_interest(self, since: date, until: date) -> float:
        """Interest as it accrues on all debt."""
        return self._stack("contractual_interest", since, until)

    def interest(self, since: date, until: date) -> float:
        """Interest on debt as a filing prints it: contractual and amortised cost. The model capitalises none."""
        return self.contractual_interest(since, until) + self._stack("cost_amortised", since, until)

    # ---- reading -----------------------------------------------------------------------------------------------------

    def revolver(self, instrument: str) -> bool:
        """Whether the case has the instrument as a revolver."""
        return instrument in self.loans and self.run.deal.lending.files[instrument].kind == "revolver"

    def vendor(self, instrument: str) -> bool:
        """Whether the case has the instrument as debt that brings no cash."""
        return instrument in self.loans and not self.loans[instrument].in_cash

    def _flow(self, read: Any) -> Any:
        return lambda a: read(a.instrument, a.since, a.until)

    def _loans(self, instrument: str) -> list[Statement]:
        return [loan for key, loan in self.loans.items() if instrument in (ALL, key)]

    def _n(self, day: date) -> int:
        return self.timeline.period_of(day)

    def _over_time(self, loan: Statement, names: tuple[str, ...]) -> Any:
        rows = [self.run.read(loan.row(name)) for name in names if hasattr(type(loan), name)]
        return np.sum(np.broadcast_arrays(np.zeros(self.timeline.count + 2), *rows), axis=0)

    def _sum(self, loan: Statement, names: tuple[str, ...], since: date, until: date) -> float:
        return float(self._over_time(loan, names)[self._n(since) + 1 : self._n(until) + 1].sum())

    def _stack(self, name: str, since: date, until: date) -> float:
        return float(self.run.read(self.run.deal.stack.row(name))[self._n(since) + 1 : self._n(until) + 1].sum())
