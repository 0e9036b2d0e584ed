"""The backtest on a screen and as a table: projected, reported, error, and its causes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from model.backtest import CAUSES
from model.inputs.actuals import ALL
from model.report.files import Writer, write_table
from model.report.screen import Screen
from model.report.words import NOTHING, clean, money

if TYPE_CHECKING:
    from model.backtest import Backtest, Compared

ITEMS = {
    "balance": "Debt outstanding", "repaid": "Repaid", "cash_drawn": "Drawn and issued for cash",
    "added_without_cash": "Added without cash (implied)", "added": "Drawn, issued or delivered",
    "paid_in_kind": "Interest added to the loan", "net_drawn": "Drawn less repaid, revolver",
    "interest_on_debt": "Interest on debt: contractual + amortised - capitalised",
    "contractual_interest": "Contractual interest", "due": "Principal falling due, of the debt of the day",
    "revenue": "Revenue", "deferred_revenue": "Deferred revenue",
}
HEADS = {"revolver": "revolver", "new_debt": "new debt", "without_cash": "without cash", "repaid": "repaid",
         "capitalised": "capitalised", "rest": "unexplained"}
SMALL = 0.05  # what one decimal shows as nothing


def show(done: Backtest, screen: Screen) -> None:
    """What was asked, then one table an item: all debt first, its instruments below."""
    screen.say(f"Backtest of {done.case} | from {done.as_of} | scenario {done.scenario} | USD m", "bold")
    screen.say(f"Debt at the start: {money(done.debt_at_start)} in the case, {money(done.reported_at_start)} reported. "
               "Error = projected - reported; its causes add up to it. Nothing is fitted to the outcome.")
    for item, title in ITEMS.items():
        lines = [c for c in done.lines if c.actual.item.split("_in_")[0].split("_after_")[0] == item]
        if lines:
            screen.head(title)
            show_item(sorted(lines, key=lambda c: c.actual.instrument != ALL), screen)
    screen.say()
    screen.say("Causes: " + "; ".join(f"{HEADS[key]}: {words}" for key, words in CAUSES.items()) + ".", "dim")
    if done.left_out:
        screen.say(f"Left out: {done.left_out} figures of the start or before it, or after the timeline.", "dim")


def show_item(lines: Sequence[Compared], screen: Screen) -> None:
    """The lines of one item, with the causes that any of them has."""
    causes = [key for key in CAUSES if any(abs(c.causes[key]) > SMALL for c in lines)]
    first = when(lines[0])
    screen.table((*first, "instrument", "projected", "reported", "error", "error %", *(HEADS[key] for key in causes)), [
        (*when(c).values(), name(c), money(c.projected), money(c.actual.value), amount(c.error), share(c),
         *(amount(c.causes[key]) for key in causes)) for c in lines], left=len(first) + 1)


def amount(value: float) -> str:
    """An amount of a cause, with its sign; no sign where one decimal shows nothing."""
    return money(value, signed=abs(value) > SMALL)


def when(c: Compared) -> dict[str, str]:
    """The span or day of a figure; of a maturities table also the year."""
    day = {"date": str(c.actual.until)}
    if c.actual.since:
        return {"from": str(c.actual.since), **day}
    year = c.actual.item.removeprefix("due_in_").replace("due_after_", "after ")
    return day if c.actual.due_year is None else {**day, "due": year}


def name(c: Compared) -> str:
    """The instrument; those that the case does not have are marked."""
    return "all" if c.actual.instrument == ALL else clean(c.actual.instrument) + " (new)" * (not c.in_case)


def share(c: Compared) -> str:
    """The error in percent of what was reported."""
    return NOTHING if c.error_share is None else f"{round(c.error_share, 3) + 0.0:+.1%}"


def rows(done: Backtest) -> list[dict[str, Any]]:
    """One flat line a figure `[USD m, percent, ISO dates]`."""
    return [{
        "case": done.case, "as_of": done.as_of.isoformat(), "scenario": done.scenario,
        "from": c.actual.since.isoformat() if c.actual.since else None, "date": c.actual.until.isoformat(),
        "instrument": c.actual.instrument, "item": c.actual.item, "projected": c.projected, "reported": c.actual.value,
        "error": c.error, "error_percent": None if c.error_share is None else 100 * c.error_share,
        **{f"because_{key}": c.causes[key] for key in CAUSES}, "in_case": "yes" if c.in_case else "no",
        "grade": c.actual.grade, "source": c.actual.source, "note": c.actual.note,
    } for c in done.lines]


def write_backtest(done: Backtest) -> Writer:
    """backtest.csv."""
    return write_table(rows(done))
