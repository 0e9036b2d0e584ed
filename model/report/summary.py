"""Summary: the years. Backlog against debt, principal and interest by instrument, what was disclosed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np

from model.report import styles
from model.report.layout import CLOCK_LINES, TIME
from model.sheet import Row, period_column
from model.sheet.excel import quoted

if TYPE_CHECKING:
    from model.report.workbook import Issue

HEAD, YEAR_END, LABEL = 6, 5, 62.0


@dataclass
class Years:
    """The calendar years of the timeline and how a monthly row is read in them."""

    issue: Issue

    def __post_init__(self) -> None:
        clock = self.issue.run.deal.clock
        self.year_of = self.issue.value(clock.row("year"))[1:-1].astype(int)
        self.ends = self.issue.value(clock.row("ends"))[1:-1]
        self.years = [int(y) for y in dict.fromkeys(self.year_of)]
        self.last = [float(self.ends[self.year_of == y].max()) for y in self.years]

    def column(self, n: int) -> str:
        """The letter of the n-th year; 0 is the opening column."""
        return period_column(n)

    def _range(self, sheet: str, line: int) -> str:
        first, last = period_column(1), period_column(self.issue.run.deal.book.periods)
        return f"{quoted(sheet)}!${first}${line}:${last}${line}"

    def flow(self, row: Row, n: int) -> tuple[str, float]:
        """Formula and value of a year's total."""
        return self.total(row, f"{self.column(n)}${HEAD}", self.year_of == self.years[n - 1])

    def total(self, row: Row, asked: str, wanted: Any) -> tuple[str, float]:
        """Formula and value of the flows of the years that a cell or condition asks for; `wanted` flags their periods."""
        place = self.issue.layout.places[row]
        text = f"=SUMIF({self._range(TIME, CLOCK_LINES['year'])},{asked},{self._range(place.sheet, place.line)})"
        return text, float(np.add.reduce(self.issue.value(row)[1:-1][wanted]))

    def closing(self, row: Row, n: int) -> tuple[str, float]:
        """Formula and value of the balance at the year's last period end."""
        place = self.issue.layout.places[row]
        text = (f"=SUMIF({self._range(TIME, CLOCK_LINES['ends'])},{self.column(n)}${YEAR_END},"
                f"{self._range(place.sheet, place.line)})")
        return text, float(self.issue.value(row)[1:-1][self.ends == self.last[n - 1]][0])


