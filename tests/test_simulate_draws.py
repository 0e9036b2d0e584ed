"""What is drawn, against closed forms and dates by hand; and what is reported of it, against plain numpy."""

from __future__ import annotations

from datetime import date
from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pytest
from bad_inputs import RICH
from simulated import case_with, number, risk
from test_certainty import write as small_case
from test_inputs import write

import model
from model.cases import load, run
from model.debt.terms import Dated, DatedTerms
from model.simulate import simulate_run
from model.simulate.plan import Plan, Settings
from model.simulate.reversion import Reversion
from model.simulate.risk import Risk, defaults
from model.simulate.sources import BaseRates, Delay, Fixings, Power, Prices, Shares, fixings, late_inputs
from model.simulate.streams import BLOCK, Streams
from model.simulate.summary import Sample, by_period, doublings, histogram
from model.timeline import ArrearsTerms, Curve, Timeline
from tests.delivered import the_deal, the_run

ROOT = Path(__file__).parent.parent
SOFR = Curve((date(2020, 1, 1), date(2040, 1, 1)), (0.04, 0.04), "sofr", "rate", "", "")


def blocks(count: int) -> list[Streams]:
    return [Streams(9, block) for block in range(count)]


# ---- base rates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("volatility", "reversion"), [(0.01, 0.2), (0.6, 0.0), (0.3, 5.0)])
def test_a_deviation_has_the_variance_and_the_memory_of_its_process(volatility: float, reversion: float) -> None:
    """Ornstein-Uhlenbeck: variance (1 - e^-2kt) s^2 / 2k, correlation of two dates by their distance."""
    process = Reversion(volatility, reversion)
    path = np.concatenate([process.path(np.random.default_rng(n).standard_normal((37, 1024))) for n in range(20)], axis=1)
    assert np.all(path[0] == 0)
    for months in (1, 12, 36):
        years = months / 12
        variance = volatility**2 * (years if reversion == 0 else (1 - exp(-2 * reversion * years)) / (2 * reversion))
        assert process.variance(months) == pytest.approx(variance)
        assert path[months].var() == pytest.approx(variance, rel=0.05)
    by_year = process.path(np.random.default_rng(9).standard_normal((4, 20480)), months=(12, 18, 36))
    assert by_year[3].var() == pytest.approx(path[36].var(), rel=0.05), "long steps are exact"
    held = np.polyfit(path[12], path[24], 1)[0]
    assert held == pytest.approx(exp(-reversion), abs=0.03)


def deviations(known: Fixings) -> list[float]:
    """By period, where the deviation of each month is its number: twice in the same array, on top of a curve."""
    path, curve = np.arange(20.0)[:, None] * np.ones((1, 4)), np.linspace(3, 1, 16)
    found = np.repeat(curve[:, None], 4, axis=1)
    known.onto(curve, -path, found)
    return list(known.onto(curve, path, found)[:, 0] - curve)


def test_a_coupon_keeps_the_deviation_of_its_fixing() -> None:
    """Quarterly, fixed two business days before it begins: that of 27 March stands at the end of February."""
    dated = Dated(DatedTerms(date(2026, 12, 31), 3), Timeline(date(2025, 12, 31), 14), SOFR)
    known = fixings(dated)
    assert known.months[:13] == (0, 0, 0, 2, 2, 2, 5, 5, 5, 8, 8, 8, 0)
    assert known.blends == {}
    assert deviations(known) == pytest.approx([*known.months[:15], 0])


def test_a_coupon_in_arrears_has_the_deviations_of_its_days() -> None:
    """Second quarter of 2026: 31 March to 29 April have that of March, 30 April to 30 May that of April, then May."""
    terms = DatedTerms(date(2026, 12, 31), 3, arrears=ArrearsTerms())
    known = fixings(Dated(terms, Timeline(date(2025, 12, 31), 14), SOFR))
    # 31 Mar .. 29 Apr: 30 days of March; 30 Apr .. 30 May: 31 days of April; 31 May .. 29 Jun: 30 days of May
    assert deviations(known)[3:6] == pytest.approx([(3 * 30 + 4 * 31 + 5 * 30) / 91] * 3)
    assert deviations(known)[0] == pytest.approx((31 * 0 + 28 * 1 + 31 * 2) / 90)


