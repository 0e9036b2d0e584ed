"""No network, no code from input, no pickle: what the commands do is heard, and what the files say is read."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.cli import main
from tests import guarded
from tests.delivered import PACKAGE

CASE = {
    "case.yaml": """
case: quokka-case
title: quokka title
as_of: 2025-12-31
headline:
  claim: quokka claim
  debt: {value: 100, unit: USD m, source: quokka, grade: assumed}
  revenue: {value: 60, unit: USD m, source: quokka, grade: assumed}
  contracted: {value: 120, unit: USD m, source: quokka, grade: assumed}
  market_value: {value: 900, unit: USD m, source: quokka, grade: assumed}
reported:
  principal: {value: 100, unit: USD m, source: quokka, grade: assumed}
  maturities: {2026: {value: 100, unit: USD m, source: quokka, grade: assumed}}
""",
    "contracts.yaml": """
contracts:
  - id: quokka-contract
    name: __import__('os').system('quokka')
    obligor: quokka obligor
    kind: take_or_pay
    tranches:
      - start: {value: 2025-07-01, source: quokka, grade: assumed}
        end: {value: 2027-06-30, source: quokka, grade: assumed}
        price: {value: 12, unit: USD m a month, source: quokka, grade: assumed}
        opex: {value: 1.5, unit: USD m a month, source: quokka, grade: assumed}
""",
    "debt.yaml": """
boxes:
  - id: quokka-box
    name: quokka box
    ring_fenced: true
    waterfall: {source: quokka, grade: assumed, steps: [pay opex, pay fees, pay interest, pay principal, distribute]}
instruments:
  - id: quokka-loan
    name: quokka loan
    kind: vendor
    box: quokka-box
    day_count: 30/360
    months: 6
    balance: {value: 100, unit: USD m, source: quokka, grade: assumed}
    margin: {value: 0.08, unit: rate, source: quokka, grade: assumed}
    maturity: {value: 2026-12-31, source: quokka, grade: assumed}
    repayment: {profile: level, source: quokka, grade: assumed}
allocation:
  basis: disclosed
  source: quokka
  grade: assumed
  debt_share: {quokka-loan: {quokka-contract: 1, none: 0}}
  cash_share: {quokka-contract: {quokka-loan: 1}}
""",
    "scenarios.yaml": """
moderate: [quokka-scenario]
scenarios:
  quokka-scenario: {title: quokka, reason: quokka, source: quokka, grade: assumed, overrides: {drivers.delay_days: 30}}
""",
}
BOOK = "out/quokka-case.xlsx"
COMMANDS = (
    "check case", "run case --out out", "stress case --only S05 --out out", "bounds case --periods year --out bounds",
    f"import {BOOK} back", f"diff {BOOK} {BOOK}", f"run {BOOK} --out again", "falsify case --tries 1 --only price --out out",
    "simulate case --paths 64 --out out", "explain case quokka-loan.interest --depth 1", "size case quokka-loan --dscr 1.2",
    "backtest case --actuals actuals.csv --out out", "new starter", "schema")
ACTUALS = """from,date,instrument,item,value,unit,source,grade,note
,2026-06-30,all,balance,60,USD m,quokka,filing,quokka
"""
CATCHERS = ("click", "yaml", "conftest", "sitecustomize", "quokka")  # modules that lie about where the commands are called


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "case").mkdir()
    for name, text in CASE.items():
        (tmp_path / "case" / name).write_text(text, encoding="utf-8")
    for name in CATCHERS:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('quokka: this was imported')", encoding="utf-8")
    (tmp_path / "actuals.csv").write_text(ACTUALS, encoding="utf-8")
    return tmp_path


def guard(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The commands under the hook, with every place to write inside the folder."""
    places = {name: str(folder / name) for name in ("HOME", "TMPDIR", "DEBTCOVER_CACHE")}
    (folder / "TMPDIR").mkdir()
    environment = {**os.environ, **places, "PYTHONPATH": str(PACKAGE.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, guarded.__file__, *words], cwd=folder, env=environment, capture_output=True, text=True,
                          check=False)


