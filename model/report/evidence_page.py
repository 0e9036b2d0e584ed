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
from model.report.charts import by_column
from model.report.layout import EVIDENCE, INPUTS, OVER_TIME
from model.report.tables import COLUMNS, LABEL, WIDTH, Tables, column
from model.sheet import PERIOD, TEXT, Row, period_column

if TYPE_CHECKING:
    from model.report.workbook import Issue

Json = Any
ALLOWED, COUNTED = 1e-5, 1e6  # what two sums over all inputs may differ by; inputs from here on mean that there is no limit
SUM = "#,##0.00000_)"
SUMS = 50  # parts in which the input sheet is added up
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
    """The sentence on the claim, and the sum of inputs with which it was found."""
    page, issue = tables.page, tables.issue
    then, now = (sum_of_inputs(issue, run.names.index(run.scenario)) for run in (issue.run.first or issue.run, issue.run))
    stale = abs(now - then) > ALLOWED
    tables.band("How sure the verdict is")
    head = tables.line
    for offset, label in enumerate(("Sum over all inputs, those further down counted more often", "The same when this was found",
                                    "May differ by", "Inputs counted below", "Stale (1) or current (0)"), start=1):
        page.text(f"B{head + offset}", label, "unit")
        page.sheet.merge_cells(f"C{head + offset}:D{head + offset}")
    page.formula(f"C{head + 1}", formula_of_inputs(issue, f"$C${head + 4}"), now, "link", SUM)
    for offset, value in enumerate((then, ALLOWED, COUNTED), start=2):
        page.number(f"C{head + offset}", value, "given", SUM)
    page.formula(f"C{head + 5}", f"=(ABS(C{head + 1}-C{head + 2})>C{head + 3})*1", float(stale), "calc", styles.FLAG)
    page.text(f"E{head + 1}", said, "source")
    page.sheet.merge_cells(f"E{head + 1}:{column(COLUMNS)}{head + 5}")
    issue.book.defined_names["Evi_Stale"] = DefinedName("Evi_Stale", attr_text=f"{EVIDENCE}!$C${head + 5}")
    issue.sureness = f"={EVIDENCE}!$B${head}", (STALE if stale else "") + said
    page.formula(f"B{head}", f'=IF(C{head + 5}>0,"{STALE}","")&E{head + 1}', issue.sureness[1], "verdict")
    page.sheet.merge_cells(f"B{head}:{column(COLUMNS)}{head}")
    page.height(head, (STALE + said, (LABEL + WIDTH * COLUMNS) * 0.8), size=11)
    tables.line = head + 7


def _single(issue: Issue) -> list[tuple[int, Row]]:
    """Single inputs that are numbers, each with its line."""
    return [(place.line, row) for row, place in issue.layout.places.items()
            if place.sheet == INPUTS and row.input is not None and row.per not in (PERIOD, TEXT)]


def _over_time(issue: Issue) -> list[tuple[int, Row]]:
    """Inputs over time, each with its line."""
    return [(place.line, row) for row, place in issue.layout.places.items() if place.sheet == OVER_TIME and row.per == PERIOD]


def _starts(issue: Issue) -> list[int]:
    """Lines of the input sheet from which it is added up once more: a number moved between inputs changes the sum."""
    lines = [line for line, _ in _single(issue)]
    return list(range(min(lines), max(lines) + 1, max(1, -(-(max(lines) - min(lines) + 1) // SUMS))))


def sum_of_inputs(issue: Issue, scenario: int) -> float:
    """All inputs of a scenario in one number."""
    starts, values = _starts(issue), issue.run.values
    single = [(line, float(values.one(row, scenario))) for line, row in _single(issue)]
    over_time = [values.one(row, scenario)[:-1] for _, row in _over_time(issue)]
    return (sum(value * sum(start <= line for start in starts) for line, value in single if value < COUNTED)
            + sum(float(row[row < COUNTED].sum()) for row in over_time))


def formula_of_inputs(issue: Issue, counted: str) -> str:
    """The same from the cells; words and what stands for no limit at all count as nothing."""
    last, lines = max(line for line, _ in _single(issue)), [line for line, _ in _over_time(issue)]
    areas = [f"{INPUTS}!$D${start}:$D${last}" for start in _starts(issue)]
    if lines:
        right = period_column(issue.run.deal.book.periods)
        areas.append(f"'{OVER_TIME}'!${period_column(0)}${min(lines)}:${right}${max(lines)}")
    return "=" + "+".join(f'SUMIF({area},"<"&{counted})' for area in areas)


# ---- what was found --------------------------------------------------------------------------------------------------


def _pairs(tables: Tables, by_pair: Json) -> None:
    """A line a pair: the grade now, the grade then and its range, then the sentence and what it rests on."""
    tables.band("Pair by pair: the grade, the best and the worst it can be within the ranges, and what turns it")
    tables.heads(PAIR_HEADS, "Contract / debt", [(5, 11), (12, 16)])
    run = tables.issue.run.first or tables.issue.run
    for key, told in by_pair.items():
        pair, sure = tables.deal.pairs[key], run.certainty[key]
        kinds = ", ".join(told["assumed_kinds"]) or "nothing"
        tables.label(pair.title)
        tables.put(1, tables.at(pair.row("grade")), "right_link", styles.WORDS)
        for number, said in ((2, str(run.read(pair.row("grade")))), (3, sure.best), (4, sure.worst)):
            tables.page.text(f"{column(number)}{tables.line}", said, "right")
        tables.words(5, 11, told["sentence"], "source")
        tables.words(12, 16, kinds, "source")
        tables.page.height(tables.line, (pair.title, LABEL), (told["sentence"], 7 * WIDTH), (kinds, 5 * WIDTH))
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
    columns = [*(f"{n}: {title}" for n, title in enumerate(shown, start=1)), "All debt"]
    tables.band("Debt by its weakest grade of evidence")
    tables.heads(columns, "Weakest among loan, contract and allocation")
    head = tables.line - 1
    for grade in GRADES:
        tables.label(grade)
        for number, told in enumerate((*shown.values(), whole), start=1):
            tables.page.number(f"{column(number)}{tables.line}", float(told.get(grade, 0.0)), "given", styles.SHARE)
        tables.line += 1
    tables.line += 1
    place = (tables.line, tables.line + CHART_LINES)
    chart = by_column(tables.page, "Share of debt by its weakest grade", head, (head + 1, head + len(GRADES)),
                      (3, 2 + len(columns)), place)
    chart.y_axis.number_format, chart.y_axis.scaling.max = "0%", 1
    tables.page.sheet.add_chart(chart)
    tables.line += CHART_LINES + 1
    tables.end()
