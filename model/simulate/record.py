"""simulation.json: everything a simulation has to say, as plain data, so that pages and sheets need nothing else.

No times and no number of workers are in it: the same case, seed and paths give the same bytes.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import asdict
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from model.record.document import version
from model.sheet.formula import Array
from model.simulate.plan import FAN_BLOCKS, Plan, described
from model.simulate.store import Store, columns
from model.simulate.streams import BLOCK
from model.simulate.summary import Sample, convergence, doublings, label, number
from model.simulate.wanted import OF_PAIR

Json = Any
TOLERANCE = "tolerance"
FAN_SHARES = (0.05, 0.25, 0.50, 0.75, 0.95)


def record(plan: Plan, store: Store) -> dict[str, Json]:
    """The whole record, from the blocks that are kept."""
    general, settings = plan.deal.case.general, plan.settings
    found = dict(_summaries(plan, store))
    return {
        "case": general.case, "title": general.title, "as_of": general.as_of.isoformat(), "scenario": settings.scenario,
        "currency": general.currency, "input_hash": plan.deal.case.input_hash, "version": version(),
        "paths": settings.paths, "seed": settings.seed, "copula": settings.copula, "method": settings.method,
        "months": [day.isoformat() for day in (plan.deal.timeline.as_of, *plan.deal.timeline.ends)],
        "joint": _joint(plan, found), "pairs": [_pair(plan, key, found) for key in plan.deal.pairs],
        "facilities": [_facility(plan, key, found) for key in plan.wanted.losses], "company": _company(plan, found),
        "groups": _groups(plan), "groups_failed": found["groups_failed"], "convergence": _convergence(plan, found),
        "fan": _fans(plan, store), **described(plan), "numbers": [asdict(used) for used in plan.risk.used.values()],
        "engine": {"numpy": np.__version__, "processor": processor(), "block": BLOCK,
                   "block_0": store.checksum(0), "fingerprint": plan.fingerprint},
    }


def _summaries(plan: Plan, store: Store) -> Iterator[tuple[str, Json]]:
    """One column after the other, so that memory holds a few of them at most."""
    nothing, months = tolerance(plan), plan.deal.timeline.count
    sizes = doublings(plan.settings.paths)
    for column, values in zip(plan.columns, columns(store, plan.settings.paths), strict=True):
        sample = Sample(values, plan.settings.method)
        if column.name in ("all_covered", "loss"):
            yield f"convergence {column.name}", convergence(values, plan.settings.method, sizes)
        yield column.name, summary(column.name, column.kind, sample, nothing, months)


def summary(name: str, kind: str, sample: Sample, nothing: float, months: int) -> Json:
    """What is said of one figure, by its kind."""
    if kind == "flag":
        return sample.probability()
    if kind == "month":
        return {"never": number(np.isnan(sample.values).mean()), "by_month": sample.by_month(months)}
    if kind == "count":
        counts = np.bincount(sample.values.astype(np.int64))
        return {**sample.mean(), "shares": [float(count) for count in counts / sample.values.size]}
    if name.endswith(("min_dscr", "min_clcr")):
        return sample.cover()
    return sample.spread() if name.endswith("lowest_liquidity") else sample.amount(nothing)


def tolerance(plan: Plan) -> float:
    """Amount that counts as nothing."""
    return float(plan.now(plan.deal.drivers.row(TOLERANCE)))


def _joint(plan: Plan, found: dict[str, Json]) -> Json:
    """Of all pairs together, counted path by path; beside it what independence would give."""
    single = [found[f"{key}.covered"]["probability"] for key in plan.deal.pairs]
    return {"covered": found["all_covered"], "if_independent": prod(single), "loss": found["loss"]}


def _pair(plan: Plan, key: str, found: dict[str, Json]) -> Json:
    pair = plan.deal.pairs[key]
    names = [*(name for name, _, _ in OF_PAIR), "first_failure"]
    return {"id": key, "title": pair.title, "principal": float(plan.now(pair.row("debt"))),
            "covered_in_scenario": bool(plan.now(pair.row("stands"))), **{name: found[f"{key}.{name}"] for name in names}}


def _facility(plan: Plan, key: str, found: dict[str, Json]) -> Json:
    """Expected loss = probability of a loss x loss given one, each as a share of the principal."""
    told = found[f"{key}.loss"]
    principal = float(plan.now(plan.deal.instruments[key].row("pro_forma")))
    given = told["mean_if_any"]
    return {"id": key, "title": plan.deal.instruments[key].title, "principal": principal,
            "loss_in_scenario": float(plan.now(plan.wanted.losses[key])), "probability_of_loss": told["any"]["probability"],
            "expected_loss": told["mean"], "standard_error": told["standard_error"],
            "lgd": given / principal if given is not None and principal > 0 else None,
            "expected_loss_share": told["mean"] / principal if principal > 0 else None, "loss": told}


def _company(plan: Plan, found: dict[str, Json]) -> Json:
    """Lowest liquidity, money needed and the first month short; None where no company is described."""
    names = [column.name for column in plan.columns if column.name.startswith("company.")]
    return {name.removeprefix("company."): found[name] for name in names} or None


def _groups(plan: Plan) -> list[Json]:
    return [{"name": group.name, "contracts": list(group.contracts), "rating": group.rating,
             "fails_within_5_years": float(group.hazard.failed_by(np.array([5.0]))[0]), "correlation": group.correlation,
             "recovery": group.recovery, "claim_days": group.claim_days} for group in plan.risk.groups]


def _convergence(plan: Plan, found: dict[str, Json]) -> list[Json]:
    parts = zip(doublings(plan.settings.paths), found["convergence all_covered"], found["convergence loss"], strict=True)
    return [{"paths": size, "covered": covered, "loss": loss} for size, covered, loss in parts]


def _fans(plan: Plan, store: Store) -> Json:
    """Percentiles by month of the cash of a service period and of what falls due, month 1 first."""
    counts = store.fan(plan.settings.blocks)
    found: dict[str, Json] = {"paths": min(plan.settings.blocks, FAN_BLOCKS) * BLOCK, "pairs": {}}
    for n, key in enumerate(plan.deal.pairs):
        found["pairs"][key] = {name: _fan(plan, counts, 2 * n + k) for k, name in enumerate(("cash", "service"))}
    return found


def _fan(plan: Plan, counts: Array, row: int) -> Json:
    lines = plan.fan.percentiles(counts, row, FAN_SHARES)
    return {label(share): line for share, line in zip(FAN_SHARES, lines, strict=True)}


def processor() -> str:
    """The name of the processor: numpy promises a stream for the same build and machine only."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
