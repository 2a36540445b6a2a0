"""Objects are linted once by the real Helm, whoever has them; nobody gets less of it than by a lint of his own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from generator.system import helm as helms
from generator.system.store import Store
from generator.verify import linting, rendering
from generator.verify.cache import NOTHING, Cache
from generator.verify.charts import Chart
from generator.verify.rendering import Job
from support.trees import write_tree

METADATA = "apiVersion: v2\nname: own\nversion: 1.0.0\nicon: https://example.com/i.png\n"
NAMED = "apiVersion: v1\nkind: %s\nmetadata:\n  name: {{ .Values.%s }}\n"
TEMPLATES = {
    "service.yaml": NAMED % ("Service", "service"),
    "more.yaml": f"{NAMED % ('Service', 'same')}---\n{NAMED % ('Secret', 'third')}",
    "selector.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec: {{ .Values.spec | toJson }}\n",
    "analysis.yaml": 'apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata:\n  name: "{{ .Values.analysis }}"\n'
    'spec: {args: [{name: a}], text: "{{ "{{" }}args.a}} {{ "{{" }}- 1 -}}"}\n',
    "old.yaml": '{{ if .Values.old }}apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: old, annotations: {a: "b"}}\n{{ end }}',
    "list.yaml": '{{ if .Values.list }}apiVersion: v1\nkind: List\nmetadata: {annotations: {"helm.sh/resource-policy": keep}}\n'
    "items: [{metadata: {annotations: {helm.sh/resource-policy: keep}}}]\n{{ end }}",
    "place.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p, namespace: {{ .Values.namespace | toJson }}}\n",
    "z.yaml": NAMED % ("ConfigMap", "last"),
}
FINE = {"service": "web", "same": "same", "third": "s", "spec": {"selector": {"matchLabels": {"a": "b"}}}, "analysis": "a", "old": False, "list": False, "last": "z", "namespace": "here"}  # fmt: skip
VALUES = {
    "fine": {},
    "a name": {"service": "Not_A_Name"},
    "the second name of a file": {"third": "No!"},
    "a selector": {"spec": {"selector": None, "template": {}}},
    "what looks like a template": {"analysis": "A_B"},
    "an old API": {"old": True},
    "a list": {"list": True},
    "a namespace that is a map": {"namespace": {"a": "b"}},
    "a namespace that is a map, and a name after it": {"namespace": {"a": "b"}, "last": "Z_"},
    "another namespace that is a map, and a name before it": {"namespace": {"a": "c"}, "service": "Z_"},
    "several": {"service": "A_", "third": "B_", "last": "C_", "old": True},
}
SEEN_BY_NOBODY_ALONE = ("a selector",)
"""Helm's lint merges values by other rules than its install: a default that null takes away is still there for it.

