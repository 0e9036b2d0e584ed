"""Rules on the GPUs bought for contracts, on ramps, and on prepayments with their windows of crediting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import fsum
from typing import Any

from model.inputs.check_contracts import contracts_of, dates_once, said_of, tranches_of
from model.inputs.document import Path
from model.inputs.problem import CONTRACTS, Problem, Problems, Rule, amount, in_order, unit_and_range
from model.inputs.schema import Case
from model.timeline import roll_date

ROUNDING = 1e-9
WANTED = {"last_months": ("months",), "years": ("first", "last"), "pro_rata": ()}
MARKET = (("redeployed_to", "spot_prices"), ("renewal_at_market", "contract_prices"))


# ---- GPUs ------------------------------------------------------------------------------------------------------------


def resale_is_a_curve(case: Case) -> Problems:
    """What a buyer pays is a share of the price at an age in years."""
    for n, market in enumerate(case.contracts.hardware):
        for age, share in market.resale.items():
            path: Path = ("hardware", n, "resale", age)
            yield from unit_and_range(CONTRACTS, path, share, "share", high=2)
            if not 0 <= age <= 20:
                yield Problem(CONTRACTS, path, age, "an age of 0 to 20 years")


def _lots(case: Case) -> Iterator[tuple[Path, Any, Any]]:
    """Every lot with its place and its tranche."""
    for path, _, said in tranches_of(case):
        for n, lot in enumerate(said_of(said, "fleet") or []):
            yield (*path, "fleet", n), said, lot


def lots_fit(case: Case) -> Problems:
    """Lots are of a class of the file, their payments add up to the price, and they are there while they serve."""
    known = [market.id for market in case.contracts.hardware]
    for path, said, lot in _lots(case):
        if lot.hardware not in known:
            allowed = f"a class of hardware: {', '.join(known) or 'none is given'}"
            yield Problem(CONTRACTS, (*path, "hardware"), lot.hardware, allowed)
        for n, part in enumerate(lot.payments):
            yield from unit_and_range(CONTRACTS, (*path, "payments", n, "share"), part.share, "share", high=1)
        parts = fsum(part.share.value for part in lot.payments)
        if lot.payments and abs(parts - 1) > ROUNDING:
            yield Problem(CONTRACTS, (*path, "payments"), parts, "shares that add up to 1")
        if lot.delivered.value > said.end.value:
            yield Problem(CONTRACTS, (*path, "delivered"), lot.delivered.value, f"a date by the end of service, {said.end.value}")


def cost_is_said_once(case: Case) -> Problems:
    """GPUs give the cost of the contract."""
    for path, contract in contracts_of(case):
        if contract.capex is not None and any(said_of(said, "fleet") for said in contract.tranches):
            yield Problem(CONTRACTS, (*path, "capex"), contract.capex.value, "not with fleet: its GPUs give the cost")


def markets_have_prices(case: Case) -> Problems:
    """What is sold at the market's price has one curve of it: all GPUs of a tranche are priced by the same."""
    classes = {market.id: market for market in case.contracts.hardware}
    for path, _, said in tranches_of(case):
        lots = said_of(said, "fleet") or []
        if any(lot.hardware not in classes for lot in lots):
            continue
        for term, curve in MARKET:
            found = {getattr(classes[lot.hardware], curve) for lot in lots} or {None}
            if said_of(said, term) and not any(found):
                yield Problem(CONTRACTS, (*path, "fleet"), None, f"required with {term}: GPUs of a class with {curve}")
            elif said_of(said, term) and len(found) > 1:
                seen = ", ".join(sorted(str(slug or "none") for slug in found))
                yield Problem(CONTRACTS, (*path, "fleet"), seen, f"classes with one and the same {curve}, as {term} asks for it")


def ramps_fit(case: Case) -> Problems:
    """A ramp is a share of the GPUs from dates on."""
    for path, _, said in tranches_of(case):
        ramp = said_of(said, "ramp") or []
        for n, step in enumerate(ramp):
            yield from unit_and_range(CONTRACTS, (*path, "ramp", n, "share"), step.share, "share", high=1)
        yield from dates_once((*path, "ramp"), ramp)


# ---- prepayments -----------------------------------------------------------------------------------------------------


def _prepayments(case: Case) -> Iterator[tuple[Path, Any, Any]]:
    for path, contract in contracts_of(case):
        for n, item in enumerate(contract.prepayments):
            yield (*path, "prepayments", n), contract, item


def _service(contract: Any) -> tuple[date, date]:
    return min(t.start.value for t in contract.tranches), max(t.end.value for t in contract.tranches)


