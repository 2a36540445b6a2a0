"""A real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


@contextmanager
def pages(browser, base: str, *complains: str) -> Iterator[Callable]:
    """Provide a function that opens a page below an address, and notes what it asks for and the events it complains by."""
    contexts = []

    def open_page(path, **how):
        context = browser.new_context(**how)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        for event in complains:
            page.on(event, lambda said: page.complaints.append(getattr(said, "text", None) or str(said)))
        page.goto(f"{base}/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


ALL_RULES = {"rules": {"target-size": {"enabled": True}}}
OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""Another scheme of colours changes nothing else."""


def violations(page, widths=(), options=ALL_RULES) -> list[tuple]:
    """Return what axe finds on a page, at each width; with all rules, also the size of what is touched."""
    axe = needed("axe_playwright_python.sync_playwright").Axe()
    found = []
    for width in widths or [page.viewport_size["width"]]:
        page.set_viewport_size({"width": width, "height": 800})
        for item in axe.run(page, options=options).response["violations"]:
            found += [(width, item["id"], node["target"], node.get("failureSummary")) for node in item["nodes"]]
    return found
