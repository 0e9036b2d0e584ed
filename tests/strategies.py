"""Deals for tests: said in the words of a case file, by hand or at random, and made into a `Case`.

A deal is the plain content of the YAML files (see `tests/oracle.py`, which reads the same), so that the model and the
oracle are told exactly the same thing.
"""

from __future__ import annotations

import copy
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from model.cases import Run, run
from model.deal import Deal
from model.inputs.schema import Case, CaseFile, CompanyFile, ContractsFile, DebtFile, ScenariosFile
from model.timeline import Curve
from tests.oracle import Rows, interest_periods, months_later

# ---- a deal in plain words ------------------------------------------------------------------------------------------

SOFR = [
    (date(2023, 12, 31), 0.053),
    (date(2024, 12, 31), 0.044),
    (date(2025, 9, 30), 0.041),
    (date(2027, 12, 31), 0.036),
]


def num(value: float, unit: str = "USD m", grade: str = "assumed") -> Rows:
    return {"value": float(value), "unit": unit, "source": "test", "grade": grade}


def day(value: date) -> Rows:
    return {"value": value, "source": "test", "grade": "assumed"}


def tranche(
    start: date,
    end: date,
    price: float,
    opex: float = 0.0,
    rent: float = 0.0,
    rent_start: date | None = None,
    rent_end: date | None = None,
    end_moves: float = 0.0,
) -> Rows:
    """Capacity from `start` to `end` at a price a month."""
    return {
        "start": day(start),
        "end": day(end),
        "price": num(price, "USD m a month"),
        "opex": num(opex, "USD m a month"),
        "rent": num(rent, "USD m a month"),
        "rent_start": day(rent_start or start),
        "rent_end": day(rent_end or end),
        "end_moves": num(end_moves, "flag"),
    }


def prepaid(
    credit_from: date, credit_to: date, held: float = 0.0, amount: float = 0.0, received: date | None = None
) -> Rows:
    """A prepayment, held already or still to be received."""
    said = {
        "held_before": num(held),
        "amount": num(amount),
        "credit_from": day(credit_from),
        "credit_to": day(credit_to),
    }
    return said | ({"received_on": day(received)} if received else {})


def contract(key: str, *tranches: Rows, prepayments: Sequence[Rows] = (), capex: float = 100.0) -> Rows:
    return {
        "id": key,
        "name": f"Contract {key}",
        "obligor": "Obligor",
        "kind": "take_or_pay",
        "capex": num(capex),
        "tranches": list(tranches),
        "prepayments": list(prepayments),
    }


def repay(profile: str, **terms: Any) -> Rows:
    return {"profile": profile, "source": "test", "grade": "assumed", **terms}


def draw(when: date, amount: float, schedule: Mapping[int, float] | None = None) -> Rows:
    said: Rows = {"date": when, "amount": num(amount)}
    return said | ({"schedule": {y: num(v) for y, v in schedule.items()}} if schedule else {})


def loan(
    key: str,
    maturity: date,
    balance: float,
    margin: float,
    repayment: Rows,
    *,
    kind: str = "vendor",
    box: str | None = "box",
    months: int = 3,
    day_count: str = "30/360",
    **terms: Any,
) -> Rows:
    """A loan; unless told otherwise on unadjusted dates."""
    told = {"business_days": "none", "adjust_accrual": False} | terms
    return {
        "id": key,
        "name": f"Loan {key}",
        "kind": kind,
        "box": box,
        "day_count": day_count,
        "months": months,
        "balance": num(balance),
        "margin": num(margin, "rate"),
        "maturity": day(maturity),
        "repayment": repayment,
        **told,
    }


def box(key: str = "box", payout: float = 1.0, sweep: float | None = None, reserve: Rows | None = None) -> Rows:
    said: Rows = {"id": key, "name": f"Box {key}", "ring_fenced": True, "payout": num(payout, "share")}
    said |= {"sweep": num(sweep, "share")} if sweep is not None else {}
    return said | ({"reserve": reserve} if reserve else {})


