"""The checks of a deal: which rows must balance, and which disclosed totals they must meet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from model.box import Box
from model.checks import Balance, Check, CheckSum, NeverNegative, RollForward, Tie, WindowTie, WithinLimit
from model.debt import Statement
from model.debt.clauses import Commitment
from model.parent import Parent
from model.sheet import Block, Row, Sourced
from model.sold import Sold, rows
from model.timeline import to_serial

if TYPE_CHECKING:
    from model.deal import Deal

AS_PRINTED = Sourced(0.5, "disclosed in millions or thousands and rounded", "assumed")
LOST = ("sla_credits", "paid_in_shares", "prepayment_applied", "not_collected")  # of a bill, before what is collected
ADDS = ("drawn", "capitalised", "topped_up")  # flows of a loan, as far as it has them
TAKES_OFF = ("scheduled", "balloon", "swept", "from_proceeds", "from_events", "repaid")
ACCRUES, SETTLES = ("accrual_before", "accrual_after", "fee_before", "fee_after"), (
    "interest", "capitalised", "funded_interest", "fee")
PAYS = ("overhead_in", "premises_in", "tax_in", "capex_in", "claims_in")
Exact = dict[str, Row]
WHOLE = 1e-9  # what shares that sum to one may lack


def checked(deal: Deal) -> tuple[list[Check], CheckSum]:
    """Every check of the deal in the order of the Checks sheet; and how many fail, held to rounding of the amounts added up."""
    company = {"cash": deal.parent.treasury.row("opening_cash")} if deal.parent else {}
    count = CheckSum("Checks that fail", key="checks", **company,
                     amounts_in=[deal.stack.row("peak"), *rows(deal.contracts.values(), "cash_at_start")])
    checks = [*_of_the_model(deal, {"allowed": count.row("allowed")}), *_reported(deal)]
    count.bind(broken_in=rows((one for one in checks if not one.of_the_case), "failed"),
               unmet_in=rows((one for one in checks if one.of_the_case), "failed"))
    return checks, count


def _of_the_model(deal: Deal, exact: Exact) -> Iterator[Check]:
    for sold in deal.selling.sold.values():
        yield from _of_contract(sold, exact)
    yield _one_taker(deal, exact)
    for loan in deal.instruments.values():
        yield from _of_loan(loan, exact)
    for box in deal.boxes.values():
        yield from _of_box(box, exact)
    yield Balance("Slices hold all GPU debt", key="check.slices", **exact,
                  left_in=[m.piece.row("standing") for m in deal.mapped],
                  right_in=[loan.row("before_balloon") for loan in _mapped_loans(deal)])
    yield Balance("The stack holds all debt", key="check.stack", **exact,
                  left_in=[deal.stack.row("closing")], right_in=rows(deal.instruments.values(), "closing"))
    if deal.parent is not None:
        yield _of_company(deal, deal.parent, exact)
        yield Balance("Company cash and box cash are all cash (K7)", key="check.company.cash", **exact,
                      left_in=[deal.parent.treasury.row("cash"), deal.parent.outlook.liquidity.row("in_boxes")],
                      right_in=[deal.parent.outlook.all_cash.row("cash")])


def _mapped_loans(deal: Deal) -> list[Any]:
    return [deal.instruments[key] for key in dict.fromkeys(m.loan for m in deal.mapped)]


def _of(block: Block, *names: str) -> list[Row]:
    """The rows of those names that a block has."""
    return [block.row(name) for name in names if hasattr(type(block), name)]


def _of_contract(sold: Sold, exact: Exact) -> Iterator[Check]:
    contract = sold.contract
    yield RollForward(f"{contract.title}: what is billed is collected, or told why not", key=f"check.{contract.key}.bills",
                      **exact, left_in=_of(contract, "billed", "receivables_due"),
                      right_in=_of(contract, *LOST, "receipts"), held_in=_of(contract, "receivable"))
    if sold.prepayments:
        yield RollForward(f"{contract.title}: prepayments are credited, paid back, kept or held",
                          key=f"check.{contract.key}.prepaid", **exact, left_in=[contract.row("prepayment_received")],
                          right_in=_of(contract, "prepayment_applied", "prepayment_refunded", "prepayment_kept"),
                          held_in=[contract.row("deferred_revenue")])


def _one_taker(deal: Deal, exact: Exact) -> Balance:
    """Contracts whose cash is spoken for: by loans as a whole, or else by loans and the company."""
    shares, pledged = deal.case.debt.allocation.cash_share, deal.parent.plan.unpledged if deal.parent else []
    told = {key for key in deal.contracts if deal.parent or abs(sum(shares.get(key, {}).values()) - 1) < WHOLE}
    return Balance("Contracted cash has one taker: a loan, or the company", key="check.takers", **exact,
                   left_in=[deal.contracts[key].row("cfads") for key in deal.contracts if key in told],
                   right_in=[*(m.piece.row("cash") for m in deal.mapped if m.contract in told), *rows(pledged, "cash")])


def _of_loan(loan: Statement, exact: Exact) -> Iterator[Check]:
    yield NeverNegative(f"{loan.title}: nothing below zero", key=f"check.{loan.key}.sign", **exact,
                        rows_in=[*_of(loan, "closing", "scheduled", "balloon", "interest", "drawn"), *loan.fees()])
    yield RollForward(f"{loan.title}: what is drawn is repaid or still owed", key=f"check.{loan.key}.debt", **exact,
                      left_in=_of(loan, *ADDS), right_in=_of(loan, *TAKES_OFF), held_in=[loan.row("closing")])
    yield RollForward(f"{loan.title}: interest and fees that accrue fall due", key=f"check.{loan.key}.accrued", **exact,
                      left_in=_of(loan, *ACCRUES), right_in=_of(loan, *SETTLES), held_in=_of(loan, "accrued", "fee_accrued"))
    if isinstance(loan, Commitment):
        yield WithinLimit(f"{loan.title}: drawn within the commitment", key=f"check.{loan.key}.limit", **exact,
                          undrawn=loan.row("undrawn"), drawn_in=_of(loan, "drawn", "topped_up"),
                          returned_in=_of(loan, "repaid"))


def _of_box(box: Box, exact: Exact) -> Iterator[Check]:
    """Cash comes from contracts, the company and cures, or is missing; it goes to costs, lenders and the parent, or stays."""
    slices, steps, stores = [m.piece for m in box.mapped], box.steps(), [*box.accounts, *box.cures]
    yield RollForward(f"{box.title}: every dollar is accounted for", key=f"check.{box.key}.cash", **exact,
                      left_in=[box.account.row("receipts"), *rows(box.accounts, "funded"), *rows(box.cures, "cured"),
                               box.up("called"), box.up("to_refinance")],
                      right_in=[box.account.row("cost"), box.account.row("service"), *rows(box.loans, "balloon"),
                                *rows(box.loans, "swept"), box.up("distribution")],
                      held_in=[*rows(slices, "waiting"), box.account.row("kept"), *rows(stores, "closing")])
    moves = [*rows(steps, "paid"), *rows(steps, "shortfall"), *rows(box.filled, "filled"), *rows(box.sweeps, "swept"),
             *rows(stores, "drawn"), box.up("distribution")]
    yield NeverNegative(f"{box.title}: nothing below zero", key=f"check.{box.key}.sign", **exact,
                        rows_in=[*moves, *rows(stores, "closing"), box.account.row("kept")])


def _of_company(deal: Deal, parent: Parent, exact: Exact) -> RollForward:
    """What boxes send up and other business brings pays the company's cost, debt and boxes, or stays."""
    cash, costs, boxes = parent.treasury, parent.plan.costs(), deal.boxes.values()
    own = parent.group.own
    return RollForward(
        "Company cash: what comes in goes out or stays", key="check.company.flows", **exact,
        left_in=[*(box.up("distribution") for box in boxes), *_of(parent.plan.business, "cash"), *_of(cash, "plan_in", "raised"),
                 *rows(own, "topped_up")],
        right_in=[*_of(cash, "plan_out", "unsecured_interest", "unsecured_principal", "repaid_early"),
                  *(row for name in PAYS for row in costs[name]), *rows(parent.recourse.values(), "paid"),
                  *(row for box in boxes for row in (*rows(box.cures, "cured"), *rows(box.accounts, "funded"))),
                  parent.event.row("paid"), *rows(own, "repaid")],
        held_in=_of(cash, "cash", "held_back"))


