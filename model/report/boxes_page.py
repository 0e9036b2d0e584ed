"""Boxes: each borrower's waterfall by year, its accounts and covenants, and every action with its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.box import Box
from model.cascade import Distribution, Step, Sweep
from model.covenants import Covenant
from model.report import styles
from model.report.layout import ACTIONS, BOXES
from model.report.months import Span, years
from model.report.tables import COLUMNS, Tables
from model.reserve import Reserve
from model.sheet import Block
from model.waterfall import LEVELS

if TYPE_CHECKING:
    from model.report.workbook import Issue

COVENANTS = ("Limit of lock-up", "Limit of default", "Tests made", "Worst reading", "First in lock-up", "First in default",
             "Tests in default", "Largest cure")
FLOW = {Step: "paid", Reserve: "filled", Sweep: "swept", Distribution: "surplus_out"}
HEADS = ("Date", "Borrower", "Step", "Action", "USD m", "Cause", "Period", "Row")
WIDTHS = (11, 34, 30, 18, 11, 92, 8, 44)


def boxes_page(issue: Issue) -> None:
    """The page by year, and the log of actions."""
    tables = Tables(issue, BOXES)
    spans = years(tables.deal, COLUMNS - 2)
    for box in tables.deal.boxes.values():
        _waterfall(tables, box, spans)
        _covenants(tables, box)
        tables.end()
    tables.finish()
    _log(issue)


def _waterfall(tables: Tables, box: Box, spans: list[Span]) -> None:
    """What came in, and where it went, in the order of the case file; then what the accounts hold."""
    tables.band(f"{box.title}: in the order in which it pays, USD m")
    tables.over_time([tables.whole("all years"), tables.as_of(), *spans], "Step")
    _flow(tables, "Contracted cash received", box.account, "receipts")
    for order, block in box.levels:
        label = order.text if order.verb != "pay" else f"pay {LEVELS[order.what]}" + f" of {', '.join(order.loans)}" * bool(
            order.loans)
        name = next(row for kind, row in FLOW.items() if isinstance(block, kind))
        _flow(tables, label, block, name)
        if isinstance(block, Step) and order.what != "balloon":
            _flow(tables, f"   {LEVELS[order.what]} missing", block, "shortfall")
    for account in box.accounts:
        _flow(tables, f"drawn from {account.title.rpartition(': ')[2]}", account, "drawn")
    if box.cure:
        _flow(tables, "equity cures", box.cure, "cured")
    if box.payout:
        _flow(tables, "Missing: called on the guarantor, or default", box.payout, "called", "key")
        _flow(tables, "Up to the parent, releases included", box.payout, "distribution", "key")
    held: list[tuple[str, Block, str, bool]] = [(f"held in {account.title.rpartition(': ')[2]}", account, "closing", True)
                                                for account in box.accounts]
    held += [("kept in the box", box.account, "kept", False)]
    held += [("   of it trapped by a lock-up", one, "trapped", False) for one in box.distributions]
    for label, block, name, opening in held:
        cells = tables.balances(block.row(name))
        tables.row(label, [None, *([] if opening else [None]), *cells[1 if opening else 2:]])
    tables.line += 1


def _flow(tables: Tables, label: str, block: Any, name: str, style: str = "link") -> None:
    whole, _, *years = tables.flows(block.row(name))
    tables.row(label, [whole, None, *years], style)


def _covenants(tables: Tables, box: Box) -> None:
    if not box.covenants:
        tables.note("No covenant of this borrower is in the case.")
        return
    tables.kinds(COVENANTS, "Covenant")
    for covenant in box.covenants.values():
        _covenant(tables, covenant)
    tables.note("A covenant is tested on payment dates from its first date on; cures, reserves and support are in none of them. "
                "In lock-up nothing goes up to the parent where a step asks for it.")


def _covenant(tables: Tables, covenant: Covenant) -> None:
    unit = covenant.row("lock_up").unit
    fmt = styles.number_format(unit)
    tables.label(covenant.title.rpartition(": ")[2])
    for number, name in enumerate(("lock_up", "default"), start=1):
        tables.put(number, tables.at(covenant.row(name)), fmt=fmt)
    tables.put(3, tables.at(covenant.row("tests")), fmt=styles.COUNT)
    tables.put(4, tables.at(covenant.row("worst_ratio")), fmt=fmt)
    for number, name in ((5, "first_lock_up"), (6, "first_default")):
        tables.put(number, tables.at(covenant.row(name)), fmt=styles.DATE)
    tables.put(7, tables.at(covenant.row("defaults")), fmt=styles.COUNT)
    tables.put(8, tables.at(covenant.row("largest_cure")))
    tables.line += 1


def _log(issue: Issue) -> None:
    """Every action, stamped for the scenario as delivered."""
    page = issue.page(ACTIONS)
    page.widths(2, *WIDTHS)
    page.heading("What each box did and why", 1 + len(WIDTHS))
    page.text("B4", f"Stamped by the engine for scenario {issue.run.scenario} and the inputs as delivered; the amounts stand "
              "live in the rows named on the right.", "note")
    letters = [chr(ord("B") + n) for n in range(len(HEADS))]
    page.fill(6, 2, 1 + len(HEADS), "header")
    for letter, head in zip(letters, HEADS, strict=True):
        page.text(f"{letter}6", head, "header_left" if letter not in "FH" else "header")
    for line, one in enumerate(issue.run.actions, start=7):
        told = [one[name] for name in ("date", "box", "step", "action", "amount", "cause", "period", "row")]
        for letter, value in zip(letters, told, strict=True):
            if isinstance(value, str):
                page.text(f"{letter}{line}", value, "plain")
            else:
                page.number(f"{letter}{line}", value, "given", styles.USD if letter == "F" else "0")
    page.frozen("B7")
    page.printed(heads="1:6")
