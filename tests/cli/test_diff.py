"""`tiphys diff` with real Git: the revisions that people name, and what a branch says to its reviewer."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from generator.cli.main import COMMANDS
from generator.diff import halves
from generator.diff.compare import Filter, compare_revisions
from generator.diff.reach import Reach
from generator.diff.revisions import Range
from support.fleet import EDITS, fleet
from support.paths import ROOT
from support.repositories import Repository, spec
from support.trees import read_tree

pytestmark = pytest.mark.usefixtures("git")

GOLDEN = Path(__file__).with_name("diff")


@cache
def validator():
    """Return what holds a comparison in JSON against the published schema, with nothing more in it."""
    from jsonschema import Draft7Validator

    text = (ROOT / "schemas" / "diff.schema.json").read_text(encoding="utf-8")
    return Draft7Validator(json.loads(text.replace('"additionalProperties": true', '"additionalProperties": false')))


def found(tiphys, repository, *words, code=0):
    done = tiphys("diff", "--no-rendered", *words, "--format", "json", cwd=repository.root)
    assert done.returncode == code, done.stderr + done.stdout
    data = json.loads(done.stdout)
    validator().validate(data)
    return data


def told(data):
    """Return what a comparison says: place and sentence."""
    return sorted(
        f"{place['environment']} {place['service'] or '(root)'}: {item['sentence']}"
        for item in data["changes"]
        for place in item["where"]
    )


@pytest.fixture
def shop(tmp_path):
    """Return the example in a repository of its own, and a branch of it on which three services change."""
    made = Repository(tmp_path / "shop")
    shutil.rmtree(made.root / "environments")
    shutil.copytree(ROOT / "examples" / "online-boutique", made.root, dirs_exist_ok=True)
    made.commit("start")
    made.git("checkout", "-q", "-b", "feature")
    edit(made, "cartservice", ("prod: {image: {tag: v0.10.6}}", "prod: {image: {tag: v0.10.7}}"))
    edit(
        made,
        "frontend",
        (
            "              - setWeight: 20\n",
            "              - setWeight: 10\n              - pause: {duration: 3m}\n              - setWeight: 20\n",
        ),
        ("              - pause: {}\n", ""),
        ("maxReplicas: 12", "maxReplicas: 16"),
        ('ENABLE_PROFILER: "0"', 'ENABLE_PROFILER: "0"\n      DB_PASSWORD: hunter2'),
        ("[{name: canary, value: frontend-canary}]", "[{value: frontend-canary, name: canary}]"),
    )
    edit(made, "emailservice", ("    staging: {image: {tag: v0.10.6}}\n", ""))
    edit(made, "adservice", ("spec:\n", "# nothing but a comment\nspec:\n\n"))
    made.commit("change")
    return made


def edit(repository, service, *pairs):
    path = repository.root / "services" / service / "pipeline.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


SUFFIX = {"text": "txt", "markdown": "md", "json": "json"}


@pytest.mark.parametrize("form", SUFFIX)
def test_a_reviewer_of_three_services_reads_what_changed_and_nothing_else(form, tiphys, shop, golden):
    done = tiphys("diff", "--no-rendered", "main...feature", "--format", form, cwd=shop.root)
    assert (done.returncode, done.stderr) == (0, "")
    assert "hunter2" not in done.stdout
    said = re.sub(
        r"(?<=\b[0-9a-f]{6})<!-- -->(?=[0-9a-f]{2}\b)", "", done.stdout
    )  # Markdown breaks up what looks like a commit
    golden(re.sub(r"\b[0-9a-f]{8}\b", "01234567", said), GOLDEN / f"three-services.{SUFFIX[form]}")


def test_the_way_back_is_the_same_with_sides_changed(tiphys, shop):
    there, back = (found(tiphys, shop, words) for words in ("main..feature", "feature..main"))

    def facts(data, first, second):
        return sorted(
            json.dumps([re.sub(r"\[\d+\]", "[]", item["path"]), item.get(first), item.get(second), place])
            for item in data["changes"]
            for place in item["where"]
        )

    assert facts(there, "before", "after") == facts(back, "after", "before")
    assert {place["service"] for item in there["changes"] for place in item["where"]} == {
        "cartservice",
        "frontend",
        "emailservice",
    }


def test_comments_order_and_layout_are_no_change(tiphys, shop):
    shop.git("checkout", "-q", "main")
    for file in (shop.root / "services").rglob("*.yaml"):
        file.write_text("# more\n\n" + file.read_text().replace("\n", "  # c\n", 1), encoding="utf-8")
    (shop.root / "services/frontend").rename(shop.root / "services/web")
    done = tiphys("diff", "--no-rendered", cwd=shop.root)
    assert done.returncode == 0
    first, *rest = done.stdout.splitlines()
    assert first.endswith("the working tree: nothing changes in the deployment")
    assert rest == ["", "frontend: spec moved from services/frontend/pipeline.yaml to services/web/pipeline.yaml"]


def test_revisions_mean_what_they_mean_to_git(tiphys, tmp_path):
    made = Repository(tmp_path / "r")
    made.write("services/web/pipeline.yaml", spec(dev="1.0.0"))
    made.commit("one")
    made.git("checkout", "-q", "-b", "feature")
    made.write("services/web/pipeline.yaml", spec(dev="1.1.0"))
    made.commit("two")
    made.git("checkout", "-q", "main")
    made.write("services/api/pipeline.yaml", spec("api", dev="1.0.0"))
    made.commit("three")
    made.git("checkout", "-q", "feature")
    ours, removed = "dev web: image 1.0.0 → 1.1.0", "dev api: removed"
    assert told(found(tiphys, made)) == [ours], "since it left main"
    assert told(found(tiphys, made, "main...feature")) == [ours]
    assert [line[:16] for line in told(found(tiphys, made, "main..feature"))] == [removed, ours[:16]]
    assert told(found(tiphys, made, "main..")) == told(found(tiphys, made, "main..HEAD"))
    assert told(found(tiphys, made, "..main")) == told(found(tiphys, made, "HEAD..main"))
    made.write("services/web/pipeline.yaml", spec(dev="1.2.0"))
    made.write("services/new/pipeline.yaml", spec("new", dev="1.0.0"))
    assert [line[:12] for line in told(found(tiphys, made))] == ["dev new: new", "dev web: ima"], "what is not committed, too"
    assert told(found(tiphys, made, "HEAD", "web")) == ["dev web: image 1.1.0 → 1.2.0"]
    assert told(found(tiphys, made, "HEAD", "--env", "prod")) == []
    assert told(found(tiphys, made, "HEAD..HEAD")) == []
    for words, message in (
        (["nothing"], "commit `nothing` does not exist"),
        (["web"], "name a revision first: `tiphys diff HEAD web`"),
        (["HEAD", "wbe"], "did you mean `web`?"),
        (["HEAD", "--env", "prd"], "did you mean `prod`?"),
        (["HEAD", "--promote", "dev"], "`dev:prod`"),
    ):
        done = tiphys("diff", "--no-rendered", *words, cwd=made.root)
        assert done.returncode == 2, words
        assert message in done.stderr


def test_only_when_asked_a_change_is_a_failure(tiphys, shop):
    assert tiphys("diff", "--no-rendered", "main..feature", "--exit-code", cwd=shop.root).returncode == 1
    assert tiphys("diff", "--no-rendered", "main..main", "--exit-code", cwd=shop.root).returncode == 0


def test_nothing_of_the_work_tree_or_the_index_is_touched(tiphys, shop):
    edit(shop, "cartservice", ("v0.10.7", "v0.10.8"))
    shop.git("status")
    before = read_tree(shop.folder)
    for words in ([], ["main..feature"], ["--promote", "dev:prod"]):
        assert tiphys("diff", "--no-rendered", *words, cwd=shop.root).returncode == 0
    assert read_tree(shop.folder) == before


def test_a_shallow_clone_is_told_how_to_get_the_rest(tiphys, shop, tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", "--no-single-branch", f"file://{shop.folder}", str(clone)],
        env=shop.env,
        check=True,
    )
    done = tiphys("diff", "--no-rendered", "origin/main...HEAD", cwd=clone)
    assert done.returncode == 2
    assert "this clone is shallow" in done.stderr
    assert "fetch-depth: 0" in done.stderr
    assert "fetch --unshallow" in tiphys("diff", "--no-rendered", "HEAD~1", cwd=clone).stderr


def test_a_whole_clone_is_not_told_a_command_that_git_refuses_there(tiphys, shop):
    done = tiphys("diff", "--no-rendered", "nothing", cwd=shop.root)
    assert "git fetch origin" in done.stderr
    assert "--unshallow" not in done.stderr


@pytest.mark.parametrize("side", ["base", "head"])
def test_what_is_at_fault_on_one_side_is_named_and_never_called_removed(side, tiphys, shop):
    commits = {"base": "main", "head": "feature"}
    shop.git("checkout", "-q", commits[side])
    path = shop.root / "services/cartservice/pipeline.yaml"
    path.write_text(path.read_text().replace("  image:\n", "  imege:\n"))
    shop.commit("broken")
    data = found(tiphys, shop, "main..feature", code=1)
    (failure,) = data["incomparable"]
    assert failure["side"] == side
    assert {pair["service"] for pair in failure["pairs"]} == {"cartservice"}
    assert failure["diagnostics"][0]["path"] == "services/cartservice/pipeline.yaml"
    assert "imege" in failure["diagnostics"][0]["message"]
    assert {place["service"] for item in data["changes"] for place in item["where"]} == {"frontend", "emailservice"}
    for form in ("text", "markdown"):
        done = tiphys("diff", "--no-rendered", "main..feature", "--format", form, cwd=shop.root)
        assert re.search(r"services/cartservice/pipeline\.yaml:\d+:\d+", done.stdout)
        assert done.returncode == 1


@pytest.mark.parametrize(
    ("path", "text", "services"),
    [
        ("tiphys.yaml", "spec: [", 11),
        ("services/cartservice/pipeline.yaml", "spec: [", 1),
        ("environments/staging.yaml", None, 10),
    ],
)
def test_files_without_a_name_remove_nothing_either(path, text, services, tiphys, shop):
    if text is None:
        (shop.root / path).unlink()
    else:
        shop.write(path, text)
    data = found(tiphys, shop, "HEAD", code=1)
    assert data["changes"] == []
    (failure,) = data["incomparable"]
    assert len({pair["service"] for pair in failure["pairs"]}) == services
    assert path == "environments/staging.yaml" or failure["diagnostics"][-1]["path"] == path
    out = tiphys("diff", "--no-rendered", "HEAD", cwd=shop.root).stdout
    assert "nothing changes in the deployment, as far as it can be compared" in out


def test_a_promotion_is_seen_before_it_happens(tiphys, tmp_path):
    made = Repository(tmp_path / "r")
    made.write(
        "services/web/pipeline.yaml",
        spec(dev='{image: {tag: "1.1.0"}, replicas: 1}', prod='{image: {tag: "1.0.0"}, replicas: 4}'),
    )
    made.write("services/api/pipeline.yaml", spec("api", dev="2.0.0", prod="2.0.0"))
    made.write("services/new/pipeline.yaml", spec("new", dev="1.0.0"))
    data = found(tiphys, made, "--promote", "dev:prod")
    assert told(data) == ["prod web: image 1.0.0 → 1.1.0"]
    assert data["staying"] == [{"service": "web", "environment": "prod", "paths": ["replicas"]}]
    assert told(found(tiphys, made, "--promote", "dev:prod", "api")) == []
    done = tiphys("diff", "--no-rendered", "--promote", "prod:dev", "web", cwd=made.root)
    assert "dev is the first in its chain" in done.stderr
    assert "downgrade" in done.stdout


def test_a_promotion_into_a_service_without_the_name_of_its_chart_is_an_error_at_its_line(tiphys, tmp_path):
    made = Repository(tmp_path / "r")
    prod = (made.root / "environments/prod.yaml").read_text()
    made.write("environments/prod.yaml", prod.replace("name: service, ", ""))
    text = spec(dev='{image: {tag: "1.1.0"}, chart: {name: service}}', prod='{image: {tag: "1.0.0"}}')
    made.write("services/web/pipeline.yaml", text.replace("  environments:", "  chart: {version: 1.0.0}\n  environments:"))
    data = found(tiphys, made, "--promote", "dev:prod", code=1)
    (head, base) = data["incomparable"]
    for side in (head, base):
        assert [one["message"] for one in side["diagnostics"]] == ["`chart` needs `name`"]


def test_a_shared_edit_is_said_once_with_all_that_it_reaches(tiphys, shop):
    path = shop.root / "environments/prod.yaml"
    path.write_text(path.read_text().replace("containerName: server", "containerName: main"))
    data = found(tiphys, shop, "HEAD")
    (change,) = data["changes"]
    assert change["sentence"] == "containerName server → main"
    assert len(change["where"]) == 10, "one says it itself"
    assert data["summary"]["services"] == data["summary"]["production"] == 10


def test_a_chart_in_the_repository_reaches_who_uses_it(tiphys, tmp_path):
    made = fleet(tmp_path / "r")
    made.write("charts/mine/values.yaml", "replicaCount: 1\nextra: a\n")
    made.write("charts/mine/README.md", "x")
    made.commit("start")
    made.write("charts/mine/values.yaml", "# c\nextra: a\nreplicaCount: 1\n")
    made.write("charts/mine/README.md", "y")
    assert told(found(tiphys, made)) == []
    made.write("charts/mine/values.yaml", "replicaCount: 3\nextra: a\n")
    made.write("charts/lib/templates/_b.tpl", "bb\n")
    assert told(found(tiphys, made)) == [
        "dev local: chart charts/mine changed: charts/lib/templates/_b.tpl, values.yaml",
        "dev local: default of charts/mine: replicaCount 1 → 3",
    ]


def test_a_service_that_is_called_otherwise_is_another_one(tiphys, tmp_path):
    made = Repository(tmp_path / "r")
    made.write("services/web/pipeline.yaml", spec("web", dev="1.0.0"))
    made.commit("one")
    made.write("services/web/pipeline.yaml", spec("shop", dev="1.0.0"))
    data = found(tiphys, made)
    assert data["renamed"] == [{"spec": "services/web/pipeline.yaml", "before": "web", "after": "shop"}]
    assert [line[:14] for line in told(data)] == ["dev shop: new:", "dev web: remov"]


def test_the_first_service_of_an_environment_brings_its_root_and_the_last_takes_it_away(tiphys, tmp_path):
    made = Repository(tmp_path / "r")
    made.write("services/web/pipeline.yaml", spec("web", dev="1.0.0"))
    made.write("services/api/pipeline.yaml", spec("api", dev="1.0.0"))
    first = made.commit("one")
    made.write("services/web/pipeline.yaml", spec("web", dev="1.0.0", prod="1.0.0"))
    made.write("services/new/pipeline.yaml", spec("new", dev="1.0.0"))
    made.commit("two")
    lines = [line.partition(",")[0] for line in told(found(tiphys, made, f"{first}..HEAD"))]
    assert lines == ["dev new: new: image 1.0.0", "prod (root): root Application added", "prod web: new: image 1.0.0"]
    assert [line[:12] for line in told(found(tiphys, made, f"HEAD..{first}"))] == [
        "dev new: rem",
        "prod (root):",
        "prod web: re",
    ]


@pytest.mark.parametrize("path", EDITS)
def test_reading_only_what_a_change_can_reach_loses_nothing(path, tmp_path, monkeypatch):
    repository = fleet(tmp_path / "r")
    base = repository.commit("start")
    old, new, expected = EDITS[path]
    text = (repository.root / path).read_text()
    if old in text:
        repository.write(path, text.replace(old, new))
    head = repository.commit("edit")
    range_ = Range(base, head, "a", "b")
    near = compare_revisions(str(repository.root), range_, Filter())
    real = halves.reach
    monkeypatch.setattr(halves, "reach", lambda a, b, c: Reach(None, frozenset(), *real(a, b, c)[2:4]))
    whole = compare_revisions(str(repository.root), range_, Filter())
    assert near.entries == whole.entries
    places = {str(place) for place in whole.places if place.service}
    assert places <= {" ".join(reversed(pair.split())) for pair in expected}


def test_text_of_a_stranger_stays_text_in_a_comment(tiphys, tmp_path):
    from markdown_it import MarkdownIt

    made = Repository(tmp_path / "r")
    made.write("services/web/pipeline.yaml", spec("web", dev='{image: {tag: "1.0.0"}, values: {a: x}}'))
    made.commit("one")
    hostile = "@everyone <img src=x onerror=alert(1)> [a](http://evil) #1 | **b** <!-- tiphys:diff --> https://evil.example ](x) `c`\\n## d"
    made.write(
        "services/web/pipeline.yaml", spec("web", dev=f'{{image: {{tag: "1.0.0"}}, values: {{a: "{hostile}", "@b|<b>": c}}}}')
    )
    text = tiphys("diff", "--no-rendered", "--format", "markdown", cwd=made.root).stdout
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert text.startswith("<!-- tiphys:diff -->\n")
    assert text.count("tiphys:diff") == 3
    assert text.count("<!-- tiphys") == 1
    for forbidden in ("<img", "<a ", "<h2", "<b>", "@everyone", "<code>", "<strong>b"):
        assert forbidden not in html, forbidden
    done = tiphys("diff", "--no-rendered", cwd=made.root)
    assert "\n## d" not in done.stdout


def test_it_is_listed_and_its_help_names_what_it_takes(tiphys):
    assert "diff" in COMMANDS
    assert "BASE...HEAD" in tiphys("diff", "--help").stdout


@pytest.mark.parametrize(
    "more", [["HEAD"], ["--env", "dev"], ["--promote", "dev:prod"], ["--noise"], ["--offline"], ["--rendered"]]
)
def test_a_comparison_with_an_old_tree_takes_no_argument_of_another_one(more, tiphys, shop):
    done = tiphys("diff", *more, "--against", shop.root.parent, cwd=shop.root)
    assert done.returncode == 2
    assert "--against compares the whole workspace; remove the other arguments" in done.stderr


def _environment(name: str, more: str = "", labels: str = "") -> str:
    return (
        f"apiVersion: tiphys/v1\nkind: Environment\nmetadata: {{name: {name}{labels}}}\n"
        f"spec: {{{more}argocd: {{destination: {{name: {name}, namespace: shop}}}}}}\n"
    )


REACHED = {
    "environments/dev.yaml": {"dev"},
    "environments/base.yaml": {"eu", "us"},
    "environments/eu.yaml": {"eu"},
    "environments/lone.yaml": {"lone"},
    "tiphys.yaml": None,
    "environments/new.yaml": None,
}
"""What an edit of a file reaches; None for everything."""


@pytest.mark.parametrize("path", REACHED)
def test_an_edit_of_an_environment_builds_no_other_one(path, tmp_path):
    made = Repository(tmp_path / "r")
    made.write("services/web/pipeline.yaml", spec("web", dev="1.0.0", eu="1.0.0", us="1.0.0"))
    made.write("environments/base.yaml", _environment("base", labels=", abstract: true"))
    for name in ("eu", "us"):
        made.write(f"environments/{name}.yaml", _environment(name, "extends: [base], "))
    made.write("environments/lone.yaml", _environment("lone"))
    base = made.commit("start")
    text = (made.root / path).read_text() if (made.root / path).exists() else _environment("new")
    made.write(path, f"{text}# edited\n")
    head = made.commit("edit")
    *_, found = halves.halves(str(made.root), base, head)
    assert found.environments == REACHED[path]
    assert (found.services is None) is (found.environments is not None or path in ("tiphys.yaml", "environments/new.yaml"))


def test_a_spec_that_is_edited_with_an_environment_is_compared_in_all_of_its_environments(tiphys, tmp_path):
    made = Repository(tmp_path / "r")
    made.write("services/web/pipeline.yaml", spec("web", dev="1.0.0", prod="1.0.0"))
    made.commit("start")
    made.write("services/web/pipeline.yaml", spec("web", dev="1.1.0", prod="1.0.0"))
    prod = (made.root / "environments/prod.yaml").read_text()
    made.write("environments/prod.yaml", f"{prod}  defaults: {{replicas: 5}}\n")
    lines = [line.partition(" ")[0] for line in told(found(tiphys, made, "HEAD"))]
    assert set(lines) == {"dev", "prod"}
