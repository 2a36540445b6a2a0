"""A field that the stated version drops is an error at its own line, and an old version is noted at its line."""

from __future__ import annotations

import json

from support.trees import write_tree
from support.workspace import workspace

ENVIRONMENT = """\
apiVersion: tiphys/v1
kind: Environment
metadata: {name: dev}
spec:
  argocd:
    project: web
    destination: {server: "https://kubernetes.default.svc", namespace: dev}
    syncPolicy: {automated: {enabled: true}}
  chart: {name: service, version: "1.1.0", repository: "oci://example.com/charts"}
  target: {argocd: %s, rollouts: %s, kubernetes: "1.36"}
"""
SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: %s}
spec:
  image: {repository: example.com/web}
  rollout:
    strategy:
      canary:
        replicaProgressThreshold: {type: Pods, value: 1}
        steps: [{setWeight: 20}, {pause: {}}]
  environments: {dev: {image: {tag: "1.0.0"}}}
"""
PROJECT = """\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: web}
spec:
  sourceRepos: ["*"]
  destinations: [{server: "*", namespace: "*"}]
  sourceIntegrity: {git: {}}
"""


def found(tiphys, root, argocd, rollouts):
    workspace(root)
    write_tree(
        root,
        {
            "environments/dev.yaml": ENVIRONMENT % (json.dumps(argocd), json.dumps(rollouts)),
            "services/a/pipeline.yaml": SPEC % "a",
            "services/b/pipeline.yaml": SPEC % "b",
            "projects/web.yaml": PROJECT,
        },
    )
    done = tiphys("lint", "--format", "json", "--select", "TP67", cwd=root)
    assert "Traceback" not in done.stderr
    return [(one["rule"], one["path"], one["line"]) for one in json.loads(done.stdout)["diagnostics"]]


def test_what_an_old_version_drops_is_told_in_every_file_that_says_it(tiphys, tmp_path):
    assert found(tiphys, tmp_path / "w", "3.0", "1.8") == [
        ("TP671", "environments/dev.yaml", 8),
        ("TP674", "environments/dev.yaml", 10),
        ("TP671", "projects/web.yaml", 7),
        ("TP671", "services/a/pipeline.yaml", 9),
        ("TP671", "services/b/pipeline.yaml", 9),
    ]


def test_the_versions_that_have_it_are_told_nothing(tiphys, tmp_path):
    assert found(tiphys, tmp_path / "w", "3.5", "1.9") == []
