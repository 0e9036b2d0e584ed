"""The workbook of a run: inputs, live formulas, the engine's value beside each, front pages, checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from model.cases import Run
from model.record import version
from model.report import styles
from model.report.boxes_page import boxes_page
from model.report.cache import save
from model.report.called import Called
from model.report.case_files import case_files
from model.report.charts_page import charts_page
from model.report.checks_page import checks
from model.report.company_page import company_page
from model.report.contents import CONTENTS
from model.report.customers_page import customers_page
from model.report.dashboard import dashboard
from model.report.evidence_page import evidence_page
from model.report.front import cover
from model.report.layout import (
    BOUNDS,
    CASE_FILES,
    COMPANY,
    FIRST_LINE,
    FORMULAS,
    INPUTS,
    MAP,
    MONTE_CARLO,
    OVER_TIME,
    SCENARIOS,
    SENSITIVITY,
    STRESS,
    TIME,
    WORKINGS,
    lay_out,
)
from model.report.log_page import log
from model.report.memory import Memory
from model.report.names import names
from model.report.outline import outline
from model.report.page import Page
from model.report.stack_page import stack_page
from model.report.summary import Summary
from model.report.workings import INPUT_LABEL, INPUT_LIVE, INPUT_SOURCE, KEY, KEY_WIDTH, Writer
from model.sheet import Row, period_column

STAMPED = {SCENARIOS: "stress", STRESS: "stress", MONTE_CARLO: "simulation", BOUNDS: "bounds"}  # sheets by their record
A3 = 8  # paper, by its number in the file


class Issue:
    """One workbook while it is made."""

    def __init__(self, run: Run, records: Mapping[str, Any] | None = None,
                 tell: Callable[[str], object] = str, *, audit: bool = False) -> None:
        self.tell = tell
        self.run, self.layout, self.memory = run, lay_out(run.deal.book.blocks), Memory()
        self.records = dict(records or {})
        self.workings = [title for title in WORKINGS if any(self.layout.on(title))]
        self.contents = {title: words for title, words in CONTENTS.items() if title in self.workings or title not in WORKINGS}
        absent = [COMPANY] * (run.deal.parent is None) + [CASE_FILES] * (not run.deal.case.files)
        absent += [SENSITIVITY] * ("sensitivity" not in self.records.get("stress", {}))
        absent += [FORMULAS, MAP] * (not audit and "stress" not in self.records)
        for title in (*absent, *(title for title, kind in STAMPED.items() if kind not in self.records)):
            del self.contents[title]
        self.book, self.failed = Workbook(), 0
        self.book.remove(self.book.worksheets[0])
        styles.add_styles(self.book)
        case = run.deal.case.general.title
        self.pages = {title: Page(self.book, title, self.memory, case) for title in self.contents}
        self.writer = Writer(self.layout, run.values, run.names.index(run.scenario), run.deal)
        self.called = Called(self)
        self.years: list[int] = []
        self.sureness, self.fingerprint, self.delivered = ("", ""), 0.0, 0.0
        self.moved = self.stale = False  # whether inputs, or these or the scenario, are no longer those of the run
        self.tied: list[tuple[str, str, Row, bool]] = []
        self.attacked: list[tuple[str, str]] = []  # stamped sheets with an answer, and the answer

    @property
    def claim(self) -> Any:
        """The claim block."""
        return self.run.deal.claim

    @property
    def version(self) -> str:
        """Version of the engine."""
        return version()

    @property
    def assumptions(self) -> list[str]:
        """What the case says it assumes."""
        return self.run.deal.case.general.assumptions

    def page(self, title: str) -> Page:
        """A sheet by its title; whoever waits hears that it is at work."""
        self.tell(title)
        return self.pages[title]

    def value(self, row: Row) -> Any:
        """A row in the live scenario."""
        return self.writer.value(row)

    def counted(self, sheet: str) -> int:
        """Formulas on a sheet below its check line."""
        return self.memory.counted(sheet)


def write_workbook(run: Run, path: str | Path, records: Mapping[str, Any] | None = None,
                   tell: Callable[[str], object] = str, *, audit: bool = False) -> Path:
    """Write the workbook of `run` to `path`. The same run gives the same bytes.

    `records` are those of `stress`, `simulation` and `bounds` of the same inputs and scenario, with sheets of their own; `tell`
    hears at which sheet the writing is; `audit` adds the lists of formulas and sheets, as a record of `stress` does.
    """
    return _save(compose(run, records, tell, audit=audit), Path(path))


def compose(run: Run, records: Mapping[str, Any] | None = None, tell: Callable[[str], object] = str, *,
            audit: bool = False) -> Issue:
    """All sheets of a run, not yet saved; the issue remembers the value of every cell."""
    issue = Issue(run, records, tell, audit=audit)
    _inputs(issue)
    _workings(issue)
    summary = Summary(issue)
    summary.write()
    issue.years, issue.tied = summary.years.years, summary.tied
    stack_page(issue)
    customers_page(issue)
    boxes_page(issue)
    company_page(issue)
    evidence_page(issue)
    _stamped(issue)
    cover(issue)
    dashboard(issue)
    charts_page(issue, summary)
    issue.called.finish()
    checks(issue)
    names(issue)
    log(issue)
    _audit(issue)
    for page in issue.pages.values():
        page.check_line(run.scenario, issue.failed)
        page.sheet.sheet_properties.tabColor = styles.TABS.get(page.title, styles.NAVY)
        page.sheet.sheet_view.tabSelected = page.title == "Cover"
    if CASE_FILES in issue.contents:  # when every formula stands
        case_files(issue)
    outline(issue)
    return issue


def _stamped(issue: Issue) -> None:
    """The sheets of other commands, where their records are there."""
    if stress := issue.records.get("stress"):
        from model.report.scenarios_sheet import scenarios_sheet
        from model.report.stress_sheet import stress_sheet

        scenarios_sheet(issue, stress)
        stress_sheet(issue, stress)
        if SENSITIVITY in issue.contents:
            from model.report.sensitivity_sheet import sensitivity_sheet

            sensitivity_sheet(issue, stress)
    if simulation := issue.records.get("simulation"):
        from model.report.monte_carlo_sheet import monte_carlo_sheet

        monte_carlo_sheet(issue, simulation)
    if bounds := issue.records.get("bounds"):
        from model.report.bounds_sheet import bounds_sheet

        bounds_sheet(issue, bounds)


def _audit(issue: Issue) -> None:
    """The lists of formulas and of sheets: a tenth of a workbook's time, for who asks for them."""
    if FORMULAS in issue.contents:
        from model.report.formulas_sheet import formulas_sheet
        from model.report.map_sheet import map_sheet

        formulas_sheet(issue)
        map_sheet(issue)