Nor does it look any further after an object that it cannot read.
"""
CHARTS = {
    "whole": METADATA,
    "no icon": METADATA.replace("icon: https://example.com/i.png\n", ""),
    "a dependency that is not there": f"{METADATA}dependencies: [{{name: redis, version: 1.0.0, repository: 'https://example.com'}}]\n",
    "a version that is none": METADATA.replace("1.0.0", "one"),
}


pytestmark = [pytest.mark.both_helms, pytest.mark.usefixtures("helm")]


@pytest.fixture
def found(helm):
    return helms.find(helm)


def job(folder: Path, chart: Path, number: int, values: dict) -> Job:
    path = folder / f"values-{number}.yaml"
    path.write_text(json.dumps(values))
    return Job(
        f"dev/s{number}", Chart(str(chart), "own", "1.0.0", "x"), f"s{number}", "apps", "1.31", (), (str(path),), (values,)
    )


def alone(helm: str, one: Job) -> list[tuple[str, str]]:
    """Return what `helm lint --strict` says of one application: what people would have run themselves."""
    flags = ["--values", *one.files, "--kube-version", one.kubernetes, "--namespace", one.namespace]
    done = subprocess.run([helm, "lint", "--strict", one.chart.folder, *flags], capture_output=True, text=True, check=False)
    return sorted(tuple(item) for each in linting.complaints_by_chart(done.stdout).values() for item in each)


def together(found, jobs: list[Job], folder: Path, cache: str = "") -> dict[str, list[tuple[str, str]]]:
    rendered = [(one, rendering.template(found, one, NOTHING)) for one in jobs]
    said = linting.lint(found, rendered, str(folder), Cache(Store(cache)))
    return {key: sorted(tuple(item) for item in items) for key, items in said.items()}


def make(folder: Path, metadata: str) -> Path:
    chart = folder / "own"
    files = {f"templates/{name}": text for name, text in TEMPLATES.items()}
    write_tree(chart, {"Chart.yaml": metadata, "values.yaml": yaml.safe_dump(FINE), **files})
    return chart


@pytest.mark.parametrize("name", CHARTS)
def test_many_applications_together_are_told_all_that_each_is_told_alone(name, helm, found, tmp_path):
    chart = make(tmp_path, CHARTS[name])
    jobs = [job(tmp_path, chart, number, values) for number, values in enumerate(VALUES.values())]
    said = together(found, jobs, tmp_path / "lint")
    rendered = {one.key for one in jobs if rendering.template(found, one, NOTHING).ok}
    assert said.keys() == rendered
    some = 0
    for one, what in zip(jobs, VALUES, strict=True):
        if one.key in rendered:
            expected = alone(helm, one)
            missing = [item for item in expected if item not in said[one.key]]
            assert missing == [], what
            if what not in SEEN_BY_NOBODY_ALONE and not any("unable to parse" in text for _, text in expected):
                assert said[one.key] == expected, what
            some += bool(expected)
    assert some > (len(jobs) // 2 if rendered else -1)


def test_what_one_application_has_wrong_is_told_of_nobody_else(found, tmp_path):
    chart = make(tmp_path, METADATA)
    jobs = [job(tmp_path, chart, number, values) for number, values in enumerate([{}, {"service": "A_"}, {"last": "B_"}, {}])]
    said = together(found, jobs, tmp_path / "lint")
    assert [len(said[one.key]) for one in jobs] == [0, 1, 1, 0]
    assert "A_" in said["dev/s1"][0][1]
    assert said["dev/s1"][0][1].startswith("templates/service.yaml: ")


def test_objects_of_a_chart_within_the_chart_are_left_to_that_one(helm, found, tmp_path):
    chart = make(tmp_path, f"{METADATA}dependencies: [{{name: inner, version: 1.0.0}}]\n")
    inner = {
        "Chart.yaml": METADATA.replace("own", "inner"),
        "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A_}\n",
    }
    write_tree(chart / "charts" / "inner", inner)
    one = job(tmp_path, chart, 0, {})
    assert together(found, [one], tmp_path / "lint")[one.key] == alone(helm, one) == []


def test_an_edit_of_one_application_changes_nothing_that_is_told_of_its_chart(found, tmp_path):
    """Helm's lint installs a chart under a name of its own, so that it can see objects that no application has."""
    chart = make(tmp_path, METADATA)
    odd = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A_}\n"
    write_tree(
        chart, {"templates/odd.yaml": f'{{{{ if and .Values.odd (eq .Release.Name "test-release") }}}}{odd}{{{{ end }}}}'}
    )
    jobs = [job(tmp_path, chart, number, {"odd": bool(number)}) for number in range(2)]
    together(found, jobs, tmp_path / "first", str(tmp_path / "cache"))
    jobs[1] = job(tmp_path, chart, 1, {"odd": True, "last": "other"})
    warm = together(found, jobs, tmp_path / "warm", str(tmp_path / "cache"))
    assert warm == together(found, jobs, tmp_path / "cold")


def test_what_helm_said_of_an_object_is_remembered_for_the_application(found, tmp_path):
    chart = make(tmp_path, METADATA)
    jobs = [job(tmp_path, chart, number, {"service": f"A_{number}"}) for number in range(2)]
    first = together(found, jobs, tmp_path / "lint", str(tmp_path / "cache"))
    nobody = found._replace(path=str(tmp_path / "no-helm"))
    rendered = [(one, rendering.template(found, one, NOTHING)) for one in jobs]
    again = linting.lint(nobody, rendered, str(tmp_path / "again"), Cache(Store(str(tmp_path / "cache"))))
    assert {key: sorted(tuple(item) for item in items) for key, items in again.items()} == first
    assert all(first.values())
