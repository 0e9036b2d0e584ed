"""The checks of a deal: which rows must balance, and which disclosed totals they must meet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from model.box import Box
from model.checks import Balance, Check, NeverNegative, Tie, WindowTie
from model.sheet import Sourced
from model.sold import rows
from model.timeline import to_serial

if TYPE_CHECKING:
    from model.deal import Deal

TO_THE_CENT = Sourced(1e-8, "rounding of floating-point sums", "assumed")
AS_PRINTED = Sourced(0.5, "disclosed in millions or thousands and rounded", "assumed")


def checks_of(deal: Deal) -> Iterator[Check]:
    """Every check of the deal, in the order of the Checks sheet."""
    for loan in deal.instruments.values():
        yield NeverNegative(f"{loan.title}: nothing below zero", key=f"check.{loan.key}.sign", tolerance=TO_THE_CENT,
                            rows_in=[*(loan.row(n) for n in ("closing", "scheduled", "balloon", "interest", "drawn")),
                                     *loan.fees()])
    for box in deal.boxes.values():
        yield _conservation(box)
        yield NeverNegative(f"{box.title}: nothing below zero", key=f"check.{box.key}.sign", tolerance=TO_THE_CENT,
                            rows_in=[*rows(box.steps(), "paid"), *rows(box.steps(), "shortfall"),
                                     *rows(box.accounts, "closing"), *rows(box.cures, "closing"), box.account.row("kept"),
                                     box.up("distribution")])
    yield Balance("Slices hold all GPU debt", key="check.slices", tolerance=TO_THE_CENT,
                  left_in=[m.piece.row("standing") for m in deal.mapped],
                  right_in=[loan.row("before_balloon") for loan in _mapped_loans(deal)])
    yield Balance("Debt rolls forward", key="check.stack", tolerance=TO_THE_CENT,
                  left_in=[deal.stack.row("closing")], right_in=[i.row("closing") for i in deal.instruments.values()])
    if deal.parent is not None:
        outlook = deal.parent.outlook
        yield Balance("Company cash and box cash are all cash (K7)", key="check.company.cash", tolerance=TO_THE_CENT,
                      left_in=[deal.parent.treasury.row("cash"), outlook.liquidity.row("in_boxes")],
                      right_in=[outlook.all_cash.row("cash")])
    yield from _reported(deal)


def _mapped_loans(deal: Deal) -> list[Any]:
    return [deal.instruments[key] for key in dict.fromkeys(m.loan for m in deal.mapped)]


def _conservation(box: Box) -> Balance:
    """What comes in and what is missing is all that is due, set aside, swept, distributed or kept."""
    steps = box.steps()
    return Balance(f"{box.title}: every dollar of the waterfall is accounted for", key=f"check.{box.key}.cash",
                   tolerance=TO_THE_CENT, left_in=[box.account.row("available"), *rows(steps, "shortfall")],
                   right_in=[*rows(steps, "due"), *rows(box.filled, "filled"), *rows(box.sweeps, "swept"),
                             *rows(box.distributions, "surplus_out"), box.account.row("left")])


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
        return WindowTie(title, key=key, tolerance=AS_PRINTED, ends=deal.clock.row("ends"), **{"as_signed": signed, **more},
                         first=Sourced(float(to_serial(first)), "window"), last=Sourced(float(to_serial(last)), "window"),
                         flows_in=flows, reported=reported(number))

    if told.principal:
        yield Tie("Principal at the as-of date = disclosed", key="check.principal", tolerance=AS_PRINTED, as_signed=signed,
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
        yield Tie("RPO = disclosed", key="check.rpo", tolerance=AS_PRINTED, as_signed=signed, reported=reported(told.rpo),
                  left_in=[c.row("backlog_at_start") for c in deal.contracts.values()])
    if told.deferred_revenue:
        yield Tie("Deferred revenue = disclosed", key="check.deferred", tolerance=AS_PRINTED, as_signed=signed,
                  left_in=[c.row("deferred_at_start") for c in deal.contracts.values()],
                  reported=reported(told.deferred_revenue))
    if told.cash_to_come:
        yield Tie("Cash to come = disclosed", key="check.cash-to-come", tolerance=AS_PRINTED, as_signed=signed,
                  left_in=[c.row("cash_at_start") for c in deal.contracts.values()],
                  reported=reported(told.cash_to_come))

