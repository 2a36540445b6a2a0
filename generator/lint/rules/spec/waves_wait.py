"""The rule TP406, waves-wait."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Pointer
from generator.kubernetes.objects import at
from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.service.folder_source import folder_of
from generator.syntax import semver
from generator.workspace.destinations import waves_of


def check(built: Built) -> Iterator[Finding]:
    """In an environment with waves, a chart must be one fixed version, and Applications must sync by themselves.

    A wave only holds back what changes in the Application. Argo CD itself looks for the newest version that
    a range stands for, and for the newest commit of a branch: a new one reaches all destinations at once. A
    chart or a kustomization in this repository is read from its branch.

    The next wave begins when the Applications of the one before are synced and healthy. One that waits for a
    person to sync it holds up the waves after it, and the operation of the root Application with them.
    Wrong:
        # environments/prod.yaml
        spec:
          argocd:
            project: shop
            destination: {namespace: shop}
            destinations: {eu: {name: prod-eu}, us: {name: prod-us}}
            waves: [[eu], [us]]
            syncPolicy: {automated: {}}
          chart: {name: service, version: "^1.0.0", repository: "oci://registry.example.com/prod"}
    Right:
        # environments/prod.yaml
        spec:
          argocd:
            project: shop
            destination: {namespace: shop}
            destinations: {eu: {name: prod-eu}, us: {name: prod-us}}
            waves: [[eu], [us]]
            syncPolicy: {automated: {}}
          chart: {name: service, version: "1.1.0", repository: "oci://registry.example.com/prod"}
    Source: docs/destinations.md, What enforces the order
    """
    if len(waves_of(built.resolved.environment)) > 1:
        yield from _moves(built)
        yield from _syncs(built)


def _moves(built: Built) -> Iterator[Finding]:
    """Find a source that changes without a change of the Application."""
    environment = built.resolved.environment
    chart, folder = built.origin, folder_of(built.resolved)
    everywhere = f"so a change of it reaches all destinations of `{environment.name}` at once"
    where: Pointer = (*folder.at, "path") if folder else ("chart", "path")
    source = folder or chart
    if source.path and (not source.git or source.revision in ("", "HEAD")):
        hint = "use a chart from a chart repository, or set `repoURL` with a tag or a commit as `revision`"
        yield Finding(where, f"`{source.path}` is read from a branch, {everywhere}", hint)
    elif not source.path and chart.version and semver.parse(chart.version) is None:
        message = f'chart.version "{chart.version}" is a range, {everywhere}'
        yield Finding(("chart", "version"), message, "set one version")


def _syncs(built: Built) -> Iterator[Finding]:
    """Find an Application that does not sync by itself."""
    environment = built.resolved.environment
    if environment.wave >= len(waves_of(environment)) - 1:
        return  # nothing comes after the last wave
    automated = at(built.deployed, "spec", "syncPolicy", "automated")
    if not isinstance(automated, dict):
        message = "waves wait for this Application, and nothing syncs it: it has no `syncPolicy.automated`"
        yield Finding(("argocd", "syncPolicy"), message, "set `syncPolicy: {automated: {}}`, or remove the waves")
    elif automated.get("enabled") is False:
        message = "waves wait for this Application, and nothing syncs it: `automated.enabled` is false"
        yield Finding(("argocd", "syncPolicy", "automated", "enabled"), message, "set it to true, or remove the waves")
