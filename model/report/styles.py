"""How the workbook looks: named styles, number formats, colours. Bankers' colours: inputs blue, links green."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

NAVY, TEAL, GOLD, GREEN, GREY, INK = "1F2A44", "0E7490", "D9A400", "0B6B3A", "6B7280", "111827"
TABS = {"Cover": NAVY, "Dashboard": TEAL, "Charts": TEAL, "Summary": TEAL, "Capital stack": TEAL, "Customers": TEAL,
        "Boxes": TEAL, "Company": TEAL, "Evidence": TEAL, "Scenarios": TEAL, "Stress": TEAL, "Sensitivity": TEAL,
        "MonteCarlo": TEAL, "Bounds": TEAL, "Index": GREEN, "Inputs": GOLD, "Inputs over time": GOLD, "Checks": GREEN,
        "Formulas": GREEN, "Map": GREEN, "Log": GREEN, "Case files": GREEN}
# Gold is left out: it is the backlog line.
SERIES = ("1F2A44", "0E7490", "5B8DB8", "94A3B8", "7DB8A6", "A16207", "7C3AED", "BE185D", "0B6B3A", "475569", "DC2626", "F0A58F",
          "14B8A6", "9D174D", "65A30D", "1D4ED8", "D6D3D1", "854D0E")

# What rounds to nothing shows a dash, so that the last bit of a sum does not print as (0.0).
USD = '[>=0.05]#,##0.0_);[<=-0.05](#,##0.0);"–"_)'
SHARE = '0.0%_);(0.0%);"–"_)'
RATE = '0.00%_);(0.00%);"–"_)'
TIMES = '[>=1000]">999x"_);[<0](0.00"x");0.00"x"_)'
WORDS = "@_)"
COUNT = '#,##0_);(#,##0);"–"_)'
AS_TYPED = "#,##0.0##_)"
DATE = '[=0]"none"_);dd-mmm-yy_)'
FLAG = '0_);(0);"·"_)'
PRICE = '#,##0.00_);(#,##0.00);"–"_)'
SHARES = '[>=0.005]#,##0.00_);[<=-0.005](#,##0.00);"–"_)'
FRACTION = '0.0000_);(0.0000);"–"_)'
_FORMATS = {"USD m": USD, "USD m a month": '0.000_);(0.000);"–"_)', "share": SHARE, "rate": RATE, "x": TIMES, "date": DATE,
            "USD": PRICE, "shares": FRACTION, "m shares": SHARES, "USD m x months": COUNT,
            "flag": FLAG, "no.": COUNT, "days": COUNT, "months": "0_);(0)", "years": FRACTION, "factor": FRACTION, "text": "@"}
# Differences of checks: eight decimals, never a power of ten, and no minus before nothing.
DIFFERENCE = '[>=0.000000005]0.00000000_);[<=-0.000000005](0.00000000);"–"_)'
_INPUT_FORMATS = {"USD m": "#,##0.0##_)", "share": "0.0##%_)", "rate": "0.00##%_)", "flag": "0_)", "no.": "#,##0_)",
                  "days": "#,##0_)", "years": "0.000000_)", "USD": "#,##0.00##_)",
                  "factor": "0.0000##_)", "USD m a month": "0.000###_)",
                  "text": "General", "date": DATE}


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
    """Register the named styles, so that a user can restyle them in the gallery.

    Columns are measured in digits of the Normal style: Arial has a twin of equal width in every program, Calibri has not.
    """
    # openpyxl offers no other way to the Normal style, on whose font all column widths hang
    book._named_styles["Normal"].font = Font(name="Arial", size=10)  # type: ignore[attr-defined]
    thin, medium, teal = Side("thin", color="C3CAD5"), Side("medium", color=NAVY), Side("thin", color=TEAL)
    thick = Side("thick", color=TEAL)
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    wrap, middle = Alignment(wrap_text=True, vertical="top"), Alignment(wrap_text=True, vertical="center")
    for style in (
        _style("plain", _font()),
        _style("wrap", _font(), align=wrap),
        _style("title", _font("FFFFFF", bold=True, size=15), fill=NAVY),
        _style("title_wrap", _font("FFFFFF", bold=True, size=15), fill=NAVY, align=middle),
        _style("subtitle", _font("D5DCE8"), fill=NAVY),
        _style("band", _font(NAVY, bold=True, size=10), fill="E6EBF2", border=Border(bottom=thin)),
        _style("block", _font("FFFFFF", bold=True, size=10), fill=TEAL),
        _style("header", _font(NAVY, bold=True), border=Border(bottom=medium),
               align=Alignment(horizontal="right", vertical="bottom", wrap_text=True)),
        _style("axis", _font(NAVY, bold=True), align=Alignment(horizontal="right", vertical="center")),
        _style("axis_left", _font(NAVY, bold=True)),
        _style("header_left", _font(NAVY, bold=True), border=Border(bottom=medium),
               align=Alignment(vertical="bottom", wrap_text=True)),
        _style("header_mid", _font(NAVY, bold=True), border=Border(bottom=medium),
               align=Alignment(horizontal="center", vertical="bottom", wrap_text=True)),
        _style("input", _font("0000FF"), fill="FFF8DC", border=box, locked=False),
        _style("given", _font("0000FF")),
        _style("fixed", _font(), fill="F3F4F6"),
        _style("calc", _font()),
        _style("calc_wrap", _font(), align=middle),
        _style("link", _font("00703C")),
        _style("key", _font(bold=True), fill="EAF4F6", border=Border(top=teal, bottom=teal)),
        _style("key_wrap", _font(bold=True), fill="EAF4F6", border=Border(top=teal, bottom=teal), align=middle),
        _style("key_unit", _font(GREY, italic=True), fill="EAF4F6", border=Border(top=teal, bottom=teal)),
        _style("label", _font(), align=middle),
        _style("total", _font(bold=True), border=Border(top=thin)),
        _style("total_unit", _font(GREY, italic=True), border=Border(top=thin)),
        _style("right_link", _font("00703C"), align=Alignment(horizontal="right", vertical="center")),
        _style("total_right", _font(GREY, italic=True), border=Border(top=thin), align=Alignment(horizontal="right")),
        _style("right", _font(), border=Border(bottom=thin), align=Alignment(horizontal="right", vertical="center")),
        _style("unit", _font(GREY, italic=True)),
        _style("unit_right", _font(GREY, italic=True), align=Alignment(horizontal="right", vertical="center")),
        _style("grade", _font(GREY, italic=True), align=Alignment(horizontal="left", vertical="center", indent=1)),
        _style("source", _font(GREY, italic=True, size=8),
               align=Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)),
        _style("note", _font(GREY, italic=True, size=8), align=middle),
        _style("note_mid", _font(GREY, size=8), align=Alignment(horizontal="center", vertical="top", wrap_text=True)),
        _style("note_right", _font(GREY, italic=True, size=8), align=Alignment(horizontal="right", vertical="center")),
        _style("centre", _font(bold=True), border=Border(bottom=thin), align=Alignment(horizontal="center", vertical="center")),
        _style("date_small", _font(size=8), border=Border(bottom=thin), align=Alignment(horizontal="left", vertical="center")),
        _style("turn", _font(), border=Border(bottom=thin), align=Alignment(horizontal="left", vertical="center", indent=1)),
        _style("cell", _font(), border=Border(bottom=thin)),
        _style("cell_wrap", _font(bold=True), border=Border(bottom=thin), align=middle),
        _style("figure", _font(NAVY, bold=True, size=16), fill="F5F7FA", border=Border(left=thick),
               align=Alignment(horizontal="left", vertical="center", indent=1)),
        _style("figure_label", _font(GREY, size=8), fill="F5F7FA", border=Border(left=thick),
               align=Alignment(horizontal="left", vertical="center", indent=1)),
        _style("verdict", _font(NAVY, bold=True, size=11), fill="F5F7FA", align=middle),
        _style("note_link", _font("0563C1", italic=True, size=8), align=middle),
        _style("link_page", _font("0563C1")),
        _style("block_link", _font("0563C1", italic=True), fill="E6EBF2", align=Alignment(horizontal="right", vertical="center")),
    ):
        book.add_named_style(style)
