"""Globs in `valueFiles` and comments of values files: however many there are, they are no hang."""

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


def test_the_globs_of_many_applications_share_one_limit(tiphys, tmp_path):
    chart = {"c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n"}
    files = {f"c/{'a' * 180}{number}": "" for number in range(1_500)}
    globs = [f"{'[a-z][!b]*' * 20}{number}*" for number in range(90)]
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: web{number}}}\nspec: {{project: x, "
        "destination: {{server: 'https://kubernetes.default.svc', namespace: a}}, "
        "source: {{repoURL: 'https://git.example.com/x.git', path: c, helm: {{valueFiles: {globs}}}}}}}\n"
    )
    applications = {f"apps/dev/web{n}.yaml": application.format(number=n, globs=globs) for n in range(8)}
    write_tree(tmp_path / "r", {**chart, **files, **applications})
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = tiphys("import", "r", "--no-cache")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < 8
    assert "the globs in valueFiles of the Applications are too long for the files" in done.stdout


def test_comments_of_a_long_values_file_are_no_hang(tiphys, tmp_path):
    values = "".join(f"a{number}: 1 # about {number}\n" for number in range(8_000))
    chart = {
        "c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
        "c/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n",
    }
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec: {project: x, "
        "destination: {server: 'https://kubernetes.default.svc', namespace: a}, "
        "source: {repoURL: 'https://git.example.com/x.git', path: c, helm: {valueFiles: [v.yaml]}}}\n"
    )
    write_tree(tmp_path / "r", {**chart, "c/v.yaml": values, "apps/dev/web.yaml": application})
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = tiphys("import", "r", "--into", "ws", "--no-cache")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < 8
    assert done.returncode == 0, done.stdout
    assert "a7999: 1  # about 7999" in (tmp_path / "ws/services/web/pipeline.yaml").read_text()


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
