"""Fast tests first; random examples are the same in every run."""

from __future__ import annotations

import gc

import pytest
from hypothesis import HealthCheck, settings

import model  # noqa: F401 - says how openpyxl is to write, before a test imports that

settings.register_profile("same", derandomize=True, deadline=None, database=None,
                          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.load_profile("same")

# a deal is some hundred thousand small objects: to look for rubbish every 700 of them is a sixth of the time of the suite
gc.set_threshold(100_000, 5, 5)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What recalculates whole workbooks waits until the quick tests have spoken; where workers share the tests it goes
    first, or one of them would be at it long after the others have done."""
    shared = hasattr(config, "workerinput")
    items.sort(key=lambda item: bool(item.get_closest_marker("libreoffice")) + bool(item.get_closest_marker("slow")),
               reverse=shared)
