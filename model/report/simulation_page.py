"""The simulation on a screen: chance of cover, what is lost, when it fails, what is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from model.report.answers import at_most, of_paths, paths, untested
from model.report.screen import Screen
from model.report.words import NOTHING, money, percent, times

Json = Any


def show(told: Json, screen: Screen) -> None:
    """The answer first, then the tables, then what the draws rest on."""
    screen.say(f"{told['case']}, {paths(told['paths'])}, seed {told['seed']}, {told['copula']} copula, {told['method']}, "
               f"scenario {told['scenario']}", "bold")
    screen.say(of_paths(told))
    screen.head("Cover by contract-debt pair, USD m")
    screen.table(("pair", "covered", "std. error", "T1", "T2", "T3", "missing, mean", "95 %", "CLCR at 5 %", "never fails"),
                 [of_pair(pair, told["paths"]) for pair in told["pairs"]])
    if told["facilities"]:
        screen.head("Loss of lenders, USD m")
        screen.table(("facility", "principal", "loss on", "expected", "std. error", "of principal", "LGD", "99 %"),
                     [of_loan(loan) for loan in told["facilities"]])
    for line in untested(told):
        screen.say(line)
    if company := told["company"]:
        need = company["needed"]
        screen.head("Company, USD m")
        screen.say(f"New money needed: {money(need['p50'])} at the median, {money(need['p95'])} at 95 %; none on "
                   f"{percent(1 - need['any']['probability'])} of paths")
    screen.head("What the draws rest on")
    for line in grounds(told):
        screen.say(line)


def of_pair(pair: Json, count: int) -> list[str]:
    """One pair; dashes where it cannot be tested."""
    if pair.get("not_testable"):
        return [pair["id"], "not testable", *[NOTHING] * 8]
    clcr = pair["min_clcr"]
    return [pair["id"], percent(pair["covered"]["probability"]), error(pair["covered"], count),
            *(percent(pair[name]["probability"]) for name in ("t1", "t2", "t3")), money(pair["missing"]["mean"]),
            money(pair["missing"]["p95"]), times(clcr["p05"]) if clcr else NOTHING, percent(pair["first_failure"]["never"])]


def of_loan(loan: Json) -> list[str]:
    """One facility."""
    return [loan["id"], money(loan["principal"]), percent(loan["probability_of_loss"]), money(loan["expected_loss"]),
            money(loan["standard_error"]), percent(loan["expected_loss_share"]), percent(loan["lgd"]),
            money(loan["loss"]["p99"] if loan["loss"] else None)]


def error(found: Json, count: int) -> str:
    """The standard error of a share, as 0.25%; of one that is 0 or 1 the rule of three."""
    value = found["standard_error"]
    return at_most(found, count) or (NOTHING if value is None else f"{value:.2%}")


def grounds(told: Json) -> Iterator[str]:
    """What was drawn, and how much of it is assumed."""
    assumed = [one for one in told["numbers"] if one["grade"] == "assumed"]
    own = sum(one["own"] for one in told["numbers"])
    yield f"drawn: {', '.join(told['drawn']).replace('_', ' ')}"
    yield (f"{len(assumed)} of {len(told['numbers'])} numbers of the draws are assumed, {own} are the case's own: see "
           "simulation.json or the sheet MonteCarlo")
