"""What a workbook shows: the value of every cell, kept by stretches as long as nobody asks for a single one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from openpyxl.styles.cell_style import StyleArray

from model.errors import BuildError
from model.sheet.excel import period_columns
from model.sheet.formula import Array

DIGITS = "0123456789"


@dataclass(frozen=True, eq=False)
class Stretch:
    """Cells of consecutive periods on one line, all of one style.

    They hold one formula, given as a template, or, where that is empty, typed numbers. openpyxl's cells, which most of a
    workbook's would be, take too long to make one by one; `array` is the run's own, and takes no room besides it.
    """

    line: int
    first: int
    template: str
    array: Array
    style: StyleArray

    def __len__(self) -> int:
        return len(self.array)

    @property
    def values(self) -> list[float | str]:
        """What the cells show; not a number is a blank."""
        shown: list[float | str] = self.array.tolist()
        return shown if np.isfinite(self.array).all() else [value if value == value else "" for value in shown]

    def shown(self, number: int) -> float | str:
        """The same of one cell."""
        value = float(self.array[number])
        return value if value == value else ""

    @property
    def letters(self) -> tuple[str, ...]:
        """The columns."""
        return period_columns(self.first, self.first + len(self) - 1)

    @property
    def cells(self) -> list[str]:
        """The names of the cells."""
        return [f"{letter}{self.line}" for letter in self.letters]


@dataclass(frozen=True)
class Entries:
    """Typed words and numbers side by side on one line, all of one style; words that begin like a formula have another."""

    line: int
    first: int
    values: Sequence[str | float]
    style: StyleArray
    quoted: StyleArray


class Memory:
    """The value of every cell of the workbook, and which of them hold formulas."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], Any] = {}
        self._formulas: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}
        self._stretches: dict[tuple[str, int], list[Stretch]] = {}
        self._waiting: list[tuple[str, Stretch]] = []  # to be spelt out cell by cell

    def remember(self, sheet: str, cell: str, value: Any, *, is_formula: bool) -> None:
        """Keep a value; a formula must have a finite number, a text or a blank."""
        if isinstance(value, float) and not math.isfinite(value):
            if math.isinf(value):
                raise BuildError(f"{sheet}!{cell} is infinite")
            value = ""
        self._values[sheet, cell] = value
        if is_formula:
            self._formulas.setdefault(sheet, []).append(cell)
            self._counts[sheet] = self._counts.get(sheet, 0) + 1

    def remember_all(self, sheet: str, stretch: Stretch) -> None:
        """Keep the values of a stretch, of which none is infinite."""
        self._stretches.setdefault((sheet, stretch.line), []).append(stretch)
        self._waiting.append((sheet, stretch))
        if stretch.template:
            self._counts[sheet] = self._counts.get(sheet, 0) + len(stretch)

    def value(self, sheet: str, cell: str) -> Any:
        """What a cell shows; None where it is empty."""
        found = self._values.get((sheet, cell))
        if found is None and self._stretches:
            letters = cell.rstrip(DIGITS)
            for stretch in self._stretches.get((sheet, int(cell[len(letters):])), ()):
                if letters in stretch.letters:
                    return stretch.shown(stretch.letters.index(letters))
        return found

    def stretches(self, sheet: str, line: int) -> Sequence[Stretch]:
        """The stretches of a line."""
        return self._stretches.get((sheet, line), ())

    def counted(self, sheet: str) -> int:
        """The formulas on a sheet."""
        return self._counts.get(sheet, 0)

    @property
    def values(self) -> dict[tuple[str, str], Any]:
        """What every cell shows, by (sheet, "D7")."""
        self._spell_out()
        return self._values

    @property
    def formulas(self) -> dict[str, list[str]]:
        """The cells that hold formulas, by sheet."""
        self._spell_out()
        return self._formulas

    def _spell_out(self) -> None:
        for sheet, stretch in self._waiting:
            self._values.update(zip(((sheet, cell) for cell in stretch.cells), stretch.values, strict=True))
            if stretch.template:
                self._formulas.setdefault(sheet, []).extend(stretch.cells)
        self._waiting.clear()
