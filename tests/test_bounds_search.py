"""How bounds are searched: in few steps, and soundly where a search is stopped; and where what is wrong stands in a workbook."""

from __future__ import annotations

import itertools
from math import ceil, floor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from model.bounds import questions as ask
from model.bounds import solving
from model.bounds.disclosures import NONE, Disclosure, Facts
from model.bounds.programme import Programme
from model.bounds.reading import facts_of
from model.bounds.result import Bounds
from model.bounds.witness import files
from model.cases import load
from model.cli import main
from model.report.bounds_page import ENDS, answers, figure, share
from model.sheet import evaluate
from tests.delivered import folder_of, the_book, the_run
from tests.judges import with_cells
from tests.round_trips import cell_of
from tests.test_bounds import TWO, facts, pledged_alone, whole_loans

SIXTEEN = tuple(range(16))
OWED = [144.0, 112.0, 118.0, 139.0, 107.0, 127.0, 133.0, 72.0, 55.0, 80.0, 78.0, 137.0, 141.0, 50.0, 99.0, 132.0]
SPARE = 20.0  # what each can earn beyond its loan
ALL = 0.437


def test_a_highest_cover_is_found_in_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """From 64x to nine digits; by halving alone it would take more than thirty."""
    programme, steps, step = Programme(whole_loans()[0]), [], solving.Tests.missing
    monkeypatch.setattr(solving.Tests, "missing", lambda self, cover: steps.append(cover) or step(self, cover))
    found = ask.highest_cover(programme, programme.pairs.values())
    assert found
    assert 0.0 < found.value < ask.FAR
    assert len(steps) <= 8, steps
    assert ask.highest_cover(programme, programme.pairs.values(), top=found.value + 1e-6).value == pytest.approx(found.value)


def knapsack(pairs: tuple[int, ...] = SIXTEEN) -> Facts:
    """Each contract can pay its own loan, with 20 to spare, but all together earn too little: who is left short is open."""
    c, loans = tuple(f"c{k}" for k in pairs), tuple(f"l{k}" for k in pairs)
    most = [1.1 * (OWED[k] + SPARE) for k in pairs]
    return facts([
        *(Disclosure("principal", "owed", (*c, NONE), (loans[k],), low=OWED[k], high=OWED[k]) for k in pairs),
        *(Disclosure("principal", "on its own", tuple({*c, NONE} - {c[k]}), (loans[k],), high=0.0) for k in pairs),
        *(Disclosure("cash", "for its own", (c[k],), tuple({*loans, NONE} - {loans[k]}), high=0.0) for k in pairs),
        *(Disclosure("revenue", "at most", (c[k],), high=most[k]) for k in pairs),
        Disclosure("revenue", "all", c, low=ALL * sum(most), high=ALL * sum(most)),
        Disclosure("margin", "margin", c, low=1.0, high=1.0), Disclosure("prepaid", "nothing", c, high=0.0)], TWO[:1], c, loans)


def most_left(pairs: tuple[int, ...] = SIXTEEN) -> float:
    """Some take all that they can, one takes the rest, the others nothing: the most that any such choice leaves."""
    money = ALL * sum(OWED[k] + SPARE for k in pairs)
    found = 0.0
    for number in range(len(pairs)):
        for full in itertools.combinations(pairs, number):
            rest = money - sum(OWED[k] + SPARE for k in full)
            if 0 <= rest <= max(OWED) + SPARE:
                others = [k for k in pairs if k not in full]
                owed = sum(OWED[k] for k in others)
                found = max([found, *(owed - min(rest, OWED[k]) for k in others if rest <= OWED[k] + SPARE)])
    return found


def test_a_search_that_is_stopped_leaves_an_outer_bound() -> None:
    """Sixteen pairs: 300 choices do not settle which to leave short. What is told is not exceeded, what is shown is reached."""
    programme = Programme(knapsack(), "must")
    found, true = ask.greatest_uncovered(programme), most_left()
    assert found.what == ask.STOPPED, "too easy a case: it was searched to the end"
    assert true + 0.01 < found.value < sum(OWED)
    assert ask.left_uncovered(programme, found.at) <= true + 1e-6
    few = tuple(range(6))
    settled = ask.greatest_uncovered(Programme(knapsack(few), "must"))
    assert (settled.what, settled.value) == ("", pytest.approx(most_left(few)))


def test_a_stopped_search_is_told_and_what_is_shown_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no choice looked at at all: the range holds the truth, its shown end is a world's, and the page says so."""
    few = tuple(range(6))
    monkeypatch.setattr(solving, "milp", stopped)
    told = Bounds(knapsack(few), "knapsack").uncovered
    assert told.stopped
    assert told.high is not None
    assert told.shown_high is not None
    assert told.shown_high <= most_left(few) + 1e-6 <= told.high + 2e-6
    quiet = {"low": 1.0, "high": 2.0, "stopped": False}
    page = {"without_contract": 0.0, "counter": None, "readings": [], "ranges": {
        "worst_cover": quiet, "pooled_cover": quiet, "uncovered": {**quiet, "high": told.high, "stopped": True}}}
    said, = (said for said in answers(page) if "stopped" in said)
    assert f"{told.high:,.1f} is not exceeded" in said


