"""run.json: its keys, that every number is finite, and that it says the same thing twice."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from model.cases import Run, load, run
from model.certainty.result import rank
from model.claim import Claim
from model.errors import OutputError
from model.inputs import write_starter
from model.record import pair_records, record
from model.report.files import as_json, safe, write_all, write_json, write_verdicts
from model.sheet import Book, Sourced, evaluate
from tests.delivered import the_record, the_run

IPO = Path(__file__).parents[1] / "inputs" / "coreweave-ipo"
Json = Any

TOP = {"case", "as_of", "scenario", "currency", "input_hash", "version", "debt", "backlog", "pairs", "claim", "company",
       "convertibles", "support", "evidence", "checks"}
PAIR = ["id", "contracts", "debt", "principal", "grade", "grade_range", "grade_range_method", "reason", "min_dscr",
        "min_dscr_date", "avg_dscr", "llcr", "min_clcr", "min_clcr_date", "tail_months", "uncovered_balance", "has_balloon",
        "headroom", "headroom_usd", "headroom_percent", "headroom_date", "binding_test", "binding_date", "amount_missing",
        "payback_date", "break_even", "tests", "min_dscr_on_revenue", "avg_dscr_on_revenue", "beside"]
VERDICTS = {"holds", "fails", "not_proven", "holds_if_assumed"}


def done() -> Run:
    return the_run(IPO)


def told() -> Json:
    return the_record(IPO)


def leaves(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            assert isinstance(key, str), path
            yield from leaves(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{n}]")
    else:
        yield path, value


def test_equal_ratios_bind_by_the_first_test() -> None:
    """A level payment from level cash at the loan's own rate: every DSCR and every CLCR is the same number, but for roundings."""
    pairs = the_record(IPO.with_name("illustrative-contract-benchmark"))["pairs"]
    assert [abs(pair["min_dscr"] - pair["min_clcr"]) < 1e-12 for pair in pairs] == [True] * 3
    assert [pair["binding_test"] for pair in pairs] == ["T1"] * 3
    assert [pair["headroom_date"] == pair["min_dscr_date"] for pair in pairs] == [True] * 3


def test_the_promised_keys_are_there() -> None:
    assert set(told()) >= TOP
    assert set(told()["debt"]) >= {"principal", "net", "due_24_months", "by_instrument", "totals", "maturities"}
    assert set(told()["backlog"]) >= {"revenue", "cash_to_come", "by_year"}
    assert set(told()["claim"]) >= {"H1", "H2", "H3a", "H3b", "sentence"}
    assert set(told()["company"]) >= {f"K{n}" for n in range(1, 8)}
    assert set(told()["support"]) >= {"guarantee", "renewal", "refinancing", "vendor", "residual"}
    assert set(told()["evidence"]) >= {"debt_share_by_grade", "assumptions"}
    assert set(told()["checks"]) >= {"failed", "names"}
    for pair in told()["pairs"]:
        assert list(pair) == PAIR
        assert list(pair["break_even"]) == ["price", "margin", "delay_months", "rate"]
        assert list(pair["tests"]) == [f"T{n}" for n in range(8)]
        for test in pair["tests"].values():
            assert list(test) == ["pass", "value", "limit", "date", "reason"]
            assert test["pass"] in (True, False, None)
            assert test["reason"]
        assert pair["grade"] in ("A", "B", "D", "N") or pair["grade"].startswith("C-")
        assert rank(pair["grade_range"][0]) <= rank(pair["grade"]) <= rank(pair["grade_range"][1])
        sure = told()["evidence"]["by_pair"][pair["id"]]
        assert set(sure) == {"assumed_kinds", "grade_share", "ranged_inputs", "robust", "fragile_to", "sentence"}
        assert sum(sure["grade_share"].values()) == pytest.approx(1)
    for loan in told()["debt"]["by_instrument"].values():
        assert set(loan) >= {"principal", "maturity", "schedule"}
    assert {told()["claim"][h] for h in ("H1", "H2", "H3a", "H3b")} <= VERDICTS


