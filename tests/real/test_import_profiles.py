"""`tiphys import` and the profiles of charts: what is found is used by each Application that it fits, and the rest is named."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from support.trees import write_tree

pytestmark = pytest.mark.usefixtures("helm_home")

GIT = "https://git.example.org/a/b.git"
POD = "template: {metadata: {labels: {app: {{ .Release.Name }}}}, spec: {containers: [{name: a, image: %s}]}}\n"
HEAD = "metadata: {name: {{ .Release.Name }}}\nspec:\n  replicas: {{ .Values.replicas }}\n"
SELECTOR = "  selector: {matchLabels: {app: {{ .Release.Name }}}}\n  "
WORKER = (
    "{{- if .Values.worker }}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .Release.Name }}-worker}\nspec:\n"
    "  replicas: 1\n  selector: {matchLabels: {app: w}}\n"
    "  template: {metadata: {labels: {app: w}}, spec: {containers: [{name: a, image: 'busybox:1'}]}}\n{{- end }}\n"
)


@pytest.fixture(autouse=True)
def _own_programs(helm, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(helm).parent), os.environ["PATH"]]))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def chart(folder, name, values, image, more=""):
    deployment = f"apiVersion: apps/v1\nkind: Deployment\n{HEAD}{SELECTOR}{POD % image}{more}"
    files = {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n", "values.yaml": values}
    return {f"{folder}/{path}": text for path, text in {**files, "templates/web.yaml": deployment}.items()}


def application(name, path, values):
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n"
        f"  project: default\n  destination: {{name: dev, namespace: {name}}}\n"
        f"  source: {{repoURL: {GIT}, path: {path}, helm: {{valuesObject: {values}}}}}\n"
    )


def imported(tiphys, tmp_path, files):
    """Import a tree without differences; return the text."""
    write_tree(tmp_path / "old", files)
    done = tiphys("import", "old", "--into", "new")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def spec_of(tmp_path, name):
    return yaml.safe_load((tmp_path / f"new/services/{name}/pipeline.yaml").read_text())["spec"]


def test_charts_of_one_name_in_two_directories_each_get_the_profile_that_reads_their_image(tiphys, git, tmp_path):
    files = {
        **chart("one/chart", "app", 'image: {repository: r/one, tag: "1"}\nreplicas: 1\n', '"{{ .Values.image.repository }}:{{ .Values.image.tag }}"'),
        **chart("two/chart", "app", 'img: "r/two:1"\nreplicas: 1\n', "{{ .Values.img }}"),
        "dev/one.yaml": application("one-dev", "one/chart", '{image: {tag: "2"}, replicas: 3}'),
        "dev/two.yaml": application("two-dev", "two/chart", '{img: "r/two:2", replicas: 3}'),
    }  # fmt: skip
    text = imported(tiphys, tmp_path, files)
    assert "chart app in one/chart: inferred profile app-one: image, replicas\n" in text
    assert "chart app in two/chart: inferred profile app-two: image, replicas\n" in text
    subprocess.run([git, "init", "-q"], cwd=tmp_path / "new", check=True)
    for name, values in (("one", {"tag": "9", "repository": "r/one"}), ("two", "r/two:9")):
        done = tiphys("bump", name, "--env", "dev", "--image-tag", "9", cwd=tmp_path / "new")
        assert done.returncode == 0, done.stdout + done.stderr
        written = yaml.safe_load((tmp_path / f"new/generated/dev/{name}/values.yaml").read_text())
        assert written["image" if name == "one" else "img"] == values


def test_copies_of_one_chart_in_two_directories_have_one_profile(tiphys, tmp_path):
    image = '"r/web:{{ .Values.version }}"'
    files = {
        **chart("one/chart", "app", 'version: "1"\nreplicas: 1\n', image),
        **chart("two/chart", "app", 'version: "7"\nreplicas: 2\n', image),
        "dev/one.yaml": application("one-dev", "one/chart", '{version: "2"}'),
        "dev/two.yaml": application("two-dev", "two/chart", '{version: "8"}'),
    }
    assert "chart app: inferred profile app: image, replicas\n" in imported(tiphys, tmp_path, files)
    assert [spec_of(tmp_path, name)["environments"]["dev"]["image"]["tag"] for name in ("one", "two")] == ["2", "8"]


def test_an_application_that_does_not_fit_a_profile_keeps_its_values_and_takes_it_from_no_other(tiphys, tmp_path):
    image = "{{ if .Values.odd }}{{ .Values.odd }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag }}{{ end }}"
    values = 'image: {repository: r/web, tag: "1"}\nreplicas: 1\nodd: ""\nworker: false\n'
    files = {
        **chart("charts/web", "web", values, image, WORKER),
        "dev/api.yaml": application(
            "api-dev", "charts/web", '{image: {tag: "2"}, replicas: 3, notes: "the chart ignores these"}'
        ),
        "dev/mail.yaml": application("mail-dev", "charts/web", '{image: {tag: "3"}, worker: true, a: 1, b: 2, c: 3}'),
        "dev/odd.yaml": application("odd-dev", "charts/web", '{image: {tag: [4]}, odd: "r/odd:1"}'),
    }
    text = imported(tiphys, tmp_path, files)
    why = "values only: `image.repository` and `image.tag` are not the image of a spec: a repository with a tag or a digest"
    assert f"chart web: inferred profile web: image, replicas\n  old/dev/odd.yaml:7: Application odd-dev: {why}\n" in text
    assert spec_of(tmp_path, "api")["environments"]["dev"]["image"]["tag"] == "2"
    assert spec_of(tmp_path, "mail")["environments"]["dev"]["image"]["tag"] == "3", "a second workload does not hide the first"
    odd = spec_of(tmp_path, "odd")
    assert odd["chart"]["profile"] == "none"
    assert odd["values"] == {"image": {"tag": [4]}, "odd": "r/odd:1"}


@pytest.mark.parametrize(
    ("values", "image", "said"),
    [
        ("{tag: 1.25}", '"r/web:{{ .Values.tag }}"', "inferred profile web: image, replicas"),
        ('{tag: "2"}', '"r/web:v{{ .Values.tag }}"', "inferred profile web: replicas; not the image"),
        (f'{{tag: "r/web:1.3@sha256:{"a" * 64}"}}', "{{ .Values.tag }}", "inferred profile web: image, replicas"),
    ],
    ids=["number", "prefix", "digest"],
)
def test_what_is_known_of_a_chart_is_said_and_that_its_image_is_not(values, image, said, tiphys, tmp_path):
    files = {**chart("charts/web", "web", 'tag: "r/web:0"\nreplicas: 2\n', image)}
    files["dev/web.yaml"] = application("web-dev", "charts/web", values)
    assert f"chart web: {said}\n" in imported(tiphys, tmp_path, files)


def test_the_replicas_of_a_rollout_of_the_chart_are_left_to_its_autoscaler(tiphys, tmp_path):
    rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: {{ .Release.Name }}}\nspec:\n" + (
        "  {{- if not .Values.hpa.enabled }}\n  replicas: {{ .Values.replicas }}\n  {{- end }}\n"
        + SELECTOR
        + POD % '"r/web:{{ .Values.tag }}"'
        + "  strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}]}}\n{{- if .Values.hpa.enabled }}\n---\n"
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: {{ .Release.Name }}}\nspec:\n"
        "  scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: {{ .Release.Name }}}\n"
        "  minReplicas: {{ .Values.hpa.min }}\n  maxReplicas: {{ .Values.hpa.max }}\n  metrics: [{type: Resource, resource:"
        " {name: cpu, target: {type: Utilization, averageUtilization: {{ .Values.hpa.cpu }}}}}]\n{{- end }}\n"
    )
    values = 'tag: "1"\nreplicas: 5\nhpa: {enabled: false, min: 2, max: 4, cpu: 70}\n'
    files = chart("charts/web", "web", values, "x") | {"charts/web/templates/web.yaml": rollout}
    files["dev/web.yaml"] = application("web-dev", "charts/web", '{tag: "2", hpa: {enabled: true, min: 3, max: 9, cpu: 60}}')
    files["dev/api.yaml"] = application("api-dev", "charts/web", '{tag: "2", replicas: 6}')
    text = imported(tiphys, tmp_path, files)
    assert "chart web: inferred profile web: image, replicas, autoscaler\n" in text
    made = yaml.safe_load((tmp_path / "new/generated/dev/applications/web.yaml").read_text())["spec"]["ignoreDifferences"]
    assert [(one["group"], one["kind"], one["name"]) for one in made] == [("argoproj.io", "Rollout", "web-dev")]
    plan = tiphys("plan", "api", "--env", "dev", cwd=tmp_path / "new").stdout
    assert "the strategy of the chart's own Rollout" in plan
