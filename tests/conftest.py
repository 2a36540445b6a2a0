"""Options of the suite, its marker, and where its fixtures are."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("support")
pytest_plugins = ["support.browsers", "support.chart_repositories", "support.fixtures", "support.generated", "support.sites"]

REAL = Path(__file__).with_name("real")
PROGRAMS = {"helm", "helm4", "registry_host", "locked_registry_host", "browser"}
"""Fixtures whose programs are no part of Python and Git."""


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="rewrite expected files, then fail, so that they are read")
    parser.addoption("--exhaustive", action="store_true", help="run the long version of the sweeps and property tests")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Keep what runs remember away from the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("TIPHYS_CACHE_DIR", raising=False)
        yield


def pytest_generate_tests(metafunc):
    """Run what is marked `both_helms` under Helm 3 and under Helm 4."""
    if metafunc.definition.get_closest_marker("both_helms"):
        from support.programs import HELM_3, HELM_4

        metafunc.parametrize("helm", [HELM_3, HELM_4], indirect=True, scope="session", ids=["helm3", "helm4"])


def pytest_collection_modifyitems(items):
    """Mark as `real` whatever is in tests/real, and whatever else asks for such a program."""
    for item in items:
        if item.path.is_relative_to(REAL) or PROGRAMS & set(item.fixturenames):
            item.add_marker(pytest.mark.real)