def deal_of(
    as_of: date,
    months: int,
    contracts: Sequence[Rows],
    loans: Sequence[Rows],
    boxes: Sequence[Rows] | None = None,
    debt_share: Rows | None = None,
    cash_share: Rows | None = None,
    basis: str = "disclosed",
    scenarios: Rows | None = None,
    moderate: Sequence[str] = (),
) -> Rows:
    """A whole deal; without shares, the first contract answers for every loan and its cash is split evenly."""
    mine = [x["id"] for x in loans if x["box"] is not None]
    first = contracts[0]["id"]
    return {
        "case": {
            "case": "test",
            "title": "Test",
            "as_of": as_of,
            "months": months,
            "headline": {"claim": "x", **{k: num(1) for k in ("debt", "revenue", "contracted", "market_value")}},
        },
        "contracts": list(contracts),
        "debt": {
            "boxes": list(boxes if boxes is not None else [box()]),
            "instruments": list(loans),
            "allocation": {
                "basis": basis,
                "source": "test",
                "grade": "filing",
                "debt_share": debt_share or {i: {first: 1.0, "none": 0.0} for i in mine},
                "cash_share": cash_share or {first: {i: 1.0 / len(mine) for i in mine}},
            },
        },
        "scenarios": {
            "moderate": list(moderate),
            "scenarios": {
                key: {
                    "title": key,
                    "reason": "test",
                    "source": "test",
                    "grade": "assumed",
                    "overrides": {k: float(v) for k, v in changes.items()},
                }
                for key, changes in (scenarios or {}).items()
            },
        },
        "curves": {"sofr": SOFR},
    }


def case_of(deal: Rows) -> Case:
    """The same as the loader would hand over."""
    said = copy.deepcopy(deal)
    curves = {
        name: Curve(tuple(d for d, _ in points), tuple(v for _, v in points), name, "rate", "test", "assumed")
        for name, points in said["curves"].items()
    }
    for scenario in said["scenarios"]["scenarios"].values():
        scenario["overrides"] = dict(scenario["overrides"])
    return Case(
        Path("."),
        CaseFile.model_validate(said["case"]),
        ContractsFile.model_validate({"contracts": said["contracts"]}),
        DebtFile.model_validate(said["debt"]),
        CompanyFile(),
        ScenariosFile.model_validate(said["scenarios"]),
        curves,
        "",
    )


def run_deal(deal: Rows) -> Run:
    """Build and run."""
    return run(Deal(case_of(deal)))


# ---- deals at random ------------------------------------------------------------------------------------------------

AS_OF = [
    date(2024, 12, 31),
    date(2024, 8, 31),
    date(2025, 6, 30),
    date(2025, 2, 28),
    date(2024, 6, 30),
    date(2024, 2, 29),
]
KINDS = ("delayed_draw", "vendor", "term_loan")
NOTES = ("senior_notes", "convertible", "revolver")
FIXED = ("vendor", "senior_notes", "convertible")
BY_NIGHTS = ("ACT/360", "ACT/365F", "ACT/ACT ISDA")
SCENARIOS = {
    "dear": {"drivers.price_change": 0.1},
    "late": {"drivers.delay_days": 45},
    "stress": {"drivers.price_change": -0.15, "drivers.cost_change": 0.1, "drivers.rate_shift": 0.01},
    "no-draws": {"drivers.draw_factor": 0, "drivers.proceeds_factor": 0, "drivers.debt_scale": 1.1},
}
Draw = Callable[..., Any]


def _a(pick: Draw, low: float, high: float) -> float:
    """A number of two decimals."""
    return float(pick(st.integers(round(low * 100), round(high * 100)))) / 100


def _day_in(pick: Draw, as_of: date, low: int, high: int) -> date:
    """A day so many months after the as-of date; a third of them month ends."""
    month = months_later(as_of, pick(st.integers(low, high)), 31)
    return month if pick(st.integers(0, 2)) == 0 else date(month.year, month.month, pick(st.integers(1, 28)))


def _contract(pick: Draw, key: str, as_of: date, months: int, quiet: bool) -> Rows:
    tranches = []
    for _ in range(pick(st.integers(1, 2))):
        start = _day_in(pick, as_of, -3, 4)
        end = _day_in(pick, as_of, 6, months - 3)
        price = _a(pick, 2, 12)
        rent_end = (
            end
            if quiet
            else min(end + timedelta(days=pick(st.sampled_from([0, 0, 40]))), months_later(as_of, months, 31))
        )
        rent_start = start if quiet else start - timedelta(days=pick(st.sampled_from([0, 0, 60])))
        tranches.append(
            tranche(
                start,
                end,
                price,
                round(price * _a(pick, 0.05, 0.3), 4),
                round(price * _a(pick, 0, 0.2), 4),
                rent_start,
                rent_end,
                float(pick(st.booleans())),
            )
        )
    prepayments = []
    for _ in range(0 if quiet else pick(st.integers(0, 2))):
        start = _day_in(pick, as_of, 1, 6)
        span = timedelta(days=pick(st.integers(27, 300)))
        if pick(st.booleans()):
            prepayments.append(prepaid(start, min(start + span, months_later(as_of, months, 31)), held=_a(pick, 1, 15)))
        else:
            prepayments.append(
                prepaid(
                    start,
                    min(start + span, months_later(as_of, months, 31)),
                    amount=_a(pick, 1, 15),
                    received=_day_in(pick, as_of, 1, 3),
                )
            )
    return contract(key, *tranches, prepayments=prepayments, capex=_a(pick, 0, 200))


