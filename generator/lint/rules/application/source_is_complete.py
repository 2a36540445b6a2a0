"""The rule TP801, source-is-complete."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.applications import sources
from generator.kubernetes.objects import KubeObject, Objects
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A source must have a repoURL, and a path, a chart or a ref; a chart must have a version.

    Argo CD rejects anything else with an InvalidSpecError, and stops syncing.
    Wrong:
        kind: Application
        spec:
          source: {repoURL: "https://charts.example.com", chart: web}
    Right:
        kind: Application
        spec:
          source: {repoURL: "https://charts.example.com", chart: web, targetRevision: 1.2.3}
    Source: argo-cd, util/argo/argo.go, ValidateRepo
    """
    several = isinstance(item.spec.get("sources"), list)
    if not any(sources(item)) and item.spec.get("sourceHydrator") is None:
        yield Finding(("spec",), f"{item.title} has no source", "add `source` with repoURL, path and targetRevision")
    for pointer, source in sources(item):
        if not source.get("repoURL"):
            yield Finding(pointer, "the source has no repoURL", "add the address of the repository")
        named = [name for name in ("path", "chart", "ref") if source.get(name)]
        if not named or (named == ["ref"] and not several):
            yield Finding(pointer, "the source has neither a path nor a chart", "add `path`, or `chart` for a chart repository")
        if source.get("path") and source.get("chart"):
            yield Finding(pointer, "the source has both a path and a chart", "keep one of the two")
        if source.get("chart") and not source.get("targetRevision"):
            message = f"the chart `{source['chart']}` has no version"
            yield Finding(pointer, message, "add `targetRevision` with the version of the chart")
