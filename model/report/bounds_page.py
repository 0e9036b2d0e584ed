"""The bounds on a screen and as files: the answer, range bars, margins, what to ask for, the worlds that show it."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor
from typing import Any

from model.bounds.record import lines
from model.report.files import Writer, write_json, write_table
from model.report.screen import Screen
from model.report.words import NOTHING, money

Json = Any
WIDTH = 40
ASKED = (("ask", "the range of the uncovered balance", "USD m"), ("ask_cover", "the range of the worst pair's cover", "x"),
         ("ask_margin", "the range between the lowest margin and 100 %", "share"))
ENDS = (("low", floor), ("high", ceil), ("shown_low", ceil), ("shown_high", floor))
"""Ends of a range and how they are rounded: what cannot be, away from it; what was shown, inwards."""
NARROWS = ("narrows_at_least", "narrows_on_average", "narrows_at_most")
RANGES = (("worst_cover", "Lowest CLCR of the worst pair", "x"),
          ("uncovered", "Balance that contracted cash leaves uncovered", "USD m"),
          ("pooled_cover", "Lowest CLCR of all as one (H3a)", "x"))


def files(told: Json) -> dict[str, Writer]:
    """bounds.csv and bounds.json."""
    return {"bounds.csv": write_table(lines(told)), "bounds.json": write_json(told)}


def show(told: Json, screen: Screen) -> None:
    """The whole page."""
    screen.say(f"Bounds of {told['case']} | as of {told['as_of']} | windows of {told['periods']['months']} months to "
               f"{told['periods']['ends'][-1]} | USD m", "bold")
    screen.say(told["sentence"])
    for said in answers(told):
        screen.say(said)
    screen.head("How far figures reach over every allocation and schedule that was not disclosed")
    screen.table(("figure", "range", "from", "to", "shown from", "shown to"), [
        (label, bar(told, name), *(figure(told["ranges"][name][end], unit, rounded) for end, rounded in ENDS))
        for name, label, unit in RANGES], left=2)
    screen.say("Nothing lies outside of from and to; for each end that is shown a world was found.")
    screen.head("Margins")
    for said in of_margins(told):
        screen.say(said)
    for key, what, unit in ASKED:
        screen.head(f"The numbers to ask for: what one more disclosure takes off {what}")
        screen.table(("disclosure", "at least", "on average", "at most"),
                     [(one["words"], *(narrowed(one[name], unit) for name in NARROWS)) for one in told[key]])
    screen.say(of_asks(told))
    screen.head("Worlds that show it, judged by the engine")
    for one in told["witnesses"]:
        screen.say(of_witness(one))
    screen.head("What this rests on")
    for said in told["premises"]:
        screen.say(said)
    screen.say(f"{len(told['disclosures'])} disclosures, each with its source in bounds.json; what is assumed is left open.")


def answers(told: Json) -> list[str]:
    """What stands behind the answer, in sentences."""
    found = []
    if told["without_contract"] > 1e-6:
        found.append(f"Up to {money(told['without_contract'])} of {money(told['debt'])} may have no contract at all.")
    found += [f"{label}: {figure(told['ranges'][name]['high'], unit)} is not exceeded, but the search for a world that reaches "
              "it was stopped." for name, label, unit in RANGES if told["ranges"][name]["stopped"]]
    if told["counter"]:
        found.append(f"A pair may be short by {money(told['counter']['short_by'])}: {told['counter']['where']}.")
    return found + why_nothing(told)


def why_nothing(told: Json) -> list[str]:
    """Why the low end of cover is 0, where it is, and what would not lift it."""
    if told["ranges"]["worst_cover"]["low"] != 0:
        return []
    read = [one for one in told["readings"] if one["agrees"]]
    stays = [one["words"] for one in read if one["lowest_cover"] == 0]
    lifts = [f"{one['words']}: {one['lowest_cover']:.2f}x" for one in read if one["lowest_cover"] != 0]
    found = ["The low end of cover is 0.00x because nothing that is disclosed says how much cash, and by when, answers for which "
             "loan: one may rest on an order that pays too late, or next to nothing, while the rest answers for others."]
    found += [f"It stays 0.00x even if {' or if '.join(stays)}."] if stays else []
    found += [f"It would be more if {one}." for one in lifts]
    return found + [f"Not all can be met: {one['words']}." for one in told["readings"] if not one["agrees"]]


def of_margins(told: Json) -> list[str]:
    """The two break-even margins, and what a point is worth."""
    said, found = told["margins"], []
    if said["lowest_average"] is None:
        found.append("The claim cannot be true at any margin.")
    else:
        shown = said["lowest_shown"]
        beside = f"; a world shows it true at {share(shown, ceil)}" if shown is not None else ""
        found.append(f"Below an average margin of {share(said['lowest_average'], floor)} it cannot be true, however it is spread "
                     f"over contracts{beside}.")
        same = said["lowest_same_for_all"]
        found.append("With one margin for all contracts and windows it cannot be true at any." if same is None else
                     f"With one margin for all contracts and windows it cannot be true below {share(same, floor)}.")
    found.append("There is no margin above which it must be true." if said["must_above"] is None else
                 f"Above {share(said['must_above'], ceil)} on average it must be true.")
    if said["point_of_cover"] is not None:
        found.append(f"Each point of margin is worth {said['point_of_cover']:.3f}x of the best cover of the worst pair, counted "
                     f"down from {said['point_from']:.0%}.")
    return found + of_prices(told) + of_proofs(told)


def of_proofs(told: Json) -> list[str]:
    """What was proved in whole fractions, and what was not."""
    return [f"Impossible: {one['words']}. " + (
        f"Proved in whole fractions, {one['rows']} rows that contradict each other." if one["proved"] else
        "The solver says so; its weights prove nothing in whole fractions.") for one in told["proofs"]]


def of_prices(told: Json, most: int = 5) -> list[str]:
    """What the lowest margin hangs on, each size of effect once."""
    found: dict[str, str] = {}
    for one in told["prices"]:
        points = f"{one['points_per_100']:+.2f}"
        found.setdefault(points, f"{one['words']}: the lowest margin moves by {points} points.")
    return list(found.values())[:most]


def of_asks(told: Json) -> str:
    """How far to trust what a disclosure would narrow."""
    tried, months = len(told["candidates"]) // len(ASKED), told["periods"]["months"]
    return (f"The first of each contract or loan, of {tried} disclosures that were tried by year; what it takes off is worked "
            f"out in windows of {months} months. Three answers were tried: amid the worlds with the highest cover, amid those "
            "with the most uncovered, halfway. Where the least is 0, some answer narrows nothing.")


def of_witness(one: Json) -> str:
    """A world and what the engine says of it."""
    agreed = "agrees" if one["confirmed"] else "DIFFERS"
    return (f"{one['title']}: {one['folder']}; lowest cover {one['claimed_cover']:.6f}x, the engine {agreed} with "
            f"{one['engine_cover']:.6f}x; H1 {one['H1'].replace('_', ' ')}.")


def bar(told: Json, name: str) -> str:
    """A range on a line from 0: to twice the debt a pair needs, or to all debt."""
    end = told["debt"] if name == "uncovered" else 2.0
    low, high = told["ranges"][name]["low"], told["ranges"][name]["high"]
    if high is None:
        return NOTHING
    first, last = (round(min(1.0, max(0.0, x / end)) * WIDTH) if end else 0 for x in (low, high))
    return "." * first + "#" * max(1, last - first) + "." * (WIDTH - max(last, first + 1)) + ("+" if high > end else "")


def narrowed(value: float, unit: str) -> str:
    """What comes off a range."""
    return f"{value:.2f}x" if unit == "x" else f"{value:.1%}" if unit == "share" else money(value)


def figure(value: float | None, unit: str, rounded: Callable[[float], int] = round) -> str:
    """An end of a range."""
    if value is None:
        return NOTHING
    return f"{to(value, 2, rounded):.2f}x" if unit == "x" else money(to(value, 1, rounded))


def to(value: float, digits: int, rounded: Callable[[float], int]) -> float:
    """A number of so many digits, rounded down or up; noise of a solver is no reason to."""
    return float(rounded(round(value * 10**digits, 4)) / 10**digits)


def share(value: float, rounded: Callable[[float], int]) -> str:
    """A margin in per cent, to a tenth."""
    return f"{to(100 * value, 1, rounded):.1f}%"
