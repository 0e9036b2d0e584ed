"""Customers: each contract, what is to come of it, how backlog becomes cash, and how much rests on one obligor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from model.contracts import CONTRACTED
from model.customers import group_of
from model.report import styles
from model.report.capacity_part import capacity, fleet
from model.report.concentration_part import concentration
from model.report.layout import CUSTOMERS
from model.report.months import Cell, Span, years
from model.report.tables import COLUMNS, LABEL, TIES, WIDTH, Tables, added

if TYPE_CHECKING:
    from model.report.workbook import Issue
    from model.sold import Sold

HEADS = ("Obligor group", "", "Kind", "Service from", "Service to", "Backlog (RPO)", "Prepaid, held", "Cash to come",
         "Operating cost", "Rent", "Tax, refunds", "CFADS", "Renewal", "On-demand and spot", "Residual", "Support")
OVER = ((6, 8, "to come at the as-of date"), (9, 12, "over the life of the contracts"), (13, 16, "beside it, in no test"))
BRIDGE = ("Contracted bills", "less service credits", "less shares given", "plus prepaid, kept", "equals Backlog (RPO)",
          "less prepaid, used or kept", "Shares given, received", "less never collected", "Payment days", "equals Cash to come",
          "Check of backlog", "Check of cash")
ROLL = (("plus: received", "prepayment_received"), ("less: credited against bills", "prepayment_applied"),
        ("less: paid back", "prepayment_refunded"))


def customers_page(issue: Issue) -> None:
    """The whole page."""
    tables = Tables(issue, CUSTOMERS)
    contracts(tables)
    bridge(tables)
    windows(tables)
    by_year(tables)
    concentration(tables)
    capacity(tables)
    fleet(tables)
    tables.finish()


# ---- contract by contract --------------------------------------------------------------------------------------------


def contracts(tables: Tables) -> None:
    """One line a contract, and the totals."""
    tables.band(f"Contracts on {tables.deal.timeline.as_of:%d %B %Y}")
    for first, last, said in OVER:
        tables.words(first, last, said, "header_mid")
    tables.line += 1
    tables.kinds(HEADS, "Contract", [(1, 2), (3, 3)])
    first = tables.line
    for key, sold in tables.deal.selling.sold.items():
        _contract(tables, key, sold)
    tables.total(first, range(6, COLUMNS + 1))
    tables.line += 1
    _disclosed(tables)
    tables.note("Backlog: contracted revenue to come, service credits taken off, prepayments inside it. Prepaid: received "
                "before the as-of date, credited later, so no new cash. CFADS: cash to come less operating cost (power "
                "included), rent, tax and prepayments paid back. What stands beside it is expected or promised and enters no "
                "test.")
    tables.end()


def _contract(tables: Tables, key: str, sold: Sold) -> None:
    contract, file = sold.contract, tables.deal.selling.files[key]
    group, kind = group_of(file), file.kind.replace("_", " ")
    tables.label(contract.title)
    tables.words(1, 2, group)
    tables.words(3, 3, kind)
    tables.page.height(tables.line, (contract.title, LABEL), (group, 2 * WIDTH), (kind, WIDTH))
    dates = [[tables.at(t.row(name)) for t in sold.tranches] for name in ("service_start", "service_end")]
    tables.put(4, _extreme("MIN", dates[0]), fmt=styles.DATE)
    tables.put(5, _extreme("MAX", dates[1]), fmt=styles.DATE)
    for number, name in enumerate(("backlog_at_start", "deferred_at_start", "cash_at_start"), start=6):
        tables.put(number, tables.at(contract.row(name)))
    taxes = [cell for name in ("prepayment_refunded", "tax_paid") if (cell := tables.flow(contract, name))]
    flows = [tables.flow(contract, name) for name in ("opex", "rent", "cfads", "renewal", "merchant", "residual", "support")]
    for number, cell in enumerate((*flows[:2], added(taxes), *flows[2:]), start=9):
        tables.put(number, cell, "key" if number == 12 else "link")
    tables.line += 1


def _extreme(name: str, cells: Sequence[Cell]) -> Cell:
    """The first or the last of some dates."""
    value = (min if name == "MIN" else max)(value for _, value in cells)
    return (cells[0][0] if len(cells) == 1 else f"={name}({','.join(text[1:] for text, _ in cells)})"), value


def _disclosed(tables: Tables) -> None:
    """The totals of the filing below those of the model, where there are any."""
    told = tables.deal.case.general.reported
    shown = {n: number.value for n, number in ((6, told.rpo), (7, told.deferred_revenue), (8, told.cash_to_come)) if number}
    if not shown:
        return
    tables.label("As disclosed")
    for number, value in shown.items():
        tables.typed(number, value)
    tables.line += 1
    tables.less("Modelled less disclosed", shown, tables.line - 2)


# ---- from backlog to cash --------------------------------------------------------------------------------------------


def bridge(tables: Tables) -> None:
    """From contracted bills to backlog and cash to come; the ends are held against the rows of the model."""
    tables.band("From backlog to cash to come: what of it was paid before, is credited or is never collected")
    tables.kinds(BRIDGE, "Contract")
    first = tables.line
    for sold in tables.deal.selling.sold.values():
        if any(tranche.counts_as == CONTRACTED for tranche in sold.tranches):
            _bridge(tables, sold)
    tables.total(first, range(1, 11))
    for number in (11, 12):
        tables.put(number, tables.summed(number, first), "total", TIES)
    tables.line += 1
    tables.note("Prepaid, kept: revenue without cash when a contract is lost; used: credited against bills. Shares: what was "
                "given to the customer lowers revenue and not cash, bills paid in shares bring no cash. Payment days: billed "
                "before the as-of date and collected after it, less what is collected after the timeline. \"Ties\": the sum "
                "meets the row of the model. Prepayments still to be received are in the roll by year below.")
    tables.end()


def _bridge(tables: Tables, sold: Sold) -> None:
    contract = sold.contract
    kept = tables.added_up(f"{contract.title}: kept for good", [tables.over(part.row("forfeited")) for part in sold.prepayments])
    applied = tables.over(contract.row("prepayment_applied"))
    tables.label(contract.title)
    for number, name in ((1, "billed"), (2, "sla_credits"), (3, "contra_revenue"), (8, "not_collected")):
        tables.put(number, tables.flow(contract, name))
    tables.put(4, kept)
    for number, cell in ((5, added([tables.here(1), tables.here(4)], [tables.here(2), tables.here(3)])),
                         (6, added([applied, tables.here(4)])), (7, _in_shares(tables, contract)), (9, _later(tables, contract))):
        tables.put(number, cell, "calc")
    to_come = added([tables.here(n) for n in (5, 7, 9)], [tables.here(n) for n in (6, 8)])
    tables.put(10, to_come, "calc")
    for number, left, name in ((11, 5, "backlog_at_start"), (12, 10, "cash_at_start")):
        tables.put(number, added([tables.here(left)], [tables.at(contract.row(name))]), "calc", TIES)
    tables.line += 1


def _in_shares(tables: Tables, contract: Any) -> Cell | None:
    paid = tables.flow(contract, "paid_in_shares")
    return added([tables.here(3)], [paid]) if paid else None


def _later(tables: Tables, contract: Any) -> Cell | None:
    """Billed before the as-of date and collected now, less what falls due after the timeline."""
    if not hasattr(type(contract), "paid_so_far"):
        return None
    end = tables.deal.timeline.count
    before, paid, invoiced = (contract.row(name) for name in ("receivables_due", "paid_so_far", "collectable_so_far"))
    return added([tables.over(before), tables.at(paid, end)], [tables.at(invoiced, end)])


def windows(tables: Tables) -> None:
    """Backlog by the windows that the case reports."""
    told = tables.deal.case.general.reported.rpo_windows
    if not told:
        return
    tables.band("Backlog by the windows that are disclosed")
    since, spans = tables.deal.timeline.as_of, []
    for flow in told:
        inside = [n for n, end in enumerate(tables.deal.timeline.ends, start=1) if since <= end <= flow.date]
        spans.append(Span(f"to {flow.date:%d %b %Y}", *((inside[0], inside[-1]) if inside else (1, 0))))
        since = flow.date + timedelta(days=1)
    counted = [span for span in spans if span.last]
    whole = Span("Total", counted[0].first, counted[-1].last) if counted else Span("Total", 1, 0)
    tables.over_time([whole, *spans], "Revenue to be recognised")
    tables.row("As modelled", tables.flows(tables.deal.stack.row("billed")))
    tables.disclosed({number: flow.amount.value for number, flow in enumerate(told, start=2)})
    tables.less("Modelled less disclosed", range(1, len(told) + 2), tables.line - 2)
    tables.note("Sources of the disclosed amounts stand in the case; the checks compare them as signed.")
    tables.end()


# ---- year by year ----------------------------------------------------------------------------------------------------


def by_year(tables: Tables) -> None:
    """The prepayments as a roll, then revenue beside cash."""
    spans = years(tables.deal, COLUMNS - 1)
    stack, sold = tables.deal.stack, tables.deal.selling.sold.values()
    tables.band("Prepayments, revenue and cash by calendar year")
    tables.over_time([tables.whole(), *spans], "Calendar year")
    if any(one.prepayments for one in sold):
        _roll(tables, [one for one in sold if one.prepayments])
    for label, name in (("Revenue recognised", "billed"), ("Cash collected", "receipts")):
        tables.row(label, tables.flows(stack.row(name)))
    tables.less("Revenue less cash collected", range(1, len(spans) + 2), tables.line - 2)
    tables.note("Contracted revenue and cash only. Revenue above cash: it was paid before, in shares, is never paid, or is paid "
                "later.")
    tables.end()


def _roll(tables: Tables, sold: Sequence[Sold]) -> None:
    first, held = tables.line, tables.deal.stack.row("deferred_revenue")
    tables.row("Held at start", tables.balances(held, before=True))
    for label, name in ROLL:
        tables.row(label, tables.flows_of(label, [one.contract.row(name) for one in sold]))
    kept = "less: kept for good"
    tables.row(kept, tables.flows_of(kept, [p.row("forfeited") for one in sold for p in one.prepayments]))
    numbers = range(1, len(tables.spans) + 1)
    tables.row("Held at end", [added([tables.here(n, first), tables.here(n, first + 1)],
                                     [tables.here(n, first + k) for k in (2, 3, 4)]) for n in numbers], "total")
    tables.row("Against the deferred revenue of the model", [
        added([tables.here(n, first + 5)], [cell]) for n, cell in zip(numbers, tables.balances(held), strict=True)], "calc", TIES)
