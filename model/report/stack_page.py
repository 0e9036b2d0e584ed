"""Capital stack: each instrument as a filing prints it, who stands behind it, when it falls due and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter

from model.record.standing import standing
from model.report import styles
from model.report.conversion_page import conversion_part
from model.report.layout import STACK
from model.sheet import PERIOD, Row, period_column
from model.sheet.excel import quoted

if TYPE_CHECKING:
    from model.debt import Statement
    from model.report.summary import Years
    from model.report.workbook import Issue

LABEL, WIDTH, COLUMNS = 44.0, 11.5, 12
LAST = 2 + COLUMNS
LIFE = '0.0_);(0.0);"–"_)'
Cell = tuple[str, float]
BALANCES = (("Principal", "closing"), ("Unamortised cost", "unamortised"), ("Carrying amount", "carrying"),
            ("Due within 12 months", "current"), ("Due later", "non_current"))
HEADS = (*(label for label, _ in BALANCES), "Undrawn", "Rate in force", "Share fixed",
         "Share swapped to fixed", "Share floating", "Average life, years", "Maturity")
MAP = (("Kind", 3, 4), ("Ranking", 5, 6), ("Borrower", 7, 8), ("Instalments", 9, 10), ("Evidence", 11, 11),
       ("Guarantor", 12, 13), ("Guaranteed", 14, 14))


def column(number: int) -> str:
    """The letter of the n-th column of figures."""
    return get_column_letter(2 + number)


class StackPage:
    """Writes the page part by part."""

    def __init__(self, issue: Issue, years: Years) -> None:
        self.issue, self.page, self.years = issue, issue.page(STACK), years
        self.stack: Any = issue.run.deal.stack
        self.loans: list[Statement] = list(issue.run.deal.instruments.values())
        self.line, self.head, self.wide = 4, 0, LAST

    def write(self) -> None:
        """The whole page; on paper no part is cut."""
        self.page.widths(2, LABEL, *[WIDTH] * COLUMNS)
        self.page.heading("Capital stack", LAST)
        ends = []
        for part in (self._amounts, self._standing, self._maturities, self._interest):
            part()
            ends.append(self.line - 1)
        for terms in self.issue.run.deal.conversions.values():
            self.line = conversion_part(self.issue, self.page, terms, self.line, LAST)
            ends.append(self.line - 1)
        self.page.sheet.print_area = f"A1:{get_column_letter(LAST)}{self.line}"
        self.page.frozen("C4")
        self.page.printed_in_parts(ends, "1:3")

    # ---- cells -------------------------------------------------------------------------------------------------------

    def _at(self, row: Row) -> str:
        """Where a figure stands, or the opening of a line."""
        place = self.issue.layout.places[row]
        sheet = quoted(place.sheet)
        return f"{sheet}!${period_column(0) if row.per == PERIOD else place.column}${place.line}"

    def _value(self, row: Row) -> float:
        return float(self.issue.value(row)[0] if row.per == PERIOD else self.issue.value(row))

    def _seen(self, row: Row) -> Cell:
        """A link to a figure or an opening."""
        return f"={self._at(row)}", self._value(row)

    def _put(self, number: int, cell: Cell, style: str = "link", fmt: str = styles.USD) -> None:
        self.page.formula(f"{column(number)}{self.line}", *cell, style, fmt)

    def _band(self, title: str, heads: Sequence[str | int]) -> None:
        """A title, and the heads of its columns below it."""
        self.page.fill(self.line, 1, LAST, "band")
        self.page.text(f"A{self.line}", title, "band")
        self.line += 1
        self.wide = 2 + len(heads) if heads else LAST
        self.page.fill(self.line, 2, self.wide, "header")
        for number, head in enumerate(heads, start=1):
            name = f"{column(number)}{self.line}"
            if isinstance(head, int):
                self.page.number(name, head, "header", "0_)")
            else:
                self.page.text(name, head, "header")
        self.page.height(self.line, *((str(head), WIDTH * 0.9) for head in heads))
        self.line += 1

    def _label(self, words: str, style: str = "label") -> None:
        if style == "total":
            self.page.fill(self.line, 2, self.wide, "total")
        self.page.text(f"B{self.line}", words, style)
        self.page.height(self.line, (words, LABEL * 0.9 if style == "total" else LABEL))

    def _note(self, words: str) -> None:
        self.page.text(f"B{self.line}", words, "note")
        self.page.sheet.merge_cells(f"B{self.line}:{get_column_letter(LAST)}{self.line}")
        self.page.height(self.line, (words, LABEL + WIDTH * COLUMNS), size=8)
        self.line += 2

    def _sum(self, number: int, first: int, value: float, style: str = "total") -> None:
        """A total of the lines above, with the engine's own."""
        self._put(number, (f"=SUM({column(number)}{first}:{column(number)}{self.line - 1})", value), style)

    # ---- what is owed ------------------------------------------------------------------------------------------------

    def _amounts(self) -> None:
        """One line an instrument at the as-of date, and the totals."""
        self._band(f"What is owed on {self.issue.run.deal.timeline.as_of:%d %B %Y}", HEADS)
        first = self.line
        for loan in self.loans:
            self._label(loan.title)
            for number, (_, name) in enumerate(BALANCES, start=1):
                self._put(number, self._seen(loan.row(name)))
            if hasattr(type(loan), "undrawn_at_start"):
                self._put(6, self._seen(loan.row("undrawn_at_start")))
            self._put(7, self._seen(loan.row("rate")), fmt=styles.RATE)
            self._mix(loan)
            self._put(11, self._seen(loan.row("average_life")), fmt=LIFE)
            self._put(12, self._seen(loan.row("maturity")), fmt=styles.DATE)
            self.line += 1
        self._totals(first)
        self._note("Rates and shares are those in force at that date; a rate with a swap is the rate of both. Carrying amount: "
                   "principal less unamortised discount and cost. Average life: of the principal owed at that date. Undrawn: net "
                   "of letters of credit. Due within 12 months: as the maturities below, later draws left out.")

    def _mix(self, loan: Statement) -> None:
        """The shares at a fixed rate, swapped to fixed, and at a floating rate: together the whole."""
        floats, row = self._at(loan.row("floating")), self.line
        swapped = loan.row("hedged") if hasattr(type(loan), "hedged") else None
        share = self._value(loan.row("floating"))
        hedged = share * self._value(swapped) if swapped is not None else 0.0
        self._put(8, (f"=1-{floats}", 1 - share), "calc", styles.SHARE)
        if swapped is not None:
            self._put(9, (f"={floats}*{self._at(swapped)}", hedged), "calc", styles.SHARE)
        self._put(10, (f"={floats}-{column(9)}{row}", share - hedged), "calc", styles.SHARE)

    def _totals(self, first: int) -> None:
        """Sums; weighted rate, shares and average life as the engine has them for the whole stack."""
        self._label("Total", "total")
        for number, (_, name) in enumerate(BALANCES, start=1):
            self._sum(number, first, self._value(self.stack.row(name)))
        undrawn = [loan.row("undrawn_at_start") for loan in self.loans if hasattr(type(loan), "undrawn_at_start")]
        self._sum(6, first, sum(map(self._value, undrawn)))
        owed, line = self._value(self.stack.row("closing")), self.line
        swapped = self._value(self.stack.row("hedged")) / owed if owed > 0 else 0.0
        floats = self._value(self.stack.row("floating_share"))
        self._put(7, self._seen(self.stack.row("weighted_rate")), "total", styles.RATE)
        self._put(8, (f"=1-{column(9)}{line}-{column(10)}{line}", 1 - swapped - floats), "total", styles.SHARE)
        self._put(9, (f"=IF({column(1)}{line}>0,{self._at(self.stack.row('hedged'))}/{column(1)}{line},0)", swapped), "total",
                  styles.SHARE)
        self._put(10, self._seen(self.stack.row("floating_share")), "total", styles.SHARE)
        self._put(11, self._seen(self.stack.row("average_life")), "total", LIFE)
        self.line += 1

    def _standing(self) -> None:
        """Ranking and guarantee map, and how each schedule is known."""
        self._band("Who owes it, in what rank, who guarantees it, and how its instalments are known", ())
        head = self.line - 1
        for name, first, last in MAP:
            self._across(head, first, last, name, "header_left" if name != "Guaranteed" else "header")
        for loan in self.loans:
            told = standing(self.issue.run.deal, loan)
            self._label(loan.title)
            words = (told.kind, told.ranking, told.borrower, told.schedule, told.grade, told.guarantor or "none", "")
            for (_, first, last), said in zip(MAP[:-1], words, strict=False):
                self._across(self.line, first, last, said, "label")
            if told.guaranteed is not None:
                self.page.number(f"{column(COLUMNS)}{self.line}", told.guaranteed, "given", styles.USD)
            room = [(said, WIDTH * (last - first + 1)) for (_, first, last), said in zip(MAP, words, strict=True)]
            self.page.height(self.line, (loan.title, LABEL), *room)
            self.line += 1
        self._note("Inferred: no schedule of instalments is disclosed; it is solved by a stated rule from the totals of the "
                   "filing, and what the totals leave unexplained is the residual below. A guarantee is support, never cover.")

    def _across(self, line: int, first: int, last: int, words: str, style: str) -> None:
        """Words over one or two columns."""
        self.page.fill(line, first, last, style)
        self.page.text(f"{get_column_letter(first)}{line}", words, style)
        if last > first:
            self.page.sheet.merge_cells(f"{get_column_letter(first)}{line}:{get_column_letter(last)}{line}")

    # ---- when it falls due -------------------------------------------------------------------------------------------

    def _maturities(self) -> None:
        """Maturities by calendar year as a filing prints them: what it names, then the rest in one column."""
        told = self.issue.run.deal.case.general.reported.maturities
        named = [year for year in self.years.years if not told or year <= max(told)]
        later = named if len(named) < len(self.years.years) else []
        rest = [f"after {named[-1]}"] if later else []
        self._band("Maturities of the debt owed at the as-of date", ("Total", *named, *rest))
        self.head, first = self.line - 1, self.line
        for loan in self.loans:
            self._label(loan.title)
            self._years(loan.row("due_on_as_of_stack"), named, "link", rest=bool(later))
        self._label("As modelled", "total")
        row, width = self.stack.row("due_on_as_of_stack"), len(named) + len(rest)
        values = [self._year(row, n, named)[1] for n in range(1, width + 1)]
        for number, value in enumerate((sum(values), *values), start=1):
            self._sum(number, first, value)
        self.line += 1
        if told:
            self._disclosed(named, values, bool(later))
        self._note("Oldest debt first; draws after the as-of date are left out, a repayment from planned proceeds brings "
                   "its maturity forward. Residual: what no schedule explains; the disclosed line does not move with a scenario.")

    def _year(self, row: Row, n: int, named: Sequence[int]) -> Cell:
        """A year of the table; the column behind the last named year holds all later ones."""
        asked = f"{column(n + 1)}${self.head}" if n <= len(named) else f'">"&{column(n)}${self.head}'
        wanted = self.years.year_of == named[n - 1] if n <= len(named) else self.years.year_of > named[-1]
        return self.years.total(row, asked, wanted)

    def _years(self, row: Row, named: Sequence[int], style: str, *, rest: bool) -> list[float]:
        """A line of a table by years, its total in front; returns the years."""
        cells = [self._year(row, n, named) for n in range(1, len(named) + rest + 1)]
        for number, cell in enumerate(cells, start=2):
            self._put(number, cell, style)
        every = f"=SUM({column(2)}{self.line}:{column(len(cells) + 1)}{self.line})"
        self._put(1, (every, sum(value for _, value in cells)), style)
        self.line += 1
        return [value for _, value in cells]

    def _disclosed(self, named: Sequence[int], modelled: Sequence[float], rest: bool) -> None:
        """The maturities of the filing, and what is left between them and the model."""
        reported = self.issue.run.deal.case.general.reported
        shown = {n: reported.maturities[year].value for n, year in enumerate(named, start=1) if year in reported.maturities}
        if rest and reported.thereafter:
            shown[len(named) + 1] = reported.thereafter.value
        span = f"{column(2)}{{0}}:{column(len(modelled) + 1)}{{0}}"
        self._label("As disclosed")
        for n, value in shown.items():
            self.page.number(f"{column(n + 1)}{self.line}", value, "given", styles.USD)
        self._put(1, (f"=SUM({span.format(self.line)})", sum(shown.values())), "calc")
        self.line += 1
        self._label("Residual: modelled less disclosed", "total")
        left = {n: modelled[n - 1] - value for n, value in shown.items()}
        for n, value in left.items():
            self._put(n + 1, (f"={column(n + 1)}{self.line - 2}-{column(n + 1)}{self.line - 1}", value), "total")
        self._put(1, (f"=SUM({span.format(self.line)})", sum(left.values())), "total")
        self.line += 1

    # ---- what it costs -----------------------------------------------------------------------------------------------

    def _interest(self) -> None:
        """Interest cost by calendar year, and how it is settled."""
        years, stack = self.years.years, self.stack
        self._band("Interest cost by calendar year", ("Total", *years))
        self.head, first = self.line - 1, self.line
        for loan in self.loans:
            self._label(loan.title)
            self._years(loan.row("contractual_interest"), years, "link", rest=False)
        self._label("Contractual interest, as it accrues", "total")
        accrued = [self._year(stack.row("contractual_interest"), n, years)[1] for n in range(1, len(years) + 1)]
        for number, value in enumerate((sum(accrued), *accrued), start=1):
            self._sum(number, first, value)
        self.line += 1
        self._label("Discount and cost amortised (accretion)")
        spread = self._years(stack.row("cost_amortised"), years, "link", rest=False)
        self._label("Interest cost", "total")
        cost = [a + b for a, b in zip(accrued, spread, strict=True)]
        for number, value in enumerate((sum(cost), *cost), start=1):
            self._put(number, (f"={column(number)}{self.line - 2}+{column(number)}{self.line - 1}", value), "total")
        self.line += 1
        for words, name in (("Paid in kind", "in_kind"), ("Funded by draws", "funded"), ("Due in cash", "interest")):
            self._label(words)
            self._years(stack.row(name), years, "link", rest=False)
        self._note("Interest in kind, funded by draws and due in cash count when they fall due, the cost above as it accrues: "
                   "the difference is what is accrued and not yet due. Fees on undrawn commitments are left out.")
