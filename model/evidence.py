"""What the verdict rests on: which kinds of inputs of the mapped contracts and loans are only assumed.

Options to renew, other use of GPUs after a loss, their price and their sale enter no test, so that no verdict rests on them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from model.clauses import with_clauses
from model.contracts import CONTRACTED, KINDS
from model.contracts.clauses import InGpus, InMegawatts
from model.inputs.parts import terms_of
from model.inputs.schema import Case

OF_CONTRACTS = {
    "price": "prices", "escalator": "prices", "escalates_from": "prices",
    "start": "service dates", "end": "service dates", "end_moves": "service dates", "late_days": "service dates",
    "long_stop": "service dates", "given_up": "service dates",
    "capacity": "capacity", "gpus": "capacity", "ramp": "capacity",
    "opex": "costs", "opex_escalator": "costs", "rent": "costs", "margin": "costs", "staff": "costs", "maintenance": "costs",
    "insurance": "costs",
    "power_prices": "costs", "pue": "costs", "load": "costs", "passed_through": "costs", "facility_charge": "costs",
    "rent_per_kw": "costs", "rent_moves": "costs", "rent_escalator": "costs", "rent_escalates_from": "costs", "taxes": "costs",
    "held_before": "prepayments", "amount": "prepayments", "received_on": "prepayments", "credit_from": "prepayments",
    "credit_to": "prepayments", "refundable": "prepayments",
    "payment_days": "collection", "receivables": "collection", "sla": "collection", "uncollected": "collection",
    "paid_in_shares": "collection", "lost_after": "loss of the contract", "notice_days": "loss of the contract",
}
OF_LOANS = {
    "balance": "balances", "margin": "rates", "maturity": "maturities", "repayment": "instalments",
}
GPUS, OTHER = "GPUs", "other terms"
ORDER = tuple(dict.fromkeys((*OF_CONTRACTS.values(), GPUS, *OF_LOANS.values(), OTHER)))
NO_CONTRACT = "none"
ALLOCATION, BASE_RATES = "allocation", "base rates"

UNTESTED = {  # what is shown beside the tests or enters revenue, not cash
    "capex", "earned_before", "shares_given", "termination_fees", "fleet", "renewal_to", "renewal_price", "renewed",
    "renewal_support", "residual_support", "support", "redeployed_to", "idle_days", "redeployed_use", "redeployment_cost",
    "claim_recovery", "claim_days",
}
IF_MEANT = ("late_days", "lost_after")  # 0 says nothing: scenarios set it


def assumed_kinds(case: Case) -> list[str]:
    """The kinds in a fixed order; empty where everything is better than assumed."""
    mapped = case.debt.allocation.debt_share
    return _assumed(_inputs(case, mapped, {key for shares in mapped.values() for key, share in shares.items() if share > 0}))


def pair_kinds(case: Case, contract: str, loans: Collection[str]) -> list[str]:
    """The kinds that one pair rests on: only of its own contract and loans, and of the allocation that puts them together."""
    basis = case.debt.allocation
    by_choice = basis.basis != "disclosed" or basis.grade == "assumed"
    curves = {loan.curve for loan in case.debt.instruments if loan.id in loans and loan.curve}
    rates = any((case.curves[slug].grade or "assumed") == "assumed" for slug in curves)
    return [ALLOCATION] * by_choice + _assumed(_inputs(case, loans, {contract})) + [BASE_RATES] * rates


def weakest_grades(case: Case, grades: tuple[str, ...]) -> dict[str, str]:
    """By loan in the perimeter: the weakest grade among its terms, its contracts and the allocation."""
    mapped = case.debt.allocation.debt_share
    return {loan.id: max((weakest_grade(case, c, loan.id, grades) for c, share in mapped.get(loan.id, {NO_CONTRACT: 1}).items()
                          if share > 0), key=grades.index) for loan in case.debt.instruments}


def weakest_grade(case: Case, contract: str, loan_id: str, grades: tuple[str, ...]) -> str:
    """Of one slice of debt: the weakest grade among the terms of its loan and its contract, and the allocation."""
    basis = case.debt.allocation
    loan = next(one for one in case.debt.instruments if one.id == loan_id)
    values = [*(value for _, value in _fields(loan)), *_fleets(case, loan)]
    values += [v for c in case.contracts.contracts if c.id == contract for _, v in _contract(case, c)]
    found = [v.grade for v in values] + ([basis.grade] if basis.debt_share.get(loan_id) else [])
    return str(max(found, key=grades.index))


def _assumed(inputs: Iterable[tuple[str, Any]]) -> list[str]:
    found = {kind for kind, value in inputs if value.grade == "assumed"}
    return [kind for kind in ORDER if kind in found]


def _inputs(case: Case, loans: Collection[str], contracts: Collection[str]) -> Iterator[tuple[str, Any]]:
    """What is tested of these loans and contracts, each with its kind and something that has a grade."""
    for loan in case.debt.instruments:
        if loan.id in loans:
            yield from ((OF_LOANS.get(name, OTHER), value) for name, value in _fields(loan))
            yield from ((GPUS, value) for value in _fleets(case, loan))
            yield from ((OTHER, flow.amount) for flow in (*loan.draws, *loan.proceeds))
            yield from ((OTHER, value) for _, value in _fields(loan.repayment))
            yield from ((OTHER, number) for number in (loan.repayment.schedule or {}).values())
    for contract in case.contracts.contracts:
        if contract.id in contracts:
            yield from ((OF_CONTRACTS.get(name, OTHER), value) for name, value in _contract(case, contract))


def _fleets(case: Case, loan: Any) -> Iterator[Any]:
    """GPUs of contracts on whose book value or market value a loan is tested."""
    said = getattr(loan, "collateral", None)
    tested = [name for name in ("cost_test", "value_test") if said is not None and said.fleet and _set(loan, name)]
    for contract in case.contracts.contracts if tested else ():
        if case.debt.allocation.cash_share.get(contract.id, {}).get(loan.id, 0) > 0:
            lots = [lot for tranche in contract.tranches for lot in getattr(tranche, "fleet", ())]
            yield from (v for lot in lots for name, v in _fields(lot) if name != "life" or "cost_test" in tested)
            used = {lot.hardware for lot in lots} if "value_test" in tested else set()
            for market in (one for one in case.contracts.hardware if one.id in used):
                yield from (market, *market.resale.values(), *([market.orderly] if market.orderly else []))


@dataclass(frozen=True)
class _Curve:
    """The weakest grade of a curve."""

    grade: str


# ---- of a contract: what enters its contracted cash ------------------------------------------------------------------


def _contract(case: Case, contract: Any) -> Iterator[tuple[str, Any]]:
    yield from _tested(contract, () if _set(contract, "lost_after") else ("notice_days",))
    for said in contract.tranches:
        yield from _tranche(case, contract, said)
    for item in contract.prepayments:
        yield from _fields(item)


def _tranche(case: Case, contract: Any, said: Any) -> Iterator[tuple[str, Any]]:
    """A tranche brings no contracted cash where its kind is none; its size matters where something is counted by it."""
    if KINDS[contract.kind].counts_as != CONTRACTED:
        return
    counted = with_clauses(KINDS[contract.kind], terms_of(said) - UNTESTED - {"capacity", "gpus", "renewal_at_market"})
    unused = [name for name, size in (("capacity", InMegawatts), ("gpus", InGpus)) if not issubclass(counted, size)]
    yield from _tested(said, unused)
    if slug := getattr(said, "power_prices", None):
        yield "power_prices", _Curve(case.curves[slug].grade or "assumed")
    site = next((one for one in case.contracts.sites if one.id == getattr(said, "site", None)), None)
    landlord = next((one for one in case.contracts.landlords if site is not None and one.id == site.landlord), None)
    yield from (("late_days", place.late_days) for place in (site, landlord) if place is not None and _set(place, "late_days"))


def _tested(said: Any, unused: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """What a contract or tranche says that enters its contracted cash: numbers, dates, amounts on dates and shares."""
    for name, value in said:
        if name in UNTESTED or name in unused or (name in IF_MEANT and not _set(said, name)):
            continue
        if hasattr(value, "grade"):
            yield name, value
        elif isinstance(value, list) and name in OF_CONTRACTS:
            yield from ((name, getattr(part, "amount", None) or part.share) for part in value)


def _set(said: Any, name: str) -> bool:
    return bool((number := getattr(said, name, None)) and number.value)


def _fields(part: Any) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in part if hasattr(value, "grade") and name not in ("guarantee", "take_out"))
