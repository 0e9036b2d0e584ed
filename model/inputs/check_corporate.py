"""Rules on the company's own money: streams of cash, purchases, puts, loan tests, events, and whose guarantee is whose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from model.inputs.check_company import COMPANY
from model.inputs.document import Path
from model.inputs.horizon import months_needed
from model.inputs.problem import USD_M, Problem, Problems, Rule, unit_and_range
from model.inputs.schema import Case
from model.timeline.rolls import months_between

NEED_CASH = ("business", "overhead", "premises", "tax", "capex", "deposit", "put", "loan_tests")
LAST_YEAR = 2100


def plans_need_cash(case: Case) -> Problems:
    """What the company earns and pays moves its cash: without an opening there is none."""
    said = case.company
    if said.liquidity is not None:
        return
    for name in NEED_CASH:
        if getattr(said, name):
            yield Problem(COMPANY, (name,), "given", "with liquidity: the cash that it moves")
    if said.events.cross_default is not None:
        yield Problem(COMPANY, ("events", "cross_default"), "given", "with liquidity: the cash that it moves")


def guarantors_are_known(case: Case) -> Problems:
    """A guarantee is the company's if it names the company."""
    promises = {loan.guarantee.provider for loan in case.debt.instruments if loan.guarantee and loan.box}
    if case.company.liquidity is None or not promises:
        return
    if case.company.name is None:
        allowed = f"required: the company as its guarantees name it, or another name where they are of others: {_list(promises)}"
        yield Problem(COMPANY, ("name",), None, allowed)
    elif case.company.name not in promises:
        allowed = f"no guarantee names it, so nothing is called on it: {_list(promises)}"
        yield Problem(COMPANY, ("name",), case.company.name, allowed, True)


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))


# ---- amounts over time -----------------------------------------------------------------------------------------------


def _streams(case: Case) -> Iterator[tuple[Path, Any, bool]]:
    """Every stream, its place, and whether it may be negative."""
    said = case.company
    if said.business:
        yield ("business", "plan"), said.business.plan, True
    if said.premises:
        yield from ((("premises", name), getattr(said.premises, name), False) for name in ("rent", "signed", "power"))
    if said.tax:
        yield ("tax", "plan"), said.tax.plan, False
    yield from ((("capex", n, "plan"), one.plan, False) for n, one in enumerate(said.capex))


def _flows(case: Case) -> Iterator[tuple[Path, Any, bool]]:
    """Every amount on a date."""
    for path, stream, signed in _streams(case):
        yield from (((*path, "flows", n), flow, signed) for n, flow in enumerate(stream.flows))
    if case.company.liquidity is not None:
        for name in ("receipts", "payments"):
            yield from ((("liquidity", name, n), flow, False) for n, flow in enumerate(getattr(case.company.liquidity, name)))


def amounts_are_dated(case: Case) -> Problems:
    """Amounts in USD m, after the as-of date; what lies after the timeline counts for nothing."""
    as_of, months = case.general.as_of, months_needed(case)
    for path, flow, signed in _flows(case):
        yield from unit_and_range(COMPANY, (*path, "amount"), flow.amount, USD_M, low=-1e12 if signed else 0.0)
        yield from _later(case, (*path, "date"), flow.date)
        if flow.date > as_of and months_between(as_of, flow.date) > months:
            allowed = f"a date within the {months} months of the timeline: it counts for nothing"
            yield Problem(COMPANY, (*path, "date"), flow.date, allowed, True)


def _later(case: Case, path: Path, day: date) -> Problems:
    if day <= case.general.as_of:
        yield Problem(COMPANY, path, day, f"a date after as_of, {case.general.as_of}")


def years_are_ahead(case: Case) -> Problems:
    """Amounts by year stand in years that still have months to come."""
    as_of = case.general.as_of
    first = as_of.year + (as_of.month == 12)
    for path, stream, signed in _streams(case):
        for year, number in stream.by_year.items():
            yield from unit_and_range(COMPANY, (*path, "by_year", year), number, USD_M, low=-1e12 if signed else 0.0)
            if not first <= year <= LAST_YEAR:
                yield Problem(COMPANY, (*path, "by_year", year), year, f"a year in {first}..{LAST_YEAR}")


# ---- single plans ----------------------------------------------------------------------------------------------------


def purchases_fit(case: Case) -> Problems:
    """A plan of purchases holds some, and is advanced by a loan of the case at a rate that one of them states."""
    loans = {loan.id: loan for loan in case.debt.instruments}
    for n, one in enumerate(case.company.capex):
        path: Path = ("capex", n)
        yield from unit_and_range(COMPANY, (*path, "advance"), one.advance, "share", high=1)
        if not one.plan.flows and not one.plan.by_year:
            yield Problem(COMPANY, (*path, "plan"), "nothing", "amounts: flows or by_year")
        if one.loan is not None and one.loan not in loans:
            yield Problem(COMPANY, (*path, "loan"), one.loan, f"an instrument of debt.yaml: {', '.join(loans)}")
        elif one.loan is not None and one.advance is None and not getattr(loans[one.loan], "advance_rate", None):
            yield Problem(COMPANY, (*path, "advance"), None, f"required: {one.loan} states no advance_rate")


def put_fits(case: Case) -> Problems:
    """A put is held against a curve of share prices, and lapses above its strike."""
    said = case.company.put
    if said is None:
        return
    known = ", ".join(sorted(case.curves)) or "there is none"
    if said.share_prices not in case.curves:
        yield Problem(COMPANY, ("put", "share_prices"), said.share_prices, f"a file of curves/: {known}")
    elif case.curves[said.share_prices].unit != "USD":
        seen = case.curves[said.share_prices].unit
        yield Problem(f"curves/{said.share_prices}.csv", ("unit",), seen, "unit must be 'USD'")
    if said.lapse_above is not None and said.lapse_above.value <= said.strike.value:
        allowed = f"a price above the strike, {said.strike.value:g}"
        yield Problem(COMPANY, ("put", "lapse_above", "value"), said.lapse_above.value, allowed)


def single_dates_fit(case: Case) -> Problems:
    """Deposits are repaid, and events happen, after the as-of date."""
    said = case.company
    if said.deposit is not None:
        yield from _later(case, ("deposit", "repaid_on", "value"), said.deposit.repaid_on.value)
    if said.events.cross_default is not None:
        yield from _later(case, ("events", "cross_default", "date"), said.events.cross_default.date)


def loan_tests_fit(case: Case) -> Problems:
    """Test dates run forward; the history lies in the twelve months before the as-of date."""
    said, as_of = case.company.loan_tests, case.general.as_of
    if said is None:
        return
    yield from _later(case, ("loan_tests", "first_test"), said.first_test)
    if said.last_test is not None and said.last_test < said.first_test:
        yield Problem(COMPANY, ("loan_tests", "last_test"), said.last_test, f"a date on or after first_test, {said.first_test}")
    for n, flow in enumerate(said.history):
        path: Path = ("loan_tests", "history", n)
        yield from unit_and_range(COMPANY, (*path, "amount"), flow.amount, USD_M, low=-1e12)
        if not 0 <= months_between(flow.date, as_of) < 12 or flow.date > as_of:
            yield Problem(COMPANY, (*path, "date"), flow.date, f"a date in the 12 months to as_of, {as_of}")


RULES: tuple[Rule, ...] = (plans_need_cash, guarantors_are_known, amounts_are_dated, years_are_ahead, purchases_fit, put_fits,
                           single_dates_fit, loan_tests_fit)
