"""The rule TP406, waves-wait."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.service.folder_source import folder_of
from generator.syntax import semver
from generator.workspace.destinations import waves_of


def check(built: Built) -> Iterator[Finding]:
    """In an environment with waves, a chart must be one fixed version.

    A wave only holds back what changes in the Application. Argo CD itself looks for the newest version that
    a range stands for, and for the newest commit of a branch: a new one reaches all destinations at once. A
    chart or a kustomization in this repository is read from its branch.
    Wrong:
        # environments/prod.yaml
        spec:
          argocd:
            project: shop
            destination: {namespace: shop}
            destinations: {eu: {name: prod-eu}, us: {name: prod-us}}
            waves: [[eu], [us]]
          chart: {name: service, version: "^1.0.0", repository: "oci://registry.example.com/prod"}
    Right:
        # environments/prod.yaml
        spec:
          argocd:
            project: shop
            destination: {namespace: shop}
            destinations: {eu: {name: prod-eu}, us: {name: prod-us}}
            waves: [[eu], [us]]
          chart: {name: service, version: "1.1.0", repository: "oci://registry.example.com/prod"}
    Source: docs/destinations.md, What enforces the order
    """
    environment = built.resolved.environment
    if len(waves_of(environment)) < 2:
        return
    chart, folder = built.origin, folder_of(built.resolved)
    everywhere = f"so a change of it reaches all destinations of `{environment.name}` at once"
    at: Pointer = (*folder.at, "path") if folder else ("chart", "path")
    source = folder or chart
    if source.path and (not source.git or source.revision in ("", "HEAD")):
        hint = "use a chart from a chart repository, or set `repoURL` with a tag or a commit as `revision`"
        yield Finding(at, f"`{source.path}` is read from a branch, {everywhere}", hint)
    elif not source.path and chart.version and semver.parse(chart.version) is None:
        message = f'chart.version "{chart.version}" is a range, {everywhere}'
        yield Finding(("chart", "version"), message, "set one version")
