"""A number, its formula in words and what it rests on, down to sourced inputs, as a tree.

Each row is told once: where it comes up again, in the same or another period, it is named with its value there. A
balance names the figure it starts from, so that the tree reaches the inputs without walking back month by month.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from model.report.words import clean, in_unit
from model.sheet import PERIOD, TEXT, Row, definition
from model.sheet.explain import precedents

if TYPE_CHECKING:
    from model.cases import Run
    from model.deal import Deal

ALIASES = {
    "claim": "claim.sentence", "claim.H1": "claim.h1", "claim.H2": "claim.h2", "claim.H3a": "claim.h3a", "claim.H3b": "claim.h3b",
    "claim.grades": "claim.grade_list", "pairs": "claim.grade_list", "pairs.count": "claim.pairs",
    "debt.principal": "stack.principal", "debt.net": "stack.net", "debt.due_24_months": "stack.due_24_months",
    "debt.as_of": "stack.principal_at_start", "debt.closing": "stack.closing", "debt.gpu": "claim.debt",
    "debt.covered": "claim.covered_debt", "debt.interest": "stack.interest",
    "debt.principal_due": "stack.principal_due", "debt.carrying": "stack.carrying", "debt.current": "stack.current",
    "debt.non_current": "stack.non_current", "debt.weighted_rate": "stack.weighted_rate",
    "debt.average_life": "stack.average_life", "debt.floating_share": "stack.floating_share",
    "backlog": "stack.backlog", "backlog.revenue": "stack.backlog", "backlog.cash_to_come": "stack.cash_to_come",
    "company.K1": "company.fixed-charges.first_year", "company.K2": "company.runway.months",
    "company.K3": "company.two-years.due", "company.K4": "company.guarantees.to_liquidity",
    "company.K5": "company.notes.cash", "company.K6": "company.growth.unfunded",
    "company.K7": "check.company.cash.difference", "company.DSCR*": "company.required-12.required",
    "company.cover": "company.required-12.actual", "company.cash": "treasury.cash",
    "backlog.recognised": "stack.billed", "backlog.cash_collected": "stack.receipts", "checks": "checks.failed",
}
"""Names of run.json and of the first page, and the rows that hold them."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
AT_START = ("backlog.revenue", "backlog.cash_to_come")


class UnknownRowError(LookupError):
    """No row or period of that name; the message says what is near."""


@dataclass(frozen=True)
class Node:
    """One line of the tree."""

    depth: int
    row: Row
    period: int | None
    value: str
    how: str
    seen: bool


# ---- what is asked for -----------------------------------------------------------------------------------------------


def find_row(deal: Deal, name: str) -> Row:
    """A row by its key, its name on the first page, or the title of its block. UnknownRowError with what is near."""
    by_key = deal.book.by_key
    key = ALIASES.get(name, name)
    if key.startswith("pairs."):
        key = "pair." + key.removeprefix("pairs.")
    if key in by_key:
        return by_key[key]
    title, _, last = key.rpartition(".")
    for block in deal.book.blocks:
        if title and title.lower() in (block.title.lower(), block.key) and f"{block.key}.{last}" in by_key:
            return by_key[f"{block.key}.{last}"]
    raise UnknownRowError(f"no row called {clean(name)!r}. {hint(deal, key)}")


def hint(deal: Deal, name: str) -> str:
    """The rows of the block that was named, or the nearest names."""
    wanted = name.lower()
    for block in deal.book.blocks:
        if wanted in (block.key, block.title.lower()):
            return f"{block.key} has: {', '.join(row.declared.name for row in block.rows() if not row.is_link)}"
    near = difflib.get_close_matches(name, [*deal.book.by_key, *ALIASES], n=4, cutoff=0.6)
    if near:
        return f"Did you mean {', '.join(near)}?"
    return f"A row is BLOCK.NAME, with one of these blocks: {', '.join(b.key for b in deal.book.blocks)}"


def find_period(deal: Deal, name: str, told: str | None) -> int | None:
    """A period number (0 is the as-of date), YYYY-MM or an ISO date; None for all. UnknownRowError for any other."""
    if told is None:
        return 0 if name in AT_START else None
    try:
        period = int(told) if told.isdigit() and len(told) < 4 else period_on(deal, told)
    except ValueError:
        period = -1
    if not 0 <= period <= deal.timeline.count:
        raise UnknownRowError(f"no period {clean(told)!r}: give a number from 0 to {deal.timeline.count}, or YYYY-MM "
                              f"or YYYY-MM-DD from {deal.timeline.as_of} to {deal.timeline.last}")
    return period