@pytest.mark.slow
def test_no_command_reaches_out_or_runs_what_it_reads(folder: Path) -> None:
    """Every command but `value`, where every word of the user is marked. Worker processes and a cluster are apart."""
    done = guard(folder, json.dumps([line.split() for line in COMMANDS]))
    assert done.returncode == 0, done.stderr[-3000:]
    assert {line.split()[0] for line in COMMANDS} == {*main.commands} - {"value"}  # type: ignore[attr-defined]
    heard = json.loads(done.stderr.splitlines()[-1])
    assert min(heard[event] for event in ("exec", "compile", "import", "written")) > 20  # it was awake


@pytest.mark.parametrize("name", guarded.planted())
def test_the_guard_stops(name: str, tmp_path: Path) -> None:
    done = guard(tmp_path, "--plant", name)
    assert (done.returncode, done.stderr[:8]) == (guarded.STOPPED, "refused:")


# ---- what the files say ----------------------------------------------------------------------------------------------

FORBIDDEN = (
    "asyncio cffi cloudpickle code codeop ctypes dill distributed ftplib http httpx imaplib importlib joblib marshal mmap "
    "multiprocessing pickle poplib pty requests runpy shelve smtplib socket socketserver ssl subprocess telnetlib urllib urllib3 "
    "webbrowser xmlrpc yaml")
CALLS = "eval exec compile __import__ breakpoint query unsafe_load full_load read_pickle to_pickle import_module"
OF_OS = ("os.exec", "os.fork", "os.popen", "os.posix_spawn", "os.spawn", "os.startfile", "os.system")
ALLOWED = {
    "model/__init__.py": {"importlib", "import_module"},  # its own names, at first use
    "model/debt/conversion/valuation.py": {"importlib", "import_module"},  # QuantLib, where it is there
    "model/inputs/events.py": {"yaml"},  # libyaml's parser: events, no objects
    "model/inputs/starter.py": {"importlib"},  # importlib.resources
    "model/sheet/kernel/emit.py": {"ctypes"},
    "model/sheet/kernel/native.py": {"importlib"},  # find_spec
    "model/sheet/kernel/plan.py": {"ctypes"},  # calls what LLVM compiled
    "model/sheet/kernel/scalar.py": {"exec", "compile"},  # text written from formulas
    "model/sheet/walk.py": {"exec", "compile"},
    "model/simulate/outputs.py": {"importlib"},
    "model/simulate/risk.py": {"importlib"},
    "model/simulate/workers.py": {"multiprocessing", "distributed"},  # worker processes, a cluster that is asked for
    "model/stress/catalogue.py": {"importlib"},
}


def doubtful(path: Path) -> Iterator[str]:
    """Modules that a file imports and calls that it makes which could reach out or run what is read."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from {one.name.split(".")[0] for one in node.names} & set(FORBIDDEN.split())
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from {str(node.module).split(".")[0]} & set(FORBIDDEN.split())
        elif isinstance(node, ast.Call):
            yield from called(node)


def called(node: ast.Call) -> Iterator[str]:
    """The name of a call that is doubtful; `re.compile` is not."""
    of = ast.unparse(node.func)
    name = of.rpartition(".")[2]
    if (name in CALLS.split() and of != "re.compile") or of.startswith(OF_OS):
        yield name
    if name == "YAML" and 'typ="safe"' not in ast.unparse(node).replace("'", '"'):
        yield "YAML without typ='safe'"
    yield from {str(one.arg) for one in node.keywords} & {"allow_pickle", "shell"}


def test_no_file_imports_or_calls_what_reaches_out_or_runs_input() -> None:
    """Nor is anything allowed that no file needs any more."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        if names := set(doubtful(path)):
            found[path.relative_to(PACKAGE.parent).as_posix()] = names
    assert found == ALLOWED


def test_of_the_yaml_libraries_only_parsers_are_used() -> None:
    """A loader that makes objects of tags is nowhere named; ruamel's takes the safe schema."""
    assert set(re.findall(r"\w*Loader|\w*load(?=\()", (PACKAGE / "inputs" / "events.py").read_text("utf-8"))) == {"CBaseLoader"}
