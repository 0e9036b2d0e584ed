"""What differs between two issues of a workbook, on a screen: what was typed, then what is calculated, then what came of it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from model.report.layout import CHECKS, TIME, WORKINGS
from model.report.screen import Screen

Json = Any
MOST, LONGEST = 40, 160
NONE = "-"


def show(told: Json, screen: Screen, every: bool = False) -> None:
    """The page; long lists are cut unless `every` line is asked for."""
    a, b = told["before"], told["after"]
    screen.say(f"{a['file']} -> {b['file']}", "bold")
    if told["same"]:
        screen.say("no difference: inputs, formulas and results are the same")
        return
    facts = [[name, said(a.get(name)), said(b.get(name))] for name in dict.fromkeys([*a, *b])
             if name != "file" and a.get(name) != b.get(name)]
    if facts:
        screen.head("What the files say of themselves")
        screen.table(("", "before", "after"), facts, left=3)
    for what in ("sheets", "scenarios"):
        for change, names in told[what].items():
            if names:
                screen.say(f"{what.capitalize()} {change}: {', '.join(names)}")
    show_files(told["files"], screen, every)
    show_lines(told["lines"], screen, every)
    show_inputs(told["inputs"], screen, every)
    show_formulas(told["formulas"], screen, every)
    show_results(told["results"], screen, every)


def show_files(files: Json, screen: Screen, every: bool) -> None:
    """Lines of the case files that came, went or changed."""
    if files:
        screen.head("Case files: - before, + after")
        table(screen, ("file", "line", "", "text"), [
            [one["file"], str(at["line"]), mark, short(at["text"])] for one in files
            for mark, some in (("-", one["removed"]), ("+", one["added"])) for at in some], every)


def show_lines(lines: Json, screen: Screen, every: bool) -> None:
    """Lines that only one of the two has."""
    screen.head(f"Lines added or removed: {count(lines)}")
    table(screen, ("", "sheet", "line"), [[one["change"], one["sheet"], name(one)] for one in lines], every)


def show_inputs(inputs: Json, screen: Screen, every: bool) -> None:
    """One line an input and scenario; months that were changed on one line stand together."""
    screen.head(f"Inputs changed: {count(inputs)}")
    rows = []
    for _, cells in groupby(inputs, key=lambda one: (one["sheet"], one["block"], one["label"], one["column"][:2] == "20")):
        some = list(cells)
        shown = some if some[0]["column"][:2] != "20" else some[:1]
        rows += [[at(one), name(one), one["column"] + (f" and {len(some) - 1} more" if len(shown) < len(some) else ""),
                  said(one["before"]), said(one["after"])] for one in shown]
    table(screen, ("cell", "input", "of", "before", "after"), rows, every)


def show_formulas(formulas: Json, screen: Screen, every: bool) -> None:
    """Formulas, with the lines that they read by name."""
    screen.head(f"Formulas changed: {count(formulas)}")
    table(screen, ("cell", "line", "of", "before", "after"),
          [[at(one), name(one), one["column"], said(one["before"]), said(one["after"])] for one in formulas], every)


def show_results(results: Json, screen: Screen, every: bool) -> None:
    """The pages for reading line by line; of working sheets how much has moved."""
    cells = sum(one["cells"] for one in results)
    screen.head(f"Results changed: {cells:,} {'cell' if cells == 1 else 'cells'} on {count(results)}")
    front = [one for one in results if every or one["sheet"] not in (*WORKINGS, TIME, CHECKS)]
    table(screen, ("cell", "line", "before", "after"),
          [[at(one), name(one), said(one["before"]), said(one["after"])] for one in front], every)
    sums: dict[str, tuple[int, int]] = {}
    for one in results:
        lines, number = sums.get(one["sheet"], (0, 0))
        sums[one["sheet"]] = lines + 1, number + one["cells"]
    table(screen, ("sheet", "lines", "cells"), [[title, f"{lines:,}", f"{number:,}"] for title, (lines, number) in sums.items()],
          True, left=1)


def table(screen: Screen, heads: tuple[str, ...], rows: list[list[str]], every: bool, left: int = 0) -> None:
    """Rows under heads, and how many were left out."""
    shown = rows if every else rows[:MOST]
    if shown:
        screen.table(heads, shown, left=left or len(heads))
    if len(shown) < len(rows):
        screen.say(f"and {len(rows) - len(shown):,} more; --all shows them, --json tells everything")


def count(entries: Json) -> str:
    """How many."""
    return "none" if not entries else f"{len(entries):,} {'line' if len(entries) == 1 else 'lines'}"


def name(one: Json) -> str:
    """The line of an entry."""
    return short(f"{one['block']}: {one['label']}" if one["block"] else one["label"])


def at(one: Json) -> str:
    """The cell of an entry."""
    return f"{one['sheet']}!{one['cell']}"


def said(value: Any) -> str:
    """A value as it was typed or calculated; twelve digits are more than a reader needs."""
    return NONE if value is None else f"{value:.12g}" if isinstance(value, float) else short(str(value))


def short(words: str) -> str:
    """Words that fit on a line."""
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
