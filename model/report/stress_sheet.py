"""Stress: what moves each pair most, where its tests turn, how far off failure is, and two drivers at once; stamped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.report import stamped, styles
from model.report.answers import of_drivers
from model.report.behind import Behind, Curve, bars
from model.report.layout import STRESS
from model.report.months import column
from model.report.reverse_part import Reverse
from model.report.tables import COLUMNS, LABEL, LAST, WIDTH, Tables
from model.report.words import money, times

if TYPE_CHECKING:
    from model.report.workbook import Issue

Json = Any
SHOWN, CHART_LINES = 8, 14  # bars of a tornado, lines that its chart takes
FIGURES = (("min_clcr", "x"), ("min_dscr", "x"), ("support_needed", "USD m"))
TORNADO = ("Moderate", "Severe", "Lowest CLCR, moderate", "severe", "Lowest DSCR, moderate", "severe",
           "Support, moderate", "severe", "Grade, moderate", "severe", "Source of the sizes", *[""] * 5)
LEGEND = ("One driver moves at a time, from where the scenario has it, by its moderate and its severe size; the longest bar "
          "first. USD m, ratios in x. A, B: covered; C: with support; D: not covered; N: not testable.")


def stress_sheet(issue: Issue, told: Json) -> None:
    """The whole page; a run of chosen scenarios has only scenarios and no more to show here."""
    tables = Tables(issue, STRESS)
    behind = Behind(tables.page)
    facts = stamped.run_facts(told)
    if reverse := told.get("reverse"):
        facts += [(label, reverse["method"][name]) for label, name in (
            ("How break-evens were found", "break_evens"), ("How frontiers were found", "frontiers"),
            ("How distances were found", "distances"))]
    tables.line = stamped.head(issue, tables.page, of_drivers(told), facts, LAST, WIDTH * COLUMNS)
    for one in told.get("tornado", []):
        tornado(tables, behind, told, one)
    if reverse:
        Reverse(tables, behind, told, reverse).write()
    for n, one in enumerate(told["pairs"]):
        for grid in told.get("grids", []):
            show_grid(tables, f"{n + 1}  {one['title']}", grid, grid["pairs"][n])
    if not tables.ends:
        tables.note("Only chosen scenarios were run; they stand on Scenarios.")
        tables.end()
    tables.finish()


def tornado(tables: Tables, behind: Behind, told: Json, one: Json) -> None:
    """A pair: every driver that moves it, the longest first, and a chart of the first few."""
    number, pair = next((n, pair) for n, pair in enumerate(told["pairs"], start=1) if pair["id"] == one["pair"])
    moving = [bar for bar in one["drivers"] if any(bar["swing"].values())]
    tables.band(f"What moves {number}  {pair['title']}: lowest CLCR {times(one['base']['min_clcr'])}, support needed USD "
                f"{money(one['base']['support_needed'])}m as it stands")
    if not moving:
        tables.note("No driver moves it.")
        tables.end()
        return
    tables.heads(TORNADO, "Driver", [(11, 16)])
    top = tables.line
    for bar in moving:
        bar_line(tables, bar)
    stamped.paint_grades(tables.page, f"{column(9)}{top}:{column(10)}{tables.line - 1}")
    tables.note(LEGEND)
    draw(tables, behind, pair["title"], one["base"]["min_clcr"], moving[:SHOWN])
    tables.end()


def bar_line(tables: Tables, bar: Json) -> None:
    """One driver."""
    page, line = tables.page, tables.line
    tables.label(bar["title"])
    for number, name in ((1, "moderate_size"), (2, "severe_size")):
        page.number(f"{column(number)}{line}", float(bar[name]), "given", size_format(bar["unit"]))
    for n, (name, unit) in enumerate(FIGURES):
        for k, size in enumerate(("moderate", "severe")):
            if (value := bar[size][name]) is not None:
                page.number(f"{column(3 + 2 * n + k)}{line}", float(value), "given", styles.number_format(unit))
    for k, size in enumerate(("moderate", "severe")):
        page.text(f"{column(9 + k)}{line}", "ABCDN"[bar[size]["code"] - 1], "right")
    tables.words(11, 16, bar["source"], "source")
    page.height(line, (bar["title"], LABEL), (bar["source"], 6 * WIDTH))
    tables.line += 1


def size_format(unit: str) -> str:
    """How a level of a driver is shown."""
    return {"share": "0.0%_);-0.0%_)", "rate": "0.00%_);-0.00%_)", "days": "0_)", "flag": "0_)"}.get(unit, "0.00_)")


def draw(tables: Tables, behind: Behind, title: str, base: float | None, shown: list[Json]) -> None:
    """Changes of the lowest CLCR as bars."""
    if base is None or all(bar["swing"]["min_clcr"] is None for bar in shown):
        return
    heads = behind.put("Driver", [bar["title"] for bar in shown])
    found = {size: [None if bar[size]["min_clcr"] is None else bar[size]["min_clcr"] - base for bar in shown]
             for size in ("severe", "moderate")}
    curves = [Curve(behind.put(size, found[size], "0.00"), colour)
              for size, colour in (("severe", styles.TEAL), ("moderate", styles.GOLD))]
    tables.line -= 1
    chart = bars(f"Change of the lowest CLCR, {title}", heads, curves, '0.00"x"')
    behind.draw(chart, (2, tables.line, 12, tables.line + CHART_LINES))
    tables.line += CHART_LINES + 2


def show_grid(tables: Tables, title: str, grid: Json, pair: Json) -> None:
    """Grade and lowest CLCR of a pair over two drivers."""
    one, two = grid["first"], grid["second"]
    tables.band(f"{title}: {one['title']} (down) against {two['title']} (across); grade and lowest CLCR")
    tables.heads([f"at {level(two['unit'], value)}" for value in two["values"]], f"{one['title']} / {two['title']}")
    top = tables.line
    for value, grades, covers in zip(one["values"], pair["grade"], pair["min_clcr"], strict=True):
        tables.label(f"at {level(one['unit'], value)}")
        for n, (grade, cover) in enumerate(zip(grades, covers, strict=True), start=1):
            tables.page.text(f"{column(n)}{tables.line}", grade if cover is None else f"{grade} {times(cover)}", "right")
        tables.line += 1
    stamped.paint_grades(tables.page, f"{column(1)}{top}:{column(len(two['values']))}{tables.line - 1}")
    tables.line += 1
    tables.end()


def level(unit: str, value: float) -> str:
    """A level of a driver in words."""
    shown = {"share": f"{value:+.1%}", "rate": f"{value * 1e4:+.0f} bp", "days": f"{value:.0f} days"}
    return shown.get(unit, f"{value:g} {unit}")
