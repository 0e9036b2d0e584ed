"""Projected against reported: a deal worked out by hand, the three starts of CoreWeave, the file of actuals, the command."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from model.backtest import CAUSES, Backtest, Compared, backtest, read_actuals
from model.cases import Run
from model.cli import main
from model.errors import InputError, RequestError
from model.inputs.actuals import HEADER
from tests.delivered import the_run
from tests.strategies import contract, deal_of, draw, loan, num, repay, run_deal, tranche

ROOT = Path(__file__).parents[1]
ACTUALS = ROOT / "inputs" / "actuals" / "coreweave.csv"
STARTS = {"coreweave-ipo": date(2024, 12, 31), "coreweave-2025-03": date(2025, 3, 31), "coreweave-2025-06": date(2025, 6, 30)}
D24, M25, J25, S25, D25, J26 = (date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30),
                                date(2025, 12, 31), date(2026, 6, 30))

# ---- a deal worked out by hand ---------------------------------------------------------------------------------------
# Projected on 30 June 2025, from 120 + 100 + 60 + 40 = 320 on 31 December 2024:
#   term    120 - 2 x 10                        = 100        12 %: 3.6 + 3.3
#   delayed 100 + 20 on 15 February             = 120         8 %: 2.0 + 2.0 + 20 x 8 % x 135 / 360 = 0.6
#   vendor   60 - 2 x 15 + 12 on 31 May         =  42        10 %: 1.5 + 1.125 + 12 x 10 % x 30 / 360 = 0.1
#   pik      40 x 1.03 x 1.03                   =  42.436    12 %: 1.2 + 1.236, added
#   revolver                                        0
# The term loan's cost of 5.277 runs off with its balance x days: 120 x 90 + 110 x 91 + 100 x 92 + 90 x 92 + 80 x 181 = 52,770,
# of which 20,810 in the first half: 2.081.
# In all 304.436; drawn 20, without cash 12 + 2.436, repaid 50, contractual interest 16.661.
REPORTED = """
,2024-12-31,all,balance,320
,2025-03-31,all,balance,330
,2025-06-30,all,balance,579.4
,2025-06-30,term,balance,92
,2025-06-30,delayed,balance,150
,2025-06-30,vendor,balance,70
,2025-06-30,pik,balance,42.4
,2025-06-30,revolver,balance,25
,2025-06-30,notes,balance,200
2024-12-31,2025-03-31,all,cash_drawn,30
2024-12-31,2025-06-30,all,cash_drawn,275
2024-12-31,2025-03-31,all,added_without_cash,5
2025-03-31,2025-06-30,all,added_without_cash,32.4
2024-12-31,2025-03-31,all,repaid,25
2024-12-31,2025-06-30,all,repaid,53
2024-12-31,2025-03-31,term,repaid,12
2024-12-31,2025-06-30,term,repaid,28
2024-12-31,2025-06-30,vendor,repaid,25
2024-12-31,2025-06-30,delayed,added,50
2024-12-31,2025-06-30,vendor,added,35
2024-12-31,2025-06-30,pik,paid_in_kind,2.4
2024-12-31,2025-06-30,revolver,net_drawn,25
2024-12-31,2025-06-30,all,interest_on_debt,20
2024-12-31,2025-06-30,all,interest_capitalised,2
2024-12-31,2025-06-30,all,contractual_interest,21
2024-12-31,2025-05-31,all,contractual_interest,17
,2025-06-30,all,due_in_2025,60
,2025-06-30,all,due_in_2026,319.4
,2025-06-30,all,due_after_2026,200
,2025-06-30,revolver,due_in_2026,25
,2025-06-30,term,due_in_2026,70
,2025-06-30,notes,due_after_2026,200
2024-12-31,2025-06-30,all,revenue,50
2024-06-30,2024-12-31,all,revenue,50
2024-09-30,2025-06-30,all,revenue,75
,2030-06-30,all,balance,1
"""


@cache
def by_hand(revolver: float = 0, revolver_ends: date = date(2026, 12, 31)) -> Run:
    quarters = [M25, J25, S25, D25]
    tens, fifteens = (repay("fixed", amounts=[{"date": d, "amount": num(n)} for d in quarters]) for n in (10, 15))
    deal = deal_of(
        D24, 24, [contract("c", tranche(date(2025, 1, 1), date(2026, 12, 31), 10.0))],
        [loan("term", J26, 120, 0.12, tens, kind="term_loan", unamortised_cost=num(5.277)),
         loan("delayed", date(2026, 12, 31), 100, 0.08, repay("bullet"), kind="delayed_draw", draws=[draw(date(2025, 2, 15), 20)],
              undrawn_before=num(20), availability_end={"value": J26, "source": "test", "grade": "assumed"}),
         loan("vendor", date(2026, 3, 31), 60, 0.10, fifteens, draws=[draw(date(2025, 5, 31), 12, {2026: 12})]),
         loan("pik", date(2026, 12, 31), 40, 0.12, repay("bullet"), kind="in_kind", box=None, in_kind=num(1, "share")),
         loan("revolver", revolver_ends, revolver, 0.08, repay("bullet"), kind="revolver", box=None, undrawn_before=num(50),
              availability_end={"value": revolver_ends, "source": "test", "grade": "assumed"})])
    return run_deal(deal)


def written(folder: Path, lines: str, head: str = ",".join(HEADER)) -> Path:
    """A file of reported figures; every line gets the same unit, source and grade."""
    path = folder / "told.csv"
    text = [line + ",USD m,a filing,filing," for line in lines.strip().splitlines()]
    path.write_text("\n".join([head, *text, ""]), "utf-8")
    return path


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Backtest:
    return backtest(by_hand(), read_actuals(written(tmp_path_factory.mktemp("told"), REPORTED)))


def named(done: Backtest, item: str, instrument: str = "all", until: date = J25, since: date | None = None) -> Compared:
    found = done.find(item, instrument, until, since)
    assert found is not None
    return found


POINTS = [  # item, instrument, projected, causes
    ("balance", "all", 304.436, {"revolver": -25, "new_debt": -230, "without_cash": -22.964, "repaid": 3}),
    ("balance", "term", 100, {"repaid": 8}),
    ("balance", "delayed", 120, {"new_debt": -30}),
    ("balance", "vendor", 42, {"without_cash": -23, "repaid": -5}),
    ("balance", "pik", 42.436, {"without_cash": 0.036}),
    ("balance", "revolver", 0, {"revolver": -25}),
    ("balance", "notes", 0, {"new_debt": -200}),
    ("due_in_2025", "all", 50, {"rest": -10}),  # 2 x 10 of term, 2 x 15 of vendor
    ("due_in_2026", "all", 254.436, {"revolver": -25, "repaid": 10, "rest": -49.964}),  # 80 + 12 + 42.436 + 120
    ("due_after_2026", "all", 0, {"new_debt": -200}),
    ("due_in_2026", "term", 80, {"repaid": 10}),
]
FLOWS = [
    ("cash_drawn", "all", 20, {"revolver": -25, "new_debt": -30, "rest": -200}),  # nobody reported the issue of the notes
    ("repaid", "all", 50, {"repaid": -3}),
    ("repaid", "term", 20, {"repaid": -8}),
    ("added", "vendor", 12, {"without_cash": -23}),
    ("added", "delayed", 20, {"new_debt": -30}),
    ("paid_in_kind", "pik", 2.436, {"without_cash": 0.036}),
    ("net_drawn", "revolver", 0, {"revolver": -25}),
    ("revenue", "all", 60, {"rest": 10}),
]


@pytest.mark.parametrize(("item", "instrument", "projected", "causes"), POINTS)
def test_a_figure_on_a_date_as_worked_out_by_hand(
        hand: Backtest, item: str, instrument: str, projected: float, causes: dict[str, float]) -> None:
    found = named(hand, item, instrument)
    assert found.projected == pytest.approx(projected, abs=1e-9)
    assert found.causes == pytest.approx(dict.fromkeys(CAUSES, 0.0) | causes, abs=1e-9)


@pytest.mark.parametrize(("item", "instrument", "projected", "causes"), FLOWS)
def test_a_flow_as_worked_out_by_hand(
        hand: Backtest, item: str, instrument: str, projected: float, causes: dict[str, float]) -> None:
    found = named(hand, item, instrument, since=D24)
    assert found.projected == pytest.approx(projected, abs=1e-9)
    assert found.causes == pytest.approx(dict.fromkeys(CAUSES, 0.0) | causes, abs=1e-9)


def test_interest_is_split_by_the_debt_that_was_missed_at_the_rate_that_was_reported(hand: Backtest) -> None:
    """Balances of 320, 330 and 579.4 after 0, 90 and 181 days; in March 10 of draws and 3.8 without cash were missed."""
    found = named(hand, "interest_on_debt", since=D24)
    assert found.projected == pytest.approx(16.661 + 2.081)
    first, middle, last = 45 / 181, 1 / 2, 45.5 / 181
    rate = (20 + 2) / (320 * first + 330 * middle + 579.4 * last)
    causes = {"revolver": -25 * last * rate, "new_debt": (-10 * middle - 230 * last) * rate,
              "without_cash": (-3.8 * middle - 22.964 * last) * rate, "repaid": 3 * last * rate, "capitalised": 2.0}
    causes["rest"] = 18.742 - 20 - sum(causes.values())
    assert found.causes == pytest.approx(causes, abs=1e-9)
    plain = named(hand, "contractual_interest", since=D24)
    assert plain.projected == pytest.approx(16.661)
    assert plain.causes["capitalised"] == 0
    unknown = named(hand, "contractual_interest", until=date(2025, 5, 31), since=D24)  # debt of that day was not reported
    assert unknown.causes == pytest.approx(dict.fromkeys(CAUSES, 0.0) | {"rest": unknown.error})
    assert plain.causes["revolver"] == pytest.approx(-25 * last * rate * 21 / 22)


def test_figures_outside_the_timeline_are_left_out_and_counted(hand: Backtest) -> None:
    """The balance of the start, flows that begin before it, a balance after the end; capitalised interest is not compared."""
    assert hand.left_out == 4
    assert [c.actual.value for c in hand.lines if c.actual.item == "revenue"] == [50]
    assert not [c for c in hand.lines if c.actual.item == "interest_capitalised" or c.actual.until > date(2026, 12, 31)]
    assert (hand.debt_at_start, hand.reported_at_start) == (320, 320)


def test_a_revolver_that_was_repaid_is_no_repayment_of_other_debt(tmp_path: Path) -> None:
    """30 drawn at the start and 20 of it repaid, which nothing foresaw; all else as projected."""
    lines = """
