"""The bounds of the three CoreWeave cases, worked out a second way, and the worlds that show them, judged by the engine."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from model.bounds import questions as ask
from model.bounds.disclosures import Facts
from model.bounds.programme import Programme
from model.bounds.reading import facts_of
from model.bounds.result import Bounds, lowest, replay
from model.bounds.witness import files
from model.cases import Run, load, run
from model.cli import main
from tests.oracle_bounds import Orders

INPUTS = Path(__file__).parent.parent / "inputs"
CASES = ("coreweave-ipo", "coreweave-2025-12", "coreweave-2026-06")


@cache
def ran(case: str) -> Run:
    return run(load(INPUTS / case))


@cache
def facts(case: str) -> Facts:
    return facts_of(ran(case))


@pytest.mark.parametrize("case", CASES)
def test_disclosed_totals_are_those_of_the_case(case: str) -> None:
    """Balances of loans in boxes and what the maturities table leaves for them; revenue and prepayments as reported."""
    told, reported = facts(case), ran(case).deal.case.general.reported
    assert sum(d.high for d in told.of("prepaid")) == reported.deferred_revenue.value
    windows = [d for d in told.of("revenue") if "contracted revenue to" in d.words]
    assert [d.high for d in windows] == [flow.amount.value for flow in reported.rpo_windows]
    by_year = [d for d in told.of("principal") if d.words.startswith("principal due")]
    owed = [d for d in told.of("principal") if " owes " in d.words and "drawn after" not in d.words]
    assert sum(d.high for d in by_year) == pytest.approx(sum(d.high for d in owed), abs=0.01)
    assert all(d.told.file and d.told.line and d.told.source and d.told.grade for d in told.disclosures)


@pytest.mark.parametrize("case", CASES)
def test_answers_agree_with_another_formulation(case: str) -> None:
    """Orders, balances and recursions instead of pooled cash, instalments and sums."""
    told = facts(case)
    p, other = Programme(told), Orders(told)
    assert (ask.can_hold(told)[0] == "possible") == other.feasible(1.0, True)
    highest = ask.highest_cover(p, p.pairs.values(), [p.no_debt_without_contract()])
    assert highest
    assert other.feasible(highest.value - 1e-5, False)
    assert not other.feasible(highest.value + 1e-5, False)
    least = ask.lowest_margin(Programme(ask.free_margins(told)))
    assert least
    assert least.value == pytest.approx(Orders(told, margins=False).lowest_margin(), abs=1e-6)


@pytest.mark.parametrize("case", [*CASES[:2], pytest.param(CASES[2], marks=pytest.mark.slow)])
def test_worlds_give_the_claimed_cover(case: str) -> None:
    """Written as cases, run by the engine: the claim holds in one and fails in the other, each at the claimed cover."""
    bounds = Bounds(facts(case), case)
    holds, fails = bounds.witnesses
    assert (holds.claim, fails.claim) == ("holds_if_assumed", "fails")
    for one in (holds, fails):
        assert one.engine == pytest.approx(one.claimed, abs=1e-6)
    assert holds.claimed >= 1.0
    shown = bounds.can[1]
    assert shown
    assert lowest(shown) == holds.claimed


def test_a_quarter_says_no_more_than_that_it_is_finer() -> None:
    told = facts_of(ran("coreweave-ipo"), "quarter")
    assert told.months == 3
    assert len(told.ends) == 24
    verdict, shown = ask.can_hold(told)
    assert verdict == "possible"
    assert shown
    world = replay("holds", "by quarter", files(shown.programme, shown.at, "by-quarter", "by quarter"), lowest(shown), ())
    assert world.engine == pytest.approx(world.claimed, abs=1e-6)
    assert world.claim == "holds_if_assumed"
    finer, coarse = (ask.lowest_margin(Programme(ask.free_margins(f))) for f in (told, facts("coreweave-ipo")))
    assert finer
    assert coarse
    assert finer.value < coarse.value  # interest runs on smaller balances within a year


def test_contradictions_are_named_with_their_places(tmp_path: Path) -> None:
    shutil.copytree(INPUTS / "coreweave-ipo", tmp_path / "case")
    path = tmp_path / "case" / "bounds.yaml"
    path.write_text(path.read_text() + '''  - what: principal
    words: "DDTL 2.0 repays 2,000 in 2025"
    loans: [ddtl-2]
    first: 2025-01-01
    last: 2025-12-31
    low: 2000
    unit: "USD m"
    source: "Invented"
    grade: press
''')
    done = CliRunner().invoke(main, ["bounds", str(tmp_path / "case"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "bounds.yaml:" in done.stderr
    assert "DDTL 2.0 repays 2,000 in 2025" in done.stderr
    assert "case.yaml:46" in done.stderr
    assert "2,483.2" in done.stderr
    assert "Microsoft" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_command_writes_what_it_says(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["bounds", str(INPUTS / "coreweave-ipo"), "--out", str(tmp_path)])
    assert done.exit_code == 0, done.stderr
    told = json.loads((tmp_path / "bounds.json").read_text())
    assert told["verdict"] == "possible"
    assert len(told["ask"]) == 3
    assert told["margins"]["must_above"] is None
    assert told["margins"]["lowest_average"] <= told["margins"]["lowest_shown"] <= 1.0
    for name, one in told["ranges"].items():
        assert one["low"] <= one["high"], name
    for one in told["witnesses"]:
        assert one["confirmed"]
        assert (tmp_path / one["folder"] / "case.yaml").is_file()
    holds = told["witnesses"][0]
    again = CliRunner().invoke(main, ["run", str(tmp_path / holds["folder"]), "--json", "--out", str(tmp_path / "again")])
    told_again = json.loads(again.stdout)
    assert told_again["claim"]["H1"] == holds["H1"] == "holds_if_assumed"
    assert min(p["min_clcr"] for p in told_again["pairs"]) == pytest.approx(holds["claimed_cover"], abs=1e-6)
    assert told["sentence"] in done.stdout
