"""One record a contract-debt pair: grade, ratios, break-evens and the tests T0 to T7, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.break_even import DRIVERS, Edge
from model.coverage import Pair
from model.evidence import NO_CONTRACT
from model.verdict import called_on_support, cover_figures, severe_enough, test, tests_t0_to_t3

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
        "payback_date": read.day(contract.row("payback")) if contract else None,
        "break_even": {name: edge.shown if edge else None for name, edge in edges.items()},
        "tests": {**tests_t0_to_t3(read, pair), "T4": t4(run, pair), "T5": t5(run, pair), "T6": t6(),
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


def t6() -> Json:
    """Loss if the obligor fails at the worst date: not yet part of the model."""
    return test(None, None, None, None, "not computed in this version: loss if the obligor fails at the worst date")


def t7(run: Run, pair: Pair, edge: Edge | None) -> Json:
    """Days of delay tolerated: one less than the first delay at which the pair is no longer covered."""
    if not run.read(pair.row("covered")):
        return test(None, None, None, None, "not covered even without a delay; there is nothing to tolerate")
    if edge is None:
        return test(None, None, None, None, f"covered at every delay up to {DRIVERS['delay_months'].high:.0f} days "
                    "(only tranches not yet accepted are delayed)")
    days = edge.level - 1
    return test(None, days, None, None, f"covered up to a delay of {days:.0f} days")


def guarantee_called(run: Run) -> float:
    """What guarantors would have to pay for the pairs that pass only with a guarantee `[USD m]`."""
    at = run.names.index(run.scenario)
    return sum(float(called_on_support(run.values, pair)[min(at, run.values.width - 1)])
               for pair in run.deal.pairs.values() if run.read(pair.row("grade")) == "C-G")
