"""Native charts: on the Dashboard from the years of the Summary, on other pages from their own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.chart import BarChart, LineChart, Reference, ScatterChart, Series
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.layout import Layout as ChartLayout
from openpyxl.chart.layout import ManualLayout
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties
from openpyxl.utils import get_column_letter

from model.report.page import Page
from model.report.styles import GOLD, INK, NAVY, SERIES, TEAL
from model.report.summary import HEAD, Summary

if TYPE_CHECKING:
    from model.report.workbook import Issue

MANY = 12  # instruments beyond which the legend takes smaller type


def charts(issue: Issue, summary: Summary, first: int, last: int) -> None:
    """Debt against backlog with the legend of both, and the maturity wall, side by side."""
    sheet = issue.page("Dashboard").sheet
    count = len(issue.run.deal.instruments)
    debt = _stack(issue, "Debt by instrument and backlog, year end, USD m", summary.at["closing"], count,
                  opening=True)
    debt += _line(issue, summary.at["backlog"])
    debt.layout = _area(0.1, 0.52)
    debt.legend.layout = ChartLayout(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=0.65, y=0.1, w=0.34, h=0.88))
    if count > MANY:
        debt.legend.txPr = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_font(500)), endParaRPr=_font(500))])
    wall = _stack(issue, "Principal due, USD m (colours as left)", summary.at["principal"], count, opening=False)
    wall.layout, wall.legend = _area(0.16, 0.8), None
    for chart, left, right in ((debt, 3, 11), (wall, 11, 15)):
        chart.anchor = TwoCellAnchor("twoCell", _from=AnchorMarker(left, 80000, first - 1), to=AnchorMarker(right, 0, last))
        sheet.add_chart(chart)


def by_share_price(issue: Issue, page: Page, first: int, last: int, line: int, right: int) -> Any:
    """Cash due, value to holders and capped call against the share price, from the table in those lines."""
    chart: Any = ScatterChart()
    chart.style, chart.scatterStyle = 13, "lineMarker"
    for column, colour in ((8, NAVY), (9, TEAL), (11, GOLD)):
        prices, values = (Reference(page.sheet, min_col=c, min_row=first, max_row=last) for c in (5, column))
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


def by_column(page: Page, title: str, head: int, lines: tuple[int, int], columns: tuple[int, int], place: tuple[int, int],
              target: int | None = None) -> Any:
    """Stacked columns of some lines of a page under the heads of a line, and a line of its own for a target."""
    left, right = (get_column_letter(number) for number in columns)
    heads = AxDataSource(strRef=StrRef(f=f"'{page.title}'!${left}${head}:${right}${head}"))
    chart: Any = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 45
    for n, line in enumerate(range(lines[0], lines[1] + 1)):
        chart.series.append(_series(page, line, columns, heads, GraphicalProperties(solidFill=SERIES[n % len(SERIES)])))
        chart.series[-1].graphicalProperties.line.noFill = True
    if target is not None:
        aim = LineChart()
        aim.series.append(_series(page, target, columns, heads, GraphicalProperties(ln=LineProperties(solidFill=GOLD, w=28575))))
        aim.series[-1].smooth, aim.series[-1].marker.symbol = False, "none"
        chart += aim
    finish(chart, title)
    chart.legend.position = "b"
    chart.anchor = TwoCellAnchor("twoCell", _from=AnchorMarker(1, 0, place[0] - 1), to=AnchorMarker(columns[1], 0, place[1]))
    return chart


def _series(page: Page, line: int, columns: tuple[int, int], heads: AxDataSource, look: GraphicalProperties) -> Any:
    """A line of a page as a series, named by its label."""
    values = Reference(page.sheet, min_col=columns[0], max_col=columns[1], min_row=line)
    series = Series(values, title_from_data=False)
    series.tx, series.cat, series.graphicalProperties = named(f"'{page.title}'!$B${line}"), heads, look
    return series


def _area(left: float, width: float) -> ChartLayout:
    """Where the plot stands inside its frame."""
    return ChartLayout(manualLayout=ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge", x=left, y=0.13, w=width,
                                                 h=0.75))


def _last(issue: Issue) -> int:
    return 6 + len(issue.years)


def _categories(issue: Issue, opening: bool) -> AxDataSource:
    first = "F" if opening else "G"
    last = get_column_letter(_last(issue))
    return AxDataSource(strRef=StrRef(f=f"'Summary'!${first}${HEAD}:${last}${HEAD}"))


def _stack(issue: Issue, title: str, first: int, count: int, *, opening: bool) -> Any:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 45
    summary = issue.page("Summary").sheet
    for n in range(count):
        values = Reference(summary, min_col=6 if opening else 7, max_col=_last(issue), min_row=first + n)
        series = Series(values, title_from_data=False)
        series.tx = named(f"'Summary'!$B${first + n}")
        series.cat = _categories(issue, opening)
        series.graphicalProperties = GraphicalProperties(solidFill=SERIES[n % len(SERIES)])
        series.graphicalProperties.line.noFill = True
        chart.series.append(series)
    finish(chart, title)
    return chart


def _line(issue: Issue, line: int) -> LineChart:
    chart = LineChart()
    values = Reference(issue.page("Summary").sheet, min_col=6, max_col=_last(issue), min_row=line)
    series = Series(values, title_from_data=False)
    series.tx = named(f"'Summary'!$B${line}")
    series.cat = _categories(issue, True)
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=GOLD, w=28575))
    series.smooth = False
    series.marker.symbol = "none"
    chart.series.append(series)
    return chart


def named(reference: str) -> Any:
    """The label of a series, read from a cell."""
    return SeriesLabel(strRef=StrRef(f=reference))


def _font(size: int, colour: str = INK, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=colour, latin=Font(typeface="Arial"))


def finish(chart: Any, title: str) -> None:
    """Title, legend, axes and grid as on every chart of the workbook."""
    chart.title = title
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=_font(900, NAVY, bold=True))
    for run in chart.title.tx.rich.p[0].r:
        run.rPr = _font(900, NAVY, bold=True)
    chart.title.overlay = False
    chart.legend.position = "r"
    chart.legend.txPr = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_font(700)), endParaRPr=_font(700))])
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_font(800)), endParaRPr=_font(800))])
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill="C3CAD5"))
    chart.y_axis.number_format = "#,##0"
    chart.y_axis.scaling.min = 0
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E6EBF2"))
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
