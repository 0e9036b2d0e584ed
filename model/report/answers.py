"""What was attacked and the answer, in a sentence or two each: for the stamped pages, the first pages and the screen."""

from __future__ import annotations

from math import fsum
from typing import Any

from model.report.words import money, percent

Json = Any


def of_scenarios(told: Json) -> str:
    """How many scenarios, how many break something, and which is the weakest."""
    ran = [one for one in told["scenarios"] if one["applies"]]
    if not ran:
        return f"{len(told['scenarios'])} scenarios on top of {told['scenario']}; none of them moves anything here."
    worst = max(ran, key=missing)
    turned = sum(one["first_new_failure"] is not None for one in ran)
    size = f", {sized(worst)}" if worst["size"] else ""
    return (f"{len(ran)} scenarios on top of {told['scenario']}: in {turned} of them a pair fails that stands without it. Most "
            f"is missing in {worst['id']} ({worst['title']}{size}): USD {money(missing(worst))}m over all pairs; H1 "
            f"{worst['claim']['H1'].replace('_', ' ')}.")


def sized(one: Json) -> str:
    """The size of a scenario, and that nobody has said so where it is assumed."""
    return f"{one['size']} (assumed)" if one["grade"] == "assumed" else str(one["size"])


def missing(one: Json) -> float:
    """Support that all pairs need in a scenario `[USD m]`."""
    return fsum(pair["support_needed"] or 0.0 for pair in one["pairs"])


def of_drivers(told: Json) -> str:
    """Which pair is nearest to failure, and the driver that takes it there; else which driver would bring one to pass."""
    far = list(told.get("reverse", {}).get("distances", []))
    passing = [one for one in far if one["passes_now"]]
    near = [one for one in passing or far if one["distance_alone"] is not None]
    begun = f"{len(passing)} of {len(far)} pairs that can be tested are covered"
    if not far:
        return "No break-even was looked for, or no pair can be tested."
    if not near:
        return f"{begun}; no single driver turns any of that within its range."
    one = min(near, key=lambda one: one["distance_alone"])
    title = next(pair["title"] for pair in told["pairs"] if pair["id"] == one["pair"])
    return f"{begun}. Nearest to {'failure' if passing else 'being covered'}: {title}: {one['words']}."


def of_inputs(told: Json) -> str:
    """How many inputs were moved, how many of them the verdict feels, and how many turn a pair."""
    log = told["sensitivity"]
    some = {reacts: [one for one in log["inputs"] if one["reacts"] == reacts] for reacts in ("verdict", "figures", "nothing")}
    turns = sum(any(move["covered"] != log["base"]["covered"] for move in one["moves"]) for one in some["verdict"])
    return (f"{len(log['inputs']):,} single inputs, each moved alone: {len(some['verdict']):,} move the verdict's figures and "
            f"{turns:,} of them turn a pair; {len(some['figures']):,} move other figures only; {len(some['nothing']):,} move "
            f"nothing here, each with its reason.")


def paths(count: int) -> str:
    """1 path, 2,048 paths."""
    return "1 path" if count == 1 else f"{count:,} paths"


def at_most(found: Json, count: int) -> str:
    """Of a share that is 0 or 1 on all paths, where no standard error says anything: the rule of three, at 95 %."""
    return f"at most {min(3, count)}/{count:,}" if found["probability"] in (0, 1) else ""


def of_paths(told: Json) -> str:
    """The joint probability, beside what independence would give, and the expected loss."""
    joint, out = told["joint"], left_out(told)
    if joint["covered"]["probability"] is None:
        return f"No pair can be tested, so no probability of cover and no loss is given.{out}"
    bound = at_most(joint["covered"], told["paths"])
    error = joint["covered"]["standard_error"]
    within = f" (the other outcome on {bound})" if bound else f" (standard error {percent(error)})" if error is not None else ""
    lost = joint["loss"]
    losses = f" Lenders lose USD {money(lost['mean'])}m on average, {money(lost['p95'])}m on one path in twenty." if lost else ""
    return (f"All pairs that can be tested are covered on {percent(joint['covered']['probability'])} of "
            f"{paths(told['paths'])}{within}; {percent(joint['if_independent'])} if pairs were independent.{losses}{out}")


def left_out(told: Json) -> str:
    """The pairs that no figure speaks of."""
    names = [pair["title"] for pair in told["pairs"] if pair.get("not_testable")]
    return f" Left out, as not testable: {'; '.join(names)}." if names else ""


def untested(told: Json) -> list[str]:
    """Pairs and loans that cannot be tested, each with the reason."""
    return [f"{one['title']}: {one['not_testable']}" for one in (*told["pairs"], *told["facilities"]) if one.get("not_testable")]
