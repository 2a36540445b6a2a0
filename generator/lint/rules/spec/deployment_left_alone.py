"""The rule TP405, deployment-left-alone."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.rules.rule import Finding
from generator.service.build import Built

OPTION = "RespectIgnoreDifferences=false"


def check(built: Built) -> Iterator[Finding]:
    """Syncs must not change the replicas of a Deployment that a Rollout takes over.

    Argo Rollouts scales it down as the Rollout scales up. `ignoreDifferences` alone only hides the
    difference: without RespectIgnoreDifferences each sync applies the number from Git, which starts all
    pods of the Deployment again, or removes them before the Rollout has any.
    Wrong:
        spec:
          chart: {name: onechart, version: "0.74.0"}
          rollout: {preset: gradual-canary}
          argocd: {syncPolicy: {syncOptions: [RespectIgnoreDifferences=false]}}
    Right:
        spec:
          chart: {name: onechart, version: "0.74.0"}
          rollout: {preset: gradual-canary}
    Source: argo-rollouts issues 4935, 4940; argo-cd docs/user-guide/sync-options.md
    """
    options = (built.application["syncPolicy"] or {}).get("syncOptions") or []
    if built.referenced and OPTION in options:
        own = (built.resolved.argocd.get("syncPolicy") or {}).get("syncOptions") or []
        at = ("argocd", "syncPolicy", "syncOptions", own.index(OPTION)) if OPTION in own else ("rollout",)
        message = f"`{OPTION}` lets each sync reset the replicas of the Deployment that the Rollout takes over"
        yield Finding(at, message, "remove it: Tiphys then sets the option to true")
