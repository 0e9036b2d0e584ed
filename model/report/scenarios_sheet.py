"""Scenarios: what each does to every pair, stamped, beside the live column of the scenario that is chosen in the workbook.

Where the chosen scenario has a column of its own, each live figure is compared with it, and the sum is a check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.pagebreak import Break

from model.report import stamped, styles
from model.report.answers import of_scenarios
from model.report.layout import SCENARIOS
from model.report.page import LEGIBLE
from model.report.words import money
from model.sheet import Row
from model.sheet.excel import quoted
from model.timeline import to_serial

if TYPE_CHECKING:
    from model.report.workbook import Issue

Json = Any
LABEL, UNIT, LIVE, APART, WIDTH = 42.0, 8.0, 15.0, 9.0, 14.5
FIRST, PER_PAGE = 6, 9  # the column of the first scenario, columns of scenarios on a page of paper
BASE = "base"


def outcome(name: str, part: str) -> Callable[[Json], Json]:
    """A figure of a test of a pair."""
    return lambda pair: pair["tests"].get(name, {}).get(part)


def first(part: str) -> Callable[[Json], Json]:
    """A figure of the first failure of a pair."""
    return lambda pair: (pair["first_failure"] or {}).get(part)


@dataclass(frozen=True)
class Line:
    """One line of a pair: what the record tells, and the row that shows the same live."""

    label: str
    unit: str
    told: Callable[[Json], Json]
    live: str = ""

    @property
    def is_words(self) -> bool:
        """Whether it holds words."""
        return self.unit == "text"


OF_PAIR = (
    Line("Grade", "text", lambda pair: pair["grade"], "grade"),
    *(Line(f"{name} {words}", "pass", outcome(name, "pass"), row) for name, words, row in (
        ("T1", "cash covers service on every payment date", "t1"), ("T2", "nothing is left at the end", "t2"),
        ("T3", "present value covers the balance", "t3"), ("T4", "all that under moderate stress, from base", "stressed"),
        ("T5", "T1 to T3 without support", "covered"), ("T6", "no loss if the obligor fails", "t6"))),
    Line("T7 days of delay that it bears", "days", lambda pair: pair["days_tolerated"]),
    Line("Lowest DSCR", "x", lambda pair: pair["min_dscr"], "min_dscr"),
    Line("on", "date", lambda pair: pair["min_dscr_date"], "min_dscr_date"),
    Line("Lowest CLCR", "x", lambda pair: pair["min_clcr"], "min_clcr"),
    Line("on", "date", lambda pair: pair["min_clcr_date"], "min_clcr_date"),
    Line("Tail", "months", lambda pair: pair["tail_months"], "tail_months"),
    Line("Support needed", "USD m", lambda pair: pair["support_needed"], "support_needed"),
    Line("Lost if the obligor fails on the worst date", "USD m", outcome("T6", "value"), "worst_loss"),
    Line("Fails first", "text", first("test")), Line("on", "date", first("date")),
    Line("missing then", "USD m", first("missing")))
HEADS = (("Scenario", "id"), ("", "title"), ("Size", "size"), ("Severity", "severity"), ("Evidence for the size", "grade"))


def scenarios_sheet(issue: Issue, told: Json) -> None:
    """The whole page."""
    Sheet(issue, told).write()


class Sheet:
    """Writes the page from the top down; one column a scenario that moves something, the scenario as it stands first."""

    def __init__(self, issue: Issue, told: Json) -> None:
        self.issue, self.page, self.told = issue, issue.page(SCENARIOS), told
        base = {"id": told["scenario"], "title": "As it stands", "size": "", "severity": "", "grade": "", "origin": "case",
                "name": told["scenario"], **told["base"]}
        self.columns = [base, *(one for one in told["scenarios"] if one["applies"])]
        self.last = FIRST + len(self.columns) - 1
        self.line, self.place, self.repeated, self.named = 1, 0, 0, 0
        self.compared, self.graded, self.tested, self.ends = list[int](), list[int](), list[int](), list[int]()

    def write(self) -> None:
        """Head, claim, pairs, what was left out, set-up of the paper."""
        page = self.page
        page.widths(2, LABEL, UNIT, LIVE, APART, *[WIDTH] * len(self.columns))
        page.heading(SCENARIOS, self.last)
        facts = [*stamped.run_facts(self.told), ("Live", "Column D follows the selector on Inputs. Column E is how far it is "
                 "from the engine's figure for the scenario that is chosen, where that has a column here; it must be nothing.")]
        self.line = stamped.head(self.issue, page, of_scenarios(self.told), facts, 11, UNIT + LIVE + APART + 6 * WIDTH)
        self._reconciled()
        self._heads()
        self._who()
        for number, pair in enumerate(self.told["pairs"]):
            self._pair(number, pair)
        self._sum()
        self._left_out()
        self._paint()
        self._paper()

    # ---- the live case -----------------------------------------------------------------------------------------------

    def _reconciled(self) -> None:
        """Lines for the place of the live scenario and for the differences; the sum is written when all are known."""
        page, at = self.page, self.line
        page.text(f"B{at}", "Column of the live scenario below (0: none)", "unit")
        page.text(f"B{at + 1}", "Live case less engine, same scenario", "total")
        page.text(f"B{at + 2}", "Which is", "unit")
        self.place, self.line = at, at + 4

    def _sum(self) -> None:
        """Place, sum and what they mean."""
        page, at, names = self.page, self.place, self._names()
        live = self.issue.run.scenario
        place = float(names.index(live) + 1) if live in names else 0.0
        area = f"${get_column_letter(FIRST)}${self.named}:${get_column_letter(self.last)}${self.named}"
        page.formula(f"D{at}", f"=IF(ISNUMBER(MATCH(In_ScenarioName,{area},0)),MATCH(In_ScenarioName,{area},0),0)", place,
                     "calc", "0_)")
        total = fsum(float(page.memory.value(SCENARIOS, f"E{line}")) for line in self.compared)
        ends = (f"E{min(self.compared)}", f"E{max(self.compared)}")
        page.formula(f"D{at + 1}", f"=IF((D{at}>0)*(Run_Stale=0)>0,SUM({ends[0]}:{ends[1]}),0)",
                     0.0 if self.issue.moved else total, "total", styles.DIFFERENCE)
        words = ("not compared: the live scenario has no column", "compared, and counted by Checks", "not compared: inputs moved")
        page.formula(f"D{at + 2}", f'=CHOOSE(1+(D{at}>0)*(1+Run_Stale),"{words[0]}","{words[1]}","{words[2]}")',
                     words[(1 + self.issue.moved) if place else 0], "calc")
        for name, line in (("Run_Place", at), ("Run_Apart", at + 1)):
            self.issue.book.defined_names[name] = DefinedName(name, attr_text=f"{SCENARIOS}!$D${line}")

    def _names(self) -> list[str]:
        """By column, the name by which the selector knows it; blank where it does not, or not on top of what was read."""
        known = self.issue.run.names if self.told["scenario"] == BASE else [self.told["scenario"]]
        return [one["name"] if one["origin"] == "case" and one["name"] in known else "" for one in self.columns]

    def _compared(self, line: int, live: Any, engine: Sequence[Any], *, words: bool) -> None:
        """How far live is from the engine; words differ by 0 or 1."""
        area = f"${get_column_letter(FIRST)}{line}:${get_column_letter(self.last)}{line}"
        names, chosen = self._names(), self.issue.run.scenario
        found = engine[names.index(chosen)] if chosen in names else None
        pick = f"INDEX({area},1,$D${self.place})"
        if words:
            text, value = f"(D{line}<>{pick})*1", float(live != found)
        else:
            text, value = f"ABS(SUM(D{line})-SUM({pick}))*ISNUMBER({pick})", abs(float(live) - float(found or 0.0))
        value = 0.0 if found is None else value
        self.page.formula(f"E{line}", f"=IF($D${self.place}>0,{text},0)", value, "unit_right", styles.DIFFERENCE)
        self.compared.append(line)

    # ---- lines -------------------------------------------------------------------------------------------------------

    def _heads(self) -> None:
        page, line = self.page, self.line
        self.repeated = line
        page.fill(line, 1, self.last, "block")
        page.text(f"A{line}", "Scenarios on top of the one that is read: catalogue first, then those of the case", "block")
        for label, name in HEADS:
            line += 1
            style = "header_mid" if name == "grade" else "centre" if name == "id" else "note_mid"
            page.text(f"B{line}", label, "header_left" if name == "grade" else "unit")
            for n, one in enumerate(self.columns):
                said = f"by {one[name]}" if one[name].startswith(("+", "-")) else one[name]  # a sign in front begins a formula
                page.text(f"{get_column_letter(FIRST + n)}{line}", said, style)
            page.height(line, *((f"by {one[name]}", WIDTH * 0.95) for one in self.columns), size=8)
        for column, words in (("C", "Unit"), ("D", "Live"), ("E", "Apart from engine")):
            page.text(f"{column}{line}", words, "header_left" if column == "C" else "header")
        page.height(line, ("Apart from engine", APART * 0.9), ("third-party", WIDTH), least=26)
        self.named = line + 1
        page.text(f"B{self.named}", "Name on the selector of this workbook", "unit")
        for n, name in enumerate(self._names()):
            if name:
                page.text(f"{get_column_letter(FIRST + n)}{self.named}", name, "note_mid")
        page.height(self.named, *((name, WIDTH * 0.95) for name in self._names()), size=8)
        self.line = self.named + 2

    def _who(self) -> None:
        """Who fails first, the claim, the company."""
        self._band("Who fails first")
        place = {pair["id"]: n for n, pair in enumerate(self.told["pairs"], start=1)}
        for label, name in (("Fails first: pair, test", "first_failure"), ("Of those that stand without", "first_new_failure")):
            found = [one[name] for one in self.columns]
            self._words(label, "", [f"{place[one['pair']]} {one['test']}" if one else "none" for one in found])
            self._numbers("on", "date", [one and one["date"] for one in found])
            self._numbers("missing then", "USD m", [one and one["missing"] for one in found])
        self._band("The claim and the company")
        for name in ("H1", "H2", "H3a", "H3b"):
            self._words(name, "", [one["claim"][name] for one in self.columns], self.issue.claim.row(name.lower()))
        for name in (f"K{n}" for n in range(1, 8)):
            tests = [(one["company"] or {}).get(name) for one in self.columns]
            if any(tests):
                self._numbers(name, "pass", [test and float(test["pass"]) for test in tests])

    def _pair(self, number: int, told: Json) -> None:
        """A pair: its grade, tests and figures under every scenario."""
        self._band(f"{number + 1}  {told['title']}: USD {money(told['principal'])}m")
        pair, found = self.issue.run.deal.pairs[told["id"]], [one["pairs"][number] for one in self.columns]
        for line in OF_PAIR:
            live = pair.row(line.live) if line.live else None
            values = [line.told(one) for one in found]
            if line.is_words:
                self._words(line.label, "", [value or "none" for value in values], live)
            else:
                self._numbers(line.label, line.unit, values, live)

    def _band(self, title: str) -> None:
        self.ends.append(self.line)
        self.line += 1
        self.page.fill(self.line, 1, self.last, "band")
        self.page.text(f"A{self.line}", title, "band")
        self.line += 1

    def _words(self, label: str, unit: str, values: Sequence[str], live: Row | None = None) -> None:
        self._label(label, unit)
        for n, value in enumerate(values):
            self.page.text(f"{get_column_letter(FIRST + n)}{self.line}", value, "right")
        if live is not None:
            self._live(live, styles.WORDS)
            self._compared(self.line, self.issue.value(live), values, words=True)
            if live.declared.name == "grade":
                self.graded.append(self.line)
        self.line += 1

    def _numbers(self, label: str, unit: str, values: Sequence[Any], live: Row | None = None) -> None:
        fmt = stamped.PASS if unit == "pass" else styles.number_format(unit)
        self._label(label, "" if unit == "pass" else unit)
        told = [value if value is None else _number(value) for value in values]
        for n, value in enumerate(told):
            if value is not None:
                self.page.number(f"{get_column_letter(FIRST + n)}{self.line}", value, "right", fmt)
        if unit == "pass":
            self.tested.append(self.line)
        if live is not None:
            self._live(live, fmt)
            shown = self.issue.value(live)
            self._compared(self.line, shown if shown == shown else 0.0, told, words=False)
        self.line += 1

    def _label(self, label: str, unit: str) -> None:
        self.page.text(f"B{self.line}", label, "label")
        self.page.text(f"C{self.line}", unit, "unit")
        self.page.height(self.line, (label, LABEL))

    def _live(self, row: Row, fmt: str) -> None:
        place = self.issue.layout.places[row]
        sheet = quoted(place.sheet)
        self.page.formula(f"D{self.line}", f"={sheet}!${place.column}${place.line}", self.issue.value(row), "right_link", fmt)

    def _left_out(self) -> None:
        """Scenarios that move nothing here, with the reason."""
        reasons: dict[str, list[str]] = {}
        for one in self.told["scenarios"]:
            if not one["applies"]:
                reasons.setdefault(one["why_not"], []).append(one["id"])
        if reasons:
            self._band("Scenarios that move nothing here")
        for why, ids in reasons.items():
            words = f"{', '.join(ids)}: {why}"
            self.page.text(f"B{self.line}", words, "note")
            self.page.sheet.merge_cells(f"B{self.line}:K{self.line}")
            self.page.height(self.line, (words, LABEL + UNIT + LIVE + APART + 6 * WIDTH), size=8)
            self.line += 1

    # ---- looks -------------------------------------------------------------------------------------------------------

    def _paint(self) -> None:
        right = get_column_letter(self.last)
        for lines, paint in ((self.graded, stamped.paint_grades), (self.tested, stamped.paint_tests)):
            for line in lines:
                paint(self.page, f"F{line}:{right}{line}")
                paint(self.page, f"D{line}:D{line}")

    def _paper(self) -> None:
        """Labels and heads on each page, a break every few scenarios."""
        sheet, page = self.page.sheet, self.page
        page.frozen(f"F{self.named}")
        sheet.print_area = f"A1:{get_column_letter(self.last)}{self.line}"
        sheet.page_setup.orientation, sheet.page_setup.scale = "landscape", LEGIBLE
        sheet.print_title_rows, sheet.print_title_cols = f"{self.repeated}:{self.named}", "A:D"
        for column in range(FIRST + PER_PAGE - 1, self.last, PER_PAGE):
            sheet.col_breaks.append(Break(id=column))
        for end in page.pages([*self.ends, self.line], page.tall(self.repeated, self.named))[:-1]:
            sheet.row_breaks.append(Break(id=end))
        page.paper()


def _number(value: Any) -> float:
    """A flag, a number, or a date of a record."""
    return float(to_serial(date.fromisoformat(value))) if isinstance(value, str) else float(value)
