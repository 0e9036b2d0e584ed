"""The fuzzer, a few seconds of it; `FUZZ_MINUTES=30 pytest tests/test_fuzz.py -s` for the whole proof."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz import case_stands, cases_, workbook_stands, workbooks

MINUTES = float(os.environ.get("FUZZ_MINUTES", "0"))
TARGETS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], bool], int]] = {
    "cases": (cases_(), case_stands, 25), "workbooks": (workbooks(), workbook_stands, 6)}


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_but_results_and_findings(target: str) -> None:
    strategy, stands, examples = TARGETS[target]
    came: Counter[bool] = Counter()

    def one(made: Any) -> None:
        came[stands(made)] += 1

    end = time.monotonic() + 60 * MINUTES / len(TARGETS)
    for number in range(1_000_000):
        again = settings(max_examples=examples if not MINUTES else 500, derandomize=not MINUTES, deadline=None, database=None,
                         suppress_health_check=list(HealthCheck))
        seed(number + int(os.environ.get("FUZZ_SEED", "0")))(again(given(strategy)(one)))()
        if time.monotonic() > end:
            break
    print(f"{target}: {came[True]} stood, {came[False]} refused")
    assert min(came[True], came[False]) > 0, "a fuzzer whose examples all end alike looks at one half only"
