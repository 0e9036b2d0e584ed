"""Bounds: how far figures reach, margins at which the claim turns, what to ask for, worlds in both directions; stamped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.report import stamped, styles
from model.report.bounds_page import ASKED, NARROWS, RANGES, answers, bar, of_asks, of_margins, of_witness
from model.report.layout import BOUNDS
from model.report.months import column
from model.report.tables import COLUMNS, LAST, WIDTH, Tables

if TYPE_CHECKING:
    from model.report.workbook import Issue

Json = Any
ENDS = (("low", "From"), ("high", "to"), ("shown_low", "shown from"), ("shown_high", "shown to"))
BAR = 6
FORMATS = {"USD m": styles.USD, "x": styles.TIMES, "share": styles.SHARE}


def bounds_sheet(issue: Issue, told: Json) -> None:
    """The whole page."""
    tables = Tables(issue, BOUNDS)
    tables.line = stamped.head(issue, tables.page, told["sentence"], facts(told), LAST, WIDTH * COLUMNS)
    ranges(tables, told)
    margins(tables, told)
    asked(tables, told)
    for one in told["witnesses"]:
        world(tables, one)
    disclosed(tables, told)
    tables.finish()


def facts(told: Json) -> list[tuple[str, str]]:
    """What was run, and what it rests on."""
    periods = told["periods"]
    return [*stamped.run_facts(told),
            ("Windows", f"{len(periods['ends'])} of {periods['months']} months, to {periods['ends'][-1]}"),
            ("What it rests on", " ".join(told["premises"])), *(("Beside", said) for said in answers(told))]


def ranges(tables: Tables, told: Json) -> None:
    """Ranges as bars: nothing to twice the debt, or to all debt."""
    tables.band("How far figures reach over every allocation and schedule that was not disclosed")
    tables.heads((*(head for _, head in ENDS), "", "0 to 2x, or to all debt", *[""] * 6), "Figure", [(BAR, 12)])
    for name, label, unit in RANGES:
        tables.label(f"{label}, {unit}")
        for number, (end, _) in enumerate(ENDS, start=1):
            put(tables, number, told["ranges"][name][end], styles.TIMES if unit == "x" else styles.USD)
        tables.words(BAR, 12, bar(told, name).replace("#", "\u2588").replace(".", "\u2591"), "source")
        tables.line += 1
    tables.note("Nothing lies outside of from and to; a world was found for each end that is shown. Uncovered is what the "
                "present value of a pair's own cash leaves of its balance at the start, and debt without a contract.")
    tables.end()


def put(tables: Tables, number: int, value: float | None, fmt: str) -> None:
    """A number in the n-th column of the line; nothing where there is none."""
    if value is not None:
        tables.page.number(f"{column(number)}{tables.line}", float(value), "given", fmt)


def margins(tables: Tables, told: Json) -> None:
    """The two margins, and what they hang on, in words."""
    tables.band("Margins at which the claim turns, and what they hang on")
    for said in of_margins(told):
        tables.note(said)
        tables.line -= 1
    tables.line += 1
    tables.end()


def asked(tables: Tables, told: Json) -> None:
    """What one more disclosure narrows of each figure, the best first."""
    tables.band("The numbers to ask for: what one more disclosure takes off a range")
    for key, what, unit in ASKED:
        tables.heads(("", *[""] * 9, "At least", "On average", "At most"), f"Off {what}", [(1, 10)])
        for n, one in enumerate(told[key], start=1):
            tables.label(f"No. {n}")
            tables.words(1, 10, one["words"], "source")
            for number, name in enumerate(NARROWS, start=11):
                put(tables, number, one[name], FORMATS[unit])
            tables.line += 1
    tables.note(of_asks(told))
    tables.end()


def world(tables: Tables, one: Json) -> None:
    """A world: what of each loan stands on which contract."""
    tables.band(one["title"])
    tables.heads(("Contract", "", "", "", "Principal", "Cash over its life"), "Loan", [(1, 4)])
    for part in one["slices"]:
        tables.label(part["loan"])
        tables.words(1, 4, part["contract"], "source")
        put(tables, 5, part["principal"], styles.USD)
        put(tables, 6, part["cash"], styles.USD)
        tables.line += 1
    tables.note(of_witness(one))
    tables.end()


def disclosed(tables: Tables, told: Json) -> None:
    """Everything that was taken as disclosed, with its source."""
    tables.band("What was taken as disclosed; what the case assumes is left open")
    tables.heads(("Grade", "", "Source", *[""] * 13), "Disclosure", [(1, 2), (3, 16)])
    for one in told["disclosures"]:
        tables.label(one["words"])
        tables.words(1, 2, one["grade"], "grade")
        tables.words(3, 16, one["source"], "source")
        tables.page.height(tables.line, (one["words"], 44.0), (one["source"], 14 * WIDTH))
        tables.line += 1
    tables.line += 1
    tables.end()
