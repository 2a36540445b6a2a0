"""`tiphys import` of sources that are more than they say: globs, variables, and files that override them."""

from __future__ import annotations

import json

import pytest

from support.trees import write_tree

CHART = {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "charts/web/values.yaml": "a: 1\nimage: {repository: nginx, tag: '1'}\n",
    "charts/web/templates/all.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n"
    "data: {a: {{ .Values.a | quote }}, b: {{ .Values.b | quote }}}\n"
    "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .Release.Name }}}\nspec:\n  selector: {}\n"
    "  template: {spec: {containers: [{name: a, image: '{{ .Values.image.repository }}:{{ .Values.image.tag }}'}]}}\n",
}


@pytest.fixture(autouse=True)
def _no_cache(helm, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def application(name, helm):
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        "  project: default\n  destination: {name: dev, namespace: web}\n"
        f"  source: {{repoURL: https://git.example.org/a/b.git, path: charts/web, helm: {helm}}}\n"
    )


def imported(tiphys, tmp_path, files):
    write_tree(tmp_path / "old", {**CHART, **files})
    done = tiphys("import", "old", "--into", "new", "--format", "json=out.json", "--format", "text")
    return done, json.loads((tmp_path / "out.json").read_text())


VALUES = {
    "values/1.yaml": "a: one\n",
    "values/2.yaml": "a: two\nb: two\n",
    "values/.3.yaml": "a: three\n",
    "values/deep/1.yaml": "b: deep\n",
}


@pytest.mark.parametrize(
    ("names", "a", "b"),
    [
        ("[/values/*.yaml]", "two", "two"),
        ("[/values/?.yaml, /values/1.yaml]", "one", "two"),
        ("[/values/1.yaml, /values/2.yaml, /values/1.yaml]", "two", "two"),
        ("[/values/**/1.yaml]", "one", "deep"),
        ("['../../values/[1-9].yaml']", "two", "two"),
        ("['/values/{2*,deep/1?yaml}']", "two", "deep"),
        ("[/none/*.yaml, /values/1.yaml]", "one", ""),
    ],
)
def test_globs_of_values_files_are_expanded_in_the_order_of_argo_cd(names, a, b, tiphys, tmp_path):
    given = f"{{ignoreMissingValueFiles: true, valueFiles: {names}}}"
    done, found = imported(tiphys, tmp_path, {"dev/web.yaml": application("web", given), **VALUES})
    assert (done.returncode, found["notCarried"]) == (0, []), done.stdout
    values = (tmp_path / "new/generated/dev/web/values.yaml").read_text()
    assert [f"a: {a}" in values, f"b: {b}" in values if b else "b:" not in values] == [True, True], values


def test_a_glob_that_matches_nothing_stops_argo_cd(tiphys, tmp_path):
    done, found = imported(tiphys, tmp_path, {"dev/web.yaml": application("web", "{valueFiles: [/none/*.yaml]}")})
    assert done.returncode == 1
    assert [note["why"] for note in found["notCarried"]] == [
        "values file `/none/*.yaml` of the Application matches no file; correct the glob"
    ]


def test_a_parameter_with_a_variable_of_argo_cd_keeps_what_runs(tiphys, tmp_path):
    helm = "{parameters: [{name: a, value: $ARGOCD_APP_NAME}]}"
    done, _ = imported(tiphys, tmp_path, {"dev/web.yaml": application("web-dev", helm)})
    assert done.returncode == 0, done.stdout
    assert "a: web-dev\n" in (tmp_path / "new/generated/dev/web/values.yaml").read_text()


def test_a_tag_that_the_image_updater_wrote_beside_the_chart_is_in_the_spec(tiphys, tmp_path):
    override = "helm: {parameters: [{name: image.tag, value: 9.9.9, forcestring: true, forceString: true}]}\n"
    files = {"dev/web.yaml": application("web-dev", "{}"), "charts/web/.argocd-source-web-dev.yaml": override}
    done, found = imported(tiphys, tmp_path, files)
    assert done.returncode == 0, done.stdout
    assert 'tag: "9.9.9"' in (tmp_path / "new/services/web/pipeline.yaml").read_text()
    assert not (tmp_path / "new/charts/web/.argocd-source-web-dev.yaml").exists()
    (note,) = found["notCarried"]
    assert (note["path"], note["what"]) == ("old/charts/web/.argocd-source-web-dev.yaml", "this file")
    assert "remove it after the switch" in note["why"]


def test_what_no_spec_can_name_is_left_out_at_its_line_and_the_rest_can_be_generated(tiphys, tmp_path):
    hidden = application("hidden", "{}").replace("path: charts/web, helm: {}", "path: .charts/web, helm: {}")
    plain = {path.replace("charts/", ".charts/"): text for path, text in CHART.items()}
    files = {"dev/web.yaml": application("web", "{}"), "dev/hidden.yaml": hidden, **plain}
    done, found = imported(tiphys, tmp_path, files)
    assert done.returncode == 1
    (note,) = found["notCarried"]
    assert (note["path"], note["line"], note["what"]) == ("old/dev/hidden.yaml", 7, "Application hidden")
    assert note["why"].startswith("its path has the hidden directory `.charts`, which a spec cannot name")
    assert tiphys("-C", "new", "check").returncode == 0


def test_a_directory_behind_a_link_and_a_base_elsewhere_leave_their_applications_out_with_what_to_do(tiphys, tmp_path):
    files = {
        "dev/good.yaml": application("good", "{}"),
        "dev/link.yaml": application("link", "{}").replace("charts/web, helm: {}", "plain/link"),
        "dev/away.yaml": application("away", "{}").replace("charts/web, helm: {}", "away"),
        "plain/real/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n",
        "away/kustomization.yaml": "resources: [https://example.org/base]\n",
    }
    write_tree(tmp_path / "old", files)
    (tmp_path / "old/plain/link").symlink_to("real")
    done, found = imported(tiphys, tmp_path, {})
    assert done.returncode == 1, done.stdout + done.stderr
    why = {note["path"]: note["why"] for note in found["notCarried"]}
    assert why["old/dev/link.yaml"] == "plain/link is behind a symbolic link; correct the path, or add the files"
    assert why["old/dev/away.yaml"].startswith("away/kustomization.yaml:1: `https://example.org/base` is in another repository")
    assert "; copy it into this repository" in why["old/dev/away.yaml"]