class Summary:
    """Writes the page line by line."""

    def __init__(self, issue: Issue) -> None:
        self.issue, self.page, self.years = issue, issue.page("Summary"), Years(issue)
        self.line = HEAD + 1
        self.at: dict[str, int] = {}
        self.tied: list[tuple[str, str, Row, bool]] = []  # label, cell, the row it must meet, and whether by its total

    @property
    def last(self) -> str:
        """The letter of the last year."""
        return self.years.column(len(self.years.years))

    def write(self) -> None:
        """The whole page."""
        self._head()
        deal = self.issue.run.deal
        stack, loans = deal.stack, list(deal.instruments.values())
        self._band("Backlog and cash")
        self._corkscrew("Backlog", stack.row("backlog"), "less: recognised as revenue", stack.row("billed"))
        self._tied("Cash collected", stack.row("receipts"))
        self._closing("Cash still to be collected, year end", stack.row("cash_to_come"))
        self.at["cash_to_come"] = self.line - 1
        self._closing("Deferred revenue, year end", stack.row("deferred_revenue"))
        self._block("Principal due by instrument (instalments and balloons)", [(i, i.row("principal_due")) for i in loans],
                    "principal", stack.row("principal_due"))
        self._tied("Repaid from proceeds", stack.row("from_proceeds"))
        ends = [self.line - 1]
        self._block("Interest due by instrument", [(i, i.row("interest")) for i in loans], "interest", stack.row("interest"))
        ends.append(self.line - 1)
        self._block("Debt by instrument, year end", [(i, i.row("closing")) for i in loans], "closing",
                    stack.row("closing"), closing=True)
        ends.append(self.line - 1)
        self._band("Contracted CFADS against debt service, by pair")
        for pair in deal.pairs.values():
            self._tied(f"CFADS: {pair.title}", pair.row("cash"))
            self._tied(f"Debt service: {pair.title}", pair.row("service"))
            self._tied(f"Missing: {pair.title}", pair.row("shortfall"))
        ends.append(self.line - 1)
        ends += self._facts()
        self.page.sheet.print_area = f"A1:{self.last}{ends[-1]}"
        self.page.printed_in_parts(ends, "1:6")

    def _head(self) -> None:
        page, years = self.page, self.years
        width = 6 + len(years.years)
        page.widths(2, LABEL, 11, 2, 11, 11, *[10.5] * len(years.years))
        page.heading("Summary by calendar year", width)
        page.fill(HEAD, 1, width, "header")
        page.text(f"B{YEAR_END}", "Year end", "axis_left")
        page.text(f"B{HEAD}", "Calendar year", "header_left")
        page.text(f"C{HEAD}", "Unit", "header_left")
        page.text(f"E{HEAD}", "Total", "header")
        page.number(f"F{YEAR_END}", float(self.issue.value(self.issue.run.deal.clock.row("ends"))[0]), "axis", styles.DATE)
        page.text(f"F{HEAD}", "as of", "header")
        for n, (year, end) in enumerate(zip(years.years, years.last, strict=True), start=1):
            page.number(f"{years.column(n)}{YEAR_END}", end, "axis", styles.DATE)
            page.number(f"{years.column(n)}{HEAD}", year, "header", "0_)")
        page.frozen("G7")

    def _band(self, title: str) -> None:
        self.line += 1
        self.page.fill(self.line, 1, 6 + len(self.years.years), "band")
        self.page.text(f"A{self.line}", title, "band")
        self.line += 1

    def _row(self, label: str, cells: Sequence[tuple[str, float]], style: str = "link", *, total: bool = True,
             opening: tuple[str, float] | None = None) -> None:
        total_line = style == "total"
        if total_line:
            self.page.fill(self.line, 2, 6 + len(cells), style)
        self._label(label, "USD m", total_line=total_line)
        if opening:
            self.page.formula(f"F{self.line}", *opening, style, styles.USD)
        for n, (text, value) in enumerate(cells, start=1):
            self.page.formula(f"{self.years.column(n)}{self.line}", text, value, style, styles.USD)
        if total:
            every = f"=SUM(G{self.line}:{self.last}{self.line})"
            self.page.formula(f"E{self.line}", every, fsum(v for _, v in cells), style, styles.USD)
        self.line += 1

    def _label(self, label: str, unit: str, *, total_line: bool = False) -> None:
        self.page.text(f"B{self.line}", label, "total" if total_line else "label")
        self.page.text(f"C{self.line}", unit, "total_unit" if total_line else "unit")
        self.page.height(self.line, (label, LABEL))

    def _each(self, read: Any, row: Row) -> list[tuple[str, float]]:
        return [read(row, n) for n in range(1, len(self.years.years) + 1)]

    def _flow(self, label: str, row: Row) -> None:
        self._row(label, self._each(self.years.flow, row))

    def _tied(self, label: str, row: Row) -> None:
        """A flow whose total is held against its months."""
        self.tied.append((label, f"$E${self.line}", row, True))
        self._flow(label, row)

    def _opening(self, row: Row) -> tuple[str, float]:
        place = self.issue.layout.places[row]
        return f"={place.sheet}!$F${place.line}", float(self.issue.value(row)[0])

    def _closing(self, label: str, row: Row) -> None:
        self._row(label, self._each(self.years.closing, row), total=False, opening=self._opening(row))

    def _corkscrew(self, label: str, balance: Row, verb: str, flow: Row) -> None:
        """Opening, flow, closing; the opening of a year is the closing of the year before."""
        first = self.line
        closing, flows = self._each(self.years.closing, balance), self._each(self.years.flow, flow)
        start = self._opening(balance)
        before = [start[1], *(v for _, v in closing)]
        self._row(f"{label}, opening", [(f"={self.years.column(n - 1)}{first + 2}", before[n - 1])
                                        for n in range(1, len(closing) + 1)], "calc", total=False)
        self._row(verb, flows)
        self._row(f"{label}, closing", [(f"={self.years.column(n)}{first}-{self.years.column(n)}{first + 1}",
                                         before[n - 1] - flows[n - 1][1]) for n in range(1, len(closing) + 1)],
                  "total", total=False, opening=start)
        self.at["backlog"] = self.line - 1

    def _block(self, title: str, rows: Sequence[tuple[Any, Row]], key: str, whole: Row, *,
               closing: bool = False) -> None:
        self._band(title)
        first = self.line
        for block, row in rows:
            (self._closing if closing else self._flow)(block.title, row)
        last = self.line - 1
        self.at[key] = first
        sums = [fsum(self.page.memory.value("Summary", f"{self.years.column(n)}{k}") for k in range(first, last + 1))
                for n in range(len(self.years.years) + 1) if n or closing]
        text = [f"=SUM({self.years.column(n)}{first}:{self.years.column(n)}{last})" for n in range(len(self.years.years) + 1)]
        cells = list(zip(text[1:], sums[1:] if closing else sums, strict=True))
        self.tied.append((f"{title}: total", f"${self.last if closing else 'E'}${self.line}", whole, not closing))
        self._row("Total", cells, "total", total=not closing, opening=(text[0], sums[0]) if closing else None)

    def _facts(self) -> list[int]:
        """What was disclosed; a page may end below each line."""
        facts = self.issue.run.deal.case.company.facts
        if not facts:
            return []
        self._band("Company, as disclosed; not in the tests")
        room = 11 + 10.5 * len(self.years.years)
        for fact in facts:
            self._label(fact.label, fact.number.unit)
            fmt = styles.number_format(fact.number.unit)
            self.page.number(f"E{self.line}", fact.number.value, "given", styles.AS_TYPED if fmt == "General" else fmt)
            words = f"[{fact.number.grade}] {fact.number.source}"
            self.page.text(f"F{self.line}", words, "source")
            self.page.sheet.merge_cells(f"F{self.line}:{self.last}{self.line}")
            self.page.height(self.line, (fact.label, LABEL), (words, room * 9 / 8))
            self.line += 1
        return list(range(self.line - len(facts), self.line))
