"""A world that the disclosures allow, written as a case folder that `debtcover run` judges.

Every slice of a loan stands as a loan of its own in a box of its own, with its instalments, on an order of its contract with
the cash that answers for it; what is left of a contract is an order without debt. An order is billed, each window, what of its
revenue was not prepaid; its margin leaves the cash of the window. Nothing is distributed. Windows are payment periods, 30/360.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import fsum
from typing import Any

import numpy as np

from model.bounds.disclosures import NONE, Facts
from model.bounds.programme import Programme
from model.inputs.read import REQUIRED

DUST = 1e-6  # USD m that stand for nothing
WORDS = "Found by debtcover bounds: one of many worlds that the disclosures allow"
STEPS = ["pay opex", "pay fees", "pay interest", "pay principal"]


@dataclass(frozen=True)
class Order:
    """What of a contract serves a slice of a loan, or nothing: bills, cost and instalments by window."""

    contract: str
    loan: str
    bills: tuple[float, ...]
    cost: tuple[float, ...]
    due: tuple[float, ...]

    @property
    def id(self) -> str:
        """Names both, in at most 40 characters."""
        return f"{self.contract[:18]}-on-{self.loan[:17]}"


def files(programme: Programme, at: np.ndarray, name: str, title: str) -> dict[str, str]:
    """The files of the case folder."""
    found, facts = list(orders(programme, at)), programme.facts
    bare = [(loan, due) for loan in programme.loans if fsum(due := _due(programme, at, NONE, loan)) > DUST]
    told = (_case(facts, found, bare, name, title), {"contracts": [_contract(facts, one) for one in found]},
            _debt(facts, found, bare))
    return {file: f"# {title}\n# {WORDS}.\n" + "".join(yaml(part)) for file, part in zip(REQUIRED, told, strict=True)}


def orders(programme: Programme, at: np.ndarray) -> Iterator[Order]:
    """Each contract, shared out to the slices of debt on it by the cash that answers for them."""
    for c in programme.contracts:
        held = [loan for loan in programme.loans if fsum(_due(programme, at, c, loan)) > DUST]
        bills: dict[str, list[float]] = {k: [] for k in (*held, NONE)}
        cost: dict[str, list[float]] = {k: [] for k in (*held, NONE)}
        for w in programme.span:
            due = programme.read(at, programme.one("rev", c, NONE, w)) - programme.read(at, programme.one("pre", c, NONE, w))
            got = {loan: max(0.0, programme.read(at, programme.cash(c, loan, w))) for loan in held}
            net = programme.read(at, programme.sum("got", [c], [*programme.loans, NONE], [w])) - programme.read(
                at, programme.sum("lost", [c], [*programme.loans, NONE], [w]))
            for loan in held:
                bills[loan].append(got[loan] * due / net if net > DUST else 0.0)
                cost[loan].append(bills[loan][-1] - got[loan] if net > DUST else 0.0)
            bills[NONE].append(max(0.0, due - fsum(bills[loan][-1] for loan in held)))
            cost[NONE].append(max(0.0, due - net - fsum(cost[loan][-1] for loan in held)))
        for loan in (*held, NONE):
            if max(bills[loan]) > DUST or loan != NONE:
                yield Order(c, loan, tuple(bills[loan]), tuple(max(0.0, x) for x in cost[loan]),
                            tuple(_due(programme, at, c, loan)) if loan != NONE else ())


def _due(programme: Programme, at: np.ndarray, c: str, loan: str) -> list[float]:
    return [max(0.0, programme.read(at, programme.one("due", c, loan, w))) for w in range(programme.owed[loan].last + 1)]


# ---- the three files -------------------------------------------------------------------------------------------------


def _number(value: float, unit: str, grade: str = "derived") -> dict[str, Any]:
    return {"value": float(value), "unit": unit, "source": WORDS, "grade": grade}


def _day(value: date) -> dict[str, Any]:
    return {"value": value, "source": WORDS, "grade": "derived"}


def _case(facts: Facts, found: list[Order], bare: list[Any], name: str, title: str) -> dict[str, Any]:
    owed = fsum(fsum(one.due) for one in found) + fsum(fsum(due) for _, due in bare)
    by_window = [fsum(bills) for bills in zip(*(one.bills for one in found), strict=True)]
    billed = fsum(by_window)
    return {"case": name, "title": title, "as_of": facts.start, "currency": "USD",
            "headline": {"claim": "Every contract covers the debt on it", "debt": _number(owed, "USD m"),
                         "revenue": _number(next((bill for bill in by_window if bill > 0), owed), "USD m"),
                         "contracted": _number(billed, "USD m"), "market_value": _number(owed, "USD m", "assumed")},
            "reported": {"principal": _number(owed, "USD m")},
            "assumptions": [WORDS + "; loans outside the boxes are left out.",
                            "Each order is billed what of its revenue was not prepaid; slices of a loan may repay at a pace of "
                            "their own; cash that is left over is kept.", "A world has no market value: its debt stands there."]}


def _contract(facts: Facts, one: Order) -> dict[str, Any]:
    sold = {c.id: c.name for c in facts.contracts}[one.contract]
    return {"id": one.id, "name": f"{sold}: order behind {one.loan}", "obligor": sold, "kind": "take_or_pay",
            "tranches": [_tranche(facts, one, w) for w in range(len(facts.ends)) if max(one.bills[w], one.cost[w]) > 0.0]
            or [_tranche(facts, one, 0)]}


def _tranche(facts: Facts, one: Order, w: int) -> dict[str, Any]:
    first = facts.start if w == 0 else facts.ends[w - 1]
    return {"start": _day(first + timedelta(days=1)), "end": _day(facts.ends[w]),
            "price": _number(one.bills[w] / facts.months, "USD m a month"),
            "opex": _number(one.cost[w] / facts.months, "USD m a month")}


def _debt(facts: Facts, found: list[Order], bare: list[tuple[str, list[float]]]) -> dict[str, Any]:
    slices = [(one.id, one.loan, one.due, True) for one in found if one.loan != NONE]
    slices += [(f"without-{loan}"[:40], loan, tuple(due), False) for loan, due in bare]
    ids = [f"debt-{key}"[:40] for key, *_ in slices]
    lent = {one.id: key for one, key in zip((o for o in found if o.loan != NONE), ids, strict=False)}
    return {"boxes": [_box(key) for key in ids],
            "instruments": [_instrument(facts, key, loan, due, covered)
                            for key, (_, loan, due, covered) in zip(ids, slices, strict=True)],
            "allocation": {"basis": "assumed", "source": WORDS, "grade": "assumed",
                           "debt_share": {key: ({told[0]: 1, "none": 0} if told[3] else {"none": 1})
                                          for key, told in zip(ids, slices, strict=True)},
                           "cash_share": {one.id: ({lent[one.id]: 1} if one.id in lent else {}) for one in found}}}


def _box(key: str) -> dict[str, Any]:
    return {"id": f"box-{key[5:]}"[:40], "name": f"Borrower of {key}", "ring_fenced": True,
            "waterfall": {"source": WORDS + "; nothing is distributed", "grade": "derived", "steps": STEPS}}


def _instrument(facts: Facts, key: str, loan: str, due: tuple[float, ...], covered: bool) -> dict[str, Any]:
    owed = {one.id: one for one in facts.loans}[loan]
    rates = [g * 12 / facts.months for g in owed.growth[:len(due)]]
    steps = [{"date": facts.ends[w - 1], "rate": _number(rates[w] - rates[w - 1], "rate")} for w in range(1, len(due))
             if abs(rates[w] - rates[w - 1]) > 0]
    amounts = [{"date": facts.ends[w], "amount": _number(x, "USD m")} for w, x in enumerate(due[:-1])]
    repayment = {"profile": "fixed", "source": WORDS, "grade": "derived", "amounts": amounts} if amounts else {
        "profile": "bullet", "source": WORDS, "grade": "derived"}
    return {"id": key, "name": f"{owed.name} ({key[5:]})", "kind": "term_loan", "box": f"box-{key[5:]}"[:40], "rate": "fixed",
            **({} if covered else {"unmapped": "uncontracted"}), "day_count": "30/360", "months": facts.months,
            "business_days": "none", "adjust_accrual": False, "balance": _number(fsum(due), "USD m"),
            "margin": _number(rates[0], "rate"), **({"steps": steps} if steps else {}),
            "maturity": _day(facts.ends[len(due) - 1]), "repayment": repayment}


# ---- YAML ------------------------------------------------------------------------------------------------------------


def yaml(told: Any, depth: int = 0) -> Iterator[str]:
    """Lines of a mapping; numbers with all their digits, dates as such, numbers with their source on one line."""
    for key, value in told.items():
        pad = "  " * depth
        if isinstance(value, dict) and "value" not in value and value:
            yield f"{pad}{key}:\n"
            yield from yaml(value, depth + 1)
        elif isinstance(value, list) and value and isinstance(value[0], dict) and ("id" in value[0] or "start" in value[0]):
            yield f"{pad}{key}:\n"
            for one in value:
                lines = list(yaml(one, depth + 2))
                yield f"{pad}  - {lines[0].strip()}\n"
                yield from lines[1:]
        else:
            yield f"{pad}{key}: {flow(value)}\n"


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return json.dumps(value)
