"""Why a projection missed: each cause in USD m, what no line of the file identifies as `rest`. They add up to the error.

A cause counts only as far as a reported figure names it; nothing is spread by rule. Interest alone is split by volume: the
average debt that was missed, cause by cause, at the average rate that was reported; the rest of it is the rate.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from math import fsum

from model.backtest.projected import Projection
from model.inputs.actuals import ALL, ROUNDING, Actual, Actuals

REVOLVER, NEW_DEBT, WITHOUT_CASH, REPAID, CAPITALISED, REST = (
    "revolver", "new_debt", "without_cash", "repaid", "capitalised", "rest")
CAUSES = {
    REVOLVER: "revolver, net",
    NEW_DEBT: "draws and issues after the start",
    WITHOUT_CASH: "vendor debt and interest added without cash",
    REPAID: "repayments that differ from the projection",
    CAPITALISED: "interest capitalised",
    REST: "unexplained",
}
FLOWS_OF_ALL = ("cash_drawn", "repaid", "added_without_cash")
Causes = dict[str, float]


def added_up(*parts: Causes) -> Causes:
    """Causes of several figures together."""
    found: Causes = {}
    for part in parts:
        for cause, amount in part.items():
            found[cause] = found.get(cause, 0.0) + amount
    return found


def times(part: Causes, factor: float) -> Causes:
    """Causes at a weight."""
    return {cause: amount * factor for cause, amount in part.items()}


class Explained:
    """The causes of each error of one projection, as far as a file of reported figures names them."""

    def __init__(self, projection: Projection, actuals: Actuals) -> None:
        self.model, self.told = projection, actuals
        self.revolvers = {a.instrument for a in actuals.lines if a.item == "net_drawn"} | {
            key for key in projection.loans if projection.revolver(key)}
        self.by_item: dict[str, Callable[[Actual, float], Causes]] = {
            "balance": self._balance, "repaid": self._repaid, "cash_drawn": self._cash_drawn,
            "added": self._named, "net_drawn": self._named, "added_without_cash": lambda a, e: {WITHOUT_CASH: e},
            "paid_in_kind": lambda a, e: {WITHOUT_CASH: e},
            "interest_on_debt": self._interest, "contractual_interest": self._interest}

    def causes(self, actual: Actual) -> Causes:
        """Every cause with its amount `[USD m]`: projected less reported."""
        error = self.model.of(actual) - actual.value
        explain = self._due if actual.due_year is not None else self.by_item.get(actual.item, lambda a, e: {})
        named = {cause: amount for cause, amount in explain(actual, error).items() if cause != REST}
        return {cause: named.get(cause, 0.0) for cause in CAUSES if cause != REST} | {REST: error - fsum(named.values())}

    # ---- balances ----------------------------------------------------------------------------------------------------

    def _balance(self, a: Actual, error: float) -> Causes:
        if a.instrument == ALL:
            return self.of_stack(a.until)
        if not self.model.knows(a.instrument) or a.instrument in self.revolvers:
            return {self._joins(a.instrument): error}
        added, in_kind, repaid = (
            fsum(self.model.of(line) - line.value for line in self.told.inside(item, self.model.as_of, a.until)
                if line.instrument == a.instrument) for item in ("added", "paid_in_kind", "repaid"))
        return added_up({self._joins(a.instrument): added}, {WITHOUT_CASH: in_kind}, {REPAID: -repaid})

    def of_stack(self, until: date) -> Causes:
        """Causes of the error in all debt on a day: each flow since the start, as projected and as reported.

        What a revolver moved on balance counts as a draw or as a repayment, and is taken out of those of other debt.
        """
        since, model = self.model.as_of, self.model
        cash, repaid, without = (self.told.over(item, ALL, since, until) for item in FLOWS_OF_ALL)
        if cash is None or repaid is None or without is None:
            return self._by_instrument(until)
        ours, theirs = self._revolver(since, until)
        return {
            REVOLVER: ours - theirs,
            NEW_DEBT: model.cash_drawn(since, until) - max(ours, 0.0) - (cash - max(theirs, 0.0)),
            REPAID: repaid - max(-theirs, 0.0) - (model.repaid(ALL, since, until) - max(-ours, 0.0)),
            WITHOUT_CASH: model.without_cash(since, until) - without,
        }

    def _by_instrument(self, until: date) -> Causes:
        """Where the flows were not reported: instrument by instrument, if the table of the day is complete."""
        lines, whole = self.told.on("balance", until), self.told.balance(ALL, until)
        if whole is None or abs(fsum(line.value for line in lines) - whole) > ROUNDING:
            return {}
        return added_up(*(self._balance(line, self.model.of(line) - line.value) for line in lines))

    def _revolver(self, since: date, until: date) -> tuple[float, float]:
        """Net draws of revolvers, projected and reported; none of both where they were not reported for the span."""
        told = [self.told.over("net_drawn", key, since, until) for key in sorted(self.revolvers)]
        if not told or None in told:
            return 0.0, 0.0
        return (fsum(self.model.net_drawn(key, since, until) for key in self.revolvers), fsum(x for x in told if x is not None))

    def _joins(self, instrument: str) -> str:
        """The cause under which the debt of an instrument grows."""
        if instrument in self.revolvers:
            return REVOLVER
        return WITHOUT_CASH if self.model.vendor(instrument) else NEW_DEBT

    # ---- flows -------------------------------------------------------------------------------------------------------

    def _named(self, a: Actual, error: float) -> Causes:
        return {self._joins(a.instrument): error}

    def _repaid(self, a: Actual, error: float) -> Causes:
        """All debt: the instruments whose repayments were reported inside the span. The revolver's turnover is in no line."""
        if a.instrument != ALL or a.since is None:
            return {REPAID: error}
        ours, theirs = self._revolver(a.since, a.until)
        return {REVOLVER: max(-ours, 0.0) - max(-theirs, 0.0), REPAID: self._missed("repaid", a.since, a.until)}

    def _cash_drawn(self, a: Actual, error: float) -> Causes:
        """Issues and draws that were reported by instrument inside the span; vendors' deliveries are left out."""
        if a.since is None:
            return {}
        ours, theirs = self._revolver(a.since, a.until)
        return {REVOLVER: max(ours, 0.0) - max(theirs, 0.0), NEW_DEBT: self._missed("added", a.since, a.until)}

    def _missed(self, item: str, since: date, until: date) -> float:
        """Projected less reported, over the lines of single instruments inside a span."""
        cash_only = item == "added"
        return fsum(self.model.of(line) - line.value for line in self.told.inside(item, since, until)
                   if not (cash_only and self._joins(line.instrument) != NEW_DEBT))

    def _interest(self, a: Actual, error: float) -> Causes:
        """The debt that was missed on average, at the average rate reported; and what was capitalised."""
        days = self.told.dates(a.since, a.until) if a.since else []
        if not days or (days[0], days[-1]) != (a.since, a.until):
            return {}
        weights = _weights(days)
        average = fsum(w * (self.told.balance(ALL, day) or 0.0) for day, w in weights.items())
        capitalised = self.told.over("interest_capitalised", ALL, days[0], days[-1]) if a.item == "interest_on_debt" else 0.0
        rate = (a.value + (capitalised or 0.0)) / average if average > 0 else 0.0
        volume = added_up(*(times(self.of_stack(day), w * rate) for day, w in weights.items()))
        return {**volume, CAPITALISED: capitalised or 0.0}

    # ---- maturities --------------------------------------------------------------------------------------------------

    def _due(self, a: Actual, error: float) -> Causes:
        """Single instruments whose due date was reported; the rest of a year is not split by instrument."""
        lines = self.told.on(a.item, a.until) if a.instrument == ALL else [a]
        return added_up(*({self._due_for(line.instrument): self.model.of(line) - line.value} for line in lines))

    def _due_for(self, instrument: str) -> str:
        known = self.model.knows(instrument) and instrument not in self.revolvers
        return REPAID if known else self._joins(instrument)


def _weights(days: list[date]) -> dict[date, float]:
    """How much each day counts in the average of a balance that moves in straight lines between them."""
    whole, found = (days[-1] - days[0]).days, dict.fromkeys(days, 0.0)
    for first, last in pairwise(days):
        for day in (first, last):
            found[day] += (last - first).days / whole / 2
    return found
