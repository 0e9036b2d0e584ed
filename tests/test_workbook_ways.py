"""How a person finds his way in the workbook: groups, links, names, the log, checks that go out, size, progress."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from model.cli import main
from model.report import workbook
from model.report.called import NOT_PRINTED
from model.report.case_files import WIDTH
from model.report.layout import CALLED, CASE_FILES, CHECKS, INDEX, INPUTS, OVER_TIME, TIME, WORKINGS
from model.report.page import LONGEST_FOOTER, in_footer
from model.report.screen import working
from model.report.workbook import write_workbook
from tests.delivered import the_book, the_run
from tests.judges import Formualizer, named
from tests.large import CONTRACTS, FACILITIES, MONTHS, large
from tests.strategies import run_deal

ROOT = Path(__file__).parent.parent
CASE = ROOT / "inputs" / "coreweave-ddtl-4"
NAME = re.compile(r"^(In|Out|Chk|Run)_[A-Za-z][A-Za-z0-9_]*$")
LARGEST = 15e6  # bytes


@pytest.fixture(scope="module")
def path() -> Path:
    return the_book(CASE)


@cache
def opened(path: Path) -> Workbook:
    return load_workbook(path)


@cache
def judge(path: Path) -> Formualizer:
    """The workbook in another program; who changes it puts it back."""
    return Formualizer(path)


def headings(sheet: Any) -> list[int]:
    """Lines on which a block begins: words in column A below the time axis."""
    return [cell.row for (cell,) in sheet.iter_rows(min_row=7, max_col=1) if cell.value]


# ---- groups ----------------------------------------------------------------------------------------------------------


def test_months_are_grouped_by_calendar_year_and_nothing_is_closed(path: Path) -> None:
    """Closed, a sheet would show the last month of each year, and the last month of all."""
    book = opened(path)
    for title in (TIME, OVER_TIME, *(name for name in WORKINGS if name in book.sheetnames)):
        sheet, ends = book[title], [cell.value for cell in book[TIME][4][6:]]
        days = [date(1899, 12, 30) + timedelta(int(end)) if isinstance(end, int | float) else end.date() for end in ends if end]
        assert days
        for number, (day, following) in enumerate(pairwise([*days, None]), start=7):
            assert day is not None
            dimension = sheet.column_dimensions[get_column_letter(number)]
            assert dimension.outlineLevel == int(following is not None and day.year == following.year), (title, number)
            assert (dimension.hidden, dimension.collapsed) == (False, False)


def test_rows_are_grouped_below_the_heading_of_their_block(path: Path) -> None:
    book = opened(path)
    for title in (INPUTS, OVER_TIME, TIME, *(name for name in WORKINGS if name in book.sheetnames)):
        sheet = book[title]
        assert sheet.sheet_properties.outlinePr.summaryBelow is False
        first = headings(sheet)
        first = [line for line in first if sheet.cell(line, 1).value != "Scenario"]
        filled = {cell.row for (cell,) in sheet.iter_rows(min_row=first[0] if first else 7, min_col=2, max_col=2) if cell.value}
        assert {line for line, told in sheet.row_dimensions.items() if told.outlineLevel} == filled - set(first), title
        assert not [line for line, told in sheet.row_dimensions.items() if told.hidden or told.collapsed]


# ---- paper -----------------------------------------------------------------------------------------------------------


def test_what_would_print_as_many_pages_of_the_same_or_be_cut_does_not(path: Path) -> None:
    book, title = opened(path), the_run(CASE).deal.case.general.title
    called, cover, files = (book[name] for name in (CALLED, "Cover", CASE_FILES))
    assert called.max_row > 100
    assert (called.print_area, called["A3"].value) == ("'Called up'!$A$1:$D$3", NOT_PRINTED)
    assert (cover["A1"].value, cover["A1"].alignment.wrap_text) == (title, True)
    assert cover.row_dimensions[1].height > 30  # two lines of it
    long = [cell for (cell,) in files.iter_rows(min_col=3, max_col=3) if len(str(cell.value or "")) > 2 * WIDTH]
    assert files.print_area == f"'Case files'!$A$1:$C${files.max_row + 1}"
    assert long
    assert all(cell.alignment.wrap_text and files.row_dimensions[cell.row].height > 20 for cell in long)


# ---- links -----------------------------------------------------------------------------------------------------------


def links(book: Workbook, title: str) -> dict[str, tuple[str, str]]:
    """Where the links of a sheet lead, by cell: sheet and cell."""
    found = {}
    for cell in (cell for line in book[title].iter_rows() for cell in line if cell.hyperlink):
        assert not cell.hyperlink.target, "inside the workbook only"
        sheet, _, at = cell.hyperlink.location.rpartition("!")
        found[cell.coordinate] = sheet.strip("'"), at
    return found


def test_every_link_leads_to_a_filled_cell(path: Path) -> None:
    book = opened(path)
    targets = {place for title in book.sheetnames for place in links(book, title).values()}
    assert len(targets) > 50
    assert not [place for place in targets if book[place[0]][place[1]].value is None]


def test_three_clicks_from_a_pair_on_the_dashboard_to_its_inputs(path: Path) -> None:
    """Dashboard, Coverage, Contracts or Debt, Inputs; each block carries the name that was asked for."""
    book = opened(path)
    pair = next(iter(the_run(CASE).deal.pairs.values()))
    pairs = [place for place in links(book, "Dashboard").values() if place[0] == "Coverage"]
    assert len(pairs) == len(the_run(CASE).deal.pairs)
    (sheet, cell), line = pairs[0], pairs[0][1][1:]
    assert book[sheet][cell].value == pair.title
    contract, loans = pair.title.split(" / ")
    for column, working_sheet, name in (("E", "Contracts", contract), ("F", "Debt", loans.split(", ")[0])):
        place = links(book, "Coverage")[f"{column}{line}"]
        assert place[0] == working_sheet
        assert book[place[0]][place[1]].value == name
        found = links(book, working_sheet)[f"D{place[1][1:]}"]
        assert found[0] in (INPUTS, OVER_TIME)
        assert book[found[0]][found[1]].value == name


def test_the_index_holds_every_block_of_the_working_sheets(path: Path) -> None:
    book = opened(path)
    listed = {place for cell, place in links(book, INDEX).items() if cell[0] == "C"}
    sheets = [TIME, *(name for name in WORKINGS if name in book.sheetnames)]
    assert listed == {(title, f"A{line}") for title in sheets for line in headings(book[title])}
    for title in sheets:
        back = links(book, title)["B3"]
        assert back[0] == INDEX
        assert not headings(book[title]) or book[INDEX][back[1]].value == title


# ---- names and log ---------------------------------------------------------------------------------------------------


def test_names_are_few_of_one_pattern_and_lead_to_what_they_say(path: Path) -> None:
    run, book = the_run(CASE), judge(path)
    names = list(opened(path).defined_names)
    assert not [name for name in names if not NAME.match(name)]
    assert {"In_ScenarioName", "In_ScenarioNo", "In_ScenarioList", "In_Start", "In_DSCR_Covenant", "Out_MinDSCR_Portfolio",
            "Out_PeakDebt", "Out_Backlog", "Out_H1", "Out_H2", "Out_H3a", "Out_H3b", "Chk_Total", "Run_Fingerprint"} <= set(names)
    assert len(names) < 40
    closing = sum(run.values.one(loan.row("closing")) for loan in run.deal.instruments.values())
    backlog = sum(run.values.one(one.row("backlog"))[0] for one in run.deal.contracts.values())
    assert book.one(*named(path, "Out_PeakDebt")) == pytest.approx(float(closing[:-1].max()), abs=1e-6)
    assert book.one(*named(path, "Out_Backlog")) == pytest.approx(float(backlog), abs=1e-6)
    assert date(1899, 12, 30) + timedelta(book.one(*named(path, "In_Start"))) == run.deal.case.general.as_of
    said = next(one for box in run.deal.case.debt.boxes for one in box.covenants if one.test == "dscr")
    assert book.one(*named(path, "In_DSCR_Covenant")) == (said.default or said.lock_up).value
    assert book.one(*named(path, "Out_H1")) in ("holds", "fails", "not_proven", "holds_if_assumed")


def test_the_log_holds_the_hash_of_every_file_of_the_case(path: Path) -> None:
    shown = {str(left): str(right) for left, right in opened(path)["Log"].iter_rows(min_col=2, max_col=3, values_only=True)}
    files = [file for file in CASE.rglob("*") if file.suffix in (".yaml", ".csv")]
    assert len(files) >= 3
    for file in files:
        assert shown[file.relative_to(CASE).as_posix()] == sha256(file.read_bytes()).hexdigest()
    assert "Not independently recalculated" in shown["Recalculation"]


def test_an_ampersand_in_a_footer_is_no_code() -> None:
    assert in_footer("R&D & A&B\nInc.") == "R&&D && A&&B Inc."
    assert in_footer("&" * 500) == "&&" * LONGEST_FOOTER


# ---- checks go out ---------------------------------------------------------------------------------------------------


def lights(path: Path) -> dict[str, Any]:
    """The result of each check, by its label."""
    sheet = opened(path)[CHECKS]
    return {str(sheet.cell(line, 2).value): judge(path).one(CHECKS, f"G{line}")
            for line in range(6, sheet.max_row + 1) if str(sheet.cell(line, 7).value).startswith("=")}


def tied(path: Path, key: str, name: str, period: int) -> tuple[str, str]:
    """The cell of a row over time."""
    deal = the_run(CASE).deal
    place = workbook.lay_out(deal.book.blocks).places[next(row for row in deal.book.rows if row.key == f"{key}.{name}")]
    return place.sheet, f"{get_column_letter(6 + period) if period else place.column}{place.line}"


def faults(path: Path) -> list[tuple[tuple[str, str], float, str]]:
    """A cell that is typed over, with what, and the check that must go out for it."""
    deal = the_run(CASE).deal
    loan, pair = next(iter(deal.instruments.values())), next(iter(deal.pairs.values()))
    driver = tied(path, "drivers", "sla_credits", 0)
    sheet = opened(path)["Summary"]
    cash = next(line for line in range(7, sheet.max_row) if sheet.cell(line, 2).value == "Cash collected")
    return [(tied(path, loan.key, "closing", 5), 1e5, f"{loan.title}: what is drawn is repaid or still owed"),
            (tied(path, loan.key, "scheduled", 9), -40.0, f"{loan.title}: nothing below zero"),
            (tied(path, "stack", "contractual_interest", 7), 1e5, "Interest / average debt"),
            (("Summary", f"G{cash}"), 1e5, "Summary: Cash collected"),
            ((INPUTS, f"E{driver[1][1:]}"), 1.5, "Live inputs outside what is allowed"),
            (tied(path, pair.key, "min_dscr", 0), 9.0, f"{pair.title}: Lowest DSCR")]


def test_each_kind_of_check_goes_out_for_a_fault_of_its_kind(path: Path) -> None:
    book = judge(path)
    assert not any(lights(path).values())
    for at, typed, label in faults(path):
        formula = book.formula(*at) if at[0] != INPUTS else book.one(*at)
        book.change({at: typed})
        assert lights(path)[label] == 1, label
        assert book.one(*named(path, "Chk_Total")) >= 1
        book.change({at: formula})
    assert not any(lights(path).values())


def test_live_figures_are_held_to_the_engine_only_as_long_as_inputs_are_those_of_the_run(path: Path) -> None:
    """A price changed by a user moves every cover, and no check goes out for it."""
    book, pair = judge(path), next(iter(the_run(CASE).deal.pairs.values()))
    at, before = (INPUTS, f"E{tied(path, 'drivers', 'price_change', 0)[1][1:]}"), lights(path)
    cover = tied(path, pair.key, "min_dscr", 0)
    as_run = book.one(*cover)
    book.change({at: -0.2})
    assert abs(book.one(*cover) - as_run) > 0.01
    assert lights(path) == before
    book.change({at: 0.0})


def test_alerts_stand_apart_from_the_total(path: Path) -> None:
    """Below the total, and no formula of it reaches them."""
    sheet = opened(path)[CHECKS]
    total = int(named(path, "Chk_Total")[1][1:])
    words = [str(sheet.cell(line, 2).value) for line in range(total + 1, sheet.max_row + 1) if sheet.cell(line, 2).value]
    assert words[0].startswith("Alerts")
    assert any("tests in default" in one for one in words)
    assert any("within 12 months" in one for one in words)
    assert sheet.cell(total, 7).value == f"=SUM(G6:G{total - 1})"


# ---- size and progress -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_large_deal_stays_below_fifteen_megabytes(tmp_path: Path) -> None:
    run = run_deal(large())
    assert (len(run.deal.contracts), len(run.deal.instruments), run.deal.book.periods) == (CONTRACTS, FACILITIES, MONTHS)
    written = write_workbook(run, tmp_path / "large.xlsx")
    assert 2e6 < written.stat().st_size < LARGEST
    assert not zipfile.ZipFile(written).testzip()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        with working("workbook") as tell:
            tell("Debt")
        assert ("workbook" in stream.getvalue()) == stream.isatty()


def test_sheets_are_told_as_they_are_written(tmp_path: Path) -> None:
    heard: list[str] = []
    write_workbook(the_run(CASE), tmp_path / "told.xlsx", tell=heard.append)
    assert set(opened(tmp_path / "told.xlsx").sheetnames) <= set(heard)
    assert heard[-1] == "saving the file"


def test_an_interrupted_run_leaves_the_earlier_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = tmp_path / "coreweave-ddtl-4.xlsx"
    earlier.write_bytes(b"earlier")

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workbook, "_save", interrupted)
    done = CliRunner().invoke(main, ["run", str(CASE), "--out", str(tmp_path)])
    assert done.exit_code == 130
    assert earlier.read_bytes() == b"earlier"
    assert [file.name for file in tmp_path.iterdir()] == [earlier.name]
