"""`debtcover falsify` as a user meets it: what it prints and leaves, and that what it leaves replays exactly."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from model.cases import Run, load, run
from model.cli import main
from model.errors import InputError
from model.falsify import progress as progress_of
from model.falsify.probe import Probe
from model.falsify.ranges import Asked, Limits, space_of
from model.falsify.replay import free_name, number
from model.falsify.search import alone
from model.falsify.words import amount, days, listed
from model.inputs.document import read_document
from model.inputs.starter import write_starter
from model.record import record
from model.report import workbook
from model.timeline import from_serial
from tests.delivered import the_run

IREN = Path(__file__).parents[1] / "inputs" / "iren-microsoft"
DDTL = Path(__file__).parents[1] / "inputs" / "coreweave-ddtl-4"
Json = Any


def call(*args: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A search in a folder of its own."""
    folder = tmp_path_factory.mktemp("falsify")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = call("falsify", DDTL, "--within", "0.25", "--tries", 40)
    assert result.exit_code == 0, result.output
    (folder / "page.txt").write_text(result.stdout)
    return folder


def test_what_is_found_is_told_in_words_and_left_in_three_files(out: Path) -> None:
    told = json.loads((out / "outputs/coreweave-ddtl-4/falsify.json").read_text())
    (pair,) = told["pairs"]
    assert pair["status"] == "broken"
    assert len(pair["components"]) == 2
    page = (out / "page.txt").read_text()
    assert pair["sentence"] in page
    assert " together with " in pair["sentence"]
    assert "breaks it: T1 first fails on" in pair["sentence"]
    assert pair["sentence"] in (out / "outputs/coreweave-ddtl-4/falsify.csv").read_text()
    assert sorted(path.name for path in (out / "outputs/coreweave-ddtl-4").iterdir()) == [
        "falsified.yaml", "falsify.csv", "falsify.json"]
    assert page.isascii()
    assert "\x1b" not in page


def test_nothing_else_is_left_in_the_folder(out: Path) -> None:
    assert sorted(path.name for path in out.iterdir()) == ["outputs", "page.txt"]


