"""What a person finds their way by: months grouped by calendar year, rows grouped below the heading of their block, the sheet
Index of all blocks, and links from a pair on the Dashboard to Coverage, from there to Contracts and Debt, from any block to its
inputs. Every group is open, so nothing is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import Outline
from openpyxl.xml.functions import Element

from model.report.layout import INDEX, INPUTS, OVER_TIME, TIME, Section
from model.report.page import Page
from model.sheet import period_column

if TYPE_CHECKING:
    from model.report.workbook import Issue

HEAD = 6


class Jump(Hyperlink):
    """A link to a cell of this workbook; openpyxl writes links term by term, and these have but two."""

    def __init__(self, location: str) -> None:
        self.location, self.ref = location, ""

    target = None

    def to_tree(self, *_: Any) -> Any:
        """As openpyxl writes it."""
        return Element("hyperlink", {"ref": self.ref, "location": self.location or ""})


def outline(issue: Issue) -> None:
    """Groups and links on sheets that have been written, and the index of their blocks."""
    for title in (TIME, *issue.workings, OVER_TIME):
        _years(issue, issue.page(title))
    for title in (INPUTS, OVER_TIME, TIME, *issue.workings):
        _blocks(issue, issue.page(title))
    _index(issue)
    _paths(issue)


def _years(issue: Issue, page: Page) -> None:
    """Months of a calendar year under its last one, which stays when the group is closed: what is left are year ends."""
    ends = issue.run.deal.timeline.ends
    for period, (end, following) in enumerate(zip(ends, (*ends[1:], None), strict=True), start=1):
        if following is not None and end.year == following.year:
            page.sheet.column_dimensions[period_column(period)].outlineLevel = 1


def _blocks(issue: Issue, page: Page) -> None:
    """Rows of a block under its heading."""
    page.sheet.sheet_properties.outlinePr = Outline(summaryBelow=False)
    page.sheet.sheet_format.outlineLevelRow = 1
    for section in issue.layout.on(page.title):
        page.grouped.update(line for line, _ in section.rows)


# ---- links -----------------------------------------------------------------------------------------------------------


def place(section: Section) -> str:
    """The heading of a block, as a link names it."""
    return f"'{section.sheet}'!A{section.heading}"


def jump(page: Page, cell: str, words: str, location: str, style: str = "link_page") -> None:
    """Words that lead to a cell."""
    page.text(cell, words, style).hyperlink = Jump(location)


def _index(issue: Issue) -> None:
    """Every block by sheet with its number of rows, each a link to it and to its inputs."""
    page, inputs = issue.page(INDEX), _inputs(issue)
    page.widths(2, 22, 78, 8, 18)
    page.heading("Index of blocks", 5)
    page.text("B4", "A click on a block leads to it; row 3 of each sheet leads back. Groups of rows and columns are open: the "
                    "numbers 1 and 2 in the margin of a sheet close and open all of them.", "unit")
    for column, words in zip("BCDE", ("Sheet", "Block", "Rows", "Inputs"), strict=True):
        page.text(f"{column}{HEAD}", words, "header" if column == "D" else "header_left")
    line = HEAD
    for title in (TIME, *issue.workings):
        jump(issue.page(title), "B3", "Index of blocks", f"'{INDEX}'!B{line + 1}")
        for section in issue.layout.on(title):
            line += 1
            page.text(f"B{line}", title, "unit")
            jump(page, f"C{line}", section.block.title, place(section))
            page.number(f"D{line}", len(section.rows), "calc", "0_)")
            if section.block in inputs:
                jump(page, f"E{line}", inputs[section.block].sheet, place(inputs[section.block]))
    page.frozen(f"C{HEAD + 1}")
    page.printed(landscape=False, heads=f"1:{HEAD}")


def _inputs(issue: Issue) -> dict[Any, Section]:
    """The inputs of each block that has some; single ones before those over time."""
    return {section.block: section for title in (OVER_TIME, INPUTS) for section in issue.layout.on(title)}


def _paths(issue: Issue) -> None:
    """Dashboard, Coverage, Contracts and Debt, inputs: three clicks from a verdict to what it rests on."""
    deal, layout = issue.run.deal, issue.layout
    inputs = _inputs(issue)
    sections = {section.block: section for title in issue.workings for section in layout.on(title)}
    for block, section in sections.items():
        if block in inputs:
            jump(issue.page(section.sheet), f"D{section.heading}", "inputs", place(inputs[block]), "block_link")
    for key, pair in deal.pairs.items():
        at = sections[pair]
        for column, words, one in zip("EF", ("contract", "debt"), _behind(issue, key), strict=True):
            if one in sections:
                jump(issue.page(at.sheet), f"{column}{at.heading}", words, place(sections[one]), "block_link")
        _from_dashboard(issue, f"={at.sheet}!${layout.places[pair.row('title_text')].column}"
                               f"${layout.places[pair.row('title_text')].line}", place(at))


def _behind(issue: Issue, pair: str) -> Iterator[Any]:
    """The contract of a pair and its first loan; None where no contract answers."""
    mapped = next(one for one in issue.run.deal.mapped if one.pair == pair)
    yield issue.run.deal.contracts.get(mapped.contract)
    yield issue.run.deal.instruments.get(mapped.loan)


def _from_dashboard(issue: Issue, formula: str, location: str) -> None:
    """The name of a pair on the Dashboard leads to it."""
    cells: dict[tuple[int, int], Any] = issue.page("Dashboard").sheet._cells
    for cell in cells.values():
        if cell._value == formula:
            cell.hyperlink = Jump(location)
