"""The catalogue of stresses: complete, sourced, true to the case list; judged as scenarios that a user writes by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from model.cases import Run, load, run
from model.deal import Deal
from model.inputs.schema import ScenariosFile
from model.inputs.values import GRADES
from model.record import record as run_record
from model.report import stress_page
from model.report.answers import of_scenarios
from model.sheet import Block
from model.stress.catalogue import OPERATIONS, SEVERITIES, Move, catalogue, entries_of
from model.stress.drivers import WHOLE, drivers_of
from model.stress.grids import GRIDS, STEPS
from model.stress.record import H_WORDS, lines, record
from model.stress.scenarios import scenarios_of
from model.stress.selectors import SELECTORS, Look
from model.verdict import first_failure
from tests.delivered import EVERY_KIND, INPUTS, STARTER
from tests.delivered import the_run as base_of
from tests.oracle import Rows
from tests.strategies import contract, deal_of, loan, num, repay, run_deal, tranche
from tests.test_golden_verdicts import worked_out

pytestmark = pytest.mark.slow

IPO = INPUTS / "coreweave-ipo"
Json = Any
told_of: Callable[[Path], Json] = cache(lambda path: record(base_of(path)))


# ---- the catalogue ---------------------------------------------------------------------------------------------------

SIZES = {"S05": 2, "S06": 2, "S07": 3, "S10": 2, "S17": 2, "S18": 2}  # rows of the case list with several sizes


def test_all_rows_of_the_case_list_are_there_in_every_size() -> None:
    rows = [f"S{n:02d}" for n in range(1, 33)]
    wanted = [row + letter for row in rows for letter in ("abc"[:SIZES[row]] if row in SIZES else [""])]
    assert list(catalogue()) == wanted


def moves(entry: Any) -> list[Move]:
    found: list[Move] = []
    for move in entry.moves:
        while move is not None:
            found.append(move)
            move = move.otherwise
    return found


@pytest.mark.parametrize("key", catalogue())
def test_every_entry_says_why_how_much_and_by_whom(key: str) -> None:
    entry = catalogue()[key]
    assert entry.grade in GRADES
    assert entry.severity in SEVERITIES
    assert all(0 < len(text) <= 400 for text in (entry.title, entry.reason, entry.size, entry.source))
    assert f"Case list {entry.row}," in entry.source
    assert re.fullmatch(r"[a-z0-9-]+", entry.name)
    assert bool(entry.moves) != bool(entry.parts)
    assert all(move.what in SELECTORS and move.operation in OPERATIONS for move in moves(entry))


def fields() -> set[str]:
    """Every input of any block of the model."""
    from model.sheet import givens

    def below(cls: type[Block]) -> set[type[Block]]:
        return {cls}.union(*(below(sub) for sub in cls.__subclasses__()))

    return {name for cls in below(Block) for name in givens(cls)}


def test_the_words_of_the_catalogue_are_a_closed_list() -> None:
    every = [move for entry in catalogue().values() for move in moves(entry)]
    assert {move.what for move in every} == set(SELECTORS)
    assert {move.field for move in every} <= fields()


SIZES_OF_THE_LIST = {  # from the case list, typed again here
    "S01": {"childress.late_days": 45.0}, "S04": {"drivers.delay_days": 365.0}, "S05b": {"drivers.delivered": 0.75},
    "S06a": {"drivers.uncollected": 0.15}, "S07b": {"drivers.sla_credits": 0.05}, "S10b": {"drivers.summer_power": 0.85},
    "S13": {"drivers.rent_escalation": 0.02}, "S14": {"drivers.rate_shift": 0.01}, "S15": {"drivers.rate_shift": 0.02},
    "S16": {"drivers.spread_reset": 0.0325}, "S17b": {"drivers.market_shut": 24.0, "drivers.revolver_drawn": 1.0},
    "S28": {"drivers.collateral_change": -0.272}, "S30": {"drivers.short_life": 1.0},
    "S19": {"drivers.market_decline": -0.46, "drivers.decline_until": 30.0},
    "S22": {"microsoft.renegotiated_after": 730.0, "microsoft.new_price_change": -0.2, "microsoft.extension_days": 365.0},
    "S23": {"microsoft.lost_after": 90.0, "microsoft.notice_days": 90.0, "microsoft.claim_recovery": 0.0},
}
FAILURE = {"lost_after": 730.0, "notice_days": 0.0, "claim_recovery": 0.4, "claim_days": 365.0}


def test_sizes_are_those_of_the_case_list() -> None:
    found = {one.entry.id: one.overrides for one in scenarios_of(base_of(INPUTS / "iren-microsoft"))}
    assert {key: found[key] for key in SIZES_OF_THE_LIST} == SIZES_OF_THE_LIST
    (fails,) = scenarios_of(base_of(INPUTS / "applied-digital"), ["S24"])
    assert {key.rpartition(".")[2]: value for key, value in fails.overrides.items()} == FAILURE


def test_the_combined_downside_is_its_five_parts() -> None:
    told = {one.entry.id: one for one in scenarios_of(base_of(EVERY_KIND))}
    parts = ["S02", "S08", "S14", "S18b", "S24"]
    joined = {key: value for part in parts for key, value in told[part].overrides.items()}
    assert told["S32"].overrides == joined
    assert len(joined) == sum(len(told[part].overrides) for part in parts), "no part undoes another"
    (shown,) = (one for one in told_of(EVERY_KIND)["scenarios"] if one["id"] == "S32")
    assert [part["id"] for part in shown["parts"]] == parts
    assert all(part["source"] and part["size"] for part in shown["parts"])


def test_a_row_with_sizes_is_lettered_and_one_without_is_not() -> None:
    row = {"id": "S98", "name": "n", "title": "t", "reason": "r", "source": "s", "grade": "assumed", "severity": "severe"}
    move = {"what": "the deal", "field": "delivered", "to": 1}
    one, *more = entries_of(row | {"sizes": [{"size": "x", "moves": [move]}]})
    assert (one.id, one.name, more) == ("S98", "n", [])
    both = entries_of(row | {"sizes": [{"size": "x", "moves": [move]}, {"size": "y", "severity": "moderate", "moves": [move]}]})
    assert [(e.id, e.row, e.name, e.severity) for e in both] == [
        ("S98a", "S98", "n-a", "severe"), ("S98b", "S98", "n-b", "moderate")]


# ---- what is picked --------------------------------------------------------------------------------------------------


def two_loans(**terms: Rows) -> Run:
    """Contracts a to d of 1, 2, 3 and 4 a month, on one loan."""
    span = (date(2025, 1, 1), date(2027, 12, 31))
    sold = [contract(key, tranche(*span, price), **terms.get(key, {})) for price, key in enumerate("abcd", start=1)]
    return run_deal(deal_of(date(2024, 12, 31), 48, sold, [loan("l", span[1], 20.0, 0.05, repay("level"))],
                            debt_share={"l": dict.fromkeys("abcd", 0.25)}, cash_share={key: {"l": 1.0} for key in "abcd"}))


def rated(value: bool) -> Rows:
    return {"investment_grade": {"value": value, "source": "test", "grade": "assumed"}}


def picked(what: str, run_: Run) -> list[str]:
    return list(SELECTORS[what].pick(Look(run_)))


LARGEST = "contracts of the largest customer not known to be investment grade"
WEAK = "contracts of customers not known to be investment grade"


def test_the_largest_weak_customer_is_known_to_be_weak_before_it_is_unknown() -> None:
    group = {"obligor_group": "G"}
    terms = {"a": rated(False) | group, "b": rated(False) | group, "c": rated(True), "d": {"obligor": "Z"}}
    assert picked(LARGEST, two_loans(**terms)) == ["a", "b"], "1 + 2 a month of one group; d is larger but unknown"
    assert picked(WEAK, two_loans(**terms)) == ["a", "b", "d"]
    assert picked(LARGEST, two_loans(**{key: rated(True) for key in "abc"})) == ["d"], "unknown where none is known"
    assert picked(LARGEST, two_loans(**{key: rated(True) for key in "abcd"})) == []
    assert picked("contracts of the largest customer", two_loans(**terms)) == ["d"], "whatever its rating"


def test_the_cluster_is_known_by_customer_group_or_name() -> None:
    terms = {"a": {"obligor": "OpenAI OpCo"}, "b": {"obligor_group": "openai"}, "c": {"name": "Pool for OpenAI"}}
    assert picked("contracts linked to OpenAI", two_loans(**terms)) == ["a", "b", "c"]


def test_places_are_those_with_most_capacity_to_come() -> None:
    assert picked("the site with most capacity to come", base_of(EVERY_KIND)) == ["denton"]
    assert picked("the landlord with most capacity to come", base_of(EVERY_KIND)) == ["core"]
    assert picked("the landlord with most capacity to come", base_of(STARTER)) == []
    assert picked("the tranche with the largest bill to come", base_of(STARTER)) == ["atlas.tranche-2"]


def test_a_share_of_the_price_is_a_share_of_the_monthly_bill() -> None:
    """2.8 % of a fee of 12 a month on top of 1.5, of 7.8 on top of 0.9."""
    (one,) = scenarios_of(base_of(STARTER), ["S08"])
    assert one.overrides["atlas.tranche-1.opex"] == pytest.approx(1.5 + 0.028 * 12, rel=2e-3)  # months of 28 to 31 days
    assert one.overrides["atlas.tranche-2.opex"] == pytest.approx(0.9 + 0.028 * 7.8, rel=2e-3)
    assert one.overrides["drivers.power_change"] == 0.5


def test_values_stay_inside_their_range_and_start_from_the_scenario() -> None:
    lossy = run_deal(deal_of(date(2024, 12, 31), 36, [contract("c", tranche(date(2025, 1, 1), date(2026, 12, 31), 5.0))],
                             [loan("l", date(2026, 12, 31), 20.0, 0.05, repay("level"))],
                             scenarios={"most": {"drivers.uncollected": 0.9}, "some": {"drivers.uncollected": 0.2}}))
    (base,) = scenarios_of(lossy, ["S06b"])
    (most,) = scenarios_of(lossy.under("most"), ["S06b"])
    (some,) = scenarios_of(lossy.under("some"), ["S06b"])
    assert [one.overrides["drivers.uncollected"] for one in (base, most, some)] == [0.25, 1.0, pytest.approx(0.45)]


# ---- judged as by hand -----------------------------------------------------------------------------------------------


@cache
def by_hand(path: Path) -> Run:
    """The same scenarios written into scenarios.yaml of the case, and run as any scenario is."""
    base = base_of(path)
    words = {"title": "t", "reason": "r", "source": "s", "grade": "assumed"}
    said = base.deal.case.scenarios
    every = {f"stress-{one.entry.id.lower()}": words | {"overrides": one.overrides} for one in scenarios_of(base)}
    file = ScenariosFile.model_validate({"moderate": list(said.moderate), "scenarios": {
        **{name: dict(one) for name, one in said.scenarios.items()}, **every}})
    return run(Deal(replace(base.deal.case, scenarios=file, general=base.deal.case.general.model_copy(
        update={"months": base.deal.timeline.count}))))


@pytest.mark.parametrize("path", [STARTER, EVERY_KIND, IPO], ids=lambda path: path.name)
def test_a_scenario_of_the_catalogue_is_the_scenario_written_by_hand(path: Path) -> None:
    """Another way through the program: overrides of a case file, evaluated whole, support found for each scenario there."""
    hand = by_hand(path)
    for one in told_of(path)["scenarios"]:
        seen = hand.under(f"stress-{one['id'].lower()}")
        claim = {name: str(seen.read(hand.deal.claim.row(name.lower()))) for name in ("H1", "H2", "H3a", "H3b")}
        assert one["claim"] == claim, one["id"]
        for pair in one["pairs"]:
            block = hand.deal.pairs[pair["id"]]
            assert pair["grade"] == str(seen.read(block.row("grade"))), (one["id"], pair["id"])
            for name in ("min_dscr", "min_clcr", "support_needed", "tail_months"):
                close(pair[name], seen.read.number(block.row(name)), (one["id"], pair["id"], name))
            assert pair["min_clcr_date"] == seen.read.day(block.row("min_clcr_date"))
            dates = {"T1": ("t1", "t1_date", "first_shortfall"), "T2": ("t2", "t2_date", "uncovered_balance"),
                     "T3": ("t3", "t3_date", "first_deficit")}
            failing = sorted((seen.read.day(block.row(when)), test, missing) for test, (flag, when, missing) in dates.items()
                             if not seen.read(block.row(flag)))
            first = pair["first_failure"]
            assert (first is None) == (not failing)
            if first is not None:
                assert (first["date"], first["test"]) == failing[0][:2]
                close(first["missing"], seen.read.number(block.row(failing[0][2])), (one["id"], pair["id"]))


def close(found: float | None, wanted: float | None, told: Any) -> None:
    assert (found is None) == (wanted is None), told
    if found is not None:
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-9), told


def test_the_company_is_told_as_the_run_tells_it() -> None:
    hand, checked = by_hand(IPO), 0
    for one in told_of(IPO)["scenarios"]:
        if one["id"] in ("S05b", "S14", "S17b", "S24", "cross-default-2026", "S32"):
            told = run_record(hand.under(f"stress-{one['id'].lower()}"))["company"]
            for name, test in one["company"].items():
                assert test["pass"] == told[name]["pass"], (one["id"], name)
                if test["value"] is not None:
                    close(test["value"], told[name]["value"], (one["id"], name))
                checked += 1
    assert checked >= 6 * 5


def test_tests_are_those_of_run_json() -> None:
    """T1 to T7 of the case as it stands, and under a scenario without a delay of its own."""
    for path in (STARTER, EVERY_KIND):
        base = base_of(path)
        plain = [one for one in told_of(path)["scenarios"] if one["origin"] == "case" and not any(
            "delay" in key or "late" in key for key in one["overrides"])]
        for told, seen in ((told_of(path)["base"], base), *((one, base.under(one["id"])) for one in plain)):
            wanted = {pair["id"]: pair for pair in run_record(seen)["pairs"]}
            for pair in told["pairs"]:
                for name, test in pair["tests"].items():
                    assert test["pass"] == wanted[pair["id"]]["tests"][name]["pass"], (name, pair["id"])
                    if name in ("T3", "T5", "T6"):
                        close(test["value"], wanted[pair["id"]]["tests"][name]["value"], name)
                assert pair["days_tolerated"] == wanted[pair["id"]]["tests"]["T7"]["value"]


def test_days_are_tolerated_on_top_of_a_scenario_that_is_late_itself() -> None:
    """So many days stand as the case is; after a delay of 20 so many less 20 are left."""
    sold = contract("c", tranche(date(2025, 1, 1), date(2027, 12, 31), 10.0))
    deal = deal_of(date(2024, 12, 31), 48, [sold], [loan("l", date(2027, 12, 31), 100.0, 0.05, repay("level"), months=6)],
                   scenarios={"late": {"drivers.delay_days": 20}})
    told = record(run_deal(deal))
    whole = told["base"]["pairs"][0]["days_tolerated"]
    (late,) = (one for one in told["scenarios"] if one["id"] == "late")
    assert 20 < whole < 180
    assert late["pairs"][0]["days_tolerated"] == whole - 20


# ---- does it move anything -------------------------------------------------------------------------------------------


def test_a_scenario_that_finds_nothing_says_so() -> None:
    told = {one["id"]: one for one in told_of(STARTER)["scenarios"]}
    for key, words in (("S31", "no backstop"), ("S26", "linked to OpenAI"), ("S27", "no GPUs"), ("S18a", "no option to renew")):
        assert not told[key]["applies"]
        assert told[key]["why_not"].startswith("does not apply: ")
        assert words in told[key]["why_not"]
    for one in told.values():
        assert one["applies"] == (one["why_not"] is None)
        if one["origin"] == "catalogue" and one["applies"]:
            assert one["overrides"]


def test_one_that_moves_only_what_no_test_sees_still_applies() -> None:
    """A backstop that is not honoured: support falls away, cover stays."""
    (told,) = record(base_of(EVERY_KIND), ["S31"])["scenarios"]
    assert told["applies"]
    for pair, before in zip(told["pairs"], told_of(EVERY_KIND)["base"]["pairs"], strict=True):
        close(pair["min_clcr"], before["min_clcr"], pair["id"])


def a_tail(**terms: Any) -> Run:
    """A bullet whose balloon is refinanced on two months of contract after it, and a revolver beside it."""
    sold = contract("c", tranche(date(2025, 1, 1), date(2026, 2, 28), 5.0), **terms)
    return run_deal(deal_of(date(2024, 12, 31), 36, [sold], [
        loan("l", date(2025, 12, 31), 24.0, 0.1, repay("bullet"), months=3)]))


def cluster() -> Run:
    return two_loans(a={"obligor": "OpenAI"})


def renewed() -> Run:
    said = tranche(date(2025, 1, 1), date(2025, 12, 31), 5.0) | {
        "renewal_to": {"value": date(2026, 12, 31), "source": "t", "grade": "assumed"}, "renewed": num(1, "flag")}
    return run_deal(deal_of(date(2024, 12, 31), 36, [contract("c", said)],
                            [loan("l", date(2025, 12, 31), 24.0, 0.1, repay("bullet"), months=3)]))


def on_cost() -> Run:
    terms = {"kind": "delayed_draw", "cost_test": num(1, "flag"), "cost_limit": num(0.8, "share"), "collateral": {
        "cost": [{"date": date(2025, 1, 1), "amount": num(60.0)}], "life_months": 72, "source": "t", "grade": "assumed",
        "residual": {1: num(0.8, "share")}}}
    return run_deal(deal_of(date(2024, 12, 31), 48, [contract("c", tranche(date(2025, 1, 1), date(2027, 12, 31), 10.0))],
                            [loan("l", date(2027, 12, 31), 50.0, 0.08, repay("bullet"), months=3) | terms]))


BUILT: dict[str, Callable[[], Run]] = {"S16": a_tail, "S17": a_tail, "S26": cluster, "S21": renewed, "S30": on_cost}


@pytest.mark.parametrize("row", dict.fromkeys(entry.row for entry in catalogue().values()))
def test_every_row_moves_a_figure_in_a_case_built_for_it(row: str) -> None:
    told = record(BUILT[row](), [row]) if row in BUILT else told_of(EVERY_KIND)
    assert all(one["applies"] for one in told["scenarios"] if one["id"].startswith(row)), row


# ---- tornado and grids -----------------------------------------------------------------------------------------------


def test_bars_and_cells_are_scenarios() -> None:
    """Each bar and some cells against the scenario with the same inputs."""
    base = base_of(STARTER)
    told = told_of(STARTER)
    cases: dict[str, dict[str, float]] = {}
    wanted: dict[str, Json] = {}
    (bars,) = told["tornado"]
    for bar in bars["drivers"]:
        driver = next(d for d in drivers_of(base.deal) if d.name == bar["driver"])
        for size in ("moderate", "severe"):
            cases[f"{driver.name}-{size}"] = {driver.key: driver.calm + driver.worse * bar[f"{size}_size"]}
            wanted[f"{driver.name}-{size}"] = bar[size]["min_clcr"]
    for n, grid in enumerate(told["grids"]):
        for i, j in ((0, 0), (0, STEPS), (STEPS, 0), (3, 5), (STEPS, STEPS)):
            at = {grid["first"]["key"]: grid["first"]["values"][i], grid["second"]["key"]: grid["second"]["values"][j]}
            cases[f"cell-{n}-{i}-{j}"], wanted[f"cell-{n}-{i}-{j}"] = at, grid["pairs"][0]["min_clcr"][i][j]
    words = {"title": "t", "reason": "r", "source": "s", "grade": "assumed"}
    file = ScenariosFile.model_validate({"moderate": [], "scenarios": {
        name: words | {"overrides": case} for name, case in cases.items()}})
    hand = run(Deal(replace(base.deal.case, scenarios=file)))
    (pair,) = hand.deal.pairs.values()
    for name, value in wanted.items():
        close(value, hand.under(name).read.number(pair.row("min_clcr")), name)


def test_the_longest_bar_comes_first_and_swings_are_differences() -> None:
    (bars,) = told_of(STARTER)["tornado"]
    swings = [abs(bar["swing"]["min_clcr"]) for bar in bars["drivers"]]
    assert swings == sorted(swings, reverse=True)
    assert swings[0] > 0
    for bar in bars["drivers"]:
        close(bar["swing"]["min_clcr"], bar["severe"]["min_clcr"] - bars["base"]["min_clcr"], bar["driver"])


def test_grids_are_nine_by_nine_and_begin_where_the_case_stands() -> None:
    told = told_of(STARTER)
    assert [(grid["first"]["driver"], grid["second"]["driver"]) for grid in told["grids"]] == list(GRIDS)
    for grid in told["grids"]:
        (pair,) = grid["pairs"]
        assert [len(row) for row in pair["min_clcr"]] == [9] * 9 == [len(row) for row in pair["grade"]]
        close(pair["min_clcr"][0][0], told["base"]["pairs"][0]["min_clcr"], "corner")
        assert pair["grade"][0][0] == told["base"]["pairs"][0]["grade"]
        for axis in (grid["first"], grid["second"]):
            steps = [b - a for a, b in zip(axis["values"], axis["values"][1:], strict=False)]
            assert steps == pytest.approx([steps[0]] * 8)


# ---- drivers ---------------------------------------------------------------------------------------------------------

FROM_THE_LIST = {  # driver: moderate and severe entry of the catalogue, and the input they set
    "delay": ("S02", "S03", 0), "delivered": ("S05a", "S05b", 1), "sla": ("S07b", "S07c", 0), "uncollected": ("S06a", "S06b", 0),
    "power": ("S08", "S09", 0), "rate": ("S14", "S15", 0), "summer": ("S10a", "S10b", 1),
}


def test_drivers_have_the_sizes_of_the_catalogue() -> None:
    by_name = {driver.name: driver for driver in WHOLE}
    found = {one.entry.id: one.overrides for one in scenarios_of(base_of(STARTER))}
    for name, (moderate, severe, calm) in FROM_THE_LIST.items():
        driver = by_name[name]
        assert driver.deviation == pytest.approx(abs(found[moderate][driver.key] - calm)), name
        assert driver.severe == pytest.approx(abs(found[severe][driver.key] - calm)), name
        assert {moderate[:3], severe[:3]} >= set(re.findall(r"S\d\d", driver.source)) != set(), name


def test_drivers_lie_in_the_range_of_their_input_and_harm_the_way_they_say() -> None:
    for deal in (base_of(STARTER).deal, base_of(EVERY_KIND).deal):
        for driver in drivers_of(deal):
            told: Any = deal.book.overridable(driver.key).declared
            assert told.admits(driver.low), driver.name
            assert told.admits(driver.high), driver.name
            assert driver.low <= driver.calm <= driver.high
            assert 0 < driver.deviation <= driver.severe
            assert driver.steps >= 1
            assert driver.level(driver.steps) == pytest.approx(driver.end, abs=driver.step)
    (bars,) = told_of(STARTER)["tornado"]
    assert all(bar["swing"]["min_clcr"] <= 1e-12 for bar in bars["drivers"] if bar["driver"] not in ("delay",))


def test_only_contracted_contracts_can_be_lost() -> None:
    lost = [d.name for d in drivers_of(base_of(EVERY_KIND).deal) if d.name.startswith("lost-")]
    firm = Look(base_of(EVERY_KIND)).firm
    assert lost == [f"lost-{key}" for key in firm]
    assert set(firm) < set(base_of(EVERY_KIND).deal.contracts)


# ---- what is told ----------------------------------------------------------------------------------------------------


def test_the_record_is_plain_data_and_the_same_every_time() -> None:
    again = record(run(load(STARTER)))
    assert json.dumps(again, allow_nan=False) == json.dumps(told_of(STARTER), allow_nan=False)
    assert {"case", "input_hash", "version", "scenario", "base", "scenarios", "tornado", "grids", "pairs"} <= set(again)


def test_one_line_a_scenario_and_pair() -> None:
    told = told_of(EVERY_KIND)
    rows = lines(told)
    assert len(rows) == (1 + len(told["scenarios"])) * len(told["pairs"])
    assert len({(row["scenario_id"], row["pair"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["H1"] in H_WORDS
        assert (row["first_test"] is None) == (row["T5"] != "fail")
        if row["origin"] == "catalogue":
            assert row["source"]
            assert row["size"]


def test_who_fails_first_is_the_earliest_date() -> None:
    for one in told_of(EVERY_KIND)["scenarios"]:
        failing = [pair for pair in one["pairs"] if pair["first_failure"]]
        if failing:
            assert one["first_failure"]["date"] == min(pair["first_failure"]["date"] for pair in failing)
            new = [pair for pair in failing if not pair["fails_before"]]
            assert (one["first_new_failure"] is None) == (not new)


def bullet(key: str, size: float) -> tuple[Rows, Rows]:
    """24 fees of 1, and a loan without interest that is due whole at the end."""
    return (contract(key, tranche(date(2025, 1, 1), date(2026, 12, 31), 1.0)),
            loan(f"loan-{key}", date(2026, 12, 31), size, 0.0, repay("bullet"), months=3))


def test_a_balloon_that_no_cash_meets_fails_first_when_its_present_value_is_missing() -> None:
    """Fees of 24 in all against 100: 76 is missing on the first day (T3), before what is left on the last (T2)."""
    sold, owed = bullet("c", 100.0)
    told = record(run_deal(deal_of(date(2024, 12, 31), 36, [sold], [owed])), ["S02"])["base"]
    (pair,) = told["pairs"]
    assert [pair["tests"][name]["pass"] for name in ("T1", "T2", "T3")] == [True, False, False]
    assert pair["tests"]["T2"]["date"] == "2026-12-31"
    assert pair["first_failure"] == {"test": "T3", "date": "2024-12-31", "missing": pytest.approx(76.0)}
    assert told["first_failure"] == {"pair": "c", **pair["first_failure"]}


def test_of_one_date_t1_comes_before_t2_before_t3_and_a_pass_has_no_date() -> None:
    early, late = 45000.0, 45100.0
    told = {"t1": 0, "t1_date": late, "first_shortfall": 1.0, "t2": 0, "t2_date": early, "uncovered_balance": 2.0,
            "t3": 0, "t3_date": early, "first_deficit": 3.0}
    assert (first_failure(told.get)["test"], first_failure(told.get)["missing"]) == ("T2", 2.0)
    assert first_failure((told | {"t1_date": early}).get)["test"] == "T1"
    assert first_failure((told | {"t2": 1}).get)["test"] == "T3"
    assert first_failure((told | {"t1": 1, "t2": 1, "t3": 1}).get) is None


def test_support_over_all_pairs_and_its_change_tell_stresses_apart() -> None:
    """Surplus leaves, so balloons of 100 and 50 meet the last three fees of 1 each: 97 and 47; a tenth of these is 0.3 each."""
    sold, owed = zip(bullet("c", 100.0), bullet("d", 50.0), strict=True)
    told = record(run_deal(deal_of(date(2024, 12, 31), 36, list(sold), list(owed), debt_share={
        "loan-c": {"c": 1.0}, "loan-d": {"d": 1.0}}, cash_share={"c": {"loan-c": 1.0}, "d": {"loan-d": 1.0}}, scenarios={
        "cut": {"drivers.price_change": -0.1}})), ["cut"])
    (cut,) = told["scenarios"]
    assert told["base"]["support_needed"] == pytest.approx(144.0)
    assert (cut["support_needed"], cut["support_change"]) == (pytest.approx(144.6), pytest.approx(0.6))
    assert {row["support_all_pairs"] for row in lines(told)} == {told["base"]["support_needed"], cut["support_needed"]}
    assert [row["support_all_pairs_change"] for row in lines(told)] == [None, None, *[cut["support_change"]] * 2]


def test_staff_cost_that_is_only_in_a_margin_is_said_to_be_there() -> None:
    said = tranche(date(2025, 1, 1), date(2026, 12, 31), 5.0)
    owed = loan("l", date(2026, 12, 31), 20.0, 0.05, repay("level"))
    month = "USD m a month"
    for terms, why in ((said | {"opex": num(0, month), "margin": num(0.8, "share")},
                        "does not apply: cost is not split in this case: see higher cash cost"),
                       (said | {"opex": num(1.0, month)}, None),
                       (said | {"opex": num(0, month), "staff": num(1.0, month)}, None)):
        (one,) = record(run_deal(deal_of(date(2024, 12, 31), 36, [contract("c", terms)], [owed])), ["S12"])["scenarios"]
        assert one["why_not"] == why


def test_rent_that_is_not_level_is_said_to_be_where_it_is() -> None:
    """In a margin, rising by its own terms, or nowhere: only where there is none, there is none."""
    last = date(2026, 12, 31)
    rented, owed = tranche(date(2025, 1, 1), last, 5.0, rent=1.0), loan("l", last, 20.0, 0.05, repay("level"))
    said = {name: term for name, term in rented.items() if not name.startswith("rent")}
    rising = rented | {"rent_escalator": num(0.03, "rate"), "rent_escalates_from": rented["rent_start"]}
    margin = {"margin": num(0.8, "share")}
    for terms, words in (({}, ["no rent in this case"]), (rented, []),
                         (margin, ["rent is not split from other cost in this case: see higher cash cost"]),
                         (rising, ["every rent of this case rises by terms of its own"])):
        done = run_deal(deal_of(date(2024, 12, 31), 36, [contract("c", said | terms)], [owed]))
        (one,) = record(done, ["S13"])["scenarios"]
        assert one["not_found"] == words
        assert one["applies"] == ("rent" in terms)


def test_a_size_that_is_assumed_is_said_to_be_so_beside_its_result() -> None:
    told = told_of(EVERY_KIND)
    for one in told["scenarios"]:
        assert str(stress_page.line(told, one)[2]).endswith("(assumed)") == (one["grade"] == "assumed"), one["id"]
    weak = record(base_of(EVERY_KIND), ["S25"])
    assert "customer, month and recovery are assumed" in weak["scenarios"][0]["source"]
    assert "default at month 12, recovery 20 % (assumed)" in of_scenarios(weak)


@pytest.mark.parametrize(("months", "delay", "last"), [(24, 31, "2026-12-31"), (25, 31, None), (25, 32, "2027-01-31")])
def test_cash_beyond_the_timeline_is_a_warning(months: int, delay: int, last: str | None) -> None:
    """Service to 31 December 2026 moves with its start; the timeline ends with that month, or a month later."""
    said = tranche(date(2025, 1, 1), date(2026, 12, 31), 5.0) | {"end_moves": num(1, "flag")}
    told = record(run_deal(deal_of(date(2024, 12, 31), months, [contract("c", said)], [
        loan("l", date(2026, 12, 31), 20.0, 0.05, repay("level"))], scenarios={"late": {"drivers.delay_days": delay}})), ["late"])
    assert told["base"]["warnings"] == []
    warnings = told["scenarios"][0]["warnings"]
    assert [f"after {last}, the last day of the timeline" in words for words in warnings] == [True] * (last is not None)


def test_only_a_renewal_that_is_made_reaches_beyond_the_timeline() -> None:
    said = tranche(date(2025, 1, 1), date(2025, 12, 31), 5.0) | {
        "renewal_to": {"value": date(2026, 12, 31), "source": "t", "grade": "assumed"}, "renewed": num(0, "flag")}
    told = record(run_deal(deal_of(date(2024, 12, 31), 20, [contract("c", said)], [
        loan("l", date(2025, 12, 31), 20.0, 0.05, repay("level"))], scenarios={"made": {"drivers.renewals": 1}})), ["made"])
    assert [bool(one["warnings"]) for one in (told["base"], *told["scenarios"])] == [False, True]


def test_only_some() -> None:
    base = base_of(STARTER)
    assert [one.entry.id for one in scenarios_of(base, ["S05"])] == ["S05a", "S05b"]
    assert [one.entry.id for one in scenarios_of(base, ["S05b", "delay-mild"])] == ["S01", "S05b"]
    assert [one.entry.id for one in scenarios_of(base, ["rates-plus-100"])] == ["rates-plus-100"]
    with pytest.raises(KeyError, match="S99"):
        scenarios_of(base, ["S01", "S99"])
    assert "tornado" not in record(base, ["S01"])


@pytest.mark.parametrize("path", [STARTER, EVERY_KIND, IPO], ids=lambda path: path.name)
def test_the_books_balance_under_every_scenario(path: Path) -> None:
    """No check of the book fails: what moves a contract says that it is no longer as signed."""
    assert [one["id"] for one in told_of(path)["scenarios"] if one["checks_failed"]] == []


@pytest.mark.parametrize("name", ["vendor-and-renewal", "renewed-then-sold", "renewal-at-the-low-price",
                                  "balloon-refinanced-on-the-tail: a guarantor pays what no lender would"])
def test_the_smallest_support_is_that_of_the_run(name: str) -> None:
    """Deals that pass with one letter or two, by the search of a run and by the search over columns."""
    _, _, base = worked_out(name)
    told = record(base, ["S14", "S31"])
    assert told["base"]["claim"]["H2"] == str(base.read(base.deal.claim.row("h2")))
    for pair in told["base"]["pairs"]:
        assert pair["grade"] == str(base.read(base.deal.pairs[pair["id"]].row("grade")))
        assert pair["grade"].startswith("C-")
