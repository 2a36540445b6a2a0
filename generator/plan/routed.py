"""A canary behind a traffic router: the router sets the weight, and the pods only need enough capacity.

Source: argo-rollouts, utils/replicaset/canary.go, CalculateReplicaCountsForTrafficRoutedCanary
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.kubernetes.arithmetic import Pods, at_least, weighted


class Routing(NamedTuple):
    """What does not change from step to step."""

    replicas: int
    whole: int = 100
    """The weight that is all traffic: maxTrafficWeight."""
    dynamic: bool = False
    """Whether the stable pods scale down as traffic moves: dynamicStableScale."""
    least: int | None = None
    """minPodsPerReplicaSet."""


class Scale(NamedTuple):
    """A setCanaryScale in force; `replicas` wins."""

    replicas: int | None = None
    weight: int | None = None


def scale_of(given: Mapping[str, Any] | None) -> Scale | None:
    """Return the scale that a setCanaryScale sets; None if it leaves the pods to the weight."""
    if given is None or given.get("matchTrafficWeight"):
        return None
    replicas, weight = given.get("replicas"), given.get("weight")
    if replicas is None and weight is None:
        return None
    return Scale(None if replicas is None else int(replicas), None if weight is None else int(weight))


def counts(routing: Routing, weight: int, scale: Scale | None, actual: int | None, *, aborted: bool = False) -> Pods:
    """Return the pods for a step, or on the way back from one.

    A scale in force determines the canary. Stable pods stop only when the traffic is gone: `actual` is the weight that
    the router sends to the canary now, None if nothing routes. After an abort, the same holds for canary pods.
    """
    replicas, whole = routing.replicas, routing.whole
    if scale is not None and scale.replicas is not None:
        canary, weight = scale.replicas, 0
    else:
        if scale is not None and scale.weight is not None:
            weight = scale.weight
        canary = at_least(weighted(replicas, weight, whole), routing.least, replicas)
    if not routing.dynamic:
        return Pods(canary, replicas)
    stable = weighted(replicas, whole - weight, whole)
    if actual is not None:
        stable = max(stable, weighted(replicas, whole - actual, whole))
        if aborted:
            canary = max(canary, weighted(replicas, actual, whole))
    return Pods(at_least(canary, routing.least, replicas), max(0, at_least(stable, routing.least, replicas)))
