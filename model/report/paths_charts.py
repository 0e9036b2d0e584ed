"""Charts of a simulation: the fan of cash against service, shortfalls and losses as histograms, failures by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.report import styles
from model.report.behind import Behind, Curve, columns, curves_over, lines
from model.report.months import column
from model.report.tables import LAST, Tables

Json = Any
HEIGHT = 15  # lines of a chart
LITTLE = 0.02  # months in which less than this share of the highest service falls due are no dates of the fan
FAN = (("p95", styles.TEAL, True), ("p75", styles.TEAL, False), ("p50", styles.NAVY, False), ("p25", styles.TEAL, False),
       ("p05", styles.TEAL, True))
TITLE = "Cash of each service period, percentiles of paths, USD m"
LABELS = 8  # labels along a histogram
PERCENT = {"p05": "5 %", "p25": "25 %", "p50": "50 %", "p75": "75 %", "p95": "95 %"}
MIDDLE = 9  # the column at which the right half of a page begins


def fan_and_shortfall(tables: Tables, behind: Behind, title: str, pair: Json, told: Json) -> None:
    """Of a pair: percentiles of the cash of each service period against what falls due, and the cash missing over all paths."""
    tables.band(title)
    found = told["fan"]["pairs"].get(pair["id"])
    place = (2, tables.line, 8, tables.line + HEIGHT)
    dates = service_months(found["service"]["p50"]) if found else []
    if dates:
        draw_fan(behind, found, dates, told, place)
    else:
        tables.page.text(f"B{tables.line}", "No debt service on the median path.", "note")
    draw_histogram(behind, "Cash missing, USD m, and share of all paths", pair["missing"], told["paths"],
                   (MIDDLE, tables.line, LAST, tables.line + HEIGHT))
    tables.line += HEIGHT + 1
    part = f" of the first {told['fan']['paths']:,} paths" if told["fan"]["paths"] < told["paths"] else ""
    tables.note(f"Left: cash kept and earned for each service period{part}; line in gold: the median of what falls due. Months "
                f"with little or no service are left out. Right: {how_often(pair['missing'])}")
    tables.end()


def service_months(service: Sequence[float]) -> list[int]:
    """Months in which debt service worth showing falls due."""
    most = max(service, default=0.0)
    return [n for n, due in enumerate(service) if most > 0 and due > LITTLE * most]


def draw_fan(behind: Behind, found: Json, dates: Sequence[int], told: Json, place: tuple[int, int, int, int],
             title: str = TITLE) -> None:
    """Five percentiles and the service."""
    heads = behind.put("Month", years_of([told["months"][n + 1] for n in dates]))
    curves = [Curve(behind.put(PERCENT[name], [found["cash"][name][n] for n in dates], styles.USD), colour,
                    28575 if name == "p50" else 15875, dashed) for name, colour, dashed in FAN]
    curves.append(Curve(behind.put("Service due", [found["service"]["p50"][n] for n in dates], styles.USD), styles.GOLD, 25400))
    behind.draw(lines(title, heads, curves), place)


def years_of(months: Sequence[str]) -> list[str]:
    """The year at its first month, nothing at others: programs differ in which labels of a crowd they leave out."""
    found, before = [], ""
    for month in months:
        found.append(month[:4] if month[:4] != before else " ")
        before = month[:4]
    return found


def histogram(tables: Tables, behind: Behind, title: str, found: Json, paths: int) -> None:
    """A histogram across the page."""
    tables.band(title)
    if found["histogram"]["counts"]:
        place = (2, tables.line, 12, tables.line + HEIGHT)
        draw_histogram(behind, f"{title}, USD m, and share of all paths", found, paths, place)
        tables.line += HEIGHT + 1
    tables.note(how_often(found))
    tables.end()


def how_often(found: Json) -> str:
    """The share of paths without any, which the columns leave out."""
    return f"nothing on {1 - found['any']['probability']:.1%} of paths, which the columns leave out."


def draw_histogram(behind: Behind, title: str, found: Json, paths: int, place: tuple[int, int, int, int]) -> None:
    """Share of paths by amount; each column ends at the amount below it."""
    edges, counts = found["histogram"]["edges"], found["histogram"]["counts"]
    if not counts:
        return
    step = max(1, len(counts) // LABELS)
    labels = [f"{edges[n + 1]:,.4g}" if (n + 1) % step == 0 else " " for n in range(len(counts))]
    heads = behind.put("up to, USD m", labels)
    shares = behind.put("Share of paths", [count / paths for count in counts], "0.00%_)")
    chart = columns(title, heads, [Curve(shares, styles.TEAL)], "0.0%")
    chart.legend = None
    behind.draw(chart, place)


def by_month(tables: Tables, behind: Behind, told: Json) -> None:
    """Share of paths on which each pair has failed, and the company is short, by year end; month by month as a chart."""
    series = [(f"{n}  {pair['title']}", pair["first_failure"]) for n, pair in enumerate(told["pairs"], start=1)
              if pair["first_failure"]]
    if told["company"] and "short_from" in told["company"]:
        series.append(("Company short of liquidity", told["company"]["short_from"]))
    if not series:
        return
    ends = year_ends(told["months"])[: LAST - 3]
    tables.band("Probability of a failure by month: the first test that fails, by year end")
    tables.heads([*(int(told["months"][n][:4]) for n in ends), "Never"], "Contract / debt")
    for title, found in series:
        tables.label(title)
        for number, n in enumerate(ends, start=1):
            tables.page.number(f"{column(number)}{tables.line}", found["by_month"][n], "given", "0.0%_)")
        tables.page.number(f"{column(len(ends) + 1)}{tables.line}", found["never"], "given", "0.0%_)")
        tables.line += 1
    when = [int(month[:4]) + int(month[5:7]) / 12 for month in told["months"]]
    heads = behind.put("Year, at its beginning", when, "0.00")
    curves = [Curve(behind.put(title, found["by_month"], "0.0%_)"), styles.SERIES[n % len(styles.SERIES)])
              for n, (title, found) in enumerate(series)]
    chart = curves_over("Share of paths that have failed by month", heads, curves, "0%", "0", marked=False)
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.x_axis.majorUnit = 0, 1, 1
    chart.x_axis.scaling.min, chart.x_axis.scaling.max = int(when[0]), int(when[-1]) + 1
    behind.draw(chart, (2, tables.line + 1, 12, tables.line + HEIGHT))
    tables.line += HEIGHT + 2
    tables.end()


def year_ends(months: Sequence[str]) -> list[int]:
    """The last month of each year."""
    return [n for n, month in enumerate(months) if n + 1 == len(months) or months[n + 1][:4] != month[:4]]
