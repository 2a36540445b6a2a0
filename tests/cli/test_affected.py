"""`affected`: a CI that trusts it skips the rest, so it may never miss a pair, and should name few too many."""

from __future__ import annotations

import json
import random

import pytest

from generator.diff.affected import Pair, batches
from support.fleet import EDITS, PRESET, fleet
from support.paths import ROOT
from support.repositories import spec
from support.trees import read_tree

pytestmark = pytest.mark.usefixtures("git")


def found(tiphys, repository, *more):
    done = tiphys("affected", "--since", "HEAD", "--format", "json", *more, cwd=repository.root)
    assert done.returncode == 0, done.stderr + done.stdout
    data = json.loads(done.stdout)
    assert data["version"] == 1
    return data


def told(pairs):
    return {f"{pair['service']} {pair['environment']}": pair["because"] for pair in pairs}


@pytest.mark.parametrize("below", ["", "deploy"], ids=["at the top", "in a folder"])
def test_each_kind_of_file_reaches_just_those_that_depend_on_it(below, tiphys, tmp_path):
    repository = fleet(tmp_path / "r", below)
    own = repository.root / "services/own/pipeline.yaml"
    own.write_text(own.read_text() + "# end\n")
    repository.commit("start")
    for path, (old, new, expected) in EDITS.items():
        file = repository.root / path
        before = file.read_text()
        assert old in before
        file.write_text(before.replace(old, new))
        pairs = told(found(tiphys, repository)["affected"])
        assert pairs.keys() == expected, path
        assert all(because == [path] for because in pairs.values()), (path, pairs)
        file.write_text(before)
    assert found(tiphys, repository)["affected"] == []


