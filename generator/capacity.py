"""How many pods a rollout takes at its peak, and how long it takes at least.

The controller's own arithmetic, for what environment policy bounds.
Source: argo-rollouts, utils/replicaset/canary.go and utils/replicaset/replicaset.go
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import ceil
from typing import Any

from generator import strategy as strategies
from generator.durations import pause_seconds, seconds


def resolve_share(value: int | str | None, replicas: int, *, default: str, up: bool) -> int:
    """Return maxSurge or maxUnavailable in pods: a percentage is of the replicas, rounded up or down."""
    value = default if value is None else value
    if isinstance(value, int):
        return value
    percent = int(value.removesuffix("%"))
    return ceil(replicas * percent / 100) if up else replicas * percent // 100


def peak_pods(strategy: Mapping[str, Any], replicas: int) -> int:
    """Return the most pods that exist at once while a release of `replicas` pods goes out."""
    which = strategies.kind(strategy)
    if which == "blueGreen":
        return 2 * replicas
    if which == "canary" and strategies.routing(strategy):
        return _routed_peak(strategy, replicas)
    canary = strategies.body(strategy)
    return replicas + resolve_share(canary.get("maxSurge"), replicas, default="25%", up=True)


def _routed_peak(strategy: Mapping[str, Any], replicas: int) -> int:
    """Return the peak behind a traffic router, which keeps the stable pods until the end.

    With dynamicStableScale they make way as traffic moves: a step from a to b has the canary of b
    beside the stable pods of a.
    """
    canary = strategies.body(strategy)
    whole = strategies.routing(strategy).get("maxTrafficWeight") or 100
    pods = [0, *_canary_pods(strategy, replicas, whole), replicas]
    if not canary.get("dynamicStableScale"):
        return replicas + max(pods)
    weights: list[int] = [0, *(step["setWeight"] for step in strategies.steps(strategy) if "setWeight" in step), whole]
    moves = (ceil(after * replicas / whole) + ceil((whole - before) * replicas / whole) for before, after in pairwise(weights))
    return max(*moves, *pods)


def _canary_pods(strategy: Mapping[str, Any], replicas: int, whole: int) -> Iterator[int]:
    weight = 0
    scale: dict[str, Any] = {}
    for step in strategies.steps(strategy):
        weight = step.get("setWeight", weight)
        scale = step.get("setCanaryScale") or scale
        if "replicas" in scale:
            yield scale["replicas"]
        else:
            yield ceil(scale.get("weight", weight) * replicas / whole)


def least_seconds(strategy: Mapping[str, Any]) -> float:
    """Return the sum of what a release waits for on purpose: timed pauses and timed experiments.

    A pause without a duration waits for a person and counts nothing here, nor does an analysis.
    """
    if strategies.kind(strategy) == "blueGreen":
        return float(strategies.body(strategy).get("autoPromotionSeconds") or 0)
    total = 0.0
    for step in strategies.steps(strategy):
        pause, experiment = step.get("pause"), step.get("experiment")
        if pause and "duration" in pause:
            total += pause_seconds(pause["duration"])
        if experiment and "duration" in experiment:
            total += seconds(experiment["duration"])
    return total


def most_replicas(data: Mapping[str, Any]) -> int:
    """Return the most replicas that a resolved service runs when it is settled; 1 where nothing is said."""
    scaling = data.get("autoscaling") or {}
    return int(scaling.get("maxReplicas") or data.get("replicas") or 1)
