"""The stack by calendar year `{"YYYY": USD m}`: the backlog that is collected beside the debt that is repaid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.sheet import Row

if TYPE_CHECKING:
    from model.cases import Run
    from model.debt import Instrument

ByYear = dict[str, float]


class Years:
    """Rows of one run by calendar year."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.years = [str(end.year) for end in run.deal.timeline.ends]
        self.names = list(dict.fromkeys(self.years))

    def total(self, *rows: Row) -> ByYear:
        """Sum of flows in each year `[USD m]`."""
        found = dict.fromkeys(self.names, 0.0)
        for row in rows:
            for year, value in zip(self.years, self.run.read(row)[1:-1], strict=True):
                found[year] += float(value)
        return found

    def closing(self, row: Row) -> ByYear:
        """A balance at the last period end of each year `[USD m]`."""
        return dict(zip(self.years, map(float, self.run.read(row)[1:-1]), strict=True))

    def opening(self, row: Row) -> ByYear:
        """A balance before the first period of each year `[USD m]`."""
        found: ByYear = {}
        for year, value in zip(self.years, self.run.read(row)[:-2], strict=True):
            found.setdefault(year, float(value))
        return found


def flows_only(by_year: ByYear) -> ByYear:
    """Years with nothing left out."""
    return {year: value for year, value in by_year.items() if abs(value) > 1e-9}


def principal(years: Years, loan: Instrument) -> ByYear:
    """Contractual principal of an instrument: instalments and balloon."""
    return years.total(loan.row("scheduled"), loan.row("balloon"))


def every(run: Run, *names: str) -> list[Row]:
    """The rows of those names of all instruments that have them."""
    return [loan.row(name) for loan in run.deal.instruments.values() for name in names if hasattr(type(loan), name)]


def against_backlog(run: Run) -> dict[str, Any]:
    """Year by year: the backlog as it is recognised and collected, and the debt that is repaid beside it `[USD m]`."""
    years, stack = Years(run), run.deal.stack
    loans = {loan.title: loan for loan in run.deal.instruments.values()}
    one = {
        "backlog_opening": years.opening(stack.row("backlog")), "recognised": years.total(stack.row("billed")),
        "backlog_closing": years.closing(stack.row("backlog")), "cash_collected": years.total(stack.row("receipts")),
        "deferred_revenue": years.closing(stack.row("deferred_revenue")),
        "debt_opening": years.opening(stack.row("closing")),
        "drawn": years.total(*every(run, "drawn", "topped_up")), "capitalised": years.total(*every(run, "capitalised")),
        "repaid_early": years.total(*every(run, "from_events", "repaid")),
        "principal_total": years.total(stack.row("principal_due")),
        "interest_total": years.total(stack.row("interest")),
        "from_proceeds": years.total(stack.row("from_proceeds")),
        "swept": years.total(*(i.row("swept") for i in loans.values())),
        "closing_total": years.closing(stack.row("closing")),
    }
    many = {
        "principal": {name: principal(years, loan) for name, loan in loans.items()},
        "interest": {name: years.total(loan.row("interest")) for name, loan in loans.items()},
        "closing": {name: years.closing(loan.row("closing")) for name, loan in loans.items()},
    }
    return {year: {**{key: values[year] for key, values in one.items()},
                   **{key: {name: values[year] for name, values in by_name.items()} for key, by_name in many.items()}}
            for year in years.names}


def backlog_by_year(run: Run) -> dict[str, Any]:
    """The backlog as a roll-forward, and the cash behind it `[USD m]`."""
    return {year: {"opening": told["backlog_opening"], "recognised": told["recognised"],
                   "closing": told["backlog_closing"], "cash_collected": told["cash_collected"],
                   "deferred_revenue": told["deferred_revenue"]}
            for year, told in against_backlog(run).items()}
