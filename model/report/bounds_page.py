"""The bounds on a screen and as files: the answer, range bars, margins, what to ask for, the worlds that show it."""

from __future__ import annotations

from typing import Any

from model.bounds.record import lines
from model.report.files import Writer, write_json, write_table
from model.report.screen import Screen
from model.report.words import NOTHING, money

Json = Any
WIDTH = 40
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
    screen.table(("figure", "range", "from", "to"), [
        (label, bar(told, name), *(figure(told["ranges"][name][end], unit) for end in ("low", "high")))
        for name, label, unit in RANGES], left=2)
    screen.head("Margins")
    for said in of_margins(told):
        screen.say(said)
    screen.head("The numbers to ask for: what one more disclosure takes off the range of the uncovered balance")
    screen.table(("disclosure", "whatever it says", "at most"),
                 [(one["words"], money(one["narrows_at_least"]), money(one["narrows_at_most"])) for one in told["ask"]])
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
    if told["counter"]:
        found.append(f"A pair may be short by up to {money(told['counter']['short_by'])}: {told['counter']['where']}.")
    return found


def of_margins(told: Json) -> list[str]:
    """The two break-even margins, and what a point is worth."""
    said, found = told["margins"], []
    if said["lowest_average"] is None:
        found.append("The claim cannot be true at any margin.")
    else:
        shown = said["lowest_shown"]
        beside = f"; a world shows it true at {shown:.1%}" if shown is not None else ""
        found.append(f"Below an average margin of {said['lowest_average']:.1%} it cannot be true, however it is spread over "
                     f"contracts{beside}.")
        same = said["lowest_same_for_all"]
        found.append("With one margin for all contracts and windows it cannot be true at any." if same is None else
                     f"With one margin for all contracts and windows it cannot be true below {same:.1%}.")
    found.append("There is no margin above which it must be true." if said["must_above"] is None else
                 f"Above {said['must_above']:.1%} on average it must be true.")
    if said["point_of_cover"] is not None:
        found.append(f"Each point of margin is worth {said['point_of_cover']:.3f}x of the best cover of the worst pair, counted "
                     f"down from {said['point_from']:.0%}.")
    return found + of_prices(told)


def of_prices(told: Json, most: int = 5) -> list[str]:
    """What the lowest margin hangs on, each size of effect once."""
    found: dict[str, str] = {}
    for one in told["prices"]:
        points = f"{one['points_per_100']:+.2f}"
        found.setdefault(points, f"Were it 100 more, the lowest margin would move by {points} points: {one['words']}.")
    return list(found.values())[:most]


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


def figure(value: float | None, unit: str) -> str:
    """An end of a range."""
    return NOTHING if value is None else f"{value:.2f}x" if unit == "x" else money(value)
