"""Rules on customer contracts: tranches and the clauses they state, terms of a contract, curves, sites, backstops.

Those on GPUs and prepayments stand in `check_fleets.py`, on what has no effect or looks unusual in `check_effect.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from model.clauses import asked_terms, clauses_of, with_clauses
from model.contracts import CONTRACTED, KINDS
from model.inputs.document import Path
from model.inputs.parts import terms_of
from model.inputs.problem import CONTRACTS, USD_M, Problem, Problems, Rule, in_order, unit_and_range
from model.inputs.schema import Case
from model.sheet import givens

FLOWS = ("receivables", "taxes", "paid_in_shares", "shares_given", "termination_fees")
CURVES = {"power_prices": "USD per MWh", "spot_prices": "USD per GPU-hour", "contract_prices": "USD per GPU-hour"}


def contracts_of(case: Case) -> Iterator[tuple[Path, Any]]:
    """Every contract with its place."""
    return ((("contracts", c), contract) for c, contract in enumerate(case.contracts.contracts))


def tranches_of(case: Case) -> Iterator[tuple[Path, Any, Any]]:
    """Every tranche with its place and its contract."""
    for path, contract in contracts_of(case):
        for n, tranche in enumerate(contract.tranches):
            yield (*path, "tranches", n), contract, tranche


def said_of(thing: Any, name: str) -> Any:
    """What a thing says of a term that its kind may not have."""
    return getattr(thing, name, None)


def dates_run_forward(case: Case) -> Problems:
    """Rent begins before it ends; options begin where service ends; prices rise after service began."""
    for path, _, said in tranches_of(case):
        for first, last in (("rent_start", "rent_end"), ("end", "renewal_to"), ("start", "redeployed_to"),
                            ("start", "escalates_from"), ("rent_start", "rent_escalates_from"), ("start", "long_stop")):
            if said_of(said, first) and said_of(said, last):
                yield from in_order(CONTRACTS, path, said, first, last)
        last_day = said_of(said, "redeployed_to")
        if last_day and said.start.value <= last_day.value <= case.general.as_of:
            yield Problem(CONTRACTS, (*path, "redeployed_to"), last_day.value, f"a date after as_of, {case.general.as_of}")


def clauses_are_whole(case: Case) -> Problems:
    """A clause that is stated in part says which of its terms is missing."""
    for path, contract, said in tranches_of(case):
        stated, kind = terms_of(said), KINDS[contract.kind]
        for name, told in givens(with_clauses(kind, stated)).items():
            if told.ask and told.default is None and said_of(said, name) is None:
                because = sorted({term for clause in clauses_of(kind)[:-1] if name in givens(clause)
                                  for term in asked_terms(clause) & stated})
                yield Problem(CONTRACTS, (*path, name), None, f"required with {', '.join(because)}: {told.label}")
        if "pue" in stated and not said_of(said, "power_prices"):
            yield Problem(CONTRACTS, (*path, "power_prices"), None, "required with pue: a file of curves/ in USD per MWh")
        if "renewal_price" in stated and said_of(said, "renewal_at_market"):
            yield Problem(CONTRACTS, (*path, "renewal_price"), said.renewal_price.value, "no price beside renewal_at_market")


def rent_is_whole(case: Case) -> Problems:
    """Where rent has dates or rises, it has an amount."""
    for path, _, said in tranches_of(case):
        stated = terms_of(said)
        named = sorted(stated & {"rent_start", "rent_end", "rent_moves", "rent_escalator", "rent_escalates_from"})
        if named and not stated & {"rent", "rent_per_kw"}:
            yield Problem(CONTRACTS, (*path, "rent"), None, f"required with {', '.join(named)}: rent or rent_per_kw")


def curves_are_there(case: Case) -> Problems:
    """Prices over time are curves of the case in the unit of what they price."""
    places = [((*path, "power_prices"), said_of(said, "power_prices"), "power_prices") for path, _, said in tranches_of(case)]
    places += [(("hardware", n, name), getattr(market, name), name) for n, market in enumerate(case.contracts.hardware)
               for name in ("spot_prices", "contract_prices")]
    known = ", ".join(sorted(case.curves)) or "there is none"
    wrong: dict[tuple[str, str], None] = {}
    for path, slug, name in places:
        if slug is not None and slug not in case.curves:
            yield Problem(CONTRACTS, path, slug, f"a file of curves/: {known}")
        elif slug is not None and case.curves[slug].unit != CURVES[name]:
            wrong[slug, CURVES[name]] = None
    for slug, unit in wrong:
        yield Problem(f"curves/{slug}.csv", ("unit",), case.curves[slug].unit, f"unit must be {unit!r}")


def places_are_there(case: Case) -> Problems:
    """A site has a landlord of the file, a tranche a site of it."""
    landlords = [one.id for one in case.contracts.landlords]
    sites = [one.id for one in case.contracts.sites]
    for n, site in enumerate(case.contracts.sites):
        if site.landlord is not None and site.landlord not in landlords:
            allowed = f"a landlord: {', '.join(landlords) or 'none is given'}"
            yield Problem(CONTRACTS, ("sites", n, "landlord"), site.landlord, allowed)
    for path, _, said in tranches_of(case):
        if said_of(said, "site") is not None and said.site not in sites:
            yield Problem(CONTRACTS, (*path, "site"), said.site, f"a site: {', '.join(sites) or 'none is given'}")


def terms_fit(case: Case) -> Problems:
    """Days are whole; flows are in USD m; what was billed before falls due after the as-of date."""
    for path, contract in contracts_of(case):
        yield from unit_and_range(CONTRACTS, (*path, "payment_days"), contract.payment_days, "days", high=720)
        for name in FLOWS:
            for n, flow in enumerate(getattr(contract, name)):
                yield from unit_and_range(CONTRACTS, (*path, name, n, "amount"), flow.amount, USD_M)
                if name not in ("shares_given", "termination_fees") and flow.date <= case.general.as_of:
                    yield Problem(CONTRACTS, (*path, name, n, "date"), flow.date, f"a date after as_of, {case.general.as_of}")
        yield from dates_once((*path, "termination_fees"), contract.termination_fees)
        yield from _whole_days(path, contract, "payment_days", "lost_after", "notice_days", "claim_days")
    for path, _, said in tranches_of(case):
        yield from _whole_days(path, said, "late_days", "idle_days")
    for key, places in (("hardware", case.contracts.hardware), ("landlords", case.contracts.landlords),
                        ("sites", case.contracts.sites)):
        for n, place in enumerate(places):
            yield from _whole_days((key, n), place, "late_days", "sale_days")


def dates_once(path: Path, steps: Iterable[Any]) -> Problems:
    """What holds from a date on is said once for each date."""
    times = Counter(step.date for step in steps)
    seen = set()
    for n, step in enumerate(steps):
        if step.date in seen:
            yield Problem(CONTRACTS, (*path, n, "date"), step.date, f"a date given once; it stands here {times[step.date]} times")
        seen.add(step.date)


def _whole_days(path: Path, thing: Any, *names: str) -> Problems:
    for name in names:
        said = said_of(thing, name)
        if said is not None and said.value % 1:
            yield Problem(CONTRACTS, (*path, name, "value"), said.value, "a whole number of days")


def backstops_fit(case: Case) -> Problems:
    """A backstop backs contracts whose capacity is given in megawatts, up to a limit."""
    by_id = {contract.id: contract for contract in case.contracts.contracts}
    known = ", ".join(name for name, contract in by_id.items() if contract.kind != "backstop")
    for path, contract in contracts_of(case):
        if contract.kind != "backstop":
            continue
        yield from unit_and_range(CONTRACTS, (*path, "cap"), contract.cap, USD_M)
        for n, name in enumerate(contract.backs):
            backed = by_id.get(name)
            if name in contract.backs[:n]:
                yield Problem(CONTRACTS, (*path, "backs", n), name, "a contract named once: its capacity is bought once")
            if backed is None or backed.kind == "backstop":
                yield Problem(CONTRACTS, (*path, "backs", n), name, f"a contract that is no backstop: {known}")
            elif any(said_of(t, "capacity") is None for t in backed.tranches):
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
    dates_run_forward, clauses_are_whole, rent_is_whole, curves_are_there, places_are_there, terms_fit, backstops_fit,
    not_contracted_serves_nothing,
)