def test_every_number_is_finite_and_every_date_is_iso() -> None:
    for path, value in leaves(told()):
        assert value is None or isinstance(value, str | bool | int | float), path
        assert not isinstance(value, float) or math.isfinite(value), path
        if path.endswith(("date", ".as_of", ".maturity")) and value is not None:
            date.fromisoformat(str(value))


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    write_starter(tmp_path / "case")
    first, second = (as_json(record(run(load(tmp_path / "case")))) for _ in range(2))
    assert first == second
    assert json.loads(as_json(told())) == told()
    assert as_json(told()).isascii()


def test_debt_adds_up() -> None:
    debt, years = told()["debt"], told()["by_year"]
    loans = debt["by_instrument"].values()
    assert sum(loan["principal"] for loan in loans) == pytest.approx(debt["principal"])
    for year, line in years.items():
        assert sum(line["principal"].values()) == pytest.approx(line["principal_total"]), year
        assert sum(line["interest"].values()) == pytest.approx(line["interest_total"]), year
        assert sum(line["closing"].values()) == pytest.approx(line["closing_total"]), year
        end = (line["debt_opening"] + line["drawn"] + line["capitalised"] - line["principal_total"] - line["from_proceeds"]
               - line["swept"] - line["repaid_early"])
        assert end == pytest.approx(line["closing_total"], abs=1e-6), year
    for name, loan in debt["by_instrument"].items():
        for year, line in years.items():
            assert loan["schedule"].get(year, 0.0) == pytest.approx(line["principal"][name], abs=1e-8)
    assert sum(told()["evidence"]["debt_share_by_grade"].values()) == pytest.approx(1)


def test_backlog_adds_up() -> None:
    backlog = told()["backlog"]
    years = list(backlog["by_year"].values())
    assert years[0]["opening"] == pytest.approx(backlog["revenue"])
    assert sum(year["cash_collected"] for year in years) == pytest.approx(backlog["cash_to_come"])
    for year, following in pairwise(years):
        assert year["closing"] == pytest.approx(year["opening"] - year["recognised"])
        assert following["opening"] == pytest.approx(year["closing"])


def test_readings_of_the_press_figure() -> None:
    by_name = {reading["name"]: reading for reading in told()["debt"]["readings"]}
    assert by_name["pro_forma_principal"]["value"] == pytest.approx(told()["debt"]["principal"])
    assert by_name["pro_forma_net"]["value"] == pytest.approx(told()["debt"]["net"])
    assert by_name["due_24_months"]["value"] == pytest.approx(told()["debt"]["due_24_months"])
    disclosed = done().deal.case.general.reported.principal
    assert disclosed is not None
    assert by_name["as_of_principal"]["value"] == pytest.approx(disclosed.value)
    for reading in by_name.values():
        assert reading["difference"] == pytest.approx(reading["value"] - told()["headline"]["debt"])
    assert told()["headline"]["debt_to_revenue"] == pytest.approx(7600 / 1915.426)


def test_t4_names_what_fails() -> None:
    moderate = done().deal.case.scenarios.moderate
    for pair, block in zip(told()["pairs"], done().deal.pairs.values(), strict=True):
        t4 = pair["tests"]["T4"]
        failing = [m for m in moderate if not done().under(m).read(block.row("covered_with_reserve"))]
        assert t4["value"] == len(failing)
        assert t4["pass"] is (not failing)
        assert all(name in t4["reason"].split(";")[0] for name in failing)


def test_support_is_what_guarantors_would_pay() -> None:
    called = sum(p["tests"]["T5"]["value"] for p in told()["pairs"] if p["grade"] == "C-G")
    assert told()["support"]["guarantee"] == pytest.approx(called)


def test_verdicts_are_the_pairs() -> None:
    assert done().verdicts == pair_records(done()) == told()["pairs"]


