"""The rule TP204, canary-can-move."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.arithmetic import stated
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import CANARY, canary
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """`maxSurge` and `maxUnavailable` must not both be zero.

    A canary that can neither add nor remove a pod cannot progress, so the controller rejects it. A string that
    is not a number counts as zero.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {maxSurge: 0, maxUnavailable: 0}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {maxSurge: 1, maxUnavailable: 0}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go, InvalidMaxSurgeMaxUnavailable
    """
    given = canary(item)
    surge, unavailable = given.get("maxSurge", "25%"), given.get("maxUnavailable", "25%")
    # "0%" is (0, False) too: upstream reads zero percent as zero pods.
    if stated(surge) == (0, False) == stated(unavailable):
        message = "maxSurge and maxUnavailable are both zero"
        yield Finding((*CANARY, "maxUnavailable"), message, "set one of them to 1 or more")
