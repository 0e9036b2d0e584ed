"""simulation.json: everything a simulation has to say, as plain data, so that pages and sheets need nothing else.

No times and no number of workers are in it: the same case, seed and paths give the same bytes.
"""

from __future__ import annotations

import platform
from dataclasses import asdict
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from model.record.document import version
from model.sheet.formula import Array
from model.simulate.plan import FAN_BLOCKS, Plan, described
from model.simulate.store import Store, each_column
from model.simulate.streams import BLOCK
from model.simulate.summary import Sample, by_period, convergence, doublings, number
from model.simulate.wanted import OF_PAIR

Json = Any
TOLERANCE = "tolerance"
UNKNOWN = {"probability": None, "standard_error": None}
NOT_TESTED = "No pair of this loan can be tested: the cash that pays it is not known."
OF_LOAN = ("loss_in_scenario", "probability_of_loss", "expected_loss", "standard_error", "lgd", "expected_loss_share", "loss")
FAN_SHARES = (0.05, 0.25, 0.50, 0.75, 0.95)


def record(plan: Plan, store: Store, workers: int = 1) -> dict[str, Json]:
    """The whole record, from the blocks that are kept."""
    general, settings = plan.deal.case.general, plan.settings
    found = _summaries(plan, store, workers)
    return {
        "case": general.case, "title": general.title, "as_of": general.as_of.isoformat(), "scenario": settings.scenario,
        "currency": general.currency, "input_hash": plan.deal.case.input_hash, "version": version(),
        "paths": settings.paths, "seed": settings.seed, "copula": settings.copula, "method": settings.method,
        "months": [day.isoformat() for day in (plan.deal.timeline.as_of, *plan.deal.timeline.ends)],
        "joint": _joint(plan, found), "pairs": [_pair(plan, key, found) for key in plan.deal.pairs],
        "facilities": [_facility(plan, key, found) for key in plan.wanted.every_loss], "company": _company(plan, found),
        "groups": _groups(plan), "groups_failed": found["groups_failed"], "convergence": _convergence(plan, found),
        "fan": _fans(plan, store), **described(plan), "numbers": [asdict(used) for used in plan.risk.used.values()],
        "engine": {"numpy": np.__version__, "processor": processor(), "block": BLOCK,
                   "block_0": store.checksum(0), "fingerprint": plan.fingerprint},
    }


def _summaries(plan: Plan, store: Store, workers: int) -> dict[str, Json]:
    """Column by column, so that memory holds a few of them at most."""
    nothing, months = tolerance(plan), plan.deal.timeline.count
    settings, sizes = plan.settings, doublings(plan.settings.paths)

    def told(place: int, values: Array) -> dict[str, Json]:
        column = plan.columns[place]
        found = {column.name: summary(column.name, column.kind, Sample(values, settings.method), nothing, months)}
        if column.name in ("all_covered", "loss"):
            found[f"convergence {column.name}"] = convergence(values, settings.method, sizes)
        return found

    return {name: said for one in each_column(store, settings.paths, told, workers) for name, said in one.items()}


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
    """Of all pairs that can be tested, counted path by path; beside it what independence would give. None where there is none."""
    single = [found[f"{key}.covered"]["probability"] for key in plan.wanted.pairs]
    return {"pairs": list(plan.wanted.pairs), "not_testable": [key for key in plan.deal.pairs if key not in plan.wanted.pairs],
            "covered": found.get("all_covered", UNKNOWN), "if_independent": prod(single) if single else None,
            "loss": found.get("loss")}


def _pair(plan: Plan, key: str, found: dict[str, Json]) -> Json:
    """The figures of one pair; None with the reason where it cannot be tested."""
    pair, tested = plan.deal.pairs[key], key in plan.wanted.pairs
    names = {**{name: UNKNOWN if kind == "flag" else None for name, _, kind in OF_PAIR}, "first_failure": None}
    return {"id": key, "title": pair.title, "principal": float(plan.now(pair.row("debt"))),
            "not_testable": None if tested else str(plan.run.read(pair.row("not_testable"))),
            "covered_in_scenario": bool(plan.now(pair.row("stands"))) if tested else None,
            **{name: found[f"{key}.{name}"] if tested else unknown for name, unknown in names.items()}}


def _facility(plan: Plan, key: str, found: dict[str, Json]) -> Json:
    """Expected loss = probability of a loss x loss given one, each as a share of the principal."""
    principal = float(plan.now(plan.deal.instruments[key].row("pro_forma")))
    begun = {"id": key, "title": plan.deal.instruments[key].title, "principal": principal}
    if key not in plan.wanted.losses:
        return {**begun, "not_testable": NOT_TESTED, **dict.fromkeys(OF_LOAN)}
    told = found[f"{key}.loss"]
    given = told["mean_if_any"]
    return {**begun, "not_testable": None, "loss_in_scenario": float(plan.now(plan.wanted.losses[key])),
            "probability_of_loss": told["any"]["probability"], "expected_loss": told["mean"],
            "standard_error": told["standard_error"],
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
    sizes = doublings(plan.settings.paths)
    nothing = [{"mean": None, "standard_error": None}] * len(sizes)
    covered, losses = (found.get(f"convergence {name}", nothing) for name in ("all_covered", "loss"))
    parts = zip(sizes, covered, losses, strict=True)
    return [{"paths": size, "covered": covered, "loss": loss} for size, covered, loss in parts]


def _fans(plan: Plan, store: Store) -> Json:
    """Percentiles by month of the cash of a service period and of what falls due, month 1 first."""
    paths = min(plan.settings.paths, FAN_BLOCKS * BLOCK)
    found: dict[str, Json] = {"paths": paths, "pairs": {}}
    for n, key in enumerate(plan.wanted.pairs):
        found["pairs"][key] = {name: by_period(store.fan(2 * n + k, paths), FAN_SHARES)
                               for k, name in enumerate(("cash", "service"))}
    return found


def processor() -> str:
    """The name of the processor: numpy promises a stream for the same build and machine only."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
