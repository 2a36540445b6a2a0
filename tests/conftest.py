"""Options of the suite, and where its fixtures are."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("support")
pytest_plugins = ["support.browsers", "support.chart_repositories", "support.fixtures"]


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="rewrite expected files, then fail, so that they are read")
    parser.addoption("--exhaustive", action="store_true", help="run the long version of the sweeps and property tests")
