"""The sheet Customers of a rich case: its figures are those of the record, its sums tie, two programs agree with it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from model.cases import Run, load, run
from model.contracts import CONTRACTED
from model.record import record
from model.report.concentration_part import whole
from model.report.customers_page import HEADS, customers_page
from model.report.layout import CUSTOMERS
from model.report.months import column, years
from model.report.screen import Screen
from model.report.tables import COLUMNS, TIES
from model.report.terminal import show_customers
from model.report.workbook import Issue
from tests.delivered import STARTER, the_run

Json = Any
RICH, LOST = Path(__file__).parent / "cases" / "every-kind", "lost"
COMPANY = """
concentration:
  readings:
    - {date: 2025-12-31, share: {value: 0.85, unit: share, source: "=told", grade: press}, of: backlog}
capacity:
  readings:
    - {date: 2025-12-31, active_mw: {value: 12, unit: MW, source: invented, grade: press}}
  targets:
    - {date: 2026-12-31, active_mw: {value: 30, unit: MW, source: invented, grade: press}}
"""


@cache
def done(*, rich: bool = True) -> Run:
    """The starter, or a case of every kind with one obligor that is not disclosed, readings and a target."""
    with TemporaryDirectory() as name:
        folder = Path(name, "case")
        if not rich:
            return the_run(STARTER)
        shutil.copytree(RICH, folder)
        for part, old, new in (("contracts", "    obligor: X\n", "    obligor: X\n    obligor_disclosed: false\n"),
                               ("company", "facts:", f"{COMPANY}facts:")):
            path = folder / f"{part}.yaml"
            assert old in path.read_text()
            path.write_text(path.read_text().replace(old, new, 1))
        return run(load(folder))


@cache
def page(scenario: str = "base", *, rich: bool = True) -> dict[str, Any]:
    """What every cell of the page shows."""
    issue = Issue(done(rich=rich).under(scenario))
    customers_page(issue)
    return {cell: value for (sheet, cell), value in issue.memory.values.items() if sheet == CUSTOMERS}


def lines(cells: dict[str, Any], label: str) -> list[int]:
    """The lines with that label, from the top down."""
    return sorted(int(cell[1:]) for cell, value in cells.items() if cell[0] == "B" and value == label)


def shown(cells: dict[str, Any], label: str, numbers: Sequence[int], which: int = 0) -> list[Any]:
    """Some columns of a line."""
    line = lines(cells, label)[which]
    return [cells[f"{column(number)}{line}"] for number in numbers]


@pytest.mark.parametrize("scenario", ["base", LOST])
def test_a_line_a_contract_is_that_of_the_record(scenario: str) -> None:
    cells, told = page(scenario), record(done().under(scenario))["contracts"]
    names = ("revenue_to_come", "deferred_revenue", "cash_to_come", "opex", "rent", "cfads", "renewal", "merchant", "residual",
             "support")
    for contract in told:
        assert shown(cells, contract["name"], (6, 7, 8, 9, 10, 12, 13, 14, 15, 16)) == pytest.approx(
            [contract[name] for name in names])
    totals = shown(cells, "Total", range(6, COLUMNS + 1))
    assert totals[0] == pytest.approx(sum(contract["revenue_to_come"] for contract in told))
    assert totals[2] - totals[3] - totals[4] - totals[5] == pytest.approx(totals[6])
    assert len(HEADS) == COLUMNS


@pytest.mark.parametrize("scenario", ["base", LOST])
def test_backlog_becomes_cash_by_what_is_shown(scenario: str) -> None:
    cells, deal = page(scenario), done().deal
    firm = [sold.contract.title for sold in deal.selling.sold.values() if any(t.counts_as == CONTRACTED for t in sold.tranches)]
    for title in [*firm, "Total"]:
        assert shown(cells, title, (11, 12), 1) == pytest.approx([0, 0], abs=1e-9), title
    assert shown(cells, "by mw", (2, 3, 7, 8, 9), 1) != [0, 0, 0, 0, 0]


@pytest.mark.parametrize("scenario", ["base", LOST])
def test_what_is_to_tie_ties(scenario: str) -> None:
    issue = Issue(done().under(scenario))
    customers_page(issue)
    sheet = issue.page(CUSTOMERS).sheet
    cells = [cell.coordinate for line in sheet.iter_rows() for cell in line if cell.number_format == TIES]
    assert len(cells) > 20
    assert [page(scenario)[cell] for cell in cells] == pytest.approx([0] * len(cells), abs=1e-9)


def test_the_roll_of_prepayments_is_that_of_the_years() -> None:
    told, cells = record(done())["backlog"]["by_year"], page()
    numbers = range(2, len(told) + 2)
    assert shown(cells, "Held at end", numbers) == pytest.approx([year["deferred_revenue"] for year in told.values()])
    assert shown(cells, "Revenue recognised", numbers) == pytest.approx([year["recognised"] for year in told.values()])
    assert shown(cells, "Cash collected", numbers) == pytest.approx([year["cash_collected"] for year in told.values()])


def test_concentration_is_that_of_the_record() -> None:
    told, cells = record(done())["concentration"], page()
    assert shown(cells, "Largest group, at least", (3, 5, 7)) == pytest.approx(
        [told["largest"], told["largest_of_cash"], told["largest_of_debt"]])
    for group in told["obligors"]:
        assert shown(cells, group["name"], (1, 2, 3)) == pytest.approx(
            [float(group["disclosed"]), group["backlog"], group["backlog_share"]])
    sentence = next(value for value in cells.values() if str(value).startswith("Nobody above"))
    bounds = f"at least {whole(told['largest'])} and at most {whole(told['at_most'])}"
    assert sentence == f"Nobody above 30% of the backlog: {told['verdict']}. The largest customer owes {bounds} of it."
    assert shown(cells, "31 December 2025", (1, 5, 6)) == pytest.approx([0.85, told["largest"], told["at_most"]])
    largest = shown(cells, "Largest customer's share of the backlog, at least", range(2, 2 + len(told["by_year"])))
    assert largest == pytest.approx(list(told["by_year"].values()))


@pytest.mark.parametrize(("share", "words"), [(0.285, "29%"), (0.305, "31%"), (0.0, "0%"), (1.0, "100%"), (1e-17, "0%")])
def test_whole_per_cent_are_rounded_away_from_zero(share: float, words: str) -> None:
    assert whole(share) == words


def test_capacity_and_fleet_are_those_of_the_record() -> None:
    told, cells = record(done()), page()
    capacity, fleet = told["capacity"], next(c["fleet"] for c in told["contracts"] if c["id"] == "mw")
    spans = range(2, 2 + len(capacity["active_by_year"]))
    assert shown(cells, "Capacity in service, MW", spans, 1) == pytest.approx(list(capacity["active_by_year"].values()))
    assert shown(cells, "Target, MW", spans, 1) == pytest.approx(list(capacity["target_by_year"].values()))
    assert shown(cells, "31 December 2025, reported", (1, 2)) == pytest.approx([12, capacity["active_mw"]])
    assert shown(cells, "by mw", range(3, 9), 2) == pytest.approx(
        [fleet[name] for name in ("cost", "book", "orderly", "broker", "auction", "distressed")])
    run_ = done()
    contract, end = run_.deal.contracts["mw"], run_.deal.timeline.period_of(run_.deal.timeline.as_of.replace(2029, 3, 15))
    assert shown(cells, "by mw", (4, 7), 3) == pytest.approx(
        [run_.read(contract.row(name))[end] for name in ("fleet_book", "fleet_auction")])


def test_a_page_has_only_what_the_case_states() -> None:
    cells = page(rich=False)
    assert not lines(cells, "Capacity in service, MW")
    assert not [value for value in cells.values() if "GPUs against" in str(value)]


def test_years_that_find_no_column_stand_in_the_last() -> None:
    deal = done().deal
    every, some = years(deal, COLUMNS), years(deal, 3)
    assert [span.head for span in some] == [every[0].head, every[1].head, f"after {every[1].head}"]
    assert years(deal, 3, balances=True)[-1].head == f"end {every[-1].head}"
    assert (some[-1].first, some[-1].last) == (every[2].first, deal.timeline.count)


def test_the_terminal_has_three_lines_of_it_and_a_table_at_most() -> None:
    stream = io.StringIO()
    show_customers(record(done()), Screen(stream))
    said = stream.getvalue().splitlines()
    table = next((n for n, line in enumerate(said) if line.startswith("DSCR on cash")), len(said))
    assert len([line for line in said[:table] if line]) <= 3
    assert len(said) - table <= 2 + len(done().deal.pairs)
    assert said[0].startswith("Nobody above 30.0% of the backlog")
    assert any(line.startswith("In no test: renewal") for line in said)
