"""How much rests on one customer: groups side by side, the verdict on the limit, and the way of the largest share."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from model.report import styles
from model.report.charts import by_column, placed
from model.report.months import column, years
from model.report.tables import COLUMNS, LAST, TIES, WIDTH, Tables, added
from model.sheet import Block

CHART_LINES = 15
INDEX = '0.000_);(0.000);"–"_)'
GROUPS = (("backlog", "backlog_share"), ("cash", "cash_share"), ("debt", "debt_share"))
HEADS = ("Who owes is disclosed", "Backlog (RPO)", "share of all", "Cash to come", "share of all", "GPU debt on its contracts",
         "share of all")
FIGURES = (("Largest group, at least", ("largest", "largest_of_cash", "largest_of_debt"), styles.SHARE),
           ("Largest group, at most: if all undisclosed is one", ("at_most",), styles.SHARE),
           ("HHI: sum of squared shares, at least", ("hhi", "hhi_cash", "hhi_debt"), INDEX),
           ("HHI, at most", ("hhi_at_most",), INDEX))
PATH = (("Largest customer's share of the backlog, at least", "largest", styles.SHARE),
        ("Largest customer's share of the backlog, at most", "at_most", styles.SHARE),
        ("HHI of the backlog, at least", "hhi", INDEX))
READ = ("Largest share as reported", "of", "", "", "Model: at least", "Model: at most", "Source", *[""] * 9)


def concentration(tables: Tables) -> None:
    """At the as-of date, then over the years with a chart and what was reported."""
    _groups(tables)
    _path(tables)
    _reported(tables)


def _groups(tables: Tables) -> None:
    obligors, told = tables.deal.customers.obligors.values(), tables.deal.customers.concentration
    tables.band(f"Concentration by obligor group on {tables.deal.timeline.as_of:%d %B %Y}")
    _verdict(tables, told)
    tables.kinds(HEADS, "Obligor group")
    first = tables.line
    for obligor in obligors:
        tables.put(1, tables.at(obligor.row("disclosed")), "right_link", '"yes"_);"yes"_);"no"_)')
        for number, names in zip((2, 4, 6), GROUPS, strict=True):
            tables.put(number, tables.at(obligor.row(names[0])))
            tables.put(number + 1, tables.at(obligor.row(names[1])), fmt=styles.SHARE)
        tables.row(obligor.title, [])
    tables.total(first, range(2, 8), shares=(3, 5, 7))
    tables.line += 1
    for label, rows, fmt in FIGURES:
        for number, name in zip((3, 5, 7), rows, strict=False):
            tables.put(number, tables.at(told.row(name)), fmt=fmt)
        tables.row(label, [])
    tables.note("At least: disclosed obligors only. At most: as if everything undisclosed were owed by the largest of them. "
                "Shares of cash to come and debt: of any group. An HHI of 1 is a single customer. Debt: the balances of the "
                "loans mapped to its contracts; what is missing to the whole rests on no contract.")
    tables.end()


def _verdict(tables: Tables, told: Block) -> None:
    """The limit, the answer, and the largest share with its bounds."""
    limit, least, most, equal = (tables.at(told.row(name)) for name in ("limit", "largest", "at_most", "equal"))
    answer = tables.at(told.row("verdict"))
    known = most[1] - least[1] <= equal[1]
    owes = whole(least[1]) if known else f"at least {whole(least[1])} and at most {whole(most[1])}"
    said = f"Nobody above {whole(limit[1])} of the backlog: {answer[1]}. The largest customer owes {owes} of it."
    called = tables.issue.called
    low, high = (called.part(f"Largest share in words, {name}", whole(cell[1]), f'=TEXT({cell[0][1:]},"0%")')
                 for name, cell in (("at least", least), ("at most", most)))
    both = called.part("Largest share in words", owes, f"=IF({most[0][1:]}-{least[0][1:]}<={equal[0][1:]},{low},"
                       f'"at least "&{low}&" and at most "&{high})')
    text = (f'="Nobody above "&TEXT({limit[0][1:]},"0%")&" of the backlog: "&{answer[0][1:]}&". The largest customer owes "'
            f'&{both}&" of it."')
    tables.page.fill(tables.line, 2, LAST, "verdict")
    tables.page.formula(f"B{tables.line}", text, said, "verdict")
    tables.page.sheet.merge_cells(f"B{tables.line}:{column(COLUMNS)}{tables.line}")
    tables.page.heights[tables.line] = 18.0
    tables.line += 1


def whole(share: float) -> str:
    """A share in whole per cent as a sheet prints it: halves away from zero."""
    return f"{(Decimal(repr(share)) * 100).quantize(Decimal(1), ROUND_HALF_UP):f}%"


def _path(tables: Tables) -> None:
    """The backlog of each group and the largest share at each year end."""
    spans = [tables.as_of(), *years(tables.deal, COLUMNS - 1, balances=True)]
    every = list(tables.deal.customers.obligors.values())
    told, stack = tables.deal.customers.concentration, tables.deal.stack
    tables.band("Backlog by obligor group at year end, and the largest customer's share of it")
    tables.over_time(spans, "Obligor group")
    head, first = tables.head, tables.line
    for obligor in every:
        tables.row(obligor.title, tables.balances(obligor.row("backlog")))
    last = tables.line - 1
    tables.total(first, range(1, len(spans) + 1), "Backlog")
    tables.line += 1
    tables.row("Against the backlog of the model", [
        added([tables.here(n, last + 1)], [cell]) for n, cell in enumerate(tables.balances(stack.row("backlog")), start=1)],
        "calc", TIES)
    for label, name, fmt in PATH:
        tables.row(label, tables.balances(told.row(name)), fmt=fmt)
    chart = by_column(tables.page, "Backlog by obligor group, year end, USD m", head, range(first, last + 1), (3, 2 + len(spans)))
    tables.page.sheet.add_chart(placed(chart, (2, tables.line, 2 + len(spans), tables.line + CHART_LINES - 1)))
    tables.line += CHART_LINES + 1
    tables.end()


def _reported(tables: Tables) -> None:
    """What was reported of the largest customer, beside the model on that date."""
    said, told = tables.deal.case.company.concentration, tables.deal.customers.concentration
    if not said or not said.readings:
        return
    tables.band("The largest customer as reported")
    tables.kinds(READ, "On", [(2, 4), (7, COLUMNS)])
    for reading in said.readings:
        tables.label(f"{reading.date:%d %B %Y}")
        tables.typed(1, reading.share.value, styles.SHARE)
        words = f"[{reading.share.grade}] {reading.share.source}"
        tables.words(2, 4, reading.of, "source")
        tables.words(7, COLUMNS, words, "source")
        for number, name in ((5, "largest"), (6, "at_most")):
            tables.put(number, tables.on(told.row(name), reading.date), fmt=styles.SHARE)
        tables.page.height(tables.line, (reading.of, 2.7 * WIDTH * 9 / 8), (words, 9.5 * WIDTH * 9 / 8))
        tables.line += 1
    tables.note("Reported shares are often of revenue and not of the backlog: they stand beside the model and are not compared.")
    tables.end()
