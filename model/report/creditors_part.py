"""The company's creditors: maturities by quarter, guarantees and what boxes lack, ranks, tests of the company's loans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.record.company import RANKS
from model.report import styles
from model.report.months import Span
from model.report.tables import COLUMNS, Tables

if TYPE_CHECKING:
    from model.parent import Parent

WALL = (("Principal outside the boxes", "parent_so_far"), ("Principal in the boxes", "boxes_so_far"),
        ("Liquidity at the start of the quarter", "liquidity_before"), ("Distributions in the quarter", "distributed_so_far"),
        ("Principal outside the boxes that neither reaches", "gap"))
MISSING = (("Missing", "missing"), ("Called on the company", "called"), ("Paid", "paid"), ("Not honoured", "not_honoured"),
           ("Default without recourse", "without_recourse"))
LOAN_TESTS = (("Total net debt", "net_debt", styles.USD), ("EBITDA of 12 months", "ebitda_of_year", styles.USD),
              ("Net leverage", "leverage", styles.TIMES), ("Headroom in net debt", "leverage_headroom", styles.USD),
              ("Contracted revenue that counts", "contracted", styles.USD),
              ("Headroom above the floor", "revenue_headroom", styles.USD))


def creditors(tables: Tables) -> None:
    """All tables of the part."""
    for part in (wall, behind, ranks, loan_tests):
        part(tables)


def parent_of(tables: Tables) -> Parent:
    """The company of the deal, which this page is only written for."""
    assert tables.deal.parent is not None
    return tables.deal.parent


def wall(tables: Tables) -> None:
    """Maturities by quarter."""
    block, ends = parent_of(tables).outlook.wall, tables.deal.timeline.ends
    quarters = [t for t, end in enumerate(ends, start=1) if end.month % 3 == 0][:COLUMNS]
    tables.band("Maturity wall by calendar quarter")
    tables.over_time([Span(f"Q{(ends[t - 1].month + 2) // 3} {ends[t - 1].year}", t, t) for t in quarters], "Quarter to")
    for label, name in WALL:
        tables.row(label, tables.balances(block.row(name)), "key" if name == "gap" else "link")
    tables.note("Principal in the boxes is paid from the boxes; it is shown beside. The first sixteen quarters; all stand in "
                "run.json and on Company workings.")
    tables.end()


def behind(tables: Tables) -> None:
    """Guarantees called together, and who pays what a box lacks."""
    parent = parent_of(tables)
    promises = parent.promises
    tables.band("Who answers for the debt of the boxes, called together")
    tables.kinds(("Balance now", "of it guaranteed", "as borrower", "Highest", "Guarantor", *[""] * 3), "Loan", [(5, 8)])
    first = tables.line
    for promise in promises:
        for number, name in enumerate(("balance", "guaranteed", "on_own_account"), start=1):
            tables.put(number, tables.at(promise.row(name)))
        row = promise.row("balance")
        tables.put(4, (f"=MAX({tables.area(row)})", float(np.max(tables.issue.value(row)[1:-1]))), "calc")
        tables.words(5, 8, f"  {tables.issue.value(promise.row('guarantor'))}")
        tables.row(promise.title.removesuffix(": answered for"), [])
    if promises:
        tables.total(first, range(1, 4))
        tables.line += 1
    tables.line += 1
    tables.kinds([label for label, _ in MISSING], "What a box lacks over the timeline")
    first = tables.line
    for key, block in parent.recourse.items():
        tables.row(tables.deal.boxes[key].title, [tables.over(block.row(name)) for _, name in MISSING])
    if parent.recourse:
        tables.total(first, range(1, len(MISSING) + 1))
        tables.line += 1
    tables.note("Called where the company guarantees the loan or the box is not ring-fenced; paid from the cash of the month "
                "before and undrawn lines, boxes in the order of the case. The rest is a default of a box without recourse.")
    tables.end()


def ranks(tables: Tables) -> None:
    """Debt by rank, with the cash that reaches it."""
    block = parent_of(tables).outlook.ranks
    tables.band("Structural subordination: who stands in front of whom")
    tables.kinds(("Amount", "Cash that reaches it", "Missing to it", "Debt up to here"), "Rank")
    for label, amount, reached, so_far in RANKS:
        amounts, cash = tables.at(block.row(amount)), tables.at(block.row(reached))
        tables.put(1, amounts)
        tables.put(2, cash)
        gap = max(0.0, amounts[1] - cash[1])
        tables.put(3, (f"=MAX(0,{tables.here(1)[0][1:]}-{tables.here(2)[0][1:]})", gap), "calc")
        tables.put(4, tables.at(block.row(so_far)))
        tables.row(label.capitalize(), [])
    tables.note("Pro-forma principal; cash over the whole timeline, undiscounted. Boxes are reached by their contracted CFADS; "
                "the company's creditors by its cash, distributions and other business less cost, purchases and what it pays for "
                "boxes. Notes and convertibles rank alike in law: here the one named later stands behind.")
    tables.end()


def loan_tests(tables: Tables) -> None:
    """Net leverage and contracted revenue by test date."""
    block = parent_of(tables).outlook.loan_tests
    if block is None:
        return
    dates = [t for t, flag in enumerate(tables.issue.value(block.row("tested"))) if flag == 1][:COLUMNS]
    tables.band("Tests of the company's loans")
    tables.over_time([Span(f"{tables.deal.timeline.ends[t - 1]:%b %Y}", t, t) for t in dates], "Test date")
    for label, name, fmt in LOAN_TESTS:
        tables.row(label, tables.balances(block.row(name)), fmt=fmt)
    limits = [tables.at(block.row(name)) for name in ("leverage_limit", "revenue_floor", "breaches")]
    shown = zip(("Net leverage, at most", "Contracted revenue, at least", "Test dates with a breach"), limits,
                (styles.TIMES, styles.USD, styles.COUNT), strict=True)
    for label, cell, fmt in shown:
        tables.row(label, [cell], fmt=fmt)
    tables.note("EBITDA is the model's: contracted revenue and other business less cash cost, corporate cost and leases outside "
                "the boxes; months before the as-of date as reported.")
    tables.end()
