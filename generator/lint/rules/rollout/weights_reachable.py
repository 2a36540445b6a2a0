"""The rule TP714, weights-reachable."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.arithmetic import split
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import number, routing, surge, weights
from generator.lint.rules.rule import Finding

_MOST = 100_000
_POINTS = 10
"""By how many percentage points the actual weight may differ from the requested one."""


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Without a traffic router, a canary needs enough replicas for its weights.

    Pods alone split the traffic then: with 3 pods, one pod is a third, so a weight of 5 sends 33 % to the new
    version. Weights that are multiples of g need 100 / g replicas.
    Wrong:
        kind: Rollout
        spec:
          replicas: 2
          strategy: {canary: {steps: [{setWeight: 10}]}}
    Right:
        kind: Rollout
        spec:
          replicas: 10
          strategy: {canary: {steps: [{setWeight: 10}]}}
    Source: argo-rollouts, utils/replicaset/canary.go; issues 1726, 2281
    """
    replicas = number(item.spec.get("replicas")) or 0
    if routing(item) or replicas < 1 or replicas > _MOST:
        return
    more = surge(item, replicas)
    for pointer, weight in weights(item):
        new, old = split(replicas, weight, more)
        reached = round(100 * new / (new + old)) if new + old else weight
        if new and abs(reached - weight) > _POINTS:
            message = f"with {replicas} {'replica' if replicas == 1 else 'replicas'}, weight {weight} becomes {reached} % ({new} of {new + old} pods)"
            yield Finding(pointer, message, "run more replicas, use different weights, or add a traffic router")
            return
