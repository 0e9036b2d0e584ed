"""falsify.json: what a search found, as plain data `[USD m, ISO dates]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from model.cases import Run
from model.falsify.ranges import Asked
from model.falsify.replay import Found
from model.falsify.space import Axis, Combination, Space
from model.falsify.words import failure, phrase, sentence, together, within
from model.inputs.schema import Scenario
from model.record.document import version
from model.verdict import first_failure, tests_t0_to_t3

Json = Any


def record(run: Run, again: Run, asked: Asked, found: Mapping[str, Found], told: Mapping[str, tuple[str, Scenario]],
           skipped: Mapping[str, tuple[str, str]]) -> Json:
    """The whole of falsify.json; `again` is the run that holds what was found as scenarios."""
    general = run.deal.case.general
    pairs = [of_pair(again, asked, pair, found.get(pair), told.get(pair), skipped.get(pair)) for pair in run.deal.pairs
             if pair in found or pair in skipped]
    return {"case": general.case, "as_of": general.as_of.isoformat(), "scenario": run.scenario, "currency": general.currency,
            "input_hash": run.deal.case.input_hash, "version": version(), "seed": asked.seed, "tries": asked.tries,
            "within_units": asked.within, "whole_ranges": asked.whole, "most": asked.most, "events": asked.events, "pairs": pairs}


def of_pair(again: Run, asked: Asked, pair: str, one: Found | None, told: tuple[str, Scenario] | None,
            skipped: tuple[str, str] | None) -> Json:
    """One pair."""
    name, scenario = told or (None, None)
    said: Json = {"id": pair, "title": again.deal.pairs[pair].title, "status": skipped[0] if skipped else "none_found",
                  "why": skipped[1] if skipped else None, "sentence": "", "stress": None, "failure": None, "scenario": name,
                  "overrides": dict(scenario.overrides) if scenario else {}, "components": [], "units": None,
                  "first_failure": None, "tests": None, "alone": [], "tries": 0, "most": asked.most, "lowest_cover": None,
                  "ranges": [], "within": ""}
    if one:
        said |= {"tries": one.tries, "lowest_cover": one.lowest, "within": within(one.space),
                 "ranges": [range_of(axis) for axis in one.space.axes]}
        if one.combination and name:
            said |= broken(again.under(name), pair, one.space, one.combination)
            said["alone"] = [together(one.space, other) for other in one.alone]
        elif not one.space.axes:
            said["status"] = "nothing_to_move"
    said["sentence"] = sentence(said)
    return said


def broken(run: Run, pair: str, space: Space, combination: Combination) -> Json:
    """What breaks a pair, and how it fails first."""
    block = run.deal.pairs[pair]
    told = first_failure(lambda name: run.read(block.row(name)))
    return {"status": "broken", "stress": together(space, combination), "failure": failure(told), "first_failure": told,
            "components": [component(space.axes[axis], steps) for axis, steps in combination],
            "units": space.units(combination), "tests": tests_t0_to_t3(run.read, block)}


def component(axis: Axis, steps: int) -> Json:
    """One stress: from where the scenario has the driver to where it breaks the pair."""
    return {"driver": axis.driver.name, "title": axis.driver.title, "words": phrase(axis, steps), "key": axis.driver.key,
            "unit": axis.driver.unit, "from": axis.start, "to": axis.level(steps), "steps": steps, "step": axis.step,
            "units": round(axis.units(steps), 9)}


def range_of(axis: Axis) -> Json:
    """How far a driver was looked at."""
    return {"driver": axis.driver.name, "title": axis.driver.title, "key": axis.driver.key, "unit": axis.driver.unit,
            "from": axis.start, "to": axis.last, "step": axis.step}


def table(told: Json) -> list[dict[str, Json]]:
    """falsify.csv: one line a pair."""
    none = {"test": None, "date": None, "missing": None}
    return [{"case": told["case"], "scenario": told["scenario"], "seed": told["seed"], "pair": one["id"], "status": one["status"],
             "stresses": len(one["components"]), "standard_units": one["units"], "tries": one["tries"],
             "lowest_cover": one["lowest_cover"], **(one["first_failure"] or none), "replay": one["scenario"],
             "overrides": "; ".join(f"{part['key']}={part['to']:g}" for part in one["components"]),
             "sentence": one["sentence"]} for one in told["pairs"]]
