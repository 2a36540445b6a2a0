"""A real browser."""

from __future__ import annotations

import pytest

from support.programs import IN_CI, program


def needed(name):
    """Return a module that only these tests need; without it they fail in CI and skip on a laptop."""
    try:
        return __import__(name, fromlist=["*"])
    except ImportError:
        message = f"{name} is not installed: pip install -e '.[test]' brings it"
        pytest.fail(message) if IN_CI else pytest.skip(message)


@pytest.fixture(scope="module")
def browser():
    chromium = program("chromium")
    api = needed("playwright.sync_api")
    with api.sync_playwright() as playwright:
        with_it = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield with_it
        with_it.close()
