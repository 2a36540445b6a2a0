"""The report as a site: what its pages hold, where it may be written, and that the same workspace gives the same bytes."""

from __future__ import annotations

import html
import os
import re
import shutil
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag

import pytest

from generator.pipeline.run import Mode, Request, run
from generator.system.files.folder import MAX_FILE, MAX_TREE
from support import forked
from support.hostile_workspace import hostile
from support.paths import ROOT
from support.repositories import Repository, spec
from support.trees import read_tree, write_tree
from support.workspace import workspace

BOUTIQUE = ROOT / "examples" / "online-boutique"


class Page(HTMLParser):
    """A page, as far as links and text are asked for."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.scripts, self.handlers = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("href", "src") if name in given]
        self.scripts += [tag] if tag in ("script", "style", "iframe", "object") and "src" not in given else []
        self.handlers += [name for name in given if name.startswith("on") or name == "style"]


@pytest.fixture(scope="module")
def boutique(tmp_path_factory):
    """Return the site of the example, outside of any repository."""
    folder = tmp_path_factory.mktemp("boutique")
    shutil.copytree(BOUTIQUE, folder / "w")
    return site_of(folder / "w", folder / "site")


def site_of(root, target):
    env = {**os.environ, "GIT_CEILING_DIRECTORIES": str(root.parent)}
    done = forked.run(["-C", root, "report", "-o", target], root, env)
    assert done.returncode == 0, done.stderr
    return target


def pages(site):
    return {path: content.decode("utf-8") for path, content in read_tree(site).items() if path.endswith(".html")}


def broken_links(site):
    """Return every link that leads nowhere, or out of the site."""
    parsed = {path: Page(text) for path, text in pages(site).items()}
    wrong = []
    for path, page in parsed.items():
        for link in page.links:
            if link.startswith("https://runbooks.example.com/"):
                continue
            target, fragment = urldefrag(link)
            target = target.partition("?")[0]
            file = os.path.normpath(os.path.join(os.path.dirname(path), unquote(target))) if target else path
            if not (site / file).is_file() or (fragment and file in parsed and unquote(fragment) not in parsed[file].ids):
                wrong.append((path, link))
    return wrong


def test_every_link_leads_to_a_line_that_is_there(boutique, tmp_path):
    assert broken_links(boutique) == []
    assert broken_links(site_of(hostile(tmp_path / "w"), tmp_path / "site")) == []


def test_no_page_holds_a_script_or_style_of_its_own_which_the_policy_would_stop(boutique):
    for path, text in pages(boutique).items():
        page = Page(text)
        assert not page.scripts, path
        assert not page.handlers, path
        assert len(page.ids) == len(set(page.ids)), path
        assert "content=\"default-src 'none'; style-src 'self'; script-src 'self';" in html.unescape(text)


def test_what_is_hostile_in_a_spec_stays_text(tmp_path):
    site = site_of(hostile(tmp_path / "w"), tmp_path / "site")
    every = pages(site)
    text = every["services/web.html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert not re.search(r"<(script(?! src=\"\.\./site\.js)|img|b onmouse)", text)
    assert "javascript:alert" not in " ".join(link for page in every.values() for link in Page(page).links)


def test_the_same_workspace_gives_the_same_bytes_wherever_it_is(tmp_path):
    trees = []
    for name in ("a", "another-place"):
        root = hostile(tmp_path / name / "w")
        trees.append(read_tree(site_of(root, tmp_path / name / "site")))
    assert trees[0] == trees[1]


def test_a_report_that_is_written_again_leaves_nothing_of_the_one_before(tmp_path, tiphys):
    root, site = workspace(tmp_path / "w"), tmp_path / "site"
    site_of(root, site)
    assert "services/web.html" in read_tree(site)
    spec = root / "services/web/pipeline.yaml"
    spec.write_text(spec.read_text().replace("name: web", "name: shop"))
    site_of(root, site)
    found = read_tree(site)
    assert "services/shop.html" in found
    assert "services/web.html" not in found
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    assert "nothing changed" in tiphys("report", "-o", site, cwd=root).stderr
    assert before == {path: path.stat().st_mtime_ns for path in site.rglob("*")}


def test_a_report_of_a_large_fleet_can_be_written_again(tmp_path):
    """Together, the pages of ten thousand services are larger than anything that is read at once."""
    root, site = workspace(tmp_path / "w"), site_of(workspace(tmp_path / "v"), tmp_path / "site")
    size = MAX_FILE - 1
    old = [f"services/old-{number}.html" for number in range(MAX_TREE // size + 1)]
    for path in old:
        (site / path).touch()
        os.truncate(site / path, size)
    with (site / "tiphys-report.txt").open("a") as listed:
        listed.writelines(f"{path}\n" for path in old)
    site_of(root, site)
    assert not any((site / path).exists() for path in old)
    assert (site / "services/web.html").exists()


@pytest.mark.parametrize(
    ("what", "code", "says"),
    [
        ("full", 1, "contains files that are not part of a report"),
        ("link", 2, "is a symbolic link"),
        ("file", 2, "is not a directory"),
        ("nowhere", 2, "does not exist"),
        ("generated", 2, "is in the folder of generated files"),
        ("linked page", 2, "is a symbolic link; nothing was changed"),
        ("foreign page", 1, "is not part of a report"),
    ],
)
def test_a_folder_that_is_not_ours_is_left_as_it_is(what, code, says, tmp_path, tiphys):
    root, site = workspace(tmp_path / "w"), tmp_path / "site"
    outside = write_tree(tmp_path / "outside", {"keep.txt": "mine"})
    if what == "full":
        write_tree(site, {"index.html": "mine"})
    elif what == "link":
        site.symlink_to(outside)
    elif what == "file":
        site.write_text("mine")
    elif what == "nowhere":
        site = tmp_path / "no" / "site"
    elif what == "generated":
        site = root / "generated" / "site"
        site.parent.mkdir(exist_ok=True)
    elif what == "linked page":
        site_of(root, site)
        shutil.rmtree(site / "services")
        (site / "services").symlink_to(outside)
    else:
        site_of(root, site)
        listed = site / "tiphys-report.txt"
        listed.write_text(listed.read_text().replace("index.html\n", ""))
        (site / "index.html").write_text("mine")
    before = read_tree(tmp_path)
    done = tiphys("report", "-o", site, cwd=root)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert read_tree(tmp_path) == before


def test_a_list_of_files_that_was_tampered_with_removes_nothing_outside(tmp_path, tiphys):
    root, site = workspace(tmp_path / "w"), tmp_path / "site"
    outside = write_tree(tmp_path / "outside", {"keep.txt": "mine"})
    site_of(root, site)
    with (site / "tiphys-report.txt").open("a") as file:
        file.write(f"../outside/keep.txt\n{outside}/keep.txt\n")
    assert tiphys("report", "-o", site, cwd=root).returncode == 0
    assert (outside / "keep.txt").read_text() == "mine"


def test_a_spec_at_fault_is_in_the_report_and_does_not_hide_the_others(tmp_path, tiphys):
    root = hostile(tmp_path / "w")
    write_tree(root, {"services/broken/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: [}\n"})
    site = site_of(root, tmp_path / "site")
    every = pages(site)
    assert "sources/services/broken/pipeline.yaml.html" in every["index.html"]
    assert "services/web.html" in every
    assert "rules/TP004.html" in every["findings.html"] or "rules/TP0" in every["findings.html"]
    assert broken_links(site) == []


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ("services/shop/pipeline.yaml", "shop"),
        ("services/nameless/pipeline.yaml", "nameless"),
        ("services/web2/pipeline.yaml", "web"),
        ("services/con/pipeline.yaml", "con"),
    ],
)
def test_a_spec_at_fault_is_a_row_that_says_so_and_leads_to_its_findings(broken, name, tmp_path):
    root = hostile(tmp_path / "w")
    texts = {
        "shop": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: shop}\nspec: {replicsa: 2}\n",
        "nameless": "a: [\n",
        "web2": (root / "services/web/pipeline.yaml").read_text(),
        "con": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: con}\nspec: {image: {repository: a/b, tag: x}, environments: {dev: {}}}\n",
    }
    write_tree(root, {broken: texts[broken.split("/")[1]]})
    site = site_of(root, tmp_path / "site")
    every = pages(site)
    rows = [row for row in re.findall(r"<tr.*?</tr>", every["index.html"], re.DOTALL) if "invalid spec" in row]
    assert len(rows) == 1, "one row, beside those of the other services"
    page = f"sources/{broken}.html"
    assert f'<a href="{page}">{name}</a>' in rows[0]
    assert re.search(r"[1-9] errors?</span>", rows[0])
    assert 'class="finding error"' in every[page]
    assert "<b>2</b> services" in every["index.html"]
    assert broken_links(site) == []


@pytest.mark.usefixtures("git")
def test_a_spec_that_was_broken_after_its_release_still_shows_what_is_declared(tmp_path):
    repository = Repository(tmp_path / "r")
    repository.write("services/api/pipeline.yaml", spec("api", dev="1.4.0", prod="1.3.0"))
    repository.commit("start")
    repository.write(
        "services/api/pipeline.yaml", spec("api", dev="1.4.0", prod="1.3.0").replace("kind: Pipeline", "kind: Pipelin")
    )
    page = pages(site_of(repository.root, tmp_path / "site"))["index.html"]
    row = next(row for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if "invalid spec" in row)
    assert re.findall(r"<b>(.*?)</b> <small>in the last commit", row) == ["1.4.0", "1.3.0"]


def test_drift_is_told_of_what_could_be_built_though_another_spec_is_at_fault(tmp_path, tiphys):
    root = hostile(tmp_path / "w")
    tiphys("generate", cwd=root)
    (root / "generated/prod/web/values.yaml").write_text("# Code generated by tiphys from x; DO NOT EDIT.\na: b\n")
    write_tree(root, {"services/broken/pipeline.yaml": "a: [\n"})
    outcome = run(Request(str(root), Mode.REPORT))
    assert [(change.path, change.state.value) for change in outcome.changes] == [("generated/prod/web/values.yaml", "differs")]


def test_what_is_ahead_is_on_the_page_of_promotions(tmp_path):
    page = pages(site_of(hostile(tmp_path / "w"), tmp_path / "site"))["promotion.html"]
    assert "1 service to promote" in page
    assert re.search(r"<b>1\.1\.0</b>.*<b>1\.0\.0</b>", page, re.DOTALL)


def test_a_chart_without_any_value_has_its_page(tmp_path, tiphys):
    spec = "{apiVersion: tiphys/v1, kind: Pipeline, metadata: {name: queue}, spec: {chart: CHART, environments: {dev: {}}}}\n"
    folder = workspace(tmp_path / "w")
    write_tree(folder, {"services/queue/pipeline.yaml": spec.replace("CHART", "{name: valkey, version: 1.0.0, profile: none}")})
    done = tiphys("report", "-o", tmp_path / "site", cwd=folder)
    assert "Traceback" not in done.stderr
    assert "<li>" in (tmp_path / "site/services/queue.html").read_text()


def test_what_services_need_of_each_other_is_drawn_and_said_in_a_table(tmp_path):
    made = Repository(tmp_path / "w")
    made.write("services/payments/pipeline.yaml", spec("payments", prod="2.0.0"))
    needing = "  dependsOn: [{service: payments, version: '>=2.1'}, {service: gone}]\n  environments:\n"
    made.write("services/checkout/pipeline.yaml", spec("checkout", prod="1.0.0").replace("  environments:\n", needing))
    site = site_of(tmp_path / "w", tmp_path / "site")
    every = pages(site)
    page, other = every["services/checkout.html"], every["services/payments.html"]
    assert '<svg role="img" class="needs-map"' in page
    assert "<title>checkout needs 2 services. The table of dependencies says the same.</title>" in page
    assert (
        '<td><a href="payments.html#dependencies">payments</a></td><td>&gt;=2.1</td><td>2.0.0</td>'
        '<td><span class="pill warn">not in the range</span></td>' in page
    )
    assert '<td>gone</td><td>any</td><td>–</td><td><span class="pill bad">unknown service</span></td>' in page
    assert "⚠ payments" in page, "what is lacking is told by more than its colour"
    assert "<title>1 service needs payments. The table of dependencies says the same.</title>" in other
    assert broken_links(site) == []