def period_on(deal: Deal, told: str) -> int:
    """The period of a date or month; ValueError where it is none or lies outside the timeline."""
    day = date.fromisoformat(told if len(told) > 7 else f"{told}-01")
    if day < deal.timeline.as_of.replace(day=1):
        raise ValueError(f"{day} is before {deal.timeline.as_of}")
    return deal.timeline.period_of(day)


# ---- the tree --------------------------------------------------------------------------------------------------------


def tree(run: Run, row: Row, period: int | None, depth: int | None = None) -> Iterator[Node]:
    """The row, then everything it rests on, depth first, at most `depth` levels below it."""
    todo: list[tuple[int, Row, int | None]] = [(0, behind(row), period if row.per == PERIOD else None)]
    told: set[Row] = set()
    while todo:
        level, this, when = todo.pop()
        seen = this in told
        yield Node(level, this, when, value_text(run, this, when), definition(this), seen)
        told.add(this)
        if not seen and (depth is None or level < depth):
            todo.extend((level + 1, other, at) for other, at in reversed(below(run, this, when)))


def behind(row: Row) -> Row:
    """The row that a link points to."""
    while isinstance(row.expr, Row):
        row = row.expr
    return row


def below(run: Run, row: Row, period: int | None) -> list[tuple[Row, int | None]]:
    """What a row reads, links followed, each once; and the figure a balance starts from."""
    found = {(behind(other), at): None for other, at in precedents(run.deal.book, row, period)}
    if row.opening_expr is not None and period != 0:
        assert isinstance(row.opening_expr, Row)
        found[behind(row.opening_expr), None] = None
    return list(found)


def value_text(run: Run, row: Row, period: int | None) -> str:
    """The value in the period; of a row over all periods its lowest and highest."""
    found: Any = run.read(row)
    if row.per != PERIOD or period is not None:
        return in_unit(found if row.per != PERIOD else found[period], row.unit)
    body = found[1:-1][~np.isnan(found[1:-1])]
    if not body.size:
        return "blank in every period"
    low, high = in_unit(body.min(), row.unit), in_unit(body.max(), row.unit)
    return f"{low} in every period" if low == high else f"{low} to {high}"


def named(run: Run, node: Node) -> str:
    """Title, label, address and value of a node in one line."""
    row = node.row
    title = "" if row.block.title == row.label else f"{clean(row.block.title)}: "
    when = f", {period_name(run, node.period)}" if node.period is not None else ""
    unit = "" if row.unit in ("flag", "rate", "share", "date", "text") else f" {row.unit}"
    again = " (told above)" if node.seen and row.input is None else ""
    return f"{title}{clean(row.label)} ({row.key}{when}) = {node.value}{unit}{again}"


def period_name(run: Run, period: int) -> str:
    """The month of a period; the as-of date for the opening column."""
    return f"{run.deal.timeline.ends[period - 1]:%Y-%m}" if period else f"at {run.deal.timeline.as_of}"


def why(node: Node) -> str:
    """The formula, or the source of an input; nothing where it was told before."""
    if node.seen:
        return ""
    text = node.how
    if node.row.declared.source:
        text += f"   (source: {node.row.declared.source})"
    if node.row.per == TEXT and node.row.input is None and len(text) > 600:
        text = text[:600] + " ..."
    return clean(text)


def by_month(run: Run, row: Row) -> tuple[list[str], list[list[str]]]:
    """A row over time as a table: years down, months across."""
    values = run.read(behind(row))[1:-1]
    years: dict[int, list[str]] = {}
    for end, value in zip(run.deal.timeline.ends, values, strict=True):
        years.setdefault(end.year, [""] * 12)[end.month - 1] = short(value, row.unit)
    head = ["year", *MONTHS]
    return head, [[str(year), *cells] for year, cells in years.items()]


def short(value: float, unit: str) -> str:
    """A value narrow enough for twelve columns."""
    if np.isnan(value):
        return "-"
    if unit in ("flag", "rate", "share", "date", "no.", "days"):
        return in_unit(value, unit)
    return f"{round(value, 2) + 0.0:,.2f}" if unit != "USD m" else f"{round(value, 1) + 0.0:,.1f}"
