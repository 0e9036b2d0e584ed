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
from model.debt import KINDS
from model.inputs.instruments import TERMS
from model.inputs.parts import fields_of
from model.inputs.schema import Case, CaseFile, CompanyFile, ContractsFile, DebtFile, ScenariosFile
from model.timeline import Curve
from tests.oracle import AS_SIGNED, Coupon, Rows, interest_periods, lent, month_end, months_later, told

# ---- a deal in plain words ------------------------------------------------------------------------------------------

SOFR = [
    (date(2023, 12, 31), 0.053),
    (date(2024, 12, 31), 0.044),
    (date(2025, 9, 30), 0.041),
    (date(2027, 12, 31), 0.036),
]
UNITS = {"power": "USD per MWh", "spot": "USD per GPU-hour", "market": "USD per GPU-hour"}  # of curves that are no rates


def may_have(kind: str) -> set[str]:
    """The terms that a kind of instrument may have."""
    return set(fields_of(KINDS[kind], TERMS))


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


def contract(key: str, *tranches: Rows, prepayments: Sequence[Rows] = (), capex: float = 100.0, **terms: Any) -> Rows:
    """A contract; of GPUs that are told one by one the cost follows from these."""
    bought = any(t.get("fleet") for t in tranches)
    return {
        "id": key,
        "name": f"Contract {key}",
        "obligor": "Obligor",
        "kind": "take_or_pay",
        **({} if bought else {"capex": num(capex)}),
        "tranches": list(tranches),
        "prepayments": list(prepayments),
        **terms,
    }


def by_rule(rule: str, held: float = 0.0, amount: float = 0.0, received: date | None = None, **terms: int) -> Rows:
    """A prepayment that is credited by a rule."""
    credit = {"rule": rule, "source": "test", "grade": "assumed", **terms}
    said = {"held_before": num(held), "amount": num(amount), "credit": credit}
    return said | ({"received_on": day(received)} if received else {})


def gpus_bought(delivered: date, gpus: float, price: float = 30.0, life: float = 72, **terms: Any) -> Rows:
    """A lot of GPUs, all paid for on delivery."""
    return {"hardware": "gb300", "gpus": num(gpus, "no."), "unit_price": num(price, "USD k per GPU"),
            "delivered": day(delivered), "life": num(life, "months"), **terms}


def share_from(*steps: tuple[date, float]) -> list[Rows]:
    """Shares on or from dates."""
    return [{"date": when, "share": num(part, "share")} for when, part in steps]


def gb300(**terms: Any) -> Rows:
    """A class of GPUs with its curves of prices."""
    resale = {age: num(part, "share") for age, part in ((1, 0.78), (2, 0.6), (3, 0.46), (4, 0.35))}
    return {"id": "gb300", "name": "NVIDIA GB300", "source": "test", "grade": "press", "resale": resale,
            "spot_prices": "spot", "contract_prices": "market", **terms}


WORLD: Rows = {
    "hardware": [gb300()],
    "landlords": [{"id": "landlord", "name": "Landlord", "late_days": num(10, "days")}],
    "sites": [{"id": "site", "name": "Site", "landlord": "landlord", "late_days": num(5, "days")}],
}
PRICES = {
    "power": [(date(2024, 6, 15), 40.0), (date(2025, 2, 10), 75.0), (date(2026, 1, 20), 55.0)],
    "spot": [(date(2024, 6, 30), 3.0), (date(2026, 3, 15), 2.1), (date(2028, 1, 1), 1.2)],
    "market": [(date(2024, 6, 30), 2.6), (date(2027, 5, 5), 1.6)],
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


def box(key: str = "box", payout: float = 1.0, sweep: float | None = None, reserve: Rows | None = None,
        steps: Sequence[str] | None = None, accounts: Sequence[Rows] = (), **more: Any) -> Rows:
    """A box that pays in the usual order, or in that of `steps`."""
    held = [*([{"id": "reserve"} | reserve] if reserve else []), *accounts]
    usual = ["pay opex", "pay fees", "pay interest", "pay principal", *(f"fill {account['id']}" for account in held),
             *([f"sweep {sweep * 100:g} %"] if sweep is not None else []), f"distribute {payout * 100:g} %"]
    return {"id": key, "name": f"Box {key}", "ring_fenced": True, "accounts": held, **more,
            "waterfall": {"source": "test", "grade": "assumed", "steps": list(steps or usual)}}


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
    world: Rows | None = None,
    prices: Rows | None = None,
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
        **{name: list((world or {}).get(name, [])) for name in ("hardware", "landlords", "sites")},
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
        "curves": {"sofr": SOFR, **(prices or {})},
    }


