"""`verify --against`: what another Helm, Kubernetes or chart makes of a workspace, compared object by object."""

from __future__ import annotations

import re

import pytest

from generator.release.destination import Directory
from generator.system import helm as helms
from generator.system.charts import package as chart_package
from generator.system.charts.package import Package
from support.paths import ROOT
from support.trees import write_tree

pytestmark = pytest.mark.usefixtures("helm", "helm_home")

FLAGS = {
    "charts/flags/Chart.yaml": "apiVersion: v2\nname: flags\nversion: 1.4.0\n",
    "charts/flags/values.yaml": 'features: {beta: null, search: "on", legacy: null}\n',
    "charts/flags/templates/flags.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\n"
    'data:\n  known: {{ keys .Values.features | sortAlpha | join "," | quote }}\n',
}
CHANGING = {
    "charts/flags/Chart.yaml": FLAGS["charts/flags/Chart.yaml"],
    "charts/flags/templates/flow.yaml": "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3\nkind: FlowSchema\n"
    "metadata: {name: flags}\nspec: {priorityLevelConfiguration: {name: exempt}}\n",
    "charts/flags/templates/text.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: flags}\n"
    "data: {version: '{{ .Capabilities.KubeVersion.Minor }}'}\n",
}


def workspace(folder, files, *, chart="path: charts/flags", environment="", helm=""):
    """Write a workspace with one service that uses the chart `flags`."""
    target = f'{{kubernetes: "1.31"{f", helm: {helm!r}" if helm else ""}}}'
    return write_tree(
        folder,
        {
            "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
            "environments/dev.yaml": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\nspec:\n"
            f"  target: {target}\n"
            "  argocd: {project: shop, destination: {server: https://dev.example.com, namespace: shop}}\n" + environment,
            "services/web/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
            f"spec:\n  chart: {{name: flags, {chart}, profile: none}}\n  environments: {{dev: {{}}}}\n",
            **files,
        },
    )


@pytest.mark.parametrize(("example", "objects"), [("online-boutique", 126), ("quickstart", 11), ("two-clusters", 12)])
def test_every_application_of_the_examples_is_the_same_under_helm_3_and_helm_4(example, objects, tiphys, helm4):
    done = tiphys("-C", ROOT / "examples" / example, "verify", "--against", f"helm={helm4}", "--offline")
    assert (done.returncode, f"no object changes, {objects} stay the same" in done.stdout) == (0, True), (
        done.stdout + done.stderr
    )
    assert re.search(r"^found with Helm 4\.[\d.]+ only: no problems$", done.stderr, re.MULTILINE)


def test_a_chart_that_the_other_helm_renders_differently_is_told_with_the_cause(tiphys, helm4, tmp_path):
    done = tiphys("verify", "--against", f"helm={helm4}", cwd=workspace(tmp_path / "w", FLAGS))
    assert done.returncode == 1
    assert 'ConfigMap flags: data.known "beta,legacy,search" → search\n' in done.stdout
    assert "which removes the nulls in values.yaml of the chart: features.beta, features.legacy\n" in done.stdout


def test_an_api_that_the_next_kubernetes_does_not_have_is_told_and_what_its_version_changes(tiphys, tmp_path):
    folder = workspace(tmp_path / "w", CHANGING)
    assert tiphys("verify", cwd=folder).returncode == 0
    done = tiphys("verify", "--against", "kubernetes=1.36", cwd=folder)
    assert done.returncode == 1
    assert 'ConfigMap flags: data.version "31" → "36"\n' in done.stdout
    assert "from Kubernetes 1.36\n" in done.stdout
    assert "Kubernetes 1.36 has no flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema" in done.stdout
    assert "found with Kubernetes 1.36 only: 1 error in 1 file\n" in done.stderr


def test_a_version_without_schemas_is_not_taken_for_one_that_has_them(tiphys, tmp_path):
    done = tiphys("verify", "--against", "kubernetes=1.99", cwd=workspace(tmp_path / "w", FLAGS))
    assert re.search(r"the schemas of Kubernetes 1\.99 are not installed: those of 1\.\d+ were used\n", done.stderr)


@pytest.mark.parametrize("form", ["released", "folder"])
def test_the_next_version_of_a_chart_is_told_for_all_who_use_it(form, tiphys, http, helm, tmp_path):
    def chart(version, grace):
        template = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{terminationGracePeriodSeconds: {grace}, "
        return {
            "Chart.yaml": f"apiVersion: v2\nname: flags\nversion: {version}\n".encode(),
            "templates/a.yaml": f"{template}containers: [{{name: a, image: a}}]}}\n".encode(),
        }

    served = http("dev")
    old, new = chart("1.0.0", 30), chart("1.1.0", 99)
    packages = [
        Package("flags", version, chart_package.packed("flags", files)) for version, files in (("1.0.0", old), ("1.1.0", new))
    ]
    Directory(helms.find(helm), str(served.folder), "served").put(packages)
    repository = f"  chart: {{repository: '{served.address}'}}\n"
    folder = workspace(tmp_path / "w", {}, chart='version: "1.0.0"', environment=repository)
    write_tree(tmp_path / "next", {path: content.decode() for path, content in new.items()})
    what = "flags@1.1.0" if form == "released" else tmp_path / "next"
    done = tiphys("verify", "--against", f"chart={what}", cwd=folder)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Pod a: terminationGracePeriodSeconds 30 → 99" in done.stdout
    assert "from chart flags 1.1.0" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["helm"],
            "expected helm=BIN, kubernetes=VERSION, argocd=VERSION, rollouts=VERSION, chart=NAME@VERSION or chart=DIR, not `helm`",
        ),
        (["flux=2.0"], "not `flux=2.0`"),
        (["kubernetes=new"], "`new` is not a version of Kubernetes, such as 1.36"),
        (["kubernetes=1.35", "kubernetes=1.36"], "`kubernetes` is given twice"),
        (["chart=nope@1.0.0"], "no service uses the chart `nope`"),
        (["chart=flags@2.0.0"], "`flags` is used from `charts/flags`"),
        (["helm=/nonexistent/helm"], "Helm does not exist at /nonexistent/helm"),
        (["helm="], "not `helm=`"),
    ],
)
def test_what_cannot_be_compared_is_told(words, said, tiphys, tmp_path):
    folder = workspace(tmp_path / "w", FLAGS)
    done = tiphys("verify", *(part for word in words for part in ("--against", word)), cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("target", "told"), [("4.2", True), ("3.17", False), ("v3.17.9", False), ("", False)])
def test_a_helm_of_another_minor_than_the_environment_has_is_told(target, told, tiphys, tmp_path):
    done = tiphys("verify", cwd=workspace(tmp_path / "w", FLAGS, helm=target))
    assert done.returncode == 0
    assert (f"but `target.helm` has a different minor version (dev {target})" in done.stderr) is told