def _loan(pick: Draw, key: str, box_key: str | None, as_of: date, months: int) -> Rows:
    kind = pick(st.sampled_from(KINDS if box_key else NOTES))
    floats = kind not in FIXED
    basis = pick(st.sampled_from(["ACT/360", "ACT/365F", "ACT/ACT ISDA", "30/360", "30E/360"]))
    rule = pick(st.sampled_from(["modified_following", "modified_following", "none", "modified_preceding"]))
    maturity = _day_in(pick, as_of, 6, months - 2)
    terms: Rows = {"business_days": rule, "adjust_accrual": pick(st.booleans())}
    if floats:
        terms |= {"curve": "sofr", "floor": num(pick(st.sampled_from([0, 0.042])), "rate")}
    if pick(st.integers(0, 3)) == 0:
        terms |= {
            "first_accrual": as_of - timedelta(days=pick(st.integers(1, 80))),
            "accrued_before": num(_a(pick, 0, 2)),
        }
    size, frequency = _a(pick, 10, 120), pick(st.sampled_from([1, 3, 3, 6, 12]))
    result = loan(
        key,
        maturity,
        size,
        _a(pick, 0.03, 0.13),
        repay("bullet"),
        kind=kind,
        box=box_key,
        months=frequency,
        day_count=basis,
        **terms,
    )
    periods = interest_periods(result, as_of)
    dates = [c.pay for c in periods]
    profiles = ["level", "annuity", "custom", "bullet", "level", "annuity", "sculpted"]
    profile = pick(st.sampled_from(profiles)) if box_key else "bullet"
    draws = _draws(pick, result, profile, dates, as_of) if box_key else []
    if profile == "annuity":
        result["repayment"] = repay("annuity", rate=num(_a(pick, 0, 0.12), "rate"))
    elif profile == "custom":
        years = sorted({d.year for d in dates})
        parts = [pick(st.integers(0, 5)) for _ in years]
        whole = max(sum(parts) + pick(st.sampled_from([0, 0, 3])), 1)
        result["repayment"] = repay(
            "custom", schedule={y: num(round(size * p / whole, 6)) for y, p in zip(years, parts, strict=True)}
        )
    elif profile == "sculpted":
        result["repayment"] = repay("sculpted", target=num(_a(pick, 1.05, 1.6), "x"))
    else:
        result["repayment"] = repay(profile)
    if profile != "bullet" and profile != "custom" and pick(st.integers(0, 3)) == 0:
        result["repayment"]["first_instalment"] = periods[min(1, len(dates) - 1)].regular_end
        if draws and draws[-1]["date"] >= dates[-1]:
            draws = []
    result["draws"] = draws
    if kind == "delayed_draw":
        last = max((d["date"] for d in draws), default=as_of + timedelta(days=40))
        end = date(last.year, last.month, monthrange(last.year, last.month)[1])
        result |= {
            "undrawn_before": num(sum(d["amount"]["value"] for d in draws) + _a(pick, 0, 30)),
            "availability_end": day(months_later(end, pick(st.integers(0, 3)), 31)),
            "undrawn_fee": num(0.005 if basis in BY_NIGHTS else 0.0, "rate"),
        }
    if pick(st.integers(0, 2)) == 0:
        evidence = pick(st.sampled_from(["filing", "filing", "press", "assumed"]))
        cap = {"amount": num(_a(pick, 0, 150), grade=evidence)} if pick(st.integers(0, 3)) else {}
        result["guarantee"] = {
            "provider": "Parent",
            "trigger": "non-payment",
            "source": "test",
            "grade": pick(st.sampled_from(["filing", "transcription", "press", "filing", "derived"])),
            **cap,
        }
    if basis in BY_NIGHTS and pick(st.integers(0, 4)) == 0:
        result["proceeds"] = [draw(_day_in(pick, as_of, 1, 5), _a(pick, 1, 30))]
    return result


