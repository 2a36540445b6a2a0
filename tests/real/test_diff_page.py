"""`tiphys diff --format html` in a real browser: a reviewer reads every change on any screen, and the page loads nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from support.browsers import needed
from support.paths import ROOT
from support.repositories import Repository

HOSTILE = "<script>document.title = 'run'</script><img src=x onerror=alert(1)>"
EDITS = {
    "cartservice": (
        ("prod: {image: {tag: v0.10.6}}", "prod: {image: {tag: v0.10.7}}"),
        ("  values:\n", f'  values:\n    config: {{LONG: "{HOSTILE}"}}\n'),
    ),
    "emailservice": (("    staging: {image: {tag: v0.10.6}}\n", ""),),
    "frontend": (("              - pause: {}\n", ""), ("maxReplicas: 12", "maxReplicas: 16")),
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Return the address of the page of a branch that changes three services."""
    folder = tmp_path_factory.mktemp("page")
    made = Repository(folder / "shop")
    shutil.rmtree(made.root / "environments")
    shutil.copytree(ROOT / "examples" / "online-boutique", made.root, dirs_exist_ok=True)
    made.commit("start")
    for service, pairs in EDITS.items():
        path = f"services/{service}/pipeline.yaml"
        text = (made.root / path).read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text, (service, old)
            text = text.replace(old, new, 1)
        made.write(path, text)
    words = ["diff", "HEAD", "--offline", "--format", f"html={folder / 'diff.html'}"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "generator", *words]
    done = subprocess.run(command, cwd=made.root, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (folder / "diff.html").as_uri()


@pytest.fixture
def visit(browser, address):
    """Return a function that opens the page with everything unfolded, and notes what it asks for and complains about."""
    contexts = []

    def open_page(**how):
        context = browser.new_context(**how)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.goto(address)
        if how.get("java_script_enabled", True):
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
def test_the_page_of_a_diff_has_not_to_be_pushed_sideways_and_loads_nothing(width, visit, address):
    page = visit(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.asked == [address]
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_everybody_can_read_the_page_of_a_diff(width, scheme, visit):
    axe = needed("axe_playwright_python.sync_playwright").Axe()
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 800})
    found = axe.run(page).response["violations"]
    said = [(item["id"], node["target"], node.get("failureSummary")) for item in found for node in item["nodes"]]
    assert not said, json.dumps(said, indent=1)


def test_a_change_is_unfolded_without_scripts_and_shows_both_sides(visit):
    page = visit(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    change = page.locator("details.change", has_text="image v0.10.6 → v0.10.7").first
    before, after = change.get_by_text("v0.10.6", exact=True), change.get_by_text("v0.10.7", exact=True)
    assert not before.is_visible()
    change.locator("summary").click()
    assert before.is_visible()
    assert before.bounding_box()["y"] == after.bounding_box()["y"]
    assert before.bounding_box()["x"] < after.bounding_box()["x"]


def test_what_is_hostile_in_a_value_does_nothing_in_the_page_of_a_diff(visit):
    page = visit()
    assert page.evaluate("document.querySelectorAll('main img, main script, main [onerror]').length") == 0
    assert HOSTILE in page.inner_text("main")
    assert "→" in page.title()


def test_what_changes_in_text_changes_on_the_page(visit):
    text = visit().inner_text("main")
    for said in ("canary −1 step", "autoscaling.maxReplicas 12 → 16", "removed: Argo CD deletes its workloads", "Declared"):
        assert said in text
