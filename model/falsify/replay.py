"""What was found as scenarios of a case: confirmed by a run of all rows, and written so that it replays exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from model.cases import Run
from model.cases import run as run_deal
from model.deal import Deal
from model.errors import CheckError
from model.falsify.space import Combination, Space, moved
from model.falsify.words import capital, together
from model.faults import stop_at_faults
from model.inputs.schema import Scenario
from model.record.document import version
from model.sheet import evaluate

NAME = 40  # the longest name that a scenario may have
SAID = 400  # and its longest text


@dataclass(frozen=True)
class Found:
    """The smallest combination that breaks a pair, after so many tries; None where none was found."""

    space: Space
    combination: Combination | None
    tries: int
    lowest: float
    alone: tuple[Combination, ...] = ()


def scenarios(run: Run, found: Mapping[str, Found], seed: int) -> dict[str, tuple[str, Scenario]]:
    """By pair: the name of its scenario, and the scenario."""
    told: dict[str, tuple[str, Scenario]] = {}
    for pair, one in found.items():
        if one.combination:
            taken = {*run.deal.scenarios, *(name for name, _ in told.values())}
            told[pair] = free_name(f"falsified-{pair}", taken), _scenario(run, pair, one, one.combination, seed)
    return told


def free_name(wanted: str, taken: set[str]) -> str:
    """A name that no scenario has."""
    names = (wanted[:NAME - len(end)] + end for n in range(len(taken) + 1) for end in [f"-{n + 1}" if n else ""])
    return next(name for name in names if name not in taken)


def _scenario(run: Run, pair: str, one: Found, combination: Combination, seed: int) -> Scenario:
    title = run.deal.pairs[pair].title
    tried = f"Found by falsify {version()}, seed {seed}, after {one.tries} combinations, from scenario {run.scenario}"
    return Scenario(title=_short(capital(together(one.space, combination))),
                    reason=_short(f"The smallest combination found under which this pair is not covered: {title}"),
                    source=_short(f"{tried}; sizes are grid steps of a search, no forecast"), grade="derived",
                    overrides={**run.deal.scenarios[run.scenario], **one.space.overrides(combination)})


def _short(text: str) -> str:
    return text if len(text) <= SAID else text[:SAID - 3] + "..."


def confirmed(run: Run, found: Mapping[str, Found], told: Mapping[str, tuple[str, Scenario]]) -> Run:
    """The case run again with what was found. CheckError where a scenario does not break its pair, or is not smallest."""
    added = {**run.deal.case.scenarios.scenarios, **dict(told.values())}
    case = replace(run.deal.case, scenarios=run.deal.case.scenarios.model_copy(update={"scenarios": added}))
    again = run_deal(Deal(case), run.scenario)
    for pair, (name, _) in told.items():
        if again.under(name).read(again.deal.pairs[pair].row("covered")):
            raise CheckError(f"scenario {name} was found to break {pair}, but a run of all rows covers it")
    _confirm_smallest(again, found)
    return again


def _confirm_smallest(run: Run, found: Mapping[str, Found]) -> None:
    """No stress can be left out or eased by one step: the pair is covered then, by a run of all rows."""
    base = dict(run.deal.scenarios[run.scenario])
    near = [(pair, {**base, **one.space.overrides(eased)}) for pair, one in found.items() if one.combination
            for axis, steps in one.combination for eased in {moved(one.combination, axis, n) for n in (0, steps - 1)}]
    if not near:
        return
    values = evaluate(run.deal.book, run.deal.columns([overrides for _, overrides in near]))
    stop_at_faults(run.deal, values, [f"eased for {pair}" for pair, _ in near])
    for column, (pair, overrides) in enumerate(near):
        if not values.one(run.deal.pairs[pair].row("covered"), column):
            raise CheckError(f"{pair}: a smaller combination than was found breaks it too: {overrides}")


def as_yaml(told: Mapping[str, tuple[str, Scenario]]) -> str:
    """A file for --scenarios; its entries may also be copied into scenarios.yaml. Quoted text of JSON is YAML too."""
    lines = ["# Found by debtcover falsify. Replay: debtcover run CASE --scenarios FILE --scenario NAME"]
    lines.append("scenarios:" if told else "scenarios: {}")
    for name, scenario in told.values():
        lines += [f"  {name}:", *(f"    {key}: {json.dumps(getattr(scenario, key))}" for key in ("title", "reason", "source")),
                  f"    grade: {scenario.grade}", "    overrides:",
                  *(f"      {key}: {number(value)}" for key, value in scenario.overrides.items())]
    return "\n".join(lines) + "\n"


def number(value: float) -> str:
    """A number that reads back as the same, never as text."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    return text if "e" not in text or "." in text else text.replace("e", ".0e")
