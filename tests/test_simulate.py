"""Simulation against closed forms: joint chances of the one-factor model, expected loss, and the deterministic run."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import multivariate_normal, multivariate_t, norm
from scipy.stats import t as student_t
from simulated import DISCOUNT, DUE, case_with, cash_of, covered, failed_by, loss_with_claim, number, risk
from test_certainty import write as small_case

import model
from model.cases import load, run
from model.simulate import Simulation, outputs
from model.simulate.failure import Debtors, Hazard, days_of_failure, from_cds, from_shares, quantiles, student
from model.simulate.plan import Plan, Settings
from model.simulate.risk import defaults
from model.simulate.streams import BLOCK
from tests.delivered import the_run

ROOT = Path(__file__).parent.parent
PATHS = 8192
HILL, LAKE, RHO = 0.25, 0.10, 0.4


def simulated(folder: Path, correlation: float = RHO, paths: int = PATHS, more: str = "", **settings: object) -> Simulation:
    """The small case: debtors of which a quarter and a tenth fail within a year."""
    case = case_with(folder, risk([(1, HILL)], [(1, LAKE)], correlation, more))
    return model.simulate(load(case), paths=paths, seed=5, **settings)


def uncovered_by() -> int:
    """The last day on which a failure still leaves a month unpaid."""
    return max(day for day in range(1, 400) if not covered(day))


def chances() -> tuple[float, float]:
    """That a debtor fails early enough to leave something unpaid."""
    day = np.array([float(uncovered_by())])
    return float(failed_by(HILL, day)[0]), float(failed_by(LAKE, day)[0])


def both_stand(hill: float, lake: float, rho: float, freedom: int | None = None) -> float:
    """Bivariate normal, or t: neither latent number lies below its threshold."""
    shape = [[1, rho], [rho, 1]]
    if freedom is None:
        return float(multivariate_normal([0, 0], shape).cdf([-norm.ppf(hill), -norm.ppf(lake)]))
    return float(multivariate_t([0, 0], shape, df=freedom, seed=1).cdf(
        [-student_t.ppf(hill, freedom), -student_t.ppf(lake, freedom)], random_state=1))


def within(found: float, expected: float, error: float) -> bool:
    """Three standard errors."""
    return abs(found - expected) <= 3 * error


# ---- chances ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.9])
def test_joint_chance_of_cover_is_that_of_the_one_factor_model(tmp_path: Path, rho: float) -> None:
    told = simulated(tmp_path / "case", rho).record
    hill, lake = chances()
    for pair, chance in zip(told["pairs"], (hill, lake), strict=True):
        error = sqrt(chance * (1 - chance) / PATHS)
        assert within(pair["covered"]["probability"], 1 - chance, error)
        assert pair["covered"]["standard_error"] == pytest.approx(error, rel=0.1)
    joint = both_stand(hill, lake, rho)
    assert within(told["joint"]["covered"]["probability"], joint, sqrt(joint * (1 - joint) / PATHS))
    single = [pair["covered"]["probability"] for pair in told["pairs"]]
    assert told["joint"]["if_independent"] == pytest.approx(single[0] * single[1])
    assert rho == 0 or joint - (1 - hill) * (1 - lake) > 5 * sqrt(joint * (1 - joint) / PATHS), "the test can tell them apart"


def test_a_wave_of_failures_multiplies_the_hazard(tmp_path: Path) -> None:
    """A scenario with a factor: of a quarter that fails in a year 1 - 0.75 ^ factor do."""
    case, more = case_with(tmp_path / "case", risk([(1, HILL)], [(1, LAKE)], RHO)), tmp_path / "wave.yaml"
    more.write_text("scenarios:\n  wave: {title: Wave, reason: test, source: test, grade: assumed,\n"
                    "    overrides: {drivers.hazard_factor: 1.683}}\n")
    told = model.simulate(load(case, more), paths=PATHS, seed=5, scenario="wave").record
    for pair, share in zip(told["pairs"], (HILL, LAKE), strict=True):
        chance = float(failed_by(1 - (1 - share) ** 1.683, np.array([float(uncovered_by())]))[0])
        assert within(pair["covered"]["probability"], 1 - chance, sqrt(chance * (1 - chance) / PATHS))


def test_the_t_copula_has_a_tail_that_the_gaussian_has_not(tmp_path: Path) -> None:
    """Rare failures at low correlation: both together as often as the bivariate t says, and far more often than the normal."""
    hill, lake = ([(1, 0.02)], [(1, 0.02)])
    case = case_with(tmp_path / "case", risk(hill, lake, 0.3, f"degrees_of_freedom: {number(4, 'no.')}\n"))
    deal, chance = load(case), float(failed_by(0.02, np.array([float(uncovered_by())]))[0])
    found = {}
    for copula, freedom in (("gaussian", None), ("t", 4)):
        frame = model.simulate(deal, paths=16384, seed=2, copula=copula).frame()
        both = float(((frame["hill.covered"] == 0) & (frame["lake.covered"] == 0)).mean())
        expected = 2 * chance - 1 + both_stand(chance, chance, 0.3, freedom)
        assert within(both, expected, sqrt(expected * (1 - expected) / 16384)), (copula, both, expected)
        assert within(1 - frame["hill.covered"].mean(), chance, sqrt(chance * (1 - chance) / 16384))
        found[copula] = both
    assert found["t"] > 2 * found["gaussian"]


def first_failure(day: int) -> int | None:
    """Months after the as-of date when a payment is first missed, or the present value first lies below the balance."""
    cash = [cash_of(month, day) for month in range(1, 13)]
    missed = [month for month in range(1, 13) if cash[month - 1] < DUE[month - 1] - 1e-6]
    thin = [n for n in range(12) if sum(c / (DISCOUNT[k] / (DISCOUNT[n - 1] if n else 1)) for k, c in enumerate(cash) if k >= n)
            < 120 - 10 * n - 1e-6]
    return min([*missed, *thin], default=None)


def test_cover_fails_in_the_month_that_closed_form_gives(tmp_path: Path) -> None:
    """By month, the chance of a failure on a day that breaks a test by then."""
    told = simulated(tmp_path / "case").record["pairs"][0]
    by_month = told["first_failure"]["by_month"]
    on_day = np.diff(failed_by(HILL, np.arange(0.0, 401.0)))
    first = [first_failure(day) for day in range(1, 401)]
    for month in range(13):
        expected = float(sum(chance for chance, when in zip(on_day, first, strict=True) if when is not None and when <= month))
        assert within(by_month[month], expected, sqrt(expected * (1 - expected) / PATHS)), month
    assert by_month[-1] == pytest.approx(1 - told["covered"]["probability"])
    assert told["first_failure"]["never"] == pytest.approx(1 - by_month[-1])


# ---- losses ----------------------------------------------------------------------------------------------------------


def test_expected_loss_is_chance_times_loss_given_failure(tmp_path: Path) -> None:
    """Day by day: the chance to fail on it, by the hazard, times what is then never paid, by hand."""
    told = simulated(tmp_path / "case", more=f"recovery: {number(0.15, 'share')}\nclaim_days: {number(200, 'days')}\n").record
    days = np.arange(1, 401)
    lost = np.array([loss_with_claim(int(day), 0.15, 200) for day in days])
    for loan, share in zip(told["facilities"], (HILL, LAKE), strict=True):
        on_day = np.diff(failed_by(share, np.concatenate([[0], days]).astype(float)))
        expected, some = float(on_day @ lost), on_day[lost > 1e-6].sum()
        spread = sqrt(float(on_day @ lost**2) - expected**2)
        assert within(loan["expected_loss"], expected, spread / sqrt(PATHS))
        assert loan["standard_error"] == pytest.approx(spread / sqrt(PATHS), rel=0.1)
        assert within(loan["probability_of_loss"], some, sqrt(some * (1 - some) / PATHS))
        given = loan["lgd"]
        assert loan["expected_loss"] == pytest.approx(loan["probability_of_loss"] * given * loan["principal"])
        assert given == pytest.approx(expected / some / 120, rel=0.1)
        assert loan["loss"]["highest"] == pytest.approx(lost.max(), rel=0.05)
    assert told["joint"]["loss"]["mean"] == pytest.approx(sum(loan["expected_loss"] for loan in told["facilities"]))


# ---- nothing moves ---------------------------------------------------------------------------------------------------


CALM = "\n".join((
    f"delay: {{late: {number(0, 'share')}, median: {number(60, 'days')}, one_in_ten: {number(180, 'days')}, "
    f"longest: {number(360, 'days')}}}",
    f"power: {{volatility: {number(0, 'share')}}}", f"share_price: {{volatility: {number(0, 'share')}}}",
    *(f"{name}: {{volatility: {number(0, unit)}, reversion: {number(0.5, 'per year')}}}"
      for name, unit in (("base_rate", "rate"), ("spot_price", "share"), ("contract_price", "share"))), ""))


@pytest.mark.parametrize("case", ["coreweave-2025-12", "iren-microsoft", "unit-100mw"])
def test_without_risk_every_path_is_the_deterministic_run(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No failure, no delay, no volatility: the same bits in every figure of every path, compiled or not."""
    folder = tmp_path / case
    folder.mkdir()
    for path in [*(ROOT / "inputs" / case).rglob("*.yaml"), *(ROOT / "inputs" / case).rglob("*.csv")]:
        target = folder / path.relative_to(ROOT / "inputs" / case)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    groups = {c.obligor_group or c.obligor for c in load(folder).case.contracts.contracts}
    never = "".join(f"  {group!r}: {{fails: [{{years: 5, share: {number(0, 'share')}}}]}}\n" for group in sorted(groups))
    (folder / "risk.yaml").write_text(CALM + "obligors:\n" + never)
    done = run(load(folder))
    plan = Plan(done, Settings(1024))
    assert plan.sources, "something is drawn"
    columns = plan.wanted.array({row: np.atleast_1d(plan.now(row)) for row in plan.wanted.rows()}, np.zeros(1))
    assert np.array_equal(plan.run_block(3).figures, np.broadcast_to(columns, (len(columns), BLOCK)), equal_nan=True)
    monkeypatch.setattr("model.sheet.figures.is_there", lambda: False)
    assert np.array_equal(plan.run_block(3).figures, np.broadcast_to(columns, (len(columns), BLOCK)), equal_nan=True)


