"""How sure a verdict is: places where it turns, corners and grades that can be worked out by hand.

A loan of 120 at 12 %, 30/360, repaid in 12 equal months, owes 10 and 1.2 of interest in the first month: 11.2, the most of any
month. Nothing is kept, so it is covered while the month's cash, price less running cost, is 11.2 or more; and A while that
holds with the price 10 % lower.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.cases import Run, load, run
from model.certainty import uncertain_inputs, unmoved_ranges
from model.certainty.uncertain import admitted, ranged_rows
from model.errors import InputError
from model.record import record
from model.record.certainty import sureness_of_all
from model.report.files import as_json
from model.sheet import definition, evaluate
from tests.delivered import the_deal, the_run

TOLD = "source: invented, grade: assumed"
STEPS = "pay opex, pay fees, pay interest, pay principal, distribute"
BOX = f"  - {{id: NAME-box, name: Box of NAME, ring_fenced: true, waterfall: {{steps: [{STEPS}], {TOLD}}}}}"
LOAN = f"""
  - id: NAME-loan
    name: Loan on NAME
    kind: vendor
    box: NAME-box
    day_count: 30/360
    months: 1
    business_days: none
    balance: {{value: 120, unit: USD m, {TOLD}}}
    margin: {{value: 0.12, unit: rate, {TOLD}RATE}}
    maturity: {{value: 2026-12-31, {TOLD}}}
    repayment: {{profile: level, {TOLD}}}"""
CONTRACT = f"""
  - id: NAME
    name: Agreement NAME
    obligor: NAME AI
    kind: take_or_pay
    tranches:
      - start: {{value: 2025-01-01, {TOLD}}}
        end: {{value: 2026-12-31, {TOLD}}}
        price: {{value: 15, unit: USD m a month, {TOLD}PRICE}}
        opex: {{value: 2, unit: USD m a month, {TOLD}OPEX}}"""
CASE = f"""
case: small
title: Two contracts
as_of: 2025-12-31
headline:
  claim: Signed contracts cover the debt
  debt: {{value: 240, unit: USD m, {TOLD}}}
  revenue: {{value: 360, unit: USD m, {TOLD}}}
  contracted: {{value: 360, unit: USD m, {TOLD}}}
  market_value: {{value: 900, unit: USD m, {TOLD}}}
"""
SCENARIOS = "moderate: [late, cheap, dear]\nscenarios:\n" + "".join(
    f"  {name}: {{title: x, reason: x, {TOLD}, overrides: {{{key}}}}}\n" for name, key in (
        ("late", "drivers.delay_days: 90"), ("cheap", "drivers.price_change: -0.1"), ("dear", "drivers.rate_shift: 0.01"),
        ("poor", "hill.tranche-1.opex: 4")))
ALLOCATION = f"""
allocation:
  basis: disclosed
  {TOLD.replace(", ", chr(10) + "  ")}
  debt_share: {{hill-loan: {{hill: 1, none: 0}}, lake-loan: {{lake: 1, none: 0}}}}
  cash_share: {{hill: {{hill-loan: 1}}, lake: {{lake-loan: 1}}}}
