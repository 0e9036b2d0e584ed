"""Rules on the terms of instruments: dates, draws, repayment, curves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from math import fsum
from typing import Any

from model.debt import KINDS
from model.inputs.document import Path
from model.inputs.horizon import coupons_of
from model.inputs.problem import DEBT, USD_M, Problem, Problems, Rule, amount, unit_and_range
from model.inputs.schema import Case
from model.inputs.values import Number
from model.timeline import Coupon
from model.timeline.curve import RATE_HIGH, RATE_LOW

SLACK = 0.001  # USD m: instalments are written with three decimals
MUST_SAY = {"annuity": ("rate",), "custom": ("schedule",), "sculpted": ("target",), "fixed": ("amounts",),
            "percent_of_initial": ("percent",), "percent_of_balance": ("percent",)}
MAY_SAY = {"bullet": (), "sculpted": ("first_instalment", "target", "targets", "uncontracted", "uncontracted_target"),
           "percent_of_initial": ("first_instalment", "percent", "original")}
TERMS = ("first_instalment", "rate", "target", "targets", "uncontracted", "uncontracted_target", "percent", "original",
         "amounts", "schedule")
OF_ITS_OWN = ("custom", "inferred", "fixed")  # a draw may say its own instalments


def loans(case: Case) -> Iterator[tuple[Path, Any]]:
    return ((("instruments", n), loan) for n, loan in enumerate(case.debt.instruments))


def _floats(loan: Any) -> bool:
    return KINDS[loan.kind].floats if loan.rate is None else bool(loan.rate == "floating")


def _coupons(case: Case, loan: Any) -> tuple[Coupon, ...]:
    """Interest periods, none where the terms contradict each other: `payment_dates_exist` says so."""
    try:
        return coupons_of(case, loan)
    except ValueError:
        return ()


def _instalment_dates(case: Case, loan: Any) -> list[date]:
    """As `Dated.instalment_dates`."""
    first = loan.repayment.first_instalment
    return [c.pay for c in _coupons(case, loan) if first is None or c.reference_end >= first]


def _after(path: Path, day: date, case: Case) -> Problems:
    if day <= case.general.as_of:
        yield Problem(DEBT, path, day, f"a date after as_of, {case.general.as_of}")


# ---- dates -----------------------------------------------------------------------------------------------------------


def maturity_to_come(case: Case) -> Problems:
    """What has matured is not part of the case."""
    for path, loan in loans(case):
        if loan.maturity.value <= case.general.as_of:
            allowed = f"a date after as_of, {case.general.as_of}; leave out what has been repaid"
            yield Problem(DEBT, (*path, "maturity", "value"), loan.maturity.value, allowed)


def payment_dates_exist(case: Case) -> Problems:
    """Terms give payment dates, one a month at most."""
    for path, loan in loans(case):
        if loan.maturity.value <= case.general.as_of:
            continue
        try:
            found = coupons_of(case, loan)
        except ValueError as error:
            yield Problem(DEBT, path, loan.id, f"dates that fit together: {error}")
            continue
        for one, other in pairwise(found):
            if (one.pay.year, one.pay.month) == (other.pay.year, other.pay.month):
                allowed = "one payment date a month: use modified_following"
                yield Problem(DEBT, path, f"{one.pay} and {other.pay}", allowed)


def curve_fits(case: Case) -> Problems:
    """A floating instrument names a curve of rates; a fixed one names none."""
    for path, loan in loans(case):
        place, known = (*path, "curve"), ", ".join(sorted(case.curves)) or "there is none"
        if not _floats(loan):
            if loan.curve is not None:
                yield Problem(DEBT, place, loan.curve, f"no curve: a {loan.kind} has a fixed rate, unless rate is floating")
        elif loan.curve is None:
            yield Problem(DEBT, place, None, f"required: a {loan.kind} floats, unless rate is fixed; a file of curves/: {known}")
        elif loan.curve not in case.curves:
            yield Problem(DEBT, place, loan.curve, f"a file of curves/: {known}")


def curves_hold_rates(case: Case) -> Problems:
    """A curve that a loan names is one of rates, as fractions, and is not stale."""
    for name in sorted({loan.curve for loan in case.debt.instruments if loan.curve in case.curves}):
        curve, file = case.curves[name], f"curves/{name}.csv"
        outside = next((v for v in curve.values if not RATE_LOW <= v <= RATE_HIGH), None)
        if curve.unit not in ("", "rate"):
            yield Problem(file, ("unit",), curve.unit, "unit must be 'rate'")
        if outside is not None:
            yield Problem(file, ("value",), outside, "a rate as a fraction: 0.12 for 12 %")
        if curve.dates[-1] < case.general.as_of:
            allowed = f"a curve that reaches beyond as_of, {case.general.as_of}"
            yield Problem(file, ("date",), curve.dates[-1], allowed, True)


# ---- draws -----------------------------------------------------------------------------------------------------------


def flows_in_order(case: Case, path: Path, flows: Sequence[Any], schedule: bool = False) -> Problems:
    """Amounts on dates: in USD m, after the as-of date, with instalments only where these mean something."""
    for n, flow in enumerate(flows):
        yield from _after((*path, n, "date"), flow.date, case)
        yield from unit_and_range(DEBT, (*path, n, "amount"), flow.amount, USD_M)
        if getattr(flow, "schedule", None) is not None and not schedule:
            allowed = "no schedule: only draws of profile custom, fixed or inferred have one"
            yield Problem(DEBT, (*path, n, "schedule"), "a schedule", allowed)


def flows_fit(case: Case) -> Problems:
    """Draws and proceeds move between the as-of date and maturity."""
    for path, loan in loans(case):
        for name in ("draws", "proceeds", "purchases", "events"):
            flows = getattr(loan, name, [])
            yield from flows_in_order(case, (*path, name), flows, name == "draws" and loan.repayment.profile in OF_ITS_OWN)
            for n, flow in enumerate(flows):
                if flow.date > loan.maturity.value:
                    allowed = f"a date by maturity, {loan.maturity.value}"
                    yield Problem(DEBT, (*path, name, n, "date"), flow.date, allowed)


def draws_within_commitment(case: Case) -> Problems:
    """Draws stay inside the availability and the size of the undrawn commitment."""
    for path, loan in loans(case):
        if not hasattr(loan, "undrawn_before"):
            continue
        undrawn, drawn = amount(loan.undrawn_before), fsum(draw.amount.value for draw in loan.draws)
        if undrawn > 0 and loan.availability_end is None:
            allowed = "required: until when the undrawn commitment can be drawn"
            yield Problem(DEBT, (*path, "availability_end"), None, allowed)
        if undrawn > 0 and loan.availability_end is not None:
            last = loan.availability_end.value
            yield from (Problem(DEBT, (*path, "draws", n, "date"), draw.date, f"a date by availability_end, {last}")
                        for n, draw in enumerate(loan.draws) if draw.date > last)
        if loan.kind == "delayed_draw" and drawn > undrawn + 1e-9:
            yield Problem(DEBT, (*path, "draws"), drawn, f"draws of at most undrawn_before, {undrawn:.12g}")


# ---- repayment -------------------------------------------------------------------------------------------------------


def repayment_says_enough(case: Case) -> Problems:
    """Each profile has the terms it needs and no others."""
    for path, loan in loans(case):
        plan, place = loan.repayment, (*path, "repayment")
        must = MUST_SAY.get(plan.profile, ())
        may = MAY_SAY.get(plan.profile, ("first_instalment", *must))
        for key in TERMS:
            value = getattr(plan, key)
            if value in (None, [], {}) and key in must:
                yield Problem(DEBT, (*place, key), None, f"required with profile {plan.profile}")
            if value not in (None, [], {}) and key not in may:
                yield Problem(DEBT, (*place, key), "given", f"not with profile {plan.profile}")
        yield from unit_and_range(DEBT, (*place, "rate"), plan.rate, "rate", high=RATE_HIGH)
        yield from unit_and_range(DEBT, (*place, "percent"), plan.percent, "share", high=1)
        yield from unit_and_range(DEBT, (*place, "original"), plan.original, USD_M, low=loan.balance.value)
        for day, target in plan.targets.items():
            yield from unit_and_range(DEBT, (*place, "targets", str(day)), target, "x", low=1e-6)
        for key in ("target", "uncontracted_target"):
            yield from unit_and_range(DEBT, (*place, key), getattr(plan, key), "x", low=1e-6)
        for key in ("uncontracted", "amounts"):
            yield from flows_in_order(case, (*place, key), getattr(plan, key))
        months = {(d.year, d.month) for d in _instalment_dates(case, loan)}
        for n, flow in enumerate(plan.amounts):
            if months and (flow.date.year, flow.date.month) not in months:
                yield Problem(DEBT, (*place, "amounts", n, "date"), flow.date, "a month with an instalment date")
        if plan.uncontracted and plan.uncontracted_target is None:
            yield Problem(DEBT, (*place, "uncontracted_target"), None, "required with uncontracted: its own cover")
        if plan.profile == "inferred" and not case.general.reported.maturities:
            yield Problem(DEBT, (*place, "profile"), "inferred", "reported.maturities in case.yaml, to infer it from")


def instalments_have_dates(case: Case) -> Problems:
    """What is repaid in instalments has a date to fall due on, after every draw that it repays."""
    for path, loan in loans(case):
        plan = loan.repayment
        dates = _instalment_dates(case, loan)
        if plan.profile == "bullet" or not _coupons(case, loan):
            continue
        if not dates:
            yield Problem(DEBT, (*path, "repayment", "first_instalment"), plan.first_instalment,
                          f"a date by which an instalment is left: maturity is {loan.maturity.value}")
        for n, draw in enumerate(loan.draws):
            if dates and plan.profile in ("level", "annuity") and draw.date >= dates[-1]:
                allowed = f"a date before the last instalment, {dates[-1]}"
                yield Problem(DEBT, (*path, "draws", n, "date"), draw.date, allowed)


def schedules_fit(case: Case) -> Problems:
    """Instalments by year: in USD m, in years with an instalment date, no more than there is to repay."""
    for path, loan in loans(case):
        if loan.repayment.profile not in OF_ITS_OWN:
            continue
        place, plan = (*path, "repayment", "schedule"), loan.repayment.schedule
        dates = _instalment_dates(case, loan)
        if plan is not None:
            yield from _years(place, plan, dates)
            yield from _total(place, plan, loan)
        for n, draw in enumerate(loan.draws):
            yield from _draw_schedule((*path, "draws", n), draw, dates, loan.repayment.profile)


def _years(place: Path, plan: Mapping[int, Number], dates: Sequence[date]) -> Problems:
    for year, number in plan.items():
        yield from unit_and_range(DEBT, (*place, year), number, USD_M)
        if dates and all(day.year != year for day in dates):
            years = f"{dates[0].year}..{dates[-1].year}"
            yield Problem(DEBT, (*place, year), year, f"a year with an instalment date: {years}")


def _total(place: Path, plan: Mapping[int, Number], loan: Any) -> Problems:
    total, balance = fsum(number.value for number in plan.values()), loan.balance.value
    if total > balance + SLACK:
        yield Problem(DEBT, place, total, f"instalments of at most the balance, {balance:.12g}")
    elif total < balance - SLACK:
        left = f"a balloon of USD {balance - total:.12g} m is left at maturity, {loan.maturity.value}"
        yield Problem(DEBT, place, total, f"the balance is {balance:.12g}: {left}", True)


def _draw_schedule(place: Path, draw: Any, dates: Sequence[date], profile: str) -> Problems:
    """A year's total falls on the instalment dates after the draw, as `Deal` spreads it: there is one at least."""
    if draw.over_months is not None or (draw.schedule is None and profile == "inferred"):
        return
    if draw.schedule is None:
        allowed = "required with profile custom: instalments of this draw by year, or over_months"
        yield Problem(DEBT, (*place, "schedule"), None, allowed)
        return
    place = (*place, "schedule")
    yield from _years(place, draw.schedule, dates)
    total = fsum(number.value for number in draw.schedule.values())
    if abs(total - draw.amount.value) > SLACK:
        yield Problem(DEBT, place, total, f"instalments that add up to the draw, {draw.amount.value:.12g}")
    for year in draw.schedule:
        in_year = [day for day in dates if day.year == year]
        if in_year and in_year[-1] <= draw.date:
            yield Problem(DEBT, (*place, year), year, f"a year with an instalment date after the draw, {draw.date}")