def test_risk_moves_what_it_should(tmp_path: Path) -> None:
    """The packaged numbers move every source that a case has."""
    done = the_run("coreweave-2025-12")
    plan = Plan(done, Settings(1024))
    assert set(plan.sources) == {"delay", "base_rate", "share_price"}
    figures = {column.name: row for column, row in zip(plan.columns, plan.run_block(0).figures, strict=True)}
    assert np.unique(figures["company.lowest_liquidity"]).size > 1000
    assert 0 < figures["groups_failed"].mean() < len(plan.risk.groups)


# ---- hazards and quantiles -------------------------------------------------------------------------------------------


def test_hazards_reproduce_what_they_are_made_from() -> None:
    years = np.array([1.0, 5.0, 10.0])
    table = from_shares([(1, 0.01), (5, 0.20), (10, 0.30)])
    assert table.failed_by(years) == pytest.approx([0.01, 0.20, 0.30])
    assert table.failed_by(np.array([3.0]))[0] == pytest.approx(1 - 0.99 * (0.80 / 0.99) ** 0.5)
    assert table.failed_by(np.array([15.0]))[0] == pytest.approx(1 - 0.70 * (0.70 / 0.80))
    for name, number_of in defaults().ratings.items():
        assert from_shares([(5, number_of.value)]).failed_by(np.array([5.0]))[0] == pytest.approx(number_of.value), name


