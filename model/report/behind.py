"""The numbers behind the charts of a page: columns right of what is printed, and the charts drawn from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl.chart import BarChart, LineChart, ScatterChart, Series
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.utils import get_column_letter

from model.report.charts import Place, finish, named, placed
from model.report.tables import LAST

if TYPE_CHECKING:
    from model.report.page import Page

TOP = 9  # the line above the first number
LEFT_OUT = 12  # columns right of what is printed that are left to the page
DASH: tuple[Any, Any] = (None, "dash")


@dataclass(frozen=True)
class Column:
    """A column of numbers or words: the cell of its head and the cells below."""

    head: str
    cells: str


@dataclass(frozen=True)
class Curve:
    """A column as it is drawn."""

    column: Column
    colour: str
    width: int = 19050
    dashed: bool = False


class Behind:
    """Puts columns down one after the other."""

    def __init__(self, page: Page, first: int = LAST + LEFT_OUT) -> None:
        self.page, self.number = page, first
        page.text(f"{get_column_letter(self.number)}{TOP - 2}", "Numbers behind the charts", "unit")

    def put(self, head: str, values: Sequence[float | str | None], fmt: str = "General") -> Column:
        """A column; None leaves its cell empty, which a chart passes over."""
        letter, last = get_column_letter(self.number), TOP + max(len(values), 1)
        self.page.text(f"{letter}{TOP}", head, "note")
        for line, value in enumerate(values, start=TOP + 1):
            if isinstance(value, str) and re.fullmatch(r"-?\d[\d,]*(\.\d+)?", value):  # a word of an axis, and still a number
                self.page.number(f"{letter}{line}", float(value.replace(",", "")), "note", "#,##0" if "," in value else "General")
            elif isinstance(value, str):
                self.page.text(f"{letter}{line}", value, "note")
            elif value is not None:
                self.page.number(f"{letter}{line}", float(value), "unit_right", fmt)
        self.number += 1
        sheet = f"'{self.page.title}'"
        return Column(f"{sheet}!${letter}${TOP}", f"{sheet}!${letter}${TOP + 1}:${letter}${last}")

    def draw(self, chart: Any, place: Place) -> None:
        """Set a chart on the page."""
        self.page.sheet.add_chart(placed(chart, place, 60000))


def lines(title: str, heads: Column, curves: Sequence[Curve], fmt: str = "#,##0") -> Any:
    """Lines over words."""
    chart: Any = LineChart()
    for curve in curves:
        chart.series.append(_over_words(curve.column, heads, _line(curve)))
        chart.series[-1].smooth, chart.series[-1].marker.symbol = False, "none"
    return _finished(chart, title, fmt)


def columns(title: str, heads: Column, curves: Sequence[Curve], fmt: str = "#,##0") -> Any:
    """Upright columns over words, close together as in a histogram."""
    chart: Any = BarChart()
    chart.type, chart.grouping, chart.gapWidth = "col", "clustered", 8
    _bars(chart, heads, curves)
    return _finished(chart, title, fmt)


def bars(title: str, heads: Column, curves: Sequence[Curve], fmt: str = "0.00") -> Any:
    """Bars to the left and right of nothing, the first on top, the names of all at the left end."""
    chart: Any = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "clustered", 100, 35
    _bars(chart, heads, curves)
    _finished(chart, title, fmt)
    chart.x_axis.scaling.orientation, chart.x_axis.tickLblPos, chart.y_axis.crosses = "maxMin", "low", "max"
    return chart


def curves_over(title: str, levels: Column, curves: Sequence[Curve], fmt: str, across: str, *, marked: bool = True) -> Any:
    """Lines over numbers, with a mark at each unless there are many."""
    chart: Any = ScatterChart()
    chart.style, chart.scatterStyle = 13, "lineMarker"
    for curve in curves:
        series = Series(curve.column.cells, levels.cells)
        series.tx, series.graphicalProperties = named(curve.column.head), _line(curve)
        series.smooth, series.marker.symbol = False, "circle" if marked else "none"
        series.marker.size, series.marker.graphicalProperties = 4, GraphicalProperties(solidFill=curve.colour)
        chart.series.append(series)
    _finished(chart, title, fmt)
    chart.x_axis.number_format, chart.x_axis.majorGridlines, chart.y_axis.tickLblPos = across, None, "low"
    return chart


def _line(curve: Curve) -> GraphicalProperties:
    return GraphicalProperties(ln=LineProperties(solidFill=curve.colour, w=curve.width, prstDash=DASH[curve.dashed]))


def _bars(chart: Any, heads: Column, curves: Sequence[Curve]) -> None:
    for curve in curves:
        chart.series.append(_over_words(curve.column, heads, GraphicalProperties(solidFill=curve.colour)))
        chart.series[-1].graphicalProperties.line.noFill = True
        chart.series[-1].invertIfNegative = False


def _over_words(column: Column, heads: Column, look: GraphicalProperties) -> Any:
    series = Series(column.cells, title_from_data=False)
    series.tx, series.cat, series.graphicalProperties = named(column.head), AxDataSource(strRef=StrRef(f=heads.cells)), look
    return series


def _finished(chart: Any, title: str, fmt: str) -> Any:
    finish(chart, title)
    chart.legend.position, chart.y_axis.number_format, chart.y_axis.scaling.min = "b", fmt, None
    chart.x_axis.tickLblPos = "low"
    return chart
