"""Evidence: how sure each verdict is, as the engine found it for the inputs as delivered, and STALE once those move.

The search behind it cannot be a formula; so its words and numbers are stamped, with a sum over all inputs that tells whether
they still are the inputs of the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.workbook.defined_name import DefinedName

from model.inputs.values import GRADES
from model.record.certainty import sureness_of_all
from model.record.document import evidence
from model.report import styles
from model.report.charts import by_column, placed
from model.report.fingerprint import ALLOWED, COUNTED, parts_of_inputs, sum_of_inputs
from model.report.layout import EVIDENCE
from model.report.months import column
from model.report.tables import COLUMNS, LABEL, WIDTH, Tables

if TYPE_CHECKING:
    from model.report.workbook import Issue

Json = Any
SUM = "#,##0.00000_)"
STALE = "STALE: inputs or scenario are no longer those of the run; run again. Found then: "
CHART_LINES = 16
PAIR_HEADS = ("Grade, live", "Grade, found", "Best", "Worst", "What turns it", *[""] * 6, "Rests on what is assumed of",
              *[""] * 4)
RANGE_HEADS = ("Unit", "Low", "Central", "High", "Grade", "", "Source")


def evidence_page(issue: Issue) -> None:
    """The whole page; of the scenario that was delivered, whichever is chosen later."""
    tables, run = Tables(issue, EVIDENCE), issue.run.first or issue.run
    told = sureness_of_all(run)
    _status(tables, told["sentence"])
    _pairs(tables, told["by_pair"])
    _ranges(tables, told["ranges"])
    _grades(tables, {run.deal.pairs[key].title: one["grade_share"] for key, one in told["by_pair"].items()},
            evidence(run)["debt_share_by_grade"])
    tables.finish()


# ---- stamped, or stale -----------------------------------------------------------------------------------------------


def _status(tables: Tables, said: str) -> None:
    """The sentence on the claim, with the sum of inputs and the scenario with which it was found."""
    page, issue, run = tables.page, tables.issue, tables.issue.run
    first = run.first or run
    now = sum_of_inputs(issue, run)
    delivered = now if first is run else sum_of_inputs(issue, first)
    then, chosen = (run.names.index(one.scenario) + 1.0 for one in (first, run))
    issue.moved = abs(now - delivered) > ALLOWED
    stale = issue.stale = issue.moved or then != chosen
    tables.band("How sure the verdict is")
    head = tables.line
    for offset, label in enumerate((
            "Sum over all inputs, those further down counted more often", "The same when this was found", "May differ by",
            "Inputs counted below", "Inputs moved (1) or current (0)", "Number of the scenario in which this was found",
            "Stale (1) or current (0): inputs and scenario"), start=1):
        page.text(f"B{head + offset}", label, "unit")
        page.sheet.merge_cells(f"C{head + offset}:D{head + offset}")
    parts = parts_of_inputs(issue, run, f"{EVIDENCE}!$C${head + 4}")
    page.formula(f"C{head + 1}", *issue.called.added("Sum over all inputs", parts, SUM), "link", SUM)
    for offset, value, fmt in ((2, delivered, SUM), (3, ALLOWED, SUM), (4, COUNTED, SUM), (6, then, styles.COUNT)):
        page.number(f"C{head + offset}", value, "given", fmt)
    page.formula(f"C{head + 5}", f"=(ABS(C{head + 1}-C{head + 2})>C{head + 3})*1", float(issue.moved), "calc", styles.FLAG)
    page.formula(f"C{head + 7}", f"=MAX(C{head + 5},(In_ScenarioNo<>C{head + 6})*1)", float(stale), "calc", styles.FLAG)
    page.text(f"E{head + 1}", said, "source")
    page.sheet.merge_cells(f"E{head + 1}:{column(COLUMNS)}{head + 7}")
    for name, offset in (("Run_Fingerprint", 1), ("Run_Delivered", 2), ("Run_Stale", 5), ("Run_EvidenceStale", 7)):
        issue.book.defined_names[name] = DefinedName(name, attr_text=f"{EVIDENCE}!$C${head + offset}")
    issue.fingerprint, issue.delivered, issue.stale = now, delivered, stale
    issue.sureness = f"={EVIDENCE}!$B${head}", (STALE if stale else "") + said
    page.formula(f"B{head}", f'=IF(C{head + 7}>0,"{STALE}","")&E{head + 1}', issue.sureness[1], "verdict")
    page.sheet.merge_cells(f"B{head}:{column(COLUMNS)}{head}")
    page.height(head, (STALE + said, (LABEL + WIDTH * COLUMNS) * 0.8), size=11)
    tables.line = head + 9


# ---- what was found --------------------------------------------------------------------------------------------------


def _pairs(tables: Tables, by_pair: Json) -> None:
    """A line a pair: the grade now, the grade then and its range, then the sentence and what it rests on."""
    tables.band("Pair by pair: the grade, the best and the worst it can be within the ranges, and what turns it")
    tables.heads(PAIR_HEADS, "Contract / debt", [(5, 11), (12, 16)])
    run = tables.issue.run.first or tables.issue.run
    for place, (key, told) in enumerate(by_pair.items(), start=1):
        pair, sure = tables.deal.pairs[key], run.certainty[key]
        kinds = ", ".join(told["assumed_kinds"]) or "nothing"
        tables.label(f"{place}  {pair.title}")
        tables.put(1, tables.at(pair.row("grade")), "right_link", styles.WORDS)
        for number, said in ((2, str(run.read(pair.row("grade")))), (3, sure.best), (4, sure.worst)):
            tables.page.text(f"{column(number)}{tables.line}", said, "right")
        tables.words(5, 11, told["sentence"], "source")
        tables.words(12, 16, kinds, "source")
        tables.page.height(tables.line, (f"{place}  {pair.title}", LABEL), (told["sentence"], 7 * WIDTH), (kinds, 5 * WIDTH))
        tables.line += 1
    tables.note("A verdict turns when a pair that is covered by its own contract (A, B) no longer is (C, D), or the other way. "
                "Each input is moved alone, then all to their ends together; T4 and support are tested at each point.")
    tables.end()


def _ranges(tables: Tables, ranges: list[Json]) -> None:
    """What is uncertain, by how much, and who says so."""
    if not ranges:
        return
    tables.band("What is uncertain")
    tables.heads((*RANGE_HEADS, *[""] * 9), "Input", [(5, 6), (7, 16)])
    for one in ranges:
        levels = list(one["levels"].values())
        alike = all(level == levels[0] for level in levels)
        title = one["title"] + ("" if alike else f" ({len(levels)} inputs move together; the first is shown)")
        tables.label(title)
        unit = tables.deal.book.by_key[next(iter(one["levels"]))].unit
        tables.page.text(f"{column(1)}{tables.line}", unit, "note")
        for number, level in enumerate(levels[0], start=2):
            tables.page.number(f"{column(number)}{tables.line}", float(level), "given", styles.input_format(unit))
        tables.words(5, 6, one["grade"], "grade")
        tables.words(7, 16, one["source"], "source")
        tables.page.height(tables.line, (title, LABEL), (unit, WIDTH), (one["source"], 10 * WIDTH))
        tables.line += 1
    tables.line += 1
    tables.end()


def _grades(tables: Tables, shares: dict[str, Json], whole: Json) -> None:
    """The data-quality bar: of each pair's debt, and of all, the share by its weakest grade; as a table and a chart."""
    shown = dict(list(shares.items())[: COLUMNS - 1])
    columns = [*(f"Pair {n}" for n in range(1, len(shown) + 1)), "All debt"]
    tables.band("Debt by its weakest grade of evidence")
    tables.heads(columns, "Weakest among loan, contract and allocation")
    head = tables.line - 1
    for grade in GRADES:
        tables.label(grade)
        for number, told in enumerate((*shown.values(), whole), start=1):
            tables.page.number(f"{column(number)}{tables.line}", float(told.get(grade, 0.0)), "given", styles.SHARE)
        tables.line += 1
    tables.line += 1
    chart = by_column(tables.page, "Share of debt by its weakest grade", head, range(head + 1, head + len(GRADES) + 1),
                      (3, 2 + len(columns)))
    chart.y_axis.number_format, chart.y_axis.scaling.max = "0%", 1
    tables.page.sheet.add_chart(placed(chart, (2, tables.line, 2 + len(columns), tables.line + CHART_LINES)))
    tables.line += CHART_LINES + 1
    tables.end()
