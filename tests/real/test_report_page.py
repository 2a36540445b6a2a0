"""The report as the page that a team keeps open: one screen, links that hold filters, keys, paper, and large text."""

from __future__ import annotations

import os
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from support.browsers import ALL_RULES, OF_COLOURS, pages, violations
from support.lived_in import lived_in
from support.paths import ROOT

KINDS = (
    "index.html",
    "promotion.html",
    "releases.html",
    "environments.html",
    "metrics.html",
    "findings.html",
    "services/mail.html",
)
LAPTOP = {"width": 1280, "height": 800}
SHOWN = "[...document.querySelectorAll('#matrix tbody tr')].filter((row) => !row.hidden).map((row) => row.cells[0].textContent)"
ACTIVE = "document.activeElement.textContent"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the site of a workspace with releases, findings and a freeze."""
    made = lived_in(tmp_path_factory.mktemp("page") / "w")
    site = made.folder.parent / "site"
    command = [sys.executable, "-m", "generator", "-C", str(made.root), "report", "-q", "-o", str(site)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    return site


@pytest.fixture
def visit(browser, folder):
    with pages(browser, folder.as_uri(), "console", "pageerror") as open_page:
        yield open_page


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("part", ["where", "wrong", "behind", "changed"])
def test_one_screen_of_a_laptop_answers_each_of_the_four_questions(part, scripts, visit):
    page = visit("index.html", viewport=LAPTOP, java_script_enabled=scripts)
    section = page.locator(f"section[aria-labelledby={part}]")
    answers = section.locator("tbody tr" if part == "where" else "li")
    assert answers.count() >= 2
    for number in range(2):
        box = answers.nth(number).bounding_box()
        assert box["y"] + box["height"] <= 800, (part, box)
        assert box["x"] + box["width"] <= 1280


def test_a_link_brings_the_filters_that_its_sender_had_set(visit):
    page = visit("index.html", viewport=LAPTOP)
    page.get_by_role("searchbox").fill("1.1.0")
    page.get_by_label("Show").select_option("behind")
    page.get_by_role("checkbox", name="dev").uncheck()
    page.get_by_role("button", name="Service").click()
    page.get_by_role("button", name="Service").click()
    shown = page.evaluate(SHOWN)
    assert shown == ["web", "api"]
    assert page.url.endswith("index.html?q=1.1.0&show=behind&hide=dev&sort=-Service")
    other = visit(page.url.rpartition("/")[2], viewport=LAPTOP)
    assert other.evaluate(SHOWN) == shown
    assert other.get_by_role("status").inner_text() == "2 of 7 services"
    assert not other.get_by_role("columnheader", name="dev").is_visible()
    assert other.get_by_role("columnheader", name="Service").get_attribute("aria-sort") == "descending"
    other.get_by_role("searchbox").fill("")
    other.get_by_label("Show").select_option("")
    other.get_by_role("checkbox", name="dev").check()
    assert other.url.endswith("index.html?sort=-Service")


@pytest.mark.parametrize("query", ["?q=%00&show=nonsense&hide=x,y&sort=z", "?show=%3Cscript%3E&q=%ZZ#%ZZ", "?show=&q=#env-x"])
def test_a_link_with_nonsense_in_it_shows_everything_that_it_does_not_exclude(query, visit):
    page = visit(f"findings.html{query}")
    assert page.complaints == []
    assert page.get_by_label("Show").input_value() == ""


@pytest.mark.parametrize("query", ["sort=z", "show=nonsense&hide=x,y&sort=-", "sort=-service"])
def test_what_no_filter_or_column_is_called_does_not_stay_in_the_address(query, visit):
    assert visit(f"index.html?{query}").url.endswith("/index.html")


def test_the_numbers_of_the_first_page_lead_to_what_they_count(visit):
    page = visit("index.html", viewport=LAPTOP)
    page.locator(".card").get_by_role("link", name="2 errors", exact=True).click()
    assert page.url.endswith("findings.html?show=error")
    assert page.locator(".finding:visible").count() == page.locator(".finding.error").count() > 2
    page.locator(".where a", has_text="services/mail/pipeline.yaml:6").first.click()
    assert page.url.endswith("services/mail.html#L6")
    page.locator("#L6").get_by_role("link", name="TP601").click()
    assert page.url.endswith("services/mail.html#f1")
    page.locator("#f1").get_by_role("link", name="TP601").click()
    assert page.url.endswith("rules/TP601.html")
    page.get_by_role("link", name="mail", exact=True).first.click()
    assert page.url.endswith("services/mail.html")


def test_keys_go_to_the_filter_and_from_row_to_row_and_open_one(visit):
    page = visit("index.html", viewport=LAPTOP)
    page.keyboard.press("/")
    page.keyboard.type("j/k?")
    assert page.get_by_role("searchbox").input_value() == "j/k?", "what is typed is text"
    assert page.evaluate(SHOWN) == []
    page.keyboard.press("Escape")
    assert page.get_by_role("searchbox").input_value() == ""
    assert len(page.evaluate(SHOWN)) == 7
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body")
    top = page.evaluate("scrollY")
    page.keyboard.press("j")
    assert page.evaluate(ACTIVE) == "broken", "an invalid spec is a row like others"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(ACTIVE) == "mail"
    page.keyboard.press("k")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(ACTIVE) == "api"
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert page.evaluate(ACTIVE) == "broken", "the first row"
    page.keyboard.press("j")
    assert page.evaluate("scrollY") == top
    assert page.evaluate("document.activeElement.matches(':focus-visible')")
    page.keyboard.press("Control+j")
    assert page.evaluate(ACTIVE) == "api", "keys of the browser stay its own"
    page.keyboard.press("Enter")
    page.wait_for_url("**/services/api.html")


def test_the_arrows_scroll_as_long_as_no_row_is_chosen(visit):
    page = visit("services/mail.html", viewport=LAPTOP)
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(500)
    assert page.evaluate("scrollY") > 0
    assert page.evaluate("document.activeElement === document.body")


def test_the_keys_are_listed_can_be_closed_and_can_be_turned_off(visit):
    page = visit("findings.html", viewport=LAPTOP)
    page.get_by_role("button", name="Keys").focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    assert dialog.is_visible()
    page.keyboard.press("j")
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.evaluate(ACTIVE) == "Keys", "the focus is where it was"
    page.keyboard.press("Enter")
    dialog.get_by_role("checkbox").uncheck()
    dialog.get_by_role("button", name="Close").click()
    for key in ("?", "/", "j"):
        page.keyboard.press(key)
        assert not dialog.is_visible()
        assert page.evaluate(ACTIVE) == "Keys"


@pytest.mark.parametrize("path", KINDS)
def test_the_tab_key_reaches_everything_in_the_order_of_the_page_and_shows_where_it_is(path, visit):
    page = visit(path, viewport=LAPTOP)
    expected = page.evaluate("""() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
        .filter((one) => one.checkVisibility()).map((one, index) => { one.dataset.stop = index; return index; })""")
    reached = []
    for _ in expected:
        page.keyboard.press("Tab")
        stop, ring = page.evaluate(
            """() => [document.activeElement.dataset.stop, getComputedStyle(document.activeElement).outlineStyle]"""
        )
        assert ring != "none", reached
        reached.append(int(stop))
    assert reached == expected
    assert page.evaluate('document.querySelectorAll(\'[tabindex]:not([tabindex="0"]):not([tabindex="-1"])\').length') == 0


@pytest.mark.parametrize("path", KINDS)
def test_paper_has_no_controls_whole_rows_and_what_was_folded(path, visit):
    page = visit(path, java_script_enabled=False)
    page.emulate_media(media="print")
    assert not page.locator("header.top, .tools, .skip, button").filter(visible=True).count()
    folded = page.locator("main details:not(.pair details) > :not(summary)")
    assert all(folded.nth(number).is_visible() for number in range(folded.count()))
    assert not page.locator(".pair").filter(visible=True).count()
    styles = page.evaluate("""() => [...document.querySelectorAll('table')].flatMap((table) => [
        getComputedStyle(table.tHead).display, ...[...table.tBodies[0].rows].map((row) => getComputedStyle(row).breakInside)])""")
    assert set(styles) <= {"table-header-group", "avoid"}
    width = 700  # what A4 has between its margins
    page.set_viewport_size({"width": width, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


BROKEN = """() => [...document.querySelectorAll('table :is(th, td)')].flatMap((cell) => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [];
    while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/\\S{2,9}(?!\\S)/g)) {
        const range = document.createRange();
        range.setStart(texts.currentNode, word.index);
        range.setEnd(texts.currentNode, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map((part) => part.top)).size > 1 && !/[-:]/.test(word[0])) found.push(word[0]);
    }
    return found;
})"""
"""The short words in tables that go over two lines."""


@pytest.mark.parametrize("path", KINDS)
def test_paper_breaks_no_short_word_in_two(path, visit):
    page = visit(path)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})
    assert page.evaluate(BROKEN) == []


def test_paper_says_where_links_out_of_the_report_lead(visit):
    page = visit("releases.html")
    page.emulate_media(media="print")
    after = page.evaluate("getComputedStyle(document.querySelector('footer a'), '::after').content")
    assert after.startswith('" (https://github.com/acme/shop/commit/') or after == '" (" attr(href) ")"', after
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("width", [320, 1280, 2560])
def test_text_of_twice_the_size_pushes_nothing_out_of_the_page(path, width, visit):
    page = visit(path, viewport={"width": width, "height": 800})
    before = page.evaluate("getComputedStyle(document.body).fontSize")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert float(page.evaluate("getComputedStyle(document.body).fontSize").removesuffix("px")) >= 1.8 * float(
        before.removesuffix("px")
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", KINDS)
def test_everybody_can_read_the_pages_of_a_workspace_with_a_past(path, scheme, visit):
    page = visit(path, color_scheme=scheme, reduced_motion="reduce")
    rules = ALL_RULES if scheme == "light" else OF_COLOURS
    assert violations(page, (320, 768, 1440) if scheme == "light" else (320, 1440), rules) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_the_keys(scheme, visit):
    page = visit("index.html", color_scheme=scheme, reduced_motion="reduce")
    page.keyboard.press("?")
    assert violations(page, (320, 1440), ALL_RULES if scheme == "light" else OF_COLOURS) == []


def test_colours_of_the_system_and_less_motion_are_respected(visit):
    page = visit("index.html", viewport=LAPTOP, forced_colors="active", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert page.evaluate("getComputedStyle(document.querySelector('.pill')).borderTopStyle") == "solid"
    page.keyboard.press("j")
    row = "getComputedStyle(document.activeElement.closest('th')).backgroundColor"
    assert page.evaluate(row) != page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_icons_are_pictures_and_differ_in_more_than_colour(folder):
    shapes = {path.name: ET.parse(path).find(".//{*}path").get("d") for path in folder.glob("icon-*.svg")}
    assert sorted(shapes) == ["icon-errors.svg", "icon-ok.svg", "icon-warnings.svg"]
    assert len(set(shapes.values())) == 3
