"""Weights to pods, as the controllers compute them, rounding included.

Floats are floats upstream too, so a tie is one only where their rounding says so.
Source: argo-rollouts, utils/replicaset/canary.go and replicaset.go; Kubernetes, util/intstr
"""

from __future__ import annotations

import re
from math import ceil, modf
from typing import Any

from generator.syntax.named_tuples import NamedTuple

DEFAULT_SHARE = "25%"
"""The defaults of maxSurge and maxUnavailable: the same for Rollouts and Deployments."""

_NUMBER = re.compile(r"[-+]?[0-9]+")
_STATED = re.compile(r"[-+]?[0-9]+|[0-9]+%")


class Bounds(NamedTuple):
    """How far an update may stray from the number of replicas, in pods."""

    surge: int
    unavailable: int


class Pods(NamedTuple):
    """How many pods run the new version, and how many the old one."""

    canary: int
    stable: int

    @property
    def total(self) -> int:
        """All pods of both versions."""
        return self.canary + self.stable


def stated(value: Any) -> tuple[int, bool]:
    """Return a maxSurge or maxUnavailable as the controller's validation reads it: the number, and whether it is a percentage.

    Text is a percentage even without its sign; anything that is not a number counts as zero, and so does a percentage
    with a plus or minus sign.
    Source: k8s.io/apimachinery, pkg/util/intstr, GetValueFromIntOrPercent
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value, False
    number = int(value.removesuffix("%")) if isinstance(value, str) and _STATED.fullmatch(value) else 0
    return number, number != 0


def share(value: int | str, replicas: int, *, up: bool) -> int | None:
    """Return maxSurge or maxUnavailable in pods; None for text that the controller cannot read.

    A number is that many pods. Any text is a percentage, with or without its sign: "1" is one percent.
    """
    if isinstance(value, int):
        return value
    text = value.replace("%", "")
    if not _NUMBER.fullmatch(text):
        return None
    exact = int(text) * replicas / 100
    return ceil(exact) if up else int(exact // 1)


def bounds(max_surge: int | str | None, max_unavailable: int | str | None, replicas: int) -> Bounds:
    """Return both bounds in pods: surge rounded up, unavailable rounded down.

    If both come to nothing, one pod may be missing, or no update could ever move. If one cannot be
    read, upstream drops the error and both are zero: nothing moves.
    """
    surge = share(DEFAULT_SHARE if max_surge is None else max_surge, replicas, up=True)
    unavailable = share(DEFAULT_SHARE if max_unavailable is None else max_unavailable, replicas, up=False)
    if surge is None or unavailable is None:
        return Bounds(0, 0)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return Bounds(surge, min(unavailable, replicas))


def split(replicas: int, weight: int, surge: int) -> Pods:
    """Return the pods that come nearest to a weight in percent where traffic follows the pods.

    Their sum is the replicas, or one more where surge allows it and it comes nearer. Between 1 and 99
    percent both versions keep a pod, if there is room for two. Without surge there are pairs such as 2
    replicas and 75 percent for which upstream finds no answer at all, and takes the canary away.
    """
    if replicas == 0:
        return Pods(0, 0)
    exact = replicas * weight / 100
    up, down = ceil(exact), int(exact // 1)
    none_allowed = weight in (0, 100) or (replicas == 1 and surge == 0)
    options: list[tuple[int, int]] = []
    if up < replicas or none_allowed:
        options.append((up, replicas))
    if not _tied(replicas, weight) and (down != 0 or none_allowed):
        options.append((down, replicas))
    if surge > 0:
        options.append((up, replicas + 1))
        if not _tied(replicas + 1, weight) and (down != 0 or none_allowed):
            options.append((down, replicas + 1))
    if not options:
        return Pods(0, replicas)
    canary, total = min(options, key=lambda option: abs(option[0] * 100 / option[1] - weight))
    return Pods(canary, total - canary)


def _tied(total: int, weight: int) -> bool:
    return modf(total * (weight / 100))[0] == 0.5


def weighted(replicas: int, weight: int, whole: int) -> int:
    """Return the pods for a weight behind a traffic router: rounded up, so that any traffic has a pod."""
    return ceil(weight * replicas / whole)


def at_least(count: int, least: int | None, replicas: int) -> int:
    """Return a count lifted to minPodsPerReplicaSet, which nothing is not, and which replicas cap."""
    return count if count == 0 or least is None else max(count, min(least, replicas))


def exact_replicas(weights: list[int], *, surge: bool) -> int:
    """Return the least replicas by which every one of the weights is reached exactly, without a router."""
    from math import gcd

    step = gcd(100, *weights)
    total = 100 // step
    return max(1, total - 1) if surge else total