def test_a_cds_of_855_5_is_a_chance_of_51_percent_in_five_years() -> None:
    """Published beside the quote of 1 October 2026 (CREDIT.md 2.5), at 40 % recovery."""
    assert from_cds(0.08555, 0.4).failed_by(np.array([5.0]))[0] == pytest.approx(0.51, abs=0.005)
    assert Hazard(((1.0, 0.0),)).failed_by(np.array([30.0]))[0] == 0


def test_a_group_fails_on_the_first_day_whose_chance_reaches_its_number() -> None:
    """Chances of 10 %, 20 % and 30 % by the end of three days; nobody fails after the last."""
    limits = norm.ppf([0.1, 0.2, 0.3])
    numbers = norm.ppf([0.05, 0.0999, 0.1001, 0.2001, 0.2999, 0.3001, 0.9])
    assert days_of_failure(np.array([numbers, numbers]), [limits, limits]).tolist() == [[1, 1, 2, 3, 3, 0, 0]] * 2
    debtors = Debtors((from_shares([(1, 0.2)]),), (0.0,))
    assert norm.cdf(debtors.thresholds(366)[0][365]) == pytest.approx(1 - 0.8 ** (366 / 365.25)), "the 366th day is one year on"


@pytest.mark.parametrize("freedom", [3, 4, 5, 8, 30, 100])
def test_students_t_is_that_of_scipy(freedom: int) -> None:
    points, shares = np.linspace(-15, 15, 61), np.array([1e-5, 0.003, 0.2, 0.5, 0.9])
    assert student(points, freedom) == pytest.approx(student_t.cdf(points, freedom), abs=1e-13)
    assert quantiles(shares, freedom) == pytest.approx(student_t.ppf(shares, freedom), rel=1e-8, abs=1e-12)
    assert quantiles(shares, None) == pytest.approx(norm.ppf(shares))


