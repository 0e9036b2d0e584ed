"""What must hold across a case: one small rule a function, all of them always run.

Rules on contracts stand in `check_contracts.py`, `check_fleets.py` and `check_effect.py`, on instruments in `check_debt.py`,
on their clauses in `check_clauses.py`, on the two share matrices in `check_allocation.py`, on the company in `check_company.py`,
on what is uncertain in `check_ranges.py`, on what a simulation draws in `check_risk.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from math import fsum
from typing import Any

from model.drivers import Drivers
from model.inputs import (
    check_allocation,
    check_bounds,
    check_boxes,
    check_clauses,
    check_company,
    check_contracts,
    check_corporate,
    check_debt,
    check_effect,
    check_fleets,
    check_ranges,
    check_risk,
    check_support,
)
from model.inputs.check_company import COMPANY
from model.inputs.check_ranges import moves
from model.inputs.document import Path
from model.inputs.horizon import LONGEST, SHORTEST, delay_months, last_end, months_needed, months_to
from model.inputs.problem import (
    CASE,
    CONTRACTS,
    DEBT,
    SCENARIOS,
    USD_M,
    Problem,
    Problems,
    Rule,
    amount,
    in_order,
    unit_and_range,
)
from model.inputs.schema import Case
from model.inputs.values import Number, as_fraction
from model.sheet import given, givens
from model.timeline import is_month_end

__all__ = ["RULES", "months_needed", "problems"]

ROUNDING = 0.01  # USD m: reported totals are rounded
FIRST_YEAR, LAST_YEAR = 2000, 2100
TAKEN = ("none", "base", "time", "clock", "pair", "pool", "stack", "claim", "headline", "treasury", "company", "capacity",
         "concentration", "check", "checks", "as-signed", "support", "supported", "backed", "backed-by", "evidence")
OF_COMPANY = ("company", "treasury")  # addresses of the blocks of company.yaml
NUMBERED = re.compile(r"(obligor|tranche|prepayment|fleet|part)-[0-9]+")
DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")
Listed = Sequence[tuple[str, str, Sequence[Any]]]


def problems(case: Case) -> Iterable[Problem]:
    """Everything that does not hold."""
    return [problem for rule in RULES for problem in rule(case)]


# ---- names -----------------------------------------------------------------------------------------------------------


def _lists(case: Case) -> Listed:
    said = case.contracts
    return ((CONTRACTS, "hardware", said.hardware), (CONTRACTS, "landlords", said.landlords), (CONTRACTS, "sites", said.sites),
            (CONTRACTS, "contracts", said.contracts), (DEBT, "boxes", case.debt.boxes),
            (DEBT, "instruments", case.debt.instruments))


def _folded(name: str) -> str:
    """A name as it sorts and compares: without case, compatibility forms, doubled spaces or what nobody sees."""
    seen = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold()).split())


def names_differ(case: Case) -> Problems:
    """Within a list no two ids and no two names are the same, whatever their case."""
    for file, key, items in _lists(case):
        for word in ("id", "name"):
            seen: set[str] = set()
            for n, item in enumerate(items):
                name = _folded(getattr(item, word))
                if name in seen:
                    allowed = f"{word} given once: it names one of {key}"
                    yield Problem(file, (key, n, word), getattr(item, word), allowed)
                seen.add(name)


def names_are_files(case: Case) -> Problems:
    """The case names its workbook: no name that Windows keeps for a device, and no dot at its end, which Windows drops."""
    name = case.general.case
    if name.endswith(".") or DEVICE.fullmatch(name.partition(".")[0]):
        allowed = "a name that every system takes for a file: not con, nul, com1 and the like, no dot last"
        yield Problem(CASE, ("case",), name, allowed)


def ids_stand_alone(case: Case) -> Problems:
    """Contracts, boxes and instruments share one space of ids; composed addresses `<id>.<part>` stay free."""
    owner: dict[str, str] = {}
    for file, key, items in _lists(case):
        for n, item in enumerate(items):
            if owner.setdefault(item.id, key) != key:
                yield Problem(file, (key, n, "id"), item.id, f"an id of its own: one of {owner[item.id]} has it")
            first = item.id.partition(".")[0]
            if first in TAKEN or first.startswith("drivers") or NUMBERED.fullmatch(first):
                allowed = f"not {', '.join(TAKEN)}, drivers... or obligor-1, tranche-1 and the like: the model uses them"
                yield Problem(file, (key, n, "id"), item.id, allowed)
    for file, key, items in _lists(case):
        for n, item in enumerate(items):
            if shorter := next((other for other in owner if item.id.startswith(other + ".")), None):
                yield Problem(file, (key, n, "id"), item.id, f"not {shorter!r} and a dot: such addresses are its parts")


# ---- dates -----------------------------------------------------------------------------------------------------------


def as_of_is_month_end(case: Case) -> Problems:
    """Period 1 begins the day after a month end."""
    if not is_month_end(case.general.as_of):
        yield Problem(CASE, ("as_of",), case.general.as_of, "the last day of a month: 2026-03-31")


def dates_are_near(case: Case) -> Problems:
    """A date outside 2000..2100 is a slip of the keyboard."""
    for file, model in ((CASE, case.general), (CONTRACTS, case.contracts), (DEBT, case.debt), (COMPANY, case.company)):
        for path, day in _dates(model, ()):
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                yield Problem(file, path, day, f"a date in {FIRST_YEAR}..{LAST_YEAR}")


def _dates(value: Any, path: Path) -> Iterable[tuple[Path, date]]:
    if isinstance(value, date):
        yield path, value
    elif isinstance(value, dict):
        for key, inside in value.items():
            yield from _dates(inside, (*path, key))
    elif isinstance(value, list):
        for n, inside in enumerate(value):
            yield from _dates(inside, (*path, n))
    elif hasattr(type(value), "model_fields"):
        for name in type(value).model_fields:
            yield from _dates(getattr(value, name), (*path, name))


def pro_forma_not_past(case: Case) -> Problems:
    """The pro-forma date closes what happens after the as-of date."""
    day = case.general.pro_forma_date
    if day is not None and day < case.general.as_of:
        yield Problem(CASE, ("pro_forma_date",), day, f"a date on or after as_of, {case.general.as_of}")


def timeline_holds_all(case: Case) -> Problems:
    """The months of the timeline reach every maturity, service end and rent end."""
    file, path, last = last_end(case)
    needed, wanted = months_to(case, last), months_to(case, last) + delay_months(case)
    given_months = case.general.months
    if needed > LONGEST or (given_months is None and wanted > LONGEST):
        how = "; months: 240 in case.yaml leaves no room for delays" if needed <= LONGEST else ""
        yield Problem(file, path, last, f"a date that leaves the timeline within {LONGEST} months{how}")
    elif given_months is not None and given_months < max(needed, SHORTEST):
        yield Problem(CASE, ("months",), given_months, f"at least {max(needed, SHORTEST)} months, to reach {last}")
    elif given_months is not None and given_months < min(wanted, LONGEST):
        yield Problem(CASE, ("months",), given_months, f"{wanted} months leave room for the delays", True)


# ---- contracts -------------------------------------------------------------------------------------------------------


def tranches_run_forward(case: Case) -> Problems:
    """Service and rent begin before they end; service ends after the as-of date."""
    for c, contract in enumerate(case.contracts.contracts):
        for n, tranche in enumerate(contract.tranches):
            path: Path = ("contracts", c, "tranches", n)
            yield from in_order(CONTRACTS, path, tranche, "start", "end")
            if tranche.end.value <= case.general.as_of:
                yield Problem(CONTRACTS, (*path, "end"), tranche.end.value, f"a date after as_of, {case.general.as_of}")
            if tranche.price.value == 0:
                yield Problem(CONTRACTS, (*path, "price"), tranche.price.value, "a tranche that bills nothing?", True)


# ---- reported figures ------------------------------------------------------------------------------------------------


def figures_in_usd_m(case: Case) -> Problems:
    """Headline and reported figures are in the unit of the case."""
    headline, reported = case.general.headline, case.general.reported
    for name in ("debt", "revenue", "contracted", "market_value"):
        yield from unit_and_range(CASE, ("headline", name), getattr(headline, name), USD_M)
    for name in ("principal", "unamortised_cost", "thereafter", "rpo", "deferred_revenue", "cash_to_come"):
        yield from unit_and_range(CASE, ("reported", name), getattr(reported, name), USD_M, low=-1e12)
    for year, number in reported.maturities.items():
        yield from unit_and_range(CASE, ("reported", "maturities", year), number, USD_M)
        if not case.general.as_of.year <= year <= LAST_YEAR:
            allowed = f"a year in {case.general.as_of.year}..{LAST_YEAR}"
            yield Problem(CASE, ("reported", "maturities", year), year, allowed)
    for n, flow in enumerate(reported.rpo_windows):
        path: Path = ("reported", "rpo_windows", n)
        yield from unit_and_range(CASE, (*path, "amount"), flow.amount, USD_M)
        if flow.date <= case.general.as_of:
            yield Problem(CASE, (*path, "date"), flow.date, f"a date after as_of, {case.general.as_of}")


def reported_adds_up(case: Case) -> Problems:
    """Reported parts add up to their reported total."""
    reported = case.general.reported
    later = [reported.thereafter] if reported.thereafter else []
    yield from _adds_up("maturities", [*reported.maturities.values(), *later], "principal", reported.principal)
    yield from _adds_up("rpo_windows", [flow.amount for flow in reported.rpo_windows], "rpo", reported.rpo)


def _adds_up(name: str, parts: Iterable[Number], total_name: str, total: Number | None) -> Problems:
    found = [part.value for part in parts]
    if found and total is not None and abs(fsum(found) - total.value) > ROUNDING:
        yield Problem(CASE, ("reported", name), fsum(found), f"parts that add up to {total_name}, {total.value:.12g}")


def prepayments_tie(case: Case) -> Problems:
    """Prepayments held add up to the deferred revenue that is reported."""
    reported = case.general.reported.deferred_revenue
    held = fsum(amount(item.held_before) for contract in case.contracts.contracts for item in contract.prepayments)
    if reported is not None and abs(held - reported.value) > ROUNDING:
        yield Problem(CASE, ("reported", "deferred_revenue"), reported.value,
                      f"held_before of all prepayments adds up to {held:.12g}", True)


# ---- scenarios -------------------------------------------------------------------------------------------------------


def moderate_exist(case: Case) -> Problems:
    """The set that T4 runs names scenarios of the file."""
    for n, name in enumerate(case.scenarios.moderate):
        if name not in case.scenarios.scenarios:
            known = ", ".join(case.scenarios.scenarios) or "none is declared"
            yield Problem(SCENARIOS, ("moderate", n), name, f"a scenario of this file: {known}")
    if "base" in case.scenarios.scenarios:
        yield Problem(SCENARIOS, ("scenarios", "base"), "base", "another name: base is the case without overrides")


def overrides_fit(case: Case) -> Problems:
    """Overrides name a driver within its range, or an input of something the case holds."""
    known = ids_of_inputs(case)
    told = givens(Drivers)
    for place, overrides in moves(case):
        for key, value in overrides.items():
            path: Path = (*place, key)
            block, _, asked = key.rpartition(".")
            if block == "drivers":
                yield from _driver(path, asked, value, told)
            elif not is_of(key, known):
                yield Problem(SCENARIOS, path, key, f"drivers.<name> or <id>.<input> with an id of {', '.join(known)}")


def ids_of_inputs(case: Case) -> list[str]:
    """What a case holds that has inputs, the drivers apart."""
    return [item.id for _, _, items in _lists(case) for item in items] + ([*OF_COMPANY] if case.company.liquidity else [])


def is_of(key: str, ids: Iterable[str]) -> bool:
    """Whether a key names an input of one of these."""
    block, _, asked = key.rpartition(".")
    return bool(re.fullmatch(r"[a-z][a-z0-9_]*", asked)) and any(block == one or block.startswith(one + ".") for one in ids)


def _driver(path: Path, name: str, value: float, told: dict[str, given]) -> Problems:
    if name not in told:
        yield Problem(SCENARIOS, path, f"drivers.{name}", f"a driver: {', '.join(told)}")
    elif not told[name].admits(value):
        hint = as_fraction(told[name].unit, value, told[name].admits)
        yield Problem(SCENARIOS, path, value, f"allowed: {told[name].allowed()}{hint}")
    elif told[name].unit == "flag" and value not in (0, 1):
        yield Problem(SCENARIOS, path, value, "0 (no) or 1 (yes)")
    elif told[name].unit in ("days", "no.") and value % 1:
        yield Problem(SCENARIOS, path, value, f"a whole number of {'days' if told[name].unit == 'days' else 'months'}")


# ---- all of them -----------------------------------------------------------------------------------------------------


RULES: tuple[Rule, ...] = (
    as_of_is_month_end, names_differ, names_are_files, ids_stand_alone, dates_are_near, pro_forma_not_past, timeline_holds_all,
    tranches_run_forward, figures_in_usd_m, reported_adds_up, prepayments_tie, moderate_exist,
    overrides_fit, *check_contracts.RULES, *check_fleets.RULES, *check_effect.RULES, *check_company.RULES,
    *check_corporate.RULES, *check_boxes.RULES, *check_debt.RULES, *check_clauses.RULES, *check_support.RULES,
    *check_allocation.RULES, *check_ranges.RULES, *check_risk.RULES, *check_bounds.RULES,
)
