"""The rule TP866, chart-version-stated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding
from generator.syntax.semver import is_partial, is_range

_OPEN = re.compile(r"\s*(?:\*|[xX]|>=?\s*[0-9][^,<|]*)\s*\Z")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """An Application should state the version of its chart.

    With a range, a new version of the chart is deployed without a commit, and a rollback in Git changes nothing.
    A range without an upper bound, such as `*`, is a warning: the next major version is deployed as well. So is
    a part of a version: Argo CD reads `1.2` as one version, and keeps the first match that it finds.
    Wrong:
        kind: Application
        spec:
          source: {repoURL: "https://charts.example.com", chart: web, targetRevision: "*"}
    Right:
        kind: Application
        spec:
          source: {repoURL: "https://charts.example.com", chart: web, targetRevision: 1.2.3}
    Source: argo-cd, docs/user-guide/tracking_strategies.md; util/versions/tags.go; argo-cd#16957
    """
    for pointer, source in sources(item):
        version = source.get("targetRevision")
        if not source.get("chart") or not isinstance(version, str) or not version:
            continue
        if is_partial(version):
            message = f"Argo CD reads `{version}` as a version, not a range, and keeps the first match"
            hint = f'write the version that is deployed, or a range: "{version}.x"'
            yield Finding((*pointer, "targetRevision"), message, hint, severity=Severity.WARNING)
        elif is_range(version):
            message = f"`{version}` is a range, so nothing in Git says which version of chart `{source['chart']}` runs"
            severity = Severity.WARNING if _OPEN.match(version) else None
            yield Finding((*pointer, "targetRevision"), message, "write the version that is deployed", severity=severity)
