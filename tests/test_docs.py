"""What the README shows is what the program prints."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

import model
from model.cli import main
from model.contracts import KINDS
from model.covenants import KINDS as COVENANTS
from model.covenants import Covenant
from model.cure import Cure
from model.inputs.contracts import CONTRACTS
from model.inputs.instruments import INSTRUMENTS
from model.inputs.risk import RiskFile
from model.inputs.schema import BoxFile, ScenariosFile
from model.reserve import ReserveAccount
from model.sheet import givens
from model.waterfall import orders
from tests.delivered import PACKAGE, STARTER, the_record

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


def shown(name: str) -> str:
    """The block of the README between its marks."""
    found = re.search(rf"<!-- {name} -->\n(.*)\n<!-- /{name} -->", README, re.S)
    assert found is not None
    return found.group(1)


def test_the_readme_shows_the_numbers_of_the_listing_case() -> None:
    assert shown("dashboard") == dashboard(the_record("coreweave-ipo"))


STARTS = {"31 Dec 2024": "coreweave-ipo", "31 Mar 2025": "coreweave-2025-03", "30 Jun 2025": "coreweave-2025-06"}
MARCH, JUNE, SEPTEMBER, DECEMBER = "2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"
DATES = {MARCH: "31 Mar 2025", JUNE: "30 Jun 2025", SEPTEMBER: "30 Sep 2025", DECEMBER: "31 Dec 2025"}
LATER = ("because_repaid", "because_rest")


def backtest_lines() -> dict[str, tuple[str, str, str, str]]:
    """Label of each line of the table: item, instrument, date, and `start` where it runs from the start, else its from."""
    lines = {f"debt, {words}": ("balance", "all", day, "") for day, words in DATES.items()}
    for name, key in (("DDTL 1.0", "ddtl-1"), ("DDTL 2.0", "ddtl-2"), ("vendor debt", "oem")):
        lines |= {f"{name}, {DATES[day]}": ("balance", key, day, "") for day in (JUNE, DECEMBER)}
    for name, item in (("repaid", "repaid"), ("interest on debt", "interest_on_debt")):
        lines |= {f"{name}, from the start to {words}": (item, "all", day, "start") for day, words in DATES.items()}
    for day, years in ((JUNE, range(2025, 2029)), (DECEMBER, range(2026, 2029))):
        lines |= {f"due in {year}, debt of {DATES[day]}": (f"due_in_{year}", "all", day, "") for year in years}
    return lines | {"revenue, fourth quarter of 2025": ("revenue", "all", DECEMBER, SEPTEMBER)}


def cell(rows: list[dict[str, str]], line: tuple[str, str, str, str]) -> str:
    """Error, and what is left of it without later debt, in percent of what was reported; nothing where it is no projection."""
    item, instrument, day, since = line
    since = rows[0]["as_of"] if since == "start" else since
    for row in rows:
        if (row["item"], row["instrument"], row["date"], row["from"]) == (item, instrument, day, since):
            left = sum(float(row[name]) for name in LATER) / float(row["reported"])
            return f"{round(float(row['error_percent']), 1) + 0.0:+.1f}% ({round(100 * left, 1) + 0.0:+.1f}%)"
    return ""


def backtest_table(folder: Path) -> str:
    """What the command writes for the three starts, as Markdown."""
    found = {}
    for start, case in STARTS.items():
        done = CliRunner().invoke(main, ["backtest", str(ROOT / "inputs" / case), "--out", str(folder / case),
                                         "--actuals", str(ROOT / "inputs" / "actuals" / "coreweave.csv")])
        assert done.exit_code == 0, done.output
        with (folder / case / "backtest.csv").open(encoding="utf-8") as file:
            found[start] = list(csv.DictReader(file))
    lines = ["| | " + " | ".join(f"from {start}" for start in STARTS) + " |", "|---|" + "---:|" * len(STARTS)]
    lines += [f"| {label} | " + " | ".join(cell(rows, line) for rows in found.values()) + " |"
              for label, line in backtest_lines().items()]
    return "\n".join(lines)


def test_the_readme_shows_the_backtest(tmp_path: Path) -> None:
    assert shown("backtest") == backtest_table(tmp_path)


def test_every_command_of_the_readme_exists() -> None:
    named = set(re.findall(r"`debtcover (\w+)", README))
    assert named == set(main.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", [
    "explain inputs/coreweave-ipo debt.net --depth 1", "check inputs/coreweave-ipo", "schema", "run --help"])
def test_commands_run_as_written(text: str) -> None:
    assert CliRunner().invoke(main, [w.replace("inputs/", f"{ROOT}/inputs/") for w in shlex.split(text)]).exit_code == 0


STANDS_FOR = {"N": "100", "S": "7", "W": "2", "X": "1.2", "V": "0.7", "R": "0.03", "Y": "0.09", "P": "1", "UNITS": "1",
              "NAMES": "price", "NAME=LOW:HIGH": "price=-0.3:0"}
HELP = [main.help or "", *(one.help or "" for one in main.commands.values()),  # type: ignore[attr-defined]
        *(getattr(part, "help", None) or "" for one in main.commands.values() for part in one.params)]  # type: ignore[attr-defined]
WRITTEN = sorted({" ".join(line.split()) for text in (README, *HELP)
                  for line in re.findall(r"(?:`|^\.venv/bin/)debtcover (\w+ [^`\n]+)", text, re.M)})


@pytest.mark.parametrize("line", WRITTEN)
def test_every_command_line_that_is_shown_is_understood(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all that stands in brackets; words in capitals stand for a number or a name. What is a file in `inputs/` is there."""
    monkeypatch.chdir(tmp_path)
    for name in ("edited.xlsx", "A.xlsx", "B.xlsx", "WORKBOOK"):
        Path(name).touch()
    name, *words = re.sub(r"\[\.\.\.\]|[][]", "", line).replace(r" \| ", " ").split()
    words = [STANDS_FOR.get(word, word.split(r"\|")[0]) for word in words]
    with main.commands[name].make_context(name, list(words)):  # type: ignore[attr-defined]
        pass
    assert all((ROOT / word).exists() for word in words if word.startswith("inputs/"))


