"""Cover and Dashboard: what a committee reads first. Every figure is a link to the row that computes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.hyperlink import Hyperlink

from model.report import stamped, styles
from model.report.conventions import CONVENTIONS
from model.report.page import Page
from model.sheet import Row

if TYPE_CHECKING:
    from model.report.workbook import Issue

LEFT, RIGHT = 24.0, 92.0
NAME, ACROSS = 50.0, 150.0


def link(page: Page, issue: Issue, cell: str, row: Row, style: str = "cell", fmt: str | None = None) -> None:
    """A cell that shows a figure of the model."""
    place = issue.layout.places[row]
    sheet = place.sheet if place.sheet.isalnum() else f"'{place.sheet}'"
    shown = styles.number_format(row.unit) if fmt is None else fmt
    page.formula(cell, f"={sheet}!${place.column}${place.line}", issue.value(row), style, shown)


def cover(issue: Issue) -> None:
    """Purpose, live case, conventions, assumptions, contents."""
    page, case = issue.page("Cover"), issue.run.deal.case.general
    page.widths(2, LEFT, RIGHT)
    page.heading(f"debtcover: {case.title}", 3)
    page.text("B4", "Verdict", "band")
    page.fill(4, 3, 3, "band")
    _sentences(page, issue, 5, "C", LEFT + RIGHT)
    line = pairs_of_text(page, 8, "This file", _facts(issue))
    page.formula(f"C{line}", "=In_ScenarioName", issue.run.scenario, "plain")
    page.text(f"B{line}", "Live scenario", "plain")
    line = stamped.on_cover(issue, page, line, RIGHT)
    line = pairs_of_text(page, line + 2, "What is assumed", [(f"{n}.", text) for n, text in enumerate(issue.assumptions, 1)])
    line = pairs_of_text(page, line + 1, "Conventions", CONVENTIONS)
    line = _legend(page, line + 1)
    _contents(page, line + 1, issue)
    page.printed(landscape=False, fit_height=1)


def _sentences(page: Page, issue: Issue, line: int, last: str, width: float) -> None:
    """The verdict and its weakest pair; a line to spare, as another scenario may need more words."""
    for offset, (name, style, size) in enumerate((("sentence", "verdict", 11), ("weakest_sentence", "calc_wrap", 9))):
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
    for style, words in (("input", "input, typed: may be changed"), ("calc", "calculation on the same sheet"),
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


def dashboard(issue: Issue) -> tuple[int, int]:
    """One page: verdict, figures, pair by test, the bridge. Returns the lines beside which the charts stand."""
    page, deal = issue.page("Dashboard"), issue.run.deal
    page.widths(2, NAME, 11, 7.5, *[6.5] * 6, 10, 11, 10, 8.5, 11)
    page.heading(deal.case.general.title, 15)
    _sentences(page, issue, 4, "O", ACROSS)
    _across(page, 6, f"Assumed, not disclosed; in full on Cover: {_heads(issue.assumptions)}.")
    page.formula("B7", *issue.sureness, "note")
    page.sheet.merge_cells("B7:O7")
    page.height(7, (issue.sureness[1], ACROSS), size=8)
    line = stamped.on_dashboard(issue, page, 8)
    _tiles(page, issue, line)
    line, above = _pair_table(page, issue, line + 3), line + 2
    last = _company(page, issue, _bridge(page, issue, line + 1) + 1)
    for gap in (3, above, line):
        page.heights[gap] = 6.0
    page.sheet.print_area = f"A1:O{last}"
    page.printed(fit_height=1)
    return line + 1, last


def _across(page: Page, line: int, words: str) -> None:
    page.text(f"B{line}", words, "note")
    page.sheet.merge_cells(f"B{line}:O{line}")
    page.height(line, (words, ACROSS), size=8)


def _heads(sentences: Sequence[str]) -> str:
    """What each assumption is about: the words before its colon."""
    heads = (text.partition(":")[0] for text in sentences)
    return "; ".join(f"{n} {head if len(head) <= 60 else head[:59] + '…'}" for n, head in enumerate(heads, start=1))


def _tiles(page: Page, issue: Issue, line: int) -> None:
    stack, claim, headline = issue.run.deal.stack, issue.claim, issue.run.deal.headline
    tiles = (("B", "B", "debt, pro forma, net of cost (USD m)", stack.row("net")),
             ("C", "E", "GPU debt in the pairs (USD m)", claim.row("debt")),
             ("F", "H", "of it covered (USD m)", claim.row("covered_debt")),
             ("I", "K", "lowest CLCR of any pair", claim.row("lowest_clcr")),
             ("L", "M", "due in 24 months (USD m)", stack.row("due_24_months")),
             ("N", "O", "debt / revenue, as quoted", headline.row("debt_to_revenue")))
    page.heights[line], page.heights[line + 1] = 24.0, 13.0
    for first, last, label, row in tiles:
        link(page, issue, f"{first}{line}", row, "figure", "#,##0.0" if row.unit == "USD m" else None)
        page.text(f"{first}{line + 1}", label, "figure_label")
        if first != last:
            page.sheet.merge_cells(f"{first}{line}:{last}{line}")
            page.sheet.merge_cells(f"{first}{line + 1}:{last}{line + 1}")


_COLUMNS: tuple[tuple[str, str, str, str], ...] = (
    ("B", "Contract / debt", "title_text", "cell_wrap"), ("C", "Debt, USD m", "debt", "cell"), ("D", "Grade", "grade", "centre"),
    ("E", "T0", "testable", "centre"), ("F", "T1", "t1", "centre"), ("G", "T2", "t2", "centre"), ("H", "T3", "t3", "centre"),
    ("I", "T4", "stressed", "centre"), ("J", "T5", "covered", "centre"), ("K", "Lowest DSCR", "min_dscr", "cell"),
    ("L", "on", "min_dscr_date", "cell"), ("M", "Lowest CLCR", "min_clcr", "cell"), ("N", "Tail, months", "tail_months", "cell"),
    ("O", "Left at the end, USD m", "uncovered_balance", "cell"))
_PASS = '"pass";"pass";"fail"'
_KEY = ("T0 testable; T1 cash covers service on every payment date; T2 nothing left when contract or loan ends; T3 present value "
        "covers the balance; T4 all that under stress, stamped for the inputs as delivered; T5 T1 to T3 without support. "
        "Grades: A and B covered, C-s only with support s (V vendor, L renewal, X residual, F refinancing, G guarantee), D not "
        "covered, N not testable.")


def _pair_table(page: Page, issue: Issue, line: int) -> int:
    """One line a pair, its reason below."""
    page.text(f"B{line}", "Verdict by contract-debt pair, live scenario", "band")
    page.fill(line, 3, 15, "band")
    for column, label, _, style in _COLUMNS:
        left = "header_left" if column == "B" else ("header_mid" if style == "centre" else "header")
        page.text(f"{column}{line + 1}", label, left)
    page.heights[line + 1] = 25.0
    line += 2
    first = line
    for pair in issue.run.deal.pairs.values():
        for column, _, name, style in _COLUMNS:
            row = pair.row(name)
            link(page, issue, f"{column}{line}", row, style, _PASS if row.unit == "flag" else None)
        page.height(line, (issue.value(pair.row("title_text")), NAME * 0.9))
        link(page, issue, f"B{line + 1}", pair.row("reason"), "note")
        page.sheet.merge_cells(f"B{line + 1}:O{line + 1}")
        page.height(line + 1, (issue.value(pair.row("reason")), ACROSS), size=8)
        line += 2
    _paint(page, first, line - 1)
    _across(page, line, _KEY)
    return line + 1


def _paint(page: Page, first: int, last: int) -> None:
    """Colours beside the words; a pair that is not testable has neither passed nor failed."""
    good, bad, amber = (PatternFill("solid", bgColor=c) for c in ("DDF3E4", "FBDAD7", "FDECC8"))
    none = NumberFormat(numFmtId=190, formatCode='"n.a.";"n.a.";"n.a."')
    colours = {name: DifferentialStyle(fill=fill) for name, fill in (("good", good), ("bad", bad), ("amber", amber))}
    colours["none"] = DifferentialStyle(font=Font(color=styles.GREY), numFmt=none)
    for area, rules in (
        (f"F{first}:J{last}", ((f'LEFT($D{first},1)="N"', "none"),)),
        (f"D{first}:D{last}", tuple((f'LEFT(D{first},1)="{letter}"', name) for letter, name in (
            ("A", "good"), ("B", "good"), ("C", "amber"), ("D", "bad"), ("N", "amber")))),
        (f"E{first}:J{last}", ((f"AND(ISNUMBER(E{first}),E{first}=1)", "good"), (f"AND(ISNUMBER(E{first}),E{first}=0)", "bad")))):
        for rule, name in rules:
            shown = Rule(type="expression", dxf=colours[name], formula=[rule], stopIfTrue=True)
            page.sheet.conditional_formatting.add(area, shown)


def _bridge(page: Page, issue: Issue, line: int) -> int:
    """From the balance sheet to the figure of the press, and that figure beside revenue and market value."""
    stack, headline, claim = issue.run.deal.stack, issue.run.deal.headline, issue.claim
    line = _figures(page, issue, line, "From the balance sheet to the figure quoted", (
        ("Principal at the as-of date", stack.row("principal_at_start"), "cell"),
        ("plus: drawn up to the pro-forma date", stack.row("drawn"), "cell"),
        ("less: repaid from proceeds", stack.row("repaid"), "cell"),
        ("Principal, pro forma", stack.row("principal"), "total"),
        ("less: unamortised cost", stack.row("cost"), "cell"),
        ("Debt, net of cost", stack.row("net"), "total"),
        ("Debt as quoted", headline.row("debt"), "cell"),
        ("Quoted less net of cost", headline.row("unexplained"), "cell")))
    return _figures(page, issue, line, "The figure beside revenue, market value and backlog", (
        ("Revenue as quoted", headline.row("revenue"), "cell"),
        ("Debt / revenue, as quoted", headline.row("debt_to_revenue"), "total"),
        ("Pro-forma net debt / revenue", headline.row("net_to_revenue"), "cell"),
        ("Market value as quoted", headline.row("market_value"), "cell"),
        ("Debt / market value, as quoted", headline.row("debt_to_market_value"), "total"),
        ("Contracted revenue as quoted", headline.row("contracted"), "cell"),
        ("Pooled contracts cover the GPU debt (H3a)", claim.row("h3a"), "right"),
        ("Pooled contracts cover all debt (H3b)", claim.row("h3b"), "right"))) - 1


def _company(page: Page, issue: Issue, line: int) -> int:
    """The cover that boxes must reach for the company to carry itself, beside the one they have."""
    parent = issue.run.deal.parent
    if parent is None or not parent.outlook.required:
        return line - 1
    first, fixed, runway = parent.outlook.required[0], parent.outlook.fixed_charges, parent.outlook.runway
    rows = [("Average cover that boxes must reach (DSCR*), 12 months", first.row("required"), "total"),
            ("Average cover of the boxes", first.row("actual"), "total"),
            ("Runway with draws frozen, months", runway.row("months"), "cell"), ("", first.row("verdict"), "key")]
    cover = [("Fixed-charge cover of the company (K1)", fixed.row("first_year"), "cell")] if fixed else []
    return _figures(page, issue, line, "The company above its boxes; see Company", [*cover, *rows]) - 1


def _figures(page: Page, issue: Issue, line: int, title: str, rows: Sequence[tuple[str, Row, str]]) -> int:
    """A column of figures under a band; a typed one carries its evidence word. Returns the line below."""
    page.text(f"B{line}", title, "band")
    page.fill(line, 3, 3, "band")
    for label, row, style in rows:
        line += 1
        if not label:  # words that fill the line
            link(page, issue, f"B{line}", row, "total", styles.WORDS)
            continue
        unit = f", {row.unit}" if row.unit == "USD m" else ""
        evidence = f" [{row.input.grade}]" if row.input is not None else ""
        page.text(f"B{line}", f"{label}{unit}{evidence}", "total" if style == "total" else "cell")
        link(page, issue, f"C{line}", row, style, styles.WORDS if style == "right" else None)
    return line + 1
