"""The sensitivity log against whole runs, in which every row is calculated with the moved input, and against the workbook."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook

from model.cases import Run, load, run
from model.report.layout import TIME, WORKINGS
from model.report.workbook import write_workbook
from model.sheet import DEAL, Values, evaluate
from model.stress.sensitivity import OF_PAIR, STAMPED, UNREAD, Sensitivity, sensitivity
from tests.delivered import STARTER, the_run
from tests.judges import content

Json = Any
ROOT = Path(__file__).parent.parent
OTHERS = sorted(p.parent for p in [*ROOT.glob("inputs/*/case.yaml"), *ROOT.glob("tests/cases/*/case.yaml")])
EVERYTHING = bool(os.environ.get("EVERY_POSITION"))
HEARD = OTHERS if EVERYTHING else [path for path in OTHERS if path.name == "nebius-microsoft"]


@pytest.fixture(scope="module")
def done() -> Run:
    return the_run(STARTER)


@pytest.fixture(scope="module")
def log(done: Run) -> Json:
    return json.loads(json.dumps(sensitivity(done)))


@pytest.fixture(scope="module")
def whole(done: Run, log: Json) -> Values:
    """Column 0 as it stands, then one column a move: the whole book, by the fold that calculates every row."""
    moves = [(one["key"], move["to"]) for one in log["inputs"] for move in one["moves"]]
    told = {key: np.full(len(moves) + 1, float(row[0])) for key, row in done.told.items()}
    for n, (key, value) in enumerate(moves, start=1):
        row = done.deal.book.by_key[key]
        told.setdefault(key, np.full(len(moves) + 1, float(done.values.one(row, 0))))[n] = value
    with np.errstate(all="ignore"):
        return evaluate(done.deal.book, {key: values.tolist() for key, values in told.items()})


def columns(log: Json) -> dict[str, list[int]]:
    """The columns of each input's moves."""
    found, n = {}, 1
    for one in log["inputs"]:
        found[one["key"]] = list(range(n, n + len(one["moves"])))
        n += len(one["moves"])
    return found


def test_every_move_is_what_a_whole_run_finds(done: Run, log: Json, whole: Values) -> None:
    at, pairs, claim = columns(log), done.deal.pairs, done.deal.claim
    assert sum(len(one["moves"]) for one in log["inputs"]) > 200
    for one in log["inputs"]:
        for move, n in zip(one["moves"], at[one["key"]], strict=True):
            figure = {name: [float(whole.one(pair.row(name), n)) for pair in pairs.values()] for name in OF_PAIR}
            assert move["covered"] == [key for key, flag in zip(pairs, figure["covered"], strict=True) if flag], one["key"]
            assert move["lowest_clcr"] == pytest.approx(min(figure["min_clcr"]), nan_ok=True, abs=1e-9), one["key"]
            for name in ("uncovered_balance", "support_needed"):
                assert move[name] == pytest.approx(sum(figure[name]), abs=1e-9), one["key"]
            assert move["h1_code"] == whole.one(claim.row("h1_code"), n)


def test_reactions_are_those_of_a_whole_run(done: Run, log: Json, whole: Values) -> None:
    """Whether figures react at all, how many, and whether those of a pair are among them."""
    figures = [row for row in done.deal.book.rows if row.per == DEAL and row.expr is not None]
    table = np.array([np.broadcast_to(whole[row], (n_columns(log),)) for row in figures])
    changed = ~np.isclose(table, table[:, :1], rtol=1e-10, atol=1e-10, equal_nan=True)
    watched = {pair.row(name) for pair in done.deal.pairs.values() for name in OF_PAIR}
    verdict, at = np.array([row in watched for row in figures]), columns(log)
    seen = set()
    for one in log["inputs"]:
        some = changed[:, at[one["key"]]].any(axis=1)
        wanted = "verdict" if (some & verdict).any() else "figures" if some.any() else "nothing"
        assert one["reacts"] == wanted, one["key"]
        assert one.get("figures", 0) == some.sum(), one["key"]
        assert (one["why_nothing"] is not None) == (wanted == "nothing")
        seen.add(wanted)
    assert seen == {"verdict", "figures", "nothing"}


def n_columns(log: Json) -> int:
    return 1 + sum(len(one["moves"]) for one in log["inputs"])


