"""Rules on the two matrices: which debt rests on which contract, and which contract's cash serves which debt."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum
from typing import Any

from model.debt import KINDS
from model.inputs.document import Path
from model.inputs.problem import DEBT, Problem, Problems, Rule
from model.inputs.schema import Case

NONE = "none"
ROUNDING = 1e-9
DEBT_SHARE: Path = ("allocation", "debt_share")
CASH_SHARE: Path = ("allocation", "cash_share")


def in_perimeter(loan: Any) -> bool:
    """Secured on or used for GPUs, or served from a box (RULES 20)."""
    return KINDS[loan.kind].on_gpus or loan.box is not None


def _loans(case: Case) -> dict[str, Any]:
    return {loan.id: loan for loan in case.debt.instruments}


def _shares(path: Path, row: Mapping[str, float]) -> Problems:
    for key, share in row.items():
        if not 0 <= share <= 1:
            yield Problem(DEBT, (*path, key), share, f"a share in 0..1; for {share:g} % write {share / 100:g}")


def perimeter_is_allocated(case: Case) -> Problems:
    """Every dollar on GPUs has its row in `debt_share`; other debt has none."""
    rows = case.debt.allocation.debt_share
    for name, loan in _loans(case).items():
        if in_perimeter(loan) and name not in rows:
            allowed = f"required: a {loan.kind} on GPUs or in a box says which contracts it rests on, and none"
            yield Problem(DEBT, (*DEBT_SHARE, name), None, allowed)
        elif not in_perimeter(loan) and name in rows:
            allowed = f"no row: a {loan.kind} outside the boxes rests on no contract"
            yield Problem(DEBT, (*DEBT_SHARE, name), name, allowed)


def debt_shares_add_up(case: Case) -> Problems:
    """A row of `debt_share` names contracts and `none`, and adds to 1."""
    contracts = [contract.id for contract in case.contracts.contracts]
    for name, row in case.debt.allocation.debt_share.items():
        path: Path = (*DEBT_SHARE, name)
        if name not in _loans(case):
            yield Problem(DEBT, path, name, f"an instrument of this file: {', '.join(_loans(case))}")
        yield from _shares(path, row)
        for key in row:
            if key != NONE and key not in contracts:
                yield Problem(DEBT, (*path, key), key, f"a contract or none: {', '.join(contracts)}")
        if NONE not in row:
            allowed = "required: the share that rests on no contract, 0 if there is none"
            yield Problem(DEBT, (*path, NONE), None, allowed)
        if abs(fsum(row.values()) - 1) > ROUNDING:
            yield Problem(DEBT, path, fsum(row.values()), "shares that add up to 1, none included")


def unmapped_is_declared(case: Case) -> Problems:
    """Debt that rests on no contract says whether it is uncontracted or undisclosed."""
    rows = case.debt.allocation.debt_share
    for n, loan in enumerate(case.debt.instruments):
        share, path = rows.get(loan.id, {}).get(NONE, 0.0), ("instruments", n, "unmapped")
        if share > 0 and loan.unmapped is None:
            allowed = f"required, as {share:g} of it rests on no contract: uncontracted or undisclosed"
            yield Problem(DEBT, path, None, allowed)
        if share == 0 and loan.unmapped is not None:
            yield Problem(DEBT, path, loan.unmapped, "nothing of it rests on no contract", True)


def cash_shares_fit(case: Case) -> Problems:
    """A row of `cash_share` names a contract and instruments of one box, and adds to 1 at most."""
    contracts, loans = [contract.id for contract in case.contracts.contracts], _loans(case)
    for name, row in case.debt.allocation.cash_share.items():
        path: Path = (*CASH_SHARE, name)
        if name not in contracts:
            yield Problem(DEBT, path, name, f"a contract: {', '.join(contracts)}")
        yield from _shares(path, row)
        for key in row:
            if key not in loans:
                yield Problem(DEBT, (*path, key), key, f"an instrument of this file: {', '.join(loans)}")
        if fsum(row.values()) > 1 + ROUNDING:
            yield Problem(DEBT, path, fsum(row.values()), "shares that add up to 1 at most")
        yield from _one_box(path, {key: loans[key] for key, share in row.items() if key in loans and share > 0})


def _one_box(path: Path, served: Mapping[str, Any]) -> Problems:
    boxes = dict.fromkeys(loan.box for loan in served.values() if loan.box is not None)
    for key, loan in served.items():
        if loan.box is None:
            yield Problem(DEBT, (*path, key), key, "an instrument in a box: cash is pledged to a box")
    if len(boxes) > 1:
        yield Problem(DEBT, path, ", ".join(boxes), "instruments of one box: split the contract where it serves two")


def debt_has_cash(case: Case) -> Problems:
    """Debt that rests on a contract is served from its cash; what is sculpted needs cash to follow."""
    shares = case.debt.allocation
    for name, row in shares.debt_share.items():
        for contract, share in row.items():
            if contract != NONE and share > 0 and shares.cash_share.get(contract, {}).get(name, 0.0) == 0:
                allowed = f"cash_share gives it no cash of {contract}"
                yield Problem(DEBT, (*DEBT_SHARE, name, contract), share, allowed, True)
    for n, loan in enumerate(case.debt.instruments):
        served = any(row.get(loan.id, 0.0) > 0 for row in shares.cash_share.values())
        if loan.repayment.profile == "sculpted" and not served:
            yield Problem(DEBT, ("instruments", n, "repayment", "profile"), "sculpted",
                          "cash of a contract to follow: cash_share gives it none, so it repays nothing", True)


RULES: tuple[Rule, ...] = (
    perimeter_is_allocated, debt_shares_add_up, unmapped_is_declared, cash_shares_fit, debt_has_cash,
)
