"""The part of the capital stack that depends on the share price: terms, cash due at maturity, offering, dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from openpyxl.utils import get_column_letter

from model.record.convertibles import EARNINGS
from model.report import styles
from model.report.called import Figure, sibling
from model.report.charts import by_share_price
from model.report.front import link, reference
from model.report.page import Page
from model.sheet import Block, Row, period_column
from model.sheet.excel import quoted

if TYPE_CHECKING:
    from model.converting import Converting
    from model.report.workbook import Issue

TABLE = 3  # the column of the share price
HEADS = ("Share price, USD", "x conversion price", "Holders convert", "Cash due", "Value to holders", "Shares issued, m",
         "Capped call", "Net dilution, m shares", "Net dilution, share")
NAMES = ("share_price", "", "converted", "cash_due", "value_received", "shares_issued", "capped_call_value", "net_dilution")
CHART_LINES = 15
NEVER, LABEL = "never", 44.0
YES = '"yes"_);"yes"_);"no"_)'
PART = '[>=0.0005]0.0%_);[<=-0.0005](0.0%);"–"_)'
FORMATS = (styles.PRICE, styles.TIMES, YES, styles.USD, styles.USD, styles.SHARES, styles.USD, styles.SHARES, PART)
Cell = tuple[str, Any]


def conversion_part(issue: Issue, page: Page, terms: Converting, line: int, last: int) -> int:
    """Terms on the left and the chart on the right, the table below. Returns the line below."""
    page.fill(line, 1, last, "band")
    page.text(f"A{line}", f"{terms.note.title}: what is due in cash depends on the share price", "band")
    top = max(_terms(issue, page, terms, line + 1), line + 2 + CHART_LINES)
    page.sheet.add_chart(by_share_price(page, TABLE, top + 1, top + len(terms.table), line + 2, last))
    bottom = _table(issue, page, terms, top)
    page.text(f"B{bottom}", "Value to holders is also the cash due if the issuer settles all in cash. The capped call is owed by "
              "the banks that sold it and lowers no debt; net dilution is what it does not make good, also as a share of market "
              "value as quoted / share price at the as-of date.", "note")
    page.sheet.merge_cells(f"B{bottom}:{get_column_letter(last)}{bottom}")
    return bottom + 2


def _terms(issue: Issue, page: Page, terms: Converting, line: int) -> int:
    """Label and figure of each term, in groups. Returns the line below."""
    for title, rows in _groups(terms, issue.run.deal.diluted):
        page.fill(line, 2, 3, "header")
        page.text(f"B{line}", title, "header_left")
        for row in rows:
            line += 1
            unit = f", {row.unit}" if row.unit in ("USD", "USD m", "m shares", "shares") else ""
            page.text(f"B{line}", f"{row.label.partition(' (0:')[0]}{unit}", "label")
            page.height(line, (f"{row.label}{unit}", LABEL))
            _term(issue, page, line, row)
        line += 1
    return line


def _term(issue: Issue, page: Page, line: int, row: Row) -> None:
    """A figure; a day that does not come inside the timeline says so."""
    if row.unit == "date" and row.input is None:
        place, value = issue.layout.places[row], float(issue.value(row))
        at = f"{place.sheet}!${place.column}${place.line}"
        shown: Any = NEVER if np.isnan(value) else value
        page.formula(f"C{line}", f'=IF({at}="","{NEVER}",{at})', shown, "right_link", styles.DATE)
    else:
        link(page, issue, f"C{line}", row, "key" if row.declared.name == "cash_due" else "link")


def _groups(terms: Converting, diluted: Sequence[Block]) -> list[tuple[str, Sequence[Row]]]:
    said, offering = terms.conversion, terms.offering
    found: list[tuple[str, Sequence[Row]]] = []
    if offering:
        found.append(("Offering", [offering.row(name) for name in (
            "launched", "upsize", "option", "option_exercised", "issued", "net_proceeds", "reference_price", "premium")]))
    found.append(("Terms", [said.row(name) for name in (
        "conversion_price", "conversion_rate", "shares_at_most", "cash_for_principal", "cash_for_excess", "convert_above",
        "freely_from", "call_above", "call_from", "cap_price", "capped_call_cost")]))
    found.append(("At the share price of the live scenario", [said.row(name) for name in (
        "price_at_maturity", "cash_due", "shares_issued", "capped_call_value", "first_convertible", "first_callable",
        "highest_on_demand")]))
    found += [("If converted, in earnings per share", [block.row(name) for name in EARNINGS]) for block in diluted
              if block.key == f"{terms.note.key}.diluted"]
    return found


def _table(issue: Issue, page: Page, terms: Converting, line: int) -> int:
    """One line a share price, then that of the live scenario. Returns the line below."""
    page.fill(line, TABLE - 1, TABLE + len(HEADS) - 1, "header")
    page.text(f"B{line}", "At maturity, by share price", "header_left")
    for offset, words in enumerate(HEADS):
        page.text(f"{_letter(offset)}{line}", words, "header")
    page.height(line, *((words, 9.0) for words in HEADS))
    said = terms.conversion
    for number, block in enumerate(terms.table, start=1):
        cells = {offset: _seen(issue, block.row(name)) for offset, name in enumerate(NAMES) if name}
        _line(issue, page, terms, line + number, f"Share price {number}", cells, "link")
    line += len(terms.table) + 1
    page.fill(line, TABLE - 1, TABLE + len(HEADS) - 1, "total")
    cells = {offset: _seen(issue, said.row(name)) for offset, name in (
        (0, "price_at_maturity"), (3, "cash_due"), (5, "shares_issued"), (6, "capped_call_value"))}
    cells |= {2: _at_maturity(issue, said, "in_the_money"), 7: _at_maturity(issue, said, "net_dilution")}
    worth = cells[3][1] + cells[5][1] * cells[0][1]
    cells[4] = f"={_own(3)}+{_own(5)}*{_own(0)}", worth
    _line(issue, page, terms, line, "Share price of the live scenario", cells, "total")
    return line + 1


def _line(issue: Issue, page: Page, terms: Converting, line: int, label: str, cells: dict[int, Cell], style: str) -> None:
    """A share price: what it brings, how far it is from the conversion price, and what it dilutes."""
    conversion, market = terms.conversion.row("conversion_price"), issue.run.deal.headline.row("market_value")
    path = issue.layout.places[terms.conversion.row("price_path")]
    start = float(issue.value(terms.conversion.row("price_path"))[0])
    cells[1] = f"={_own(0)}/{reference(issue, conversion)}", cells[0][1] / float(issue.value(conversion))
    cells[8] = (f"={_own(7)}*{quoted(path.sheet)}!${period_column(0)}${path.line}/{reference(issue, market)}",
                cells[7][1] * start / float(issue.value(market)))  # market value over the price at the start: shares outstanding
    page.text(f"B{line}", label, "total" if style == "total" else "label")
    looks = {offset: style if style == "total" else "key" if offset == 3 else "calc" if offset in (1, 8) else "link"
             for offset in cells}
    issue.called.read(page, line, f"{terms.note.title}: {label}", {
        TABLE + offset: Figure(HEADS[offset], *cells[offset], looks[offset], FORMATS[offset]) for offset in sorted(cells)})


def _seen(issue: Issue, row: Row) -> Cell:
    """A link to a figure."""
    return f"={reference(issue, row)}", float(issue.value(row))


def _own(offset: int) -> str:
    """Another figure of the same line."""
    return sibling(TABLE + offset)


def _at_maturity(issue: Issue, block: Any, name: str) -> tuple[str, float]:
    """A line over time in the period of maturity."""
    first, last = period_column(1), period_column(issue.run.deal.book.periods)
    places = [issue.layout.places[block.row(row)] for row in ("matures", name)]
    spans = ",".join(f"{place.sheet}!${first}${place.line}:${last}${place.line}" for place in places)
    flags, values = (issue.value(block.row(row))[1:-1] for row in ("matures", name))
    return f"=SUMPRODUCT({spans})", float(np.nansum(flags * values))


def _letter(offset: int) -> str:
    return get_column_letter(TABLE + offset)