# ---- fewer paths for the same error ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["antithetic", "quasi"])
def test_better_draws_lower_the_error_and_not_the_answer(tmp_path: Path, method: str) -> None:
    """Over 12 seeds: the spread of the answer itself, not only the error that is reported."""
    deal = load(case_with(tmp_path / "case", risk([(1, 0.6)], [(1, 0.5)], RHO)))
    done = run(deal)

    def answers(method: str) -> np.ndarray:
        plans = [Plan(done, Settings(1024, seed, method=method)) for seed in range(12)]  # type: ignore[arg-type]
        place = [column.name for column in plans[0].columns].index("loss")
        return np.array([plan.run_block(0).figures[place].mean() for plan in plans])

    plain, better = answers("plain"), answers(method)
    assert better.std() < 0.8 * plain.std()
    assert within(better.mean(), plain.mean(), sqrt((plain.var() + better.var()) / 12))


def test_reported_errors_of_antithetic_pairs_are_those_of_pairs(tmp_path: Path) -> None:
    deal = load(case_with(tmp_path / "case", risk([(1, 0.6)], [(1, 0.5)], RHO)))
    found = model.simulate(deal, paths=3000, seed=1, method="antithetic")
    assert found.record["paths"] == 2 * BLOCK, "whole blocks"
    lost = found.frame()["loss"].to_numpy().reshape(2, 2, BLOCK // 2)
    pairs = (lost[:, 0] + lost[:, 1]) / 2
    assert found.record["joint"]["loss"]["standard_error"] == pytest.approx(pairs.std(ddof=1) / sqrt(pairs.size))
    plain = model.simulate(deal, paths=2 * BLOCK, seed=1).record["joint"]["loss"]
    assert found.record["joint"]["loss"]["standard_error"] < plain["standard_error"]


def test_no_more_is_drawn_than_the_case_has(tmp_path: Path) -> None:
    """Without risk.yaml: ratings by the defaults, each number listed with its grade; nothing but failures moves."""
    told = model.simulate(load(small_case(tmp_path / "case")), paths=1024).record
    assert list(told["drawn"]) == ["failures"]
    assert told["not_drawn"] == ["delay", "power", "base_rate", "gpu_price", "share_price"]
    assert [group["rating"] for group in told["groups"]] == ["B", "B"]
    assert {one["name"]: one["grade"] for one in told["numbers"]} == {
        "recovery": "assumed", "ratings.B": "third-party", "correlation": "assumed", "claim_days": "assumed",
        "obligors.hill AI.rating": "assumed", "obligors.lake AI.rating": "assumed"}


def test_a_scenario_is_simulated_as_it_stands(tmp_path: Path) -> None:
    """Under `poor` hill brings 11 a month, less than the first month's 11.2; lake is as before."""
    case = case_with(tmp_path / "case", risk([(1, 0.0)], [(1, 0.0)], 0.3))
    told = model.simulate(load(case), paths=1024, scenario="poor")
    hill, lake = told.record["pairs"]
    assert (hill["covered"]["probability"], lake["covered"]["probability"]) == (0, 1)
    assert (hill["covered_in_scenario"], lake["covered_in_scenario"]) == (False, True)
    assert hill["min_dscr"]["p50"] == pytest.approx(11 / 11.2)
    assert told.record["fan"]["pairs"]["hill"]["cash"]["p50"][0] == pytest.approx(11)
    assert hill["missing"]["mean"] == pytest.approx(sum(max(0.0, due - 11) for due in DUE))


def test_the_table_says_what_the_record_says(tmp_path: Path) -> None:
    record = simulated(tmp_path / "case", paths=1024).record
    lines = {(line["of"], line["id"], line["figure"]): line for line in outputs.table(record)}
    assert len(lines) == len(outputs.table(record)), "no line stands twice"
    covered = lines["pairs", "hill", "covered.probability"]
    assert (covered["value"], covered["standard_error"]) == tuple(record["pairs"][0]["covered"].values())
    loan = record["facilities"][1]
    assert lines["facilities", "lake-loan", "expected_loss"]["value"] == loan["expected_loss"]
    assert lines["facilities", "lake-loan", "expected_loss"]["standard_error"] == loan["standard_error"]
    assert lines["joint", "all pairs", "if_independent"]["value"] == record["joint"]["if_independent"]
    assert lines["convergence", "1024 paths", "covered"]["value"] == record["joint"]["covered"]["probability"]
