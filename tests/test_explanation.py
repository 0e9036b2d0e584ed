"""`explain`: every number of the claim, down to inputs with a source; and the page as a terminal shows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from model.cases import Run
from model.cli import main
from model.inputs import write_starter
from model.report import explanation
from model.report.screen import Screen
from model.report.terminal import show, show_explanation
from model.report.words import clean, in_unit, money, percent
from tests.delivered import the_record, the_run

IPO = Path(__file__).parents[1] / "inputs" / "coreweave-ipo"
Json = Any


def call(*args: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args])


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explain") / "case"
    write_starter(folder)
    return folder


def ipo() -> Run:
    return the_run(IPO)


def year_end() -> Run:
    """A case with a convertible note."""
    return the_run("coreweave-2025-12")


def ipo_record() -> Json:
    return the_record(IPO)


@pytest.mark.parametrize("period", ["999", "1999-01", "next year", "2026-13", "-1", "2099-01-01", ""])
def test_periods_outside_the_timeline_are_refused(period: str) -> None:
    with pytest.raises(explanation.UnknownRowError, match="no period"):
        explanation.find_period(ipo().deal, "stack.closing", period)


FIGURES = {f"claim.{name}": name for name in ("standing", "pairs", "covered_debt", "debt")}


def test_the_claim_is_reached_down_to_sources() -> None:
    told = ipo_record()
    for key, name in FIGURES.items():
        row = explanation.find_row(ipo().deal, key)
        assert ipo().read.number(row) == told["claim"][name]
        nodes = list(explanation.tree(ipo(), row, None))
        inputs = [node for node in nodes if node.row.input is not None]
        assert inputs
        assert all(node.row.input is not None and node.row.input.source for node in inputs)
    nodes = list(explanation.tree(ipo(), explanation.find_row(ipo().deal, "claim.sentence"), None))
    assert nodes[0].value == told["claim"]["sentence"]
    rows = {node.row.key for node in nodes}
    assert set(FIGURES) <= rows
    assert {"ddtl-1.balance", "ddtl-2.balance", "ddtl-1.margin"} <= rows
    assert any("sec.gov" in node.how for node in nodes if node.row.key == "ddtl-1.balance")


@pytest.mark.parametrize(("name", "path"), [
    ("debt.principal", ("debt", "principal")), ("debt.net", ("debt", "net")),
    ("debt.due_24_months", ("debt", "due_24_months")),
    ("claim.H1", ("claim", "H1")), ("claim.H3a", ("claim", "H3a")), ("claim.sentence", ("claim", "sentence")),
    ("backlog.revenue", ("backlog", "revenue")), ("backlog.cash_to_come", ("backlog", "cash_to_come")),
    ("pairs", ("claim", "grades")), ("pairs.ddtl-1-pool.min_dscr", ("pairs", 0, "min_dscr"))])
def test_figures_of_run_json_can_be_explained(name: str, path: tuple[Any, ...]) -> None:
    told: Json = ipo_record()
    for step in path:
        told = told[step]
    row = explanation.find_row(ipo().deal, name)
    period = explanation.find_period(ipo().deal, name, None)
    value = ipo().read(row) if period is None else ipo().read(row)[period]
    assert value == (told if isinstance(told, str) else pytest.approx(told))


def test_words_on_the_allocation_have_its_source() -> None:
    told = ipo().deal.case.debt.allocation
    page = call("explain", IPO, "claim.allocation").stdout
    assert f"[{told.grade}] {told.source[:40]}" in page
    assert "case file" not in page


def test_every_alias_is_a_row() -> None:
    for name, key in explanation.ALIASES.items():
        if key == "company.notes.cash":  # the listing case has no convertible note: see test_first_page.py
            with pytest.raises(explanation.UnknownRowError):
                explanation.find_row(ipo().deal, name)
        else:
            assert explanation.find_row(ipo().deal, name).key == key


def test_explain_prints_number_formula_and_source(case: Path) -> None:
    result = call("explain", case, "debt.net")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].startswith("Whole stack: Pro-forma debt, net of cost (stack.net) = ")
    assert "= [Pro-forma principal] - [Unamortised discount and cost]" in result.stdout
    assert "= input [assumed]" in result.stdout
    assert len(call("explain", case, "debt.net", "--depth", 0).stdout.splitlines()) == 2
    assert len(call("explain", case, "debt.net", "--depth", 1).stdout) < len(result.stdout)


def test_explain_over_time_and_in_a_period(case: Path) -> None:
    whole = call("explain", case, "stack.closing").stdout
    assert "Jan" in whole.splitlines()[1]
    at_start = call("explain", case, "stack.closing", "--period", "0").stdout
    assert "at 2025-12-31" in at_start.splitlines()[0]
    assert {explanation.find_period(ipo().deal, "x", p) for p in ("3", "2025-03", "2025-03-31", "2025-03-01")} == {3}
    assert explanation.find_period(ipo().deal, "x", "2024-12") == 0


def test_a_row_is_told_once() -> None:
    row = explanation.find_row(ipo().deal, "ddtl-1.interest")
    nodes = list(explanation.tree(ipo(), row, 12))
    told = [node.row.key for node in nodes if not node.seen]
    assert len(told) == len(set(told))
    assert "ddtl-1.balance" in told  # a balance reaches what it starts from


def test_values_are_shown_in_their_unit() -> None:
    assert in_unit(45747.0, "date") == "2025-03-31"
    assert in_unit(float("nan"), "date") == "never"
    assert in_unit(1.0, "flag") == "yes"
    assert in_unit(0.096196, "rate") == "9.62%"
    assert in_unit(-0.0, "USD m") == "0.000"
    assert in_unit(float("nan"), "x") == "n.a."
    assert money(-0.01) == "0.0"
    assert percent(None) == "-"


def test_words_of_a_case_cannot_move_the_cursor() -> None:
    assert clean("a\x1b[2Jb\x9bc\u202ed\n") == "a [2Jb c d "


class Terminal:
    """A stream that says it is a terminal."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_shows_the_same_page(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream: Any = Terminal()
    screen = Screen(stream, width=width)
    show(ipo_record(), screen)
    show_explanation(ipo(), explanation.find_row(ipo().deal, "debt.net"), None, 3, screen)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", stream.text)
    assert all(len(line) <= width for line in plain.splitlines())
    assert "\u2026" not in plain  # no number is cut off
    words = " ".join(plain.split())
    assert "Backlog against debt, by year" in words
    assert ipo_record()["claim"]["weakest_sentence"] in words


@pytest.mark.parametrize(("name", "key"), [
    ("convertible-2031.conversion.cash_due", "convertible-2031.conversion.cash_due"),
    ("convertible-2031.at-200.net_dilution", "convertible-2031.at-200.net_dilution"),
    ("convertible-2031.offering.issued", "convertible-2031.offering.issued"),
    ("debt.weighted_rate", "stack.weighted_rate"), ("debt.average_life", "stack.average_life"),
    ("debt.carrying", "stack.carrying"), ("ddtl-2.cost_amortised", "ddtl-2.cost_amortised")])
def test_rows_of_the_capital_stack_lead_to_sources(name: str, key: str) -> None:
    done = year_end()
    row = explanation.find_row(done.deal, name)
    assert row.key == key
    nodes = list(explanation.tree(done, row, None))
    assert nodes[0].row is explanation.behind(row)
    inputs = [node.row.input for node in nodes if node.row.input is not None]
    assert any("https://" in given.source for given in inputs)


def test_every_block_over_time_has_a_frame() -> None:
    for block in year_end().deal.book.blocks:
        assert len(year_end().frame(block.key)) == year_end().deal.timeline.count