def test_a_cluster_that_is_left_is_told_and_one_that_is_joined_is_not_called_removed(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    prod = repository.root / "environments/prod.yaml"
    clusters = "destinations: {eu: {name: a}, us: {name: b}}, waves: [[eu], [us]]"
    one_cluster = prod.read_text()
    assert "argocd: {" in one_cluster
    prod.write_text(one_cluster.replace("argocd: {", f"argocd: {{{clusters}, "))
    repository.commit("two clusters")
    prod.write_text(prod.read_text().replace(clusters, "destinations: {eu: {name: a}, ap: {name: c}}"))
    data = found(tiphys, repository)
    assert {pair["environment"] for pair in data["affected"]} == {"prod"}
    left = {"environment": "prod", "destination": "us", "because": ["environments/prod.yaml"]}
    assert data["removed"] == [{"service": pair["service"], **left} for pair in data["affected"]]
    text = tiphys("affected", "--since", "HEAD", cwd=repository.root)
    assert "prod/us" in text.stdout
    prod.write_text(one_cluster)
    assert {pair["destination"] for pair in found(tiphys, repository)["removed"]} == {"eu", "us"}


def test_a_template_of_the_workspace_reaches_those_whose_profile_uses_it(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    repository.commit("start")
    text = (ROOT / "templates" / "rollout.yaml").read_text(encoding="utf-8")
    repository.write("templates/rollout.yaml", text)
    assert found(tiphys, repository)["affected"] == [], "the same text, now in the workspace"
    root = (ROOT / "templates" / "root.yaml").read_text(encoding="utf-8")
    repository.write("templates/root.yaml", root.replace("spec:\n", "spec:\n  revisionHistoryLimit: 3\n", 1))
    data = found(tiphys, repository)
    assert data["affected"] == []
    assert data["roots"] == [
        {"environment": name, "because": ["templates/rollout.yaml", "templates/root.yaml"]} for name in ("dev", "prod")
    ]


def test_between_two_commits_the_work_tree_has_no_say(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    repository.commit("start")
    repository.write("services/plain/pipeline.yaml", spec("plain", dev="1.0.1", prod="1.0.0"))
    repository.commit("bump")
    repository.write("services/plain/pipeline.yaml", "not: a spec\n")
    done = tiphys("affected", "--since", "HEAD~1", "--until", "HEAD", "--format", "json", cwd=repository.root)
    assert told(json.loads(done.stdout)["affected"]) == {"plain dev": ["services/plain/pipeline.yaml"]}
    done = tiphys("affected", "--since", "HEAD~1", "--until", "HEAD", cwd=repository.root)
    assert done.stdout.splitlines()[1].split() == ["plain", "dev", "services/plain/pipeline.yaml"]
    assert done.stderr == "1 pair of service and environment affected\n"


def test_new_moved_and_removed_services_are_told_apart(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    repository.commit("start")
    repository.write("services/new/pipeline.yaml", spec("new", dev="1.0.0"))
    (repository.root / "services/preset/pipeline.yaml").unlink()
    (repository.root / "services/plain").rename(repository.root / "services/moved")
    data = found(tiphys, repository)
    assert told(data["removed"]) == {"preset prod": ["services/preset/pipeline.yaml"]}
    pairs = told(data["affected"])
    assert pairs["new dev"] == ["services/new/pipeline.yaml"]
    assert pairs["plain dev"] == ["services/moved/pipeline.yaml", "services/plain/pipeline.yaml"], "headers name the spec"


def test_what_cannot_be_rendered_counts_as_soon_as_a_file_of_its_own_has_changed(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    repository.write(
        "services/preset/pipeline.yaml", spec("preset", prod='{image: {tag: "1.0.0"}, rollout: {preset: nothing}}')
    )
    repository.commit("broken from the start")
    assert found(tiphys, repository)["affected"] == []
    repository.write("services/plain/pipeline.yaml", spec("plain", dev="1.0.1", prod="1.0.0"))
    assert found(tiphys, repository)["affected"] == [
        {"service": "plain", "environment": "dev", "because": ["services/plain/pipeline.yaml"]}
    ]
    repository.write("strategies/nothing.yaml", PRESET.format(weight=10).replace("name: slow", "name: nothing"))
    assert told(found(tiphys, repository)["affected"])["preset prod"] == ["strategies/nothing.yaml"]
    repository.write("services/own/pipeline.yaml", "metadata: {name: own}\nspec: [")
    assert {"own dev", "own prod"} <= told(found(tiphys, repository)["affected"]).keys()
    repository.write("services/own/pipeline.yaml", "spec: [")
    done = tiphys("affected", "--since", "HEAD", cwd=repository.root)
    assert done.returncode == 1
    assert "`services/own/pipeline.yaml`" in done.stderr


def test_a_fault_in_several_environments_marks_each_of_them(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    both = spec("plain", dev="1.0.0", prod="1.0.0") + (
        "  rollout: {strategy: {canary: {steps: [{setWeight: 10}], stableService: web, canaryService: web}}}\n"
    )
    repository.write("services/plain/pipeline.yaml", both)
    repository.commit("one Service for both, in dev and in prod")
    spoken = tiphys("lint", "services/plain/pipeline.yaml", cwd=repository.root).stdout
    assert spoken.count("error[TP203]") == 1, "one cause is told once"
    repository.write("services/plain/pipeline.yaml", both + "# a note\n")
    assert {"plain dev", "plain prod"} == told(found(tiphys, repository)["affected"]).keys()


def test_before_there_was_a_workspace_everything_is_new(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    repository.git("commit", "-q", "--allow-empty", "-m", "nothing yet")
    data = found(tiphys, repository)
    assert len(data["affected"]) == 6
    assert data["removed"] == []


def test_links_are_followed_neither_in_the_past_nor_now(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    (repository.root / "services/linked").mkdir()
    repository.write("services/linked/real.yaml", spec("linked", dev="1.0.0"))
    (repository.root / "services/linked/pipeline.yaml").symlink_to("real.yaml")
    (repository.root / "services/out").mkdir()
    (tmp_path / "outside.yaml").write_text(spec("outside", dev="1.0.0"))
    (repository.root / "services/out/pipeline.yaml").symlink_to(tmp_path / "outside.yaml")
    repository.commit("start")
    (repository.root / "services/out/pipeline.yaml").unlink()
    repository.write("services/linked/real.yaml", spec("linked", dev="1.0.1"))
    data = found(tiphys, repository)
    assert (data["affected"], data["removed"]) == ([], [])


def generated(repository, commit, tmp_path, tiphys):
    """Return what `generate` itself makes of a commit: pair to files; None if it refuses."""
    folder = tmp_path / f"at-{commit[:12]}"
    repository.git("worktree", "add", "-q", "--detach", str(folder), commit)
    done = tiphys("generate", cwd=folder)
    if done.returncode:
        return None
    files = {}
    for path, content in read_tree(folder / "generated").items():
        env, *rest = path.split("/")
        service = rest[1].removesuffix(".yaml") if rest[0] == "applications" else rest[0]
        files.setdefault(f"{service} {env}", {})[path] = content
    return {pair: found for pair, found in files.items() if not pair.startswith("root.yaml")}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_changes_every_pair_that_generate_writes_anew_is_named_and_no_other(seed, tiphys, tmp_path):
    chance = random.Random(seed)
    repository = fleet(tmp_path / "r")
    first = repository.commit("start")
    usable = [
        (path, *edit[:2])
        for path, edit in EDITS.items()
        if path not in ("environments/prod.yaml", "services/own/pipeline.yaml") and "charts" not in path
    ]
    for path, old, new in chance.sample(usable, chance.randrange(1, 4)):
        repository.write(path, (repository.root / path).read_text().replace(old, new))
    if chance.random() < 0.5:
        repository.write("services/more/pipeline.yaml", spec("more", prod="1.0.0"))
    last = repository.commit("change")
    before, after = (generated(repository, commit, tmp_path, tiphys) for commit in (first, last))
    done = tiphys("affected", "--since", first, "--until", last, "--format", "json", cwd=repository.root)
    named = told(json.loads(done.stdout)["affected"]).keys()
    written = {pair for pair in after if after[pair] != before.get(pair)}
    assert written <= named
    assert named - written <= {"local dev"}, "its chart is held against the version that the environment wants"


def test_runners_share_what_is_affected_and_each_gets_it_as_arguments(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    repository.commit("start")
    prod = repository.root / "environments/prod.yaml"
    prod.write_text(prod.read_text().replace("  promotion", '  target: {kubernetes: "1.33"}\n  promotion'))
    dev = repository.root / "services/plain/pipeline.yaml"
    dev.write_text(dev.read_text().replace('dev: {image: {tag: "1.0.0"}}', 'dev: {image: {tag: "1.0.1"}}'))
    whole = found(tiphys, repository)
    assert "shards" not in whole
    for most in (1, 2, 3, 256):
        data = found(tiphys, repository, "--shards", str(most))
        assert {key: data[key] for key in whole} == whole
        shards = data["shards"]
        assert [(one["number"], one["of"]) for one in shards] == [(n + 1, len(shards)) for n in range(len(shards))]
        assert len(shards) == min(most, 3), "there are three services"
        pairs = [(pair["service"], pair["environment"]) for one in shards for pair in one["pairs"]]
        assert sorted(pairs) == [(pair["service"], pair["environment"]) for pair in whole["affected"]]
        services = [service for one in shards for service in {pair["service"] for pair in one["pairs"]}]
        assert len(services) == len(set(services)), "a service is in one shard"
        tiphys("generate", cwd=repository.root)
        for one in shards:
            done = tiphys("check", *one["arguments"], cwd=repository.root)
            assert done.returncode == 0, done.stderr
    assert shards[0]["arguments"] == ["plain", "--env", "dev", "--env", "prod"]
    text = tiphys("affected", "--since", "HEAD", "--shards", "2", cwd=repository.root).stdout.splitlines()
    assert text[0].split() == ["shard", "service", "env", "because", "of"]
    assert {line.split()[0] for line in text[1:]} == {"1", "2"}


def test_nothing_is_affected_is_a_matrix_without_jobs(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    repository.commit("start")
    assert found(tiphys, repository, "--shards", "4")["shards"] == []
    for number in ("0", "-1", "20000"):
        done = tiphys("affected", "--since", "HEAD", "--shards", number, cwd=repository.root)
        assert done.returncode == 2
        assert "the number of shards must be from 1 to 10,000" in " ".join(done.stderr.split())


@pytest.mark.parametrize("seed", range(10))
def test_no_runner_waits_long_for_another(seed):
    chooser = random.Random(seed)
    names = [f"s{number}" for number in range(chooser.randrange(1, 60))]
    environments = ("dev", "prod", "staging")
    pairs = [Pair(name, place, ()) for name in names for place in environments if chooser.random() < 0.7]
    for most in (1, 2, 5, 100):
        shards = batches(pairs, most)
        assert all(one.pairs for one in shards)
        assert len(shards) == min(most, len({pair.service for pair in pairs}))
        assert sorted(pair for one in shards for pair in one.pairs) == sorted(pairs)
        sizes = [len(one.pairs) for one in shards]
        assert max(sizes, default=0) - min(sizes, default=0) <= len(environments) + 1


SPELLINGS = [
    "{directory: {path: plain}}",
    '{"directory": {"path": "plain"}}',
    "{directory: {path:   plain}}",
    '{directory: {path: "pl\\x61in"}}',
]


@pytest.mark.parametrize("file", ["cm.yaml", "cm.json"])
@pytest.mark.parametrize("source", SPELLINGS)
def test_a_file_of_a_directory_reaches_its_service_however_the_spec_spells_the_path(source, file, tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    manifest = '{{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "a"}}, "data": {{"a": "{}"}}}}'
    repository.write(f"plain/{file}", manifest.format(1))
    repository.write(
        "services/dir/pipeline.yaml",
        f"apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {{name: dir}}\nspec:\n  source: {source}\n  environments: {{dev: {{}}}}\n",
    )
    repository.commit("start")
    repository.write(f"plain/{file}", manifest.format(2))
    assert told(found(tiphys, repository)["affected"]) == {"dir dev": [f"plain/{file}"]}


def test_an_environment_that_git_ignores_reaches_those_that_extend_it(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    base = (
        "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: base, abstract: true}\nspec:\n  defaults: {replicas: 2}\n"
    )
    prod = (repository.root / "environments/prod.yaml").read_text()
    repository.write("environments/prod.yaml", prod.replace("spec:\n", "spec:\n  extends: [base]\n"))
    repository.write("environments/base.yaml", base)
    repository.commit("start")
    repository.write(".gitignore", "environments/base.yaml\n")
    repository.git("rm", "-q", "--cached", "environments/base.yaml")
    repository.commit("the base is made elsewhere")
    repository.write("environments/base.yaml", base.replace("replicas: 2", "replicas: 3"))
    assert {"plain prod", "own prod", "preset prod"} <= told(found(tiphys, repository)["affected"]).keys()


def test_an_environment_with_two_files_is_compared_as_it_is_read(tiphys, tmp_path):
    repository = fleet(tmp_path / "r")
    base = (
        "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: base, abstract: true}\nspec:\n  defaults: {replicas: 2}\n"
    )
    repository.write("environments/base.yaml", base)
    dev = (repository.root / "environments/dev.yaml").read_text()
    repository.write("environments/dev.yml", dev)
    repository.write("environments/dev.yaml", dev.replace("spec:\n", "spec:\n  extends: [base]\n"))
    repository.commit("start")
    repository.write("environments/base.yaml", base.replace("replicas: 2", "replicas: 3"))
    assert "plain dev" in told(found(tiphys, repository)["affected"])
