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
from model.report.files import TRIGGERS
from model.report.memory import Entries, Stretch
from model.report.page import Bar, Page
from model.report.texts import as_xstring
from model.sheet import parts
from model.sheet.excel import OPENING_COLUMN

Line = list[tuple[int, Any]]
"""What stands on a line from left to right: cells of openpyxl, stretches and parts of bars, each by its first column."""
LAID = (Stretch, Entries, Bar)


class Rows:
    """The cells of one page, ready to be written."""

    def __init__(self, page: Page) -> None:
        self.page, self.lines = page, _by_line(page)
        self.size = len(page.sheet._cells) + sum(map(len, page.stretches)) + sum(len(one.values) for one in page.entries)
        """Cells at most, those of bars left out."""
        self.style_ids: dict[int, str] = {}
        for number in sorted(self.lines):  # before openpyxl lists styles: the text of the cells is made while they are written
            for _, held in self.lines[number]:
                self._styled(held)

    def area(self) -> str:
        """The smallest range that holds all cells."""
        left = min(line[0][0] for line in self.lines.values() if line)
        right = max(_last_column(*line[-1]) for line in self.lines.values() if line)
        first, last = (f(number for number, line in self.lines.items() if line) for f in (min, max))
        return f"{get_column_letter(left)}{first}:{get_column_letter(right)}{last}"

    def xml(self) -> Iterator[str]:
        """The element `sheetData`, line by line."""
        yield "<sheetData>"
        for number in sorted(self.lines.keys() | self.page.heights.keys()):
            height = self.page.heights.get(number)
            tall = "" if height is None else f' ht="{safe_string(height)}" customHeight="1"'
            tall += ' outlineLevel="1"' if number in self.page.grouped else ""
            cells = "".join([self._text(number, column, held) for column, held in self.lines.get(number, ())])
            yield f'<row r="{number}"{tall}>{cells}</row>'
        yield "</sheetData>"

    def _styled(self, held: Any) -> None:
        """Number the style of what stands somewhere, as openpyxl does: in the order of first use."""
        if not isinstance(held, LAID):
            self._style(held._style)
            return
        self._style(held.style)
        if isinstance(held, Entries):
            self._style(held.quoted)

    def _text(self, line: int, column: int, held: Any) -> str:
        if not isinstance(held, LAID):
            return self._cell(f"{get_column_letter(column)}{line}", held)
        if isinstance(held, Stretch):
            return self._stretch(held)
        return self._entries(held) if isinstance(held, Entries) else self._bar(held)

    def _cell(self, name: str, cell: Any) -> str:
        value, kind = cell._value, cell.data_type
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
            return f'<c r="{name}"{style} t="{kind}"><is><t{space}>{as_xstring(value)}</t></is></c>'
        return f'<c r="{name}"{style} t="{kind}"><v>{escape(safe_string(value))}</v></c>'

    def _stretch(self, stretch: Stretch) -> str:
        """All cells at once: most of a workbook is these."""
        head, values = f'{stretch.line}"{self._style(stretch.style)}', stretch.values
        if not stretch.template:
            shown = [value if value == "" else f"{value:.16g}" for value in values]
            return joined(len(values), '<c r="', stretch.letters, f'{head} t="n"><v>', shown, "</v></c>")
        formula = parts(escape(stretch.template[1:]), stretch.first, stretch.first + len(values) - 1)
        blank = "" in values
        kinds = [f'{head} t="str"><f>' if value == "" else f"{head}><f>" for value in values] if blank else f"{head}><f>"
        shown = [repr(value) if value != "" else "" for value in values] if blank else [*map(repr, values)]
        return joined(len(values), '<c r="', stretch.letters, kinds, *formula, "</f><v>", shown, "</v></c>")

    def _bar(self, bar: Bar) -> str:
        letters = [get_column_letter(column) for column in range(bar.first, bar.last + 1)]
        return joined(len(letters), '<c r="', letters, f'{bar.line}"{self._style(bar.style)} t="n" />')

    def _entries(self, entries: Entries) -> str:
        plain, quoted = self._style(entries.style), self._style(entries.quoted)
        return "".join([_entry(f"{get_column_letter(column)}{entries.line}", value, plain, quoted)
                        for column, value in enumerate(entries.values, start=entries.first)])

    def _value(self, name: str) -> float | str:
        found = self.page.memory.value(self.page.title, name)
        if found is None:
            raise BuildError(f"{self.page.title}!{name} has a formula and no value")
        return found if isinstance(found, str) else float(found)

    def _style(self, style: StyleArray | None) -> str:
        """The attribute of a style, numbered in the order of first use as openpyxl numbers them."""
        found = self.style_ids.get(id(style))  # cells of one style share one array, which its page keeps
        if found is None:
            book: Any = self.page.sheet.parent
            found = f' s="{book._cell_styles.add(style)}"' if style is not None and any(style) else ""
            self.style_ids[id(style)] = found
        return found