def h2(pairs: list[tuple[str, float]], assumed: bool) -> str:
    """H2 of the claim on pairs with these grades and debts."""
    words = Sourced("x", "test")
    told = Claim("Claim", assumed=float(assumed), pairs=float(len(pairs)), allocation=words, fails_in_words=words,
                 stands_in=[Sourced(float(g in "AB")) for g, _ in pairs],
                 testable_in=[Sourced(float(g != "N")) for g, _ in pairs],
                 debt_in=[Sourced(size) for _, size in pairs], covered_in=[Sourced(0.0)], clcr_in=[Sourced(1.0)] * len(pairs),
                 names=[words] * len(pairs), grade_list=words, reasons=[words] * len(pairs), pool_covered=1.0,
                 without_contract=0.0, whole_covered=1.0, tolerance=1e-6, fails_in=[Sourced(float("D" in g)) for g, _ in pairs],
                 open_in=[Sourced(float(g == "C/D")) for g, _ in pairs], surely_in=[Sourced(float(g == "D")) for g, _ in pairs],
                 hidden_debt_in=[Sourced(size * (g == "N")) for g, size in pairs])
    return str(evaluate(Book([told], 1)).one(told.row("h2")))


@pytest.mark.parametrize(("pairs", "assumed", "expected"), [
    ([("A", 10.0), ("C-G", 5.0)], False, "holds"),
    ([("A", 10.0), ("C-VL", 5.0)], True, "holds_if_assumed"),
    ([("A", 10.0), ("D", 1.0)], False, "fails"),
    ([("N", 10.0), ("D", 1.0)], False, "fails"),
    ([("A", 10.0), ("N", 5.0)], True, "not_proven"),
    ([("B", 95.0), ("N", 5.0)], False, "not_proven"),  # 5 % is not below 5 %
    ([("B", 95.1), ("N", 4.9)], False, "holds"),
    ([("N", 4.9)], False, "not_proven"),
    ([("B", 0.0), ("N", 0.0)], False, "holds"),  # no debt is hidden debt
    ([("A", 10.0), ("C/D", 5.0)], False, "rerun"),
    ([("C/D", 5.0), ("D", 1.0)], False, "fails"),  # whatever support the first one has
])
def test_h2(pairs: list[tuple[str, float]], assumed: bool, expected: str) -> None:
    assert h2(pairs, assumed) == expected


# ---- files -----------------------------------------------------------------------------------------------------------


def test_cells_never_start_a_formula(tmp_path: Path) -> None:
    for evil in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "\uff1d1", "\uff20x"):
        assert safe(evil) == "'" + evil
    assert safe(-0.1) == -0.1
    assert safe(None) == ""
    pair = {**told()["pairs"][0], "reason": '=HYPERLINK("http://x")', "contracts": ["@SUM(A1)"]}
    write_verdicts({**told(), "pairs": [pair]})(tmp_path / "v.csv")
    text = (tmp_path / "v.csv").read_text("utf-8")
    line = next(csv.DictReader(text.splitlines()))
    assert line["reason"].startswith("'=")
    assert line["contracts"].startswith("'@")
    assert float(line["principal"]) == pair["principal"]


def test_all_files_or_none(tmp_path: Path) -> None:
    good = {"a.txt": lambda p: p.write_text("old a"), "b.txt": lambda p: p.write_text("old b")}
    write_all(tmp_path, good)

    def broken(path: Path) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        write_all(tmp_path, {"a.txt": lambda p: p.write_text("new a"), "b.txt": broken})
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"a.txt": "old a", "b.txt": "old b"}


def test_a_file_that_cannot_be_replaced_brings_back_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old a")
    (tmp_path / "b.txt").mkdir()  # stands for a file that another program holds open
    with pytest.raises(OutputError):
        write_all(tmp_path, {"a.txt": lambda p: p.write_text("new a"), "b.txt": lambda p: p.write_text("new b")})
    assert (tmp_path / "a.txt").read_text() == "old a"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "b.txt"]


def test_an_interrupted_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("old")

    def interrupted(path: Path) -> None:
        path.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_all(tmp_path, {"run.json": write_json(told()), "b": interrupted})
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]
    assert (tmp_path / "run.json").read_text() == "old"