def test_inputs_that_nothing_reads_are_those_without_a_reference_in_the_file(done: Run, log: Json, tmp_path: Path) -> None:
    """No formula of a working sheet points to their line; to all others one does."""
    path = write_workbook(done, tmp_path / "book.xlsx")
    read = set()
    for (sheet, _), text in content(path).formulas.items():
        if sheet in (*WORKINGS, TIME):
            for first, last in re.findall(r"Inputs!\$D\$(\d+)(?::\$D\$(\d+))?", text):
                read |= set(range(int(first), int(last or first) + 1))
    block, lines = "", {}
    for number, (heading, label) in enumerate(load_workbook(path, read_only=True)["Inputs"].iter_rows(
            max_col=2, values_only=True), start=1):
        block = heading or block
        lines[block, label] = number
    unread = {one["key"] for one in log["inputs"] if one["why_nothing"] == UNREAD}
    assert unread
    for one in log["inputs"]:
        assert (lines[one["block"], one["label"]] not in read) == (one["key"] in unread), one["key"]


def test_moves_stay_inside_what_is_allowed_and_use_stated_ranges(done: Run, log: Json) -> None:
    book = done.deal.book
    for one in log["inputs"]:
        row = book.by_key[one["key"]]
        told, ends = row.declared, (row.input.low, row.input.high) if row.input else (None, None)
        for move in one["moves"]:
            assert move["to"] != one["now"]
            assert not hasattr(told, "admits") or told.admits(move["to"]), one["key"]
        if None not in ends:
            assert [move["to"] for move in one["moves"]] == [end for end in ends if end != one["now"]]
        if one["unit"] == "flag" and one["moves"]:
            assert [move["to"] for move in one["moves"]] == [1 - one["now"]]
    margin = next(one for one in log["inputs"] if one["key"] == "ddtl.margin")
    assert [move["to"] for move in margin["moves"]] == pytest.approx([margin["now"] * 0.9, margin["now"] * 1.1])
    price = next(one for one in log["inputs"] if one["key"] == "drivers.price_change")
    assert [move["to"] for move in price["moves"]] == [-0.1, 0.1]


def test_what_the_engine_stamps_is_not_moved(done: Run, log: Json) -> None:
    stamped = {one["key"] for one in log["inputs"] if one["why_nothing"] == STAMPED}
    assert {pair.row("stressed").key for pair in done.deal.pairs.values()} <= stamped
    assert not stamped & set(done.deal.columns(list(done.deal.scenarios.values())))


@pytest.mark.parametrize("folder", HEARD, ids=lambda p: p.name)
def test_every_input_that_moves_nothing_says_where_its_way_ends(folder: Path) -> None:
    """Rule 18 of the workbook's standards: each input drives something, or says why it does not."""
    told = sensitivity(run(load(folder)))
    for one in told["inputs"]:
        assert (one["reacts"] == "nothing") == bool(one["why_nothing"]), one["key"]
        assert one["moves"] or one["why_nothing"], one["key"]


def test_the_sheet_shows_every_input_once(done: Run, log: Json, tmp_path: Path) -> None:
    from model.stress.record import record

    told = record(done) | {"sensitivity": log}
    sheet = load_workbook(write_workbook(done, tmp_path / "book.xlsx", {"stress": told}))["Sensitivity"]
    shown = [cell.value for cell in sheet["B"] if cell.value]
    for one in log["inputs"]:
        label = f"{one['block']}: {one['label']}"
        assert shown.count(label) == 1, label
        line = next(cell.row for cell in sheet["B"] if cell.value == label)
        assert sheet.cell(line, 4).value == pytest.approx(one["now"], abs=1e-15)
        if one["reacts"] == "nothing":
            assert sheet.cell(line, 5).value == one["why_nothing"]
            continue
        for n, move in enumerate(one["moves"]):
            assert sheet.cell(line, 5 + n).value == pytest.approx(move["to"], abs=1e-15)
            assert sheet.cell(line, 7 + n).value == pytest.approx(move["lowest_clcr"], abs=1e-12)
            assert sheet.cell(line, 9 + n).value == pytest.approx(move["support_needed"], abs=1e-12)
            assert sheet.cell(line, 11 + n).value == len(move["covered"])
    assert sheet["B4"].value.startswith("=IF(Run_Stale>0")


def test_the_lowest_cover_and_the_sums_are_over_all_pairs() -> None:
    """As the claim has them, in a case of three pairs that differ."""
    done = the_run("coreweave-ipo")
    base, pairs = Sensitivity(done).base(), done.deal.pairs.values()
    assert base["lowest_clcr"] == done.read(done.deal.claim.row("lowest_clcr"))
    assert base["support_needed"] == pytest.approx(sum(done.read(pair.row("support_needed")) for pair in pairs))
    assert base["covered"] == []
