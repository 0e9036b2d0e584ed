"""Hostile and broken inputs: one clear report with all findings, status 2, no traceback, nothing written, soon over."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from model.edited import why_not
from tests.delivered import EVERY_KIND, STARTER, the_deal
from tests.hostile_workbooks import FILES, HIDDEN, WORKBOOKS
from tests.table_of_bad_inputs import ACCEPTED, REFUSED, TERMS, called, golden, report, spoilt, titles

SECONDS = 5  # of the processor


@pytest.mark.parametrize("title", [*REFUSED, *WORKBOOKS, *FILES])
def test_it_is_refused_in_words_and_nothing_is_written(title: str, tmp_path: Path) -> None:
    case = spoilt(title, tmp_path)
    before, start = sorted(tmp_path.rglob("*")), time.process_time()
    result = called("run", case)
    assert time.process_time() - start < SECONDS
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert "Traceback" not in result.stderr
    assert sorted(tmp_path.rglob("*")) == before
    assert report(result, tmp_path) == golden()[title]


@pytest.mark.parametrize("title", [*ACCEPTED, *HIDDEN])
def test_what_may_be_is_told_as_a_warning(title: str, tmp_path: Path) -> None:
    result = called("check", spoilt(title, tmp_path))
    assert result.exit_code == 0, result.output
    assert ": warning: " in result.stdout
    assert report(result, tmp_path) == golden()[title]


@pytest.mark.parametrize("case", [STARTER, EVERY_KIND], ids=lambda folder: folder.name)
def test_per_cent_is_never_taken_for_a_fraction(case: Path) -> None:
    """65 for 0.65: no rate and no share that can be typed admits it, but levels and tolerances of the model itself."""
    deal = the_deal(case)
    rates = [row for row in deal.book.inputs if row.unit in ("rate", "share") and row.key in deal.typed]
    assert len(rates) > 20
    assert {row.key.rpartition(".")[2] for row in rates if not why_not(row, 65.0)} <= {"equal", "no_default"}


def test_the_table_is_whole() -> None:
    """Every bad input stands in it once, and nothing else; python -m tests.table_of_bad_inputs writes it."""
    terms = dict.fromkeys(titles(of)[row] for of, rows in TERMS.items() for row in rows)  # some have two findings of one change
    every = [*terms, *REFUSED, *WORKBOOKS, *FILES, *ACCEPTED, *HIDDEN]
    assert len(set(every)) == len(every)
    assert list(golden()) == every
    assert len(every) >= 150
    assert all("Traceback" not in line and "object at 0x" not in line for lines in golden().values() for line in lines)
