"""How the workbook looks: named styles, number formats, colours. Bankers' colours: inputs blue, links green."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

NAVY, TEAL, GOLD, GREEN, GREY, INK = "1F2A44", "0E7490", "D9A400", "0B6B3A", "6B7280", "111827"
TABS = {"Cover": NAVY, "Dashboard": TEAL, "Summary": TEAL, "Inputs": GOLD, "Inputs over time": GOLD, "Checks": GREEN,
        "Log": GREEN}
SERIES = ("1F2A44", "0E7490", "5B8DB8", "94A3B8", "D9A400", "A16207", "7C3AED", "BE185D", "0B6B3A", "475569", "DC2626")

# What rounds to nothing shows a dash, so that the last bit of a sum does not print as (0.0).
USD = '[>=0.05]#,##0.0_);[<=-0.05](#,##0.0);"–"_)'
SHARE = '0.0%_);(0.0%);"–"_)'
RATE = '0.00%_);(0.00%);"–"_)'
TIMES = '0.00"x"_);(0.00"x")'
COUNT = '#,##0_);(#,##0);"–"_)'
DATE = "dd-mmm-yy"
FLAG = '0_);(0);"·"_)'
FRACTION = '0.0000_);(0.0000);"–"_)'
_FORMATS = {"USD m": USD, "USD m a month": '0.000_);(0.000);"–"_)', "share": SHARE, "rate": RATE, "x": TIMES, "date": DATE,
            "flag": FLAG, "no.": COUNT, "days": COUNT, "months": "0_);(0)", "years": FRACTION, "factor": FRACTION, "text": "@"}
_INPUT_FORMATS = {"USD m": "#,##0.0##_)", "share": "0.0##%_)", "rate": "0.00##%_)", "flag": "0_)", "no.": "#,##0_)",
                  "days": "#,##0_)", "years": "0.0000##_)", "factor": "0.0000##_)", "USD m a month": "0.000###_)",
                  "text": "General", "date": '[=0]"none";dd-mmm-yy'}


def number_format(unit: str) -> str:
    """The format of a calculated cell."""
    return _FORMATS.get(unit, "General") if unit != "text" else "General"


def input_format(unit: str) -> str:
    """The format of an input cell: a nought is shown as a nought, a dash would read as missing."""
    return _INPUT_FORMATS.get(unit, number_format(unit))


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)


def _font(colour: str = INK, *, bold: bool = False, italic: bool = False, size: float = 9) -> Font:
    return Font(name="Arial", size=size, bold=bold, italic=italic, color=colour)


def _style(name: str, font: Font, *, fill: str = "", border: Border | None = None, align: Alignment | None = None,
           locked: bool = True) -> NamedStyle:
    style = NamedStyle(f"m.{name}", font=font, protection=Protection(locked=locked))
    if fill:
        style.fill = _fill(fill)
    style.border = border or Border()
    style.alignment = align or Alignment(vertical="center")
    return style


def add_styles(book: Workbook) -> None:
    """Register the named styles, so that a user can restyle them in the gallery."""
    thin, medium, teal = Side("thin", color="C3CAD5"), Side("medium", color=NAVY), Side("thin", color=TEAL)
    thick = Side("thick", color=TEAL)
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    wrap = Alignment(wrap_text=True, vertical="top")
    for style in (
        _style("plain", _font()),
        _style("wrap", _font(), align=wrap),
        _style("title", _font("FFFFFF", bold=True, size=15), fill=NAVY),
        _style("subtitle", _font("D5DCE8"), fill=NAVY),
        _style("band", _font(NAVY, bold=True, size=10), fill="E6EBF2", border=Border(bottom=thin)),
        _style("block", _font("FFFFFF", bold=True, size=10), fill=TEAL),
        _style("header", _font(NAVY, bold=True), border=Border(bottom=medium),
               align=Alignment(horizontal="right", vertical="bottom", wrap_text=True)),
        _style("header_left", _font(NAVY, bold=True), border=Border(bottom=medium),
               align=Alignment(vertical="bottom", wrap_text=True)),
        _style("header_mid", _font(NAVY, bold=True), border=Border(bottom=medium),
               align=Alignment(horizontal="center", vertical="bottom", wrap_text=True)),
        _style("input", _font("0000FF"), fill="FFF8DC", border=box, locked=False),
        _style("given", _font("0000FF")),
        _style("calc", _font()),
        _style("link", _font("00703C")),
        _style("key", _font(bold=True), fill="EAF4F6", border=Border(top=teal, bottom=teal)),
        _style("total", _font(bold=True), border=Border(top=thin)),
        _style("right", _font(), align=Alignment(horizontal="right", vertical="center")),
        _style("unit", _font(GREY, italic=True)),
        _style("note", _font(GREY, italic=True, size=8), align=wrap),
        _style("centre", _font(bold=True), border=Border(bottom=thin), align=Alignment(horizontal="center", vertical="top")),
        _style("cell", _font(), border=Border(bottom=thin), align=Alignment(vertical="top")),
        _style("cell_wrap", _font(), border=Border(bottom=thin), align=wrap),
        _style("figure", _font(NAVY, bold=True, size=16), fill="F5F7FA", border=Border(left=thick),
               align=Alignment(horizontal="left", vertical="center")),
        _style("figure_label", _font(GREY, size=8), fill="F5F7FA", border=Border(left=thick), align=wrap),
        _style("verdict", _font(NAVY, bold=True, size=12), fill="F5F7FA", align=Alignment(wrap_text=True, vertical="center")),
        _style("link_page", _font("0563C1")),
    ):
        book.add_named_style(style)
