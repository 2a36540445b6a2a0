"""The rule MR204, canary-can-move."""

from __future__ import annotations

from collections.abc import Iterator

from generator import strategy as strategies
from generator.build import Built
from generator.diagnostics import Severity
from generator.rules.rule import About, Finding, Rule

NOTHING = (0, "0", "0%")


def check(built: Built) -> Iterator[Finding]:
    """MaxSurge and maxUnavailable must not both be zero.

    A canary that may neither add a pod nor take one away cannot move; the controller refuses it.
    Wrong:
        spec:
          rollout:
            strategy: {canary: {maxSurge: 0, maxUnavailable: 0, steps: [{setWeight: 20}]}}
    Right:
        spec:
          rollout:
            strategy: {canary: {maxSurge: 1, maxUnavailable: 0, steps: [{setWeight: 20}]}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go, InvalidMaxSurgeMaxUnavailable
    """
    canary = strategies.body(built.strategy) if strategies.kind(built.strategy) == "canary" else {}
    if canary.get("maxSurge") in NOTHING and canary.get("maxUnavailable") in NOTHING:
        pointer = ("rollout", "strategy", "canary", "maxUnavailable")
        yield Finding(pointer, "maxSurge and maxUnavailable are both zero", "allow one pod more, or one pod less")


RULE = Rule("MR204", "canary-can-move", Severity.ERROR, check, About.ROLLOUT)
