"""How far a case reaches: the last date of its debt, its contracts and its reserves, and the months that hold it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from math import ceil, floor
from typing import Any

from model.inputs.document import Path
from model.inputs.problem import CONTRACTS, DEBT
from model.inputs.schema import Case
from model.timeline import Coupon, coupons
from model.timeline.rolls import months_between

HEADROOM, SHORTEST, LONGEST = 12, 24, 240
DELAY, SALE = "drivers.delay_days", 30.0  # days from the end of use to the money, where the case does not say
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
    """Room for delays: a year, or the latest start that the case or one of its scenarios makes."""
    told = ({}, *(s.overrides for s in case.scenarios.scenarios.values()))
    days = max(overrides.get(DELAY, 0.0) + _latest(case, overrides) for overrides in told)
    return max(HEADROOM, ceil(min(days, 1e5) / 30.4))


def delay_room(case: Case, overrides: Mapping[str, float]) -> float:
    """Days by which everything may be late under a scenario before something falls off the timeline."""
    months = months_needed(case) - months_to(case, last_end(case)[2])
    return max(0.0, floor(months * 30.4 - _latest(case, overrides)))


def _latest(case: Case, overrides: Mapping[str, float]) -> float:
    """The most days by which a tranche is late of itself, by its site and by its landlord."""
    landlords = {one.id: _late(one, one.id, overrides) for one in case.contracts.landlords}
    sites = {one.id: _late(one, one.id, overrides) + landlords.get(one.landlord or "", 0.0) for one in case.contracts.sites}
    return max((_late(said, f"{contract.id}.tranche-{n}", overrides) + sites.get(getattr(said, "site", None) or "", 0.0)
                for contract in case.contracts.contracts for n, said in enumerate(contract.tranches, start=1)
                if said.start.value > case.general.as_of), default=0.0)


def _late(said: Any, key: str, overrides: Mapping[str, float]) -> float:
    stated = getattr(said, "late_days", None)
    return overrides.get(f"{key}.late_days", stated.value if stated else 0.0)


def last_end(case: Case) -> Place:
    """Where the case ends: the latest maturity as it is paid, end of service or rent, or funding of a reserve."""
    places: list[Place] = [(DEBT, ("instruments", n, "maturity", "value"), last_payment(case, loan))
                           for n, loan in enumerate(case.debt.instruments)]
    places += [(DEBT, ("instruments", n, "extension", "to"), loan.extension.to)
               for n, loan in enumerate(case.debt.instruments) if getattr(loan, "extension", None)]
    for c, contract in enumerate(case.contracts.contracts):
        places += _ends_of(("contracts", c), contract)
    for b, box in enumerate(case.debt.boxes):
        places += [(DEBT, ("boxes", b, "accounts", a, "funding", n, "date"), flow.date)
                   for a, account in enumerate(box.accounts) for n, flow in enumerate(account.funding)]
    last = max(places, key=lambda place: place[2])
    if months_to(case, last[2]) > LONGEST:
        return last
    return max([last, *_sales(case)], key=lambda place: place[2])


def _ends_of(path: Path, contract: Any) -> Iterator[Place]:
    """Where a contract may end: its service and rent, options, payments for GPUs, bills, taxes."""
    for n, said in enumerate(contract.tranches):
        here: Path = (*path, "tranches", n)
        ends = {name: getattr(said, name).value for name in ENDS if getattr(said, name, None)}
        yield from ((CONTRACTS, (*here, name, "value"), day) for name, day in ends.items())
        for k, lot in enumerate(getattr(said, "fleet", ())):
            yield from ((CONTRACTS, (*here, "fleet", k, "payments", p, "date"), part.date) for p, part in enumerate(lot.payments))
    days = contract.payment_days.value if contract.payment_days else 0.0
    yield CONTRACTS, (*path, "payment_days", "value"), _after(max(said.end.value for said in contract.tranches), days)
    for name in ("receivables", "taxes"):
        yield from ((CONTRACTS, (*path, name, n, "date"), flow.date) for n, flow in enumerate(getattr(contract, name)))


def _sales(case: Case) -> Iterator[Place]:
    """When GPUs are sold at the latest: after service, or after an option that is used."""
    lots = [(lot.hardware, max(getattr(said, name).value for name in ENDS if name != "rent_end" and getattr(said, name, None)))
            for contract in case.contracts.contracts for said in contract.tranches for lot in getattr(said, "fleet", ())]
    for n, market in enumerate(case.contracts.hardware):
        days = market.sale_days.value if market.sale_days else SALE
        yield from ((CONTRACTS, ("hardware", n, "sale_days"), _after(used, days)) for name, used in lots if name == market.id)


def _after(day: date, days: float) -> date:
    """So many days later; a date beyond all calendars stays as it is, and is refused for itself."""
    return day + timedelta(days=min(days, 1e4)) if day.year < 9000 else day


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
