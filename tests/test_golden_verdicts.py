"""Whole small deals with the verdict that follows, worked by hand: `tests/golden/verdicts/*.yaml`.

A file says contracts, loans and boxes in the words of a case file with plain numbers; the arithmetic stands in it as a
comment. `expected` names pairs (`c` where nothing is said): `grade`, figures of the pair, of its tests with support
(`with_support`), lines of run.json (`told`), and what the claim and the support ledger say. `variants` change the file
in one place each (a path and a value) and say what then differs: the edge itself, on both sides.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from model.cases import Run, run
from model.deal import Deal
from model.inputs.check import problems
from model.inputs.schema import Case
from model.record import record
from model.report.workbook import write_workbook
from tests.judges import Formualizer, differences, remembered
from tests.oracle import Rows, work_out
from tests.oracle import grade as grade_by_hand
from tests.strategies import box, case_of, deal_of
from tests.test_golden import instrument_in_words, read
from tests.test_golden_contracts import contracts_in_words
from tests.test_workbook import selector

FOLDER = Path(__file__).parent / "golden" / "verdicts"
FILES = sorted(FOLDER.glob("*.yaml"))
WANTED = {  # what the brief of the tests asks for at its edge
    "V", "L", "X", "F", "G",
}


def changed(golden: Rows, changes: Rows) -> Rows:
    """The file with single places changed: `loans.l.balance: 19.48`."""
    found = copy.deepcopy(golden)
    for path, value in changes.items():
        *places, last = path.split(".")
        here: Any = found
        for place in places:
            here = here[int(place) if isinstance(here, list) else place]
        if value is None:
            del here[last]
        else:
            here[int(last) if isinstance(here, list) else last] = value
    return found


def settings() -> Iterator[tuple[str, Rows]]:
    """Every file, and every variant of it."""
    for path in FILES:
        golden = read(path)
        yield path.stem, golden
        for variant in golden.get("variants", []):
            other = changed(golden, variant.get("change", {})) | {"expected": variant["expected"]}
            yield f"{path.stem}: {variant['title']}", other


SETTINGS = dict(settings())


def evidenced(said: Any, grade: str | None) -> Any:
    """Amounts and caps of a promise are as good as the promise, or of one grade that the file says; so is a backstop's cap."""
    if isinstance(said, dict):
        for promise in (said, said.get("support") or {}):
            for name in ("amount", "cap") if "trigger" in promise else ():
                if said.get(name):
                    said[name]["grade"] = grade or promise["grade"]
        return {key: evidenced(one, grade) for key, one in said.items()}
    return [evidenced(one, grade) for one in said] if isinstance(said, list) else said


def deal_in_words(golden: Rows) -> Rows:
    """The files of the case, as `strategies.deal_of` and the deal worked out by hand take them."""
    said = contracts_in_words(golden)
    where = {key: loan.pop("in", "box") for key, loan in copy.deepcopy(golden["loans"]).items()}
    loans = []
    for key, loan in golden["loans"].items():
        plain = {name: value for name, value in loan.items() if name != "in"}
        loans.append(instrument_in_words(key, plain, True) | {"box": where[key]})
    boxes = [box(key, **golden.get("boxes", {}).get(key) or {}) for key in dict.fromkeys(where.values())]
    deal = deal_of(golden["as_of"], golden["months"], said["contracts"], loans, boxes, golden.get("debt_share"),
                   golden.get("cash_share"), scenarios=golden.get("scenarios"), moderate=golden.get("moderate", ()), world=said)
    return evidenced(deal, "assumed" if golden.get("limits_assumed") else None)  # type: ignore[no-any-return]


@cache
def worked_out(name: str) -> tuple[Rows, Case, Run]:
    deal = deal_in_words(SETTINGS[name])
    case = case_of(deal)
    return deal, case, run(Deal(case))


def near(found: Any, wanted: Any, tolerance: float, told: str) -> None:
    if isinstance(wanted, float | int) and not isinstance(wanted, bool):
        assert found == pytest.approx(wanted, abs=tolerance, rel=0), told
    else:
        assert found == wanted, told


