"""Customers as plain data: each contract as cash, the capacity it needs, and how much rests on one obligor."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any

from model.customers import group_of
from model.fleet import WAYS
from model.record.stack import at_start
from model.record.years import Years

if TYPE_CHECKING:
    from model.cases import Run
    from model.contracts import Contract
    from model.inputs.schema import Reading
    from model.sheet import Block

Json = Any
FLOWS = ("billed", "sla_credits", "revenue", "prepayment_received", "prepayment_applied", "prepayment_refunded", "paid_in_shares",
         "contra_revenue", "not_collected", "receipts", "opex", "rent", "tax_paid", "cfads", "renewal", "merchant", "residual",
         "support")
TO_COME = {
    "revenue_to_come": "backlog_at_start", "cash_to_come": "cash_at_start", "deferred_revenue": "deferred_at_start",
}
COSTS = {"power": "power_paid", "staff": "staff_paid", "facility": "facility_paid"}


def total(run: Run, block: Block, name: str) -> float | None:
    """A flow over the whole timeline; None where the block has no such row."""
    return float(run.read(block.row(name))[1:-1].sum()) if hasattr(type(block), name) else None


def contracts(run: Run) -> list[Json]:
    """Every contract in the order of the case `[USD m, ISO dates]`."""
    return [contract(run, key, block) for key, block in run.deal.contracts.items()]


def contract(run: Run, key: str, block: Contract) -> Json:
    """One contract: what is to come, and each flow over the timeline; flows that it does not have are left out."""
    sold = run.deal.selling.sold[key]
    file = run.deal.selling.files[key]
    flows = {name: value for name in FLOWS if (value := total(run, block, name)) is not None}
    costs = {name: fsum(found) for name, row in COSTS.items()
             if (found := [value for t in sold.tranches if (value := total(run, t, row)) is not None])}
    return {
        "id": key, "name": block.title, "obligor": file.obligor, "group": group_of(file), "kind": file.kind,
        **{name: run.read.number(block.row(row)) for name, row in TO_COME.items()},
        "last_receipt": run.read.day(block.row("last_date")), "payback_date": run.read.day(block.row("payback")), **flows,
        "of_opex": costs, "fleet": fleet(run, block),
        "service": [{"start": run.read.day(t.row("service_start")), "end": run.read.day(t.row("service_end")),
                     "late_days": run.read.number(t.row("shift"))} for t in sold.tranches],
    }


def fleet(run: Run, block: Contract) -> Json:
    """What its GPUs cost, their book value and what they would fetch at the as-of date; None where none are stated."""
    if not hasattr(type(block), "fleet_cost"):
        return None
    return {"cost": run.read.number(block.row("fleet_cost")), "book": at_start(run, block, "fleet_book"),
            **{way: at_start(run, block, f"fleet_{way}") for way in WAYS}}


def concentration(run: Run) -> Json:
    """Shares by obligor group, the test of the limit, and how the largest share of the backlog moves."""
    told, customers = run.deal.customers.concentration, run.deal.customers
    said = run.deal.case.company.concentration
    return {
        "limit": run.read.number(told.row("limit")), "verdict": str(run.read(told.row("verdict"))),
        "largest": at_start(run, told, "largest"), "undisclosed": at_start(run, told, "undisclosed"),
        "at_most": at_start(run, told, "at_most"),
        "largest_of_cash": at_start(run, told, "largest_of_cash"), "largest_of_debt": at_start(run, told, "largest_of_debt"),
        "hhi": at_start(run, told, "hhi"), "hhi_at_most": at_start(run, told, "hhi_at_most"),
        "hhi_cash": at_start(run, told, "hhi_cash"), "hhi_debt": at_start(run, told, "hhi_debt"),
        "above_from": run.read.day(told.row("above_from")), "by_year": Years(run).closing(told.row("largest")),
        "obligors": [{"name": o.title, "disclosed": bool(run.read(o.row("disclosed"))),
                      **{name: at_start(run, o, name) for name in
                         ("backlog", "cash", "debt", "backlog_share", "cash_share", "debt_share")}}
                     for o in customers.obligors.values()],
        "reported": [{"date": r.date.isoformat(), "share": r.share.value, "of": r.of, "source": r.share.source,
                      "grade": r.share.grade} for r in (said.readings if said else [])],
    }


def reading(said: Reading) -> Json:
    """Capacity as it was reported on a date."""
    rest = {name: number.value if (number := getattr(said, name)) else None for name in ("contracted_mw", "gpus")}
    return {"date": said.date.isoformat(), "active_mw": said.active_mw.value, **rest, "source": said.active_mw.source,
            "grade": said.active_mw.grade}


def capacity(run: Run) -> Json:
    """Megawatts and GPUs against the target; None where no contract states its capacity."""
    block, said = run.deal.customers.capacity, run.deal.case.company.capacity
    reported = [reading(r) for r in (said.readings if said else [])]
    if block is None:
        return {"reported": reported} if reported else None
    years = Years(run)
    return {
        "active_mw": at_start(run, block, "active"), "contracted_mw": at_start(run, block, "contracted"),
        "gpus": at_start(run, block, "gpus") if block.gpus_in.rows else None, "late_mw_weeks": run.read.number(block.row("late")),
        "programme_mw_weeks": run.read.number(block.row("programme")), "late_share": run.read.number(block.row("late_share")),
        "active_by_year": years.closing(block.row("active")), "target_by_year": years.closing(block.row("target")),
        "billed_by_year": years.total(block.row("billed")), "reported": reported,
    }


def beside_the_tests(run: Run) -> dict[str, float]:
    """Cash of all contracts that enters no test, over the timeline `[USD m]`."""
    every = run.deal.contracts.values()
    found = {name: fsum(total(run, c, name) or 0.0 for c in every) for name in ("renewal", "merchant", "residual", "support")}
    kept = fsum(total(run, t, "kept") or 0.0 for sold in run.deal.selling.sold.values() for t in sold.tranches)
    return {"renewal": found["renewal"], "vendor": kept, "residual": found["residual"], "merchant": found["merchant"],
            "termination": found["support"] - kept}
