"""Answers to what is asked beside a run: the size of a loan, the value of a convertible note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.on_request import by_year
from model.report.screen import Screen

if TYPE_CHECKING:
    from model.debt.conversion.valuation import Valuation
    from model.debt.sizing import Sized

LIMITS = {"dscr": "DSCR on every payment date", "tail": "Tail", "clcr": "CLCR over the loan's life",
          "ltc": "Loan to cost", "commitment": "Commitment"}


def show_size(found: Sized, screen: Screen | None = None) -> None:
    """The amount, the limit that binds, each limit's own amount, and the instalments by year."""
    page = screen or Screen()
    page.say(f"Largest loan on contracted cash: USD {found.amount:,.1f}m; {LIMITS[found.binding]} binds.", "bold")
    page.head("What each limit alone allows, USD m")
    page.table(["Limit", "Amount"], [[LIMITS[name], f"{amount:,.1f}"] for name, amount in found.limits.items()])
    page.head("Instalments by calendar year, USD m")
    page.table(["Year", "Principal"], [[str(year), f"{paid:,.1f}"] for year, paid in by_year(dict(found.instalments)).items()])


def show_value(found: Valuation, screen: Screen | None = None) -> None:
    """The figures side by side; which of them is the value is the reader's choice."""
    page = screen or Screen()
    page.say("Models of the note, USD m, accrued interest included. They disagree; none of them is the fair value.", "bold")
    page.table(["Figure", "USD m"], [[label, "not asked for" if x is None else f"{x:,.1f}"] for label, x in found.lines()])
