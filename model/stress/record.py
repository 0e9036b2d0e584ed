"""What a stress run has to say, as plain data: stress.json, from which the table, stress.csv and the sheets are made.

USD m, ISO dates, None for "not defined".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np

from model.certainty.result import H_WORDS
from model.faults import stop_at_columns
from model.record.document import version
from model.sheet import Row
from model.stress.company import Company
from model.stress.delays import Delays
from model.stress.grids import Grids
from model.stress.judge import Judge, Judged
from model.stress.reach import Reach
from model.stress.scenarios import Scenario, scenarios_of
from model.stress.tornado import Tornado, change
from model.verdict import FAILS, day, first_failure, number

if TYPE_CHECKING:
    from model.cases import Run
    from model.coverage import Pair

Json = Any
OF_CONTRACT = ("renewal", "merchant", "residual", "support")
NOISE = 1e-10  # what a figure may differ by and still be the same
NOTHING_MOVES = "nothing that this case tests or earns rests on what it moves"
FIGURES = ("min_dscr", "min_clcr", "tail_months", "support_needed")


def record(run: Run, only: Collection[str] = ()) -> dict[str, Json]:
    """Every scenario, the tornado and the grids, on top of the scenario that is read. KeyError for an unknown scenario."""
    general, told = run.deal.case.general, Told(run, scenarios_of(run, only), every=not only)
    return {
        "case": general.case, "title": general.title, "as_of": general.as_of.isoformat(), "scenario": run.scenario,
        "currency": general.currency, "input_hash": run.deal.case.input_hash, "version": version(),
        "pairs": [{"id": key, "title": pair.title, "principal": run.read.number(pair.row("debt"))}
                  for key, pair in run.deal.pairs.items()],
        "base": told.outcome(0), "scenarios": [told.scenario(n) for n in range(1, len(told.cases))],
        **{name: part.told(told.judged, first) for name, (part, first) in told.drawn.items()},
    }


class Told:
    """The scenarios of a run judged together; column 0 is the scenario that is read, as it stands."""

    def __init__(self, run: Run, scenarios: Sequence[Scenario], every: bool = True) -> None:
        self.run, self.scenarios, self.pairs = run, scenarios, run.deal.pairs
        self.cases: list[dict[str, float]] = [{}, *(one.overrides for one in scenarios)]
        self.company = Company(run)
        self.beside, self.reach = self._beside(), Reach(run)
        failed, broken = (run.deal.check_sum.row(name) for name in ("failed", "broken"))
        more = [*self.company.rows(), *self.beside, *self.reach.rows(), failed, broken]
        tornado, grids = Tornado(run), Grids(run)
        first, then = len(self.cases), len(self.cases) + len(tornado.cases)
        beside: dict[str, tuple[Tornado | Grids, int]] = {"tornado": (tornado, first), "grids": (grids, then)}
        self.drawn = beside if every else {}
        cases = [*self.cases, *(case for part, _ in self.drawn.values() for case in part.cases)]
        self.judged: Judged = Judge(run, cases, more)()
        base = run.deal.scenarios[run.scenario]
        names = [run.scenario, *(one.entry.id for one in scenarios), *map(str, cases[first:])]
        stop_at_columns(run.deal, [{**base, **case} for case in cases], self.judged.values[broken], names)
        self.tolerated = Delays(run, self.cases)()

    def _beside(self) -> list[Row]:
        """Rows that no test sees, but that a scenario may move."""
        found = [c.row(name) for c in self.run.deal.contracts.values() for name in OF_CONTRACT]
        found += [one.row("refinanceable") for backing in self.run.deal.backings.values() for one in backing.slices.values()]
        treasury = self.run.deal.treasury
        return [*found, treasury.row("cash")] if treasury else found

    def applies(self, n: int) -> bool:
        """Whether a scenario moves anything at all; a day on which service ends is nothing by itself."""
        ends = set(self.reach.rows())
        return any(found[0] != found[n] for found in self.judged.letters.values()) or not all(
            np.allclose(array[..., 0], array[..., n], rtol=NOISE, atol=NOISE, equal_nan=True)
            for row, array in self.judged.values.items() if row not in ends)

    # ---- one scenario ------------------------------------------------------------------------------------------------

    def scenario(self, n: int) -> Json:
        """A scenario: what it is, what it moves here, what comes of it."""
        said = self.scenarios[n - 1]
        entry, applies = said.entry, self.applies(n)
        return {
            "id": entry.id, "name": entry.name, "title": entry.title, "reason": entry.reason, "size": entry.size,
            "source": entry.source, "grade": entry.grade, "severity": entry.severity, "origin": said.origin,
            "probability": entry.probability, "parts": [part_of(part) for part in said.parts],
            "overrides": said.overrides, "applies": applies, "not_found": list(said.missing),
            "why_not": None if applies else f"does not apply: {'; '.join(said.missing) or NOTHING_MOVES}",
            **(outcome := self.outcome(n)), "support_change": change(outcome["support_needed"], self.support(0)),
        }

    def outcome(self, n: int) -> Json:
        """The claim, the company and every pair in one column."""
        pairs = [self.pair(key, pair, n) for key, pair in self.pairs.items()]
        return {"claim": {name: H_WORDS[round(self.judged(self.run.deal.claim.row(f"{name.lower()}_code"), n)) - 1]
                          for name in ("H1", "H2", "H3a", "H3b")},
                "company": self.company.told(self.judged, n), "first_failure": first_of(pairs),
                "first_new_failure": first_of([p for p in pairs if not p["fails_before"]]),
                "support_needed": self.support(n), "warnings": self.reach.warnings(self.judged, n),
                "checks_failed": round(self.judged(self.run.deal.check_sum.row("failed"), n)), "pairs": pairs}

    def support(self, n: int) -> float | None:
        """What all pairs that can be tested need from outside their contracts; None where no pair can be."""
        needed = [number(self.judged(pair.row("support_needed"), n)) for pair in self.pairs.values()
                  if self.judged(pair.row("testable"), n)]
        told = [one for one in needed if one is not None]
        return fsum(told) if told else None

    def pair(self, key: str, pair: Pair, n: int) -> Json:
        """Grade, tests and figures of a pair; the first test that fails, with its date and what is missing."""
        def of(name: str, column: int = n) -> float:
            return self.judged(pair.row(name), column)

        testable = bool(of("testable"))
        covered = bool(of("covered"))
        figures = {name: number(of(name)) if testable else None for name in FIGURES}
        dates = {name: day(of(name)) if testable else None for name in ("min_dscr_date", "min_clcr_date")}
        return {"id": key, "grade": self.judged.grade(key, pair.row("code"), n),
                "grade_before": self.judged.grade(key, pair.row("code"), 0), "covered": covered if testable else None,
                "fails_before": bool(of("testable", 0)) and not of("covered", 0), **figures, **dates,
                "tests": self.tests(key, of) if testable else {},
                "days_tolerated": self.tolerated[key][n] if covered and testable else None,
                "first_failure": first_failure(of) if testable else None}

    def tests(self, key: str, of: Any) -> Json:
        """T1 to T7 as far as a scenario moves them; T4 is told in run.json and does not move."""
        found: Json = {name: {"pass": bool(of(flag)), "value": number(of(value)),
                              "date": None if of(flag) else day(of(date))} for name, (flag, date, value) in FAILS.items()}
        found["T3"]["value"] = number(of("min_clcr"))
        stressed = bool(self.run.read(self.pairs[key].row("stressed")))
        return {**found, "T4": {"pass": stressed, "value": None, "date": None},
                "T5": {"pass": bool(of("covered")), "value": number(of("support_needed")), "date": None},
                "T6": {"pass": bool(of("t6")), "value": number(of("worst_loss")), "date": day(of("worst_date"))}}


def first_of(pairs: Sequence[Json]) -> Json:
    """Who fails first: the earliest date, of one date the largest amount."""
    failing = [{"pair": pair["id"], **pair["first_failure"]} for pair in pairs if pair["first_failure"]]
    return min(failing, key=lambda one: (one["date"] or "9999", -(one["missing"] or 0.0)), default=None)


def part_of(scenario: Scenario) -> Json:
    """A part of a joint scenario."""
    entry = scenario.entry
    return {"id": entry.id, "title": entry.title, "size": entry.size, "source": entry.source, "grade": entry.grade,
            "overrides": scenario.overrides, "not_found": list(scenario.missing)}


def lines(told: Json) -> list[dict[str, Json]]:
    """stress.csv: one flat line a scenario and pair."""
    base = {"id": "base", "name": told["scenario"], "title": "as it stands", "applies": True, **told["base"]}
    said = ("id", "name", "title", "severity", "size", "grade", "origin", "applies", "why_not")
    return [{"case": told["case"], "as_of": told["as_of"], "on_top_of": told["scenario"],
             **{f"scenario_{name}" if name in ("id", "name", "grade") else name: one.get(name) for name in said},
             **flat(pair), "support_all_pairs": one["support_needed"], "support_all_pairs_change": one.get("support_change"),
             **{name: one["claim"][name] for name in one["claim"]},
             **{name: word((one["company"] or {}).get(name)) for name in (f"K{k}" for k in range(1, 8))},
             "overrides": "; ".join(f"{key} = {value:.10g}" for key, value in one.get("overrides", {}).items()),
             "reason": one.get("reason"), "source": one.get("source"), "warnings": "; ".join(one["warnings"])}
            for one in (base, *told["scenarios"]) for pair in one["pairs"]]


def flat(pair: Json) -> dict[str, Json]:
    """The figures of a pair in one line."""
    first = pair["first_failure"] or dict.fromkeys(("test", "date", "missing"))
    names = ("min_dscr", "min_dscr_date", "min_clcr", "min_clcr_date", "tail_months", "support_needed", "days_tolerated")
    return {"pair": pair["id"], "grade": pair["grade"], "grade_before": pair["grade_before"],
            "first_test": first["test"], "first_date": first["date"], "first_missing": first["missing"],
            **{name: pair[name] for name in names},
            **{name: word(pair["tests"].get(name)) for name in ("T1", "T2", "T3", "T4", "T5", "T6")},
            "loss_if_failed": pair["tests"]["T6"]["value"] if pair["tests"] else None}


def word(test: Json) -> str:
    """A test in a word."""
    return "not run" if test is None else "pass" if test["pass"] else "fail"