def test_it_replays_bit_for_bit(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "write_workbook", lambda run, path, *told, **more: path.write_bytes(b"workbook"))
    (pair,) = json.loads((out / "outputs/coreweave-ddtl-4/falsify.json").read_text())["pairs"]
    file = out / "outputs/coreweave-ddtl-4/falsified.yaml"
    result = call("run", DDTL, "--scenarios", file, "--scenario", pair["scenario"], "--json", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    (again,) = told["pairs"]
    assert told["scenario"] == pair["scenario"]
    assert {name: again["tests"][name] for name in pair["tests"]} == pair["tests"]  # dates and amounts, to the last bit
    done = run(load(DDTL, file), pair["scenario"])
    assert pair["first_failure"] == by_hand(done, pair["id"])
    assert pair["first_failure"]["missing"] > 0
    assert call("explain", DDTL, "pair.meta-orders.covered", "--scenarios", file, "--scenario", pair["scenario"]).exit_code == 0


def by_hand(done: Run, pair: str) -> Json:
    """The earliest date on which a test fails, T1 before T2 before T3 where they fail together."""
    def of(name: str) -> float:
        return float(done.read(done.deal.pairs[pair].row(name)))

    failing = [(of(f"{test.lower()}_date"), test, of(missing)) for test, missing in (
        ("T1", "first_shortfall"), ("T2", "uncovered_balance"), ("T3", "first_deficit")) if not of(test.lower())]
    when, test, missing = min(failing)
    return {"test": test, "date": from_serial(int(when)).isoformat(), "missing": missing}


def test_its_entries_may_be_copied_into_the_case(out: Path, tmp_path: Path) -> None:
    copied = tmp_path / "coreweave-ddtl-4"
    shutil.copytree(DDTL, copied)
    entry = (out / "outputs/coreweave-ddtl-4/falsified.yaml").read_text().split("scenarios:\n")[1]
    file = copied / "scenarios.yaml"
    file.write_text(file.read_text().replace("\nscenarios:\n", f"\nscenarios:\n{entry}", 1))
    done = run(load(copied), "falsified-meta-orders")
    assert done.read(done.deal.pairs["meta-orders"].row("covered")) == 0
    again = call("falsify", copied, "--within", "0.25", "--tries", 5, "--json", "--out", tmp_path / "out")
    assert json.loads(again.stdout)["pairs"][0]["scenario"] == "falsified-meta-orders-2"


def test_the_same_seed_gives_the_same_bytes(out: Path, tmp_path: Path) -> None:
    assert call("falsify", DDTL, "--within", "0.25", "--tries", 40, "--out", tmp_path).exit_code == 0
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (out / "outputs/coreweave-ddtl-4" / path.name).read_bytes(), path.name


def test_the_case_beside_more_scenarios_is_another_input(out: Path) -> None:
    file = out / "outputs/coreweave-ddtl-4/falsified.yaml"
    with_more, alone = load(DDTL, file), load(DDTL)
    assert with_more.case.input_hash != alone.case.input_hash
    moved = out / "elsewhere.yaml"
    shutil.copy(file, moved)
    assert load(DDTL, moved).case.input_hash == with_more.case.input_hash
    moved.unlink()
    base, told = record(run(alone)), record(run(with_more))
    assert told["pairs"][0]["tests"] == base["pairs"][0]["tests"]


# ---- nothing found, nothing to search --------------------------------------------------------------------------------


def test_where_nothing_breaks_the_ranges_are_told(tmp_path: Path) -> None:
    result = call("falsify", IREN, "--range", "price=-0.03:0", "--range", "delay=0:30:10", "--only", "price,delay,rate",
                  "--tries", 10, "--most", 2, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    # 3 + 3 + 8 steps alone, 3 corners of two, and what Hypothesis looked at
    found = [line for line in result.stdout.splitlines() if "None found in" in line]
    assert len(found) == 1
    assert "up to 2 at a time: price cut up to 3 %, delay up to 30 days, higher base rate up to 200 bp" in found[0]
    told = json.loads((tmp_path / "falsify.json").read_text())["pairs"][0]
    assert 14 + 3 <= told["tries"] <= 14 + 3 + 10
    assert (tmp_path / "falsified.yaml").read_text().splitlines()[1] == "scenarios: {}"
    assert load(IREN, tmp_path / "falsified.yaml").scenarios.keys() == load(IREN).scenarios.keys()


def test_a_pair_that_is_not_covered_is_skipped(tmp_path: Path) -> None:
    case = Path(__file__).parents[1] / "inputs" / "hut8-river-bend"
    result = call("falsify", case, "--out", tmp_path)
    assert result.exit_code == 0
    assert "Skipped: not covered even in scenario base. Cash falls short of debt service" in result.stdout


def test_drivers_that_cannot_get_worse(tmp_path: Path) -> None:
    result = call("falsify", IREN, "--only", "price", "--range", "price=0:0.5", "--out", tmp_path)
    assert "Nothing to search" in result.stdout


# ---- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("option", "words"), [
    (["--range", "price"], "say NAME=LOW:HIGH"), (["--range", "price=1:2:3:4"], "say NAME=LOW:HIGH"),
    (["--range", "price=a:b"], "say NAME=LOW:HIGH"), (["--range", "price=nan:0"], "say NAME=LOW:HIGH"),
    (["--range", "price=-0.9:0"], "allowed: -0.6 to 1 share"), (["--range", "price=0:-0.1"], "low before high"),
    (["--range", "price=-0.3:-0.1"], "a range holds it"), (["--range", "price=-0.1:0:0"], "a step is more than 0"),
    (["--range", "delay=0:10:0.5"], "a whole number of days"), (["--range", "sla=0:0.1", "--range", "sla=0:0.2"], "already"),
    (["--only", "prise"], "did you mean price?"), (["--range", "prise=0:1"], "did you mean price?"),
    (["--pair", "nobody"], "there are: microsoft"), (["--within", "0"], "--within"), (["--tries", "0"], "--tries"),
    (["--scenario", "nothing"], "no scenario called 'nothing'. There are:"), (["--only", "nope"], "'nope'. There are: price"),
    (["--within", "nan"], "--within nan: a number of standard units"), (["--within", "inf"], "--within inf: a number of"),
    (["--range", "price=-0.5:0:1e-7"], "5,000,000 steps; allowed: 10,000 at most, so a step of 5e-05 or more"),
    (["--range", "price=-0.1:0:0.5"], "a step of 0.5 is wider than the range, which goes from 0"),
    (["--range", "price=-0.005:0"], "a step of 0.01 is wider than the range"),
])
def test_what_cannot_be_asked_is_refused(option: list[str], words: str, tmp_path: Path) -> None:
    result = call("falsify", IREN, *option, "--out", tmp_path / "out")
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_a_request_is_read_where_no_pair_is_searched(tmp_path: Path) -> None:
    case = Path(__file__).parents[1] / "inputs" / "hut8-river-bend"
    assert call("falsify", case, "--only", "nope", "--out", tmp_path).exit_code == 2