,2025-06-30,all,balance,314.436
2024-12-31,2025-06-30,all,cash_drawn,20
2024-12-31,2025-06-30,all,added_without_cash,14.436
2024-12-31,2025-06-30,all,repaid,70
2024-12-31,2025-06-30,revolver,net_drawn,-20
"""
    done = backtest(by_hand(revolver=30), read_actuals(written(tmp_path, lines)))
    for item, since, error in (("balance", None, 20), ("repaid", D24, -20)):
        found = named(done, item, since=since)
        assert found.error == pytest.approx(error)
        assert found.causes == pytest.approx(dict.fromkeys(CAUSES, 0.0) | {"revolver": error}, abs=1e-9)
    assert named(done, "cash_drawn", since=D24).causes == pytest.approx(dict.fromkeys(CAUSES, 0.0), abs=1e-9)


def test_a_revolver_that_was_not_reported_counts_among_draws_and_repayments(tmp_path: Path) -> None:
    """30 of a revolver fall due in March, as projected and as it came; its own flow is known for another span alone."""
    lines = """
,2025-06-30,all,balance,304.436
2024-12-31,2025-06-30,all,cash_drawn,20
2024-12-31,2025-06-30,all,added_without_cash,14.436
2024-12-31,2025-06-30,all,repaid,80
2025-06-30,2025-09-30,revolver,net_drawn,0
"""
    done = backtest(by_hand(revolver=30, revolver_ends=M25), read_actuals(written(tmp_path, lines)))
    assert named(done, "balance").causes == pytest.approx(dict.fromkeys(CAUSES, 0.0), abs=1e-9)
    assert named(done, "repaid", since=D24).causes == pytest.approx(dict.fromkeys(CAUSES, 0.0), abs=1e-9)


def test_without_flows_the_table_of_the_day_explains_debt_instrument_by_instrument(tmp_path: Path) -> None:
    kept = "\n".join(line for line in REPORTED.strip().splitlines() if ",all,cash_drawn" not in line)
    found = named(backtest(by_hand(), read_actuals(written(tmp_path, kept))), "balance")
    assert found.causes == pytest.approx(dict.fromkeys(CAUSES, 0.0) | {
        "revolver": -25, "new_debt": -230, "without_cash": -22.964, "repaid": 3}, abs=1e-9)
    part = "\n".join(line for line in kept.splitlines() if ",notes,balance" not in line)
    found = named(backtest(by_hand(), read_actuals(written(tmp_path, part))), "balance")
    assert found.causes["rest"] == pytest.approx(found.error)  # a table that does not add up explains nothing


def test_a_file_without_a_figure_inside_the_timeline_is_no_backtest(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no figure lies between 2024-12-31"):
        backtest(by_hand(), read_actuals(written(tmp_path, ",2024-12-31,all,balance,320")))


# ---- the three starts of CoreWeave -----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=list(STARTS))
def start(request: pytest.FixtureRequest) -> tuple[str, Run, Backtest]:
    ran = the_run(request.param)
    return request.param, ran, backtest(ran, read_actuals(ACTUALS))


def test_causes_add_up_to_every_error(start: tuple[str, Run, Backtest]) -> None:
    for c in start[2].lines:
        assert sum(c.causes.values()) == pytest.approx(c.projected - c.actual.value, abs=1e-9), c.actual
        assert set(c.causes) == set(CAUSES)
        assert c.in_case or c.projected == 0


def test_total_debt_is_explained_without_a_rest_where_its_flows_were_reported(start: tuple[str, Run, Backtest]) -> None:
    for day in (M25, J25, S25, D25):
        if day > start[2].as_of:
            assert named(start[2], "balance", until=day).causes["rest"] == pytest.approx(0, abs=2e-3)


def test_what_falls_due_adds_up_to_what_is_owed(start: tuple[str, Run, Backtest]) -> None:
    for day in (J25, D25, J26):
        parts = [c.projected for c in start[2].lines
                 if c.actual.due_year and c.actual.instrument == "all" and c.actual.until == day]
        if parts:
            assert sum(parts) == pytest.approx(named(start[2], "balance", until=day).projected, abs=1e-6)


# From the tables of SOURCES.md: what the filings' totals by year leave for the model, not what it says itself.
EXPECTED = {
    "coreweave-ipo": {
        ("balance", "all", D25): 8033.477 + 473 + 160 + 41 - (2483.202 + 46.523 + 80 + 17.083),
        ("repaid", "all", D25): 2483.202 + 46.523 + 80 + 17.083,
        ("cash_drawn", "all", D25): 473,
        ("added_without_cash", "all", D25): 201,
        ("due_in_2026", "all", J25): 3102.384 + 220.573 + 80 + 20.5,
        ("due_in_2027", "all", D25): 1771.071 + 129.427 + 3.417,
        ("balance", "ddtl-1", D25): 2012.5 - 679.381,
    },
    "coreweave-2025-03": {
        ("balance", "ddtl-2", J25): 4316.819,
        ("due_in_2026", "all", J25): 3459.914,
        ("due_in_2028", "all", D25): 608.728,
        ("repaid", "term-loan-2024", J25): 1000,
        ("balance", "revolver", D25): 50,
    },
    "coreweave-2025-06": {
        ("repaid", "all", D25): 986.052,
        ("due_in_2026", "all", D25): 4218.457,
        ("due_in_2028", "all", D25): 1010.054,
        ("balance", "ddtl-1", D25): 1782.5 - 230,
        ("balance", "notes-2030", D25): 2000,
        ("cash_drawn", "all", D25): 0,
    },
}
SINCE_START = ("repaid", "cash_drawn", "added_without_cash")


def test_projections_are_what_the_disclosed_totals_leave(start: tuple[str, Run, Backtest]) -> None:
    name, _, done = start
    for (item, instrument, until), value in EXPECTED[name].items():
        since = None
        if item in SINCE_START:
            since = done.as_of if instrument == "all" else M25
        found = named(done, item, instrument, until, since)
        assert found.projected == pytest.approx(value, abs=2e-3), (item, instrument, until)


def test_a_start_holds_what_was_reported_on_its_day_and_plans_nothing_after_it(start: tuple[str, Run, Backtest]) -> None:
    name, ran, done = start
    told = {(r["instrument"], r["date"]): float(r["value"]) for r in raw() if r["item"] == "balance"}
    files = ran.deal.lending.files
    for key, file in files.items():
        assert file.balance.value == pytest.approx(told.get((key, str(done.as_of)), file.balance.value)), key
        last = M25 if name == "coreweave-ipo" else done.as_of  # the listing's own flows were public on its day
        assert all(d.date <= last for d in (*file.draws, *file.proceeds)), key
    assert done.as_of == STARTS[name]
    assert done.debt_at_start == pytest.approx(told["all", str(done.as_of)])


def test_no_start_reads_a_rate_that_was_published_after_it() -> None:
    """One path of rates for all: what was known in March 2025. No later reading enters it."""
    listing = (ROOT / "inputs" / "coreweave-ipo" / "curves" / "term-sofr.csv").read_text("utf-8")
    values = {line.split(",")[0]: line.split(",")[1] for line in listing.splitlines()}
    for name, day in STARTS.items():
        lines = (ROOT / "inputs" / name / "curves" / "term-sofr.csv").read_text("utf-8").splitlines()[1:]
        assert lines[0].startswith(str(day))
        assert all(values[line.split(",")[0]] == line.split(",")[1] for line in lines)


def test_a_start_is_complete_and_balances(start: tuple[str, Run, Backtest]) -> None:
    """Every check holds, nothing looks odd, T4 has a set to run, and no debt on GPUs is left without a contract."""
    _, ran, _ = start
    assert not [c.title for c in ran.deal.checks if ran.read(c.row("failed"))]
    assert ran.deal.case.warnings == ()
    assert ran.deal.case.scenarios.moderate == ["delay-3-months", "price-down-10", "rates-up-100"]
    assert {ran.read(pair.row("grade")) for pair in ran.deal.pairs.values()} <= {"C-G", "D"}


@pytest.mark.parametrize("name", ["coreweave-2025-03", "coreweave-2025-06"])
def test_a_start_cites_no_later_report(name: str) -> None:
    """Filings of 2026, and reports after that of June 2025, are hindsight; one repeats a limit signed in May 2025."""
    later = ("0001769628260", "000176962825000033", "000176962825000062", "000176962825000047", "viralles.com", "0B05C44256")
    lines = [line for file in sorted((ROOT / "inputs" / name).rglob("*.*ml")) for line in file.read_text("utf-8").splitlines()]
    cited = [line.split(":")[0].strip() for line in lines if any(mark in line for mark in later)]
    assert cited == (["undrawn_before"] if name == "coreweave-2025-06" else [])


def test_a_scenario_moves_the_projection() -> None:
    ran, told = the_run("coreweave-2025-03"), read_actuals(ACTUALS)
    base, high = backtest(ran, told), backtest(ran.under("rates-up-100"), told)
    assert high.scenario == "rates-up-100"
    more = [named(b, "interest_on_debt", until=D25, since=S25).projected for b in (base, high)]
    floating = sum(named(base, "balance", key, S25).projected for key in ("ddtl-1", "ddtl-2"))
    assert more[1] - more[0] == pytest.approx(0.01 * floating * 92 / 360, rel=0.1)  # a point on the floating balance
    assert named(high, "balance", until=D25).projected == named(base, "balance", until=D25).projected


# ---- the file of actuals ---------------------------------------------------------------------------------------------


def raw() -> list[dict[str, str]]:
    with ACTUALS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def value(item: str, since: date | None, until: date, instrument: str = "all") -> float:
    found = [float(r["value"]) for r in raw() if (r["item"], r["from"], r["date"], r["instrument"]) == (
        item, str(since or ""), str(until), instrument)]
    assert len(found) == 1, (item, since, until)
    return found[0]


@pytest.mark.parametrize("day", [D24, J25, D25, J26])
def test_the_instruments_of_a_full_table_add_up_to_all_debt(day: date) -> None:
    parts = sum(float(r["value"]) for r in raw() if r["item"] == "balance" and r["date"] == str(day) and r["instrument"] != "all")
    assert parts == pytest.approx(value("balance", None, day), abs=0.001)


@pytest.mark.parametrize("day", [J25, D25, J26])
def test_a_maturities_table_adds_up_to_all_debt(day: date) -> None:
    table = [r for r in raw() if r["item"].startswith("due_") and (r["date"], r["instrument"]) == (str(day), "all")]
    parts = sum(float(r["value"]) for r in table)
    assert parts == pytest.approx(value("balance", None, day), abs=0.5)


SPANS = [(D24, M25), (M25, J25), (J25, S25), (S25, D25), (D24, D25), (M25, S25), (M25, D25), (J25, D25)]


@pytest.mark.parametrize(("since", "until"), SPANS)
def test_flows_lead_from_one_balance_to_the_next(since: date, until: date) -> None:
    moved = value("cash_drawn", since, until) + value("added_without_cash", since, until) - value("repaid", since, until)
    assert value("balance", None, since) + moved == pytest.approx(value("balance", None, until), abs=1e-3)


@pytest.mark.parametrize("item", ["repaid", "cash_drawn", "added_without_cash", "interest_on_debt", "revenue"])
def test_quarters_add_up_to_the_year(item: str) -> None:
    parts = sum(value(item, since, until) for since, until in SPANS[:4])
    assert parts == pytest.approx(value(item, D24, D25), abs=0.1)


def test_every_figure_of_the_year_is_that_of_the_data_page() -> None:
    """The figures that DATA.md names: 3,399 repaid, about 5.2bn without cash, 420 as the difference of two filings."""
    assert value("repaid", D24, D25) == 3399
    assert value("added_without_cash", D24, D25) == pytest.approx(5151.523)
    assert value("repaid", S25, D25) == pytest.approx(420.15)
    careful = next(r for r in raw() if (r["item"], r["from"], r["instrument"]) == ("repaid", str(S25), "all"))
    assert careful["grade"] == "derived"
    assert "care" in careful["note"]


def test_a_span_is_one_line_or_lines_without_a_gap(tmp_path: Path) -> None:
    told = read_actuals(written(tmp_path, """
