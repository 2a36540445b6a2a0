"""The rule TP715, last-weight-jumps."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects
from generator.kubernetes.rollouts import weights, whole_weight
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The last weight should be at least half of all traffic.

    When the steps end, the new version gets all traffic at once, whatever the last weight was.
    Wrong:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 5}, {setWeight: 20}]}}
    Right:
        kind: Rollout
        spec:
          strategy: {canary: {steps: [{setWeight: 5}, {setWeight: 20}, {setWeight: 60}]}}
    Source: argo-rollouts, docs/features/canary.md
    """
    found = list(weights(item))
    whole = whole_weight(item)
    if len(found) > 1 and found[-1][1] * 2 < whole:
        pointer, weight = found[-1]
        message = f"after weight {weight} the new version gets all traffic at once"
        yield Finding(pointer, message, "add a step with a higher weight")