def rates_not_negative(case: Case) -> Problems:
    """A lender that pays interest has no place in a waterfall, whatever the curve does."""
    for path, loan in loans(case):
        least = amount(loan.floor) if _floats(loan) else 0.0
        if loan.margin.value + least < 0:
            yield Problem(DEBT, (*path, "margin", "value"), loan.margin.value,
                          f"at least {-least:g}, so that the rate with its floor is never negative")


# ---- terms that look wrong -------------------------------------------------------------------------------------------


def terms_look_right(case: Case) -> Problems:
    """Possible, but worth a second look."""
    for path, loan in loans(case):
        guarantee = loan.guarantee.amount if loan.guarantee else None
        yield from unit_and_range(DEBT, (*path, "guarantee", "amount"), guarantee, USD_M)
        if loan.balance.value == 0 and not loan.draws and amount(getattr(loan, "undrawn_before", None)) == 0:
            allowed = "an instrument without balance, draws or commitment?"
            yield Problem(DEBT, (*path, "balance"), loan.balance.value, allowed, True)
        if loan.margin.value > 0.25 or 0 < loan.margin.value < 0.001:
            yield Problem(DEBT, (*path, "margin", "value"), loan.margin.value,
                          f"a rate as a fraction: this is {loan.margin.value:.2%} a year", True)


RULES: tuple[Rule, ...] = (
    maturity_to_come, payment_dates_exist, curve_fits, curves_hold_rates, flows_fit,
    draws_within_commitment, repayment_says_enough, instalments_have_dates, schedules_fit,
    rates_not_negative, terms_look_right,
)
