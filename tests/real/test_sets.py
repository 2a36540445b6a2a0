"""A repository is linted as Argo CD reads it: kustomizations as built, other folders as sets of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).with_name("sets")


@pytest.fixture
def repository(tmp_path, kustomize):
    return Path(shutil.copytree(HERE, tmp_path / "repository"))


def _lint(tiphys, folder, *more):
    done = tiphys("lint", "--manifests", ".", "--format", "json", *more, cwd=folder)
    assert "Traceback" not in done.stderr
    found = [one for one in json.loads(done.stdout)["diagnostics"] if one["severity"] != "note"]
    return done, [(one["path"], one["line"], one["rule"]) for one in found]


def test_a_repository_without_faults_is_told_none(tiphys, repository):
    done, found = _lint(tiphys, repository)
    assert (done.returncode, found) == (0, [])
    assert done.stderr.splitlines() == [
        "23 objects in 10 sets: no problems",
        "skipped, Helm must render them first: `charts/api`",
        "ApplicationSets not expanded, because its generator `pullRequest` asks a server for pull requests: `sets/reviews.yaml`",
        "7 files linted only as part of what kustomize builds",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("bases/web/service.yaml", "{app: web}", "{app: wob}", ("bases/web/service.yaml", 5, "TP612")),
        ("bases/web/rollout.yaml", "setWeight: 50", 'setWeight: "50"', ("bases/web/rollout.yaml", 23, "TP605")),
        ("bases/web/kustomization.yaml", "service.yaml]", "servise.yaml]", ("bases/web/kustomization.yaml", 3, "TP601")),
        ("overlays/prod/replicas.yaml", "replicas: 8", 'replicas: "8"', ("overlays/prod/replicas.yaml", 4, "TP605")),
        ("overlays/dev/steps.json", "/steps/1/", "/steps/9/", ("overlays/dev/kustomization.yaml", 1, "TP601")),
        ("overlays/dev/kustomization.yaml", "resources:", "resources: [", ("overlays/dev/kustomization.yaml", 2, "TP001")),
        ("envs/prod/queue.yaml", "targetPort: amqp", "targetPort: amqq", ("envs/prod/queue.yaml", 16, "TP615")),
        ("platform/crons/tidy.yaml", "Name: tidy", "Name: tidyy", ("platform/crons/tidy.yaml", 10, "TP642")),
        ("apps/web-dev.yaml", "project: shop", "project: [shop]", ("apps/web-dev.yaml", 5, "TP605")),
        ("apps/web-dev.yaml", "project: shop", "project: shpo", ("apps/web-dev.yaml", 5, "TP831")),
        ("sets/tools.yaml", "project: shop", "project: shopp", ("sets/tools.yaml", 20, "TP831")),
        ("sets/addons.yaml", "{{ .server }}", "{{ .sever }}", ("sets/addons.yaml", 26, "TP855")),
        ("sets/addons.yaml", "| normalize", "| normalise", ("sets/addons.yaml", 22, "TP854")),
        ("sets/addons.yaml", "    {{- end }}\n", "", ("sets/addons.yaml", 28, "TP854")),
        ("sets/addons.yaml", "{prune: true}", "{pruned: true}", ("sets/addons.yaml", 28, "TP605")),
        ("sets/addons.yaml", "missingkey=error", "missingkey=err", ("sets/addons.yaml", 7, "TP853")),
        ("clusters/us/cluster.yaml", "us.example.com", "us.example.org", ("clusters/us/cluster.yaml", 2, "TP831")),
        ("clusters/us/cluster.yaml", "name: US", "name: EU", ("clusters/us/cluster.yaml", 1, "TP856")),
        ("clusters/us/cluster.yaml", "name: US", "name: [US", ("clusters/us/cluster.yaml", 1, "TP857")),
        ("clusters/eu/cluster.yaml", "name: EU", "nam: EU", ("clusters/eu/cluster.yaml", 1, "TP855")),
        ("sets/tools.yaml", "mail-{{env}}", "mail", ("sets/tools.yaml", 18, "TP856")),
        ("sets/tools.yaml", "version: 1.2.2}", "version: 1.2}", ("sets/tools.yaml", 16, "TP857")),
        ("sets/tools.yaml", "'{{version}}'", "'{{ .version }}'", ("sets/tools.yaml", 25, "TP854")),
        ("sets/tools.yaml", "mergeKeys: [env]", "mergeKeys: [evn]", ("sets/tools.yaml", 10, "TP857")),
        ("sets/tools.yaml", "{env: dev, server", "{env: dev, sever", ("sets/tools.yaml", 12, "TP855")),
        ("sets/tools.yaml", "chart: mail", "{chart: mail", ("sets/tools.yaml", 24, "TP001")),
        ("sets/tools.yaml", "chart: mail", "path: mail\n        chart: mail", ("sets/tools.yaml", 22, "TP801")),
        ("sets/tools.yaml", "greeting:", "greeting: [", ("sets/tools.yaml", 27, "TP806")),
        ("sets/reviews.yaml", "labels: [review]", "label: [review]", ("sets/reviews.yaml", 10, "TP605")),
        ("sets/reviews.yaml", "path: deploy", "path: deploy\n        chart: web", ("sets/reviews.yaml", 16, "TP801")),
        ("projects/shop.yaml", "https://charts.", "https://chart.", ("sets/tools.yaml", 23, "TP831")),
    ],
)
def test_a_fault_anywhere_is_told_once_and_at_its_place(file, old, new, expected, tiphys, repository):
    text = (repository / file).read_text()
    assert old in text
    (repository / file).write_text(text.replace(old, new, 1))
    done, found = _lint(tiphys, repository)
    assert found == [expected]
    assert done.returncode == (expected[2] != "TP642")  # a warning


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("apps/queue-dev.yaml", "path: envs/dev", "path: envs/dve", ("apps/queue-dev.yaml", 7, "TP861", "error")),
        ("sets/addons.yaml", "path: addons/*", "path: addon/*", ("sets/addons.yaml", 9, "TP862", "warning")),
        ("apps/queue-dev.yaml", "path: envs/dev", "path: overlays/dev", ("apps/web-dev.yaml", 7, "TP863", "warning")),
        ("apps/queue-dev.yaml", "config.git", "other.git", ("envs/dev/queue.yaml", 1, "TP864", "note")),
        ("sets/tools.yaml", "version: 1.2.2", 'version: "*"', ("sets/tools.yaml", 16, "TP866", "warning")),
    ],
)
def test_a_fault_between_folders_is_told_once(file, old, new, expected, tiphys, repository, git):
    for command in (["init", "--quiet"], ["remote", "add", "origin", "git@git.example.com:shop/config.git"]):
        subprocess.run([git, *command], cwd=repository, check=True)
    text = (repository / file).read_text()
    assert old in text
    (repository / file).write_text(text.replace(old, new, 1))
    done = tiphys("lint", "--manifests", ".", "--format", "json", cwd=repository)
    found = [(one["path"], one["line"], one["rule"], one["severity"]) for one in json.loads(done.stdout)["diagnostics"]]
    assert [one for one in found if one[3] in (expected[3], "error")] == [expected]


def test_without_kustomize_it_is_said_what_was_not_linted(tiphys, repository, monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    done, found = _lint(tiphys, repository)
    assert (done.returncode, found) == (0, [])
    assert "not built, because neither kustomize nor kubectl is on the PATH: `overlays/dev` and `overlays/prod`" in done.stderr


def test_nothing_is_fetched_for_a_kustomization_of_somebody_else(tiphys, repository):
    file = repository / "overlays/dev/kustomization.yaml"
    file.write_text(file.read_text().replace("../../bases/web", "https://git.example.com/shop/base?ref=main"))
    done, _ = _lint(tiphys, repository)
    assert (
        "not built, because https://git.example.com/shop/base?ref=main would have to be fetched: `overlays/dev`" in done.stderr
    )


def test_everything_is_one_set_where_that_is_asked_for(tiphys, repository):
    _, found = _lint(tiphys, repository, "--together")
    assert ("envs/prod/queue.yaml", 3, "TP610") in found


def test_a_message_shows_no_secret_of_what_kustomize_builds(tiphys, repository):
    file = repository / "overlays/dev/kustomization.yaml"
    secret = "hunter2-of-the-build"
    file.write_text(file.read_text() + f"secretGenerator:\n  - name: db\n    literals: [password={secret}]\n")
    done, _ = _lint(tiphys, repository)
    assert secret not in done.stdout + done.stderr
