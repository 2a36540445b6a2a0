"""Weights to pods without a traffic router, by the controller's own arithmetic.

Source: argo-rollouts, utils/replicaset/canary.go (approximateWeightedCanaryStableReplicaCounts)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil
from typing import Any

_PERCENT = re.compile(r"[-+]?[0-9]+%?\Z")


def share(value: Any) -> tuple[int, bool]:
    """Return a maxSurge or maxUnavailable as the controller reads it: the number, and whether it is a percentage.

    Text is a percentage even without its sign, and what is no number at all is none.
    Source: k8s.io/apimachinery, pkg/util/intstr, GetValueFromIntOrPercent
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value, False
    number = int(value.removesuffix("%")) if isinstance(value, str) and _PERCENT.match(value) else 0
    return number, number != 0


def pods(value: Any, replicas: int) -> int:
    """Return a maxSurge in pods: a percentage is of the replicas, rounded up."""
    number, percent = share(value)
    return ceil(replicas * number / 100) if percent else number


def canary_and_stable(replicas: int, weight: int, surge: int) -> tuple[int, int]:
    """Return how many canary and stable pods a weight comes to; (0, replicas) where no split is allowed."""
    if weight <= 0 or weight >= 100:
        return (0, replicas) if weight <= 0 else (replicas, 0)
    may_be_zero = replicas == 1 and surge == 0
    best, least = (0, replicas), None
    for total, pods_of_canary in _candidates(replicas, weight, surge):
        if not may_be_zero and (pods_of_canary == 0 or pods_of_canary == total):
            continue
        error = abs(pods_of_canary * 100 / total - weight)
        if least is None or error < least:
            best, least = (pods_of_canary, total - pods_of_canary), error
    return best


def _candidates(replicas: int, weight: int, surge: int) -> Iterator[tuple[int, int]]:
    """Yield (all pods, canary pods) in the order in which the controller prefers them."""
    up, down = ceil(replicas * weight / 100), replicas * weight // 100
    tie = replicas * weight % 100 == 50
    if up != replicas or replicas == 1:
        yield replicas, up
    if (down or replicas == 1) and not tie:
        yield replicas, down
    if surge > 0:
        more = replicas + 1
        yield more, ceil(more * weight / 100)
        if more * weight // 100 and more * weight % 100 != 50:
            yield more, more * weight // 100
