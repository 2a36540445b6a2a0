"""Release windows of environments: what lint says of them, and whether AppProjects agree."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.pipeline.run import Mode, Request, run
from support.transcript import transcript
from support.trees import write_tree
from support.workspace import workspace

HERE = Path(__file__).with_name("release_windows")
PROJECTS = yaml.safe_load((HERE / "projects.yaml").read_text())


def test_windows_that_protect_nothing_or_deny_everything_are_named(tiphys, tmp_path, golden):
    folder = workspace(tmp_path / "w", HERE / "without-effect")
    golden(transcript(tiphys("lint", cwd=folder)), HERE / "without-effect" / "expected.txt")


PROD = """\
apiVersion: tiphys/v1
kind: Environment
metadata: {{name: prod}}
spec:
  promotion: {{from: dev}}
  argocd: {{project: shop, destination: {{namespace: shop-prod}}{sync}}}
  chart: {{name: service, version: "1.0.0", repository: "oci://registry.example.com/prod"}}
{windows}"""

PROJECT = """\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {{name: shop, namespace: argocd}}
spec:
  sourceRepos: ["*"]
  destinations: [{{server: "*", namespace: "*"}}]
  clusterResourceWhitelist: [{{group: "*", kind: "*"}}]
  syncWindows:
{windows}"""


def listed(windows, indent):
    return "".join(f"{indent}- {one}\n" for one in windows)


@pytest.mark.parametrize("case", PROJECTS.values(), ids=PROJECTS)
def test_a_release_that_would_wait_in_argo_cd_and_a_freeze_that_argo_cd_does_not_know_are_told(case, tmp_path):
    folder = workspace(tmp_path / "w")
    ours = f"  windows:\n{listed(case['ours'], '    ')}" if case["ours"] else ""
    sync = "" if case.get("manual") else ", syncPolicy: {automated: {}}"
    files = {
        "environments/prod.yaml": PROD.format(windows=ours, sync=sync),
        "projects/shop.yaml": PROJECT.format(windows=listed(case["theirs"], "    ")),
    }
    write_tree(folder, files)
    found = [one for one in run(Request(str(folder), Mode.LINT)).diagnostics if one.rule not in ("TP048", "TP842")]
    said = [f"{one.path}:{one.span.line}:{one.span.column} {one.rule} {one.severity} {one.message}" for one in found]
    assert said == case["found"]


def test_an_error_in_a_service_does_not_hide_a_window_that_protects_nothing(tmp_path):
    folder = workspace(tmp_path / "w")
    windows = '  windows: [{kind: deny, schedule: "0 0 * * *", duration: 1h, services: [gone, web]}]\n'
    spec = folder / "services/web/pipeline.yaml"
    preset = "spec:\n  rollout: {preset: nothing}\n"
    write_tree(folder, {"environments/prod.yaml": PROD.format(windows=windows, sync="")})
    spec.write_text(spec.read_text().replace("spec:\n", preset, 1))
    found = {one.rule: one.message for one in run(Request(str(folder), Mode.LINT)).diagnostics}
    assert "TP033" in found
    assert found["TP503"] == "`gone` matches no service of `prod`"
