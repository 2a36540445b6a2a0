"""A canary behind a traffic router: the router sets the weight, and the pods only need enough capacity.

Source: argo-rollouts, utils/replicaset/canary.go, CalculateReplicaCountsForTrafficRoutedCanary, and
rollout/trafficrouting.go
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.kubernetes.arithmetic import Pods, at_least, weighted
from generator.plan.basic import Move


class Routing(NamedTuple):
    """What does not change from step to step."""

    replicas: int
    whole: int = 100
    """The weight that is all traffic: maxTrafficWeight."""
    dynamic: bool = False
    """Whether the stable pods scale down as traffic moves: dynamicStableScale."""
    least: int | None = None
    """minPodsPerReplicaSet."""


def counts(routing: Routing, weight: int, scale: Mapping[str, Any] | None, actual: int | None) -> Pods:
    """Return the pods for a step.

    A setCanaryScale in force determines the canary: `replicas`, else `weight`; one with neither, or
    with matchTrafficWeight, hands it back to the weight. Stable pods go only when the traffic is gone:
    `actual` is the weight that the router gives the canary now, None if nothing routes.
    """
    replicas, whole = routing.replicas, routing.whole
    scale = {} if scale is None or scale.get("matchTrafficWeight") else scale
    exact = scale.get("replicas")
    if exact is not None:
        canary, weight = int(exact), 0
    else:
        if scale.get("weight") is not None:
            weight = int(scale["weight"])
        canary = at_least(weighted(replicas, weight, whole), routing.least, replicas)
    if not routing.dynamic:
        return Pods(canary, replicas)
    stable = weighted(replicas, whole - weight, whole)
    if actual is not None:
        stable = max(stable, weighted(replicas, whole - actual, whole))
    return Pods(at_least(canary, routing.least, replicas), at_least(max(0, stable), routing.least, replicas))


def move(routing: Routing, weight: int, scale: Mapping[str, Any] | None, start: Pods, actual: int | None) -> Move:
    """Return the way to a step: first the pods that are needed, then the traffic, then the pods that are not.

    Surplus canary pods stop at once, without waiting for the stable pods that replace them.
    """
    first = counts(routing, weight, scale, actual)
    reached = None if actual is None else weight if first.canary else 0
    last = counts(routing, weight, scale, reached)
    peak = max(max(start.canary, first.canary) + max(start.stable, first.stable), last.total)
    floor = min(start.canary, first.canary) + min(start.stable, first.stable)
    return Move(last, peak, min(floor, last.total), int(first.canary > start.canary), arrived=True)
