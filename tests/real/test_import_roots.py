"""`tiphys import` of trees whose Applications are deployed by roots and kustomizations: each is read once, and none is lost."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support.trees import write_tree

pytestmark = pytest.mark.usefixtures("helm_home")

GIT = "https://git.example.org/a/b.git"
CHART = {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "charts/web/values.yaml": "a: 1\n",
    "charts/web/templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n"
    "data: {a: {{ .Values.a | quote }}}\n",
}


@pytest.fixture(autouse=True)
def _own_programs(helm, kustomize, monkeypatch, tmp_path):
    folders = [str(Path(program).parent) for program in (helm, kustomize)]
    monkeypatch.setenv("PATH", os.pathsep.join([*folders, os.environ["PATH"]]))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def application(name, path="charts/web", more="", namespace="web"):
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        f"  project: default\n  destination: {{name: dev, namespace: {namespace}}}\n"
        f"  source: {{repoURL: {GIT}, path: {path}{more}}}\n"
    )


def root(name, path):
    settings = "  syncPolicy: {automated: {enabled: false, prune: false, selfHeal: true}}\n"
    return application(name, path, namespace="argocd").replace("name: dev", "name: in-cluster") + settings


def application_set(name):
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        "  generators: [{list: {elements: [{env: dev}, {env: prod}]}}]\n  template:\n"
        '    metadata: {name: "web-{{env}}"}\n    spec:\n      project: default\n'
        f"      destination: {{name: dev, namespace: web}}\n      source: {{repoURL: {GIT}, path: charts/web}}\n"
    )


def resources(*names, more=""):
    return f"resources: [{', '.join(names)}]\n{more}"


def imported(tiphys, tmp_path, files):
    """Import a tree; return the exit code, what is not carried over, the names of the Applications, and the text."""
    write_tree(tmp_path / "old", {**CHART, **files})
    done = tiphys("import", "old", "--into", "new", "--format", "json=out.json", "--format", "text")
    notes = json.loads((tmp_path / "out.json").read_text())["notCarried"]
    made = sorted(path.stem for path in (tmp_path / "new").glob("generated/*/applications/*.yaml"))
    return done.returncode, {(note["path"], note["what"]): note["why"] for note in notes}, made, done.stdout + done.stderr


def test_applications_that_the_kustomization_of_a_root_does_not_list_are_not_lost(tiphys, tmp_path):
    files = {
        "root.yaml": root("root", "apps"),
        "apps/kustomization.yaml": resources("one.yaml"),
        "apps/one.yaml": application("one"),
        "apps/unlisted.yaml": application("unlisted"),
        "team/apps/two.yaml": application("two"),
    }
    code, notes, made, text = imported(tiphys, tmp_path, files)
    assert (code, len(made)) == (0, 3), text
    assert not notes, "they are carried over"
    _, _, below = text.partition("no root Application deploys them")
    lines = below.split("\n")[1:3]
    assert lines == ["  old/apps/unlisted.yaml:3: Application unlisted", "  old/team/apps/two.yaml:3: Application two"]
    assert "kubectl -n argocd get application unlisted\n" in text, "the switch tells to look first"


def test_overlays_of_applications_that_no_root_deploys_are_read_as_they_are_built(tiphys, tmp_path):
    suffix = (
        "nameSuffix: -{0}\npatches:\n- target: {{kind: Application}}\n"
        '  patch: \'[{{"op": "replace", "path": "/spec/destination/namespace", "value": "{0}"}}]\'\n'
    )
    files = {
        "apps/base/kustomization.yaml": resources("web.yaml", "api.yaml"),
        "apps/base/web.yaml": application("web"),
        "apps/base/api.yaml": application("api"),
        **{f"apps/{env}/kustomization.yaml": resources("../base", more=suffix.format(env)) for env in ("dev", "prod")},
    }
    code, notes, _, text = imported(tiphys, tmp_path, files)
    assert (code, notes) == (0, {}), text
    assert text.startswith("SERVICE  DEV      PROD\napi      api-dev  api-prod\nweb      web-dev  web-prod\n")
    assert "namespace: prod" in (tmp_path / "new/generated/prod/applications/web.yaml").read_text()


def test_an_application_that_an_overlay_removes_is_named_and_not_deployed(tiphys, tmp_path):
    removed = (
        "patches: [{patch: '{apiVersion: argoproj.io/v1alpha1, kind: Application,"
        " metadata: {name: api, namespace: argocd}, $patch: delete}'}]\n"
    )
    files = {
        "apps/kustomization.yaml": resources("web.yaml", "api.yaml", more=removed),
        "apps/web.yaml": application("web"),
        "apps/api.yaml": application("api"),
    }
    code, notes, made, text = imported(tiphys, tmp_path, files)
    assert (code, made) == (0, ["web"]), text
    why = "old/apps/kustomization.yaml lists it, but what kustomize builds does not contain it"
    assert notes == {("old/apps/api.yaml", "Application api"): why}


def test_a_kustomization_that_cannot_be_built_is_named_with_the_applications_that_it_lists(tiphys, tmp_path):
    files = {
        "good.yaml": application("good"),
        "apps/kustomization.yaml": resources("web.yaml", "https://example.org/x.yaml"),
        "apps/web.yaml": application("web"),
    }
    code, notes, made, text = imported(tiphys, tmp_path, files)
    assert (code, made) == (1, ["good"]), text
    assert "which Tiphys does not fetch" in notes["old/apps/kustomization.yaml", "this kustomization, which lists Applications"]
    assert notes["old/apps/web.yaml", "Application web"] == "old/apps/kustomization.yaml, which lists it, cannot be built"


def test_roots_of_roots_that_are_kustomizations_are_read_once_and_paused_from_the_top(tiphys, tmp_path):
    files = {
        "zroot.yaml": root("zroot", "envs"),
        "envs/kustomization.yaml": resources("dev.yaml", "prod.yaml"),
        **{f"envs/{env}.yaml": root(f"apps-{env}", f"envs/{env}") for env in ("dev", "prod")},
        **{f"envs/{env}/kustomization.yaml": resources("web.yaml") for env in ("dev", "prod")},
        **{f"envs/{env}/web.yaml": application(f"web-{env}", namespace=env) for env in ("dev", "prod")},
    }
    code, notes, _, text = imported(tiphys, tmp_path, files)
    assert (code, notes) == (0, {}), text
    assert text.startswith("SERVICE  DEV      PROD\nweb      web-dev  web-prod\n")
    paused = [line.split()[5] for line in text.splitlines() if '"automated":null' in line]
    assert paused == ["zroot", "apps-dev", "apps-prod"], "a root that still runs would undo what is done to its children"
    again = tiphys("diff", "--against", "../old", cwd=tmp_path / "new")
    assert (again.returncode, again.stderr) == (0, "2 Applications, 2 objects: 0 differences\n"), again.stdout


@pytest.mark.parametrize("kind", ["kustomization", "chart", "directory"])
def test_an_application_set_that_a_root_makes_is_part_of_the_switch(kind, tiphys, tmp_path):
    files = {"root.yaml": root("root", "boot")}
    if kind == "chart":
        escaped = application_set("fleet").replace('"web-{{env}}"', "{{ `web-{{env}}` | quote }}")
        files |= {"boot/Chart.yaml": CHART["charts/web/Chart.yaml"], "boot/templates/fleet.yaml": escaped}
    else:
        files["boot/fleet.yaml"] = application_set("fleet")
        files |= {"boot/kustomization.yaml": resources("fleet.yaml")} if kind == "kustomization" else {}
    code, notes, _, text = imported(tiphys, tmp_path, files)
    assert (code, notes) == (0, {}), text
    assert text.startswith("SERVICE  DEV      PROD\nweb      web-dev  web-prod\n")
    assert text.count("kubectl -n argocd delete applicationset fleet --cascade=orphan") == 1
    assert text.index('"automated":null') < text.index("preserveResourcesOnDeletion")


def test_a_root_that_its_own_kustomization_lists_manages_itself(tiphys, tmp_path):
    files = {
        "apps/kustomization.yaml": resources("root.yaml", "one.yaml"),
        "apps/root.yaml": root("root", "apps"),
        "apps/one.yaml": application("one"),
    }
    code, notes, made, text = imported(tiphys, tmp_path, files)
    assert (code, notes, made) == (0, {}, ["one"]), text
    assert text.count("patch application root") == 1


def test_roots_that_are_applied_by_hand_with_a_kustomization_are_found(tiphys, tmp_path):
    files = {
        "boot/kustomization.yaml": resources("root.yaml"),
        "boot/root.yaml": root("root", "apps"),
        "apps/kustomization.yaml": resources("one.yaml", more="nameSuffix: -dev\n"),
        "apps/one.yaml": application("one"),
    }
    code, notes, _, text = imported(tiphys, tmp_path, files)
    assert (code, notes) == (0, {}), text
    assert text.startswith("SERVICE  DEV\none      one-dev\n")
    assert "patch application root" in text


def test_an_application_that_stands_twice_in_a_file_is_named(tiphys, tmp_path):
    files = {"apps/a.yaml": f"{application('one')}---\n{application('one')}"}
    code, notes, _, text = imported(tiphys, tmp_path, files)
    assert (code, len(notes)) == (1, 1), text


@pytest.mark.parametrize("below", [".", "config/dev"])
def test_a_clone_in_the_tree_that_has_the_applications_is_the_repository_with_its_roots(below, tiphys, tmp_path):
    files = {f"config/{path}": text for path, text in CHART.items()}
    files |= {"config/dev/web.yaml": application("web"), "config/dev/api.yaml": application("api")}
    files |= {f"{'config/dev' if below != '.' else 'boot'}/root.yaml": root("root-of-dev", "dev").replace("/b.git", "/b")}
    write_tree(tmp_path / "old", files)
    address = "https://GIT.example.org/a/b=config"
    done = tiphys("import", below, "--repo", address, "--into", "../new", cwd=tmp_path / "old")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"repoURL: {GIT}\n" in (tmp_path / "new/tiphys.yaml").read_text()
    assert "name: root-of-dev" in (tmp_path / "new/environments/dev.yaml").read_text()
    assert "no root Application deploys" not in done.stdout
    again = tiphys("diff", "--against", f"../old/{below}", "--repo", f"{GIT}=../old/config", cwd=tmp_path / "new")
    assert (again.returncode, again.stderr) == (0, "2 Applications, 2 objects: 0 differences\n"), again.stdout
