"""The rule TP405, deployment-left-alone."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.lint.rules.rule import About, Finding, Rule
from generator.service.build import Built

OPTION = "RespectIgnoreDifferences=false"


def check(built: Built) -> Iterator[Finding]:
    """A Deployment that a Rollout takes over must keep the replicas that it has in the cluster.

    Argo Rollouts scales it down as the Rollout scales up. `ignoreDifferences` alone only hides the
    number: without RespectIgnoreDifferences each sync writes the one from Git, which brings all pods of
    the Deployment back beside those of the Rollout, or takes them away before the Rollout has any.
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
        message = f"`{OPTION}` lets each sync write the replicas of the Deployment that the Rollout takes over"
        yield Finding(at, message, "remove it: the option is then set as it must be")


RULE = Rule("TP405", "deployment-left-alone", Severity.ERROR, About.SERVICE, check)
