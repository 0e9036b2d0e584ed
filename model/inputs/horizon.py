"""How far a case reaches: the last date of its debt, its contracts and its reserves, and the months that hold it."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from typing import Any

from model.inputs.document import Path
from model.inputs.problem import CONTRACTS, DEBT
from model.inputs.schema import Case
from model.timeline import Coupon, coupons
from model.timeline.rolls import months_between

HEADROOM, SHORTEST, LONGEST = 12, 24, 240
DELAY = "drivers.delay_days"
ENDS = ("end", "rent_end", "renewal_to", "redeployed_to")
Place = tuple[str, Path, date]


def months_needed(case: Case) -> int:
    """Months of the timeline: those the case gives, else up to its last date and room for delays on top."""
    if case.general.months is not None:
        return case.general.months
    _, _, last = last_end(case)
    return min(LONGEST, max(SHORTEST, months_to(case, last) + delay_months(case)))


def months_to(case: Case, last: date) -> int:
    """Months from the as-of date to the end of the month of `last`."""
    return months_between(case.general.as_of, last)


def delay_months(case: Case) -> int:
    """Room for delays: a year, or the longest delay of a scenario."""
    days = max((s.overrides.get(DELAY, 0.0) for s in case.scenarios.scenarios.values()), default=0.0)
    return max(HEADROOM, ceil(min(days, 1e5) / 30.4))


def last_end(case: Case) -> Place:
    """Where the case ends: the latest maturity as it is paid, end of service or rent, or funding of a reserve."""
    places: list[Place] = [(DEBT, ("instruments", n, "maturity", "value"), last_payment(case, loan))
                           for n, loan in enumerate(case.debt.instruments)]
    places += [(DEBT, ("instruments", n, "extension", "to"), loan.extension.to)
               for n, loan in enumerate(case.debt.instruments) if getattr(loan, "extension", None)]
    for c, contract in enumerate(case.contracts.contracts):
        for n, tranche in enumerate(contract.tranches):
            places += [(CONTRACTS, ("contracts", c, "tranches", n, name, "value"), getattr(tranche, name).value)
                       for name in ENDS if getattr(tranche, name, None)]
        days = timedelta(days=min(contract.payment_days.value, 1e4) if contract.payment_days else 0)
        last = max(tranche.end.value for tranche in contract.tranches)
        places += [(CONTRACTS, ("contracts", c, "payment_days", "value"), last + days)]
        places += [(CONTRACTS, ("contracts", c, "receivables", n, "date"), f.date) for n, f in enumerate(contract.receivables)]
    for b, box in enumerate(case.debt.boxes):
        if box.reserve is not None:
            places += [(DEBT, ("boxes", b, "reserve", "funding", n, "date"), flow.date)
                       for n, flow in enumerate(box.reserve.funding)]
    return max(places, key=lambda place: place[2])


def last_payment(case: Case, loan: Any) -> date:
    """The maturity as it is paid, moved to a business day."""
    maturity: date = loan.maturity.value
    try:
        return max([maturity, *(coupon.pay for coupon in coupons_of(case, loan)[-1:])])
    except ValueError:
        return maturity


def coupons_of(case: Case, loan: Any) -> tuple[Coupon, ...]:
    """Interest periods that are paid after the as-of date. ValueError where the terms contradict each other."""
    first: date = loan.first_accrual or case.general.as_of
    if not 1990 <= first.year <= loan.maturity.value.year <= 2200:
        raise ValueError(f"no interest period from {first} to {loan.maturity.value}")
    every = coupons(first, loan.maturity.value, loan.months, day=loan.day, rule=loan.business_days,
                    adjust_accrual=loan.adjust_accrual, stub=loan.stub)
    return tuple(coupon for coupon in every if coupon.pay > case.general.as_of)
