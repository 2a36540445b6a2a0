"""A canary without a traffic router: the pods are the weight, and the controller moves them pod by pod.

Source: argo-rollouts, utils/replicaset/canary.go, CalculateReplicaCountsForBasicCanary
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from generator.kubernetes.arithmetic import Bounds, Pods, split

STUCK = "neither an extra nor a missing pod is allowed, so no pod can be replaced"
"""Why a move does not finish."""

UNMET = "the step never has as many available canary pods as replicaProgressThreshold requires"
"""Why a step does not end whose pods are all available."""

DEAD_ENDS = (STUCK, UNMET)
"""Why nothing that follows is reached."""


class ReplicaSet(NamedTuple):
    """The pods of one version: how many are wanted, and how many of them are available."""

    wanted: int
    available: int

    def scaled(self, wanted: int) -> ReplicaSet:
        """Return it after scaling: pods that are not ready go first."""
        return ReplicaSet(wanted, min(self.available, wanted))

    def certain(self, *, counts_all: bool) -> int:
        """Return the pods that may be counted on while others are taken away."""
        return self.wanted if counts_all else min(self.wanted, self.available)


class Move(NamedTuple):
    """The way from one split to another."""

    pods: Pods
    """Where it ends."""
    peak: int
    """The most pods on the way, those that are going down not counted."""
    floor: int
    """The fewest available pods on the way."""
    rounds: int
    """How often new pods had to become available before the next could be touched."""
    arrived: bool
    """Whether it reaches its target; otherwise it is stuck."""


def counts(replicas: int, target: Pods, limits: Bounds, canary: ReplicaSet, stable: ReplicaSet, older: int = 0) -> Pods:
    """Return the pods after one reconciliation of the controller, on the way to the target.

    First stable, then canary may grow, up to the replicas and the surge. Then one of the two may
    shrink, as far as enough pods stay available: the canary when its share falls, else stable. Pods of
    `older` versions have to go before any of this version does.
    """
    most = replicas + limits.surge
    room = most - older - canary.wanted - stable.wanted
    new, old = canary.wanted, stable.wanted
    if old < target.stable and room > 0:
        old = min(target.stable, stable.wanted + room)
        room -= old - stable.wanted
    if new < target.canary and room > 0:
        new = min(target.canary, canary.wanted + room)
    grows = target.canary >= canary.wanted
    least = replicas - limits.unavailable
    spare = canary.certain(counts_all=not grows) + stable.certain(counts_all=grows) - least
    if older > 0 or spare <= 0:
        return Pods(new, old)
    if grows:
        if stable.wanted > target.stable:
            old = max(target.stable, stable.wanted - spare)
        old, new = _within(stable, old, canary, new, most, least)
    else:
        if canary.wanted > target.canary:
            new = max(target.canary, canary.wanted - spare)
        new, old = _within(canary, new, stable, old, most, least)
    return Pods(new, old)


def _within(draining: ReplicaSet, drained: int, other: ReplicaSet, wanted: int, most: int, least: int) -> tuple[int, int]:
    """Return both counts cut back to the most pods there may be, the draining one last."""
    kept = wanted - max(0, wanted + drained - most)
    available = min(draining.available, drained) + min(other.available, kept)
    lost = max(0, other.available - kept)
    kept += min(lost, max(0, least - available))
    return drained - max(0, kept + drained - most), kept


@lru_cache(maxsize=4096)
def move(replicas: int, weight: int, limits: Bounds, start: Pods) -> Move:
    """Return the way from settled pods to a weight in percent.

    New pods become available once nothing else is left to do, which is the worst case: whatever comes
    earlier only lets old pods go earlier. Fleets ask for the same few moves again and again.
    """
    target = split(replicas, weight, limits.surge)
    canary, stable = ReplicaSet(start.canary, start.canary), ReplicaSet(start.stable, start.stable)
    peak = floor = start.total
    rounds = 0
    for _ in range(_PATIENCE * (replicas + start.total + 2)):
        wanted = counts(replicas, target, limits, canary, stable)
        if wanted.stable != stable.wanted:  # one ReplicaSet at a time, stable first
            stable = stable.scaled(wanted.stable)
        elif wanted.canary != canary.wanted:
            canary = canary.scaled(wanted.canary)
        elif canary.available < canary.wanted or stable.available < stable.wanted:
            canary, stable = ReplicaSet(canary.wanted, canary.wanted), ReplicaSet(stable.wanted, stable.wanted)
            rounds += 1
        else:
            break
        peak = max(peak, canary.wanted + stable.wanted)
        floor = min(floor, canary.available + stable.available)
    pods = Pods(canary.wanted, stable.wanted)
    return Move(pods, peak, floor, rounds, pods == target)


_PATIENCE = 4
"""Reconciliations per pod after which a stuck move is abandoned; each one starts or stops a pod."""
