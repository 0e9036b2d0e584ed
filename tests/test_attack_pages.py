"""The sheets Scenarios, Stress and MonteCarlo: stamped from the records, STALE once inputs move, compared with the live case.

What a page must show is read from the records and worked out here; what its formulas show is judged by other programs.
"""

from __future__ import annotations

import copy
import json
import random
import re
import shutil
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from model.bounds.record import record as bounds
from model.cases import Run
from model.cli import main
from model.errors import InputError
from model.report.fingerprint import sum_of_inputs
from model.report.layout import lay_out
from model.report.records import beside, book
from model.report.workbook import compose, write_workbook
from model.reverse import reverse
from model.round_trip import load as load_book
from model.simulate import simulate
from model.stress.record import record
from model.stress.sensitivity import sensitivity
from tests.delivered import the_run
from tests.judges import Formualizer, content, differences, remembered, with_cells
from tests.live import LibreOffice, live_libreoffice
from tests.moved import changes as random_changes
from tests.short import short

Json = Any
SHEETS = ("Scenarios", "Stress", "Sensitivity", "MonteCarlo", "Bounds")
VALID, STALE = "VALID for these inputs", "STALE - inputs changed after the run"
MARGIN, PRICE = "ddtl.margin", "drivers.price_change"


@pytest.fixture(scope="module")
def done() -> Run:
    return the_run(short())


@pytest.fixture(scope="module")
def records(done: Run) -> dict[str, Json]:
    """Of the commands, as they come back from their files."""
    paths = simulate(done.deal, paths=1024, seed=3).record
    attacked = record(done) | {"reverse": reverse(done), "sensitivity": sensitivity(done)}
    told: dict[str, Json] = json.loads(json.dumps({"stress": attacked, "simulation": paths,
                                                   "bounds": bounds(done, "year")[0]}))
    return told


