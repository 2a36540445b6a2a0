"""The rule TP805, source-revisions-agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.diagnostics import Severity
from generator.kubernetes.applications import APPLICATION, sources
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.repositories import normal
from generator.lint.rules.rule import Finding, Rule


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An Application must not use one repository at two revisions.

    Argo CD checks out a repository once, and rejects sources that need it at different revisions.
    Wrong:
        kind: Application
        spec:
          sources:
            - {repoURL: "https://example.com/web.git", path: deploy, targetRevision: main}
            - {repoURL: "https://example.com/web.git", path: extras, targetRevision: v1}
    Right:
        kind: Application
        spec:
          sources:
            - {repoURL: "https://example.com/web.git", path: deploy, targetRevision: v1}
            - {repoURL: "https://example.com/web.git", path: extras, targetRevision: v1}
    Source: argo-cd, reposerver/repository/repository.go
    """
    first: dict[str, Any] = {}
    for pointer, source in sources(item):
        address = source.get("repoURL")
        if not isinstance(address, str) or source.get("chart"):
            continue
        revision = source.get("targetRevision") or "HEAD"
        other = first.setdefault(normal(address), revision)
        if other != revision:
            message = f"`{address}` is used at `{other}` and at `{revision}`"
            yield Finding((*pointer, "targetRevision"), message, "use one revision")


RULE = Rule("TP805", "source-revisions-agree", Severity.ERROR, APPLICATION, check, needs=frozenset(["sources"]))