2024-12-31,2025-03-31,all,repaid,1
2025-03-31,2025-06-30,all,repaid,2
2025-06-30,2025-09-30,all,repaid,8
2025-09-30,2025-12-31,all,repaid,4
2024-12-31,2025-09-30,all,repaid,10
2024-12-31,2025-03-31,x,repaid,0.5
2025-03-31,2025-09-30,x,repaid,0.25
2025-03-31,2025-06-30,x,repaid,0.125
"""))
    assert told.over("repaid", "all", D24, J25) == 3
    assert told.over("repaid", "all", D24, D25) == 14  # 10 + 4: the longest line first, not 1 + 2 + 8 + 4
    assert told.over("repaid", "x", D24, D25) is None  # nobody reported its fourth quarter
    assert told.over("repaid", "all", D24, D24) == 0
    assert told.over("repaid", "y", D24, J25) is None
    assert {line.value for line in told.inside("repaid", D24, D25)} == {0.5, 0.25}
    assert {line.value for line in told.inside("repaid", M25, J25)} == {0.125}


GOOD = ",2025-06-30,all,balance,100,USD m,a filing,filing,"
BAD: list[tuple[str, str, str]] = [  # line, column, what is allowed
    (",2025-06-29,all,balance,100,USD m,a filing,filing,", "date", "a month end"),
    (",2025-02-30,all,balance,100,USD m,a filing,filing,", "date", "a month end"),
    (",20250630,all,balance,100,USD m,a filing,filing,", "date", "a month end"),
    (",30.06.2025,all,balance,100,USD m,a filing,filing,", "date", "a month end"),
    ("2025-03-31,2025-06-30,all,balance,100,USD m,a filing,filing,", "from", "nothing: balance stands on a date"),
    (",2025-06-30,all,repaid,100,USD m,a filing,filing,", "from", "the month end before the first day"),
    ("2025-06-30,2025-06-30,all,repaid,100,USD m,a filing,filing,", "from", "a date before 2025-06-30"),
    ("2025-03-30,2025-06-30,all,repaid,100,USD m,a filing,filing,", "from", "a month end"),
    (",2025-06-30,all,balanse,100,USD m,a filing,filing,", "item", "one of balance"),
    (",2025-06-30,all,due_in_2024,100,USD m,a filing,filing,", "item", "a year from 2025 on"),
    (",2025-06-30,DDTL 1,balance,100,USD m,a filing,filing,", "instrument", "the id of an instrument"),
    ("2025-03-31,2025-06-30,oem,cash_drawn,100,USD m,a filing,filing,", "instrument", "all, for cash_drawn"),
    ("2025-03-31,2025-06-30,all,added,100,USD m,a filing,filing,", "instrument", "one instrument, for added"),
    (",2025-06-30,all,balance,-1,USD m,a filing,filing,", "value", "at least 0"),
    (',2025-06-30,all,balance,"1,000",USD m,a filing,filing,', "value", "a plain number"),
    (",2025-06-30,all,balance,nan,USD m,a filing,filing,", "value", "a plain number"),
    (",2025-06-30,all,balance,100,USD bn,a filing,filing,", "unit", "unit must be 'USD m'"),
    (",2025-06-30,all,balance,100,USD m,,filing,", "source", "where it was reported"),
    (f",2025-06-30,all,balance,100,USD m,{'x' * 401},filing,", "source", "at most 400"),
    (f",2025-06-30,all,balance,100,USD m,a filing,filing,{'x' * 401}", "note", "at most 400"),
    (",2025-06-30,all,balance,100,USD m,a filing,A,", "grade", "one of filing"),
    (",2025-06-30,all,balance,100,USD m,a filing,filing", "columns", "9 cells"),
    (f"{GOOD}\n{GOOD}", "item", "a figure once; it stands on line 2"),
    (f"{GOOD}\n,2025-06-30,oem,balance,101.5,USD m,a filing,filing,", "value",
     "at least what single instruments add up to, 101.500"),
]


@pytest.mark.parametrize(("line", "column", "allowed"), BAD)
def test_a_wrong_line_is_refused_at_its_place(tmp_path: Path, line: str, column: str, allowed: str) -> None:
    path = tmp_path / "told.csv"
    path.write_text(",".join(HEADER) + "\n" + line + "\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_actuals(path)
    (found,) = caught.value.findings
    last = 1 + len(line.splitlines()) - ("add up" in allowed)
    assert (found.file, found.line, found.field) == ("told.csv", last, column)
    assert allowed in found.allowed


@pytest.mark.parametrize(("raw_bytes", "allowed"), [
    (b"date,value\n2025-06-30,1\n", "the header from,date"), (b"", "the header from,date"), (b"\xff\xfe", "UTF-8 text"),
    ((",".join(HEADER) + "\n").encode(), "at least one line"), ((",".join(HEADER) + '\n"x').encode(), "CSV text"),
    (b"x" * 2_000_001, "at most 2000000 bytes")])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, raw_bytes: bytes, allowed: str) -> None:
    path = tmp_path / "told.csv"
    path.write_bytes(raw_bytes)
    with pytest.raises(InputError) as caught:
        read_actuals(path)
    assert allowed in caught.value.findings[0].allowed


# ---- the command -----------------------------------------------------------------------------------------------------


def call(*args: object) -> Result:
    return CliRunner().invoke(main, ["backtest", *map(str, args)])


def test_the_command_prints_the_table_and_writes_it(tmp_path: Path) -> None:
    result = call(ROOT / "inputs" / "coreweave-ipo", "--actuals", ACTUALS, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert [p.name for p in tmp_path.iterdir()] == ["backtest.csv"]
    with (tmp_path / "backtest.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wanted = ("repaid", "2024-12-31", "2025-12-31", "all")
    year = next(r for r in rows if (r["item"], r["from"], r["date"], r["instrument"]) == wanted)
    assert float(year["projected"]) == pytest.approx(2626.808, abs=1e-3)
    assert float(year["error_percent"]) == pytest.approx(100 * (2626.808 / 3399 - 1), abs=1e-3)
    assert sum(float(year[f"because_{key}"]) for key in CAUSES) == pytest.approx(float(year["error"]), abs=1e-9)
    assert year["grade"] == "transcription"
    assert "https://" in year["source"]
    text = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "2024-12-31 2025-12-31 all 2,626.8 3,399.0 -772.2 -22.7% +134.7 -906.9" in text
    assert "2025-06-30 notes-2030 (new) 0.0 2,000.0 -2,000.0 -100.0% 0.0 -2,000.0 0.0 0.0 0.0" in text
    assert any(line.startswith("Debt at the start: 8,033.5 in the case, 8,033.5 reported.") for line in text)


def test_wrong_words_and_files_are_refused_with_exit_status_2(tmp_path: Path) -> None:
    case = tmp_path / "small"
    assert CliRunner().invoke(main, ["new", str(case)]).exit_code == 0
    assert call(case).exit_code == 2
    assert "no scenario called 'bad'" in call(case, "--actuals", ACTUALS, "--scenario", "bad").output
    missing = call(case, "--actuals", tmp_path / "none.csv")
    assert missing.exit_code == 2
    assert "a file of reported figures" in missing.output
    early = tmp_path / "early.csv"
    early.write_text(",".join(HEADER) + "\n,2014-06-30,all,balance,1,USD m,x,filing,\n", "utf-8")
    assert call(case, "--actuals", early, "--out", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_findings_of_file_and_case_come_at_once(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(",".join(HEADER) + "\n,2024-06-30,all,balance,1,USD,x,filing,\n", "utf-8")
    result = call(tmp_path / "no-case", "--actuals", bad)
    assert result.exit_code == 2
    assert "bad.csv:2: error: unit" in result.output
    assert "a case folder" in result.output


def test_an_earlier_table_stands_when_nothing_can_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "out"
    blocked.write_text("a file where the folder should be", "utf-8")
    result = call(ROOT / "inputs" / "coreweave-2025-06", "--actuals", ACTUALS, "--out", blocked)
    assert result.exit_code == 3
    assert blocked.read_text("utf-8") == "a file where the folder should be"


def test_a_table_has_the_columns_of_its_kind(start: tuple[str, Run, Backtest]) -> None:
    from model.report.backtest_page import rows

    told: list[dict[str, Any]] = rows(start[2])
    assert len(told) == len(start[2].lines)
    assert {r["case"] for r in told} == {start[0]}
    assert all(r["error"] == r["projected"] - r["reported"] for r in told)
    assert {r["in_case"] for r in told} == {"yes", "no"}
