"""The cells of a sheet as XML, each formula with the engine's value beside it.

openpyxl writes all of a workbook but this: it sends cells one by one through an element tree, which takes most of a run,
and it leaves out the values of formulas. Values apart, these are to the byte the rows that it writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.compat import safe_string
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter

from model.errors import BuildError
from model.report.page import Bar, Page, Stretch
from model.sheet import in_columns
from model.sheet.excel import OPENING_COLUMN

Line = list[tuple[int, Any]]
"""What stands on a line from left to right: cells of openpyxl, stretches and parts of bars, each by its first column."""


class Rows:
    """The cells of one page, ready to be written."""

    def __init__(self, page: Page) -> None:
        self.page, self.lines = page, _by_line(page)
        self.style_ids: dict[bytes, str] = {}

    def area(self) -> str:
        """The smallest range that holds all cells."""
        left = min(line[0][0] for line in self.lines.values() if line)
        right = max(_last_column(*line[-1]) for line in self.lines.values() if line)
        first, last = (f(number for number, line in self.lines.items() if line) for f in (min, max))
        return f"{get_column_letter(left)}{first}:{get_column_letter(right)}{last}"

    def xml(self) -> Iterator[str]:
        """The element `sheetData`, line by line."""
        yield "<sheetData>"
        for number in sorted(self.lines.keys() | self.page.sheet.row_dimensions.keys()):
            told: dict[str, Any] = {"r": number, **dict(self.page.sheet.row_dimensions.get(number) or {})}
            attributes = "".join(f' {name}="{value}"' for name, value in told.items())
            cells = "".join(text for _, held in self.lines.get(number, ()) for text in self._texts(held))
            yield f"<row{attributes}>{cells}</row>"
        yield "</sheetData>"

    def _texts(self, held: Any) -> Sequence[str]:
        if isinstance(held, Stretch):
            return self._stretch(held)
        return self._bar(held) if isinstance(held, Bar) else (self._cell(held),)

    def _cell(self, cell: Any) -> str:
        value, kind, name = cell._value, cell.data_type, cell.coordinate
        style = self._style(cell._style)
        if value is None and not style:
            return ""
        if kind == "f":
            return _with_value(name, style, escape(value[1:]), self._value(name))
        kind = "inlineStr" if kind == "s" else kind
        if value is None or value == "":
            return f'<c r="{name}"{style} t="{kind}" />'
        if kind == "inlineStr":
            space = ' xml:space="preserve"' if value.strip() and value != value.strip() else ""
            return f'<c r="{name}"{style} t="{kind}"><is><t{space}>{escape(value)}</t></is></c>'
        return f'<c r="{name}"{style} t="{kind}"><v>{escape(safe_string(value))}</v></c>'

    def _stretch(self, stretch: Stretch) -> list[str]:
        style = self._style(stretch.style)
        if not stretch.template:
            return [f'<c r="{name}"{style} t="n"><v>{safe_string(value)}</v></c>'
                    for name, value in zip(stretch.cells, stretch.values, strict=True)]
        texts = in_columns(escape(stretch.template[1:]), stretch.first, stretch.first + len(stretch.values) - 1)
        return [_with_value(name, style, text, value)
                for name, text, value in zip(stretch.cells, texts, stretch.values, strict=True)]

    def _bar(self, bar: Bar) -> list[str]:
        style = self._style(bar.style)
        return [f'<c r="{get_column_letter(column)}{bar.line}"{style} t="n" />' for column in range(bar.first, bar.last + 1)]

    def _value(self, name: str) -> float | str:
        found = self.page.memory.values.get((self.page.title, name))
        if found is None:
            raise BuildError(f"{self.page.title}!{name} has a formula and no value")
        return found if isinstance(found, str) else float(found)

    def _style(self, style: StyleArray | None) -> str:
        """The attribute of a style, numbered in the order of first use as openpyxl numbers them."""
        if style is None or not any(style):
            return ""
        key = style.tobytes()
        if key not in self.style_ids:
            book: Any = self.page.sheet.parent
            self.style_ids[key] = f' s="{book._cell_styles.add(style)}"'
        return self.style_ids[key]


def _with_value(name: str, style: str, formula: str, value: float | str) -> str:
    if isinstance(value, str):
        return f'<c r="{name}"{style} t="str"><f>{formula}</f><v>{escape(value)}</v></c>'
    return f'<c r="{name}"{style}><f>{formula}</f><v>{value!r}</v></c>'


def _last_column(first: int, held: Any) -> int:
    if isinstance(held, Stretch):
        return first + len(held.cells) - 1
    return held.last if isinstance(held, Bar) else first


def _by_line(page: Page) -> dict[int, Line]:
    """What stands on each line of a page: a stretch hides empty cells under it, and whatever stands on a bar hides that."""
    lines: dict[int, Line] = {}
    taken: dict[int, set[int]] = {}
    for stretch in page.stretches:
        first = OPENING_COLUMN + stretch.first
        lines.setdefault(stretch.line, []).append((first, stretch))
        taken.setdefault(stretch.line, set()).update(range(first, first + len(stretch.cells)))
    cells: dict[tuple[int, int], Any] = page.sheet._cells
    for (number, column), cell in cells.items():
        columns = taken.setdefault(number, set())
        if column not in columns:
            lines.setdefault(number, []).append((column, cell))
            columns.add(column)
        elif cell._value is not None:
            raise BuildError(f"{page.title}!{cell.coordinate} is written twice")
    for bar in reversed(page.bars):
        columns = taken.setdefault(bar.line, set())
        lines.setdefault(bar.line, []).extend((part.first, part) for part in _gaps(bar, columns))
        columns.update(range(bar.first, bar.last + 1))
    for line in lines.values():
        line.sort(key=lambda at: at[0])
    return lines


def _gaps(bar: Bar, taken: set[int]) -> Iterator[Bar]:
    """The parts of a bar on which nothing stands."""
    first = bar.first
    for column in (*sorted(number for number in taken if bar.first <= number <= bar.last), bar.last + 1):
        if first < column:
            yield Bar(bar.line, first, column - 1, bar.style)
        first = column + 1
