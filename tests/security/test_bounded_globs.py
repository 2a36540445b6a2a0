"""Globs in `valueFiles` of Applications: long ones over many files end in a message, and not in a hang."""

from __future__ import annotations

import resource

import pytest

from support.trees import write_tree

pytestmark = pytest.mark.usefixtures("helm", "helm_home")

GLOBS = {
    "classes": ["[a-z]*" * 2500] * 3,
    "stars": ["*a" * 5000, "a*" * 5000],
    "directories": ["**/" * 3000 + "x"],
    "many": [f"{'?*' * 400}{number}" for number in range(90)],
}


@pytest.mark.parametrize("kind", GLOBS)
def test_globs_of_values_files_stop_no_import(kind, tiphys, tmp_path):
    chart = {"c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "c/values.yaml": "a: 1\n"}
    files = {f"c/{'a' * 200}{number}": "" for number in range(1000)}
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec: {project: x, "
        "destination: {server: 'https://kubernetes.default.svc', namespace: a}, "
        f"source: {{repoURL: 'https://git.example.com/x.git', path: c, helm: {{valueFiles: {GLOBS[kind]}}}}}}}\n"
    )
    write_tree(tmp_path / "r", {**chart, **files, "apps/dev/web.yaml": application})
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = tiphys("import", "r", "--no-cache")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < 8
    assert done.returncode == 1
    assert "Application web" in done.stdout
    assert "too long for the files" in done.stdout or "matches no file" in done.stdout, done.stdout[-2000:]


def test_globs_as_teams_write_them_match_in_a_large_chart(tiphys, tmp_path):
    chart = {
        "c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
        "c/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: '{{ .Values.a }}'}\n",
    }
    files = {f"c/environments/region-{number}/values.yaml": f"a: {number}\n" for number in range(500)}
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec: {project: x, "
        "destination: {server: 'https://kubernetes.default.svc', namespace: a}, "
        "source: {repoURL: 'https://git.example.com/x.git', path: c, helm: {valueFiles: ['environments/region-4[0-9]9/*.yaml']}}}\n"
    )
    write_tree(tmp_path / "r", {**chart, **files, "apps/dev/web.yaml": application})
    done = tiphys("import", "r", "--into", "ws", "--no-cache")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a: 499" in "".join(path.read_text() for path in (tmp_path / "ws").rglob("*.yaml"))
