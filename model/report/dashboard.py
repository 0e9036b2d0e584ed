"""Dashboard: the verdict on one printed page. Every figure is a link to the row that computes it."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum
from typing import TYPE_CHECKING, Any

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from model.report import stamped, styles
from model.report.front import link, reference, sentences
from model.report.page import Page
from model.report.panels import bridge, company, evidence_bar, otherwise, turning, who_pays

if TYPE_CHECKING:
    from model.report.workbook import Issue

NAME, ACROSS, LAST, RIGHT = 50.0, 178.0, "Q", 17
WIDTHS = (3, NAME, 15, 9, 6, 7.5, 10, 7, 10, 8, 10, 7.5, 7.5, 9, 9, 8.5, 12)
PASS = '"pass";"pass";"fail"'
SHORT_DATE = '[=0]"none"_);dd-mmm-yy'
FIGURES: tuple[tuple[str, str, str, str, str], ...] = (
    ("B", "Contract / debt", "title_text", "cell_wrap", ""), ("C", "Debt, USD m", "debt", "cell", ""),
    ("D", "Grade", "grade", "centre", ""), ("E", "T0", "testable", "centre", PASS), ("F", "T1", "t1", "centre", PASS),
    ("H", "T2", "t2", "centre", PASS), ("J", "T3", "t3", "centre", PASS), ("L", "T4", "stressed", "centre", PASS),
    ("M", "T5", "covered", "centre", PASS), ("N", "Lowest DSCR", "min_dscr", "cell", ""),
    ("O", "Lowest CLCR", "min_clcr", "cell", ""), ("P", "Tail, months", "tail_months", "cell", ""))
BINDING = (("G", "t1", "min_dscr_date", "t1_date"), ("I", "t2", "t2_date", "t2_date"), ("K", "t3", "min_clcr_date", "t3_date"))
"""The date that binds a test: the tightest where it passes, the first on which it fails where it does not."""
NEEDED = "Q"
KEY = ("T0 testable; T1 cash covers service on every payment date; T2 nothing left when contract or loan ends; T3 present value "
       "covers the balance; T4 all that under stress, stamped for the inputs as delivered; T5 T1 to T3 without support. Dates: "
       "first failure, or the tightest date of a test that passes. Grades: A and B covered, C-s only with support s (V vendor, "
       "L renewal, X residual, F refinancing, G guarantee), D not covered, N not testable; rerun: T4 and s are of other inputs.")
FOUND, RERUN = "stressed", "rerun"


def dashboard(issue: Issue) -> None:
    """One page: verdict, five figures, pair by test, the bridge, who pays, what turns it, how well it is known."""
    page, deal = issue.page("Dashboard"), issue.run.deal
    page.widths(*WIDTHS)
    page.heading(deal.case.general.title, RIGHT)
    _identity(page, issue)
    sentences(page, issue, 4, LAST, ACROSS, "in_short")
    _across(page, 6, f"Assumed, not disclosed; in full on Cover: {_heads(issue.assumptions)}.")
    page.formula("B7", *issue.sureness, "note")
    page.sheet.merge_cells(f"B7:{LAST}7")
    page.height(7, (issue.sureness[1], ACROSS), size=8)
    tiles = stamped.on_dashboard(issue, page, 8, LAST, ACROSS)
    table = tiles + 3
    total, below = _pair_table(page, issue, table)
    _tiles(page, issue, tiles, total)
    left = company(page, issue, otherwise(page, issue, bridge(page, issue, below)))
    last = max(left, evidence_bar(page, issue, turning(page, issue, who_pays(page, issue, below)))) - 1
    for gap in (table - 1, below - 1):
        page.heights[gap] = 6.0
    page.sheet.print_area = f"A1:{LAST}{last}"
    page.printed(fit_height=1)


def _identity(page: Page, issue: Issue) -> None:
    """As-of date, run, scenario, and whether the inputs still are those of the run."""
    case = issue.run.deal.case
    said = (f"As of {case.general.as_of:%d %B %Y}  |  run: debtcover {issue.version}, input fingerprint {case.input_hash}  |  "
            "live scenario: ")
    moved, same = "  |  INPUTS CHANGED SINCE THE RUN", "  |  inputs as delivered"
    page.formula("B3", f'={issue.called.part("Identity of the run", said)}&In_ScenarioName&IF(Run_Stale>0,"{moved}","{same}")',
                 f"{said}{issue.run.scenario}{moved if issue.moved else same}", "note")
    page.sheet.merge_cells(f"B3:{LAST}3")


def _across(page: Page, line: int, words: str) -> None:
    page.text(f"B{line}", words, "note")
    page.sheet.merge_cells(f"B{line}:{LAST}{line}")
    page.height(line, (words, ACROSS), size=8)


def _heads(sentences: Sequence[str]) -> str:
    """What each assumption is about: the words before its colon."""
    heads = (text.partition(":")[0] for text in sentences)
    return "; ".join(f"{n} {head if len(head) <= 60 else head[:59] + '…'}" for n, head in enumerate(heads, start=1))


def _tiles(page: Page, issue: Issue, line: int, total: int) -> None:
    """The five figures; what others would have to pay is the total of the table below."""
    claim, needed = issue.claim, f"{NEEDED}{total}"
    tiles: tuple[tuple[str, str, str, Any], ...] = (
        ("B", "B", "GPU debt in contract-debt pairs (USD m)", claim.row("debt")),
        ("C", "E", "of it covered (USD m)", claim.row("covered_debt")),
        ("F", "I", "lowest CLCR of any pair", claim.row("lowest_clcr")),
        ("J", "M", "others would have to pay (USD m)", None),
        ("N", "Q", "all debt due in 24 months (USD m)", issue.run.deal.stack.row("due_24_months")))
    page.heights[line], page.heights[line + 1] = 24.0, 13.0
    for first, last, label, row in tiles:
        if row is None:
            page.formula(f"{first}{line}", f"={needed}", page.memory.value(page.title, needed), "figure", "#,##0.0")
        else:
            link(page, issue, f"{first}{line}", row, "figure", "#,##0.0" if row.unit == "USD m" else None)
        page.text(f"{first}{line + 1}", label, "figure_label")
        if first != last:
            page.sheet.merge_cells(f"{first}{line}:{last}{line}")
            page.sheet.merge_cells(f"{first}{line + 1}:{last}{line + 1}")


# ---- pair by test ----------------------------------------------------------------------------------------------------


def _pair_table(page: Page, issue: Issue, line: int) -> tuple[int, int]:
    """Two lines a pair: what it is, and its reason in words. Returns the line of the total and the line below the table."""
    page.text(f"B{line}", "Verdict by contract-debt pair, live scenario", "band")
    page.fill(line, 3, RIGHT, "band")
    for column, label, _, style, _ in FIGURES:
        page.text(f"{column}{line + 1}", label, {"cell_wrap": "header_left", "centre": "header_mid"}.get(style, "header"))
    for column, test, *_ in BINDING:
        page.text(f"{column}{line + 1}", f"{test.upper()} on", "header_left")
    page.text(f"{NEEDED}{line + 1}", "Others pay, USD m", "header")
    page.heights[line + 1] = 25.0
    first = line = line + 2
    for number, pair in enumerate(issue.run.deal.pairs.values(), start=1):
        page.number(f"A{line}", number, "unit_right", "0")
        _pair(page, issue, line, pair)
        line += 2
    _paint(page, first, line - 1)
    _total(page, first, line)
    _across(page, line + 1, KEY)
    return line, line + 3


def _pair(page: Page, issue: Issue, line: int, pair: Any) -> None:
    for column, _, name, style, fmt in FIGURES:
        if name != FOUND:
            link(page, issue, f"{column}{line}", pair.row(name), style, fmt or None)
            continue
        shown = RERUN if issue.moved else issue.value(pair.row(name))
        page.formula(f"{column}{line}", f'=IF(Run_Stale>0,"{RERUN}",{reference(issue, pair.row(name))})', shown, style, fmt)
    for column, *names in BINDING:
        passes, tightest, failing = (pair.row(name) for name in names)
        at = {row: reference(issue, row) for row in (passes, tightest, failing)}
        shown = issue.value(tightest if issue.value(passes) == 1 else failing)
        page.formula(f"{column}{line}", f"=IF({at[passes]}=1,{at[tightest]},{at[failing]})", shown, "date_small", SHORT_DATE)
    testable, covered, needed = (pair.row(name) for name in ("testable", "covered", "support_needed"))
    text = f"={reference(issue, testable)}*(1-{reference(issue, covered)})*{reference(issue, needed)}"
    lacking = float(issue.value(testable) * (1 - issue.value(covered)) * issue.value(needed))
    page.formula(f"{NEEDED}{line}", text, lacking, "cell", styles.USD)
    page.height(line, (issue.value(pair.row("title_text")), NAME * 0.95))
    link(page, issue, f"B{line + 1}", pair.row("reason"), "note")
    page.sheet.merge_cells(f"B{line + 1}:{LAST}{line + 1}")
    page.height(line + 1, (issue.value(pair.row("reason")), ACROSS), size=8)


def _total(page: Page, first: int, line: int) -> None:
    """Debt of all pairs, and what others would have to pay in all."""
    page.fill(line, 2, RIGHT, "total")
    page.text(f"B{line}", "All pairs", "total")
    for column in ("C", NEEDED):
        values = [page.memory.value(page.title, f"{column}{at}") for at in range(first, line, 2)]
        page.formula(f"{column}{line}", f"=SUM({column}{first}:{column}{line - 1})", fsum(values), "total", styles.USD)


def _paint(page: Page, first: int, last: int) -> None:
    """Colours beside the words; a pair that is not testable has neither passed nor failed."""
    good, bad, amber = (PatternFill("solid", bgColor=c) for c in ("DDF3E4", "FBDAD7", "FDECC8"))
    none = NumberFormat(numFmtId=190, formatCode='"n.a.";"n.a.";"n.a."')
    colours = {name: DifferentialStyle(fill=fill) for name, fill in (("good", good), ("bad", bad), ("amber", amber))}
    colours["none"] = DifferentialStyle(font=Font(color=styles.GREY), numFmt=none)
    for area, rules in (
        (f"F{first}:{LAST}{last}", ((f'LEFT($D{first},1)="N"', "none"),)),
        (f"D{first}:D{last}", tuple((f'LEFT(D{first},1)="{letter}"', name) for letter, name in (
            ("A", "good"), ("B", "good"), ("C", "amber"), ("D", "bad"), ("N", "amber")))),
        (f"E{first}:M{last}", ((f"AND(ISNUMBER(E{first}),E{first}=1)", "good"), (f"AND(ISNUMBER(E{first}),E{first}=0)", "bad")))):
        for rule, name in rules:
            shown = Rule(type="expression", dxf=colours[name], formula=[rule], stopIfTrue=True)
            page.sheet.conditional_formatting.add(area, shown)
