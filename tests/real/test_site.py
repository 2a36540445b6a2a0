"""The documentation as a site: complete, readable by everybody, on its own, and without scripts."""

from __future__ import annotations

import json
import re

import pytest

from support.browsers import needed, pages

KINDS = ("index.html", "tutorial.html", "reference.html", "comparison.html", "playground.html")
"""Pages with all kinds of content: pictures, long tables, blocks in every language, and what can be pressed."""
VIEWS = (("light", 360), ("dark", 1440))


@pytest.fixture(scope="module")
def opened(browser, site_address):
    """Return a function that opens a page, once for all tests of its kind, and notes what it asks for and complains about."""
    with pages(browser, site_address, "pageerror") as open_page:
        yield open_page


def test_no_page_asks_another_server_for_anything(site):
    outside = re.compile(r'<(?:script|img|source|iframe|link)\b[^>]*\b(?:src|srcset|href)="(?:https?:)?//[^"]*"')
    found = {
        path.name: match[0]
        for path in site.rglob("*.html")
        for match in outside.finditer(path.read_text(encoding="utf-8"))
        if 'rel="canonical"' not in match[0]
    }
    assert found == {}
    assert not re.findall(r"url\((?:https?:)?//", (site / "assets/site.css").read_text(encoding="utf-8"))


def test_every_page_of_the_documentation_is_in_the_navigation(site):
    home = (site / "index.html").read_text(encoding="utf-8")
    led_to = set(re.findall(r'href="([^":#]+\.html)', home)) | {"index.html"}
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")} - {"404.html"}
    assert built - led_to == set()


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize(("scheme", "width"), VIEWS)
def test_everybody_can_read_every_kind_of_page(path, scheme, width, opened, site_address):
    axe = needed("axe_playwright_python.sync_playwright").Axe()
    page = opened(path, color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": 900})
    said = [
        (item["id"], node["target"], node.get("failureSummary"))
        for item in axe.run(page).response["violations"]
        for node in item["nodes"]
    ]
    assert not said, json.dumps(said[:10], indent=1)
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith((site_address, "data:", "blob:"))] == []


@pytest.mark.parametrize("path", KINDS)
def test_nothing_is_wider_than_a_small_phone(path, opened):
    page = opened(path, viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", KINDS)
def test_content_and_navigation_are_there_without_scripts(path, opened):
    page = opened(path, java_script_enabled=False, viewport={"width": 1440, "height": 900})
    assert page.locator("article h1").first.is_visible()
    assert page.locator("nav.md-tabs a").first.is_visible()
    assert page.locator(".md-nav--primary a:visible").count() > 3


def test_a_button_copies_the_commands_of_a_block_and_outputs_have_none(opened):
    page = opened("tutorial.html", viewport={"width": 1440, "height": 900}, permissions=["clipboard-read", "clipboard-write"])
    page.locator(".language-sh .md-code__button").first.click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('tiphys init'))")
    assert page.evaluate("navigator.clipboard.readText()").splitlines()[-1] == "tiphys init"
    assert page.locator(".language-sh .md-code__button:visible").count() == page.locator(".language-sh").count() > 10
    assert page.locator(".language-text .md-code__button:visible").count() == 0


def test_the_search_finds_a_page_without_another_server(opened, site_address):
    page = opened("index.html", viewport={"width": 1440, "height": 900})
    page.locator(".md-search__input").first.fill("soak")
    page.wait_for_selector(".md-search-result__item a", timeout=20_000)
    assert "soak" in page.locator(".md-search-result__list").inner_text().lower()
    assert [url for url in page.asked if not url.startswith((site_address, "data:", "blob:"))] == []


@pytest.mark.parametrize(
    ("here", "text", "source", "expected"),
    [
        ("README.md", "[a](docs/plan.md#b) `[c](docs/plan.md)`", "", "[a](plan.md#b) `[c](docs/plan.md)`"),
        ("docs/plan.md", "[`a`](../README.md#commands)", "", "[`a`](index.md#commands)"),
        ("docs/plan.md", "see [a](../Dockerfile)", "", "see a"),
        ("docs/plan.md", "[a](../tools)", "https://git.example/a/b", "[a](https://git.example/a/b/tree/main/tools)"),
        ("docs/plan.md", "```\n[a](gone.md)\n```", "", "```\n[a](gone.md)\n```"),
        ("README.md", '<img src="docs/images/a.svg">', "", '<img src="images/a.svg">'),
    ],
)
def test_a_link_between_files_becomes_one_between_pages(here, text, source, expected, monkeypatch, tmp_path):
    needed("mkdocs")
    from tools import site_pages

    monkeypatch.setenv("TIPHYS_SOURCE_URL", source)
    monkeypatch.delenv("TIPHYS_SOURCE_REF", raising=False)
    if "a.svg" in text:
        monkeypatch.setattr(site_pages, "ROOT", tmp_path)
        (tmp_path / "docs/images").mkdir(parents=True)
        (tmp_path / "docs/images/a.svg").touch()
    name = here.removeprefix("docs/") if here.startswith("docs/") else "index.md"
    assert site_pages.rewritten(text, here, name, {"index.md", "plan.md", "images/a.svg"}) == expected


def test_a_link_to_no_file_ends_the_build():
    needed("mkdocs")
    from mkdocs.exceptions import PluginError

    from tools import site_pages

    with pytest.raises(PluginError, match="leads to no file"):
        site_pages.rewritten("[a](gone.md)", "docs/plan.md", "plan.md", {"plan.md"})
