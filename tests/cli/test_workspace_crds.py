"""A misspelt field of a custom resource is told where the workspace names its definition."""

from __future__ import annotations

from support.trees import write_tree
from support.workspace import workspace

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: queues.example.org}
spec:
  group: example.org
  names: {kind: Queue, plural: queues}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {size: {type: integer}}}}
"""
QUEUE = "apiVersion: example.org/v1\nkind: Queue\nmetadata: {name: web}\nspec: {sise: 3}\n"
SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {name: web}
spec:
  image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
  manifests: [queue.yaml]
  environments: {dev: {}}
"""


def lint(tiphys, root, crds):
    workspace(root)
    settings = (
        f"apiVersion: tiphys/v1\nkind: Workspace\nspec:\n  repoURL: https://example.com/config.git\n  lint: {{crds: {crds}}}\n"
    )
    spec = {"services/web/pipeline.yaml": SPEC, "services/web/queue.yaml": QUEUE}
    write_tree(root, {"tiphys.yaml": settings, "crds/queue.yaml": CRD, **spec})
    done = tiphys("lint", "--format", "concise", cwd=root)
    assert "Traceback" not in done.stderr
    return [line for line in done.stdout.splitlines() if "TP604" in line or "TP029" in line]


def test_the_definitions_in_a_folder_or_file_are_checked_against(tiphys, tmp_path):
    for number, crds in enumerate(("[crds]", "[crds/queue.yaml]")):
        said = lint(tiphys, tmp_path / str(number), crds)
        assert said == ["services/web/queue.yaml:4:14: error TP604 unknown field `sise` in `spec`"]


def test_a_path_without_definitions_is_told_at_its_line(tiphys, tmp_path):
    assert lint(tiphys, tmp_path / "w", "[gone, services/web]") == [
        "tiphys.yaml:5:17: error TP029 no CustomResourceDefinition found in `gone`",
        "tiphys.yaml:5:23: error TP029 no CustomResourceDefinition found in `services/web`",
    ]
