"""Capacity against its target, late starts, what was reported; the GPUs of each contract against the debt on them."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.fleet import WAYS
from model.report import styles
from model.report.charts import Drawn, by_column, placed
from model.report.layout import CLOCK_LINES, TIME
from model.report.months import Cell, Span, years
from model.report.tables import COLUMNS, WIDTH, Tables
from model.sheet import Row, period_column

CHART_LINES, QUARTERS = 15, 8
MW = '#,##0.0_);(#,##0.0);"–"_)'
LINES = (("Capacity in service, MW", "active", MW), ("Target, MW", "target", MW), ("Below the target, MW", "behind", MW),
         ("Under contract, in service or to come, MW", "contracted", MW), ("GPUs in service", "gpus", styles.COUNT),
         ("A year's bills for a megawatt in service, USD m", "earns", styles.PRICE))
READ = (("MW in service", "active_mw", "active", MW), ("MW under contract", "contracted_mw", "contracted", MW),
        ("GPUs", "gpus", "gpus", styles.COUNT))
FLEET = ("Contract ends", "GPUs", "Cost", "Book value", "Orderly sale", "By a broker", "Auction", "Distressed sale",
         "GPU debt on it", "Debt / book", "Debt / auction")


def capacity(tables: Tables) -> None:
    """Only what the case states: capacity of contracts, readings, targets."""
    block, told = tables.deal.customers.capacity, tables.deal.case.company.capacity
    if block is not None:
        _near(tables, block)
        _far(tables, block)
    if told and (told.readings or told.targets):
        _reported(tables, block, told)


# ---- megawatts -------------------------------------------------------------------------------------------------------


def _near(tables: Tables, block: Any) -> None:
    """Quarter by quarter over two years."""
    timeline = tables.deal.timeline
    quarters = [Span(f"{end:%b %Y}", n, n) for n, end in enumerate(timeline.ends, start=1) if end.month % 3 == 0]
    spans = [tables.as_of(f"{timeline.as_of:%b %Y}"), *quarters[:QUARTERS]]
    tables.band("Capacity by quarter, the first two years")
    tables.over_time(spans, "At the end of")
    _lines(tables, block)
    tables.kinds(("Late, MW-weeks", "In all, MW-weeks", "Share"), "Late starts")
    tables.label("Late starts against the whole programme as signed")
    for number, name in enumerate(("late", "programme", "late_share"), start=1):
        tables.put(number, tables.at(block.row(name)), fmt=styles.SHARE if name == "late_share" else styles.COUNT)
    tables.line += 1
    tables.note("The bills of a month, as if a whole year were billed so, by the capacity in service at its end: in a month of "
                "starts or ends the two do not match.")
    tables.end()


def _far(tables: Tables, block: Any) -> None:
    """Year by year, with a chart."""
    spans = [tables.as_of(), *years(tables.deal, COLUMNS - 1, balances=True)]
    tables.band("Capacity at year end")
    tables.over_time(spans, "Calendar year")
    head, first = tables.head, tables.line
    _lines(tables, block)
    target = [Drawn(first + 1, styles.GOLD)] if aimed(tables) else []
    chart = by_column(tables.page, "Capacity in service at year end, MW", head, [first], (3, 2 + len(spans)), target)
    tables.page.sheet.add_chart(placed(chart, (2, tables.line, 2 + len(spans), tables.line + CHART_LINES - 1)))
    tables.line += CHART_LINES + 1
    tables.end()


def _lines(tables: Tables, block: Any) -> None:
    left_out = (() if aimed(tables) else ("target", "behind")) + (() if in_gpus(tables) else ("gpus",))
    for label, name, fmt in (line for line in LINES if line[1] not in left_out):
        opening = name in ("active", "contracted", "gpus")
        tables.row(label, tables.at_ends(block, name, opening=opening), fmt=fmt)


def aimed(tables: Tables) -> bool:
    """Whether the case states a target."""
    told = tables.deal.case.company.capacity
    return bool(told and told.targets)


def in_gpus(tables: Tables) -> bool:
    """Whether a contract states its GPUs."""
    return any(hasattr(type(t), "active_gpus") for sold in tables.deal.selling.sold.values() for t in sold.tranches)


def _reported(tables: Tables, block: Any, told: Any) -> None:
    """Readings and targets beside the model on that date."""
    tables.band("Capacity as reported or aimed at, and the model at the end of that month")
    heads = [head for name, *_ in READ for head in (name, "model")]
    tables.kinds((*heads, "Source", *[""] * (COLUMNS - len(heads) - 1)), "On", [(len(heads) + 1, COLUMNS)])
    for kind, readings in (("reported", told.readings), ("target", told.targets)):
        for reading in readings:
            tables.label(f"{reading.date:%d %B %Y}, {kind}")
            for number, (_, said, name, fmt) in enumerate(READ):
                if amount := getattr(reading, said):
                    tables.typed(1 + 2 * number, amount.value, fmt)
                if block is not None and (name != "gpus" or in_gpus(tables)):
                    tables.put(2 + 2 * number, tables.on(block.row(name), reading.date), fmt=fmt)
            words = f"[{reading.active_mw.grade}] {reading.active_mw.source}"
            tables.words(len(heads) + 1, COLUMNS, words, "source")
            tables.page.height(tables.line, (words, (COLUMNS - len(heads) - 0.5) * WIDTH * 9 / 8))
            tables.line += 1
    tables.line += 1
    tables.end()


# ---- GPUs ------------------------------------------------------------------------------------------------------------


def fleet(tables: Tables) -> None:
    """GPUs of each contract that states them: at the as-of date and at the end of the contract."""
    owners = [key for key, contract in tables.deal.contracts.items() if hasattr(type(contract), "fleet_cost")]
    if not owners:
        return
    for later, when in ((False, f"on {tables.deal.timeline.as_of:%d %B %Y}"), (True, "in the month in which the contract ends")):
        tables.band(f"GPUs against the debt on their contracts {when}")
        tables.kinds(FLEET, "Contract")
        first = tables.line
        for key in owners:
            _fleet(tables, key, later=later)
        tables.total(first, range(3, 10))
        _ratios(tables, "total")
        tables.line += 1
        if later:
            tables.note("Sale values follow a resale curve by age and the way of the sale: assumptions, not quotes. Book value: "
                        "on a straight line over the useful life. Debt: the balances of the loans mapped to the contract, a "
                        "balloon before it is paid. Neither value enters a test unless a loan says so.")
        else:
            tables.line += 1
        tables.end()


def _fleet(tables: Tables, key: str, *, later: bool) -> None:
    sold = tables.deal.selling.sold[key]
    contract: Any = sold.contract
    tables.label(contract.title)
    ends = [tables.at(t.row("service_end")) for t in sold.tranches]
    last = f"=MAX({','.join(text[1:] for text, _ in ends)})", max(value for _, value in ends)
    day = tables.issue.called.one(f"{contract.title}: contract ends", last, styles.DATE) if later else last
    tables.put(1, day, fmt=styles.DATE)
    tables.put(2, tables.added_up(f"{contract.title}: GPUs", [tables.at(lot.row("gpus")) for lot in sold.lots]), fmt=styles.COUNT)
    tables.put(3, tables.at(contract.row("fleet_cost")))
    for number, name in enumerate(("fleet_book", *(f"fleet_{way}" for way in WAYS)), start=4):
        tables.put(number, _then(tables, contract.row(name), day) if later else tables.at(contract.row(name)))
    debt = [m.piece.row("standing") for m in tables.deal.mapped if m.contract == key]
    owed = [_then(tables, row, day) if later else tables.at(row) for row in debt]
    tables.put(9, tables.added_up(f"{contract.title}: debt", owed))
    _ratios(tables, "calc")
    tables.line += 1


def _then(tables: Tables, row: Row, day: Cell) -> Cell:
    """A line in the month that holds a date."""
    first, last = period_column(1), period_column(tables.deal.timeline.count)
    starts, ends = (f"{TIME}!${first}${CLOCK_LINES[name]}:${last}${CLOCK_LINES[name]}" for name in ("starts", "ends"))
    text = f'=SUMIFS({tables.area(row)},{starts},"<="&{day[0][1:]},{ends},">="&{day[0][1:]})'
    clock = tables.deal.clock
    inside = (tables.issue.value(clock.row("starts"))[1:-1] <= day[1]) * (tables.issue.value(clock.row("ends"))[1:-1] >= day[1])
    return text, float(np.nansum(tables.issue.value(row)[1:-1] * inside))


def _ratios(tables: Tables, style: str) -> None:
    """Debt over book value and over what an auction brings; nothing where there are no GPUs."""
    debt = tables.here(9)
    for number, worth in ((10, tables.here(4)), (11, tables.here(7))):
        value: Any = debt[1] / worth[1] if worth[1] > 0 else ""
        tables.put(number, (f'=IF({worth[0][1:]}>0,{debt[0][1:]}/{worth[0][1:]},"")', value), style, styles.SHARE)
