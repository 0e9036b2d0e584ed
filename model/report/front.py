"""Cover, Dashboard and Log: what a committee reads first. Every figure is a link to the row that computes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill

from model.report import styles
from model.report.page import Page
from model.sheet import Row

if TYPE_CHECKING:
    from model.report.workbook import Issue

CONVENTIONS = (
    ("Time", "Months; a flow belongs to the month in which it is paid; interest runs by days and is split at payment dates."),
    ("Signs", "Every row is positive in the direction of its name; signs appear only inside sums."),
    ("CFADS", "Contracted cash collected less all cash cost, rent and power included. No renewal, no prepayment received, "
              "no equity, no reserve."),
    ("DSCR", "CFADS of a service period / fees, interest and scheduled principal due at its end; balloons stand apart."),
    ("CLCR", "Present value of contracted CFADS to the earlier of contract end and maturity, at the loan's own rate / "
             "balance and planned draws. LLCR is the same over the loan's life."),
    ("T1, T2, T3", "Cash covers service on every payment date; nothing is left when contract or loan ends; present value "
                   "covers the balance at every date."),
    ("T4, T5", "T1 to T3 under the case's moderate scenarios (stamped by the engine, from base); T1 to T3 without support."),
    ("Grades", "A covered under stress too; B covered; C-s covered with documented support s (G guarantee); D not covered; "
               "N not testable."),
    ("Balances", "Debt follows its contract. What cash does not reach is shown as a call on the guarantor, or default where "
                 "there is none; no interest runs on it."),
    ("Evidence", "filing, transcription, press, third-party, derived, assumed: the word beside each input on Inputs."),
)


def link(page: Page, issue: Issue, cell: str, row: Row, style: str = "cell", fmt: str | None = None) -> None:
    """A cell that shows a figure of the model."""
    place = issue.layout.places[row]
    sheet = place.sheet if place.sheet.isalnum() else f"'{place.sheet}'"
    shown = styles.number_format(row.unit) if fmt is None else fmt
    page.formula(cell, f"={sheet}!${place.column}${place.line}", issue.value(row), style, shown)


def cover(issue: Issue) -> None:
    """Purpose, live case, conventions, assumptions, contents."""
    page, case = issue.page("Cover"), issue.run.deal.case.general
    page.widths(2, 20, 120)
    page.heading(f"debtcover: {case.title}", 3)
    page.text("B4", "Verdict", "band")
    page.fill(4, 3, 3, "band")
    link(page, issue, "B5", issue.claim.row("sentence"), "verdict")
    page.sheet.merge_cells("B5:C5")
    page.sheet.row_dimensions[5].height = 66
    link(page, issue, "B6", issue.claim.row("weakest_sentence"), "wrap")
    page.sheet.merge_cells("B6:C6")
    page.sheet.row_dimensions[6].height = 30
    line = _pairs_of_text(page, 8, "This file", _facts(issue))
    page.formula(f"C{line}", "=In_ScenarioName", issue.run.scenario, "plain")
    page.text(f"B{line}", "Live scenario", "plain")
    line = _pairs_of_text(page, line + 2, "What is assumed", [(f"{n}.", text) for n, text in enumerate(issue.assumptions, 1)])
    line = _pairs_of_text(page, line + 1, "Conventions", CONVENTIONS)
    line = _legend(page, line + 1)
    _contents(page, line + 1, issue)
    page.printed(landscape=False, fit_height=1)


def _facts(issue: Issue) -> list[tuple[str, str]]:
    case = issue.run.deal.case
    return [
        ("Claim under test", case.general.headline.claim),
        ("Case", f"{case.general.case}, as of {case.general.as_of:%d %b %Y}; amounts in USD m"),
        ("Run", f"debtcover {issue.version}, input fingerprint {case.input_hash}"),
        ("Scenario", "Choose another on the sheet Inputs; every page follows. T4 and grades with support are stamped by the "
                     "engine and belong to the inputs as delivered."),
    ]


def _pairs_of_text(page: Page, line: int, title: str, pairs: Sequence[tuple[str, str]]) -> int:
    page.text(f"B{line}", title, "band")
    page.fill(line, 3, 3, "band")
    for offset, (left, right) in enumerate(pairs, start=1):
        page.text(f"B{line + offset}", left, "wrap")
        page.text(f"C{line + offset}", right, "wrap")
        page.sheet.row_dimensions[line + offset].height = 12.5 * (1 + len(right) // 125)
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
        cell.hyperlink = f"#'{title}'!A1"
        page.text(f"B{line}", title, "link_page")
        page.text(f"C{line}", words, "plain")


def dashboard(issue: Issue) -> int:
    """One page: verdict, five figures, pair by test, the bridge, charts. Returns the line below the tables."""
    page, deal = issue.page("Dashboard"), issue.run.deal
    page.widths(2, 40, 10.5, 7.5, *[6.5] * 6, 9.5, 10.5, 9.5, 8.5, 10.5)
    page.heading(deal.case.general.title, 15)
    link(page, issue, "B4", issue.claim.row("sentence"), "verdict")
    page.sheet.merge_cells("B4:O4")
    page.sheet.row_dimensions[4].height = 64
    link(page, issue, "B5", issue.claim.row("weakest_sentence"), "wrap")
    page.sheet.merge_cells("B5:O5")
    page.sheet.row_dimensions[5].height = 26
    _tiles(page, issue)
    line = _pair_table(page, issue, 10)
    line = _bridge(page, issue, line + 1)
    page.printed(fit_height=1)
    return line


def _tiles(page: Page, issue: Issue) -> None:
    stack, claim, headline = issue.run.deal.stack, issue.claim, issue.run.deal.headline
    tiles = (("B", "B", "Debt, pro forma, net of cost (USD m)", stack.row("net")),
             ("C", "E", "GPU debt tested (USD m)", claim.row("debt")),
             ("F", "H", "covered by own contracts", claim.row("covered_debt")),
             ("I", "K", "lowest CLCR", claim.row("lowest_clcr")),
             ("L", "M", "principal due in 24 months", stack.row("due_24_months")),
             ("N", "O", "debt / revenue, as quoted", headline.row("debt_to_revenue")))
    page.sheet.row_dimensions[7].height, page.sheet.row_dimensions[8].height = 26, 14
    for first, last, label, row in tiles:
        link(page, issue, f"{first}7", row, "figure", "#,##0.0" if row.unit == "USD m" else None)
        page.text(f"{first}8", label, "figure_label")
        if first != last:
            page.sheet.merge_cells(f"{first}7:{last}7")
            page.sheet.merge_cells(f"{first}8:{last}8")


_COLUMNS: tuple[tuple[str, str, str, str], ...] = (
    ("B", "Contract / debt", "title_text", "cell_wrap"), ("C", "Debt", "debt", "cell"), ("D", "Grade", "grade", "centre"),
    ("E", "T0", "testable", "centre"), ("F", "T1", "t1", "centre"), ("G", "T2", "t2", "centre"), ("H", "T3", "t3", "centre"),
    ("I", "T4", "stressed", "centre"), ("J", "T5", "covered", "centre"), ("K", "Lowest DSCR", "min_dscr", "cell"),
    ("L", "on", "min_dscr_date", "cell"), ("M", "Lowest CLCR", "min_clcr", "cell"), ("N", "Tail, months", "tail_months", "cell"),
    ("O", "Uncovered at end", "uncovered_balance", "cell"))
_PASS = '"pass";"pass";"fail"'


def _pair_table(page: Page, issue: Issue, line: int) -> int:
    """One line a pair, its reason below."""
    page.text(f"B{line}", "Verdict by contract-debt pair, live scenario", "band")
    page.fill(line, 3, 15, "band")
    for column, label, _, style in _COLUMNS:
        left = "header_left" if column == "B" else ("header_mid" if style == "centre" else "header")
        page.text(f"{column}{line + 1}", label, left)
    page.sheet.row_dimensions[line + 1].height = 26
    line += 2
    first = line
    for pair in issue.run.deal.pairs.values():
        for column, _, name, style in _COLUMNS:
            row = pair.row(name)
            link(page, issue, f"{column}{line}", row, style, _PASS if row.unit == "flag" else None)
        link(page, issue, f"B{line + 1}", pair.row("reason"), "note")
        page.sheet.merge_cells(f"B{line + 1}:O{line + 1}")
        page.sheet.row_dimensions[line].height, page.sheet.row_dimensions[line + 1].height = 26, 14
        line += 2
    _paint(page, first, line - 1)
    return line


def _paint(page: Page, first: int, last: int) -> None:
    good, bad, amber = (PatternFill("solid", bgColor=c) for c in ("DDF3E4", "FBDAD7", "FDECC8"))
    tests, grades = f"E{first}:J{last}", f"D{first}:D{last}"
    add = page.sheet.conditional_formatting.add
    for area, top, rules in (
        (grades, f"D{first}", (('LEFT({0},1)="A"', good), ('LEFT({0},1)="B"', good), ('LEFT({0},1)="C"', amber),
                               ('LEFT({0},1)="D"', bad), ('LEFT({0},1)="N"', amber))),
        (tests, f"E{first}", (("AND(ISNUMBER({0}),{0}=1)", good), ("AND(ISNUMBER({0}),{0}=0)", bad)))):
        for rule, fill in rules:
            shown = FormulaRule([rule.format(top)], fill=fill, stopIfTrue=True, font=Font(bold=True))  # type: ignore[no-untyped-call]
            add(area, shown)


def _bridge(page: Page, issue: Issue, line: int) -> int:
    """From the balance sheet to the figure of the press."""
    deal, headline = issue.run.deal, issue.run.deal.headline
    page.text(f"B{line}", "From the balance sheet to the figure quoted", "band")
    page.fill(line, 3, 15, "band")
    left = [("Principal at the as-of date", deal.stack.row("principal_at_start"), "cell"),
            ("plus: drawn up to the pro-forma date", deal.stack.row("drawn"), "cell"),
            ("less: repaid from proceeds", deal.stack.row("repaid"), "cell"),
            ("Principal, pro forma", deal.stack.row("principal"), "total"),
            ("less: unamortised cost", deal.stack.row("cost"), "cell"),
            ("Debt, net of cost", deal.stack.row("net"), "total"),
            ("Debt as quoted", headline.row("debt"), "cell"),
            ("not explained by the bridge", headline.row("unexplained"), "cell")]
    right: list[tuple[str, Row]] = [
        ("Debt / revenue, as quoted", headline.row("debt_to_revenue")),
        ("Pro-forma net debt / revenue", headline.row("net_to_revenue")),
        ("Revenue as quoted", headline.row("revenue")), ("Market value as quoted", headline.row("market_value")),
        ("Debt / market value, as quoted", headline.row("debt_to_market_value")),
        ("Contracted revenue as quoted", headline.row("contracted")),
        ("Pooled GPU debt covered (H3a)", issue.claim.row("h3a")), ("All debt covered, pooled (H3b)", issue.claim.row("h3b"))]
    for offset, ((label, row, style), (words, other)) in enumerate(zip(left, right, strict=True), start=1):
        page.text(f"B{line + offset}", label, "total" if style == "total" else "cell")
        link(page, issue, f"C{line + offset}", row, style)
        page.text(f"F{line + offset}", words, "plain")
        link(page, issue, f"K{line + offset}", other, "right")
    return line + len(left) + 1


def log(issue: Issue) -> None:
    """Version, fingerprints, known limits."""
    page = issue.page("Log")
    page.widths(2, 26, 120)
    page.heading("Log", 3)
    case = issue.run.deal.case
    rows: list[tuple[str, Any]] = [
        ("Engine", f"debtcover {issue.version}"), ("Case", case.general.case), ("Input fingerprint", case.input_hash),
        ("Scenario as delivered", issue.run.scenario), ("Scenarios", ", ".join(issue.run.names)),
        ("Rows", f"{len(issue.run.deal.book.rows):,} over {issue.run.deal.book.periods} months"),
        ("Independent recalculation", "not made by this program; the file recalculates on opening"),
        ("Known limits", "Conversion of notes, renewal, residual value, refinancing and vendor support are not modelled in this "
                         "version; a guarantee counts as support only. Monthly steps; no interest on amounts in arrears.")]
    _pairs_of_text(page, 4, "About this file", [(a, str(b)) for a, b in rows])
    page.printed(landscape=False)
