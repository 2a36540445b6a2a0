"""The rule TP736, services-without-router."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import CANARY, canary, routing
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """A canary without a traffic router should not have a `stableService`.

    The controller points this Service at the old pods only, and removes them as the steps proceed: its clients
    reach fewer and fewer pods, and never the new version. Use a Service over all pods for the traffic of such a
    canary.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {stableService: web, canaryService: web-canary, steps: [{setWeight: 20}]}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {canaryService: web-canary, steps: [{setWeight: 20}]}}
    Source: argo-rollouts, docs/features/canary.md; issue 1760
    """
    given = canary(item)
    if routing(item) or not isinstance(given.get("stableService"), str):
        return
    message = f"without a traffic router, `{given['stableService']}` sends all traffic to a shrinking set of old pods"
    yield Finding(
        (*CANARY, "stableService"), message, "add `trafficRouting`, or remove `stableService` and use a Service over all pods"
    )