def test_base_rates_move_at_fixings_only_and_by_one_path_for_all_loans() -> None:
    dated = Dated(DatedTerms(date(2026, 12, 31), 3), Timeline(date(2025, 12, 31), 14), SOFR)
    known = fixings(dated)
    months = tuple(sorted(known.fixed_in))
    assert months == (2, 5, 8)
    rates = BaseRates({"a": known.among(months), "b": known.among(months)}, months, Reversion(0.01, 0.2))
    told = rates.told(Streams(1, 0), lambda key: np.full(16, 0.04))
    assert np.array_equal(told["a"], told["b"])
    moved = told["a"] - 0.04
    assert np.all(moved[:3] == 0)
    assert np.array_equal(moved[3], moved[5])
    assert moved[3].std() == pytest.approx(0.01 * sqrt(2 / 12), rel=0.15)
    assert not np.any(moved[3] == moved[6])


# ---- prices and power ------------------------------------------------------------------------------------------------


def test_prices_are_lognormal_around_the_curve_of_the_case() -> None:
    prices = Prices(("t",), ("t",), Reversion(0.6, 0.5), Reversion(0.4, 0.5), 0.3, 24)
    base = {"t.spot_price": np.r_[0.0, np.linspace(3, 2, 24), 0.0], "t.market_price": np.r_[0.0, np.linspace(4, 2, 24), 0.0],
            "t.market_drift": np.r_[0.0, np.full(24, -2 / 23), 0.0]}
    told = [prices.told(streams, base.__getitem__) for streams in blocks(30)]
    spot, market, drift = (np.concatenate([one[f"t.{name}"] for one in told], axis=1)
                           for name in ("spot_price", "market_price", "market_drift"))
    assert spot.mean(axis=1) == pytest.approx(base["t.spot_price"], rel=0.03)
    spread = np.log(spot[24] / base["t.spot_price"][24])
    assert spread.std() == pytest.approx(sqrt(0.36 * (1 - exp(-2)) / 1), rel=0.03)
    assert np.all(market[1] == base["t.market_price"][1]), "the first day of the first month is the as-of date"
    assert np.allclose(market[1:24] + drift[1:24], market[2:25]), "a drift leads to the next month"
    assert np.corrcoef(np.log(spot[12]), np.log(market[13]))[0, 1] == pytest.approx(0.3, abs=0.03)


def test_power_and_shares_keep_their_mean() -> None:
    changes = np.concatenate([Power(0.25).told(s, lambda key: np.asarray(0.1))["drivers.power_change"] for s in blocks(20)])
    assert (1 + changes).mean() == pytest.approx(1.1, rel=0.01)
    assert np.log(1 + changes).std() == pytest.approx(0.25, rel=0.03)
    told = [Shares(("p",), Reversion(0.66, 0), 24).told(s, lambda key: np.r_[np.full(25, 80.0), 0.0])["p"] for s in blocks(20)]
    paths = np.concatenate(told, axis=1)
    assert np.all(paths[0] == 80)
    assert paths[24].mean() == pytest.approx(80, rel=0.05)
    assert np.log(paths[12] / 80).std() == pytest.approx(0.66, rel=0.03)


# ---- delay -----------------------------------------------------------------------------------------------------------


def test_delay_is_skewed_whole_and_as_often_as_told() -> None:
    delay = Delay(("a", "b"), 0.5, 60, 180, 360)
    told = [delay.told(s, lambda key: np.asarray(10.0 if key == "a" else 0.0)) for s in blocks(20)]
    first, second = (np.concatenate([one[key] for one in told]) for key in ("a", "b"))
    late = second[second > 0]
    assert late.size / second.size == pytest.approx(0.5, abs=0.02)
    assert np.median(late) == pytest.approx(60, abs=2)
    assert np.quantile(late, 0.9) == pytest.approx(180, abs=8)
    assert late.max() == 360
    assert np.all(second % 1 == 0)
    assert first.min() == 10, "on top of what the case has"
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.03


def test_what_is_late_is_the_site_the_tranche_or_the_whole_deal(tmp_path: Path) -> None:
    assert late_inputs(the_deal("iren-microsoft")) == ("childress.late_days",)
    assert late_inputs(the_deal("coreweave-ipo")) == ("drivers.delay_days",)
    assert late_inputs(the_deal("flash-compute")) == ()


