"""The rule TP821, ignored-is-respected."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.applications import has_option
from generator.kubernetes.objects import KubeObject, Objects, maps, texts
from generator.lint.rules.rule import Finding

_REPLICAS = ("/spec/replicas", ".spec.replicas")


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Ignored replicas need RespectIgnoreDifferences=true, or each sync resets them.

    Without it, ignored fields are only left out of the comparison. The next sync, for any other change, then
    replaces the autoscaler's number with the one in Git, and the number of stable pods drops in the middle of
    a canary.
    Wrong:
        kind: Application
        spec:
          project: default
          destination: {name: in-cluster}
          source: {repoURL: "https://example.com/web.git", path: deploy}
          ignoreDifferences: [{group: argoproj.io, kind: Rollout, jsonPointers: [/spec/replicas]}]
    Right:
        kind: Application
        spec:
          project: default
          destination: {name: in-cluster}
          source: {repoURL: "https://example.com/web.git", path: deploy}
          ignoreDifferences: [{group: argoproj.io, kind: Rollout, jsonPointers: [/spec/replicas]}]
          syncPolicy: {syncOptions: [RespectIgnoreDifferences=true]}
    Source: argo-cd, docs/user-guide/sync-options.md; issue 7820; argo-rollouts issue 3565
    """
    if has_option(item, "RespectIgnoreDifferences=true"):
        return
    for index, rule in maps(item.spec.get("ignoreDifferences")):
        for field in ("jsonPointers", "jqPathExpressions"):
            for number, path in texts(rule.get(field)):
                if path in _REPLICAS:
                    message = f"the replicas of each {rule.get('kind')} are ignored, but each sync still resets them"
                    pointer = ("spec", "ignoreDifferences", index, field, number)
                    yield Finding(pointer, message, "add RespectIgnoreDifferences=true to syncOptions")
