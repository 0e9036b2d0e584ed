"""Company: the tests K1 to K7, the cover that boxes must reach, cash by year, the wall, and who stands behind what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.record.company import BUSINESS, NEEDS
from model.report import styles
from model.report.creditors_part import creditors, parent_of
from model.report.layout import COMPANY
from model.report.months import Cell, years
from model.report.tables import COLUMNS, WIDTH, Tables

if TYPE_CHECKING:
    from model.report.workbook import Issue
    from model.sheet import Block

RESULT = '"holds"_);"holds"_);"fails"_)'
MONTHS = '0_);(0);"0"_)'
TESTS = ("Result", "Figure", "Limit", "Headroom", "What it compares")
COVER = ("Months", "Required: DSCR*", "Average cover", "Contracted CFADS", "Debt service of boxes", "Fixed cost of the company",
         "Surplus", "Deepest cash, draws frozen", "Verdict")
CASH = (("Distributions of the boxes", "received", 1), ("Cash besides distributions", "business", 1),
        ("Other receipts by plan", "plan_in", 1), ("Raised by debt outside the boxes", "raised", 1),
        ("Corporate cost", "overhead", -1),
        ("Leases and power outside boxes", "premises", -1), ("Cash tax", "tax", -1),
        ("Equity share of capital expenditure", "capex", -1), ("Deposits repaid, shares bought back", "claims", -1),
        ("Interest and fees outside the boxes", "unsecured_interest", -1),
        ("Principal outside the boxes", "unsecured_principal", -1),
        ("Repaid early", "repaid_early", -1), ("Other payments by plan", "plan_out", -1),
        ("Paid for boxes: guarantees, cures, reserves", "put_into_boxes", -1),
        ("Paid of what a cross-default makes due", "accelerated", -1))
FRONT = "Contracted means signed and firm. Cash that a box keeps, reserves or traps is in no liquidity figure of this page."


def company_page(issue: Issue) -> None:
    """The whole page, where the case says what cash the company has."""
    if issue.run.deal.parent is not None:
        Company(issue).write()


class Company:
    """Writes the page part by part."""

    def __init__(self, issue: Issue) -> None:
        self.tables = Tables(issue, COMPANY)
        self.parent = parent_of(self.tables)
        self.outlook, self.deal = parent_of(self.tables).outlook, issue.run.deal

    def write(self) -> None:
        """Tests first, then what stands behind them."""
        for part in (self._tests, self._required, self._cash, self._liquidity):
            part()
        creditors(self.tables)
        self.tables.finish()

    # ---- cells -------------------------------------------------------------------------------------------------------

    def _at(self, block: Block, name: str) -> Cell:
        return self.tables.at(block.row(name))

    def _words(self, first: int, last: int, cell: Cell, style: str = "calc_wrap") -> None:
        """Live words over some columns."""
        tables = self.tables
        tables.words(first, last, "", style)
        tables.put(first, cell, style, "General")

    # ---- tests -------------------------------------------------------------------------------------------------------

    def _tests(self) -> None:
        """One line a test; one that the case does not say enough for says so."""
        tables, look = self.tables, self.outlook
        check = next(one for one in self.deal.checks if one.key == "check.company.cash")
        tables.band(f"Tests of the company, from {self.deal.timeline.as_of:%d %B %Y}")
        tables.kinds((*TESTS, *[""] * (COLUMNS - 5)), "Test", [(5, COLUMNS)])
        told = (
            ("K1 Fixed-charge cover, first 12 months", look.fixed_charges, "first_year", "limit", "headroom", styles.TIMES,
             "Distributions / (corporate cost + interest and fees outside the boxes + leases and power outside the boxes)"),
            ("K2 Runway with draws frozen, months", look.runway, "months", "months_asked", None, MONTHS,
             "Months until cash is negative if nothing more is borrowed and every call is honoured; blank: lasts to the end"),
            ("K3 Principal outside the boxes, 24 months", look.two_years, "due", "available", "headroom", styles.USD,
             "Limit: liquidity and distributions less corporate cost, interest, rent and tax; calls of boxes stand beside"),
            ("K4 Guaranteed balances / liquidity", look.guarantees, "to_liquidity", "limit", "headroom", styles.TIMES,
             "All guarantees of the company called together, against cash and undrawn revolver"),
            ("K5 Convertible notes due in cash", look.notes, "cash", None, None, styles.USD,
             "Cash due at maturity at the scenario's share price; see Capital stack for strikes"),
            ("K6 Growth capex committed and unfunded", look.growth, "unfunded", None, None, styles.USD,
             "Committed purchases less committed undrawn lines and cash at the as-of date"))
        for label, block, value, limit, room, fmt, words in told:
            self._test(label, block, (value, limit, room), fmt, words)
        failed = tables.at(check.row("failed"))
        tables.put(1, (f"=1-{failed[0][1:]}", 1 - failed[1]), "right_link", RESULT)
        tables.put(2, tables.at(check.row("difference")), fmt=styles.DIFFERENCE)
        self._said("K7 Trapped cash is counted once: largest gap",
                   "Cash of the company and of the boxes against all cash, worked out from what comes in and leaves")
        tables.note(FRONT)
        tables.end()

    def _test(self, label: str, block: Block | None, names: tuple[str, str | None, str | None], fmt: str, words: str) -> None:
        """A test: result, figure, limit, headroom."""
        if block is None:
            self._said(label, f"Not known: {NEEDS[label[:2]]}.")
            return
        self.tables.put(1, self._at(block, "passes"), "right_link", RESULT)
        for number, name in enumerate(names, start=2):
            if name is not None:
                style = "key" if number == 2 else "link"
                self.tables.put(number, self._at(block, name), style, styles.USD if number == 4 else fmt)
        self._said(label, words)

    def _said(self, label: str, words: str) -> None:
        self.tables.words(5, COLUMNS, f"  {words}")
        self.tables.label(label)
        self.tables.page.height(self.tables.line, (words, WIDTH * (COLUMNS - 4)))
        self.tables.line += 1

    def _required(self) -> None:
        """DSCR* against the average cover, by window."""
        if not self.outlook.required:
            return
        tables = self.tables
        tables.band("The cover that boxes must reach for the company to carry itself")
        tables.kinds((*COVER[:-1], "", COVER[-1], *[""] * 3), "Window", [(10, 13)])
        for block in self.outlook.required:
            names = ("window", "required", "actual", "cash", "service", "fixed", "surplus", "deepest")
            for at, name in enumerate(names, start=1):
                tables.put(at, self._at(block, name), "key" if at in (2, 3) else "link",
                           styles.COUNT if at == 1 else styles.TIMES if at < 4 else styles.USD)
            self._words(10, 13, self._at(block, "verdict"), "key_wrap")
            whole = block.key.endswith(f"-{self.deal.timeline.count}")
            tables.row("Whole timeline" if whole else f"First {block.key.rpartition('-')[2]} months", [])
        tables.note("DSCR* = 1 + (corporate cost + interest and fees outside the boxes + leases, power and tax) / debt service "
                    "of the boxes. Self-funding: the average cover reaches it and cash is never negative with draws frozen.")
        tables.end()

    # ---- cash --------------------------------------------------------------------------------------------------------

    def _cash(self) -> None:
        """The company's cash by year, uncontracted business apart."""
        tables, treasury = self.tables, self.parent.treasury
        spans = years(self.deal, COLUMNS - 1)
        tables.band("Cash of the company by calendar year")
        tables.over_time([tables.whole(), *spans], "Flow")
        first = tables.line
        for label, name, sign in CASH:
            tables.row(label, tables.flows(treasury.row(name), sign), "calc")
        for label, name, sign in (("Revolver drawn", "revolver_drawn", 1), ("Revolver repaid", "revolver_repaid", -1)):
            rows = [row for row in treasury.rows() if row.declared.name.startswith(f"{name}_")]
            if rows:
                tables.row(label, tables.flows_of(label, rows, sign), "calc")
        tables.total(first, range(1, len(spans) + 2), "Change of cash")
        tables.line += 1
        cash, liquidity = treasury.row("cash"), self.outlook.liquidity
        tables.row("Cash at the end", tables.balances(cash), "key")
        for label, name in (("Unrestricted liquidity at the end", "liquidity"), ("In boxes, in no liquidity figure", "in_boxes")):
            tables.row(label, tables.at_ends(liquidity, name, opening=False))
        tables.note("Negative cash is what lines or new money would have to bring. Cash besides distributions, split:")
        tables.line -= 1
        for name in BUSINESS:
            row = self.parent.plan.business.row(name)
            tables.row(row.label, tables.flows(row), "calc")
        tables.line += 1
        tables.end()

    def _liquidity(self) -> None:
        """Liquidity now and at its lowest, runway, minimum."""
        tables, look = self.tables, self.outlook
        liquidity, runway = look.liquidity, look.runway
        tables.band("Liquidity and runway")
        tables.kinds(("USD m", "On or from"), "Figure")
        start = [(label, tables.at(liquidity.row(name))) for label, name in (
            ("Cash at the as-of date", "cash"), ("Undrawn revolver", "undrawn"), ("Unrestricted liquidity", "liquidity"),
            ("Reserves of the boxes, not in it", "reserved"))]
        for label, cell in start:
            tables.row(label, [cell])
        for label, block, name, day in (
                ("Liquidity that must be held; first below it", liquidity, "minimum", "short_from"),
                ("Lowest liquidity", liquidity, "lowest_liquidity", "lowest_on"),
                ("Lowest cash with draws frozen; first negative", runway, "lowest_cash", "out_on")):
            tables.put(2, self._at(block, day), fmt=styles.DATE)
            tables.row(label, [self._at(block, name)])
        for label, name, day in (("Runway without undrawn lines, months", "months", "out_on"),
                                 ("Runway with undrawn lines, months", "months_with_lines", "out_on_with_lines")):
            tables.put(2, self._at(runway, day), fmt=styles.DATE)
            tables.row(label, [self._at(runway, name)], "key", MONTHS)
        event = self.parent.event
        for label, name in (("Cross-default: falls due at once", "called"), ("of it missing", "missing")):
            tables.row(label, [tables.over(event.row(name))])
        tables.note("Blank: never within the timeline. A cross-default is an input event (events in company.yaml, or the driver "
                    "cross_default of a scenario).")
        tables.end()
