"""Rules on customer contracts: tranches and the clauses they state, prepayments, GPUs, sites, backstops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from model.clauses import asked_terms, clauses_of, with_clauses
from model.contracts import CONTRACTED, KINDS
from model.inputs.document import Path
from model.inputs.parts import terms_of
from model.inputs.problem import CONTRACTS, USD_M, Problem, Problems, Rule, amount, in_order, unit_and_range
from model.inputs.schema import Case
from model.sheet import givens

ROUNDING = 1e-9
CURVES = {"power_prices": "USD per MWh", "spot_prices": "USD per GPU-hour", "contract_prices": "USD per GPU-hour"}


def _contracts(case: Case) -> Iterator[tuple[Path, Any]]:
    return ((("contracts", c), contract) for c, contract in enumerate(case.contracts.contracts))


def _tranches(case: Case) -> Iterator[tuple[Path, Any, Any]]:
    for path, contract in _contracts(case):
        for n, tranche in enumerate(contract.tranches):
            yield (*path, "tranches", n), contract, tranche


def _said(thing: Any, name: str) -> Any:
    return getattr(thing, name, None)


def dates_run_forward(case: Case) -> Problems:
    """Rent begins before it ends; options begin where service ends; prices rise after service began."""
    for path, _, said in _tranches(case):
        for first, last in (("rent_start", "rent_end"), ("end", "renewal_to"), ("start", "redeployed_to"),
                            ("start", "escalates_from"), ("rent_start", "rent_escalates_from"), ("start", "long_stop")):
            if _said(said, first) and _said(said, last):
                yield from in_order(CONTRACTS, path, said, first, last)


def clauses_are_whole(case: Case) -> Problems:
    """A clause that is stated in part says which of its terms is missing."""
    for path, contract, said in _tranches(case):
        stated, kind = terms_of(said), KINDS[contract.kind]
        for name, told in givens(with_clauses(kind, stated)).items():
            if told.ask and told.default is None and _said(said, name) is None:
                because = sorted({term for clause in clauses_of(kind)[:-1] if name in givens(clause)
                                  for term in asked_terms(clause) & stated})
                yield Problem(CONTRACTS, (*path, name), None, f"required with {', '.join(because)}: {told.label}")
        if "pue" in stated and not _said(said, "power_prices"):
            yield Problem(CONTRACTS, (*path, "power_prices"), None, "required with pue: a file of curves/ in USD per MWh")
        if "renewal_price" in stated and _said(said, "renewal_at_market"):
            yield Problem(CONTRACTS, (*path, "renewal_price"), said.renewal_price.value, "no price beside renewal_at_market")


def curves_are_there(case: Case) -> Problems:
    """Prices over time are curves of the case in the unit of what they price."""
    places = [((*path, "power_prices"), _said(said, "power_prices"), "power_prices") for path, _, said in _tranches(case)]
    places += [(("hardware", n, name), getattr(market, name), name) for n, market in enumerate(case.contracts.hardware)
               for name in ("spot_prices", "contract_prices")]
    known = ", ".join(sorted(case.curves)) or "there is none"
    for path, slug, name in places:
        if slug is not None and slug not in case.curves:
            yield Problem(CONTRACTS, path, slug, f"a file of curves/: {known}")
        elif slug is not None and case.curves[slug].unit != CURVES[name]:
            yield Problem(f"curves/{slug}.csv", ("unit",), case.curves[slug].unit, f"unit must be {CURVES[name]!r}")


def places_are_there(case: Case) -> Problems:
    """A site has a landlord of the file, a tranche a site of it."""
    landlords = [one.id for one in case.contracts.landlords]
    sites = [one.id for one in case.contracts.sites]
    for n, site in enumerate(case.contracts.sites):
        if site.landlord is not None and site.landlord not in landlords:
            allowed = f"a landlord: {', '.join(landlords) or 'none is given'}"
            yield Problem(CONTRACTS, ("sites", n, "landlord"), site.landlord, allowed)
    for path, _, said in _tranches(case):
        if _said(said, "site") is not None and said.site not in sites:
            yield Problem(CONTRACTS, (*path, "site"), said.site, f"a site: {', '.join(sites) or 'none is given'}")


def prepayments_fit(case: Case) -> Problems:
    """A window runs forward, or a rule is whole; what is still to be received comes after the as-of date."""
    for path, contract in _contracts(case):
        for n, item in enumerate(contract.prepayments):
            here: Path = (*path, "prepayments", n)
            yield from _window_fits(here, item, contract)
            last = max(t.end.value for t in contract.tranches) if item.credit_to is None else item.credit_to.value
            if amount(item.amount) == 0:
                continue
            if item.received_on is None:
                yield Problem(CONTRACTS, (*here, "received_on"), None, "required where an amount is still to be received")
            elif not case.general.as_of < item.received_on.value <= last:
                yield Problem(CONTRACTS, (*here, "received_on"), item.received_on.value,
                              f"a date after as_of, {case.general.as_of}, and by the last day of crediting, {last}")


def _window_fits(path: Path, item: Any, contract: Any) -> Problems:
    if item.credit is None:
        for name in ("credit_from", "credit_to"):
            if getattr(item, name) is None:
                yield Problem(CONTRACTS, (*path, name), None, "required without a rule (credit): first and last day of crediting")
        if item.credit_from and item.credit_to:
            yield from in_order(CONTRACTS, path, item, "credit_from", "credit_to")
        return
    rule = item.credit
    for name in ("credit_from", "credit_to"):
        if getattr(item, name) is not None:
            yield Problem(CONTRACTS, (*path, name), getattr(item, name).value, "no window beside a rule (credit)")
    wanted = {"last_months": ("months",), "years": ("first", "last"), "pro_rata": ()}[rule.rule]
    for name in ("months", "first", "last"):
        if (getattr(rule, name) is None) == (name in wanted):
            allowed = f"required by {rule.rule}" if name in wanted else f"not with {rule.rule}"
            yield Problem(CONTRACTS, (*path, "credit", name), getattr(rule, name), allowed)
    if rule.rule == "years" and rule.first and rule.last and rule.first > rule.last:
        yield Problem(CONTRACTS, (*path, "credit", "last"), rule.last, f"a contract year from first, {rule.first}, on")


def terms_fit(case: Case) -> Problems:
    """Whole days; flows in USD m, what was billed before falls due after the as-of date."""
    for path, contract in _contracts(case):
        yield from unit_and_range(CONTRACTS, (*path, "payment_days"), contract.payment_days, "days", high=720)
        for name in ("receivables", "taxes", "paid_in_shares", "shares_given", "termination_fees"):
            for n, flow in enumerate(getattr(contract, name)):
                yield from unit_and_range(CONTRACTS, (*path, name, n, "amount"), flow.amount, USD_M)
        for name in ("receivables", "taxes", "paid_in_shares"):
            for n, flow in enumerate(getattr(contract, name)):
                if flow.date <= case.general.as_of:
                    yield Problem(CONTRACTS, (*path, name, n, "date"), flow.date, f"a date after as_of, {case.general.as_of}")
        yield from _whole_days(path, contract, "payment_days", "lost_after", "notice_days")
    for path, _, said in _tranches(case):
        yield from _whole_days(path, said, "late_days", "idle_days")


def _whole_days(path: Path, thing: Any, *names: str) -> Problems:
    for name in names:
        said = _said(thing, name)
        if said is not None and said.value % 1:
            yield Problem(CONTRACTS, (*path, name, "value"), said.value, "a whole number of days")


def fleets_fit(case: Case) -> Problems:
    """Lots are of a class of the file; payments add up to the price; resale is a share by age."""
    known = [market.id for market in case.contracts.hardware]
    for n, market in enumerate(case.contracts.hardware):
        for age, share in market.resale.items():
            yield from unit_and_range(CONTRACTS, ("hardware", n, "resale", age), share, "share", high=2)
            if not 0 <= age <= 20:
                yield Problem(CONTRACTS, ("hardware", n, "resale", age), age, "an age of 0 to 20 years")
    for path, contract, said in _tranches(case):
        lots = _said(said, "fleet") or []
        for n, lot in enumerate(lots):
            here: Path = (*path, "fleet", n)
            if lot.hardware not in known:
                allowed = f"a class of hardware: {', '.join(known) or 'none is given'}"
                yield Problem(CONTRACTS, (*here, "hardware"), lot.hardware, allowed)
            for p, part in enumerate(lot.payments):
                yield from unit_and_range(CONTRACTS, (*here, "payments", p, "share"), part.share, "share", high=1)
            parts = sum(part.share.value for part in lot.payments)
            if lot.payments and abs(parts - 1) > ROUNDING:
                yield Problem(CONTRACTS, (*here, "payments"), parts, "shares that add up to 1")
        if lots and contract.capex is not None:
            yield Problem(CONTRACTS, (*path[:2], "capex"), contract.capex.value, "not with fleet: its GPUs give the cost")
        yield from _has_prices(path, case, said, lots)


def _has_prices(path: Path, case: Case, said: Any, lots: Any) -> Problems:
    classes = {market.id: market for market in case.contracts.hardware}
    found = [classes[lot.hardware] for lot in lots if lot.hardware in classes]
    for term, curve in (("redeployed_to", "spot_prices"), ("renewal_at_market", "contract_prices")):
        if _said(said, term) and not any(getattr(market, curve) for market in found):
            yield Problem(CONTRACTS, (*path, "fleet"), None, f"required with {term}: GPUs of a class with {curve}")


def ramps_fit(case: Case) -> Problems:
    """A ramp is a share of the GPUs from dates on."""
    for path, _, said in _tranches(case):
        for n, step in enumerate(_said(said, "ramp") or []):
            yield from unit_and_range(CONTRACTS, (*path, "ramp", n, "share"), step.share, "share", high=1)


def backstops_fit(case: Case) -> Problems:
    """A backstop backs contracts whose capacity is given in megawatts, up to a limit."""
    by_id = {contract.id: contract for contract in case.contracts.contracts}
    known = ", ".join(name for name, contract in by_id.items() if contract.kind != "backstop")
    for path, contract in _contracts(case):
        if contract.kind != "backstop":
            continue
        yield from unit_and_range(CONTRACTS, (*path, "cap"), contract.cap, USD_M)
        for n, name in enumerate(contract.backs):
            backed = by_id.get(name)
            if backed is None or backed.kind == "backstop":
                yield Problem(CONTRACTS, (*path, "backs", n), name, f"a contract that is no backstop: {known}")
            elif any(_said(t, "capacity") is None for t in backed.tranches):
                yield Problem(CONTRACTS, (*path, "backs", n), name, "a contract whose tranches all state their capacity in MW")


def not_contracted_serves_nothing(case: Case) -> Problems:
    """On-demand business and backstops are no contracted cash: no debt rests on them alone."""
    soft = {c.id: c.kind for c in case.contracts.contracts if KINDS[c.kind].counts_as != CONTRACTED}
    for loan, row in case.debt.allocation.debt_share.items():
        for name, share in row.items():
            if name in soft and share > 0:
                yield Problem("debt.yaml", ("allocation", "debt_share", loan, name), share,
                              f"{soft[name].replace('_', ' ')} is not contracted cash: it will cover nothing", True)


RULES: tuple[Rule, ...] = (
    dates_run_forward, clauses_are_whole, curves_are_there, places_are_there, prepayments_fit, terms_fit, fleets_fit, ramps_fit,
    backstops_fit, not_contracted_serves_nothing,
)
