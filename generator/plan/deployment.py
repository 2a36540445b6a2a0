"""A plain Deployment: it replaces old pods, as many at a time as its bounds allow.

Source: kubernetes, pkg/controller/deployment/rolling.go and util/deployment_util.go
"""

from __future__ import annotations

from generator.kubernetes.arithmetic import Bounds, Pods, bounds
from generator.plan.basic import STUCK, Move
from generator.plan.model import FOREVER, Plan, Stage, Wait, Workload

ALL = 100
"""The share of the pods that the new version gets, in percent."""


def plan(workload: Workload) -> Plan:
    """Return the plan of a Deployment's update."""
    return Plan(workload, "deployment", (_update(workload),))


def _update(workload: Workload) -> Stage:
    replicas = workload.replicas
    if workload.update_strategy.get("type") == "Recreate":
        seconds = workload.min_ready_seconds
        return Stage(
            "recreate",
            "all pods stop, then new ones start",
            Pods(replicas, 0),
            weight=ALL,
            reached=ALL,
            peak=replicas,
            wait=Wait(seconds, seconds),
            rounds=min(replicas, 1),
        )
    way = roll(replicas, limits(workload))
    seconds = way.rounds * workload.min_ready_seconds
    return Stage(
        "rollingUpdate",
        "rolling update",
        way.pods,
        weight=ALL,
        reached=ALL,
        peak=way.peak,
        floor=way.floor,
        wait=Wait(seconds, seconds) if way.arrived else FOREVER,
        rounds=way.rounds,
        never="" if way.arrived else STUCK,
    )


def roll(replicas: int, limits: Bounds) -> Move:
    """Return the way from all old pods to all new ones: first up as far as it goes, then down.

    Unlike a canary, it surges before it takes an old pod away, so a large surge is used in full.
    """
    new, old, available, rounds = 0, replicas, 0, 0
    peak = floor = replicas
    while new < replicas or old > 0 or available < new:
        room = min(replicas + limits.surge - new - old, replicas - new)
        spare = min(available + old - replicas + limits.unavailable, old)
        if room > 0:
            new += room
        elif spare > 0:
            old -= spare
        elif available < new:
            available, rounds = new, rounds + 1
        else:
            break
        peak, floor = max(peak, new + old), min(floor, available + old)
    return Move(Pods(new, old), peak, floor, rounds, new == replicas and old == 0)


def limits(workload: Workload) -> Bounds:
    """Return maxSurge and maxUnavailable; a Deployment rejects invalid values."""
    given = workload.update_strategy.get("rollingUpdate") or {}
    return bounds(given.get("maxSurge"), given.get("maxUnavailable"), workload.replicas)
