"""The stress run on a screen and as files: scenarios x pairs, who fails first, what moves each pair most, where cover turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from model.report.answers import of_inputs, of_scenarios, sized
from model.report.files import Writer, write_json, write_table
from model.report.screen import Screen
from model.report.words import NOTHING, money
from model.stress.record import lines

Json = Any
COLOURS = {"A": "green", "B": "green", "C": "yellow", "D": "red", "N": "dim"}
BARS = 5


def files(told: Json) -> dict[str, Writer]:
    """stress.csv and stress.json."""
    return {"stress.csv": write_table(lines(told)), "stress.json": write_json(told)}


def show(told: Json, screen: Screen) -> None:
    """The table, then what was left out, then the tornado."""
    screen.say(f"Stress of {told['case']} | as of {told['as_of']} | on top of scenario {told['scenario']} | USD m", "bold")
    for n, pair in enumerate(told["pairs"], start=1):
        screen.say(f"{n}  {pair['title']}: {money(pair['principal'])}")
    screen.say(of_scenarios(told))
    screen.head("Scenarios: grade of each pair, and who fails first (* a pair that stands without the stress)")
    screen.say("support: what all pairs need from outside their contracts; change: against as it stands")
    base = {"id": "", "title": "As it stands", "size": "", "severity": "", "grade": "", **told["base"]}
    ran = [one for one in told["scenarios"] if one["applies"]]
    places = [str(n) for n, _ in enumerate(told["pairs"], start=1)]
    heads = ("id", "scenario", "size", *places, "H1", "fails first", "on", "missing", "support", "change")
    screen.table(heads, [line(told, one) for one in (base, *ran)], left=3)
    show_warnings([base, *ran], screen)
    show_left_out([one for one in told["scenarios"] if not one["applies"]], screen)
    for one in told.get("tornado", []):
        show_tornado(told, one, screen)
    if reverse := told.get("reverse"):
        show_reverse(told, reverse, screen)
    if "sensitivity" in told:
        screen.head("Every input moved")
        screen.say(of_inputs(told))


def line(told: Json, one: Json) -> list[str | Text]:
    """One scenario."""
    first = one["first_new_failure"] or one["first_failure"]
    mark = "*" if one["first_new_failure"] else ""
    place = {pair["id"]: str(n) for n, pair in enumerate(told["pairs"], start=1)}
    who = f"{place[first['pair']]}{mark} {first['test']}" if first else NOTHING
    grades = [Text(pair["grade"], style=COLOURS[pair["grade"][0]]) for pair in one["pairs"]]
    return [one["id"], one["title"], sized(one), *grades, one["claim"]["H1"].replace("_", " "), who,
            first["date"] or NOTHING if first else NOTHING, money(first["missing"]) if first else NOTHING,
            money(one["support_needed"]), money(one.get("support_change"), signed=True)]


def show_warnings(scenarios: Sequence[Json], screen: Screen) -> None:
    """Scenarios that reach beyond the timeline."""
    if any(one["warnings"] for one in scenarios):
        screen.head("Warnings")
        for one in scenarios:
            for words in one["warnings"]:
                screen.say(f"{one['id'] or one['title']}: {words}")


def show_left_out(scenarios: Sequence[Json], screen: Screen) -> None:
    """Scenarios that move nothing in this case, with the reason."""
    if scenarios:
        screen.head("Scenarios that move nothing here")
        reasons: dict[str, list[str]] = {}
        for one in scenarios:
            reasons.setdefault(one["why_not"], []).append(one["id"])
        for reason, ids in reasons.items():
            screen.say(f"{', '.join(ids)}: {reason}")


def show_tornado(told: Json, one: Json, screen: Screen) -> None:
    """The drivers that move a pair most."""
    title = next(pair["title"] for pair in told["pairs"] if pair["id"] == one["pair"])
    bars = [bar for bar in one["drivers"] if any(bar["swing"].values())][:BARS]
    if not bars:
        return
    screen.head(f"What moves {title} most: lowest CLCR {ratio(one['base']['min_clcr'])} as it stands")
    screen.table(("driver", "moderate", "severe", "lowest CLCR", "lowest DSCR", "support needed"), [
        (bar["title"], size(bar, "moderate_size"), size(bar, "severe_size"),
         f"{ratio(bar['moderate']['min_clcr'])} / {ratio(bar['severe']['min_clcr'])}", ratio(bar["severe"]["min_dscr"]),
         money(bar["severe"]["support_needed"])) for bar in bars])


def show_reverse(told: Json, reverse: Json, screen: Screen) -> None:
    """How far each pair is from the turn of its verdict, and the level of each driver at which it turns."""
    title = {pair["id"]: f"{n}  {pair['title']}" for n, pair in enumerate(told["pairs"], start=1)}
    screen.head("How far off: one standard unit is the moderate size of a driver")
    for one in reverse["distances"]:
        joint = f"; all together {one['joint']['distance']:.2f}: {one['joint']['words']}" if one["joint"] else ""
        screen.say(f"{title[one['pair']]}: {one['words']}{joint}")
    turning = [one for one in reverse["break_evens"] if one["test"] == "covered" and one["crossings"]]
    if turning:
        screen.head("Where cover turns, one driver moved alone")
        for one in turning:
            screen.say(f"{title[one['pair']].partition(' ')[0]}  {one['words'].partition(', ')[2]}")


def ratio(value: float | None) -> str:
    """A ratio with two decimals."""
    return NOTHING if value is None else f"{round(value, 2) + 0.0:.2f}x"


def size(bar: Json, name: str) -> str:
    """The size of a driver in words."""
    value = bar[name]
    if bar["severe_size"] == bar["moderate_size"] == 1 and bar["unit"] == "days":
        return "at once"  # an event: lost on the first day
    return f"{value:.1%}" if bar["unit"] in ("share", "rate") else f"{value:.0f} {bar['unit']}"
