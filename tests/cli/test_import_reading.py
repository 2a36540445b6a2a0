"""`tiphys import` finds Applications wherever Argo CD or kubectl would, and says which directories it does not search."""

from __future__ import annotations

import json

import pytest

from support.trees import write_tree

GIT = "https://git.example.org/a/b.git"
PLAIN = {"plain/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"}


def application(name, source="path: plain", more=""):
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        f"  project: default\n  destination: {{name: dev, namespace: web}}\n  source: {{repoURL: {GIT}, {source}}}\n{more}"
    )


def imported(tiphys, tmp_path, files, *arguments):
    write_tree(tmp_path / "old", {**PLAIN, **files})
    done = tiphys("import", "old", "--format", "json=out.json", "--format", "text", *arguments)
    return done, json.loads((tmp_path / "out.json").read_text())


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (".argocd/one.yaml", "kind: Application"),
        ("dev/.one.yaml", "kind: Application"),
        ("dev/one.YAML", "kind: Application"),
        ("dev/one.yaml", "kind:\n  Application"),
        ("dev/one.yaml", "kind: !!str Application"),
        ("dev/one.yaml", 'kind: &kind !!str "Application"'),
        ("dev/one.yaml", "'kind' : Application"),
    ],
)
def test_an_application_is_found_however_it_is_written(path, kind, tiphys, tmp_path):
    text = application("one").replace("kind: Application", kind)
    done, found = imported(tiphys, tmp_path, {path: text})
    assert (done.returncode, found["services"]) == (0, ["one"]), done.stdout + done.stderr


def test_a_directory_that_is_not_searched_is_named(tiphys, tmp_path):
    files = {"dev/one.yaml": application("one"), "node_modules/x/two.yaml": application("two")}
    _, found = imported(tiphys, tmp_path, {**files, ".git/three.yaml": application("three")})
    assert found["services"] == ["one"]
    (note,) = found["notCarried"]
    assert (note["path"], note["why"]) == ("old/node_modules", "packages are not searched for Applications")
