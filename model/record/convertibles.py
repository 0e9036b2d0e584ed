"""Convertible notes as plain data: the cash due at maturity, and what the share price makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.debt.convertible import ConvertibleNotes

if TYPE_CHECKING:
    from model.cases import Run
    from model.converting import Converting
    from model.debt import Instrument
    from model.sheet import Block

Json = Any
AT_A_PRICE = ("share_price", "cash_due", "shares_issued", "capped_call_value", "net_dilution")
OFFERED = ("launched", "upsize", "option", "option_exercised", "issued", "cost", "net_proceeds", "reference_price", "premium")
EARNINGS = ("eps_before", "more_shares", "dilutive", "diluted_eps")
TERMS = {"share_price": "price_at_maturity", "conversion_price": "conversion_price", "conversion_rate": "conversion_rate",
         "shares_underlying": "shares_at_most", "cash_for_principal": "cash_for_principal",
         "cash_for_excess": "cash_for_excess", "shares_issued": "shares_issued", "highest_on_demand": "highest_on_demand"}


def convertibles(run: Run) -> list[Json]:
    """Every note that may be converted, in the order of the case."""
    return [note(run, loan) for loan in run.deal.instruments.values()
            if isinstance(loan, ConvertibleNotes) or loan.key in run.deal.conversions]


def note(run: Run, loan: Instrument) -> Json:
    """A creditor's view: principal in cash, unless terms of conversion and a share price say otherwise."""
    found = {"name": loan.title, "principal": run.read.number(loan.row("pro_forma")),
             "maturity": run.read.day(loan.row("maturity")), "coupon": run.read.number(loan.row("margin")),
             "cash_due": run.read.number(loan.row("pro_forma")),
             "reason": "principal in cash: the case states no terms of conversion"}
    terms = run.deal.conversions.get(loan.key)
    return {**found, **converted(run, terms)} if terms else found


def converted(run: Run, terms: Converting) -> Json:
    """Cash due at the share price of the scenario, and as a function of the share price `[USD m, m shares, USD]`."""
    read, said = run.read, terms.conversion
    return {
        "cash_due": read.number(said.row("cash_due")), "reason": reason(run, said),
        **{key: read.number(said.row(name)) for key, name in TERMS.items()},
        "table": [{name: read.number(block.row(name)) for name in AT_A_PRICE} for block in terms.table],
        "capped_call": {"cap_price": read.number(said.row("cap_price")), "cost": read.number(said.row("capped_call_cost")),
                        "value": read.number(said.row("capped_call_value"))},
        "first_convertible": read.day(said.row("first_convertible")), "first_callable": read.day(said.row("first_callable")),
        "diluted": next(({name: read.number(block.row(name)) for name in EARNINGS} for block in run.deal.diluted
                         if block.key == f"{terms.note.key}.diluted"), None),
        "offering": {name: read.number(terms.offering.row(name)) for name in OFFERED} if terms.offering else None,
    }


def reason(run: Run, said: Block) -> str:
    """Why this is the cash due."""
    share, strike = (run.read.number(said.row(name)) or 0.0 for name in ("price_at_maturity", "conversion_price"))
    if share < strike:
        return f"repaid in cash: share at {share:,.2f}, below the conversion price of {strike:,.2f}"
    principal, excess = (run.read.number(said.row(name)) or 0.0 for name in ("cash_for_principal", "cash_for_excess"))
    return (f"converted: share at {share:,.2f}, conversion price {strike:,.2f}; {principal:.0%} of the principal and "
            f"{excess:.0%} of the excess in cash, the rest in shares")
