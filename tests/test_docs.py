"""What the README shows is what the program prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from model.cases import load, run
from model.cli import main
from model.contracts import KINDS
from model.covenants import KINDS as COVENANTS
from model.covenants import Covenant
from model.cure import Cure
from model.inputs.contracts import CONTRACTS
from model.inputs.instruments import INSTRUMENTS
from model.inputs.schema import BoxFile
from model.record import record
from model.reserve import ReserveAccount
from model.sheet import givens
from model.waterfall import orders

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def dashboard(told: dict[str, Any]) -> str:
    """The numbers of the first page as Markdown."""
    debt, claim = told["debt"], told["claim"]
    lines = [f"> {claim['sentence']}", "", "| contract / debt | debt | grade | lowest DSCR | lowest CLCR | first missing |",
             "|---|---:|:-:|---:|---:|---|"]
    for pair in told["pairs"]:
        first = pair["tests"]["T1"]
        lines.append(f"| {', '.join(pair['contracts'])} / {', '.join(pair['debt'])} | {pair['principal']:,.1f} | {pair['grade']} "
                     f"| {pair['min_dscr']:.2f}x | {pair['min_clcr']:.2f}x | {first['value']:,.1f} on {first['date']} |")
    lines += ["", "| year | backlog, start | cash collected | principal due | interest due | debt, end |",
              "|---|---:|---:|---:|---:|---:|"]
    for year, row in told["by_year"].items():
        if row["backlog_opening"] > 0.05 or row["closing_total"] > 0.05:
            told_of = ("backlog_opening", "cash_collected", "principal_total", "interest_total", "closing_total")
            lines.append(f"| {year} | " + " | ".join(f"{row[name]:,.1f}" for name in told_of) + " |")
    quoted = told["headline"]
    lines += ["", f"Pro-forma debt is {debt['principal']:,.1f} of principal, {debt['net']:,.1f} net of cost: the "
              f"\"USD 7.6bn\" of the press, {quoted['debt'] / quoted['revenue']:.1f} times revenue and "
              f"{quoted['debt'] / quoted['market_value']:.0%} of market value. "
              f"{debt['due_24_months']:,.1f} falls due within 24 months."]
    return "\n".join(lines)


def shown() -> str:
    """The block of the README between its marks."""
    found = re.search(r"<!-- dashboard -->\n(.*)\n<!-- /dashboard -->", README, re.S)
    assert found is not None
    return found.group(1)


def test_the_readme_shows_the_numbers_of_the_listing_case() -> None:
    assert shown() == dashboard(record(run(load(ROOT / "inputs" / "coreweave-ipo"))))


def test_every_command_of_the_readme_exists() -> None:
    named = set(re.findall(r"`debtcover (\w+)", README))
    assert named == set(main.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", [
    "explain inputs/coreweave-ipo debt.net --depth 1", "check inputs/coreweave-ipo", "schema", "run --help"])
def test_commands_run_as_written(text: str) -> None:
    assert CliRunner().invoke(main, [w.replace("inputs/", f"{ROOT}/inputs/") for w in shlex.split(text)]).exit_code == 0


def test_the_instrument_of_the_readme_is_accepted() -> None:
    block = re.search(r"```yaml\n(- id: my-loan.*?)```", README, re.S)
    assert block is not None
    loan = YAML(typ="safe", pure=True).load(block.group(1))[0]
    assert len(block.group(1).strip().splitlines()) <= 15
    INSTRUMENTS["delayed_draw"].model_validate({**loan, "maturity": {**loan["maturity"]}})


def test_the_contract_of_the_readme_is_accepted() -> None:
    block = re.search(r"```yaml\n(- id: my-contract.*?)```", README, re.S)
    assert block is not None
    assert len(block.group(1).strip().splitlines()) <= 15
    CONTRACTS["take_or_pay_mw"].model_validate(YAML(typ="safe", pure=True).load(block.group(1))[0])


def test_the_box_of_the_readme_is_accepted() -> None:
    block = re.search(r"```yaml\n(- id: my-box.*?)```", README, re.S)
    assert block is not None
    read = BoxFile.model_validate(YAML(typ="safe", pure=True).load(block.group(1))[0])
    assert [order.verb for order in orders(text for text, _ in read.waterfall.told())][-3:] == ["fill", "sweep", "distribute"]


def test_the_readme_names_every_term_of_a_box() -> None:
    terms = {name for part in (*ReserveAccount.clauses, Covenant, Cure) for name, told in givens(part).items() if told.ask}
    named = set(re.findall(r"[a-z_]{2,}", README))
    assert not (terms | set(COVENANTS)) - named


def test_the_readme_names_every_kind_and_every_case() -> None:
    assert set(KINDS) <= set(re.findall(r"^\| `(\w+)` \|", README, re.M))
    cases = {path.parent.name for path in ROOT.glob("inputs/*/case.yaml")}
    assert {case for case in cases if "benchmark" not in case} == set(re.findall(r"`([a-z0-9-]+)`", README)) & cases


def test_the_example_of_the_readme_is_the_code() -> None:
    example = re.search(r"    @line\(\"USD m\", key=True, sums=True\)\n    def paid.*?self.due\)\)", README, re.S)
    assert example is not None
    assert example.group(0) in (ROOT / "model" / "cascade.py").read_text(encoding="utf-8")
