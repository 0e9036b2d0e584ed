"""Cover: what a reader opens first. Every figure is a link to the row that computes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpyxl.worksheet.hyperlink import Hyperlink

from model.report import stamped, styles
from model.report.conventions import CONVENTIONS
from model.report.page import Page
from model.sheet import Row
from model.sheet.excel import quoted

if TYPE_CHECKING:
    from model.report.workbook import Issue

LEFT, RIGHT = 24.0, 92.0
TITLE_WIDTH = 0.9 * (LEFT + RIGHT)  # of bold letters


def reference(issue: Issue, row: Row) -> str:
    """Where a figure stands, as a formula names it."""
    place = issue.layout.places[row]
    return f"{quoted(place.sheet)}!${place.column}${place.line}"


def link(page: Page, issue: Issue, cell: str, row: Row, style: str = "cell", fmt: str | None = None) -> None:
    """A cell that shows a figure of the model."""
    shown = styles.number_format(row.unit) if fmt is None else fmt
    page.formula(cell, f"={reference(issue, row)}", issue.value(row), style, shown)


def cover(issue: Issue) -> None:
    """Purpose, live case, conventions, assumptions, contents."""
    page, case = issue.page("Cover"), issue.run.deal.case.general
    page.widths(2, LEFT, RIGHT)
    page.heading("", 3)
    page.text("A1", case.title, "title_wrap")
    page.sheet.merge_cells("A1:C1")
    page.height(1, (case.title, TITLE_WIDTH), least=26, size=15)
    page.text("B4", "Verdict", "band")
    page.fill(4, 3, 3, "band")
    sentences(page, issue, 5, "C", LEFT + RIGHT, "sentence")
    line = pairs_of_text(page, 8, "This file", _facts(issue))
    page.formula(f"C{line}", "=In_ScenarioName", issue.run.scenario, "plain")
    page.text(f"B{line}", "Live scenario", "plain")
    line = stamped.on_cover(issue, page, line, RIGHT)
    line = pairs_of_text(page, line + 2, "What is assumed", [(f"{n}.", text) for n, text in enumerate(issue.assumptions, 1)])
    line = pairs_of_text(page, line + 1, "Conventions", CONVENTIONS)
    line = _legend(page, line + 1)
    _contents(page, line + 1, issue)
    page.printed(landscape=False, fit_height=1)


def sentences(page: Page, issue: Issue, line: int, last: str, width: float, verdict: str) -> None:
    """The verdict and its weakest pair; a line to spare, as another scenario may need more words."""
    for offset, (name, style, size) in enumerate(((verdict, "verdict", 11), ("weakest_sentence", "calc_wrap", 9))):
        row, at = issue.claim.row(name), line + offset
        link(page, issue, f"B{at}", row, style)
        page.sheet.merge_cells(f"B{at}:{last}{at}")
        page.height(at, (f"{issue.value(row)}{' ' * 40}", width * (0.92 if size > 9 else 1)), size=size)


def _facts(issue: Issue) -> list[tuple[str, str]]:
    case = issue.run.deal.case
    return [
        ("Claim under test", case.general.headline.claim),
        ("Case", f"{case.general.case}, as of {case.general.as_of:%d %b %Y}; amounts in USD m"),
        ("Run", f"debtcover {issue.version}, input fingerprint {case.input_hash}"),
        ("Scenario", "Choose another on the sheet Inputs; every page follows. T4 and grades with support are stamped by the "
                     "engine and belong to the inputs as delivered."),
    ]


def pairs_of_text(page: Page, line: int, title: str, pairs: Sequence[tuple[str, str]]) -> int:
    """Words beside words below a band; returns the line below."""
    page.text(f"B{line}", title, "band")
    page.fill(line, 3, 3, "band")
    for offset, (left, right) in enumerate(pairs, start=1):
        page.text(f"B{line + offset}", left, "wrap")
        page.text(f"C{line + offset}", right, "wrap")
        page.height(line + offset, (left, LEFT), (right, RIGHT))
    return line + len(pairs) + 1


def _legend(page: Page, line: int) -> int:
    page.text(f"B{line}", "Colours", "band")
    page.fill(line, 3, 3, "band")
    for style, words in (("input", "input, typed: may be changed"),
                         ("fixed", "input that is changed in the case only: a date, words, what the engine finds"),
                         ("calc", "calculation on the same sheet"),
                         ("link", "link to another sheet"), ("key", "key line")):
        line += 1
        page.text(f"B{line}", "sample", style)
        page.text(f"C{line}", words, "plain")
    return line + 1


def _contents(page: Page, line: int, issue: Issue) -> None:
    page.text(f"B{line}", "Contents", "band")
    page.fill(line, 3, 3, "band")
    for title, words in issue.contents.items():
        line += 1
        cell = page.text(f"B{line}", title, "link_page")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!A1")
        page.text(f"C{line}", words, "plain")


