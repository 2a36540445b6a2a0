"""The rule TP712, surge-rounds-away."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.arithmetic import stated
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import CANARY, canary, number, routing, surge
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`maxUnavailable` should not round down to zero pods if `maxSurge` is 0.

    A percentage of the replicas is rounded down. If no pod may be removed and none added, the canary could not
    progress, so the controller removes one pod anyway.
    Wrong:
        kind: Rollout
        spec:
          replicas: 4
          strategy: {canary: {maxSurge: 0, maxUnavailable: 10%}}
    Right:
        kind: Rollout
        spec:
          replicas: 4
          strategy: {canary: {maxSurge: 0, maxUnavailable: 1}}
    Source: argo-rollouts, utils/replicaset/replicaset.go, resolveFenceposts
    """
    given, replicas = canary(item), number(item.spec.get("replicas")) or 0
    unavailable, percent = stated(given.get("maxUnavailable", "25%"))
    if not given or routing(item) or not percent or not 0 < replicas <= _MOST or surge(item, replicas):
        return
    if replicas * unavailable // 100 == 0:
        message = f"maxUnavailable {unavailable} % of {replicas} replicas rounds down to 0, so one pod is removed anyway"
        pointer = (*CANARY, "maxUnavailable" if "maxUnavailable" in given else "maxSurge")
        yield Finding(pointer, message, "set `maxUnavailable: 1`, or allow a `maxSurge`")


_MOST = 100_000
