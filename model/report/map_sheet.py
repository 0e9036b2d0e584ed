"""Map: the sheets as rooms, and what flows between them, from the graph of rows that the engine calculates by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter

from model.report.layout import INPUTS, MAP, OVER_TIME, TIME

if TYPE_CHECKING:
    from model.report.workbook import Issue

Flows = Counter[tuple[str, str]]
"""By sheet that reads and sheet that is read."""
NAME, ROLE, WIDTH, FIRST = 24.0, 62.0, 8.0, 4
HEADS = ("Blocks", "Lines", "Formulas", "Inputs", "Reads", "Read by")
_WORDS = re.compile(r'"[^"]*"')
_ELSEWHERE = re.compile(r"('(?:[^']|'')+'|[A-Za-z_]\w*)!|\b((?:In|Out|Chk|Run|Evi)_\w+)")
_AXIS = 3  # period end, year and number are links on every sheet along time


def map_sheet(issue: Issue) -> None:
    """The page: one line a sheet, then the flows from each sheet across to each sheet down."""
    page, titles = issue.page(MAP), list(issue.contents)
    flows = flows_of(issue)
    page.widths(2, NAME, ROLE, *[WIDTH] * max(len(titles), len(HEADS)))
    page.heading(MAP, FIRST - 1 + max(len(titles), len(HEADS)))
    page.text("B4", "The line under the title of each sheet, which shows scenario and checks, is left out.", "unit")
    for n, head in enumerate(HEADS):
        page.text(f"{get_column_letter(FIRST + n)}6", head, "header")
    page.text("B6", "Sheet", "header_left")
    page.text("C6", "What stands there", "header_left")
    for line, title in enumerate(titles, start=7):
        page.text(f"B{line}", f"{line - 6}  {title}", "plain")
        page.text(f"C{line}", issue.contents[title], "label")
        page.height(line, (issue.contents[title], ROLE))
        for n, count in enumerate(counts(issue, title, flows)):
            page.number(f"{get_column_letter(FIRST + n)}{line}", count, "plain", "#,##0_);;")
    matrix(issue, 9 + len(titles), titles, flows)
    page.frozen("C7")
    page.printed(fit_height=1)


def counts(issue: Issue, title: str, flows: Flows) -> tuple[int, ...]:
    """Blocks, lines, formulas and inputs of a sheet; sheets that it reads, and that read it."""
    lines = [row for section in issue.layout.on(title) for _, row in section.rows]
    others = [sum(pair[end] == title and pair[1 - end] != title for pair in flows) for end in (0, 1)]
    return (sum(1 for _ in issue.layout.on(title)), len(lines), issue.counted(title),
            sum(row.input is not None for row in lines), *others)


def matrix(issue: Issue, line: int, titles: list[str], flows: Flows) -> None:
    """Flows as a table: each sheet on the left reads so many rows of the sheet whose number stands above."""
    page = issue.page(MAP)
    page.text(f"B{line}", "Reads", "header_left")
    page.text(f"C{line}", "so many rows of the sheet with this number, each once for each row that reads it", "header_left")
    for n, _ in enumerate(titles):
        page.number(f"{get_column_letter(FIRST + n)}{line}", n + 1, "header", "0_)")
    for at, title in enumerate(titles, start=1):
        page.text(f"B{line + at}", f"{at}  {title}", "plain")
        for n, other in enumerate(titles):
            if count := flows[title, other]:
                style = "unit_right" if other == title else "plain"
                page.number(f"{get_column_letter(FIRST + n)}{line + at}", count, style, "#,##0_)")


def flows_of(issue: Issue) -> Flows:
    """References of rows to rows, and on pages for reading of formulas to sheets."""
    places, found = issue.layout.places, Flows()
    for row, needed in issue.run.deal.book.needs.items():
        sheet = places[row].sheet
        found.update((sheet, places[other].sheet) for other in needed)
    along = {TIME, OVER_TIME, INPUTS, *issue.workings}
    found.update({(title, TIME): _AXIS for title in (*issue.workings, OVER_TIME)})
    names = {name: told.attr_text.partition("!")[0].strip("'") for name, told in issue.book.defined_names.items()}
    for title in issue.contents:
        if title not in along:
            found.update((title, sheet) for sheet in read_by(issue, title, names))
    return found


def read_by(issue: Issue, title: str, names: dict[str, str]) -> Iterator[str]:
    """The sheet of each reference on a page, its own left out."""
    cells: dict[tuple[int, int], Any] = issue.page(title).sheet._cells
    for (line, _), cell in cells.items():
        if cell.data_type == "f" and line > 2:
            text = _WORDS.sub("", cell._value) if '"' in cell._value else cell._value
            for sheet, name in _ELSEWHERE.findall(text):
                yield names.get(name, "") if name else sheet.strip("'").replace("''", "'")