def examples() -> list[str]:
    """The lines of Python in the docstring of the package and in the README, in order."""
    told = r"`((?:\w+ = )?model\.\w+\([^`]*\)|(?:run|simulation)\.(?:frame\([^`]*\)|verdicts|record))`"
    return [*re.findall(r"^    (\S.*?)(?:  +#.*)?$", model.__doc__ or "", re.M), *re.findall(told, README)]


def test_the_lines_of_python_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the starter case."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"model": model}
    small = {"inputs/coreweave-ipo": STARTER.as_posix(), "DDTL 2.0": "Delayed-draw loan", "100_000": "64", "10_000": "64"}
    lines = examples()
    for line in lines:
        for word, instead in small.items():
            line = line.replace(word, instead)
        exec(line, names)
    assert {"load", "frame", "verdicts", "write_workbook", "simulate", "record"} <= set(re.findall(r"\w+", " ".join(lines)))
    assert (tmp_path / "deal.xlsx").is_file()
    assert list(names["run"].frame("Delayed-draw loan")["closing"])


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


def test_the_risks_and_the_ranges_of_the_readme_are_accepted() -> None:
    risks, ranges = (re.search(rf"```yaml\n({first}:.*?)```", README, re.S) for first in ("correlation", "ranges"))
    assert risks is not None
    assert ranges is not None
    RiskFile.model_validate(YAML(typ="safe", pure=True).load(risks.group(1)))
    ScenariosFile.model_validate(YAML(typ="safe", pure=True).load(ranges.group(1)))


def test_the_kind_that_the_readme_adds_is_the_code() -> None:
    block = re.search(r"```python\n(class FinanceLease.*?)```", README, re.S)
    assert block is not None
    assert block.group(1) in (PACKAGE / "debt" / "finance_lease.py").read_text(encoding="utf-8")


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
    assert example.group(0) in (PACKAGE / "cascade.py").read_text(encoding="utf-8")
