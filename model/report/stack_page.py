"""Capital stack: each instrument as a filing prints it, who stands behind it, when it falls due and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter

from model.record.standing import standing
from model.report import styles
from model.report.called import sibling
from model.report.conversion_page import conversion_part
from model.report.layout import STACK
from model.report.months import Cell, Span, years
from model.report.tables import LABEL, Tables, added

if TYPE_CHECKING:
    from model.debt import Statement
    from model.report.workbook import Issue

WIDTH, COLUMNS = 11.5, 12
LIFE = '0.0_);(0.0);"–"_)'
BALANCES = (("Principal", "closing"), ("Unamortised cost", "unamortised"), ("Carrying amount", "carrying"),
            ("Due within 12 months", "current"), ("Due later", "non_current"))
HEADS = (*(label for label, _ in BALANCES), "Undrawn", "Rate in force", "Share fixed",
         "Share swapped to fixed", "Share that floats", "Average life, years", "Maturity")
MAP = (("Kind", 3, 4), ("Ranking", 5, 6), ("Borrower", 7, 8), ("Instalments", 9, 10), ("Evidence", 11, 11),
       ("Guarantor", 12, 13), ("Guaranteed", 14, 14))


def stack_page(issue: Issue) -> None:
    """The whole page; on paper no part is cut."""
    page = StackPage(issue)
    for part in (page.amounts, page.standing, page.maturities, page.interest):
        part()
        page.tables.end()
    for terms in issue.run.deal.conversions.values():
        page.tables.line = conversion_part(issue, page.tables.page, terms, page.tables.line, page.tables.last)
        page.tables.end()
    page.tables.finish()


class Columns(Tables):
    """Twelve wide columns."""

    width, columns = WIDTH, COLUMNS


class StackPage:
    """Writes the page part by part."""

    def __init__(self, issue: Issue) -> None:
        self.issue, self.tables = issue, Columns(issue, STACK)
        self.stack: Any = issue.run.deal.stack
        self.loans: list[Statement] = list(issue.run.deal.instruments.values())

    # ---- what is owed ------------------------------------------------------------------------------------------------

    def amounts(self) -> None:
        """One line an instrument at the as-of date, and the totals."""
        tables = self.tables
        tables.band(f"What is owed on {self.issue.run.deal.timeline.as_of:%d %B %Y}")
        tables.kinds(HEADS)
        first = tables.line
        for loan in self.loans:
            tables.label(loan.title)
            for number, (_, name) in enumerate(BALANCES, start=1):
                tables.put(number, tables.at(loan.row(name)))
            if hasattr(type(loan), "undrawn_at_start"):
                tables.put(6, tables.at(loan.row("undrawn_at_start")))
            tables.put(7, tables.at(loan.row("rate")), fmt=styles.RATE)
            self._mix(loan)
            tables.put(11, tables.at(loan.row("average_life")), fmt=LIFE)
            tables.put(12, tables.at(loan.row("maturity")), fmt=styles.DATE)
            tables.line += 1
        self._totals(first)
        tables.note("Rates and shares are those in force at that date; a rate with a swap is the rate of both. Carrying amount: "
                    "principal less unamortised discount and cost. Average life: of the principal owed at that date. Undrawn: "
                    "net of letters of credit. Due within 12 months: as the maturities below, later draws left out.")

    def _mix(self, loan: Statement) -> None:
        """The shares at a fixed rate, swapped to fixed, and at a floating rate: together the whole."""
        tables, floats = self.tables, self.tables.at(loan.row("floating"))
        tables.put(8, (f"=1-{floats[0][1:]}", 1 - floats[1]), "calc", styles.SHARE)
        hedged = 0.0
        if hasattr(type(loan), "hedged"):
            swapped = tables.at(loan.row("hedged"))
            hedged = floats[1] * swapped[1]
            tables.put(9, (f"={floats[0][1:]}*{swapped[0][1:]}", hedged), "calc", styles.SHARE)
        left = f"={floats[0][1:]}" + (f"-{sibling(2 + 9)}" if hasattr(type(loan), "hedged") else "")
        tables.put(10, (left, floats[1] - hedged), "calc", styles.SHARE)

    def _totals(self, first: int) -> None:
        """Sums; weighted rate, shares and average life as the engine has them for the whole stack."""
        tables = self.tables
        tables.label("Total", "total")
        for number in range(1, 7):
            tables.put(number, tables.summed(number, first), "total")
        owed, hedged = tables.here(1), tables.at(self.stack.row("hedged"))
        swapped = hedged[1] / owed[1] if owed[1] > 0 else 0.0
        floats = tables.at(self.stack.row("floating_share"))
        tables.put(7, tables.at(self.stack.row("weighted_rate")), "total", styles.RATE)
        tables.put(9, (f"=IF({owed[0][1:]}>0,{hedged[0][1:]}/{owed[0][1:]},0)", swapped), "total", styles.SHARE)
        tables.put(10, floats, "total", styles.SHARE)
        fixed = f"=1-{tables.here(9)[0][1:]}-{tables.here(10)[0][1:]}"
        tables.put(8, (fixed, 1 - swapped - floats[1]), "total", styles.SHARE)
        tables.put(11, tables.at(self.stack.row("average_life")), "total", LIFE)
        tables.line += 1

    def standing(self) -> None:
        """Ranking and guarantee map, and how each schedule is known."""
        tables = self.tables
        tables.band("Who owes it, in what rank, who guarantees it, and how its instalments are known")
        tables.heads([""] * COLUMNS)
        for name, first, last in MAP:
            self._across(tables.head, first, last, name, "header_left" if name != "Guaranteed" else "header")
        for loan in self.loans:
            told = standing(self.issue.run.deal, loan)
            tables.label(loan.title)
            words = (told.kind, told.ranking, told.borrower, told.schedule, told.grade, told.guarantor or "none", "")
            for (_, first, last), said in zip(MAP[:-1], words, strict=False):
                self._across(tables.line, first, last, said, "label")
            if told.guaranteed is not None:
                tables.typed(COLUMNS, told.guaranteed)
            room = [(said, WIDTH * (last - first + 1)) for (_, first, last), said in zip(MAP, words, strict=True)]
            tables.page.height(tables.line, (loan.title, LABEL), *room)
            tables.line += 1
        tables.note("Inferred: no schedule of instalments is disclosed; it is solved by a stated rule from the totals of the "
                    "filing, and what the totals leave unexplained is the residual below. A guarantee is support, never cover.")

    def _across(self, line: int, first: int, last: int, words: str, style: str) -> None:
        """Words over one or two columns."""
        page = self.tables.page
        page.fill(line, first, last, style)
        page.text(f"{get_column_letter(first)}{line}", words, style)
        if last > first:
            page.sheet.merge_cells(f"{get_column_letter(first)}{line}:{get_column_letter(last)}{line}")

    # ---- when it falls due -------------------------------------------------------------------------------------------

    def maturities(self) -> None:
        """Maturities by calendar year as a filing prints them: what it names, then the rest in one column."""
        tables, told = self.tables, self.issue.run.deal.case.general.reported
        every = years(self.issue.run.deal, 1000)
        named = [span for span in every if not told.maturities or int(span.head) <= max(told.maturities)]
        rest = [Span(f"after {named[-1].head}", named[-1].last + 1, every[-1].last)] if len(named) < len(every) else []
        tables.band("Maturities of the debt owed at the as-of date")
        tables.over_time([tables.whole(), *named, *rest])
        self._lines("due_on_as_of_stack", "As modelled")
        if told.maturities:
            shown = {n: told.maturities[int(span.head)].value for n, span in enumerate(named, start=2)
                     if int(span.head) in told.maturities}
            if rest and told.thereafter:
                shown[len(named) + 2] = told.thereafter.value
            tables.disclosed(shown)
            tables.less("Residual: modelled less disclosed", (1, *shown), tables.line - 2)
        tables.note("Oldest debt first; draws after the as-of date are left out, a repayment from planned proceeds brings "
                    "its maturity forward. Residual: what no schedule explains; what is disclosed does not move with a scenario.")

    def _lines(self, name: str, total: str) -> None:
        """A line of flows an instrument, and their sum."""
        tables = self.tables
        first = tables.line
        for loan in self.loans:
            tables.row(loan.title, tables.flows(loan.row(name)))
        tables.total(first, range(1, len(tables.spans) + 1), total)
        tables.line += 1

    # ---- what it costs -----------------------------------------------------------------------------------------------

    def interest(self) -> None:
        """Interest cost by calendar year, and how it is settled."""
        tables, stack = self.tables, self.stack
        tables.band("Interest cost by calendar year")
        tables.over_time([tables.whole(), *years(self.issue.run.deal, 1000)])
        self._lines("contractual_interest", "Contractual interest, as it accrues")
        tables.row("Discount and cost amortised (accretion)", tables.flows(stack.row("cost_amortised")))
        cost: list[Cell] = [added([tables.here(n, tables.line - 2), tables.here(n, tables.line - 1)])
                            for n in range(1, len(tables.spans) + 1)]
        tables.row("Interest cost", cost, "total")
        for words, name in (("Paid in kind", "in_kind"), ("Funded by draws", "funded"), ("Due in cash", "interest")):
            tables.row(words, tables.flows(stack.row(name)))
        tables.note("Interest in kind, funded by draws and due in cash count when they fall due, the cost above as it accrues: "
                    "the difference is what is accrued and not yet due. Fees on undrawn commitments are left out.")
