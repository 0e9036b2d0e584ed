"""What the verdict rests on: which kinds of inputs of the mapped contracts and loans are only assumed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from model.inputs.schema import Case

KINDS = {
    "price": "prices", "start": "service dates", "end": "service dates", "opex": "costs", "rent": "costs",
    "held_before": "prepayments", "amount": "prepayments", "credit_from": "prepayments", "credit_to": "prepayments",
    "balance": "balances", "margin": "rates", "maturity": "maturities", "repayment": "instalments",
}
OTHER = "other terms"
NO_CONTRACT = "none"


def assumed_kinds(case: Case) -> list[str]:
    """The kinds in the order of `KINDS`; empty where everything is better than assumed."""
    found = {KINDS.get(name, OTHER) for name, value in _inputs(case) if value.grade == "assumed"}
    return list(dict.fromkeys(kind for kind in (*KINDS.values(), OTHER) if kind in found))


def weakest_grades(case: Case, grades: tuple[str, ...]) -> dict[str, str]:
    """By loan in the perimeter: the weakest grade among its terms, its contracts and the allocation."""
    basis = case.debt.allocation
    result = {}
    for loan in case.debt.instruments:
        shares = basis.debt_share.get(loan.id, {})
        values = [value for _, value in _fields(loan)]
        values += [v for c in case.contracts.contracts if shares.get(c.id, 0) > 0 for _, v in _contract(c)]
        found = [v.grade for v in values] + ([basis.grade] if shares else [])
        result[loan.id] = max(found, key=grades.index)
    return result


def _inputs(case: Case) -> Iterator[tuple[str, Any]]:
    mapped = case.debt.allocation.debt_share
    used = {key for shares in mapped.values() for key, share in shares.items() if share > 0}
    for loan in case.debt.instruments:
        if loan.id in mapped:
            yield from _fields(loan)
            yield from (("draws and proceeds", flow.amount) for flow in (*loan.draws, *loan.proceeds))
            yield from _fields(loan.repayment)
            yield from (("instalment", number) for number in (loan.repayment.schedule or {}).values())
    for contract in case.contracts.contracts:
        if contract.id in used:
            yield from _contract(contract)


def _contract(contract: Any) -> Iterator[tuple[str, Any]]:
    for part in (contract, *contract.tranches, *contract.prepayments):
        yield from _fields(part)


def _fields(part: Any) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in part if hasattr(value, "grade") and name != "guarantee")
