"""What was typed into a workbook: the cells of its inputs against what the program wrote into them.

Inputs are found by their key, scenarios and months by the head of their column, so that lines and
columns may have moved. A number that agrees to 15 digits is the same: some programs keep no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from model.deal import Deal
from model.edited import why_not
from model.report.layout import INPUTS, OVER_TIME
from model.report.page import as_text
from model.report.workings import KEY
from model.round_trip.cells import Cell, Line, Saved
from model.round_trip.edited import Typed
from model.sheet import PERIOD, TEXT, Row

SAME = 1e-14
MOST = 1e12
BASE, LIVE, GRADE, SCENARIO_NAME = "base", "Live", "Grade", "In_ScenarioName"
FIXED = "as it was written: this cell is changed in the case files only"


def typed(saved: Saved, deal: Deal) -> list[Typed]:
    """Everything typed into a workbook of this deal; what may not be there is noted with the workbook."""
    found = _Reader(saved, deal)
    return [*found.single(), *found.over_time()]


def chosen(saved: Saved, deal: Deal) -> str:
    """The live scenario."""
    sheet, _, place = saved.names.get(SCENARIO_NAME, "").replace("'", "").rpartition("!")
    cell = saved.followed(Cell(INPUTS, 0, 0, f"={sheet}!{place}", "f"))
    if cell.value in deal.scenarios:
        return str(cell.value)
    saved.note(cell, "live scenario", f"one of {', '.join(deal.scenarios)}")
    return BASE


class _Reader:
    def __init__(self, saved: Saved, deal: Deal) -> None:
        self.saved, self.deal = saved, deal
        self.rows = {row.key: row for row in deal.book.inputs if row.block is not deal.clock}

    # ---- single inputs -----------------------------------------------------------------------------------------------

    def single(self) -> Iterator[Typed]:
        """Base values and the columns of scenarios."""
        head, lines = self._table(INPUTS, [row for row in self.rows.values() if row.per != PERIOD])
        columns = {str(head[n].value): n for n in head if head_of(head, LIVE) < n < head_of(head, GRADE)}
        for name in self.deal.scenarios.keys() ^ columns.keys():
            cell = head.get(columns.get(name, 0), next(iter(head.values())))
            said = f"the scenarios of the case, base first: {', '.join(self.deal.scenarios)}; others are added in scenarios.yaml"
            self.saved.note(cell, name, said, "a column for it" if name in columns else "no column for it")
        for key, line in lines.items():
            cells = {name: self.saved.cell(INPUTS, number_of(line), column) for name, column in columns.items()}
            if BASE in cells:
                yield from self._line(self.rows[key], cells)

    def _line(self, row: Row, cells: dict[str, Cell]) -> Iterator[Typed]:
        assert row.input is not None
        if row.per == TEXT:
            if (cells[BASE].value or "") != as_text(str(row.input.value)):
                self.saved.note(cells[BASE], row.key, FIXED)
            return
        before = float(row.input.value)  # type: ignore[arg-type]  # a single input that is no text holds one number
        base = self._value(row, cells[BASE], before)
        if base is not None and base != before:
            yield Typed(row.key, row.label, BASE, None, before, base, cells[BASE].name)
        for name, cell in cells.items():
            if name != BASE and row.key not in self.deal.stamped:
                yield from self._override(row, name, cell, before, base)

    def _override(self, row: Row, name: str, cell: Cell, before: float, base: float | None) -> Iterator[Typed]:
        """A scenario that holds an input at its base value shows an empty cell."""
        held = self.deal.scenarios.get(name, {}).get(row.key)
        if cell.value in (None, ""):
            if held is not None and (held != before or base != before):
                yield Typed(row.key, row.label, name, None, held, None, cell.name)
            return
        if row.key not in self.deal.in_scenarios:
            if held is None or not isinstance(cell.value, int | float) or not same(float(cell.value), held):
                self.saved.note(cell, row.key, FIXED if held is not None else "nothing: no scenario moves this input")
        elif (value := self._number(row, cell, held)) is not None and value != held:
            yield Typed(row.key, row.label, name, None, held, value, cell.name)

    def _value(self, row: Row, cell: Cell, before: float) -> float | None:
        """What a cell holds; what the engine finds itself is not read, and what is fixed must be what was written."""
        if row.key in self.deal.stamped:
            return before
        if row.key in self.deal.typed:
            return self._number(row, cell, before)
        if not isinstance(cell.value, int | float) or not same(float(cell.value), before):
            self.saved.note(cell, row.key, FIXED)
        return before

    def _number(self, row: Row, cell: Cell, before: float | None) -> float | None:
        """The number that was typed; None with a finding where it is none, or none that is allowed."""
        value = cell.value
        if cell.kind != "n" or not isinstance(value, int | float) or isinstance(value, bool):
            self.saved.note(cell, row.key, f"a number [{row.unit}], typed")
        elif before is not None and same(float(value), before):
            return before
        elif not abs(value) <= MOST:
            self.saved.note(cell, row.key, "a finite number")
        elif reason := why_not(row, float(value)):
            self.saved.note(cell, row.key, reason)
        else:
            return float(value)
        return None

    # ---- over time ---------------------------------------------------------------------------------------------------

    def over_time(self) -> Iterator[Typed]:
        """Numbers by month."""
        head, lines = self._table(OVER_TIME, [row for row in self.rows.values() if row.per == PERIOD])
        columns = {end: column for column, cell in head.items() if (end := self._end(cell))}
        for end in set(self.deal.timeline.ends) - columns.keys():
            said = f"the numbers of all months, 1 to {self.deal.timeline.count}, as on Time"
            self.saved.note(next(iter(head.values())), f"{end}", said, "no column for it")
        for key, line in lines.items():
            row = self.rows[key]
            assert row.input is not None
            assert not isinstance(row.input.value, str | float | int)
            values = list(row.input.value)[-self.deal.timeline.count:]
            for end, before in zip(self.deal.timeline.ends, values, strict=True):
                if end in columns:
                    yield from self._month(row, line, columns[end], end, float(before))

    def _month(self, row: Row, line: Line, column: int, end: date, before: float) -> Iterator[Typed]:
        cell = self.saved.cell(OVER_TIME, number_of(line), column)
        value = self._number(row, cell, before)
        if value is not None and value != before:
            yield Typed(row.key, row.label, BASE, end, before, value, cell.name)

    def _end(self, cell: Cell) -> date | None:
        """The end of the month whose number stands in a head, as a link to the calendar or typed."""
        number, ends = self.saved.followed(cell).value, self.deal.timeline.ends
        return ends[int(number) - 1] if isinstance(number, int | float) and number in range(1, len(ends) + 1) else None

    # ---- both --------------------------------------------------------------------------------------------------------

    def _table(self, sheet: str, rows: list[Row]) -> tuple[Line, dict[str, Line]]:
        """The heads of a sheet, and the line of each input."""
        lines = self.saved.sheets[sheet]
        head = next((line for line in lines.values() if KEY in {cell.value for cell in line.values()}), None)
        if head is None:
            raise self.saved.refuse(sheet, f"no column {KEY}", "the heads of the sheet as they were written")
        wanted, found = {row.key for row in rows}, dict[str, Line]()
        for number, line in lines.items():
            cell = line.get(head_of(head, KEY))
            if cell is None or number <= number_of(head):
                continue
            key = str(cell.value)
            if key not in wanted or key in found:
                self.saved.note(cell, "key", "the key of an input of this sheet, once")
            else:
                found[key] = line
        for key in wanted - found.keys():
            self.saved.note(next(iter(head.values())), key, "a line for each input, with its key", "no line for it")
        return head, found


def head_of(head: Line, words: str) -> int:
    """The column under a head; 0 where it is not there."""
    return next((column for column, cell in head.items() if cell.value == words), 0)


def number_of(line: Line) -> int:
    """Which line it is."""
    return next(iter(line.values())).line


def same(a: float, b: float) -> bool:
    """Whether two numbers agree to 15 digits."""
    return math.isclose(a, b, rel_tol=SAME)
