"""Stamped pages: what other commands found for these inputs, and whether the inputs still are those.

Their numbers cannot be formulas. So each page says what was done, shows the sum over all inputs then and now, and turns
STALE once the two differ. No time of the run is written: the same case gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from model.report.page import Page

if TYPE_CHECKING:
    from model.report.workbook import Issue

Json = Any
SUM = "#,##0.00000_)"
VALID, STALE = "VALID for these inputs", "STALE - inputs changed after the run"
PASS = '"pass";"pass";"fail"'
GOOD, AMBER, BAD = (DifferentialStyle(fill=PatternFill("solid", bgColor=colour)) for colour in ("DDF3E4", "FDECC8", "FBDAD7"))
LETTERS = (("A", GOOD), ("B", GOOD), ("C", AMBER), ("D", BAD), ("N", AMBER))
SPARE = " " * 40  # room for the word STALE


def head(issue: Issue, page: Page, sentence: str, facts: Sequence[tuple[str, str]], last: int, width: float,
         *, first_pages: bool = True) -> int:
    """What the page is, over columns B to `last`, of which C to `last` are `width` wide; returns the line below.

    The answer stands in B5, behind STALE where inputs have moved; the `first_pages` show it unless it is a log.
    """
    right = get_column_letter(last)
    shown = f"{STALE}. Found then: {sentence}" if issue.moved else sentence
    if first_pages:
        issue.attacked.append((page.title, shown))
    page.formula("B4", f'=IF(Run_Stale>0,"{STALE}","{VALID}")', STALE if issue.moved else VALID, "band")
    page.fill(4, 3, last, "band")
    page.text("C6", sentence, "source")
    page.formula("B5", f'=IF(Run_Stale>0,"{STALE}. Found then: ","")&C6', shown, "verdict")
    page.sheet.merge_cells(f"B5:{right}5")
    page.height(5, (f"{STALE}. Found then: {sentence}", (width + page.sheet.column_dimensions["B"].width) * 0.8), size=11)
    page.text("B6", "Stamped answer", "unit")
    _over(page, 6, sentence, right, width)
    line = 7
    for label, words in facts:
        page.text(f"B{line}", label, "unit")
        page.text(f"C{line}", words, "source")
        _over(page, line, words, right, width)
        line += 1
    for label, name, value in (("Sum over all inputs when this was found", "Run_Delivered", issue.delivered),
                               ("The same sum now", "Run_Fingerprint", issue.fingerprint)):
        page.text(f"B{line}", label, "unit")
        page.formula(f"C{line}", f"={name}", value, "link", SUM)
        page.sheet.merge_cells(f"C{line}:E{line}")
        line += 1
    paint(page, "B4", (("Run_Stale>0", BAD), ("Run_Stale=0", GOOD)))
    return line + 1


def on_dashboard(issue: Issue, page: Page, line: int, last: str, width: float) -> int:
    """What was attacked and the answer, each a link to its sheet, from a line of the Dashboard on; returns the line below."""
    for title, words in issue.attacked:
        cell = page.formula(f"B{line}", f'="{title}: "&{title}!$B$5', f"{title}: {words}", "note_link")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!A1")
        page.sheet.merge_cells(f"B{line}:{last}{line}")
        page.height(line, (f"{title}: {words}{SPARE}", width), size=8)
        line += 1
    return line


def on_cover(issue: Issue, page: Page, line: int, width: float) -> int:
    """The same below a line of the Cover; returns the last line."""
    for title, words in issue.attacked:
        line += 1
        cell = page.text(f"B{line}", title, "link_page")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!A1")
        page.formula(f"C{line}", f"={title}!$B$5", words, "calc_wrap")
        page.height(line, (words + SPARE, width))
    return line


def _over(page: Page, line: int, words: str, right: str, width: float) -> None:
    page.sheet.merge_cells(f"C{line}:{right}{line}")
    page.height(line, (words, width * 9 / 8))


def run_facts(told: Json) -> list[tuple[str, str]]:
    """Which case, scenario and program a record is of."""
    return [("Case and scenario", f"{told['case']}, as of {told['as_of']}, on top of scenario {told['scenario']}; USD m"),
            ("Program and case files", f"debtcover {told['version']}, input fingerprint {told['input_hash']}")]


def paint(page: Page, area: str, rules: Sequence[tuple[str, DifferentialStyle]]) -> None:
    """Colours by formula; the first that holds wins."""
    for rule, look in rules:
        page.sheet.conditional_formatting.add(area, Rule(type="expression", dxf=look, formula=[rule], stopIfTrue=True))


def paint_grades(page: Page, area: str) -> None:
    """Colours beside the letters of grades; the first cell of the area stands for all."""
    top = area.partition(":")[0]
    paint(page, area, [(f'LEFT({top},1)="{letter}"', look) for letter, look in LETTERS])


def paint_tests(page: Page, area: str) -> None:
    """Colours beside pass and fail."""
    top = area.partition(":")[0]
    paint(page, area, [(f"AND(ISNUMBER({top}),{top}=1)", GOOD), (f"AND(ISNUMBER({top}),{top}=0)", BAD)])