def _maturities(told: Any) -> Iterator[tuple[str, str, date, date, Any]]:
    """The disclosed table of maturities: title, key, first day, last day, amount."""
    for year, number in told.maturities.items():
        yield f"Maturities {year} = disclosed", f"check.maturities.{year}", date(year, 1, 1), date(year, 12, 31), number
    if told.thereafter:
        year = max(told.maturities)
        yield (f"Maturities after {year} = disclosed", "check.maturities.later", date(year + 1, 1, 1), date(year + 99, 1, 1),
               told.thereafter)


def _reported(deal: Deal) -> Iterator[Check]:
    told, signed = deal.case.general.reported, deal.stack.row("as_contracted")
    scale = deal.drivers.row("debt_scale")

    def reported(number: Any) -> Sourced:
        return Sourced(number.value, number.source, number.grade)

    def window(title: str, key: str, first: date, last: date, flows: list[Any], number: Any, **more: Any) -> WindowTie:
        return WindowTie(title, key=key, allowed=AS_PRINTED, ends=deal.clock.row("ends"), **{"as_signed": signed, **more},
                         first=Sourced(float(to_serial(first)), "window"), last=Sourced(float(to_serial(last)), "window"),
                         flows_in=flows, reported=reported(number))

    if told.principal:
        yield Tie("Principal at the as-of date = disclosed", key="check.principal", allowed=AS_PRINTED, as_signed=signed,
                  left_in=[deal.stack.row("principal_at_start")], reported=reported(told.principal), scale=scale)
    for title, key, first, last, number in _maturities(told):
        yield window(title, key, first, last, [deal.stack.row("due_on_as_of_stack")], number, scale=scale,
                     as_signed=deal.stack.row("as_scheduled"))
    since = deal.case.general.as_of
    for flow in told.rpo_windows:
        yield window(f"RPO to {flow.date:%b %Y} = disclosed", f"check.rpo.{flow.date:%Y-%m}", since, flow.date,
                     [deal.stack.row("billed")], flow.amount)
        since = flow.date + timedelta(days=1)
    if told.rpo:
        yield Tie("RPO = disclosed", key="check.rpo", allowed=AS_PRINTED, as_signed=signed, reported=reported(told.rpo),
                  left_in=[c.row("backlog_at_start") for c in deal.contracts.values()])
    if told.deferred_revenue:
        yield Tie("Deferred revenue = disclosed", key="check.deferred", allowed=AS_PRINTED, as_signed=signed,
                  left_in=[c.row("deferred_at_start") for c in deal.contracts.values()],
                  reported=reported(told.deferred_revenue))
    if told.cash_to_come:
        yield Tie("Cash to come = disclosed", key="check.cash-to-come", allowed=AS_PRINTED, as_signed=signed,
                  left_in=[c.row("cash_at_start") for c in deal.contracts.values()],
                  reported=reported(told.cash_to_come))

