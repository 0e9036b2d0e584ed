"""Native charts, drawn from the cells of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, ScatterChart, Series
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.legend import Legend
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties
from openpyxl.utils import get_column_letter

from model.report.page import Page
from model.report.styles import GOLD, INK, NAVY, SERIES, TEAL

MANY = 8  # series beyond which a legend takes smaller type
Place = tuple[int, int, int, int]
"""Where a chart stands: columns left and right, lines top and bottom, each counted from 1."""


@dataclass(frozen=True)
class Drawn:
    """A line of a page drawn as a line of its own."""

    line: int
    colour: str
    width: int = 28575
    dashed: bool = False
    name: str = ""  # in the legend, where the label of the line is too long for it


def by_share_price(page: Page, left: int, first: int, last: int, line: int, right: int) -> Any:
    """Cash due, value to holders and capped call against the share price, from the table in those lines."""
    chart: Any = ScatterChart()
    chart.style, chart.scatterStyle = 13, "lineMarker"
    for column, colour in ((left + 3, NAVY), (left + 4, TEAL), (left + 6, GOLD)):
        prices, values = (Reference(page.sheet, min_col=c, min_row=first, max_row=last) for c in (left, column))
        series = Series(values, prices)
        series.tx = named(f"'{page.title}'!${get_column_letter(column)}${first - 1}")
        series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=colour, w=22225))
        series.smooth, series.marker.symbol = False, "none"
        chart.series.append(series)
    finish(chart, "At maturity, USD m, against the share price, USD")
    chart.x_axis.number_format, chart.x_axis.majorGridlines = "#,##0", None
    chart.x_axis.scaling.min = 0
    chart.legend.position = "b"
    chart.anchor = TwoCellAnchor("twoCell", _from=AnchorMarker(4, 0, line - 1), to=AnchorMarker(right, 0, line + 13))
    return chart


def by_column(page: Page, title: str, head: int, lines: Sequence[int], columns: tuple[int, int], curves: Sequence[Drawn] = (),
              *, stacked: bool = True) -> Any:
    """Columns for some lines of a page under the heads of a line, one on the other or side by side, and lines of their own."""
    heads = _heads(page, head, columns)
    chart: Any = BarChart()
    chart.type, chart.gapWidth = "col", 45
    chart.grouping, chart.overlap = ("stacked", 100) if stacked else ("clustered", 0)
    for n, line in enumerate(lines):
        chart.series.append(_series(page, line, columns, heads, GraphicalProperties(solidFill=SERIES[n % len(SERIES)])))
        chart.series[-1].graphicalProperties.line.noFill, chart.series[-1].invertIfNegative = True, False
    if curves:
        chart += _curves(page, columns, heads, curves)
    finish(chart, title)
    chart.legend.position = "b"
    if len(lines) > MANY:
        chart.legend.txPr = small(500)
    chart.x_axis.tickLblSkip, chart.x_axis.tickLblPos, chart.x_axis.noMultiLvlLbl = 1, "low", True
    return chart


def placed(chart: Any, place: Place, gap: int = 0) -> Any:
    """The same chart, on its place, with a gap on the left."""
    left, top, right, bottom = place
    chart.anchor = TwoCellAnchor("twoCell", _from=AnchorMarker(left - 1, gap, top - 1), to=AnchorMarker(right, 0, bottom))
    return chart


def _curves(page: Page, columns: tuple[int, int], heads: AxDataSource, curves: Sequence[Drawn]) -> LineChart:
    chart = LineChart()
    for one in curves:
        look = LineProperties(solidFill=one.colour, w=one.width, prstDash="dash" if one.dashed else None)
        chart.series.append(_series(page, one.line, columns, heads, GraphicalProperties(ln=look)))
        if one.name:
            chart.series[-1].tx = SeriesLabel(v=one.name)
        chart.series[-1].smooth, chart.series[-1].marker.symbol = False, "none"
    return chart


def in_cells(page: Page, column: int, lines: tuple[int, int], bars: tuple[int, int]) -> Any:
    """Bars beside the figures of a column, one a line and no more than that: they stand in the cells to its right."""
    chart: Any = BarChart()
    chart.type, chart.gapWidth = "bar", 60
    figures = Reference(page.sheet, min_col=column, min_row=lines[0], max_row=lines[1])
    chart.series.append(Series(figures, title_from_data=False))
    chart.series[0].graphicalProperties, chart.series[0].invertIfNegative = GraphicalProperties(solidFill=TEAL), False
    chart.series[0].graphicalProperties.line.noFill = True
    _bare(chart)
    chart.x_axis.scaling.orientation = "maxMin"
    return placed(chart, (bars[0], lines[0], bars[1], lines[1]), 90000)


def shares(page: Page, head: int, colours: Mapping[int, str], place: Place) -> Any:
    """One bar of the shares on the line below the heads, by column, with their names."""
    chart: Any = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 20
    for column, colour in colours.items():
        figures = Reference(page.sheet, min_col=column, min_row=head + 1)
        chart.series.append(Series(figures, title_from_data=False))
        letter = get_column_letter(column)
        chart.series[-1].tx = named(f"'{page.title}'!${letter}${head}")
        chart.series[-1].graphicalProperties = GraphicalProperties(solidFill=colour)
        chart.series[-1].graphicalProperties.line.noFill = True
    _bare(chart)
    chart.legend = Legend(legendPos="b")
    chart.legend.txPr = small(700)
    chart.y_axis.scaling.max = 1
    return placed(chart, place)


def _bare(chart: Any) -> None:
    """No title, no legend, no axes."""
    chart.legend, chart.title, chart.autoTitleDeleted = None, None, True
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete, axis.majorGridlines = True, None
    chart.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))


def _heads(page: Page, line: int, columns: tuple[int, int]) -> AxDataSource:
    left, right = (get_column_letter(number) for number in columns)
    return AxDataSource(strRef=StrRef(f=f"'{page.title}'!${left}${line}:${right}${line}"))


def _series(page: Page, line: int, columns: tuple[int, int], heads: AxDataSource, look: GraphicalProperties) -> Any:
    """A line of a page as a series, named by its label."""
    values = Reference(page.sheet, min_col=columns[0], max_col=columns[1], min_row=line)
    series = Series(values, title_from_data=False)
    series.tx, series.cat, series.graphicalProperties = named(f"'{page.title}'!$B${line}"), heads, look
    return series


def named(reference: str) -> Any:
    """The label of a series, read from a cell."""
    return SeriesLabel(strRef=StrRef(f=reference))


def _font(size: int, colour: str = INK, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=colour, latin=Font(typeface="Arial"))


def small(size: int) -> RichText:
    """Type of a size, in hundredths of a point."""
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_font(size)), endParaRPr=_font(size))])


def finish(chart: Any, title: str) -> None:
    """Title, legend, axes and grid as on every chart of the workbook."""
    chart.title = title
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_font(900, NAVY, bold=True))
    for run in chart.title.tx.rich.p[0].r:
        run.rPr = _font(900, NAVY, bold=True)
    chart.title.overlay = False
    chart.legend.position = "r"
    chart.legend.txPr = small(700)
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = small(800)
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill="C3CAD5"))
    chart.y_axis.number_format = "#,##0"
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E6EBF2"))
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