def _draws(pick: Draw, said: Rows, profile: str, dates: list[date], as_of: date) -> list[Rows]:
    """Later draws, each before the last instalment; on the start of a coupon where coupons count whole."""
    draws = []
    for _ in range(pick(st.sampled_from([0, 0, 1, 2]))):
        if said["day_count"] in BY_NIGHTS:
            when = as_of + timedelta(days=pick(st.integers(1, max(1, (dates[-1] - as_of).days - 1))))
            soon = [d for d in dates if d > as_of and d.day < 28]
            if soon and pick(st.integers(0, 2)) == 0:  # in the days after a payment date: not owed on it
                paid = pick(st.sampled_from(soon))
                when = paid + timedelta(days=pick(st.integers(1, monthrange(paid.year, paid.month)[1] - paid.day)))
        else:
            starts = [c.start for c in interest_periods(said, as_of) if c.start > as_of]
            if not starts:
                continue
            when = pick(st.sampled_from(starts))
        if when >= dates[-1] or any(when == d["date"] for d in draws):
            continue
        amount = _a(pick, 1, 25)
        years = sorted({d.year for d in dates if d > when})
        draws.append(draw(when, amount, {years[-1]: amount} if profile == "custom" else None))
    return sorted(draws, key=lambda d: d["date"])


def _box(pick: Draw, key: str, as_of: date, sweeps: bool) -> Rows:
    reserve = None
    if pick(st.booleans()):
        reserve = {
            "held_before": num(_a(pick, 0, 10)),
            "fixed_target": num(pick(st.sampled_from([0, 2, 5]))),
            "balance_target": num(_a(pick, 0, 0.08), "share"),
            "target_cap": num(_a(pick, 2, 12)),
            "releases": num(float(pick(st.booleans())), "flag"),
            "funding": [draw(_day_in(pick, as_of, 1, 5), _a(pick, 0, 5))] if pick(st.booleans()) else [],
        }
    sweep = pick(st.sampled_from([None, 0.5, 1.0])) if sweeps else None
    return box(key, payout=pick(st.sampled_from([0.0, 0.5, 1.0])), sweep=sweep, reserve=reserve)


def _shares(pick: Draw, keys: Sequence[str]) -> dict[str, float]:
    """Shares of 1 among the keys."""
    weights = [pick(st.integers(0, 3)) for _ in keys]
    total = sum(weights)
    return {k: w / total for k, w in zip(keys, weights, strict=True) if w} if total else {keys[0]: 1.0}


@st.composite
def deals(pick: Draw, sweeps: bool = True, quiet: bool = False, notes: bool = True, mapped: bool = False) -> Rows:
    """A random deal: 1-3 contracts, 1-3 loans, one or two boxes, notes beside them.

    `sweeps` allows cash sweeps; `quiet` leaves out prepayments and rent outside the service term, so that no month of a
    contract costs more than it brings in; `mapped` leaves no debt without a contract.
    """
    as_of, months = pick(st.sampled_from(AS_OF)), pick(st.integers(14, 40))
    box_keys = ["box", "other"][: pick(st.sampled_from([1, 1, 2]))]
    contracts, loans = {k: {} for k in box_keys}, {k: {} for k in box_keys}
    for n in range(pick(st.integers(len(box_keys), 3))):
        key = box_keys[n % len(box_keys)]
        contracts[key][f"c{n}"] = _contract(pick, f"c{n}", as_of, months, quiet)
    for n in range(pick(st.integers(len(box_keys), 3))):
        key = box_keys[n % len(box_keys)]
        loans[key][f"l{n}"] = _loan(pick, f"l{n}", key, as_of, months)
    debt_share, cash_share = {}, {}
    for key in box_keys:
        for name, said in loans[key].items():
            none = 0.0 if mapped else pick(st.sampled_from([0.0, 0.0, 0.0, 0.25]))
            parts = _shares(pick, list(contracts[key]))
            debt_share[name] = {c: s * (1 - none) for c, s in parts.items()} | {"none": none}
            if none:
                said["unmapped"] = pick(st.sampled_from(["uncontracted", "undisclosed"]))
        for name in contracts[key]:
            used = pick(st.sampled_from([1.0, 1.0, 0.8]))
            cash_share[name] = {i: s * used for i, s in _shares(pick, list(loans[key])).items()}
    every = [x for key in box_keys for x in loans[key].values()]
    if notes and pick(st.integers(0, 2)) == 0:
        every.append(_loan(pick, "notes", None, as_of, months))
    return deal_of(
        as_of,
        months,
        [x for key in box_keys for x in contracts[key].values()],
        every,
        [_box(pick, key, as_of, sweeps) for key in box_keys],
        debt_share,
        cash_share,
        scenarios=SCENARIOS,
        moderate=pick(st.sampled_from([["stress", "late"], ["stress", "late"], ["late", "stress"], ["stress"], []])),
        basis=pick(st.sampled_from(["disclosed", "assumed"])),
    )
