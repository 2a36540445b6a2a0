"""The rule TP201, canary-weights-rise."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import weights
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """Canary weights should rise from step to step.

    Argo Rollouts checks only that each weight is between 0 and 100, so a lower weight silently moves traffic
    back to the old version in the middle of a release. A step with the same weight changes nothing.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 50}, {setWeight: 20}]}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 20}, {setWeight: 50}]}}
    Source: argo-rollouts, pkg/apis/rollouts/validation/validation.go
    """
    before: int | None = None
    for pointer, weight in weights(item):
        if before is not None and weight <= before:
            message = f"weight {weight} is less than {before}, so traffic returns to the old version"
            if weight == before:
                message = f"weight {weight} is the weight of the step before, so this step changes nothing"
            yield Finding(pointer, message, "raise this weight, or remove the step")
        before = weight
