"""Fast tests first; random examples are the same in every run."""

from __future__ import annotations

import gc

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
    """Groups of tests are handed to workers in the order below, and not by their number of tests."""
    config.option.loadscopereorder = False


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of one file share a worker, which so makes what they look at only once.

    What recalculates whole workbooks waits until the quick tests have spoken; where workers share the tests it goes
    first, or one of them would be at it long after the others have done."""
    groups = {item: group_of(item) for item in items}
    longest: dict[str, int] = {}
    for item, group in groups.items():
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group))
        weight = bool(item.get_closest_marker("libreoffice")) + bool(item.get_closest_marker("slow"))
        longest[group] = longest.get(group, 0) + weight
    items.sort(key=lambda item: longest[groups[item]], reverse=hasattr(config, "workerinput"))


def group_of(item: pytest.Item) -> str:
    """What it is marked with, or its file."""
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark else item.path.stem
