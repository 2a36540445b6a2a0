"""The rule TP204, canary-can-move."""

from __future__ import annotations

from collections.abc import Iterator

from generator.diagnostics import Severity
from generator.kubernetes.arithmetic import stated
from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import CANARY, ROLLOUT, canary
from generator.lint.rules.rule import Finding, Rule


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """MaxSurge and maxUnavailable must not both be zero.

    A canary that may neither add a pod nor take one away cannot move; the controller refuses it. Text
    that is no number counts as zero.
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
    if stated(surge) == (0, False) == stated(unavailable):
        message = "maxSurge and maxUnavailable are both zero"
        yield Finding((*CANARY, "maxUnavailable"), message, "allow one pod more, or one pod less")


RULE = Rule(
    "TP204",
    "canary-can-move",
    Severity.ERROR,
    ROLLOUT,
    check,
    needs=frozenset(["maxSurge", "maxUnavailable"]),
    before_helm=True,
)
