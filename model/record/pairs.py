"""One record a contract-debt pair: grade, ratios, break-evens and the tests T0 to T7, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.break_even import DRIVERS, Edge
from model.coverage import Pair
from model.evidence import NO_CONTRACT
from model.verdict import cover_figures, severe_enough, test, tests_t0_to_t3

if TYPE_CHECKING:
    from model.cases import Run

Json = Any


def pair_records(run: Run) -> list[Json]:
    """Every pair of the run, in the order of the case."""
    return [pair_record(run, key, pair) for key, pair in run.deal.pairs.items()]


def pair_record(run: Run, key: str, pair: Pair) -> Json:
    """One pair in the scenario that is read `[USD m, x, months, ISO dates]`."""
    read, contract = run.read, run.deal.contracts.get(key)
    mapped = [m for m in run.deal.mapped if m.pair == key]
    grade, testable = str(read(pair.row("grade"))), bool(read(pair.row("testable")))
    edges, sure = run.break_evens[key], run.certainty[key]
    contracts = [c for c in dict.fromkeys(m.contract for m in mapped) if c != NO_CONTRACT]
    return {
        "id": key,
        "contracts": [run.deal.contracts[c].title for c in contracts],
        "debt": [run.deal.instruments[loan].title for loan in dict.fromkeys(m.loan for m in mapped)],
        "principal": read.number(pair.row("debt")),
        "grade": grade,
        "grade_range": [sure.best, sure.worst], "grade_range_method": sure.method,
        "reason": str(read(pair.row("reason"))),
        **(cover_figures(read, pair) if testable else dict.fromkeys(cover_figures(read, pair))),
        **(headroom(run, pair) if testable else dict.fromkeys(headroom(run, pair))),
        "payback_date": read.day(contract.row("payback")) if contract else None,
        "break_even": {name: edge.shown if edge else None for name, edge in edges.items()},
        "tests": {**tests_t0_to_t3(read, pair), "T4": t4(run, pair), "T5": t5(run, pair), "T6": t6(run, pair),
                  "T7": t7(run, pair, edges["delay_months"])},
        **{name: read.number(pair.row(name)) if testable else None for name in ("min_dscr_on_revenue", "avg_dscr_on_revenue")},
        "beside": {name: float(read(pair.row(name))[1:-1].sum()) for name in ("renewal", "merchant", "residual", "support")},
    }


def t4(run: Run, pair: Pair) -> Json:
    """T1-T3 under each declared moderate scenario, from base; the value counts those that fail."""
    moderate = run.deal.case.scenarios.moderate
    if not severe_enough(run.deal):
        return test(None, None, 0, None, "T4 not run: the moderate set must hold a delay, price -10 % and +100 bp")
    row = pair.row("covered_with_reserve")
    passed = {name: run.values.one(row, run.names.index(name)) == 1 for name in moderate}
    failing = [name for name, passes in passed.items() if not passes]
    holding = [name for name, passes in passed.items() if passes]
    told = [f"{words} {', '.join(names)}" for words, names in (("fails under", failing), ("covered under", holding))
            if names]
    return test(not failing, len(failing), 0, None, "; ".join(told) + " (reserves may be used)")


def t5(run: Run, pair: Pair) -> Json:
    """T1-T3 without any support; the value is what somebody else would have to pay `[USD m]`."""
    passes = bool(run.read(pair.row("covered")))
    if not run.read(pair.row("testable")):
        return test(None, None, None, None, "not testable")
    needed = run.read.number(pair.row("support_needed")) or 0.0
    reason = "covered without any support" if passes else f"somebody else would have to bring USD {needed:,.1f}m"
    return test(passes, needed, 0.0, None, reason)


def t6(run: Run, pair: Pair) -> Json:
    """Loss if the obligor fails on the worst date, GPUs sold in distress `[USD m]`."""
    read = run.read
    if not read(pair.row("testable")):
        return test(None, None, None, None, "not testable")
    loss, when = read.number(pair.row("worst_loss")) or 0.0, read.day(pair.row("worst_date"))
    stated = bool(read(pair.row("fleet_distressed")).any())
    gpus = "GPUs sold in distress are counted" if stated else "no GPUs are stated, so none are sold"
    said = f"USD {loss:,.1f}m would be lost" if loss > 0 else "nothing would be lost"
    return test(bool(read(pair.row("t6"))), loss, 0.0, when, f"{said} after cash kept and reserves; {gpus}")


def t7(run: Run, pair: Pair, edge: Edge | None) -> Json:
    """Days of delay tolerated: one less than the first delay at which the pair is no longer covered."""
    rule = delay_rule(run, pair)
    if not run.read(pair.row("covered")):
        return test(None, None, None, None, f"not covered even without a delay; there is nothing to tolerate ({rule})")
    if edge is None:
        return test(None, None, None, None, f"covered at every delay up to {DRIVERS['delay_months'].high:.0f} days ({rule})")
    days = edge.level - 1
    return test(None, days, None, None, f"covered up to a delay of {days:.0f} days ({rule})")


def delay_rule(run: Run, pair: Pair) -> str:
    """Who moves in a delay: only tranches not yet accepted start late; the end of each stays or moves."""
    sold = run.deal.selling.sold.get(pair.key.removeprefix("pair."))
    late = [t for t in (sold.tranches if sold else []) if run.read(t.row("pending"))]
    if not late:
        return "no tranche is still to be accepted, so none is delayed"
    moving = sum(bool(run.read(t.row("end_moves"))) for t in late)
    if moving in (0, len(late)):
        return f"tranches not yet accepted start late; their end {'moves with the start' if moving else 'stays'}"
    return f"tranches not yet accepted start late; the end of {moving} of {len(late)} moves with the start"


def headroom(run: Run, pair: Pair) -> Json:
    """Headroom of the binding test on its tightest date in USD and percent; the date that binds, and what is missing on it."""
    read = run.read
    name = str(read(pair.row("binding_test"))).lower()
    fails = not read(pair.row(name))
    dates = {"t1": "t1_date" if fails else "min_dscr_date", "t2": "t2_date", "t3": "t3_date" if fails else "min_clcr_date"}
    portion = read.number(pair.row(f"{name}_headroom_share"))
    tightest = {"t1": "min_dscr_date", "t2": "t2_date", "t3": "min_clcr_date"}[name]
    return {"headroom_usd": read.number(pair.row("headroom")),
            "headroom_percent": None if portion is None else 100 * portion, "headroom_date": read.day(pair.row(tightest)),
            "binding_test": name.upper(),
            "binding_date": read.day(pair.row(dates[name])), "amount_missing": read.number(pair.row("amount_missing"))}
