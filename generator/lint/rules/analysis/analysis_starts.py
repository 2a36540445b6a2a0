"""The rule TP753, analysis-starts."""

from __future__ import annotations

from collections.abc import Iterator

from generator.kubernetes.objects import KubeObject, Objects, at, maps
from generator.kubernetes.rollouts import CANARY, canary, number
from generator.lint.rules.rule import Finding


def check(item: KubeObject, objects: Objects) -> Iterator[Finding]:
    """The `startingStep` of a background analysis must not exceed the number of steps.

    With a higher `startingStep`, the analysis never runs.
    Wrong:
        kind: Rollout
        spec:
          strategy:
            canary:
              analysis: {templates: [{templateName: rate}], startingStep: 3}
              steps: [{setWeight: 20}, {pause: {duration: 5m}}]
    Right:
        kind: Rollout
        spec:
          strategy:
            canary:
              analysis: {templates: [{templateName: rate}], startingStep: 1}
              steps: [{setWeight: 20}, {pause: {duration: 5m}}]
    Source: argo-rollouts, utils/replicaset/canary.go, BeforeStartingStep
    """
    start = number(at(canary(item), "analysis", "startingStep"))
    count = len(list(maps(canary(item).get("steps"))))
    # The index of the current step becomes the number of steps after the last one (GetCurrentCanaryStep).
    if start is not None and not 0 <= start <= count:
        message = f"startingStep {start} is never reached (number of steps: {count})"
        yield Finding((*CANARY, "analysis", "startingStep"), message, f"set at most {count}")