def case_of(deal: Rows) -> Case:
    """The same as the loader would hand over."""
    said = copy.deepcopy(deal)
    curves = {
        name: Curve(
            tuple(d for d, _ in points), tuple(v for _, v in points), name, UNITS.get(name, "rate"), "test", "assumed"
        )
        for name, points in said["curves"].items()
    }
    for scenario in said["scenarios"]["scenarios"].values():
        scenario["overrides"] = dict(scenario["overrides"])
    return Case(
        Path("."),
        CaseFile.model_validate(said["case"]),
        ContractsFile.model_validate({name: said.get(name, []) for name in ("contracts", "hardware", "landlords", "sites")}),
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
MIXED = (*KINDS, "delayed_draw", "delayed_draw", "term_loan")  # the kinds with most clauses more often
RULES = ("level", "annuity", "level_service", "percent_of_initial", "percent_of_balance")  # for draws as well
BY_NIGHTS = ("ACT/360", "ACT/365F", "ACT/ACT ISDA")
SCENARIOS = {
    "dear": {"drivers.price_change": 0.1},
    "late": {"drivers.delay_days": 45},
    "stress": {
        "drivers.price_change": -0.15,
        "drivers.cost_change": 0.1,
        "drivers.rate_shift": 0.01,
        **{f"drivers.{name}": 0.04 for name in ("uncollected", "sla_credits", "rent_escalation")},
        "drivers.delivered": 0.95,
        "drivers.power_change": 0.5,
        "drivers.running_change": 0.2,
    },
    "no-draws": {
        "drivers.draw_factor": 0,
        "drivers.proceeds_factor": 0,
        "drivers.debt_scale": 1.1,
        "drivers.renewals": 1,
        "drivers.spot_change": -0.3,
        "drivers.contract_price_change": -0.2,
        "drivers.resale_change": -0.2,
    },
}
Draw = Callable[..., Any]


def _a(pick: Draw, low: float, high: float) -> float:
    """A number of two decimals."""
    return float(pick(st.integers(round(low * 100), round(high * 100)))) / 100


def _day_in(pick: Draw, as_of: date, low: int, high: int) -> date:
    """A day so many months after the as-of date; a third of them month ends."""
    month = months_later(as_of, pick(st.integers(low, high)), 31)
    return month if pick(st.integers(0, 2)) == 0 else date(month.year, month.month, pick(st.integers(1, 28)))


KINDS_OF_CONTRACTS = (*["take_or_pay"] * 5, "take_or_pay_mw", "take_or_pay_gpu", "reserved", "on_demand", "lease")


def _contract(pick: Draw, key: str, as_of: date, months: int, quiet: bool) -> Rows:
    """A contract of one or two tranches; unless it is to be quiet, with a few of the terms that it may have."""
    kind = "take_or_pay" if quiet else pick(st.sampled_from(KINDS_OF_CONTRACTS))
    tranches = [_tranche(pick, as_of, months, quiet, kind) for _ in range(pick(st.integers(1, 2)))]
    firm = kind != "on_demand"  # which has no bills to credit, delay or pay in shares, and no options
    many = 0 if quiet or not firm else pick(st.integers(0, 2))
    prepayments = [_prepayment(pick, as_of, months, tranches) for _ in range(many)]
    terms = {} if quiet or _seldom(pick, 1) else _terms_of_contract(pick, as_of, months, firm)
    return contract(key, *tranches, prepayments=prepayments, capex=_a(pick, 0, 200), kind=kind, **terms)


def _tranche(pick: Draw, as_of: date, months: int, quiet: bool, kind: str) -> Rows:
    start = _day_in(pick, as_of, -3, 4)
    end = _day_in(pick, as_of, 6, months - 3)
    price = _a(pick, 2, 12)
    if quiet:
        opex, rent = round(price * _a(pick, 0.05, 0.3), 4), round(price * _a(pick, 0, 0.2), 4)
        return tranche(start, end, price, opex, rent, start, end, float(pick(st.booleans())))
    rent_end = min(end + timedelta(days=pick(st.sampled_from([0, 0, 40]))), months_later(as_of, months, 31))
    rent_start = start - timedelta(days=pick(st.sampled_from([0, 0, 60])))
    opex, rent = round(price * _a(pick, 0.05, 0.3), 4), round(price * _a(pick, 0, 0.2), 4)
    said = tranche(start, end, price, opex, rent, rent_start, rent_end, float(pick(st.booleans())))
    said |= _priced(pick, kind, price, start)
    if _seldom(pick, 1):
        said |= _clauses_of_tranche(pick, said, as_of, months, price)
        said |= _options(pick, said, as_of, months) if kind != "on_demand" else {}
    return said


def _priced(pick: Draw, kind: str, monthly: float, start: date) -> Rows:
    """About the same fee, in the unit of the kind."""
    megawatts, gpus = pick(st.integers(5, 60)), pick(st.integers(1, 9)) * 1000
    if kind == "take_or_pay":
        return {}
    if kind == "take_or_pay_mw":
        price = num(round(monthly * 12 / megawatts, 4), "USD m per MW a year")
        return {"price": price, "capacity": num(megawatts, "MW")}
    if kind == "lease":
        return {"price": num(round(monthly * 1000 / megawatts, 2), "USD per kW-month"), "capacity": num(megawatts, "MW")}
    said: Rows = {"price": num(round(monthly * 1e6 / gpus / 730, 4), "USD per GPU-hour"), "gpus": num(gpus, "no.")}
    if kind == "reserved":
        later = months_later(start, pick(st.integers(1, 6)), 1)
        said["ramp"] = share_from((start, _a(pick, 0.2, 0.8)), (later, 1.0))
    if kind == "on_demand":
        said["utilisation"] = num(_a(pick, 0.3, 0.9), "share")
    return said


def _clauses_of_tranche(pick: Draw, said: Rows, as_of: date, months: int, monthly: float) -> Rows:
    """A few of the terms that any tranche may have."""
    start, terms = said["start"]["value"], {}
    if _seldom(pick, 2):
        terms["escalator"] = num(_a(pick, -0.02, 0.08), "rate")
        if _seldom(pick, 2):
            terms["escalates_from"] = day(start + timedelta(days=pick(st.integers(1, 400))))
    if _seldom(pick, 2):
        terms |= {"site": "site", "late_days": num(pick(st.integers(0, 20)), "days")}
    if _seldom(pick, 4):
        terms |= {"long_stop": day(start + timedelta(days=pick(st.integers(0, 60))))}
        terms |= {"given_up": num(0.4, "share")} if pick(st.booleans()) else {}
    if _seldom(pick, 4):
        terms |= {name: num(_a(pick, 0, 0.2), "USD m a month") for name in ("staff", "maintenance", "insurance")}
    if _seldom(pick, 4):
        terms["opex_escalator"] = num(_a(pick, 0, 0.05), "rate")
    if _seldom(pick, 4):
        terms["margin"] = num(_a(pick, 0.7, 0.95), "share")
    if _seldom(pick, 2):
        terms |= {"rent_moves": num(1, "flag"), "rent_escalator": num(_a(pick, 0, 0.05), "rate")}
    if _seldom(pick, 3):
        terms |= _building(pick, said, monthly)
    if _seldom(pick, 2):
        terms |= _fleet(pick, said, as_of)
    return terms


def _options(pick: Draw, said: Rows, as_of: date, months: int) -> Rows:
    """What may follow on the service that was signed."""
    end, last, terms = said["end"]["value"], months_later(as_of, months, 31), {}
    if "fleet" in said and _seldom(pick, 1):
        terms |= {"redeployed_to": day(max(last - timedelta(days=pick(st.integers(0, 200))), end)),
                  "idle_days": num(pick(st.integers(0, 40)), "days"), "redeployed_use": num(_a(pick, 0.3, 1), "share"),
                  "redeployment_cost": num(_a(pick, 0, 2))}
    if _seldom(pick, 2):
        terms["renewal_to"] = day(end + timedelta(days=pick(st.integers(1, 150))))
        at_market = "fleet" in said and pick(st.booleans())
        terms |= {"renewal_at_market": True} if at_market else {"renewal_price": num(_a(pick, 0.4, 1), "share")}
    return terms


def _building(pick: Draw, said: Rows, monthly: float) -> Rows:
    """Power and the building by the megawatt, in some proportion to the fee."""
    megawatts = said.get("capacity", num(pick(st.integers(2, 20)), "MW"))["value"]
    terms: Rows = {"capacity": num(megawatts, "MW")}
    if pick(st.booleans()):
        terms |= {"power_prices": "power", "pue": num(_a(pick, 1.1, 1.4), "factor"), "load": num(_a(pick, 0.6, 1), "share"),
                  "passed_through": num(_a(pick, 0, 1), "share")}
    if _seldom(pick, 1):
        terms["facility_charge"] = num(round(monthly * _a(pick, 0, 0.1) * 1000 / megawatts, 2), "USD per kW-month")
    if _seldom(pick, 1):
        terms["rent_per_kw"] = num(round(monthly * _a(pick, 0, 0.1) * 1000 / megawatts, 2), "USD per kW-month")
    return terms


def _fleet(pick: Draw, said: Rows, as_of: date) -> Rows:
    """One or two lots of GPUs; the second is paid for in parts."""
    gpus = said.get("gpus", num(pick(st.integers(1, 4)) * 500, "no."))["value"]
    lots = [gpus_bought(_day_in(pick, as_of, -8, 3), gpus, _a(pick, 20, 50), pick(st.sampled_from([24, 48, 60, 72])))]
    if pick(st.booleans()):
        parts = share_from((_day_in(pick, as_of, -2, 2), 0.3), (_day_in(pick, as_of, 3, 6), 0.7))
        lots.append(gpus_bought(_day_in(pick, as_of, 1, 5), gpus / 2, 25.0, payments=parts))
    return {"gpus": num(gpus, "no."), "fleet": lots}


def _prepayment(pick: Draw, as_of: date, months: int, tranches: Sequence[Rows]) -> Rows:
    """Held before or still to be received; credited in a window of dates or by a rule."""
    held = pick(st.booleans())
    amount = _a(pick, 1, 15)
    refundable = {"refundable": num(1, "flag")} if pick(st.booleans()) else {}
    first, last = min(t["start"]["value"] for t in tranches), max(t["end"]["value"] for t in tranches)
    if _seldom(pick, 2):
        years = pick(st.integers(1, 2))
        after = last + timedelta(days=1)
        within = [n for n in range(1, 7) if months_later(after, -n, after.day) >= first]
        rule: Rows = pick(st.sampled_from([{"rule": "last_months", "months": pick(st.sampled_from(within))}, {"rule": "pro_rata"},
                                           {"rule": "years", "first": years, "last": pick(st.integers(years, 2))}]))
        received = {} if held else {"received": _day_in(pick, as_of, 1, 3)}
        return by_rule(**rule, **{"held" if held else "amount": amount}, **received) | refundable
    start = min(_day_in(pick, as_of, 1, 6), last)
    end = min(start + timedelta(days=pick(st.integers(27, 300))), months_later(as_of, months, 31))
    if held:
        return prepaid(start, end, held=amount) | refundable
    return prepaid(start, end, amount=amount, received=min(_day_in(pick, as_of, 1, 3), end)) | refundable


def _terms_of_contract(pick: Draw, as_of: date, months: int, firm: bool) -> Rows:
    """A few of the terms that a contract may have; those on its bills only where it is firm."""
    def flows(most: float, count: int) -> list[Rows]:
        return [draw(_day_in(pick, as_of, 1, min(12, months - 1)), _a(pick, 0, most)) for _ in range(count)]

    terms: Rows = {}
    if _seldom(pick, 3):
        terms["taxes"] = flows(0.5, 2)
    if firm and _seldom(pick, 2):
        terms["payment_days"] = num(pick(st.sampled_from([0, 30, 45, 60, 90])), "days")
        terms["receivables"] = flows(8, pick(st.integers(0, 2)))
    if firm and _seldom(pick, 2):
        terms["sla"] = num(_a(pick, 0, 0.08), "share")
    if firm and _seldom(pick, 3):
        terms["uncollected"] = num(_a(pick, 0, 0.1), "share")
    if firm and _seldom(pick, 3):
        terms["paid_in_shares"] = flows(4, 2)
    if firm and _seldom(pick, 3):
        terms["shares_given"] = flows(10, 1)
    if _seldom(pick, 2):
        fees = [draw(as_of - timedelta(days=30), 20.0), draw(_day_in(pick, as_of, 2, 8), 10.0)]
        notice = pick(st.sampled_from([0, 30, 90]))
        terms |= {"notice_days": num(notice, "days"), "termination_fees": fees}
        terms |= {"claim_recovery": num(0.4, "share"), "claim_days": num(3 * notice, "days")} if firm else {}
    if _seldom(pick, 9):
        terms["lost_after"] = num(pick(st.integers(1, 400)), "days")
    return terms


def _backstop(pick: Draw, key: str, as_of: date, months: int, others: Sequence[Rows]) -> Rows:
    """Somebody buys what others do not, where their capacity is told in megawatts."""
    start, end = _day_in(pick, as_of, -2, 6), _day_in(pick, as_of, 7, months - 1)
    said = {name: value for name, value in tranche(start, end, 0).items() if name in ("start", "end")}
    said["price"] = num(_a(pick, 0.5, 3), "USD m per MW a year")
    backed = contract(key, said, kind="backstop", backs=[x["id"] for x in others], cap=num(_a(pick, 5, 60)))
    return {name: value for name, value in backed.items() if name not in ("capex", "prepayments")}


def _loan(pick: Draw, key: str, box_key: str | None, as_of: date, months: int, kinds: Sequence[str] = MIXED) -> Rows:
    """A loan of one of the kinds, with a few of the terms that its kind may have."""
    kind = pick(st.sampled_from(kinds))
    floats = KINDS[kind].floats
    basis = pick(st.sampled_from(["ACT/360", "ACT/365F", "ACT/ACT ISDA", "30/360", "30E/360"]))
    rule = pick(st.sampled_from(["modified_following", "modified_following", "none", "modified_preceding"]))
    maturity = _day_in(pick, as_of, 6, months - 2)
    terms: Rows = {"business_days": rule, "adjust_accrual": pick(st.booleans())}
    if _seldom(pick, 5):
        floats = not floats
        terms["rate"] = "floating" if floats else "fixed"
    if floats:
        terms |= {"curve": "sofr", "floor": num(pick(st.sampled_from([0, 0.042])), "rate")}
    if _seldom(pick, 3):
        terms |= {
            "first_accrual": as_of - timedelta(days=pick(st.integers(1, 80))),
            "accrued_before": num(_a(pick, 0, 2)),
        }
    result = loan(
        key,
        maturity,
        _a(pick, 10, 120),
        _a(pick, 0.03, 0.13),
        repay("bullet"),
        kind=kind,
        box=box_key,
        months=pick(st.sampled_from([1, 3, 3, 6, 12])),
        day_count=basis,
        **terms,
    )
    periods = interest_periods(result, as_of)
    result["repayment"] = _repayment(pick, result, periods, as_of, bool(box_key))
    result["draws"] = _draws(pick, result, periods, as_of) if box_key or _seldom(pick, 4) else []
    may = set(fields_of(KINDS[kind], TERMS))
    if "undrawn_before" in may:
        result |= _commitment(pick, result, periods, as_of)
    result |= _clauses(pick, result, periods, as_of, months, may)
    if _seldom(pick, 1):
        result["unamortised_cost"] = num(_a(pick, 0, 5))
    if _seldom(pick, 2):
        evidence = pick(st.sampled_from(["filing", "filing", "press", "assumed"]))
        cap = {"amount": num(_a(pick, 0, 150), grade=evidence)} if pick(st.integers(0, 3)) else {}
        result["guarantee"] = {
            "provider": "Parent",
            "trigger": "non-payment",
            "source": "test",
            "grade": pick(st.sampled_from(["filing", "transcription", "press", "filing", "derived"])),
            **cap,
        }
    if basis in BY_NIGHTS and _seldom(pick, 4):
        result["proceeds"] = [draw(_day_in(pick, as_of, 1, 5), _a(pick, 1, 30))]
    return result


def _seldom(pick: Draw, n: int) -> bool:
    """Once in n + 1 times."""
    return bool(pick(st.integers(0, n)) == 0)


def _repayment(pick: Draw, said: Rows, periods: Sequence[Coupon], as_of: date, in_box: bool) -> Rows:
    """A profile with its terms; where there is no box, mostly a bullet."""
    profiles = [*RULES, "custom", "bullet", "level", "annuity", "sculpted", "fixed"]
    profile = pick(st.sampled_from(profiles)) if in_box or _seldom(pick, 3) else "bullet"
    dates, size, terms = [c.pay for c in periods], said["balance"]["value"], {}
    if profile == "annuity":
        terms = {"rate": num(_a(pick, 0, 0.12), "rate")}
    elif profile == "custom":
        years = sorted({d.year for d in dates})
        parts = [pick(st.integers(0, 5)) for _ in years]
        whole = max(sum(parts) + pick(st.sampled_from([0, 0, 3])), 1)
        terms = {"schedule": {y: num(round(size * p / whole, 6)) for y, p in zip(years, parts, strict=True)}}
    elif profile == "sculpted":
        terms = {"target": num(_a(pick, 1.05, 1.6), "x")}
        if _seldom(pick, 2):
            cash = [draw(_day_in(pick, as_of, 1, 8), _a(pick, 1, 20)) for _ in range(2)]
            terms |= {"uncontracted": cash, "uncontracted_target": num(_a(pick, 1.5, 3), "x")}
    elif profile == "fixed":
        terms = {"amounts": [draw(d, _a(pick, 0, 15)) for d in dates if pick(st.booleans())] or [draw(dates[0], 1.0)]}
    elif profile in ("percent_of_initial", "percent_of_balance"):
        terms = {"percent": num(_a(pick, 0, 0.4), "share")}
    if profile in (*RULES, "sculpted") and _seldom(pick, 3):
        terms["first_instalment"] = periods[min(1, len(dates) - 1)].regular_end
    return repay(profile, **terms)


def _when_money_moves(pick: Draw, said: Rows, periods: Sequence[Coupon], as_of: date, last: date) -> date | None:
    """A day before `last`; the start of a coupon where coupons count whole."""
    if said["day_count"] in BY_NIGHTS:
        when = as_of + timedelta(days=pick(st.integers(1, max(1, (last - as_of).days - 1))))
        soon = [c.pay for c in periods if c.pay > as_of and c.pay.day < 28]
        if soon and _seldom(pick, 2):  # in the days after a payment date: not owed on it
            paid = pick(st.sampled_from(soon))
            when = paid + timedelta(days=pick(st.integers(1, monthrange(paid.year, paid.month)[1] - paid.day)))
    else:
        starts = [c.start for c in periods if c.start > as_of]
        when = pick(st.sampled_from(starts)) if starts else last
    return when if when < last else None


def _draws(pick: Draw, said: Rows, periods: Sequence[Coupon], as_of: date) -> list[Rows]:
    """Later draws, each on a day of its own before the last instalment."""
    plan, draws = said["repayment"], []
    first = plan.get("first_instalment")
    dates = [c.pay for c in periods if first is None or c.regular_end >= first]
    for _ in range(pick(st.sampled_from([0, 0, 1, 2]))):
        when = _when_money_moves(pick, said, periods, as_of, min(dates[-1], said["maturity"]["value"]))
        if when is None or any(when == d["date"] for d in draws):
            continue
        amount, later = _a(pick, 1, 25), [d for d in dates if d > when]
        own = plan["profile"] in ("custom", "fixed", "inferred")
        draws.append(draw(when, amount, {later[-1].year: amount} if own else None))
        if own is False and _seldom(pick, 3):
            enough = next(n for n in range(1, 40) if months_later(when, n, when.day) >= later[0])
            draws[-1]["over_months"] = enough + pick(st.integers(0, 12))
    return sorted(draws, key=lambda d: d["date"])


def _commitment(pick: Draw, said: Rows, periods: Sequence[Coupon], as_of: date) -> Rows:
    """What may be drawn until when, what it costs, and purchases that are financed with it."""
    draws, terms = said["draws"], {}
    last = max((d["date"] for d in draws), default=as_of + timedelta(days=40))
    until = months_later(month_end(last), pick(st.integers(0, 3)), 31)
    if _seldom(pick, 2):
        until = last + timedelta(days=pick(st.integers(0, 60)))
    if _seldom(pick, 3):
        days = [_when_money_moves(pick, said, periods, as_of, min(until, periods[-1].pay)) for _ in range(2)]
        bought = {d for d in days if d and all(d != x["date"] for x in draws)}
        if bought:
            terms["purchases"] = [draw(d, _a(pick, 5, 40)) for d in sorted(bought)]
            terms["advance_rate"] = num(_a(pick, 0.5, 0.9), "share")
    if _seldom(pick, 3):
        terms |= {"upfront_fee": num(_a(pick, 0, 0.03), "share"), "issue_discount": num(_a(pick, 0, 0.05), "share")}
    terms |= {
        "undrawn_before": num(sum(d["amount"]["value"] for d in draws) + _a(pick, 0, 30)),
        "availability_end": day(until),
        "undrawn_fee": num(_a(pick, 0, 0.02), "rate"),
    }
    if said["kind"] == "revolver" and _seldom(pick, 1):
        terms["letters"] = num(_a(pick, 0, 20))
    return terms


def _clauses(pick: Draw, said: Rows, periods: Sequence[Coupon], as_of: date, months: int, may: set[str]) -> Rows:
    """A few of the terms that the kind may have."""
    terms: Rows = {}
    by_cash = said["repayment"]["profile"] in ("sculpted", "level_service")
    if "hedged" in may and "curve" in said and not by_cash and _seldom(pick, 2):
        terms |= {"hedged": num(_a(pick, 0, 1), "share"), "swap_rate": num(_a(pick, 0, 0.06), "rate")}
    if "non_ig_share" in may and not by_cash and _seldom(pick, 2):
        terms |= {"non_ig_share": num(_a(pick, 0, 1), "share"), "non_ig_margin": num(_a(pick, 0, 0.12), "rate")}
    if "steps" in may and not by_cash and _seldom(pick, 2):
        dates = [_when_money_moves(pick, said, periods, as_of, periods[-1].pay) for _ in range(2)]
        if said["day_count"] in BY_NIGHTS and pick(st.booleans()):
            dates = [d and month_end(d) for d in dates]
        steps = [{"date": d, "rate": num(pick(st.sampled_from([0.005, 0.01, -0.01])), "rate")} for d in dates if d]
        terms |= {"steps": steps} if steps else {}
    if "draw_months" in may and _seldom(pick, 3):
        terms |= _own_maturities(pick, said, as_of)
    if "interest_funded_to" in may and pick(st.booleans()):
        terms |= _funded(pick, said, periods, as_of)
    if "extension" in may and _seldom(pick, 2):
        terms |= _extension(pick, said, as_of, months)
    if "call" in may and _seldom(pick, 2):
        terms |= _calls(pick, said, periods, as_of)
    if "collateral" in may and "extension" not in terms and _seldom(pick, 2):
        terms |= _tests(pick, said, periods, as_of)
    if "in_kind" in may and _seldom(pick, 1):
        terms["in_kind"] = num(pick(st.sampled_from([0, 0.3, 0.75])), "share")
    if "redemption_premium" in may and _seldom(pick, 1):
        terms["redemption_premium"] = num(_a(pick, 0, 0.2), "share")
    if "amortisation_moves" in may and _seldom(pick, 2):
        terms["amortisation_moves"] = num(1, "flag")
    if "spot_change" in may and _seldom(pick, 1):
        terms |= {"spot_change": num(_a(pick, -0.2, 0.3), "share"), "swapped": num(_a(pick, 0, 1), "share")}
    return terms


def _own_maturities(pick: Draw, said: Rows, as_of: date) -> Rows:
    """Draws that mature one by one; all that is owed at the as-of date has been drawn some time before."""
    first = said["balance"]["value"] * pick(st.sampled_from([0.25, 0.5, 1.0]))
    parts = [p for p in (first, said["balance"]["value"] - first) if p > 0]
    days = [as_of - timedelta(days=pick(st.integers(0, 300))) for _ in parts]
    until = said["maturity"]["value"]
    to_the_end = (until.year - days[0].year) * 12 + until.month - days[0].month  # the first of them matures with the loan
    return {"draw_months": num(pick(st.sampled_from([to_the_end, pick(st.integers(3, 24))])), "no."),
            "drawn_before": [draw(d, p) for d, p in zip(days, parts, strict=True)]}


def _funded(pick: Draw, said: Rows, periods: Sequence[Coupon], as_of: date) -> Rows:
    """Interest of the first payment dates comes from draws; something else is drawn there too."""
    ends = [c.end for c in periods[:-1] if max(c.pay, c.end) <= said["availability_end"]["value"]]
    if not ends or said["repayment"]["profile"] in ("custom", "fixed"):
        return {}
    last = pick(st.sampled_from(ends))
    extra = [draw(d, _a(pick, 1, 5)) for d in ends if as_of < d <= last and all(d != x["date"] for x in said["draws"])]
    drawn = sorted([*said["draws"], *extra], key=lambda d: d["date"])
    more = sum(d["amount"]["value"] for d in extra) + _a(pick, 0, 10)
    until = next(c.pay for c in periods if c.end == last)
    return {"interest_funded_to": day(until), "draws": drawn, "issue_discount": num(0.02, "share"),
            "undrawn_before": num(said["undrawn_before"]["value"] + more)}


def _extension(pick: Draw, said: Rows, as_of: date, months: int) -> Rows:
    """Some months later, on the same day of the month."""
    maturity = said["maturity"]["value"]
    later = pick(st.integers(1, 8)) * said["months"]
    to = months_later(maturity, later, 31 if maturity == month_end(maturity) else maturity.day)
    if to >= months_later(as_of, months - 1, 31):
        return {}
    terms: Rows = {"extension": {"to": to, "source": "test", "grade": "assumed"}}
    return terms | ({"extension_fee": num(_a(pick, 0, 0.03), "share")} if pick(st.booleans()) else {})


def _calls(pick: Draw, said: Rows, periods: Sequence[Coupon], as_of: date) -> Rows:
    """Prices over time, and events that repay; in months with a payment date where coupons count whole."""
    terms: Rows = {}
    if pick(st.booleans()):
        first = _day_in(pick, as_of, 0, 12)
        told_ = {"prices": {first: num(_a(pick, 1, 1.08), "share"), months_later(first, 7, 28): num(1.01, "share")}}
        if pick(st.booleans()):
            told_ |= {"make_whole_to": first, "make_whole_rate": num(_a(pick, 0.01, 0.08), "rate")}
        terms["call"] = told_ | {"source": "test", "grade": "assumed"}
    if pick(st.booleans()) or not terms:
        days = [c.pay for c in periods[:-1]] if said["day_count"] not in BY_NIGHTS else [_day_in(pick, as_of, 1, 5)]
        if days:
            event = draw(pick(st.sampled_from(days)), _a(pick, 1, 60)) | {"cause": "asset_sale"}
            terms["events"] = [event | ({"premium": num(0.02, "share")} if pick(st.booleans()) else {})]
            terms |= {"events_happen": num(0.5, "factor")} if _seldom(pick, 2) else {}
    return terms


def _tests(pick: Draw, said: Rows, periods: Sequence[Coupon], as_of: date) -> Rows:
    """Greatest-of tests, and conditions of a draw."""
    lots = [draw(_day_in(pick, as_of, -8, 4), _a(pick, 20, 150)) for _ in range(pick(st.integers(1, 2)))]
    residual = {1: num(0.7, "share"), 3: num(0.3, "share")} if pick(st.booleans()) else {}
    terms: Rows = {"collateral": {"cost": lots, "life_months": pick(st.sampled_from([24, 48, 72])),
                                  "residual": residual, "source": "test", "grade": "assumed"}}
    for name in ("contract_test", "cost_test", *(["value_test"] if residual else [])):
        if pick(st.booleans()):
            terms[name] = num(1, "flag")
    extra = {"test_cover": num(_a(pick, 1, 1.6), "x"), "cost_limit": num(_a(pick, 0.5, 1.2), "share"),
             "value_limit": num(_a(pick, 0.5, 1.2), "share"), "look_back": num(pick(st.integers(1, 6)), "no."),
             "instalments_apply": num(pick(st.sampled_from([0, 0.5])), "factor"),
             "tests_from": day(pick(st.sampled_from(periods)).pay), "signed_on": day(_day_in(pick, as_of, 0, 3))}
    extra |= {} if said.get("purchases") else {"draw_cover": num(_a(pick, 0.5, 1.5), "x")}
    return terms | {name: said_ for name, said_ in extra.items() if pick(st.booleans())}


def _moved(pick: Draw, every: Sequence[Rows], contracts: Sequence[Rows] = ()) -> dict[str, float]:
    """A scenario of its own: options that are taken, terms that move."""
    other: dict[str, float] = {}
    for said in contracts:
        if any(said.get(name) for name in ("notice_days", "lost_after", "sla", "prepayments")):
            other[f"{said['id']}.lost_after"] = pick(st.integers(0, 400))
        other |= _moved_tranches(pick, said)
    for said in every:
        if said.get("extension"):
            other[f"{said['id']}.extended"] = 1
        for name, value in (("contract_test", 1), ("cost_test", 1), ("events_happen", 0.5), ("spot_change", 0.4),
                            ("hedged", 0.8), ("in_kind", 0.5), ("issue_discount", 0.04)):
            if name in said and pick(st.booleans()):
                other[f"{said['id']}.{name}"] = value
    return other


def _moved_tranches(pick: Draw, said: Rows) -> dict[str, float]:
    """Options of tranches that are used, sites that are late, GPUs that are sold for less."""
    other: dict[str, float] = {}
    for n, lot in enumerate(said["tranches"], start=1):
        if "renewal_to" in lot:
            other[f"{said['id']}.tranche-{n}.renewed"] = 1
        if "site" in lot:
            other |= {"site.late_days": 25, "landlord.late_days": pick(st.integers(0, 60))}
        if "fleet" in lot:
            other |= {"gb300.auction": 0.5, f"{said['id']}.tranche-{n}.fleet-1.life": 36}
    return other


def _infer(pick: Draw, deal: Rows) -> None:
    """Leave the repayment of some loans undisclosed, and disclose instead what falls due by year in all."""
    loans = deal["debt"]["instruments"]
    chosen = [x for x in loans if not any(d.get("schedule") for d in x["draws"])][: pick(st.integers(1, 2))]
    for said in chosen:
        said["repayment"] = repay("bullet")
    _, _, by_hand = lent(deal, AS_SIGNED)
    due: dict[int, float] = {}
    for one in by_hand.values():
        years = [c.pay.year for c in one.open_dates()]
        if one.file not in chosen:
            parts = one.falls_due()
        else:  # any schedule with something in every year
            weights = {y: pick(st.integers(1, 5)) for y in dict.fromkeys(years)}
            parts = {y: told(one.file, "balance") * w / sum(weights.values()) for y, w in weights.items()}
        for year, amount in parts.items():
            due[year] = due.get(year, 0.0) + amount
    last = pick(st.sampled_from(sorted(due)))
    table: Rows = {"maturities": {y: num(v) for y, v in sorted(due.items()) if y <= last}}
    later = sum(v for y, v in due.items() if y > last)
    deal["case"]["reported"] = table | ({"thereafter": num(later)} if later else {})
    for said in chosen:
        said["repayment"] = repay("inferred")


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


TESTS_OF_BOXES = ("dscr", "dscr", "realisation", "liquidity", "clcr")  # those that any box can be held to


def _any_box(pick: Draw, key: str, as_of: date, loans: Mapping[str, Rows], sweeps: bool) -> Rows:
    """A box of accounts, covenants and cures that pays in some order."""
    held = [_account(pick, name, serves, as_of) for name, serves in (("narrow", ["opex"]), ("wide", None)) if _seldom(pick, 1)]
    pledged = all("collateral" in said for said in loans.values())
    tests = (*TESTS_OF_BOXES, *(("ltc", "ltv") if pledged else ()))
    covenants = [_covenant(pick, name, pick(st.sampled_from(tests)), as_of) for name in ("first", "second")]
    more: Rows = {"covenants": covenants}
    if _seldom(pick, 1):
        more["cures"] = {"on": "first", "until": day(_day_in(pick, as_of, 6, 30)), "at_most": num(_a(pick, 0, 40)),
                         "times": num(pick(st.integers(0, 4)), "no."), "source": "test", "grade": "assumed"}
    return box(key, steps=_steps(pick, list(loans), [one["id"] for one in held], covenants, sweeps), accounts=held, **more)


def _account(pick: Draw, name: str, serves: Sequence[str] | None, as_of: date) -> Rows:
    said: Rows = {"id": name, "held_before": num(_a(pick, 0, 10)), "releases": num(float(pick(st.booleans())), "flag")}
    said |= {"serves": serves} if serves else {}
    months = num(pick(st.sampled_from([1, 3, 6, 12])), "no.")
    said |= pick(st.sampled_from([{"fixed_target": num(5)}, {"balance_target": num(0.1, "share")}, {"months_of_service": months},
                                  {"months_of_cost": months}, {"months_of_power": months},
                                  {"months_of_service": months, "months_of_cost": months, "fixed_target": num(1)}]))
    if _seldom(pick, 1):
        said |= {"letters": num(_a(pick, 0, 10)), "letters_cash": num(_a(pick, 0, 1), "share")}
    if _seldom(pick, 2):
        said |= {"target_cap": num(_a(pick, 2, 12)), "funding": [draw(_day_in(pick, as_of, 1, 5), _a(pick, 0, 5))]}
    return said


def _covenant(pick: Draw, name: str, test: str, as_of: date) -> Rows:
    unit = {"dscr": "x", "clcr": "x", "liquidity": "USD m"}.get(test, "share")
    level, apart = (_a(pick, 0.9, 2), -0.2) if test != "liquidity" else (_a(pick, 1, 8), -1.0)
    level, apart = (_a(pick, 0.3, 1.2), 0.2) if test in ("ltc", "ltv") else (level, apart)
    said: Rows = {"id": name, "test": test, "lock_up": num(level, unit), "default": num(level + apart, unit),
                  "months": num(pick(st.sampled_from([1, 3, 6, 12])), "no.")}
    if test == "dscr" and pick(st.booleans()):
        said["look"] = "forward"
    if _seldom(pick, 2):
        said["first_test"] = day(_day_in(pick, as_of, 2, 12))
    if _seldom(pick, 1):
        said["clean_tests"] = num(pick(st.integers(1, 3)), "no.")
    return said


def _steps(pick: Draw, loans: Sequence[str], accounts: Sequence[str], covenants: Sequence[Rows], sweeps: bool) -> list[str]:
    """Every due once, in some order; accounts, sweeps and distributions between and below them."""
    conditions = []
    for one in covenants:
        clear, beyond = ("<=", ">") if one["test"] in ("ltc", "ltv") else (">=", "<")
        conditions.append([f"{one['id']} {sign} {level}" for sign in (clear, beyond) for level in ("lock_up", "default")])

    def only() -> str:
        chosen = [pick(st.sampled_from(said)) for said in conditions if pick(st.booleans())]
        return f" if {' and '.join(chosen)}" if chosen else ""

    dues = ["interest", "principal", *(["balloon"] if pick(st.booleans()) else [])]
    ranks = [[one] for one in loans] if pick(st.booleans()) else [list(loans)]
    paid = [f"pay {what} of {', '.join(rank)}" for rank in ranks for what in dues]
    steps = ["pay opex", "pay fees", *(paid if pick(st.booleans()) else pick(st.permutations(paid)))]
    for account in accounts:
        steps.insert(pick(st.integers(1, len(steps))), f"fill {account}")
    steps += [f"sweep {share} %{only()}" for share in pick(st.sampled_from([[], [50], [100], [30, 50]])) if sweeps]
    steps += [f"distribute {share} %{only()}" for share in pick(st.sampled_from([[], [100], [100], [50, 100], [40]]))]
    if pick(st.booleans()):
        steps[-2:] = reversed(steps[-2:])
    return list(dict.fromkeys(steps))


def _shares(pick: Draw, keys: Sequence[str]) -> dict[str, float]:
    """Shares of 1 among the keys."""
    weights = [pick(st.integers(0, 3)) for _ in keys]
    total = sum(weights)
    return {k: w / total for k, w in zip(keys, weights, strict=True) if w} if total else {keys[0]: 1.0}


@st.composite
def deals(
    pick: Draw,
    sweeps: bool = True,
    quiet: bool = False,
    notes: bool = True,
    mapped: bool = False,
    kinds: Sequence[str] = MIXED,
    most: int = 3,
    any_box: bool = False,
) -> Rows:
    """A random deal: 1-3 contracts, 1-3 loans, one or two boxes, notes beside them.

    `sweeps` allows cash sweeps, and tests that repay by cash; `quiet` leaves out prepayments and rent outside the service
    term, so that no month of a contract costs more than it brings in; `mapped` leaves no debt without a contract; `kinds`
    are those of its loans, of which there are at `most` so many; `any_box` gives boxes every term that they may have.
    """
    as_of, months = pick(st.sampled_from(AS_OF)), pick(st.integers(14, 40))
    box_keys = ["box", "other"][: min(most, pick(st.sampled_from([1, 1, 2])))]
    contracts, loans = {k: {} for k in box_keys}, {k: {} for k in box_keys}
    for n in range(pick(st.integers(len(box_keys), 3))):
        key = box_keys[n % len(box_keys)]
        contracts[key][f"c{n}"] = _contract(pick, f"c{n}", as_of, months, quiet)
    for n in range(pick(st.integers(len(box_keys), most))):
        key = box_keys[n % len(box_keys)]
        loans[key][f"l{n}"] = _loan(pick, f"l{n}", key, as_of, months, kinds)
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
    beside = [kind for kind in kinds if not KINDS[kind].on_gpus]
    if notes and beside and pick(st.integers(0, 2)) == 0:
        every.append(_loan(pick, "notes", None, as_of, months, beside))
    if not sweeps:  # nor may tests of contracted cash move what is drawn and repaid
        every = [{k: v for k, v in said.items() if k not in ("contract_test", "draw_cover")} for said in every]
    sold = [x for key in box_keys for x in contracts[key].values()]
    in_megawatts = [x for x in sold if all("capacity" in t for t in x["tranches"])]
    if in_megawatts and not quiet:
        sold.append(_backstop(pick, "backstop", as_of, months, in_megawatts))
        cash_share["backstop"] = {every[0]["id"]: 1.0}
    moved = _moved(pick, every, sold)
    deal = deal_of(
        as_of,
        months,
        sold,
        every,
        [_any_box(pick, key, as_of, loans[key], sweeps) if any_box else _box(pick, key, as_of, sweeps) for key in box_keys],
        debt_share,
        cash_share,
        scenarios=SCENARIOS | ({"moved": moved} if moved else {}),
        moderate=pick(st.sampled_from([["stress", "late"], ["stress", "late"], ["late", "stress"], ["stress"], []])),
        basis=pick(st.sampled_from(["disclosed", "assumed"])),
        world=WORLD,
        prices=PRICES,
    )
    if _seldom(pick, 4):
        _infer(pick, deal)
    return deal
