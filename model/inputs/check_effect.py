"""Rules on what a case says to no effect, and on values that are possible but look like a slip."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from math import fsum
from typing import Any

from model.contracts import KINDS, MERCHANT, SUPPORT
from model.inputs.check_company import COMPANY
from model.inputs.check_contracts import contracts_of, said_of, tranches_of
from model.inputs.document import Path
from model.inputs.parts import terms_of
from model.inputs.problem import CASE, CONTRACTS, DEBT, Problem, Problems, Rule, amount
from model.inputs.schema import Case
from model.inputs.values import Number

MONTH, HOURS = 365.25 / 12, 24 * 365.25 / 12  # days and hours of a month, on average
DETAILED = {"opex", "staff", "maintenance", "insurance", "power_prices"}  # the building and its rent stand apart
OPTIONS = {"renewal_to", "renewal_price", "renewed", "renewal_at_market", "redeployed_to", "idle_days", "redeployed_use",
           "redeployment_cost", "renewal_support"}
ON_BILLS = {"prepayments", "payment_days", "sla", "uncollected", "paid_in_shares", "shares_given"}
NO_EFFECT = {  # by what its money counts as: terms of the contract, terms of its tranches
    MERCHANT: (ON_BILLS, OPTIONS),
    SUPPORT: (ON_BILLS | {"receivables", "termination_fees", "taxes", "capex", "earned_before", "residual_support"}, {"opex"}),
}
USUAL = {  # lowest and highest of what is usual, by unit where it tells, else by term
    "USD per GPU-hour": (0.1, 50), "USD m per MW a year": (0.1, 100), "USD per kW-month": (1, 1000), "MW": (0, 10000),
    "escalator": (-0.1, 0.15), "rent_escalator": (-0.1, 0.15), "opex_escalator": (-0.1, 0.15), "pue": (1, 2),
    "life": (24, 120), "sla": (0, 0.2),
    "uncollected": (0, 0.2), "payment_days": (0, 180), "USD per MWh": (5, 500),
    "USD m": (-1e6, 1e6), "USD m a month": (-1e5, 1e5),
}


# ---- to no effect ----------------------------------------------------------------------------------------------------


def flags_are_plain(case: Case) -> Problems:
    """A flag is 0 or 1."""
    for file, model in ((CONTRACTS, case.contracts), (DEBT, case.debt), (COMPANY, case.company)):
        for path, number in _numbers(model, ()):
            if number.unit == "flag" and number.value not in (0, 1):
                yield Problem(file, (*path, "value"), number.value, "0 (no) or 1 (yes)")


def _numbers(value: Any, path: Path) -> Iterable[tuple[Path, Number]]:
    if isinstance(value, Number):
        yield path, value
    elif isinstance(value, dict):
        for key, inside in value.items():
            yield from _numbers(inside, (*path, key))
    elif isinstance(value, list):
        for n, inside in enumerate(value):
            yield from _numbers(inside, (*path, n))
    elif hasattr(type(value), "model_fields"):
        for name in type(value).model_fields:
            yield from _numbers(getattr(value, name), (*path, name))


def kinds_use_their_terms(case: Case) -> Problems:
    """What is not contracted cash has no bills to credit, delay or pay in shares, and no options."""
    for path, contract in contracts_of(case):
        kind = contract.kind.replace("_", " ")
        of_contract, of_tranche = NO_EFFECT.get(KINDS[contract.kind].counts_as, (set(), set()))
        places = [(path, contract, name) for name in sorted(terms_of(contract) & of_contract)]
        places += [((*path, "tranches", n), said, name) for n, said in enumerate(contract.tranches)
                   for name in sorted(terms_of(said) & of_tranche)]
        for place, said, name in places:
            value = getattr(said, name)
            seen = value.value if hasattr(value, "value") else "given"
            allowed = f"not with kind {kind}: it is no contracted cash, and nothing reads this"
            yield Problem(CONTRACTS, (*place, name), seen, allowed)


def places_are_used(case: Case) -> Problems:
    """What a file names is named for something."""
    tranches = [said for _, _, said in tranches_of(case)]
    used = {"sites": {said_of(said, "site") for said in tranches}, "landlords": {site.landlord for site in case.contracts.sites},
            "hardware": {lot.hardware for said in tranches for lot in said_of(said, "fleet") or []}}
    by = {"sites": "a tranche", "landlords": "a site", "hardware": "a fleet"}
    for key, names in used.items():
        every = getattr(case.contracts, key)
        unknown = names - {None} - {one.id for one in every}  # one that is misspelt is told where it is named
        for n, one in enumerate(every):
            if one.id not in names and not unknown:
                yield Problem(CONTRACTS, (key, n, "id"), one.id, f"one that {by[key]} names", True)


def accepted_is_not_late(case: Case) -> Problems:
    """A tranche that was accepted by the as-of date started when it did."""
    for path, _, said in tranches_of(case):
        if said.start.value <= case.general.as_of:
            for name in ("late_days", "long_stop"):
                if said_of(said, name) is not None and said_of(said, name).value:
                    allowed = f"in service since {said.start.value}, by as_of: no start is left to be late"
                    yield Problem(CONTRACTS, (*path, name), said_of(said, name).value, allowed, True)


def _steps(case: Case) -> Iterator[tuple[Path, date, date]]:
    """Dates that bear on service, their places, and the end of that service."""
    for path, _, said in tranches_of(case):
        for name, first, last in (("escalates_from", "start", "end"), ("long_stop", "start", "end"),
                                  ("rent_escalates_from", "rent_start", "rent_end")):
            if said_of(said, name) and said_of(said, first) and said_of(said, last) and (
                    said_of(said, first).value <= said_of(said, last).value):
                yield (*path, name), said_of(said, name).value, said_of(said, last).value
        yield from (((*path, "ramp", n, "date"), step.date, said.end.value) for n, step in enumerate(said_of(said, "ramp") or []))
    for path, contract in contracts_of(case):
        end = max(said.end.value for said in contract.tranches)
        for name in ("termination_fees", "paid_in_shares", "shares_given"):
            yield from (((*path, name, n, "date"), flow.date, end) for n, flow in enumerate(getattr(contract, name)))


def steps_lie_in_the_term(case: Case) -> Problems:
    """What begins after the end of service never does; a ramp that begins late leaves GPUs unpaid at first."""
    for path, day, end in _steps(case):
        if day > end:
            yield Problem(CONTRACTS, path, day, f"a date by {end}, when it ends: after it nothing follows from this", True)
    for path, _, said in tranches_of(case):
        ramp = said_of(said, "ramp") or []
        if ramp and min(step.date for step in ramp) > said.start.value:
            yield Problem(CONTRACTS, (*path, "ramp"), min(step.date for step in ramp),
                          f"nothing is reserved from start, {said.start.value}, to the first step", True)


def redeployment_outlasts_service(case: Case) -> Problems:
    """GPUs go to other use for the time after a loss, up to the end of service and beyond."""
    for path, _, said in tranches_of(case):
        last = said_of(said, "redeployed_to")
        if last is not None and case.general.as_of < last.value < said.end.value:
            allowed = f"a date after end, {said.end.value}: if the contract is lost late, its GPUs earn nothing"
            yield Problem(CONTRACTS, (*path, "redeployed_to"), last.value, allowed, True)


def loss_is_meant(case: Case) -> Problems:
    """A contract that is lost in the base case, or after its end."""
    for path, contract in contracts_of(case):
        days = amount(contract.lost_after)
        left = (max(said.end.value for said in contract.tranches) - case.general.as_of).days
        if days:
            allowed = "0, and a scenario that sets it: as it stands the base case loses the contract"
            if days + amount(contract.notice_days) >= left:
                allowed = f"less than {left} days, notice included: later the contract is over and nothing is lost"
            yield Problem(CONTRACTS, (*path, "lost_after"), days, allowed, True)


def capacity_is_backed_once(case: Case) -> Problems:
    """Two backstops do not buy the same capacity."""
    owner: dict[str, str] = {}
    for path, contract in contracts_of(case):
        for n, name in enumerate(said_of(contract, "backs") or []):
            if owner.setdefault(name, contract.id) != contract.id:
                allowed = f"{owner[name]} buys its capacity already: it counts twice"
                yield Problem(CONTRACTS, (*path, "backs", n), name, allowed, True)


# ---- values that look like a slip ------------------------------------------------------------------------------------


def values_are_usual(case: Case) -> Problems:
    """Numbers far from any that were seen: a wrong unit, most of the time."""
    for file, model in ((CASE, case.general), (CONTRACTS, case.contracts), (DEBT, case.debt), (COMPANY, case.company)):
        for path, number in _numbers(model, ()):
            term = str(path[-1]) if file == CONTRACTS else ""
            low, high = USUAL.get(term) or USUAL.get(number.unit) or (-1e12, 1e12)
            if number.value and not low <= number.value <= high:
                yield Problem(file, (*path, "value"), number.value, f"{low:g} to {high:g} {number.unit} is usual", True)
    for path, _, said in tranches_of(case):
        for n, lot in enumerate(said_of(said, "fleet") or []):
            if lot.gpus.value > 1 and not 1 <= lot.unit_price.value <= 1000:
                yield Problem(CONTRACTS, (*path, "fleet", n, "unit_price", "value"), lot.unit_price.value,
                              "1 to 1000 USD k per GPU is usual", True)


def curves_are_usual(case: Case) -> Problems:
    """Prices for an hour of a GPU and for power in the range that was seen."""
    for slug, curve in case.curves.items():
        low, high = USUAL.get(curve.unit, (-1e12, 1e12))
        far = [value for value in curve.values if not low <= value <= high]
        if far:
            yield Problem(f"curves/{slug}.csv", ("value",), far[0], f"{low:g} to {high:g} {curve.unit} is usual", True)


def tranches_bill(case: Case) -> Problems:
    """Capacity, GPUs or use of 0 bill nothing."""
    for path, _, said in tranches_of(case):
        for name in ("capacity", "gpus", "utilisation"):
            if name in terms_of(said) and getattr(said, name).value == 0:
                yield Problem(CONTRACTS, (*path, name), 0.0, "a tranche of nothing?", True)
        if said_of(said, "ramp") and all(step.share.value == 0 for step in said.ramp):
            yield Problem(CONTRACTS, (*path, "ramp"), 0.0, "a tranche of which nothing is reserved?", True)


def cost_is_counted_once(case: Case) -> Problems:
    """A margin stands for all cost of running the capacity."""
    for path, _, said in tranches_of(case):
        beside = sorted(terms_of(said) & DETAILED - ({"opex"} if said.opex and not said.opex.value else set()))
        if said_of(said, "margin") is not None and beside:
            yield Problem(CONTRACTS, (*path, "margin"), said.margin.value,
                          f"a margin instead of single costs, not on top of {', '.join(beside)}?", True)


def fleets_match(case: Case) -> Problems:
    """GPUs that were bought are those that serve, and are there when service starts; used ones do not gain in price."""
    for path, _, said in tranches_of(case):
        lots = said_of(said, "fleet") or []
        bought, serve = fsum(lot.gpus.value for lot in lots), amount(said_of(said, "gpus"))
        if lots and serve and abs(bought - serve) > 0.01 * serve:
            yield Problem(CONTRACTS, (*path, "gpus"), serve, f"{bought:.12g} GPUs are in fleet", True)
        for n, lot in enumerate(lots):
            if said.start.value < lot.delivered.value <= said.end.value:
                allowed = f"service starts before, on {said.start.value}"
                yield Problem(CONTRACTS, (*path, "fleet", n, "delivered"), lot.delivered.value, allowed, True)
    for n, market in enumerate(case.contracts.hardware):
        ages = sorted(market.resale)
        before = {age: earlier for earlier, age in zip([0, *ages], ages, strict=False)}
        for age in ages:
            paid = market.resale[before[age]].value if before[age] in market.resale else 1.0
            if 0 <= age <= 20 and paid < market.resale[age].value <= 2:
                yield Problem(CONTRACTS, ("hardware", n, "resale", age), market.resale[age].value,
                              f"at most {paid:g}, as at an age of {before[age]}: GPUs that gain in price with age?", True)


def _fee(contract: Any, said: Any) -> float:
    """About what a month of a tranche is billed at its start; the kinds themselves bill by days."""
    price, size = said.price.value, amount(said_of(said, "capacity"))
    if contract.kind == "take_or_pay":
        return float(price)
    if contract.kind == "lease":
        return float(price * size / 1000)
    if contract.kind == "take_or_pay_mw":
        return float(price * size / 12)
    used = max((step.share.value for step in said_of(said, "ramp") or []), default=1.0)
    return float(price * amount(said_of(said, "gpus")) * HOURS * used / 1e6)


def _billed(case: Case, contract: Any, first: date, last: date) -> float:
    """About what is billed between two dates, at the most: with every rise by then."""
    found = 0.0
    for said in contract.tranches:
        begin, end = max(first, said.start.value), min(last, said.end.value)
        rises = min(50.0, max(0.0, (last - said.start.value).days / 365.25)) if amount(said_of(said, "escalator")) > 0 else 0.0
        level = (1 + amount(said_of(said, "escalator"))) ** rises
        found += _fee(contract, said) * level * max(0, (end - begin).days + 1) / MONTH
    return found


def shares_are_within_the_bills(case: Case) -> Problems:
    """Consideration in shares is part of a bill, shares given are less than the contract brings."""
    for path, contract in contracts_of(case):
        if KINDS[contract.kind].counts_as in NO_EFFECT or any(t.start.value > t.end.value for t in contract.tranches):
            continue
        end = max(said.end.value for said in contract.tranches)
        given, bills = fsum(f.amount.value for f in contract.shares_given), _billed(case, contract, case.general.as_of, end)
        if given > bills:
            yield Problem(CONTRACTS, (*path, "shares_given"), given,
                          f"more than all bills to come, about {bills:.3g}: revenue falls below nothing", True)
        for n, flow in enumerate(contract.paid_in_shares):
            bill = 1.1 * _billed(case, contract, flow.date.replace(day=1), flow.date.replace(day=28))
            due = fsum(f.amount.value for f in contract.paid_in_shares if (f.date.year, f.date.month) == (
                flow.date.year, flow.date.month))
            if due > 1.1 * bill and flow.date <= end:
                yield Problem(CONTRACTS, (*path, "paid_in_shares", n, "amount"), due,
                              f"more than the bill of that month, about {bill:.3g}: the rest never counts", True)


def obligors_are_spelt_once(case: Case) -> Problems:
    """Two spellings of one obligor would be two customers."""
    spelt: dict[str, str] = {}
    for path, contract in contracts_of(case):
        name = contract.obligor_group or contract.obligor
        first = spelt.setdefault(" ".join(unicodedata.normalize("NFKC", name).casefold().split()), name)
        if first != name:
            place = (*path, "obligor_group" if contract.obligor_group else "obligor")
            yield Problem(CONTRACTS, place, name, f"spelt as before, {first}: else they count as two customers", True)


RULES: tuple[Rule, ...] = (
    flags_are_plain, kinds_use_their_terms, places_are_used, accepted_is_not_late, steps_lie_in_the_term,
    redeployment_outlasts_service, loss_is_meant, capacity_is_backed_once, values_are_usual, curves_are_usual, tranches_bill,
    cost_is_counted_once, fleets_match, shares_are_within_the_bills, obligors_are_spelt_once,
)
