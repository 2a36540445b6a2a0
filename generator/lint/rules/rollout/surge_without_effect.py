"""The rule TP716, surge-without-effect."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import CANARY, canary, routing
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`maxSurge` and `maxUnavailable` have no effect with a traffic router.

    The canary gets as many pods as its weight needs, in addition to all stable pods: up to twice the replicas.
    Only `dynamicStableScale` limits that.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {maxSurge: 1, trafficRouting: {nginx: {stableIngress: web}}}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {dynamicStableScale: true, trafficRouting: {nginx: {stableIngress: web}}}}
    Source: argo-rollouts, utils/replicaset/canary.go, CalculateReplicaCountsForTrafficRoutedCanary; issues 2239, 3284
    """
    if routing(item):
        for field in ("maxSurge", "maxUnavailable"):
            if canary(item).get(field) is not None:
                message = f"`{field}` has no effect with a traffic router"
                yield Finding((*CANARY, field), message, "remove it; to limit the pods, set `dynamicStableScale`")
