"""What a line of a sheet is called: by its block and its label, so that it is found again where lines were put in above it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from openpyxl.utils import get_column_letter

from model.report.layout import ACTIONS, INPUTS
from model.saved import Cell, File, Lines, Value
from model.saved.reference import Reference, rewritten
from model.sheet.excel import OPENING_COLUMN, PERIOD_ROW
from model.timeline import from_serial

BLOCK, LABEL, UNIT, CONSTANT = 1, 2, 3, 4
ACTED = (2, 3, 4, 5)  # date, borrower, step and action together name a line of the waterfall log
AXIS = 4  # the line of the dates along which periods run
HEADS = 4  # lines above are title and check light
PERIOD_END = "Period end"


@dataclass(frozen=True, order=True)
class Name:
    """A line: its block, its label, and which of equal ones it is."""

    block: str
    label: str
    number: int = 1

    def __str__(self) -> str:
        again = f" ({self.number})" if self.number > 1 else ""
        return f"{self.block}: {self.label}{again}" if self.block else f"{self.label}{again}"


class Sheet:
    """A sheet with named lines and columns."""

    def __init__(self, title: str, lines: Lines) -> None:
        self.title, self.lines = title, lines
        self.along_time = _text(lines, AXIS, LABEL) == PERIOD_END

    @cached_property
    def names(self) -> dict[int, Name]:
        """By line, its name; a line without a label counts from the one above."""
        found: dict[int, Name] = {}
        seen: Counter[tuple[str, str]] = Counter()
        block = label = ""
        for number, cells in self.lines.items():
            if number < HEADS:
                continue
            block = _typed(cells, BLOCK) or block
            own = _said(cells) if self.title != ACTIONS else ", ".join(filter(None, (_typed(cells, n) for n in ACTED)))
            label = own or label
            said = own or (f"below {label}" if label and BLOCK not in cells else "")
            seen[block, said] += 1
            found[number] = Name(block, said, seen[block, said])
        return found

    @cached_property
    def by_name(self) -> dict[Name, int]:
        """The line of each name."""
        return {name: number for number, name in self.names.items()}

    @cached_property
    def last_line(self) -> int:
        """The last line that is filled."""
        return max(self.lines, default=0)

    @cached_property
    def periods(self) -> int:
        """How many periods there are; 0 on sheets that do not run along time."""
        return max(self.lines[AXIS]) - OPENING_COLUMN if self.along_time else 0

    @cached_property
    def columns(self) -> dict[int, str]:
        """What columns are called: by the date of their period, or by their head on the input sheet."""
        if self.along_time:
            ends = {n: cell.value for n, cell in self.lines[AXIS].items() if n >= OPENING_COLUMN}
            return {n: from_serial(int(end)).isoformat() for n, end in ends.items() if isinstance(end, float)}
        heads = self.lines.get(PERIOD_ROW, {}) if self.title == INPUTS else {}
        return {n: str(cell.value) for n, cell in heads.items() if n > UNIT and cell.value}

    def column(self, number: int) -> str:
        """A column in words; its letter where it has no name."""
        return self.columns.get(number) or get_column_letter(number)

    def block_of(self, number: int) -> str:
        """The block in which a line stands."""
        return self.names[number].block if number in self.names else ""


class Book:
    """The sheets of a file, and its formulas in the words of its lines."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.sheets = {title: Sheet(title, file.sheet(title)) for title in file.parts}

    def pattern(self, sheet: Sheet, line: int, column: int, formula: str) -> str:
        """A formula with its references told by name, seen from its cell: the same wherever lines and columns stand."""
        def say(at: Reference) -> str:
            other = self.sheets.get(at.sheet) if at.sheet else sheet
            if other is None:
                return f"{at.sheet}!?"
            first = self._line(sheet, other, line, at.first.line) + _across(other, at.first.column, at.first.held, column)
            if at.last is None:
                return f"[{first}]"
            last = self._line(sheet, other, line, at.last.line) + _across(other, at.last.column, at.last.held, column)
            lines = at.last.line - at.first.line
            return f"[{first} to {last}" + (f", {lines + 1} lines]" if lines > 0 and at.last.line < other.last_line else "]")

        return rewritten(formula, say)

    @staticmethod
    def _line(here: Sheet, other: Sheet, line: int, target: int) -> str:
        if target not in other.names:
            return "heading" if target <= PERIOD_ROW else "end" if target >= other.last_line else f"line {target}"
        if target == other.last_line and other.names[target].number > 1:
            return "end"
        name = other.names[target]
        if other is here and name.block == here.block_of(line):
            return str(Name("", name.label, name.number))
        return str(name) if other is here else f"{other.title}, {name}"


def _across(sheet: Sheet, column: int, held: bool, here: int) -> str:
    """Where a reference points along its line."""
    if not held:
        return "" if column == here else f" {column - here:+d}"
    if sheet.along_time and column >= OPENING_COLUMN:
        return {0: " opening", 1: " first", sheet.periods: " last", sheet.periods + 1: " after"}.get(
            column - OPENING_COLUMN, f" in period {column - OPENING_COLUMN}")
    return f" in {sheet.column(column)}"


def _text(lines: Lines, line: int, column: int) -> Value:
    return lines.get(line, {}).get(column, Cell(None, None)).value


def _said(cells: dict[int, Cell]) -> str:
    """The label of a line: words that are typed, or shown beside figures; a sentence that stands alone is no label."""
    shown = cells[LABEL].value if LABEL in cells and max(cells) > LABEL else None
    return _typed(cells, LABEL) or (shown if isinstance(shown, str) else "")


def _typed(cells: dict[int, Cell], column: int) -> str:
    """Words that are typed; what a formula shows is no name."""
    cell = cells.get(column)
    return cell.value if cell is not None and cell.formula is None and isinstance(cell.value, str) else ""