def _workings(issue: Issue) -> None:
    clock = issue.run.deal.clock
    axis = {name: clock.row(name) for name in ("ends", "year", "number")}
    for title in (TIME, *issue.workings, OVER_TIME):
        page = issue.page(title)
        issue.writer.time_axis(page, axis)
        issue.writer.sections(page)
    time = issue.page(TIME)
    for name in ("starts", "days", "before"):
        issue.writer.line(time, issue.layout.places[clock.row(name)].line, clock.row(name))
    last = 6 + issue.run.deal.book.periods
    for title in (TIME, *issue.workings):
        sheet = issue.page(title).sheet
        sheet.print_area = f"A1:{get_column_letter(last)}{sheet.max_row}"
        issue.page(title).printed_along_time(last)
    issue.page(OVER_TIME).printed_along_time(last)


def _inputs(issue: Issue) -> None:
    """Scenario selector, then every single input."""
    page, names = issue.page(INPUTS), issue.run.names
    after = 4 + len(names)
    last = period_column(after - 6)
    ends = {after + 3: "Low end", after + 4: "High end"} if issue.writer.ranged else {}
    page.widths(2, INPUT_LABEL, 13, INPUT_LIVE, 14, *[13] * (len(names) - 1), 12, INPUT_SOURCE, *[12] * len(ends), KEY_WIDTH)
    page.heading(INPUTS, after + 5 + len(ends))
    page.text("B4", "Blue cells may be changed, here and on Inputs over time; `debtcover run` takes the saved file as its case. "
                    "A scenario column that is empty takes the base value.", "unit")
    page.text("B5", "Grey cells are changed in the case files only: from dates and words other inputs are worked out, and T4 and "
                    "support are found by the engine.", "unit")
    page.fill(6, 1, after + 5 + len(ends), "header")
    for column, label in ((4, "Live"), *((4 + n, name) for n, name in enumerate(names, 1)), *ends.items()):
        page.text(f"{period_column(column - 6)}6", label, "header")
    for letter, label in zip(issue.writer.allowed(len(names)), ("At least", "At most"), strict=True):
        page.text(f"{letter}6", label, "header")
        page.sheet.column_dimensions[letter].width = 12
    for column, label in ((2, "Input"), (3, "Unit"), (after + 1, "Grade"), (after + 2, "Source"), (after + 3 + len(ends), KEY)):
        page.text(f"{get_column_letter(column)}6", label, "header_mid" if label == "Grade" else "header_left")
    page.height(6, *((name, 12.0) for name in names))
    _selector(issue, page, f"$E$6:${last}$6")
    issue.writer.input_sections(page, names, {k: list(v) for k, v in issue.run.told.items()})
    page.frozen("E7")
    page.sheet.print_area = f"A1:{get_column_letter(after + 2 + len(ends))}{page.sheet.max_row}"
    page.printed(heads="1:6")
    page.sheet.page_setup.paperSize = A3  # a column a scenario, beside sources in full


def _selector(issue: Issue, page: Page, names: str) -> None:
    line = FIRST_LINE
    page.fill(line - 1, 1, 6 + len(issue.run.names), "block")
    page.text(f"A{line - 1}", "Scenario", "block")
    page.text(f"B{line}", "Live scenario: choose from the list")
    page.text(f"D{line}", issue.run.scenario, "input")
    page.text(f"B{line + 1}", "Its number")
    number = float(issue.run.names.index(issue.run.scenario) + 1)
    page.formula(f"D{line + 1}", f"=MATCH(In_ScenarioName,{names},0)", number, "calc", "0")
    rule = DataValidation(type="list", formula1="In_ScenarioList", allow_blank=False, showErrorMessage=True,
                          errorTitle="Scenario", error="Choose one of the scenarios in the list.",
                          showInputMessage=True, promptTitle="Scenario", prompt="Every sheet follows.")
    rule.add(f"D{line}")
    page.sheet.add_data_validation(rule)
    for name, cells in (("In_ScenarioName", f"$D${line}"), ("In_ScenarioNo", f"$D${line + 1}"), ("In_ScenarioList", names)):
        issue.book.defined_names[name] = DefinedName(name, attr_text=f"{INPUTS}!{cells}")


def _save(issue: Issue, path: Path) -> Path:
    moment = datetime.combine(issue.run.deal.case.general.as_of, datetime.min.time())
    issue.book.properties.creator = "debtcover"
    issue.book.properties.title = issue.run.deal.case.general.title
    issue.book.properties.created = issue.book.properties.modified = moment
    issue.book.calculation.fullCalcOnLoad = True
    issue.book.active = 0
    issue.tell("saving the file")
    save(issue.book, list(issue.pages.values()), path)
    return path