@pytest.fixture(scope="module")
def path(done: Run, records: dict[str, Json], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_workbook(done, tmp_path_factory.mktemp("book") / "all.xlsx", records)


@pytest.fixture(scope="module")
def judge(path: Path) -> Formualizer:
    """The workbook in another program; who changes it puts it back."""
    return Formualizer(path)


@pytest.fixture(scope="module")
def office(path: Path) -> Iterator[LibreOffice]:
    """The workbook in LibreOffice; who changes it puts it back."""
    with LibreOffice(path) as opened:
        yield opened


@cache
def opened(path: Path) -> Workbook:
    return load_workbook(path)


def named(path: Path, name: str) -> tuple[str, str]:
    """The cell of a defined name."""
    sheet, cell = opened(path).defined_names[name].attr_text.replace("$", "").split("!")
    return sheet, cell


def base_cell(done: Run, key: str, scenario: int = 0) -> tuple[str, str]:
    """The cell in which an input is typed, of base or of a further scenario."""
    return "Inputs", f"{'EFGHIJKLMN'[scenario]}{lay_out(done.deal.book.blocks).places[done.deal.book.by_key[key]].line}"


def words_of(path: Path, sheet: str) -> set[str]:
    return {cell.value for line in opened(path)[sheet].iter_rows() for cell in line if isinstance(cell.value, str)}


def numbers_of(path: Path, sheet: str) -> list[float]:
    return [float(cell.value) for line in opened(path)[sheet].iter_rows() for cell in line if isinstance(cell.value, int | float)]


def holds(numbers: list[float], wanted: float) -> bool:
    return any(abs(number - wanted) <= 1e-12 * max(1.0, abs(wanted)) for number in numbers)


# ---- what stands there -----------------------------------------------------------------------------------------------


def test_the_sheets_are_there_only_with_their_records(done: Run, records: dict[str, Json], path: Path) -> None:
    assert not set(SHEETS) & set(compose(done).pages)
    assert set(SHEETS[:3]) == set(SHEETS) & set(compose(done, {"stress": records["stress"]}).pages)
    assert set(SHEETS) <= set(opened(path).sheetnames)


def test_no_words_begin_like_a_formula_or_are_a_number(path: Path) -> None:
    """Not even behind the leading apostrophe: an auditor's program counts them."""
    with zipfile.ZipFile(path) as parts:
        words = {text for name in parts.namelist() if name.startswith("xl/worksheets/sheet")
                 for text in re.findall(r"<is><t[^>]*>([^<]*)</t>", parts.read(name).decode())}
    assert len(words) > 1000
    assert not [text for text in words if re.match(r"[=@+]|-(?=\S)|-?\d[\d,]*(\.\d+)?%?$", text)]


def test_every_scenario_has_a_column_with_its_grade_and_figures(records: dict[str, Json], path: Path) -> None:
    told, sheet = records["stress"], opened(path)["Scenarios"]
    heads = {cell.value: cell.column for line in sheet.iter_rows(max_row=30) for cell in line if isinstance(cell.value, str)}
    label = {str(cell.value): cell.row for cell in sheet["B"] if cell.value}
    for one in told["scenarios"]:
        pair = one["pairs"][0]
        if not one["applies"]:
            assert one["id"] not in heads
            assert any(one["id"] in words and one["why_not"] in words for words in words_of(path, "Scenarios"))
            continue
        column = heads[one["id"]]
        assert sheet.cell(label["Grade"], column).value == pair["grade"], one["id"]
        assert sheet.cell(label["Lowest CLCR"], column).value == pytest.approx(pair["min_clcr"], abs=1e-12)
        assert sheet.cell(label["Support needed"], column).value == pytest.approx(pair["support_needed"], abs=1e-12)
        for name, words in (("T1", "T1 cash covers service on every payment date"), ("T2", "T2 nothing is left at the end")):
            assert sheet.cell(label[words], column).value == pair["tests"][name]["pass"]


def test_stress_shows_bars_turns_frontiers_and_grids(records: dict[str, Json], path: Path) -> None:
    told, words, numbers = records["stress"], words_of(path, "Stress"), numbers_of(path, "Stress")
    for bar in told["tornado"][0]["drivers"]:
        assert (bar["title"] in words) == any(bar["swing"].values())
    turns = [turn["level"] for one in told["reverse"]["break_evens"] for turn in one["crossings"]]
    assert turns
    assert all(holds(numbers, level) for level in turns)
    points = [point["break_even"] for one in told["reverse"]["frontiers"] for point in one["points"]]
    assert len(points) > 20
    assert all(holds(numbers, point) for point in points if point is not None)
    grid = told["grids"][0]["pairs"][0]
    shown = {f"{grade} {cover:.2f}x" for grades, covers in zip(grid["grade"], grid["min_clcr"], strict=True)
             for grade, cover in zip(grades, covers, strict=True)}
    assert shown <= words
    assert any(told["reverse"]["distances"][0]["words"] in text for text in words)


def test_monte_carlo_shows_chances_losses_convergence_and_what_is_assumed(records: dict[str, Json], path: Path) -> None:
    told, words, numbers = records["simulation"], words_of(path, "MonteCarlo"), numbers_of(path, "MonteCarlo")
    wanted = [told["joint"]["covered"]["probability"], told["joint"]["covered"]["standard_error"], told["joint"]["loss"]["p99"],
              *(loan["expected_loss"] for loan in told["facilities"]), *told["pairs"][0]["first_failure"]["by_month"],
              *(count / told["paths"] for count in told["pairs"][0]["missing"]["histogram"]["counts"]),
              *(one["loss"]["standard_error"] for one in told["convergence"])]
    assert all(holds(numbers, value) for value in wanted)
    lines = {line[1].value: line for line in opened(path)["MonteCarlo"].iter_rows() if line[1].value}
    for one in told["numbers"]:
        assert (lines[one["name"].replace("_", " ")][4].value == "ASSUMED") == (one["grade"] == "assumed"), one["name"]
    assert any(f"seed {told['seed']}" in text and told["copula"] in text and told["method"] in text for text in words)


def test_charts_are_native_and_hold_their_numbers(records: dict[str, Json], path: Path) -> None:
    """Bars, lines, columns and points, each with what it shows stored in the file."""
    told = records["simulation"]["pairs"][0]["missing"]["histogram"]["counts"]
    with zipfile.ZipFile(path) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    ours = [chart for chart in charts if "'MonteCarlo'!" in chart or "'Stress'!" in chart]
    assert {kind for kind in ("barChart", "lineChart", "scatterChart") if any(f"<{kind}>" in chart for chart in ours)} == {
        "barChart", "lineChart", "scatterChart"}
    assert all("<numCache>" in chart and chart.count("<f>") == chart.count("<ptCount") for chart in ours)
    fan = next(chart for chart in ours if "percentiles of paths" in chart)
    assert fan.count("<ser>") == 6
    missing = next(chart for chart in ours if "Cash missing" in chart)
    assert f'<ptCount val="{len(told)}"' in missing
    assert repr(max(told) / records["simulation"]["paths"]) in missing


def test_first_pages_tell_the_answers_with_links(records: dict[str, Json], path: Path, judge: Formualizer) -> None:
    for sheet in ("Cover", "Dashboard"):
        links = {link.location for link in (cell.hyperlink for line in opened(path)[sheet].iter_rows() for cell in line) if link}
        assert {f"'{title}'!A1" for title in SHEETS if title != "Sensitivity" or sheet == "Cover"} <= links
    joint = records["simulation"]["joint"]["covered"]["probability"]
    assert f"covered on {joint:.1%} of 1,024 paths" in str(judge.one("Dashboard", "B10"))


# ---- live, and stale -------------------------------------------------------------------------------------------------


def test_live_is_the_engine_s_and_a_moved_input_makes_all_sheets_stale(done: Run, records: dict[str, Json], path: Path,
                                                                       judge: Formualizer) -> None:
    """Every position of the selector agrees; base, another scenario, or both in opposite directions: each is noticed."""
    for scenario in done.names:
        if scenario != "base":
            judge.change({named(path, "In_ScenarioName"): scenario})
        assert not differences(judge.values(), remembered(done.under(scenario), records))
        assert judge.one(*named(path, "Run_Place")) > 0
        assert [judge.one(sheet, "B4") for sheet in SHEETS] == [VALID] * len(SHEETS)
    margin, price = base_cell(done, MARGIN), base_cell(done, PRICE, done.names.index("price-minus-10"))
    before = {cell: judge.one(*cell) for cell in (margin, price)} | {named(path, "In_ScenarioName"): "base"}
    for changes in ({margin: 0.0401}, {price: -0.2}, {margin: 0.05, price: -0.11}):
        judge.change(before | changes)
        assert [judge.one(sheet, "B4") for sheet in SHEETS] == [STALE] * len(SHEETS), changes
        assert str(judge.one("Dashboard", "B8")).startswith(f"Scenarios: {STALE}")
        assert judge.one(*named(path, "Run_Apart")) == 0 == judge.one(*named(path, "Chk_Total"))
    judge.change(before)
    assert [judge.one(sheet, "B4") for sheet in SHEETS] == [VALID] * len(SHEETS)


def test_a_wrong_figure_of_the_engine_fails_a_check(done: Run, records: dict[str, Json], tmp_path: Path) -> None:
    """A planted fault fails the check: a number, be it by 1e-5; a grade and a word on the claim, of which each counts."""
    def planted(change: Any) -> tuple[float, float]:
        told = copy.deepcopy(records)
        change(told["stress"]["base"]["pairs"][0], told["stress"]["base"]["claim"])
        judge = Formualizer(write_workbook(done, tmp_path / "planted.xlsx", told))
        failed, apart = (judge.one(*named(tmp_path / "planted.xlsx", name)) for name in ("Chk_Total", "Run_Apart"))
        return float(failed), float(apart)

    assert planted(lambda pair, _: pair.update(min_clcr=pair["min_clcr"] + 1e-5)) == (1, pytest.approx(1e-5))
    assert planted(lambda pair, claim: (pair.update(grade="B"), claim.update(H1="fails"))) == (1, pytest.approx(2))


def test_a_level_typed_into_inputs_turns_the_live_verdict_as_foretold(done: Run, records: dict[str, Json], path: Path,
                                                                      judge: Formualizer) -> None:
    """On either side of each break-even of cover the line of that driver agrees with the live verdict."""
    sheet, before = opened(path)["Stress"], dict[tuple[str, str], float]()
    rows = {cell.value: cell.row for cell in sheet["B"] if cell.value}
    drivers = {one["name"]: one for one in records["stress"]["reverse"]["drivers"]}
    for one in records["stress"]["reverse"]["break_evens"]:
        if one["test"] != "covered" or not one["crossings"]:
            continue
        driver, turn = drivers[one["driver"]], one["crossings"][0]
        line, cell = rows[driver["label"]], base_cell(done, driver["key"])
        for level, passes in ((turn["level"], 0), (turn["passes_at"], 1)):
            judge.change(before | {cell: level})
            assert judge.one("Stress", f"O{line}") == judge.one("Stress", f"P{line}") == passes, (one["driver"], level)
            assert judge.one("Stress", f"Q{line}") == 1
        before = {cell: driver["now"]}
    judge.change(before)


@live_libreoffice
def test_libreoffice_agrees_and_sees_the_same_inputs(done: Run, records: dict[str, Json], path: Path,
                                                     office: LibreOffice) -> None:
    """Words among the inputs count as nothing there too: the sheet Evidence is as current as the sheets of the commands."""
    margin, scenario = base_cell(done, MARGIN), named(path, "In_ScenarioName")
    before = {margin: office.one(*margin), scenario: "base"}
    assert not differences(office.values(), remembered(done, records))
    for changes, said, stale in (({}, VALID, 0), ({margin: 0.0401}, STALE, 1), ({scenario: "rates-plus-100"}, VALID, 1)):
        office.change(before | changes)
        assert [office.one(sheet, "B4") for sheet in SHEETS] == [said] * len(SHEETS), changes
        assert office.one(*named(path, "Run_EvidenceStale")) == stale, changes
    office.change(before)


@live_libreoffice
def test_stamped_formulas_follow_any_input_and_none_is_typed_over_unseen(done: Run, records: dict[str, Json], path: Path,
                                                                         judge: Formualizer, office: LibreOffice,
                                                                         tmp_path: Path) -> None:
    """As the other sheets: random inputs in both programs, and each formula of the stamped sheets overwritten in turn."""
    total, chance = named(path, "Chk_Total"), random.Random(7)
    stamped = [at for at in content(path).formulas if at[0] in SHEETS and at[1] != "A2"]
    typed = {at: chance.choice((9.75, "words", None)) for at in chance.sample(stamped, 40)}
    assert {at for at, failed in office.overwritten(typed, total).items() if failed == 0 or isinstance(failed, str)} == set()
    for change, changed in random_changes(done, seed=11, count=2):
        expected, back = remembered(changed, records), {at: judge.one(*at) for at in change.cells}
        for program in (office, judge):
            program.change({**change.cells, named(path, "In_ScenarioName"): change.scenario})
            found = program.values()
            assert [found[sheet, "B4"] for sheet in SHEETS] == [STALE] * len(SHEETS), change.words
            assert not differences(found, expected), change.words
            program.change({**back, named(path, "In_ScenarioName"): "base"})
    spoilt = with_cells(path, dict.fromkeys(stamped[:3], 9.75), tmp_path / "spoilt.xlsx")
    with pytest.raises(InputError) as refused:
        load_book(spoilt)
    assert [(one.field, one.seen) for one in refused.value.findings] == [
        (f"{stamped[0][0]} (formulas)", "others than were written")], "what stood on a stamped sheet is not known"


# ---- records of others -----------------------------------------------------------------------------------------------


def test_words_of_a_record_are_never_formulas(done: Run, records: dict[str, Json], tmp_path: Path) -> None:
    told = copy.deepcopy(records)
    evil = '=HYPERLINK("http://x")'
    told["stress"]["scenarios"][0]["title"] = told["stress"]["pairs"][0]["title"] = evil
    told["simulation"]["numbers"][0]["source"] = told["simulation"]["facilities"][0]["title"] = evil
    sheets = opened(write_workbook(done, tmp_path / "evil.xlsx", told))
    found = [cell for name in SHEETS for line in sheets[name].iter_rows() for cell in line if evil in str(cell.value)]
    assert len(found) > 3
    assert all(cell.data_type == "s" for cell in found)
    assert all(cell.quotePrefix for cell in found if str(cell.value).startswith("="))


def test_the_same_run_gives_the_same_bytes(done: Run, records: dict[str, Json], path: Path, tmp_path: Path) -> None:
    again = write_workbook(done, tmp_path / "again.xlsx", copy.deepcopy(records))
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(("change", "why"), [
    ({"input_hash": "0"}, "it is of other inputs"), ({"scenario": "price-minus-10"}, "it is of another scenario"),
    ({"version": "9"}, "it is of another version of the program"),
    ({"case": "x", "scenario": "y"}, "it is of another case and another scenario"), ({"title": "x"}, "")])
def test_a_record_of_something_else_is_left_out_and_said_so(done: Run, records: dict[str, Json], tmp_path: Path, change: Json,
                                                            why: str) -> None:
    said: list[str] = []
    (tmp_path / "stress.json").write_text(json.dumps(records["stress"] | change))
    (tmp_path / "simulation.json").write_text("[1")
    assert set(beside(done, tmp_path, said.append, ["stress", "simulation"])) == (set() if why else {"stress"})
    assert any("simulation.json is not in the workbook: it is not a record of this program" in words for words in said)
    assert not why or any(why in words for words in said)


def test_a_damaged_record_stops_no_workbook(done: Run, records: dict[str, Json], tmp_path: Path) -> None:
    """What lies in the folder is left out and said so; the command's own record is never passed over."""
    said: list[str] = []
    told = copy.deepcopy(records["simulation"])
    del told["facilities"][0]["loss"]
    (tmp_path / "simulation.json").write_text(json.dumps(told))
    (write,) = book(done, tmp_path, said.append, stress=records["stress"]).values()
    write(tmp_path / "book.xlsx")
    assert set(SHEETS[:3]) == set(SHEETS) & set(load_workbook(tmp_path / "book.xlsx").sheetnames)
    assert ["cannot be read (KeyError: 'loss')" in words for words in said] == [True]
    (tmp_path / "simulation.json").unlink()
    (write,) = book(done, tmp_path, said.append, simulation=told).values()
    with pytest.raises(KeyError):
        write(tmp_path / "book.xlsx")


def test_any_order_of_the_three_commands_ends_with_one_workbook_of_all(tmp_path: Path) -> None:
    """And a changed case leaves the older records out, with a word on standard error."""
    def say(*words: str) -> str:
        found = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "out")])
        assert found.exit_code == 0, found.output
        return found.stderr

    mine = tmp_path / "case"
    shutil.copytree(short(), mine)
    say("simulate", str(mine), "--paths", "64")
    say("stress", str(mine))
    both = (tmp_path / "out" / "starter.xlsx").read_bytes()
    say("run", str(mine))
    assert (tmp_path / "out" / "starter.xlsx").read_bytes() == both
    assert set(SHEETS) - {"Bounds"} <= set(load_workbook(tmp_path / "out" / "starter.xlsx").sheetnames)
    with (mine / "debt.yaml").open("a", encoding="utf-8") as file:
        file.write("# other bytes\n")
    told = say("stress", str(mine), "--only", "S15")
    assert "simulation.json is not in the workbook: it is of other inputs" in told
    assert set(SHEETS[:2]) == set(SHEETS) & set(load_workbook(tmp_path / "out" / "starter.xlsx").sheetnames)


def test_two_scenarios_cannot_trade_a_number_unseen(done: Run) -> None:
    """The sum over inputs changes when an amount moves from one scenario's column to another's, or from line to line."""
    issue = compose(done)
    told = dict(done.told)
    now = sum_of_inputs(issue, issue.run)
    key = next(key for key, row in told.items() if key == PRICE and len(row) > 2)
    values = list(told[key])
    first, second = done.names.index("price-minus-10"), next(n for n in range(1, len(values)) if values[n] == values[0])
    values[first], values[second] = values[second], values[first]
    issue.run = Run(done.deal, done.values, done.scenario, told | {key: values})
    assert abs(sum_of_inputs(issue, issue.run) - now) > 1e-3