# ---- risk.yaml -------------------------------------------------------------------------------------------------------


def test_a_case_states_its_own_numbers_and_the_rest_comes_from_the_defaults(tmp_path: Path) -> None:
    deal = load(write(tmp_path, RICH))
    told = Risk(deal)
    groups = {group.name: group for group in told.groups}
    assert (groups["Atlas AI"].rating, groups["Atlas AI"].recovery, groups["Atlas AI"].correlation) == ("BB", 0.3, 0.25)
    assert groups["Atlas AI"].hazard.failed_by(np.array([5.0]))[0] == pytest.approx(0.09), "the case's own table"
    assert groups["Maker"].hazard.failed_by(np.array([1.0, 5.0])) == pytest.approx([0.01, 0.08])
    assert groups["Maker"].recovery == 0.4
    assert told.used["ratings.BB"].own
    assert not told.used["recovery"].own
    assert Plan(run(deal), Settings(1024, copula="t")).failures.debtors.freedom == 6
    told_delay = Plan(run(deal), Settings(1024)).sources["delay"]
    assert isinstance(told_delay, Delay)
    assert (told_delay.late, told_delay.median, told_delay.one_in_ten, told_delay.longest) == (0.4, 45, 150, 300)


def test_groups_without_a_rating_follow_what_is_told_of_their_contracts() -> None:
    told = {group.name: group.rating for group in Risk(the_deal("coreweave-2026-06")).groups}
    assert (told["Microsoft"], told["Meta"], told["OpenAI"]) == ("A", "BBB", "B"), "the first by its own risk.yaml"


def test_a_cds_is_a_hazard_of_spread_over_loss(tmp_path: Path) -> None:
    by_cds = f"cds: {number(300, 'bp')}, recovery: {number(0.25, 'share')}"
    text = risk([(1, 0.2)], [(1, 0.2)], 0.3).replace(f"fails: [{{years: 1, share: {number(0.2, 'share')}}}]", by_cds, 1)
    group = Risk(load(case_with(tmp_path / "case", text))).groups[0]
    assert group.hazard.failed_by(np.array([2.0]))[0] == pytest.approx(1 - exp(-2 * 0.03 / 0.75))


def test_the_ratings_that_a_check_knows_are_those_of_the_defaults() -> None:
    from model.inputs.check_risk import RATINGS

    assert tuple(defaults().ratings) == RATINGS


def test_every_default_has_a_source_that_fits_a_case_file() -> None:
    """Read by the schema of case files: unit, grade, at most 400 characters; nothing missing."""
    told = defaults()
    assert all(getattr(told, name) for name in type(told).model_fields if name != "obligors")


def test_all_contracts_of_a_group_fail_on_the_same_day() -> None:
    plan = Plan(the_run("coreweave-2026-06"), Settings(1024))
    streams = Streams(1, 0)
    days = plan.failures.days(streams)
    told = plan.failures.told(days, plan.input)
    for group, fails in zip(plan.risk.groups, days, strict=True):
        assert all(np.array_equal(told[f"{contract}.lost_after"], fails) for contract in group.contracts)
    assert np.all((days >= 0) & (days % 1 == 0))
    assert sum(len(group.contracts) for group in plan.risk.groups) == len(plan.deal.contracts)


# ---- what is reported ------------------------------------------------------------------------------------------------