def test_a_grid_of_10_000_steps_is_allowed() -> None:
    asked = Asked(ranges={"price": Limits(-0.5, 0, 5e-05)}, only=("price",))
    (axis,) = space_of(the_run(IREN), "microsoft", asked).axes
    assert axis.steps == 10_000


def test_an_interrupt_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = Probe.look

    def interrupted(probe: Probe, asked: Any) -> Any:
        if len(probe.looked) > 300:
            raise KeyboardInterrupt
        return looked(probe, asked)

    monkeypatch.setattr(Probe, "look", interrupted)
    result = call("falsify", IREN, "--within", "0.5", "--out", tmp_path / "out")
    monkeypatch.undo()
    assert result.exit_code == 130
    assert not (tmp_path / "out").exists()


STARTER_MORE = """scenarios:
  mine:
    title: Mine
    reason: test
    source: test
    grade: assumed
    overrides:
      drivers.price_change: -0.1
"""


@pytest.mark.parametrize(("old", "new", "line", "words"), [
    ("  mine:", "  price-minus-10:", 2, "scenarios.yaml of the case does not use"),
    ("  mine:", "  base:", 2, "another name: base"),
    ("drivers.price_change: -0.1", "drivers.prise: -0.1", 8, "a driver:"),
    ("drivers.price_change: -0.1", "drivers.price_change: -3", 8, "allowed:"),
    ("drivers.price_change: -0.1", "nobody.price: 1", 8, "<id>.<input>"),
    ("drivers.price_change: -0.1", "cloud-deal.tranche-1.nothing: 1", 0, ""),
    ("scenarios:", "moderate: [mine]\nscenarios:", 1, "not a key here"),
    ("    grade: assumed\n", "", 2, "required"),
])
def test_a_file_of_more_scenarios_is_checked_like_the_case(old: str, new: str, line: int, words: str, tmp_path: Path) -> None:
    write_starter(tmp_path / "case")
    file = tmp_path / "more.yaml"
    file.write_text(STARTER_MORE.replace(old, new))
    with pytest.raises(InputError) as refused:
        load(tmp_path / "case", file)
    found = [finding for finding in refused.value.findings if finding.file == str(file)]
    assert len(found) == 1, refused.value
    assert words in found[0].allowed
    assert line in (0, found[0].line)


def test_a_file_of_more_scenarios_that_is_not_there(tmp_path: Path) -> None:
    result = call("run", IREN, "--scenarios", tmp_path / "nothing.yaml", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "no such file" in result.stderr


# ---- words and numbers -----------------------------------------------------------------------------------------------


def test_words() -> None:
    assert [days(n) for n in (1, 17, 30, 58, 61, 90, 180, 365)] == [
        "1-day", "17-day", "1-month", "2-month", "2-month", "3-month", "6-month", "12-month"]
    assert [amount(value) for value in (1234.56, 12.34, 0.0512, 0.0321, 0.0000021)] == [
        "1,234.6m", "12.3m", "0.1m", "32,100", "2"]
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert free_name("x", set()) == "x"
    assert free_name("x", {"x", "x-2"}) == "x-3"
    assert free_name("y" * 60, {"y" * 40}) == "y" * 38 + "-2"


@given(st.floats(-1e12, 1e12))
def test_numbers_read_back_as_they_were(value: float) -> None:
    document = read_document("x.yaml", f"a: {number(value)}\n".encode())
    assert not document.findings
    assert document.data["a"] == value
    assert isinstance(document.data["a"], int | float)


def test_progress_is_for_terminals_only() -> None:
    with progress_of() as watch:
        assert watch is None


def test_hypothesis_is_used_without_memory() -> None:
    """Whatever else is loaded, the same draws; nothing kept."""
    from hypothesis import configuration
    from hypothesis.internal.conjecture import providers

    before = providers._get_local_constants
    with alone():
        assert not list(providers._get_local_constants().set_for_type("integer"))
        kept = configuration.storage_directory("constants").path
    assert providers._get_local_constants is before
    assert not kept.exists()
