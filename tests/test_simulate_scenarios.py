"""Simulations of scenarios that lose contracts or raise hazards, of pairs that cannot be tested, and what the command says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from simulated import case_with, risk
from test_certainty import write as small_case

import model
from model.cases import load
from model.cli import main
from model.report.answers import of_paths
from model.simulate import outputs
from model.simulate.failure import Debtors, Hazard
from model.simulate.plan import Plan, Settings
from model.simulate.risk import Group
from model.simulate.sources import Failures
from model.simulate.streams import Streams
from model.simulate.wanted import Wanted
from tests.delivered import the_deal, the_run

ROOT = Path(__file__).parent.parent


def test_a_loss_that_the_scenario_declares_stays_where_it_comes_first() -> None:
    """By hand: contracts lost on day 500 by the scenario, and groups that fail never, before, on that day and after it."""
    fails = np.array([0.0, 200.0, 500.0, 900.0])
    group = Group("AI", ("hill", "lake"), "B", Hazard(((1.0, 0.1),)), 0.3, 0.4, 730.0)
    declared = {"hill.lost_after": 500.0, "hill.claim_recovery": 0.9, "hill.claim_days": 30.0,
                "lake.lost_after": 0.0, "lake.claim_recovery": 0.0, "lake.claim_days": 0.0}
    told = Failures((group,), Debtors((), ()), (), True).told(fails[None], lambda key: np.array(declared[key]))
    assert {key: list(values) for key, values in told.items()} == {
        "hill.lost_after": [500, 200, 500, 500], "hill.claim_recovery": [0.9, 0.4, 0.9, 0.9],
        "hill.claim_days": [30, 730, 30, 30],
        "lake.lost_after": list(fails), "lake.claim_recovery": [0.4] * 4, "lake.claim_days": [730] * 4}


def test_no_path_of_a_lost_lease_is_better_than_the_scenario() -> None:
    """Late starts add to its loss; a tenant that fails before brings more still, but for what its creditors get back."""
    done = the_run("hut8-river-bend").under("lease-lost-2030")
    plan = Plan(done, Settings(2048, 3, scenario="lease-lost-2030", company=False))
    names, declared = [column.name for column in plan.columns], float(plan.now(plan.wanted.losses["notes"]))
    failed = np.concatenate([plan.failures.days(Streams(3, block))[0] for block in (0, 1)])
    first = (failed > 0) & (failed < 1521)
    assert declared > 100
    assert 0 < first.sum() < 1024
    for recovery in (None, 0.0):
        if recovery is not None:
            plan.failures = replace(plan.failures, groups=tuple(replace(g, recovery=recovery) for g in plan.failures.groups))
        figures = np.concatenate([plan.run_block(block).figures for block in (0, 1)], axis=1)
        losses = figures[names.index("notes.loss")]
        assert not figures[names.index("river-bend-lease.covered")].any()
        assert losses[~first].min() >= declared * (1 - 1e-9)
    assert losses.min() >= declared * (1 - 1e-9)


def wave(folder: Path) -> Path:
    """A scenario that takes hazards x 1.683."""
    path = folder / "wave.yaml"
    path.write_text("scenarios:\n  wave: {title: Wave, reason: test, source: a study, grade: press,\n"
                    "    overrides: {drivers.hazard_factor: 1.683}}\n")
    return path


def test_a_wave_spares_groups_that_are_told_investment_grade_and_is_named(tmp_path: Path) -> None:
    """Of B, a fifth in five years, 1 - 0.8 ^ 1.683 fail; BBB stays at 2.4 %."""
    case = small_case(tmp_path / "case")
    text = (case / "contracts.yaml").read_text()
    (case / "contracts.yaml").write_text(text.replace(
        "    obligor: lake AI\n", "    obligor: lake AI\n    investment_grade: {value: true, source: x, grade: assumed}\n"))
    deal = load(case, wave(tmp_path))
    told, still = (model.simulate(deal, paths=64, scenario=name).record for name in ("wave", "base"))
    assert [group["fails_within_5_years"] for group in told["groups"]] == pytest.approx([1 - 0.8**1.683, 0.024])
    assert [group["fails_within_5_years"] for group in still["groups"]] == pytest.approx([0.2, 0.024])
    (factor,) = (one for one in told["numbers"] if one["name"] == "drivers.hazard_factor")
    assert (factor["value"], factor["grade"], factor["own"]) == (1.683, "press", True)
    assert factor["source"] == "scenario wave: a study"
    assert not [one for one in still["numbers"] if one["name"] == "drivers.hazard_factor"]


# ---- pairs that cannot be tested -------------------------------------------------------------------------------------


def test_pairs_that_cannot_be_tested_are_left_out_of_all_joint_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two loans of CoreWeave are secured on nobody knows what; the rest is joined path by path without them.

    For so few paths the largest case is not worth compiling.
    """
    monkeypatch.setattr("model.sheet.figures.is_there", lambda: False)
    found = model.simulate(the_deal("coreweave-2026-06"), paths=256, company=False)
    told, frame, hidden = found.record, found.frame(), ["oem.unmapped", "oem-nonrecourse.unmapped"]
    pairs, loans = ({one["id"]: one for one in told[name]} for name in ("pairs", "facilities"))
    known = [key for key in pairs if key not in hidden]
    assert (told["joint"]["not_testable"], told["joint"]["pairs"]) == (hidden, known)
    assert not [name for name in frame.columns if name.startswith("oem")]
    assert np.array_equal(frame["all_covered"], frame[[f"{key}.covered" for key in known]].min(axis=1))
    tested = [key for key in loans if not key.startswith("oem")]
    assert np.allclose(frame["loss"], frame[[f"{key}.loss" for key in tested]].sum(axis=1))
    for key in hidden:
        pair, loan = pairs[key], loans[key.removesuffix(".unmapped")]
        assert pair["covered"] == pair["t1"] == {"probability": None, "standard_error": None}
        assert (pair["covered_in_scenario"], pair["missing"], pair["first_failure"]) == (None, None, None)
        assert (loan["loss"], loan["expected_loss"], loan["loss_in_scenario"], loan["lgd"]) == (None,) * 4
        assert "not disclosed" in pair["not_testable"]
        assert "No pair of this loan can be tested" in loan["not_testable"]
    lines = {(line["id"], line["figure"]): line["value"] for line in outputs.table(told)}
    assert lines["all pairs", "pairs_not_testable"] == 2
    assert (lines["oem.unmapped", "covered.probability"], lines["oem", "expected_loss"]) == (None, None)
    assert "not disclosed" in lines["oem.unmapped", "not_testable"]
    assert ("meta-ddtl-4", "not_testable") not in lines
    words = of_paths(told)
    assert words.startswith("All pairs that can be tested are covered on ")
    assert all(f"{pairs[key]['title']}" in words.partition("Left out, as not testable:")[2] for key in hidden)