@pytest.mark.parametrize("name", SETTINGS)
def test_golden_verdict(name: str) -> None:
    golden = SETTINGS[name]
    _, _, base = worked_out(name)
    tolerance = golden["tolerance"]
    for line in golden["expected"]:
        seen = base.under(line.get("under", "base"))
        key = line.get("pair", "c")
        blocks = {"figures": base.deal.pairs[key], "with_support": base.deal.backings[key].cover}
        told = record(seen) if line.keys() & {"told", "support", "claim", "tests", "ledger"} else {}
        pair = next((p for p in told.get("pairs", []) if p["id"] == key), {})
        if "grade" in line:
            assert str(seen.read(base.deal.pairs[key].row("grade"))) == line["grade"], (name, key)
        for part, block in blocks.items():
            for row, wanted in line.get(part, {}).items():
                assert block is not None
                near(seen.read(block.row(row)), wanted, tolerance, f"{name}: {row} of {block.key}")
        for row, wanted in line.get("told", {}).items():
            near(pair[row], str(wanted) if "date" in row and wanted else wanted, tolerance, f"{name}: {row} of {key}")
        for test, wanted in line.get("tests", {}).items():
            for row, value in wanted.items():
                near(pair["tests"][test][row], str(value) if row == "date" and value else value, tolerance, f"{test}.{row}")
        for kind, wanted in line.get("support", {}).items():
            near(told["support"][kind], wanted, tolerance, f"{name}: support.{kind}")
        for h, wanted in line.get("claim", {}).items():
            assert told["claim"][h] == wanted, (name, h)
        for n, entry in enumerate(line.get("ledger", [])):
            for row, value in entry.items():
                near(told["support"]["ledger"][n][row], value, tolerance, f"{name}: ledger[{n}].{row}")
        if "reason" in line:
            assert line["reason"] in str(seen.read(base.deal.pairs[key].row("reason"))), name


@pytest.mark.parametrize("name", SETTINGS)
def test_the_verdict_is_that_of_the_deal_worked_out_by_hand(name: str) -> None:
    """The second implementation reads the same files and knows nothing of the model."""
    deal, _, base = worked_out(name)
    said = deal["scenarios"]["scenarios"]
    hand = {s: work_out(deal, {} if s == "base" else said[s]["overrides"]) for s in base.names}
    for scenario in base.names:
        for key, pair in base.deal.pairs.items():
            ours = str(base.under(scenario).read(pair.row("grade")))
            assert ours == grade_by_hand(deal, hand, key, scenario), (name, scenario, key)


@pytest.mark.parametrize("name", SETTINGS)
def test_no_check_of_the_book_fails_and_a_user_could_write_the_case(name: str) -> None:
    _, case, base = worked_out(name)
    assert not [p for p in problems(case) if not p.warning]
    assert not any(base.under(s).read(base.deal.check_sum.row("failed")) for s in base.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_says_where_its_numbers_come_from(path: Path) -> None:
    golden = read(path)
    assert golden["title"]
    assert golden["evidence"] == "closed form"
    assert path.read_text("utf-8").startswith("# "), "the arithmetic, in a comment"


def test_every_letter_is_met_alone_and_at_its_edge() -> None:
    """Each letter alone decides somewhere, and the same deal fails with a little less of it."""
    grades = {name: [line.get("grade") for line in one["expected"]] for name, one in SETTINGS.items()}
    for letter in WANTED:
        passing = {name.split(":")[0] for name, found in grades.items() if f"C-{letter}" in found}
        assert any("D" in found for name, found in grades.items() if name.split(":")[0] in passing), letter


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vendor-and-renewal", "renewed-then-sold", "renewal-at-the-low-price",
                                  "balloon-refinanced-on-the-tail: a guarantor pays what no lender would"])
def test_the_workbook_recalculates_to_the_same_verdict(name: str, tmp_path: Path) -> None:
    """Every formula cell of the file, support and its tests among them, in every position of the selector."""
    _, _, base = worked_out(name)
    path = write_workbook(base, tmp_path / "deal.xlsx")
    book = Formualizer(path)
    for scenario in base.names:
        if scenario != base.scenario:
            book.change({selector(path): scenario})
        assert not differences(book.values(), remembered(base.under(scenario))), scenario