def prepayments_are_received(case: Case) -> Problems:
    """There is an amount; what is still to be received comes after the as-of date and before crediting is over."""
    as_of = case.general.as_of
    for path, contract, item in _prepayments(case):
        if item.held_before is None and item.amount is None:
            yield Problem(CONTRACTS, (*path, "amount"), None, "required: amount, still to be received, or held_before")
        last = _service(contract)[1] if item.credit_to is None else item.credit_to.value
        if amount(item.amount) == 0:
            if item.received_on is not None:
                yield Problem(CONTRACTS, (*path, "received_on"), item.received_on.value, "with an amount to be received only")
        elif item.received_on is None:
            yield Problem(CONTRACTS, (*path, "received_on"), None, "required where an amount is still to be received")
        elif not as_of < item.received_on.value <= last:
            yield Problem(CONTRACTS, (*path, "received_on"), item.received_on.value,
                          f"a date after as_of, {as_of}, and by the last day of crediting, {last}")


def windows_fit(case: Case) -> Problems:
    """A window of dates runs forward and lies in service."""
    for path, contract, item in _prepayments(case):
        if item.credit is not None:
            continue
        for name in ("credit_from", "credit_to"):
            if getattr(item, name) is None:
                yield Problem(CONTRACTS, (*path, name), None, "required without a rule (credit): first and last day of crediting")
        if item.credit_from and item.credit_to:
            yield from in_order(CONTRACTS, path, item, "credit_from", "credit_to")
            yield from _in_service(case, path, contract, item.credit_from.value, item.credit_to.value)


def _in_service(case: Case, path: Path, contract: Any, first: date, last: date) -> Problems:
    end = _service(contract)[1]
    if first <= last <= case.general.as_of:
        yield Problem(CONTRACTS, (*path, "credit_to"), last, f"a date after as_of, {case.general.as_of}")
    elif first > end:
        yield Problem(CONTRACTS, (*path, "credit_from"), first, f"a date by the end of service, {end}: later there are no bills")
    elif last > end:
        yield Problem(CONTRACTS, (*path, "credit_to"), last, f"service ends on {end}: the rest is paid back or kept", True)


def rules_are_whole(case: Case) -> Problems:
    """A rule of crediting has what it needs, no more, and no window beside it."""
    for path, _, item in _prepayments(case):
        rule = item.credit
        if rule is None:
            continue
        for name in ("credit_from", "credit_to"):
            if getattr(item, name) is not None:
                yield Problem(CONTRACTS, (*path, name), getattr(item, name).value, "no window beside a rule (credit)")
        for name in ("months", "first", "last"):
            wanted = name in WANTED[rule.rule]
            if (getattr(rule, name) is None) == wanted:
                allowed = f"required by {rule.rule}" if wanted else f"not with {rule.rule}"
                yield Problem(CONTRACTS, (*path, "credit", name), getattr(rule, name), allowed)
        if rule.rule == "years" and rule.first and rule.last and rule.first > rule.last:
            yield Problem(CONTRACTS, (*path, "credit", "last"), rule.last, f"a contract year from first, {rule.first}, on")


def rules_lie_in_service(case: Case) -> Problems:
    """Credits by rule lie in the term of the contract, and not all before the as-of date."""
    for path, contract, item in _prepayments(case):
        rule, (start, end) = item.credit, _service(contract)
        if rule is None or not 2000 <= start.year <= end.year <= 2100 or start > end:
            continue
        after = end + timedelta(days=1)
        if rule.rule == "last_months" and rule.months and roll_date(after, -rule.months, after.day) < start:
            yield Problem(CONTRACTS, (*path, "credit", "months"), rule.months, f"months within service, {start} to {end}")
        elif rule.rule == "years" and rule.last and roll_date(start, 12 * (rule.last - 1), start.day) > end:
            allowed = f"a contract year within service, {start} to {end}: the rest goes to the last bill"
            yield Problem(CONTRACTS, (*path, "credit", "last"), rule.last, allowed, True)
        elif rule.rule == "years" and rule.last and roll_date(start, 12 * rule.last, start.day) <= case.general.as_of:
            allowed = f"a contract year that is not over at as_of, {case.general.as_of}"
            yield Problem(CONTRACTS, (*path, "credit", "last"), rule.last, allowed)


RULES: tuple[Rule, ...] = (
    resale_is_a_curve, lots_fit, cost_is_said_once, markets_have_prices, ramps_fit, prepayments_are_received, windows_fit,
    rules_are_whole, rules_lie_in_service,
)
