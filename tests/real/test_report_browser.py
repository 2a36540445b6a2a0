"""The report in a real browser: nothing leaves it, everybody can read it, and it works without scripts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from support.browsers import ALL_RULES, OF_COLOURS, pages, violations
from support.hostile_workspace import hostile
from support.paths import ROOT
from support.trees import write_tree

KINDS = (
    "index.html", "promotion.html", "releases.html", "environments.html", "metrics.html", "findings.html", "services/web.html",
    "services/adservice.html", "sources/environments/prod.yaml.html", "rules/TP901.html",
)  # fmt: skip
"""A page of each kind."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the address of a site with a hostile service, one that is well, and one that is at fault."""
    folder = tmp_path_factory.mktemp("browser")
    root = hostile(folder / "w")
    example = ROOT / "examples" / "online-boutique"
    shutil.copytree(example / "services" / "adservice", root / "services" / "adservice")
    shutil.copy(example / "environments" / "staging.yaml", root / "environments" / "staging.yaml")
    write_tree(root, {"services/broken/pipeline.yaml": "a: [\n"})
    env = {**os.environ, "PYTHONPATH": str(ROOT), "GIT_CEILING_DIRECTORIES": str(folder)}
    author = ("-c", "user.name=<script>alert(1)</script>", "-c", "user.email=a@example.com")
    for words in (("init", "-q"), ("add", "-A"), (*author, "commit", "-q", "-m", "<script>alert(1)</script>")):
        subprocess.run(["git", "-C", str(root), *words], check=True, env=env)
    command = [sys.executable, "-m", "generator", "-C", str(root), "report", "-o", str(folder / "site")]
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return (folder / "site").as_uri()


@pytest.fixture
def visit(browser, site):
    """Return a function that opens a page and notes what it asks for and complains about."""
    with pages(browser, site, "console", "pageerror") as open_page:
        yield open_page


@pytest.mark.parametrize("path", KINDS)
def test_no_request_leaves_a_page_and_nothing_fails_in_it(path, visit, site):
    page = visit(path)
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith(f"{site}/")] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", KINDS)
def test_everybody_can_read_every_kind_of_page(path, scheme, visit):
    page = visit(path, color_scheme=scheme, reduced_motion="reduce")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    said = violations(page, (320, 768, 1440), ALL_RULES if scheme == "light" else OF_COLOURS)
    assert not said, json.dumps(said, indent=1)


@pytest.mark.parametrize("width", [320, 768, 1440])
@pytest.mark.parametrize("path", KINDS)
def test_no_page_has_to_be_pushed_sideways(path, width, visit):
    page = visit(path, viewport={"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 360])
def test_the_first_screen_of_a_phone_has_the_versions_of_all_environments(width, visit):
    page = visit("index.html", viewport={"width": width, "height": 640})
    versions = page.locator("#matrix tbody tr", has_text="adservice").locator("td b").all()
    assert len(versions) == 3
    page.get_by_role("searchbox").fill("adservice")
    for version in versions:
        box = version.bounding_box()
        assert box["y"] + box["height"] <= 640
        assert box["x"] + box["width"] <= width


def test_every_page_says_which_commit_it_is_of(visit):
    for path in KINDS:
        assert visit(path).inner_text("footer").startswith("Commit ")


def test_the_report_can_be_read_without_scripts(visit):
    page = visit("index.html", java_script_enabled=False)
    assert page.get_by_role("row").count() == 4
    assert not page.get_by_role("searchbox").is_visible()
    page.locator("#matrix").get_by_role("link", name="web").click()
    page.get_by_role("link", name="spec:15").first.click()
    assert page.url.endswith("services/web.html#L15")
    page.get_by_text("dev", exact=True).last.click()


def test_what_is_hostile_in_a_spec_does_nothing(visit):
    page = visit("services/web.html")
    assert page.evaluate("document.querySelectorAll('main img, main script, main [onload], main [onerror]').length") == 0
    assert "<script>alert(1)</script>" in page.inner_text(".lead")


def test_the_matrix_is_filtered_and_sorted_by_the_keyboard(visit):
    page = visit("index.html")
    names = "[...document.querySelectorAll('#matrix tbody tr')].filter((row) => !row.hidden).map((row) => row.querySelector('th a').textContent)"
    assert page.evaluate(names) == ["broken", "adservice", "web"]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.get_by_role("searchbox").focus()
    page.keyboard.type("platform")
    assert page.evaluate(names) == ["web"]
    assert page.get_by_role("status").inner_text() == "1 of 3 services"
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Service").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.evaluate(names) == ["web", "broken", "adservice"]
    assert page.get_by_role("columnheader", name="Service").get_attribute("aria-sort") == "descending"
    page.get_by_role("checkbox", name="dev").focus()
    page.keyboard.press("Space")
    assert not page.get_by_role("columnheader", name="dev").is_visible()


def test_the_theme_that_a_reader_chooses_is_kept_and_plans_follow_it(visit):
    page = visit("services/web.html", color_scheme="light")
    ink = "getComputedStyle(document.querySelector('.tiphys-plan text')).fill"
    back = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ink), page.evaluate(back)
    theme = page.get_by_role("button", name="Theme")
    theme.click()
    theme.click()
    assert theme.inner_text() == "Theme: dark"
    dark = page.evaluate(ink), page.evaluate(back)
    assert light[0] != dark[0]
    assert light[1] != dark[1]
    page.reload()
    assert (page.evaluate(ink), page.evaluate(back)) == dark


def test_a_line_and_where_it_comes_from_light_each_other_up(visit):
    page = visit("services/web.html")
    page.locator(".gen a:visible", has_text="spec:11").first.focus()
    assert page.locator("#L11").get_attribute("class") == "lit"
    page.locator("#L12").hover()
    assert page.locator(".gen li.lit").count() >= 1
