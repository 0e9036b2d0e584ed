"""Combinations of stresses and what they break, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from model.break_even import DAYS_A_MONTH
from model.falsify.space import Axis, Combination, Space

Json = Any
NEAR = 0.1  # months: a delay so near to whole months is called by them
SOUNDS_LIKE_AN = {8, 11, 18, *range(80, 90)}
PHRASES = {  # {} is the size, {a} its article
    "price": "{a} {} price cut", "cost": "{} more cash cost", "delay": "{a} {} delay", "sla": "service credits of {}",
    "delivered": "{} of capacity not delivered", "uncollected": "{} of invoices never paid",
    "power": "{a} {} higher power price", "running": "{} more staff and maintenance cost",
    "rent": "rent rising {} a year faster", "rate": "{a} {} higher base rate", "summer": "{} less power in summer",
    "share": "{a} {} fall of the share price",
}
FAILURES = {
    "T1": "T1 first fails on {}, USD {} short of debt service",
    "T2": "T2 fails: USD {1} of debt is left on {0} with no cash for it",
    "T3": "T3 first fails on {}, present value USD {} below the balance",
}


def size(axis: Axis, steps: int) -> str:
    """How far a driver moves from where the scenario has it."""
    amount, unit = abs(axis.level(steps) - axis.start), axis.driver.unit
    if unit == "share":
        return f"{100 * amount:.6g} %"
    if unit == "rate":
        return f"{10_000 * amount:.6g} bp"
    if unit == "days":
        return days(amount)
    return f"{amount:.6g} {unit}"


def days(amount: float) -> str:
    """Days, or months where it is about whole ones."""
    months = amount / DAYS_A_MONTH
    whole = round(months)
    return f"{whole}-month" if whole and abs(months - whole) <= NEAR else f"{amount:.0f}-day"


def phrase(axis: Axis, steps: int) -> str:
    """One stress, as `a 10 % price cut`."""
    driver, told = axis.driver, size(axis, steps)
    if driver.name in PHRASES:
        article = "an" if int(float(told.split("-")[0].split()[0])) in SOUNDS_LIKE_AN else "a"
        exact = f" ({abs(axis.level(steps) - axis.start):.0f} days)" if told.endswith("-month") else ""
        return PHRASES[driver.name].format(told, a=article) + exact
    return driver.title if axis.is_event else f"{driver.title} ({told})"


def together(space: Space, combination: Combination) -> str:
    """All stresses of a combination."""
    first, *rest = [phrase(space.axes[axis], steps) for axis, steps in combination]
    return first + (" together with " + listed(rest) if rest else "")


def listed(words: Sequence[str]) -> str:
    """Words in a row."""
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def within(space: Space) -> str:
    """The ranges that were looked at."""
    return ", ".join(axis.driver.title if axis.is_event else f"{axis.driver.title} up to {far(axis)}" for axis in space.axes)


def far(axis: Axis) -> str:
    """The end of a range, from where the scenario has the driver."""
    return f"{abs(axis.last - axis.start):.0f} days" if axis.driver.unit == "days" else size(axis, axis.steps)


def amount(value: float) -> str:
    """USD m as people write them: small ones too."""
    if value >= 0.05:
        return f"{value:,.1f}m"
    return f"{value * 1e6:,.0f}"


def day(iso: str) -> str:
    """A date as people write it: 31 Mar 2028."""
    when = date.fromisoformat(iso)
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{when.day} {months[when.month - 1]} {when.year}"


def failure(first: Json) -> str:
    """The first test that fails."""
    return FAILURES[first["test"]].format(day(first["date"]) if first["date"] else "every date", amount(first["missing"]))


def capital(text: str) -> str:
    """A sentence begins."""
    return text[:1].upper() + text[1:]


def sentence(told: Json) -> str:
    """What was found for a pair."""
    if told["status"] == "broken":
        return f"{capital(told['stress'])} breaks it: {told['failure']}."
    if told["status"] == "none_found":
        most = min(told["most"], len(told["ranges"]))
        return (f"None found in {told['tries']:,} tries within these ranges, up to {most} at a time: {told['within']}; "
                f"lowest cover seen {told['lowest_cover']:.2f}x.")
    if told["status"] == "nothing_to_move":
        return "Nothing to search: none of these drivers can get worse than the scenario has them."
    return f"Skipped: {told['why']}"


def lines(record: Json) -> list[str]:
    """The page of a search."""
    shown = [f"{record['case']}, scenario {record['scenario']}: smallest combination of stresses under which a pair is no longer "
             f"covered (seed {record['seed']})"]
    for told in record["pairs"]:
        shown += ["", told["title"], "  " + told["sentence"]]
        if told["alone"]:
            shown.append("  Each alone breaks it too: " + "; ".join(told["alone"]) + ".")
        if told["scenario"]:
            shown.append(f"  Scenario: {told['scenario']}")
    return shown
