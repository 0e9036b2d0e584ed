"""The commands as a user meets them: output, exit status, what is left on disk."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import model
import model.cases
import model.round_trip
from model.cases import Run
from model.cli import main
from model.errors import OutputError
from model.report import files, workbook
from model.report.words import money

ROOT = Path(__file__).parents[1]
IPO = ROOT / "inputs" / "coreweave-ipo"
Json = Any


def call(*args: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "case"
    assert call("new", folder).exit_code == 0
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook takes seconds; what it holds is tested elsewhere."""
    monkeypatch.setattr(workbook, "write_workbook", lambda run, path, *told, **more: path.write_bytes(b"workbook"))


# ---- start-up --------------------------------------------------------------------------------------------------------


def test_help_loads_nothing_heavy() -> None:
    code = ("import sys; from model.cli import main; main(['--help'], standalone_mode=False); main(['run', '--help'], "
            "standalone_mode=False); print(sorted({m.split('.')[0] for m in sys.modules} & "
            "{'numpy', 'pandas', 'openpyxl', 'pydantic', 'rich', 'ruamel', 'scipy'}), 'model.deal' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[] False"


def test_the_package_exports_what_it_promises() -> None:
    from model.report.workbook import write_workbook

    assert model.load is model.round_trip.load
    assert model.run is model.cases.run
    assert model.write_workbook is write_workbook
    assert set(dir(model)) >= {"load", "run", "write_workbook", "__version__"}
    with pytest.raises(AttributeError):
        _ = model.nothing


@pytest.mark.parametrize("command", ["run", "check", "stress", "explain", "new", "schema"])
def test_every_command_has_help(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout


# ---- run -------------------------------------------------------------------------------------------------------------


def test_run_prints_the_page_and_writes_its_files(case: Path, tmp_path: Path) -> None:
    result = call("run", case, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    told = json.loads((tmp_path / "out" / "run.json").read_text())
    assert told["claim"]["sentence"] in result.stdout
    for pair in told["pairs"]:
        assert pair["reason"] in result.stdout
        assert money(pair["principal"]) in result.stdout
    assert "wrote" in result.stderr
    assert "wrote" not in result.stdout
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "run.json", "starter.xlsx", "verdicts.csv", "waterfall.csv"]
    assert (tmp_path / "out" / "starter.xlsx").read_bytes()[:2] == b"PK"
    assert "\x1b" not in result.output
    assert result.stdout.isascii()  # no rules or boxes in a pipe


@pytest.mark.usefixtures("quick")
def test_json_is_the_file_and_nothing_else(case: Path, tmp_path: Path) -> None:
    result = call("run", case, "--json", "--out", tmp_path)
    assert result.exit_code == 0
    assert result.stdout == (tmp_path / "run.json").read_text()
    assert json.loads(result.stdout)["scenario"] == "base"
    other = call("run", case, "--json", "--out", tmp_path, "--scenario", "price-minus-10")
    assert json.loads(other.stdout)["scenario"] == "price-minus-10"


@pytest.mark.usefixtures("quick")
def test_files_go_to_outputs_by_default(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("run", case).exit_code == 0
    assert (tmp_path / "outputs" / "starter" / "run.json").is_file()


@pytest.mark.usefixtures("quick")
def test_strict_fails_unless_h1_holds(case: Path, tmp_path: Path) -> None:
    told = json.loads(call("run", case, "--json", "--out", tmp_path).stdout)
    assert told["claim"]["H1"] != "holds"
    assert call("run", case, "--strict", "--out", tmp_path).exit_code == 1
    sure = tmp_path / "sure"
    shutil.copytree(case, sure)
    edit(sure / "debt.yaml", r"basis: assumed", "basis: disclosed")
    for name in ("debt.yaml", "contracts.yaml"):
        known = (sure / name).read_text("utf-8").replace("grade: assumed", "grade: filing")
        (sure / name).write_text(known, "utf-8")
    lift_price(sure, 3.0)
    result = call("run", sure, "--strict", "--json", "--out", tmp_path)
    assert json.loads(result.stdout)["claim"]["H1"] == "holds"
    assert result.exit_code == 0


def edit(file: Path, pattern: str, replacement: str) -> None:
    text, found = re.subn(pattern, replacement, file.read_text("utf-8"), count=1)
    assert found, f"{pattern} not in {file.name}"
    file.write_text(text, "utf-8")


def lift_price(folder: Path, factor: float) -> None:
    """Every contract price times a factor."""
    path = folder / "contracts.yaml"
    lines = path.read_text("utf-8").splitlines()
    for n, line in enumerate(lines):
        if line.strip() == "price:" or line.strip().startswith("price: {"):
            at = n if "value" in line else n + 1
            lines[at] = re.sub(r"(value:\s*)([\d.]+)", lambda m: f"{m[1]}{float(m[2]) * factor}", lines[at])
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.usefixtures("quick")
def test_the_sentence_changes_with_the_grade(case: Path, tmp_path: Path) -> None:
    before = json.loads(call("run", case, "--json", "--out", tmp_path / "a").stdout)
    worse = tmp_path / "case"
    shutil.copytree(case, worse)
    lift_price(worse, 0.5)
    after = json.loads(call("run", worse, "--json", "--out", tmp_path / "b").stdout)
    assert before["pairs"][0]["grade"] != after["pairs"][0]["grade"]
    assert before["claim"]["sentence"] != after["claim"]["sentence"]
    for told in (before, after):
        assert_sentence(told)


def assert_sentence(told: Json) -> None:
    """Every number of the sentence is one of run.json."""
    claim = told["claim"]
    head = (f"{claim['standing']:.0f} of {claim['pairs']:.0f} contract-debt pairs, "
            f"USD {money(claim['covered_debt'])}m of USD "
            f"{money(claim['debt'])}m of GPU debt")
    assert head in claim["sentence"]
    assert claim["pairs"] == len(told["pairs"])
    assert claim["standing"] == sum(p["grade"] in "AB" for p in told["pairs"])
    assert claim["covered_debt"] == pytest.approx(sum(p["principal"] for p in told["pairs"] if p["grade"] in "AB"))
    assert claim["debt"] == pytest.approx(sum(p["principal"] for p in told["pairs"]))
    for pair in told["pairs"]:
        assert f"{', '.join(pair['debt'])} {pair['grade']}" in claim["sentence"]


# ---- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
def test_a_refused_case_tells_everything_and_writes_nothing(case: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(case, bad)
    edit(bad / "debt.yaml", r"unit: .*", 'unit: "USD bn"')
    edit(bad / "contracts.yaml", r"take_or_pay", "on_demand")
    for command in (("run", bad, "--out", tmp_path / "out"), ("check", bad), ("explain", bad, "claim.sentence")):
        result = call(*command)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "debt.yaml:" in result.stderr
        assert "contracts.yaml:" in result.stderr
        assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_usage_errors(case: Path, tmp_path: Path) -> None:
    missing = call("check", tmp_path / "nothing")
    assert missing.exit_code == 2
    near = call("run", case, "--scenario", "price-minus-1", "--out", tmp_path / "out")
    assert near.exit_code == 2
    assert "did you mean price-minus-10" in near.stderr
    assert not (tmp_path / "out").exists()
    assert call("run").exit_code == 2
    assert call("frobnicate").exit_code == 2
    row = call("explain", case, "claim.sentense")
    assert row.exit_code == 2
    assert "claim.sentence" in row.stderr
    assert call("explain", case, "stack.closing", "--period", "999").exit_code == 2


def test_an_interrupt_ends_with_130(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(model.round_trip, "load", interrupted)
    result = call("check", case)
    assert result.exit_code == 130
    assert "interrupted" in result.stderr


def test_what_cannot_be_written_ends_with_3(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run.json").write_text("an earlier good run")

    def full(run: Run, path: Path, *told: Any, **more: Any) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(workbook, "write_workbook", full)
    result = call("run", case, "--out", tmp_path)
    assert result.exit_code == 3
    assert "No space left" in result.stderr
    assert result.stdout == ""
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]
    assert (tmp_path / "run.json").read_text() == "an earlier good run"
    monkeypatch.setattr(files, "write_all", lambda *a: (_ for _ in ()).throw(OutputError("disk gone")))
    assert call("run", case, "--out", tmp_path).exit_code == 3


def test_an_unexpected_error_is_told_without_a_traceback(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model.round_trip, "load", lambda path: 1 / 0)
    result = call("check", case)
    assert result.exit_code == 3
    assert "ZeroDivisionError" in result.stderr
    assert "Traceback" not in result.output


# ---- check, new, schema ----------------------------------------------------------------------------------------------


def test_check_of_a_good_case(case: Path) -> None:
    result = call("check", case)
    assert result.exit_code == 0
    assert result.stdout == "no findings\n"


def test_warnings_are_told_and_accepted(case: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd"
    shutil.copytree(case, odd)
    (odd / "scenario.yaml").write_text("a: 1\n")
    result = call("check", odd)
    assert result.exit_code == 0
    assert "scenario.yaml" in result.stdout
    assert "warning" in result.stdout


def test_new_refuses_a_folder_in_use(case: Path) -> None:
    assert call("new", case).exit_code == 2


def test_schema_is_json_schema() -> None:
    told = json.loads(call("schema").stdout)
    assert told["$schema"].startswith("https://json-schema.org/")
    assert "$defs" in told


# ---- stress ----------------------------------------------------------------------------------------------------------


def test_stress_prints_the_table_and_writes_its_files(case: Path, tmp_path: Path) -> None:
    result = call("stress", case, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "starter.xlsx", "stress.csv", "stress.json"]
    told = json.loads((tmp_path / "out" / "stress.json").read_text())
    table, left_out = result.stdout.split("Scenarios that move nothing here")
    lines = {line.split("  ")[0]: line for line in table.splitlines() if "  " in line}
    for one in told["scenarios"]:
        if one["applies"]:
            assert one["title"] in lines[one["id"]]
            assert one["pairs"][0]["grade"] in lines[one["id"]].split()
            assert lines[one["id"]].split()[-2:] == [money(one["support_needed"]), money(one["support_change"], signed=True)]
        else:
            assert one["id"] not in lines
            assert one["why_not"] in left_out
    assert "T1" in result.stdout
    assert "stress.csv" in result.stderr


def test_stress_of_some_scenarios_as_data(case: Path, tmp_path: Path) -> None:
    result = call("stress", case, "--only", "S05", "--only", "S14,price-minus-10", "--json", "--out", tmp_path)
    told = json.loads(result.stdout)
    assert [one["id"] for one in told["scenarios"]] == ["S05a", "S05b", "S14", "price-minus-10"]
    assert json.loads((tmp_path / "stress.json").read_text()) == told


@pytest.mark.parametrize(("args", "words"), [
    (("--only", "S99"), "no scenario called S99"), (("--only", ""), "names no scenario"), (("--only", ","), "names no scenario"),
    (("--scenario", "nope"), "no scenario called 'nope'. There are: base"),
    (("--scenario", "bsae"), "did you mean base"),
])
def test_a_scenario_that_nobody_knows_is_a_usage_error(case: Path, tmp_path: Path, args: tuple[str, ...], words: str) -> None:
    result = call("stress", case, *args, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_output_that_nobody_reads_ends_quietly(case: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    """Standard output is a pipe whose reader has gone, as after `| head -1`."""
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "model", "stress", str(case), "--only", "S05", "--out", str(tmp_path), *more]
    done = subprocess.run(command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert done.returncode == 141
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr
    assert (tmp_path / "stress.json").is_file()


def test_an_interrupted_stress_leaves_what_was_there(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import model.stress.record

    call("stress", case, "--only", "S05", "--out", tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(model.stress.record, "record", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert call("stress", case, "--out", tmp_path).exit_code == 130
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