def _with_value(name: str, style: str, formula: str, value: float | str) -> str:
    if isinstance(value, str):
        return f'<c r="{name}"{style} t="str"><f>{formula}</f><v>{as_xstring(value)}</v></c>'
    return f'<c r="{name}"{style}><f>{formula}</f><v>{value!r}</v></c>'


def _entry(name: str, value: str | float, plain: str, quoted: str) -> str:
    if not isinstance(value, str):
        return f'<c r="{name}"{plain} t="n"><v>{safe_string(value)}</v></c>'
    space = ' xml:space="preserve"' if value != value.strip() else ""
    style = quoted if value.startswith(TRIGGERS) else plain
    return f'<c r="{name}"{style} t="inlineStr"><is><t{space}>{as_xstring(value)}</t></is></c>'


def joined(count: int, *pieces: str | Sequence[str]) -> str:
    """So many cells one after the other: each piece is the same in all of them, or one for each."""
    width = len(pieces)
    texts: list[str] = [""] * (count * width)
    for place, piece in enumerate(pieces):
        texts[place::width] = [piece] * count if isinstance(piece, str) else piece
    return "".join(texts)


def _last_column(first: int, held: Any) -> int:
    if isinstance(held, Stretch):
        return first + len(held) - 1
    if isinstance(held, Entries):
        return first + len(held.values) - 1
    return held.last if isinstance(held, Bar) else first


def _by_line(page: Page) -> dict[int, Line]:
    """What stands on each line of a page: a stretch hides empty cells under it, and whatever stands on a bar hides that."""
    lines: dict[int, dict[int, Any]] = {}
    for entries in page.entries:
        lines.setdefault(entries.line, {})[entries.first] = entries
    cells: dict[tuple[int, int], Any] = page.sheet._cells
    for (number, column), cell in cells.items():
        lines.setdefault(number, {})[column] = cell
    for stretch in page.stretches:
        line, first = lines.setdefault(stretch.line, {}), OPENING_COLUMN + stretch.first
        for column in [column for column in line if first <= column < first + len(stretch)]:
            cell = line.pop(column)
            if isinstance(cell, Stretch) or cell._value is not None:
                raise BuildError(f"{page.title}!{get_column_letter(column)}{stretch.line} is written twice")
        line[first] = stretch
    for bar in reversed(page.bars):
        line = lines.setdefault(bar.line, {})
        line.update({part.first: part for part in _gaps(bar, line)})
    return {number: sorted(line.items()) for number, line in lines.items()}


def _gaps(bar: Bar, line: dict[int, Any]) -> Iterator[Bar]:
    """The parts of a bar on which nothing stands."""
    first = bar.first
    for column, held in (*sorted(line.items()), (bar.last + 1, None)):
        if first < min(column, bar.last + 1):
            yield Bar(bar.line, first, min(column - 1, bar.last), bar.style)
        first = max(first, _last_column(column, held) + 1)
