"""The capital stack as plain data: each instrument as a filing prints it, totals, maturities, the parent's cash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.record.standing import standing
from model.record.years import ByYear, Years, flows_only, principal
from model.timeline import from_serial

if TYPE_CHECKING:
    from model.cases import Run
    from model.debt import Instrument
    from model.sheet import Block

Json = Any
THEREAFTER = "thereafter"
BALANCES = {"principal_as_of": "closing", "carrying": "carrying", "unamortised": "unamortised", "current": "current",
            "non_current": "non_current"}


def at_start(run: Run, block: Block, name: str) -> float:
    """A line at the as-of date."""
    return float(run.read(block.row(name))[0])


def instrument(run: Run, loan: Instrument) -> Json:
    """One instrument: what is owed, at what rate, in what rank, and the years in which it falls due."""
    years, told = Years(run), standing(run.deal, loan)
    return {
        "principal": run.read.number(loan.row("pro_forma")), "maturity": run.read.day(loan.row("maturity")),
        "schedule": flows_only(principal(years, loan)), "id": loan.key, "kind": run.deal.lending.files[loan.key].kind,
        "closing": years.closing(loan.row("closing")), "interest": flows_only(years.total(loan.row("interest"))),
        "from_proceeds": flows_only(years.total(loan.row("from_proceeds"))),
        **{key: at_start(run, loan, name) for key, name in BALANCES.items()},
        "rate": at_start(run, loan, "rate"), "floating": bool(run.read(loan.row("floating"))),
        "hedged_share": float(run.read(loan.row("hedged"))) if hasattr(type(loan), "hedged") else 0.0,
        "undrawn": run.read.number(loan.row("undrawn_at_start")) if hasattr(type(loan), "undrawn_at_start") else None,
        "average_life": run.read.number(loan.row("average_life")), "ranking": told.ranking, "box": told.box,
        "guarantor": told.guarantor, "guaranteed": told.guaranteed, "profile": told.profile, "schedule_grade": told.grade,
        "maturities": flows_only(years.total(loan.row("due_on_as_of_stack"))),
        "contractual_interest": flows_only(years.total(loan.row("contractual_interest"))),
        "cost_amortised": flows_only(years.total(loan.row("cost_amortised"))),
    }


def totals(run: Run) -> Json:
    """The whole stack at the as-of date, and its interest cost by year."""
    stack, years = run.deal.stack, Years(run)
    return {
        **{key: at_start(run, stack, name) for key, name in BALANCES.items()},
        "weighted_rate": at_start(run, stack, "weighted_rate"), "average_life": run.read.number(stack.row("average_life")),
        "floating_share": at_start(run, stack, "floating_share"),
        **{name: flows_only(years.total(stack.row(row))) for name, row in (
            ("contractual_interest", "contractual_interest"), ("cost_amortised", "cost_amortised"),
            ("interest_in_kind", "in_kind"), ("interest_funded", "funded"), ("cash_interest", "interest"))},
    }


def maturities(run: Run) -> Json:
    """The as-of stack falling due as a filing prints it: its years, then the rest; disclosed and residual beside."""
    told = run.deal.case.general.reported
    by_year = Years(run).total(run.deal.stack.row("due_on_as_of_stack"))
    modelled: ByYear = {}
    for year, value in by_year.items():
        name = THEREAFTER if told.maturities and int(year) > max(told.maturities) else year
        modelled[name] = modelled.get(name, 0.0) + value
    disclosed = {str(year): number.value for year, number in told.maturities.items()}
    if told.thereafter:
        disclosed[THEREAFTER] = told.thereafter.value
    return {"modelled": modelled, "disclosed": disclosed,
            "residual": {year: modelled.get(year, 0.0) - value for year, value in disclosed.items()}}


def treasury(run: Run) -> Json:
    """The parent's cash at each year end, and when it is lowest; None without a liquidity plan."""
    if run.deal.treasury is None:
        return None
    row = run.deal.treasury.row("cash")
    by_month = run.read(row)[1:-1]
    lowest = int(np.argmin(by_month))
    when = from_serial(int(run.read(run.deal.clock.row("ends"))[1 + lowest])).isoformat()
    return {"opening_cash": at_start(run, run.deal.treasury, "cash"), "cash": Years(run).closing(row),
            "lowest": float(by_month[lowest]), "lowest_date": when}