def test_summaries_are_those_of_numpy() -> None:
    values = np.round(np.random.default_rng(1).exponential(10, 5000) - 5).clip(0)
    told = Sample(values).amount(1e-6)
    for name, share in (("p05", 0.05), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
        assert told[name] == np.quantile(values, share, method="inverted_cdf")
    ladder = Sample(np.random.default_rng(2).permutation(np.arange(1.0, 101.0))).percentiles()
    assert {name: ladder[name] for name in ("p01", "p05", "p50", "p99")} == {"p01": 1, "p05": 5, "p50": 50, "p99": 99}
    assert told["mean"] == pytest.approx(values.mean())
    assert told["standard_error"] == pytest.approx(values.std(ddof=1) / sqrt(5000))
    assert told["any"]["probability"] == pytest.approx((values > 0).mean())
    assert told["mean_if_any"] == pytest.approx(values[values > 0].mean())
    assert told["worst_1_percent"] == pytest.approx(np.sort(values)[-50:].mean())
    assert (told["lowest"], told["highest"]) == (values.min(), values.max())
    assert sum(told["histogram"]["counts"]) == (values > 0).sum()
    assert histogram(np.array([])) == {"edges": [], "counts": []}
    assert doublings(5000) == [2048, 4096, 5000]


def test_months_add_up_and_covers_leave_out_what_has_no_debt() -> None:
    told = Sample(np.array([0.0, 2.0, 2.0, np.nan])).by_month(3)
    assert told == [0.25, 0.25, 0.75, 0.75]
    assert Sample(np.array([1.2, 1e6, 0.9])).cover()["highest"] == 1.2
    assert Sample(np.array([1e6])).cover() is None


def test_quasi_errors_come_from_blocks() -> None:
    values = np.random.default_rng(2).random(4 * BLOCK)
    means = values.reshape(4, -1).mean(axis=1)
    assert Sample(values, "quasi").error() == pytest.approx(means.std(ddof=1) / 2)
    assert Sample(values[:BLOCK], "quasi").error() is None


def test_percentiles_by_period_are_those_of_numpy() -> None:
    """Exact, nothing included: no bins."""
    amounts = np.random.default_rng(3).normal(50, 40, (12, 3000)).clip(0)
    told = by_period(amounts, (0.05, 0.25, 0.95))
    for name, share in (("p05", 0.05), ("p25", 0.25), ("p95", 0.95)):
        assert told[name] == np.quantile(amounts, share, axis=1, method="inverted_cdf").tolist()
    assert set(told["p05"]) == {0.0}


PART = 2100  # paths: a block and a little of the next


def test_the_fan_of_a_case_is_of_the_first_paths_whatever_their_block(tmp_path: Path) -> None:
    """Against the rows over time of each block, put together here; a part of the last block."""
    plan = Plan(run(load(case_with(tmp_path / "case", risk([(1, 0.25)], [(1, 0.1)], 0.4)))), Settings(PART, 1))
    found = simulate_run(plan.run, plan.settings, tmp_path).record["fan"]
    rows = np.concatenate([np.asarray(plan.run_block(block).fan) for block in range(2)], axis=2)[:, :, :PART]
    assert found["paths"] == PART
    for n, key in enumerate(("hill", "lake")):
        for k, name in enumerate(("cash", "service")):
            expected = np.quantile(rows[2 * n + k], 0.25, axis=1, method="inverted_cdf")
            assert found["pairs"][key][name]["p25"] == expected.tolist()


def test_fan_of_a_case_holds_its_cash(tmp_path: Path) -> None:
    """Cash of each month until the contract is lost, then nothing; service is due whatever happens."""
    case = case_with(tmp_path / "case", risk([(1, 0.25)], [(1, 0.1)], 0.4))
    told = model.simulate(load(case), paths=2048, seed=1).record["fan"]
    hill = told["pairs"]["hill"]
    assert told["paths"] == 2048
    assert hill["cash"]["p95"][:12] == pytest.approx([13.0] * 12)
    assert hill["cash"]["p05"][11] == 0
    assert hill["service"]["p50"][0] == pytest.approx(11.2)
    assert log(hill["service"]["p05"][0] / hill["service"]["p95"][0]) == 0


def test_a_group_is_investment_grade_only_if_all_its_contracts_are(tmp_path: Path) -> None:
    for grades, rating in ((("true", "false"), "B"), (("true", "true"), "BBB")):
        folder = small_case(tmp_path / grades[1])
        text = (folder / "contracts.yaml").read_text()
        for name, good in zip(("hill", "lake"), grades, strict=True):
            told = f"investment_grade: {{value: {good}, source: x, grade: assumed}}"
            text = text.replace(f"    obligor: {name} AI\n", f"    obligor: {name} AI\n    obligor_group: One\n    {told}\n")
        (folder / "contracts.yaml").write_text(text)
        (group,) = Risk(load(folder)).groups
        assert (group.name, group.contracts, group.rating) == ("One", ("hill", "lake"), rating)
