"""The rule TP807, sources-win."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding

_FIELDS = ("source", "sources", "sourceHydrator")
"""Argo CD uses the last of these that is set."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An Application should have only one of `source`, `sources` and `sourceHydrator`.

    With two of them, Argo CD reads the one that is later in this list, and silently ignores the other.
    Wrong:
        kind: Application
        spec:
          project: default
          destination: {name: in-cluster}
          source: {repoURL: "https://example.com/web.git", path: deploy}
          sources: [{repoURL: "https://example.com/web.git", path: overlays/prod}]
    Right:
        kind: Application
        spec:
          project: default
          destination: {name: in-cluster}
          sources: [{repoURL: "https://example.com/web.git", path: overlays/prod}]
    Source: argo-cd, pkg/apis/application/v1alpha1/types.go, GetSource, GetSources
    """
    given = [name for name in _FIELDS if item.spec.get(name)]
    for name in given[:-1]:
        yield Finding(("spec", name), f"`{name}` is ignored because `{given[-1]}` is set", "remove it")