def stopped(*_: Any, **__: Any) -> Any:
    """As scipy tells of a limit that was reached before anything was found."""
    return SimpleNamespace(status=solving.OTHER, message="(HiGHS Status 16: Solution limit reached)", x=None, fun=None,
                           mip_dual_bound=None)


@pytest.mark.parametrize(("search", "verdict"), [(solving.milp, "impossible"), (stopped, "open")])
def test_possible_is_never_called_impossible_for_a_limit(monkeypatch: pytest.MonkeyPatch, search: Any, verdict: str) -> None:
    """200 of revenue at half, 100 of it prepaid: no cash at all. That a contract has it for one and lacks it for another is
    ruled out by a choice of zeros and ones; where that is stopped, nothing is said to be impossible."""
    told = facts([*(d for d in pledged_alone(200.0).disclosures if d.what not in ("prepaid", "principal", "cash")),
                  Disclosure("prepaid", "held", ("c",), low=100.0, high=100.0),
                  Disclosure("margin", "margin", ("c",), low=0.5, high=0.5),
                  Disclosure("principal", "little", ("c", NONE), ("l",), low=40.0, high=40.0)], TWO[:1], ("c",), ("l",))
    wide = Programme(told)
    assert solving.feasible(wide, wide.covered())
    monkeypatch.setattr(solving, "milp", search)
    assert ask.can_hold(told)[0] == verdict


def test_both_ends_of_what_is_uncovered_are_worlds_that_the_engine_replays(tmp_path: Path) -> None:
    """Listing case by year. At the far end no cash ever answers for any loan; at the near end every cover begins at 1 or more."""
    bounds = Bounds(facts_of(the_run("coreweave-ipo"), "year"), "ipo")
    told, debt = bounds.uncovered, 2012.5 + 3843.819 + 473.0 + 1177.158 + 201.0
    assert (told.low, told.high) == pytest.approx((0.0, debt), abs=1e-6)
    assert (told.shown_low, told.shown_high) == pytest.approx((0.0, debt), abs=1e-4)
    for n, found in enumerate(bounds.extremes):
        place = tmp_path / str(n)
        place.mkdir()
        for name, text in files(bounds.world, found.at, "end", "An end").items():
            (place / name).write_text(text, encoding="utf-8")
        deal = load(place)
        done = evaluate(deal.book)
        covers = [done.one(pair.row("clcr"))[1:-1] for pair in deal.pairs.values()]
        first = [float(row[np.isfinite(row)][0]) for row in covers if np.isfinite(row).any()]
        assert first
        assert min(first) >= 1.0 - 1e-6 if n == 0 else max(np.nanmax(row) for row in covers) <= 1e-6
        assert sum(file.balance.value for file in deal.case.debt.instruments) == pytest.approx(debt, abs=1e-3)


def test_what_cannot_be_is_rounded_away_from_what_can() -> None:
    """No margin below 19.755 % is not none below 19.8 %; no cover above 4.102x is not none above 4.10x."""
    assert (share(0.19755, floor), share(0.1985, ceil), share(0.198, ceil)) == ("19.7%", "19.9%", "19.8%")
    assert [figure(4.102, "x", rounded) for _, rounded in ENDS] == ["4.10x", "4.11x", "4.11x", "4.10x"]
    assert figure(18745.0 + 1e-9, "USD m", ceil) == "18,745.0"


def test_contradictions_of_an_edited_workbook_are_named_by_cell_and_sheet(tmp_path: Path) -> None:
    """A balance typed over: more falls due than is owed. No file of the folder is named as if it held the number."""
    case = folder_of("coreweave-ipo")
    sheet, cell = cell_of(case, "ddtl-1.balance")
    edited = with_cells(the_book(case), {(sheet, cell): 12.5}, tmp_path / "edited.xlsx")
    done = CliRunner().invoke(main, ["bounds", str(edited), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2, done.stdout + done.stderr
    assert f"typed in edited.xlsx, {sheet}!{cell} (was 2012.5)" in done.stderr
    named = [line.strip() for line in done.stderr.splitlines() if "cannot be true together" in line]
    assert len(named) > 1
    lines = {file: (case / file).read_text().splitlines() for file in ("debt.yaml", "case.yaml")}
    for line in named:
        assert line.startswith("edited.xlsx, sheet Case files, ")
        file, number = line.removeprefix("edited.xlsx, sheet Case files, ").split(":")[:2]
        assert int(number) > 1
        assert any(word in lines[file][int(number) - 1] for word in ("balance", "value", "20")), lines[file][int(number) - 1]
