"""The rule TP713, weight-drains-canary."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.arithmetic import split
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import number, routing, surge, weights
from generator.lint.rules.rule import Finding

_MOST = 100_000


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Without a traffic router and without surge, every weight must be one that the controller can split.

    For some combinations of replicas and weight (2 and 75, 5 and 90, 10 and 95, 25 and 98, 50 and 99) the
    controller rules out every split. It then removes all canary pods at that step, and the following steps test
    nothing.
    Wrong:
        kind: Rollout
        spec:
          replicas: 5
          strategy: {canary: {maxSurge: 0, steps: [{setWeight: 90}]}}
    Right:
        kind: Rollout
        spec:
          replicas: 5
          strategy: {canary: {maxSurge: 1, steps: [{setWeight: 90}]}}
    Source: argo-rollouts, utils/replicaset/canary.go, approximateWeightedCanaryStableReplicaCounts
    """
    replicas = number(item.spec.get("replicas")) or 0
    if routing(item) or not 0 < replicas <= _MOST or surge(item, replicas) > 0:
        return
    for pointer, weight in weights(item):
        if 0 < weight < 100 and split(replicas, weight, 0).canary == 0:
            message = f"with {replicas} replicas and no surge, weight {weight} removes all canary pods"
            yield Finding(pointer, message, "allow a `maxSurge` of 1, or use a different weight")
