"""What a bounds run has to say, as plain data: bounds.json, from which the page, bounds.csv and the sheet are made.

USD m, ISO dates, None for "not defined".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from math import fsum
from typing import TYPE_CHECKING, Any

from model.bounds.asking import FIGURES, Worth, to_ask_for
from model.bounds.disclosures import FREE, Disclosure, Facts
from model.bounds.floors import covenants
from model.bounds.reading import document, facts_of
from model.bounds.result import Bounds, Range, Replayed
from model.errors import Finding, InputError
from model.inputs.problem import DEBT
from model.record.document import version

if TYPE_CHECKING:
    from model.cases import Run
    from model.inputs import Case

Json = Any
OPEN = "not settled: what shows that it cannot be does not hold in the programme, and no world shows that it can"
ASKS = ("ask", "ask_cover", "ask_margin")
VERDICTS = {
    "certain": "Certain: whatever is not disclosed, every contract covers the debt on it.",
    "impossible": "Impossible: in no world that the disclosures allow does every contract cover the debt on it.",
    "possible": "Possible, not proven: the disclosures allow worlds in which every contract covers the debt on it, and others "
                "in which one does not.",
    "unrefuted": "Possible, not proven: the disclosures allow worlds in which every contract covers the debt on it; no world was "
                 "found in which one does not, nor a proof that there is none.",
    "open": f"Open: {OPEN}.",
}
PREMISES = (
    "Customers that are disclosed together count as one contract; debt without a contract is not covered.",
    "Margin is revenue less cash cost over revenue; it may differ by contract and window. A prepayment is credited once, against "
    "revenue recognised, and brings no new cash.",
    "A loan may repay at another pace on each contract, as far as disclosed totals hold. Balances, rates, payment dates and "
    "maturities are the case's; what is told rounded lies within half of its last digit.",
    "What cannot be rests on the kindest reading of a window: all of its principal on the first payment date and no interest "
    "after it, cash on that date, nothing paid out. What must be rests on the harshest: interest on the opening balance, cash on "
    "the last date, all that is left over paid out. So both hold for windows of any length; shorter ones bring the ends closer.",
    "A world that is shown pays once a window: cash, interest on the opening balance and principal on its end, the rest kept.",
    "Tests are read at the ends of windows; when within a window cash comes and is due is not told apart. No further prepayment "
    "of what is to come, no receivable of what was is counted.",
)


def record(run: Run, periods: str = "quarter", tick: Callable[[], None] = lambda: None) -> tuple[dict[str, Json], Bounds]:
    """Every answer, and the worlds that show them. InputError where disclosures contradict each other."""
    general = run.deal.case.general
    facts = facts_of(run, periods)
    refuse_no_loans(facts, run.deal.case)
    bounds = Bounds(facts, general.case, tick, coarse=facts_of(run, "year"), floors=covenants(run, facts))
    return {
        "case": general.case, "title": general.title, "as_of": general.as_of.isoformat(), "scenario": run.scenario,
        "currency": general.currency, "input_hash": run.deal.case.input_hash, "version": version(),
        "periods": {"asked": periods, "months": facts.months, "ends": [day.isoformat() for day in facts.ends]},
        "verdict": bounds.verdict, "sentence": VERDICTS[bounds.verdict],
        "can": bounds.can[0], "must": bounds.fails is None, "counter": _counter(bounds),
        "debt": fsum(d.high for d in facts.disclosures if d.what == "principal" and len(d.loans) == 1
                    and d.low == d.high and d.words.endswith(f"owes {d.high:,.1f}")),
        "without_contract": bounds.without_contract.value,
        "ranges": {"worst_cover": _range(bounds.cover), "uncovered": _range(bounds.uncovered),
                   "pooled_cover": _range(bounds.pooled)},
        "margins": _margins(bounds), "prices": [{"words": one.words, "points_per_100": 100 * one.move} for one in bounds.prices],
        **{key: [_worth(one) for one in to_ask_for(bounds.asked[1][figure])] for key, figure in zip(ASKS, FIGURES, strict=True)},
        "candidates": [{"figure": figure, **_worth(one)} for figure, found in bounds.asked[0].items() for one in found],
        "readings": [asdict(one) for one in bounds.readings], "proofs": [asdict(one) for one in bounds.proofs],
        "witnesses": [_replayed(one) for one in bounds.witnesses], "premises": list(PREMISES),
        "disclosures": [_disclosure(d) for d in facts.disclosures],
    }, bounds


def refuse_no_loans(facts: Facts, case: Case) -> None:
    """A case without loans in boxes has nothing to ask."""
    if not facts.loans:
        raise InputError([Finding(document(case, DEBT).file, 1, "instruments", f"no loan in a box in {case.general.case}",
                                  "a loan that contracts are to cover")])


def _counter(bounds: Bounds) -> Json:
    found = bounds.shortfall or bounds.fails
    return None if found is None else {"short_by": found.value, "where": found.what}


def _range(told: Range) -> Json:
    return {"low": told.low, "high": told.high, "shown_low": told.shown_low, "shown_high": told.shown_high,
            "stopped": told.stopped}


def _margins(bounds: Bounds) -> Json:
    lowest = bounds.lowest_margin
    point = bounds.point
    return {"lowest_average": lowest.value if lowest else None, "lowest_shown": bounds.shown_margin,
            "lowest_same_for_all": bounds.same_margin, "must_above": bounds.settling_margin,
            "point_of_cover": point[0] if point else None, "point_from": point[1] if point else None}


def _worth(one: Worth) -> Json:
    return {"words": one.words, "narrows_at_least": one.least, "narrows_on_average": one.mean, "narrows_at_most": one.most,
            "narrows": list(one.narrows), "range": one.whole[1] - one.whole[0]}


def _replayed(one: Replayed) -> Json:
    return {"name": one.name, "folder": f"witness-{one.name}", "title": one.title, "claimed_cover": one.claimed,
            "engine_cover": one.engine, "H1": one.claim, "confirmed": one.confirmed,
            "slices": [dict(zip(("contract", "loan", "principal", "cash"), part, strict=True)) for part in one.slices]}


def _disclosure(told: Disclosure) -> Json:
    return {"what": told.what, "words": told.words, "low": None if told.low == -FREE else told.low,
            "high": None if told.high == FREE else told.high, "source": told.told.source, "grade": told.told.grade,
            "file": told.told.file, "line": told.told.line}


def lines(told: Json) -> list[dict[str, Json]]:
    """bounds.csv: one line an answer."""
    found = [{"answer": "claim H1", "low": told["verdict"], "high": "", "shown_low": "", "shown_high": "", "unit": ""}]
    units = {"worst_cover": "x", "uncovered": "USD m", "pooled_cover": "x"}
    ends = ("low", "high", "shown_low", "shown_high")
    found += [{"answer": name, **{end: told["ranges"][name][end] for end in ends}, "unit": unit} for name, unit in units.items()]
    found += [{"answer": f"margin {name}", "low": value, "high": "", "shown_low": "", "shown_high": "", "unit": "share"}
              for name, value in told["margins"].items() if name not in ("point_of_cover", "point_from")]
    return found + [{"answer": f"ask for {one['words']}", "low": one["narrows_at_least"], "high": one["narrows_at_most"],
                     "shown_low": "", "shown_high": "", "unit": unit}
                    for key, unit in zip(ASKS, ("USD m", "x", "share"), strict=True) for one in told[key]]
