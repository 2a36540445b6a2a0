"""The rule TP856, generated-names-unique."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.problems import of_expansion
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Each Application of an ApplicationSet must have a name of its own.

    If two have the same name, or one has none, the set generates nothing: it says that it contains applications with
    a duplicate name.
    Wrong:
        kind: ApplicationSet
        spec:
          generators: [{list: {elements: [{env: dev}, {env: prod}]}}]
          template:
            metadata: {name: "web"}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
    Right:
        kind: ApplicationSet
        spec:
          generators: [{list: {elements: [{env: dev}, {env: prod}]}}]
          template:
            metadata: {name: "web-{{env}}"}
            spec:
              project: default
              destination: {name: in-cluster}
              source: {repoURL: "https://example.com/web.git", path: deploy}
    Source: argo-cd, applicationset/controllers/applicationset_controller.go, validateGeneratedApplications; issue 13731
    """
    yield from of_expansion(item, objects, "name")
