"""Rules on what is uncertain: `ranges` in scenarios.yaml, and numbers that have a range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from model.errors import Finding
from model.inputs.check_company import COMPANY
from model.inputs.document import Path, read_document
from model.inputs.problem import CONTRACTS, DEBT, SCENARIOS, Problem, Problems, Rule
from model.inputs.schema import Case
from model.inputs.values import Ranged

ENDS = ("low", "high")


def moves(case: Case) -> Iterator[tuple[Path, Mapping[str, float]]]:
    """Every set of overrides of the case, with its place: of scenarios, and of the ends of ranges."""
    for name, scenario in case.scenarios.scenarios.items():
        yield ("scenarios", name, "overrides"), scenario.overrides
    for name, told in case.scenarios.ranges.items():
        yield from ((("ranges", name, end), getattr(told, end)) for end in ENDS)


def ranges_move_something(case: Case) -> Problems:
    """The two ends differ; one of them may be the base case itself, and then says nothing."""
    for name, told in case.scenarios.ranges.items():
        if told.low == told.high:
            yield Problem(SCENARIOS, ("ranges", name), name, "low and high that differ: inputs and what they are at each end")


def input_in_one_range(case: Case) -> Problems:
    """An input moves with one range only: two would move it twice."""
    owner: dict[str, str] = {}
    for name, told in case.scenarios.ranges.items():
        for key in dict.fromkeys((*told.low, *told.high)):
            if owner.setdefault(key, name) != name:
                end = "low" if key in told.low else "high"
                yield Problem(SCENARIOS, ("ranges", name, end, key), key, f"an input of one range: {owner[key]} moves it")


RULES: tuple[Rule, ...] = (ranges_move_something, input_in_one_range)


def ranged_numbers(case: Case) -> Iterator[tuple[str, Path, Ranged]]:
    """Every number of the case that has a range, with its place."""
    for file, model in ((CONTRACTS, case.contracts), (DEBT, case.debt), (COMPANY, case.company)):
        yield from ((file, path, number) for path, number in _numbers(model, ()) if number.range is not None)


def _numbers(said: object, path: Path) -> Iterator[tuple[Path, Ranged]]:
    if isinstance(said, Ranged):
        yield path, said
    elif isinstance(said, BaseModel):
        for name in type(said).model_fields:
            yield from _numbers(getattr(said, name), (*path, name))
    elif isinstance(said, list | dict):
        for key, part in said.items() if isinstance(said, dict) else enumerate(said):
            yield from _numbers(part, (*path, key))


def located(case: Case, problem: Problem) -> Finding:
    """A problem that shows only once the deal is wired, at its place in the file."""
    document = read_document(problem.file, case.files[problem.file])
    return problem.finding(document.line(problem.path), document.name(problem.path))
