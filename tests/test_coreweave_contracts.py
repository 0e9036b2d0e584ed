"""The contracts of the three CoreWeave cases: disclosed revenue windows, prepayments, capacity, customers, the vendor's order.

Expected values are the printed ones, or worked out here from dates and prices without the model.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from model.cases import Run, load, run
from model.record.customers import capacity, concentration
from tests.delivered import the_run as case

INPUTS = Path(__file__).parents[1] / "inputs"
LISTING, YEAR_END, LATEST = "coreweave-ipo", "coreweave-2025-12", "coreweave-2026-06"
CASES = (LISTING, YEAR_END, LATEST)
BACKSTOP = "nvidia-backstop"
LISTED = date(2025, 3, 28)
CENT = 0.01

WINDOWS = {date(2026, 12, 31): (0.54, 8154), date(2028, 12, 31): (0.42, 6342), date(2030, 12, 31): (0.04, 604)}
CURRENT, LATER = 768.927, 3294.977  # deferred revenue at the listing, S-1 p.F-4
CREDITED = {2025: 768.927, 2026: 69.050, 2027: 797.451, 2028: 1965.882, 2029: 462.595}
POWER = {LISTING: (360, 8.9233), YEAR_END: (850, 7.6843), LATEST: (1500, 8.3467)}  # MW in service; bills of a MW a year
BOUGHT = {YEAR_END: {2028: 429.7, 2029: 573.0, 2030: 4204.0, 2031: 1093.4},
          LATEST: {2028: 553.3, 2029: 2025.6, 2030: 3577.7, 2031: 143.5}}


def flow(ran: Run, block: Any, name: str) -> Any:
    """A row by month."""
    return np.asarray(ran.read(block.row(name)))[1:-1]


def all_of(ran: Run, name: str) -> Any:
    return sum(flow(ran, contract, name) for contract in ran.deal.contracts.values())


def by_year(ran: Run, row: Any, how: Callable[[Any], Any] = np.sum) -> dict[int, float]:
    years = flow(ran, ran.deal.clock, "year").astype(int)
    return {int(year): float(how(row[years == year])) for year in np.unique(years)}


def tranches(ran: Run) -> list[tuple[Any, Any]]:
    """File and block of each tranche that is no backstop."""
    selling = ran.deal.selling
    return [pair for key, sold in selling.sold.items() if key != BACKSTOP
            for pair in zip(selling.files[key].tranches, sold.tranches, strict=True)]


def bought(ran: Run) -> Any:
    """What the order pays by month."""
    (tranche,) = ran.deal.selling.sold[BACKSTOP].tranches
    paid = ran.read(tranche.row("bought"))[1:-1]
    assert ran.read(ran.deal.contracts[BACKSTOP].row("support"))[1:-1] == pytest.approx(0.384 * paid, abs=1e-9), "after its cost"
    return paid


def by_hand(start: date, end: date, price: float, first: date, last: date) -> float:
    """Bills of the days from `first` to `last` at a price a month."""
    total, day = 0.0, max(start, first)
    while day <= min(end, last):
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        stop = min(end, last, following - timedelta(days=1))
        total += price * ((stop - day).days + 1) / (following - day.replace(day=1)).days
        day = following
    return total


# ---- the backlog of the listing ----------------------------------------------------------------------------------------


def test_the_backlog_falls_into_the_three_disclosed_windows() -> None:
    ran, since = case(LISTING), date(2025, 1, 1)
    ends, billed = ran.deal.timeline.ends, all_of(case(LISTING), "billed")
    for until, (part, amount) in WINDOWS.items():
        inside = np.array([since <= end <= until for end in ends])
        dated = sum(by_hand(t.start.value, t.end.value, t.price.value, since, until) for t, _ in tranches(ran))
        assert float(billed[inside].sum()) == pytest.approx(amount, abs=CENT)
        assert dated == pytest.approx(amount, abs=CENT), "the dates and prices of the file alone"
        assert amount == pytest.approx(part * 15100, abs=CENT)
        since = until + timedelta(days=1)
    assert float(billed.sum()) == pytest.approx(15100, abs=CENT)


def test_cash_to_come_is_the_backlog_less_what_was_prepaid() -> None:
    ran = case(LISTING)
    assert float(all_of(ran, "receipts").sum()) == pytest.approx(11036.096, abs=CENT)
    assert sum(ran.read.number(c.row("cash_at_start")) for c in ran.deal.contracts.values()) == pytest.approx(11036.096, abs=CENT)
    assert sum(ran.read.number(c.row("deferred_at_start")) for c in ran.deal.contracts.values()) == pytest.approx(
        CURRENT + LATER, abs=1e-4)
    assert pytest.approx(4063.904, abs=1e-9) == CURRENT + LATER


def test_the_prepayment_runs_off_year_by_year() -> None:
    ran = case(LISTING)
    credited = by_year(ran, all_of(ran, "prepayment_applied"))
    held = by_year(ran, all_of(ran, "deferred_revenue"), lambda months: months[-1])
    left = CURRENT + LATER
    for year, amount in credited.items():
        left -= CREDITED.get(year, 0)
        assert amount == pytest.approx(CREDITED.get(year, 0), abs=2e-3), year
        assert held[year] == pytest.approx(left, abs=5e-3), year
    assert held[2029] == pytest.approx(0, abs=1e-9)
    assert held[2025] == pytest.approx(LATER, abs=1e-4), "the current part and no more goes in the first year"


@pytest.mark.parametrize(("contract", "months", "first"), [
    ("ddtl-1-pool", 12, date(2027, 4, 1)), ("ddtl-2-pool", 18, date(2028, 1, 1)),
    ("equipment-pool", 12, date(2026, 11, 1)), ("not-yet-financed", 12, date(2028, 1, 1))])
def test_prepayments_are_credited_in_the_last_months_of_the_contract(contract: str, months: int, first: date) -> None:
    ran = case(LISTING)
    file, (_, block) = ran.deal.selling.files[contract], ran.deal.selling.sold[contract].prepayments
    assert (file.prepayments[1].credit.rule, file.prepayments[1].credit.months) == ("last_months", months)
    days, applied = flow(ran, block, "credit_days"), flow(ran, block, "applied")
    last = max(t.end.value for t in file.tranches)
    assert float(days.sum()) == (last - first).days + 1
    assert next(end for end, n in zip(ran.deal.timeline.ends, days, strict=True) if n).replace(day=1) == first
    assert applied == pytest.approx(file.prepayments[1].held_before.value * days / days.sum(), abs=1e-9), "evenly by days"
    assert np.all(flow(ran, ran.deal.contracts[contract], "invoiced") >= -1e-9), "no credit above its bill"


def test_the_window_moves_with_a_contract_that_ends_later() -> None:
    ran = case(LISTING).under("delay-3-months")
    _, block = ran.deal.selling.sold["not-yet-financed"].prepayments
    days = flow(ran, block, "credit_days")
    used = [end for end, n in zip(ran.deal.timeline.ends, days, strict=True) if n]
    assert (used[0], used[-1]) == (date(2028, 3, 31), date(2029, 3, 31)), "90 days later than January to December 2028"
    assert float(flow(ran, ran.deal.contracts["not-yet-financed"], "deferred_revenue")[-1]) == pytest.approx(0, abs=1e-9)


def test_scenarios_of_contracts_cut_bills_and_invoices_and_nothing_else() -> None:
    ran = case(LISTING)
    base = {name: all_of(ran, name) for name in ("billed", "invoiced", "receipts", "revenue", "opex", "rent")}
    short, down = ran.under("contract-realisation"), ran.under("sla-5")
    assert all_of(short, "receipts") == pytest.approx(0.85 * base["invoiced"])
    assert all_of(short, "revenue") == pytest.approx(base["revenue"])
    assert all_of(down, "revenue") == pytest.approx(0.95 * base["billed"])
    for seen in (short, down):
        assert all_of(seen, "opex") == pytest.approx(base["opex"])
        assert all_of(seen, "rent") == pytest.approx(base["rent"])
        assert sum(seen.read.number(p.row("min_dscr")) for p in ran.deal.pairs.values()) < sum(
            ran.read.number(p.row("min_dscr")) for p in ran.deal.pairs.values())


# ---- capacity ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_capacity_in_service_is_the_reported_one(name: str) -> None:
    ran, (in_service, _) = case(name), POWER[name]
    told = capacity(ran)
    as_of = ran.deal.case.general.as_of
    assert told["active_mw"] == pytest.approx(in_service, abs=1e-3)
    assert {r["date"]: r["active_mw"] for r in told["reported"]}[as_of.isoformat()] == in_service
    running = [t for t, _ in tranches(ran) if t.start.value <= as_of]
    assert sum(t.capacity.value for t in running) == pytest.approx(in_service, abs=1e-3)
    assert told["contracted_mw"] < max(r["contracted_mw"] or 0 for r in told["reported"]), "less than the power contracted"


@pytest.mark.parametrize("name", CASES)
def test_every_megawatt_bills_the_same(name: str) -> None:
    ran, (in_service, bills) = case(name), POWER[name]
    for file, _ in tranches(ran):
        assert 12 * file.price.value / file.capacity.value == pytest.approx(bills, abs=1e-4)
        assert file.capacity.grade == "assumed"
    first_month = float(all_of(ran, "billed")[0])
    assert 12 * first_month / in_service == pytest.approx(bills, abs=1e-4), "all of it in service in the first month"


def test_readings_stop_where_the_case_stands() -> None:
    ramps = {name: [(r["date"], r["active_mw"]) for r in capacity(case(name))["reported"]] for name in CASES}
    assert ramps[LISTING] == [("2022-12-31", 10), ("2023-12-31", 70), ("2024-12-31", 360)]
    assert [mw for _, mw in ramps[YEAR_END]] == [360, 420, 470, 590, 850]
    assert ramps[LATEST] == [*ramps[YEAR_END], ("2026-06-30", 1500)]
    assert [r["contracted_mw"] for r in capacity(case(YEAR_END))["reported"]] == [1300, 1600, 2200, 2900, 3100]
    assert capacity(case(LATEST))["target_by_year"]["2026"] == 1850
    assert capacity(case(YEAR_END))["target_by_year"]["2026"] == 1700
    assert not any(capacity(case(LISTING))["target_by_year"].values()), "no target was given at the listing"


def test_what_is_late_at_one_landlord_is_late_there_only() -> None:
    ran = case(YEAR_END)
    late = ran.under("core-scientific-late")
    moved = {block.key: late.read.number(block.row("shift")) for _, block in tranches(late)}
    assert {key for key, days in moved.items() if days} == {"openai-to-come.tranche-1"}
    assert moved["openai-to-come.tranche-1"] == 90
    assert capacity(late)["late_mw_weeks"] == pytest.approx(343.4762 * 90 / 7, abs=0.01)
    for pair in ran.deal.pairs.values():
        for figure in ("grade", "min_dscr", "min_clcr", "uncovered_balance"):
            assert late.read(pair.row(figure)) == ran.read(pair.row(figure)), "nothing of it serves today's debt"


# ---- who owes ----------------------------------------------------------------------------------------------------------


def test_at_the_listing_nobody_knows_who_owes() -> None:
    told = concentration(case(LISTING))
    assert told["verdict"] == "not known: obligors are not disclosed"
    assert (told["largest"], told["undisclosed"], told["at_most"]) == pytest.approx((0, 1, 1))
    assert all(date.fromisoformat(r["date"]) <= LISTED for r in told["reported"])
    assert {r["share"] for r in told["reported"]} == {0.16, 0.35, 0.62}
    assert all(r["of"].startswith("revenue") for r in told["reported"]), "85 % of the backlog was told after the listing"


@pytest.mark.parametrize(("name", "largest", "others"), [
    (YEAR_END, {"OpenAI": 22400, "Meta": 14200, "Microsoft": 10000}, 14100),
    (LATEST, {"Meta": 35200, "OpenAI": 22365.64, "Microsoft": 7906.15, "Jane Street": 6000}, 32228.21)])
def test_shares_of_the_backlog_by_customer(name: str, largest: dict[str, float], others: float) -> None:
    told, rpo = concentration(case(name)), sum(largest.values()) + others
    found = {o["name"]: o["backlog"] for o in told["obligors"] if o["disclosed"] and o["backlog"]}
    assert found == pytest.approx(largest, abs=0.02)
    assert rpo == pytest.approx({YEAR_END: 60700, LATEST: 103700}[name], abs=0.02)
    shares = [value / rpo for value in largest.values()]
    assert told["largest"] == pytest.approx(max(shares), abs=1e-5)
    assert told["undisclosed"] == pytest.approx(others / rpo, abs=1e-5)
    assert told["at_most"] == pytest.approx(max(shares) + others / rpo, abs=1e-5)
    assert told["hhi"] == pytest.approx(sum(s * s for s in shares), abs=1e-5)
    assert told["hhi_at_most"] == pytest.approx(sum(sorted(s * s for s in shares)[:-1]) + told["at_most"] ** 2, abs=1e-5)
    assert (told["limit"], told["verdict"]) == (0.3, "fails")
    backlog = {r["date"]: r["share"] for r in told["reported"] if r["of"].startswith("backlog")}
    assert backlog == {"2024-12-31": 0.85, "2025-06-30": 0.5, "2025-09-30": 0.35}
    assert told["largest"] == pytest.approx(0.35, abs=0.03), "near the last share that was told"


@pytest.mark.parametrize("name", CASES)
def test_the_shares_given_to_openai_are_a_fact_and_no_term(name: str) -> None:
    facts = {fact.label: fact.number.value for fact in case(name).deal.case.company.facts}
    assert facts["Shares given to OpenAI on 31 March 2025"] == 350 == 8.75 * 40
    assert facts["OpenAI contract: revenue at most (payments less shares given)"] == 11900 - 350
    assert all_of(case(name), "revenue") == pytest.approx(all_of(case(name), "billed")), "no contract lowers its revenue"


# ---- the vendor's order for unsold capacity ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [YEAR_END, LATEST])
@pytest.mark.parametrize("scenario", ["base", "delay-3-months", "price-down-10", "contract-realisation"])
def test_the_order_buys_only_what_ended_and_never_more_than_its_limit(name: str, scenario: str) -> None:
    ran = case(name).under(scenario)
    cash, ends = bought(ran), ran.deal.timeline.ends
    first_end = min(date(2028, 3, 31), min(t.end.value for t, _ in tranches(ran)))
    assert first_end == date(2028, 3, 31)
    assert not np.any(cash[[end <= first_end for end in ends]])
    assert cash[ends.index(date(2028, 4, 30))] > 0
    assert not np.any(cash[[end > date(2032, 4, 30) for end in ends]])
    assert float(cash.cumsum().max()) == pytest.approx(6300, abs=1e-6)
    assert np.all(cash.cumsum() <= 6300 + 1e-6)


@pytest.mark.parametrize("name", [YEAR_END, LATEST])
def test_what_the_order_pays_follows_from_dates_and_megawatts(name: str) -> None:
    ran, left, expected = case(name), 6300.0, []
    price = ran.deal.selling.files[BACKSTOP].tranches[0].price.value
    assert price == pytest.approx(0.61 * POWER[name][1], abs=1e-4), "the low renewal price"
    for first, last in zip(ran.deal.timeline.starts, ran.deal.timeline.ends, strict=True):
        days, unsold = (last - first).days + 1, 0.0
        for t, _ in tranches(ran):
            unsold += t.capacity.value * max(0, (last - max(first, t.end.value + timedelta(days=1))).days + 1) / days
        runs = max(0, (min(last, date(2032, 4, 13)) - first).days + 1) / days
        expected.append(min(left, unsold * price / 12 * runs))
        left -= expected[-1]
    assert bought(ran) == pytest.approx(np.array(expected), abs=1e-3)
    found = by_year(ran, bought(ran))
    assert {year: amount for year, amount in found.items() if amount > CENT} == pytest.approx(BOUGHT[name], abs=0.06)


def figures(ran: Run) -> dict[str, Any]:
    """What verdicts are made of."""
    names = ("grade", "reason", "min_dscr", "avg_dscr", "llcr", "min_clcr", "uncovered_balance", "tail_months", "t1", "t2", "t3")
    found = {f"{key}.{n}": ran.read(pair.row(n)) for key, pair in ran.deal.pairs.items() for n in names}
    pools = {f"{p.key}.{n}": ran.read(p.row(n)) for p in (ran.deal.pool, ran.deal.whole) for n in ("min_dscr", "min_clcr")}
    claims = {h: ran.read(ran.deal.claim.row(h)) for h in ("h1", "h3a", "h3b")}
    return {name: str(value) if isinstance(value, str) else float(value) for name, value in (found | pools | claims).items()}


def taken_away(name: str, folder: Path, scenarios: bool) -> Run:
    """The case without the order; the scenarios of T4 on request."""
    shutil.copytree(INPUTS / name, folder)

    def change(file: str, how: Callable[[Any], None]) -> None:
        yaml = YAML(typ="safe")
        said = yaml.load((folder / file).read_text("utf-8"))
        how(said)
        with (folder / file).open("w", encoding="utf-8") as out:
            yaml.dump(said, out)

    def keep_moderate(said: Any) -> None:
        said["moderate"] = said["moderate"] if scenarios else []
        said["scenarios"] = {key: said["scenarios"][key] for key in said["moderate"]}

    change("contracts.yaml", lambda said: said["contracts"].remove(next(c for c in said["contracts"] if c["id"] == BACKSTOP)))
    change("debt.yaml", lambda said: said["allocation"]["cash_share"].pop(BACKSTOP))
    change("scenarios.yaml", keep_moderate)
    return run(load(folder))


@pytest.mark.parametrize(("name", "scenarios"), [(YEAR_END, False), pytest.param(LATEST, True, marks=pytest.mark.slow)])
def test_no_test_changes_when_the_order_is_taken_away(name: str, scenarios: bool, tmp_path: Path) -> None:
    without = taken_away(name, tmp_path / name, scenarios)
    assert BACKSTOP not in without.deal.contracts
    assert float(bought(case(name)).sum()) > 6000, "there is something to take away"
    for scenario in without.names:
        found, kept = figures(without.under(scenario)), figures(case(name).under(scenario))
        assert found.keys() == kept.keys()
        for key, value in found.items():
            assert value == (kept[key] if isinstance(value, str) else pytest.approx(kept[key], rel=1e-9, nan_ok=True)), key


@pytest.mark.parametrize("name", CASES)
def test_no_check_fails_under_any_scenario(name: str) -> None:
    ran = case(name)
    assert not np.any(ran.values[ran.deal.check_sum.row("failed")])