def test_a_loan_is_left_out_only_if_all_its_pairs_are() -> None:
    """Of two loans that back two pairs each, whichever single pair is hidden; of one alone, that one."""
    deal = the_deal("coreweave-2026-06")
    pairs = {loan: {m.pair for m in deal.mapped if m.loan == loan and m.debt > 0} for loan in Wanted(deal, False).every_loss}
    shared = {loan: found for loan, found in pairs.items() if len(found) > 1}
    assert shared
    for loan, found in shared.items():
        for one in found:
            assert loan in Wanted(deal, False, frozenset({one})).losses
        assert loan not in Wanted(deal, False, frozenset(found)).losses


def test_a_case_without_a_pair_to_test_says_so_on_every_page(tmp_path: Path) -> None:
    done = simulated(ROOT / "inputs" / "nebius-microsoft", tmp_path, "--paths", "64")
    assert done.exit_code == 0, done.output
    assert "No pair can be tested" in done.stdout
    told = json.loads((tmp_path / "simulation.json").read_text())
    assert told["joint"]["covered"] == {"probability": None, "standard_error": None}
    assert (told["joint"]["if_independent"], told["joint"]["loss"]) == (None, None)
    sheet = load_workbook(tmp_path / "nebius-microsoft.xlsx")["MonteCarlo"]
    words = [str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert any("No pair can be tested" in text for text in words)
    assert any(text.startswith("Left out: ") and "not disclosed" in text for text in words)
    assert "not testable" in words


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody fails."""
    return case_with(tmp_path_factory.mktemp("safe") / "case", risk([(1, 0.0)], [(1, 0.0)], 0.3))


def simulated(case: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["simulate", str(case), "--out", str(out), *options])


def test_whole_blocks_are_said_and_a_sure_thing_has_a_bound(safe: Path, tmp_path: Path) -> None:
    done = simulated(safe, tmp_path, "--paths", "1500", "--antithetic")
    assert done.exit_code == 0, done.output
    assert "1,500 paths are rounded up to 2,048" in done.stderr
    assert "covered on 100.0% of 2,048 paths (the other outcome on at most 3/2,048" in done.stdout
    one = simulated(safe, tmp_path, "--paths", "1")
    assert "rounded" not in one.stderr
    assert "of 1 path (" in one.stdout
    assert "1 path," in one.stdout


def test_two_ways_to_draw_are_a_usage_error(safe: Path, tmp_path: Path) -> None:
    done = simulated(safe, tmp_path, "--quasi", "--antithetic")
    assert (done.exit_code, "--antithetic or --quasi, not both" in done.stderr) == (2, True)


def test_blocks_of_other_settings_are_thrown_away_at_the_end(safe: Path, tmp_path: Path) -> None:
    (tmp_path / ".blocks-0123456789abcdef").mkdir()
    (tmp_path / ".blocks-0123456789abcdef" / "0000000.block").write_bytes(b"x")
    (tmp_path / "kept").mkdir()
    assert simulated(safe, tmp_path, "--paths", "16").exit_code == 0
    assert not list(tmp_path.glob(".blocks-*"))
    assert (tmp_path / "kept").is_dir()