"""
FIRST_SERVICE, COST, PRICE = 11.2, 2.0, 15.0


def a_range(name: str, low: str = "", high: str = "") -> str:
    """An entry of `ranges`."""
    return f"  {name}: {{title: Range {name}, reason: x, {TOLD}, low: {{{low}}}, high: {{{high}}}}}\n"


def write(folder: Path, ranges: str = "", **stated: str) -> Path:
    """The small case, with ranges: of scenarios.yaml, and of the numbers of `hill` (PRICE, OPEX, RATE)."""
    def both(text: str) -> str:
        mine, other = text.replace("NAME", "hill"), text.replace("NAME", "lake")
        for word in ("PRICE", "OPEX", "RATE"):
            mine, other = mine.replace(word, f", range: {stated[word]}" if word in stated else ""), other.replace(word, "")
        return f"{mine}\n{other}\n"

    folder.mkdir(exist_ok=True)
    (folder / "case.yaml").write_text(CASE)
    (folder / "contracts.yaml").write_text("contracts:" + both(CONTRACT))
    (folder / "debt.yaml").write_text("boxes:\n" + both(BOX) + "instruments:" + both(LOAN) + ALLOCATION)
    (folder / "scenarios.yaml").write_text(SCENARIOS + ("ranges:\n" + ranges if ranges else ""))
    return folder


def judged(folder: Path, ranges: str = "", scenario: str = "base", **stated: str) -> Run:
    return run(load(write(folder, ranges, **stated)), scenario)


def evidence(done: Run) -> Any:
    return sureness_of_all(done)


# ---- one input -------------------------------------------------------------------------------------------------------


def test_a_verdict_turns_at_the_price_that_just_pays_the_first_month(tmp_path: Path) -> None:
    """Between 15 and 12 cash falls short below 13.2, 60 % of the way down."""
    told = judged(tmp_path, PRICE="[12, 20]").certainty["hill"]
    (flip,) = told.flips
    assert flip.input.name == "hill.tranche-1.price"
    assert (flip.end, flip.before, flip.after, told.robust) == ("low", "A", "D", False)
    assert flip.at == pytest.approx(FIRST_SERVICE + COST, abs=2e-6)
    assert flip.way == pytest.approx((PRICE - FIRST_SERVICE - COST) / (PRICE - 12), abs=1e-6)
    assert (told.best, told.worst) == ("A", "D")


def test_the_claim_turns_with_its_pair(tmp_path: Path) -> None:
    """H1 holds if assumed, and fails where the price of either contract is too low."""
    done = judged(tmp_path, PRICE="[12, 20]")
    (flip,) = done.certainty["claim"].flips
    assert (flip.before, flip.after) == ("holds_if_assumed", "fails")
    assert flip.way == done.certainty["hill"].flips[0].way
    told = evidence(done)
    assert (told["robust"], told["h1_range"]) == (False, ["holds_if_assumed", "fails"])
    assert "Fragile pairs: Agreement hill / Loan on hill" in told["sentence"]


def test_what_cannot_touch_a_pair_is_not_listed(tmp_path: Path) -> None:
    """The price of one contract says nothing of the other; a delay says nothing of service that has begun."""
    done = judged(tmp_path, a_range("late", high="drivers.delay_days: 200"), PRICE="[14, 20]")
    told = evidence(done)
    assert told["by_pair"]["hill"]["ranged_inputs"] == ["hill.tranche-1.price"]
    assert told["by_pair"]["lake"] | {"sentence": ""} == {
        "assumed_kinds": ["allocation", "prices", "service dates", "costs", "balances", "rates", "maturities", "instalments"],
        "grade_share": {"assumed": 1.0}, "ranged_inputs": [], "robust": None, "fragile_to": [], "sentence": ""}
    assert done.certainty["lake"].method == "no ranges"
    assert [one["input"] for one in told["ranges"]] == ["hill.tranche-1.price", "late"]


def read_from(folder: Path, file: str, *lines: str) -> None:
    """Grade lines of a file as read from a filing: those that hold one of these words before the next entry begins."""
    path, mine = folder / file, False
    text = []
    for row in path.read_text().splitlines():
        mine = any(word in row for word in lines) if row.lstrip().startswith(("- id:", "- {id", "allocation:")) else mine
        text.append(row.replace("grade: assumed", "grade: filing") if mine else row)
    path.write_text("\n".join(text))


def test_a_pair_rests_on_its_own_contract_and_loan_only(tmp_path: Path) -> None:
    """`hill` is read from filings throughout, then all but its price; what is assumed of `lake` is none of its business."""
    folder = write(tmp_path)
    read_from(folder, "contracts.yaml", "id: hill")
    read_from(folder, "debt.yaml", "hill-loan", "allocation:")
    told = evidence(run(load(folder)))["by_pair"]
    assert (told["hill"]["assumed_kinds"], told["hill"]["grade_share"]) == ([], {"filing": 1.0})
    assert (told["lake"]["assumed_kinds"][0], told["lake"]["grade_share"]) == ("prices", {"assumed": 1.0})
    text = (folder / "contracts.yaml").read_text()
    price = "price: {value: 15, unit: USD m a month, source: invented, grade: filing"
    (folder / "contracts.yaml").write_text(text.replace(price, price.replace("filing", "press")))
    assert evidence(run(load(folder)))["by_pair"]["hill"]["grade_share"] == {"press": 1.0}
    (folder / "contracts.yaml").write_text(text.replace(price, price.replace("filing", "assumed")))
    assert evidence(run(load(folder)))["by_pair"]["hill"]["assumed_kinds"] == ["prices"]


@pytest.mark.parametrize(("price", "grade"), [(14.67, "A"), (14.66, "B")])
def test_t4_is_asked_at_the_ends_too(tmp_path: Path, price: float, grade: str) -> None:
    """A needs 0.9 x price - 2 >= 11.2, a price of 14.667; B needs 13.2 only: the verdict stands, its grade may not."""
    told = judged(tmp_path, PRICE=f"[{price}, 16]").certainty["hill"]
    assert (told.best, told.worst, told.robust) == ("A", grade, True)


def test_t4_moves_from_where_the_scenario_holds_an_input(tmp_path: Path) -> None:
    """A range of prices of -3 % under the moderate -10 % makes -13 %: 0.87 x 15 - 2 = 11.05, too little for A."""
    inside = judged(tmp_path, a_range("price", low="drivers.price_change: -0.01")).certainty["hill"]
    beyond = judged(tmp_path, a_range("price", low="drivers.price_change: -0.03")).certainty["hill"]
    assert (inside.worst, beyond.worst, beyond.robust) == ("A", "B", True)


def test_a_verdict_that_turns_inside_and_back_is_fragile(tmp_path: Path) -> None:
    """15 (1 + w) (1 - 0.6 w) - 4 is too little at both ends of the way and enough from 15.2 on, first at w = 0.035."""
    crooked = a_range("crooked", high="hill.tranche-1.price: 30, drivers.uncollected: 0.6")
    (flip,) = judged(tmp_path, crooked, scenario="poor").certainty["hill"].flips
    assert flip.way == pytest.approx((6 - (36 - 7.2) ** 0.5) / 18, abs=1e-6)
    assert (flip.before, flip.after, flip.at) == ("D", "A", None)


# ---- several ---------------------------------------------------------------------------------------------------------


def test_two_inputs_that_only_together_turn_a_verdict(tmp_path: Path) -> None:
    """13.5 - 2 and 15 - 3.5 leave 11.5, 13.5 - 3.5 leaves 10: robust to each, D in one corner."""
    told = judged(tmp_path, PRICE="[13.5, 16]", OPEX="[1.5, 3.5]").certainty["hill"]
    assert (told.robust, told.flips, told.method) == (True, (), "all corners")
    assert (told.best, told.worst) == ("A", "D")


SEVEN = (("sla", "drivers.sla_credits: 0.02"), ("unpaid", "drivers.uncollected: 0.02"), ("price", "drivers.price_change: -0.03"),
         ("cost", "drivers.cost_change: 0.1"))


def test_more_than_six_inputs_are_put_to_their_joint_ends(tmp_path: Path) -> None:
    """Seven small harms, none of which alone takes the 1.8 to spare, do so together: 11.29 against 11.5 due."""
    ranges = "".join(a_range(name, high=key) for name, key in SEVEN)
    numbers = {"PRICE": "[14.6, 15]", "OPEX": "[1.9, 2.3]", "RATE": "[0.11, 0.15]"}
    cash, due = 14.6 * 0.97 * 0.98 * 0.98 - 2.3 * 1.1, 10 + 120 * 0.15 / 12
    assert cash < due < PRICE * 0.97 - COST
    told = judged(tmp_path, ranges, **numbers).certainty["hill"]
    assert (len(told.inputs), told.method) == (7, "single moves and the joint ends")
    assert (told.robust, told.best, told.worst) == (True, "A", "D")


def test_the_helpful_ends_are_put_together_as_well(tmp_path: Path) -> None:
    """At a cost of 4 cash is 11.0. Five helps, the largest of 0.1, leave 11.26 against 11.17 due; two harms stay out of it."""
    helps = (("price", "drivers.price_change: 0.005"), ("cost", "drivers.cost_change: -0.02"),
             ("debt", "drivers.debt_scale: 0.999"))
    ranges = "".join(a_range(name, high=key) for name, key in (*SEVEN[:2], *helps))
    assert 15.1 * 1.005 - 4 * 0.98 > (10 + 120 * 0.118 / 12) * 0.999 > 15.1 - 4
    told = judged(tmp_path, ranges, scenario="poor", PRICE="[15, 15.1]", RATE="[0.118, 0.12]").certainty["hill"]
    assert (len(told.inputs), told.method) == (7, "single moves and the joint ends")
    assert (told.robust, told.best, told.worst) == (True, "A", "D")


def test_a_seventh_input_that_moves_nothing_leaves_all_corners(tmp_path: Path) -> None:
    """What alone changes nothing is left out before corners are counted."""
    ranges = "".join(a_range(name, high=key) for name, key in SEVEN) + a_range("late", high="drivers.delay_days: 99")
    told = judged(tmp_path, ranges, PRICE="[14.6, 15]", OPEX="[1.9, 2.3]").certainty["hill"]
    assert (len(told.inputs), told.method) == (6, "all corners")


def test_the_nearest_flip_comes_first(tmp_path: Path) -> None:
    """1.8 to spare: the price falls 3.6 (half the way), the cost rises 2 (90 % of it), the rate 15 points (more than all)."""
    done = judged(tmp_path, PRICE="[11.4, 15]", OPEX="[2, 4]", RATE="[0.12, 0.27]")
    flips = done.certainty["hill"].flips
    assert [flip.input.name for flip in flips] == ["hill.tranche-1.price", "hill.tranche-1.opex"]
    assert [flip.way for flip in flips] == pytest.approx([0.5, 0.9], abs=1e-6)
    assert "Verdict fragile to Agreement hill: tranche 1: Take-or-pay fee (A turns D 50% of the way to its low end, at 13.2" in (
        evidence(done)["by_pair"]["hill"]["sentence"])


def test_the_order_of_ranges_changes_nothing(tmp_path: Path) -> None:
    """Nor does a second run: the same bytes."""
    entries = [a_range("b", low="drivers.cost_change: -0.2", high="drivers.cost_change: 1"),
               a_range("a", low="drivers.price_change: -0.2"), a_range("c", high="drivers.uncollected: 0.1")]
    found = {as_json(evidence(judged(tmp_path, "".join(order)))) for order in (entries, entries[::-1], entries[1:] + entries[:1])}
    assert len(found) == 1


def test_without_ranges_the_grade_is_a_point(tmp_path: Path) -> None:
    told = record(judged(tmp_path))
    assert [p["grade_range"] for p in told["pairs"]] == [["A", "A"], ["A", "A"]]
    assert told["evidence"]["robust"] is None
    assert "was not tested" in told["evidence"]["sentence"]


def test_what_a_scenario_sets_is_decided_there(tmp_path: Path) -> None:
    """Under the scenario of a price cut the range of prices is not asked; the range of costs is."""
    ranges = a_range("price", low="drivers.price_change: -0.3") + a_range("cost", high="drivers.cost_change: 0.5")
    told = judged(tmp_path, ranges, scenario="cheap").certainty["hill"]
    assert [one.name for one in told.inputs] == ["cost"]
    assert told.flips[0].way == pytest.approx((PRICE * 0.9 - COST - FIRST_SERVICE) / COST / 0.5, abs=2e-6)


def test_a_number_moves_every_row_that_it_is_bound_to(tmp_path: Path) -> None:
    """A contract whose cash a loan is tested on stands twice: as it comes in, and as signed."""
    folder = tmp_path / "ipo"
    source = Path(__file__).parents[1] / "inputs" / "coreweave-ipo"
    shutil.copytree(source, folder)
    (folder / "scenarios.yaml").unlink()
    text = (folder / "contracts.yaml").read_text()
    (folder / "contracts.yaml").write_text(text.replace("          value: 100.6666666667\n",
                                                        "          value: 100.6666666667\n          range: [90, 110]\n"))
    (one,) = (each for each in uncertain_inputs(load(folder)) if each.name == "ddtl-2-pool.tranche-1.price")
    assert one.low == {"ddtl-2-pool.tranche-1.price": 90, "ddtl-2-pool.as-signed.tranche-1.price": 90}
    (folder / "contracts.yaml").write_text(text)
    (folder / "scenarios.yaml").write_text("ranges:\n" + a_range("price", high="ddtl-2-pool.tranche-1.price: 120"))
    (one,) = (each for each in uncertain_inputs(load(folder)) if each.name == "price")
    assert one.high == {"ddtl-2-pool.tranche-1.price": 120, "ddtl-2-pool.as-signed.tranche-1.price": 120}


def test_levels_stay_within_what_an_input_admits(tmp_path: Path) -> None:
    """Days are whole, shares end at their limits, whatever a scenario adds to a range."""
    rows = load(write(tmp_path)).book.by_key
    assert admitted(rows["drivers.delay_days"], 44.6) == 45
    assert admitted(rows["drivers.price_change"], -1.2) == -1
    assert admitted(rows["drivers.sla_credits"], 1.4) == 1
    assert admitted(rows["drivers.rate_shift"], 0.0123) == 0.0123


def test_explain_tells_the_range(tmp_path: Path) -> None:
    row = load(write(tmp_path, PRICE="[14, 16]")).book.by_key["hill.tranche-1.price"]
    assert definition(row) == "input [assumed] range 14 to 16; invented"


# ---- by hand, point by point -----------------------------------------------------------------------------------------


def grade(price: float, cost: float, rate: float) -> str:
    """The grade from the arithmetic above."""
    due = 10 + 120 * rate / 12
    return "D" if price - cost < due else "A" if 0.9 * price - cost >= due else "B"


@pytest.mark.parametrize("ends", [
    {"PRICE": (13.6, 15.5), "OPEX": (1.0, 2.6), "RATE": (0.1, 0.13)},
    {"PRICE": (14.9, 19.0), "OPEX": (2.0, 2.05), "RATE": (0.12, 0.121)},
    {"PRICE": (15.0, 15.1), "OPEX": (1.0, 3.7), "RATE": (0.05, 0.12)}])
def test_the_range_of_grades_is_that_of_the_corners(tmp_path: Path, ends: Mapping[str, tuple[float, float]]) -> None:
    """All eight corners by hand."""
    told = judged(tmp_path, **{name: str(list(pair)) for name, pair in ends.items()}).certainty["hill"]
    corners = sorted({grade(p, c, r) for p in ends["PRICE"] for c in ends["OPEX"] for r in ends["RATE"]} | {"A"})
    assert [told.best, told.worst] == [corners[0], corners[-1]]


def test_the_listing_case_at_all_its_corners_by_whole_runs() -> None:
    """Every combination of ends of all that is uncertain, calculated from the ground up: which pairs are covered in any."""
    deal = the_deal("coreweave-ipo")
    told, inputs = the_run("coreweave-ipo").certainty, uncertain_inputs(deal)
    cases = [{key: level for one in ends for key, level in one.items()} for ends in product(*((i.low, i.high) for i in inputs))]
    values = evaluate(deal.book, deal.columns(cases))
    assert len(cases) == 2**6
    for key, pair in deal.pairs.items():
        stands = np.broadcast_to(values[pair.row("stands")] == 1, (len(cases),))
        assert (told[key].best in ("A", "B")) == stands.any()
        assert (told[key].worst not in ("A", "B")) == (not stands.all())
        assert told[key].robust
    assert {key for key in deal.pairs if told[key].best == "A"} == {"ddtl-1-pool", "equipment-pool"}


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ranges", "stated", "place", "words"), [
    (a_range("x", low="drivers.cost_change: 0.1", high="drivers.cost_change: 0.2"), {}, "ranges.x.low.drivers.cost_change",
     "ends around the base case, 0"),
    (a_range("x", low="hill.tranche-1.price: 14"), {"PRICE": "[13, 16]"}, "ranges.x.low.hill.tranche-1.price",
     "without a range of its own"),
    (a_range("x", low="hill.tranche-9.price: 14"), {}, "ranges.x.low", "no such row"),
    (a_range("x", high="hill.tranche-1.price: -1"), {}, "ranges.x.high", "at least 0"),
    ("", {"PRICE": "[13, 16]", "RATE": "[-9, 1]"}, "instruments[hill-loan].margin.range", "-9: allowed")])
def test_ranges_that_are_refused(tmp_path: Path, ranges: str, stated: dict[str, str], place: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        load(write(tmp_path, ranges, **stated))
    assert any(f.field == place and words in f"{f.seen} {f.allowed}" for f in refused.value.findings), refused.value


def test_a_range_that_moves_nothing_is_told_at_its_place(tmp_path: Path) -> None:
    """Nothing of today's schema is asked for and left out of the book; a range would be silent if something were."""
    deal = load(write(tmp_path, PRICE="[14, 16]"))
    (row,) = ranged_rows(deal)
    object.__setattr__(row.input, "low", None)
    (found,) = unmoved_ranges(deal)
    assert (found.file, found.field) == ("contracts.yaml", "contracts[hill].tranches[0].price.range")
    assert found.line == next(n for n, text in enumerate((tmp_path / "contracts.yaml").read_text().splitlines(), 1)
                              if "range" in text)
