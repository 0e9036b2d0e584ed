"""Fast tests first; random examples are the same in every run."""

from __future__ import annotations

import gc
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import engine

import model  # noqa: F401 - says how openpyxl is to write, before a test imports that

settings.register_profile("same", derandomize=True, deadline=None, database=None,
                          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.load_profile("same")
engine.MAX_SHRINKING_SECONDS = 20  # of 300, for which there is no setting: a failure is told while somebody still waits

# a deal is some hundred thousand small objects: to look for rubbish every 700 of them is a sixth of the time of the suite
gc.set_threshold(100_000, 5, 5)


def pytest_configure(config: pytest.Config) -> None:
    """Files are handed to workers in the order below, and not by their number of tests."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What recalculates whole workbooks waits until the quick tests have spoken.

    Where workers share the files (--dist loadfile: a worker makes only once what the tests of a file look at) it goes
    first, or one of them would be at it long after the others have done."""
    longest = Counter(item.path for item in items for mark in ("libreoffice", "slow") if item.get_closest_marker(mark))
    items.sort(key=lambda item: longest[item.path], reverse=hasattr(config, "workerinput"))
