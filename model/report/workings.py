"""The working sheets and the two input sheets: one line per row, one formula per line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from model.inputs.values import WHOLE
from model.report import styles
from model.report.layout import INPUTS, OVER_TIME, TIME, Layout
from model.report.limits import Limits
from model.report.page import Page
from model.sheet import PERIOD, TEXT, Row, Values, formula, period_column, template
from model.sheet.block import given
from model.sheet.excel import HERE, PERIOD_ROW

if TYPE_CHECKING:
    from model.deal import Deal

TOTAL_COLUMN = "E"
OPENING = period_column(0)
_OPENING = re.compile(rf"(?<![$A-Za-z0-9_]){OPENING}(?=\$?\d)")
LABEL_WIDTH, SOURCE_OVER_TIME = 46.0, 96.0
INPUT_LABEL, INPUT_LIVE, INPUT_SOURCE, KEY_WIDTH = 42.0, 22.0, 66.0, 40.0
KEY = "Key"  # heads the keys of inputs, by which scenarios.yaml and `explain` call them
NARROWER = 0.9  # what bold type leaves of a width


class Writer:
    """Writes rows of a run onto pages."""

    def __init__(self, layout: Layout, values: Values, scenario: int, deal: Deal) -> None:
        self.layout, self.values, self.scenario, self.deal = layout, values, scenario, deal
        self.periods = values.book.periods
        self.ranged = any(row.input is not None and row.input.low is not None for row in values.book.inputs)
        self.read_ahead = {other for row in values.book.rows for other, lags in values.book.needs[row].items()
                           if "later" in lags}
        self.read_back = {other for row in values.book.rows for other, lags in values.book.needs[row].items()
                          if "earlier" in lags} | set(values.book.picked)

    def value(self, row: Row) -> Any:
        """The value of a row in the scenario that is written."""
        return self.values.one(row, self.scenario)

    # ---- sheets along time -------------------------------------------------------------------------------------------

    def time_axis(self, page: Page, places: dict[str, Row]) -> None:
        """Rows 4 to 6: period end, year, number; typed on Time, links elsewhere."""
        page.widths(2, LABEL_WIDTH, 13.5, 12, 12, 11, *[10] * (self.periods + 1))
        page.heading(page.title, self._last_column(page))
        for name, label in (("ends", "Period end"), ("year", "Calendar year"), ("number", "Period")):
            row, line = places[name], self.layout.places[places[name]].line
            fmt = styles.DATE if name == "ends" else "0_)"
            style = "header" if line == PERIOD_ROW else "axis"
            page.bar(line, 1, 6 + self.periods, style)
            page.text(f"B{line}", label, f"{style}_left")
            page.text(f"C{line}", {"ends": "date", "year": "year", "number": "no."}[name], f"{style}_left")
            if line == PERIOD_ROW:
                page.text(f"D{line}", "Constant", style)
                page.text(f"E{line}", "Total", style)
            values = self.value(row)[:-1]
            if page.title == TIME:
                page.numbers(line, 0, values, style, fmt)
            else:
                page.formulas(line, 0, f"={TIME}!{HERE}${line}", values, style, fmt)
        if page.title == OVER_TIME:
            for offset, words, width, style in ((2, "Grade", 12.0, "header_mid"), (3, "Source", SOURCE_OVER_TIME, "header_left"),
                                                (4, KEY, KEY_WIDTH, "header_left")):
                column = period_column(self.periods + offset)
                page.text(f"{column}{PERIOD_ROW}", words, style)
                page.sheet.column_dimensions[column].width = width
        page.frozen(f"G{PERIOD_ROW + 1}")

    def _last_column(self, page: Page) -> int:
        """The last period; inputs over time have grade, source and key behind it."""
        return 6 + self.periods + (4 if page.title == OVER_TIME else 0)

    def sections(self, page: Page) -> None:
        """Every block of a sheet with its rows."""
        for section in self.layout.on(page.title):
            page.bar(section.heading, 1, self._last_column(page), "block")
            page.text(f"A{section.heading}", section.block.title, "block")
            for line, row in section.rows:
                self.line(page, line, row)

    def line(self, page: Page, line: int, row: Row) -> None:
        """One row: label, unit, then its constant or its periods."""
        key = row.declared.key_line
        if key:
            page.bar(line, 1, 6 + self.periods, "key")
        page.text(f"B{line}", row.label, "key_wrap" if key else "label")
        page.text(f"C{line}", row.unit, "key_unit" if key else "unit")
        page.height(line, (row.label, LABEL_WIDTH * (NARROWER if key else 1)))
        if row.per != PERIOD:
            self._constant(page, line, row)
        elif row.input is not None:
            self._typed(page, line, row)
        else:
            self._periods(page, line, row)

    def _look(self, page: Page, row: Row) -> str:
        if row.declared.key_line:
            return "key"
        target = row.expr
        crosses = isinstance(target, Row) and self.layout.places[target].sheet != page.title
        return "link" if crosses else "calc"

    def _constant(self, page: Page, line: int, row: Row) -> None:
        fmt = styles.number_format(row.unit)
        page.formula(f"D{line}", formula(row, self.layout.places, 1, self.periods), self.value(row),
                     self._look(page, row), fmt)

    def _periods(self, page: Page, line: int, row: Row) -> None:
        fmt, look, values = styles.number_format(row.unit), self._look(page, row), self.value(row)
        if row.declared.sums:
            first, last = period_column(1), period_column(self.periods)
            page.formula(f"{TOTAL_COLUMN}{line}", f"=SUM({first}{line}:{last}{line})", float(np.nansum(values[1:-1])), look, fmt)
        self._opening(page, line, row, values, look, fmt)
        page.formulas(line, 1, template(row, self.layout.places, self.periods), values[1:-1], look, fmt)
        if row in self.read_ahead:
            page.number(f"{period_column(self.periods + 1)}{line}", 0.0, "calc", fmt)

    def _opening(self, page: Page, line: int, row: Row, values: Any, look: str, fmt: str) -> None:
        cell = f"{period_column(0)}{line}"
        if row.declared.opening is True or row.opening_expr is not None:
            text = formula(row, self.layout.places, 0, self.periods, opening=True)
            page.formula(cell, _held(text), values[0], look, fmt)
        elif row in self.read_back:
            page.number(cell, 0.0, "calc", fmt)

    def _typed(self, page: Page, line: int, row: Row) -> None:
        """An input over time: the opening column, then one number a period; grade, source and key stand at the end."""
        assert row.input is not None
        values, fmt = self.value(row), styles.input_format(row.unit)
        page.number(f"{period_column(0)}{line}", float(values[0]), "fixed", fmt)
        page.numbers(line, 1, values[1:-1], "input", fmt)
        page.number(f"{period_column(self.periods + 1)}{line}", 0.0, "fixed", fmt)
        _validate(page, row, f"{period_column(1)}{line}:{period_column(self.periods)}{line}")
        page.text(f"{period_column(self.periods + 4)}{line}", row.key, "unit")
        page.text(f"{period_column(self.periods + 2)}{line}", row.input.grade, "grade")
        page.text(f"{period_column(self.periods + 3)}{line}", row.input.source, "note")
        page.height(line, (row.label, LABEL_WIDTH), (row.input.source, SOURCE_OVER_TIME * 9 / 8))

    # ---- the input sheet ---------------------------------------------------------------------------------------------

    def input_sections(self, page: Page, names: list[str], told: dict[str, list[float]]) -> None:
        """Single inputs: live value, base, one column a scenario, grade and source, the ends of ranges, the key."""
        after = 4 + len(names)
        for section in self.layout.on(INPUTS):
            page.bar(section.heading, 1, after + 3 + 2 * self.ranged, "block")
            page.text(f"A{section.heading}", section.block.title, "block")
            for line, row in section.rows:
                self._input(page, line, row, names, told.get(row.key, []), after)

    def _input(self, page: Page, line: int, row: Row, names: list[str], told: list[float], after: int) -> None:
        assert row.input is not None
        page.text(f"B{line}", row.label, "label")
        page.text(f"C{line}", row.unit, "unit")
        fmt, live = styles.input_format(row.unit), ""
        if row.per == TEXT:
            live = str(row.input.value)
            page.text(f"E{line}", live, "fixed")
            page.formula(f"D{line}", f"=E{line}", live, "calc_wrap")
        elif row is self.deal.claim.row("moved"):  # not typed: the workbook compares its inputs with those of the run
            page.formula(f"D{line}", "=Run_Stale", self.value(row), "link", fmt)
        else:
            self._number(page, line, row, told, len(names), fmt)
        page.text(f"{_column(after + 1)}{line}", row.input.grade, "grade")
        page.text(f"{_column(after + 2)}{line}", row.input.source, "note")
        page.height(line, (row.label, INPUT_LABEL), (live, INPUT_LIVE), (row.input.source, INPUT_SOURCE * 9 / 8))
        for offset, end in ((3, row.input.low), (4, row.input.high)):
            if end is not None:
                page.number(f"{_column(after + offset)}{line}", end, "fixed", fmt)
        page.text(f"{_column(after + 3 + 2 * self.ranged)}{line}", row.key, "unit")

    def _number(self, page: Page, line: int, row: Row, told: list[float], cases: int, fmt: str) -> None:
        assert row.input is not None
        base = told[0] if told else row.input.number
        fmt = "0.0##########_)" if 0 < abs(base) < 1e-3 else fmt
        style, more = (("fixed", "input")[row.key in found] for found in (self.deal.typed, self.deal.in_scenarios))
        page.number(f"E{line}", base, style, fmt)
        if more == "input":
            page.bar(line, 6, 4 + cases, more)
        for number, level in enumerate(told):
            if level != base:
                page.number(f"{_column(5 + number)}{line}", level, more, fmt)
        last = _column(4 + cases)
        text = f'=IF(INDEX($E{line}:${last}{line},In_ScenarioNo)="",$E{line},INDEX($E{line}:${last}{line},In_ScenarioNo))'
        page.formula(f"D{line}", text, self.value(row), "calc", fmt)
        if row.key in self.deal.typed:
            _validate(page, row, f"E{line}:{last}{line}" if more == "input" else f"E{line}")
        for offset, end in enumerate(limits(row)):
            if end is not None:
                page.number(f"{self.allowed(cases)[offset]}{line}", end, "given", fmt)

    def allowed(self, cases: int) -> tuple[str, str]:
        """The columns behind all others with the lowest and the highest number that an input may hold."""
        first = 8 + cases + 2 * self.ranged
        return _column(first), _column(first + 1)


def _column(number: int) -> str:
    return period_column(number - 6)


def _held(text: str) -> str:
    """An opening formula with its column held: it is no period, and is not to be copied along the row."""
    return text if '"' in text else _OPENING.sub(f"${OPENING}", text)


def _declared(row: Row) -> given:
    """What an input was declared as; a member of a group may hold any number."""
    return row.declared if isinstance(row.declared, given) else given(row.unit, row.label)


def limits(row: Row) -> tuple[float | None, float | None]:
    """The lowest and the highest number that an input may hold."""
    told = _declared(row)
    return told.low if told.low is not None else told.above, told.high


def _validate(page: Page, row: Row, cells: str) -> None:
    """Refuse numbers outside the declared range, with a message that says what is allowed."""
    low, high = limits(row)
    page.sheet.add_data_validation(Limits(cells, -1e12 if low is None else low, 1e12 if high is None else high,
                                          _declared(row).allowed(), whole=row.unit in WHOLE))
