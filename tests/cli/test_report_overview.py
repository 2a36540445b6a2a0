"""The first page of the report says what runs where, what is behind, what is wrong and what changed, and what it does not know."""

from __future__ import annotations

import html
import re

import pytest

from support.called import call
from support.lived_in import FREEZE, SKIPPED, lived_in
from support.repositories import Repository, spec
from support.workspace import SPEC, workspace

pytestmark = pytest.mark.usefixtures("git")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made = lived_in(tmp_path_factory.mktemp("lived-in") / "w")
    return pages_of(made)


def pages_of(made):
    """Return the pages of the report of a repository, by path."""
    folder = made.folder.parent / "site"
    call(made, "report", "-q", "-o", str(folder))
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.suffix in (".html", ".svg")
    }


def words(markup):
    """Return the words of markup as they are read, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def items(page, part):
    """Return the entries of a list of the first page, in words."""
    section = page.partition(f'<h2 id="{part}">')[2].partition("</section>")[0]
    return [words(item) for item in re.findall(r"<li>(.*?)</li>", section, re.DOTALL)] or [
        words(section.partition("</div>")[2])
    ]


def test_what_is_behind_names_the_environment_the_releases_and_since_when(site):
    assert items(site["index.html"], "behind") == [
        "web staging lacks 2 releases soak 1.0.0 → 1.2.0 since 2023-11-15 00:13",
        "api prod lacks 1 release closed 1.0.0 → 1.1.0 since 2023-11-15 03:13",
    ]


def test_the_page_of_promotions_says_what_each_promotion_waits_for(site):
    rows = re.findall(r"<tr>(.*?)</tr>", site["promotion.html"].partition("lags-caption")[2], re.DOTALL)
    assert [words(row.replace("<td>", " | ")) for row in rows[1:3]] == [
        "web | staging | 1.0.0 | 1.2.0 from dev | 2 releases | 2023-11-15 00:13 | soak until Thu 2023-11-16 01:13:20 UTC",
        "api | prod | 1.0.0 | 1.1.0 from staging | 1 release | 2023-11-15 03:13 | closed",
    ]


def test_what_is_wrong_leads_to_the_line_the_rule_and_the_service(site):
    page = site["index.html"]
    assert items(page, "wrong") == [
        "invalid spec not valid YAML: did not find expected node content TP001 services/broken/pipeline.yaml:2",
        "the chart has no value ports TP601 services/mail/pipeline.yaml:6",
        "drift 4 files of cart and 1 more",
        f"closed prod: deny window, {FREEZE}",
        "1 skipped gate api staging",
    ]
    assert '<a href="sources/services/broken/pipeline.yaml.html#L2">' in page
    assert '<a href="rules/TP601.html">' in page


def test_what_changed_says_when_who_what_and_where_and_takes_a_commit_as_one(site):
    found = items(site["index.html"], "changed")
    assert [re.sub(" [0-9a-f]{8}$", "", one) for one in found] == [
        "api staging 1.0.0 → 1.1.0 2023-11-15 03:13 Eve O'Neil & Co",
        "api dev 1.0.0 → 1.1.0 2023-11-15 02:13 Ann",
        "web dev 1.1.0 → 1.2.0 2023-11-15 01:13 Bob",
        "web dev 1.0.0 → 1.1.0 2023-11-15 00:13 Ann",
        "18 releases of 6 services in dev, prod and staging 2023-11-14 23:13 Ann",
    ]


def test_the_page_of_releases_has_each_with_its_commit_and_its_reason(site):
    page = site["releases.html"]
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    assert len(rows) == 1 + 22
    assert "soak: INC-4711" in words(rows[1])
    assert re.search(r'<a href="https://github.com/acme/shop/commit/[0-9a-f]{40}" rel="noreferrer noopener">', rows[1])
    assert "All 22 releases" in page


def test_environments_are_led_to_and_have_their_numbers(site):
    assert '<a href="environments.html#env-prod">prod</a>' in site["index.html"]
    assert '<a href="../environments.html#env-dev">dev</a>' in site["services/web.html"]
    row = site["environments.html"].partition('<tr id="env-staging">')[2].partition("</tr>")[0]
    assert words(row.replace("<td>", " | ")) == "staging | dev | 6 | 1 | 1 | 1 | environments/staging.yaml"


def test_a_finding_leads_to_its_line_and_the_line_back_to_the_finding(site):
    service, broken = site["services/mail.html"], site["sources/services/broken/pipeline.yaml.html"]
    assert '<li class="finding error" id="f1">' in service
    assert re.search(r'<li id="L6" class=wrong>.* <a href="#f1">TP601</a>\n', service)
    assert "class=wrong" not in site["services/web.html"]
    assert '<li id="L2" class=wrong> <a href="#f1">TP001</a>\n' in broken, "a file that ends too early is wrong after its end"
    assert '<a href="../sources/services/broken/pipeline.yaml.html#L2">' in site["rules/TP001.html"]


def test_the_title_and_the_icon_count_what_is_wrong(site, tmp_path):
    assert re.search(r"<title>\(\d+\) Services · shop</title>", site["index.html"])
    assert 'href="icon-errors.svg"' in site["index.html"]
    made = Repository(tmp_path / "well" / "w")
    made.write(SPEC, spec("web", dev="1.0.0", prod="1.0.0"))
    call(made, "generate", "-q")
    made.commit("begin")
    page = pages_of(made)["index.html"]
    assert "<title>Services · r</title>" in page
    assert 'href="icon-ok.svg"' in page
    assert items(page, "wrong") == ["nothing No errors, no warnings, no drift."]
    assert items(page, "behind") == ["nothing Every environment has the releases of the one before it."]
    made.write(SPEC, spec("web", dev="1.0.0", prod="{image: {tag: '1.0.0'}, replicas: 1, rollout: {preset: gradual-canary}}"))
    call(made, "generate", "-q")
    assert 'href="icon-warnings.svg"' in pages_of(made)["index.html"]


def test_what_is_unknown_without_a_history_is_said_and_not_counted_as_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    made = type("Folder", (), {"folder": tmp_path / "w", "root": workspace(tmp_path / "w")})
    site = pages_of(made)
    said = items(site["index.html"], "behind")
    assert said == items(site["index.html"], "changed")
    assert said[0].startswith("Unknown. History is not available: ")
    assert "<b>?</b> behind" in site["index.html"]
    assert "releases.html" not in site
    assert "unknown" in site["environments.html"].partition('<tr id="env-dev">')[2].partition("</tr>")[0]


def test_a_release_that_was_never_in_the_environment_before_is_not_counted_as_level(tmp_path):
    made = Repository(tmp_path / "w")
    for number in range(5):
        made.write(f"services/s{number}/pipeline.yaml", spec(f"s{number}", dev="1.1.0", prod="1.0.0"))
    call(made, "generate", "-q")
    made.commit("begin")
    page = pages_of(made)["index.html"]
    assert items(page, "behind") == [
        "s0 prod never in dev",
        "s1 prod never in dev",
        "s2 prod never in dev and 2 more",
    ]
    assert re.search(r'<li class="">\s*<a href="#behind"><b>0</b> behind', page), (
        "a number that is not the whole truth is not green"
    )


def test_what_changed_counts_all_releases_of_a_commit_with_more_than_a_page_shows(tmp_path, monkeypatch):
    monkeypatch.setattr("generator.report.site.trace.RECENT", 3)
    made = Repository(tmp_path / "w")
    for number in range(4):
        made.write(f"services/s{number}/pipeline.yaml", spec(f"s{number}", dev="1.0.0", prod="1.0.0"))
    call(made, "generate", "-q")
    made.commit("begin", "Ann")
    [said] = items(pages_of(made)["index.html"], "changed")
    assert said.startswith("8 releases of 4 services in dev and prod 20")


def test_a_clone_without_its_past_does_not_say_since_when_it_cannot_know(tmp_path, site):
    made = lived_in(tmp_path / "w")
    made.git("clone", "-q", "--depth", "1", f"file://{made.folder}", str(tmp_path / "shallow" / "w"))
    shallow = type("Folder", (), {"folder": tmp_path / "shallow" / "w", "root": tmp_path / "shallow" / "w"})
    page = pages_of(shallow)["index.html"]
    assert "Incomplete history" in page
    assert items(page, "behind") == ["api prod behind staging: unknown", "web staging behind dev: unknown"]
    assert "since 2023-11-15 00:13" not in page
    assert SKIPPED.partition("\n")[0] not in page
