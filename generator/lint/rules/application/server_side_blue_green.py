"""The rule TP815, server-side-blue-green."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.kubernetes.applications import has_option, ignored, rollouts_of, sync_options
from generator.kubernetes.objects import KubeObject, Objects, texts
from generator.kubernetes.rollouts import blue_green
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    r"""With ServerSideApply, the Application must ignore the Service selectors of a blue-green Rollout.

    Server-side apply treats the selector of a Service as a single value, so each sync drops the hash that Argo
    Rollouts added. The controller treats an active Service without it as a first deployment, and promotes the
    new version immediately, without a pause or an analysis.
    Wrong:
        kind: Application
        spec:
          destination: {namespace: shop}
          syncPolicy: {syncOptions: [ServerSideApply=true]}
        ---
        kind: Rollout
        metadata: {name: web, namespace: shop}
        spec:
          strategy: {blueGreen: {activeService: web}}
    Right:
        kind: Application
        spec:
          destination: {namespace: shop}
          syncPolicy: {syncOptions: [ServerSideApply=true, RespectIgnoreDifferences=true]}
          ignoreDifferences:
            - {kind: Service, jqPathExpressions: [".spec.selector.\"rollouts-pod-template-hash\""]}
        ---
        kind: Rollout
        metadata: {name: web, namespace: shop}
        spec:
          strategy: {blueGreen: {activeService: web}}
    Source: argo-rollouts issues 3437, 4750
    """
    if not has_option(item, "ServerSideApply=true"):
        return
    kept = [rule for rule in ignored(item, "", "Service") if _keeps(rule)]
    for rollout in rollouts_of(item, objects):
        names = [blue_green(rollout).get(field) for field in ("activeService", "previewService")]
        bare = [
            name
            for name in names
            if isinstance(name, str) and name and all(rule.get("name") not in (None, "", name) for rule in kept)
        ]
        if bare or (kept and any(names) and not has_option(item, "RespectIgnoreDifferences=true")):
            message = f"each sync removes the hash from the Services of {rollout.title}, which promotes it immediately"
            hint = 'ignore `.spec.selector."rollouts-pod-template-hash"` of Service, with RespectIgnoreDifferences=true'
            pointer = next(pointer for pointer, option in sync_options(item) if option == "ServerSideApply=true")
            yield Finding(pointer, message, hint)


def _keeps(rule: dict[str, Any]) -> bool:
    paths = [text for field in ("jsonPointers", "jqPathExpressions") for _, text in texts(rule.get(field))]
    return bool(rule.get("managedFieldsManagers")) or any(
        "/spec/selector" in path or ".spec.selector" in path for path in paths
    )
