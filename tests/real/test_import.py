"""`tiphys import` with the real Helm and kustomize: the workspace, the proof, and the road from there on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.system.parallel import processors
from support.imports import CASES, IMPORTS, hand_written, prepared
from support.paths import ROOT
from support.trees import read_tree, write_tree

pytestmark = pytest.mark.usefixtures("helm_home")


@pytest.fixture(autouse=True)
def _own_programs(helm, kustomize, monkeypatch, tmp_path):
    folders = [str(Path(program).parent) for program in (helm, kustomize)]
    monkeypatch.setenv("PATH", os.pathsep.join([*folders, os.environ["PATH"]]))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "gitconfig").write_text("[user]\nname = T\nemail = t@example.com\n[init]\ndefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.mark.parametrize("case", CASES)
def test_a_repository_is_carried_over_as_a_person_would_write_it_and_no_object_differs(case, tiphys, golden, tmp_path):
    arguments, work = prepared(case, tmp_path)
    before = read_tree(work)
    done = tiphys("import", *arguments, "--into", "workspace", cwd=work)
    assert done.returncode == 0, done.stdout + done.stderr
    said = f"{done.stdout}\n{hand_written(work / 'workspace')}"
    golden(said, IMPORTS / case / "expected.txt")
    assert {path: content for path, content in read_tree(work).items() if not path.startswith("workspace/")} == before
    workspace = work / "workspace"
    assert tiphys("check", cwd=workspace).returncode == 0, "what was written is what its specs generate"
    for chart in (work / "charts").glob("*"):  # they are in a chart repository, which this machine cannot reach
        shutil.copytree(chart, workspace / "charts" / chart.name)
    verified = tiphys("verify", cwd=workspace)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_there_are_repositories_of_every_shape_that_people_have():
    assert len(CASES) >= 8
    for case in CASES:
        assert "0 differences" in (IMPORTS / case / "README.md").read_text(encoding="utf-8")


def test_the_walk_through_in_the_manual_is_what_is_printed():
    expected = (IMPORTS / "founding" / "expected.txt").read_text(encoding="utf-8")
    blocks = (ROOT / "docs" / "adopt.md").read_text(encoding="utf-8").split("```")[1::2]
    printed = next(block for block in blocks if "$ tiphys import old" in block).partition("workspace\n")[2]
    assert expected.startswith(printed)
    spec = next(block for block in blocks if "# services/service-a/pipeline.yaml" in block).partition("pipeline.yaml\n")[2]
    assert spec in expected


def test_an_imported_service_is_bumped_promoted_and_rolled_back(tiphys, git, tmp_path):
    arguments, work = prepared("own-chart", tmp_path)
    workspace = work / "workspace"
    assert tiphys("import", *arguments, "--into", "workspace", cwd=work).returncode == 0

    def commit():
        subprocess.run([git, "add", "-A"], cwd=workspace, check=True)
        subprocess.run([git, "commit", "-q", "-m", "Adopt Tiphys"], cwd=workspace, check=True)

    def tag(environment):
        values = (workspace / f"generated/{environment}/office-desk/values.yaml").read_text()
        return next(line.partition(": ")[2].strip('"') for line in values.splitlines() if line.startswith("tag:"))

    subprocess.run([git, "init", "-q"], cwd=workspace, check=True)
    commit()
    for arguments in (
        ("bump", "office-desk", "--env", "dev", "--image-tag", "3.8.0", "--commit"),
        ("promote", "office-desk", "--from", "dev", "--to", "prod", "--commit"),
    ):
        done = tiphys(*arguments, cwd=workspace)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tag("dev"), tag("prod")) == ("3.8.0", "3.8.0")
    done = tiphys("rollback", "office-desk", "--env", "prod", "--commit", cwd=workspace)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tag("dev"), tag("prod")) == ("3.8.0", "3.7.0")


def test_an_image_that_comes_from_a_mirror_is_bumped_after_the_import(tiphys, git, tmp_path):
    arguments, work = prepared("mirrors", tmp_path)
    workspace = work / "workspace"
    assert tiphys("import", *arguments, "--into", "workspace", cwd=work).returncode == 0
    subprocess.run([git, "init", "-q"], cwd=workspace, check=True)
    for moved in (("--image-tag", "3.3.0"), ("--image", "envoy=v1.33.0"), ("--image", "desk-jobs=3.3.0")):
        done = tiphys("bump", "desk", "--env", "dev", *moved, cwd=workspace)
        assert done.returncode == 0, done.stdout + done.stderr
    application = (workspace / "generated/dev/applications/desk.yaml").read_text()
    assert [line.strip("- ") for line in application.splitlines() if "=mirror" in line] == [
        "docker.io/acme/desk=mirror.example.org/acme/desk:3.3.0",
        "docker.io/acme/desk-jobs=mirror.example.org/acme/desk-jobs:3.3.0",
        "envoyproxy/envoy=mirror.example.org/envoy:v1.33.0",
    ]
    verified = tiphys("verify", cwd=workspace)
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.parametrize("example", ["two-clusters", "online-boutique", "quickstart"])
def test_what_tiphys_generates_comes_back_without_its_specs(example, tiphys, tmp_path):
    source = ROOT / "examples" / example
    old = {
        path: "\n".join(line for line in content.decode().split("\n") if "Code generated by" not in line)
        for path, content in read_tree(source).items()
        if content.startswith(b"# Code generated by tiphys")
    }
    write_tree(tmp_path / "old", old)
    charts = tmp_path / "charts"
    if (source / "charts").is_dir():
        shutil.copytree(source / "charts", charts)
    shutil.copytree(ROOT / "templates" / "chart", charts / "service")
    done = tiphys("import", "old", "--charts", "charts", "--into", "new", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert (found["differences"], found["notCarried"]) == ([], [])
    assert found["services"] == sorted(path.name for path in (source / "services").iterdir())
    again = read_tree(tmp_path / "new")
    applications = [path for path in old if "/applications/" in path or "/apps/" in path]
    assert {path.rpartition("/")[2] for path in again if "/applications/" in path} == {
        path.rpartition("/")[2] for path in applications
    }


def test_the_steps_of_a_rolling_sync_become_waves_of_destinations(tiphys, tmp_path):
    arguments, work = prepared("clusters", tmp_path)
    path = work / "old/sets/prod.yaml"
    step = "        - matchExpressions: [{key: region, operator: %s, values: [eu]}]\n"
    strategy = f"  strategy:\n    type: RollingSync\n    rollingSync:\n      steps:\n{step % 'In'}{step % 'NotIn'}          maxUpdate: 1\n"
    text = path.read_text().replace('      annotations: {argocd.argoproj.io/sync-wave: "{{ .wave }}"}\n', "")
    path.write_text(text.replace("  template:\n", f"{strategy}  template:\n"))
    done = tiphys("import", *arguments, "--into", "workspace", cwd=work)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 differences" in done.stdout
    environment = (work / "workspace/environments/prod.yaml").read_text()
    assert "    waves:\n      - - eu\n      - - ap\n        - us\n" in environment
    notes = done.stdout.partition("not carried over:\n")[2].partition("\n\n")[0].splitlines()
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if "maxUpdate" in text)
    assert notes == [
        f"  old/sets/prod.yaml:{line}: ApplicationSet shop-prod: `maxUpdate` of step 2: the Applications of a wave are synced at the same time"
    ]


OWN, OTHER = "https://git.example.org/web/deploy.git", "https://git.example.org/web/charts.git"


@pytest.fixture
def pinned(git, tmp_path):
    """Return a function that pins the services of production to a tag, after which their chart and values changed."""

    def pin(*, address):
        arguments, work = prepared("clusters-apart", tmp_path)
        old = work / "old"
        repository = old if address == OWN else shutil.copytree(old, work / "charts")

        def run_git(*words):
            subprocess.run([git, *words], cwd=repository, check=True, stdout=subprocess.DEVNULL)

        run_git("init", "-q")
        run_git("add", "-A")
        run_git("commit", "-q", "-m", "The charts of production")
        run_git("tag", "v1")
        template = repository / "charts/web/templates/web.yaml"
        template.write_text(template.read_text().replace("containerPort: 8080", "containerPort: 9090"))
        (repository / "values/shop/prod.yaml").write_text('image: {tag: "5.0.0"}\nreplicas: 1\n')
        for path in (old / "clusters").glob("prod-*/*.yaml"):
            path.write_text(path.read_text().replace("targetRevision: main", "targetRevision: v1").replace(OWN, address))
        run_git("commit", "-q", "-a", "-m", "A different port")
        return arguments, work, repository

    return pin


def notes_of(done):
    return [(note["what"], note["why"]) for note in json.loads(done.stdout)["notCarried"]]


def test_a_service_that_is_pinned_to_a_tag_is_compared_with_the_files_of_the_tag_and_stays_pinned(tiphys, pinned):
    arguments, work, repository = pinned(address=OWN)
    done = tiphys("import", *arguments, "--into", "workspace", cwd=work)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "14 objects compared: 0 differences" in done.stdout
    spec = (work / "workspace/services/shop/pipeline.yaml").read_text()
    assert "path: revisions/v1/charts/web" in spec + (work / "workspace/environments/prod-eu.yaml").read_text()
    assert 'tag: "4.0.3"' in spec, "the values of the tag, not those at hand"
    against = tiphys("diff", "--against", "../old", cwd=work / "workspace")
    assert against.returncode == 0, against.stdout + against.stderr
    shutil.rmtree(repository / ".git")
    lacking = tiphys("import", *arguments, "--format", "json", cwd=work)
    unread = notes_of(lacking)
    assert lacking.returncode == 1, "nothing is proven of what was not read"
    names = ("search-prod-eu", "shop-prod-eu", "shop-prod-us")
    assert [what for what, _ in unread] == [f"Application {name}: revision v1 of {OWN}" for name in names]
    assert "the files at hand were taken for it" in unread[0][1]


def test_a_branch_of_an_environment_is_named_where_the_workspace_follows_another_one(tiphys, pinned):
    arguments, work, repository = pinned(address=OWN)
    for words in (["branch", "v1", "v1"], ["tag", "-d", "v1"]):
        subprocess.run(["git", *words], cwd=repository, check=True, stdout=subprocess.DEVNULL)
    done = tiphys("import", *arguments, "--format", "json", cwd=work)
    assert done.returncode == 0, done.stdout + done.stderr
    (eu, us) = notes_of(done)
    assert (eu[0], us[0]) == ("branch v1 of prod-eu", "branch v1 of prod-us")
    assert eu[1].startswith("all environments follow main: what is merged into v1 no longer reaches prod-eu")


def test_a_chart_of_another_repository_is_read_at_the_revision_of_the_application(tiphys, pinned):
    arguments, work, _ = pinned(address=OTHER)
    arguments += ["--repo", f"{OTHER}=charts"]
    done = tiphys("import", *arguments, "--into", "workspace", cwd=work)
    assert done.returncode == 0, done.stdout + done.stderr
    spec = (work / "workspace/services/shop/pipeline.yaml").read_text()
    assert f"repoURL: {OTHER}" in spec
    assert "revision: v1" in spec
    assert 'tag: "4.0.3"' in spec
    for path in (work / "old/clusters").glob("prod-us/*.yaml"):
        path.write_text(path.read_text().replace("targetRevision: v1", "targetRevision: v2"))
    lacking = tiphys("import", *arguments, "--format", "json", cwd=work)
    assert lacking.returncode == 1
    assert ("Application shop-prod-us", f"the clone of {OTHER} has no revision `v2`") in [
        (what, why.partition(";")[0]) for what, why in notes_of(lacking)
    ]


def test_a_tree_without_charts_needs_no_helm(tiphys, kustomize, tmp_path):
    arguments, work = prepared("kustomize", tmp_path)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "kustomize").symlink_to(kustomize)
    done = tiphys("import", *arguments, "--helm", str(programs / "helm"), cwd=work, env={"PATH": str(programs)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 differences" in done.stderr
    charts, work = prepared("own-chart", tmp_path)
    lacking = tiphys("import", *charts, "--helm", str(programs / "helm"), cwd=work)
    assert (lacking.returncode, "Helm does not exist" in lacking.stderr) == (2, True)


def test_an_application_that_is_deleted_unlike_its_neighbours_keeps_its_finalizer(tiphys, tmp_path):
    arguments, work = prepared("nulls", tmp_path)
    path = work / "old/apps/dev/worker.yaml"
    finalizer = "resources-finalizer.argocd.argoproj.io/background"
    path.write_text(path.read_text().replace("namespace: argocd}", f"namespace: argocd, finalizers: [{finalizer}]}}"))
    done = tiphys("import", *arguments, "--into", "workspace", "--format", "json", cwd=work)
    found = json.loads(done.stdout)
    assert (done.returncode, found["differences"], found["notCarried"]) == (0, [], [])
    assert finalizer in (work / "workspace/generated/dev/applications/worker.yaml").read_text()
    assert "onDelete: background" in (work / "workspace/services/worker/pipeline.yaml").read_text()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_an_import_that_was_stopped_renders_only_what_is_left_when_it_starts_again(how, helm, tiphys, tmp_path, monkeypatch):
    arguments, work = prepared("application-set", tmp_path)
    log, own_helm = tmp_path / "log", tmp_path / "helm"
    own_helm.write_text(f'#!/bin/sh\necho "$1" >> {log}\nexec {helm} "$@"\n')
    own_helm.chmod(0o755)
    arguments += ["--helm", str(own_helm)]

    def renderings():
        return log.read_text().split().count("template") if log.exists() else 0

    whole = tiphys("import", *arguments, cwd=work)
    assert whole.returncode == 0, whole.stderr
    needed = renderings()
    log.unlink()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cold"))
    command = [sys.executable, "-m", "generator", "import", *arguments]
    process = subprocess.Popen(command, cwd=work, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    while renderings() < needed // 3 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(how)
    process.wait()
    before = renderings()
    again = tiphys("import", *arguments, cwd=work)
    assert (again.returncode, again.stdout) == (0, whole.stdout)
    assert renderings() - before < needed, "something was left of the first run"
    assert renderings() <= needed + 2 * processors(), "only what was in flight is done twice"


def test_ci_sees_what_has_moved_away_from_the_old_tree(tiphys, tmp_path):
    arguments, work = prepared("own-chart", tmp_path)
    assert tiphys("import", *arguments, "--into", "workspace", cwd=work).returncode == 0
    workspace = work / "workspace"
    same = tiphys("diff", "--against", "../old", cwd=workspace)
    assert (same.returncode, same.stderr) == (0, "2 Applications, 2 objects: 0 differences\n"), same.stdout
    spec = workspace / "services/office-desk/pipeline.yaml"
    spec.write_text(spec.read_text().replace("replicas: 4", "replicas: 5"))
    moved = tiphys("diff", "--against", "../old", "--format", "json", cwd=workspace)
    assert moved.returncode == 1, moved.stderr
    assert json.loads(moved.stdout)["differences"] == [
        {
            "service": "office-desk",
            "environment": "prod",
            "object": "Deployment office-desk-prod-web",
            "path": "spec.replicas",
            "before": 4,
            "after": 5,
        }
    ]


def test_an_application_that_is_left_out_in_one_argo_cd_is_named_before_its_root_is_replaced(tiphys, tmp_path):
    """The root of prod is replaced in place, and prunes: an Application that nobody names would be deleted with its workload."""
    _, work = prepared("founding", tmp_path)
    (work / "charts/service-b/eu1-prod-values.yaml").unlink()
    done = tiphys("import", "old", "--charts", "charts", "--into", "workspace", cwd=work)
    steps = done.stdout.partition("to switch")[2]
    assert done.returncode == 1
    left = steps.index("These Applications are not in the workspace: service-b (old/aws/prod/apps/service-b.yaml:")
    assert left < steps.index("apply -f generated/prod/root.yaml")
    assert "get applications service-a  # in the Argo CD of prod" in steps


def test_an_application_that_cannot_be_generated_is_not_taken_for_carried_over(tiphys, tmp_path):
    _, work = prepared("founding", tmp_path)
    application = work / "old/aws/prod/apps/service-b.yaml"
    application.write_text(application.read_text().replace("greeting: hello", "greeting: 123456789012345678901"))
    done = tiphys("import", "old", "--charts", "charts", "--into", "workspace", cwd=work)
    assert done.returncode == 1
    assert "cannot generate it" in done.stdout
    steps = done.stdout.partition("to switch")[2]
    named = steps.partition("These Applications are not in the workspace: ")[2].partition(".")[0]
    assert "service-b" in named
    assert "service-b  #" not in steps.partition("get applications")[2]


def test_one_null_that_cannot_be_carried_over_leaves_the_profile_to_all_other_services(tiphys, tmp_path):
    template = (
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .Release.Name }}, labels: {gone: {{ kindIs "invalid" .Values.mode | quote }}}}\n'
        "spec:\n  replicas: {{ .Values.replicas }}\n  selector: {matchLabels: {app: {{ .Release.Name }}}}\n  template:\n"
        '    metadata: {labels: {app: {{ .Release.Name }}}}\n    spec: {containers: [{name: a, image: "x.example.org/a:{{ .Values.tag }}"}]}\n'
    )
    files = {
        "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "charts/web/values.yaml": 'tag: "1"\nreplicas: 1\nmode: fast\n',
        "charts/web/templates/web.yaml": template,
    }
    plain = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\n"
    files["old/plain/map.yaml"] = plain  # a path of the repository tells its address
    for number, name in enumerate(("api", "shop", "mail"), 2):
        values = {"tag": f"{number}.0", "replicas": number} | ({"mode": None} if name == "mail" else {})
        source = {
            "repoURL": "https://charts.example.org",
            "chart": "web",
            "targetRevision": "1.0.0",
            "helm": {"valuesObject": values},
        }
        sources = [source, *([{"repoURL": "https://git.example.org/a/b.git", "path": "plain"}] if name == "api" else [])]
        destination = {"name": "dev", "namespace": name}
        files[f"old/dev/{name}.yaml"] = json.dumps(
            {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "Application",
                "metadata": {"name": f"{name}-dev", "namespace": "argocd"},
                "spec": {"project": "default", "destination": destination, "sources": sources},
            }
        )
    write_tree(tmp_path, files)
    done = tiphys("import", "old", "--charts", "charts", "--into", "new", "--accept", "mail is rebuilt", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "chart web: inferred profile web" in done.stdout
    differing = [line.strip() for line in done.stdout.splitlines() if " → " in line]
    assert differing == ['mail in dev: Deployment mail-dev: metadata.labels.gone: "true" → "false"']
    assert 'tag: "3.0"' in (tmp_path / "new/services/shop/pipeline.yaml").read_text()
    assert "replicas: 3" in (tmp_path / "new/services/shop/pipeline.yaml").read_text()
